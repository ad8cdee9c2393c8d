"""Every race can be held, at toy size; unequal work and absent peers are noticed."""

from __future__ import annotations

import importlib
import os
import signal

import numpy as np
import pytest
import torch

from benchmarks import forward, generation, peers, sizes, tokenizing, training
from benchmarks.memory import WAYS, Worker
from benchmarks.race import UnfairRace
from benchmarks.records import TOPICS
from benchmarks.training import NAMES

PEERS = {"training": "transformers", "forward": "transformers", "generation": "transformers"}


@pytest.mark.parametrize("topic", ["training", "forward", "generation", "bpe", "town"])
def test_a_race_is_held(topic):
    tables = hold(importlib.import_module(TOPICS[topic]), rounds=2)
    held = [made for made in tables if not made.skipped]
    assert len(held) >= len(tables) - 2  # one needs minbpe, or two the bundled checkpoint
    for made in held:
        assert made.rows[0].name.startswith("ours")
        assert made.work > 0
        assert all(len(row.seconds) == 2 and row.speed > 0 for row in made.rows)
        if topic in PEERS:
            peers_rows = [row.name for row in made.rows if row.name.startswith(PEERS[topic])]
            assert any('"eager" attention' in name for name in peers_rows)
            assert any('"eager" attention' not in name for name in peers_rows)


def test_the_attention_of_transformers_is_the_one_that_is_named(monkeypatch):
    used = []
    real = generation._their_writer

    def telling(model, prompt, new):
        write = real(model, prompt, new)
        return lambda: used.append(model.config._attn_implementation) or write()

    monkeypatch.setattr(generation, "_their_writer", telling)
    generation.PARTS["small"](1, True)
    assert used[:2] == ["sdpa", "eager"]  # to compare the texts, and so on
    assert used.count("sdpa") == used.count("eager") == 6


def hold(module, rounds=1):
    return [made for part in module.PARTS.values() for made in part(rounds, True)]


def test_ours_and_theirs_start_from_the_same_weights():
    theirs = sizes.their_model(sizes.toy(sizes.SMALL), lively=True)
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    torch.testing.assert_close(sizes.our_model(theirs)(ids), theirs(ids).logits, atol=1e-5, rtol=0)
    again = sizes.their_model(sizes.toy(sizes.SMALL), lively=True)
    assert all(map(torch.equal, theirs.state_dict().values(), again.state_dict().values()))


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (forward, "the logits of small models differ by"),
        (training, "the losses of small models differ by"),
        (generation, r"small: only \d+ of 12 greedy tokens agree in float32"),
    ],
)
def test_another_model_is_no_fair_peer(module, message, monkeypatch):
    def other_weights(theirs):
        ours = sizes.our_model(theirs)
        torch.nn.init.normal_(ours.wte.weight)
        return ours

    monkeypatch.setattr(module, "our_model", other_weights)
    with pytest.raises(UnfairRace, match=message):
        module.PARTS["small"](1, True)


def test_other_ids_are_no_fair_race(monkeypatch):
    monkeypatch.delenv(peers.MINBPE, raising=False)
    monkeypatch.setattr(tokenizing.Tokenizer, "encode_batch_fast", lambda self, lines: [])
    with pytest.raises(UnfairRace, match="line by line on all cores gives other ids than ours"):
        tokenizing.PARTS["encoding"](1, True)


def test_without_minbpe_the_table_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv(peers.MINBPE, str(tmp_path))
    few, _, first, _ = hold(tokenizing)
    assert few.skipped.startswith("minbpe is not at hand: set AIGC_LAB_MINBPE")
    assert first.facts["minbpe"] == f"skipped: {few.skipped}"


def test_minbpe_learns_what_we_learn_up_to_a_tie():
    if not os.environ.get(peers.MINBPE):
        pytest.skip(f"minbpe is not here: set {peers.MINBPE} to a copy of it")
    few = tokenizing.PARTS["learning"](1, True)[0]
    assert [row.name for row in few.rows] == ["ours", "minbpe", "tokenizers"]
    (same,) = (value for name, value in few.facts.items() if "before a tie" in name)
    assert same > 3


def test_without_shakespeare_the_table_says_so(monkeypatch):
    def no_network(name):
        raise ConnectionError("no network")

    monkeypatch.setattr(peers, "load_corpus", no_network)
    for part in tokenizing.PARTS.values():
        (only,) = part(1, False)
        assert "set AIGC_LAB_DATA" in only.skipped


def test_a_worker_takes_turns_and_counts_its_own_memory_only():
    ours = np.ones(2**30, dtype=np.uint8)  # 1 GiB, which a child's ru_maxrss would include
    with Worker(sizes.BIG, "memory kept, by mallopt", small=True) as worker:
        worker.turn(training.OURS_BF16)
        worker.turn(training.OURS_BF16)
    told = worker.told[training.OURS_BF16]
    assert len(told) == 2
    assert all(turn["faults"] >= 0 for turn in told)
    assert 10 * 2**10 < told[-1]["peak_kib"] < ours.nbytes / 2**10


def test_a_worker_does_not_outlive_an_interruption(monkeypatch):
    began = []

    def interrupted(worker):
        began.append(worker.process)
        raise KeyboardInterrupt

    monkeypatch.setattr(Worker, "_answer", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Worker(sizes.BIG, "as it comes", small=True)
    assert [process.returncode for process in began] == [-signal.SIGTERM]


def test_the_ways_to_keep_memory_differ_in_the_environment_or_the_words():
    assert len({str(way) for way in WAYS.values()}) == len(WAYS) == 3
    assert len(set(NAMES)) == len(NAMES)
