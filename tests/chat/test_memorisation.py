"""Memorised secrets: exposure by hand, an exact attack, and what removing repeats does."""

from __future__ import annotations

import itertools
import math
from collections import Counter

import pytest
import torch

from aigc_lab.chat import memorisation
from aigc_lab.chat.memorisation import (
    CANDIDATES,
    Exposure,
    Secret,
    attack,
    exposure,
    mean_exposure,
    memorisation_experiment,
    secrets,
    texts_with_secrets,
    without_repeats,
    words,
)
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.pretrained.load import load_pretrained


@pytest.fixture(scope="module")
def base():
    return load_pretrained("town-gpt2")


@pytest.fixture(scope="module")
def small(base):
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=2048, block_size=32, n_layer=1, n_head=1, n_embd=8)
    return GPT(config)


def test_exposure_by_hand():
    assert exposure(1) == math.log2(CANDIDATES) == 12
    assert exposure(2) == 11
    assert exposure(CANDIDATES) == 0


def test_luck_is_worth_one_bit_and_a_half():
    """The mean over all ranks: log2(e) bits, as Carlini et al. have it."""
    mean = sum(exposure(rank) for rank in range(1, CANDIDATES + 1)) / CANDIDATES
    assert mean == pytest.approx(1 / math.log(2), abs=0.01)


@pytest.mark.parametrize("rank", [0, CANDIDATES + 1])
def test_a_rank_that_there_is_not_is_refused(rank):
    with pytest.raises(ValueError, match="must lie between 1 and candidates=4096"):
        exposure(rank)


def test_secrets_are_different_and_each_is_somebodys():
    known = secrets(20)
    assert len({one.words for one in known}) == len({one.name for one in known}) == 20
    assert known[:3] == secrets(3) != secrets(3, seed=1)
    with pytest.raises(ValueError, match="21 secrets for 20 people"):
        secrets(21)


def test_each_word_of_a_password_is_one_token(base):
    assert len(set(words())) == 16
    assert all(len(base.tokenizer.encode(f" {word}")) == 1 for word in words())


def test_secrets_stand_in_the_texts_as_often_as_asked():
    planted = list(zip(secrets(3), (0, 1, 5), strict=True))
    texts = texts_with_secrets(planted, others=50)
    counts = Counter(texts)
    assert [counts[secret.text] for secret, _ in planted] == [0, 1, 5]
    assert len(texts) >= 56
    assert len(set(without_repeats(texts))) == len(without_repeats(texts)) == len(counts)


def test_the_attack_is_that_of_scoring_every_password(small, base):
    """The oracle: write every password out, and add up its words' costs."""
    secret = secrets(1)[0]
    rank, said = attack(small, base.tokenizer, secret)
    prompt = base.tokenizer.encode(secret.beginning)
    passwords = [" ".join(chosen) for chosen in itertools.product(words(), repeat=3)]
    ids = torch.tensor([prompt + base.tokenizer.encode(f" {one}") for one in passwords])
    with torch.inference_mode():
        logits = small(ids[:, :-1])[:, -3:]  # (N, 3, V)
        nats = cross_entropy(logits, ids[:, -3:], reduction="none").view(-1, 3).sum(1)
    mine = nats[passwords.index(" ".join(secret.words))]
    assert rank == pytest.approx(1 + int((nats < mine).sum()), abs=2)  # rounding may swap two
    assert nats[passwords.index(said)] == pytest.approx(float(nats.min()), abs=1e-4)


def test_a_model_that_says_it_is_found_out(base, monkeypatch):
    secret = Secret("Mia", ("cup", "key", "box"))
    learner = memorisation.having_read(base.model, base.tokenizer, [secret.text], 30, 4, 1e-3)
    assert attack(learner, base.tokenizer, secret) == (1, "cup key box")


def test_means_by_how_often():
    found = [Exposure("a", n, n, 1, bits, "", False) for n, bits in ((0, 1.0), (8, 12.0), (0, 2.0))]
    assert mean_exposure(found) == {0: 1.5, 8: 12.0}


def test_what_is_read_often_is_out_and_removing_repeats_takes_it_back(base):
    often, once = (
        memorisation_experiment(base.model, base.tokenizer, deduplicate, times=(0, 16))
        for deduplicate in (False, True)
    )
    assert [one.read for one in often] == [0, 0, 16, 16]
    assert [one.read for one in once] == [0, 0, 1, 1]
    assert all(one.extracted == (one.inserted == 16) for one in often)
    assert mean_exposure(often)[16] == 12
    assert mean_exposure(once)[16] < 9
    assert not any(one.extracted for one in once)
