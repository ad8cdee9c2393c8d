"""Held out by first line: a tenth or so, and nothing of it stands in what is learned."""

from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import is_candidate, long_lines, split_held_out

TITLES = [f"Article {number}\n***\n\nText of it." for number in range(2000)]
LONG = "a line that is long enough to be told from all the others, number {}"


def test_about_one_in_ten_is_held_out_and_nothing_is_lost():
    learn, held_out = split_held_out(TITLES)
    assert sorted(learn + held_out) == sorted(TITLES)
    assert 150 < len(held_out) < 250


def test_only_the_first_line_makes_a_candidate():
    for text in TITLES[:50]:
        assert is_candidate(text) == is_candidate("\n  " + text.replace("Text", "Other text"))


def test_the_share_can_be_chosen():
    assert len(split_held_out(TITLES, one_in=1)[1]) == len(TITLES)
    assert len(split_held_out(TITLES, one_in=2)[1]) > 800


def test_a_candidate_that_is_quoted_elsewhere_is_learned_from():
    texts = [f"{text}\n{LONG.format(number)}" for number, text in enumerate(TITLES)]
    quoted = next(text for text in texts if is_candidate(text))
    assert quoted in split_held_out(texts)[1]
    texts.append("A digest\n" + quoted)
    learn, held_out = split_held_out(texts)
    assert quoted in learn
    assert len(held_out) > 100


def test_no_long_line_of_the_documentation_is_on_both_sides():
    learn, held_out = split_held_out(python_docs().documents)
    learned = set().union(*map(long_lines, learn))
    examined = set().union(*map(long_lines, held_out))
    assert len(examined) > 50
    assert not learned & examined
