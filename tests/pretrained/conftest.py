"""Tests marked `slow` build models of real size: they run only when asked for, with `-m slow`."""

import pytest


def pytest_configure(config):
    config.addinivalue_line("markers", "slow: full-size models; run with `pytest -m slow`")


def pytest_collection_modifyitems(config, items):
    if "slow" in config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: run with `pytest -m slow`"))
