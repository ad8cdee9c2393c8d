"""Notebook 08: the memory that training takes before the first token arrives."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_2_bytes_mistakes import MISTAKES, flawed
from aigc_lab.exercises.definition import Exercise, Probe, probe


def training_bytes(n_parameters: int, optimizer: str, bytes_per_number: int) -> int:
    """Parameters, their gradients, and what the optimizer keeps of each."""
    return flawed(n_parameters, optimizer, bytes_per_number)


def _probes() -> list[Probe]:
    return [
        probe("7 parameters, plain SGD, 4 bytes", 7, "sgd", 4, tolerance=0.0),
        probe("7 parameters, momentum, 4 bytes", 7, "momentum", 4, tolerance=0.0),
        probe("7 parameters, AdamW, 4 bytes", 7, "adamw", 4, tolerance=0.0),
        probe("1009 parameters, plain SGD, 2 bytes", 1009, "sgd", 2, tolerance=0.0),
        probe("1009 parameters, momentum, 8 bytes", 1009, "momentum", 8, tolerance=0.0),
        probe("1009 parameters, AdamW, 2 bytes", 1009, "adamw", 2, tolerance=0.0),
        probe("GPT-2 small, AdamW, float32", 124_439_808, "adamw", 4, tolerance=0.0),
    ]


BYTES = Exercise(
    name="training_bytes",
    notebook="08_gpu_training",
    title="Will it fit?",
    points=1,
    reference=training_bytes,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Take one single parameter. Which numbers does training keep that belong to it, and how "
        "many are they?",
        "Each parameter is one number and has one number of gradient. SGD keeps nothing more, "
        "momentum one velocity, AdamW two running means. So 2, 3 or 4 numbers a parameter.",
        'kept = {"sgd": 0, "momentum": 1, "adamw": 2}[optimizer], and the answer is the product of '
        "n_parameters, (2 + kept) and bytes_per_number.",
    ),
    mistakes=MISTAKES,
)

EXERCISES = (BYTES,)
