"""Knowing a text again: exactly, after changes, in pieces, and never by chance."""

import random

import numpy as np
import pytest

from aigc_lab.text import overlap
from aigc_lab.text.overlap import landmarks, read_landmarks, share_known, write_landmarks


def prose(words: int, seed: int) -> str:
    dice = random.Random(seed)
    vocabulary = ["".join(dice.choices("abcdefghijklmno猫坐在", k=5)) for _ in range(499)]
    return " ".join(dice.choices(vocabulary, k=words))


def test_the_number_of_a_stretch_by_hand():
    """A polynomial of its 64 bytes modulo 2^64, mixed; sampled where the top four bits are zero."""
    dice, found, expected = random.Random(1), [], []
    for _ in range(500):
        stretch = "".join(dice.choices("abcdefgh", k=64))
        found += landmarks([stretch]).tolist()
        number = 0
        for byte in stretch.encode():
            number = (number * overlap._BASE + byte) % 2**64
        mixed = number * overlap._MIX % 2**64
        expected += [mixed >> 16 & 2**32 - 1] if mixed < 2**60 else []
        assert len(landmarks([stretch[:63]])) == 0
    assert found == expected
    assert len(found) > 10


def test_about_one_stretch_in_sixteen_is_sampled():
    text = prose(20_000, seed=2)
    assert len(landmarks([text])) == pytest.approx(len(text.encode()) / 16, rel=0.1)


def test_a_text_is_known_again_wrapped_cut_and_joined():
    text = prose(5_000, seed=3)
    known = landmarks([text])
    assert share_known([text], known) == 1.0
    assert share_known([text.replace(" ", "\n  ")], known) == 1.0
    half = len(text) // 2
    assert share_known([text[:half], text[half:]], known) == 1.0
    mixed = share_known([text[:half] + prose(2_500, seed=4)], known)
    assert mixed == pytest.approx(0.5, abs=0.05)


def test_changed_words_cost_the_stretches_around_them():
    text = prose(5_000, seed=5)
    words = text.split()
    words[::50] = ["changed"] * len(words[::50])  # of some 300 bytes between, 64 are lost
    share = share_known([" ".join(words)], landmarks([text]))
    assert 0.6 < share < 0.9


def test_other_texts_are_not_known():
    known = landmarks([prose(20_000, seed=6)])
    dice = random.Random(7)
    vocabulary = prose(20_000, seed=6).split()  # the same words in another order
    assert share_known([" ".join(dice.choices(vocabulary, k=20_000))], known) < 0.001


def test_a_text_too_short_to_tell_has_no_share():
    assert share_known(["the cat sat on the mat"], landmarks([prose(99, seed=8)])) is None
    assert share_known([], np.empty(0, np.uint32)) is None
    assert share_known([prose(999, seed=8)], np.empty(0, np.uint32)) == 0.0


def test_a_long_document_is_looked_at_in_pieces(monkeypatch):
    text = prose(2_000, seed=9)
    whole = landmarks([text])
    monkeypatch.setattr(overlap, "PIECE", 101)
    assert landmarks([text]).tolist() == whole.tolist()


def test_landmarks_are_kept_in_a_file(tmp_path):
    texts = [prose(500, seed=10)] * 2
    path = write_landmarks(tmp_path / "learned.npy", texts)
    assert read_landmarks(path).tolist() == sorted(set(landmarks(texts).tolist()))


@pytest.mark.parametrize("content", [b"", b"{}", b"\x93NUMPY\x01\x00"])
def test_a_file_that_holds_something_else_is_named(content, tmp_path):
    (tmp_path / "learned.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"learned.npy does not hold the landmarks of a text"):
        read_landmarks(tmp_path / "learned.npy")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), np.uint32)])
def test_another_array_is_named(array, tmp_path):
    np.save(tmp_path / "learned.npy", array)
    with pytest.raises(ValueError, match="does not hold the landmarks of a text"):
        read_landmarks(tmp_path / "learned.npy")
