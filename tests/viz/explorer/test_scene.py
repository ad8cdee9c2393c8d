"""A scene holds what the model did with a text, and refuses what does not fit together."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from aigc_lab.model.probe import record
from aigc_lab.model.trust import head_effects
from aigc_lab.viz.explorer import Scene, scene_of


def test_the_weights_and_predictions_are_the_models(model, tokenizer):
    scene = scene_of(model, tokenizer, "ab 球\n", name="tiny", top=3)
    ids = torch.tensor([tokenizer.encode("ab 球\n")])
    trace = record(model, ids)
    np.testing.assert_array_equal(scene.weights, trace.maps())
    assert scene.weights.dtype == np.float32
    assert scene.tokens == (b"a", b"b", b" ", "球".encode(), b"\n")
    chances, likeliest = trace.logits[0, 3].softmax(-1).topk(3)
    told = scene.predictions[3]
    assert [token for token, _ in told] == [tokenizer.token_bytes(int(i)) for i in likeliest]
    np.testing.assert_allclose([chance for _, chance in told], chances, atol=1e-6)
    assert len(scene.predictions) == 5
    assert scene.effects is None


def test_ids_are_as_good_as_a_text(model, tokenizer):
    from_text = scene_of(model, tokenizer, "abc")
    from_ids = scene_of(model, tokenizer, tokenizer.encode("abc"))
    assert from_ids.tokens == from_text.tokens
    np.testing.assert_array_equal(from_ids.weights, from_text.weights)


def test_the_effects_are_what_silencing_each_head_costs(model, tokenizer):
    scene = scene_of(model, tokenizer, "abc a", effects=True)
    assert scene.effects.shape == (2, 3, 4)
    np.testing.assert_allclose(scene.effects, head_effects(model, tokenizer.encode("abc a")))


def test_one_token_has_no_next_one_to_lose(model, tokenizer):
    assert scene_of(model, tokenizer, "a", effects=True).effects is None


def test_dropout_is_off_and_comes_back(tokenizer):
    from aigc_lab.core.config import GPTConfig
    from aigc_lab.model.gpt import GPT

    size = dict(vocab_size=tokenizer.vocab_size, block_size=7, n_layer=1, n_head=1, n_embd=8)
    model = GPT(GPTConfig.gpt2(**size, dropout=0.5)).train()
    scenes = [scene_of(model, tokenizer, "abcab", effects=True) for _ in range(2)]
    np.testing.assert_array_equal(scenes[0].effects, scenes[1].effects)
    assert scenes[0].predictions == scenes[1].predictions
    assert model.training


def test_tokens_beyond_the_tokenizers_are_never_predicted(tokenizer):
    from aigc_lab.core.config import GPTConfig
    from aigc_lab.model.gpt import GPT

    padded = tokenizer.vocab_size + 5
    model = GPT(GPTConfig.gpt2(vocab_size=padded, block_size=7, n_layer=1, n_head=1, n_embd=8))
    scene = scene_of(model, tokenizer, "ab", top=padded)
    assert [len(row) for row in scene.predictions] == [tokenizer.vocab_size] * 2
    assert sum(chance for _, chance in scene.predictions[0]) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "the text is empty; give a few words"),
        ([], "the text is empty; give a few words"),
        ("a" * 12, "the text has 12 tokens, and tiny reads 11 at most; give a shorter one"),
    ],
)
def test_a_text_that_cannot_be_read_is_refused(model, tokenizer, text, complaint):
    with pytest.raises(ValueError, match=complaint):
        scene_of(model, tokenizer, text, name="tiny")


def test_half_precision_may_round_a_little_above_one():
    weights = np.tril(np.full((1, 1, 2, 2), 1.0005))
    assert Scene("", ("a", "b"), weights).weights.max() == 1


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (dict(weights=np.ones((2, 2))), r"weights of shape \(2, 2\) arrived"),
        (dict(weights=np.full((1, 1, 2, 2), 0.5)), "weights look at keys after their query"),
        (dict(weights=2 * np.eye(2)[None, None]), "attention weights lie within 0 and 1"),
        (dict(tokens=("a",)), "1 tokens arrived for weights of 2 positions"),
        (dict(predictions=((),)), "1 predictions arrived for weights of 2 positions"),
        (dict(effects=np.zeros((1, 1, 2))), r"pass \(L, H, T-1\), here \(1, 1, 1\)"),
        (dict(numbers={"loss": float("nan")}), "the number 'loss' is nan; leave it out"),
    ],
)
def test_what_does_not_fit_together_is_refused(change, complaint):
    fits = dict(name="", tokens=("a", "b"), weights=np.eye(2)[None, None])
    Scene(**fits)
    with pytest.raises(ValueError, match=complaint):
        Scene(**{**fits, **change})
