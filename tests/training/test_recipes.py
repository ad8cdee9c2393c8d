"""The named recipes: what they are, and how they are changed."""

from __future__ import annotations

import pytest

from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.training.activations import count_parameters
from aigc_lab.training.recipes import RECIPES, changed, find_recipe, listing, resized
from aigc_lab.training.texts import is_name, load_text
from tests.training.tiny_recipe import tiny_recipe


def test_the_five_that_there_must_be():
    names = [
        "shakespeare-char",
        "shakespeare-char-long",
        "town",
        "python-docs",
        "tinystories",
        "gpt2-124m",
    ]
    assert set(names) <= set(RECIPES)
    assert all(recipe.name == name for name, recipe in RECIPES.items())
    assert all(recipe.text is None or is_name(recipe.text) for recipe in RECIPES.values())
    assert all(f"  {name} " in listing() for name in names)


def test_the_listing_tells_which_texts_are_downloaded(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path))
    monkeypatch.delenv("AIGC_LAB_DATA", raising=False)
    needy = []
    for name, recipe in RECIPES.items():
        try:
            load_text(recipe.text or "python_docs")
        except ConnectionError:
            needy.append(name)
    told = f"  Downloaded once, then kept: the text of {', '.join(needy)}.\n"
    assert listing().endswith(told)


def test_gpt2_124m_is_gpt2_in_half_a_million_tokens_a_step():
    recipe = RECIPES["gpt2-124m"]
    assert recipe.model == GPTConfig.gpt2()
    assert count_parameters(recipe.model) == 124_439_808
    assert recipe.train.batch_size * recipe.model.block_size == 2**19
    assert (recipe.train.optimizer, recipe.train.lr) == ("adamw", 6e-4)
    assert recipe.text is None


def test_tinystories_has_a_few_million_parameters():
    recipe = RECIPES["tinystories"]
    assert 2e6 < count_parameters(recipe.model) < 9e6
    assert recipe.model.vocab_size == 4096
    assert recipe.model.dialect is not None  # so that it can be exported


def test_every_recipe_learns_something_in_one_small_step():
    for recipe in RECIPES.values():
        sizes = dict(n_layer=1, n_head=2, n_embd=8, block_size=5, vocab_size=11)
        small = changed(recipe, steps=1, batch_size=1, accumulate=1)
        assert small.train.warmup_steps <= 1
        GPT(GPTConfig(**{**vars(small.model), **sizes}))


def test_an_unknown_recipe_is_refused_with_the_names_there_are():
    with pytest.raises(ValueError, match=r"no recipe 'shakespear'; .* shakespeare-char, .* town"):
        find_recipe("shakespear")
    with pytest.raises(ValueError, match="tokenizer='words' is not known; choose one of char"):
        tiny_recipe(tokenizer="words")


def test_nothing_given_changes_nothing():
    recipe = RECIPES["town"]
    assert changed(recipe, steps=None, text=None, preset=None) == recipe


def test_dials_are_those_of_a_training_and_are_checked():
    recipe = changed(tiny_recipe(), lr=0.5, batch_size=6, accumulate=3, text="other.txt")
    assert (recipe.train.lr, recipe.train.accumulate, recipe.text) == (0.5, 3, "other.txt")
    with pytest.raises(ValueError, match=r"no \['speed'\]"):
        changed(tiny_recipe(), speed=2)
    with pytest.raises(ValueError, match="batch_size=4 does not split into accumulate=3"):
        changed(tiny_recipe(), accumulate=3)


def test_a_shorter_run_warms_up_shorter_and_is_examined_as_often():
    train = changed(RECIPES["town"], steps=100).train
    assert (train.warmup_steps, train.eval_every, train.checkpoint_every) == (10, 10, 10)
    longer = changed(RECIPES["town"], steps=8000).train
    assert longer == TrainConfig(**{**vars(RECIPES["town"].train), "steps": 8000})


def test_a_preset_changes_the_size_and_keeps_the_parts():
    model = RECIPES["shakespeare-char"].model
    small = resized(model, "nano")
    for name in ("block_size", "n_layer", "n_head", "n_embd"):
        assert getattr(small, name) == getattr(GPT_PRESETS["nano"], name)
    for name in ("vocab_size", "position", "norm", "mlp", "qk_norm", "zero_init", "tie_weights"):
        assert getattr(small, name) == getattr(model, name)
    with pytest.raises(ValueError, match="preset='huge' is not known; choose one of nano"):
        changed(tiny_recipe(), preset="huge")
