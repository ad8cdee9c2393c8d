"""Generation's tables: who is compared, what is wished for, and the share of memory's limit."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from benchmarks import generation
from benchmarks.generation import read_speed, use_of_memory

CONFIG = GPTConfig.gpt2(vocab_size=10, block_size=8, n_layer=1, n_head=1, n_embd=5)
NUMBERS = 10 * 5 + 12 * 5 * 5  # of the output layer and of a block's matrices


def test_the_share_of_the_limit_by_hand(monkeypatch):
    monkeypatch.setattr(generation, "LARGE", 4 * NUMBERS)
    monkeypatch.setattr(generation, "read_speed", lambda: 100.0 * 4 * NUMBERS)  # 100 tokens/s
    seconds = {"ours, bfloat16": [0.5, 0.1, 0.2], "theirs, float32": [1.0, 1.0]}
    facts = use_of_memory(GPT(CONFIG), seconds, tokens=30)
    assert facts["its limit in float32"] == "100 tokens/s, 0.0014 MB of weights a token"
    assert facts["its limit in bfloat16"] == "200 tokens/s, 0.0007 MB of weights a token"
    shares = {name: told for name, told in facts.items() if name.startswith("share")}
    assert list(shares.values()) == ["30% by theirs, float32", "75% by ours, bfloat16"]
    assert all("prompt's time included" in name for name in shares)


def test_a_format_in_which_nobody_raced_is_not_told_of(monkeypatch):
    monkeypatch.setattr(generation, "LARGE", 0)
    monkeypatch.setattr(generation, "read_speed", lambda: 1e9)
    assert not any("bfloat16" in name for name in use_of_memory(GPT(CONFIG), {"float32": [1]}, 1))


def test_of_a_model_that_a_cache_holds_nothing_is_told(monkeypatch):
    monkeypatch.setattr(generation, "LARGE", 4 * NUMBERS + 1)
    monkeypatch.setattr(generation, "read_speed", pytest.fail)
    assert use_of_memory(GPT(CONFIG), {"ours, float32": [1.0]}, 1) == {}


def test_memory_is_read_no_slower_than_by_a_sum(monkeypatch):
    monkeypatch.setattr(generation, "memory_bandwidth", lambda device, size: 1e15 + size)
    assert read_speed(2**14) == 1e15 + 2**14
    monkeypatch.setattr(generation, "memory_bandwidth", lambda device, size: 0.0)
    assert read_speed(2**15) > 0


def test_the_peer_in_float32_is_in_both_tables_and_has_the_goal():
    in_float32, in_bfloat16 = generation.PARTS["GPT-2"](1, True)
    goals = [
        {row.name: row.goal for row in made.rows if row.goal} for made in (in_float32, in_bfloat16)
    ]
    wished = ("transformers, float32", 'transformers, float32, "eager" attention')
    assert goals == [dict.fromkeys(wished, 1.2), dict.fromkeys(wished, 2.0)]
    assert [made.rows[0].name for made in (in_float32, in_bfloat16)] == [
        "ours, float32",
        "ours, bfloat16",
    ]
    assert not any(row.goal for made in generation.PARTS["small"](1, True) for row in made.rows)


def test_every_contender_has_a_model_in_the_format_of_its_name(monkeypatch):
    built, real = [], generation._our_writer

    def telling(model, prompt, new):
        built.append(model.lm_head.weight.dtype)
        return real(model, prompt, new)

    monkeypatch.setattr(generation, "_our_writer", telling)
    generation.PARTS["small"](1, True)
    assert built == [torch.float32, torch.bfloat16]
