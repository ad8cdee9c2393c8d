"""The articles' own calls: first as printed, with the fault that they have, and then working."""

from __future__ import annotations

from types import SimpleNamespace

import openai
import pytest
import torch

from aigc_lab.chat.bundled import load_chat
from aigc_lab.chat.mended_calls import (
    classify,
    continuation,
    dialogue,
    require_filled,
    small_classifier,
    summary,
    title,
)
from aigc_lab.chat.old_calls import (
    OLD_CALLS,
    SHOWN_CHARACTERS,
    attempt,
    classifier_faults,
)
from aigc_lab.chat.serve import running_server
from aigc_lab.pretrained.gpt2_tokens import gpt2_tokens
from aigc_lab.pretrained.locate import WeightsAbsent

STORY = "Story: Mia was in the park. The red kite was in the park. Mia took the red kite."


class Recorded:
    """A client that says the same thing each time, cut off where it is asked to be."""

    def __init__(self, *tokens):
        self.tokens, self.asked = tokens, []
        self.chat = SimpleNamespace(completions=SimpleNamespace(create=self.create))

    def create(self, **asked):
        self.asked.append(asked)
        said = self.tokens[: asked["max_tokens"]]
        reason = "stop" if len(said) == len(self.tokens) else "length"
        message = SimpleNamespace(content="".join(said))
        return SimpleNamespace(choices=[SimpleNamespace(message=message, finish_reason=reason)])


@pytest.fixture(scope="module")
def assistant():
    """The course's own assistant behind the real server, or a visible reason for none."""
    try:
        load_chat()
    except WeightsAbsent as error:
        pytest.skip(str(error))
    with running_server("town-chat", patience=300) as server:
        yield server.client(timeout=300), server.model


@pytest.mark.parametrize("name", ["dialogue", "title", "summary"])
def test_the_clients_old_call_is_gone(name):
    """000 lines 72 and 95, 004 line 66."""
    with pytest.raises(openai.lib._old_api.APIRemovedInV1):
        OLD_CALLS[name].printed()
    outcome = attempt(OLD_CALLS[name])
    assert outcome.error == "APIRemovedInV1"
    assert "openai.Completion" in outcome.said


def test_one_token_is_no_title():
    """000 line 98: what `max_tokens=1` gives, and that nobody is shown half a title."""
    client = Recorded("Mia", " and", " the", " red", " kite")
    with pytest.raises(ValueError, match="'Mia' was cut off after max_tokens=1"):
        title(client, "any", STORY, max_tokens=1)
    assert title(client, "any", STORY) == "Mia and the red kite"


def test_one_token_is_no_word():
    """000 line 84 says "at most one word": the capital of France begins with half a character."""
    gpt2 = gpt2_tokens(download=False)
    paris = gpt2.tokenizer.encode(gpt2.texts["answer in Chinese"])
    assert len(paris) == 5
    assert gpt2.tokenizer.decode(paris[:1]) == "�"
    newlines = gpt2.tokenizer.encode(gpt2.texts["two new lines"])
    assert len(newlines) == 1
    assert gpt2.tokenizer.decode(newlines).strip() == ""  # all that the article would print


def test_a_title_needs_more():
    """000 line 97 and 101."""
    gpt2 = gpt2_tokens(download=False)
    assert len(gpt2.tokenizer.encode(gpt2.texts["a title"])) == 9
    assert len(gpt2.tokenizer.encode(gpt2.texts["a title in Chinese"])) == 11


def test_the_mended_dialogue_has_roles_and_room():
    client = Recorded("The capital", " of France", " is Paris.")
    assert dialogue(client, "town") == "The capital of France is Paris."
    (asked,) = client.asked
    assert asked["messages"] == [{"role": "user", "content": "What is the capital of France?"}]
    assert asked["max_tokens"] > 1
    assert "engine" not in asked
    assert "prompt" not in asked


def test_an_article_in_brackets_is_no_article():
    """004 line 68 sends "[Article content]"."""
    with pytest.raises(ValueError, match=r"'\[Article content\]' was never filled in"):
        summary(Recorded("x"), "town", "[Article content]")
    with pytest.raises(ValueError, match=r"'{article}' was never filled in"):
        require_filled("Sum up: {article}")
    with pytest.raises(ValueError, match="the text is empty"):
        require_filled(" \n")


def test_the_mended_summary_sends_the_article():
    client = Recorded("Mia took the red kite.")
    assert summary(client, "town", STORY) == "Mia took the red kite."
    assert client.asked[0]["messages"][0]["content"].startswith(STORY)


@pytest.mark.parametrize(
    ("name", "prompt_tokens", "room"), [("39 tokens", 39, 11), ("28 tokens", 28, 22)]
)
def test_max_length_counts_the_prompt(name, prompt_tokens, room):
    """001 line 58 and 003 line 203."""
    made = OLD_CALLS[f"continue, {name}"].printed()
    assert (made.prompt_tokens, made.new_tokens) == (prompt_tokens, room)


def test_a_prompt_as_long_as_max_length_leaves_nothing():
    """002 line 79: fifty tokens of prompt, `max_length=50`."""
    with pytest.raises(
        ValueError, match=r"Input length of input_ids is 50.*`max_length` is set to 50"
    ):
        OLD_CALLS["continue, 50 tokens"].printed()


def test_the_output_that_article_003_shows_does_not_fit():
    """22 tokens at the prompt's own 28 tokens for 15 characters: 11.8, and not 45."""
    gpt2 = gpt2_tokens(download=False)
    prompt = gpt2.texts["article 003"]
    per_character = len(gpt2.tokenizer.encode(prompt)) / len(prompt)
    assert 22 / per_character == pytest.approx(11.8, abs=0.05)
    assert 3 * 22 / per_character < SHOWN_CHARACTERS


def test_gpt2_has_hardly_any_chinese():
    """001 line 54, 002 line 75, 003 line 197: the prompts are in Chinese."""
    assert len(gpt2_tokens(download=False).chinese) == 51  # of 50,257


def test_the_mended_continuation_writes_what_was_asked_for():
    made = continuation("故事：米娅当时在花园里。", max_new_tokens=22)
    assert made.prompt_tokens < 12
    assert 1 <= made.new_tokens <= 22
    assert sum("\u4e00" <= letter <= "\u9fff" for letter in made.text) > 11
    assert "�" not in made.text


def test_the_classifiers_picture_was_never_loaded():
    """002 line 108."""
    assert attempt(OLD_CALLS["classify"]).error == "NameError"


def test_the_classifiers_other_faults():
    """002 lines 111, 114 to 118: one by one."""
    faults = classifier_faults()
    assert "expected 4D input (got 3D input)" in faults["no batch axis"].said
    assert "Expected a floating point" in faults["the length of a class number"].said
    assert "can't be cast to the desired output type Long" in faults["a class number divided"].said
    assert all(fault.error for fault in faults.values())


def test_without_eval_a_classifier_changes_while_it_is_asked():
    """002 line 111: neither `eval()` nor `no_grad()`."""
    network, picture = small_classifier(), torch.rand(1, 3, 16, 16)
    before = network[1].running_mean.clone()
    network(picture)
    assert not torch.equal(network[1].running_mean, before)
    network.eval()
    before = network[1].running_mean.clone()
    network(picture)
    assert torch.equal(network[1].running_mean, before)


def test_the_mended_classifier_recognises_and_generates_nothing():
    picture = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0))
    assert classify(picture) == classify(picture)
    assert classify(picture) in range(10)


def test_every_call_says_where_it_stands_and_what_is_wrong():
    for name, call in OLD_CALLS.items():
        assert call.where[:3] in ("000", "001", "002", "003", "004"), name
        assert call.purpose, name
        assert call.wrong.endswith("."), name
    assert {call.where[:3] for call in OLD_CALLS.values()} == {"000", "001", "002", "003", "004"}


def test_the_mended_calls_work_on_the_real_server(assistant):
    client, model = assistant
    assert dialogue(client, model) == "The capital of France is Paris."
    assert title(client, model, STORY) == "Mia and the red kite"
    assert "Mia" in summary(client, model, STORY)
    with pytest.raises(ValueError, match="cut off"):
        title(client, model, STORY, max_tokens=1)
