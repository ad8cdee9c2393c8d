"""The checkpoint that comes with the course does what its record says, on worlds it never saw."""

from hashlib import sha256

import pytest
import torch

from aigc_lab.core.files import data_folder, read_json
from aigc_lab.generation.abilities import accuracy, town_questions
from aigc_lab.generation.generate import complete
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.town.documents import documents
from aigc_lab.town.entropy import entropy_floor
from aigc_lab.training.metrics import read_metrics

RECORD = data_folder() / "runs" / "town-gpt2"
PROMISED = ("where", "who", "to_chinese", "to_english")
MOST_BYTES = 25_000_000


@pytest.fixture(scope="module")
def town():
    return load_pretrained("town-gpt2")


@pytest.fixture(scope="module")
def scores():
    return read_json(RECORD / "scores.json")


def test_it_is_small_enough_to_come_with_the_course():
    assert sum(path.stat().st_size for path in bundled_folder().iterdir()) <= MOST_BYTES


@pytest.mark.parametrize("name", PROMISED)
def test_the_record_keeps_the_promise_of_exact_answers(scores, name):
    asked = scores["exact_answers"].values()
    shares = [language[name] for language in asked if name in language]
    assert shares
    assert all(share >= 0.95 for share in shares)


def test_the_record_keeps_the_promise_of_the_floor(scores):
    assert scores["town_over_floor"] < 0.05


def test_a_small_sample_agrees_with_the_record(town, scores):
    for language, recorded in scores["exact_answers"].items():
        questions = town_questions(40, "test", seed=1, language=language)
        for name in PROMISED:
            if name in recorded:
                share = accuracy(town.model, town.tokenizer, questions[name])
                assert share == pytest.approx(recorded[name], abs=0.2), (language, name)


def test_its_loss_on_a_small_sample_is_near_the_floor(town, scores):
    unseen = list(documents(60, "test", seed=1))
    texts = [document.text for document in unseen]
    score = score_text(town.model, town.tokenizer, texts, score_end=True)
    over = score.bits_per_byte / entropy_floor(unseen).bits_per_byte - 1
    assert over < 0.05
    assert over == pytest.approx(scores["town_over_floor"], abs=0.02)


def test_transformers_opens_it_and_writes_the_same(town):
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(bundled_folder()).eval()
    tokenizer = AutoTokenizer.from_pretrained(bundled_folder())
    for prompt in ("Story: Mia was in the garden.", "English: Tom ran to the school.\n中文："):
        ids = tokenizer(prompt, return_tensors="pt").input_ids
        with torch.no_grad():
            written = model.generate(ids, max_new_tokens=20, do_sample=False)
        text = tokenizer.decode(written[0, ids.shape[1] :], skip_special_tokens=True)
        ours = complete(town.model, town.tokenizer, prompt, temperature=0, max_new_tokens=20)
        assert ours[0].text.startswith(text[:30])
        assert text


@pytest.mark.parametrize("stage", ["", "drill", "refresh"])
def test_the_record_says_how_it_was_made(stage):
    run = read_json(RECORD / stage / "run.json")
    assert {"machine", "commit", "command", "seed", "configs", "started"} <= set(run)
    assert run["steps_done"] == run["configs"]["train"]["steps"]
    lines = read_metrics(RECORD / stage / "metrics.jsonl")
    curve = [line["val_loss"] for line in lines if "val_loss" in line]
    assert len(curve) > 3
    if not stage:
        assert len(curve) > 5
        assert curve[-1] < curve[0] / 5


def test_the_record_says_how_it_was_scored_and_what(scores):
    assert {"machine", "commit", "command", "started"} <= set(scores["scored"])
    weights = (bundled_folder() / WHOLE).read_bytes()
    assert scores["weights_sha256"] == sha256(weights).hexdigest()
