"""Notebook 07: beam search."""

from __future__ import annotations

import numpy as np
import torch

from aigc_lab.exercises.bank.generation_6_models import LogProbs, teller
from aigc_lab.exercises.bank.generation_7_beams_flawed import flawed
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe
from aigc_lab.generation.beam import grow


def beam_search(
    log_probs: LogProbs, prompt: list[int], width: int, length: int
) -> tuple[list[int], float]:
    """The best of `width` continuations; each step is the package's own."""
    beams: list[list[int]] = [[]]
    totals = torch.zeros(1, dtype=torch.float64)
    for _ in range(length):
        rows = [np.asarray(log_probs([*prompt, *ids]), dtype=float) for ids in beams]
        totals, parents, tokens = grow(totals, torch.from_numpy(np.stack(rows)), width)
        grown = zip(parents.tolist(), tokens.tolist(), strict=True)
        beams = [[*beams[parent], token] for parent, token in grown]
    return beams[0], float(totals[0])


def _probes() -> list[Probe]:
    return [  # the numbers of the models are such that each mistake shows
        probe("7 tokens, 2 beams, 3 steps", teller(14, 7), [3, 1], 2, 3),
        probe("7 tokens, 3 beams, 4 steps", teller(10, 7), [2, 5, 0], 3, 4),
        probe("one beam", teller(2, 5), [4, 0], 1, 3),
        probe("one step", teller(3, 11), [6], 3, 1),
        probe("5 tokens, 2 beams, 4 steps", teller(15, 5), [1, 1, 2], 2, 4),
        probe("more beams than tokens", teller(5, 3), [0, 2], 5, 3),
        probe("11 tokens, 3 beams, 3 steps", teller(19, 11), [9, 4, 7, 1], 3, 3),
    ]


BEAMS = Exercise(
    name="beam_search",
    notebook="07_generation",
    title="Beam search: follow several continuations at once",
    points=3,
    reference=beam_search,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "Every beam grows by every token. How many candidates are that, and how many go on?",
        "Begin with one beam: no ids, sum 0. Each step makes the candidates of all beams (ids + a "
        "token, sum + its log-probability), sorts all together, and keeps the best `width`.",
        "candidates = [(ids + [t], total + lp) for ids, total in beams "
        "for t, lp in enumerate(log_probs(prompt + ids))]; then candidates.sort(key=lambda beam: "
        "beam[1], reverse=True) and beams = candidates[:width].",
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "one_beam",
            "the answer is that of greedy search, however wide the beam",
            "only one continuation is followed: width is not used, or all beams start as copies",
            "Are there `width` *different* beams after the first step?",
            knobs={"kept": "one"},
        ),
        Mistake(
            "best_of_each",
            "the beams of the first step all go on, each by itself",
            "after the first step each beam grows by its own best token only",
            "A beam's second best child may beat another beam's best. Who is compared with whom?",
            knobs={"kept": "best of each"},
        ),
        Mistake(
            "width_of_each",
            "more beams go on with every step",
            "each beam keeps its own best `width`, and nothing cuts them down together",
            "How many beams may there be after the second step?",
            knobs={"kept": "width of each"},
        ),
        Mistake(
            "all",
            "every continuation is followed, which no real vocabulary allows",
            "you never cut the candidates down to `width`",
            "How many candidates go on to the next step?",
            knobs={"kept": "all"},
        ),
        Mistake(
            "one_fewer",
            "a beam is missing",
            "you keep one beam fewer than `width`",
            "How many does [:n] keep?",
            knobs={"kept": "one fewer"},
        ),
        Mistake(
            "one_more",
            "there is one beam too many",
            "you keep one beam more than `width`",
            "How many does [:n] keep?",
            knobs={"kept": "one more"},
        ),
        Mistake(
            "worst",
            "the least likely continuation is found",
            "you keep the smallest sums; sorting goes upwards",
            "Log-probabilities are negative. Is -1 or -5 the better one?",
            knobs={"kept": "worst"},
        ),
        Mistake(
            "old_ones",
            "the answer is too short",
            "the old beams stay among the candidates, and a shorter text is always likelier",
            "Does a beam still count when its continuations are there?",
            knobs={"kept": "old ones"},
        ),
        Mistake(
            "not_summed",
            "the score is that of the last token alone",
            "a new log-probability replaces the beam's sum",
            "How likely is a text of three tokens? Which of their log-probabilities count?",
            knobs={"sums": "last"},
        ),
        Mistake(
            "product",
            "the score changes its sign from step to step",
            "you multiply log-probabilities",
            "Probabilities are multiplied. What happens to their logarithms then?",
            knobs={"sums": "product"},
        ),
        Mistake(
            "of_probabilities",
            "the score is positive",
            "you add up probabilities, not their logarithms",
            "Probabilities of tokens that follow each other are multiplied. What may be added?",
            knobs={"sums": "of probabilities"},
        ),
        Mistake(
            "ranked_by_last",
            "the beams go on by their newest token only",
            "you sort the candidates by the new log-probability, not by the sum",
            "A good word after a hopeless beginning: how likely is that text?",
            knobs={"rank": "last step"},
        ),
        Mistake(
            "last_only",
            "the model forgets all but one token",
            "you hand it only the last id",
            "What does log_probs have to see, to know what comes next?",
            knobs={"fed": "last"},
        ),
        Mistake(
            "prompt_only",
            "every step has the same probabilities",
            "you hand the model the prompt without the beam's own ids",
            "What does log_probs have to see, so that it knows what comes next?",
            knobs={"fed": "prompt"},
        ),
        Mistake(
            "no_prompt",
            "the first token is right, and then the model forgets the prompt",
            "you hand it only the beam's new ids",
            "What does log_probs have to see, so that it knows what comes next?",
            knobs={"fed": "prompt, then new"},
        ),
        Mistake(
            "one_step_more",
            "there is one token too many",
            "your loop runs once too often",
            "How many ids has the answer for length = 1?",
            knobs={"steps": "one more"},
        ),
        Mistake(
            "one_step_fewer",
            "there is one token too few",
            "your loop runs once too few",
            "How many ids has the answer for length = 1?",
            knobs={"steps": "one fewer"},
        ),
        Mistake(
            "worst_of_beams",
            "the worst of the last beams comes back",
            "you return the last beam of a list that begins with the best",
            "Which end of your list holds the largest sum?",
            knobs={"chosen": "worst"},
        ),
        Mistake(
            "chosen_by_last",
            "not the likeliest of the last beams comes back",
            "you choose the beam whose newest token is likeliest",
            "Which number speaks for the whole beam?",
            knobs={"chosen": "last step"},
        ),
        Mistake(
            "mean",
            "the score is the mean per token",
            "you divide the sum by the number of ids",
            "All beams are equally long here. What is asked for?",
            knobs={"give": "mean"},
        ),
        Mistake(
            "probability",
            "the score lies between 0 and 1",
            "you return the probability, not its logarithm",
            "For a long text it would be rounded to 0. What is asked for?",
            knobs={"give": "probability"},
        ),
        Mistake(
            "surprise",
            "the score is positive",
            "you return the sum with its sign turned",
            "A log-probability is never above 0.",
            knobs={"give": "surprise"},
        ),
        Mistake(
            "last_log_prob",
            "the ids are right, but the score is that of the last token",
            "you return the newest log-probability, not the sum",
            "Which number did you sort by?",
            knobs={"give": "last"},
        ),
        Mistake(
            "whole",
            "the prompt stands in front of the new ids",
            "you return all ids",
            "What is asked for are the new ids only.",
            knobs={"give": "whole"},
        ),
        Mistake(
            "score_first",
            "the score stands in front of the ids",
            "you return the pair the wrong way round",
            "First the new ids, then their sum.",
            knobs={"give": "score first"},
        ),
        Mistake(
            "only_ids",
            "the ids come back without their score",
            "you return one thing, and two are asked for",
            "How are two things returned at once?",
            knobs={"give": "only ids"},
        ),
        Mistake(
            "all_beams",
            "a list of beams comes back",
            "you return all beams, and only the best is asked for",
            "Which place has the best of a list that is sorted, best first?",
            knobs={"give": "all"},
        ),
    ),
)

EXERCISES = (BEAMS,)
