"""Scores of attention maps: by hand, against plain loops, and their baselines."""

import math

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.heads import (
    attention_entropy,
    duplicate_token_score,
    edge_score,
    first_token_score,
    induction_score,
    previous_token_score,
    rollout,
    uniform_weights,
)
from aigc_lab.model.probe import record

L, H, T = 3, 5, 11
IDS = [7, 3, 7, 7, 0, 3, 9, 7, 0, 0, 5]
BY_HAND = np.array(  # binary fractions, so that sums are exact
    [
        [1.0, 0.0, 0.0, 0.0],
        [0.25, 0.75, 0.0, 0.0],
        [0.5, 0.125, 0.375, 0.0],
        [0.0625, 0.25, 0.5, 0.1875],
    ]
)


@pytest.fixture
def maps() -> np.ndarray:
    """Causal maps (L, H, T, T) whose rows sum to 1."""
    weights = np.tril(np.random.default_rng(0).random((L, H, T, T)))
    return weights / weights.sum(-1, keepdims=True)


def test_scores_by_hand():
    assert previous_token_score(BY_HAND) == (0.25 + 0.125 + 0.5) / 3
    assert first_token_score(BY_HAND) == (0.25 + 0.5 + 0.0625) / 3
    ids = [4, 6, 4, 4]  # query 2 has an earlier 4 at 0; query 3 at 0 and 2
    assert duplicate_token_score(BY_HAND, ids) == (0.5 + 0.0625 + 0.5) / 2
    # What follows: place 1 for query 2; places 1 and 3 for query 3, but 3 is the query itself.
    assert induction_score(BY_HAND, ids) == (0.125 + 0.25) / 2
    assert edge_score(BY_HAND, [(3, 2), (2, 0), (0, 0)]) == (0.5 + 0.5 + 1.0) / 3


def test_a_token_said_twice_in_a_row_has_nothing_to_find_but_is_counted():
    ids = [4, 4, 6, 6]
    assert induction_score(BY_HAND, ids) == 0.0
    assert duplicate_token_score(BY_HAND, ids) == (0.25 + 0.5) / 2


def test_scores_agree_with_plain_loops(maps):
    for layer, head in np.ndindex(L, H):
        one = maps[layer, head]
        repeated, same, after = 0, 0.0, 0.0
        for query in range(T):
            places = [key for key in range(query) if IDS[key] == IDS[query]]
            repeated += bool(places)
            same += sum(one[query, key] for key in places)
            after += sum(one[query, key + 1] for key in places if key + 1 != query)
        previous = sum(one[query, query - 1] for query in range(1, T)) / (T - 1)
        first = sum(one[query, 0] for query in range(1, T)) / (T - 1)
        spread = [
            -sum(one[query, key] * math.log(one[query, key]) for key in range(query + 1))
            for query in range(T)
        ]
        where = (layer, head)
        close = dict(rtol=0, atol=1e-12)
        np.testing.assert_allclose(
            duplicate_token_score(maps, IDS)[where], same / repeated, **close
        )
        np.testing.assert_allclose(induction_score(maps, IDS)[where], after / repeated, **close)
        np.testing.assert_allclose(previous_token_score(maps)[where], previous, **close)
        np.testing.assert_allclose(first_token_score(maps)[where], first, **close)
        np.testing.assert_allclose(attention_entropy(maps)[where], spread, **close)


@pytest.mark.parametrize("axes", [(), (H,), (L, H)])
def test_leading_axes_are_kept(maps, axes):
    some = maps[(0,) * (2 - len(axes))]
    for score in (previous_token_score, first_token_score):
        assert score(some).shape == axes
    for score in (duplicate_token_score, induction_score):
        assert score(some, IDS).shape == axes
    assert edge_score(some, [(4, 1)]).shape == axes
    assert attention_entropy(some).shape == (*axes, T)


def test_the_uniform_head_is_the_baseline():
    uniform = uniform_weights(T)
    assert uniform[4].tolist() == [0.2] * 5 + [0.0] * 6
    harmonic = sum(1 / n for n in range(2, T + 1)) / (T - 1)
    assert previous_token_score(uniform) == pytest.approx(harmonic, abs=1e-15)
    assert first_token_score(uniform) == pytest.approx(harmonic, abs=1e-15)
    np.testing.assert_allclose(attention_entropy(uniform), np.log(np.arange(1, T + 1)), atol=1e-14)
    ids = [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0]  # period 5: one earlier place for 5 to 9, two for 10
    expected = (sum(1 / (query + 1) for query in range(5, 10)) + 2 / 11) / 6
    assert duplicate_token_score(uniform, ids) == pytest.approx(expected, abs=1e-15)
    assert induction_score(uniform, ids) == pytest.approx(expected, abs=1e-15)


def test_a_perfect_head_scores_one_and_names_do_not_matter():
    ids = np.array([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0])
    looks = np.zeros((2, T, T))
    for query in range(T):
        looks[0, query, max(0, query - 1)] = 1.0
        looks[1, query, query - 4 if query >= 5 else 0] = 1.0
    assert previous_token_score(looks).tolist() == [1.0, 0.1]
    assert induction_score(looks, ids).tolist() == [0.0, 1.0]
    assert induction_score(looks, 900 - 7 * ids).tolist() == [0.0, 1.0]
    assert attention_entropy(looks).tolist() == [[0.0] * T] * 2
    assert not np.signbit(attention_entropy(looks)).any()


def test_maps_of_a_model_are_taken_as_they_are():
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(vocab_size=13, block_size=T, n_layer=L, n_head=H, n_embd=10))
    maps = record(model, torch.tensor([IDS])).maps()
    before = maps.copy()
    assert induction_score(maps, np.array(IDS)).shape == (L, H)
    assert rollout(maps.mean(axis=1)).dtype == np.float32
    np.testing.assert_array_equal(maps, before)


def test_rollout_by_hand_and_as_a_product(maps):
    two = np.array([[[1.0, 0.0], [0.5, 0.5]], [[1.0, 0.0], [0.25, 0.75]]])
    # (A + I)/2: row 1 is [.25, .75], then [.125, .875] of that.
    assert rollout(two)[:, 1].tolist() == [[0.25, 0.75], [0.125 + 0.875 * 0.25, 0.875 * 0.75]]
    layers = maps.mean(axis=1)
    rolled = rollout(layers)
    expected = np.eye(T)
    for layer in range(L):
        expected = (layers[layer] + np.eye(T)) / 2 @ expected
        np.testing.assert_allclose(rolled[layer], expected, rtol=0, atol=1e-14)
    np.testing.assert_allclose(rolled.sum(-1), 1.0, rtol=0, atol=1e-14)
    assert (np.triu(rolled, 1) == 0).all()


def test_errors_say_what_would_do(maps):
    with pytest.raises(ValueError, match=r"float64 of shape \(11,\) arrived; pass attention"):
        first_token_score(maps[0, 0, 0])
    with pytest.raises(ValueError, match=r"int64 of shape \(2, 2\) arrived"):
        attention_entropy(np.eye(2, dtype=np.int64))
    with pytest.raises(ValueError, match=r"shape \(1, 1\) arrived.* T at least 2"):
        previous_token_score(np.ones((1, 1)))
    with pytest.raises(ValueError, match=r"no token stands twice among these 11.*repeated_ids"):
        induction_score(maps, range(T))
    with pytest.raises(ValueError, match=r"no token stands twice"):
        duplicate_token_score(maps, range(T))
    with pytest.raises(ValueError, match=r"ids of shape \(7,\) do not fit maps of 11 tokens"):
        induction_score(maps, IDS[:7])
    with pytest.raises(ValueError, match=r"query=3, key=4\) is no edge of a map of 11 tokens"):
        edge_score(maps, [(2, 1), (3, 4)])
    with pytest.raises(ValueError, match="no pairs arrived"):
        edge_score(maps, [])
    with pytest.raises(ValueError, match=r"average the heads first with maps.mean\(axis=1\)"):
        rollout(maps)
    with pytest.raises(ValueError, match="length=0 must be 1 or more"):
        uniform_weights(0)


def test_what_is_no_map_is_refused(maps):
    scores = np.random.default_rng(0).normal(size=(T, T))
    scored = (previous_token_score, first_token_score, attention_entropy)
    for score in (*scored, lambda w: induction_score(w, IDS), lambda w: edge_score(w, [(1, 0)])):
        with pytest.raises(ValueError, match=r"their least is -.*scores before the softmax"):
            score(np.tril(scores))
        with pytest.raises(ValueError, match=r"right of the diagonal.*exchanged"):
            score(maps.swapaxes(-1, -2))
        with pytest.raises(ValueError, match=r"one of these is 0\.5 away; pass weights after"):
            score(maps / 2)
    with pytest.raises(ValueError, match="their least is nan"):
        first_token_score(np.where(np.eye(T), np.nan, maps))
    coarse = torch.from_numpy(maps).bfloat16().float().numpy()  # rounded weights are weights
    np.testing.assert_allclose(first_token_score(coarse), first_token_score(maps), rtol=0.01)


def test_pairs_of_floats_are_refused(maps):
    assert edge_score(maps, np.array([[2, 1], [3, 0]])).shape == (L, H)
    assert edge_score(maps, {(2, 1)}).shape == (L, H)
    with pytest.raises(ValueError, match=r"float64 pairs of shape \(1, 2\) arrived; give whole"):
        edge_score(maps, [(2.0, 1.0)])
    with pytest.raises(ValueError, match=r"int64 pairs of shape \(2,\) arrived"):
        edge_score(maps, (2, 1))
