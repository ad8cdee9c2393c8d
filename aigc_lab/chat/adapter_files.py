"""An adapter as the two files that `peft` writes for transformers' GPT-2."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.config import GPTConfig
from aigc_lab.core.files import read_json, write_json
from aigc_lab.pretrained.folder import format_for
from aigc_lab.pretrained.formats import need, number, refuse_unless
from aigc_lab.pretrained.gpt2 import GPT2
from aigc_lab.pretrained.weights import write_weights

if TYPE_CHECKING:
    from torch import Tensor

SETTINGS, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
PREFIX = "base_model.model." + GPT2.prefix  # peft's wrapper, transformers' head, then our names
NAME = re.compile(re.escape(PREFIX) + r"(?P<layer>h\..+)\.lora_(?P<matrix>[AB])\.weight")
PLAIN = {  # what other settings would change; absent is plain too
    "peft_type": "LORA",
    "use_dora": False,
    "use_rslora": False,
    "lora_bias": False,
    "bias": "none",
    "rank_pattern": {},
    "alpha_pattern": {},
    "modules_to_save": None,
    "trainable_token_indices": None,
    "target_parameters": None,
    "layer_replication": None,
    "alora_invocation_tokens": None,
    "use_qalora": False,
    "use_bdlora": False,
    "arrow_config": None,
    "kasa_config": None,
    "monteclora_config": None,
    "init_lora_weights": True,
}
HARMLESS = (False, "gaussian")  # starts that leave the base as it is; others change its weights


@dataclass(frozen=True)
class Adapter:
    """Rank, alpha, and the matrices A (r, in) and B (out, r) of each layer by its name."""

    rank: int
    alpha: float
    parts: dict[str, tuple[Tensor, Tensor]]


def write_adapter(folder: str | Path, adapter: Adapter, config: GPTConfig) -> Path:
    """Write an adapter of a GPT-2; other files in the folder stay.

    A and B multiply from the right, as nn.Linear does, also beside GPT-2's matrices, which are kept
    as (in, out): `fan_in_fan_out` tells peft to turn their product when it merges.
    """
    import torch

    folder = Path(folder)
    _require_gpt2(config)
    tensors = {
        f"{PREFIX}{layer}.lora_{matrix}.weight": tensor
        for layer, pair in adapter.parts.items()
        for matrix, tensor in zip("AB", pair, strict=True)
    }
    write_weights(folder / WEIGHTS, tensors, torch.float32)
    settings = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "r": adapter.rank,
        "lora_alpha": adapter.alpha,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": True,
        "inference_mode": True,
        "base_model_name_or_path": None,
        "target_modules": [GPT2.prefix + layer for layer in adapter.parts],
    }
    write_json(folder / SETTINGS, settings)
    return folder


def read_adapter(folder: str | Path, config: GPTConfig) -> Adapter:
    """Read an adapter that peft or `write_adapter` wrote for a GPT-2.

    Raises: ValueError when a file is missing, damaged, or asks for more than plain LoRA.
    """
    folder = Path(folder)
    _require_gpt2(config)
    for name in (SETTINGS, WEIGHTS):
        if not (folder / name).is_file():
            raise ValueError(f"there is no {name} in {folder}; give the folder of an adapter")
    settings = read_json(folder / SETTINGS)
    if not isinstance(settings, dict):
        raise ValueError(f"{folder / SETTINGS} holds no settings; take another copy")
    try:
        start = settings.get("init_lora_weights")
        plain = {"init_lora_weights": True} if start in HARMLESS else {}
        refuse_unless({**settings, **plain}, PLAIN)
        rank, alpha = need(settings, "r"), number(settings, "lora_alpha", 8.0)
    except ValueError as error:
        raise ValueError(f"{folder / SETTINGS}: {error}") from error
    tensors = _read_tensors(folder / WEIGHTS)
    return Adapter(rank, alpha, _pairs(tensors, rank, folder / WEIGHTS))


def _read_tensors(path: Path) -> dict[str, Tensor]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        # Copies: load_file's memory is the file's, and whoever writes there changes it.
        return {name: tensor.clone() for name, tensor in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise ValueError(
            f"{path} ({path.stat().st_size:,} bytes) is not a whole safetensors file ({error}); "
            "take another copy"
        ) from error


def _pairs(tensors: dict[str, Tensor], rank: int, path: Path) -> dict[str, Any]:
    """A and B of each layer, having made sure that every tensor is one of a pair of this rank."""
    found: dict[str, dict[str, Tensor]] = {}
    for name, tensor in sorted(tensors.items()):
        match = NAME.fullmatch(name)
        if not match or tensor.dim() != 2 or tensor.shape[match["matrix"] == "B"] != rank:
            raise ValueError(
                f"{path}: {name} of shape {tuple(tensor.shape)} is no LoRA matrix of rank {rank} "
                "of a block; only adapters of the blocks' matrices can be opened"
            )
        found.setdefault(match["layer"], {})[match["matrix"]] = tensor
    if alone := [layer for layer, pair in found.items() if len(pair) < 2]:
        raise ValueError(f"{path} holds only one of A and B of {alone[0]}; take another copy")
    if not found:
        raise ValueError(f"{path} holds no layer; take another copy")
    return {layer: (pair["A"], pair["B"]) for layer, pair in found.items()}


def _require_gpt2(config: GPTConfig) -> None:
    if format_for(config) is not GPT2:
        raise ValueError(
            "adapters are kept under GPT-2's names, and this model is of the Llama dialect; "
            "merge_lora and save_pretrained keep it whole"
        )
