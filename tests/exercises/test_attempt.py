"""What a reader meets: the stub's stand-in, the check's words, hints, and the panel."""

import numpy as np
import pytest

from aigc_lab.exercises import attempt as offered
from aigc_lab.exercises import check, exercise, hint, progress
from tests.exercises.toy import TOY, flawed


@pytest.fixture(autouse=True)
def toy(monkeypatch):
    """The toy is the only exercise there is, and nothing was done yet."""
    bank = {"softmax": TOY}
    monkeypatch.setattr("aigc_lab.exercises.bank.all_exercises", lambda: bank)
    monkeypatch.setattr(offered, "_results", {})
    monkeypatch.setattr(offered, "_hints_seen", {})


def stub():
    @exercise
    def softmax(scores):
        """Weights from scores."""
        raise NotImplementedError

    return softmax


def solved():
    @exercise
    def softmax(scores):
        return flawed(scores)

    return softmax


def wrong():
    @exercise
    def softmax(scores):
        return flawed(scores, axis=0)

    return softmax


def test_a_stub_answers_with_the_courses_version_and_says_so_once(capsys):
    softmax = stub()
    for _ in range(2):
        assert softmax(np.zeros(4)).tolist() == [0.25] * 4
    said = capsys.readouterr().out
    assert said == "○ softmax is not solved yet: the course's own version stands in.\n"
    assert softmax.__doc__ == "Weights from scores."


def test_a_wrong_attempt_is_not_replaced(capsys):
    assert wrong()(np.array([[1.0, 2.0]])).tolist() == [[1.0, 1.0]]
    assert capsys.readouterr().out == ""


def test_not_implemented_from_below_is_passed_on():
    @exercise
    def softmax(scores):
        return stubbed_library(scores)

    def stubbed_library(scores):
        raise NotImplementedError("below")

    with pytest.raises(NotImplementedError, match="below"):
        softmax([1.0])


def test_what_a_solution_borrows_is_told_and_the_stub_still_speaks_up(capsys):
    open_stub = stub()
    result = check("softmax", lambda scores: open_stub(scores))
    assert result.right
    assert "it rests on the course's own softmax, which is not solved yet" in str(result)
    open_stub(np.zeros(2))
    assert capsys.readouterr().out.startswith("○ softmax is not solved yet")


def test_a_callable_object_is_checked_as_it_is():
    class Solution:
        function = staticmethod(lambda scores: scores)

        def __call__(self, scores):
            return flawed(scores)

    assert check("softmax", Solution()).right


def test_unknown_names_are_refused_with_those_that_come_near():
    with pytest.raises(ValueError, match=r"no exercise 'soft_max'.*\(softmax\)"):

        @exercise
        def soft_max(scores):
            return scores


def test_the_three_states_are_seen_at_a_glance():
    assert str(check(stub())).startswith("○ softmax: not solved yet")
    assert str(check(solved())) == "✔ softmax: right (2 of 2 points)"
    said = str(check(wrong()))
    assert said.splitlines() == [
        "✘ softmax: not right yet",
        "   What happens: columns add up to 1.",
        "   Because: you go down.",
        "   Think: Across.",
        "   Seen: on the probe “two rows” 6 of 6 numbers are wrong, the first at [0, 0]: "
        "0.1192, and 0.04201 is right.",
        "      yours: row [0]: [0.1192, 0.8808, 0.9933]",
        "      right: row [0]: [0.04201, 0.1142, 0.8438]",
        "   More help: hint(softmax)",
    ]


def test_a_question_ends_without_a_full_stop():
    def softmax(scores):
        scores + 1

    assert "it gives back None; is a `return` missing?\n" in str(check("softmax", softmax))


def test_the_box_says_the_same_and_escapes_what_it_quotes():
    @exercise
    def softmax(scores):
        return "<b>"

    result = check(softmax)
    assert "✘ softmax" in result._repr_html_()
    assert "<b>'" not in result._repr_html_().replace("<b style", "")


def test_require_passes_a_right_one_and_fails_the_others_with_the_diagnosis():
    assert check(solved()).require().points == 2
    with pytest.raises(AssertionError, match="columns add up to 1"):
        check(wrong()).require()
    with pytest.raises(AssertionError, match="not solved yet"):
        check(stub()).require()


def test_any_function_can_be_checked_by_name():
    assert check("softmax", flawed_twin).right
    assert check("softmax", solved()).right


def flawed_twin(scores):
    return flawed(scores)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((np.zeros(3),), r"needs the function itself, and ndarray arrived; write check\(softmax\)"),
        ((flawed_twin,), "put @exercise above `def flawed_twin`"),
        (("softmax",), "check needs your function too"),
        (("softmax", 3), "check needs a function, and int arrived"),
    ],
)
def test_what_is_no_function_is_refused(arguments, told):
    with pytest.raises(TypeError, match=told):
        check(*arguments)


def test_hints_come_one_after_the_other_and_stay_at_the_last():
    softmax = stub()
    assert [str(hint(softmax)) for _ in range(4)] == [
        "Hint 1 of 3: push",
        "Hint 2 of 3: plan",
        "Hint 3 of 3: nearly",
        "Hint 3 of 3: nearly",
    ]
    assert str(hint("softmax", 1)) == "Hint 1 of 3: push"
    with pytest.raises(ValueError, match="hint level 4: there are hints 1 to 3"):
        hint(softmax, 4)


def test_the_panel_follows_the_checks():
    assert str(progress("00")) == ("○ softmax: Scores to weights, not solved yet\nΣ points: 0 of 2")
    check(wrong())
    assert "✘ softmax: Scores to weights, not right yet" in str(progress("00"))
    check(solved())
    assert str(progress("00_toy")).endswith(
        "✔ softmax: Scores to weights, solved\nΣ points: 2 of 2"
    )
    assert "2 of 2" in progress("00")._repr_html_()
    with pytest.raises(ValueError, match="no notebook '09' has exercises; these have: 00_toy"):
        progress("09")
