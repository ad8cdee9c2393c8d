"""Notebook 07: make tokens that came before less likely."""

from __future__ import annotations

import numpy as np
import torch
from numpy import ndarray

from aigc_lab.exercises.bank.generation_2_top_k import on_array
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.generation import sampling


def penalise_repeats(logits: ndarray, seen: ndarray, penalty: float) -> ndarray:
    """The package's repetition penalty; (V,) and ids (T,) -> (V,)."""
    ids = torch.as_tensor(np.asarray(seen, dtype=np.int64))
    return on_array(sampling.penalise_repeats, logits, ids, penalty)


def flawed(
    logits: ndarray,
    seen: ndarray,
    penalty: float,
    *,
    how: str = "by sign",
    which: str = "seen",
    often: str = "once",
    give: str = "all",
) -> ndarray:
    """The same with what can go wrong."""
    ids, counts = np.unique(seen, return_counts=True)
    everything = np.arange(len(logits))
    chosen = {
        "seen": ids,
        "all": everything,
        "others": np.setdiff1d(everything, ids),
        "last": np.asarray(seen)[-1:],
        "first": np.asarray(seen)[:1],
        "but the last": np.unique(seen[:-1]),
        "places": np.arange(min(len(seen), len(logits))),
        "repeated": ids[counts > 1],
    }[which]
    counted = np.ones(len(logits), dtype=int)
    counted[ids] = counts
    strength = {
        "once": np.full(len(chosen), penalty),
        "each time": penalty ** counted[chosen],
        "times": penalty * counted[chosen],
    }[often]
    lowered = logits.astype(float)
    lowered[chosen] = HOW[how](lowered[chosen], strength)
    if give == "zeros":
        lowered[np.setdiff1d(everything, ids)] = 0.0
    return lowered[np.asarray(seen, dtype=int)] if give == "seen" else lowered


HOW = {
    "by sign": lambda x, r: np.where(x > 0, x / r, x * r),
    "divided": lambda x, r: x / r,
    "multiplied": lambda x, r: x * r,
    "signs exchanged": lambda x, r: np.where(x > 0, x * r, x / r),
    "subtracted": lambda x, r: x - r,
    "only positive": lambda x, r: np.where(x > 0, x / r, x),
    "only negative": lambda x, r: np.where(x > 0, x, x * r),
    "minus": lambda x, r: np.where(x > 0, x / r, -x * r),
    "forbidden": lambda x, r: np.full_like(x, -np.inf),
    "zero": lambda x, r: np.zeros_like(x),
    "probability": lambda x, r: x - np.log(r),
    "by size": lambda x, r: x - np.abs(x) / r,
}


def _probes() -> list[Probe]:
    random = np.random.default_rng(23)
    five = np.array([4.0, -4.0, 1.0, 0.0, -0.5])
    return [
        probe("5 tokens, two of them seen", five, np.array([1, 0]), 2.0),
        probe("7 tokens, some seen often", 2 * random.normal(size=7), [3, 6, 3, 3, 0, 6], 1.3),
        probe("only negative logits", -random.random(5), np.array([4, 2, 4, 0]), 1.5),
        probe("only positive logits", random.random(5), np.array([2, 2, 2, 1]), 1.2),
        probe("nothing seen yet", five, np.array([], dtype=int), 1.7),
        probe("more ids than tokens", five, np.array([2, 4, 2, 1, 1, 4, 2, 2, 1]), 1.1),
        probe("a penalty of 1", five, np.array([0, 1, 3]), 1.0),
        probe("a penalty below 1, which invites", five, np.array([0, 1, 0]), 0.5),
    ]


REPEATS = Exercise(
    name="penalise_repeats",
    notebook="07_generation",
    title="A penalty for repeats",
    points=1,
    reference=penalise_repeats,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "A smaller logit is a less likely token. Does 4 / 2 get smaller? Does -4 / 2?",
        "Copy the logits. For each *different* id in seen: divide its logit by the penalty if it "
        "is positive, multiply it if it is negative.",
        "result = logits.copy(); for i in set(seen.tolist()): result[i] becomes "
        "result[i] / penalty if result[i] > 0 else result[i] * penalty.",
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "divided",
            "seen tokens with a negative logit become more likely",
            "you divide negative logits too, which brings them nearer to 0",
            "-4 / 2 is -2: is that lower? What makes -4 lower?",
            knobs={"how": "divided"},
        ),
        Mistake(
            "multiplied",
            "seen tokens with a positive logit become more likely",
            "you multiply positive logits too",
            "4 · 2 is 8: is that lower? What makes 4 lower?",
            knobs={"how": "multiplied"},
        ),
        Mistake(
            "signs_exchanged",
            "every seen token becomes more likely",
            "you multiply the positive logits and divide the negative ones",
            "Work out 4 and -4 with a penalty of 2. Which way do they move?",
            knobs={"how": "signs exchanged"},
        ),
        Mistake(
            "subtracted",
            "the penalty takes the same amount from every seen token",
            "you subtract the penalty from the logit",
            "A penalty of 1 has to change nothing. Which operations leave a number as it is?",
            knobs={"how": "subtracted"},
        ),
        Mistake(
            "log_subtracted",
            "a logit of 0 moves, and every other one moves by the same amount",
            "you divide the probability, which subtracts log(penalty) from the logit",
            "Here it is the logits themselves that are divided or multiplied.",
            knobs={"how": "probability"},
        ),
        Mistake(
            "only_positive",
            "seen tokens with a negative logit keep it",
            "only positive logits are changed",
            "What has to be done to -4, so that it gets lower?",
            knobs={"how": "only positive"},
        ),
        Mistake(
            "only_negative",
            "seen tokens with a positive logit keep it",
            "only negative logits are changed",
            "What has to be done to 4, so that it gets lower?",
            knobs={"how": "only negative"},
        ),
        Mistake(
            "minus",
            "seen tokens with a negative logit get a positive one",
            "you multiply negative logits by minus the penalty",
            "-4 is to become lower than -4.",
            knobs={"how": "minus"},
        ),
        Mistake(
            "forbidden",
            "a token can never come twice",
            "you set the logits of seen tokens to minus infinity",
            "They are to become less likely, not impossible. What is the penalty for?",
            knobs={"how": "forbidden"},
        ),
        Mistake(
            "zero",
            "seen tokens have logit 0, which can be a large one",
            "you set the logits of seen tokens to 0",
            "They are to become less likely, by a factor. What is the penalty for?",
            knobs={"how": "zero"},
        ),
        Mistake(
            "each_time",
            "a token that was seen three times is penalised three times",
            "the penalty is applied once for every time the token came",
            "Two occurrences count like one. What makes a list's values different from each other?",
            knobs={"often": "each time"},
        ),
        Mistake(
            "times_count",
            "the penalty grows with how often a token came",
            "you multiply the penalty by the number of times",
            "Two occurrences count like one.",
            knobs={"often": "times"},
        ),
        Mistake(
            "all",
            "tokens that were never seen are penalised too",
            "you change the whole vector",
            "Which places of the logits does `seen` name?",
            knobs={"which": "all"},
        ),
        Mistake(
            "others",
            "the tokens that were not seen are penalised",
            "your condition is turned round",
            "Which tokens are to become less likely?",
            knobs={"which": "others"},
        ),
        Mistake(
            "last",
            "only one token is penalised",
            "you look at the last id only",
            "Everything seen so far counts, however long ago.",
            knobs={"which": "last"},
        ),
        Mistake(
            "but_the_last",
            "the newest token may come again unpunished",
            "you leave out the last id, perhaps because its place is taken for the present",
            "The last id is the one that a loop repeats first.",
            knobs={"which": "but the last"},
        ),
        Mistake(
            "places",
            "the first tokens of the vocabulary are penalised",
            "you use the places 0 to T - 1 and not the ids that stand there",
            "`seen` holds ids. Which id stands at place 0?",
            knobs={"which": "places"},
        ),
        Mistake(
            "others_zero",
            "tokens that were not seen get the logit 0",
            "you fill in 0 where nothing is to be changed",
            "Which array has the logits that stay as they are?",
            knobs={"give": "zeros"},
        ),
        Mistake(
            "only_seen",
            "there are as many numbers as ids were seen",
            "you return the changed logits only",
            "Tokens that were not seen keep their logits. How many numbers has the answer?",
            knobs={"give": "seen"},
        ),
        Mistake(
            "repeated",
            "a token is penalised only when it came twice",
            "you take the ids that stand in `seen` more than once",
            "A token seen once would be repeated if it came now.",
            knobs={"which": "repeated"},
        ),
    ),
)

EXERCISES = (REPEATS,)
