"""What the articles' calls were meant to do, done: `old_calls` has them as they were printed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openai import OpenAI
    from torch import Tensor

PLACEHOLDER = re.compile(r"\[[^\]\n]*\]|\{[^}\n]*\}")
ROOM = 32  # tokens for an answer, a title or a summary


@dataclass(frozen=True)
class Continuation:
    """What a model wrote after a prompt, in tokens of its own."""

    text: str
    prompt_tokens: int
    new_tokens: int


def dialogue(client: OpenAI, model: str, question: str = "What is the capital of France?") -> str:
    """The dialogue, mended: messages with roles, and room for the answer.

    Notebook: 12 applications.
    """
    return _asked(client, model, question)


def title(client: OpenAI, model: str, text: str, max_tokens: int = ROOM) -> str:
    """The title, mended: of a given text, and never one that was cut off.

    Raises: ValueError when the title did not end by itself.
    """
    return _asked(client, model, f"{text}\nWrite a title.", max_tokens)


def summary(client: OpenAI, model: str, article: str, max_tokens: int = ROOM) -> str:
    """The summary, mended: the article stands in the prompt, and nothing in brackets.

    Raises: ValueError for an article that is a placeholder, or a summary that was cut off.
    """
    return _asked(client, model, f"{require_filled(article)}\nWrite a summary.", max_tokens)


def require_filled(text: str) -> str:
    """The text, refused when a placeholder is left in it or nothing is.

    >>> require_filled("[Article content]")
    Traceback (most recent call last):
    ValueError: '[Article content]' was never filled in; put the text itself in its place
    """
    if found := PLACEHOLDER.search(text):
        raise ValueError(f"{found[0]!r} was never filled in; put the text itself in its place")
    if not text.strip():
        raise ValueError("the text is empty; there is nothing to sum up")
    return text


def continuation(
    prompt: str, max_new_tokens: int = 22, folder: str | Path | None = None
) -> Continuation:
    """The continuation, mended, through the same library: a model that has read Chinese.

    What changed: a tokenizer and weights that fit the text, the attention mask is passed on, and
    `max_new_tokens` counts what is written. `folder` holds another checkpoint than the bundled one.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from aigc_lab.pretrained.locate import bundled_folder

    place = folder or bundled_folder()
    tokenizer = AutoTokenizer.from_pretrained(place)
    model = AutoModelForCausalLM.from_pretrained(place).float().eval()
    inputs = tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
    output = model.generate(
        **inputs,
        max_new_tokens=max_new_tokens,
        do_sample=False,
        pad_token_id=tokenizer.eos_token_id,
    )
    known = inputs["input_ids"].shape[1]
    text = tokenizer.decode(output[0, known:], skip_special_tokens=True)
    return Continuation(text, known, output.shape[1] - known)


def classify(picture: Tensor) -> int:
    """The classifier, mended: a batch of one picture, evaluation mode, and the class is the answer.

    It recognises; nothing is generated. The weights are random, so the class means nothing.
    Shapes: picture (3, height, width).
    """
    import torch

    with torch.no_grad():
        scores = small_classifier().eval()(picture[None])  # (1, 10)
    return int(scores.argmax())


def small_classifier() -> Any:
    """What a ResNet is made of, in small: convolution, batch norm, pooling, ten classes."""
    import torch
    from torch import nn

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Conv2d(3, 8, 3),
            nn.BatchNorm2d(8),
            nn.ReLU(),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
            nn.Linear(8, 10),
        )


def _asked(client: OpenAI, model: str, content: str, max_tokens: int = ROOM) -> str:
    done = client.chat.completions.create(
        model=model,
        messages=[{"role": "user", "content": content}],
        max_tokens=max_tokens,
        temperature=0,
    )
    choice = done.choices[0]
    said = choice.message.content or ""
    if choice.finish_reason == "length":
        raise ValueError(
            f"{said!r} was cut off after max_tokens={max_tokens}; give more room, and never show "
            "a text whose finish_reason is 'length'"
        )
    return said
