"""A run's weights on disk, and all that its next step depends on: safetensors, no pickles."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from aigc_lab.core.config import GPTConfig, from_dict, to_dict
from aigc_lab.core.files import atomic_write
from aigc_lab.training.metrics import read_metrics as read_metrics  # notebooks find it here

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT

KEY = "aigc_lab"  # where our JSON stands in the header of the safetensors file


@dataclass(frozen=True)
class Checkpoint:
    """What one file holds: tensors by the names of the parameters, and plain values."""

    model: dict[str, torch.Tensor]
    optimizer: dict[str, torch.Tensor]  # "AdamW/wte.weight:exp_avg" and the like
    state: dict[str, Any]


def save_checkpoint(
    path: str | Path,
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer] = (),
    state: dict[str, Any] | None = None,
) -> None:
    """Write a model, its optimisers and plain values as one safetensors file, all or nothing.

    Raises: OSError when the disk refuses; an older file at `path` is then still whole.
    """
    from safetensors.torch import save

    tensors = {f"model/{name}": tensor for name, tensor in model_tensors(model).items()}
    for name, tensor in optimizer_tensors(model, optimizers).items():
        tensors[f"optimizer/{name}"] = tensor
    state = dict(state or {})
    if hasattr(model, "config"):
        state.setdefault("configs", {"model": to_dict(model.config)})
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}
    atomic_write(Path(path), save(plain, metadata={KEY: json.dumps(state)}))


def load_trained_model(path: str | Path) -> GPT:
    """The model of a checkpoint, with its weights, ready to use.

    Raises: ValueError when the file is missing, cut short, or something else.
    """
    from aigc_lab.model.gpt import GPT

    checkpoint = load_checkpoint(path)
    shape = checkpoint.state.get("configs", {}).get("model")
    if not isinstance(shape, dict):
        raise ValueError(f"{path} does not say its model's shape; build it, then restore_model")
    try:
        config = from_dict(GPTConfig, shape)
    except ValueError as error:
        raise ValueError(
            f"{path} describes a model that cannot be ({error}); take another copy"
        ) from error
    model = GPT(config)
    restore_model(model, checkpoint.model)
    return model.eval()


def load_checkpoint(path: str | Path) -> Checkpoint:
    """Read back what `save_checkpoint` wrote.

    Raises: ValueError when the file is missing, cut short, or something else.
    """
    from safetensors import SafetensorError, safe_open

    path = Path(path)
    if not path.is_file():
        raise ValueError(f"there is no checkpoint at {path}; train first, or mend the path")
    parts: dict[str, dict[str, torch.Tensor]] = {"model": {}, "optimizer": {}}
    try:
        with safe_open(str(path), framework="pt") as file:
            state = (file.metadata() or {}).get(KEY)
            for name in file.keys() if state is not None else ():
                part, _, rest = name.partition("/")
                # A copy: get_tensor's memory is the file's, and whoever writes there changes it.
                parts.setdefault(part, {})[rest] = file.get_tensor(name).clone()
    except (SafetensorError, OSError) as error:
        raise ValueError(
            f"{path} ({path.stat().st_size:,} bytes) is not a whole safetensors file ({error}); "
            "it was cut short or is another kind of file, so take another copy"
        ) from error
    if state is None:
        raise ValueError(
            f"{path} is a safetensors file, but not a checkpoint of a training run; "
            "load weights of other makers with aigc_lab.pretrained"
        )
    return Checkpoint(parts["model"], parts["optimizer"], _read_state(state, path))


def _read_state(text: str, path: Path) -> dict[str, Any]:
    """The plain values of a checkpoint, from the JSON in its header."""
    try:
        state = json.loads(text)
    except (ValueError, RecursionError) as error:  # no JSON, or nested beyond all reason
        raise ValueError(
            f"{path} holds no JSON where its plain values belong ({error}); take another copy"
        ) from error
    if not isinstance(state, dict) or not isinstance(state.get("configs", {}), dict):
        raise ValueError(
            f"{path} holds {text[:40]!r} where its plain values belong, a JSON object whose "
            "configs are one too; take another copy"
        )
    return state


def model_tensors(model: nn.Module) -> dict[str, torch.Tensor]:
    """The model's parameters and persistent buffers, each once (tied weights share one name)."""
    seen: set[int] = set()
    tensors = {}
    for name, tensor in model.state_dict(keep_vars=True).items():
        if id(tensor) not in seen:
            seen.add(id(tensor))
            tensors[name] = tensor
    return tensors


def optimizer_tensors(
    model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]
) -> dict[str, torch.Tensor]:
    """What the optimisers remember, named after the parameter that each memory is about."""
    return {
        f"{owner}:{quantity}": value
        for optimizer, owners in _owners(model, optimizers)
        for owner, parameter in owners.items()
        for quantity, value in optimizer.state.get(parameter, {}).items()
    }


def restore_model(model: nn.Module, tensors: dict[str, torch.Tensor]) -> None:
    """Copy a checkpoint's weights into a model of the same shape.

    Raises: ValueError naming the first weights that are missing, unknown or of another shape.
    """
    own = model_tensors(model)
    odd = sorted(set(own) ^ set(tensors))
    odd += [n for n in own if n in tensors and own[n].shape != tensors[n].shape]
    if odd:
        raise ValueError(
            f"the checkpoint does not fit this model: {len(odd)} weights differ in name or shape, "
            f"first {odd[0]!r}; build the model from the config stored with the checkpoint"
        )
    with torch.no_grad():
        for name, tensor in own.items():
            tensor.copy_(tensors[name])


def restore_optimizers(
    model: nn.Module,
    optimizers: Sequence[torch.optim.Optimizer],
    tensors: dict[str, torch.Tensor],
) -> None:
    """Give the optimisers their memory back; their settings stay those they were built with.

    Raises: ValueError when the checkpoint remembers something else than these optimisers need.
    """
    memories: dict[str, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        owner, _, quantity = key.rpartition(":")
        memories.setdefault(owner, {})[quantity] = tensor
    owned = _owners(model, optimizers)
    if lost := set(memories).difference(*(owners for _, owners in owned)):
        raise ValueError(
            f"the checkpoint's optimiser remembers {min(lost)!r}, which these optimisers do not; "
            "resume with the optimizer that the run was started with"
        )
    for optimizer, owners in owned:
        memory = {i: memories[owner] for i, owner in enumerate(owners) if owner in memories}
        groups = optimizer.state_dict()["param_groups"]
        optimizer.load_state_dict({"state": memory, "param_groups": groups})


def _owners(
    model: nn.Module, optimizers: Sequence[torch.optim.Optimizer]
) -> list[tuple[torch.optim.Optimizer, dict[str, nn.Parameter]]]:
    """Each optimiser with its parameters, named like "Muon/h.0.mlp.c_fc.weight", in its order."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    return [
        (
            optimizer,
            {
                f"{type(optimizer).__name__}/{names[parameter]}": parameter
                for group in optimizer.param_groups
                for parameter in group["params"]
            },
        )
        for optimizer in optimizers
    ]
