import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from aigc_lab.core.config import GPTConfig
from aigc_lab.model import reference
from aigc_lab.model.gpt import GPT
from aigc_lab.model.layers import (
    MLP,
    Block,
    LayerNorm,
    RMSNorm,
    SwiGLU,
    gelu,
    gelu_tanh,
    relu_squared,
)


def small_config(**changes: object) -> GPTConfig:
    values = dict(vocab_size=11, block_size=19, n_layer=3, n_head=2, n_embd=14, n_inner=23)
    return GPTConfig(**{**values, **changes})


def weights_of(module: torch.nn.Module, name: str) -> dict[str, np.ndarray]:
    return {f"{name}.{key}": value.numpy() for key, value in module.state_dict().items()}


def noise(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(5))


def test_layer_norm_by_hand_and_against_pytorch() -> None:
    norm = LayerNorm(2, eps=1e-12)
    norm.weight.data, norm.bias.data = torch.tensor([10.0, 100.0]), torch.tensor([1.0, 2.0])
    torch.testing.assert_close(norm(torch.tensor([1.0, 3.0])), torch.tensor([-9.0, 102.0]))
    theirs = torch.nn.LayerNorm(7, eps=0.3)
    x = noise(2, 3, 7)
    torch.testing.assert_close(LayerNorm(7, eps=0.3)(x), theirs(x), atol=1e-6, rtol=0)


def test_layer_norm_without_bias() -> None:
    norm = LayerNorm(7, bias=False)
    assert [name for name, _ in norm.named_parameters()] == ["weight"]
    x = noise(2, 7)
    torch.testing.assert_close(norm(x), F.layer_norm(x, (7,)), atol=1e-6, rtol=0)


def test_rms_norm_by_hand_and_against_transformers() -> None:
    from transformers.models.llama.modeling_llama import LlamaRMSNorm

    norm = RMSNorm(2, eps=1e-12)
    norm.weight.data = torch.tensor([5.0, 10.0])
    torch.testing.assert_close(norm(torch.tensor([1.0, 7.0])), torch.tensor([1.0, 14.0]))
    x = noise(2, 3, 7) + 3.0  # a mean that RMSNorm must leave alone
    theirs = LlamaRMSNorm(7, eps=0.3)
    torch.testing.assert_close(RMSNorm(7, eps=0.3)(x), theirs(x), atol=1e-6, rtol=0)


@pytest.mark.parametrize("norm", [LayerNorm(64), RMSNorm(64)], ids=["layernorm", "rmsnorm"])
def test_norms_ignore_the_scale_of_a_position(norm: torch.nn.Module) -> None:
    x = noise(3, 64)
    scale = torch.tensor([[1.0], [10.0], [1000.0]])
    torch.testing.assert_close(norm(x * scale), norm(x), atol=1e-4, rtol=0)


def test_gelus_by_hand() -> None:
    x = torch.tensor([0.0, 1.0, -2.0])
    normal = [0.5 * (1 + math.erf(value / math.sqrt(2))) for value in x.tolist()]
    torch.testing.assert_close(gelu(x), x * torch.tensor(normal), atol=1e-6, rtol=0)
    inner = math.sqrt(2 / math.pi) * (1 + 0.044715)
    assert gelu_tanh(x)[1].item() == pytest.approx(0.5 * (1 + math.tanh(inner)), abs=1e-6)
    wide = torch.linspace(-8, 8, 999)
    assert 1e-5 < (gelu(wide) - gelu_tanh(wide)).abs().max().item() < 5e-4


@pytest.mark.parametrize("kind", ["gelu", "gelu_tanh", "swiglu"])
@pytest.mark.parametrize("bias", [True, False])
def test_mlps_equal_reference(kind: str, bias: bool) -> None:
    config = small_config(mlp=kind, bias=bias)
    mlp = SwiGLU(config) if kind == "swiglu" else MLP(config)
    x = noise(5, 14) * 3
    expected = reference.mlp(x.numpy(), weights_of(mlp, "m"), config, "m")
    np.testing.assert_allclose(mlp(x).detach().numpy(), expected, atol=1e-5)


def test_swiglu_stacks_the_gate_above_up() -> None:
    mlp = SwiGLU(small_config(mlp="swiglu", bias=False, n_inner=1))
    mlp.c_fc.weight.data = torch.zeros(2, 14)
    mlp.c_fc.weight.data[0, 0] = 1.0  # gate reads feature 0
    mlp.c_fc.weight.data[1, 1] = 1.0  # up reads feature 1
    mlp.c_proj.weight.data = torch.ones(14, 1)
    x = torch.zeros(1, 14)
    x[0, 0], x[0, 1] = 2.0, -3.0
    expected = 2.0 / (1 + math.exp(-2.0)) * -3.0
    torch.testing.assert_close(mlp(x), torch.full((1, 14), expected))


@pytest.mark.parametrize("norm", ["layernorm", "rmsnorm"])
def test_block_equals_reference(norm: str) -> None:
    config = small_config(norm=norm)
    block = Block(config)
    x = noise(5, 14)
    expected = reference.block(x.numpy(), weights_of(block, "b"), config, "b")
    np.testing.assert_allclose(block(x[None])[0].detach().numpy(), expected, atol=1e-5)


def test_a_silent_block_passes_the_residual_stream_through() -> None:
    block = Block(small_config(bias=False))
    for projection in (block.attn.c_proj, block.mlp.c_proj):
        torch.nn.init.zeros_(projection.weight)
    x = noise(2, 5, 14)
    assert torch.equal(block(x), x)


@pytest.mark.parametrize("kind", ["gelu", "gelu_tanh", "swiglu"])
def test_what_joins_the_residual_stream_is_dropped_while_training(kind: str) -> None:
    torch.manual_seed(0)
    block = Block(small_config(mlp=kind, dropout=0.25))
    x = noise(4, 19, 14)
    for part in (block.attn, block.mlp):
        zeros = (part.train()(x) == 0).float().mean().item()
        assert zeros == pytest.approx(0.25, abs=0.05)
        assert part.eval()(x).all()


def test_blocks_that_start_at_zero_change_nothing() -> None:
    torch.manual_seed(0)
    model = GPT(small_config(zero_init=True))
    x = noise(2, 5, 14)
    assert all(torch.equal(block(x), x) for block in model.h)
    assert all(float(block.mlp.c_fc.weight.detach().std()) > 0.01 for block in model.h)


def test_a_model_that_starts_at_zero_guesses_all_tokens_alike() -> None:
    ids = torch.tensor([[3, 1, 4]])
    assert torch.equal(
        GPT(small_config(zero_init=True, tie_weights=False))(ids), torch.zeros(1, 3, 11)
    )
    assert GPT(small_config(zero_init=True))(ids).std() > 0  # its table is the embeddings' too


def test_relu_squared_by_hand() -> None:
    assert relu_squared(torch.tensor([-3.0, 0.0, 0.5, 3.0])).tolist() == [0.0, 0.0, 0.25, 9.0]


def test_initial_weights_have_gpt2s_spread() -> None:
    torch.manual_seed(0)
    config = GPTConfig(vocab_size=499, block_size=97, n_layer=8, n_head=2, n_embd=64)
    parameters = dict(GPT(config).named_parameters())
    for name, value in parameters.items():
        if name.endswith("bias"):
            assert not value.any(), name
        elif value.dim() == 1:
            assert (value == 1).all(), name
        else:
            expected = 0.02 / 4 if "c_proj" in name else 0.02  # √(2·8) = 4
            assert value.std().item() == pytest.approx(expected, rel=0.05), name
            assert abs(value.mean().item()) < 1e-3, name
