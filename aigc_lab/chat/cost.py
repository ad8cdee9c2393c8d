"""What tokens cost: the speed of this machine, a price for its hour, and who sends how many."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from aigc_lab.core.checks import require_positive
from aigc_lab.generation.loop import as_batch, last_logits, next_tokens
from aigc_lab.generation.sampling import SamplingConfig

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT

PROMPT, ANSWER, REPEATS = 192, 48, 3  # tokens of a measurement, and how often it is made
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


def measure_speed(
    model: GPT,
    prompt_tokens: int = PROMPT,
    answer_tokens: int = ANSWER,
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.perf_counter,
) -> Speed:
    """Time a prompt and an answer of so many tokens; the middle one of several times counts.

    No text is needed: a prompt takes as long whatever it says.
    Raises: ValueError for more tokens than the model can see, or fewer than one.
    Notebook: 12 applications.
    """
    room = model.config.block_size
    if min(prompt_tokens, answer_tokens, repeats) < 1 or prompt_tokens + answer_tokens > room:
        raise ValueError(
            f"a prompt of {prompt_tokens} tokens and an answer of {answer_tokens}, {repeats} times:"
            f" give at least 1 of each, and together at most block_size={room}"
        )
    ids = as_batch([[0] * prompt_tokens], model)
    config = SamplingConfig(temperature=0.0, max_new_tokens=answer_tokens + 1)
    reading, writing = [], []
    for _ in range(repeats + 1):  # the first time warms up
        start = clock()
        last_logits(model, ids)
        read = clock()
        steps = next_tokens(model, ids, config)
        next(steps)
        first = clock()
        for _ in steps:
            pass
        reading.append(read - start)
        writing.append(clock() - first)
    return Speed(
        prompt_tokens / statistics.median(reading[1:]),
        answer_tokens / statistics.median(writing[1:]),
    )


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
