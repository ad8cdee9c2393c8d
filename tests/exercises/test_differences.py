"""The most telling difference: what it says, and what it lets pass."""

import numpy as np
import pytest
import torch

from aigc_lab.exercises.differences import difference, show, show_both

GRID = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]])


@pytest.mark.parametrize(
    ("yours", "right"),
    [
        (GRID, GRID.tolist()),
        (torch.from_numpy(GRID), GRID),
        (torch.from_numpy(GRID).bfloat16(), GRID),
        (torch.ones(3, requires_grad=True), [1, 1, 1]),
        (np.float32(2), 2),
        (np.array([np.nan, 1]), np.array([np.nan, 1])),
        ((1, 2), [1, 2]),
        ({"a": GRID}, {"a": GRID}),
        (["x", b"y"], ("x", b"y")),
        (True, np.bool_(True)),
        ([], []),
    ],
)
def test_equal_values_of_other_types_pass(yours, right):
    assert difference(yours, right, 1e-6) is None


@pytest.mark.parametrize(
    ("yours", "right", "told"),
    [
        (None, 1.0, "it gives back None; is a `return` missing?"),
        (GRID.T, GRID, "its shape is (3, 2), and (2, 3) is right (the right answer, transposed)"),
        (GRID[:, :2], GRID, "its shape is (2, 2), and (2, 3) is right"),
        (GRID * 3, GRID, "every number is 3 times the right one"),
        (GRID - 0.25, GRID, "every number is 0.25 too small"),
        (GRID * 0, GRID, "every number is 0"),
        ([], GRID, "it gives an empty list, and an array of numbers is expected"),
        (
            [GRID, GRID],
            np.stack([GRID, GRID]),
            "it gives a list, and an array of numbers is expected; make one array of it",
        ),
        (GRID[::-1], GRID, "the numbers are right, but they stand in the wrong places"),
        (GRID[:, :2].T, GRID[:, :2], "it is the right answer, transposed"),
        (np.where(GRID > 4, np.nan, GRID), GRID, "2 of 6 numbers are nan, the first at [1, 1]"),
        (np.where(GRID > 5, np.inf, GRID), GRID, "1 of 6 numbers is infinite, the first at [1, 2]"),
        (
            np.where(GRID > 4, -np.inf, GRID),
            np.where(GRID > 5, -np.inf, GRID),
            "1 of 6 numbers is infinite and should not be, the first at [1, 1]",
        ),
        (
            np.where(GRID == 5, 6, GRID),
            GRID,
            "1 of 6 numbers is wrong, the first at [1, 1]: 6, and 5 is right",
        ),
        (
            np.where(GRID == 5, 5.00002, GRID),
            GRID,
            "1 of 6 numbers is wrong, the first at [1, 1]: 5.00002, and 5 is right",
        ),
        (GRID * 1.00004, GRID, "every number is 1.00004 times the right one"),
        (
            [1000000, 8],
            [1000001, 8],
            "1 of 2 numbers is wrong, the first at [0]: 1000000, and 1000001 is right",
        ),
        (1000001, 1000000, "it gives 1000001, and 1000000 is right"),
        (
            GRID > 2,
            GRID > 1,
            "1 of 6 numbers is wrong, the first at [0, 1]: False, and True is right",
        ),
        (False, True, "it gives False, and True is right"),
        (3.5, 2.0, "it gives 3.5, and 2 is right"),
        (np.ones(2), np.ones(2, bool), "it gives numbers of type float64, and bool is expected"),
        ("cat", "dog", "it gives 'cat', and 'dog' is right"),
        ("cat", 3.0, "it gives a str, and a number is expected"),
        ([b"a"], [b"a", b"b"], "it has 1 items, and 2 are right"),
        ([b"a", b"c"], [b"a", b"b"], "item 1: it gives b'c', and b'b' is right"),
        ({}, {"a": 1}, "the key 'a' is missing"),
        ({"a": 1, "b": 2}, {"a": 1}, "the key 'b' should not be there"),
        ({"a": 2}, {"a": 1}, "at 'a': it gives 2, and 1 is right"),
    ],
)
def test_the_difference_is_told(yours, right, told):
    assert difference(yours, right, 1e-6) == told


def test_values_are_shown_on_one_short_line():
    assert show(np.arange(20)) == "[0, 1, 2, 3, 4, 5, 6, 7, …]"
    assert show(np.zeros((2, 3))) == "shape (2, 3)"
    assert show("x" * 500) == "'" + "x" * 118 + "…"
    assert show_both(GRID, GRID.T, 0) == ("shape (2, 3)", "shape (3, 2)")
    assert show_both(GRID, np.where(GRID == 7, 6, GRID), 0)[0] == "row [1]: [4, 5, 7]"


def test_of_several_arrays_the_one_that_differs_is_shown():
    assert show((GRID, 1)) == "[shape (2, 3), 1]"
    assert show_both((GRID, -GRID), (GRID, GRID), 0) == (
        "item 1, row [0]: [-1, -2, -3]",
        "item 1, row [0]: [1, 2, 3]",
    )
    assert show_both((GRID,), (GRID, GRID), 0) == ("[shape (2, 3)]", "[shape (2, 3), shape (2, 3)]")


def test_of_named_arrays_the_one_that_differs_is_shown():
    right = {"a": GRID, "b": GRID}
    assert show_both({"a": GRID, "b": -GRID}, right, 0) == (
        "at 'b': row [0]: [-1, -2, -3]",
        "at 'b': row [0]: [1, 2, 3]",
    )
    assert show_both({"b": GRID}, right, 0) == ("nothing at 'a'", "at 'a': shape (2, 3)")
    assert show_both({**right, "c": GRID}, right, 0) == ("at 'c': shape (2, 3)", "nothing at 'c'")
    assert show_both({"a": 2}, {"a": 1}, 0) == ("{'a': array(2)}", "{'a': array(1)}")
