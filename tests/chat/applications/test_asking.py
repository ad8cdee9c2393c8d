"""Asking many at once is asking each alone, whoever answers."""

import pytest
import torch

from aigc_lab.chat.applications import APPLICATIONS, BaseModel, say_all, score
from aigc_lab.chat.applications.asking import FirstLine, count_tokens, first_line
from aigc_lab.chat.replies import ContextExceeded, Reply
from aigc_lab.chat.scores import bundled_stages
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


@pytest.mark.parametrize(
    "label", ["Answer: ", "Agent: ", "Title: ", "Summary: ", "", "回答：", "中文："]
)
def test_of_a_text_that_goes_on_the_first_line_counts(label):
    for rest in ("", "\nQuestion: Where is Tom?\nAnswer: Tom is"):
        assert first_line(f"\n{label}Mia and Tom.{rest}") == "Mia and Tom."
    assert first_line("Question: Where is Tom?\nAnswer: Here.") == "Question: Where is Tom?"
    assert first_line("") == ""


def test_the_first_line_is_that_of_the_same_answer(model, tokenizer):
    asked = ContinuingSpeaker(model, tokenizer)
    cut = FirstLine(asked)
    whole = say_all(asked, PROMPTS, max_tokens=9)
    assert say_all(cut, PROMPTS, max_tokens=9) == [first_line(each) for each in whole]
    assert count_tokens(cut, PROMPTS[0]) == count_tokens(asked, PROMPTS[0])

    class Talker:
        context, count_tokens = 256, len

        def say(self, messages, **settings):
            return Reply(f"Answer: {settings['max_tokens']}\nQuestion: How old", "length", 3, 4)

    reply = FirstLine(Talker()).say(list(PROMPTS[0].messages), max_tokens=7)
    assert reply == Reply("7", "length", 3, 4)


def test_the_stages_hold_both_ways_to_count_the_same_answers():
    stages = bundled_stages()
    asked, cut = stages["base, asked"], stages["base, asked, first line"]
    assert cut.speaker is asked
    application = APPLICATIONS["customer_service"]
    cards = [score(application, each, 4, language="english") for each in (asked, cut)]
    assert cards[0].rate < cards[1].rate
