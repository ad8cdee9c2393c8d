"""What the panel shows of one model: its likeliest next tokens, before and after the dials."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.loop import as_batch, last_logits, require_numbers
from aigc_lab.generation.sampling import SamplingConfig, sample_probs
from aigc_lab.viz.fonts import token_label

if TYPE_CHECKING:
    from torch import Tensor

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

PLAIN = SamplingConfig()  # every dial where it changes nothing


@dataclass(frozen=True)
class Bar:
    """One candidate for the next token.

    Units: `plain` is the probability that the model gives, `now` the one after the dials. `text` is
    what a click would add to the prompt, None for a token that is no text of its own: part of a
    character, or a mark such as the end of a text.
    """

    label: str
    plain: float
    now: float
    text: str | None


@dataclass(frozen=True)
class Column:
    """The bars of one model; `kept` tokens can still be drawn, `others` are not shown one by one.

    `note` is what the reader should know: that the prompt was cut, or why there are no bars.
    """

    name: str
    bars: tuple[Bar, ...] = ()
    kept: int = 0
    others: int = 0
    note: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for the browser."""
        return asdict(self)


@dataclass(frozen=True)
class Reading:
    """What a model makes of a prompt: its last logits (V,), or a note that says why it cannot."""

    logits: Tensor | None
    note: str = ""


def read(model: GPT, tokenizer: Tokenizer, prompt: str) -> Reading:
    """Run a prompt through a model; of one that is too long, the end."""
    import torch

    try:
        ids = encode_prompt(tokenizer, prompt)
        room = model.config.block_size
        with torch.inference_mode():
            logits = last_logits(model, as_batch(ids[-room:], model))[0, : tokenizer.vocab_size]
        require_numbers(logits)
    except ValueError as error:
        return Reading(None, str(error))
    cut = f"reads the last {room} of {len(ids)} tokens" if len(ids) > room else ""
    return Reading(logits.float().cpu(), cut)


def column(
    name: str, reading: Reading, tokenizer: Tokenizer, dials: SamplingConfig, count: int
) -> Column:
    """The `count` likeliest tokens of a reading, and what the dials make of them."""
    if reading.logits is None:
        return Column(name, note=reading.note)
    plain, now = sample_probs(reading.logits, PLAIN), sample_probs(reading.logits, dials)
    top = plain.argsort(descending=True, stable=True)[:count].tolist()
    bars = tuple(_bar(tokenizer, place, plain[place], now[place]) for place in top)
    kept = int((now > 0).sum())
    return Column(name, bars, kept, len(plain) - len(bars), reading.note)


def _bar(tokenizer: Tokenizer, token_id: int, plain: Tensor, now: Tensor) -> Bar:
    token = tokenizer.token_bytes(token_id)
    label = token_label(token, str.isprintable)
    return Bar(label, plain.item(), now.item(), _text(tokenizer, token_id, token))


def _text(tokenizer: Tokenizer, token_id: int, token: bytes) -> str | None:
    if token_id in tokenizer.special_tokens.values():
        return None
    try:
        return token.decode()
    except UnicodeDecodeError:
        return None
