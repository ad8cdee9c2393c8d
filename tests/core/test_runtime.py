"""Device, number format, seeds, provenance."""

import json
import random
import time

import numpy as np
import psutil
import pytest
import torch

from aigc_lab.core import runtime


def test_auto_takes_the_fastest_device_present(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    assert runtime.pick_device().type == "cpu"
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert runtime.pick_device().type == "mps"
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert runtime.pick_device().type == "cuda"
    assert runtime.pick_device("cuda:1") == torch.device("cuda", 1)


def test_devices_unknown_or_absent_are_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="device='cuda' is not present here"):
        runtime.pick_device("cuda")
    with pytest.raises(ValueError, match="device='gpu' is not known; choose one of auto, cpu"):
        runtime.pick_device("gpu")


@pytest.mark.parametrize("name", ["cpu:x", "cpu:", "cuda:-1", "cpu:0:1", "", ":0", "CPU", None])
def test_a_device_that_is_spelled_wrong_is_one_clear_error(monkeypatch, name):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    with pytest.raises(ValueError, match=r"^device=.* is not known; choose one of auto, cpu"):
        runtime.pick_device(name)


def test_a_gpu_beyond_the_last_is_not_present(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    assert runtime.pick_device("cuda:1") == torch.device("cuda", 1)
    with pytest.raises(ValueError, match="device='cuda:2' is not present here"):
        runtime.pick_device("cuda:2")


def test_nvidias_driver_is_seen_by_its_tool_or_in_the_kernel(monkeypatch, tmp_path):
    kernel = tmp_path / "version"
    monkeypatch.setattr(runtime, "NVIDIA_DRIVER", (str(tmp_path / "wsl"), str(kernel)))
    monkeypatch.setattr(runtime.shutil, "which", lambda _: None)
    assert not runtime.has_nvidia_driver()
    kernel.write_text("NVRM version: 580.1")
    assert runtime.has_nvidia_driver()
    kernel.unlink()
    monkeypatch.setattr(runtime.shutil, "which", {"nvidia-smi": "/usr/bin/nvidia-smi"}.get)
    assert runtime.has_nvidia_driver()


def test_auto_precision_follows_the_hardware(monkeypatch):
    cpu = torch.device("cpu")
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx512_bf16": True})
    assert runtime.pick_dtype("auto", cpu) == torch.bfloat16
    assert runtime.pick_dtype("float32", cpu) == torch.float32
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: {"avx2": True})
    assert runtime.pick_dtype("auto", cpu) == torch.float32
    assert runtime.pick_dtype("bfloat16", cpu) == torch.bfloat16
    with pytest.raises(ValueError, match="precision='half' is not known"):
        runtime.pick_dtype("half", cpu)


def test_one_seed_sets_every_source_of_chance():
    def draw() -> tuple:
        generator = runtime.seed_everything(11)
        drawn = torch.rand(1).item(), torch.rand(1, generator=generator).item()
        return (random.random(), np.random.rand(), *drawn)  # noqa: NPY002  (the global state)

    assert draw() == draw()
    assert draw()[2] == draw()[3]


def test_provenance_is_plain_json_and_names_the_machine():
    record = json.loads(json.dumps(runtime.provenance()))
    machine = record["machine"]
    assert machine["libraries"]["numpy"] == np.__version__
    assert machine["cores"] >= 1
    assert machine["cpu"]
    assert "/" not in record["command"].split()[0]  # no path of anybody's home
    assert record["started"].endswith("+00:00")


def test_no_git_is_no_error(monkeypatch):
    def absent(*_: object, **__: object) -> None:
        raise FileNotFoundError("git")

    monkeypatch.setattr(runtime.subprocess, "run", absent)
    assert runtime.git_commit() is None


def test_a_paused_stopwatch_stands_still():
    watch = runtime.Stopwatch()
    watch.start()
    watch.pause()
    stood = watch.seconds
    time.sleep(0.01)
    assert watch.seconds == stood


def test_free_memory_is_what_the_system_tells_and_a_container_allows(monkeypatch, tmp_path):
    monkeypatch.setattr(runtime, "CGROUP", tmp_path)
    told = psutil.virtual_memory()._replace(available=10**6)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: told)
    cpu = torch.device("cpu")
    assert runtime.available_bytes(cpu) == 10**6

    def container(limit: str) -> int:
        (tmp_path / "memory.max").write_text(limit + "\n")
        (tmp_path / "memory.current").write_text("300000\n")
        (tmp_path / "memory.stat").write_text("anon 5\ninactive_file 100000\n")
        return runtime.available_bytes(cpu)

    assert container("700000") == 500_000  # what is only cached can be had
    assert container("max") == 10**6
    assert container("9000000") == 10**6
    (tmp_path / "memory.stat").write_text("")
    assert runtime.available_bytes(cpu) == 10**6


def test_accelerators_are_asked_themselves(monkeypatch):
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda device: (5, 80), raising=False)
    assert runtime.available_bytes(torch.device("cuda:0")) == 5
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 100)
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: 30)
    assert runtime.available_bytes(torch.device("mps")) == 70
