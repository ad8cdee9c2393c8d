"""What every test runs under, also when pytest is called without `make`."""

from __future__ import annotations

import os

import matplotlib

from tasks import test_environment

for _name, _value in test_environment().items():
    os.environ.setdefault(_name, _value)
matplotlib.use("agg")
