"""Measures of likeness: values by hand and of another implementation, and where they mislead."""

import pytest

from aigc_lab.chat.applications.overlap import chrf, words


def test_chrf_by_hand():
    # "ab" against "abc": one-grams 2 of 2 and 2 of 3, two-grams 1 of 1 and 1 of 2, no three-gram.
    precision, recall = 1.0, (2 / 3 + 1 / 2) / 2
    assert chrf("ab", "abc") == pytest.approx(5 * precision * recall / (4 * precision + recall))


@pytest.mark.parametrize(
    ("said", "answer", "expected"),
    [
        ("Mia ran to the park.", "Tom ran to the park.", 77.41196),
        ("Tom gave the red ball to Mia.", "Mia gave the red ball to Tom.", 75.30385),
        ("米娅去了花园。", "汤姆去了花园。", 46.90476),
        ("Mia strolled over to the park.", "Mia ran to the park.", 55.18373),
    ],
)
def test_chrf_is_that_of_sacrebleu(said, answer, expected):
    """Numbers of sacreBLEU 2.6, sentence_chrf with its own settings."""
    assert 100 * chrf(said, answer) == pytest.approx(expected, abs=1e-4)


def test_what_is_missing_counts_more_than_what_is_too_much():
    assert chrf("Mia ran to the park.", "Mia ran.") > chrf("Mia ran.", "Mia ran to the park.")


def test_nothing_alike_and_all_alike():
    assert chrf("xyz", "abc") == chrf("", "abc") == 0
    assert chrf("a b", "ab") == 1  # spaces do not count


def test_it_is_wrong_about_who_gave_it_to_whom():
    """A wrong translation in the right words scores more than a right one in others."""
    answer = "Mia gave the red ball to Tom."
    wrong, right = "Tom gave the red ball to Mia.", "Tom got the red ball from Mia."
    assert chrf(wrong, answer) > chrf(right, answer)


def test_words_in_both_languages():
    assert words("Mia's hat, 3 °C!") == ["mia", "s", "hat", "3", "c"]
    assert words("米娅把红色的球给了汤姆。") == ["米娅", "把", "红色", "的", "球", "给了", "汤姆"]
