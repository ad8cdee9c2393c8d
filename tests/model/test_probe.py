import pytest
import torch
from torch import Tensor

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.probe import ablate_heads, record, recording

B, T, V, L, H, C = 2, 7, 31, 3, 5, 30
KINDS = {"gpt2": GPTConfig.gpt2, "llama": GPTConfig.llama}


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
