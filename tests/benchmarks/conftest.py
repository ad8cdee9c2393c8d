"""A stand-in for nanoGPT, so that its races can be tried where there is no copy of it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from benchmarks import peers, training


@pytest.fixture
def nano(tmp_path_factory, monkeypatch):
    """`AIGC_LAB_NANOGPT` names a folder whose model.py stands in for nanoGPT's."""
    folder = tmp_path_factory.mktemp("nanogpt")
    stand_in = Path(__file__).with_name("stand_in_model.py")
    (folder / "model.py").write_bytes(stand_in.read_bytes())
    monkeypatch.setenv(peers.NANOGPT, str(folder))
    return folder


@pytest.fixture
def compiler(monkeypatch):
    """`torch.compile` works and takes no time; the list holds what it was given."""
    asked = []

    def compile(model, **how):
        asked.append(model)
        return lambda *words, **more: model(*words, **more)

    monkeypatch.setattr(torch, "compile", compile)
    monkeypatch.setattr("aigc_lab.training.compiling.compiler_fault", lambda device: None)
    monkeypatch.setattr(training, "compiler", lambda device: (None, 1.5))
    return asked


@pytest.fixture
def real_nano():
    """The real nanoGPT, where there is a copy of it."""
    try:
        return peers.nanogpt()
    except peers.NotHere as missing:
        pytest.skip(str(missing))
