"""`doctor`: a verdict on everything, a mend for whatever is missing, and never a long wait."""

from __future__ import annotations

import shutil
import socket
import time
from pathlib import Path

import pytest

import tasks
from aigc_lab.cli import doctor
from aigc_lab.cli.doctor import Finding, examine
from aigc_lab.training.selftest import Findings


@pytest.fixture
def bundled(made, tmp_path, monkeypatch, call):
    """A small checkpoint in the place of the one that comes with the course."""
    monkeypatch.setattr("aigc_lab.pretrained.locate.data_folder", lambda: tmp_path / "data")
    folder = tmp_path / "data" / "pretrained" / "town-gpt2"
    assert call("export", made / "run", folder).code == 0
    return folder


def level(name: str) -> str:
    return getattr(doctor, name)().level


def test_a_machine_that_runs_the_tests_is_ready(call, bundled):
    said = call("doctor", "--offline")
    assert said.code == 0, said.out
    assert "Ready. Next: aigc-lab train python_docs" in said.out
    assert sum(line.startswith("ok ") for line in said.out.splitlines()) >= 8


def test_json_for_scripts(call, bundled):
    document = call("doctor", "--offline", "--json").json
    assert document["ready"] is True
    assert all(one["level"] in ("ok", "note", "problem") for one in document["findings"])
    assert all(bool(one["mend"]) == (one["level"] != "ok") for one in document["findings"])


def test_without_the_bundled_checkpoint_it_says_what_to_do(call, bundled):
    shutil.rmtree(bundled)
    said = call("doctor", "--offline")
    assert said.code == 1
    assert "problem  bundled checkpoint: the bundled checkpoint is not at" in said.out
    assert "1 of " in said.out


def test_a_damaged_bundled_checkpoint_is_found(bundled):
    assert level("bundled") == "ok"
    path = bundled / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-9])
    assert level("bundled") == "problem"


def test_the_bundled_checkpoint_can_be_used(call, bundled):
    assert call("sample", "bundled", "the", "--tokens", "2").code == 0
    assert call("sample", "town-gpt2", "the", "--tokens", "2").code == 0


def test_the_device_passes_its_self_test():
    finding = doctor.selftest()
    assert finding.level == "ok"
    assert finding.what.startswith(("cpu passes", "cuda passes", "mps passes"))


def test_a_device_that_fails_its_self_test_is_told_with_a_way_around(monkeypatch):
    found = Findings(leaks_future=True, notes=("fused attention leaks", "and more"))
    monkeypatch.setattr("aigc_lab.training.selftest.findings_for", lambda device: found)
    finding = doctor.selftest()
    assert (finding.level, "fused attention leaks; and more" in finding.what) == ("note", True)
    assert "attention='explicit' and precision='float32'" in finding.mend


def test_a_missing_library(monkeypatch):
    monkeypatch.setattr(doctor, "LIBRARIES", ("numpy", "no-such-library"))
    finding = doctor.libraries()
    assert finding.level == "problem"
    assert "no-such-library" in finding.what


@pytest.mark.parametrize(
    ("version", "verdict"), [("3.9.18", "problem"), ("3.10.0", "ok"), ("3.14.0rc1", "ok")]
)
def test_the_oldest_python_is_the_one_that_pip_asked_for(monkeypatch, version, verdict):
    monkeypatch.setattr("platform.python_version", lambda: version)
    finding = doctor.python()
    assert finding.level == verdict
    assert (verdict == "ok") or finding.mend.startswith("install Python >=3.10")


class TestGPU:
    """NVIDIA's driver is here or not, and PyTorch was built for CUDA or not."""

    def device(self, monkeypatch, driver, cuda, found="cpu"):
        machine = {"cpu": "an old CPU", "cores": 2, "device": found}
        monkeypatch.setattr("aigc_lab.core.runtime.describe_machine", lambda: machine)
        monkeypatch.setattr("aigc_lab.core.runtime.has_nvidia_driver", lambda: driver)
        monkeypatch.setattr("torch.version.cuda", cuda)
        return doctor.device()

    def test_a_driver_beside_a_cpu_build_is_told_with_the_documented_steps(self, monkeypatch):
        finding = self.device(monkeypatch, driver=True, cuda=None)
        assert finding.level == "note"
        assert "NVIDIA's driver is here, but this PyTorch is a CPU build" in finding.what
        step = "AIGC_LAB_TORCH=cu130 make lab"
        assert step in finding.mend
        readme = (Path(tasks.ROOT) / "README.md").read_text(encoding="utf-8")
        assert step in readme
        assert "Which PyTorch?" in finding.mend
        assert "**Which PyTorch?**" in readme

    def test_a_gpu_build_that_finds_no_gpu_is_told(self, monkeypatch):
        finding = self.device(monkeypatch, driver=True, cuda="13.0")
        assert finding.level == "note"
        assert "this PyTorch, built for CUDA 13.0, finds no GPU" in finding.what
        assert "driver" in finding.mend

    def test_no_driver_and_a_gpu_in_use_are_fine(self, monkeypatch):
        assert self.device(monkeypatch, driver=False, cuda=None).level == "ok"
        working = self.device(monkeypatch, driver=True, cuda="13.0", found="NVIDIA H100")
        assert str(working) == "ok       an old CPU, 2 cores; GPU: NVIDIA H100"


def test_little_memory_and_little_disk_are_notes(monkeypatch):
    monkeypatch.setattr(doctor, "NEEDED_MEMORY", 1e18)
    monkeypatch.setattr(doctor, "NEEDED_DISK", 1e18)
    assert (level("memory"), level("disk")) == ("note", "note")


def test_no_chinese_font_is_a_note(monkeypatch):
    monkeypatch.setattr("aigc_lab.viz.fonts.CJK_FONTS", ())
    assert level("fonts") == "note"


def test_a_cache_that_cannot_be_written_is_a_note(monkeypatch):
    monkeypatch.setattr(doctor, "_can_write", lambda _: False)
    assert level("caches") == "note"


def test_whether_a_folder_could_be_written(tmp_path):
    assert doctor._can_write(tmp_path / "not" / "yet" / "there")
    (tmp_path / "file").write_text("")
    assert not doctor._can_write(tmp_path / "file")


class TestNetwork:
    @pytest.fixture(autouse=True)
    def online(self, monkeypatch):
        monkeypatch.delenv("HF_HUB_OFFLINE")
        monkeypatch.setattr("huggingface_hub.is_offline_mode", lambda: False)

    def test_a_network_that_hangs_costs_two_seconds(self, monkeypatch):
        def hang(*_, **__):
            time.sleep(4)
            raise OSError("at last")

        monkeypatch.setattr(socket, "create_connection", hang)
        start = time.perf_counter()
        assert level("hub") == "note"
        assert time.perf_counter() - start < 3

    def test_a_hub_that_answers(self, monkeypatch):
        monkeypatch.setattr("aigc_lab.pretrained.locate.hub_answers", lambda _: True)
        assert level("hub") == "ok"

    def test_offline_asks_nobody(self, monkeypatch):
        def refuse(_):
            raise AssertionError("the network was asked")

        monkeypatch.setattr("aigc_lab.pretrained.locate.hub_answers", refuse)
        assert doctor.hub(offline=True).level == "ok"


def test_one_broken_look_does_not_stop_the_others(monkeypatch):
    def broken():
        raise RuntimeError("a driver is mad")

    monkeypatch.setattr(doctor, "fonts", broken)
    findings = examine(offline=True)
    assert "a driver is mad" in next(one.what for one in findings if "Runtime" in one.what)
    assert len(findings) == 12


def test_every_line_that_is_not_ok_says_what_to_do():
    assert str(Finding("ok", "fine")) == "ok       fine"
    assert str(Finding("note", "odd", "mend it")) == "note     odd\n         -> mend it"
