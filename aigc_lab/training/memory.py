"""What training holds in memory: predicted from the shapes, then measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.core.runtime import pick_device, pick_dtype
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.training.activations import (
    FLOAT32,
    ForwardPass,
    block_matrices,
    count_parameters,
    total_bytes,
)
from aigc_lab.training.arguments import own_randomness
from aigc_lab.training.optim import build_optimizers, set_learning_rates
from aigc_lab.training.precision import arithmetic
from aigc_lab.training.recomputing import recomputed


@dataclass(frozen=True)
class Memory:
    """The bytes of a training step, by what they are for.

    `optimizer` is what the optimisers keep, and the running average of the weights if there is one.
    `temporary` stands beside the others for a moment of the backward pass only; it is predicted
    everywhere and measured on CUDA alone, where PyTorch tells the peak.
    """

    parameters: int
    gradients: int
    optimizer: int
    activations: int
    temporary: int = 0

    @property
    def total(self) -> int:
        """All of it at once: what must be free.

        >>> Memory(parameters=4, gradients=4, optimizer=8, activations=100).total
        116
        """
        kept = self.parameters + self.gradients + self.optimizer + self.activations
        return kept + self.temporary


def predict_memory(
    config: GPTConfig,
    train: TrainConfig,
    length: int | None = None,
    dtype: torch.dtype = torch.float32,
) -> Memory:
    """The memory of a training step, from the shapes alone: nothing is allocated.

    Weights, gradients and the optimisers' numbers are float32, whatever `dtype` the products are
    in. Activations are those of one part of the batch, `batch_size / accumulate` rows, and
    `ForwardPass` lists them; with `recompute`, of each block only its input is kept. `train.device`
    need not be present. The prediction is of PyTorch's tensors: its own code, a CUDA context and
    what a caching allocator holds in reserve come on top.

    Shapes: rows of `length` tokens, `block_size` unless given.
    Units: bytes.
    Notebook: 08 GPU training.

    >>> memory = predict_memory(GPTConfig.gpt2(), TrainConfig(batch_size=1, device="cpu"))
    >>> [round(n / 1e6) for n in (memory.parameters, memory.optimizer, memory.activations)]
    [498, 996, 817]
    """
    parameters = count_parameters(config)
    device = pick_device().type if train.device == "auto" else train.device.partition(":")[0]
    rows = train.batch_size // train.accumulate
    step = ForwardPass(config, rows, length or config.block_size, dtype, device)
    block = step.block()[:1] if train.recompute else step.block()
    return Memory(
        parameters=FLOAT32 * parameters,
        gradients=FLOAT32 * parameters,
        optimizer=FLOAT32 * _optimizer_numbers(config, train, parameters),
        activations=total_bytes(step.around()) + config.n_layer * total_bytes(block),
        temporary=step.temporary(train.recompute),
    )


def measure_memory(model: GPT, ids: Tensor, train: TrainConfig) -> Memory:
    """The same, counted in one training step of `model` that leaves its weights as they are.

    Activations are what autograd hands to `saved_tensors_hooks`, parameters left out, each piece of
    memory counted once however many views of it are kept. The step keeps no random numbers and no
    gradients behind.

    Shapes: ids (B, T) int64, one part of a batch, on the model's device or not.
    Units: bytes.
    Notebook: 08 GPU training.
    """
    device = next(model.parameters()).device
    ids = ids.to(device)
    dtype = pick_dtype(train.precision, device)
    was_training, standing = model.training, [p.grad for p in model.parameters()]
    model.train()
    model.zero_grad()
    with own_randomness(device), recomputed(model, train.recompute):
        activations = _count_saved(model, lambda: _loss(model, ids, dtype))
        optimizers = build_optimizers(model, train)
        set_learning_rates(optimizers, 0.0)  # they make what they keep, and move nothing
        for optimizer in optimizers:
            optimizer.step()
        peak = _peak(device, lambda: _loss(model, ids, dtype).backward())
    gradients = sum(p.grad.nbytes for p in model.parameters() if p.grad is not None)
    model.train(was_training)
    for parameter, gradient in zip(model.parameters(), standing, strict=True):
        parameter.grad = gradient
    parameters = sum(p.nbytes for p in model.parameters())
    kept = sum(_nbytes(state) for each in optimizers for state in each.state.values())
    kept += parameters if train.average else 0
    temporary = 0 if peak is None else max(0, peak - activations)
    return Memory(parameters, gradients, kept, activations, temporary)


def _optimizer_numbers(config: GPTConfig, train: TrainConfig, parameters: int) -> int:
    """AdamW keeps two numbers a parameter, Muon one; a running average of the weights is one."""
    hidden = config.n_layer * block_matrices(config) if train.optimizer == "muon" else 0
    return 2 * (parameters - hidden) + hidden + (parameters if train.average else 0)


def _loss(model: GPT, ids: Tensor, dtype: torch.dtype) -> Tensor:
    """The loss of predicting each token from those before it, as the loop computes it."""
    with arithmetic(ids.device, dtype):
        logits = model(ids)  # (B, T, V)
    return cross_entropy(logits, ids.roll(-1, dims=1))


def _count_saved(model: GPT, loss: Callable[[], Tensor]) -> int:
    """The bytes that autograd keeps of a forward pass; the backward pass then makes gradients."""
    own = {p.untyped_storage().data_ptr() for p in model.parameters()}
    seen: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            seen[storage.data_ptr()] = storage.nbytes()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        value = loss()
    kept = sum(seen.values())
    value.backward()
    return kept


def _peak(device: torch.device, work: Callable[[], Any]) -> int | None:
    """The most that `work` allocates beside what stands already; only CUDA tells."""
    if device.type != "cuda":
        work()
        return None
    torch.cuda.synchronize(device)
    torch.cuda.reset_peak_memory_stats(device)
    standing = torch.cuda.memory_allocated(device)
    work()
    torch.cuda.synchronize(device)
    return torch.cuda.max_memory_allocated(device) - standing


def _nbytes(state: dict[str, Any]) -> int:
    return sum(value.nbytes for value in state.values() if isinstance(value, Tensor))
