"""What heads and edges are worth, against models changed by hand."""

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.model.probe import block_edges, record
from aigc_lab.model.trust import edge_effects, head_effects, position_losses, rank_correlation

T, V, L, H, C = 7, 31, 3, 5, 30
IDS = [3, 14, 15, 9, 2, 6, 5]


@pytest.fixture
def model() -> GPT:
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=V, block_size=11, n_layer=L, n_head=H, n_embd=C)
    model = GPT(config).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    return model


@pytest.mark.parametrize("kind", [list, np.array, torch.tensor, tuple])
def test_losses_are_those_of_each_next_token(model, kind):
    losses = position_losses(model, kind(IDS))
    assert losses.shape == (T - 1,)
    for place in range(T - 1):
        with torch.no_grad():
            logits = model(torch.tensor([IDS[: place + 1]]))[0, -1:]  # sees nothing further on
        expected = cross_entropy(logits, torch.tensor([IDS[place + 1]]))
        assert losses[place] == pytest.approx(expected.item(), abs=1e-5)


@pytest.mark.filterwarnings("error")
def test_ids_may_come_from_a_file_opened_for_reading(model):
    ids = np.array(IDS, dtype=np.uint16)
    ids.flags.writeable = False
    expected = position_losses(model, torch.tensor(IDS))
    np.testing.assert_array_equal(position_losses(model, ids), expected)


def test_a_model_that_knows_nothing_loses_ln_v_everywhere(model):
    for parameter in model.parameters():
        torch.nn.init.zeros_(parameter)
    np.testing.assert_allclose(position_losses(model, IDS), np.log(V), rtol=0, atol=1e-6)
    assert not head_effects(model, IDS).any()


def test_head_effects_are_those_of_a_zeroed_projection(model):
    effects = head_effects(model, IDS)
    assert effects.shape == (L, H, T - 1)
    before, width = position_losses(model, IDS), C // H
    for layer, head in [(0, 0), (1, 3), (2, 4)]:
        weight = model.h[layer].attn.c_proj.weight
        columns = weight.data[:, head * width : (head + 1) * width]
        kept = columns.clone()
        columns.zero_()
        expected = position_losses(model, IDS) - before
        columns.copy_(kept)
        np.testing.assert_allclose(effects[layer, head], expected, rtol=0, atol=1e-4)
    np.testing.assert_array_equal(position_losses(model, IDS), before)


def test_edge_effects_are_the_change_at_the_query(model):
    query, layer, head = 4, 1, 3
    effects = edge_effects(model, IDS, layer, head, query)
    assert effects.shape == (query + 1,)
    before = position_losses(model, IDS)
    for key in range(query + 1):
        with block_edges(model, [(layer, head, query, key)]):
            after = position_losses(model, IDS)
        assert effects[key] == pytest.approx(after[query] - before[query], abs=1e-4)
        np.testing.assert_array_equal(after[:query], before[:query])
    np.testing.assert_array_equal(position_losses(model, IDS), before)


def test_an_edge_between_equal_values_is_worth_nothing_however_heavy(model):
    """Attention is not explanation: where keys carry one value, weights may be any."""
    attention = model.h[1].attn
    attention.c_attn.weight.data[2 * C :] = 0.0  # the values are their bias alone
    heavy = record(model, torch.tensor([IDS])).maps()[1, 2, 5].max()
    assert heavy > 0.2
    assert np.abs(edge_effects(model, IDS, 1, 2, 5)).max() < 1e-5
    assert np.abs(edge_effects(model, IDS, 2, 2, 5)).max() > 1e-3


def test_rank_correlation_by_hand():
    assert rank_correlation([1, 2, 3, 4], [10, 20, 30, 25]) == pytest.approx(0.8, abs=1e-15)
    # Ranks 1.5, 1.5, 3 and 1, 3, 2: covariance 0, so no order is shared.
    assert rank_correlation([5, 5, 9], [0.1, 0.3, 0.2]) == pytest.approx(0.0, abs=1e-15)
    assert rank_correlation([1, 2, 3], [3, 2, -8]) == -1.0


def test_rank_correlation_is_the_correlation_of_counted_ranks():
    def ranks(values):
        smaller = (values[:, None] > values).sum(1)
        return smaller + ((values[:, None] == values).sum(1) + 1) / 2

    rng = np.random.default_rng(0)
    for _ in range(20):
        x, y = rng.integers(0, 5, (2, 3, 7))
        expected = np.corrcoef(ranks(x.ravel()), ranks(y.ravel()))[0, 1]
        assert rank_correlation(x, y) == pytest.approx(expected, abs=1e-12)


def test_rank_correlation_sees_order_alone():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(2, 13))
    value = rank_correlation(x, y)
    assert rank_correlation(np.exp(x), 3 * y - 1) == value
    assert rank_correlation(-x, y) == pytest.approx(-value, abs=1e-15)
    assert rank_correlation(y, x) == pytest.approx(value, abs=1e-15)


def test_errors_say_what_would_do(model):
    with pytest.raises(ValueError, match=r"int64 of shape \(1,\) arrived; .* at least two"):
        position_losses(model, [3])
    with pytest.raises(ValueError, match=r"of shape \(1, 7\) arrived; pass the ids of one text"):
        head_effects(model, [IDS])
    with pytest.raises(ValueError, match=r"float64 of shape \(2,\) arrived; .* whole numbers"):
        edge_effects(model, [1.5, 2.0], 0, 0, 1)
    for query in (0, T - 1):
        with pytest.raises(ValueError, match=rf"query={query} cannot be judged .* choose 1 to 5"):
            edge_effects(model, IDS, 0, 0, query)
    with pytest.raises(ValueError, match=r"there is no head \(0, 5\)"):
        edge_effects(model, IDS, 0, 5, 2)
    with pytest.raises(ValueError, match=r"x of shape \(2,\) and y of shape \(3,\) arrived"):
        rank_correlation([1, 2], [1, 2, 3])
    with pytest.raises(ValueError, match=r"x of shape \(1,\) and y of shape \(1,\) arrived"):
        rank_correlation([1], [1])
    with pytest.raises(ValueError, match=r"values of y give no order: they run from 4.0 to 4.0"):
        rank_correlation([1, 2], [4, 4])
    with pytest.raises(ValueError, match=r"values of x give no order: they run from nan"):
        rank_correlation([1, float("nan")], [4, 5])


def test_dropout_is_refused():
    config = GPTConfig.gpt2(vocab_size=V, block_size=11, n_layer=1, n_head=1, n_embd=6, dropout=0.1)
    with pytest.raises(ValueError, match=r"dropout is switched on.*call model.eval\(\)"):
        position_losses(GPT(config), IDS)
    assert len(position_losses(GPT(config).eval(), IDS)) == T - 1


def test_a_head_that_says_the_same_everywhere_costs_nothing_by_its_mean(model):
    """What a head always adds is taken away by zero, and stays by its mean."""
    attention, width = model.h[1].attn, C // H
    attention.c_attn.weight.data[2 * C : 2 * C + width] = 0.0  # head 0's values: their bias alone
    assert np.abs(head_effects(model, IDS)[1, 0]).max() > 1e-3
    by_mean = head_effects(model, IDS, by="mean")
    assert np.abs(by_mean[1, 0]).max() < 1e-5
    assert np.abs(by_mean[1, 1]).max() > 1e-3
    with pytest.raises(ValueError, match="by='none' arrived"):
        head_effects(model, IDS, by="none")
