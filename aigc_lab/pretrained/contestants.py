"""Those who take part in a comparison: models, a table of token pairs, and a blind guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.generation.generate import complete, encode_prompt
from aigc_lab.generation.loop import as_batch, last_logits
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.pretrained.compare import SAMPLING, tokens_per_second
from aigc_lab.pretrained.contestant import Contestant
from aigc_lab.pretrained.scoring import TextScore, score_text, score_with
from aigc_lab.text.bigram import BigramTable
from aigc_lab.text.overlap import landmarks
from aigc_lab.text.token_ids import as_ids, encode_documents

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer


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


class BigramContestant(Contestant):
    """A table of which token follows which, counted in a text through a tokenizer.

    Its parameters are the counts that are not zero: of every pair met, and of every token.
    """

    def __init__(
        self, text: str | Sequence[str], tokenizer: Tokenizer, name: str = "bigram table"
    ) -> None:
        documents = [text] if isinstance(text, str) else list(text)
        self.table = BigramTable(_joined_ids(tokenizer, documents), tokenizer.vocab_size)
        arrays = (self.table.pairs, self.table.counts, self.table.followed, self.table.anywhere)
        super().__init__(
            name,
            tokenizer,
            parameters=len(self.table.pairs) + tokenizer.vocab_size,
            memory_bytes=sum(array.nbytes for array in arrays),
            training_tokens=self.table.tokens,
            learned=np.unique(landmarks(documents)),
        )

    def score(self, text: str | Sequence[str], *, score_end: bool = False) -> TextScore:
        return score_with(self.table.nats, self.tokenizer, text, score_end=score_end)

    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        return self.table.next_probabilities(ids[-1])


class UniformContestant(Contestant):
    """Guessing: each of a tokenizer's V tokens is as likely as any other."""

    def __init__(self, tokenizer: Tokenizer, name: str = "uniform guess") -> None:
        super().__init__(name, tokenizer, parameters=0, memory_bytes=0, training_tokens=0)

    def score(self, text: str | Sequence[str], *, score_end: bool = False) -> TextScore:
        price = np.log(self.tokenizer.vocab_size)

        def nats_of(known: list[int]) -> np.ndarray:
            return np.full(len(known) - 1, price)

        return score_with(nats_of, self.tokenizer, text, score_end=score_end)

    def next_probabilities(self, ids: Sequence[int]) -> np.ndarray:
        return np.full(self.tokenizer.vocab_size, 1 / self.tokenizer.vocab_size)


def next_tokens(
    contestants: Sequence[Contestant], prompt: str, count: int = 5
) -> dict[str, list[tuple[bytes, float]]]:
    """What each contestant expects after the same prompt: (token, probability), likeliest first.

    Tokens are bytes, since one may be a part of a character.
    Raises: ValueError for a count below 1, or a prompt that a tokenizer cannot encode.
    Notebook: 09 pretrained GPT-2.
    """
    if count < 1:
        raise ValueError(f"count={count} tokens to show; give at least 1")
    found = {}
    for one in contestants:
        probs = one.next_probabilities(encode_prompt(one.tokenizer, prompt))  # (V,)
        best = np.argsort(-probs, kind="stable")[:count]
        found[one.name] = [(one.tokenizer.token_bytes(int(id)), float(probs[id])) for id in best]
    return found


def _joined_ids(tokenizer: Tokenizer, documents: Sequence[str]) -> np.ndarray:
    """The ids to count in, with the mark between texts around each where there is one."""
    if start_id(tokenizer) in end_ids(tokenizer):
        return encode_documents(tokenizer, documents)[0]
    ids = [id for document in documents for id in tokenizer.encode(document)]
    return as_ids(ids, tokenizer.vocab_size)
