"""Notebook 11: mistakes in what is told of the tokens that count, as readers write them."""


def masked_out(ids, assistant, end):
    mask, on = [], False
    for token in ids:
        mask.append(not on)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return mask


def by_pairs(ids, assistant, end):
    scored, start = [False] * len(ids), None
    for i, token in enumerate(ids):
        if token == assistant:
            start = i
        elif token == end and start is not None:
            for j in range(start + 1, i + 1):
                scored[j] = True
            start = None
    return scored


def default_of_the_last(ids, assistant, end):
    scored = [False] * len(ids)
    for i, token in enumerate(ids):
        if token == assistant:
            rest = ids[i + 1 :]
            stop = i + rest.index(end) + 2 if end in rest else len(ids) - 1
            for j in range(i + 1, stop):
                scored[j] = True
    return scored


def by_index(ids, assistant, end):
    scored = [False] * len(ids)
    for i, token in enumerate(ids):
        if token == assistant:
            stop = ids.index(end, i)
            scored[i + 1 : stop + 1] = [True] * (stop - i)
    return scored


def walks_on(ids, assistant, end):
    scored = [False] * len(ids)
    i = 0
    while i < len(ids):
        if ids[i] == assistant:
            i += 1
            while ids[i] != end:
                scored[i] = True
                i += 1
            scored[i] = True
        i += 1
    return scored


def ones(ids, assistant, end):
    scored, on = [], 0
    for token in ids:
        scored.append(on)
        if token == assistant:
            on = 1
        elif token == end:
            on = 0
    return scored


def hugging_face_labels(ids, assistant, end):
    labels, on = [], False
    for token in ids:
        labels.append(token if on else -100)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return labels


def collected(ids, assistant, end):
    kept, on = [], False
    for token in ids:
        if on:
            kept.append(token)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return kept


def collected_places(ids, assistant, end):
    kept, on = [], False
    for i, token in enumerate(ids):
        if on:
            kept.append(i)
        if token == assistant:
            on = True
        elif token == end:
            on = False
    return kept


ANSWERS = [
    ("inverted", masked_out),
    ("unfinished answer lost", by_pairs),
    ("unfinished answer one short", default_of_the_last),
    ("an end is expected, by index", by_index),
    ("an end is expected, step by step", walks_on),
    ("ones and zeros", ones),
    ("labels", hugging_face_labels),
    ("ids of the answers", collected),
    ("places of the answers", collected_places),
]
MISTAKEN: dict = {}  # they stand in chat_scored, with the other mistakes of the exercise
