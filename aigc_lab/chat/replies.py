"""What an answer is, how it may be asked for, and whom one may ask."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from aigc_lab.core.checks import require_whole, require_within
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.town.turns import Message

MOST_STOPS = 4  # strings, as the API has it
HOTTEST = 2.0  # the API's highest temperature


class ContextExceeded(ValueError):
    """The messages are longer than the model reads at once; the API: context_length_exceeded."""


class SpeakerError(RuntimeError):
    """Whoever was to answer is not there, refused, or broke off."""


@dataclass(frozen=True)
class Settings:
    """How an answer is written, under the API's names and within its limits.

    Units: `max_tokens` counts the answer's tokens. `temperature=0` is greedy.
    Raises: ValueError naming the setting, what arrived and what would do.
    Notebook: 12 applications.

    >>> Settings(max_tokens=5, stop="\\n").sampling().stop
    ('\\n',)
    """

    temperature: float = 0.0
    top_p: float = 1.0
    max_tokens: int = 64
    stop: tuple[str, ...] = ()
    seed: int | None = None

    def __post_init__(self) -> None:
        require_whole(self, "max_tokens")
        require_within(self, 0, HOTTEST, "temperature")
        require_within(self, 0, 1, "top_p")
        object.__setattr__(self, "stop", self.sampling().stop)
        if len(self.stop) > MOST_STOPS:
            raise ValueError(f"{len(self.stop)} stop strings arrived; the API takes {MOST_STOPS}")

    @classmethod
    def of(cls, **settings: Any) -> Settings:
        """The settings of these names, refusing names that do not exist.

        >>> Settings.of(max_new_tokens=5)
        Traceback (most recent call last):
        ValueError: there is no setting ['max_new_tokens']; there are temperature, top_p, ...
        """
        known = cls.__dataclass_fields__
        unknown = sorted(set(settings) - set(known))
        if unknown:
            raise ValueError(f"there is no setting {unknown}; there are {', '.join(known)}")
        return cls(**settings)

    def sampling(self) -> SamplingConfig:
        """The same under the names of our own generation."""
        return SamplingConfig(
            temperature=self.temperature,
            top_p=self.top_p,
            max_new_tokens=self.max_tokens,
            stop=self.stop,
            seed=self.seed,
        )


@dataclass(frozen=True)
class Reply:
    """One whole answer, and what it took.

    `finish_reason` is "stop" (the answer ended, or a stop string came) or "length" (`max_tokens`,
    or the model's context, was full). The token that ends an answer counts among the
    `completion_tokens`.
    """

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


class ReplyStream(Iterator[str]):
    """The pieces of an answer as they come; once they are through, `reply` is the whole.

    `close` ends it early, and then there is no `reply`, only `text`, which is what came.
    """

    def __init__(self, pieces: Generator[str, None, Reply]) -> None:
        self.text = ""
        self.reply: Reply | None = None
        self._pieces = pieces

    def __next__(self) -> str:
        try:
            piece = next(self._pieces)
        except StopIteration as end:
            self.reply = end.value or self.reply  # a second StopIteration carries nothing
            raise StopIteration from None
        self.text += piece
        return piece

    def close(self) -> None:
        """Write no more."""
        self._pieces.close()

    def finish(self) -> Reply:
        """Let the rest come, and return the whole.

        Raises: ValueError after `close`, or an error: the whole never came.
        """
        for _ in self:
            pass
        if self.reply is None:
            raise ValueError(f"the answer was ended early, after {self.text!r}; ask again")
        return self.reply


class Speaker(Protocol):
    """Whoever has these members can be asked; the settings are those of `Settings`."""

    context: int  # how many tokens messages and answer may have together

    def say(self, messages: Sequence[Message], **settings: Any) -> Reply:
        """The answer to the last of the messages."""

    def stream(self, messages: Sequence[Message], **settings: Any) -> ReplyStream:
        """The same answer, piece after piece."""

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the messages are, with what the template puts around them."""
