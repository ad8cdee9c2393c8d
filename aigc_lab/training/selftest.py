"""A self-test of the device: does attention stay causal, is half precision as good as it should be?

Drivers and compilers have had faults that no error message tells of: a fused kernel that lets the
past see the future makes a loss look wonderful and a model useless. Looking costs a fraction of a
second, and what is found wrong can be done another way, which `trusted` picks.

What it cannot see: faults that need more heads or rows than its small arrays have, heads that share
keys, dropout, a compiled graph, attention in float16, or what goes wrong only now and then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache

import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.core.runtime import pick_device, pick_dtype
from aigc_lab.model.attention import scaled_dot_product_attention

Attend = Callable[[Tensor, Tensor, Tensor], Tensor]  # q, k, v (B, H, T, D) -> (B, H, T, D)
Multiply = Callable[[Tensor, Tensor], Tensor]  # (M, K), (K, N) -> (M, N)

HALVES = (torch.bfloat16, torch.float16)
SHAPES = ((64, 16), (131, 16))  # (T, D): a kernel's tile, and what does not fit into tiles
LONG = (1024, 64)  # as models have it; some kernels were wrong at such sizes alone
PRODUCTS = ((64, 256, 64), (67, 257, 61))  # (M, K, N), likewise
HEADS = 2
LEAK = 1e-3  # of the results: what never entered them cannot even round them otherwise
STEPS = 8  # roundings that may add up in attention: scores, weights, results, and their gradients
ROUNDING = {torch.float32: 2.0**-10} | {half: torch.finfo(half).eps for half in HALVES}
# Products of float32 on a GPU may be TF32's, which keep 10 bits behind the leading one.


@dataclass(frozen=True)
class Findings:
    """What `examine_device` found; `notes` says it in words, one sentence for every fault.

    Notebook: 08 GPU training.
    """

    leaks_future: bool = False
    wrong_attention: bool = False  # causal perhaps, but another function in float32
    wrong_half: bool = False
    notes: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether no fault was found."""
        return not (self.leaks_future or self.wrong_attention or self.wrong_half)


def fused_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The causal attention that training uses, by the device's own fused kernel."""
    return scaled_dot_product_attention(q, k, v, is_causal=True, kernel="fused")


def examine_device(
    device: torch.device | str = "cpu",
    attention: Attend = fused_attention,
    matmul: Multiply = torch.matmul,
) -> Findings:
    """Try the device's attention and its half precision on small arrays whose answers are known.

    Attention must not leak: when keys and values after a position change, nothing up to it may
    move, and no gradient of what stands up to it may reach what comes after. Its results and
    gradients must be those of explicit attention in float64, and products in bfloat16 and float16
    those of float64, each up to the rounding of its format. `attention` and `matmul` can be
    replaced, to see a faulty kernel caught. What raises an error counts as wrong.

    Shapes: `attention` takes q, k, v (B, H, T, D) and returns (B, H, T, D), causal; `matmul` takes
        (M, K) and (K, N).
    Notebook: 08 GPU training.

    >>> examine_device("cpu").passed
    True
    >>> everybody = lambda q, k, v: (q @ k.mT).softmax(-1) @ v  # no mask
    >>> examine_device("cpu", attention=everybody).leaks_future
    True
    """
    device = torch.device(device)
    leaks, wrong, half = [], [], _wrong_products(device, matmul)
    for dtype in (torch.float32, torch.bfloat16):
        leaks += _leaks(device, attention, dtype)
        (wrong if dtype == torch.float32 else half).extend(
            _wrong_attention(device, attention, dtype)
        )
    return Findings(bool(leaks), bool(wrong), bool(half), (*leaks, *wrong, *half))


@cache
def findings_for(device: str) -> Findings:
    """What `examine_device` finds on a device, looked at once in a process."""
    return examine_device(device)


def trusted(
    config: GPTConfig, train: TrainConfig, findings: Findings
) -> tuple[GPTConfig, TrainConfig, list[str]]:
    """The same configs without what the device does wrong, and a sentence for each change.

    Attention that leaks or errs is done by the explicit kernel; where half precision is wrong,
    float32 takes its place. Both are slower and take more memory. A healthy device, or a run that
    does not use what is faulty, changes nothing.

    Notebook: 08 GPU training.

    >>> config, train = GPTConfig.gpt2(), TrainConfig(device="cpu", precision="bfloat16")
    >>> _, train, words = trusted(config, train, Findings(wrong_half=True))
    >>> train.precision, words
    ('float32', ['half precision is wrong on cpu: this run computes in float32'])
    """
    device, words = pick_device(train.device), []
    if (findings.leaks_future or findings.wrong_attention) and config.attention != "explicit":
        fault = "lets the past see the future" if findings.leaks_future else "is wrong"
        words.append(f"fused attention {fault} on {device}: this run uses explicit attention")
        config = replace(config, attention="explicit")
    if findings.wrong_half and pick_dtype(train.precision, device) != torch.float32:
        words.append(f"half precision is wrong on {device}: this run computes in float32")
        train = replace(train, precision="float32")
    return config, train, words


def _leaks(device: torch.device, attend: Attend, dtype: torch.dtype) -> list[str]:
    """A sentence for each way in which attention lets the past know of what comes after."""
    heads = [_heads(device, dtype, *shape) for shape in _shapes(device)]
    what = f"fused attention in {_name(dtype)} lets the past see the future"
    return [
        *_fault(f"{what}: results", lambda: _worst(_moved(attend, *h) for h in heads), LEAK),
        *_fault(f"{what}: gradients", lambda: _worst(_reach(attend, *h) for h in heads), LEAK),
    ]


def _moved(attend: Attend, q: Tensor, k: Tensor, v: Tensor) -> float:
    """How far results move when keys and values after them change, in parts of their size."""
    before, moved = attend(q, k, v), []
    for end in _ends(q):
        others = [torch.cat((x[..., :end, :], -3 * x[..., end:, :]), dim=-2) for x in (k, v)]
        after = attend(q, *others)
        moved.append(_size((after - before)[..., :end, :]) / _size(before))
    return _worst(moved)


def _reach(attend: Attend, q: Tensor, k: Tensor, v: Tensor) -> float:
    """How much gradient of results reaches what comes after them, in parts of all the gradient."""
    reach = []
    for end in _ends(q):
        leaves = [x.clone().requires_grad_() for x in (q, k, v)]
        past = attend(*leaves)[..., :end, :]
        past.backward(v[..., :end, :])  # any numbers will do
        whole = max(_size(x.grad) for x in leaves)
        reach += [_size(x.grad[..., end:, :]) / whole for x in leaves]
    return _worst(reach)


def _wrong_attention(device: torch.device, attend: Attend, dtype: torch.dtype) -> list[str]:
    """A sentence if results or gradients are not those of explicit attention in float64."""

    def error(shape: tuple[int, int]) -> float:
        heads = _heads(device, dtype, *shape)
        exact = _with_gradients(_exact_attention, *(x.cpu().double() for x in heads))
        found = _with_gradients(attend, *heads)
        return _worst(_error(*pair) for pair in zip(found, exact, strict=True))

    what = f"fused attention in {_name(dtype)} is not what float64 gives"
    return _fault(what, lambda: _worst(map(error, _shapes(device))), STEPS * ROUNDING[dtype])


def _wrong_products(device: torch.device, matmul: Multiply) -> list[str]:
    """A sentence for each half precision whose products are off by more than its rounding."""

    def error(dtype: torch.dtype, m: int, k: int, n: int) -> float:
        left, right = _normal((m, k), 1).to(dtype), _normal((k, n), 2).to(dtype)
        found = matmul(left.to(device), right.to(device))
        return _error(found, left.double() @ right.double())

    faults = []
    for dtype in HALVES:
        errors = (error(dtype, *shape) for shape in PRODUCTS)
        what = f"a product in {_name(dtype)} is not what float64 gives"
        faults += _fault(what, lambda errors=errors: _worst(errors), ROUNDING[dtype])
    return faults


def _fault(what: str, measure: Callable[[], float], allowed: float) -> list[str]:
    """`what` as a sentence, if more is measured than is allowed or nothing can be."""
    try:
        found = measure()
    except RuntimeError as error:  # such as an operation that the device does not have
        return [f"{what} ({str(error).strip().partition(chr(10))[0]})"]
    if found <= allowed:  # not so for NaN
        return []
    return [f"{what} (off by {found:.1g} of its size, {allowed:.1g} is allowed)"]


def _with_gradients(attend: Attend, *heads: Tensor) -> list[Tensor]:
    """The result of attention, and the gradients of q, k, v for one fixed gradient of it."""
    leaves = [x.clone().requires_grad_() for x in heads]
    out = attend(*leaves)
    out.backward(_normal(out.shape, 5).to(out))
    return [out.detach(), *(x.grad for x in leaves)]


def _exact_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    return scaled_dot_product_attention(q, k, v, is_causal=True, kernel="explicit")


def _error(found: Tensor, exact: Tensor) -> float:
    """The largest error of a row, in parts of the largest row: norms over the last axis."""
    difference = (found.cpu().double() - exact).norm(dim=-1)
    return (difference.max() / exact.norm(dim=-1).max()).item()


def _shapes(device: torch.device) -> tuple[tuple[int, int], ...]:
    """The lengths and head widths to try; a long one where it takes no time."""
    return SHAPES if device.type == "cpu" else (*SHAPES, LONG)


def _heads(device: torch.device, dtype: torch.dtype, length: int, width: int) -> list[Tensor]:
    """Queries, keys and values (1, H, T, D), the same ones every time."""
    shape = (1, HEADS, length, width)
    return [_normal(shape, seed).to(device, dtype) for seed in (1, 2, 3)]


def _normal(shape: tuple[int, ...], seed: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def _ends(q: Tensor) -> tuple[int, ...]:
    """Where the past ends: after one position, in the middle, before the last."""
    length = q.shape[-2]
    return (1, length // 2, length - 1)


def _size(x: Tensor) -> float:
    return x.abs().max().item()


def _worst(values: Iterable[float]) -> float:
    """The largest, or NaN if one of them is: Python's `max` would step over it."""
    return torch.tensor(list(values), dtype=torch.float64).max().item()


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
