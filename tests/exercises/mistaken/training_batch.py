"""Mistakes with batches, as readers of notebook 06 write them."""

import numpy as np
import torch


def same(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    return x, x.copy()


def same_slices(ids, starts, block_size):
    rows = [ids[s : s + block_size] for s in starts]
    return np.array(rows), np.array(rows)


def before(ids, starts, block_size):
    at = starts[:, None] + np.arange(block_size)
    return ids[at], ids[at - 1]


def two_on(ids, starts, block_size):
    ids = np.append(ids, ids[:2])  # so that the last start still finds enough
    x = np.stack([ids[s : s + block_size] for s in starts])
    y = np.stack([ids[s + 2 : s + 2 + block_size] for s in starts])
    return x, y


def rolled_rows(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    return x, np.roll(x, -1, axis=-1)


def first_to_the_end(ids, starts, block_size):
    x = torch.tensor(np.stack([ids[s : s + block_size] for s in starts]).astype(int))
    return x, torch.cat((x[:, 1:], x[:, :1]), dim=1)


def rolled_all(ids, starts, block_size):
    x = np.array([ids[s : s + block_size] for s in starts])
    return x, np.roll(x, -1)


def rows_rolled(ids, starts, block_size):
    x = np.array([ids[s : s + block_size] for s in starts])
    return x, np.roll(x, -1, axis=0)


def next_rows(ids, starts, block_size):
    x = np.array([ids[s : s + block_size] for s in starts])
    return x, np.concatenate([x[1:], x[:1]])


def shared(ids, starts, block_size):
    rows = np.array([ids[s : s + block_size] for s in starts])
    return rows[:, :-1], rows[:, 1:]


def one_more(ids, starts, block_size):
    at = starts[:, None] + np.arange(block_size + 1)
    return ids[at], np.append(ids, ids[0])[at + 1]


def as_rows(ids, starts, block_size):
    starts = (starts * block_size) % len(ids)
    long = np.concatenate([ids, ids, ids])
    x = np.stack([long[s : s + block_size] for s in starts])
    return x, np.stack([long[s + 1 : s + block_size + 1] for s in starts])


def in_order(ids, starts, block_size):
    long = np.concatenate([ids, ids])
    many = len(starts) * block_size
    return long[:many].reshape(-1, block_size), long[1 : many + 1].reshape(-1, block_size)


def of_numbers(ids, starts, block_size):
    x, y = [], []
    for s in range(len(starts)):
        x.append(ids[s : s + block_size])
        y.append(ids[s + 1 : s + block_size + 1])
    return np.array(x), np.array(y)


def of_enumerate(ids, starts, block_size):
    x = np.zeros((len(starts), block_size), int)
    y = np.zeros((len(starts), block_size), int)
    for b, _ in enumerate(starts):
        for t in range(block_size):
            x[b, t], y[b, t] = ids[b + t], ids[b + t + 1]
    return x, y


def next_only(ids, starts, block_size):
    return np.stack([ids[s : s + block_size] for s in starts]), ids[starts + block_size]


def next_only_in_a_loop(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    return x, [int(ids[s + block_size]) for s in starts]


def second_only(ids, starts, block_size):
    return np.stack([ids[s : s + block_size] for s in starts]), ids[starts + 1]


def block_after(ids, starts, block_size):
    long = np.concatenate([ids, ids])
    x = np.stack([long[s : s + block_size] for s in starts])
    return x, np.stack([long[s + block_size : s + 2 * block_size] for s in starts])


def answers_first(ids, starts, block_size):
    rows = np.stack([ids[s : s + block_size + 1] for s in starts])
    return rows[:, 1:], rows[:, :-1]


def in_columns(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts], axis=1)
    return x, np.stack([ids[s + 1 : s + block_size + 1] for s in starts], axis=1)


def broadcast_down(ids, starts, block_size):
    at = np.arange(block_size)[:, None] + starts
    return ids[at], ids[at + 1]


def end_forgotten(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    return x, np.stack([ids[s + 1 : s + block_size] for s in starts])


def end_too_far(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size + 1] for s in starts])
    return x, np.stack([ids[s + 1 : s + block_size + 1] for s in starts])


def no_stack(ids, starts, block_size):
    x = [ids[s : s + block_size] for s in starts]
    return x, [ids[s + 1 : s + block_size + 1] for s in starts]


def joined(ids, starts, block_size):
    x = np.concatenate([ids[s : s + block_size] for s in starts])
    return x, np.concatenate([ids[s + 1 : s + block_size + 1] for s in starts])


def extended(ids, starts, block_size):
    x, y = [], []
    for s in starts:
        x.extend(ids[s : s + block_size])
        y.extend(ids[s + 1 : s + block_size + 1])
    return np.array(x), np.array(y)


def slice_of_all(ids, starts, block_size):
    x = ids[starts : starts + block_size]
    y = ids[starts + 1 : starts + block_size + 1]
    return x, y


def counted_up(ids, starts, block_size):
    x = np.stack([ids[s : s + block_size] for s in starts])
    return x, x + 1


def padded(filler):
    def get_batch(ids, starts, block_size):
        x = np.stack([ids[s : s + block_size] for s in starts]).astype(int)
        y = np.full_like(x, filler)
        y[:, :-1] = x[:, 1:]
        return x, y

    return get_batch


def of_starts(ids, starts, block_size):
    return ids[starts], ids[starts + 1]


def wrong_end(ids, starts, block_size):
    x = np.stack([ids[s:block_size] for s in starts])
    y = np.stack([ids[s + 1 : block_size + 1] for s in starts])
    return x, y


MISTAKEN = {
    "get_batch": [
        ("y is x", same),
        ("y is x", same_slices),
        ("backwards", before),
        ("by two", two_on),
        ("rolled", rolled_rows),
        ("rolled", first_to_the_end),
        ("rolled together", rolled_all),
        ("the next row", rows_rolled),
        ("the next row", next_rows),
        ("one short", shared),
        ("one long", one_more),
        ("row numbers", as_rows),
        ("starts unused", in_order),
        ("counted starts", of_numbers),
        ("counted starts", of_enumerate),
        ("one answer a row", next_only),
        ("one answer a row", next_only_in_a_loop),
        ("one id at first", second_only),
        ("the next block", block_after),
        ("exchanged", answers_first),
        ("turned", in_columns),
        ("turned", broadcast_down),
        ("y ends early", end_forgotten),
        ("x ends late", end_too_far),
        ("not stacked", no_stack),
        ("in one row", joined),
        ("in one row", extended),
        ("sliced by an array", slice_of_all),
        ("ids plus one", counted_up),
        ("padded with 0", padded(0)),
        ("padded with -100", padded(-100)),
        ("only the starts", of_starts),
        ("end not from the start", wrong_end),
    ],
}
