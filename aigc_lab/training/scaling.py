"""How cost and loss grow with size: power laws, fitted where they are straight, in logarithms."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

# By how many standard errors 95% of estimates miss at most, for 1, 2, … points beyond those needed.
STUDENT = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23)
EXPONENTS = np.linspace(0.05, 1.5, 30)  # where the search for a scaling law begins
STARTS, ROUNDS = 5, 300  # so many of the best beginnings are followed, so many steps at most
ENOUGH = 1e-14  # an improvement, in parts of what is left, that is none


@dataclass(frozen=True)
class PowerLaw:
    """y = floor + factor · x**exponent; the true exponent is likely within `spread` of this one.

    `spread` is half of the 95% interval that the points' distances from the line allow, infinite
    for two points, which fit any line. It knows of chance only: points of a curve that is no power
    law at all give a narrow one too, if there are many.
    """

    factor: float
    exponent: float
    floor: float = 0.0
    spread: float = math.inf

    def at(self, x: ArrayLike) -> np.ndarray:
        """The law's y for each x.

        >>> PowerLaw(factor=3.0, exponent=2.0).at([1.0, 2.0]).tolist()
        [3.0, 12.0]
        """
        return self.floor + self.factor * np.asarray(x, dtype=float) ** self.exponent


def fit_power_law(x: ArrayLike, y: ArrayLike, floor: float = 0.0) -> PowerLaw:
    """The power law through measured points: a straight line through their logarithms.

    Least squares in logarithms weigh relative errors: being off by a tenth counts the same for the
    smallest and the largest y.

    Shapes: x and y (n,), at least two different x.
    Raises: ValueError for too few points, an x that is not above 0, or a y not above the floor.
    Source: Kaplan et al. 2020, section 1.2.
    Notebook: 08 GPU training.

    >>> law = fit_power_law([1, 2, 4], [5, 10, 20])
    >>> round(law.factor, 6), round(law.exponent, 6)
    (5.0, 1.0)
    """
    xs, ys = _points(x=x, y=y)
    _require_above(xs, 0.0, "x")
    _require_above(ys, floor, "y")
    if len(set(xs.tolist())) < 2:
        raise ValueError(f"a slope needs two different x, and {sorted(set(xs.tolist()))} arrived")
    across, up = np.log(xs), np.log(ys - floor)
    centred = across - across.mean()
    exponent = float(centred @ up / (centred @ centred))
    start = float(up.mean() - exponent * across.mean())
    beyond = len(xs) - 2
    spread = math.inf
    if beyond:
        left = up - start - exponent * across
        error = math.sqrt(float(left @ left) / beyond / float(centred @ centred))
        spread = error * (STUDENT[beyond - 1] if beyond <= len(STUDENT) else 1.96 + 2.5 / beyond)
    return PowerLaw(math.exp(start), exponent, float(floor), spread)


@dataclass(frozen=True)
class ScalingLaw:
    """loss = floor + A / N**alpha + B / D**beta, for N parameters trained on D tokens.

    The floor is what no model can get below; the second term is the price of a model that is too
    small, the third that of too little text.

    Source: Hoffmann et al. 2022, equation 2.
    """

    floor: float
    A: float
    alpha: float
    B: float
    beta: float

    def loss(self, parameters: ArrayLike, tokens: ArrayLike) -> np.ndarray:
        """The loss that the law predicts.

        Shapes: `parameters` and `tokens` of shapes that go together; returns their common shape.
        Units: nats per token.

        >>> law = ScalingLaw(floor=1.0, A=8.0, alpha=0.5, B=9.0, beta=0.5)
        >>> float(law.loss(4, 9))
        8.0
        """
        size, seen = np.asarray(parameters, dtype=float), np.asarray(tokens, dtype=float)
        return self.floor + self.A / size**self.alpha + self.B / seen**self.beta


def fit_scaling(
    parameters: ArrayLike, tokens: ArrayLike, losses: ArrayLike, floor: float | None = None
) -> ScalingLaw:
    """The scaling law through measured losses, by least squares of their logarithms.

    The search begins at a grid of exponents, for each of which A, B and the floor are a linear
    problem, and goes on from the best of them by damped Gauss-Newton steps. A `floor` that is
    known, as Tiny Town's entropy is, is one unknown less, and steadies all the others.

    Shapes: (n,) each; n at least 4 with a floor and 5 without, of several sizes and token counts.
    Raises: ValueError for too few points, or for losses that are not above the floor.
    Source: Hoffmann et al. 2022, section 3.3 (where large errors are weighed down besides).
    Notebook: 08 GPU training.

    >>> truth = ScalingLaw(floor=1.0, A=20.0, alpha=0.5, B=30.0, beta=0.25)
    >>> size, seen = np.meshgrid([1e3, 1e4, 1e5], [1e4, 1e5, 1e6])
    >>> law = fit_scaling(size.ravel(), seen.ravel(), truth.loss(size, seen).ravel(), floor=1.0)
    >>> round(law.alpha, 3), round(law.beta, 3)
    (0.5, 0.25)
    """
    size, seen, found = _points(parameters=parameters, tokens=tokens, losses=losses)
    _require_above(size, 0.0, "parameters")
    _require_above(seen, 0.0, "tokens")
    _require_above(found, floor or 0.0, "losses")
    needed = 5 if floor is None else 4
    if len(found) < needed or min(len(set(size.tolist())), len(set(seen.tolist()))) < 2:
        raise ValueError(
            f"{len(found)} losses at {len(set(size.tolist()))} sizes and "
            f"{len(set(seen.tolist()))} token counts do not settle {needed} unknowns; "
            f"measure at least {needed}, with two sizes and two token counts among them"
        )
    fit = _Fit(np.log(size), np.log(seen), found, floor)
    return fit.law(min((fit.follow(start) for start in fit.starts()), key=fit.error))


class _Fit:
    """The search: unknowns are (log A, alpha, log B, beta), and log floor where it is unknown."""

    def __init__(
        self, size: np.ndarray, seen: np.ndarray, losses: np.ndarray, floor: float | None
    ) -> None:
        self.size, self.seen, self.losses, self.floor = size, seen, losses, floor

    def starts(self) -> list[np.ndarray]:
        """The best beginnings on the grid of exponents."""
        grid = [self._linear(*pair) for pair in itertools.product(EXPONENTS, EXPONENTS)]
        return sorted(grid, key=self.error)[:STARTS]

    def follow(self, at: np.ndarray) -> np.ndarray:
        """Gauss-Newton steps, damped more after one that was no use, less after one that was."""
        damping, error = 1e-2, self.error(at)
        for _ in range(ROUNDS):
            left, slopes = self._left(at)
            curve = slopes.T @ slopes
            step = np.linalg.solve(
                curve + damping * (np.diag(np.diag(curve)) + 1e-12 * np.eye(len(at))),
                slopes.T @ left,
            )
            tried = self.error(at - step)
            if tried < error:
                if error - tried < ENOUGH * error:
                    return at - step
                at, error, damping = at - step, tried, damping / 3
            elif damping > 1e12:
                break
            else:
                damping *= 4
        return at

    def error(self, at: np.ndarray) -> float:
        """The squared distances of the logarithms, summed."""
        left, _ = self._left(at)
        return float(left @ left) if np.isfinite(left).all() else math.inf

    def law(self, at: np.ndarray) -> ScalingLaw:
        """The unknowns under their names."""
        a, alpha, b, beta = (float(value) for value in at[:4])
        floor = float(np.exp(at[4])) if self.floor is None else float(self.floor)
        return ScalingLaw(floor, math.exp(a), alpha, math.exp(b), beta)

    def _left(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What the law misses of each logarithm (n,), and how that changes with each unknown."""
        with np.errstate(over="ignore", invalid="ignore"):
            small, short = np.exp(at[0] - at[1] * self.size), np.exp(at[2] - at[3] * self.seen)
            floor = np.exp(at[4]) if self.floor is None else self.floor
            loss = floor + small + short
            columns = [small, -self.size * small, short, -self.seen * short]
            if self.floor is None:
                columns.append(np.full_like(loss, floor))
            return np.log(loss / self.losses), np.stack(columns, axis=1) / loss[:, None]

    def _linear(self, alpha: float, beta: float) -> np.ndarray:
        """A, B and the floor for given exponents, by least squares of relative errors."""
        columns = [np.exp(-alpha * self.size), np.exp(-beta * self.seen)]
        if self.floor is None:
            columns.append(np.ones_like(self.losses))
        over = np.stack(columns, axis=1) / self.losses[:, None]
        wanted = 1.0 - (self.floor or 0.0) / self.losses
        scale = np.linalg.norm(over, axis=0)  # columns of e-6 and of 1 are solved alike
        solved = np.linalg.lstsq(over / scale, wanted, rcond=None)[0] / scale
        a, b, *rest = np.log(np.maximum(solved, 1e-3 / scale))  # none of them below nothing
        return np.array([a, alpha, b, beta, *rest])


def _points(**given: ArrayLike) -> list[np.ndarray]:
    arrays = {name: np.asarray(values, dtype=float) for name, values in given.items()}
    shapes = {name: values.shape for name, values in arrays.items()}
    if len(set(shapes.values())) > 1 or any(len(shape) != 1 for shape in shapes.values()):
        said = ", ".join(f"{name} {shape}" for name, shape in shapes.items())
        raise ValueError(f"{said} do not go together; pass one number a point of each, all (n,)")
    return list(arrays.values())


def _require_above(values: np.ndarray, least: float, name: str) -> None:
    wrong = values[~((values > least) & np.isfinite(values))]
    if len(wrong):
        raise ValueError(
            f"{name} holds {wrong[0]:g}; a logarithm needs finite values above {least:g}"
        )
