"""Contestants: models, a table and a guess read the same targets through the same interface."""

import math

import numpy as np
import pytest

from aigc_lab.core.files import data_folder
from aigc_lab.generation.generate import complete
from aigc_lab.generation.pieces import first_stop
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.pretrained import contestant as module
from aigc_lab.pretrained.compare import SAMPLING
from aigc_lab.pretrained.contestant import Contestant, bundled_tokens
from aigc_lab.pretrained.contestants import BigramContestant, UniformContestant, next_tokens
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.load import Pretrained
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.text.bigram import BigramTable
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.overlap import write_landmarks
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.training.loop import Trainer
from aigc_lab.training.metrics import read_metrics
from tests.pretrained.test_scoring import BYTES, CHARACTERS, MARKED, TEXT, small
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

DOCUMENTS = ["the cat", "sat on the mat", "猫坐"]
END = "<|endoftext|>"


def everybody(tokenizer):
    return [
        Contestant.of((small(tokenizer), tokenizer), "model"),
        BigramContestant(TEXT, tokenizer),
        UniformContestant(tokenizer),
    ]


@pytest.mark.parametrize("score_end", [False, True])
@pytest.mark.parametrize("tokenizer", [MARKED, BYTES], ids=["marked", "bpe"])
def test_all_pay_for_the_same_tokens_and_bytes(tokenizer, score_end):
    scores = [one.score(DOCUMENTS, score_end=score_end) for one in everybody(tokenizer)]
    tokens = sum(len(tokenizer.encode(text)) + score_end for text in DOCUMENTS)
    size = sum(len(text.encode()) for text in DOCUMENTS)
    assert {(score.tokens, score.bytes) for score in scores} == {(tokens, size)}


def test_a_model_scores_as_score_text_does():
    one = Contestant.of((small(BYTES), BYTES))
    assert one.name == "yours"
    assert one.score(DOCUMENTS, score_end=True) == score_text(
        one.model, BYTES, DOCUMENTS, score_end=True
    )
    assert one.parameters == one.model.num_parameters()
    assert one.memory_bytes == 4 * one.parameters  # float32; the shared table counts once


@pytest.mark.parametrize("score_end", [False, True])
def test_a_bigram_by_hand(score_end):
    """Each document starts after the mark, with which the text that was counted starts too."""
    one = BigramContestant(["aab", "b"], CharTokenizer("ab", (END,)))
    mark = 2
    assert one.training_tokens == len([mark, 0, 0, 1, mark, 1, mark])
    anywhere = {0: 3 / 10, 1: 3 / 10, mark: 4 / 10}  # (sightings + 1) / (7 + 3)
    pays = [
        (0 + 5 * anywhere[0]) / (1 + 5) if before == 1 else (1 + 5 * anywhere[after]) / (2 + 5)
        for before, after in [(mark, 0), (0, 1)]
    ]
    ends = [(2 + 5 * anywhere[mark]) / (2 + 5)] if score_end else []
    expected = -sum(map(math.log, [*pays, *ends]))
    score = one.score("ab", score_end=score_end)
    assert score.nats == pytest.approx(expected)
    assert score.bits_per_byte == pytest.approx(expected / 2 / math.log(2))
    assert one.parameters == len({(2, 0), (0, 0), (0, 1), (1, 2), (2, 1)}) + 3


def test_a_bigram_without_a_mark_guesses_the_first_token():
    one = BigramContestant(["abab", "ab"], CharTokenizer("ab"))
    table = BigramTable([0, 1, 0, 1, 0, 1], 2)
    expected = math.log(2) + float(table.nats([0, 1]).sum())
    assert one.score("ab").nats == pytest.approx(expected)


def test_a_guess_costs_log_v_for_every_token():
    one = UniformContestant(MARKED)
    score = one.score(DOCUMENTS, score_end=True)
    tokens = sum(map(len, DOCUMENTS)) + 3
    assert score.nats == pytest.approx(tokens * math.log(MARKED.vocab_size))
    assert (one.parameters, one.memory_bytes, one.training_tokens) == (0, 0, 0)
    assert one.tokens_per_second() is None


def test_probabilities_agree_with_what_is_scored():
    """One more token costs what the probabilities said, and they add up to one."""
    for one in everybody(MARKED):
        ids = [MARKED.special_tokens[END], *MARKED.encode("the ")]
        probs = one.next_probabilities(ids)
        assert probs.shape == (MARKED.vocab_size,)
        assert probs.sum() == pytest.approx(1)
        price = one.score("the c").nats - one.score("the ").nats
        assert price == pytest.approx(-math.log(probs[MARKED.encode("c")[0]]), rel=1e-4)


def test_a_prompt_longer_than_the_block_is_cut_and_padded_ids_are_never_expected():
    model = small(BYTES, vocab_size=BYTES.vocab_size + 7)
    one = Contestant.of((model, BYTES))
    ids = BYTES.encode(TEXT)
    assert len(ids) > 2 * model.config.block_size
    probs = one.next_probabilities(ids)
    assert probs.shape == (BYTES.vocab_size,)
    assert np.array_equal(probs, one.next_probabilities(ids[-model.config.block_size :]))


def test_next_tokens_side_by_side():
    found = next_tokens(everybody(MARKED), "the ", count=3)
    assert list(found) == ["model", "bigram table", "uniform guess"]
    for expected in found.values():
        probs = [probability for _, probability in expected]
        assert len(probs) == 3
        assert probs == sorted(probs, reverse=True)
    assert found["bigram table"][0][0] == b"t"  # of five that came after a space, the commonest
    assert found["uniform guess"][0] == (MARKED.token_bytes(0), 1 / MARKED.vocab_size)


def test_a_part_of_a_character_is_told_as_its_bytes():
    tokenizer = BPETokenizer([], (END,))
    found = next_tokens([BigramContestant("猫猫猫", tokenizer)], "猫", count=1)
    expected = (2 + 5 * (3 + 1) / (11 + 257)) / (3 + 5)  # two more 猫, then the end
    assert found == {"bigram table": [("猫".encode()[:1], pytest.approx(expected))]}


def test_no_tokens_to_show_is_refused():
    with pytest.raises(ValueError, match="count=0 tokens to show; give at least 1"):
        next_tokens(everybody(MARKED), "the ", count=0)


def test_all_write_with_the_same_dials():
    model, table, guess = everybody(MARKED)
    assert model.continue_text("the ") == complete(model.model, MARKED, "the ", SAMPLING)[0].text
    dials = SamplingConfig(temperature=0, max_new_tokens=4)
    assert table.continue_text("the m", dials) == "at t"
    assert guess.continue_text("the ") == guess.continue_text("the ")
    assert len(guess.continue_text("the ")) > 2


def test_a_table_stops_at_the_end_of_a_text():
    table = BigramContestant(["ab"] * 50, CharTokenizer("ab", (END,)))
    assert table.continue_text("a", SamplingConfig(temperature=0, max_new_tokens=9)) == "b"


@pytest.mark.parametrize("stop", ["c", "bc", ("zz", " a"), "abc abc"])
def test_all_stop_at_the_same_strings(stop):
    """The table writes "bc abc ab" after an "a"."""
    table = BigramContestant(["abc " * 50], CharTokenizer("abc ", (END,)))
    dials = SamplingConfig(temperature=0, max_new_tokens=9, stop=stop)
    free = table.continue_text("a", SamplingConfig(temperature=0, max_new_tokens=9))
    assert free == "bc abc ab"
    assert table.continue_text("a", dials) == free[: first_stop(free, dials.stop)]
    model = Contestant.of((small(MARKED), MARKED))
    dials = SamplingConfig(seed=3, max_new_tokens=30, stop=("t", "猫"))
    alike = TableOf(model).continue_text("the ", dials)  # by the table's way of writing
    assert alike == model.continue_text("the ", dials)
    assert not set("t猫") & set(alike)


class TableOf(UniformContestant):
    """A model that writes as tables do."""

    def __init__(self, model):
        super().__init__(model.tokenizer)
        self.next_probabilities = model.next_probabilities


def test_a_table_s_parameters_are_the_counts_that_are_not_zero():
    one = BigramContestant("abc abc abc", BPETokenizer([], (END,)))
    pairs = {(END, "a"), ("a", "b"), ("b", "c"), ("c", " "), (" ", "a"), ("c", END)}
    assert one.parameters == len(pairs) + len({"a", "b", "c", " ", END})


def test_two_of_one_name_cannot_be_shown_side_by_side():
    with pytest.raises(ValueError, match=r"the contestants are \['uniform guess', 'uniform guess'"):
        next_tokens([UniformContestant(MARKED), UniformContestant(MARKED)], "the ")
    with pytest.raises(ValueError, match=r"the contestants are \[\]; give at least one"):
        next_tokens([], "the ")


def test_a_text_without_a_character_has_no_tokens_per_character():
    for nothing in ("", [], [""]):
        with pytest.raises(ValueError, match="the text has no character; give at least one"):
            UniformContestant(BYTES).tokens_per_character(nothing)


def test_tokens_per_character_and_speed():
    one = Contestant.of((small(BYTES), BYTES))
    ids = sum(len(BYTES.encode(text)) for text in DOCUMENTS)
    assert one.tokens_per_character(DOCUMENTS) == ids / sum(map(len, DOCUMENTS))
    assert Contestant.of((small(CHARACTERS), CHARACTERS)).tokens_per_character("the") == 1
    assert one.tokens_per_second(2) > 0


class TestWhereTheyComeFrom:
    def test_what_load_pretrained_returned(self):
        loaded = Pretrained(small(BYTES), BYTES, name="mine", source="cache")
        one = Contestant.of(loaded)
        assert (one.name, one.training_tokens) == ("mine", None)  # nobody says
        named = Contestant.of(loaded, "other", training_tokens=7)
        assert (named.name, named.training_tokens) == ("other", 7)

    def test_the_bundled_one_has_a_record_of_its_training(self):
        loaded = Pretrained(small(BYTES), BYTES, name="town-gpt2", source="bundled")
        assert Contestant.of(loaded).training_tokens == bundled_tokens() > 10**6
        assert Contestant.of("town-gpt2").training_tokens == bundled_tokens()

    def test_the_tuned_one_has_read_what_its_tuning_took_too(self):
        runs = (data_folder() / "runs" / "town-chat").glob("sft*/metrics.jsonl")
        tuning = [read_metrics(run)[-1]["tokens"] for run in runs]
        assert min(tuning) > 10**6
        assert Contestant.of("town-sft").training_tokens == bundled_tokens() + sum(tuning)

    def test_of_what_preferences_made_no_record_counts_the_tokens(self):
        chat = Pretrained(small(BYTES), BYTES, name="town-chat", source="bundled")
        assert Contestant.of(chat).training_tokens is None

    def test_a_folder_in_transformers_format(self, tmp_path):
        save_pretrained(tmp_path / "mine", small(BYTES), BYTES)
        one = Contestant.of(tmp_path / "mine")
        assert (one.name, one.training_tokens) == ("mine", None)
        assert one.score(TEXT) == Contestant.of((small(BYTES), BYTES)).score(TEXT)

    @pytest.mark.parametrize("which", [".", "last.safetensors"])
    def test_a_run_tells_what_it_has_read(self, which, tmp_path):
        run, data = tmp_path / "mine", TinyBatches()
        model = tiny_model(vocab_size=BYTES.vocab_size)
        Trainer(model, data, tiny_config(steps=1, warmup_steps=0, eval_every=1), run).run()
        BYTES.save(run)
        learned = [f"the {number} cats sat on {number * number} mats; " * 9 for number in range(99)]
        write_landmarks(run / "learned.npy", learned)
        one = Contestant.of(run / which)
        x, _ = data.next(0)
        assert (one.name, one.training_tokens) == ("mine", x.numel())
        assert one.share_learned(learned) == 1
        assert Contestant.of(run, learned=[TEXT * 9]).share_learned(learned) == 0

    def test_what_is_no_contestant_is_named(self):
        for source in (small(BYTES), None, (small(BYTES),)):
            wrong = f"a {type(source).__name__} is no contestant; give .model, tokenizer., what"
            with pytest.raises(ValueError, match=wrong):
                Contestant.of(source)

    def test_a_slip_in_a_path_is_not_asked_of_the_hub(self, tmp_path, monkeypatch):
        monkeypatch.setattr(module, "load_pretrained", lambda _: pytest.fail("asked"))
        monkeypatch.chdir(tmp_path)
        (tmp_path / "runs" / "mine").mkdir(parents=True)
        for path in ("runs/mien", tmp_path / "runs" / "mien", "runs/mine/best.safetensors"):
            with pytest.raises(ValueError, match=r"(runs|mine) has no (mien|best.*) in it; mend"):
                Contestant.of(path)

    def test_a_name_of_the_hub_is_asked_of_it(self, tmp_path, monkeypatch):
        monkeypatch.setattr(
            module, "load_pretrained", lambda name: Pretrained(small(BYTES), BYTES, name, "hub")
        )
        monkeypatch.chdir(tmp_path)
        assert Contestant.of("gpt2").name == "gpt2"
        assert Contestant.of("maker/model").name == "maker/model"

    def test_a_folder_that_holds_no_model(self, tmp_path):
        with pytest.raises(ValueError, match=r"has no config.json \(it holds nothing\)"):
            Contestant.of(tmp_path)


def test_who_has_learned_what():
    learned = [f"the {number} cats sat on {number * number} mats; " * 9 for number in range(99)]
    told = Contestant.of((small(BYTES), BYTES), learned=learned)
    assert told.share_learned(learned) == 1
    assert told.share_learned([text[::-1] for text in learned]) == 0
    assert Contestant.of((small(BYTES), BYTES)).share_learned(learned) is None
    tokenizer = BPETokenizer([], (END,))
    assert BigramContestant(learned, tokenizer).share_learned(learned[:50]) == 1
    assert UniformContestant(tokenizer).share_learned(learned) is None


def test_one_text_is_as_good_as_a_list_of_it():
    """Not a list of its letters."""
    text = "".join(f"the {number} cats sat on {number * number} mats; " for number in range(99))
    for learned in (text, [text]):
        one = Contestant.of((small(BYTES), BYTES), learned=learned)
        assert one.share_learned(text) == one.share_learned([text]) == 1
        assert one.documents_learned(text) == one.documents_learned([text]) == 1


def test_documents_that_were_learned_as_a_whole_are_counted():
    """On either side of nine tenths, and one that is too short to tell."""
    made = [f"{'abcdefghij'[number % 10]}{number * number} " for number in range(3000)]
    documents = ["".join(made[at : at + 500]) for at in range(0, 3000, 500)]
    learned = [documents[0], documents[1][: int(0.97 * len(documents[1]))]]
    learned += [documents[2][: int(0.8 * len(documents[2]))], documents[3][:200]]
    one = Contestant.of((small(BYTES), BYTES), learned=learned)
    assert one.documents_learned(documents) == 2
    assert one.documents_learned(documents[2:]) == 0
    assert one.documents_learned(documents[0][:200]) == 0
    assert Contestant.of((small(BYTES), BYTES)).documents_learned(documents) is None


def test_the_table_counts_documents_as_models_are_trained_on_them():
    one = BigramContestant(DOCUMENTS, BYTES)
    ids, _ = encode_documents(BYTES, DOCUMENTS)
    assert np.array_equal(one.table.pairs, BigramTable(ids, BYTES.vocab_size).pairs)
    assert "parameters" in repr(one)
