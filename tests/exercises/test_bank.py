"""Every known mistake is wrong and named first; every right solution, in any style, is accepted."""

import importlib
import pkgutil
from collections import Counter

import pytest

from aigc_lab.exercises.bank import all_exercises
from aigc_lab.exercises.diagnosis import RIGHT, UNSOLVED, WRONG, judge
from tests.exercises import correct, mistaken

MISTAKES = [
    pytest.param(exercise, mistake, id=f"{exercise.name}-{mistake.name}")
    for exercise in all_exercises().values()
    for mistake in exercise.mistakes
]


def gathered(package, name):
    """What the modules of a package say under a name, put together."""
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        found |= getattr(importlib.import_module(f"{package.__name__}.{module.name}"), name)
    return found


SOLUTIONS = gathered(correct, "CORRECT")
TWINS = [  # mistakes as readers write them, without a look at the bank's own version
    pytest.param(all_exercises()[name], known, function, id=f"{name}-{known}")
    for name, twins in gathered(mistaken, "MISTAKEN").items()
    for known, function in twins
]
STYLES = [
    pytest.param(all_exercises()[name], solution, id=f"{name}-{solution.__name__}")
    for name, solutions in SOLUTIONS.items()
    for solution in solutions
]
each_exercise = pytest.mark.parametrize("exercise", all_exercises().values(), ids=all_exercises())


@pytest.mark.parametrize(("exercise", "mistake"), MISTAKES)
def test_a_known_mistake_is_wrong_and_named_first(exercise, mistake):
    finding = judge(exercise, exercise.wrong(mistake))
    assert finding.status == WRONG
    assert [found.name for found in finding.mistakes] == [mistake.name]


@pytest.mark.parametrize(("exercise", "known", "function"), TWINS)
def test_a_mistake_as_a_reader_writes_it_is_named_too(exercise, known, function):
    finding = judge(exercise, function)
    assert finding.status == WRONG
    assert " + ".join(found.name for found in finding.mistakes) == known


@pytest.mark.parametrize(("exercise", "solution"), STYLES)
def test_a_right_solution_is_accepted(exercise, solution):
    finding = judge(exercise, solution)
    assert (finding.status, finding.problem) == (RIGHT, "")


@each_exercise
def test_there_are_three_styles_of_right_solution(exercise):
    assert len({solution.__code__ for solution in SOLUTIONS[exercise.name]}) >= 3


@each_exercise
def test_the_reference_is_accepted_and_a_stub_is_not(exercise):
    def stub(*args, **kwargs):
        raise NotImplementedError

    assert judge(exercise, exercise.reference).status == RIGHT
    assert judge(exercise, stub).status == UNSOLVED


@each_exercise
def test_its_words_are_sentences_of_their_own(exercise):
    names = Counter(mistake.name for mistake in exercise.mistakes)
    assert max(names.values(), default=1) == 1
    for mistake in exercise.mistakes:
        for words in (mistake.symptom, mistake.diagnosis):
            assert words == words.strip() != ""
            assert not words.endswith((".", "!", "?")), words
        assert mistake.hint.endswith((".", "?", "!", ")")), mistake.hint
    assert all(text.strip() for text in exercise.hints)
    assert len(set(exercise.hints)) == 3


def test_there_are_no_solutions_for_exercises_that_are_not_there():
    assert set(SOLUTIONS) == set(all_exercises())


@pytest.mark.parametrize("error", [IndexError, KeyError, RuntimeError, TypeError, ValueError])
@each_exercise
def test_an_unrelated_error_gets_no_known_name(exercise, error):
    def stops(*args, **kwargs):
        raise error("unrelated")

    assert judge(exercise, stops).mistakes == ()
