"""Training rows: whole beginnings, fresh documents, the same for the same step."""

import math

import pytest

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.batches import VALIDATION_SEED, TownBatches
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
    batches = TownBatches(tokenizer, 2, 401)
    first, second = batches.evaluation(2)
    assert (first[0] == batches.evaluation(1)[0][0]).all()
    assert not (first[0] == second[0]).all()
    assert not (first[0] == batches.next(0)[0]).all()


def scored(exam):
    """Every target that counts, in order."""
    return [int(target) for _, y in exam for target in y.flatten() if target != -100]


@pytest.mark.parametrize("length", [16, 53, 128, 401])
def test_evaluation_scores_whole_documents_and_their_ends_each_once(tokenizer, length):
    exam = TownBatches(tokenizer, 3, length).evaluation(5)
    targets = scored(exam)
    end = tokenizer.special_tokens["<|endoftext|>"]
    count = targets.count(end)
    told = list(documents(count, "validation", VALIDATION_SEED))
    assert targets == [i for each in told for i in (*tokenizer.encode(each.text), end)]
    assert exam.floor == pytest.approx(sum(each.nats for each in told) / len(targets))
    for x, y in exam:
        assert x.shape == y.shape == (len(x), length)
        ahead, known = y[:, :-1], y[:, :-1] != -100
        assert (x[:, 1:][known] == ahead[known]).all()  # a target is the next token, or ignored
    rows = [len(x) for x, _ in exam]
    assert set(rows[:-1]) <= {3}
    assert len(rows) <= 5 or count == 1  # one document may need more


@pytest.mark.parametrize("length", [53, 401])
def test_evaluation_predicts_no_token_from_less_than_half_a_row(tokenizer, length):
    end = tokenizer.special_tokens["<|endoftext|>"]
    for x, y in TownBatches(tokenizer, 3, length).evaluation(5):
        firsts = (y != -100).int().argmax(dim=1)
        for row, first in zip(x.tolist(), firsts.tolist(), strict=True):
            assert (row[0], first) == (end, 0) or first >= length // 2


def test_the_floor_of_some_kinds_knows_that_there_are_no_others(tokenizer):
    exam = TownBatches(tokenizer, 2, 401, kinds=("story", "lesson")).evaluation(3)
    targets = scored(exam)
    count = targets.count(tokenizer.special_tokens["<|endoftext|>"])
    told = documents(40, "validation", VALIDATION_SEED)
    nats = [each.nats for each in told if each.kind in ("story", "lesson")][:count]
    # Shares 5, 3, 1, 1, 1, 1, 1: of 13 documents, 6 are stories or lessons.
    assert exam.floor * len(targets) == pytest.approx(sum(nats) - count * math.log(13 / 6))


def test_other_kinds_can_be_left_out(tokenizer):
    batches = TownBatches(tokenizer, 1, 301, kinds=("recipe", "weather"))
    kept = (found.text for found in documents(301) if found.kind in ("recipe", "weather"))
    expected = "<|endoftext|>".join(["", *kept])
    written = tokenizer.decode(batches.next(0)[0][0].tolist())
    assert expected.startswith(written[:500])


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_all_can_be_told_in_one_language(tokenizer, language):
    batches = TownBatches(tokenizer, 1, 301, language=language)
    told = (each.text for each in documents(301, language=language))
    expected = "<|endoftext|>".join(["", *told])
    written = tokenizer.decode(batches.next(0)[0][0].tolist())
    assert expected.startswith(written.rstrip("�"))  # a row may end within a character


@pytest.mark.parametrize("language", ["english", "chinese"])
def test_evaluation_in_one_language_is_told_in_it_and_its_floor_knows_which(tokenizer, language):
    exam = TownBatches(tokenizer, 2, 401, language=language).evaluation(3)
    targets, end = scored(exam), tokenizer.special_tokens["<|endoftext|>"]
    count = targets.count(end)
    told = list(documents(count, "validation", VALIDATION_SEED, language=language))
    assert targets == [i for each in told for i in (*tokenizer.encode(each.text), end)]
    nats = sum(each.nats for each in told)
    # The generator tosses a coin for the language of each document: log 2 nats.
    assert exam.floor * len(targets) == pytest.approx(nats - count * math.log(2))


def test_an_unknown_language_is_refused(tokenizer):
    with pytest.raises(ValueError, match="language='latin': choose one of"):
        TownBatches(tokenizer, 2, 3, language="latin")


@pytest.mark.parametrize("kinds", [(), ("novel",), ("story", "novel"), "story"])
def test_unknown_kinds_are_refused(tokenizer, kinds):
    with pytest.raises(ValueError, match="choose one or more of"):
        TownBatches(tokenizer, 2, 3, kinds=kinds)


def test_a_tokenizer_without_end_of_text_is_refused():
    with pytest.raises(ValueError, match=r"'<\|endoftext\|>', which this tokenizer does not have"):
        TownBatches(CharTokenizer("abc"), 2, 3)
