"""Sizes and times for a reader."""

from __future__ import annotations

import pytest

from aigc_lab.core.units import duration, size


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "0 seconds"), (89, "89 seconds"), (91, "1.5 minutes"), (10**9, "31.7 years")],
)
def test_times_are_told_in_fitting_units(seconds, words):
    assert duration(seconds) == words


def test_sizes_are_told_in_fitting_units():
    assert [size(n) for n in (0, 1023, 1024, 10**9, 2**41)] == [
        *("0 bytes", "1023 bytes", "1.0 KiB", "953.7 MiB", "2048.0 GiB")
    ]
