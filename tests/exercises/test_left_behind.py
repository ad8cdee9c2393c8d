"""What a solution leaves behind in its arguments is compared too, where a probe looks at it."""

from dataclasses import replace

import numpy as np
import pytest

from aigc_lab.exercises.definition import Exercise, Mistake, probe
from aigc_lab.exercises.diagnosis import RIGHT, WRONG, judge
from aigc_lab.exercises.differences import difference, left_behind


class Lamp:
    """Something that can be left on."""

    def __init__(self, on):
        self.on, self.marks = on, np.zeros(3)

    def __call__(self):
        return 7


def read(lamp):
    was, lamp.on = lamp.on, True
    answer = lamp()
    lamp.on = was
    return answer


def leaving_it_on(lamp):
    lamp.on = True
    return lamp()


def leaving_marks(lamp):
    lamp.marks[1] = 2
    return lamp()


LAMP = Exercise(
    name="read",
    notebook="00_toy",
    title="Read by a lamp",
    points=1,
    reference=read,
    probes=lambda: [
        probe("it is on", Lamp(True), leaves=lambda lamp: {"the lamp": lamp.on}),
        probe("it is off", Lamp(False), leaves=lambda lamp: {"lamp.on": lamp.on, "m": lamp.marks}),
    ],
    hints=("push", "plan", "nearly"),
    mistakes=(Mistake("on", "bright", "it is left on", "Look back.", wrong=leaving_it_on),),
)


def test_a_right_answer_that_leaves_all_as_it_was_is_right():
    assert judge(LAMP, read).status == RIGHT
    assert judge(LAMP, lambda lamp: lamp()).status == RIGHT


def test_what_is_left_otherwise_is_told_and_named():
    finding = judge(LAMP, leaving_it_on)
    assert finding.status == WRONG
    assert finding.probe == "it is off"
    assert finding.problem == "its answer is right, but afterwards lamp.on is True instead of False"
    assert [mistake.name for mistake in finding.mistakes] == ["on"]
    assert (finding.yours, finding.expected) == ("", "")


def test_arrays_that_are_left_otherwise_are_told_by_their_difference():
    finding = judge(LAMP, leaving_marks)
    assert finding.mistakes == ()
    assert finding.problem.startswith(
        "its answer is right, but afterwards m is not right: 1 of 3 numbers is wrong"
    )


def test_a_wrong_answer_is_told_before_what_is_left():
    def wrong(lamp):
        lamp.on = True
        return 8

    assert judge(LAMP, wrong).problem == "it gives 8, and 7 is right"


def test_a_mistake_that_leaves_something_else_is_not_named():
    also_marks = replace(LAMP, mistakes=(replace(LAMP.mistakes[0], wrong=leaving_marks),))
    assert judge(also_marks, leaving_it_on).mistakes == ()


def test_a_probe_that_cannot_look_is_a_fault_of_the_course():
    broken = replace(LAMP, probes=lambda: [probe("on", Lamp(True), leaves=lambda lamp: lamp.gone)])
    with pytest.raises(RuntimeError, match=r"'on' cannot .* AttributeError.*fault of the course"):
        judge(broken, read)


def test_nothing_is_compared_where_no_probe_looks():
    assert left_behind(None, None, 0.0) is None


def test_what_is_gone_afterwards_is_told():
    told = left_behind({}, {"lamp.on": True}, 0.0)
    assert told == "its answer is right, but afterwards lamp.on is gone"


@pytest.mark.parametrize("together", [np.stack, list, tuple])
def test_arrays_of_one_shape_may_come_as_one_array(together):
    right = (np.arange(3.0), np.ones(3))
    assert difference(together(right), right, 1e-6) is None
    assert difference(together(right)[:1], right, 1e-6) == "it has 1 items, and 2 are right"


def test_a_number_is_no_list_of_arrays():
    told = difference(np.array(2.0), (np.arange(3.0), np.ones(3)), 1e-6)
    assert told == "it gives a number, and a list is expected"
