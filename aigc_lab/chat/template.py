"""The chat template: how a conversation becomes one row of ids, and which of them are learned.

A conversation reads `<|user|>Hello!<|end|><|assistant|>Hello.<|end|>`, behind the mark that stands
between all texts, and with a `<|system|>` part first where there is one. The marks are tokens of
their own, which no text that a person types is ever encoded to.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from aigc_lab.core.files import read_json, write_json
from aigc_lab.generation.marks import CHAT_END
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.words import END_OF_TEXT

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

SYSTEM, USER, ASSISTANT, END = "<|system|>", "<|user|>", "<|assistant|>", CHAT_END
CHAT_TOKENS = (SYSTEM, USER, ASSISTANT, END)
MARK_OF = {"system": SYSTEM, "user": USER, "assistant": ASSISTANT}
NEW_ROW_NOISE = 0.01  # of the spread of the old rows: the new tokens must not be one and the same

# The same template in the language that transformers reads it in.
JINJA = (
    "{{ '" + END_OF_TEXT + "' }}"
    "{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] + '" + END + "' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '" + ASSISTANT + "' }}{% endif %}"
)


def chat_text(messages: Sequence[Mapping[str, str]], add_generation_prompt: bool = True) -> str:
    """A conversation as text with its marks; the generation prompt asks the assistant to speak.

    Raises: ValueError for messages that are no conversation.
    Notebook: 11 from GPT to ChatGPT.

    >>> chat_text([{"role": "user", "content": "Hello!"}]).removeprefix(END_OF_TEXT)
    '<|user|>Hello!<|end|><|assistant|>'
    """
    parts = [END_OF_TEXT]
    for message in require_conversation(messages, add_generation_prompt):
        parts += [MARK_OF[message["role"]], message["content"], END]
    return "".join([*parts, ASSISTANT] if add_generation_prompt else parts)


def encode_chat(
    tokenizer: Tokenizer,
    messages: Sequence[Mapping[str, str]],
    add_generation_prompt: bool = True,
) -> list[int]:
    """The ids of a conversation.

    What is said is encoded as plain text, so that nobody can forge a mark by typing it.
    Raises: ValueError for messages that are no conversation, or a tokenizer without the marks.
    Notebook: 11 from GPT to ChatGPT.
    """
    special = require_chat_tokens(tokenizer)
    ids = [special[END_OF_TEXT]]
    for message in require_conversation(messages, add_generation_prompt):
        ids += [special[MARK_OF[message["role"]]], *tokenizer.encode(message["content"])]
        ids.append(special[END])
    return [*ids, special[ASSISTANT]] if add_generation_prompt else ids


def scored_mask(tokenizer: Tokenizer, ids: Sequence[int]) -> list[bool]:
    """Which ids the assistant has to be able to say: its answers, and the end of each.

    Shapes: (T,) -> (T,).
    Notebook: 11 from GPT to ChatGPT.
    """
    special = require_chat_tokens(tokenizer)
    speaking, scored = False, []
    for token in ids:
        scored.append(speaking)
        if token == special[ASSISTANT]:
            speaking = True
        elif token == special[END]:
            speaking = False
    return scored


def can_chat(tokenizer: Tokenizer) -> bool:
    """Whether a tokenizer has the four marks of a conversation."""
    return set(CHAT_TOKENS) <= set(tokenizer.special_tokens)


def with_chat_tokens(tokenizer: BPETokenizer) -> BPETokenizer:
    """The same tokenizer with the four marks as its last ids; one that has them is returned."""
    if can_chat(tokenizer):
        return tokenizer
    return BPETokenizer(tokenizer.merges, (*tokenizer.special_tokens, *CHAT_TOKENS))


def widened(model: GPT, vocab_size: int, seed: int = 0) -> GPT:
    """A copy of the model with room for more tokens; whatever it said before, it says still.

    A new token's row is the mean of the old ones and a little noise: it starts as no token in
    particular.
    Raises: ValueError for fewer tokens than the model has, or a head that is not the token table.
    Notebook: 11 from GPT to ChatGPT.
    """
    from dataclasses import replace

    old = model.config
    if vocab_size < old.vocab_size or not old.tie_weights:
        raise ValueError(
            f"a model of {old.vocab_size} tokens (tie_weights={old.tie_weights}) cannot be widened "
            f"to {vocab_size}; give at least as many, and a model whose head is its token table"
        )
    table = model.wte.weight.detach()  # (V, C)
    noise = torch.randn(
        (vocab_size - len(table), table.shape[1]), generator=torch.Generator().manual_seed(seed)
    )
    fresh = table.mean(0) + NEW_ROW_NOISE * table.std() * noise.to(table)  # (new V, C)
    wider = copy.deepcopy(model)
    wider.config = replace(old, vocab_size=vocab_size)
    wider.wte = torch.nn.Embedding.from_pretrained(torch.cat([table, fresh]), freeze=False)
    wider.lm_head = torch.nn.Linear(old.n_embd, vocab_size, bias=False)
    wider.lm_head.weight = wider.wte.weight
    return wider.train(model.training)


def save_chat(
    folder: str | Path,
    model: GPT,
    tokenizer: Tokenizer,
    dtype: str | torch.dtype = "float32",
) -> Path:
    """Write a model with its chat template, for transformers' chat tools and `aigc-lab serve`.

    Any mark ends an answer there, as with `LocalSpeaker`. `dtype` as with `save_pretrained`.
    Raises: ValueError for a tokenizer without the marks; as `save_pretrained`.
    """
    from aigc_lab.pretrained.folder import save_pretrained

    special = require_chat_tokens(tokenizer)
    folder = save_pretrained(folder, model, tokenizer, dtype)
    ends = [special[mark] for mark in (END, END_OF_TEXT, SYSTEM, USER, ASSISTANT)]
    _change(folder / "config.json", eos_token_id=special[END])
    _change(folder / "tokenizer_config.json", eos_token=END, chat_template=JINJA)
    begin = {"bos_token_id": special[END_OF_TEXT]}
    write_json(folder / "generation_config.json", {**begin, "eos_token_id": ends})
    return folder


def require_chat_tokens(tokenizer: Tokenizer) -> dict[str, int]:
    """The special tokens of a tokenizer that has the marks.

    Raises: ValueError naming those it lacks.
    """
    special = tokenizer.special_tokens
    if missing := [mark for mark in (END_OF_TEXT, *CHAT_TOKENS) if mark not in special]:
        raise ValueError(
            f"this tokenizer has no {', '.join(missing)}; give it the marks of a conversation with "
            "with_chat_tokens, and room for them to the model with widened"
        )
    return special


def require_conversation(
    messages: Sequence[Mapping[str, str]], to_be_answered: bool
) -> Sequence[Mapping[str, str]]:
    """Refuse what is no conversation, saying which message is wrong and how.

    A system message may come first; then user and assistant take turns, the user first. One that
    is to be answered ends with the user.
    """
    if isinstance(messages, (str, Mapping)) or not messages:
        raise ValueError(
            f"messages={messages!r} is no conversation; give a list such as "
            "[{'role': 'user', 'content': 'Hello!'}]"
        )
    expected = {"system", "user"}
    for place, message in enumerate(messages):
        _require_message(place, message)
        if message["role"] not in expected:
            raise ValueError(
                f"message {place} is of the {message['role']}, where one of the "
                f"{' or '.join(sorted(expected))} was expected; a system message may only come "
                "first, then user and assistant take turns, beginning with the user"
            )
        expected = {"assistant"} if message["role"] == "user" else {"user"}
    if to_be_answered and messages[-1]["role"] != "user":
        raise ValueError(
            f"the last message is of the {messages[-1]['role']}, so there is nothing to answer; "
            "end with a message of the user, or pass add_generation_prompt=False"
        )
    return messages


def _require_message(place: int, message: Mapping[str, str]) -> None:
    if not isinstance(message, Mapping) or not {"role", "content"} <= set(message):
        raise ValueError(
            f"message {place} is {message!r}; each must be a dict with a role and a content"
        )
    if message["role"] not in MARK_OF:
        raise ValueError(
            f"message {place} has the role {message['role']!r}; choose one of {', '.join(MARK_OF)}"
        )
    if not isinstance(message["content"], str):
        raise ValueError(
            f"the content of message {place} is a {type(message['content']).__name__}; give a str"
        )


def _change(path: Path, **fields: object) -> None:
    write_json(path, {**read_json(path), **fields})
