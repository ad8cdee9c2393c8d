"""`sample`: the same text in every way of asking, and every way to ask wrongly."""

from __future__ import annotations

import io
import shutil
import sys

import pytest

from aigc_lab.cli.sample import read_prompt


def test_the_prompt_and_its_continuation_are_written(call, made):
    said = call("sample", made / "run", "the cat", "--tokens", "8", "--seed", "1")
    assert said.code == 0
    assert said.err == ""
    assert said.out.startswith("the cat")
    assert len(said.out) > len("the cat\n")


def test_json_holds_the_same_text(call, made):
    words = ("sample", made / "run", "the cat", "--tokens", "8", "--seed", "1")
    (sample,) = call(*words, "--json").json["samples"]
    assert "the cat" + sample["text"] + "\n" == call(*words).out
    assert sample["finish_reason"] == "length"
    assert (sample["tokens"], sample["seed"]) == (8, 1)


def test_without_a_seed_one_is_drawn_and_told(call, made):
    words = ("sample", made / "run", "the", "--tokens", "9", "--json")
    (first,) = call(*words).json["samples"]
    (again,) = call(*words, "--seed", first["seed"]).json["samples"]
    assert again["text"] == first["text"]


def test_several_use_the_following_seeds(call, made):
    words = ("sample", made / "run", "the", "--tokens", "9", "--temperature", "1")
    several = call(*words, "-n", "3", "--seed", "4", "--json").json["samples"]
    assert [sample["seed"] for sample in several] == [4, 5, 6]
    (second,) = call(*words, "--seed", "5", "--json").json["samples"]
    assert second["text"] == several[1]["text"]
    aloud = call(*words, "-n", "3", "--seed", "4").out
    assert "--- 2 of 3, seed 5 ---" in aloud
    assert second["text"] in aloud


def test_every_dial_reaches_the_sampling(call, made, monkeypatch):
    seen = []
    import aigc_lab.generation.generate as module

    original = module.stream
    monkeypatch.setattr(module, "stream", lambda *a, **k: seen.append(a[3]) or original(*a, **k))
    call(
        *("sample", made / "run", "the", "--tokens", "2", "--temperature", "0.5", "--top-k", "7"),
        *("--top-p", "0.9", "--min-p", "0.01", "--repetition-penalty", "1.2", "--seed", "3"),
        *("--stop", "cat", "--stop", "\\n"),
    )
    (dials,) = seen
    assert (dials.temperature, dials.top_k, dials.top_p) == (0.5, 7, 0.9)
    assert (dials.min_p, dials.repetition_penalty, dials.seed) == (0.01, 1.2, 3)
    assert (dials.max_new_tokens, dials.stop) == (2, ("cat", "\n"))


def test_temperature_zero_is_always_the_same(call, made):
    words = ("sample", made / "run", "the", "--tokens", "6", "--temperature", "0")
    assert call(*words).out == call(*words).out


def test_a_prompt_may_come_through_a_pipe(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("a list\nis\n"))
    assert read_prompt("-") == "a list\nis"
    assert read_prompt("one\\ntwo") == "one\ntwo"


def test_an_empty_prompt_starts_a_text(call, made):
    assert call("sample", made / "run", "--tokens", "3").code == 0


def test_a_checkpoint_of_the_run_can_be_named(call, made):
    words = ("--tokens", "3", "--seed", "1")
    assert call("sample", made / "run" / "last.safetensors", "the", *words).code == 0


@pytest.fixture
def letters(call, made):
    """A run whose tokenizer knows only the characters of its text."""
    words = ("train", made / "notes.txt", "--tokenizer", "char", "--steps", "1", "--out", "letters")
    assert call(*words, "--block-size", "16", "--batch-size", "2", "--device", "cpu").code == 0
    return "letters"


def test_a_character_outside_the_vocabulary(call, letters):
    said = call("sample", letters, "naïve")
    assert said.code == 1
    assert "the character 'ï' is not in the alphabet" in said.complaint


class TestNoModel:
    def test_a_folder_that_is_not_there_names_its_neighbours(self, call, run):
        said = call("sample", "./rum", "the")
        assert said.code == 1
        assert said.complaint == "aigc-lab: there is no ./rum; . holds run"

    def test_a_folder_of_something_else(self, call, tmp_path):
        (tmp_path / "photos").mkdir()
        said = call("sample", "photos", "the")
        assert said.code == 1
        assert "photos holds neither a run" in said.complaint

    def test_a_file_of_another_kind(self, call, run):
        said = call("sample", "notes.txt", "the")
        assert said.code == 1
        assert "notes.txt is a file, but no checkpoint" in said.complaint

    def test_a_name_that_only_the_hub_could_know(self, call):
        said = call("sample", "nosuchmodel", "the")
        assert said.code == 1
        folder, hub = said.complaint.split("; for a model of the hub: ")
        assert folder.startswith("aigc-lab: there is no folder nosuchmodel here; check its name")
        assert hub.startswith("nosuchmodel is not in the cache, and we are offline")

    @pytest.mark.parametrize("place", [".", "runs"])
    def test_a_misspelt_folder_is_told_the_one_it_resembles(self, call, tmp_path, place):
        meant = tmp_path / place / "python_docs-nano"
        meant.mkdir(parents=True)
        said = call("sample", "python-docs-nano", "the")
        assert said.code == 1
        assert f"no folder python-docs-nano here; is {meant.relative_to(tmp_path)} meant?" in (
            said.complaint
        )

    def test_gpt2_without_a_network(self, call, monkeypatch, tmp_path):
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
        said = call("sample", "gpt2", "the")
        assert said.code == 1
        assert said.complaint.startswith("aigc-lab: gpt2 is not in the cache, and we are offline")
        assert "hf download openai-community/gpt2" in said.complaint

    @pytest.mark.parametrize("keep", [0, 5, 5000])
    def test_a_checkpoint_that_was_cut_short(self, call, run, keep):
        (run / "best.safetensors").unlink()
        path = run / "last.safetensors"
        path.write_bytes(path.read_bytes()[:keep])
        said = call("sample", "run", "the")
        assert said.code == 1
        assert f"({keep:,} bytes) is not a whole safetensors file" in said.complaint

    def test_a_checkpoint_that_is_not_one(self, call, run):
        (run / "best.safetensors").write_text("all work and no play" * 100)
        said = call("sample", "run", "the")
        assert said.code == 1
        assert "is not a whole safetensors file" in said.complaint

    def test_weights_of_another_maker(self, call, run):
        call("export", "run", "export")
        shutil.copy("export/model.safetensors", "other.safetensors")
        said = call("sample", "other.safetensors", "the")
        assert said.code == 1
        assert "not a checkpoint of a training run" in said.complaint

    def test_a_run_without_its_tokenizer(self, call, run):
        (run / "tokenizer.json").unlink()
        said = call("sample", "run", "the")
        assert said.code == 1
        assert "run holds neither tokenizer.json nor" in said.complaint

    def test_a_run_with_a_damaged_tokenizer(self, call, run):
        (run / "tokenizer.json").write_text('{"type": "aigc_lab characters"}')
        said = call("sample", "run", "the")
        assert said.code == 1
        assert "tokenizer.json does not hold an alphabet" in said.complaint

    def test_a_run_with_the_tokenizer_of_another(self, call, run, tmp_path):
        from aigc_lab.text.tokenizer import CharTokenizer

        CharTokenizer("".join(map(chr, range(0x4E00, 0x4E00 + 400)))).save(run)
        said = call("sample", "run", "the")
        assert said.code == 1
        assert "a tokenizer of 400 tokens and a model that knows 300" in said.complaint

    def test_a_run_that_has_saved_nothing_yet(self, call, run):
        (run / "last.safetensors").unlink()
        (run / "best.safetensors").unlink()
        said = call("sample", "run", "the")
        assert said.code == 1
        assert "run holds no checkpoint yet" in said.complaint


@pytest.mark.parametrize("name", ["town-chat", "town-sft"])
def test_the_assistants_of_the_course_are_models_too(call, name):
    said = call("sample", name, "Mia was in the", "--tokens", "4", "--json")
    assert said.code == 0
    assert said.json["model"] == name
    assert name in call("sample", "--help").out
