"""Greedy generation with a cache, one sequence: the prompt, then token after token."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor
from transformers import GenerationConfig, GPT2LMHeadModel

from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import BUNDLED as CHECKPOINT
from aigc_lab.pretrained.locate import WeightsAbsent, bundled_folder
from aigc_lab.town.documents import document
from benchmarks.race import Contender, Part, Table, UnfairRace, race, table
from benchmarks.sizes import BIG, GPT2_SMALL, SMALL, Size, our_model, their_model, toy

LONGEST_PROMPT, MOST_NEW = 32, 48  # tokens; smaller models get what fits into their block
FEW_NEW = 12  # enough to try the code
BUNDLED = "bundled checkpoint"
TEXTS = {"small": 6, "big": 3, BUNDLED: 5, "GPT-2": 1}  # written in one turn
Writer = Callable[[], Tensor]


def _random(size: Size, rounds: int, small: bool) -> list[Table]:
    """Random weights: a table in float32 and one in bfloat16."""
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
    new = min(FEW_NEW if small else MOST_NEW, ours.config.block_size - len(prompt))
    texts = 1 if small else TEXTS[name]
    tables = []
    for dtype in (torch.float32, torch.bfloat16):
        title = f"{name}: {str(dtype).removeprefix('torch.')}"
        racing = _contenders(ours.to(dtype), theirs.to(dtype), torch.tensor([prompt]), new, texts)
        agreeing = _agreement([_text_of(contender)[0, len(prompt) :] for contender in racing])
        if dtype == torch.float32 and agreeing < new:
            raise UnfairRace(f"{name}: only {agreeing} of {new} greedy tokens agree in float32")
        facts = {
            "model": f"{ours.num_parameters():,} parameters",
            "prompt": f"{len(prompt)} tokens",
            "new tokens": new,
            "of them the same before the first difference": agreeing,
        }
        seconds = race(racing, rounds, f"generation, {title}")
        tables.append(table(title, "tokens", texts * new, seconds, facts))
    return tables


def _contenders(
    ours: GPT, theirs: GPT2LMHeadModel, prompt: Tensor, new: int, texts: int
) -> list[Contender]:
    """Ours, and transformers' one model with either attention: it is switched before each turn."""
    their_writer = _repeat(_their_writer(theirs, prompt, new), texts)
    switch = theirs.set_attn_implementation
    return [
        Contender("ours", _repeat(_our_writer(ours, prompt, new), texts)),
        Contender("transformers", their_writer, partial(switch, "sdpa")),
        Contender('transformers, "eager" attention', their_writer, partial(switch, "eager")),
    ]


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
