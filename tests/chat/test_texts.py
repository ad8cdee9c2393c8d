"""Reading some texts more: what is read, how often, and that the model itself stays as it was."""

from __future__ import annotations

import pytest
import torch

from aigc_lab.chat.texts import TextRows, having_read
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import IGNORED
from aigc_lab.text.bpe import BPETokenizer

TOKENIZER = BPETokenizer([], ("<|endoftext|>",))
TEXTS = ["cat", "a", "dogs", "cat"]


def seen(rows, steps):
    """What the rows of some steps say, each up to its end."""
    read = []
    for step in range(steps):
        _, y = rows.next(step)
        read += [TOKENIZER.decode([id for id in row.tolist() if 0 <= id < 256]) for row in y]
    return read


def test_each_time_round_every_text_is_read_as_often_as_it_stands_there():
    rows = TextRows(TOKENIZER, TEXTS, batch_size=2)
    first, second = seen(rows, 2), seen(rows, 4)[4:]
    assert sorted(first) == sorted(second) == sorted(TEXTS)


def test_the_order_is_the_seeds():
    orders = {tuple(seen(TextRows(TOKENIZER, list("abcdefg"), 7, seed), 1)) for seed in (0, 1, 2)}
    assert len(orders) == 3
    assert seen(TextRows(TOKENIZER, list("abcdefg"), 7), 1) in [list(order) for order in orders]


def test_nothing_is_scored_after_the_end():
    x, y = TextRows(TOKENIZER, TEXTS, batch_size=4).next(0)
    assert x.shape == y.shape == (4, 5)  # dogs and its end
    (a,) = TOKENIZER.encode("a")
    (short,) = (row for row in y.tolist() if row[0] == a)
    assert short == [a, 256, IGNORED, IGNORED, IGNORED]


def test_no_texts_are_refused():
    with pytest.raises(ValueError, match="0 texts in batches of 2"):
        TextRows(TOKENIZER, [], batch_size=2)


def test_reading_changes_the_copy_only_and_always_in_the_same_way():
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=257, block_size=8, n_layer=1, n_head=1, n_embd=8)
    model = GPT(config)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    one, two = (having_read(model, TOKENIZER, TEXTS, steps=20, lr=1e-2) for _ in range(2))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    for mine, theirs in zip(one.parameters(), two.parameters(), strict=True):
        assert torch.equal(mine, theirs)
    x, y = TextRows(TOKENIZER, TEXTS, batch_size=4).next(0)
    assert cross_entropy(one(x), y) < cross_entropy(model(x), y) - 1
