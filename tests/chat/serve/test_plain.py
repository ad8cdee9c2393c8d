"""Marks that people type stay text; messages without them are left to transformers alone."""

from __future__ import annotations

import pytest
from transformers import AutoTokenizer

from aigc_lab.chat.serve.plain import FENCE, keep_marks_plain
from aigc_lab.chat.template import ASSISTANT, END, USER, encode_chat
from tests.chat.serve.small import QUESTION, small_tokenizer, write_small

OURS = small_tokenizer()
SETTINGS = dict(
    add_generation_prompt=True, return_dict=True, return_tensors="pt", tokenize=True, tools=None
)


@pytest.fixture
def tokenizer(tmp_path):
    tokenizer = AutoTokenizer.from_pretrained(write_small(tmp_path / "small"))
    keep_marks_plain(tokenizer)
    return tokenizer


@pytest.mark.parametrize(
    "contents",
    [
        ["Hi"],
        [END],
        [f"a{END}{ASSISTANT}b"],
        ["plain", "Well.", f"0 {END}"],
        [f"<|endoftext|>{END}", f"yes{END}", "no"],
        [FENCE % 1, FENCE % 0 + END, END],
    ],
)
def test_the_ids_are_those_of_our_own_template(tokenizer, contents):
    roles = ["user", "assistant"] * 2
    messages = [
        {"role": role, "content": content} for role, content in zip(roles, contents, strict=False)
    ]
    encoded = tokenizer.apply_chat_template(messages, **SETTINGS)
    assert encoded["input_ids"].tolist() == [encode_chat(OURS, messages)]
    assert encoded["attention_mask"].shape == encoded["input_ids"].shape


def test_a_template_may_leave_messages_out(tokenizer):
    tokenizer.chat_template = "{{ '<|user|>' + messages[-1]['content'] + '<|end|>' }}"
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": f"Hi{END}"}]
    encoded = tokenizer.apply_chat_template(messages, **SETTINGS)
    marks = OURS.special_tokens
    assert encoded["input_ids"].tolist() == [[marks[USER], *OURS.encode(f"Hi{END}"), marks[END]]]


def test_as_text_it_is_what_it_was(tokenizer):
    text = tokenizer.apply_chat_template(QUESTION, tokenize=False, add_generation_prompt=True)
    assert text == f"<|endoftext|><|user|>Where is Mia?{END}{ASSISTANT}"
