"""Held out by first line: a tenth or so, the same whatever else a document says."""

from aigc_lab.text.held_out import is_held_out, split_held_out

TITLES = [f"Article {number}\n***\n\nText of it." for number in range(2000)]


def test_about_one_in_ten_is_held_out_and_nothing_is_lost():
    learn, held_out = split_held_out(TITLES)
    assert sorted(learn + held_out) == sorted(TITLES)
    assert 150 < len(held_out) < 250


def test_only_the_first_line_decides():
    for text in TITLES[:50]:
        assert is_held_out(text) == is_held_out("\n  " + text.replace("Text", "Other text"))


def test_the_share_can_be_chosen():
    assert all(is_held_out(text, one_in=1) for text in TITLES[:20])
    assert sum(is_held_out(text, one_in=2) for text in TITLES) > 800
