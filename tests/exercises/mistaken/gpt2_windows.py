"""Mistakes with a text in windows, as readers of notebook 09 write them."""

import numpy as np

from tests.exercises.mistaken.gpt2_windows_layouts import LAYOUTS


def slices(first, others):
    """A loop over windows, in which the first window and the others keep these nats."""

    def function(loss_of, ids, block, stride):
        total = 0.0
        begin = 0
        while True:
            end = min(begin + block, len(ids))
            nats = loss_of(ids[begin:end])
            if begin == 0:
                total += first(nats, block, stride).sum()
            else:
                total += others(nats, block, stride).sum()
            if end == len(ids):
                return total
            begin += stride

    return function


def everything(nats, block, stride):
    return nats


def everything_added(loss_of, ids, block, stride):
    total = 0
    for begin in range(0, len(ids), stride):
        total += loss_of(ids[begin : begin + block]).sum()
        if begin + block >= len(ids):
            break
    return total


def everything_of_every_beginning(loss_of, ids, block, stride):
    return sum(loss_of(ids[i : i + block]).sum() for i in range(0, len(ids), stride))


def done_is_the_end(loss_of, ids, block, stride):
    begin, done, total = 0, 0, 0.0
    while done < len(ids):
        end = min(begin + block, len(ids))
        nats = loss_of(ids[begin:end])
        total += nats[done - begin :].sum() if begin else nats.sum()
        begin, done = begin + stride, end
    return total


def done_is_the_last_scored(loss_of, ids, block, stride):
    done, total = 0, 0.0
    for begin in range(0, len(ids), stride):
        end = min(begin + block, len(ids))
        nats = loss_of(ids[begin:end])
        total += nats[max(done - begin - 2, 0) :].sum()
        done = end
        if end == len(ids):
            break
    return total


def slid_back(loss_of, ids, block, stride):
    if len(ids) <= block:
        return loss_of(ids).sum()
    total, end = loss_of(ids[:block]).sum(), block
    while end < len(ids):
        end = min(end + stride, len(ids))
        total += loss_of(ids[end - block : end])[-stride:].sum()
    return total


def last_stride_of_every_beginning(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids), stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats.sum() if begin == 0 else nats[-stride:].sum()
    return total


def stride_skipped(loss_of, ids, block, stride):
    total = 0.0
    for begin in range(0, len(ids), stride):
        nats = loss_of(ids[begin : begin + block])
        total += nats[stride:].sum() if begin else nats.sum()
    return total


def tail_whole(loss_of, ids, block, stride):
    total, begin, done = 0.0, 0, 1
    while begin + block <= len(ids):
        total += loss_of(ids[begin : begin + block])[max(done - begin - 1, 0) :].sum()
        done = begin + block
        begin += stride
    if done < len(ids):
        total += loss_of(ids[begin:]).sum()
    return total


def overwritten(loss_of, ids, block, stride):
    nats = np.zeros(len(ids))
    for begin in range(0, len(ids), stride):
        end = min(begin + block, len(ids))
        nats[begin + 1 : end] = loss_of(ids[begin:end])
        if end == len(ids):
            break
    return nats.sum()


def kept_in_a_dict(loss_of, ids, block, stride):
    scored = {}
    begin = 0
    while True:
        for i, each in enumerate(loss_of(ids[begin : begin + block])):
            scored[begin + 1 + i] = each
        if begin + block >= len(ids):
            return sum(scored.values())
        begin += stride


def averaged(loss_of, ids, block, stride):
    found = [[] for _ in ids]
    for begin in range(0, len(ids), stride):
        for i, each in enumerate(loss_of(ids[begin : begin + block]), start=begin + 1):
            found[i].append(each)
        if begin + block >= len(ids):
            break
    return sum(np.mean(each) for each in found[1:])


def minus_nothing(loss_of, ids, block, stride):
    total, done = 0.0, 1
    for begin in range(0, len(ids), stride):
        end = min(begin + block, len(ids))
        nats = loss_of(ids[begin:end])
        new = end - done
        total += nats[-new:].sum()
        done = end
    return total


def written_anew(loss_of, ids, block, stride):
    begin = 0
    while True:
        total = loss_of(ids[begin : begin + block]).sum()
        if begin + block >= len(ids):
            return total
        begin += stride


def fresh(loss_of, ids, block, stride):
    pieces, begin = [loss_of(ids[:block])], stride
    while begin + block - stride < len(ids):
        pieces.append(loss_of(ids[begin : begin + block])[block - stride - 1 :])
        begin += stride
    return pieces


def told(answer):
    def function(loss_of, ids, block, stride):
        pieces = fresh(loss_of, ids, block, stride)
        return answer(pieces, ids)

    return function


def fresh_mean(loss_of, ids, block, stride):
    total = count = 0
    for piece in fresh(loss_of, ids, block, stride):
        total += piece.sum()
        count += len(piece)
    return total / count


def turned_log_probabilities(loss_of, ids, block, stride):
    return -sum(piece.sum() for piece in fresh(loss_of, ids, block, stride))


def all_in_bits(loss_of, ids, block, stride):
    total = 0
    for begin in range(0, len(ids), stride):
        total += loss_of(ids[begin : begin + block]).sum()
        if begin + block >= len(ids):
            break
    return total / np.log(2)


MISTAKEN = {
    "score_windows": [
        *LAYOUTS,
        ("all of every window", slices(everything, everything)),
        ("all of every window", everything_added),
        ("all of every window, also of those behind the end", everything_of_every_beginning),
        ("one too few", slices(everything, lambda nats, b, s: nats[b - s :])),
        ("one too few", done_is_the_end),
        ("one too many", slices(everything, lambda nats, b, s: nats[max(b - s - 2, 0) :])),
        ("one too many", done_is_the_last_scored),
        ("last stride", slices(everything, lambda nats, b, s: nats[-s:])),
        ("last stride of a window slid back", slid_back),
        ("last stride, also of windows behind the end", last_stride_of_every_beginning),
        (
            "last stride of the first window too",
            slices(lambda nats, b, s: nats[-s:], lambda nats, b, s: nats[-s:]),
        ),
        (
            "overlap dropped from the first too",
            slices(lambda nats, b, s: nats[b - s - 1 :], lambda nats, b, s: nats[b - s - 1 :]),
        ),
        (
            "overlap dropped from the first too, and one more",
            slices(lambda nats, b, s: nats[b - s :], lambda nats, b, s: nats[b - s :]),
        ),
        ("stride skipped", slices(everything, lambda nats, b, s: nats[s:])),
        ("stride skipped, also behind the end", stride_skipped),
        ("stride less one skipped", slices(everything, lambda nats, b, s: nats[s - 1 :])),
        ("short window whole", tail_whole),
        ("overlap only", slices(everything, lambda nats, b, s: nats[: b - s - 1])),
        (
            "first stride",
            slices(lambda nats, b, s: nats[:s], lambda nats, b, s: nats[:s]),
        ),
        ("overwritten", overwritten),
        ("overwritten", kept_in_a_dict),
        ("averaged", averaged),
        (
            "last nats only",
            slices(lambda nats, b, s: nats[-1:], lambda nats, b, s: nats[-1:]),
        ),
        ("minus nothing", minus_nothing),
        ("last window only", written_anew),
        ("mean", told(lambda pieces, ids: np.concatenate(pieces).mean())),
        ("mean", fresh_mean),
        ("mean over ids", told(lambda pieces, ids: sum(map(sum, pieces)) / len(ids))),
        ("sum of means", told(lambda pieces, ids: sum(piece.mean() for piece in pieces))),
        ("mean of means", told(lambda pieces, ids: np.mean([p.mean() for p in pieces]))),
        ("mean of sums", told(lambda pieces, ids: np.mean([p.sum() for p in pieces]))),
        ("bits", told(lambda pieces, ids: np.concatenate(pieces).sum() / np.log(2))),
        ("negative", turned_log_probabilities),
        ("nats not added up", told(lambda pieces, ids: np.concatenate(pieces))),
        ("nats not added up", told(lambda pieces, ids: [x for p in pieces for x in p])),
        ("one number a window", told(lambda pieces, ids: [p.sum() for p in pieces])),
        ("targets counted", told(lambda pieces, ids: sum(map(len, pieces)))),
        ("all of every window + bits", all_in_bits),
    ],
}
