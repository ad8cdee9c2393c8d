"""The bigram yardstick: worked by hand, a proper distribution, and no better than the truth."""

import math
from itertools import pairwise

import numpy as np
import pytest

from aigc_lab.text.bigram import TRUST, BigramTable, bigram_loss
from aigc_lab.text.token_ids import open_ids, write_ids


def test_worked_by_hand():
    # 0 0 1 0: 0 is followed by 0 once and by 1 once; p(1) = (1 + 1) / (4 + 3)
    expected = -math.log((1 + TRUST * 2 / 7) / (2 + TRUST))
    assert bigram_loss([0, 0, 1, 0], [0, 1], vocab_size=3) == pytest.approx(expected)


def test_probabilities_after_a_token_add_up_to_one():
    train = np.random.default_rng(0).integers(0, 7, size=53)
    table = BigramTable(train, 7)
    for before in range(7):
        each = [math.exp(-bigram_loss(train, [before, after], 7)) for after in range(7)]
        assert sum(each) == pytest.approx(1.0)
        assert table.next_probabilities(before) == pytest.approx(each)


def test_on_a_first_order_source_it_comes_close_to_the_entropy():
    rng = np.random.default_rng(1)
    rows = rng.dirichlet(np.ones(5), size=5)
    ids = [0]
    for _ in range(20_000):
        ids.append(int(rng.choice(5, p=rows[ids[-1]])))
    train, exam = ids[:15_000], ids[15_000:]
    truth = -np.mean([math.log(rows[a, b]) for a, b in pairwise(exam)])
    assert bigram_loss(train, exam, 5) == pytest.approx(truth, abs=0.01)


@pytest.mark.parametrize("at_once", [1, 7, 52, 53, 100])
def test_counting_in_blocks_counts_every_pair_once(monkeypatch, at_once):
    train, exam = np.random.default_rng(2).integers(0, 5, size=(2, 53))
    whole = bigram_loss(train, exam, 5)
    monkeypatch.setattr("aigc_lab.text.bigram.AT_ONCE", at_once)
    assert bigram_loss(train, exam, 5) == whole


def test_a_memory_mapped_row_counts_the_same(tmp_path):
    train, exam = np.random.default_rng(3).integers(0, 5, size=(2, 53))
    write_ids(tmp_path / "ids.npy", train.tolist(), 5)
    assert bigram_loss(open_ids(tmp_path / "ids.npy"), exam, 5) == bigram_loss(train, exam, 5)


def test_bad_ids_are_named():
    for texts, what in (([[0], [0, 1]], "1 ids to count"), ([[0, 1], [0]], "1 ids to predict")):
        with pytest.raises(ValueError, match=f"{what}; give at least 2, which make one pair"):
            bigram_loss(*texts, 3)
    for texts in (([0, 1], [0, 3]), ([0, 3], [0, 1])):
        with pytest.raises(ValueError, match="id 3 is outside a vocabulary of 3 tokens; give the"):
            bigram_loss(*texts, vocab_size=3)


def test_only_a_token_of_the_vocabulary_has_followers():
    table = BigramTable([0, 1, 2, 2], 3)
    for token in (np.int64(2), 2, np.uint16(2)):
        assert table.next_probabilities(token).sum() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="ids start at 0, but -1 arrived"):
        table.next_probabilities(-1)
    with pytest.raises(ValueError, match="id 3 is outside a vocabulary of 3 tokens"):
        table.next_probabilities(3)
