"""The KV cache by hand, against the model without it, and its refusals."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.cache import KVCache
from aigc_lab.model.gpt import GPT

DIALECTS = {
    "gpt2": GPTConfig.gpt2(vocab_size=31, block_size=13, n_layer=3, n_head=3, n_embd=21),
    "llama": GPTConfig.llama(vocab_size=31, block_size=13, n_layer=3, n_head=3, n_embd=18),
    "grouped": GPTConfig.llama(
        vocab_size=31, block_size=13, n_layer=2, n_head=6, n_kv_head=2, n_embd=24
    ),
    "sinusoidal": GPTConfig.gpt2(
        vocab_size=31, block_size=13, n_layer=2, n_head=1, n_embd=14, position="sinusoidal"
    ),
}


def build(name: str) -> GPT:
    torch.manual_seed(7)
    return GPT(DIALECTS[name]).eval()


def test_update_returns_old_and_new_and_length_moves_with_the_last_layer():
    config = GPTConfig.gpt2(vocab_size=5, block_size=7, n_layer=2, n_head=1, n_embd=1)
    cache = KVCache(config, batch_size=1, capacity=5)
    first = torch.tensor([[[[1.0], [2.0]]]])  # (B, H, T, D) = (1, 1, 2, 1)
    for layer in range(2):
        assert cache.length == 0
        cache.update(layer, first + 10 * layer, -first)
    assert cache.length == 2
    keys, values = cache.update(0, torch.full((1, 1, 1, 1), 3.0), torch.zeros(1, 1, 1, 1))
    assert keys.flatten().tolist() == [1, 2, 3]
    assert values.flatten().tolist() == [-1, -2, 0]
    cache.clear()
    assert cache.length == 0


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("pieces", [(11,), (1,) * 11, (5, 1, 1, 4), (1, 7, 3)])
def test_logits_in_pieces_equal_logits_at_once(name, pieces):
    model = build(name)
    ids = torch.randint(31, (2, 11), generator=torch.Generator().manual_seed(1))
    cache = KVCache(model.config, batch_size=2)
    with torch.no_grad():
        parts = [model(part, cache) for part in ids.split(pieces, dim=1)]
        expected = model(ids)
    torch.testing.assert_close(torch.cat(parts, dim=1), expected, atol=2e-6, rtol=1e-5)


def test_on_a_cpu_a_cache_of_a_bfloat16_model_keeps_float32():
    model = build("gpt2").to(torch.bfloat16)
    cache = KVCache.of(model, batch_size=2, capacity=5)
    ids = torch.randint(31, (2, 5), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        parts = [model(part, cache) for part in ids.split((3, 1, 1), dim=1)]
        expected = model.float()(ids)
    assert cache.update(0, *torch.zeros(2, 2, 3, 0, 7))[0].dtype == torch.float32
    assert all(part.dtype == torch.bfloat16 for part in parts)
    torch.testing.assert_close(torch.cat(parts, dim=1).float(), expected, atol=5e-3, rtol=0.05)


def test_elsewhere_a_cache_has_the_models_format_and_device():
    model = build("gpt2").to("meta", torch.bfloat16)
    keys, _ = KVCache.of(model, 1, 5).update(0, *torch.zeros(2, 1, 3, 2, 7, device="meta"))
    assert (keys.dtype, keys.device.type, keys.shape) == (torch.bfloat16, "meta", (1, 3, 2, 7))


def test_a_cleared_cache_starts_again_at_position_zero():
    model, cache = build("gpt2"), KVCache(DIALECTS["gpt2"], batch_size=1)
    ids = torch.tensor([[3, 1, 4]])
    with torch.no_grad():
        model(torch.tensor([[9, 9]]), cache)
        cache.clear()
        again = model(ids, cache)
    torch.testing.assert_close(again, model(ids), atol=2e-6, rtol=1e-5)


def test_after_reorder_each_row_goes_on_with_the_past_of_another():
    model = build("llama")
    ids = torch.randint(31, (3, 7), generator=torch.Generator().manual_seed(2))
    new, rows = torch.tensor([[5], [6], [7]]), torch.tensor([2, 0, 2])
    cache = KVCache(model.config, batch_size=3)
    with torch.no_grad():
        model(ids, cache)
        cache.reorder(rows)
        last = model(new, cache)[:, -1]
        expected = model(torch.cat([ids[rows], new], dim=1))[:, -1]
    torch.testing.assert_close(last, expected, atol=2e-6, rtol=1e-5)


def test_nothing_is_allocated_after_the_start():
    cache = KVCache(DIALECTS["gpt2"], batch_size=1)
    new = torch.zeros(1, 3, 1, 7)
    places = {cache.update(0, new, new)[0].data_ptr() for _ in range(5)}
    assert len(places) == 1


def test_a_full_cache_says_what_to_do():
    cache = KVCache(DIALECTS["gpt2"], batch_size=1, capacity=4)
    for layer in range(3):
        cache.update(layer, torch.zeros(1, 3, 3, 7), torch.zeros(1, 3, 3, 7))
    with pytest.raises(ValueError, match=r"room for 4 positions and holds 3; 2 more do not fit"):
        cache.update(0, torch.zeros(1, 3, 2, 7), torch.zeros(1, 3, 2, 7))


@pytest.mark.parametrize("capacity", [0, 14])
def test_a_capacity_beyond_the_block_is_refused(capacity):
    message = f"capacity={capacity} must lie between 1 and block_size=13"
    with pytest.raises(ValueError, match=message):
        KVCache(DIALECTS["gpt2"], batch_size=1, capacity=capacity)
