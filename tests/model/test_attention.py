import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from aigc_lab.core.config import GPTConfig
from aigc_lab.model import reference
from aigc_lab.model.attention import (
    CausalSelfAttention,
    causal_mask,
    pick_kernel,
    scaled_dot_product_attention,
)

KERNELS = ("fused", "explicit")
B, H, T_Q, T_K, D, D_V = 2, 3, 5, 7, 11, 13  # prime, so that a swapped axis cannot pass


def random_qkv(heads_kv: int = H, t_q: int = T_Q, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = (B, H, t_q, D), (B, heads_kv, T_K, D), (B, heads_kv, T_K, D_V)
    return tuple(torch.randn(shape, generator=generator) for shape in shapes)


def random_mask(*shape: int) -> Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(7)) < 0.5


@pytest.mark.parametrize("kernel", KERNELS)
def test_by_hand(kernel: str) -> None:
    q = torch.tensor([[2.0, 0.0, 0.0, 0.0]])  # √D = 2, so the scores are k's first feature
    k = torch.tensor([[0.0, 9, 9, 9], [math.log(3.0), 9, 9, 9], [5.0, 9, 9, 9]])
    v = torch.tensor([[4.0], [8.0], [100.0]])
    mask = torch.tensor([[True, True, False]])
    out = scaled_dot_product_attention(q, k, v, mask, kernel=kernel)
    torch.testing.assert_close(out, torch.tensor([[7.0]]), atol=1e-5, rtol=0)  # 4/4 + 8·3/4


MASKS = {
    "none": None,
    "every": random_mask(B, H, T_Q, T_K),
    "shared by heads": random_mask(B, 1, T_Q, T_K),
    "shared by all": random_mask(T_Q, T_K),
    "padding": random_mask(B, 1, 1, T_K),
    "one row": random_mask(T_K),
}


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS.keys())
@pytest.mark.parametrize("is_causal", [False, True])
def test_any_mask_equals_reference(kernel: str, mask: Tensor | None, is_causal: bool) -> None:
    q, k, v = random_qkv()
    allowed = np.ones((B, H, T_Q, T_K), bool) if mask is None else mask.numpy()
    if is_causal:
        allowed = allowed & reference.causal_mask(T_Q, T_K)
    expected, weights = reference.attention(q.numpy(), k.numpy(), v.numpy(), allowed)
    out = scaled_dot_product_attention(q, k, v, mask, is_causal, kernel)
    np.testing.assert_allclose(out.numpy(), expected, atol=1e-5)
    _, ours = scaled_dot_product_attention(q, k, v, mask, is_causal, return_weights=True)
    np.testing.assert_allclose(ours.numpy(), weights, atol=1e-6)


def test_equals_pytorch() -> None:
    q, k, v = random_qkv()
    mask = random_mask(B, H, T_Q, T_K)
    mask[..., 0] = True
    for kernel in KERNELS:
        out = scaled_dot_product_attention(q, k, v, mask, kernel=kernel)
        theirs = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        torch.testing.assert_close(out, theirs, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_a_row_with_no_allowed_key_gives_zeros_and_clean_gradients(kernel: str) -> None:
    q, k, v = (x.requires_grad_() for x in random_qkv())
    mask = torch.ones(T_Q, T_K, dtype=torch.bool)
    mask[2] = False
    out = scaled_dot_product_attention(q, k, v, mask, kernel=kernel)
    assert float(out[:, :, 2].detach().abs().max()) == 0.0
    out.sum().backward()
    assert all(bool(torch.isfinite(x.grad).all()) for x in (q, k, v))
    assert float(q.grad[:, :, 2].abs().max()) == 0.0
    assert float(q.grad[:, :, 1].abs().max()) > 0.0


@pytest.mark.parametrize("kernel", KERNELS)
def test_gradients_equal_finite_differences(kernel: str) -> None:
    inputs = [x[:1, :1].double().requires_grad_() for x in random_qkv()]
    mask = random_mask(T_Q, T_K)

    def attend(*qkv: Tensor) -> Tensor:
        return scaled_dot_product_attention(*qkv, mask, kernel=kernel)

    assert torch.autograd.gradcheck(attend, inputs, atol=1e-6)


@pytest.mark.parametrize("kernel", KERNELS)
def test_causal_is_aligned_bottom_right(kernel: str) -> None:
    q, k, v = random_qkv(t_q=T_K)
    whole = scaled_dot_product_attention(q, k, v, is_causal=True, kernel=kernel)
    for t_q in (1, 4, T_K):
        last = scaled_dot_product_attention(q[:, :, -t_q:], k, v, is_causal=True, kernel=kernel)
        torch.testing.assert_close(last, whole[:, :, -t_q:], atol=1e-6, rtol=0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_causal_with_more_queries_than_keys(kernel: str) -> None:
    q, k, v = random_qkv()
    out = scaled_dot_product_attention(q, k[:, :, :2], v[:, :, :2], is_causal=True, kernel=kernel)
    assert float(out[:, :, : T_Q - 2].abs().max()) == 0.0
    torch.testing.assert_close(out[:, :, T_Q - 2], v[:, :, 0], atol=1e-6, rtol=0)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("is_causal", [False, True])
def test_grouped_heads_equal_repeated_ones(kernel: str, is_causal: bool) -> None:
    q, k, v = random_qkv(heads_kv=2)
    q = torch.cat((q, q.flip(1)), dim=1)  # 6 query heads over 2 key/value heads: 000111
    groups = [0, 0, 0, 1, 1, 1]
    out = scaled_dot_product_attention(q, k, v, is_causal=is_causal, kernel=kernel)
    repeated = scaled_dot_product_attention(
        q, k[:, groups], v[:, groups], is_causal=is_causal, kernel=kernel
    )
    torch.testing.assert_close(out, repeated, atol=1e-6, rtol=0)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
@pytest.mark.parametrize("kernel", KERNELS)
def test_huge_scores_are_safe_in_low_precision(kernel: str, dtype: torch.dtype) -> None:
    q, k, v = (x.to(dtype) for x in random_qkv())
    q, k = q * 200, k * 500  # scores near ±1e5, beyond float16's 65,504
    mask = random_mask(T_Q, T_K)
    mask[3] = False
    out = scaled_dot_product_attention(q, k, v, mask, kernel=kernel)
    inputs = (x.double().numpy() for x in (q, k, v))
    expected, _ = reference.attention(*inputs, mask.numpy())
    assert out.dtype == dtype
    np.testing.assert_allclose(out.double().numpy(), expected, atol=2e-2)


def test_weights_sum_to_one_and_never_look_ahead() -> None:
    q, k, v = random_qkv(t_q=T_K)
    _, weights = scaled_dot_product_attention(q, k, v, is_causal=True, return_weights=True)
    assert weights.shape == (B, H, T_K, T_K)
    torch.testing.assert_close(weights.sum(-1), torch.ones(B, H, T_K), atol=1e-6, rtol=0)
    assert float(weights.triu(1).abs().max()) == 0.0


@pytest.mark.parametrize("kernel", KERNELS)
def test_inputs_stay_as_they_are(kernel: str) -> None:
    arrays = (*random_qkv(), random_mask(T_Q, T_K))
    before = [x.clone() for x in arrays]
    scaled_dot_product_attention(*arrays, is_causal=True, kernel=kernel)
    assert all(torch.equal(x, y) for x, y in zip(arrays, before, strict=True))


def test_dropout_keeps_the_mean_and_reports_undropped_weights() -> None:
    torch.manual_seed(0)
    q, k, v = torch.zeros(1, 1, 4000, 2), torch.zeros(1, 1, 5, 2), torch.ones(1, 1, 5, 1)
    for kernel in KERNELS:
        out = scaled_dot_product_attention(q, k, v, kernel=kernel, dropout_p=0.4)
        assert float(out.std()) > 0.1
        assert float(out.mean()) == pytest.approx(1.0, abs=0.05)
    _, weights = scaled_dot_product_attention(q, k, v, dropout_p=0.4, return_weights=True)
    torch.testing.assert_close(weights, torch.full((1, 1, 4000, 5), 0.2))


def test_auto_picks_by_device_dtype_and_length() -> None:
    assert pick_kernel("cpu", torch.float32, 64) == "fused"
    assert pick_kernel("cpu", torch.bfloat16, 512) == "explicit"
    assert pick_kernel("cpu", torch.bfloat16, 513) == "fused"
    assert pick_kernel("cuda", torch.bfloat16, 64) == "fused"


def test_causal_mask_equals_reference() -> None:
    for t_q, t_k in ((3, 3), (2, 5), (5, 2), (1, 4)):
        expected = reference.causal_mask(t_q, t_k)
        np.testing.assert_array_equal(causal_mask(t_q, t_k).numpy(), expected)


def test_errors_name_the_shapes() -> None:
    q, k, v = random_qkv()
    shapes = r"q \(2, 3, 5, 11\), k \(2, 3, 7, 13\) and v \(2, 3, 7, 13\) do not fit together"
    with pytest.raises(ValueError, match=shapes):
        scaled_dot_product_attention(q, v, v)
    with pytest.raises(ValueError, match="with H a multiple of H_kv"):
        scaled_dot_product_attention(q, k[:, :2], v[:, :2])
    with pytest.raises(ValueError, match=r"dtype torch.float32; pass booleans with True = may"):
        scaled_dot_product_attention(q, k, v, torch.ones(T_Q, T_K))
    with pytest.raises(ValueError, match=r"mask of shape \(7, 5\) does not fit scores of shape"):
        scaled_dot_product_attention(q, k, v, random_mask(T_K, T_Q))
    with pytest.raises(ValueError, match="kernel='flash' is not known; choose one of auto"):
        scaled_dot_product_attention(q, k, v, kernel="flash")


def small_config(**changes: object) -> GPTConfig:
    values = dict(vocab_size=11, block_size=19, n_layer=1, n_head=6, n_embd=30)
    return GPTConfig.gpt2(**{**values, **changes})


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("n_kv_head", [6, 3, 1])
def test_module_equals_reference(kernel: str, n_kv_head: int) -> None:
    torch.manual_seed(0)
    config = small_config(n_kv_head=n_kv_head, attention=kernel)
    module = CausalSelfAttention(config)
    assert module.c_attn.weight.shape == ((6 + 2 * n_kv_head) * 5, 30)
    x = torch.randn(2, 7, 30)
    weights = {f"a.{name}": value.numpy() for name, value in module.state_dict().items()}
    ours = module(x).detach().numpy()
    for row in range(2):
        expected = reference.self_attention(x[row].numpy(), weights, config, "a")
        np.testing.assert_allclose(ours[row], expected, atol=1e-5)


def test_module_equals_pytorch_multi_head_attention() -> None:
    torch.manual_seed(0)
    module = CausalSelfAttention(small_config())
    theirs = torch.nn.MultiheadAttention(30, 6, batch_first=True)
    theirs.in_proj_weight.data, theirs.in_proj_bias.data = (
        module.c_attn.weight.data,
        module.c_attn.bias.data,
    )
    theirs.out_proj.load_state_dict(module.c_proj.state_dict())
    x = torch.randn(2, 7, 30)
    expected, _ = theirs(x, x, x, attn_mask=~causal_mask(7, 7), need_weights=False)
    torch.testing.assert_close(module(x), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kernel", KERNELS)
def test_module_drops_only_while_training(kernel: str) -> None:
    torch.manual_seed(0)
    module = CausalSelfAttention(small_config(dropout=0.5, attention=kernel))
    x = torch.randn(2, 7, 30)
    assert not torch.equal(module.train()(x), module(x))
    module.eval()
    torch.testing.assert_close(module(x), module(x), atol=0, rtol=0)
