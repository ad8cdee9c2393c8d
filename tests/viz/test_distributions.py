"""Pictures of what may come next: which tokens, how much the rest has, where a dial cuts."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.distributions import next_token_bars, ranked_probabilities
from tests.viz.test_plots import cut_off, texts

PROBS = np.array([0.125, 0.5, 0.0, 0.25, 0.125])
TOKENS = [b" a", b" the", b"\xe4\xbd", "猫", "."]


def bars(axes):
    return [round(patch.get_width(), 6) for patch in axes.patches if patch.get_height() == 0.7]


def test_the_likeliest_come_first_and_the_rest_is_added_up():
    figure = next_token_bars({"the model": PROBS}, TOKENS, most=2)
    assert bars(figure.axes[0]) == [0.5, 0.25, 0.25]
    for wanted in ("the model", "␣the", "猫", "(3 others)"):
        assert wanted in texts(figure)


def test_every_panel_keeps_the_order_of_the_first_and_shows_what_is_ruled_out():
    sharp = np.array([0.0, 0.25, 0.0, 0.75, 0.0])
    figure = next_token_bars({"before": PROBS, "after": sharp}, TOKENS, most=3)
    assert bars(figure.axes[1])[:2] == [0.25, 0.75]
    assert texts(figure).count("forbidden") == 2  # the third token, and all others


def test_without_others_there_is_no_row_for_them():
    figure = next_token_bars({"all": PROBS}, TOKENS, most=9)
    assert len(figure.axes[0].patches) == len(TOKENS) + 1  # and a strip for the impossible one
    assert not [text for text in texts(figure) if "others" in text]


def test_cuts_stand_at_the_number_of_tokens_kept():
    other = np.full(5, 0.2)
    kept = {"top-k = 2": {"one": 2, "flat": 2}, "top-p = 0.9": {"one": 4, "flat": 5}}
    figure = ranked_probabilities({"one": PROBS, "flat": other}, kept, "Where")
    first, second = figure.axes
    assert first.lines[0].get_ydata()[:4].tolist() == [0.5, 0.25, 0.125, 0.125]
    assert [line.get_xdata()[0] for line in second.lines[1:]] == [2, 5]
    assert {"one", "flat", "2", "4", "5", "Where", "probability"} <= set(texts(figure))


def test_cuts_at_the_same_place_stand_side_by_side():
    kept = {"top-k": {"one": 3}, "top-p": {"one": 2}, "min-p": {"one": 3}, "other": {"one": 3}}
    figure = ranked_probabilities({"one": PROBS}, kept)
    figure.draw_without_rendering()
    (axes,) = figure.axes
    across = [line.get_window_extent().x0 for line in axes.lines[1:]]
    third, second = (axes.transData.transform((rank, 1))[0] for rank in (3, 2))
    points = figure.dpi / 72
    assert across[:2] == pytest.approx([third, second])
    assert across[2] - across[0] == pytest.approx(across[3] - across[2])
    assert 2 * points < across[2] - across[0] < 4 * points  # seen as two, and near


def test_nothing_is_cut_off():
    panels = {"a name that takes some room": PROBS, "b": PROBS}
    assert cut_off(next_token_bars(panels, TOKENS, title="A title")) == {}
    kept = {"top-p = 0.9": dict.fromkeys(panels, 4)}
    assert cut_off(ranked_probabilities(panels, kept, title="A title")) == {}


@pytest.mark.parametrize(
    "probs", [PROBS[:3], 2 * PROBS, PROBS[None], np.array([1.5, -0.5, 0, 0, 0])]
)
def test_what_is_no_distribution_is_refused(probs):
    with pytest.raises(ValueError, match="add up to 1"):
        next_token_bars({"odd": probs}, TOKENS)


def test_no_distribution_and_a_dial_that_keeps_nothing_are_refused():
    with pytest.raises(ValueError, match="no distribution was given"):
        next_token_bars({}, TOKENS)
    with pytest.raises(ValueError, match="no distribution was given"):
        ranked_probabilities({}, {})
    with pytest.raises(ValueError, match="keeps 0 of the 5 tokens"):
        ranked_probabilities({"one": PROBS}, {"top-p": {"one": 0}})
