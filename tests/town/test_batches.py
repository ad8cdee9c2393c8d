"""Training rows: whole beginnings, fresh documents, the same for the same step."""

import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.town.documents import document, documents


@pytest.fixture(scope="module")
def tokenizer():
    return BPETokenizer.train([found.text for found in documents(50)], 500)


def test_rows_begin_with_a_document_and_go_on_with_the_next(tokenizer):
    batches = TownBatches(tokenizer, batch_size=3, block_size=301)
    x, y = batches.next(7)
    assert x.shape == y.shape == (3, 301)
    assert x.dtype.is_floating_point is False
    assert (x[:, 1:] == y[:, :-1]).all()
    end = tokenizer.special_tokens["<|endoftext|>"]
    assert [row[0] == end for row in x.tolist()] == [False, True, False]  # rows 21, 22, 23
    first = document(7 * 3 * 301).text
    written = tokenizer.decode(x[0].tolist())
    assert written.startswith(first[:300])


def test_a_step_gives_the_same_batch_again_and_steps_differ(tokenizer):
    one, two = (TownBatches(tokenizer, 2, 53, seed=5) for _ in range(2))
    assert (one.next(3)[0] == two.next(3)[0]).all()
    assert not (one.next(3)[0] == one.next(4)[0]).all()
    assert not (one.next(3)[0] == TownBatches(tokenizer, 2, 53, seed=6).next(3)[0]).all()


def test_evaluation_is_fixed_and_from_other_worlds(tokenizer):
    batches = TownBatches(tokenizer, 2, 53)
    first, second = batches.evaluation(2)
    assert (first[0] == batches.evaluation(1)[0][0]).all()
    assert not (first[0] == second[0]).all()
    assert not (first[0] == batches.next(0)[0]).all()


def test_other_kinds_can_be_left_out(tokenizer):
    batches = TownBatches(tokenizer, 1, 301, kinds=("recipe", "weather"))
    kept = (found.text for found in documents(301) if found.kind in ("recipe", "weather"))
    expected = "<|endoftext|>".join(["", *kept])
    written = tokenizer.decode(batches.next(0)[0][0].tolist())
    assert expected.startswith(written[:500])


@pytest.mark.parametrize("kinds", [(), ("novel",), ("story", "novel")])
def test_unknown_kinds_are_refused(tokenizer, kinds):
    with pytest.raises(ValueError, match="choose one or more of"):
        TownBatches(tokenizer, 2, 3, kinds=kinds)


def test_a_tokenizer_without_end_of_text_is_refused():
    with pytest.raises(ValueError, match=r"'<\|endoftext\|>', which this tokenizer does not have"):
        TownBatches(CharTokenizer("abc"), 2, 3)
