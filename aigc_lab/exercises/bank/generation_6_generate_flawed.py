"""Notebook 07: the ways to get the loop of generation wrong, for generation_6_generate."""

from __future__ import annotations

import numpy as np
from numpy import ndarray

from aigc_lab.exercises.bank.generation_6_models import NextLogits

EXERCISES = ()  # the exercise that these belong to stands in generation_6_generate


def flawed(
    next_logits: NextLogits,
    prompt: list[int],
    max_new_tokens: int,
    end: int,
    *,
    row: str = "last",
    token: str = "largest",
    fed: str = "all",
    room: str = "new",
    stop: str = "end",
    reason: str = "end came",
    give: str = "both",
) -> tuple[list[int], str]:
    """The same with what can go wrong."""
    new: list[int] = []
    rooms = {"whole": max_new_tokens - len(prompt), "one more": max_new_tokens + 1}
    rooms |= {"one fewer": max_new_tokens - 1, "one": 1}
    for _ in range(rooms.get(room, max_new_tokens)):
        ids = [*prompt, *new]
        if (stop == "ids" and end in ids) or (stop == "before" and ids[-1] == end):
            break
        logits = np.asarray(next_logits(FED[fed](list(prompt), new)))
        new.append(_token(logits, row, token))
        if new[-1] == end and stop == "end":
            break
    return _given(list(prompt), new, end, max_new_tokens, stop, reason, give)


def _token(logits: ndarray, row: str, token: str) -> int:
    if row == "down":
        return int(logits.argmax(axis=0)[-1])
    chosen = logits if row == "all" else logits[{"last": -1, "first": 0}[row]]
    return int(chosen.argmin() if token == "smallest" else chosen.argmax())


FED = {
    "all": lambda prompt, new: prompt + new,
    "last": lambda prompt, new: (prompt + new)[-1:],
    "prompt, then last": lambda prompt, new: new[-1:] or prompt,
    "prompt, then new": lambda prompt, new: new or prompt,
    "prompt": lambda prompt, new: prompt,
    "in front": lambda prompt, new: new[::-1] + prompt,
}


def _given(
    prompt: list[int],
    new: list[int],
    end: int,
    room: int,
    stop: str,
    reason: str,
    give: str,
) -> tuple:
    came = bool(new) and new[-1] == end
    told = {
        "end came": "stop" if came else "length",
        "length": "length",
        "stop": "stop",
        "turned": "length" if came else "stop",
        "full": "length" if len(new) >= room else "stop",
        "anywhere": "stop" if end in prompt + new else "length",
    }[reason]
    ids = {"whole": prompt + new, "no end": [i for i in new if i != end], "one": new[-1:]}
    return {
        "reason first": (told, new),
        "only ids": new,
        "nothing": ([], told),
    }.get(give, (ids.get(give, new), told))
