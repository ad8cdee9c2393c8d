"""Notebook 08: how much of a device's arithmetic the training uses."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_4_mfu_mistakes import MISTAKES, flawed
from aigc_lab.exercises.definition import Exercise, Probe, probe
from aigc_lab.training.measuring import mfu


def _probes() -> list[Probe]:
    return [
        probe("3 tokens a second, 5 FLOPs each, a peak of 60", 3.0, 5.0, 60.0, tolerance=1e-9),
        probe("11 tokens a second, 7 FLOPs each, a peak of 91", 11, 7, 91, tolerance=1e-9),
        probe("a laptop: 2,900 tokens/s, 15 MFLOP, 101 GFLOP/s", 2900.0, 1.5e7, 1.01e11),
        probe("a GPU: 178,000 tokens/s, 855 MFLOP, 312 TFLOP/s", 1.78e5, 8.55e8, 3.12e14),
        probe("a peak that was measured too low", 13.0, 17.0, 199.0, tolerance=1e-9),
    ]


MFU = Exercise(
    name="mfu",
    notebook="08_gpu_training",
    title="How busy is the device?",
    points=1,
    reference=mfu,
    probes=_probes,
    flawed=flawed,
    hints=(
        "How many FLOPs does the training do in one second?",
        "Tokens a second times FLOPs a token are FLOPs a second: what the training uses. The peak "
        "is what the device could do. The answer is the first as a fraction of the second.",
        "It is one product and one division: tokens_per_second * flops_per_token / …",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (MFU,)
