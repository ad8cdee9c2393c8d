"""`train`: what it counts, shows and records, of Tiny Town above all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from aigc_lab.cli.app import build_parser
from aigc_lab.cli.recipe import make_recipe, train_config
from aigc_lab.cli.train import _verdict
from aigc_lab.cli.training import prepare
from aigc_lab.cli.yardsticks import measure
from aigc_lab.core.arguments import UsageProblem
from aigc_lab.core.config import TrainConfig
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.town.batches import TownBatches
from aigc_lab.town.documents import documents
from aigc_lab.town.language import cut_at_nouns
from aigc_lab.training import texts
from aigc_lab.training.vocabulary import learn_tokenizer
from tests.cli.conftest import SMALL, prose


class TestTown:
    """Marks around nouns help the tokenizer to learn; everything else sees the town as it is."""

    @pytest.fixture
    def town(self, monkeypatch):
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 60)
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 10)
        return texts.load_text("town")

    def test_only_word_pieces_are_learned_from_the_marked_text(self, town):
        real = [document.text for document in documents(60)]
        assert town.learn == real
        assert town.sha256 == hashlib.sha256("\n".join(real).encode()).hexdigest()
        assert town.for_tokenizer == [cut_at_nouns(text) for text in real] != real
        pieces = learn_tokenizer(town, "bpe", 300)
        assert pieces.encode("cat") == BPETokenizer.train(town.marked, 300).encode("cat")
        letters = learn_tokenizer(town, "char", None)
        assert set(letters.alphabet) == set("".join([*town.learn, *town.held_out]))

    def test_the_bigram_table_counts_pairs_of_the_town_itself(self, town):
        tokenizer = learn_tokenizer(town, "bpe", 400)
        real, marked, exam = (
            encode_documents(tokenizer, part)[0]
            for part in (town.learn, town.marked, town.held_out)
        )
        bits = measure(town, tokenizer, real, exam).bits["bigram table"]
        assert bits == pytest.approx(self.prepared(town, "bigram table"), rel=1e-6)
        assert bits < measure(town, tokenizer, marked, exam).bits["bigram table"]

    def prepared(self, town, name):
        """The yardstick as `train` shows it."""
        words = ["train", "town", *SMALL[2:], "--vocab-size", "400"]
        arguments = build_parser().parse_args(words)
        job = prepare(Path("run"), town, make_recipe(arguments, town), arguments)
        return job.yardsticks.bits[name]

    def test_town_shows_its_floor(self, call, monkeypatch):
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 30)
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 5)
        said = call("train", "town", *SMALL, "--steps", "2", "--json")
        assert said.code == 0
        assert 0.05 < said.json["floor_bits_per_byte"] < 0.5
        assert said.json["held_out"]["bits_per_byte"] > said.json["floor_bits_per_byte"]

    def test_the_curve_of_town_has_the_floor_of_what_is_scored(self, call, monkeypatch):
        from aigc_lab.viz import plots

        monkeypatch.setattr("aigc_lab.training.texts.TOWN_LEARNED", 30)
        monkeypatch.setattr("aigc_lab.training.texts.TOWN_HELD_OUT", 5)
        drawn, draw = [], plots.loss_curve
        monkeypatch.setattr(plots, "loss_curve", lambda *a, **k: drawn.append(k) or draw(*a, **k))
        said = call("train", "town", *SMALL, "--steps", "2", "--json")
        assert said.code == 0
        (dials,) = drawn
        assert set(dials["baselines"]) == {"uniform guess", "bigram table"}
        tokenizer = load_tokenizer(Path("runs/town-nano"))
        exam = TownBatches(tokenizer, 2, 16).evaluation(TrainConfig().eval_batches)
        assert dials["floor"] == said.json["val_floor_nats_per_token"] == exam.floor
        assert dials["floor"] < said.json["val_loss_nats_per_token"]

    def test_the_curve_of_another_text_has_no_floor(self, call, made):
        said = call("train", made / "notes.txt", *SMALL, "--steps", "1", "--json")
        assert said.json["val_floor_nats_per_token"] is None


class TestSettings:
    def test_the_folder_one_stands_in_has_a_name(self, call, made, tmp_path, monkeypatch):
        (tmp_path / "essays" / "deep").mkdir(parents=True)
        (tmp_path / "essays" / "one.txt").write_text(prose())
        monkeypatch.chdir(tmp_path / "essays" / "deep")
        assert texts.load_text("..").name == "essays"
        monkeypatch.chdir(tmp_path / "essays")
        said = call("train", ".", "--steps", "1", *SMALL)
        assert said.code == 0
        assert Path("runs/essays-nano").is_dir()

    def test_the_rate_of_muon_is_kept_in_the_recipe(self, made):
        text = texts.load_text(str(made / "notes.txt"))

        def recipe(*words):
            return make_recipe(build_parser().parse_args(["train", "notes.txt", *words]), text)

        assert recipe()["muon_lr"] == TrainConfig().muon_lr
        assert train_config(recipe("--muon-lr", "0.007"), "cpu").muon_lr == 0.007
        assert recipe("--optimizer", "adamw")["muon_lr"] is None
        assert train_config(recipe("--optimizer", "adamw"), "cpu").optimizer == "adamw"
        with pytest.raises(UsageProblem, match="--muon-lr is for --optimizer muon"):
            recipe("--optimizer", "adamw", "--muon-lr", "0.007")

    def test_advice_does_not_lead_into_a_refusal(self):
        verdict = _verdict(2.0, {"bigram table": 3.0, "gzip -9": 1.0})
        assert verdict.startswith("Better than bigram table, not yet than gzip -9: ")
        assert "a new --out" in verdict
        all_beaten = _verdict(0.5, {"guess": 3.0, "table": 2.0, "gzip": 1.0})
        assert all_beaten == "Better than guess, table and gzip."
