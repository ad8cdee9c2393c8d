"""Looking over the generator's shoulder: one watch sees one answer being written, token by token.

transformers lets a caller change the logits of every step (a logits processor) and say when to
stop (a stopping criterion). The watch is both: what the API promises and transformers' server does
not keep is kept here, on the thread that generates.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from transformers import GenerationConfig, LogitsProcessor, StoppingCriteria

from aigc_lab.chat.serve.errors import ApiError, too_long
from aigc_lab.chat.serve.wishes import CHAT, SEEDS, Wishes
from aigc_lab.generation.pieces import first_stop

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

COLDEST = 1e-3  # a temperature below it is greedy: dividing by it would overflow


@dataclass(frozen=True)
class Chosen:
    """One token of an answer: where its text begins, how likely it was, and what else was likely.

    Units: `start` counts characters; log-probabilities are nats, of the model as it is, before
    temperature, penalties and biases.
    """

    id: int
    start: int
    logprob: float
    others: tuple[tuple[int, float], ...]


class Watch:
    """Follows one answer: `prompt_tokens`, `ids`, `chosen`, and in the end `finish_reason`."""

    def __init__(self, wishes: Wishes, place: int) -> None:
        self.wishes = wishes
        self.place = place  # of this answer among those to the request
        self.prompt_tokens = 0
        self.ids: list[int] = []
        self.chosen: list[Chosen] = []
        self.finish_reason: str | None = None
        self._text = ""
        self._scores: Tensor | None = None
        self._cancelled = threading.Event()

    def cancel(self) -> None:
        """Nobody waits for this answer any more: the next token is its last."""
        self._cancelled.set()

    def text(self) -> str:
        """All that was written, up to and with the token that ended it."""
        return self._tokenizer.decode(
            self.ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )

    def since(self, told: int, characters: int) -> list[Chosen]:
        """What was chosen after the first `told`, as far as it is in so much of the text."""
        return [token for token in self.chosen[told:] if token.start < characters]

    def settings(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerFast, prompt_tokens: int
    ) -> GenerationConfig:
        """How transformers is to generate: as the API says, not as the checkpoint happens to say.

        Raises: ApiError when prompt and answer are longer than the model reads.
        """
        wishes, own = self.wishes, model.generation_config
        context = model.config.max_position_embeddings
        room = context - prompt_tokens
        if room < (wishes.max_tokens or 1):
            wanted = wishes.max_tokens if room > 0 else None
            field = "messages" if wishes.path == CHAT else "prompt"
            raise too_long(context, prompt_tokens, wanted, field)
        if unknown := [token for token in wishes.logit_bias or {} if token >= len(tokenizer)]:
            raise ApiError(
                f"logit_bias names token {unknown[0]}, and the tokens are 0 to "
                f"{len(tokenizer) - 1}",
                param="logit_bias",
                code="invalid_value",
            )
        ends = own.eos_token_id if own.eos_token_id is not None else tokenizer.eos_token_id
        self._ends = [ends] if isinstance(ends, int) else list(ends or [])
        self._limit = wishes.max_tokens or room
        self._tokenizer, self._known = tokenizer, len(tokenizer)
        self.prompt_tokens = prompt_tokens
        sampled = {"temperature": wishes.temperature, "top_p": wishes.top_p, "top_k": 0}
        return GenerationConfig(
            max_new_tokens=self._limit,
            do_sample=wishes.temperature >= COLDEST,
            repetition_penalty=1.0,
            eos_token_id=self._ends or None,
            pad_token_id=self._ends[0] if self._ends else 0,
            **(sampled if wishes.temperature >= COLDEST else {}),
        )

    def shape(self, scores: Tensor) -> Tensor:
        """The logits to choose the next token from. Shapes: (1, V) -> (1, V)."""
        wishes = self.wishes
        if not self.ids:
            self._set_seed()
        self._scores = scores[0] if wishes.logprobs is not None else None
        scores = scores.clone()
        scores[:, self._known :] = -torch.inf  # rows that are there to fill the table up
        for token, bias in (wishes.logit_bias or {}).items():
            scores[0, token] += bias
        if self.ids and (wishes.frequency_penalty or wishes.presence_penalty):
            counts = torch.bincount(torch.tensor(self.ids), minlength=scores.shape[1]).to(scores)
            scores -= wishes.frequency_penalty * counts
            scores -= wishes.presence_penalty * (counts > 0)
        return scores

    def note(self, token: int) -> bool:
        """Take note of a token that was chosen; whether it is the last."""
        if self.finish_reason or self._cancelled.is_set():
            return True
        self.ids.append(token)
        if token in self._ends:
            self.finish_reason = "stop"
            return True
        if self._scores is not None:
            self.chosen.append(self._look(token))
        if self.wishes.stop or self._scores is not None:
            self._text = self.text()
        if first_stop(self._text, self.wishes.stop) is not None:
            self.finish_reason = "stop"
        elif len(self.ids) >= self._limit:
            self.finish_reason = "length"
        return self.finish_reason is not None

    def _set_seed(self) -> None:
        """The random state of this answer; only one is written at a time."""
        if self.wishes.seed is None:
            torch.seed()
        else:
            torch.manual_seed((self.wishes.seed + self.place) % SEEDS)

    def _look(self, token: int) -> Chosen:
        logprobs = self._scores.log_softmax(-1)  # (V,)
        top = logprobs.topk(min(self.wishes.logprobs, len(logprobs)))
        others = tuple(zip(top.indices.tolist(), top.values.tolist(), strict=True))
        start = len(self._text.rstrip("\N{REPLACEMENT CHARACTER}"))
        return Chosen(token, start, float(logprobs[token]), others)


class Shaper(LogitsProcessor):
    """The watch, where transformers has the logits."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:
        return self._watch.shape(scores)


class Stopper(StoppingCriteria):
    """The watch, where transformers asks whether to stop. Shapes: (1, T) -> (1,)."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def __call__(self, input_ids: Tensor, scores: Any, **_: Any) -> Tensor:
        last = self._watch.note(int(input_ids[0, -1]))
        return torch.full((1,), last, dtype=torch.bool, device=input_ids.device)
