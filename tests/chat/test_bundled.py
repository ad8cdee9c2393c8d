"""The assistants that come with the course do what their record says, on worlds they never saw."""

from hashlib import sha256

import pytest

from aigc_lab.chat.adapter_files import WEIGHTS
from aigc_lab.chat.bundled import adapter_folder, load_chat
from aigc_lab.chat.finetune import exactly_right
from aigc_lab.chat.preference import preferred_rate, questions
from aigc_lab.chat.scores import GOALS, exact_share
from aigc_lab.chat.speakers import LocalSpeaker
from aigc_lab.core.files import data_folder, read_json
from aigc_lab.pretrained.locate import TUNED, bundled_folder
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.town.conversations import conversations
from aigc_lab.training.metrics import read_metrics

RECORD = data_folder() / "runs" / "town-chat"
MOST_BYTES = 15_000_000


@pytest.fixture(scope="module")
def scores():
    return read_json(RECORD / "scores.json")


@pytest.fixture(scope="module")
def chat():
    return load_chat()


def digest(path):
    return sha256(path.read_bytes()).hexdigest()


def test_they_are_small_enough_to_come_with_the_course():
    folders = (bundled_folder(TUNED), adapter_folder())
    assert sum(path.stat().st_size for each in folders for path in each.iterdir()) <= MOST_BYTES


def test_the_record_belongs_to_these_weights():
    run = read_json(RECORD / "dpo" / "run.json")
    assert run["base"]["sha256"] == digest(bundled_folder(TUNED) / WHOLE)
    assert run["adapter_sha256"] == digest(adapter_folder() / WEIGHTS)
    assert run["command"].startswith("prefer_chat.py")
    assert len(read_metrics(RECORD / "dpo" / "metrics.jsonl")) == run["configs"]["dpo"]["steps"]
    assert "anchor" not in run["configs"]["dpo"]  # preferences alone, as notebook 11 says
    first = read_json(RECORD / "sft" / "run.json")
    assert digest(bundled_folder() / WHOLE) in first["notes"]["initialisation"]
    for stage in ("sft", "sft-again"):
        tuning = read_json(RECORD / stage / "run.json")
        assert tuning["command"].startswith("train_chat.py")
        assert tuning["steps_done"] == tuning["configs"]["train"]["steps"]


@pytest.mark.parametrize("record", ["scores.json", "applications.json"])
def test_the_scores_are_those_of_these_weights(record):
    assert read_json(RECORD / record)["weights_sha256"] == {
        "town-gpt2": digest(bundled_folder() / WHOLE),
        "town-sft": digest(bundled_folder(TUNED) / WHOLE),
        "town-chat-lora": digest(adapter_folder() / WEIGHTS),
    }


@pytest.mark.parametrize("name", GOALS)
def test_the_record_keeps_the_promise_of_exact_answers(scores, name):
    goal, kinds = GOALS[name]
    assert exact_share(scores["stages"]["chat"], kinds) >= goal


def test_the_goals_are_those_that_were_set():
    goals = {kind: max(g for g, kinds in GOALS.values() if kind in kinds)
             for _, kinds in GOALS.values() for kind in kinds}  # fmt: skip
    assert goals.pop("capital") == 0.99
    assert goals.pop("where") == goals.pop("who") == 0.97
    assert goals.pop("how_many") == 0.90
    assert set(goals.values()) == {0.95}
    assert {"hand_over", "to_chinese", "to_english", "title", "weather_summary"} <= set(goals)


def test_what_every_world_has_the_same_counts_once(scores):
    fewer = scores["fewer_questions"]
    assert (fewer["capital"], fewer["country"]) == (20, 20)
    for stage in ("sft", "chat"):
        for shares in scores["stages"][stage]["exact_answers"].values():
            for kind, number in fewer.items():
                assert shares[kind] * number == pytest.approx(round(shares[kind] * number))


def test_preferences_raise_the_preferred_rate_and_cost_next_to_nothing(scores):
    before, after = scores["stages"]["sft"], scores["stages"]["chat"]
    assert after["preferred_rate"] >= before["preferred_rate"] + 0.20
    assert after["town_bits_per_byte"] <= 1.01 * before["town_bits_per_byte"]


def test_a_small_sample_agrees_with_the_record(chat, scores):
    for language, recorded in scores["stages"]["chat"]["exact_answers"].items():
        asked = [
            (written.messages(place), turn.answer)
            for written in conversations(60, "test", seed=1, language=language, kinds=("story",))
            for place, turn in enumerate(written.turns)
            if turn.kind in ("where", "who")
        ]
        right = exactly_right(chat.model, chat.tokenizer, asked)
        expected = (recorded["where"] + recorded["who"]) / 2
        assert sum(right) / len(right) == pytest.approx(expected, abs=0.15)


def test_what_it_draws_is_as_good_as_recorded(chat, scores):
    rate, _ = preferred_rate(chat.model, chat.tokenizer, questions(80, seed=1))
    assert rate == pytest.approx(scores["stages"]["chat"]["preferred_rate"], abs=0.1)
    assert rate > scores["stages"]["sft"]["preferred_rate"] + 0.1


def test_it_greets(chat):
    said = LocalSpeaker(chat.model, chat.tokenizer).say([{"role": "user", "content": "Hello!"}])
    assert said.text == "Hello! Ask me about Tiny Town."
    assert said.finish_reason == "stop"
