"""Opening a pretrained model by name or folder, saying plainly which one it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.pretrained.folder import load_model
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer
from aigc_lab.pretrained.locate import BUNDLED, Located, WeightsAbsent, bundled_folder, locate

if TYPE_CHECKING:
    import torch

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

FALLBACKS = (None, "bundled")


@dataclass(frozen=True)
class Pretrained:
    """A model with its tokenizer, and where both came from.

    `source` is "hub", "cache", "folder" or "bundled". `notice` is None, or one sentence to show
    when this is another model than the one asked for.
    """

    model: GPT = field(repr=False)
    tokenizer: Tokenizer = field(repr=False)
    name: str
    source: str
    notice: str | None = None


def load_pretrained(
    name: str | Path,
    *,
    offline: bool | None = None,
    fallback: str | None = None,
    dtype: str | torch.dtype = "float32",
    device: torch.device | str = "cpu",
) -> Pretrained:
    """Load a GPT-2 or Llama checkpoint into our GPT, with its tokenizer.

    `name` is a folder, `"town-gpt2"` (the bundled checkpoint), `"town-sft"` (the same after
    supervised fine-tuning), or a name on the hub: `"gpt2"`, `"gpt2-medium"`, `"gpt2-large"`,
    `"gpt2-xl"`, `"maker/model"`. The cache is tried before the
    network; a hub that does not answer costs 2 seconds, a download that stands still 5 or so.
    `fallback="bundled"` takes the bundled checkpoint when the model cannot be had or its copy in
    the cache is damaged, and says so in `notice`; a damaged folder is an error all the same.

    Raises: ValueError saying what is missing, damaged or not supported, and what to do.
    Notebook: 09 pretrained GPT-2.
    """
    if fallback not in FALLBACKS:
        raise ValueError(f"fallback={fallback!r} is not known; choose None or 'bundled'")
    shown, notice = str(name), None
    try:
        located = locate(name, offline)
    except WeightsAbsent as error:
        if fallback is None:
            raise
        located = Located(bundled_folder(), "bundled")
        shown, notice = BUNDLED, f"This is {BUNDLED}, the bundled checkpoint, because {error}."
    model = load_model(located.folder, dtype, device)
    tokenizer = open_tokenizer(located.folder)
    return Pretrained(model, tokenizer, shown, located.source, notice)
