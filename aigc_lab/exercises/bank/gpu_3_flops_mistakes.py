"""Notebook 08: the mistakes known of the exercise in gpu_3_flops."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_3_flops


def flawed(
    n_layer: int,
    n_embd: int,
    vocab_size: int,
    length: int,
    *,
    squares: int = 12,
    singles: int = 0,
    rows: str = "output",
    layers: str = "all",
    per_weight: int = 2,
    attention: str = "4",
    passes: str = "3",
    per: str = "token",
) -> int:
    """The right count with what can go wrong."""
    many = 1 if layers == "one" else n_layer
    block = squares * n_embd**2 + singles * n_embd
    outside = n_embd * {
        "output": vocab_size,
        "none": 0,
        "input too": 2 * vocab_size,
        "positions too": vocab_size + length,
    }.get(rows, 0)
    weights = many * (block + outside) if layers == "output too" else many * block + outside
    scores = {
        "4": 4 * length * n_embd * many,
        "2": 2 * length * n_embd * many,
        "1": length * n_embd * many,
        "8": 8 * length * n_embd * many,
        "none": 0,
        "one layer": 4 * length * n_embd,
        "squared": 4 * length**2 * n_embd * many,
        "no width": 4 * length * many,
    }[attention]
    products = per_weight * weights
    total = {
        "3": 3 * (products + scores),
        "2": 2 * (products + scores),
        "1": products + scores,
        "4": 4 * (products + scores),
        "of the weights": 3 * products + scores,
        "of attention": products + 3 * scores,
    }[passes]
    return total * length if per == "text" else total


MISTAKES = (
    Mistake(
        "forward only",
        symptom="the count is a third of the right one",
        diagnosis="only the forward pass is counted",
        hint="Backward computes two gradients for each product: of its input, and of …?",
        knobs={"passes": "1"},
    ),
    Mistake(
        "backward as forward",
        symptom="the count is two thirds of the right one",
        diagnosis="backward is counted to cost as much as forward, or forward is left out",
        hint="Backward computes two gradients for each product: of its input, and of …?",
        knobs={"passes": "2"},
    ),
    Mistake(
        "one per weight",
        symptom="the matrices count half",
        diagnosis="you count one FLOP a weight in the matrices",
        hint="Each weight is multiplied with a number, and the product is … to a sum?",
        knobs={"per_weight": 1},
    ),
    Mistake(
        "no attention",
        symptom="the length has no effect",
        diagnosis="scores and mixing, attention's products without weights, are missing",
        hint="Which of the arguments does your code never mention?",
        knobs={"attention": "none"},
    ),
    Mistake(
        "half of attention",
        symptom="long texts cost too little",
        diagnosis="only one of attention's two products is counted, or half of both for the mask",
        hint="Scores are one product, mixing the values is another; both are counted in full.",
        knobs={"attention": "2"},
    ),
    Mistake(
        "no output layer",
        symptom="vocab_size has no effect",
        diagnosis="the product with the output table is missing",
        hint="Which of the arguments does your code never mention?",
        knobs={"rows": "none"},
    ),
)
