"""Batches: shifted by one, the same for the same step, and nothing leaked or scored twice."""

import numpy as np
import pytest
import torch

from aigc_lab.text.batches import IGNORED, Batches, DocumentBatches, sequential_batches
from aigc_lab.text.token_ids import open_ids, split, write_ids

COUNTING = np.arange(101, dtype=np.uint16)  # each id is its own place


def test_y_is_x_moved_on_by_one():
    x, y = Batches(COUNTING, batch_size=3, block_size=7).next(0)
    assert x.shape == y.shape == (3, 7)
    assert x.dtype == y.dtype == torch.int64
    assert torch.equal(y, x + 1)
    assert torch.equal(x[:, 1:], y[:, :-1])
    assert x.is_contiguous()
    assert y.is_contiguous()


def test_x_and_y_share_no_memory():
    x, y = Batches(COUNTING, batch_size=1, block_size=7).next(0)
    first = int(x[0, 1])
    y.zero_()
    assert int(x[0, 1]) == first


def test_the_only_window_is_found():
    x, y = Batches([4, 5, 6], batch_size=2, block_size=2).next(0)
    assert x.tolist() == [[4, 5], [4, 5]]
    assert y.tolist() == [[5, 6], [5, 6]]


def test_every_window_can_come_up():
    batches = Batches(COUNTING, batch_size=50, block_size=7)
    first = {int(start) for step in range(40) for start in batches.next(step)[0][:, 0]}
    assert first == set(range(101 - 7))


def test_a_batch_depends_on_seed_and_step_alone():
    batches = Batches(COUNTING, 3, 7, seed=5)
    later = batches.next(11)[0]
    batches.next(2)
    np.random.default_rng(0).random(3)
    torch.rand(3)
    assert torch.equal(Batches(COUNTING, 3, 7, seed=5).next(11)[0], later)
    assert not torch.equal(batches.next(12)[0], later)
    assert not torch.equal(Batches(COUNTING, 3, 7, seed=6).next(11)[0], later)


def test_batches_are_the_same_on_every_machine():
    assert Batches(COUNTING, 3, 7, seed=5).next(11)[0][:, 0].tolist() == [31, 41, 24]


def test_a_memory_mapped_file_gives_the_same_batches(tmp_path):
    write_ids(tmp_path / "ids.npy", COUNTING.tolist(), 101)
    mapped = Batches(open_ids(tmp_path / "ids.npy"), 3, 7)
    assert isinstance(mapped.ids, np.memmap)
    assert torch.equal(mapped.next(3)[0], Batches(COUNTING, 3, 7).next(3)[0])
    mapped.next(3)[0].zero_()  # the tensors are the caller's own
    assert mapped.ids[1] == 1


def test_validation_is_fixed_disjoint_and_never_trained_on():
    train, validation = split(COUNTING, 0.5)
    batches = Batches(train, 3, 4, validation)
    assert batches.total_tokens == 51
    seen = {int(id) for step in range(99) for part in batches.next(step) for id in part.flatten()}
    scored = [int(id) for _, y in batches.evaluation(100) for id in y.flatten()]
    assert len(set(scored)) == len(scored) == 48  # of 50 ids: 12 windows of 4
    assert seen.isdisjoint(scored)
    again = batches.evaluation(100)
    assert [y.tolist() for _, y in again] == [y.tolist() for _, y in batches.evaluation(100)]


@pytest.mark.parametrize(
    ("n", "rows"),
    [
        (1, [[0, 6]]),
        (2, [[0, 3], [6, 9]]),
        (9, [[0, 1], [2, 3], [4, 5], [6, 7], [8, 9], [10, 11]]),
    ],
)
def test_evaluation_is_spread_evenly_in_batches_of_one_size(n, rows):
    batches = Batches(COUNTING, 2, 8, validation=COUNTING)
    got = [(x[:, 0] // 8).tolist() for x, _ in batches.evaluation(n)]
    assert got == rows
    assert all(x.shape == y.shape == (2, 8) for x, y in batches.evaluation(n))


def test_little_validation_makes_one_small_batch_and_none_makes_none():
    x, _ = Batches(COUNTING, 5, 7, validation=COUNTING[:20]).evaluation(3)[0]
    assert x[:, 0].tolist() == [0, 7]
    assert Batches(COUNTING, 5, 7).evaluation(3) == []


@pytest.mark.parametrize(("size", "starts"), [(16, [0]), (17, [0, 8])])
def test_a_validation_window_needs_its_last_target(size, starts):
    x, y = Batches(COUNTING, 5, 8, validation=COUNTING[:size]).evaluation(1)[0]
    assert x[:, 0].tolist() == starts
    assert int(y.max()) == starts[-1] + 8


def test_document_rows_begin_at_documents_and_go_on_into_the_next():
    starts = np.array([0, 5, 6, 13, 89, 90])
    batches = DocumentBatches(COUNTING, starts, 3, 11)
    assert batches.starts.tolist() == [0, 5, 6, 13, 89]  # behind 90, the last target is missing
    first = set()
    for step in range(30):
        x, y = batches.next(step)
        assert torch.equal(y, x + 1)
        assert torch.equal(x, x[:, :1] + torch.arange(11))
        first |= set(x[:, 0].tolist())
    assert first == {0, 5, 6, 13, 89}
    assert torch.equal(DocumentBatches(COUNTING, starts, 3, 11).next(8)[0], batches.next(8)[0])


def test_document_validation_rows_begin_at_documents_and_do_not_overlap():
    starts = np.array([0, 5, 6, 13, 40, 97])
    batches = DocumentBatches(COUNTING, starts, 3, 6, validation=(COUNTING, starts))
    (x, y), *more = batches.evaluation(9)
    assert not more
    assert x[:, 0].tolist() == [0, 6, 13]
    assert torch.equal(y, x + 1)
    assert DocumentBatches(COUNTING, starts, 3, 6).evaluation(9) == []


@pytest.mark.parametrize("size", [2, 7, 8, 9, 23, 101])
@pytest.mark.parametrize("stride", [1, 3, 8])
@pytest.mark.parametrize("batch_size", [1, 5])
def test_every_token_is_scored_once_with_its_true_context(size, stride, batch_size):
    scored = []
    for x, y in sequential_batches(COUNTING[:size], batch_size, 8, stride):
        assert x.shape == y.shape
        assert len(x) <= batch_size
        kept = y != IGNORED
        assert torch.equal(y[kept], (x + 1)[kept])
        scored += y[kept].tolist()
        if stride < 8 and x[0, 0] > 0:  # all but the first window bring context along
            assert not kept[0, : 8 - stride].any()
    assert scored == list(range(1, size))


def test_sequential_windows_by_hand():
    batches = list(sequential_batches([5, 6, 7, 8, 9, 10], batch_size=2, block_size=3, stride=2))
    assert [x.tolist() for x, _ in batches] == [[[5, 6, 7], [7, 8, 9]]]
    assert [y.tolist() for _, y in batches] == [[[6, 7, 8], [-100, 9, 10]]]


def test_bad_requests_are_named():
    with pytest.raises(ValueError, match=r"7 training ids are too few for one window of block_siz"):
        Batches(COUNTING[:7], 2, 7)
    with pytest.raises(ValueError, match=r"3 validation ids are too few"):
        Batches(COUNTING, 2, 7, validation=COUNTING[:3])
    with pytest.raises(ValueError, match=r"batch_size=0 and block_size=7 must be 1 or more"):
        Batches(COUNTING, 0, 7)
    with pytest.raises(ValueError, match=r"none of the 2 training documents is followed by block"):
        DocumentBatches(COUNTING, [95, 99], 2, 7)
    for arguments in (([1], 1, 8), ([1, 2], 1, 8, 0), ([1, 2], 1, 8, 9)):
        with pytest.raises(ValueError, match=r"ids with stride=\d and block_size=8 cannot be scor"):
            next(sequential_batches(*arguments))
