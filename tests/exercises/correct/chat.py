"""Right solutions of notebook 11's exercises on the template and the loss."""

import itertools
import re

import numpy as np
import torch


def render_loop(messages, add_generation_prompt=True):
    text = "<|endoftext|>"
    for message in messages:
        text += f"<|{message['role']}|>{message['content']}<|end|>"
    return text + "<|assistant|>" if add_generation_prompt else text


def render_join(messages, add_generation_prompt=True):
    parts = ["<|endoftext|>"]
    parts.extend("<|" + m["role"] + "|>" + m["content"] + "<|end|>" for m in messages)
    return "".join(parts + ["<|assistant|>"] * add_generation_prompt)


def render_table(messages, add_generation_prompt=True):
    marks = {"system": "<|system|>", "user": "<|user|>", "assistant": "<|assistant|>"}
    text = "<|endoftext|>"
    for message in messages:
        text = text + marks[message["role"]]
        text = text + message["content"]
        text = text + "<|end|>"
    if add_generation_prompt:
        text = text + marks["assistant"]
    return text


def render_recursive(messages, add_generation_prompt=True):
    if not messages:
        return "<|endoftext|>"
    *before, last = messages
    whole = render_recursive(before, False) + "<|{role}|>{content}<|end|>".format(**last)
    return f"{whole}<|assistant|>" if add_generation_prompt else whole


def render_jinja(messages, add_generation_prompt=True):
    import jinja2

    template = (
        "<|endoftext|>{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
        "{% if ask %}<|assistant|>{% endif %}"
    )
    return jinja2.Template(template).render(messages=messages, ask=add_generation_prompt)


def scored_state(ids, assistant, end):
    scored, answering = [], False
    for token in ids:
        scored.append(answering)
        if token == assistant:
            answering = True
        elif token == end:
            answering = False
    return scored


def scored_spans(ids, assistant, end):
    scored = [False] * len(ids)
    for mark in [place for place, token in enumerate(ids) if token == assistant]:
        for place in range(mark + 1, len(ids)):
            scored[place] = True
            if ids[place] == end:
                break
    return scored


def scored_before(ids, assistant, end):
    answer = []
    for place in range(len(ids)):
        marks = [token for token in ids[:place] if token in (assistant, end)]
        answer.append(bool(marks) and marks[-1] == assistant)
    return answer


def scored_numpy(ids, assistant, end):
    ids = np.array(ids)
    places = np.arange(len(ids))
    begun = np.maximum.accumulate(np.where(ids == assistant, places, -1))
    ended = np.maximum.accumulate(np.where(ids == end, places, -1))
    return np.concatenate([[False], (begun > ended)[:-1]])


def scored_torch(ids, assistant, end):
    ids = torch.tensor(ids)
    answering, scored = torch.tensor(False), []
    for token in ids:
        scored.append(answering)
        answering = (token == assistant) | (answering & (token != end))
    return torch.stack(scored)


def scored_pattern(ids, assistant, end):
    letters = "".join("A" if t == assistant else "E" if t == end else "." for t in ids)
    scored = [False] * len(ids)
    for found in re.finditer(r"A(\.*E?)", letters):
        for place in range(*found.span(1)):
            scored[place] = True
    return scored


def scored_accumulated(ids, assistant, end):
    def step(answering, token):
        return token == assistant or (answering and token != end)

    return list(itertools.accumulate(ids[:-1], step, initial=False))


def loss_product(nats, scored):
    return (nats * scored).sum() / max(scored.sum(), 1)


def loss_picked(nats, scored):
    kept = nats[scored]
    return kept.mean() if len(kept) else 0.0


def loss_loop(nats, scored):
    total, count = 0.0, 0
    for loss, counts in zip(nats.ravel(), scored.ravel(), strict=True):
        if counts:
            total += loss
            count += 1
    return total / count if count else 0.0


def loss_torch(nats, scored):
    nats, scored = torch.as_tensor(nats), torch.as_tensor(scored)
    return nats.masked_fill(~scored, 0).sum() / scored.sum().clamp(min=1)


def loss_where(nats, scored):
    if not scored.any():
        return 0
    return float(np.nanmean(np.where(scored, nats, np.nan)))


def loss_weights(nats, scored):
    return np.average(nats, weights=scored) if scored.any() else np.float32(0)


CORRECT = {
    "render_chat": [render_loop, render_join, render_table, render_recursive, render_jinja],
    "scored_tokens": [
        scored_state,
        scored_spans,
        scored_before,
        scored_numpy,
        scored_torch,
        scored_pattern,
        scored_accumulated,
    ],
    "masked_loss": [
        loss_product,
        loss_picked,
        loss_loop,
        loss_torch,
        loss_where,
        loss_weights,
    ],
}
