"""Notebook 07: token after token, until the end comes or the room is used up."""

from __future__ import annotations

from aigc_lab.exercises.bank.generation_6_generate_flawed import flawed
from aigc_lab.exercises.bank.generation_6_generate_mistakes import MISTAKES
from aigc_lab.exercises.bank.generation_6_models import NextLogits, speaker
from aigc_lab.exercises.definition import Exercise, Probe, probe


def generate(
    next_logits: NextLogits, prompt: list[int], max_new_tokens: int, end: int
) -> tuple[list[int], str]:
    """Greedy; ids in, the new ids out, and why they are not more."""
    return flawed(next_logits, prompt, max_new_tokens, end)


def _probes() -> list[Probe]:
    return [
        probe("a prompt of 3, the end comes as the 5th token", speaker(3, 7), [3, 1, 4], 8, 0),
        probe("the end does not come within 6 tokens", speaker(4, 11), [2], 6, 5),
        probe("the end is the last token there is room for", speaker(1, 7), [0, 4, 2, 4, 1], 5, 6),
        probe("the end stands in the prompt", speaker(6, 11), [0, 4, 2, 4, 1], 7, 2),
        probe("the prompt's last id is the end", speaker(9, 7), [2], 6, 2),
        probe("room for one token, which is the end", speaker(2, 11), [2], 1, 3),
        probe("room for 3 tokens after a prompt of 5", speaker(8, 11), [0, 4, 2, 4, 1], 3, 9),
        probe("the end comes at once", speaker(5, 7), [3, 1, 4], 4, 0),
    ]


GENERATE = Exercise(
    name="generate",
    notebook="07_generation",
    title="Next token after next token, and when to stop",
    points=2,
    reference=generate,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "What does the model have to see before each new token, and which of its rows speaks of "
        "the next one? Two things can end the loop.",
        "Copy the prompt. At most max_new_tokens times: logits of all ids so far, argmax of the "
        "last row, append it to the ids and to the new ones; if it is the end, return the new ids "
        "and “stop”. After the loop: the new ids and “length”.",
        "for _ in range(max_new_tokens): token = int(np.argmax(next_logits(prompt + new)[-1])); "
        'new.append(token); if token == end: return new, "stop". And after the loop '
        'return new, "length".',
    ),
    flawed=flawed,
    mistakes=MISTAKES,
)

EXERCISES = (GENERATE,)
