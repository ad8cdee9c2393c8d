"""Right in any style, wrong by name, and whatever a function does is survived and said."""

import functools
import sys
import threading
import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from aigc_lab.exercises.definition import Mistake, probe
from aigc_lab.exercises.diagnosis import RIGHT, UNSOLVED, WRONG, judge
from tests.exercises.toy import TOY, flawed


def vectorised(scores):
    return torch.softmax(torch.from_numpy(scores), dim=-1)


def in_single_precision(scores):
    weights = np.exp((scores - scores.max(-1, keepdims=True)).astype(np.float32))
    return weights / weights.sum(-1, keepdims=True)


def row_by_row(scores):
    if scores.ndim == 1:
        weights = [np.exp(score - max(scores)) for score in scores]
        return [weight / sum(weights) for weight in weights]
    return [row_by_row(row) for row in scores]


def column_major(scores):
    return np.asfortranarray(flawed(scores))


@pytest.mark.parametrize("solution", [vectorised, in_single_precision, row_by_row, column_major])
def test_right_solutions_of_any_style_are_accepted(solution):
    assert judge(TOY, solution).status == RIGHT


def test_a_solution_that_works_in_place_is_right_and_told():
    def in_place(scores):
        scores -= scores.max(-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(-1, keepdims=True)
        return scores

    finding = judge(TOY, in_place)
    assert finding.status == RIGHT
    assert "changes its input `scores`" in finding.notes[0]


def test_where_none_may_be_right_no_return_is_missed():
    def positive(number):
        return number if number > 0 else None

    known = replace(
        TOY,
        reference=positive,
        probes=lambda: [probe("below", -1.0), probe("above", 2.0)],
        mistakes=(),
        laws=(),
        flawed=None,
    )
    finding = judge(known, lambda number: None)
    assert (finding.probe, finding.problem) == (
        "above",
        "it gives back None, and something else is right",
    )


@pytest.mark.parametrize("mistake", TOY.mistakes, ids=lambda mistake: mistake.name)
def test_each_known_mistake_is_named(mistake):
    finding = judge(TOY, TOY.wrong(mistake))
    assert finding.status == WRONG
    assert finding.mistakes == (mistake,)


@pytest.mark.parametrize("pair", TOY.pairs(), ids=lambda pair: f"{pair[0].name}+{pair[1].name}")
def test_two_mistakes_at_once_are_named(pair):
    assert judge(TOY, TOY.wrong(*pair)).mistakes == pair


def test_nothing_is_guessed_and_a_broken_law_is_told():
    finding = judge(TOY, lambda scores: flawed(scores) ** 2)
    assert finding.mistakes == ()
    assert finding.law == "the weights add up to 0.727, not to 1"
    assert finding.problem.startswith("3 of 3 numbers are wrong, the first at [0]")
    assert finding.yours == "[0.001765, 0.01304, 0.712]"
    assert finding.expected == "[0.04201, 0.1142, 0.8438]"


def test_a_stub_is_not_solved_and_not_wrong():
    def stub(scores):
        raise NotImplementedError

    assert judge(TOY, stub).status == UNSOLVED


def test_a_stub_with_some_arguments_filled_in_is_a_stub():
    def stub(base, shift, scores):
        raise NotImplementedError

    once = functools.partial(stub, 2.0)
    once.note = "so that Python does not melt the two into one"
    assert judge(TOY, functools.partial(once, True)).status == UNSOLVED


def decorated_stub():
    def stub(scores):
        raise NotImplementedError

    @functools.wraps(stub)
    def decorated(scores):
        return stub(scores)

    return decorated


def test_a_stub_under_a_decorator_is_a_stub():
    assert judge(TOY, decorated_stub()).status == UNSOLVED


def test_a_function_that_wraps_itself_is_survived():
    circle = decorated_stub()
    circle.__wrapped__ = circle  # nobody can say which function it is
    assert judge(TOY, circle).problem == "it stops with NotImplementedError"


def test_a_missing_feature_of_a_library_is_no_stub():
    def library():
        raise NotImplementedError("no such kernel")

    finding = judge(TOY, lambda scores: library())
    assert finding.status == WRONG
    assert "no such kernel" in finding.problem


def test_a_library_in_c_that_lacks_something_is_no_stub():
    finding = judge(TOY, lambda scores: torch.softmax(torch.tensor(scores).int(), -1))
    assert finding.status == WRONG
    assert "it stops with NotImplementedError" in finding.problem


def test_an_exception_is_told_with_its_line():
    def broken(scores):
        return scores @ np.ones((7, 2))

    finding = judge(TOY, broken)
    assert finding.status == WRONG
    assert finding.problem.startswith("it stops with ValueError: matmul")
    assert finding.problem.endswith("in the line `return scores @ np.ones((7, 2))`")


def test_leaving_the_program_is_survived():
    def leave(scores):
        raise SystemExit("bye")

    assert judge(TOY, leave).problem.startswith("it stops with SystemExit: bye")


def endless(scores):
    while True:
        pass


def stubborn(scores):
    while True:
        try:
            while True:
                pass
        except Exception:
            stubborn.tried = True


def asleep(scores):
    time.sleep(1.2)


@pytest.mark.parametrize("function", [endless, stubborn, asleep])
def test_a_function_that_never_ends_is_stopped(function):
    start = time.perf_counter()
    finding = judge(TOY, function)
    assert time.perf_counter() - start < 5
    assert finding.problem.startswith("it did not finish within 0.5 seconds")


def test_a_function_that_cannot_be_stopped_is_told_to_run_on(monkeypatch):
    monkeypatch.setattr("aigc_lab.exercises.running.GRACE_S", 0.1)
    over = threading.Event()

    def unstoppable(scores):
        while not over.is_set():
            try:
                time.sleep(0.01)
            except BaseException:
                unstoppable.tried = True

    problem = judge(TOY, unstoppable).problem
    over.set()
    assert problem.startswith("it did not finish within 0.5 seconds; does a loop never end?")
    assert problem.endswith("still runs beside all later cells: restart the kernel")
    assert "restart" not in judge(TOY, endless).problem


def test_a_recursion_limit_that_a_function_sets_is_put_back():
    before = sys.getrecursionlimit()

    def shallow(scores):
        sys.setrecursionlimit(before - 100)
        return flawed(scores)

    assert judge(TOY, shallow).status == RIGHT
    assert sys.getrecursionlimit() == before


def test_printing_while_checked_is_dropped(capsys):
    def chatty(scores):
        print("here I am", scores)
        return flawed(scores)

    assert judge(TOY, chatty).status == RIGHT
    assert capsys.readouterr().out == ""


def test_a_memory_between_calls_is_noticed():
    calls = []

    def remembers(scores):
        calls.append(scores)
        return flawed(scores) if len(calls) <= 3 else 2 * flawed(scores)

    assert "another answer" in judge(TOY, remembers).problem


def test_other_parameters_are_told_before_anything_runs():
    finding = judge(TOY, lambda scores, temperature: scores)
    assert finding.problem.startswith("it takes (scores, temperature); it is called with (scores)")


def test_an_error_of_another_kind_is_no_known_mistake():
    exercise = replace(TOY, mistakes=(Mistake("end", "it stops", "b", "c.", wrong=past_the_end),))
    assert judge(exercise, past_the_end).mistakes == exercise.mistakes

    def other(scores):
        raise IndexError("something else")

    assert judge(exercise, other).mistakes == ()


def past_the_end(scores):
    return scores[10**6]


def test_a_refusal_is_known_in_whatever_words():
    def refuses(scores):
        if scores.ndim == 2:
            raise ValueError("one row only")
        return flawed(scores)

    def in_other_words(scores):
        if len(scores.shape) > 1:
            raise ValueError(f"{scores.shape} is too much")
        return flawed(scores)

    def in_one_line(scores):
        if scores.ndim > 1: raise ValueError("no")  # noqa: E701 (as some write it)  # fmt: skip
        return flawed(scores)

    def by_accident(scores):
        (_,) = scores.shape
        return flawed(scores)

    known = Mistake("refuses", "tables", "it refuses tables", "Any.", wrong=refuses)
    toy = replace(TOY, mistakes=(known,))
    assert judge(toy, in_other_words).mistakes == (known,)
    assert judge(toy, in_one_line).mistakes == (known,)
    assert judge(toy, by_accident).mistakes == ()


def test_a_reused_buffer_is_judged_by_what_was_in_it():
    buffers = {}

    def reuses(scores):
        buffer = buffers.setdefault(scores.shape, np.empty(scores.shape))
        buffer[...] = flawed(scores)
        return buffer

    assert judge(TOY, reuses).status == RIGHT


def test_a_list_made_once_is_noticed_where_it_goes_wrong():
    def gathers(scores, seen=[]):  # noqa: B006 (the mistake this is about)
        seen.append(scores)
        return flawed(scores) * len(seen)

    finding = judge(TOY, gathers)
    assert finding.status == WRONG
    assert any("what does it remember?" in note for note in finding.notes)


class Rude:
    def __repr__(self):
        raise RuntimeError("no")

    def __getattr__(self, name):
        raise RuntimeError("no")

    def __eq__(self, other):
        raise RuntimeError("no")

    __hash__ = None


def endless_list():
    itself = []
    itself.append(itself)
    return itself


def raises(error):
    raise error


class Wordless(Exception):
    def __str__(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda scores: Rude(), "it gives a Rude, and an array of numbers is expected"),
        (lambda scores: endless_list(), "and an array of numbers is expected"),
        (lambda scores: [10**400] * 3, "and an array of numbers is expected"),
        (lambda scores: 10**5000, "and an array of numbers is expected"),
        (lambda scores: flawed(scores) + 1j, "it gives an array of complex128, and an array of"),
        (lambda scores: torch.zeros(3, device="meta"), "it gives a Tensor, and an array of"),
        (lambda scores: np.ma.masked_all(scores.shape), "3 of 3 numbers are nan"),
        (lambda scores: [flawed(scores)[None]], "make one array of it"),
        (lambda scores: raises(Wordless()), "it stops with Wordless: (its text cannot be printed"),
        (lambda scores: raises(AssertionError()), "it stops with AssertionError, in the line"),
        (lambda scores: raises(ValueError("x" * 9999)), "xxx…"),
        (torch.exp, "it stops with TypeError: exp()"),
        (max, "its shape is (), and (3,) is right"),
    ],
)
def test_strange_things_are_survived_and_told(function, told):
    finding = judge(TOY, function)
    assert finding.status == WRONG
    assert told in finding.problem


def test_a_conjugate_view_and_a_sparse_tensor_are_read():
    assert judge(TOY, lambda scores: torch.from_numpy(flawed(scores)).to_sparse()).status == RIGHT


def test_numbers_that_look_alike_are_told_apart():
    exercise = replace(
        TOY, reference=lambda scores: 1.72215, probes=lambda: [probe("one", 1.0)], mistakes=()
    )
    finding = judge(exercise, lambda scores: 1.72233)
    assert finding.problem == "it gives 1.7223, and 1.7222 is right"
    assert (finding.yours, finding.expected) == ("1.7223", "1.7222")


def test_what_later_cells_need_is_asked_for():
    wants_array = replace(TOY, gives=np.ndarray)
    assert judge(wants_array, flawed).status == RIGHT
    problem = judge(wants_array, lambda scores: flawed(scores).tolist()).problem
    assert problem == "what it says is right, but as a list; later cells need an array"

    def in_place(scores):
        scores[...] = flawed(scores)
        return scores

    problem = judge(replace(TOY, keeps_inputs=True), in_place).problem
    assert problem == "it changes its input `scores`, which later cells still need"


def test_a_check_as_a_whole_has_a_limit():
    exercise = replace(TOY, probes=lambda: [probe(str(n), np.ones(3)) for n in range(9)])

    def slow(scores):
        time.sleep(0.12)
        return flawed(scores)

    assert judge(exercise, slow).problem.startswith("it did not finish within 0.5 seconds")


def test_giving_nothing_back_is_told():
    assert judge(TOY, lambda scores: None).problem.startswith("it gives back None; is a `return`")


@pytest.mark.parametrize("given", [np.cos, [np.cos], [np.sin, np.cos], {"last": np.cos}])
def test_functions_in_an_input_are_not_taken_for_changed(given):
    task = replace(
        TOY,
        reference=lambda scores, parts: flawed(scores),
        probes=lambda: [probe("two scores", np.array([1.0, 2.0]), given)],
        flawed=None,
        mistakes=(),
        laws=(),
    )
    finding = judge(task, lambda scores, parts: flawed(scores))
    assert (finding.status, finding.notes) == (RIGHT, ())


@pytest.mark.parametrize(
    ("given", "change"),
    [
        ([np.cos, np.zeros(2)], lambda parts: parts[1].fill(1)),
        ([np.cos, 5], lambda parts: parts.pop()),
        ([np.cos, 5], lambda parts: parts.reverse()),
        ({"last": np.cos, "rates": [1, 2]}, lambda parts: parts["rates"].append(3)),
        ([[np.cos, 1], [np.sin, 2]], lambda parts: parts[1].__setitem__(1, 7)),
        ([1, 2], lambda parts: parts.append(10**400)),
    ],
)
def test_what_stands_beside_a_function_in_an_input_is_compared(given, change):
    def changes(scores, parts):
        change(parts)
        return flawed(scores)

    task = replace(
        TOY,
        reference=lambda scores, parts: flawed(scores),
        probes=lambda: [probe("two scores", np.array([1.0, 2.0]), given)],
        flawed=None,
        mistakes=(),
        laws=(),
    )
    finding = judge(task, changes)
    assert finding.status == RIGHT
    assert finding.notes == ("it changes its input `parts`, which its caller may still need",)
