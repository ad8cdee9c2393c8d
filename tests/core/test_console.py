"""Which errors are told in one line, and which are faults of ours."""

from __future__ import annotations

import pytest
import torch

from aigc_lab.core.console import ToldInOneLine, is_input_problem
from aigc_lab.training.loop import TrainingDiverged
from aigc_lab.training.parallel import TeamBroken


class Unmended(ToldInOneLine):
    """An error that core knows nothing of but its base."""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("bad"), True),
        (FileNotFoundError("gone"), True),
        (MemoryError(), True),
        (RuntimeError("[enforce fail] can't allocate memory: 8 bytes"), True),
        (torch.OutOfMemoryError("out of memory"), True),
        (TrainingDiverged("loss nan"), True),
        (TeamBroken("another process has died"), True),
        (Unmended("turn it off and on"), True),
        (RuntimeError("bug"), False),
        (TypeError("bug"), False),
    ],
)
def test_what_says_something_about_the_input(error, told):
    assert is_input_problem(error) is told
