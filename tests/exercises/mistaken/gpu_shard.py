"""Mistakes with sharing out rows, as readers of notebook 08 write them."""

import math

import numpy as np
import torch


def refused(batch, size):
    if len(batch) % size != 0:
        raise ValueError("these rows cannot be shared")
    return len(batch) // size


def dealt(batch, rank, size):
    refused(batch, size)
    return batch[rank::size]


def dealt_by_reshape(batch, rank, size):
    return batch.reshape(-1, size, batch.shape[1])[:, rank]


def dealt_in_a_loop(batch, rank, size):
    refused(batch, size)
    return np.array([row for i, row in enumerate(batch) if i % size == rank])


def dealt_to_all(batch, rank, size):
    return batch[rank::size]


def floored(batch, rank, size):
    rows = len(batch) // size
    return batch[rank * rows : (rank + 1) * rows]


def last_takes_all(batch, rank, size):
    rows = len(batch) // size
    if rank == size - 1:
        return batch[rank * rows :]
    return batch[rank * rows : (rank + 1) * rows]


def array_split(batch, rank, size):
    return np.array_split(batch, size)[rank]


def ceiling(batch, rank, size):
    rows = math.ceil(len(batch) / size)
    return batch[rank * rows : (rank + 1) * rows]


def printed(batch, rank, size):
    if len(batch) % size:
        print("the batch does not divide!")
        return None
    rows = len(batch) // size
    return batch[rank * rows : (rank + 1) * rows]


def only_if_even(batch, rank, size):
    if len(batch) % size == 0:
        rows = len(batch) // size
        return batch[rank * rows : (rank + 1) * rows]


def given_back(batch, rank, size):
    if len(batch) % size:
        return batch
    return np.split(batch, size)[rank]


def asserted(batch, rank, size):
    assert len(batch) % size == 0, "the rows do not divide"
    return np.split(batch, size)[rank]


def runtime_error(batch, rank, size):
    if len(batch) % size:
        raise RuntimeError("the rows do not divide")
    return np.split(batch, size)[rank]


def more_than_rows(batch, rank, size):
    if size > len(batch):
        raise ValueError("more processes than rows")
    rows = len(batch) // size
    return batch[rank * rows : rank * rows + rows]


def percent_turned(batch, rank, size):
    if size % len(batch) != 0:
        raise ValueError("the rows do not divide")
    rows = len(batch) // size
    return batch[rank * rows : rank * rows + rows]


def one_slash(batch, rank, size):
    if len(batch) % size:
        raise ValueError("the rows do not divide")
    rows = len(batch) / size
    start = rank * rows
    return batch[start : start + rows]


def so_many_as_processes(batch, rank, size):
    refused(batch, size)
    return batch[rank * size : rank * size + size]


def begins_at_size(batch, rank, size):
    rows = refused(batch, size)
    start = rank * size
    return batch[start : start + rows]


def begins_at_rank(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank : rank + rows]


def counted_from_one(batch, rank, size):
    rows = refused(batch, size)
    return batch[(rank - 1) * rows : rank * rows]


def from_behind(batch, rank, size):
    refused(batch, size)
    return np.split(batch, size)[-rank - 1]


def just_one(batch, rank, size):
    refused(batch, size)
    return batch[rank]


def open_end(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank * rows :]


def open_start(batch, rank, size):
    rows = refused(batch, size)
    return batch[: (rank + 1) * rows]


def same_for_all(batch, rank, size):
    return batch[: refused(batch, size)]


def start_and_length(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank * rows : rows]


def minus_one(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank * rows : (rank + 1) * rows - 1]


def plus_one(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank * rows : (rank + 1) * rows + 1]


def stepped(batch, rank, size):
    rows = refused(batch, size)
    return batch[rank::rows]


def split_only(batch, rank, size):
    return np.split(batch, size)


def row_numbers(batch, rank, size):
    rows = refused(batch, size)
    return np.arange(rank * rows, (rank + 1) * rows)


def untouched(batch, rank, size):
    refused(batch, size)
    return batch


def every_row_cut(batch, rank, size):
    refused(batch, size)
    return np.array_split(batch, size, axis=-1)[rank]


def torch_chunk(batch, rank, size):
    return torch.from_numpy(batch).chunk(size)[rank]


def width_cut(batch, rank, size):
    refused(batch, size)
    width = batch.shape[1] // size
    return batch[:, rank * width : (rank + 1) * width]


def list_from_one(batch, rank, size):
    return np.split(batch, size)[rank - 1]


def reshaped_flat(batch, rank, size):
    refused(batch, size)
    return batch.reshape(size, -1)[rank]


MISTAKEN = {
    "shard": [
        ("in turn", dealt),
        ("in turn", dealt_by_reshape),
        ("in turn", dealt_in_a_loop),
        ("rest dropped", floored),
        ("rest to the last", last_takes_all),
        ("rest spread", array_split),
        ("rounded up", ceiling),
        ("nothing", printed),
        ("nothing", only_if_even),
        ("everything", given_back),
        ("another error", asserted),
        ("another error", runtime_error),
        ("too few rows refused only", more_than_rows),
        ("division turned", percent_turned),
        ("fractions", one_slash),
        ("size rows", so_many_as_processes),
        ("starts at rank times size", begins_at_size),
        ("starts at rank", begins_at_rank),
        ("ranks from 1", counted_from_one),
        ("share before", list_from_one),
        ("backwards", from_behind),
        ("flat", reshaped_flat),
        ("one row", just_one),
        ("to the end", open_end),
        ("up to the end", open_start),
        ("always the first", same_for_all),
        ("ends at rows", start_and_length),
        ("one row short", minus_one),
        ("one row more", plus_one),
        ("every B / size-th", stepped),
        ("all shares", split_only),
        ("places", row_numbers),
        ("whole batch", untouched),
        ("columns", every_row_cut),
        ("columns", width_cut),
        ("rounded up", torch_chunk),
        ("in turn, whatever is left", dealt_to_all),
    ]
}
