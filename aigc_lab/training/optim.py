"""The optimisers of a run: AdamW for everything, or Muon for the hidden matrices."""

from __future__ import annotations

import torch
from torch import nn

from aigc_lab.core.config import TrainConfig
from aigc_lab.training.muon import Muon

FUSED_DEVICES = ("cpu", "cuda", "mps")  # one kernel updates every parameter at once


def build_optimizers(model: nn.Module, config: TrainConfig) -> list[torch.optim.Optimizer]:
    """The optimisers that together own each trainable parameter of `model` exactly once.

    With `optimizer="muon"`, Muon takes the matrices inside the blocks `h.*`, and AdamW the rest:
    embeddings and head (whose rows are looked up, not multiplied through), norms and biases.
    Matrices decay; norms and biases, which have one axis, do not.

    Units: Muon makes each update's singular values about 1 and scales it ("original" rule of
    `torch.optim.Muon`) so that its root mean square is `muon_lr / sqrt(columns)`, whatever the
    shape: a scale of its own, not AdamW's. The default is below the 0.02 that is usual for models
    which normalise queries and keys; ours do not.
    Source: Loshchilov & Hutter 2019 (AdamW); Jordan et al. 2024 (Muon).
    Notebook: 06 training.
    """
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    hidden = []
    if config.optimizer == "muon":
        hidden = [p for name, p in named if is_hidden_matrix(name, p)]
    taken = {id(p) for p in hidden}
    rest = [p for _, p in named if id(p) not in taken]
    optimizers: list[torch.optim.Optimizer] = []
    if hidden:
        optimizers.append(_muon(hidden, config))
    if rest:
        optimizers.append(_adamw(rest, config))
    if not optimizers:
        raise ValueError("the model has no trainable parameter; set requires_grad=True on some")
    return optimizers


def is_hidden_matrix(name: str, parameter: torch.Tensor) -> bool:
    """Whether a parameter is a matrix inside a block, which is what Muon is made for.

    >>> is_hidden_matrix("h.0.mlp.c_fc.weight", torch.zeros(8, 2))
    True
    >>> is_hidden_matrix("wte.weight", torch.zeros(8, 2))
    False
    """
    return parameter.ndim == 2 and "h" in name.split(".")


def set_learning_rates(optimizers: list[torch.optim.Optimizer], factor: float) -> None:
    """Scale each group's full learning rate by the schedule's `factor`."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["full_lr"] * factor


def _adamw(parameters: list[nn.Parameter], config: TrainConfig) -> torch.optim.Optimizer:
    decay = [p for p in parameters if p.ndim >= 2]
    free = [p for p in parameters if p.ndim < 2]
    groups = [
        dict(params=decay, weight_decay=config.weight_decay, full_lr=config.lr),
        dict(params=free, weight_decay=0.0, full_lr=config.lr),
    ]
    return torch.optim.AdamW(
        [group for group in groups if group["params"]],
        lr=config.lr,
        betas=(config.beta1, config.beta2),
        fused=all(p.device.type in FUSED_DEVICES for p in parameters),
    )


def _muon(parameters: list[nn.Parameter], config: TrainConfig) -> torch.optim.Optimizer:
    group = dict(params=parameters, full_lr=config.muon_lr)
    return Muon(
        [group],
        lr=config.muon_lr,
        weight_decay=config.weight_decay,
        momentum=0.95,
        adjust_lr_fn="original",
    )
