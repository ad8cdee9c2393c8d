"""One who takes part in a comparison: whatever gives the next token of a text a probability."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from aigc_lab.core.files import data_folder
from aigc_lab.generation.generate import complete, encode_prompt
from aigc_lab.generation.loop import as_batch, last_logits
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.generation.pieces import TextWriter
from aigc_lab.generation.sampling import SamplingConfig, new_generator, sample
from aigc_lab.pretrained.compare import SAMPLING, tokens_per_second
from aigc_lab.pretrained.load import Pretrained, load_pretrained
from aigc_lab.pretrained.locate import BUNDLED, TUNED
from aigc_lab.pretrained.scoring import TextScore, score_text
from aigc_lab.text.overlap import distinct_landmarks, read_landmarks, share_known

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

RUNS = {BUNDLED: [f"{BUNDLED}/**"]}  # that the course's checkpoints come from, in data/runs
RUNS[TUNED] = [*RUNS[BUNDLED], "town-chat/sft*"]
WHOLE = 0.9  # of a document's stretches: who knows more has read it, whoever wrote it


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
        learned: str | Sequence[str] | None = None,
    ) -> ModelContestant:
        """A model as a contestant, from whatever holds it.

        `source` is what `load_pretrained` returned, a (model, tokenizer), a run's folder or a
        checkpoint in it, or whatever `load_pretrained` takes. `learned` are the documents it was
        trained on, by which it is told how much of an exam it has read.

        Raises: ValueError for a folder that holds no model, as `load_pretrained` and `load_run`,
            and for what holds no model with its tokenizer.
        """
        known = None if learned is None else distinct_landmarks(_documents(learned))
        if isinstance(source, str | Path):
            return _from_path(source, name, training_tokens, known)
        if isinstance(source, Pretrained):
            return _from_loaded(source, name or source.name, training_tokens, known)
        if isinstance(source, tuple) and len(source) == 2:
            return ModelContestant(*source, name or "yours", training_tokens, known)
        raise ValueError(
            f"a {type(source).__name__} is no contestant; give (model, tokenizer), what "
            "load_pretrained returned, a folder or a name"
        )

    @abstractmethod
    def score(self, text: str | Sequence[str], *, score_end: bool = False) -> TextScore:
        """Bits per byte, with an interval, as `scoring.score_text` has it."""

    @abstractmethod
    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        """How likely each token is to come after some ids; shapes: returns (V,)."""

    def tokens_per_character(self, text: str | Sequence[str]) -> float:
        """How many tokens a character of the text takes: fewer leave more room in a context.

        Raises: ValueError for a text without a character.
        """
        documents = _documents(text)
        if not any(documents):
            raise ValueError("the text has no character; give at least one")
        tokens = sum(len(self.tokenizer.encode(document)) for document in documents)
        return tokens / sum(map(len, documents))

    def tokens_per_second(self, tokens: int = 32) -> float | None:
        """How fast it writes, one sequence; None where nobody would wait for it."""
        return None

    def share_learned(self, text: str | Sequence[str]) -> float | None:
        """The share of a text that it has learned word for word; None where that is not known."""
        return None if self._learned is None else share_known(_documents(text), self._learned)

    def documents_learned(self, text: str | Sequence[str]) -> int | None:
        """How many documents it has learned as a whole; None where that is not known.

        A generator repeats its phrases, but never a whole document. One that is too short to tell
        does not count.
        """
        shares = [self.share_learned(document) for document in _documents(text)]
        return None if self._learned is None else sum((share or 0) > WHOLE for share in shares)

    def continue_text(self, prompt: str, sampling: SamplingConfig = SAMPLING) -> str:
        """What it writes after a prompt, up to a stop string or the end of the text."""
        ids = encode_prompt(self.tokenizer, prompt)
        generator = new_generator(sampling.seed)
        writer = TextWriter(self.tokenizer, sampling.stop, end_ids(self.tokenizer))
        while len(writer.ids) < sampling.max_new_tokens and not writer.finish_reason:
            now = [*ids, *writer.ids]
            logits = torch.from_numpy(self.next_probabilities(now)).log()[None]  # (1, V)
            seen = torch.tensor([now])  # (1, T)
            writer.add(int(sample(logits, sampling, generator, seen=seen)))
        writer.close()
        return writer.text


class ModelContestant(Contestant):
    """A GPT with its tokenizer: the reader's, the bundled one, GPT-2, all of the same class."""

    def __init__(
        self,
        model: GPT,
        tokenizer: Tokenizer,
        name: str,
        training_tokens: int | None = None,
        learned: np.ndarray | None = None,
    ) -> None:
        weights = list(model.parameters())  # a shared one counts once
        super().__init__(
            name,
            tokenizer,
            parameters=model.num_parameters(),
            memory_bytes=sum(weight.numel() * weight.element_size() for weight in weights),
            training_tokens=training_tokens,
            learned=learned,
        )
        self.model = model

    def score(self, text: str | Sequence[str], *, score_end: bool = False) -> TextScore:
        return score_text(self.model, self.tokenizer, text, score_end=score_end)

    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        window = as_batch(ids[-self.model.config.block_size :], self.model)  # (1, T)
        logits = last_logits(self.model, window).detach()[0]  # (V,)
        return logits[: self.tokenizer.vocab_size].cpu().double().softmax(dim=-1).numpy()

    def tokens_per_second(self, tokens: int = 32) -> float:
        start = start_id(self.tokenizer)
        return tokens_per_second(self.model, [0 if start is None else start], tokens)

    def continue_text(self, prompt: str, sampling: SamplingConfig = SAMPLING) -> str:
        (written,) = complete(self.model, self.tokenizer, prompt, sampling)
        return written.text


def bundled_tokens(name: str = BUNDLED) -> int:
    """How many tokens a checkpoint of the course was trained on, as the records of its runs say.

    Raises: KeyError for a name that is not in `RUNS`.
    """
    from aigc_lab.training.metrics import read_metrics

    runs = data_folder() / "runs"
    records = (record for place in RUNS[name] for record in runs.glob(f"{place}/metrics.jsonl"))
    return sum(read_metrics(record)[-1]["tokens"] for record in records)


def require_names(what: str, names: Sequence[str], taken: Sequence[str] = ()) -> None:
    """Refuse no names, one that comes twice, and those that are `taken` by something else."""
    if not names or len({*names, *taken}) < len(names) + len(taken):
        other = f" other than {', '.join(taken)}" if taken else ""
        raise ValueError(
            f"the {what} are {list(names)}; give at least one, and each a name of its own{other}"
        )


def _documents(text: str | Sequence[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def _from_loaded(
    loaded: Pretrained, name: str, tokens: int | None, known: np.ndarray | None
) -> ModelContestant:
    if tokens is None and loaded.source == "bundled" and loaded.name in RUNS:
        tokens = bundled_tokens(loaded.name)
    return ModelContestant(loaded.model, loaded.tokenizer, name, tokens, known)


def _from_path(
    path: str | Path, name: str | None, tokens: int | None, known: np.ndarray | None
) -> ModelContestant:
    """From a run, which tells what it has read, or from anything that `load_pretrained` takes."""
    from aigc_lab.training import run_files as runs
    from aigc_lab.training.checkpoint import load_checkpoint

    place = Path(path).expanduser()
    run = place.parent if place.is_file() else place
    if not runs.is_run(run):
        if not place.exists() and len(place.parts) > 1 and place.parent.is_dir():
            raise ValueError(f"{place.parent} has no {place.name} in it; mend the path")
        loaded = load_pretrained(path)
        shown = place.name if loaded.source == "folder" else loaded.name
        return _from_loaded(loaded, name or shown, tokens, known)
    file = place if place.is_file() else runs.best_checkpoint(run)
    tokens = load_checkpoint(file).state.get("tokens") if tokens is None else tokens
    if known is None and (run / runs.LEARNED).is_file():
        known = read_landmarks(run / runs.LEARNED)
    return ModelContestant(*runs.load_run(file), name or run.name, tokens, known)
