"""Files survive what happens while they are written; folders are found or missed clearly."""

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from aigc_lab.core import files
from aigc_lab.core.files import atomic_write, read_json, write_json

FULL = Path("/dev/full")


def test_bytes_and_functions_both_write(tmp_path):
    path = atomic_write(tmp_path / "new" / "folder" / "a.bin", b"abc")
    assert path.read_bytes() == b"abc"
    atomic_write(path, lambda file: file.write(b"defg"))
    assert path.read_bytes() == b"defg"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "trouble", [RuntimeError("my bug"), KeyboardInterrupt(), ConnectionError("the line is dead")]
)
def test_a_failing_writer_leaves_the_old_file_and_nothing_else(tmp_path, trouble):
    path = atomic_write(tmp_path / "a.bin", b"old")

    def write(file):
        file.write(b"half of the n")
        raise trouble

    with pytest.raises(type(trouble)) as info:
        atomic_write(path, write)
    assert info.value is trouble
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def save_array(file):
    np.save(file, np.zeros(100_000))


def write_and_flush(file):
    file.write(b"new")
    file.flush()


@pytest.mark.skipif(not FULL.exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("content", [b"new", b"new" * 9999, write_and_flush, save_array])
def test_a_full_disk_is_named_with_the_file_and_its_fate(tmp_path, content):
    path = atomic_write(tmp_path / "a.bin", b"old")
    files.part_of(path).symlink_to(FULL)
    with pytest.raises(
        OSError, match=r"could not write .*a\.bin: No space left.*unchanged"
    ) as info:
        atomic_write(path, content)
    assert info.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def left_by(process: int, path: Path, age: float = 0.0) -> Path:
    """A part of a file as a process leaves it that is killed while it writes."""
    part = path.with_name(f".{path.name}.{process}.part")
    part.write_bytes(b"half")
    os.utime(part, (time.time() - age,) * 2)
    return part


def test_a_file_is_being_written_while_its_writer_lives(tmp_path, monkeypatch):
    path = tmp_path / "ids[1].npy"
    left_by(7, path)
    monkeypatch.setattr(psutil, "pid_exists", lambda process: process == 8)
    left_by(8, tmp_path / "ids1.npy")  # another file's
    assert not files.is_being_written(path)
    left_by(8, path)
    assert files.is_being_written(path)
    seen = []
    atomic_write(path, lambda file: seen.append(files.part_of(path).exists()))
    assert seen == [True]


def test_what_killed_writers_left_is_cleared_after_an_hour(tmp_path, monkeypatch):
    monkeypatch.setattr(psutil, "pid_exists", lambda process: process == 8)
    path = tmp_path / "ids.npy"
    old, fresh, living = left_by(7, path, 4000), left_by(6, path, 60), left_by(8, path, 4000)
    download = tmp_path / "story.txt.part"  # goes on where it stopped
    download.write_bytes(b"half")
    os.utime(download, (0, 0))
    files.clear_parts(tmp_path)
    assert not old.exists()
    assert all(part.exists() for part in (fresh, living, download))
    files.clear_parts(tmp_path / "nowhere")


def test_a_process_killed_while_writing_leaves_the_old_file(tmp_path):
    path = atomic_write(tmp_path / "a.bin", b"old")
    killed = (
        "import os, sys\n"
        "from aigc_lab.core.files import atomic_write\n"
        "def write(file):\n"
        "    file.write(b'new' * 100_000)\n"
        "    os._exit(9)\n"
        "atomic_write(sys.argv[1], write)\n"
    )
    assert subprocess.run([sys.executable, "-c", killed, str(path)]).returncode == 9
    assert path.read_bytes() == b"old"


def test_a_link_stays_a_link(tmp_path):
    target = atomic_write(tmp_path / "target", b"old")
    link = tmp_path / "link"
    link.symlink_to(target)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_json_comes_back_and_is_readable(tmp_path):
    path = write_json(tmp_path / "a.json", {"word": "猫"})
    assert read_json(path) == {"word": "猫"}
    assert "猫" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b'{"cut": ', b"\xff\xfe\x00\x01"])
def test_what_is_not_json_is_refused_by_name(tmp_path, content):
    path = atomic_write(tmp_path / "bad.json", content)
    with pytest.raises(ValueError, match=r"bad\.json .*JSON"):
        read_json(path)


def test_data_is_found_in_a_checkout():
    assert (files.data_folder().parent / "pyproject.toml").is_file()


def test_a_strangers_data_folder_is_not_taken_for_ours(tmp_path, monkeypatch):
    package = tmp_path / "site-packages" / "aigc_lab"
    monkeypatch.setattr(files, "__file__", str(package / "core" / "files.py"))
    (package.parent / "data").mkdir(parents=True)  # some other package's folder
    with pytest.raises(FileNotFoundError, match=r"bundled data is not at .* --editable"):
        files.data_folder()


def test_the_cache_can_be_moved(tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path))
    assert files.cache_folder() == tmp_path


@pytest.mark.parametrize("chosen", [None, ""])
def test_the_cache_is_where_the_system_keeps_caches(tmp_path, monkeypatch, chosen):
    monkeypatch.delenv("AIGC_LAB_CACHE", raising=False)
    if chosen is not None:
        monkeypatch.setenv("AIGC_LAB_CACHE", chosen)
    if sys.platform == "linux":
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert files.cache_folder() == tmp_path / "aigc-lab"
    assert "aigc-lab" in files.cache_folder().parts
    assert files.cache_folder().is_absolute()
    assert list(tmp_path.iterdir()) == []  # asking makes nothing
