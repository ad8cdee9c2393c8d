"""Answers in the API's words: whole ones, chunks of a stream, counts and log-probabilities."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import transformers

from aigc_lab.chat.serve.wishes import CHAT, Wishes
from aigc_lab.text.bpe_files import from_letters

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

    from aigc_lab.chat.serve.watch import Chosen, Watch

DONE = b"data: [DONE]\n\n"


class Answers:
    """Forms what the API sends back to one request; all of it carries the same id and time."""

    def __init__(self, wishes: Wishes, model: str, tokenizer: PreTrainedTokenizerFast) -> None:
        self._chat = wishes.path == CHAT
        self._wishes, self._tokenizer = wishes, tokenizer
        self._head = {
            "id": ("chatcmpl-" if self._chat else "cmpl-") + uuid.uuid4().hex,
            "created": int(time.time()),
            "model": model,
            "system_fingerprint": f"transformers-{transformers.__version__}",
        }

    def whole(self, texts: Sequence[str], watches: Sequence[Watch]) -> dict[str, Any]:
        """All answers at once."""
        choices = [
            self._choice(text, watch, watch.since(0, len(text)), watch.finish_reason)
            for text, watch in zip(texts, watches, strict=True)
        ]
        kind = "chat.completion" if self._chat else "text_completion"
        return {**self._head, "object": kind, "choices": choices, "usage": self._usage(watches)}

    def chunk(
        self,
        text: str,
        watch: Watch,
        chosen: Sequence[Chosen],
        first: bool = False,
        last: bool = False,
    ) -> bytes:
        """A piece of one answer; the last one says why it ends."""
        choice = self._choice(text, watch, chosen, watch.finish_reason if last else None)
        if self._chat:
            role = {"role": "assistant"} if first else {}
            choice["delta"] = {**role, **({"content": text} if text or first else {})}
            del choice["message"]
        return self._event([choice])

    def counts(self, watches: Sequence[Watch]) -> bytes:
        """The chunk that tells what a stream took."""
        return self._event([], usage=self._usage(watches))

    def _event(self, choices: list[dict[str, Any]], **more: Any) -> bytes:
        kind = "chat.completion.chunk" if self._chat else "text_completion"
        usage = {"usage": None} if self._wishes.include_usage else {}
        return event({**self._head, "object": kind, "choices": choices, **usage, **more})

    def _choice(
        self, text: str, watch: Watch, chosen: Sequence[Chosen], reason: str | None
    ) -> dict[str, Any]:
        about = self._chat_logprobs if self._chat else self._text_logprobs
        wanted = self._wishes.logprobs is not None
        return {
            "index": watch.place,
            **({"message": _message(text)} if self._chat else {"text": text}),
            "logprobs": about(chosen) if wanted else None,
            "finish_reason": reason,
        }

    def _usage(self, watches: Sequence[Watch]) -> dict[str, int]:
        """A prompt counts once, however many answers it has."""
        prompt = sum(watch.prompt_tokens for watch in watches[:: self._wishes.n])
        written = sum(len(watch.ids) for watch in watches)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": written,
            "total_tokens": prompt + written,
        }

    def _chat_logprobs(self, chosen: Sequence[Chosen]) -> dict[str, Any]:
        content = [
            {
                **self._told(token.id, token.logprob),
                "top_logprobs": [self._told(*other) for other in token.others],
            }
            for token in chosen
        ]
        return {"content": content, "refusal": None}

    def _told(self, token: int, logprob: float) -> dict[str, Any]:
        data = token_bytes(self._tokenizer, token)
        return {
            "token": data.decode(errors="replace"),
            "logprob": logprob,
            "bytes": list(data),
        }

    def _text_logprobs(self, chosen: Sequence[Chosen]) -> dict[str, Any]:
        return {
            "tokens": [self._name(token.id) for token in chosen],
            "token_logprobs": [token.logprob for token in chosen],
            "top_logprobs": [
                {self._name(other): logprob for other, logprob in token.others} for token in chosen
            ],
            "text_offset": [token.start for token in chosen],
        }

    def _name(self, token: int) -> str:
        """A token as this endpoint writes it: its text, or its bytes if they are none."""
        data = token_bytes(self._tokenizer, token)
        try:
            return data.decode()
        except UnicodeDecodeError:
            return "bytes:" + "".join(f"\\x{byte:02x}" for byte in data)


def event(value: dict[str, Any]) -> bytes:
    """One event of a stream."""
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def token_bytes(tokenizer: PreTrainedTokenizerFast, token: int) -> bytes:
    """The bytes that a token stands for."""
    name = tokenizer.convert_ids_to_tokens(token)
    if name is None or token in tokenizer.added_tokens_decoder:
        return (name or "").encode()
    try:
        return from_letters(name)
    except ValueError:  # a tokenizer of another kind, whose tokens are text
        return tokenizer.decode([token]).encode()


def _message(text: str) -> dict[str, Any]:
    return {"role": "assistant", "content": text, "refusal": None}
