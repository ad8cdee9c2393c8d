import copy
import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from aigc_lab.core.config import (
    GPT_PRESETS,
    MLPS,
    NORMS,
    POSITIONS,
    GPTConfig,
    RotaryScaling,
)
from aigc_lab.model import reference
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy

V, T = 31, 13
DIALECTS = {
    "gpt2": GPTConfig.gpt2(vocab_size=V, block_size=17, n_layer=2, n_head=3, n_embd=12),
    "llama": GPTConfig.llama(
        vocab_size=V, block_size=17, n_layer=2, n_head=6, n_embd=24, n_kv_head=2, n_inner=29
    ),
}
both_dialects = pytest.mark.parametrize("config", DIALECTS.values(), ids=DIALECTS.keys())


def loud(config: GPTConfig, seed: int = 0) -> GPT:
    """A model whose weights are large enough for every mistake to show."""
    torch.manual_seed(seed)
    model = GPT(config).eval()
    for name, parameter in model.named_parameters():
        is_gain = "ln_" in name and name.endswith("weight")
        torch.nn.init.normal_(parameter, mean=float(is_gain), std=0.3)
    return model


def some_ids(batch: int = 2, length: int = T, seed: int = 0) -> Tensor:
    return torch.randint(0, V, (batch, length), generator=torch.Generator().manual_seed(seed))


def arrays_of(model: GPT) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.state_dict().items()}


@pytest.mark.parametrize(
    ("position", "norm", "mlp"), list(itertools.product(POSITIONS, NORMS, MLPS))
)
def test_every_mixture_equals_the_numpy_reference(position: str, norm: str, mlp: str) -> None:
    parts = dict(position=position, norm=norm, mlp=mlp)
    stretched = RotaryScaling(7, 0.2, 0.9, original_block_size=11) if position == "rotary" else None
    for n_kv_head, bias, tied, scaling in ((None, True, True, None), (2, False, False, stretched)):
        config = GPTConfig(
            vocab_size=V, block_size=17, n_layer=2, n_head=4, n_embd=24, n_kv_head=n_kv_head,
            bias=bias, tie_weights=tied, qk_norm=not tied, norm_eps=0.1, rope_base=500.0,
            rope_scaling=scaling, **parts,
        )  # fmt: skip
        model, ids = loud(config).double(), some_ids(1, length=17)  # a full block
        expected = reference.gpt(ids[0].numpy(), arrays_of(model), config)
        with torch.no_grad():
            np.testing.assert_allclose(model(ids)[0].numpy(), expected, atol=5e-5)


@both_dialects
def test_batch_rows_do_not_meet(config: GPTConfig) -> None:
    model, ids = loud(config), some_ids(5)
    with torch.no_grad():
        together, alone = model(ids), torch.cat([model(row[None]) for row in ids])
    torch.testing.assert_close(together, alone, atol=1e-4, rtol=0)


@both_dialects
def test_jacobian_is_causal(config: GPTConfig) -> None:
    """Row i, column j: how far the logits at i move with the embedding at j. Only j <= i may."""
    model = loud(config)
    embedded = model.wte(some_ids(1)).detach()

    def from_embedding(x: Tensor) -> Tensor:
        hook = model.wte.register_forward_hook(lambda *_: x)
        logits = model(some_ids(1))
        hook.remove()
        return logits[0].sum(-1)  # (T,)

    jacobian = torch.autograd.functional.jacobian(from_embedding, embedded)  # (T, 1, T, C)
    reach = jacobian.abs().sum(dim=(1, 3))  # (T, T)
    assert torch.equal(reach != 0, torch.ones(T, T, dtype=torch.bool).tril())


@both_dialects
def test_changing_a_later_token_leaves_earlier_logits_alone(config: GPTConfig) -> None:
    model, ids = loud(config), some_ids()
    changed = ids.clone()
    changed[:, 7] = (changed[:, 7] + 1) % V
    with torch.no_grad():
        before, after = model(ids), model(changed)
    torch.testing.assert_close(after[:, :7], before[:, :7], atol=1e-6, rtol=0)
    assert (after[:, 7:] - before[:, 7:]).abs().amax(-1).min() > 1e-3


class ListCache:
    """The smallest thing that keeps the cache's protocol."""

    def __init__(self, n_layer: int) -> None:
        self.length, self.held = 0, [None] * n_layer

    def update(self, layer: int, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        if self.held[layer] is not None:
            k, v = (torch.cat((a, b), dim=2) for a, b in zip(self.held[layer], (k, v), strict=True))
        self.held[layer] = (k, v)
        if layer == len(self.held) - 1:
            self.length = k.shape[2]
        return k, v


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("kernel", ["fused", "explicit"])
def test_cached_passes_equal_one_pass(position: str, kernel: str) -> None:
    config = GPTConfig(
        vocab_size=V, block_size=17, n_layer=2, n_head=4, n_embd=24, n_kv_head=2,
        position=position, attention=kernel,
    )  # fmt: skip
    model, ids, cache = loud(config), some_ids(), ListCache(2)
    with torch.no_grad():
        parts = [model(part, cache) for part in ids.split([5, 1, 1, 6], dim=1)]
        torch.testing.assert_close(torch.cat(parts, dim=1), model(ids), atol=1e-4, rtol=0)


@both_dialects
def test_kernels_agree(config: GPTConfig) -> None:
    ids, logits = some_ids(), {}
    for kernel in ("auto", "fused", "explicit"):
        changed = GPTConfig(**{**vars(config), "attention": kernel})
        with torch.no_grad():
            logits[kernel] = loud(changed)(ids)
    torch.testing.assert_close(logits["explicit"], logits["fused"], atol=1e-4, rtol=0)
    assert torch.equal(logits["auto"], logits["fused"])  # float32: auto is the fused kernel


PUBLISHED_SIZES = {
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
}


@pytest.mark.parametrize("name", PUBLISHED_SIZES)
def test_published_parameter_counts_to_the_unit(name: str) -> None:
    with torch.device("meta"):  # counts without allocating
        assert GPT(GPT_PRESETS[name]).num_parameters() == PUBLISHED_SIZES[name]


def test_counts_by_hand() -> None:
    model = GPT(DIALECTS["gpt2"])
    block = 2 * 24 + (12 * 36 + 36) + (12 * 12 + 12) + (12 * 48 + 48) + (48 * 12 + 12)
    assert model.num_parameters() == 31 * 12 + 17 * 12 + 2 * block + 24
    model.wpe.weight.requires_grad = False
    assert model.num_parameters() - model.num_parameters(trainable_only=True) == 17 * 12


@both_dialects
def test_flops_equal_pytorchs_counter(config: GPTConfig) -> None:
    model = GPT(GPTConfig(**{**vars(config), "attention": "explicit"}))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        model(some_ids(3))
    assert counter.get_total_flops() == 3 * T * model.flops_per_token(T, training=False)
    assert model.flops_per_token(T) == 3 * model.flops_per_token(T, training=False)
    assert model.flops_per_token() == model.flops_per_token(17)


def test_parameter_names_are_gpt2s() -> None:
    names = {
        "wte.weight", "wpe.weight", "ln_f.weight", "ln_f.bias", "lm_head.weight",
        *(f"h.{layer}.{part}.{kind}" for layer in (0, 1) for kind in ("weight", "bias") for part in
          ("ln_1", "attn.c_attn", "attn.c_proj", "ln_2", "mlp.c_fc", "mlp.c_proj")),
    }  # fmt: skip
    assert set(GPT(DIALECTS["gpt2"]).state_dict()) == names
    llama = GPT(DIALECTS["llama"]).state_dict()
    assert set(llama) == {name for name in names if "bias" not in name and "wpe" not in name}
    without_bias = GPTConfig(**{**vars(DIALECTS["gpt2"]), "bias": False})
    assert set(GPT(without_bias).state_dict()) == {name for name in names if "bias" not in name}
    assert llama["h.0.attn.c_attn.weight"].shape == ((6 + 2 * 2) * 4, 24)
    assert llama["h.0.mlp.c_fc.weight"].shape == (2 * 29, 24)


def test_tied_head_is_one_tensor_even_in_a_copy() -> None:
    for model in (GPT(DIALECTS["gpt2"]), copy.deepcopy(GPT(DIALECTS["gpt2"]))):
        assert model.lm_head.weight is model.wte.weight
    assert GPT(DIALECTS["llama"]).lm_head.weight is not GPT(DIALECTS["llama"]).wte.weight


@both_dialects
def test_a_new_model_guesses_nearly_uniformly_and_learns(config: GPTConfig) -> None:
    torch.manual_seed(0)
    model, ids = GPT(config), some_ids(4)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []
    for _ in range(40):
        loss = cross_entropy(model(ids[:, :-1]), ids[:, 1:])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(math.log(V), abs=0.05)
    assert losses[-1] < 1.0
    assert all(parameter.grad is not None for parameter in model.parameters())


@pytest.mark.parametrize("position", POSITIONS)
def test_bfloat16_stays_bfloat16_and_close(position: str) -> None:
    config = GPTConfig(
        vocab_size=V, block_size=17, n_layer=2, n_head=2, n_embd=24, position=position
    )
    torch.manual_seed(0)
    model, ids = GPT(config).eval(), some_ids()
    with torch.no_grad():
        exact, low = model(ids), copy.deepcopy(model).bfloat16()(ids)
    assert low.dtype == torch.bfloat16
    torch.testing.assert_close(low.float(), exact, atol=0.03, rtol=0)


@both_dialects
def test_autocast_trains(config: GPTConfig) -> None:
    model = GPT(config)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        loss = cross_entropy(model(some_ids()), some_ids(seed=1))
    loss.backward()
    assert loss.item() == pytest.approx(math.log(V), abs=0.1)
    assert all(parameter.grad.dtype == torch.float32 for parameter in model.parameters())


@both_dialects
def test_compiles_as_one_graph(config: GPTConfig) -> None:
    model, ids = loud(config), some_ids()
    compiled = torch.compile(model, backend="eager", fullgraph=True)
    with torch.no_grad():
        torch.testing.assert_close(compiled(ids), model(ids), atol=1e-5, rtol=0)


def test_dropout_acts_only_while_training() -> None:
    model, ids = GPT(GPTConfig(**{**vars(DIALECTS["gpt2"]), "dropout": 0.3})), some_ids()
    assert not torch.equal(model.train()(ids), model(ids))
    assert torch.equal(model.eval()(ids), model(ids))


def test_without_positions_order_before_a_token_is_lost() -> None:
    config = GPTConfig(vocab_size=V, block_size=17, n_layer=1, n_head=2, n_embd=12, position="none")
    ids = some_ids(1)
    swapped = ids.clone()
    swapped[0, [2, 5]] = ids[0, [5, 2]]
    with torch.no_grad():
        model = loud(config)
        torch.testing.assert_close(model(swapped)[:, -1], model(ids)[:, -1], atol=1e-4, rtol=0)
        ordered = loud(DIALECTS["gpt2"])
        assert (ordered(swapped)[:, -1] - ordered(ids)[:, -1]).abs().max() > 1e-2


@pytest.mark.parametrize(
    ("ids", "message"),
    [
        (torch.zeros(5, dtype=torch.int64), r"torch.int64 of shape \(5,\); pass int64 of shape"),
        (torch.zeros(1, 5), r"ids arrived as torch.float32 of shape \(1, 5\)"),
        (torch.zeros(1, 0, dtype=torch.int64), "at least one token"),
        (torch.zeros(1, 18, dtype=torch.int64), "18 tokens do not fit into block_size=17"),
        (torch.tensor([[3, 31]]), "ids run from 3 to 31, but the model knows 0 to 30"),
        (torch.tensor([[-1, 2]]), "ids run from -1 to 2"),
    ],
)
def test_bad_ids_are_named(ids: Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        GPT(DIALECTS["gpt2"])(ids)


def test_a_full_cache_is_named() -> None:
    cache = ListCache(2)
    model = GPT(DIALECTS["gpt2"])
    model(some_ids(), cache)
    with pytest.raises(ValueError, match="5 tokens after 13 cached ones do not fit"):
        model(some_ids(length=5), cache)
