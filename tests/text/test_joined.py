"""Joined batches: every source's rows, in order, and the first one's evaluation."""

import torch

from aigc_lab.text.batches import Batches
from aigc_lab.text.joined import JoinedBatches

FIRST = Batches(list(range(50)), batch_size=3, block_size=5, validation=list(range(20)))
SECOND = Batches(list(range(100, 150)), batch_size=2, block_size=5)


def test_a_batch_holds_the_rows_of_all_sources():
    x, y = JoinedBatches(FIRST, SECOND).next(4)
    assert x.shape == y.shape == (5, 5)
    assert torch.equal(x, torch.cat([FIRST.next(4)[0], SECOND.next(4)[0]]))
    assert torch.equal(y, torch.cat([FIRST.next(4)[1], SECOND.next(4)[1]]))


def test_the_first_source_alone_is_evaluated():
    (pair,) = JoinedBatches(FIRST, SECOND).evaluation(1)
    assert torch.equal(pair[0], FIRST.evaluation(1)[0][0])
