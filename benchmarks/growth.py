"""Cost as the work grows: one thing grows, everything else stays, and an exponent is fitted."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT
from aigc_lab.text.batches import Batches
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.training.loop import Trainer
from aigc_lab.training.memory import measure_memory, predict_memory
from benchmarks.checkout import ROOT
from benchmarks.curves import BYTES, SECONDS, Curve, expected_exponent, sheet
from benchmarks.peers import NotHere, shakespeare, town_text
from benchmarks.race import Contender, Part, race
from benchmarks.scaled import run_scaled
from benchmarks.sheet import Sheet
from benchmarks.sizes import SEED

VOCAB = 256
FLOPS = "the matrices' arithmetic grows with the positions, attention's with their square"
NOTEBOOK = ROOT / "notebooks" / "source" / "00_start_here.py"
TOY_NOTEBOOK = "# %%\nSCALE = 1\n# %%\ntotal = sum(range(1_000_000 * SCALE))\n"
Costs = dict[Any, Callable[[], object]]  # what to do at each x


def shape(**changes: Any) -> GPTConfig:
    """The model that grows: small, so that a machine without a GPU sees it grow."""
    sizes = dict(vocab_size=VOCAB, block_size=4096, n_layer=4, n_head=4, n_embd=128)
    return GPTConfig.gpt2(**{**sizes, **changes})


def make_trainer(config: GPTConfig, rows: int, length: int) -> Trainer:
    """A float32 trainer of fresh weights on random ids."""
    torch.manual_seed(SEED)
    train = TrainConfig(
        steps=1_000_000, batch_size=rows, warmup_steps=0, precision="float32", device="cpu"
    )
    ids = torch.randint(VOCAB, (4 * rows * length + 1,)).numpy()
    return Trainer(GPT(config), Batches(ids, rows, length), train)


def _parameters(rounds: int, small: bool) -> list[Sheet]:
    """A step's time against the model's width."""
    rows, length = (1, 8) if small else (4, 128)
    widths = (8, 16, 32) if small else (64, 96, 128, 192, 256, 384, 512)
    trainers = [
        make_trainer(shape(n_embd=width, block_size=length), rows, length) for width in widths
    ]
    sizes = {trainer.model.num_parameters(): trainer for trainer in trainers}
    times = _race({n: trainer.train_step for n, trainer in sizes.items()}, rounds, "parameters")
    expected = expected_exponent(list(sizes), lambda n: sizes[n].model.flops_per_token(length))
    why = (
        "6 operations for each parameter and token, attention besides growing with the width "
        "alone; less where what a step costs by itself weighs more"
    )
    curve = Curve("a training step", tuple(sizes), times, expected, why)
    facts = {"batch": f"{rows} sequences of {length} tokens", "model": "4 layers, 4 heads"}
    return [sheet("step time against parameters", "parameters", SECONDS, [curve], facts)]


def _context(rounds: int, small: bool) -> list[Sheet]:
    """A step's time against the positions of its one sequence, by either kernel."""
    lengths = (8, 16, 32) if small else (256, 512, 1024, 2048, 4096)
    model = dict(n_layer=2, n_head=2, n_embd=64, block_size=max(lengths))
    curves = []
    for kernel in ("fused", "explicit"):
        config = shape(**model, attention=kernel)
        trainers = {length: make_trainer(config, 1, length) for length in lengths}
        expected = expected_exponent(
            lengths, lambda length, t=trainers: length * t[length].model.flops_per_token(length)
        )
        steps = {length: trainer.train_step for length, trainer in trainers.items()}
        times = _race(steps, rounds, f"context, {kernel}")
        why = FLOPS + ("" if kernel == "fused" else "; its weights go through memory besides")
        curves.append(Curve(f"{kernel} attention", lengths, times, expected, why))
    facts = {"batch": "one sequence", "model": "2 layers, 2 heads, 64 wide"}
    return [sheet("step time against context", "positions", SECONDS, curves, facts)]


def _batch(rounds: int, small: bool) -> list[Sheet]:
    """A step's time against the sequences of its batch."""
    length, batches = (8, (1, 2, 4)) if small else (64, (1, 2, 4, 8, 16, 32))
    config = shape(block_size=length)
    steps = {rows: make_trainer(config, rows, length).train_step for rows in batches}
    times = _race(steps, rounds, "batch")
    why = "every sequence is the same work; less where what a step costs by itself weighs more"
    curve = Curve("a training step", batches, times, 1.0, why)
    facts = {"batch": f"sequences of {length} tokens", "model": "4 layers, 4 heads, 128 wide"}
    return [sheet("step time against batch", "sequences", SECONDS, [curve], facts)]


def _generation(rounds: int, small: bool) -> list[Sheet]:
    """The time of writing so many tokens, with and without the cache."""
    lengths = (2, 4, 8) if small else (32, 64, 128, 256)
    torch.manual_seed(SEED)
    model = GPT(shape(n_embd=32 if small else 256, block_size=2 * max(lengths))).eval()
    forward = partial(model.flops_per_token, training=False)
    costs = {  # of writing n tokens after a first one
        "with the cache": lambda n: sum(forward(t) for t in range(1, n + 1)),
        "without": lambda n: sum(t * forward(t) for t in range(1, n + 1)),
    }
    reasons = {
        "with the cache": "each token is one position's work, and its attention to the past little",
        "without": "each token encodes all before it anew; less while a pass costs more by itself",
    }
    curves = []
    for name, cost in costs.items():
        dials = dict(temperature=0, use_cache=name == "with the cache")
        writing = {n: partial(generate, model, [1], max_new_tokens=n, **dials) for n in lengths}
        times = _race(writing, rounds, f"generation, {name}")
        expected = expected_exponent(lengths, cost)
        curves.append(Curve(name, lengths, times, expected, reasons[name]))
    facts = {"model": f"{model.num_parameters():,} parameters", "prompt": "one token"}
    return [sheet("generation against length", "new tokens", SECONDS, curves, facts)]


def _memory(rounds: int, small: bool) -> list[Sheet]:
    """What autograd keeps against the positions; counted, so that one round tells all."""
    lengths = (8, 16, 32) if small else (128, 256, 512, 1024, 2048)
    ways = {
        "explicit attention": ("explicit", False, "the weights of each head are positions squared"),
        "fused attention": ("fused", False, "nothing of size positions squared is kept"),
        "fused, recomputed": ("fused", True, "of each block only its input is kept"),
    }
    curves = []
    for name, (kernel, recompute, why) in ways.items():
        config = shape(attention=kernel, block_size=max(lengths))
        train = TrainConfig(batch_size=2, recompute=recompute, precision="float32", device="cpu")
        model = GPT(config)
        kept = [
            measure_memory(model, torch.zeros(2, length, dtype=torch.int64), train).activations
            for length in lengths
        ]
        expected = expected_exponent(
            lengths, lambda n, c=config, t=train: predict_memory(c, t, n).activations
        )
        curves.append(Curve(name, lengths, tuple((size,) for size in kept), expected, why))
    facts = {"batch": "2 sequences", "model": "4 layers, 4 heads, 128 wide, float32"}
    title = "activations kept for the backward pass against context"
    return [sheet(title, "positions", BYTES, curves, facts)]


def _tokenizer(rounds: int, small: bool) -> list[Sheet]:
    """Learning a vocabulary from more and more of a text, and encoding it with an empty memory."""
    title = "tokenizer against file size"
    try:
        text = town_text(40) if small else shakespeare()
    except NotHere as missing:
        return [Sheet(title, skipped=str(missing))]
    vocab = 280 if small else 1024
    pieces = {
        len(text[: len(text) // part].encode()): len(text) // part for part in (16, 8, 4, 2, 1)
    }
    merges = BPETokenizer.train(text, vocab, special_tokens=()).merges

    def learn(count: int) -> None:
        BPETokenizer.train(text[:count], vocab, special_tokens=())

    def encode(count: int) -> None:
        BPETokenizer(merges, special_tokens=()).encode(text[:count])

    curves = []
    for name, work, why in (
        (
            "learning",
            learn,
            "every letter is read once; less where merging, among distinct words only, weighs more",
        ),
        (
            "encoding",
            encode,
            "every word is looked up once; less since later words were seen before",
        ),
    ):
        jobs = {size: partial(work, count) for size, count in pieces.items()}
        times = _race(jobs, rounds, f"tokenizer, {name}")
        curves.append(Curve(name, tuple(jobs), times, 1.0, why))
    facts = {"text": "the beginning of tiny Shakespeare", "vocabulary": vocab}
    return [sheet(title, "bytes of text", SECONDS, curves, facts)]


def _notebook(rounds: int, small: bool) -> list[Sheet]:
    """A notebook's time against SCALE: its cells up to the training, in a fresh process each."""
    source = TOY_NOTEBOOK if small else NOTEBOOK.read_text(encoding="utf-8")
    scales = (1, 2, 3) if small else (0.05, 0.1, 0.2, 0.4)
    took = [run_scaled(source, scale) for scale in scales]
    training, whole = (tuple((seconds,) for seconds in part) for part in zip(*took, strict=True))
    curves = [
        Curve("the training cell", scales, training, 1.0, "SCALE multiplies its steps"),
        Curve("all cells up to it", scales, whole, 1.0, "less, since the others do not grow"),
    ]
    facts = {"notebook": NOTEBOOK.stem, "SCALE as it comes": "1"}
    return [sheet("notebook time against SCALE", "SCALE", SECONDS, curves, facts)]


PARTS: dict[str, Part] = {
    "parameters": _parameters,
    "context": _context,
    "batch": _batch,
    "generation": _generation,
    "memory": _memory,
    "tokenizer": _tokenizer,
    "notebook": _notebook,
}


def _race(costs: Costs, rounds: int, what: str) -> tuple[tuple[float, ...], ...]:
    """The seconds of every round at each x, all taking turns."""
    racing = [Contender(str(x), work) for x, work in costs.items()]
    seconds = race(racing, rounds, f"growth, {what}")
    return tuple(tuple(taken) for taken in seconds.values())
