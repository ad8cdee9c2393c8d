"""Asking many at once is asking each alone, whoever answers."""

import pytest
import torch

from aigc_lab.chat.applications import APPLICATIONS, BaseModel, say_all
from aigc_lab.chat.applications.asking import count_tokens
from aigc_lab.chat.replies import ContextExceeded
from aigc_lab.chat.speakers import ContinuingSpeaker, LocalSpeaker
from aigc_lab.chat.template import with_chat_tokens
from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.generate import complete
from aigc_lab.model.gpt import GPT
from aigc_lab.text.bpe import BPETokenizer

PROMPTS = [
    example.prompt
    for name in ("translation", "customer_service")
    for example in APPLICATIONS[name].examples(4)
]


@pytest.fixture(scope="module")
def tokenizer():
    return with_chat_tokens(BPETokenizer.train([p.document for p in PROMPTS], 400))


@pytest.fixture(scope="module")
def model(tokenizer):
    torch.manual_seed(0)
    size = {"vocab_size": tokenizer.vocab_size, "n_layer": 1, "n_head": 2, "n_embd": 22}
    return GPT(GPTConfig.gpt2(block_size=256, **size)).eval()


@pytest.mark.parametrize("kind", [LocalSpeaker, ContinuingSpeaker])
def test_a_model_of_this_process_says_the_same_one_by_one(kind, model, tokenizer):
    speaker = kind(model, tokenizer)
    alone = [speaker.say(list(p.messages), max_tokens=5).text.strip() for p in PROMPTS]
    assert say_all(speaker, PROMPTS, max_tokens=5) == alone


def test_a_base_model_goes_on_with_the_document(model, tokenizer):
    base = BaseModel(model, tokenizer)
    ids = [
        [tokenizer.special_tokens["<|endoftext|>"], *tokenizer.encode(p.document)] for p in PROMPTS
    ]
    dials = {"temperature": 0.0, "max_new_tokens": 7, "stop": "\n"}
    alone = [complete(model, tokenizer, each, **dials)[0].text.strip() for each in ids]
    assert say_all(base, PROMPTS, max_tokens=7) == alone
    assert count_tokens(base, PROMPTS[0]) == len(ids[0])


def test_marks_between_documents_are_tokens(model, tokenizer):
    base = BaseModel(model, tokenizer)
    assert base.count_tokens("a<|endoftext|>a") == 2 * base.count_tokens("a")


def test_a_prompt_without_room_for_an_answer_is_refused(model, tokenizer):
    long = PROMPTS[0]._replace(
        messages=({"role": "user", "content": "Mia ran. " * 200},), document="Mia ran. " * 200
    )
    for speaker in (BaseModel(model, tokenizer), LocalSpeaker(model, tokenizer)):
        with pytest.raises(ContextExceeded, match="shorten it, or cut it into pieces"):
            say_all(speaker, [PROMPTS[0], long])


def test_any_speaker_is_asked_with_messages_greedily(silent):
    assert say_all(silent, PROMPTS[:2], max_tokens=9) == ["", ""]
    messages, settings = silent.asked[1]
    assert messages == list(PROMPTS[1].messages)
    assert settings == {"temperature": 0.0, "max_tokens": 9}
    assert say_all(silent, []) == []
