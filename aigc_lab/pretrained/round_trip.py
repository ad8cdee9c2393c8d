"""Ours and transformers' on the same files: logits side by side, and a model there and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.loop import as_batch, evaluating, next_tokens
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.pretrained.folder import load_model, save_pretrained
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer
from aigc_lab.pretrained.weights import TensorFiles

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

NEW_TOKENS = 40


@dataclass(frozen=True)
class RoundTrip:
    """What our model wrote, and what transformers wrote with the files that we saved.

    `ids` are ours and `their_ids` theirs, the prompt's first; `largest_gap` is the largest
    difference between any of our logits and theirs along our ids.
    """

    ours: str
    theirs: str
    ids: tuple[int, ...]
    their_ids: tuple[int, ...]
    largest_gap: float
    folder: Path

    @property
    def same_text(self) -> bool:
        """Whether both read and wrote the same tokens and spell them alike.

        The text alone does not tell: each byte that is no character is shown as the same sign.
        """
        return self.ids == self.their_ids and self.ours == self.theirs


def round_trip(
    model: GPT,
    tokenizer: Tokenizer,
    folder: str | Path,
    prompt: str,
    max_new_tokens: int = NEW_TOKENS,
) -> RoundTrip:
    """Save a model, open it with transformers, and let both continue a prompt greedily.

    Neither stops at the mark between texts, so that there is as much to compare as was asked for,
    up to the model's block size. Ids that the tokenizer does not have, with which some vocabularies
    are filled up, are written by neither.

    Raises: ValueError as `save_pretrained`, and for a prompt that is empty or fills the block.
    Notebook: 09 pretrained GPT-2.
    """
    ids = encode_prompt(tokenizer, prompt)
    room = model.config.block_size - len(ids)
    if not prompt or room < 1:
        raise ValueError(
            f"the prompt has {len(ids) if prompt else 0} tokens and the model reads "
            f"{model.config.block_size}; give at least one, and leave room to write"
        )
    folder = save_pretrained(folder, model, tokenizer)
    count = min(room, max_new_tokens)
    with evaluating(model):
        ours = [*ids, *_write(model, ids, count, tokenizer.vocab_size)]
        logits = _logits(model, ours)
    their_model, their_tokenizer = _open_theirs(folder)
    read = their_tokenizer(prompt, return_tensors="pt").input_ids  # (1, T)
    theirs = _let_them_write(their_model, read, count, tokenizer.vocab_size)
    return RoundTrip(
        ours=tokenizer.decode(ours[len(ids) :]),
        theirs=their_tokenizer.decode(theirs[read.shape[1] :]),
        ids=tuple(ours),
        their_ids=tuple(theirs),
        largest_gap=_gap(logits, their_model, ours),
        folder=folder,
    )


def logits_gap(folder: str | Path, text: str) -> float:
    """The largest difference between our logits and transformers' for a checkpoint, on a text.

    Of a text longer than the model's block the beginning is read. Both compute in float32.

    Raises: ValueError as `load_model`, and for an empty text where no mark stands between texts.
    """
    model, tokenizer = load_model(folder), open_tokenizer(Path(folder))
    ids = encode_prompt(tokenizer, text)[: model.config.block_size]
    return _gap(_logits(model, ids), _open_model(folder), ids)


def raw_tensors(folder: str | Path) -> dict[str, np.ndarray]:
    """The tensors of a checkpoint folder as they stand in its file, by the names they have there.

    bfloat16, which NumPy lacks, comes out as float32.

    Raises: ValueError when the folder has no safetensors, or a file is damaged.
    Notebook: 09 pretrained GPT-2.
    """
    with TensorFiles(Path(folder)) as files:
        tensors = {name: files.read(name) for name in files.names()}
    return {
        name: (tensor.float() if tensor.dtype == torch.bfloat16 else tensor).numpy()
        for name, tensor in tensors.items()
    }


@torch.inference_mode()
def _logits(model: GPT, ids: list[int]) -> torch.Tensor:
    """Shapes: T ids -> (T, V)."""
    return model(as_batch(ids, model))[0].float().cpu()


@torch.inference_mode()
def _gap(ours: torch.Tensor, their_model: Any, ids: list[int]) -> float:
    theirs = their_model(torch.tensor([ids])).logits[0]  # (T, V)
    return float((ours - theirs).abs().max())


def _write(model: GPT, ids: list[int], count: int, known: int) -> list[int]:
    """The ids below `known` that our model writes greedily."""
    greedy = SamplingConfig(temperature=0, max_new_tokens=count)
    steps = next_tokens(model, as_batch(ids, model), greedy, vocab_limit=known)
    return [int(step) for step in steps]


def _let_them_write(their_model: Any, ids: torch.Tensor, count: int, known: int) -> list[int]:
    """What transformers writes greedily of the ids below `known`; shapes: (1, T) -> T + N ids."""
    unknown = list(range(known, their_model.config.vocab_size))
    return their_model.generate(
        ids,
        attention_mask=torch.ones_like(ids),  # else the token that fills up would count as none
        max_new_tokens=count,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
        suppress_tokens=unknown or None,
    )[0].tolist()


def _open_theirs(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoTokenizer

    return _open_model(folder), AutoTokenizer.from_pretrained(folder, local_files_only=True)


def _open_model(folder: str | Path) -> Any:
    from transformers import AutoModelForCausalLM

    with _quiet():
        model = AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, local_files_only=True
        )
    return model.eval()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without transformers' bar over the loading of some small files."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
