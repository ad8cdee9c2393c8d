"""A folder that transformers reads too: config.json, model.safetensors, and tokenizer files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from aigc_lab.core.config import GPTConfig
from aigc_lab.core.files import read_json, write_json
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.formats import Entry, Format
from aigc_lab.pretrained.gpt2 import GPT2
from aigc_lab.pretrained.hub_tokenizer import save_tokenizer
from aigc_lab.pretrained.llama import LLAMA
from aigc_lab.pretrained.weights import WHOLE, TensorFiles, write_weights

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer

FORMATS = {"gpt2": GPT2, "llama": LLAMA, "mistral": LLAMA}  # by the model_type of config.json
DTYPES = ("float32", "float16", "bfloat16")


def load_model(
    folder: str | Path, dtype: str | torch.dtype = "float32", device: torch.device | str = "cpu"
) -> GPT:
    """Our GPT with the weights of a GPT-2 or Llama checkpoint folder, in evaluation mode.

    Raises: ValueError when a file or tensor is missing, damaged or of another architecture.
    Notebook: 09 pretrained GPT-2.
    """
    folder, number_format = Path(folder), pick_format(dtype)
    values, form = read_format(folder)
    try:
        config = form.config_from_file(values)
    except ValueError as error:
        raise ValueError(f"{folder / 'config.json'}: {error}") from error
    with TensorFiles(folder) as files:
        _require_layers(config.n_layer, files)
        with torch.device("meta"), _NothingDrawn():
            model = GPT(config)  # shapes only: nothing is allocated
        state = _read_state(model, form, files, number_format, device)
    model.load_state_dict(state, assign=True)
    if config.tie_weights:
        model.lm_head.weight = model.wte.weight
    return model.eval()


def save_pretrained(
    folder: str | Path,
    model: GPT,
    tokenizer: Tokenizer | None = None,
    dtype: str | torch.dtype = "float32",
) -> Path:
    """Write a model so that AutoModelForCausalLM and AutoTokenizer of transformers open it.

    `dtype` is the number format in the file: float32, or float16 or bfloat16 for half the size.
    Each file is written whole or not at all; others in the folder stay.

    Raises: ValueError for a model that is neither a GPT-2 nor a Llama, or a tokenizer of more ids.
    Notebook: 09 pretrained GPT-2.
    """
    folder, number_format, form = Path(folder), pick_format(dtype), format_for(model.config)
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file, where a folder is to be written; give another name")
    _require_room(model.config, tokenizer)
    tensors = model.state_dict()
    parts: dict[str, torch.Tensor] = {}
    for entry in form.entries(model.config):
        parts |= entry.part(tensors[entry.ours])
    write_weights(folder / WHOLE, parts, number_format)
    about = {"architectures": [form.architecture], "dtype": str(number_format)[6:]}
    fields = {**about, **form.config_to_file(model.config), **_marks(tokenizer)}
    write_json(folder / "config.json", fields)
    if tokenizer is not None:
        save_tokenizer(folder, tokenizer)
    return folder


def format_for(config: GPTConfig) -> Format:
    """The file format that can hold a model of this config.

    Raises: ValueError naming what neither format can hold.
    """
    plain = config.position == "learned" and config.norm == "layernorm" and not config.qk_norm
    if plain:
        if config.mlp in ("gelu_tanh", "gelu") and config.bias and config.kv_heads == config.n_head:
            return GPT2
    elif config.dialect == "llama":
        return LLAMA
    swaps = ("position", "norm", "mlp", "bias", "qk_norm", "n_kv_head")
    arrived = ", ".join(f"{name}={getattr(config, name)!r}" for name in swaps)
    raise ValueError(
        f"no other program reads this mixture of dialects ({arrived}); build models to be shared "
        "with GPTConfig.gpt2() or GPTConfig.llama()"
    )


def pick_format(dtype: str | torch.dtype) -> torch.dtype:
    """The number format by its name, "float16" or torch.float16.

    Raises: ValueError for a name that is not one of DTYPES.
    """
    name = str(dtype).removeprefix("torch.")
    if name not in DTYPES:
        raise ValueError(f"dtype={dtype!r} is not known; choose one of {', '.join(DTYPES)}")
    return getattr(torch, name)


def read_format(folder: Path) -> tuple[dict[str, Any], Format]:
    """What a folder's config.json says, and the family of checkpoints that it is one of.

    Raises: ValueError when there is none, it is damaged, or it is of another architecture.
    """
    values = _read_config(folder)
    kind = values.get("model_type")
    if kind not in list(FORMATS):
        raise ValueError(
            f"{folder} holds a model of model_type={kind!r}; "
            f"our GPT opens {', '.join(FORMATS)}, so choose a checkpoint of one of these"
        )
    return values, FORMATS[kind]


class _NothingDrawn(TorchFunctionMode):
    """Skips the random start of weights that are about to be loaded (on "meta" it costs 1 s)."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        drawing = getattr(func, "__module__", None) == "torch.nn.init"
        return kwargs["tensor"] if drawing and "tensor" in kwargs else func(*args, **kwargs)


def _read_config(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise ValueError(f"there is no folder {folder}; mend the path")
    path = folder / "config.json"
    if not path.is_file():
        inside = ", ".join(sorted(item.name for item in folder.iterdir())[:5]) or "nothing"
        raise ValueError(
            f"{folder} has no config.json (it holds {inside}); give the folder of a model that "
            "save_pretrained or transformers wrote"
        )
    values = read_json(path)
    if not isinstance(values, dict):
        raise ValueError(f"{path} holds a {type(values).__name__}, not the fields of a config")
    return values


def _read_state(
    model: GPT,
    form: Format,
    files: TensorFiles,
    dtype: torch.dtype,
    device: torch.device | str,
) -> dict[str, torch.Tensor]:
    table = form.entries(model.config)
    names = {form.full_name(name): name for name in files.names()}
    if model.config.tie_weights:
        head = names.pop(form.head, None)  # some files keep the shared table under this name only
        if head is not None:
            names.setdefault(form.token_table, head)
    _require_same_names(names, table, form, files.folder)
    ours = dict(model.named_parameters())
    state: dict[str, torch.Tensor] = {}
    for entry in table:
        _require_shapes(entry, tuple(ours[entry.ours].shape), names, files)
        parts = [files.read(names[name]) for name in entry.theirs]
        state[entry.ours] = entry.join(parts).to(device, dtype)
    if model.config.tie_weights:
        state["lm_head.weight"] = state["wte.weight"]
    return state


def _require_layers(n_layer: int, files: TensorFiles) -> None:
    """Refuse a number of layers that cannot be, before so many are built."""
    if n_layer > len(files.names()):
        raise ValueError(
            f"{files.folder} holds {len(files.names())} tensors, and its config.json asks for "
            f"{n_layer} layers; weights and config are not of the same model"
        )


def _require_same_names(
    names: dict[str, str], table: list[Entry], form: Format, folder: Path
) -> None:
    needed = [name for entry in table for name in entry.theirs]
    if missing := [name for name in needed if name not in names]:
        raise ValueError(
            f"{folder} lacks {len(missing)} of {len(needed)} tensors, first {missing[0]}; "
            "its weights are not complete or not those of its config.json"
        )
    extra = sorted(set(names) - set(needed))
    if unknown := [name for name in extra if not name.endswith(form.ignored)]:
        raise ValueError(
            f"{folder} holds {len(unknown)} tensors that our GPT has no place for, first "
            f"{unknown[0]}; it is of another architecture than its config.json says"
        )


def _require_shapes(
    entry: Entry, shape: tuple[int, ...], names: dict[str, str], files: TensorFiles
) -> None:
    for name, expected in zip(entry.theirs, entry.shapes(shape), strict=True):
        arrived = files.shape(names[name])
        if arrived != expected:
            raise ValueError(
                f"{files.folder}: {name} has shape {arrived}, and config.json asks for {expected}; "
                "weights and config are not of the same model"
            )


def _require_room(config: GPTConfig, tokenizer: Tokenizer | None) -> None:
    if tokenizer is not None and tokenizer.vocab_size > config.vocab_size:
        raise ValueError(
            f"the tokenizer has {tokenizer.vocab_size} ids and the model only "
            f"{config.vocab_size}; save the tokenizer that the model was trained with"
        )


def _marks(tokenizer: Tokenizer | None) -> dict[str, int | None]:
    """The ids around a text, said outright: transformers would put GPT-2's or Llama's own."""
    ends = end_ids(tokenizer) if tokenizer else ()
    start = start_id(tokenizer) if tokenizer else None
    return {"bos_token_id": start, "eos_token_id": ends[0] if ends else None}
