"""Greedy generation with a cache, one sequence: the prompt, then token after token."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from transformers import GenerationConfig, GPT2LMHeadModel

from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import BUNDLED as CHECKPOINT
from aigc_lab.pretrained.locate import WeightsAbsent, bundled_folder
from aigc_lab.town.documents import document
from benchmarks.race import Contender, Table, UnfairRace, race, table
from benchmarks.sizes import BIG, GPT2_SMALL, SMALL, our_model, their_model, toy

LONGEST_PROMPT, MOST_NEW = 32, 48  # tokens; smaller models get what fits into their block
BUNDLED = "bundled checkpoint"
TEXTS = {"small": 6, "big": 3, BUNDLED: 5, "GPT-2": 1}  # written in one turn
FEWER_ROUNDS = {"GPT-2": 2}  # how many rounds fewer, since one takes long
Writer = Callable[[], Tensor]


def measure(rounds: int, small: bool = False) -> list[Table]:
    """A table in float32 and one in bfloat16 for each size, and for the bundled checkpoint."""
    tables = []
    for size in (SMALL, BIG, GPT2_SMALL):
        theirs = their_model(toy(size) if small else size, lively=True)
        prompt = list(range(1, 1 + min(LONGEST_PROMPT, theirs.config.n_positions // 4)))
        tables += _measure(size.name, our_model(theirs), theirs, prompt, rounds)
    return tables if small else tables + _bundled(rounds)


def _bundled(rounds: int) -> list[Table]:
    """Trained weights, and a prompt that they know how to continue."""
    try:
        ours = load_pretrained(CHECKPOINT)
    except WeightsAbsent:
        return [Table(BUNDLED, skipped="this checkout has no data/pretrained/town-gpt2")]
    prompt = ours.tokenizer.encode(document(0, "test").text)[:LONGEST_PROMPT]
    folder, dtype = bundled_folder(), torch.float32
    theirs = GPT2LMHeadModel.from_pretrained(folder, dtype=dtype, local_files_only=True).eval()
    theirs.generation_config.eos_token_id = None  # both write on past the end of a text
    return _measure(BUNDLED, ours.model, theirs, prompt, rounds)


def _measure(
    name: str, ours: GPT, theirs: GPT2LMHeadModel, prompt: list[int], rounds: int
) -> list[Table]:
    return [
        _in_format(name, ours.to(dtype), theirs.to(dtype), prompt, rounds)
        for dtype in (torch.float32, torch.bfloat16)
    ]


def _in_format(
    name: str, ours: GPT, theirs: GPT2LMHeadModel, prompt: list[int], rounds: int
) -> Table:
    start, texts = len(prompt), TEXTS[name]
    new = min(MOST_NEW, ours.config.block_size - start)
    ids, dtype = torch.tensor([prompt]), ours.lm_head.weight.dtype  # (1, T)
    writers = {"ours": _our_writer(ours, ids, new), "transformers": _their_writer(theirs, ids, new)}
    agreeing = _agreement(*(write()[0, start:] for write in writers.values()))
    if dtype == torch.float32 and agreeing < new:
        raise UnfairRace(f"{name}: only {agreeing} of {new} greedy tokens agree in float32")
    facts = {
        "model": f"{ours.num_parameters():,} parameters",
        "prompt": f"{start} tokens",
        "new tokens": new,
        "of them the same before the first difference": agreeing,
    }
    title = f"{name}: {str(dtype).removeprefix('torch.')}"
    racing = [Contender(who, _repeat(write, texts)) for who, write in writers.items()]
    turns = max(1, rounds - FEWER_ROUNDS.get(name, 0))
    seconds = race(racing, turns, f"generation, {title}")
    return table(title, "tokens", texts * new, seconds, facts)


def _our_writer(model: GPT, prompt: Tensor, new: int) -> Writer:
    return lambda: generate(model, prompt, temperature=0, max_new_tokens=new)


def _their_writer(model: GPT2LMHeadModel, prompt: Tensor, new: int) -> Writer:
    greedy = GenerationConfig(
        max_new_tokens=new, min_new_tokens=new, do_sample=False, use_cache=True, pad_token_id=0
    )
    mask = torch.ones_like(prompt)
    return lambda: model.generate(prompt, attention_mask=mask, generation_config=greedy)


def _agreement(ours: Tensor, theirs: Tensor) -> int:
    """How many tokens agree before the first that does not.

    >>> _agreement(torch.tensor([3, 1, 4]), torch.tensor([3, 1, 5]))
    2
    """
    return int((ours == theirs).long().cumprod(dim=0).sum())


def _repeat(write: Writer, texts: int) -> Callable[[], None]:
    def run() -> None:
        for _ in range(texts):
            write()

    return run
