"""The calls that five popular articles print, and what happens to them today.

Each is made as it was printed, with stand-ins only for what cannot be bundled (a key, a picture,
and GPT-2's weights: for the numbers of tokens any weights of its form will do). `mended_calls` has
what works.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from aigc_lab.chat.mended_calls import Continuation, small_classifier

SHOWN_CHARACTERS = 45  # that article 003 shows as what was generated


@dataclass(frozen=True)
class OldCall:
    """One printed call: where it stands, what it was to do, and what is wrong with it."""

    where: str
    purpose: str
    wrong: str
    printed: Callable[[], Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a printed call: the error's name and first line, or what came back."""

    error: str | None
    said: str


def attempt(call: OldCall) -> Outcome:
    """Make a call as it was printed.

    Notebook: 12 applications.

    >>> attempt(OLD_CALLS["classify"]).error
    'NameError'
    """
    try:
        return Outcome(None, str(call.printed()))
    except Exception as error:  # whatever it is, it is the answer
        lines = [line for line in str(error).splitlines() if line.strip()]
        return Outcome(type(error).__name__, lines[0] if lines else "")


def _printed_completion(prompt: str, max_tokens: int, temperature: float) -> Any:
    import openai

    return openai.Completion.create(
        engine="text-davinci-002",
        prompt=prompt,
        max_tokens=max_tokens,
        n=1,
        stop=None,
        temperature=temperature,
    )


def _printed_dialogue() -> Any:
    return _printed_completion("What is the capital of France?", 1, 0.5)


def _printed_title() -> Any:
    about = "Generate a catchy title for an article about the benefits of exercise."
    return _printed_completion(about, 1, 0.8)


def _printed_summary() -> Any:
    return _printed_completion("Summarize the following article: [Article content]", 150, 0.7)


def _printed_continuation(article: str) -> Continuation:
    """The prompt of an article in GPT-2's tokens, continued under `max_length=50`."""
    import torch

    from aigc_lab.pretrained.gpt2_tokens import gpt2_tokens

    gpt2 = gpt2_tokens(download=False)
    input_ids = torch.tensor([gpt2.tokenizer.encode(gpt2.texts[article])])
    output_ids = gpt2_shape().generate(input_ids, max_length=50, num_return_sequences=1)
    new = output_ids.shape[1] - input_ids.shape[1]
    return Continuation("(random weights)", input_ids.shape[1], new)


def _printed_classifier() -> Any:
    transform = str  # any function of a picture
    return transform(image)  # noqa: F821 (this is the fault: no picture was ever loaded)


OLD_CALLS: dict[str, OldCall] = {
    "dialogue": OldCall(
        "000, lines 72-79",
        "a dialogue with ChatGPT",
        "The call and the model are gone; neither was ChatGPT, and one token is no answer.",
        _printed_dialogue,
    ),
    "title": OldCall(
        "000, lines 95-102",
        "a title",
        "The same, and a title of one token.",
        _printed_title,
    ),
    "summary": OldCall(
        "004, lines 66-73",
        "a summary",
        "The same, and the words in brackets are sent in place of an article.",
        _printed_summary,
    ),
    "continue, 39 tokens": OldCall(
        "001, lines 54-58",
        "an answer in Chinese",
        "max_length counts the prompt, so 11 tokens are left, and GPT-2 was trained on English.",
        lambda: _printed_continuation("article 001"),
    ),
    "continue, 50 tokens": OldCall(
        "002, lines 75-79",
        "a text in Chinese",
        "The prompt alone has the 50 tokens that max_length allows.",
        lambda: _printed_continuation("article 002"),
    ),
    "continue, 28 tokens": OldCall(
        "003, lines 197-203",
        "a text in Chinese",
        "22 tokens are left, which hold about 12 characters; the article shows 45 more.",
        lambda: _printed_continuation("article 003"),
    ),
    "classify": OldCall(
        "002, lines 105-118",
        "making a picture",
        "No picture is loaded, it has no batch axis, and a classifier makes no pictures.",
        _printed_classifier,
    ),
}


def classifier_faults() -> dict[str, Outcome]:
    """The other faults of the classifier, each one alone, on a small network of the same parts."""
    import torch

    picture = torch.rand(3, 16, 16)
    scores = torch.tensor([[0.1, 0.7, 0.2]])
    _, predicted = scores.topk(1, 1, True, True)
    faults = {
        "no batch axis": lambda: small_classifier()(picture),
        "the length of a class number": lambda: predicted.norm(),
        "a class number divided": lambda: predicted.div_(1.5),
    }
    return {name: attempt(OldCall("", "", "", fault)) for name, fault in faults.items()}


@lru_cache
def gpt2_shape() -> Any:
    """A model with GPT-2's vocabulary and 1,024 positions, small and random otherwise."""
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel

    with torch.random.fork_rng():
        torch.manual_seed(0)
        return GPT2LMHeadModel(GPT2Config(n_layer=1, n_head=1, n_embd=4)).eval()
