"""One process of a machine fetches, learns and encodes; the others wait, but not for ever."""

from __future__ import annotations

import threading

import psutil
import pytest
import torch

from aigc_lab.text.tokenizer import CharTokenizer, load_tokenizer
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.training import material, sharing, vocabulary
from aigc_lab.training.sharing import meeting_place, processes_here, written_once
from tests.training.tiny_recipe import tiny_recipe


@pytest.fixture
def other(monkeypatch):
    """This process is not the first of its machine."""
    monkeypatch.setenv("LOCAL_RANK", "1")


class Crew:
    """What is asked of a team of two, without the other one."""

    size = 2

    def __init__(self, is_first: bool, number: int = 0) -> None:
        self.is_first, self.number, self.waits = is_first, number, 0

    def total(self, numbers: torch.Tensor) -> torch.Tensor:
        return numbers + self.number

    def wait(self) -> None:
        self.waits += 1


def not_mine():
    pytest.fail("it is not this one's turn")


def test_the_first_writes_what_is_not_there(tmp_path):
    path = tmp_path / "new" / "ids.npy"
    for words in (b"once", b"twice"):
        assert written_once(path, lambda words=words: path.write_bytes(words)) == path
    assert path.read_bytes() == b"once"
    assert [each.name for each in path.parent.iterdir()] == ["ids.npy"]


def test_while_it_writes_the_others_can_see_so(tmp_path):
    path, seen = tmp_path / "ids.npy", []
    written_once(path, lambda: seen.append(sharing.is_being_written(path)))
    assert seen == [True]
    assert not sharing.is_being_written(path)


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    path = tmp_path / "ids.npy"
    with pytest.raises(ZeroDivisionError):
        written_once(path, lambda: 1 / 0)
    assert list(tmp_path.iterdir()) == []


def test_the_others_wait_for_as_long_as_it_is_being_written(tmp_path, monkeypatch, other):
    path = tmp_path / "ids.npy"
    part = path.with_name(".ids.npy.77.part")
    part.write_bytes(b"half")
    seconds = [0]

    def sleep(_: float) -> None:
        seconds[0] += 1
        if seconds[0] == 500:
            part.unlink()
        if seconds[0] == 505:  # patience began anew when the writing ended
            path.write_bytes(b"whole")

    monkeypatch.setattr(psutil, "pid_exists", lambda process: process == 77)
    monkeypatch.setattr(sharing, "PATIENCE", 10)
    monkeypatch.setattr(sharing.time, "sleep", sleep)
    monkeypatch.setattr(sharing.time, "monotonic", lambda: seconds[0])
    assert written_once(path, not_mine).read_bytes() == b"whole"


def test_nobody_waits_for_ever_for_a_writer_that_has_died(tmp_path, monkeypatch, other):
    path = tmp_path / "ids.npy"
    path.with_name(".ids.npy.77.part").write_bytes(b"half")
    monkeypatch.setattr(psutil, "pid_exists", lambda process: False)
    monkeypatch.setattr(sharing, "LOOK_EVERY", 0.01)
    monkeypatch.setattr(sharing, "PATIENCE", 0.05)
    with pytest.raises(TimeoutError, match=r"ids\.npy did not come .* start the run again"):
        written_once(path, not_mine)


def test_a_tokenizer_is_made_once_for_all(tmp_path, monkeypatch):
    learned, share = [], tmp_path / "share"

    def learn(*_):
        learned.append(threading.current_thread().name)
        return CharTokenizer("ab", [END_OF_TEXT])

    monkeypatch.setattr(vocabulary, "learn_tokenizer", learn)
    recipe, text = tiny_recipe(), material.Text("notes", ["ab"], ["b"], "", "", "")
    first, _ = vocabulary.make_tokenizer(recipe, text, share)
    monkeypatch.setenv("LOCAL_RANK", "1")
    second, remarks = vocabulary.make_tokenizer(recipe, text, share)
    assert first.alphabet == second.alphabet == load_tokenizer(share).alphabet == "ab"
    assert (len(learned), remarks) == (1, [])


def test_a_vocabulary_that_could_not_be_fetched_is_told_by_the_first(tmp_path, monkeypatch):
    def no_network():
        raise ConnectionError("no network")

    monkeypatch.setattr(vocabulary, "gpt2_tokenizer", no_network)
    text = material.Text("notes", ["the cat sat on the mat"], ["b"], "", "", "")
    recipe = tiny_recipe(tokenizer="gpt2")
    learned, remarks = vocabulary.make_tokenizer(recipe, text, tmp_path / "share")
    assert remarks == [vocabulary.LEARNED, "no network"]
    monkeypatch.setenv("LOCAL_RANK", "1")  # one with a network must not take the published one
    monkeypatch.setattr(vocabulary, "gpt2_tokenizer", not_mine)
    other, _ = vocabulary.make_tokenizer(recipe, text, tmp_path / "share")
    assert other.vocab_size == learned.vocab_size


def test_the_text_is_fetched_before_the_others_need_it(monkeypatch):
    fetched = []
    monkeypatch.setattr(material, "load_text", lambda name, **_: fetched.append(name))
    material.download(tiny_recipe(), material.Source())
    material.download(tiny_recipe(), material.Source(tokens="ids.npy"))
    assert fetched == ["notes.txt"]


def test_all_meet_in_the_folder_that_the_first_chose_and_leave_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(sharing, "gettempdir", lambda: str(tmp_path))
    first = Crew(is_first=True)
    with meeting_place(first) as place:
        written_once(place / "tokenizer.json", (place / "tokenizer.json").touch)
        number = int(place.name.removeprefix("aigc-lab-"), 16)
        monkeypatch.setenv("LOCAL_RANK", "1")
        with meeting_place(Crew(is_first=False, number=number)) as same:
            assert same == place
        assert (place / "tokenizer.json").exists()
        monkeypatch.delenv("LOCAL_RANK")
    assert first.waits == 1
    assert list(tmp_path.iterdir()) == []


def test_one_process_needs_no_place_to_meet():
    alone = Crew(is_first=True)
    alone.size = 1
    with meeting_place(alone) as place:
        assert place is None


def test_the_processes_of_this_machine_are_those_that_torchrun_started_here(monkeypatch):
    monkeypatch.delenv("LOCAL_WORLD_SIZE", raising=False)
    assert processes_here(4) == 4
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    assert (processes_here(4), processes_here(1)) == (2, 1)
