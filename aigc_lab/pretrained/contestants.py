"""Those who take part beside the models: a table of token pairs, and a blind guess."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.marks import end_ids, start_id
from aigc_lab.pretrained.contestant import Contestant, require_names
from aigc_lab.pretrained.scoring import TextScore, score_with
from aigc_lab.text.bigram import BigramTable
from aigc_lab.text.overlap import distinct_landmarks
from aigc_lab.text.token_ids import as_ids, encode_documents

if TYPE_CHECKING:
    from aigc_lab.text.tokenizer import Tokenizer


class BigramContestant(Contestant):
    """A table of which token follows which, counted in a text through a tokenizer.

    Its parameters are the counts that are not zero: of every pair met, and of every token met.
    """

    def __init__(
        self, text: str | Sequence[str], tokenizer: Tokenizer, name: str = "bigram table"
    ) -> None:
        documents = [text] if isinstance(text, str) else list(text)
        ids = _joined_ids(tokenizer, documents)
        self.table = BigramTable(ids, tokenizer.vocab_size)
        arrays = (self.table.pairs, self.table.counts, self.table.followed, self.table.anywhere)
        super().__init__(
            name,
            tokenizer,
            parameters=len(self.table.pairs) + len(np.unique(ids)),
            memory_bytes=sum(array.nbytes for array in arrays),
            training_tokens=self.table.tokens,
            learned=distinct_landmarks(documents),
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
    Raises: ValueError for a count below 1, two contestants of one name, or a prompt that a
        tokenizer cannot encode.
    Notebook: 09 pretrained GPT-2.
    """
    if count < 1:
        raise ValueError(f"count={count} tokens to show; give at least 1")
    require_names("contestants", [one.name for one in contestants])
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
