"""The recorded gallery and the verdicts on it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aigc_lab.core.files import data_folder, read_json
from aigc_lab.training import faults, gallery
from aigc_lab.training.gallery import BAND_SEEDS, Verdict, judge, make_band, points

BAND = make_band([0, 10, 20, 30], [[4.0, 3.0, 2.0, 1.8], [4.2, 3.2, 2.4, 2.0]])


@pytest.fixture(scope="module")
def recorded():
    return gallery.load_gallery()


@pytest.fixture(scope="module")
def bands(recorded):
    return {loss: gallery.healthy_band(recorded, loss) for loss in (*gallery.LOSSES, gallery.GAP)}


def sides(recorded, bands, fault, loss):
    """Where the recorded runs of a fault end up, all seeds."""
    return {judge(*points(run, loss), bands[loss]).side for run in recorded[fault]}


class TestJudge:
    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([4.1, 3.1, 2.2, 1.9], Verdict("inside")),
            ([4.3, 3.3, 2.6, 2.1], Verdict("inside")),  # exactly half a width above
            ([4.1, 3.0, 2.9, 2.9], Verdict("above", 20)),
            ([3.2, 2.0, 1.0, 0.1], Verdict("below", 0)),
            ([9.0, 3.1, 9.0, 1.9], Verdict("inside")),  # never two in a row
            ([9.0, 0.1, 9.0, 0.1], Verdict("inside")),  # nor on one side
            ([9.0, 9.0, 0.1, 0.1], Verdict("above", 0)),  # the first side counts
            ([4.1, 3.1, math.nan, math.nan], Verdict("above", 20)),
            ([4.1, 3.1, math.inf, math.inf], Verdict("above", 20)),
        ],
    )
    def test_by_hand(self, values, expected):
        assert judge(BAND.steps, values, BAND) == expected

    def test_some_of_the_steps_will_do(self):
        assert judge([10, 30], [9.0, 9.0], BAND) == Verdict("above", 10)

    def test_patience_and_margin_are_dials(self):
        once = [4.1, 3.1, 9.0, 1.9]
        assert judge(BAND.steps, once, BAND, patience=1) == Verdict("above", 20)
        wide = [4.3, 3.3, 2.6, 2.1]
        assert judge(BAND.steps, wide, BAND, margin=0.0) == Verdict("above", 0)

    @pytest.mark.parametrize(
        ("steps", "values"),
        [([0, 5], [4.0, 3.5]), ([0, 10], [4.0]), ([], []), ([10, 0], [3.0, 4.0])],
    )
    def test_steps_that_the_band_does_not_know_are_refused(self, steps, values):
        with pytest.raises(ValueError, match="do not fit a band that was measured at steps"):
            judge(steps, values, BAND)

    @pytest.mark.parametrize("dial", [{"margin": -0.1}, {"patience": 0}])
    def test_dials_that_judge_nothing_are_refused(self, dial):
        with pytest.raises(ValueError, match="must be 0 or more"):
            judge(BAND.steps, BAND.middle, BAND, **dial)

    def test_a_verdict_reads_as_words(self):
        assert str(Verdict("inside")) == "inside"
        assert str(Verdict("above", 20)) == "above from step 20"


class TestMakeBand:
    def test_one_seed_is_no_band(self):
        with pytest.raises(ValueError, match="at least 2 seeds"):
            make_band([0, 10], [[4.0, 3.0]])

    def test_steps_must_fit(self):
        with pytest.raises(
            ValueError, match=r"runs of shape \(2, 3\) do not fit steps of shape \(2"
        ):
            make_band([0, 10], [[4.0, 3.0, 2.0], [4.0, 3.0, 2.0]])

    def test_no_steps_are_no_band(self):
        with pytest.raises(ValueError, match=r"runs of shape \(2, 0\) do not fit steps of shape"):
            make_band([], [[], []])


class TestHealthyBand:
    def test_a_gallery_without_healthy_runs_is_refused(self, recorded):
        sick = {"no_mask": recorded["no_mask"]}
        with pytest.raises(ValueError, match=r"holds \['no_mask'\], but no run called 'healthy'"):
            gallery.healthy_band(sick)


class TestPoints:
    def test_an_unknown_loss_is_refused(self, recorded):
        with pytest.raises(
            ValueError, match="loss='sample' is not known; choose one of train_loss"
        ):
            points(recorded["no_mask"][0], "sample")

    def test_the_gap_is_validation_minus_training(self):
        run = faults.Curves("healthy", 0, [4.0] * 10 + [2.0] * 10, [0, 10, 20], [4.2, 3.5, 2.25])
        steps, values = points(run, gallery.GAP)
        assert steps.tolist() == [10, 20]
        assert values.tolist() == [-0.5, 0.25]

    def test_training_is_measured_where_validation_is(self, recorded):
        run = recorded["healthy"][0]
        assert points(run, "train_loss")[0].tolist() == run.eval_steps[1:]


class TestRecorded:
    def test_it_says_how_it_was_made(self, recorded):
        run = read_json(data_folder() / "runs" / gallery.RECORD / "run.json")
        assert {"machine", "commit", "command", "started", "finished"} <= set(run)
        assert run["finished"] is not None
        assert "+changes" not in run["commit"]
        assert run["seeds"] == {name: [r.seed for r in runs] for name, runs in recorded.items()}
        assert run["settings"]["steps"] == faults.STEPS
        assert run["settings"]["lr"] == faults.LEARNING_RATE

    def test_every_fault_is_there_with_eight_seeds_and_more_healthy_runs_than_the_band_needs(
        self, recorded
    ):
        assert list(recorded) == ["healthy", *faults.FAULTS]
        assert all(len(recorded[fault]) >= 8 for fault in faults.FAULTS)
        assert len(recorded["healthy"]) >= BAND_SEEDS + 8

    def test_it_is_small(self):
        folder = data_folder() / "runs" / gallery.RECORD
        assert sum(path.stat().st_size for path in folder.iterdir()) < 300_000

    # What the reader sees of each fault: where training and measured validation leave the band.
    @pytest.mark.parametrize(
        ("fault", "training", "validation"),
        [
            ("no_shift", "below", "below"),
            ("shift_twice", "above", "above"),
            ("wrong_rows", "above", "above"),
            ("no_mask", "below", "below"),
            ("lr_high", "above", "above"),
            ("lr_low", "above", "above"),
            ("no_zero_grad", "above", "above"),
            ("wide_start", "above", "above"),
            ("little_text", "below", "above"),
        ],
    )
    def test_each_seed_of_a_fault_leaves_the_band(
        self, recorded, bands, fault, training, validation
    ):
        assert sides(recorded, bands, fault, "train_loss") == {training}
        assert sides(recorded, bands, fault, "val_loss") == {validation}

    def test_measuring_with_dropout_is_too_small_a_fault_for_most_bands_of_seeds(
        self, recorded, bands
    ):
        verdicts = [
            judge(*points(run, "val_loss"), bands["val_loss"]) for run in recorded["no_eval"]
        ]
        assert sum(verdict.side == "inside" for verdict in verdicts) > len(verdicts) / 2
        for noisy, healthy in zip(recorded["no_eval"], recorded["healthy"], strict=False):
            assert noisy.honest_loss == healthy.val_loss  # the same model, seed by seed
            assert noisy.val_loss[-1] > healthy.val_loss[-1] + 0.05

    def test_the_honest_loss_tells_on_every_bug_but_that_of_measuring(self, recorded, bands):
        for fault in faults.FAULTS:
            expected = "inside" if fault == "no_eval" else "above"
            assert sides(recorded, bands, fault, "honest_loss") == {expected}, fault

    def test_the_gap_tells_on_measuring_with_dropout_whatever_the_seed(self, recorded, bands):
        assert sides(recorded, bands, "no_eval", gallery.GAP) == {"above"}

    @pytest.mark.parametrize("loss", [*gallery.LOSSES, gallery.GAP])
    def test_fresh_healthy_seeds_stay_inside(self, recorded, bands, loss):
        fresh = recorded["healthy"][BAND_SEEDS:]
        inside = [judge(*points(run, loss), bands[loss]).side == "inside" for run in fresh]
        assert np.mean(inside) >= 0.75
