"""Notebook 09: a published checkpoint's arrays as our own model wants them."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.gpt2_1_names import our_name
from aigc_lab.exercises.bank.gpt2_2_convert_flawed import flawed
from aigc_lab.exercises.bank.gpt2_2_convert_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.pretrained.gpt2 import HEAD, PREFIX, TRANSPOSED


def convert(state: dict[str, ndarray]) -> dict[str, ndarray]:
    """The package's own list of what is transposed, under the package's own names."""
    named = {our_name(name): array for name, array in state.items()}
    return {
        name: array.T if name.endswith(TRANSPOSED) else array
        for name, array in named.items()
        if name is not None
    }


def published(
    layers: int,
    width: int,
    inner: int,
    tokens: int,
    positions: int,
    *,
    prefix: str = PREFIX,
    tied: tuple[str, ...] = ("wte.weight",),
    masks: bool = False,
    seed: int = 9,
) -> dict[str, ndarray]:
    """A checkpoint of random numbers as GPT-2 is published; `tied` names the tied matrix."""
    shapes: dict[str, tuple[int, ...]] = {"wpe.weight": (positions, width)}
    for layer in (f"h.{at}." for at in range(layers)):
        for norm in ("ln_1", "ln_2"):
            shapes |= {f"{layer}{norm}.{part}": (width,) for part in ("weight", "bias")}
        for kernel, rows, columns in (
            ("attn.c_attn", width, 3 * width),
            ("attn.c_proj", width, width),
            ("mlp.c_fc", width, inner),
            ("mlp.c_proj", inner, width),
        ):
            shapes[f"{layer}{kernel}.weight"] = (rows, columns)
            shapes[f"{layer}{kernel}.bias"] = (columns,)
        if masks:
            shapes[f"{layer}attn.bias"] = (1, 1, positions, positions)
            shapes[f"{layer}attn.masked_bias"] = ()
    shapes |= {"ln_f.weight": (width,), "ln_f.bias": (width,)}
    draw = np.random.default_rng(seed)
    state = {prefix + name: np.float32(draw.normal(size=shape)) for name, shape in shapes.items()}
    table = np.float32(draw.normal(size=(tokens, width)))
    return state | {name if name == HEAD else prefix + name: table for name in tied}


def _probes() -> list[Probe]:
    both, head = ("wte.weight", HEAD), (HEAD,)
    return [
        probe(
            "one layer of width 3, names without the prefix", published(1, 3, 11, 13, 7, prefix="")
        ),
        probe(
            "2 layers of width 6, with masks, the tied matrix under both its names",
            published(2, 6, 17, 19, 5, tied=both, masks=True),
        ),
        probe("an MLP no wider than the model", published(1, 3, 3, 7, 5)),
        probe("the tied matrix under the head's name only", published(1, 6, 7, 11, 5, tied=head)),
        probe("12 layers of width 3, with masks", published(12, 3, 5, 11, 7, masks=True)),
        probe(
            "2 layers without the prefix, with masks",
            published(2, 3, 13, 5, 11, prefix="", masks=True),
        ),
    ]


def _wrong_matrices(function: Function) -> str | None:
    """Which of a layer's parts come out wrong."""
    state = published(1, 3, 11, 13, 7)
    right, yours = convert(state), function(dict(state))
    if not isinstance(yours, dict) or set(yours) != set(right):
        return None
    wrong = [
        name
        for name in right
        if np.shape(yours[name]) != right[name].shape or not np.allclose(yours[name], right[name])
    ]
    return f"of 16 arrays, these come out wrong: {', '.join(wrong)}" if wrong else None


CONVERT = Exercise(
    name="convert",
    notebook="09_pretrained_gpt2",
    title="GPT-2's weights in your GPT",
    points=3,
    reference=convert,
    probes=_probes,
    flawed=flawed,
    hints=(
        "Go through the published arrays one by one. What is each called in our GPT, is it there "
        "at all, and does it have to be turned?",
        "Ask our_name for the new name, and skip what has none. Transpose the weights (not the "
        "biases) of c_attn, c_proj and c_fc, in attention and MLP, and nothing else: their names "
        "decide, since the shape of a square matrix tells nothing.",
        "kernels = ('c_attn.weight', 'c_proj.weight', 'c_fc.weight')\n"
        "for name, array in state.items():\n"
        "    ours = our_name(name)\n"
        "    if ours is not None: result[ours] = array.T if ours.endswith(kernels) else array",
    ),
    mistakes=MISTAKES,
    laws=(Law("the matrices", _wrong_matrices),),
    keeps_inputs=True,
)

EXERCISES = (CONVERT,)
