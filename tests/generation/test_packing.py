"""Packed products: the same tokens, hooks and gradients as ever, and nothing left behind."""

import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrize

from aigc_lab.generation import packing
from aigc_lab.generation.generate import generate
from aigc_lab.generation.loop import last_logits, next_tokens
from aigc_lab.generation.packing import PackedProducts, row_products
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.probe import ablate_heads
from tests.generation.test_cache import DIALECTS, build

ROOT = Path(__file__).parents[2]
GREEDY = dict(temperature=0, max_new_tokens=9)
FORMATS = [torch.float32, torch.bfloat16]
CLOSE = {torch.float32: dict(atol=1e-5, rtol=1e-5), torch.bfloat16: dict(atol=0.02, rtol=0.02)}


@pytest.fixture(autouse=True)
def small_models_are_packed(monkeypatch):
    monkeypatch.setattr(packing, "LARGE", 0)
    monkeypatch.setattr(packing, "PAYS_FROM", 1)
    works = packing._works
    works.cache_clear()
    yield
    works.cache_clear()


@pytest.fixture
def packed(monkeypatch) -> list[nn.Linear]:
    """The layers whose weights were packed, in order."""
    if not packing._works(torch.float32):
        pytest.skip("this PyTorch, or this processor, has no packed products")
    layers, real = [], packing._packed_product
    monkeypatch.setattr(
        packing, "_packed_product", lambda layer: layers.append(layer) or real(layer)
    )
    return layers


def lively(name: str) -> GPT:
    """Untrained, but decided enough that what it writes depends on what it read."""
    model = build(name)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 2:
                parameter.mul_(15)
    return model


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("bias", [True, False])
def test_a_packed_product_is_the_layers_own(packed, dtype, bias):
    if not packing._works(dtype):
        pytest.skip(f"no packed products of {dtype} here")
    torch.manual_seed(3)
    layer, x = nn.Linear(37, 53, bias=bias, dtype=dtype), torch.randn(1, 1, 37, dtype=dtype)
    with torch.inference_mode():
        expected = layer(x)
        with PackedProducts([layer]):
            product = layer(x)
    assert packed == [layer]
    torch.testing.assert_close(product, expected, **CLOSE[dtype])


@pytest.mark.parametrize("name", DIALECTS)
def test_generated_tokens_are_those_of_the_definition(packed, name):
    model, drawn = lively(name), dict(temperature=2.0, seed=4, max_new_tokens=9)
    for dials in (GREEDY, drawn):
        packed.clear()
        cached = generate(model, [3, 1, 4], **dials)
        assert len(packed) == 4 * model.config.n_layer + 1  # every matrix, and the output layer
        assert cached.equal(generate(model, [3, 1, 4], use_cache=False, **dials))
    assert len(set(cached[0, 3:].tolist())) > 2


def test_the_window_may_slide_after_packed_steps(packed):
    model = lively("llama")  # a block of 13
    long = dict(temperature=0, max_new_tokens=19)
    assert generate(model, [3], **long).equal(generate(model, [3], use_cache=False, **long))
    assert packed


def test_bfloat16_logits_are_near_those_of_the_layers_own_products(packed):
    model = lively("gpt2").to(torch.bfloat16)
    ids = torch.tensor([[5]])
    with torch.inference_mode():
        expected = last_logits(model, ids)
        with row_products(model, 1):
            logits = last_logits(model, ids)
    assert logits.dtype == torch.bfloat16
    torch.testing.assert_close(logits, expected, **CLOSE[torch.bfloat16])


def test_changed_weights_are_seen_by_the_next_generation(packed):
    model = lively("gpt2")
    before = generate(model, [3, 1, 4], **GREEDY)
    model.lm_head.weight.data.neg_()  # in place, and behind autograd's back
    after = generate(model, [3, 1, 4], **GREEDY)
    assert after.equal(generate(model, [3, 1, 4], use_cache=False, **GREEDY))
    assert not after.equal(before)


def test_between_two_tokens_the_model_is_as_ever(packed):
    model = lively("llama")
    own = model(torch.tensor([[3, 1]]))
    for _ in next_tokens(model, torch.tensor([[3]]), SamplingConfig(max_new_tokens=3)):
        assert not any("forward" in vars(module) for module in model.modules())
        assert model(torch.tensor([[3, 1]])).equal(own)
        assert model(torch.tensor([[3]])).requires_grad
    assert packed


def test_an_error_inside_leaves_the_layer_as_it_was(packed):
    layer = nn.Linear(3, 2)
    with pytest.raises(KeyError), PackedProducts([layer]):
        raise KeyError
    assert "forward" not in vars(layer)


def test_two_generations_at_once_may_end_in_any_order(packed):
    layer, x = nn.Linear(3, 2), torch.ones(1, 3)
    first, second = PackedProducts([layer]), PackedProducts([layer])
    with torch.inference_mode():
        expected = layer(x)
        for step in (first.__enter__, second.__enter__, first.__exit__, second.__exit__):
            step()
            torch.testing.assert_close(layer(x), expected)
    assert "forward" not in vars(layer)


def test_what_is_put_in_a_layers_place_meanwhile_is_used_and_stays(packed):
    model, written = lively("gpt2"), []
    wanted = torch.eye(model.config.vocab_size)[5]

    def say_five(x):  # (B, C) -> (B, V)
        return wanted.expand(len(x), -1)

    dials = SamplingConfig(max_new_tokens=4, temperature=0)
    for token in next_tokens(model, torch.tensor([[3]]), dials):
        written.append(int(token))
        model.lm_head.forward = say_five
    assert written[1:] == [5, 5, 5]
    assert model.lm_head.forward is say_five


def test_what_is_put_there_within_a_step_stays_too(packed):
    layer = nn.Linear(3, 2)
    with PackedProducts([layer]):
        layer.forward = own = lambda x: x
    assert layer.forward is own


def test_several_rows_and_gradients_get_the_layers_own_product(packed, monkeypatch):
    layer, rows, own, real = nn.Linear(3, 2), torch.randn(4, 3), [], nn.Linear.forward
    monkeypatch.setattr(nn.Linear, "forward", lambda self, x: own.append(len(x)) or real(self, x))
    with PackedProducts([layer]):
        with torch.inference_mode():
            layer(rows[:1])
            layer(rows)
        layer(rows[:1]).sum().backward()
    assert own == [4, 1]
    assert layer.weight.grad.equal(rows[:1].expand(2, 3))


def test_hooks_fire_and_silenced_heads_stay_silent(packed):
    model, calls = lively("gpt2"), []
    with ablate_heads(model, {(0, 1), (2, 0)}):
        silenced = generate(model, [3, 1, 4], **GREEDY)
        expected = generate(model, [3, 1, 4], use_cache=False, **GREEDY)
    assert silenced.equal(expected)
    assert not silenced.equal(generate(model, [3, 1, 4], **GREEDY))
    hook = model.lm_head.register_forward_hook(lambda *_: calls.append(1))
    generate(model, [3, 1, 4], **GREEDY)
    hook.remove()
    assert len(calls) == GREEDY["max_new_tokens"]


@pytest.mark.parametrize("ids", [[[3, 1], [4, 1]], [[5], [6], [7]]])
def test_several_sequences_are_not_packed(packed, ids):
    generate(lively("gpt2"), ids, **GREEDY)
    assert packed == []


def test_without_a_cache_nothing_is_packed(packed):
    generate(lively("gpt2"), [3], use_cache=False, **GREEDY)  # its first step is one row too
    assert packed == []


def test_few_tokens_or_a_small_float32_model_are_not_packed(packed, monkeypatch):
    model = lively("gpt2")
    monkeypatch.setattr(packing, "PAYS_FROM", 7)
    assert isinstance(row_products(model, 6), nullcontext)
    assert isinstance(row_products(model, 7), PackedProducts)
    size = sum(each.weight.nbytes for each in model.modules() if isinstance(each, nn.Linear))
    monkeypatch.setattr(packing, "LARGE", size)
    assert isinstance(row_products(model, 7), PackedProducts)
    monkeypatch.setattr(packing, "LARGE", size + 1)
    assert isinstance(row_products(model, 7), nullcontext)
    assert isinstance(row_products(model.to(torch.bfloat16), 7), PackedProducts)


@pytest.mark.parametrize(
    ("free", "kind"), [(19, nullcontext), (20, PackedProducts), (None, PackedProducts)]
)
def test_a_copy_must_leave_as_much_memory_free_as_it_takes(packed, monkeypatch, free, kind):
    layer = nn.Linear(2, 2)
    sized = free and free * layer.weight.nbytes // 10
    monkeypatch.setattr(packing, "available_bytes", lambda device: sized)
    assert isinstance(row_products(layer, 1), kind)


PACKED_ALONE = """
import sys
import torch
from aigc_lab.core.config import GPTConfig
from aigc_lab.generation import packing
from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT

packing.LARGE, packing.PAYS_FROM = 0, 1
model = GPT(GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=1, n_head=1, n_embd=16))
generate(model, [3], max_new_tokens=3)
print([name for name in sys.modules if name.startswith("aigc_lab.training")])
"""


def test_generating_does_not_bring_the_trainer_along():
    command = [sys.executable, "-c", PACKED_ALONE]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"


class Own(nn.Linear):
    """A layer with an idea of its own."""


class Marked(torch.Tensor):
    """A weight that is no plain tensor, as quantised ones are."""


class Twice(nn.Module):
    """A parametrization: the weight that counts is twice the one that is stored."""

    def forward(self, weight):
        return 2 * weight


def odd_layers() -> dict[str, nn.Module]:
    wrapped, sliced, marked = (nn.Linear(4, 4) for _ in range(3))
    marked.weight = nn.Parameter(torch.randn(4, 4).as_subclass(Marked))
    wrapped.forward = lambda x: x
    sliced.weight = nn.Parameter(torch.randn(4, 8)[:, ::2])
    doubled = parametrize.register_parametrization(nn.Linear(4, 4), "weight", Twice())
    return {
        "subclass": Own(4, 4),
        "wrapped": wrapped,
        "every other column": sliced,
        "no plain tensor": marked,
        "parametrized": doubled,
        "float64": nn.Linear(4, 4, dtype=torch.float64),
        "no memory": nn.Linear(4, 4, device="meta"),
    }


@pytest.mark.parametrize("what", odd_layers())
def test_odd_layers_keep_their_own_product(what, monkeypatch):
    monkeypatch.setattr(packing, "_works", lambda dtype: True)
    plain = nn.Linear(4, 4)
    assert packing._packable(nn.Sequential(plain, odd_layers()[what])) == [plain]


def test_with_autocast_or_without_onednn_nothing_is_packed(packed, monkeypatch):
    model = lively("gpt2")
    with torch.autocast("cpu", torch.bfloat16):
        assert isinstance(row_products(model, 9), nullcontext)
    assert isinstance(row_products(model, 9), PackedProducts)
    monkeypatch.setattr(torch.backends.mkldnn, "enabled", False)
    assert isinstance(row_products(model, 9), nullcontext)


def refuse(weight):
    raise RuntimeError("not on this processor")


@pytest.mark.parametrize("pack", [refuse, lambda weight: weight + 1.0])
def test_products_that_fail_or_are_wrong_are_not_used(monkeypatch, pack):
    monkeypatch.setattr(packing, "_pack", pack)
    model = lively("gpt2")
    assert isinstance(row_products(model, 9), nullcontext)
    assert generate(model, [3], **GREEDY).equal(generate(model, [3], use_cache=False, **GREEDY))


def test_the_trial_leaves_the_random_state_alone():
    before = torch.get_rng_state()
    packing._works(torch.float32)
    assert torch.get_rng_state().equal(before)
