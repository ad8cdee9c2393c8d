"""Repeated random tokens: what repeats, what is scored, and that nothing else can be learned."""

import numpy as np
import pytest
import torch

from aigc_lab.text.repeats import RepeatBatches, repeated_ids

V, B, T = 31, 5, 23


def period_of(ids: np.ndarray) -> int:
    return len(set(ids.tolist()))  # the tokens of a period are all different


def test_a_period_by_hand():
    ids = repeated_ids(7, vocab_size=3, rng=np.random.default_rng(0), period=3)
    assert sorted(ids[:3]) == [0, 1, 2]
    assert ids.tolist() == [*ids[:3], *ids[:3], ids[0]]
    assert ids.dtype == np.int64
    assert repeated_ids(5, 1, np.random.default_rng(0), period=1).tolist() == [0] * 5
    short = repeated_ids(3, 11, np.random.default_rng(0), period=7)  # cut before it repeats
    assert len(set(short.tolist())) == 3


def test_random_periods_take_every_length_from_a_quarter_to_a_half():
    rng = np.random.default_rng(0)
    rows = [repeated_ids(T, V, rng) for _ in range(400)]
    periods = [period_of(ids) for ids in rows]
    assert set(periods) == set(range(5, 12))  # of 23
    assert {period_of(repeated_ids(5, V, rng)) for _ in range(30)} == {2}  # two at least
    for ids, period in zip(rows, periods, strict=True):
        assert (ids[period:] == ids[:-period]).all()
    assert {token for ids in rows for token in ids.tolist()} == set(range(V))


def test_the_same_generator_gives_the_same_row():
    one, two, other = (repeated_ids(T, V, np.random.default_rng(seed)) for seed in (3, 3, 4))
    assert one.tolist() == two.tolist() != other.tolist()


def test_only_what_can_be_known_is_scored():
    x, y = RepeatBatches(V, B, T, seed=1).next(0)
    assert x.shape == y.shape == (B, T)
    assert x.dtype == y.dtype == torch.int64
    for ids, targets in zip(x.tolist(), y.tolist(), strict=True):
        period = len(set(ids))
        assert targets[:period] == [-100] * period
        # What follows a token is what followed it a period before: the one right guess.
        assert targets[period:] == ids[1 : T - period + 1]
        assert targets[period:-1] == ids[period + 1 :]


def test_a_fixed_period_is_the_same_in_every_row():
    x, y = RepeatBatches(V, B, T, fixed_period=7).next(0)
    assert (x[:, 7:] == x[:, :-7]).all()
    assert (y == -100).sum(dim=1).tolist() == [7] * B


def test_batches_depend_on_seed_and_step_alone():
    one, two = (RepeatBatches(V, B, T, seed=1) for _ in range(2))
    two.next(4)
    two.evaluation(2)
    for first, second in zip(one.next(3), two.next(3), strict=True):
        assert torch.equal(first, second)
    assert not torch.equal(one.next(3)[0], one.next(4)[0])
    assert not torch.equal(one.next(3)[0], RepeatBatches(V, B, T, seed=2).next(3)[0])
    assert one.total_tokens is None
    assert (one.batch_size, one.block_size) == (B, T)


def test_the_exam_is_fixed_and_no_training_batch():
    batches = RepeatBatches(V, B, T)
    exam = batches.evaluation(3)
    assert len(exam) == 3
    again = RepeatBatches(V, B, T).evaluation(3)
    for (x, y), (x_again, y_again) in zip(exam, again, strict=True):
        assert torch.equal(x, x_again)
        assert torch.equal(y, y_again)
    assert not torch.equal(exam[0][0], exam[1][0])
    draws = [*range(1000), 2**20, 2**32 - 1, 2**32, 2**64]
    trained = [batches.next(step)[0] for step in draws]
    assert not any(torch.equal(x, seen) for x, _ in exam for seen in trained)


def test_errors_say_what_would_do():
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="length=3 is too short to hold two tokens twice"):
        repeated_ids(3, V, rng)
    with pytest.raises(ValueError, match=r"a period of 11 different tokens .* vocab_size=7; .* 15"):
        repeated_ids(22, 7, rng)
    assert len(repeated_ids(15, 7, rng)) == 15
    with pytest.raises(
        ValueError, match=r"a period of 32 different .* choose a period from 1 to 31"
    ):
        RepeatBatches(V, B, T, fixed_period=32)
    with pytest.raises(ValueError, match="a period of 0 different tokens"):
        RepeatBatches(V, B, T, fixed_period=0)
    with pytest.raises(ValueError, match="batch_size=0 and block_size=23 must be 1 or more"):
        RepeatBatches(V, 0, T)
    with pytest.raises(ValueError, match="seed=-1 0 or more"):
        RepeatBatches(V, B, T, seed=-1)
    with pytest.raises(ValueError, match=r"fixed_period=23 in rows of block_size=23 .* up to 22"):
        RepeatBatches(V, B, T, fixed_period=T)
    assert (RepeatBatches(V, B, T, fixed_period=T - 1).next(0)[1] >= 0).sum().item() == B
