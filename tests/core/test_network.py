"""The network: left alone where asked, and waited for no longer than said."""

import time

import pytest

from aigc_lab.core.network import offline_by_environment, within


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), ("ON", True), (" yes ", True), ("True", True), ("0", False), ("", False)],
)
def test_the_variable_of_the_hub_is_read(value, expected, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", value)
    assert offline_by_environment() is expected


def test_without_the_variable_the_network_may_be_used(monkeypatch):
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    assert not offline_by_environment()


def test_a_result_comes_back_even_when_it_is_nothing():
    assert within(5, lambda: None) is None
    assert within(5, lambda: [3]) == [3]


def test_what_the_call_raises_is_raised():
    with pytest.raises(ZeroDivisionError):
        within(5, lambda: 1 / 0)


def test_a_call_that_hangs_is_left_behind():
    start = time.perf_counter()
    with pytest.raises(TimeoutError, match=r"no answer within 0.1 seconds"):
        within(0.1, lambda: time.sleep(3))
    assert time.perf_counter() - start < 2
