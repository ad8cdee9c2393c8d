"""Greedy generation with a cache, one sequence: the prompt, then token after token."""

from __future__ import annotations

import copy
import statistics
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import torch
from torch import Tensor, nn
from transformers import GenerationConfig, GPT2LMHeadModel

from aigc_lab.generation.generate import generate
from aigc_lab.generation.packing import LARGE, PAYS_FROM, row_products
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import BUNDLED as CHECKPOINT
from aigc_lab.pretrained.locate import WeightsAbsent, bundled_folder
from aigc_lab.town.documents import document
from aigc_lab.training.measuring import memory_bandwidth, seconds_of
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.readme import number
from benchmarks.sizes import BIG, GPT2_SMALL, SMALL, Size, our_model, their_model, toy

LONGEST_PROMPT = 32  # tokens; smaller models get what fits into their block
MOST_NEW = SamplingConfig().max_new_tokens  # what we write when nobody says how much
FEW_NEW = 12  # enough to try the code
BUNDLED = "bundled checkpoint"
TEXTS = {"small": 6, "big": 3, BUNDLED: 5, "GPT-2": 1}  # written in one turn
OURS, OURS_BF16 = "ours, float32", "ours, bfloat16"
THEIRS, THEIRS_EAGER = "transformers, float32", 'transformers, float32, "eager" attention'
THEIRS_BF16 = THEIRS.replace("float32", "bfloat16")
THEIRS_BF16_EAGER = THEIRS_EAGER.replace("float32", "bfloat16")
SAME = {  # whose tokens are compared
    "float32": (OURS, THEIRS, THEIRS_EAGER),
    "bfloat16": (OURS_BF16, THEIRS_BF16, THEIRS_BF16_EAGER),
}
VIEWS = {  # the tables of one race
    "float32": SAME["float32"],
    "bfloat16": (*SAME["bfloat16"], *SAME["float32"]),
}
GOALS = {"float32": 1.2, "bfloat16": 2.0}  # times transformers in float32, for GPT-2's shape
Writer = Callable[[], Tensor]


def _random(size: Size, rounds: int, small: bool) -> list[Table]:
    """Random weights, and any prompt."""
    theirs = their_model(toy(size) if small else size, lively=True)
    prompt = list(range(1, 1 + min(LONGEST_PROMPT, theirs.config.n_positions // 4)))
    return _measure(size.name, our_model(theirs), theirs, prompt, rounds, small)


def _bundled(rounds: int, small: bool) -> list[Table]:
    """Trained weights, and a prompt that they know how to continue."""
    try:
        ours = load_pretrained(CHECKPOINT)
    except WeightsAbsent:
        return [Table(BUNDLED, skipped="this checkout has no data/pretrained/town-gpt2")]
    prompt = ours.tokenizer.encode(document(0, "test").text)[:LONGEST_PROMPT]
    folder, dtype = bundled_folder(), torch.float32
    theirs = GPT2LMHeadModel.from_pretrained(folder, dtype=dtype, local_files_only=True).eval()
    theirs.generation_config.eos_token_id = None  # both write on past the end of a text
    return _measure(BUNDLED, ours.model, theirs, prompt, rounds, small)


def _measure(
    name: str, ours: GPT, theirs: GPT2LMHeadModel, prompt: list[int], rounds: int, small: bool
) -> list[Table]:
    """One race of all formats, seen as float32 against float32 and with bfloat16."""
    new = min(FEW_NEW if small else MOST_NEW, ours.config.block_size - len(prompt))
    texts = 1 if small else TEXTS[name]
    racing = _contenders(ours, theirs, torch.tensor([prompt]), new, texts)
    written = {each.name: _text_of(each)[0, len(prompt) :] for each in racing}  # (N,) each
    same = {view: _agreement([written[row] for row in rows]) for view, rows in SAME.items()}
    if same["float32"] < new:
        raise UnfairRace(f"{name}: only {same['float32']} of {new} greedy tokens agree in float32")
    facts = {
        "model": f"{ours.num_parameters():,} parameters",
        "prompt": f"{len(prompt)} tokens",
        "new tokens": new,
    }
    seconds = race(racing, rounds, f"generation, {name}")
    tables = []
    for view, rows in VIEWS.items():
        times = {row: seconds[row] for row in rows}
        agreed = {f"of them the same in {view} before the first difference": same[view]}
        told = facts | agreed | use_of_memory(ours, times, texts * new)
        goals = {row: GOALS[view] for row in (THEIRS, THEIRS_EAGER) if name == GPT2_SMALL.name}
        tables.append(table(f"{name}: {view}", "tokens", texts * new, times, told, goals))
    return tables


def _contenders(
    ours: GPT, theirs: GPT2LMHeadModel, prompt: Tensor, new: int, texts: int
) -> list[Contender]:
    """Ours, and transformers' with either attention, to which it is switched before each turn."""
    racing = []
    for view, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        own, other = copy.deepcopy(ours).to(dtype), copy.deepcopy(theirs).to(dtype)
        racing.append(Contender(f"ours, {view}", _repeat(_our_writer(own, prompt, new), texts)))
        their_writer = _repeat(_their_writer(other, prompt, new), texts)
        switch, name = other.set_attn_implementation, f"transformers, {view}"
        racing += [
            Contender(name, their_writer, partial(switch, "sdpa")),
            Contender(f'{name}, "eager" attention', their_writer, partial(switch, "eager")),
        ]
    return racing


def use_of_memory(
    model: GPT, seconds: Mapping[str, Sequence[float]], tokens: int
) -> dict[str, str]:
    """The tokens per second at which memory gives the weights, and what share of it each reached.

    Every token reads every weight once. Nothing is said of a model that a processor's cache holds.
    """
    numbers = sum(each.weight.numel() for each in model.modules() if isinstance(each, nn.Linear))
    if 4 * numbers < LARGE:
        return {}
    speed = read_speed()
    facts = {"memory read, measured": f"{number(speed / 1e9)} GB/s"}
    for view, size in (("float32", 4), ("bfloat16", 2)):
        limit = speed / (size * numbers)
        shares = [
            f"{tokens / statistics.median(taken) / limit:.0%} by {name}"
            for name, taken in seconds.items()
            if view in name
        ]
        if shares:
            weights = f"{number(size * numbers / 1e6)} MB of weights a token"
            facts[f"its limit in {view}"] = f"{number(limit)} tokens/s, {weights}"
            facts[f"share of that, the prompt's time included, in {view}"] = ", ".join(shares)
    return facts


@cache
def read_speed(size: int = 2**28) -> float:
    """Bytes per second of memory: the best of a long sum, and of one row by a long matrix."""
    matrix, x = nn.Linear(2**10, size // 2**12, bias=False), torch.ones(1, 2**10)
    with torch.inference_mode(), row_products(matrix, PAYS_FROM):
        product = min(seconds_of(lambda: matrix(x), repeats=7))
    return max(memory_bandwidth("cpu", size), size / product)


def _text_of(contender: Contender) -> Tensor:
    """The last text (1, T + N) that a contender writes in a turn."""
    contender.prepare()
    return contender.run()


def _our_writer(model: GPT, prompt: Tensor, new: int) -> Writer:
    return lambda: generate(model, prompt, temperature=0, max_new_tokens=new)


def _their_writer(model: GPT2LMHeadModel, prompt: Tensor, new: int) -> Writer:
    greedy = GenerationConfig(
        max_new_tokens=new, min_new_tokens=new, do_sample=False, use_cache=True, pad_token_id=0
    )
    mask = torch.ones_like(prompt)
    return lambda: model.generate(prompt, attention_mask=mask, generation_config=greedy)


def _agreement(texts: list[Tensor]) -> int:
    """How many tokens all texts, (N,) each, have in common before the first that differs.

    >>> _agreement([torch.tensor([3, 1, 4]), torch.tensor([3, 1, 5])])
    2
    """
    stacked = torch.stack(texts)  # (texts, N)
    return int((stacked == stacked[0]).all(dim=0).long().cumprod(dim=0).sum())


def _repeat(write: Writer, texts: int) -> Writer:
    """Write the text that many times; returns the last."""

    def run() -> Tensor:
        for _ in range(texts):
            written = write()
        return written

    return run


PARTS: dict[str, Part] = {
    **{size.name: partial(_random, size) for size in (SMALL, BIG, GPT2_SMALL)},
    "bundled": _bundled,
}
