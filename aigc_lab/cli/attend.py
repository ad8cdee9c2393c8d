"""`aigc-lab attend`: which token looks at which, as a picture or in the terminal."""

from __future__ import annotations

import argparse
import shutil
from typing import TYPE_CHECKING

from aigc_lab.cli.models import MODELS
from aigc_lab.core.arguments import add_device, add_json, whole
from aigc_lab.core.console import Console, columns, pad

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.figure import Figure

    from aigc_lab.cli.models import Opened

SUMMARY = "see where a model looks"
DESCRIPTION = """\
Show the attention of a model on a sentence: how much each token looks at each earlier one. Row q is
the token that looks, and what it gathers helps to predict token q+1."""
EXAMPLES = f"""\
examples:
  aigc-lab attend bundled "The cat sat on the mat." -o heads.png         all heads of layer 0
  aigc-lab attend bundled "The cat sat." --layer 3 --head 2 -o map.png   one head
  aigc-lab attend runs/python_docs-nano "The list is empty." --layer 1   in the terminal

Layers and heads are counted from 0. Without -o, one head is shown in the terminal (head 0 unless
--head says another), in percent where there is room.

{MODELS}"""
SHADES = " .:-=+*#%@"  # from no weight to all of it


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `attend`."""
    parser.add_argument("model", metavar="MODEL", help="what to look into (see below)")
    parser.add_argument("sentence", metavar="SENTENCE", help="what it reads")
    parser.add_argument("--layer", type=whole(0), default=0, help="which layer (0)")
    parser.add_argument("--head", type=whole(0), help="which head (all with -o, else 0)")
    parser.add_argument("-o", "--out", metavar="FILE", help="draw into a file (.png, .svg, .pdf)")
    add_device(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run the sentence through the model and show one layer's attention."""
    from aigc_lab.cli.models import find_model
    from aigc_lab.cli.pictures import require_writable, save

    console = Console(arguments.json)
    if arguments.out:
        require_writable(arguments.out)
    opened = find_model(arguments.model).open(arguments.device)
    tokens, weights = look(opened, arguments.sentence, arguments.layer, arguments.head)
    title = f"{opened.name}: layer {arguments.layer}"
    head = arguments.head if arguments.out else arguments.head or 0
    if head is not None:
        weights, title = weights[head], f"{title}, head {head}"
    if arguments.out:
        save(draw(weights, tokens, title), arguments.out)
        console.say(f"{title}, drawn in {arguments.out}")
    else:
        shape = opened.model.config
        console.say(f"{title} (of {shape.n_layer} layers of {shape.n_head} heads)")
        console.say(in_letters(weights, tokens, shutil.get_terminal_size().columns))
    console.result(
        {
            "model": opened.name,
            "layer": arguments.layer,
            "head": head,
            "tokens": [token.decode(errors="replace") for token in tokens],
            "weights": weights.round(6).tolist(),
        }
    )
    return 0


def look(
    opened: Opened, sentence: str, layer: int, head: int | None
) -> tuple[list[bytes], np.ndarray]:
    """The tokens of a sentence and a layer's weights (H, T, T) on them.

    Raises: ValueError for a layer or head that is not there, or a sentence that does not fit.
    """
    import torch

    from aigc_lab.generation.generate import encode_prompt
    from aigc_lab.model.probe import record

    shape = opened.model.config
    for what, number, count in (("layer", layer, shape.n_layer), ("head", head, shape.n_head)):
        if number is not None and number >= count:
            raise ValueError(
                f"{opened.name} has no {what} {number}; choose --{what} 0 to {count - 1}"
            )
    if not sentence:
        raise ValueError("the sentence is empty; give a few words")
    ids = encode_prompt(opened.tokenizer, sentence)
    if len(ids) > shape.block_size:
        raise ValueError(
            f"the sentence has {len(ids)} tokens, and {opened.name} reads {shape.block_size} at "
            "most; give a shorter one"
        )
    place = opened.model.lm_head.weight.device
    trace = record(opened.model, torch.tensor([ids], device=place), logit_lens=False)
    weights = trace.attention[layer][0].float().cpu().numpy()  # (1, H, T, T) -> (H, T, T)
    return [opened.tokenizer.token_bytes(token) for token in ids], weights


def draw(weights: np.ndarray, tokens: list[bytes], title: str) -> Figure:
    """One head (T, T) as a map, or a layer (H, T, T) as a grid of maps."""
    from aigc_lab.cli.pictures import without_display

    without_display()
    from aigc_lab.viz.plots import attention_grid, attention_map

    plot = attention_map if weights.ndim == 2 else attention_grid
    return plot(weights, tokens, title=title)


def in_letters(weights: np.ndarray, tokens: list[bytes], width: int) -> str:
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
