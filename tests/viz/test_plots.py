"""Pictures: what they show, that every label is on the paper, and what they refuse."""

from __future__ import annotations

import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from aigc_lab.viz.drawing import COLOURS, running_mean
from aigc_lab.viz.fonts import cjk_font
from aigc_lab.viz.plots import attention_grid, attention_map, bar_comparison, loss_curve

AWKWARD = [
    *("<|endoftext|>", "Once", " upon", "\n", "$x_1$ costs $2", " " * 12, b"\xe4\xbd", b"\xa0"),
    *(" an-extraordinarily-long-token-indeed", "", "\x00", "^{", "$\\frac$", "g", "j"),
]


def causal(*shape: int, seed: int = 0) -> np.ndarray:
    """Random attention weights (..., T, T) that never look ahead."""
    scores = np.random.default_rng(seed).normal(size=shape) * 2
    length = shape[-1]
    scores = np.where(np.tri(length, dtype=bool), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def texts(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible()]


def cut_off(figure) -> dict[str, float]:
    """How many inches of what is drawn lie beyond the paper's edges."""
    figure.draw_without_rendering()
    drawn, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    beyond = dict(left=-drawn.x0, below=-drawn.y0, right=drawn.x1 - width, top=drawn.y1 - height)
    return {side: round(inches, 3) for side, inches in beyond.items() if inches > 0.01}


def overlapping(figure) -> list[tuple[str, str]]:
    """Pairs of the names beside the axes that are written over one another."""
    figure.draw_without_rendering()
    boxes = [(text, text.get_window_extent()) for text in figure.axes[0].texts]
    return [
        (one.get_text(), other.get_text())
        for at, (one, box) in enumerate(boxes)
        for other, other_box in boxes[at + 1 :]
        if box.overlaps(other_box)
    ]


class TestAttentionMap:
    def test_rows_are_queries_and_columns_keys(self):
        weights = np.array([[1.0, 0.0, 0.0], [0.25, 0.75, 0.0], [0.5, 0.2, 0.3]])
        figure = attention_map(weights, ["a", " b", "c"], title="layer 0, head 1")
        axes = figure.axes[0]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "␣b", "c"]
        drawn = axes.images[0].get_array()
        assert drawn[1, 0] == 0.25  # row 1 is the query: b looks at a
        assert axes.yaxis_inverted()  # row 0 on top
        assert "query" in axes.get_ylabel()
        assert "row q predicts token q+1" in axes.get_ylabel()
        assert "key" in axes.get_xlabel()
        assert "layer 0, head 1" in texts(figure)

    def test_rows_that_predict_nothing_get_another_name(self):
        axes = attention_map(np.eye(3), "abc", row_name="query (who asks)").axes[0]
        assert axes.get_ylabel() == "query (who asks)"

    def test_masked_cells_are_told_from_zeros(self):
        weights = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.5, 0.0, 0.5]])
        hidden = np.ma.getmaskarray(attention_map(weights, "abc").axes[0].images[0].get_array())
        assert hidden.tolist() == [[False, True, True], [False, False, True], [False] * 3]

    def test_without_a_causal_mask_nothing_is_hidden(self):
        weights = np.full((3, 3), 1 / 3)
        image = attention_map(weights, "abc").axes[0].images[0]
        assert not np.ma.getmaskarray(image.get_array()).any()

    def test_small_maps_carry_their_numbers(self):
        written = texts(attention_map(np.array([[1.0, 0.0], [0.375, 0.625]]), ["a", "b"]))
        assert {"1.00", ".38", ".62"} <= set(written)
        assert ".38" not in texts(attention_map(causal(9, 9), "abcdefghi"))

    def test_colours_grow_with_weight_and_leave_zero_to_one_alone(self):
        image = attention_map(np.full((2, 2), 0.5), "ab").axes[0].images[0]
        brightness = [sum(image.cmap(image.norm(weight))[:3]) for weight in (0, 0.02, 0.3, 1)]
        assert brightness == sorted(brightness, reverse=True)
        assert (image.norm.vmin, image.norm.vmax) == (0, 1)

    def test_keys_may_be_other_tokens(self):
        axes = attention_map(np.full((2, 5), 0.2), ["x", "y"], list("abcde")).axes[0]
        assert [label.get_text() for label in axes.get_xticklabels()] == list("abcde")
        assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "y"]

    @pytest.mark.parametrize("count", [1, 2, 5, len(AWKWARD)])
    def test_no_label_is_cut_off(self, count):
        figure = attention_map(causal(count, count), AWKWARD[:count], title="layer 11, head 11")
        assert cut_off(figure) == {}

    def test_wide_and_flat_maps_keep_their_labels(self):
        assert cut_off(attention_map(np.full((2, 7), 1 / 7), "ab", list("abcdefg"))) == {}
        assert cut_off(attention_map(np.full((7, 2), 1 / 2), "abcdefg", ["a", "b"])) == {}

    def test_names_do_not_squeeze_the_cells(self):
        figure = attention_map(causal(9, 9), AWKWARD[:9])
        figure.draw_without_rendering()
        assert figure.axes[0].get_window_extent().width / 9 > 0.25 * figure.dpi

    def test_tokens_stay_readable(self):
        shown = texts(attention_map(causal(15, 15), AWKWARD))
        for label in ("<e4 bd>", "↵", "$x_1$ costs $2".replace(" ", "␣"), "␣¹²", "(empty)"):
            assert label in shown

    def test_many_tokens_become_positions(self):
        figure = attention_map(causal(71, 71), ["tok"] * 71)
        assert "tok" not in texts(figure)
        assert "20" in texts(figure)
        assert max(figure.get_size_inches()) < 12

    @pytest.mark.skipif(cjk_font() is None, reason="no Chinese font is installed")
    @pytest.mark.filterwarnings("error::UserWarning")
    def test_chinese_labels_are_drawn_with_a_font_that_has_them(self, tmp_path):
        figure = attention_map(causal(2, 2), ["中", "文模"], title="标题")
        figure.savefig(tmp_path / "map.png")  # a missing glyph would warn
        assert cut_off(figure) == {}

    @pytest.mark.parametrize(
        ("weights", "tokens", "message"),
        [
            (np.ones(3), "abc", r"shape \(3,\) arrived; pass an array \(T_q, T_k\)"),
            (np.ones((0, 0)), "", r"shape \(0, 0\)"),
            (np.eye(3), "ab", "2 tokens arrived for weights of 3 rows"),
            (np.full((2, 3), 0.5), "ab", "2 key_tokens arrived for weights of 3 columns"),
            (np.array([[1.0, -9.0], [0.5, 0.5]]), "ab", "run from -9 to 1.*not the scores"),
            (np.array([[1.0, np.nan], [0.5, 0.5]]), "ab", "run from nan to nan"),
        ],
    )
    def test_bad_input_is_named(self, weights, tokens, message):
        with pytest.raises(ValueError, match=message):
            attention_map(weights, tokens)


class TestAttentionGrid:
    def test_every_head_has_its_panel(self):
        weights = causal(5, 3, 3)
        figure = attention_grid(weights, "abc", title="layer 2")
        panels = [axes for axes in figure.axes if axes.get_title()]
        assert [axes.get_title() for axes in panels] == [f"head {head}" for head in range(5)]
        for head, axes in enumerate(panels):
            drawn = axes.images[0].get_array()
            np.testing.assert_array_equal(drawn.filled(0), weights[head])

    def test_its_rows_are_named_once(self):
        weights = causal(2, 3, 3)
        assert "query (row q predicts token q+1)" in texts(attention_grid(weights, "abc"))
        renamed = attention_grid(weights, "abc", row_name="query (who asks)")
        assert renamed.get_supylabel() == "query (who asks)"

    def test_names_stand_at_the_outer_edges_only(self):
        figure = attention_grid(causal(5, 3, 3), "abc")  # in two rows: 0 1 2 and 3 4
        panels = [axes for axes in figure.axes if axes.get_title()]
        with_rows = [bool(axes.get_yticklabels()) for axes in panels]
        with_columns = [bool(axes.get_xticklabels()) for axes in panels]
        assert with_rows == [True, False, False, True, False]
        assert with_columns == [False, False, True, True, True]

    @pytest.mark.parametrize("heads", [1, 7])
    def test_no_label_is_cut_off(self, heads):
        tokens = AWKWARD[:11]
        assert cut_off(attention_grid(causal(heads, 11, 11), tokens, title="layer 0")) == {}

    def test_bad_input_is_named(self):
        with pytest.raises(ValueError, match=r"shape \(2, 3, 4\) arrived; pass an array \(H, T, T"):
            attention_grid(np.full((2, 3, 4), 0.25), "abc")
        with pytest.raises(ValueError, match="4 tokens arrived for weights of 3 rows"):
            attention_grid(causal(2, 3, 3), "abcd")


class TestLossCurve:
    def test_it_names_every_line_with_its_last_value(self):
        figure = loss_curve(
            {"training": ([1, 2, 3], [3.0, 2.0, 1.75]), "held-out": ([0, 3], [3.5, 2.25])},
            floor=1.125,
            baselines={"by frequency": 2.875},
        )
        written = texts(figure)
        for name in ("training 1.75", "held-out 2.25", "floor 1.12", "by frequency 2.88"):
            assert name in written
        assert "loss, nats per token" in written

    def test_lines_are_what_was_given(self):
        axes = loss_curve({"training": ([1, 2, 4], [3.0, 2.0, 1.5])}).axes[0]
        assert axes.lines[0].get_xydata().tolist() == [[1, 3.0], [2, 2.0], [4, 1.5]]

    def test_steps_are_whole_numbers(self):
        axes = loss_curve({"training": ([0, 1, 2, 3], [3.0, 2.5, 2.0, 1.5])}).axes[0]
        assert all(float(tick).is_integer() for tick in axes.get_xticks())

    def test_names_never_overlap_nor_leave_the_paper(self):
        baselines = {f"a rather long name of a baseline {n}": 2.0 + n / 1000 for n in range(5)}
        curves = {"training": ([0, 9], [4.0, 2.0]), "held-out": ([0, 9], [4.0, 2.001])}
        figure = loss_curve(curves, floor=1.99, baselines=baselines, title="runs/first")
        assert overlapping(figure) == []
        assert cut_off(figure) == {}

    def test_lines_differ_by_colour_and_by_dashes(self):
        curves = {name: ([0, 1], [2.0, 1.0]) for name in "abcd"}
        lines = loss_curve(curves).axes[0].lines
        assert len({line.get_color() for line in lines}) == 4
        assert len({str(line.get_linestyle()) + str(line._dash_pattern) for line in lines}) == 4

    def test_a_long_curve_gets_a_running_mean(self):
        values = np.where(np.arange(201) % 2, 1.0, 3.0)
        pale, smooth = loss_curve({"training": (np.arange(201), values)}).axes[0].lines
        assert pale.get_ydata().tolist() == values.tolist()
        assert np.abs(smooth.get_ydata()[20:] - 2).max() < 0.1

    @pytest.mark.parametrize(
        ("curves", "message"),
        [
            ({}, "no curve was given"),
            ({"a": ([1, 2], [3.0])}, "'a' has 2 steps and 1 values"),
            ({"a": ([], [])}, "'a' has 0 steps and 0 values"),
        ],
    )
    def test_bad_input_is_named(self, curves, message):
        with pytest.raises(ValueError, match=message):
            loss_curve(curves)


def test_running_mean_by_hand():
    assert running_mean(np.array([8.0, 4.0, 0.0, 2.0, 1.0])).tolist() == [8.0, 4.0, 3.0, 3.0, 3.0]


class TestBarComparison:
    def test_bars_have_the_values_and_intervals(self):
        figure = bar_comparison({"mine": 2.0, "gpt2": 1.25}, {"mine": (1.5, 2.25)}, floor=0.75)
        axes = figure.axes[0]
        assert [bar.get_width() for bar in axes.patches] == [2.0, 1.25]
        assert [label.get_text() for label in axes.get_yticklabels()] == ["mine", "gpt2"]
        assert axes.get_xlim()[0] == 0  # a bar's length is its value
        assert {"2.000", "1.250", "floor 0.750"} <= set(texts(figure))
        (interval,) = axes.containers[1].lines[2]
        assert interval.get_segments()[0][:, 0].tolist() == [1.5, 2.25]

    def test_no_label_is_cut_off(self):
        names = {"a model with a name that is really long, 中文": 1.0, "$b$": 12.345}
        figure = bar_comparison(names, {"$b$": (12, 13)}, floor=13.9, title="held out")
        assert cut_off(figure) == {}

    @pytest.mark.parametrize(
        ("values", "intervals", "message"),
        [
            ({}, {}, "need finite values"),
            ({"a": float("nan")}, {}, "need finite values"),
            ({"a": 1.0}, {"a": (1.5, 2.0)}, "1.5 to 2.0 of 'a' does not hold its value 1.0"),
            ({"a": 1.0}, {"b": (1.5, 2.0)}, "of 'b' does not hold its value None"),
        ],
    )
    def test_bad_input_is_named(self, values, intervals, message):
        with pytest.raises(ValueError, match=message):
            bar_comparison(values, intervals)


# How red, green and blue light looks without one kind of cone (Machado et al. 2009, severity 1).
NO_GREEN_CONES = [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]
NO_RED_CONES = [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]


@pytest.mark.parametrize("eyes", [NO_GREEN_CONES, NO_RED_CONES])
def test_colours_differ_for_colour_blind_eyes(eyes):
    seen = [np.array(eyes) @ to_rgb(colour) for colour in COLOURS]
    distances = [np.linalg.norm(one - two) for one, two in itertools.combinations(seen, 2)]
    assert min(distances) > 0.18


def test_nothing_stays_open_in_pyplot():
    before = plt.get_fignums()
    attention_map(np.eye(2), "ab")
    loss_curve({"a": ([0], [1.0])})
    assert plt.get_fignums() == before
