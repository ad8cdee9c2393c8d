"""`aigc-lab attend`: which token looks at which, as a picture or in the terminal."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.cli.models import BUNDLED, MODELS, is_model
from aigc_lab.cli.pictures import KINDS
from aigc_lab.core.arguments import UsageProblem, add_device, add_json, whole
from aigc_lab.core.console import Console, columns, pad

if TYPE_CHECKING:
    import numpy as np

    from aigc_lab.cli.models import Opened
    from aigc_lab.viz.explorer.scene import Scene

SUMMARY = "see where a model looks"
DESCRIPTION = """\
Show the attention of a model on a sentence: how much each token looks at each earlier one. Row q is
the token that looks, and what it gathers helps to predict token q+1. MODEL is the bundled one
unless named."""
EXAMPLES = f"""\
examples:
  aigc-lab attend "The cat sat on the mat." -o map.html                  all of it, to explore
  aigc-lab attend bundled "The cat sat on the mat." -o heads.png         all heads of layer 0
  aigc-lab attend bundled "The cat sat." --layer 3 --head 2 -o map.png   one head
  aigc-lab attend runs/python_docs-nano "The list is empty." --layer 1   in the terminal

An .html page holds every layer and head: open it in any browser, no network is needed. Where that
takes no more than seconds, it also tells what silencing a head would do. Layers and heads are
counted from 0. Without -o, one head is shown in the terminal (head 0 unless --head says another),
in percent where there is room.

{MODELS}"""
SHADES = " .:-=+*#%@"  # from no weight to all of it
PAGE = ".html"
QUICK = 3e11  # operations: what every head's effect may cost, seconds on an ordinary processor


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `attend`."""
    parser.usage = "%(prog)s [MODEL] SENTENCE [options]"
    parser.add_argument(
        "words", metavar="[MODEL] SENTENCE", nargs="+", help="what to look into, and what it reads"
    )
    parser.add_argument("--layer", type=whole(0), help="which layer (0)")
    parser.add_argument("--head", type=whole(0), help="which head (all with -o, else 0)")
    parser.add_argument(
        "-o", "--out", metavar="FILE", help="write a page to explore (.html) or draw (.png, …)"
    )
    add_device(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the sentence through the model and show its attention."""
    from aigc_lab.cli.models import find_model
    from aigc_lab.cli.pictures import require_writable

    name, sentence = model_and_sentence(arguments.words)
    console, out = Console(arguments.json), arguments.out
    if out:
        require_writable(out, (PAGE, *KINDS))
    opened = find_model(name).open(arguments.device)
    layer, head = arguments.layer or 0, arguments.head
    require_head(opened, layer, head)
    as_page = bool(out) and Path(out).suffix.lower() == PAGE
    scene = look(opened, sentence, effects=as_page)
    if out is None:
        head = head or 0
    title = f"{opened.name}: layer {layer}" + ("" if head is None else f", head {head}")
    weights = scene.weights[layer] if head is None else scene.weights[layer, head]
    if as_page:
        write_page(scene, arguments.layer, head, out)
        console.say(f"{opened.name}: all layers and heads, to explore in {out}")
    elif out:
        draw(weights, scene, title, out)
        console.say(f"{title}, drawn in {out}")
    else:
        layers, heads = scene.weights.shape[:2]
        console.say(f"{title} (of {layers} layers of {heads} heads)")
        console.say(in_letters(weights, scene.tokens, shutil.get_terminal_size().columns))
    console.result(
        {
            "model": opened.name,
            "layer": layer,
            "head": head,
            "tokens": [token.decode(errors="replace") for token in scene.tokens],
            "weights": weights.astype(float).round(6).tolist(),
        }
    )
    return 0


def model_and_sentence(words: list[str]) -> tuple[str, str]:
    """Which model, and what it reads; a sentence alone is for the bundled model.

    Raises: UsageProblem for more words than two, or a model without a sentence.

    >>> model_and_sentence(["The cat sat."])
    ('bundled', 'The cat sat.')
    """
    if len(words) > 2:
        raise UsageProblem(
            f"{len(words)} words arrived, and a MODEL and a SENTENCE are two; put the sentence "
            "into quotes"
        )
    if len(words) == 2:
        return words[0], words[1]
    (only,) = words
    if is_model(only):
        raise UsageProblem(f"{only} is a MODEL; give it a SENTENCE to read, too")
    return BUNDLED, only


def require_head(opened: Opened, layer: int, head: int | None) -> None:
    """Refuse a layer or head that is not there, before anything is computed.

    Raises: ValueError naming those that are.
    """
    shape = opened.model.config
    for what, number, count in (("layer", layer, shape.n_layer), ("head", head, shape.n_head)):
        if number is not None and number >= count:
            raise ValueError(
                f"{opened.name} has no {what} {number}; choose --{what} 0 to {count - 1}"
            )


def look(opened: Opened, sentence: str, effects: bool) -> Scene:
    """The sentence as the model reads it, with the effect of each head where that is quick.

    Raises: ValueError for a sentence that is empty or does not fit.
    """
    from aigc_lab.generation.generate import encode_prompt
    from aigc_lab.viz.explorer.scene import scene_of

    model = opened.model
    if not sentence:
        raise ValueError("the sentence is empty; give a few words")
    length = len(encode_prompt(opened.tokenizer, sentence))
    heads = model.config.n_layer * model.config.n_head
    cost = heads * length * model.flops_per_token(length, training=False)
    return scene_of(
        model, opened.tokenizer, sentence, name=opened.name, effects=effects and cost <= QUICK
    )


def write_page(scene: Scene, layer: int | None, head: int | None, out: str) -> None:
    """Write the explorer's page: it opens with all heads, or with the one that was asked for."""
    from aigc_lab.cli.pictures import without_display

    without_display()
    from aigc_lab.core.files import atomic_write
    from aigc_lab.viz.explorer.page import page

    view = "grid" if layer is None and head is None else "map"
    content = page([scene], view=view, layer=layer or 0, head=head or 0)
    atomic_write(out, content.encode("utf-8"))


def draw(weights: np.ndarray, scene: Scene, title: str, out: str) -> None:
    """Draw one head (T, T) as a map, or a layer (H, T, T) as a grid of maps."""
    from aigc_lab.cli.pictures import save, without_display

    without_display()
    from aigc_lab.viz.plots import attention_grid, attention_map

    plot = attention_map if weights.ndim == 2 else attention_grid
    save(plot(weights, scene.tokens, title=title), out)


def in_letters(weights: np.ndarray, tokens: Sequence[bytes], width: int) -> str:
    """A map (T, T) for the terminal: percents where they fit into `width`, else shades.

    >>> import numpy as np
    >>> print(in_letters(np.array([[1.0, 0.0], [0.25, 0.75]]), [b"a", b" b"], width=80))
              0   1
    0 a     100
    1 ␣b     25  75
    """
    from aigc_lab.viz.fonts import token_label

    labels = [token_label(token, str.isprintable) for token in tokens]
    margin = max(map(columns, labels)) + 2
    digits = len(str(len(tokens) - 1))
    names = [pad(f"{row:>{digits}} {label}", digits + margin) for row, label in enumerate(labels)]
    if digits + margin + 4 * len(tokens) <= width:
        head = " " * (digits + margin) + "".join(f"{key:>4}" for key in range(len(tokens)))
        rows = [
            "".join(f"{100 * weight:>4.0f}" for weight in weights[row, : row + 1])
            for row in range(len(tokens))
        ]
        lines = [head, *(name + row for name, row in zip(names, rows, strict=True))]
    else:
        shades = [
            "".join(SHADES[min(int(10 * weight**0.5), 9)] for weight in weights[row, : row + 1])
            for row in range(len(tokens))
        ]
        lines = [name + row for name, row in zip(names, shades, strict=True)]
        lines.append(f"shades from 0 to 1: {SHADES!r}; columns are the same tokens as rows")
    return "\n".join(line.rstrip() for line in lines)
