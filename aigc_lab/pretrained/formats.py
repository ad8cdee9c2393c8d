"""What describes a file format: fields of its config.json, and its tensors in terms of ours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aigc_lab.core.config import GPTConfig

if TYPE_CHECKING:
    from torch import Tensor


LARGEST = 2**27  # above every size in a published config; twice multiplied, it fits into 64 bits


@dataclass(frozen=True)
class Entry:
    """One tensor of our GPT and the tensor or tensors of a file that it is made of.

    Several stand stacked in ours, `rows` of each; `transposed` ones are (in, out) in the file.
    """

    ours: str
    theirs: tuple[str, ...]
    rows: tuple[int, ...] = ()
    transposed: bool = False

    def join(self, parts: list[Tensor]) -> Tensor:
        """Ours from the file's."""
        import torch

        parts = [part.t() for part in parts] if self.transposed else parts
        return torch.cat(parts).contiguous() if len(parts) > 1 else parts[0].contiguous()

    def part(self, tensor: Tensor) -> dict[str, Tensor]:
        """The file's from ours."""
        tensor = tensor.t() if self.transposed else tensor
        parts = tensor.split(self.rows) if self.rows else (tensor,)
        return {name: part.contiguous() for name, part in zip(self.theirs, parts, strict=True)}

    def shapes(self, shape: tuple[int, ...]) -> list[tuple[int, ...]]:
        """The shapes in the file, from the shape of ours."""
        if self.transposed:
            return [shape[::-1]]
        return [(rows, *shape[1:]) for rows in self.rows] or [shape]


@dataclass(frozen=True)
class Format:
    """How one family of checkpoints writes down a GPT."""

    architecture: str  # the class of transformers that opens it
    config_from_file: Callable[[dict[str, Any]], GPTConfig]
    config_to_file: Callable[[GPTConfig], dict[str, Any]]
    entries: Callable[[GPTConfig], list[Entry]]
    prefix: str  # before the names of all tensors but the head's; files of a bare model lack it
    token_table: str
    head: str
    ignored: tuple[str, ...]  # endings of tensors that old files carry and that we compute

    def full_name(self, name: str) -> str:
        """The name of a tensor with the prefix that files of a bare model leave out."""
        return name if name.startswith((self.prefix, self.head)) else self.prefix + name


def need(values: dict[str, Any], name: str) -> int:
    """A size that the config must have.

    >>> need({"n_layer": 12}, "n_layer")
    12
    """
    value = values.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= LARGEST:
        raise ValueError(
            f"{name}={_short(value)} stands where a whole number from 1 to {LARGEST} belongs; "
            "take a complete copy of the checkpoint"
        )
    return value


def size_or_none(values: dict[str, Any], name: str) -> int | None:
    """A size that the config may leave open."""
    return None if values.get(name) is None else need(values, name)


def number(values: dict[str, Any], name: str, default: float) -> float:
    """A number that has a meaning also where the config is silent."""
    value = default if values.get(name) is None else values[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LARGEST:
        raise ValueError(
            f"{name}={_short(value)} stands where a number belongs; "
            "take a complete copy of the checkpoint"
        )
    return float(value)


def refuse_unless(values: dict[str, Any], expected: dict[str, Any]) -> None:
    """Refuse a config whose field is there and not as expected: it is another kind of model."""
    for name, value in expected.items():
        if values.get(name) not in (None, value):
            raise ValueError(
                f"the checkpoint has {name}={_short(values[name])}, which is not supported "
                f"(only {value!r} is); choose another checkpoint"
            )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:39] + "…"
