"""What tokens cost: the speed of this machine, a price for its hour, and who sends how many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aigc_lab.core.checks import require_positive

HOUR = 3600.0  # seconds


@dataclass(frozen=True)
class Speed:
    """Tokens per second of one conversation on this machine: read in the prompt, and written.

    The prompt's tokens are read all at once, the answer's written one after the other.
    """

    prompt: float
    answer: float

    def __post_init__(self) -> None:
        require_positive(self, "prompt", "answer")


@dataclass(frozen=True)
class Price:
    """What a thousand tokens cost, of the prompt and of the answer; in your own currency."""

    prompt: float
    answer: float

    def bill(self, prompt_tokens: int, answer_tokens: int) -> float:
        """What a call costs that reads and writes so many tokens."""
        return (prompt_tokens * self.prompt + answer_tokens * self.answer) / 1000


def price_per_thousand(speed: Speed, per_hour: float) -> Price:
    """What a thousand tokens cost when an hour of the machine costs `per_hour`, kept busy.

    A machine that waits is paid all the same, so half as busy is twice as dear; and a server that
    answers many at once is cheaper.

    >>> price_per_thousand(Speed(prompt=10_000, answer=100), per_hour=0.36)
    Price(prompt=1e-05, answer=0.001)
    """
    if not per_hour > 0:
        raise ValueError(f"per_hour={per_hour} must be above zero: what does an hour cost?")
    return Price(1000 * per_hour / HOUR / speed.prompt, 1000 * per_hour / HOUR / speed.answer)


def conversation_tokens(asked: Sequence[int], answered: Sequence[int]) -> list[tuple[int, int]]:
    """What each turn of a conversation reads and writes, the whole history being sent each time.

    `asked` and `answered` count the tokens of each turn's question and answer. Twice as many turns
    cost about four times as much to read.

    >>> conversation_tokens([10, 10, 10], [20, 20, 20])
    [(10, 20), (40, 20), (70, 20)]
    """
    read, turns = 0, []
    for question, answer in zip(asked, answered, strict=True):
        read += question
        turns.append((read, answer))
        read += answer
    return turns
