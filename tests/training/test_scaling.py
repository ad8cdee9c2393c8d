"""Power laws come back from their own points, and their uncertainty is what it says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aigc_lab.training.scaling import PowerLaw, ScalingLaw, fit_power_law, fit_scaling

CHINCHILLA = ScalingLaw(floor=1.69, A=406.4, alpha=0.34, B=410.7, beta=0.28)
LAWS = [CHINCHILLA, ScalingLaw(0.3, 5.0, 0.2, 900.0, 0.6), ScalingLaw(1.2, 3.0, 0.08, 50.0, 0.3)]


def test_a_line_by_hand():
    """Logarithms to base 2: (0, 1), (1, 3), (2, 2); the slope is 1/2, the middle height 2."""
    law = fit_power_law([1, 2, 4], [2, 8, 4])
    assert law.exponent == pytest.approx(0.5, abs=1e-12)
    assert law.factor == pytest.approx(2**1.5, rel=1e-12)
    assert law.at([2.0]) == pytest.approx([4.0], rel=1e-12)
    # What is left is -1/2, 1, -1/2, so 1.5 over one point beyond two, over the spread of x, 2.
    assert law.spread == pytest.approx(12.71 * math.sqrt(1.5 / 1 / 2), rel=1e-12)


def test_the_line_is_polyfit_s():
    random = np.random.default_rng(5)
    x, y = random.uniform(1, 1e4, 17), random.uniform(1, 1e4, 17)
    law = fit_power_law(x, y)
    slope, height = np.polyfit(np.log(x), np.log(y), 1)
    assert law.exponent == pytest.approx(slope, rel=1e-9)
    assert law.factor == pytest.approx(math.exp(height), rel=1e-9)


def test_a_floor_is_taken_off_first():
    x = np.array([1.0, 10.0, 100.0])
    law = fit_power_law(x, 3.0 + 2.0 * x**-0.5, floor=3.0)
    assert (law.factor, law.exponent) == pytest.approx((2.0, -0.5), rel=1e-9)
    assert law.at(x) == pytest.approx(3.0 + 2.0 * x**-0.5, rel=1e-9)
    assert law.spread == pytest.approx(0.0, abs=1e-9)


def test_units_change_the_factor_only():
    x, y = np.array([2.0, 3.0, 7.0]), np.array([5.0, 4.0, 11.0])
    law, other = fit_power_law(x, y), fit_power_law(1000 * x, 60 * y)
    assert other.exponent == pytest.approx(law.exponent, rel=1e-9)
    assert other.spread == pytest.approx(law.spread, rel=1e-9)
    assert other.at(1000 * x) == pytest.approx(60 * law.at(x), rel=1e-9)


@pytest.mark.parametrize("points", [3, 5, 12, 30])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty(points):
    random, x = np.random.default_rng(points), np.geomspace(1, 100, points)
    laws = [fit_power_law(x, x * np.exp(0.1 * random.standard_normal(points))) for _ in range(2000)]
    holding = np.mean([abs(law.exponent - 1.0) <= law.spread for law in laws])
    assert holding == pytest.approx(0.95, abs=0.015)


def test_two_points_fit_any_line():
    assert fit_power_law([1, 3], [2, 5]).spread == math.inf


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("knows_floor", [True, False])
def test_a_scaling_law_comes_back_from_its_own_losses(law, knows_floor):
    size, seen = map(np.ravel, np.meshgrid([1e4, 1e5, 1e6], [1e4, 1e5, 1e6, 1e7]))
    found = fit_scaling(size, seen, law.loss(size, seen), law.floor if knows_floor else None)
    for name in ("floor", "A", "alpha", "B", "beta"):
        assert getattr(found, name) == pytest.approx(getattr(law, name), rel=1e-4), name


def test_a_law_by_hand():
    law = ScalingLaw(floor=1.5, A=2.0, alpha=1.0, B=12.0, beta=0.5)
    assert law.loss([2.0, 4.0], 9.0) == pytest.approx([1.5 + 1.0 + 4.0, 1.5 + 0.5 + 4.0])


def test_noise_moves_a_law_a_little_and_a_known_floor_steadies_it():
    random = np.random.default_rng(0)
    size, seen = map(np.ravel, np.meshgrid(np.geomspace(1e4, 1e6, 4), np.geomspace(1e4, 1e6, 4)))
    apart = {None: [], CHINCHILLA.floor: []}
    for _ in range(5):
        losses = CHINCHILLA.loss(size, seen) * np.exp(0.003 * random.standard_normal(size.shape))
        for floor, errors in apart.items():
            errors.append(abs(fit_scaling(size, seen, losses, floor).alpha - CHINCHILLA.alpha))
    assert np.mean(apart[CHINCHILLA.floor]) < 0.02
    assert np.mean(apart[CHINCHILLA.floor]) < np.mean(apart[None]) < 0.1


def test_no_other_law_nearby_fits_better():
    random = np.random.default_rng(1)
    size, seen = map(np.ravel, np.meshgrid([1e4, 1e5, 1e6], [1e5, 1e6, 1e7]))
    losses = CHINCHILLA.loss(size, seen) * np.exp(0.01 * random.standard_normal(size.shape))
    found = fit_scaling(size, seen, losses)

    def error(law):
        return float((np.log(law.loss(size, seen) / losses) ** 2).sum())

    best = error(found)
    for name in ("floor", "A", "alpha", "B", "beta"):
        for factor in (0.99, 1.01):
            values = {**vars(found), name: getattr(found, name) * factor}
            assert error(ScalingLaw(**values)) > best


@pytest.mark.parametrize(
    ("x", "y", "floor", "message"),
    [
        ([1, 2], [1, 2, 3], 0, r"x \(2,\), y \(3,\) do not go together"),
        ([1, 0], [1, 2], 0, "x holds 0; a logarithm needs finite values above 0"),
        ([1, 2], [1, 2], 1, "y holds 1; a logarithm needs finite values above 1"),
        ([1, 2], [1, math.nan], 0, "y holds nan"),
        ([3, 3], [1, 2], 0, r"a slope needs two different x, and \[3.0\] arrived"),
    ],
)
def test_what_is_no_power_law_is_refused(x, y, floor, message):
    with pytest.raises(ValueError, match=message):
        fit_power_law(x, y, floor)


def test_too_few_losses_are_refused():
    with pytest.raises(ValueError, match="4 losses at 4 sizes and 4 token counts do not settle 5"):
        fit_scaling([1, 2, 3, 4], [1, 2, 3, 4], [4, 3, 2, 1])
    with pytest.raises(ValueError, match="4 losses at 4 sizes and 1 token counts do not settle 4"):
        fit_scaling([1, 2, 3, 4], [7, 7, 7, 7], [4, 3, 2, 1], floor=0.5)
    with pytest.raises(ValueError, match="losses holds 1; a logarithm needs finite values above 2"):
        fit_scaling([1, 2, 3, 4], [1, 2, 1, 2], [4, 3, 3, 1], floor=2.0)


def test_a_power_law_at_a_point():
    assert float(PowerLaw(2.0, 3.0, floor=1.0).at(2)) == 17.0
