"""From runs to the assistants of the course and their scores, with a small assistant."""

from dataclasses import replace
from hashlib import sha256

import pytest
import torch

from aigc_lab.chat.adapter_files import WEIGHTS
from aigc_lab.chat.bundled import load_chat
from aigc_lab.chat.lora import add_lora, save_adapter
from aigc_lab.chat.template import can_chat
from aigc_lab.core.files import read_json, write_json
from aigc_lab.pretrained.locate import TUNED
from aigc_lab.town.documents import LANGUAGES
from aigc_lab.training.metrics import append_metrics, read_metrics
from tests.tools.small import small_assistant, small_run
from tools import draw_readme, export_chat

BY_HEART = {"capital": 20, "country": 20, "talk": 12, "outside": 12}


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folders of this test's own for the models and their records."""
    monkeypatch.setattr(export_chat, "PRETRAINED", tmp_path / "pretrained")
    monkeypatch.setattr(export_chat, "RECORDS", tmp_path / "records")
    return tmp_path


def test_the_fine_tuned_model_is_the_last_step_of_the_second_run(places):
    model = small_assistant().model
    first = small_run(places / "first", small_assistant())
    again = small_run(places / "again", replace(small_assistant(), model=model), steps=2)
    export_chat.main("sft", str(first), str(again))
    opened = load_chat(places / "pretrained" / TUNED)
    ids = torch.arange(7)[None]
    torch.testing.assert_close(opened.model(ids), model.eval()(ids), rtol=0.02, atol=0.02)
    assert can_chat(opened.tokenizer)
    records = places / "records"
    assert read_json(records / "sft" / "run.json")["steps_done"] == 1
    assert read_json(records / "sft-again" / "run.json")["steps_done"] == 2


def test_the_adapter_is_recorded_by_its_own_sum(places):
    run = places / "run"
    small = small_assistant()
    add_lora(small.model, rank=2, alpha=4)
    save_adapter(small.model, run)
    write_json(run / "run.json", {"command": "prefer_chat.py"})
    append_metrics(run / "metrics.jsonl", {"step": 1})
    export_chat.main("chat", str(run))
    weights = places / "pretrained" / "town-chat-lora" / WEIGHTS
    assert weights.read_bytes() == (run / WEIGHTS).read_bytes()
    told = read_json(places / "records" / "dpo" / "run.json")
    digest = sha256(weights.read_bytes()).hexdigest()
    assert told == {"command": "prefer_chat.py", "adapter_sha256": digest}
    assert read_metrics(places / "records" / "dpo" / "metrics.jsonl") == [{"step": 1}]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_all_worlds_share_is_asked_once_and_all_else_of_world_after_world(
    language, monkeypatch
):
    monkeypatch.setattr(export_chat, "QUESTIONS", 100)
    asked = export_chat.held_out(language)
    assert {"where", "who", "absent", "json", "hand_over", "other_language"} <= set(asked)
    for kind, these in asked.items():
        assert len(these) == BY_HEART.get(kind, 100), kind
    for kind in BY_HEART:
        questions = [messages[-1]["content"] for messages, _ in asked[kind]]
        assert len(set(questions)) == len(questions)
    assert len({str(messages) for messages, _ in asked["where"]}) == 100
    told = {messages[-1]["content"]: answer for messages, answer in asked["capital"]}
    if language == "english":
        assert told["What is the capital of Kenya?"] == "The capital of Kenya is Nairobi."


def test_the_scores_are_of_every_stage_and_say_how_many_questions(places, monkeypatch):
    monkeypatch.setattr(export_chat, "load_chat", small_assistant)
    monkeypatch.setattr(export_chat, "load_pretrained", small_assistant)
    for name, few in {"QUESTIONS": 13, "SAMPLED": 3, "TEST_DOCUMENTS": 3}.items():
        monkeypatch.setattr(export_chat, name, few)
    export_chat.main("scores")
    scores = read_json(places / "records" / "scores.json")
    assert list(scores["stages"]) == ["base", "sft", "chat"]
    assert scores["fewer_questions"] == {"outside": 12, "talk": 12}
    for stage in ("sft", "chat"):
        found = scores["stages"][stage]
        assert sum(found["verdicts"].values()) == 3
        assert 0 < scores["town_floor"] < found["town_bits_per_byte"]
        assert set(found["exact_answers"]) == set(LANGUAGES)
    table = draw_readme.chat_text(scores)
    assert "| 13 questions of each kind |" in table
    assert "| capitals |" in table
    few = draw_readme.chat_text({**scores, "fewer_questions": {"capital": 20, "country": 20}})
    assert "| capitals (20 of each) |" in few


def test_the_applications_are_scored_with_their_counts(places, monkeypatch):
    from aigc_lab.chat.speakers import LocalSpeaker

    small = small_assistant()
    stages = {"small": LocalSpeaker(small.model, small.tokenizer)}
    monkeypatch.setattr(export_chat, "bundled_stages", lambda: stages)
    monkeypatch.setattr(export_chat, "EXAMPLES", 2)
    export_chat.main("applications")
    told = read_json(places / "records" / "applications.json")
    assert told["examples"] == 2
    assert len(told["applications"]) == 9
    assert all(cards["small"]["total"] == 2 for cards in told["applications"].values())
