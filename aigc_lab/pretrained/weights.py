"""Tensors by name, in and out of safetensors files: one file, or several with an index."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.files import atomic_write, read_json

if TYPE_CHECKING:
    import torch
    from torch import Tensor

WHOLE = "model.safetensors"
INDEX = "model.safetensors.index.json"
PICKLED = ("pytorch_model.bin", "pytorch_model.bin.index.json")


class TensorFiles:
    """The tensors of a folder, read one by one when asked for; nothing is unpickled.

    Raises: ValueError when the folder has no safetensors, a shard is missing or a file is damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {}  # tensor name -> open file
        with ExitStack() as opened:
            for path in weight_files(folder):
                file = _open(path, opened)
                self._files.update(dict.fromkeys(file.keys(), file))
            self._stack = opened.pop_all()  # closed later, or here if one of them cannot be opened

    def __enter__(self) -> TensorFiles:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def names(self) -> list[str]:
        return sorted(self._files)

    def shape(self, name: str) -> tuple[int, ...]:
        return tuple(self._files[name].get_slice(name).get_shape())

    def read(self, name: str) -> Tensor:
        """A copy: the file may change or go, while the model goes on with its weights."""
        tensor = self._files[name].get_tensor(name)
        if not tensor.is_floating_point():
            raise ValueError(
                f"{self.folder}: {name} holds {tensor.dtype}, where floating-point numbers are "
                "expected; take a checkpoint that is not quantised"
            )
        return tensor.clone()  # get_tensor's memory is that of the file, mapped


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files of a folder, all of which must be there.

    Raises: ValueError saying what is there instead.
    """
    if (folder / WHOLE).is_file():
        return [folder / WHOLE]
    if (folder / INDEX).is_file():
        return _shards(folder)
    pickled = next((name for name in PICKLED if (folder / name).is_file()), None)
    if pickled:
        raise ValueError(
            f"{folder} holds its weights only as {pickled}, a pickle, which can run code when "
            f"opened; convert it to {WHOLE} where you trust it"
        )
    raise ValueError(f"{folder} has no {WHOLE} (nor {INDEX}); is it the folder of a model?")


def write_weights(path: Path, tensors: Mapping[str, Tensor], dtype: torch.dtype) -> Path:
    """Write tensors as one safetensors file, atomically, in the number format asked for.

    Raises: ValueError for a number that is too large for the format; OSError when the disk refuses.
    """
    from safetensors.torch import save

    plain = {name: _convert(name, tensor, dtype) for name, tensor in tensors.items()}
    return atomic_write(path, save(plain, metadata={"format": "pt"}))


def _convert(name: str, tensor: Tensor, dtype: torch.dtype) -> Tensor:
    plain = tensor.detach().to("cpu", dtype)
    largest = tensor.abs().max().item()
    if plain.isinf().any() and largest != float("inf"):
        short = str(dtype).removeprefix("torch.")
        raise ValueError(
            f"{name} holds {largest:g}, which {short} cannot; write the weights as float32"
        )
    return plain


def _shards(folder: Path) -> list[Path]:
    index = read_json(folder / INDEX)
    table = index.get("weight_map") if isinstance(index, dict) else None
    named = set(map(str, table.values())) if isinstance(table, dict) else set()
    if not named:
        raise ValueError(
            f"{folder / INDEX} has no weight_map that names the files; take a new copy"
        )
    names = sorted(named)
    outside = [name for name in names if Path(name).name != name]
    if outside:
        raise ValueError(f"{folder / INDEX} names {outside[0]!r}, which is outside the folder")
    missing = [name for name in names if not (folder / name).is_file()]
    if missing:
        raise ValueError(
            f"{folder} lacks {len(missing)} of the {len(names)} files that {INDEX} names, "
            f"first {missing[0]}; fetch them again"
        )
    return [folder / name for name in names]


def _open(path: Path, stack: ExitStack) -> Any:
    from safetensors import SafetensorError, safe_open

    try:
        return stack.enter_context(safe_open(str(path), framework="pt"))
    except (SafetensorError, OSError) as error:
        size = path.stat().st_size
        raise ValueError(
            f"{path} ({size:,} bytes) is not a whole safetensors file ({error}); "
            "it was cut short or is another kind of file, so fetch it again"
        ) from error
