"""An application scored: prompts out, answers in, checked, and set beside a baseline."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from aigc_lab.chat.applications.application import Application, Example, Prompt
from aigc_lab.chat.applications.asking import AnySpeaker, count_tokens, is_base, say_all
from aigc_lab.chat.applications.intervals import Rate

COUNT = 100
SHOT_SEED = 2  # of the training examples that are shown


@dataclass(frozen=True)
class Result:
    """One example, every answer that was given to it, and whether the last will do."""

    example: Example
    said: tuple[str, ...]
    right: bool


@dataclass(frozen=True)
class Scorecard:
    """How well an application works with a speaker.

    `first` is the rate of first answers, where one could be asked for again; `shots` is the mean
    number of answered examples that stood in front.
    """

    application: str
    counted: Rate
    first: Rate
    baseline: Rate
    baseline_name: str
    by_kind: dict[str, Rate]
    shots: float
    results: tuple[Result, ...] = field(repr=False)

    @property
    def rate(self) -> float:
        """The share of examples whose answer will do."""
        return self.counted.rate

    @property
    def low(self) -> float:
        """The lower bound of its 95% interval."""
        return self.counted.low

    @property
    def high(self) -> float:
        """The upper bound of its 95% interval."""
        return self.counted.high

    def mean(self, likeness: Callable[[str, str], float]) -> float:
        """The mean likeness of an answer to the right one, by a measure such as `chrf`."""
        likes = [likeness(result.said[-1], result.example.answer) for result in self.results]
        return sum(likes) / len(likes)

    def mistakes(self, most: int = 3) -> list[Result]:
        """The first examples whose answers will not do."""
        return [result for result in self.results if not result.right][:most]

    def __str__(self) -> str:
        return f"{self.application}: {self.counted}; {self.baseline_name}: {self.baseline}"


def score(
    application: Application,
    speaker: AnySpeaker,
    count: int = COUNT,
    *,
    split: str = "test",
    seed: int = 0,
    language: str | None = None,
    shots: int = 0,
    tries: int = 1,
) -> Scorecard:
    """Ask for `count` examples and check what is answered, and what the baseline says.

    `shots` answered examples of training worlds stand in front, fewer where they do not fit, and
    none where the application has a procedure of its own.
    Where an application can tell that the form of an answer will not do, the model is told, and
    may try `tries` times in all.

    Raises: ValueError for a count or tries below 1, or shots below 0; and as the speaker does.
    Notebook: 12 applications.
    """
    if tries < 1 or shots < 0:
        raise ValueError(f"tries={tries}, shots={shots}: give 1 or more tries and 0 or more shots")
    examples = application.examples(count, split, seed, language)
    prompts, shown = _prompts(application, speaker, examples, shots)
    said = _answers(application, speaker, examples, prompts, tries)
    checked = [
        Result(example, tuple(each), application.check(example, each[-1]))
        for example, each in zip(examples, said, strict=True)
    ]
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for result in checked:
        by_kind[result.example.kind].append(result.right)
    return Scorecard(
        application.name,
        Rate.of(result.right for result in checked),
        Rate.of(application.check(result.example, result.said[0]) for result in checked),
        Rate.of(application.check(each, application.baseline(each)) for each in examples),
        application.baseline_name,
        {kind: Rate.of(marks) for kind, marks in by_kind.items()},
        shown,
        tuple(checked),
    )


def shots_for(application: Application, example: Example, count: int) -> list[Example]:
    """`count` answered examples of training worlds, of the same kind and language."""
    if count == 0:
        return []
    known = application.examples(count * 16, "train", SHOT_SEED, example.language)
    return [each for each in known if each.kind == example.kind][:count]


def _prompts(
    application: Application, speaker: AnySpeaker, examples: Sequence[Example], shots: int
) -> tuple[list[Prompt], float]:
    """A prompt for each example with as many shots as fit, and how many these are on average."""
    if application.procedure is not None:
        return [], 0.0  # it makes its own
    pools: dict[tuple[str, str], list[Example]] = {}
    prompts, shown = [], 0
    for example in examples:
        key = example.kind, example.language
        if key not in pools:
            pools[key] = shots_for(application, example, shots)
        known = pools[key]
        while known and not _fits(speaker, application, application.prompt(example, known)):
            known = known[1:]
        prompts.append(application.prompt(example, known))
        shown += len(known)
    return prompts, shown / len(examples)


def _fits(speaker: AnySpeaker, application: Application, prompt: Prompt) -> bool:
    return count_tokens(speaker, prompt) + application.max_tokens <= speaker.context


def _answers(
    application: Application,
    speaker: AnySpeaker,
    examples: Sequence[Example],
    prompts: Sequence[Prompt],
    tries: int,
) -> list[list[str]]:
    """All answers to each example, the last of which is what it comes to."""
    if application.procedure is not None:
        return [[each] for each in application.procedure(speaker, examples)]
    said = [[each] for each in say_all(speaker, prompts, application.max_tokens)]
    asked = list(prompts)
    for _ in range(tries - 1):
        again = {}
        for at, example in enumerate(examples):
            wrong = application.complaint and application.complaint(example, said[at][-1])
            told = _told(asked[at], said[at][-1], wrong or "")
            if wrong and not is_base(speaker) and _fits(speaker, application, told):
                again[at] = asked[at] = told
        answers = say_all(speaker, list(again.values()), application.max_tokens)
        for at, answer in zip(again, answers, strict=True):
            said[at].append(answer)
    return said


def _told(prompt: Prompt, said: str, wrong: str) -> Prompt:
    """The prompt with the answer that will not do, and what is wrong with it."""
    more = {"role": "assistant", "content": said}, {"role": "user", "content": wrong}
    return Prompt((*prompt.messages, *more), prompt.document)
