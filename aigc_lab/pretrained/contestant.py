"""One who takes part in a comparison: whatever gives the next token of a text a probability."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.core.files import data_folder
from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.marks import end_ids
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.pretrained.compare import SAMPLING
from aigc_lab.pretrained.locate import BUNDLED
from aigc_lab.text.overlap import landmarks, share_known

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.pretrained.contestants import ModelContestant
    from aigc_lab.pretrained.load import Pretrained
    from aigc_lab.pretrained.scoring import TextScore
    from aigc_lab.text.tokenizer import Tokenizer


class Contestant(ABC):
    """One who takes part in a comparison.

    All read a text through their own tokenizer, and all pay for the same: every token of it, and
    where asked the mark that ends it. Each document begins anew after the tokenizer's mark between
    texts; who has no such mark pays a uniform guess for the first token.

    Units: `training_tokens` is how many were read in training, None where its makers do not say;
    `memory_bytes` holds what was learned, without the work space of a run.
    """

    def __init__(
        self,
        name: str,
        tokenizer: Tokenizer,
        *,
        parameters: int,
        memory_bytes: int,
        training_tokens: int | None,
        learned: np.ndarray | None = None,
    ) -> None:
        self.name, self.tokenizer = name, tokenizer
        self.parameters, self.memory_bytes = parameters, memory_bytes
        self.training_tokens = training_tokens
        self._learned = learned  # the landmarks of what it learned from

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, {self.parameters:,} parameters)"

    @staticmethod
    def of(
        source: Pretrained | tuple[GPT, Tokenizer] | str | Path,
        name: str | None = None,
        *,
        training_tokens: int | None = None,
        learned: Sequence[str] | None = None,
    ) -> ModelContestant:
        """A model as a contestant, from whatever holds it.

        `source` is what `load_pretrained` returned, a (model, tokenizer), a run's folder or a
        checkpoint in it, or whatever `load_pretrained` takes. `learned` are the documents it was
        trained on, by which it is told how much of an exam it has read.

        Raises: ValueError for a folder that holds no model, as `load_pretrained` and `load_run`.
        """
        from aigc_lab.pretrained.contestants import ModelContestant

        known = None if learned is None else np.unique(landmarks(learned))
        if isinstance(source, str | Path):
            return _from_path(source, name, training_tokens, known)
        if isinstance(source, tuple):
            return ModelContestant(*source, name or "yours", training_tokens, known)
        if training_tokens is None and source.source == "bundled":
            training_tokens = bundled_tokens()
        model, tokenizer = source.model, source.tokenizer
        return ModelContestant(model, tokenizer, name or source.name, training_tokens, known)

    @abstractmethod
    def score(self, text: str | Sequence[str], *, score_end: bool = False) -> TextScore:
        """Bits per byte, with an interval, as `scoring.score_text` has it."""

    @abstractmethod
    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        """How likely each token is to come after some ids; shapes: returns (V,)."""

    def tokens_per_character(self, text: str | Sequence[str]) -> float:
        """How many tokens a character of the text takes: fewer leave more room in a context."""
        documents = [text] if isinstance(text, str) else text
        tokens = sum(len(self.tokenizer.encode(document)) for document in documents)
        return tokens / sum(map(len, documents))

    def tokens_per_second(self, tokens: int = 32) -> float | None:
        """How fast it writes, one sequence; None where nobody would wait for it."""
        return None

    def share_learned(self, documents: Sequence[str]) -> float | None:
        """The share of a text that it has learned word for word; None where that is not known."""
        return None if self._learned is None else share_known(documents, self._learned)

    def continue_text(self, prompt: str, sampling: SamplingConfig = SAMPLING) -> str:
        """What it writes after a prompt."""
        import torch

        from aigc_lab.generation.sampling import new_generator, sample

        ids = encode_prompt(self.tokenizer, prompt)
        generator, ends, new = new_generator(sampling.seed), end_ids(self.tokenizer), []
        for _ in range(sampling.max_new_tokens):
            logits = torch.from_numpy(self.next_probabilities([*ids, *new])).log()[None]  # (1, V)
            seen = torch.tensor([[*ids, *new]])  # (1, T)
            new.append(int(sample(logits, sampling, generator, seen=seen)))
            if new[-1] in ends:
                new.pop()
                break
        return self.tokenizer.decode(new)


def bundled_tokens() -> int:
    """How many tokens the bundled checkpoint was trained on, as the record of its run says."""
    from aigc_lab.training.checkpoint import read_metrics

    return read_metrics(data_folder() / "runs" / BUNDLED / "metrics.jsonl")[-1]["tokens"]


def _from_path(
    path: str | Path, name: str | None, tokens: int | None, known: np.ndarray | None
) -> ModelContestant:
    """From a run, which tells what it has read, or from anything that `load_pretrained` takes."""
    from aigc_lab.pretrained.contestants import ModelContestant
    from aigc_lab.pretrained.load import load_pretrained
    from aigc_lab.text.overlap import read_landmarks
    from aigc_lab.training import run_files as runs
    from aigc_lab.training.checkpoint import load_checkpoint

    place = Path(path).expanduser()
    run = place.parent if place.is_file() else place
    if not runs.is_run(run):
        loaded = load_pretrained(path)
        model, tokenizer = loaded.model, loaded.tokenizer
        if tokens is None and loaded.source == "bundled":
            tokens = bundled_tokens()
        shown = place.name if loaded.source == "folder" else loaded.name
        return ModelContestant(model, tokenizer, name or shown, tokens, known)
    file = place if place.is_file() else runs.best_checkpoint(run)
    tokens = load_checkpoint(file).state.get("tokens") if tokens is None else tokens
    if known is None and (run / runs.LEARNED).is_file():
        known = read_landmarks(run / runs.LEARNED)
    return ModelContestant(*runs.load_run(file), name or run.name, tokens, known)
