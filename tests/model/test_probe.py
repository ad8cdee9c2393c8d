from functools import partial

import numpy as np
import pytest
import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.probe import Trace, ablate_heads, block_edges, record, recording

B, T, V, L, H, C = 2, 7, 31, 3, 5, 30
KINDS = {"gpt2": GPTConfig.gpt2, "llama": partial(GPTConfig.llama, n_kv_head=1)}


@pytest.fixture(params=["gpt2", "llama"])
def model(request: pytest.FixtureRequest) -> GPT:
    torch.manual_seed(0)
    config = KINDS[request.param](
        vocab_size=V, block_size=11, n_layer=L, n_head=H, n_embd=C, dropout=0.2
    )
    model = GPT(config).eval()
    for name, parameter in model.named_parameters():
        is_gain = "ln_" in name and name.endswith("weight")
        torch.nn.init.normal_(parameter, mean=float(is_gain), std=0.3)
    return model


@pytest.fixture
def ids() -> Tensor:
    return torch.randint(0, V, (B, T), generator=torch.Generator().manual_seed(0))


def test_shapes(model: GPT, ids: Tensor) -> None:
    trace = record(model, ids)
    assert [tuple(maps.shape) for maps in trace.attention] == [(B, H, T, T)] * L
    assert [tuple(state.shape) for state in trace.residual] == [(B, T, C)] * (L + 1)
    assert [tuple(logits.shape) for logits in trace.logits_per_layer] == [(B, T, V)] * (L + 1)
    assert record(model, ids, logit_lens=False).logits_per_layer == []


def test_probing_changes_nothing_by_one_bit(model: GPT, ids: Tensor) -> None:
    with torch.no_grad():
        before = model(ids)
        trace = record(model, ids)
        with ablate_heads(model, {(0, 1), (2, 4)}):
            ablated = model(ids)
        after = model(ids)
    assert torch.equal(before, trace.logits)
    assert torch.equal(before, trace.logits_per_layer[-1])
    assert torch.equal(before, after)
    assert not torch.equal(before, ablated)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_probing_does_not_disturb_training(model: GPT, ids: Tensor) -> None:
    model.train()
    torch.manual_seed(3)
    expected = model(ids)
    torch.manual_seed(3)
    with recording(model) as trace:
        observed = model(ids)
    assert torch.equal(expected, observed)
    assert model.training
    assert observed.requires_grad
    assert not any(x.requires_grad for x in (*trace.attention, *trace.residual, trace.logits))


def test_residual_is_the_stream_between_blocks(model: GPT, ids: Tensor) -> None:
    trace = record(model, ids)
    with torch.no_grad():
        torch.testing.assert_close(model.ln_f(trace.residual[-1]), model.hidden(ids))
        if model.config.position == "learned":
            embedded = model.wte(ids) + model.wpe.weight[:T]
            assert torch.equal(trace.residual[0], embedded)
            for layer, block in enumerate(model.h):
                torch.testing.assert_close(trace.residual[layer + 1], block(trace.residual[layer]))


def test_weights_are_those_that_mixed_the_values(model: GPT, ids: Tensor) -> None:
    trace = record(model, ids)
    mixed = []

    def keep(_: torch.nn.Module, inputs: tuple[Tensor]) -> None:
        mixed.append(inputs[0])

    hook = model.h[1].attn.c_proj.register_forward_pre_hook(keep)
    with torch.no_grad():
        model(ids)
        x = model.h[1].ln_1(trace.residual[1])
        _, _, v = model.h[1].attn.heads(x)  # values are never turned, so no rotary tables
    hook.remove()
    expected = (trace.attention[1] @ v).transpose(1, 2).flatten(2)  # (B, T, C)
    torch.testing.assert_close(mixed[0], expected, atol=1e-4, rtol=0)
    rows = trace.attention[1].sum(-1)
    torch.testing.assert_close(rows, torch.ones_like(rows), atol=1e-5, rtol=0)


def test_an_ablated_head_equals_a_zeroed_projection(model: GPT, ids: Tensor) -> None:
    silenced = {(0, 2), (0, 4), (2, 0)}
    width = C // H
    with torch.no_grad():
        with ablate_heads(model, silenced):
            ablated = model(ids)
        for layer, head in silenced:
            model.h[layer].attn.c_proj.weight[:, head * width : (head + 1) * width] = 0.0
        torch.testing.assert_close(ablated, model(ids), atol=1e-4, rtol=0)


def test_ablations_nest_and_are_recorded(model: GPT, ids: Tensor) -> None:
    with torch.no_grad():
        with ablate_heads(model, [(0, 0), (1, 3)]):
            together = model(ids)
            trace = record(model, ids)
        with ablate_heads(model, [(0, 0)]), ablate_heads(model, [(1, 3)]):
            nested = model(ids)
    assert torch.equal(together, nested)
    assert torch.equal(together, trace.logits)


def test_maps_are_one_array_of_one_row(model: GPT, ids: Tensor) -> None:
    trace = record(model, ids)
    maps = trace.maps(1)
    assert maps.shape == (L, H, T, T)
    assert maps.dtype == np.float32
    np.testing.assert_array_equal(maps[2, 3], trace.attention[2][1, 3].numpy())
    np.testing.assert_array_equal(trace.maps(), trace.maps(row=0))
    trace.attention = [layer.bfloat16() for layer in trace.attention]
    np.testing.assert_allclose(trace.maps(1), maps, rtol=0, atol=4e-3)
    with pytest.raises(ValueError, match="row=2 was not recorded; there are 2, numbered from 0"):
        trace.maps(2)
    with pytest.raises(ValueError, match="row=0 was not recorded; there are 0"):
        Trace().maps()


EDGES = [(1, 3, 5, 0), (1, 3, 5, 4), (1, 0, 2, 2), (2, 4, 6, 1)]


def test_a_cut_edge_has_no_weight_and_its_row_is_scaled_to_one(model: GPT, ids: Tensor) -> None:
    whole = record(model, ids).maps()
    with block_edges(model, EDGES):
        cut = record(model, ids).maps()
    np.testing.assert_array_equal(cut[0], whole[0])
    expected = whole[1].copy()
    for _, head, query, key in EDGES[:3]:
        expected[head, query, key] = 0.0
    expected /= expected.sum(-1, keepdims=True)
    np.testing.assert_allclose(cut[1], expected, rtol=0, atol=1e-6)
    assert cut[2, 4, 6, 1] == 0.0
    assert cut[2, 4, 6].sum() == pytest.approx(1.0, abs=1e-6)


def test_a_cut_edge_changes_what_is_mixed_in_its_row_alone(model: GPT, ids: Tensor) -> None:
    inputs = []
    hook = model.h[1].attn.c_proj.register_forward_pre_hook(lambda _, given: inputs.append(given))
    with torch.no_grad():
        model(ids)
    hook.remove()
    with torch.no_grad(), block_edges(model, EDGES[:3]):
        hook = model.h[1].attn.c_proj.register_forward_pre_hook(
            lambda _, given: inputs.append(given)
        )
        weights = record(model, ids).attention[1]
        x = model.h[1].ln_1(record(model, ids).residual[1])
        _, _, v = model.h[1].attn.heads(x)
    hook.remove()
    before, after = (given[0].unflatten(-1, (H, -1)) for given in inputs[:2])  # (B, T, H, D)
    changed = (before != after).any(-1).any(0)  # (T, H)
    assert changed.nonzero().tolist() == [[2, 0], [5, 3]]
    mixed = (weights @ v).transpose(1, 2)  # (B, T, H, D)
    torch.testing.assert_close(after, mixed, atol=1e-4, rtol=0)


def test_cutting_leaves_no_trace(model: GPT, ids: Tensor) -> None:
    with torch.no_grad():
        before = model(ids)
        with block_edges(model, EDGES):
            cut = model(ids)
        after = model(ids)
        with block_edges(model, []):
            uncut = model(ids)
    assert torch.equal(before, after)
    assert torch.equal(before, uncut)
    assert torch.equal(before[:, :2], cut[:, :2])  # nothing before the first query is touched
    assert not torch.equal(before[:, 2], cut[:, 2])
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_cuts_nest_with_cuts_and_with_silenced_heads(model: GPT, ids: Tensor) -> None:
    with torch.no_grad():
        with block_edges(model, EDGES):
            together = model(ids)
        with block_edges(model, EDGES[:1]):
            with block_edges(model, EDGES[1:]):
                nested = model(ids)
            outer = record(model, ids).maps()
        assert torch.equal(together, nested)
        assert outer[1, 3, 5, 0] == 0.0
        assert outer[1, 3, 5, 4] > 0.0
        with ablate_heads(model, [(1, 3), (1, 0)]):
            silent = model(ids)
            with block_edges(model, EDGES[:3]):
                assert torch.equal(silent, model(ids))
        with block_edges(model, EDGES[:3]), ablate_heads(model, [(1, 3), (1, 0)]):
            assert torch.equal(silent, model(ids))


def test_a_row_without_its_heaviest_edge_is_exact_even_where_nothing_else_counts() -> None:
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=V, block_size=11, n_layer=1, n_head=1, n_embd=6)
    model = GPT(config).eval()
    torch.nn.init.normal_(model.h[0].attn.c_attn.weight, std=30.0)  # weights of 1 and of 0
    ids = torch.tensor([[3, 1, 4]])
    query = record(model, ids).maps()[0, 0, 2]
    key = int(query.argmax())
    assert query[key] == 1.0
    with block_edges(model, [(0, 0, 2, key)]):
        assert record(model, ids).maps()[0, 0, 2].sum() == pytest.approx(1.0, abs=1e-6)


def test_gradients_flow_through_a_cut() -> None:
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=V, block_size=11, n_layer=1, n_head=1, n_embd=6)
    model, ids = GPT(config), torch.tensor([[3, 1, 4]])
    values = model.h[0].attn.c_attn.weight
    with block_edges(model, [(0, 0, 2, 0), (0, 0, 1, 0)]):
        (gradient,) = torch.autograd.grad(model(ids)[0, 1].square().sum(), values)
    assert gradient[12:].any()  # through the value of token 1 itself
    assert not gradient[:12].any()  # no choice is left to query 1, so its scores do not matter


def test_heads_that_share_keys_mix_their_own_values() -> None:
    torch.manual_seed(0)
    config = GPTConfig.llama(
        vocab_size=V, block_size=11, n_layer=1, n_head=6, n_kv_head=2, n_embd=24
    )
    model, ids = GPT(config).eval(), torch.tensor([[3, 1, 4, 1, 5]])
    c_proj, mixed = model.h[0].attn.c_proj, []
    for edges in ([], [(0, 4, 3, 0)]):
        with block_edges(model, edges):
            hook = c_proj.register_forward_pre_hook(lambda _, given: mixed.append(given[0]))
            weights = record(model, ids).attention[0]
            hook.remove()
    v = model.h[0].attn.heads(model.h[0].ln_1(model.wte(ids)))[2]  # (1, 2, T, D)
    expected = weights[0, 4, 3] @ v[0, 1]  # heads 3 to 5 share the second
    before, after = (each.detach()[0, 3].unflatten(-1, (6, -1)) for each in mixed)  # (H, D)
    torch.testing.assert_close(after[4], expected.detach(), atol=1e-6, rtol=0)
    assert not torch.equal(before[4], after[4])
    assert torch.equal(before[:4], after[:4])


def test_errors_of_cutting(model: GPT, ids: Tensor) -> None:
    for edges, message in (
        ([(0, 5, 1, 0)], r"there is no head \(0, 5\); choose layers 0 to 2 and heads 0 to 4"),
        ([(0, 1, 2, 3)], r"no edge from query 2 to key 3; choose 0 <= key <= query <= 10"),
        ([(0, 1, 11, 3)], r"no edge from query 11 to key 3"),
        ([(0, 1, 0, 0)], r"query 0 of head \(0, 1\) is left with nothing to look at"),
        ([(2, 1, 1, 0), (2, 1, 1, 1)], r"query 1 of head \(2, 1\) .* all of its 2 edges are cut"),
    ):
        with pytest.raises(ValueError, match=message), block_edges(model, edges):
            pass
    with (
        pytest.raises(ValueError, match="query 1 of head"),
        block_edges(model, [(2, 1, 1, 0)]),
        block_edges(model, [(2, 1, 1, 1)]),
    ):
        pass
    with (
        pytest.raises(ValueError, match=r"edge \(0, 1, 9, 3\) is cut, but only 7 tokens arrived"),
        block_edges(model, [(0, 1, 9, 3)]),
    ):
        model(ids)
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())
    assert len(record(model, ids).attention) == L


def test_hooks_are_removed_after_an_error(model: GPT, ids: Tensor) -> None:
    before = model(ids)
    with pytest.raises(RuntimeError, match="stop"), recording(model), ablate_heads(model, [(0, 0)]):
        raise RuntimeError("stop")
    assert torch.equal(before, model(ids))


def test_the_last_pass_is_kept(model: GPT, ids: Tensor) -> None:
    with torch.no_grad(), recording(model) as trace:
        model(ids)
        model(ids[:, :3])
    assert len(trace.attention) == L
    assert trace.logits.shape == (B, 3, V)


def test_errors(model: GPT, ids: Tensor) -> None:
    with (
        pytest.raises(ValueError, match=r"no head \(3, 0\); choose layers 0 to 2 and heads 0 to 4"),
        ablate_heads(model, [(3, 0)]),
    ):
        pass

    class Cache:
        length = 0

        def update(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
            return k, v

    with pytest.raises(ValueError, match="without a cache only"), recording(model):
        model(ids, Cache())


def test_a_head_may_keep_its_mean(model: GPT, ids: Tensor) -> None:
    seen: list[Tensor] = []
    c_proj = model.h[1].attn.c_proj
    with torch.no_grad():
        plain = c_proj.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0].clone()))
        model(ids)
        plain.remove()
        with ablate_heads(model, [(1, 2)], by="mean"):
            silent = c_proj.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
            model(ids)
            silent.remove()
    before, after = (merged.unflatten(-1, (model.config.n_head, -1)) for merged in seen)
    expected = before.clone()
    expected[:, :, 2] = before[:, :, 2].mean(1, keepdim=True)  # one for each row of the batch
    assert torch.equal(after, expected)
    with (
        pytest.raises(ValueError, match="by='median' arrived; choose 'zero' or 'mean'"),
        ablate_heads(model, [(0, 0)], by="median"),
    ):
        pass


def test_heads_and_edges_may_come_from_arrays_and_lists(model: GPT, ids: Tensor) -> None:
    with block_edges(model, [(1, 0, 3, 2), (1, 0, 4, 2)]), ablate_heads(model, [(0, 1)]):
        expected = model(ids)
    edges = np.array([[1, 0, 3, 2], [1, 0, 4, 2]])
    with block_edges(model, edges), ablate_heads(model, [[0, 1]]):
        assert torch.equal(model(ids), expected)
    for heads in ([(0, 0.5)], [(0, 1, 2)], [np.array([0.0, 1.0])]):
        with (
            pytest.raises(ValueError, match=r"arrived; give \(layer, head\) as whole numbers"),
            ablate_heads(model, heads),
        ):
            pass
    with (
        pytest.raises(ValueError, match=r"\(0, 0, 2\) arrived; give \(layer, head, query, key\)"),
        block_edges(model, [(0, 0, 2)]),
    ):
        pass


def test_cuts_that_end_in_the_order_they_began_leave_nothing(model: GPT, ids: Tensor) -> None:
    whole = record(model, ids).maps()
    first, second = (block_edges(model, [(0, 0, 3, key)]) for key in (1, 2))
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert record(model, ids).maps()[0, 0, 3, 1] > 0
    assert record(model, ids).maps()[0, 0, 3, 2] == 0
    second.__exit__(None, None, None)
    np.testing.assert_array_equal(record(model, ids).maps(), whole)
