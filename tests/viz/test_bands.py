"""Pictures of runs against the healthy band: what they show, and what they refuse."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.text import Text

from aigc_lab.training.faults import FAULTS, Curves
from aigc_lab.training.gallery import make_band
from aigc_lab.viz.bands import TOP, band_curve, gallery_grid, run_against_healthy, verdict_line

STEPS = [0, 10, 20, 30]
HEALTHY = np.array([4.0, 3.0, 2.5, 2.0])


def a_run(fault: str, seed: int = 0, seen=HEALTHY, honest=None) -> Curves:
    """Thirty steps whose training loss is that of validation a little earlier."""
    train = np.repeat(seen[1:], 10)
    return Curves(
        fault, seed, list(train), STEPS, list(seen), list(seen if honest is None else honest)
    )


@pytest.fixture
def gallery():
    healthy = [a_run("healthy", seed, HEALTHY + 0.02 * seed) for seed in range(4)]
    leak = [a_run("no_mask", 0, HEALTHY * [1, 1, 0.5, 0.1], np.add(HEALTHY, [0, 0, 2, 7]))]
    return {"healthy": healthy, "no_mask": leak, "lr_low": [a_run("lr_low", 0, HEALTHY + 1.0)]}


def texts(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible()]


def drawn(axes, colour_of: str) -> list[np.ndarray]:
    """The heights of the lines that carry a name in the legend."""
    return [line.get_ydata() for line in axes.lines if line.get_label() == colour_of]


def within_paper(figure) -> bool:
    figure.draw_without_rendering()
    box, (width, height) = figure.get_tightbbox(), figure.get_size_inches()
    return min(box.x0, box.y0, width - box.x1, height - box.y1) > -0.01


def test_a_curve_stands_over_the_band_with_its_verdict_beside_its_name():
    band = make_band(STEPS, [HEALTHY, HEALTHY + 0.2])
    figure = band_curve(band, {"mine": (STEPS, HEALTHY + 1), "other": (STEPS, HEALTHY)}, title="t")
    assert {"mine: above from step 0", "other: inside", "healthy seeds", "t"} <= set(texts(figure))
    assert within_paper(figure)
    (axes,) = figure.axes
    area = axes.collections[0].get_paths()[0].vertices
    assert area[:, 1].min() == 2.0
    assert area[:, 1].max() == pytest.approx(4.2)


def test_a_run_shows_what_the_script_measures_and_the_honest_loss(gallery):
    figure = run_against_healthy(gallery["no_mask"][0], gallery)
    left, right = figure.axes
    assert left.get_title() == "training: below from step 20"
    assert right.get_title() == "validation, as measured: below from step 20"
    assert drawn(left, "training")[0].tolist() == pytest.approx([3.0, 1.25, 0.2])
    assert drawn(right, "validation, as measured")[0][-1] == pytest.approx(0.2)
    assert drawn(right, "validation, honestly")[0][-1] == 9.0
    assert "up to 9" in texts(figure)
    assert right.get_ylim()[1] == TOP
    assert not left.texts  # its own curve is not cut
    assert within_paper(figure)


def test_an_honest_loss_that_was_measured_is_drawn_once(gallery):
    figure = run_against_healthy(gallery["lr_low"][0], gallery)
    assert drawn(figure.axes[1], "validation, honestly") == []
    assert not any(text.startswith("up to") for text in texts(figure))


def test_the_gallery_has_a_panel_for_each_fault_and_one_legend(gallery):
    names = {fault: FAULTS[fault] for fault in ("no_mask", "lr_low")}
    figure = gallery_grid(gallery, names, title="two ways to go wrong")
    shown = texts(figure)
    assert set(names.values()) <= {text.replace("\n", " ") for text in shown}
    for name in ("healthy seeds", "training", "validation, as measured", "validation, honestly"):
        assert shown.count(name) == 1
    assert within_paper(figure)


def test_a_quiz_does_not_name_its_faults(gallery):
    figure = gallery_grid(gallery, {"lr_low": "A", "no_mask": "B", "healthy": "C"})
    visible = [axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert visible == ["A", "B", "C"]


def test_figures_are_not_kept(gallery):
    gallery_grid(gallery, {"lr_low": "A"})
    run_against_healthy(gallery["lr_low"][0], gallery)
    assert plt.get_fignums() == []


def test_the_verdict_in_words(gallery):
    line = verdict_line(gallery["lr_low"][0], gallery, "val_loss")
    assert line == "validation, as measured: above from step 0"


def test_the_gap_has_a_verdict_too(gallery):
    wide = a_run("no_eval", 0, HEALTHY)
    wide.train_loss = [loss - 1.0 for loss in wide.train_loss]
    assert verdict_line(wide, gallery, "gap") == "validation minus training: above from step 10"


def test_a_verdict_on_something_else_is_refused(gallery):
    with pytest.raises(ValueError, match="loss='sample' is not known"):
        verdict_line(gallery["lr_low"][0], gallery, "sample")


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="no curve was given"):
        band_curve(make_band([0, 1], [[4.0, 3.0], [4.1, 3.1]]), {})


@pytest.mark.parametrize("faults", [{}, {"no_loss": "A"}])
def test_unknown_faults_are_refused(gallery, faults):
    with pytest.raises(ValueError, match=r"are not in the gallery; choose some of \['healthy'"):
        gallery_grid(gallery, faults)
