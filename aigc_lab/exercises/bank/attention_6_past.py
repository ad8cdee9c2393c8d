"""Notebook 03: multi-head causal self-attention, all of it."""

from __future__ import annotations

import math

import numpy as np
from numpy import ndarray

from aigc_lab.core.config import GPTConfig
from aigc_lab.exercises.bank.attention_6_past_flawed import COUNTS, flawed
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe
from aigc_lab.model import reference


def attend_to_the_past(
    x: ndarray, w_q: ndarray, w_k: ndarray, w_v: ndarray, w_o: ndarray, n_head: int
) -> ndarray:
    """The package's self-attention; it takes one text, and matrices (out, in)."""
    config = GPTConfig(n_head=n_head, n_embd=x.shape[-1], position="none")
    stacked = np.concatenate((w_q, w_k, w_v), axis=1)  # (C, 3C)
    weights = {"attn.c_attn.weight": stacked.T, "attn.c_proj.weight": w_o.T}
    texts = x.reshape(-1, *x.shape[-2:])
    mixed = [reference.self_attention(text, weights, config, "attn") for text in texts]
    return np.stack(mixed).reshape(x.shape)


def _probes() -> list[Probe]:
    random = np.random.default_rng(11)

    def case(n_head: int, *shape: int, size: float = 1.0) -> tuple:
        matrices = random.normal(size=(4, shape[-1], shape[-1])) / math.sqrt(shape[-1])
        return (size * random.normal(size=shape), *matrices, n_head)

    return [
        probe("one text of 5 tokens, C = 6, 2 heads", *case(2, 5, 6)),
        probe("3 texts of 7 tokens, C = 10, 5 heads", *case(5, 3, 7, 10)),
        probe("one head", *case(1, 2, 5, 3)),
        probe("a single token", *case(3, 1, 6)),
        probe("large numbers", *case(2, 7, 14, size=30.0)),
    ]


def _causal(function: Function) -> str | None:
    x, *rest = _probes()[0].args
    nudged = x + np.eye(5)[:, 3:4]
    moved = np.abs(np.asarray(function(nudged, *rest)) - np.asarray(function(x, *rest)))
    if moved.shape != x.shape or not (moved[:3] > 1e-9).any():
        return None
    token = int((moved > 1e-9).any(axis=-1).argmax())
    return f"when token 3 changes, so does the answer at token {token}: the future leaks"


PAST = Exercise(
    name="attend_to_the_past",
    notebook="03_attention",
    title="Multi-head causal self-attention",
    points=3,
    reference=attend_to_the_past,
    probes=_probes,
    flawed=flawed,
    laws=(Law("causal", _causal),),
    hints=(
        "Write down the shape after each step: (…, T, C), three times; heads; mixtures; and back "
        "to (…, T, C). Which of your functions does which step?",
        "Multiply x by w_q, w_k and w_v; split each into heads; attention with the causal mask; "
        "bring T back in front of H; reshape to x's shape; multiply by w_o.",
        "q, k, v = (split_heads(x @ w, n_head) for w in (w_q, w_k, w_v)); T = x.shape[-2]; the "
        "mixture is attention(q, k, v, causal_mask(T, T))[0], of shape (…, H, T, D). Exchange its "
        "axes -2 and -3, reshape to x.shape, and multiply by w_o.",
    ),
    mistakes=(
        Mistake(
            "no_mask",
            "what comes later in the text changes what comes earlier",
            "there is no causal mask",
            "Which argument of attention keeps a token from looking ahead?",
            knobs={"mask": "none"},
        ),
        Mistake(
            "strict",
            "the first token gets nothing but zeros",
            "the mask forbids a token to look at itself",
            "Is the diagonal of your mask True?",
            knobs={"mask": "strict"},
        ),
        Mistake(
            "future",
            "the last token sees only itself, and the first sees all",
            "the mask is turned: it hides the past and shows the future",
            "Look at row 0 of your mask. How many keys may the first token see?",
            knobs={"mask": "future"},
        ),
        Mistake(
            "inverted",
            "the first tokens see what comes later, and the last sees nothing",
            "the mask is turned round: your True stands where a token may not look",
            "In this course True means “may attend”. What does yours mean?",
            knobs={"mask": "inverted"},
        ),
        Mistake(
            "peek",
            "what comes next in the text changes what comes before it",
            "the mask reaches one diagonal too far, to the very token that is to be predicted",
            "How many keys may the first token see?",
            knobs={"mask": "peek"},
        ),
        Mistake(
            "twice_scaled",
            "the weights are too even",
            "the scores are divided by √D twice",
            "Your attention divides already. Do you do it once more, before or after?",
            knobs={"scale": "twice"},
        ),
        Mistake(
            "model_width",
            "with one head all is right; with more the weights are too even",
            "you divide by √C; each head's dot products are only D = C/H long",
            "Is the division made before or after the split into heads?",
            knobs={"scale": "model"},
        ),
        Mistake(
            "no_scale",
            "the weights are too sharp",
            "the scores are not divided by √D",
            "Do you use your attention, or a bare product?",
            knobs={"scale": "none"},
        ),
        Mistake(
            "one_head",
            "it is right for one head only",
            "the features are never split, so that n_head has no effect",
            "Where do you use n_head?",
            knobs={"cut": "one head"},
        ),
        Mistake(
            "cut_view",
            "with more than one head, tokens are mixed up before attention begins",
            "you reshape to (…, H, T, D) at once, instead of reshaping and exchanging axes",
            "Your split_heads, once solved, does this right. Do you use it?",
            knobs={"cut": "view"},
        ),
        Mistake(
            "cut_strided",
            "the heads get the wrong features",
            "head 0 gets features 0, H, 2H, … instead of the first D",
            "Your split_heads, once solved, does this right. Do you use it?",
            knobs={"cut": "strided"},
        ),
        Mistake(
            "merge_view",
            "with more than one head, each row holds numbers of several tokens",
            "the mixtures (…, H, T, D) are reshaped without bringing T back in front of H",
            "Splitting was cut, then exchange. What undoes it, and in which order?",
            knobs={"merge": "view"},
        ),
        Mistake(
            "merge_strided",
            "the heads' features come back interleaved",
            "the axis of heads went to the very end, (…, T, D, H), before the reshape",
            "In which order do H and D stand when all of head 0 is to come first?",
            knobs={"merge": "strided"},
        ),
        Mistake(
            "merge_last_two",
            "each row holds one feature of several tokens",
            "you exchange the last two axes, T and D, before the reshape",
            "After the mixture the axes are (…, H, T, D). Which two must change places?",
            knobs={"merge": "last two"},
        ),
        Mistake(
            "no_output_matrix",
            "the heads' results stand side by side, unmixed",
            "w_o is not used",
            "Which of the arguments does your code never mention?",
            knobs={"out": "none"},
        ),
        Mistake(
            "residual",
            "every answer is too large by x itself",
            "you add x at the end; that is the block's business, in notebook 05",
            "Here only what attention found is asked for.",
            knobs={"out": "residual"},
        ),
        Mistake(
            "q_and_k",
            "keys ask and queries answer",
            "w_q and w_k have changed places",
            "In the scores, which of the two gives the rows?",
            knobs={"roles": "q and k"},
        ),
        Mistake(
            "k_and_v",
            "tokens are found by their values, and their keys are mixed",
            "w_k and w_v have changed places",
            "In which order does your attention take its arguments?",
            knobs={"roles": "k and v"},
        ),
        Mistake(
            "only_q",
            "a token is found by its query",
            "keys are made with w_q too; w_k is not used",
            "Which of the arguments does your code never mention?",
            knobs={"roles": "only q"},
        ),
        Mistake(
            "no_values",
            "x itself is mixed",
            "the values are x, not x times w_v",
            "Which of the arguments does your code never mention?",
            knobs={"roles": "no values"},
        ),
        Mistake(
            "turned_matrices",
            "all shapes are right and all numbers wrong",
            "you multiply by the transposed matrices (they are square, so nothing complains)",
            "Tokens are rows here: x @ w. Whose .T is that?",
            knobs={"turned": "all"},
        ),
        Mistake(
            "turned_output",
            "all shapes are right and all numbers wrong",
            "you multiply by w_o.T (w_o is square, so nothing complains)",
            "Tokens are rows here: x @ w, for each of the four matrices.",
            knobs={"turned": "output"},
        ),
        *COUNTS,
    ),
)

EXERCISES = (PAST,)
