"""Every application at every stage of a model's making: what each stage was good for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aigc_lab.chat.applications import APPLICATIONS, BaseModel, Scorecard, score
from aigc_lab.chat.applications.asking import AnySpeaker, FirstLine
from aigc_lab.chat.speakers import ContinuingSpeaker, LocalSpeaker
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.tables import render

BASELINE = "baseline"
TRIES = 2
GOALS: dict[str, tuple[float, tuple[str, ...]]] = {
    # set before training: the share of exact answers, of these kinds and in both languages together
    "where, who": (0.97, ("where", "who")),
    "how_many": (0.90, ("how_many",)),
    "customer service": (0.95, ("parcel", "items", "number", "day", "hand_over")),
    "hand_over": (0.95, ("hand_over",)),
    "to_chinese": (0.95, ("to_chinese",)),
    "to_english": (0.95, ("to_english",)),
    "titles": (0.95, ("title", "health_title", "recipe_title", "weather_title")),
    "summaries": (0.95, ("summary", "health_summary", "recipe_summary", "weather_summary")),
    "capital": (0.99, ("capital",)),
}


@dataclass(frozen=True)
class Scores:
    """One scorecard for each application and stage, both in the order in which they were asked."""

    cards: Mapping[str, Mapping[str, Scorecard]] = field(repr=False)  # application -> stage -> card

    def table(self, style: str = "text", by_kind: bool = False) -> str:
        """Rates with their 95% intervals, a row for each application, or for each kind of example.

        Raises: ValueError for an unknown style.
        """
        stages = [*next(iter(self.cards.values()))]
        rows = []
        for name, cards in self.cards.items():
            first = next(iter(cards.values()))
            told = f"{first.baseline} {first.baseline_name}"
            rows.append([name, told, *(str(cards[stage].counted) for stage in stages)])
            for kind in first.by_kind if by_kind and len(first.by_kind) > 1 else ():
                rows.append([f"- {kind}", "", *(str(cards[s].by_kind[kind]) for s in stages)])
        return render(["application", BASELINE, *stages], rows, "ll" + "r" * len(stages), style)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers, ready for JSON: application, stage, and then right and total by kind."""
        return {
            name: {
                stage: {
                    "right": card.counted.right,
                    "total": card.counted.total,
                    "baseline": card.baseline.right,
                    "shots": card.shots,
                    "by_kind": {kind: [r.right, r.total] for kind, r in card.by_kind.items()},
                }
                for stage, card in cards.items()
            }
            for name, cards in self.cards.items()
        }


def score_stages(
    stages: Mapping[str, AnySpeaker | tuple[AnySpeaker, int]],
    count: int = 50,
    *,
    applications: Sequence[str] | None = None,
    split: str = "test",
    seed: int = 0,
    language: str | None = None,
    tries: int = TRIES,
) -> Scores:
    """Score applications, all if None, with the speaker of each stage, on the same examples.

    A stage is a speaker, or a speaker and how many answered examples it is shown.

    Raises: ValueError for an unknown application, no stage, or as `score` does.
    Notebook: 12 applications.
    """
    chosen = list(APPLICATIONS) if applications is None else list(applications)
    unknown = sorted(set(chosen) - set(APPLICATIONS))
    if unknown or not chosen or not stages:
        raise ValueError(
            f"applications={unknown or chosen}, stages={list(stages)}: give at least one stage, "
            f"and applications among {', '.join(APPLICATIONS)}"
        )
    options = {"split": split, "seed": seed, "language": language, "tries": tries}
    return Scores(
        {
            name: {
                stage: _score(name, speaker, count, **options) for stage, speaker in stages.items()
            }
            for name in chosen
        }
    )


def exact_share(stage: Mapping[str, Any], kinds: Iterable[str]) -> float:
    """The recorded share of exact answers to some kinds of questions, in all languages together.

    `stage` is one of those in the record that comes with the assistants, `scores.json`.
    Raises: ValueError for kinds of which none was asked.
    Notebook: 12 applications.
    """
    kinds = set(kinds)
    languages = stage["exact_answers"].values()
    shares = [share for asked in languages for kind, share in asked.items() if kind in kinds]
    if not shares:
        known = sorted({kind for asked in languages for kind in asked})
        raise ValueError(f"no question of the kinds {sorted(kinds)} was asked; known: {known}")
    return sum(shares) / len(shares)


def bundled_stages() -> dict[str, AnySpeaker | tuple[AnySpeaker, int]]:
    """The bundled models as stages: asked as one asks an assistant, in its own form, and tuned.

    The base model does not end where an answer ends, so "base, asked" is next to never exactly
    right, whatever it knows; of the same answers "base, asked, first line" counts the first lines.

    Notebook: 12 applications.
    """
    from aigc_lab.chat.bundled import load_chat

    base = load_pretrained("town-gpt2")
    asked = ContinuingSpeaker(base.model, base.tokenizer)
    own_form = BaseModel(base.model, base.tokenizer)
    stages: dict[str, AnySpeaker | tuple[AnySpeaker, int]] = {
        "base, asked": asked,
        "base, asked, first line": FirstLine(asked),
        "base, own form": own_form,
        "base, 3 shots": (own_form, 3),
    }
    for name in ("town-sft", "town-chat"):
        tuned = load_chat(name)
        stages[name] = LocalSpeaker(tuned.model, tuned.tokenizer)
    return stages


def _score(
    name: str, speaker: AnySpeaker | tuple[AnySpeaker, int], count: int, **options: Any
) -> Scorecard:
    speaker, shots = speaker if isinstance(speaker, tuple) else (speaker, 0)
    return score(APPLICATIONS[name], speaker, count, shots=shots, **options)
