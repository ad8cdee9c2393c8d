"""Every race can be held, at toy size; unequal work and absent peers are noticed."""

from __future__ import annotations

import importlib
import os
import signal

import numpy as np
import pytest
import torch

from benchmarks import forward, generation, memory, peers, sizes, tokenizing, trainers, training
from benchmarks.lone import main as lone
from benchmarks.memory import WAYS
from benchmarks.race import UnfairRace
from benchmarks.records import TOPICS
from benchmarks.trainers import (
    NAMES,
    NANO,
    NANO_COMPILED,
    OURS,
    OURS_COMPILED,
    OURS_COMPILED_EXACT,
    OURS_EXACT,
    THEIRS,
    THEIRS_EAGER,
)
from benchmarks.turns import Worker

PEERS = {"training": "transformers", "forward": "transformers", "generation": "transformers"}


@pytest.mark.parametrize("topic", ["training", "forward", "generation", "bpe", "town"])
def test_a_race_is_held(topic, nano, compiler):
    tables = hold(importlib.import_module(TOPICS[topic]), rounds=2)
    held = [made for made in tables if not made.skipped]
    assert len(held) >= len(tables) - 2  # one needs minbpe, or two the bundled checkpoint
    for made in held:
        assert made.rows[0].name.startswith("ours")
        assert made.work > 0
        assert all(len(row.seconds) == 2 and row.speed > 0 for row in made.rows)
        if topic in PEERS and "nanoGPT" not in made.title:
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


def test_training_is_seen_against_each_peer(nano, compiler):
    like_theirs, best, like_nano, best_nano = training.PARTS["big"](1, True)
    goals = {row.name: row.goal for row in like_theirs.rows}
    assert goals == {OURS: None, THEIRS: 1.15, THEIRS_EAGER: 1.15}
    assert {row.name: row.goal for row in like_nano.rows} == {OURS_EXACT: None, NANO: None}
    assert {row.name for row in best.rows} == {*trainers.BEST_OURS, *trainers.BEST_THEIRS}
    goals = [row.goal for row in best.rows if row.name.startswith("transformers")]
    assert sorted(goals, key=str) == [2.0, None, None, None]
    assert {row.name for row in best_nano.rows} == {*trainers.BEST_OURS_EXACT, *trainers.BEST_NANO}
    assert {row.name: row.goal for row in best_nano.rows}[NANO] == 1.9
    for made, compiled in ((best, OURS_COMPILED), (best_nano, NANO_COMPILED)):
        assert made.rows[0].name.startswith("ours")
        first_turns = {fact for fact in made.facts if fact.startswith(training.FIRST_TURN)}
        assert training.FIRST_TURN + compiled in first_turns
        assert {fact.removeprefix(training.FIRST_TURN) for fact in first_turns} <= {
            row.name for row in made.rows
        }
        assert made.facts["nanoGPT"] == "commit unknown"
        assert made.facts["share of it that the first row uses"].endswith("%")


def test_against_nanogpt_ours_has_its_gelu():
    size = sizes.toy(sizes.SMALL)
    kinds = {
        name: trainers.make_trainer(name, size).model.config.mlp for name in trainers.BEST_OURS
    }
    assert set(kinds.values()) == {"gelu_tanh"}
    assert trainers.make_trainer(OURS_EXACT, size).model.config.mlp == "gelu"


def test_the_quickest_of_each_are_compared(monkeypatch):
    monkeypatch.setattr(training, "use_of_peak", lambda *told: {})
    seconds = {name: [3.0, 3.0] for name in NAMES}
    seconds[OURS_COMPILED], seconds[trainers.THEIRS_BF16_EAGER] = [1.0, 1.1], [2.0, 2.4]
    theirs = training._at_best(
        *(sizes.SMALL, "transformers", trainers.BEST_OURS, trainers.BEST_THEIRS, 2.0, seconds, {})
    )
    assert theirs.rows[0].name == OURS_COMPILED
    assert {row.name: row.goal for row in theirs.rows if row.goal} == {
        trainers.THEIRS_BF16_EAGER: 2.0
    }
    seconds[NANO_COMPILED] = [0.5, 0.5]  # the goal is against nanoGPT as it is on a CPU
    nano = training._at_best(
        *(sizes.SMALL, "nanoGPT", trainers.BEST_OURS_EXACT, trainers.BEST_NANO, 1.8, seconds, {})
    )
    assert {row.name: row.goal for row in nano.rows if row.goal} == {NANO: 1.8}


def test_training_without_nanogpt_and_without_a_compiler_says_so(monkeypatch):
    monkeypatch.delenv(peers.NANOGPT, raising=False)
    monkeypatch.setattr(training, "compiler", lambda device: ("there is no C++ compiler", 0.5))
    names, told = training.present()
    assert set(NAMES) - set(names) == {NANO, NANO_COMPILED, OURS_COMPILED, OURS_COMPILED_EXACT}
    assert told["nanoGPT"].startswith("skipped: nanoGPT is not at hand")
    assert told["compiled"] == "skipped: there is no C++ compiler"
    tables = training.PARTS["small"](1, True)
    assert all(row.name in names for made in tables for row in made.rows)
    assert all(made.facts["compiled"] == told["compiled"] for made in tables)


def test_what_the_compiler_could_not_do_does_not_pass_for_compiled(monkeypatch):
    def broken(model):
        def call(ids):
            raise RuntimeError("no such kernel")

        return call

    monkeypatch.setattr(torch, "compile", broken)
    monkeypatch.setattr("aigc_lab.training.compiling.compiler_fault", lambda device: None)
    racer = trainers.contender(OURS_COMPILED, sizes.toy(sizes.SMALL))
    with pytest.raises(UnfairRace, match="ours, bfloat16, compiled: not compiled: RuntimeError"):
        racer.run()


def test_nanogpt_learns_the_same_from_the_same_batches(real_nano):
    size = sizes.toy(sizes.SMALL)
    assert training.loss_difference(size, trainers.SAME_AS_NANO) < training.LOSS_TOLERANCE


def test_other_batches_are_noticed(monkeypatch, nano):
    def lost(model, draw, *more):
        x, _ = draw()
        return NanoLoop(model, lambda: (x, x), *more)

    from benchmarks.nanogpt import NanoLoop

    monkeypatch.setattr(trainers, "NanoLoop", lost)
    with pytest.raises(UnfairRace, match="the losses of small models differ by"):
        training.loss_difference(sizes.toy(sizes.SMALL), trainers.SAME_AS_NANO)


def hold(module, rounds=1):
    return [made for part in module.PARTS.values() for made in part(rounds, True)]


def test_ours_and_theirs_start_from_the_same_weights():
    theirs = sizes.their_model(sizes.toy(sizes.SMALL), lively=True)
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    torch.testing.assert_close(sizes.our_model(theirs)(ids), theirs(ids).logits, atol=1e-5, rtol=0)
    again = sizes.their_model(sizes.toy(sizes.SMALL), lively=True)
    assert all(map(torch.equal, theirs.state_dict().values(), again.state_dict().values()))


@pytest.mark.parametrize("size", [sizes.SMALL, sizes.NARROW, sizes.MIDDLE, sizes.BIG, sizes.TOWN])
def test_the_sizes_at_full_size_can_be_built(size):
    with torch.device("meta"):
        assert sizes.their_model(size).config.n_embd == size.width
    assert size.name in trainers.STEPS


@pytest.mark.parametrize(
    ("module", "message"),
    [
        (forward, "the logits of small models differ by"),
        (trainers, "the losses of small models differ by"),
        (generation, r"small: only \d+ of 12 greedy tokens agree in float32"),
    ],
)
def test_another_model_is_no_fair_peer(module, message, monkeypatch, compiler):
    def other_weights(theirs):
        ours = sizes.our_model(theirs)
        torch.nn.init.normal_(ours.wte.weight)
        return ours

    monkeypatch.setattr(module, "our_model", other_weights)
    topic = training if module is trainers else module
    with pytest.raises(UnfairRace, match=message):
        topic.PARTS["small"](1, True)


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
    assert [row.name for row in few.rows] == [*("ours", "minbpe", "tokenizers"), ONE_THREAD]
    (same,) = (value for name, value in few.facts.items() if "before a tie" in name)
    assert same > 3


ONE_THREAD = "tokenizers, one thread"


def test_tokenizers_with_one_thread_learns_the_same_in_another_process():
    many = next(made for made in hold(tokenizing) if made.title.startswith("learning a vocab"))
    assert [row.name for row in many.rows] == ["ours", "tokenizers", ONE_THREAD]
    assert many.rows[-1].goal == 0.5
    text = peers.town_text(40)
    with tokenizing._one_thread(text, 300) as racer:
        racer.run()
        (worker,) = racer.run.func.__self__.told.values()
    learned = tokenizing.merges_of(tokenizing.learn_with_tokenizers(text, 300))
    assert worker == [len(learned)]


def test_the_process_with_one_thread_insists_on_it(monkeypatch, tmp_path):
    monkeypatch.delenv("RAYON_NUM_THREADS", raising=False)
    with pytest.raises(ValueError, match="no process with one thread: set"):
        lone([str(tmp_path)])


def test_without_shakespeare_the_table_says_so(monkeypatch):
    def no_network(name):
        raise ConnectionError("no network")

    monkeypatch.setattr(peers, "load_corpus", no_network)
    for part in tokenizing.PARTS.values():
        (only,) = part(1, False)
        assert "set AIGC_LAB_DATA" in only.skipped


def test_a_worker_takes_turns_and_counts_its_own_memory_only():
    ours = np.ones(2**30, dtype=np.uint8)  # 1 GiB, which a child's ru_maxrss would include
    with memory.worker(sizes.BIG, "memory kept, by mallopt", small=True) as worker:
        worker.turn(trainers.OURS_BF16)
        worker.turn(trainers.OURS_BF16)
    told = worker.told[trainers.OURS_BF16]
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
        memory.worker(sizes.BIG, "as it comes", small=True)
    assert [process.returncode for process in began] == [-signal.SIGTERM]


def test_the_ways_to_keep_memory_differ_in_the_environment_or_the_words():
    assert len({str(way) for way in WAYS.values()}) == len(WAYS) == 3
    assert len(set(NAMES)) == len(NAMES)
