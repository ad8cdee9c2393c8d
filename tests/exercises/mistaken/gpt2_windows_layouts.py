"""Mistakes with where windows begin and end, as readers of notebook 09 write them."""

import numpy as np


def side_by_side(loss_of, ids, block, stride):
    return sum(loss_of(ids[i : i + block]).sum() for i in range(0, len(ids), block))


def blocks_that_touch(loss_of, ids, block, stride):
    total, begin = 0.0, 0
    while begin < len(ids) - 1:
        total += loss_of(ids[begin : begin + block]).sum()
        begin += block - 1
    return total


def overlap_of_stride(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block, len(ids))
        total += loss_of(ids[begin:end])[done - begin - 1 :].sum()
        begin, done = begin + max(block - stride, 1), end
    return total


def counted_from_done(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block, len(ids))
        total += loss_of(ids[begin:end])[done - begin :].sum()
        begin, done = begin + stride, end
    return total


def counted_from_before(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block, len(ids))
        total += loss_of(ids[begin:end])[done - begin - 2 :].sum()
        begin, done = begin + stride, end
    return total


def overwritten_in_full_windows(loss_of, ids, block, stride):
    nats = np.zeros(len(ids) - 1)
    for begin in range(0, len(ids) - block + 1, stride):
        nats[begin : begin + block - 1] = loss_of(ids[begin : begin + block])
    return nats.sum()


def for_every_token(loss_of, ids, block, stride):
    total = 0.0
    for at in range(1, len(ids)):
        begin = max(0, at + 1 - block)
        total += loss_of(ids[begin : at + 1])[-1]
    return total


def moved_by_one(loss_of, ids, block, stride):
    total = loss_of(ids[:block]).sum()
    for begin in range(1, len(ids) - block + 1):
        total += loss_of(ids[begin : begin + block])[-1]
    return total


def inputs_and_target(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block + 1, len(ids))
        total += loss_of(ids[begin:end])[done - begin - 1 :].sum()
        begin, done = begin + stride, end
    return total


def one_shorter(loss_of, ids, block, stride):
    begin, done, total = 0, 1, 0.0
    while done < len(ids):
        end = min(begin + block - 1, len(ids))
        total += loss_of(ids[begin:end])[done - begin - 1 :].sum()
        begin, done = begin + stride, end
    return total


def all_ids(loss_of, ids, block, stride):
    return loss_of(ids).sum()


def all_ids_and_pick(loss_of, ids, block, stride):
    nats = loss_of(ids)
    return sum(nats[i : i + stride].sum() for i in range(0, len(nats), stride))


def stride_long(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids), stride):
        total += loss_of(ids[begin : begin + stride]).sum()
    return total


def stride_and_one(loss_of, ids, block, stride):
    return sum(loss_of(ids[i : i + stride + 1]).sum() for i in range(0, len(ids), stride))


def first_stride_of_each(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids), stride):
        total += loss_of(ids[begin : begin + block])[:stride].sum()
    return total


def only_new_ids(loss_of, ids, block, stride):
    total, done = loss_of(ids[:block]).sum(), block
    while done < len(ids):
        total += loss_of(ids[done : done + stride]).sum()
        done += stride
    return total


def new_ids_and_one(loss_of, ids, block, stride):
    total, done = loss_of(ids[:block]).sum(), block
    while done < len(ids):
        total += loss_of(ids[done - 1 : done + stride]).sum()
        done += stride
    return total


def full_windows(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids) - block + 1, stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats.sum() if begin == 0 else nats[block - stride - 1 :].sum()
    return total


def full_windows_after_the_first(loss_of, ids, block, stride):
    total, begin = loss_of(ids[:block]).sum(), stride
    while begin + block <= len(ids):
        total += loss_of(ids[begin : begin + block])[block - stride - 1 :].sum()
        begin += stride
    return total


def full_windows_last_stride(loss_of, ids, block, stride):
    total = loss_of(ids[:block]).sum()
    for begin in range(stride, len(ids) - block + 1, stride):
        total += loss_of(ids[begin : begin + block])[-stride:].sum()
    return total


def until_the_last_stride(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids) - stride, stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats.sum() if begin == 0 else nats[block - stride - 1 :].sum()
    return total


def one_window_missing(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids) - block, stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats.sum() if begin == 0 else nats[block - stride - 1 :].sum()
    return total


def places_of_ids(loss_of, ids, block, stride):
    nats = np.zeros(len(ids))
    for begin in range(0, len(ids), stride):
        end = min(begin + block, len(ids))
        nats[begin:end] = loss_of(ids[begin:end])
        if end == len(ids):
            break
    return nats.sum()


def returned_early(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids), stride):
        total += loss_of(ids[begin : begin + block]).sum()
        return total


def cut_off_at_the_block(loss_of, ids, block, stride):
    return float(sum(loss_of(ids[:block])))


def places_in_the_text(loss_of, ids, block, stride):
    done, total = 1, 0.0
    for begin in range(0, len(ids), stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats[done - 1 :].sum()
        done = min(begin + block, len(ids))
        if done == len(ids):
            break
    return total


LAYOUTS = [
    ("blocks side by side", side_by_side),
    ("blocks that share one id", blocks_that_touch),
    ("stride is the overlap", overlap_of_stride),
    ("one too few, the first too", counted_from_done),
    ("one too many, the first too", counted_from_before),
    ("tail dropped + overwritten", overwritten_in_full_windows),
    ("one by one", for_every_token),
    ("one by one", moved_by_one),
    ("windows too long", inputs_and_target),
    ("windows too short", one_shorter),
    ("all at once", all_ids),
    ("all at once", all_ids_and_pick),
    ("windows as short as the stride", stride_long),
    ("short windows that share one id", stride_and_one),
    ("short windows that share one id", first_stride_of_each),
    ("fresh ids alone", only_new_ids),
    ("fresh ids and one before", new_ids_and_one),
    ("tail dropped", full_windows),
    ("tail dropped, but not of short texts", full_windows_after_the_first),
    ("tail dropped, but not of short texts", full_windows_last_stride),
    ("until the last stride", until_the_last_stride),
    ("last window dropped", one_window_missing),
    ("as many nats as ids", places_of_ids),
    ("first window only", returned_early),
    ("first window only", cut_off_at_the_block),
    ("first window only", places_in_the_text),
]

MISTAKEN = {}  # they are counted with the others, in gpt2_windows
