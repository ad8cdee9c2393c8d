"""The folder of a run: what `train` puts there beside the checkpoints, and how others open it.

runs/NAME/
  recipe.json        what the run was asked for: text, tokenizer, model, steps, seed
  held_out.json      the texts kept from training, for `compare`
  learned.npy        landmarks of the text that was learned, by which `compare` knows it again
  tokenizer.json     with tokenizer_config.json
  run.json  metrics.jsonl  last.safetensors  best.safetensors    (aigc_lab.training)
  loss.png           the curve, drawn when the run ends
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from aigc_lab.core.files import read_json, write_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer
    from aigc_lab.training.texts import Text

RECIPE, HELD_OUT, LEARNED, CURVE = "recipe.json", "held_out.json", "learned.npy", "loss.png"
LAST, BEST = "last.safetensors", "best.safetensors"
CONFIGS = ("config.json", "adapter_config.json")
FILES = (
    *(RECIPE, HELD_OUT, LEARNED, CURVE, LAST, BEST),
    *("run.json", "metrics.jsonl", "tokenizer.json", "tokenizer_config.json"),
)


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, finished or not."""
    return any((folder / name).is_file() for name in (RECIPE, LAST, BEST))


def holds_model(folder: Path) -> bool:
    """Whether a folder holds a model, or an adapter of one, as transformers writes them."""
    return any((folder / name).is_file() for name in CONFIGS)


def read_recipe(folder: Path) -> dict[str, Any] | None:
    """What a run was asked for; None for a folder without a run of ours.

    Raises: ValueError when the file is damaged.
    """
    path = folder / RECIPE
    if not path.is_file():
        return None
    recipe = read_json(path)
    if not isinstance(recipe, dict):
        raise ValueError(f"{path} does not hold a run's recipe; start the run again with --force")
    return recipe


def require_free(folder: Path, recipe: dict[str, Any], force: bool) -> None:
    """Refuse a folder that holds something else than this very run; a model even with `force`.

    Raises: ValueError saying what stands there, and what to do.
    """
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"{folder} is a file, where a run's folder is to be; choose another --out")
    if not folder.exists() or not any(folder.iterdir()):
        return
    found = None if force else read_recipe(folder)
    if found is None and holds_model(folder):
        raise ValueError(
            f"{folder} holds a model in transformers' format, whose tokenizer the run would "
            "replace; choose another --out"
        )
    if force:
        return
    if found is None:
        what = "a run that was not made by this command" if is_run(folder) else "other files"
        raise ValueError(
            f"{folder} holds {what}; choose another --out, or pass --force to put the run there "
            "all the same (a run's files in it are replaced, others stay)"
        )
    _require_same(folder, found, recipe)


def clear(folder: Path) -> None:
    """Remove the files of a run; whatever else is in the folder stays."""
    for name in FILES:
        (folder / name).unlink(missing_ok=True)


def write_run(folder: Path, recipe: dict[str, Any], tokenizer: Tokenizer, text: Text) -> None:
    """Put down what a run needs beside its checkpoints.

    The recipe comes first: whenever this is cut off, the folder says whose it is.
    """
    from aigc_lab.text.overlap import write_landmarks

    write_json(folder / RECIPE, recipe)
    tokenizer.save(folder)
    write_json(folder / HELD_OUT, text.held_out)
    if not text.endless:
        write_landmarks(folder / LEARNED, text.learn)


def read_held_out(folder: Path) -> list[str] | None:
    """The texts that a run was not trained on, if it kept some.

    Raises: ValueError when the file is damaged.
    """
    path = folder / HELD_OUT
    if not path.is_file():
        return None
    texts = read_json(path)
    if not (isinstance(texts, list) and texts and all(isinstance(t, str) and t for t in texts)):
        raise ValueError(
            f"{path} does not hold a list of texts; take another copy, or remove it to be "
            "examined on python_docs"
        )
    return texts


def share_learned(folder: Path, documents: Sequence[str]) -> float | None:
    """The share of a text that stands in what a run learned from; None where that is not known.

    Raises: ValueError when the run's file is damaged.
    """
    from aigc_lab.text.overlap import read_landmarks, share_known

    path = folder / LEARNED
    return share_known(documents, read_landmarks(path)) if path.is_file() else None


def load_run(path: Path) -> tuple[GPT, Tokenizer]:
    """The model and the tokenizer of a run's folder, or of one checkpoint file in it.

    Raises: ValueError when a file is missing, cut short or something else.
    """
    from aigc_lab.text.tokenizer import load_tokenizer
    from aigc_lab.training.checkpoint import load_trained_model

    file = path if path.is_file() else best_checkpoint(path)
    model = load_trained_model(file)
    tokenizer = load_tokenizer(file.parent)
    if tokenizer.vocab_size > model.config.vocab_size:
        raise ValueError(
            f"{file.parent} holds a tokenizer of {tokenizer.vocab_size} tokens and a model that "
            f"knows {model.config.vocab_size}; put back the tokenizer of this run"
        )
    return model, tokenizer


def best_checkpoint(folder: Path) -> Path:
    """The checkpoint to use: the best one, unless that is from before the first step.

    Raises: ValueError when the run has saved nothing yet, or its best checkpoint is damaged.
    """
    from aigc_lab.training.checkpoint import load_checkpoint

    best, last = folder / BEST, folder / LAST
    if best.is_file() and last.is_file():
        untrained = load_checkpoint(best).state.get("step") == 0  # stopped before its first exam
        return last if untrained else best
    if not best.is_file() and not last.is_file():
        raise ValueError(f"{folder} holds no checkpoint yet; train for some more steps")
    return best if best.is_file() else last


def _require_same(folder: Path, found: dict[str, Any], recipe: dict[str, Any]) -> None:
    if (kind := _kind(found)) != (asked := _kind(recipe)):
        raise ValueError(
            f"{folder} holds {kind}, and this is {asked}; choose another --out, or pass --force "
            "to throw that run away"
        )
    names = sorted(set(found) | set(recipe))
    if odd := [name for name in names if found.get(name) != recipe.get(name)]:
        changes = ", ".join(
            f"{name} {_short(found.get(name))} (now {_short(recipe.get(name))})" for name in odd
        )
        raise ValueError(
            f"{folder} holds a run with other settings: {changes}; give the same ones to go on, "
            "choose another --out, or pass --force to throw that run away"
        )


def _kind(recipe: dict[str, Any]) -> str:
    name = recipe.get("recipe")
    return f"a run by the recipe {name}" if name else "a run without a recipe"


def _short(value: object) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) <= 20 else text[:12] + "…"
