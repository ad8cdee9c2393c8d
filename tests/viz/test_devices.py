"""Time lines, memory bars, rooflines: what is drawn where, what is named, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from aigc_lab.viz.devices import memory_bars, roofline, timelines
from tests.viz.test_plots import cut_off, texts

PANELS = {
    "at once": {"CPU": [(0.0, 1.0, "order")], "device": [(1.0, 3.0, "work"), (3.0, 7.0, "work")]},
    "in turn": {"CPU": [(0.0, 1.0, "order"), (1.0, 7.0, "")]},
}
PLAIN = dict(parameters=2.0, gradients=3.0, activations=11.0)


def bars_of(axes):
    """(row, begin, width) of every bar."""
    return [(round(b.get_y() + b.get_height() / 2), b.get_x(), b.get_width()) for b in axes.patches]


class TestTimelines:
    def test_spans_stand_where_they_happened(self):
        first, second = timelines(PANELS).axes
        assert bars_of(first) == [(0, 0.0, 1.0), (1, 1.0, 2.0), (1, 3.0, 4.0)]
        assert bars_of(second) == [(0, 0.0, 1.0)]  # the wait is no bar

    def test_waiting_is_a_line(self):
        (line,) = timelines(PANELS).axes[1].lines
        assert line.get_xydata().tolist() == [[1.0, 0.0], [7.0, 0.0]]

    def test_equal_work_has_one_colour_and_one_name_a_panel(self):
        first, second = timelines(PANELS).axes
        colours = [bar.get_facecolor() for bar in (*first.patches, *second.patches)]
        assert colours[1] == colours[2]
        assert colours[0] == colours[3] != colours[1]
        assert [text.get_text() for text in first.texts] == ["order", "work"]

    def test_lanes_panels_and_the_clock_are_named_and_not_cut_off(self):
        figure = timelines(PANELS, unit="minutes", title="A title")
        for wanted in ("CPU", "device", "at once", "in turn", "minutes", "A title"):
            assert wanted in texts(figure)
        assert cut_off(figure) == {}

    @pytest.mark.parametrize("panels", [{}, {"empty": {}}, {"no span": {"CPU": []}}])
    def test_nothing_to_draw_is_refused(self, panels):
        with pytest.raises(ValueError, match="needs panels with lanes of spans"):
            timelines(panels)

    def test_time_does_not_run_backwards(self):
        with pytest.raises(ValueError, match=r"begins at 2\.0 and ends before, at 1\.0"):
            timelines({"odd": {"CPU": [(2.0, 1.0, "work")]}})


class TestMemoryBars:
    def test_parts_lie_end_to_end(self):
        axes = memory_bars({"plain": PLAIN, "small": dict.fromkeys(PLAIN, 1.0)}).axes[0]
        plain = [(begin, width) for row, begin, width in bars_of(axes) if row == 0]
        assert plain == [(0.0, 2.0), (2.0, 3.0), (5.0, 11.0)]

    def test_the_sum_and_all_names_are_there(self):
        figure = memory_bars({"plain": PLAIN}, unit="GB", limit=40.0, title="Memory")
        legend = [text.get_text() for text in figure.legends[0].get_texts()]
        assert legend == list(PLAIN)
        for wanted in ("16", "plain", "GB", "Memory"):
            assert wanted in texts(figure)
        assert figure.axes[0].get_xlim()[1] > 40
        assert cut_off(figure) == {}

    def test_the_title_and_the_names_of_the_parts_stand_apart(self):
        figure = memory_bars({"plain": PLAIN}, title="Memory of a step")
        figure.draw_without_rendering()
        title, legend = figure.findobj(lambda one: one in (figure._suptitle, figure.legends[0]))
        assert not title.get_window_extent().overlaps(legend.get_window_extent())

    def test_the_limit_is_a_line(self):
        (line,) = memory_bars({"plain": PLAIN}, limit=13.0).axes[0].lines
        assert line.get_xdata() == [13.0, 13.0]

    @pytest.mark.parametrize("bars", [{}, {"one": PLAIN, "other": {"parameters": 1.0}}])
    def test_bars_of_different_parts_are_refused(self, bars):
        with pytest.raises(ValueError, match="the same parts in the same order"):
            memory_bars(bars)

    def test_a_negative_part_is_refused(self):
        with pytest.raises(ValueError, match="no part of a memory is below 0"):
            memory_bars({"odd": {"parameters": -1.0}})


class TestRoofline:
    def test_the_roof_bends_where_peak_and_memory_meet(self):
        roof = roofline(100.0, 10.0, {"work": (2.0, 15.0)}).axes[0].lines[0].get_xydata()
        assert roof[1].tolist() == [10.0, 100.0]
        np.testing.assert_allclose(roof[0][1], roof[0][0] * 10.0)
        assert roof[2][1] == 100.0

    def test_points_stand_where_they_were_measured_and_are_named(self):
        figure = roofline(100.0, 10.0, {"slow": (2.0, 15.0), "fast": (50.0, 90.0)}, title="Roof")
        points = [line.get_xydata()[0].tolist() for line in figure.axes[0].lines[2:]]
        assert points == [[2.0, 15.0], [50.0, 90.0]]
        assert {"slow", "fast", "FLOP per second", "Roof"} <= set(texts(figure))
        assert cut_off(figure) == {}

    @pytest.mark.parametrize(
        ("peak", "bandwidth", "points"),
        [(0.0, 1.0, {}), (1.0, -1.0, {}), (1.0, 1.0, {"none": (0.0, 1.0)})],
    )
    def test_what_has_no_logarithm_is_refused(self, peak, bandwidth, points):
        with pytest.raises(ValueError, match="needs numbers above 0"):
            roofline(peak, bandwidth, points)
