"""The live view: what it says and draws, and that watching changes nothing."""

import builtins
import io
import itertools
import sys

from PIL import Image

from aigc_lab.town.batches import Exam
from aigc_lab.training.history import History
from aigc_lab.training.loop import Trainer
from aigc_lab.viz import live as module
from aigc_lab.viz.live import LiveCurve, LiveProgress, in_notebook, live, training_curve
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

HISTORY = History(
    [
        {"step": 0, "val_loss": 2.5, "where": 0.2},
        {"step": 1, "train_loss": 2.5},
        {"step": 2, "train_loss": 1.5},
        {"step": 2, "val_loss": 1.25, "where": 0.75},
    ]
)


def labels(axes: object) -> list[str]:
    """The names written beside the curves, from the lowest end up."""
    return [text.get_text() for text in axes.texts]


class FakeDisplay:
    """Stands for a notebook's display area."""

    def __init__(self) -> None:
        self.pictures: list[bytes] = []

    def __call__(self, picture: object, display_id: bool) -> "FakeDisplay":
        assert display_id
        self.update(picture)
        return self

    def update(self, picture: object) -> None:
        self.pictures.append(picture.data)


def test_the_curve_shows_losses_floor_baselines_and_abilities():
    figure = training_curve(HISTORY, floor=1.0, baselines={"unigram": 2.0}, steps=4)
    losses, abilities = figure.axes
    assert labels(losses) == ["floor 1.00", "validation 1.25", "training 1.50", "unigram 2.00"]
    assert losses.get_xlim() == (0, 4)
    assert labels(abilities) == ["where 0.75"]
    assert abilities.lines[0].get_xydata().tolist() == [[0, 0.2], [2, 0.75]]
    validation = losses.lines[1].get_xydata().tolist()
    assert validation == [[0, 2.5], [2, 1.25]]


def test_a_recorded_floor_is_drawn_unless_another_is_given():
    records = [{"step": 0, "val_loss": 2.5, "val_floor": 0.5}]
    (losses,) = training_curve(History(records)).axes  # and no panel for the floor itself
    assert labels(losses) == ["floor 0.50", "validation 2.50"]
    assert labels(training_curve(History(records), floor=1.0).axes[0])[0] == "floor 1.00"


def test_a_floor_far_below_is_seen_on_a_logarithmic_scale():
    near, far = (training_curve(HISTORY, floor=floor).axes[0] for floor in (0.5, 0.125))
    assert (near.get_yscale(), far.get_yscale()) == ("linear", "log")
    low, high = far.get_ylim()
    assert low < 0.125 < 2.5 < high
    far.figure.canvas.draw()
    ticks = {label.get_position()[1]: label.get_text() for label in far.get_yticklabels()}
    shown = [text for height, text in ticks.items() if low < height < high]
    assert shown == ["0.2", "0.5", "1", "2"]
    assert far.yaxis.get_minorticklocs().size == 0  # no ticks without a number
    boxes = [text.get_window_extent() for text in far.texts]  # none over another
    assert all(a.y1 <= b.y0 + 1 for a, b in itertools.pairwise(boxes))


def test_names_keep_apart_on_a_logarithmic_scale_and_near_their_heights():
    near_others = {"low": 0.13, "high": 2.4, "higher": 2.45}
    (axes, _) = training_curve(HISTORY, floor=0.125, baselines=near_others).axes
    axes.figure.canvas.draw()
    boxes = {text.get_text().split()[0]: text.get_window_extent() for text in axes.texts}
    assert all(a.y1 <= b.y0 + 1 for a, b in itertools.pairwise(boxes.values()))
    _, height = axes.transData.transform((0, 0.13))
    assert abs(boxes["low"].y0 - height) < 2 * boxes["low"].height


def test_progress_names_the_floor_once_it_is_known(capsys):
    class Floored(TinyBatches):
        def evaluation(self, n: int) -> list:
            return Exam(super().evaluation(n), floor=0.25)

    Trainer(tiny_model(), Floored(), tiny_config(), None, [LiveProgress()]).run()
    assert "floor=0.250" in capsys.readouterr().err.split("\r")[-1]


def test_an_empty_history_can_be_drawn():
    (axes,) = training_curve(History()).axes
    assert labels(axes) == []


def test_progress_counts_steps_and_names_both_losses(capsys):
    Trainer(tiny_model(), TinyBatches(), tiny_config(), None, [LiveProgress()]).run()
    last = capsys.readouterr().err.split("\r")[-1]
    assert "12/12" in last
    assert "train=" in last
    assert "val=" in last


def test_progress_starts_where_a_resumed_run_starts(tmp_path, capsys):
    Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path).run()
    Trainer(tiny_model(), TinyBatches(), tiny_config(), tmp_path, [LiveProgress()]).run()
    assert "12/12" in capsys.readouterr().err


def test_the_live_curve_redraws_in_one_place(monkeypatch):
    display = FakeDisplay()
    monkeypatch.setattr("IPython.display.display", display)
    curve = LiveCurve(floor=0.5, redraw_every=0.0)
    Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3), None, [curve]).run()
    assert len(display.pictures) == 1 + 3 + 2 + 1  # start, steps, evaluations, end
    assert Image.open(io.BytesIO(display.pictures[-1])).size == (760, 380)

    display.pictures.clear()
    patient = LiveCurve(redraw_every=60.0)
    Trainer(tiny_model(), TinyBatches(), tiny_config(steps=3), None, [patient]).run()
    assert len(display.pictures) == 2  # the start and the end


def test_watching_changes_nothing(monkeypatch):
    monkeypatch.setattr("IPython.display.display", FakeDisplay())
    runs = [
        Trainer(tiny_model(dropout=0.1), TinyBatches(), tiny_config(steps=3), None, watchers).run()
        for watchers in ([], [LiveProgress(), LiveCurve(redraw_every=0.0)])
    ]
    assert runs[0].series("train_loss") == runs[1].series("train_loss")


def test_a_terminal_gets_the_bar_alone_and_a_notebook_both(monkeypatch):
    assert not in_notebook()
    assert [type(watcher) for watcher in live()] == [LiveProgress]
    monkeypatch.setattr(module, "in_notebook", lambda: True)
    assert [type(watcher) for watcher in live(floor=1.0)] == [LiveProgress, LiveCurve]


def test_without_ipython_there_is_no_notebook(monkeypatch):
    real = builtins.__import__

    def refuse(name: str, *rest: object) -> object:
        if name == "IPython":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert not in_notebook()
