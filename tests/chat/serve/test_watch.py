"""The watch: what it makes of logits, and when it says stop; no model is needed for that."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
import torch
from transformers import GenerationConfig, PreTrainedTokenizerFast

from aigc_lab.chat.serve.errors import ApiError
from aigc_lab.chat.serve.watch import Shaper, Stopper, Watch
from aigc_lab.chat.serve.wishes import TEXT, Wishes
from tests.chat.serve.small import small_tokenizer

OURS = small_tokenizer()
SPARE = 3  # rows of the model's table without a token
SIZE = OURS.vocab_size + SPARE


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    folder = OURS.save(tmp_path_factory.mktemp("tokenizer"))
    return PreTrainedTokenizerFast.from_pretrained(folder)


@pytest.fixture
def watch(tokenizer):
    """A watch on the answer to a prompt of 5 tokens, by a model that reads 31."""

    def watch(prompt=5, place=0, ends=(OURS.vocab_size - 1,), **wishes):
        watch = Watch(Wishes(TEXT, ({"prompt": "a"},), **wishes), place)
        own = GenerationConfig(eos_token_id=list(ends) or None, top_k=7, repetition_penalty=1.3)
        config = SimpleNamespace(max_position_embeddings=31)
        model = SimpleNamespace(config=config, generation_config=own)
        watch.told = watch.settings(model, tokenizer, prompt)
        return watch

    return watch


def note_all(watch, text):
    return [watch.note(token) for token in OURS.encode(text)]


class TestSettings:
    def test_the_requests_and_not_the_checkpoints_own(self, watch):
        told = watch(temperature=0.7, top_p=0.9, max_tokens=4).told
        assert (told.do_sample, told.temperature, told.top_p) == (True, 0.7, 0.9)
        assert (told.top_k, told.repetition_penalty, told.max_new_tokens) == (0, 1.0, 4)

    def test_cold_is_greedy(self, watch):
        assert watch(temperature=0.0).told.do_sample is False

    def test_all_the_room_if_nothing_is_said(self, watch):
        assert watch().told.max_new_tokens == 26
        assert watch(max_tokens=26).told.max_new_tokens == 26

    @pytest.mark.parametrize(
        ("prompt", "length", "told"),
        [
            (5, 27, "32 were asked for"),
            (31, None, "the prompt has 31; shorten the prompt"),
            (31, 1, "the prompt has 31"),
            (40, 1, "the prompt has 40"),
        ],
    )
    def test_what_does_not_fit(self, watch, prompt, length, told):
        with pytest.raises(ApiError, match=f"31 tokens.*{told}") as caught:
            watch(prompt, max_tokens=length)
        assert caught.value.body["error"]["code"] == "context_length_exceeded"

    def test_a_bias_for_no_token(self, watch):
        with pytest.raises(ApiError, match=f"names token {OURS.vocab_size}"):
            watch(logit_bias={OURS.vocab_size: 1.0})


class TestLogits:
    def test_rows_without_a_token_are_never_chosen(self, watch):
        scores = torch.zeros(1, SIZE)
        shaped = Shaper(watch())(None, scores)
        assert shaped[0, -SPARE:].tolist() == [-torch.inf] * SPARE
        assert torch.equal(shaped[0, :-SPARE], scores[0, :-SPARE])
        assert torch.equal(scores, torch.zeros(1, SIZE))  # what came is left as it was

    def test_penalties_and_biases_by_hand(self, watch):
        one = watch(frequency_penalty=0.5, presence_penalty=0.25, logit_bias={3: 2.0})
        one.shape(torch.zeros(1, SIZE))
        for token in (7, 7, 9):
            one.note(token)
        shaped = one.shape(torch.zeros(1, SIZE))[0]
        assert shaped[[3, 5, 7, 9]].tolist() == [2.0, 0.0, -1.25, -0.75]

    def test_a_seed_sets_the_state_when_the_turn_comes(self, watch):
        with torch.random.fork_rng(devices=[]):
            drawn = []
            for place, seed in [(0, 4), (1, 3), (0, 5), (0, -1)]:
                watch(place=place, seed=seed).shape(torch.zeros(1, SIZE))
                drawn.append(torch.rand(()).item())
            assert drawn[0] == drawn[1]
            assert len(set(drawn)) == 3

    def test_no_seed_is_a_fresh_one(self, watch):
        with torch.random.fork_rng(devices=[]):
            drawn = []
            for _ in range(2):
                torch.manual_seed(1)
                watch().shape(torch.zeros(1, SIZE))
                drawn.append(torch.rand(()).item())
            assert drawn[0] != drawn[1]


class TestEndings:
    def test_a_stop_string_whose_characters_are_split_between_tokens(self, watch):
        one = watch(stop=("娅在",))
        tokens = OURS.encode("米娅在花园")
        ends = note_all(one, "米娅在花园")
        assert len(tokens) > len("米娅在花园")
        assert one.ids == tokens[: len(OURS.encode("米娅在"))]
        assert one.finish_reason == "stop"
        assert ends[len(one.ids) - 1 :] == [True] * (len(tokens) - len(one.ids) + 1)

    def test_the_end_mark(self, watch):
        one = watch(max_tokens=1)
        assert one.note(OURS.vocab_size - 1)
        assert (one.finish_reason, one.text()) == ("stop", "")

    def test_the_length(self, watch):
        one = watch(max_tokens=2)
        assert [one.note(5), one.note(6), one.note(7)] == [False, True, True]
        assert (one.finish_reason, one.ids) == ("length", [5, 6])

    def test_a_stop_string_in_the_last_token_counts_as_one(self, watch):
        one = watch(max_tokens=1, stop=("a",))
        assert note_all(one, "a") == [True]
        assert one.finish_reason == "stop"

    def test_nobody_waits(self, watch):
        one = watch()
        stopper = Stopper(one)
        assert stopper(torch.tensor([[1, 5]]), None).tolist() == [False]
        one.cancel()
        assert stopper(torch.tensor([[1, 5, 6]]), None).tolist() == [True]
        assert (one.ids, one.finish_reason) == ([5], None)

    def test_a_model_without_an_end(self, watch):
        told = watch(ends=()).told
        assert told.pad_token_id is not None


class TestLogprobs:
    def test_by_hand(self, watch):
        one = watch(logprobs=2, temperature=0.5, logit_bias={7: 100.0})
        logits = torch.full((1, SIZE), -torch.inf)
        logits[0, [5, 6, 7]] = torch.tensor([0.5, 0.25, 0.25]).log()
        one.shape(logits)
        one.note(7)
        (chosen,) = one.chosen
        assert chosen.id == 7
        assert chosen.logprob == pytest.approx(-1.3863, abs=1e-4)
        assert chosen.others[0] == (5, pytest.approx(-0.6931, abs=1e-4))
        assert len(chosen.others) == 2

    def test_half_a_character_begins_where_the_whole_one_stands(self, watch):
        one = watch(logprobs=0)
        for token in (*OURS.encode("Mia"), *OURS.encode("花"), *OURS.encode("!")):
            one.shape(torch.zeros(1, SIZE))
            one.note(token)
        starts = [token.start for token in one.chosen]
        whole = len(OURS.encode("Mia"))
        assert starts[whole:-1] == [3] * len(OURS.encode("花"))
        assert starts[-1] == 4
        assert [token.start for token in one.since(1, 3)] == starts[1:whole]
