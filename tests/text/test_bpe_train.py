"""Learning merges: by hand, against a trainer that recounts everything, and against tokenizers."""

import random
from collections import Counter
from itertools import pairwise

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.bpe_files import from_letters
from aigc_lab.text.bpe_train import learn_merges
from tests.text.samples import random_text


def learn_by_recounting(words, new_tokens):
    """The algorithm with nothing kept between two merges, and nothing clever."""
    words, merges = dict(words), []
    while len(merges) < new_tokens:
        counts = Counter()
        for word, times in words.items():
            for pair in pairwise(word):
                counts["".join(pair)] += times
        best = min(counts, key=lambda pair: (-counts[pair], pair), default=None)
        if best is None or counts[best] < 2:
            break
        token = chr(256 + len(merges))
        merges.append((ord(best[0]), ord(best[1])))
        replaced = Counter()
        for word, times in words.items():
            replaced[word.replace(best, token)] += times
        words = replaced
    return merges


def test_merges_by_hand():
    a, b, c, d = map(ord, "abcd")
    assert learn_merges({"aaabdaaabac": 1}, 1) == [(a, a)]  # it stands there four times
    # With X = aa: XabdXabac, where ab and Xa stand twice each; a has the smaller id.
    # With Y = ab: XYdXYac, where only XY repeats; with Z = XY: ZdZac, nothing left to learn.
    assert learn_merges({"aaabdaaabac": 1}, 100) == [(a, a), (a, b), (256, 257)]
    assert learn_merges({"cd": 2, "ab": 2}, 2) == [(a, b), (c, d)]


def test_counts_weigh_words():
    assert learn_merges({"ab": 2, "cd": 3}, 1) == [(ord("c"), ord("d"))]


@pytest.mark.parametrize("seed", range(40))
def test_merges_are_those_of_recounting(seed):
    draw = random.Random(seed)
    letters = "abcde"[: draw.randint(1, 5)]
    words = {
        "".join(draw.choices(letters, k=draw.randint(1, 13))): draw.randint(1, 5)
        for _ in range(draw.randint(1, 11))
    }
    assert learn_merges(words, 31) == learn_by_recounting(words, 31)


def test_no_two_merges_spell_the_same_token():
    merges = BPETokenizer.train("".join(random.Random(0).choices("ab", k=9973)), 600).merges
    assert len({left + right for left, right in merges}) == len(merges) > 200


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_merges_are_those_of_the_tokenizers_library(seed):
    text = random_text(seed, 3000) + "low lower lowest 小镇里住着一只猫。 " * 7
    library = Tokenizer(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=256 + 307,
        min_frequency=2,
        show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    library.train_from_iterator([text], trainer)
    ours = BPETokenizer.train(text, 256 + 307, special_tokens=())
    by_id = sorted(library.get_vocab().items(), key=lambda item: item[1])
    assert [from_letters(token) for token, _ in by_id] == [
        ours.token_bytes(id) for id in range(ours.vocab_size)
    ]
    assert ours.encode(text) == library.encode(text).ids


def test_a_larger_vocabulary_begins_with_the_smaller_one():
    text = random_text(7, 3000)
    small, large = (BPETokenizer.train(text, size) for size in (300, 401))
    assert large.merges[: len(small.merges)] == small.merges
    assert (small.vocab_size, large.vocab_size) == (300, 401)


def test_training_stops_when_nothing_repeats_and_takes_several_texts():
    assert BPETokenizer.train("abc", 1000).vocab_size == 257
    assert BPETokenizer.train("", 1000).vocab_size == 257
    one_text = BPETokenizer.train("ababxabab", 1000)
    several = BPETokenizer.train(iter(["ab", "ab", "xab", "ab"]), 1000)
    assert one_text.merges == [(b"a", b"b"), (b"ab", b"ab")]
    assert several.merges == [(b"a", b"b")]  # never across the border of two texts


def test_special_tokens_are_cut_out_of_the_text():
    tokenizer = BPETokenizer.train("<|endoftext|>cat" * 9, 300)
    assert tokenizer.merges == [(b"a", b"t"), (b"c", b"at")]


@pytest.mark.parametrize("size", [256, 0, 2_000_000, 300.0])
def test_a_size_without_room_is_refused(size):
    with pytest.raises(ValueError, match=r"vocab_size=\S+ must be a whole number from 257"):
        BPETokenizer.train("text", size)


def test_progress_is_shown_when_asked(capsys):
    BPETokenizer.train("low lower lowest", 260, progress=True)
    assert "merges" in capsys.readouterr().err
