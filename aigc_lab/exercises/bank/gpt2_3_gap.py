"""Notebook 09: how far two models' logits are apart, as far as it matters."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpt2_3_gap_flawed import flawed
from aigc_lab.exercises.bank.gpt2_3_gap_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe


def centred_gap(a: ndarray, b: ndarray) -> float:
    """The largest difference once each row's mean is taken off."""
    return flawed(a, b)


def _probes() -> list[Probe]:
    draw = np.random.default_rng(7)

    def case(
        label: str, rows: int, columns: int, gap: float, shift: float, down: bool = False
    ) -> Probe:
        """Logits apart by about `gap`, most of it at one place, and a constant in each row."""
        a = 3 * draw.normal(size=(rows, columns))
        b = a + gap * 0.2 * draw.normal(size=(rows, columns))
        b[rows // 2, columns // 3] += gap if down else -gap
        return probe(label, a, b + shift * draw.normal(size=(rows, 1)), tolerance=1e-6)

    same = draw.normal(size=(3, 5))
    single = case("3 positions in float32, with a large constant", 3, 11, 2.0, 100.0)
    return [
        case("3 positions, 7 tokens", 3, 7, 0.8, 2.0),
        case("5 positions, 5 tokens", 5, 5, 0.5, 1.0, down=True),
        case("no constant in the rows", 7, 3, 0.6, 0.0),
        case("2 positions, 13 tokens, the second model above", 2, 13, 3.0, 4.0, down=True),
        case("one position", 1, 11, 0.7, 5.0),
        probe("a constant is the only difference", same, same + np.array([[3.0], [-2.0], [0.5]])),
        single._replace(args=tuple(np.float32(each) for each in single.args), tolerance=1e-3),
    ]


def _constants(function: Function) -> str | None:
    a = np.random.default_rng(1).normal(size=(2, 5))
    b = a[:, ::-1]
    plain, moved = (float(function(a, each)) for each in (b, b + np.array([[7.0], [-4.0]])))
    if abs(plain - moved) < 1e-6:
        return None
    return (
        "a constant added to a row of logits changes no probability, so the gap should stay; yours "
        f"goes from {plain:.4g} to {moved:.4g}"
    )


GAP = Exercise(
    name="centred_gap",
    notebook="09_pretrained_gpt2",
    title="A difference that makes a difference",
    points=2,
    reference=centred_gap,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Add 5 to all logits of one row: no probability changes. What could you do to a row so "
        "that it comes out the same with and without the 5?",
        "Take off each row's own mean, in both arrays. Then look for the largest absolute "
        "difference, over all positions and tokens.",
        "centred = [x - x.mean(axis=-1, keepdims=True) for x in (a, b)]\n"
        "return abs(centred[0] - centred[1]).max()",
    ),
    mistakes=MISTAKES,
    laws=(Law("constants do not count", _constants),),
    keeps_inputs=True,
)

EXERCISES = (GAP,)
