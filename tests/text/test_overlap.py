"""Knowing a text again: exactly, after changes, in pieces, and never by chance."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aigc_lab.text import overlap
from aigc_lab.text.overlap import (
    distinct_landmarks,
    landmarks,
    read_landmarks,
    share_known,
    write_landmarks,
)


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
        expected += [mixed] if mixed < 2**60 else []
        assert len(landmarks([stretch[:63]])) == 0
    assert found == expected
    assert len(found) > 10


def test_about_one_stretch_in_sixteen_is_sampled():
    text = prose(20_000, seed=2)
    assert len(landmarks([text])) == pytest.approx(len(text.encode()) / 16, rel=0.1)


def test_a_text_is_known_again_wrapped_cut_and_joined():
    text = prose(5_000, seed=3)
    known = distinct_landmarks([text])
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
    share = share_known([" ".join(words)], distinct_landmarks([text]))
    assert 0.6 < share < 0.9


def test_other_texts_are_not_known():
    known = distinct_landmarks([prose(20_000, seed=6)])
    dice = random.Random(7)
    vocabulary = prose(20_000, seed=6).split()  # the same words in another order
    assert share_known([" ".join(dice.choices(vocabulary, k=20_000))], known) < 0.001


def test_a_text_too_short_to_tell_has_no_share():
    nothing = np.empty(0, np.uint64)
    assert share_known(["the cat sat on the mat"], distinct_landmarks([prose(99, 8)])) is None
    assert share_known([], nothing) is None
    assert share_known([prose(999, seed=8)], nothing) == 0.0


def test_a_long_document_is_looked_at_in_pieces(monkeypatch):
    text = prose(2_000, seed=9)
    whole = landmarks([text])
    monkeypatch.setattr(overlap, "PIECE", 101)
    assert landmarks([text]).tolist() == whole.tolist()


class TestLongTexts:
    """What is kept of a text is bounded, whatever its length."""

    def test_the_smallest_numbers_are_kept_each_once(self, monkeypatch):
        texts = [prose(700, seed=11), prose(700, seed=12)] * 2
        every = sorted(set(landmarks(texts).tolist()))
        assert len(landmarks(texts)) > len(every) > 200
        assert distinct_landmarks(texts).tolist() == every
        for kept in (len(every) + 1, len(every), 97, 4):
            monkeypatch.setattr(overlap, "KEPT", kept)
            assert distinct_landmarks(texts).tolist() == every[:kept]

    def test_they_are_a_fair_sample(self, monkeypatch):
        mine, other = prose(20_000, seed=13), prose(20_000, seed=14)
        monkeypatch.setattr(overlap, "KEPT", 2000)
        known = distinct_landmarks([mine])
        assert len(known) == 2000 < len(landmarks([mine])) / 3
        assert share_known([mine], known) == 1.0
        assert share_known([other], known) == 0.0
        assert share_known([mine, other], known) == pytest.approx(0.5, abs=0.05)
        assert share_known([mine[:400]], known) is None  # too few of so short a text are sampled

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux tells the peak")
    def test_memory_does_not_grow_with_the_text(self, tmp_path):
        measured = subprocess.run(
            [sys.executable, "-c", PEAK, str(tmp_path / "learned.npy")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert int(measured.stdout) < 10_000  # KiB more for 25 MiB of text than for 64 KiB

    def test_files_of_numbers_cut_to_32_bits_are_read_too(self, tmp_path):
        mine, other = prose(999, seed=15), prose(999, seed=16)
        numbers = landmarks([mine]) >> np.uint64(16)
        np.save(tmp_path / "learned.npy", np.unique(numbers.astype(np.uint32)))
        known = read_landmarks(tmp_path / "learned.npy")
        assert share_known([mine], known) == 1.0
        assert share_known([other], known) == 0.0


PEAK = """
import random, re, sys
from pathlib import Path
from aigc_lab.text import overlap

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

overlap.KEPT = 2**14
dice = random.Random(1)

def texts(count):
    return (dice.randbytes(2**15).hex() for _ in range(count))

for size in (1, 400):
    before = peak()
    overlap.write_landmarks(Path(sys.argv[1]), texts(size))
print(peak() - before)
"""


def test_landmarks_are_kept_in_a_file(tmp_path):
    texts = [prose(500, seed=10)] * 2
    path = write_landmarks(tmp_path / "learned.npy", texts)
    assert read_landmarks(path).tolist() == sorted(set(landmarks(texts).tolist()))


@pytest.mark.parametrize("content", [b"", b"{}", b"\x93NUMPY\x01\x00"])
def test_a_file_that_holds_something_else_is_named(content, tmp_path):
    (tmp_path / "learned.npy").write_bytes(content)
    with pytest.raises(ValueError, match=r"learned.npy does not hold the landmarks of a text"):
        read_landmarks(tmp_path / "learned.npy")


@pytest.mark.parametrize("array", [np.zeros(3), np.zeros((2, 2), np.uint64)])
def test_another_array_is_named(array, tmp_path):
    np.save(tmp_path / "learned.npy", array)
    with pytest.raises(ValueError, match="does not hold the landmarks of a text"):
        read_landmarks(tmp_path / "learned.npy")
