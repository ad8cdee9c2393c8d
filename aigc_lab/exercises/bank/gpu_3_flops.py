"""Notebook 08: the arithmetic of training, per token."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_3_flops_flawed import flawed
from aigc_lab.exercises.bank.gpu_3_flops_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def flops_per_token(n_layer: int, n_embd: int, vocab_size: int, length: int) -> int:
    """What the package's model says of itself; on the meta device, where it takes no memory."""
    import torch

    from aigc_lab.core.config import GPTConfig
    from aigc_lab.model.gpt import GPT

    sizes = dict(n_layer=n_layer, n_embd=n_embd, vocab_size=vocab_size, block_size=length)
    with torch.device("meta"):
        return GPT(GPTConfig(n_head=1, **sizes)).flops_per_token(length)


def _probes() -> list[Probe]:
    return [
        probe("2 layers, C = 3, V = 11, T = 7", 2, 3, 11, 7, tolerance=0.0),
        probe("5 layers, C = 8, V = 101, T = 13", 5, 8, 101, 13, tolerance=0.0),
        probe("1 layer, C = 10, V = 17, T = 1", 1, 10, 17, 1, tolerance=0.0),
        probe("GPT-2 small: 12, 768, 50257, 1024", 12, 768, 50257, 1024, tolerance=0.0),
        probe("3 layers, C = 16, V = 5, a long text: T = 997", 3, 16, 5, 997, tolerance=0.0),
    ]


def _one_more(function: Function) -> str | None:
    """What one more of each size costs tells which part of the count is wrong."""
    sizes = (2, 6, 10, 7)
    for name, place, right in (
        ("token in the vocabulary", 2, 6 * 6),
        ("token of length", 3, 12 * 2 * 6),
        ("layer", 0, 3 * (24 * 6 * 6 + 4 * 7 * 6)),
    ):
        more = [size + (at == place) for at, size in enumerate(sizes)]
        costs = function(*more) - function(*sizes)
        if abs(costs - right) > 1e-6 * right:
            return (
                f"of 2 layers, C = 6, V = 10 and T = 7, one more {name} should cost {right:,} "
                f"FLOPs more, and with yours it costs {costs:,.6g}"
            )
    return None


FLOPS = Exercise(
    name="flops_per_token",
    notebook="08_gpu_training",
    title="Count the arithmetic",
    points=2,
    reference=flops_per_token,
    probes=_probes,
    flawed=flawed,
    seconds=30.0,  # a reader may build the model and count
    hints=(
        "A matrix of n numbers costs one token n multiplications and n additions. Which matrices "
        "does a token pass, and what does it do that has no matrix of its own?",
        "Blocks: c_attn (C to 3C), c_proj (C to C), c_fc (C to 4C) and c_proj (4C to C), 12 · C · "
        "C weights a layer; then the output, V · C. Two FLOPs a weight. Attention adds 4 · T · C a "
        "layer. Backward costs twice as much as forward.",
        "weights = n_layer * 12 * C**2 + V * C; forward = 2 * weights + n_layer * 4 * T * C; the "
        "answer is 3 * forward.",
    ),
    mistakes=MISTAKES,
    laws=(Law("one more", _one_more),),
)

EXERCISES = (FLOPS,)
