"""What an exercise is: a reference, probes, known mistakes and hints."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

Function = Callable[..., Any]


class Probe(NamedTuple):
    """One call on which a solution is compared with the reference.

    `tolerance` is both relative and absolute: it must let every correct style pass, at the
    precision of the probe's numbers. `leaves` looks at the arguments afterwards: what it says of
    them (a name and a value each) is compared as well.
    """

    label: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    tolerance: float
    leaves: Callable[..., Mapping[str, Any]] | None = None


def probe(
    label: str,
    /,
    *args: Any,
    tolerance: float = 1e-5,
    leaves: Callable[..., Mapping[str, Any]] | None = None,
    **kwargs: Any,
) -> Probe:
    """A probe, written like the call it stands for.

    >>> probe("two numbers", [1.0, 2.0]).args
    ([1.0, 2.0],)
    """
    return Probe(label, args, kwargs, tolerance, leaves)


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known way to get an exercise wrong, and what to say to the reader who did.

    The mistake is a small wrong implementation: either a function of its own, `wrong`, or settings
    of the exercise's `flawed`. Mistakes given by settings can be recognised in pairs as well.
    `symptom` is what the reader sees, `diagnosis` one sentence on what was done, `hint` a push.
    """

    name: str
    symptom: str
    diagnosis: str
    hint: str
    wrong: Function | None = None
    knobs: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if (self.wrong is None) == (not self.knobs):
            raise ValueError(f"mistake {self.name!r} needs either a `wrong` function or `knobs`")


class Law(NamedTuple):
    """Something true of every right solution, to tell more when no known mistake fits.

    `broken` gets the reader's function and returns a sentence on how the law is broken, or None.
    """

    name: str
    broken: Callable[[Function], str | None]


@dataclass(frozen=True, eq=False)
class Exercise:
    """One task for the reader of a notebook.

    `reference` is the package's answer and takes exactly the arguments the reader's function takes;
    `probes` makes the calls to compare on, which together may take `seconds`; `hints` go from a
    push to nearly the solution; `flawed` is the reference with knobs (keyword-only, harmless by
    default) that `mistakes` turn. `gives` is the class of answer that later cells need, and
    `keeps_inputs` says that they need the inputs as they were.
    """

    name: str
    notebook: str
    title: str
    points: int
    reference: Function
    probes: Callable[[], Sequence[Probe]]
    hints: tuple[str, str, str]
    mistakes: Sequence[Mistake] = ()
    flawed: Function | None = None
    laws: Sequence[Law] = ()
    seconds: float = 10.0
    gives: type | None = None
    keeps_inputs: bool = False

    def wrong(self, *mistakes: Mistake) -> Function:
        """The implementation that makes this mistake, or all of these at once.

        Raises: ValueError for several mistakes of which one is not given by knobs.
        """
        if len(mistakes) == 1 and mistakes[0].wrong is not None:
            return mistakes[0].wrong
        if self.flawed is None or any(mistake.wrong for mistake in mistakes):
            raise ValueError(f"{self.name}: only mistakes given by knobs can be made together")
        knobs: dict[str, Any] = {}
        for mistake in mistakes:
            knobs |= mistake.knobs
        return partial(self.flawed, **knobs)

    def pairs(self) -> list[tuple[Mistake, Mistake]]:
        """The pairs of mistakes that can be made at once: those that turn different knobs."""
        turning = [mistake for mistake in self.mistakes if mistake.knobs]
        return [
            (one, other)
            for at, one in enumerate(turning)
            for other in turning[at + 1 :]
            if not set(one.knobs) & set(other.knobs)
        ]
