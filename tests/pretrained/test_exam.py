"""The exam: known texts with their floors, everybody on every text, and what the sheet says."""

import json
import math

import pytest

from aigc_lab.pretrained.contestants import BigramContestant, Contestant, UniformContestant
from aigc_lab.pretrained.exam import exam_texts, examine
from aigc_lab.pretrained.scoring import bootstrap, score_text
from aigc_lab.pretrained.sheet import Entrant, ExamRow, ExamSheet, ExamText
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.town.documents import documents
from aigc_lab.town.entropy import entropy_floor
from aigc_lab.training.texts import load_text
from tests.pretrained.test_scoring import BYTES, CHARACTERS, TEXT, small

TOKENIZER = BPETokenizer([], ("<|endoftext|>",))


@pytest.fixture(scope="module")
def texts():
    return exam_texts(town=21, docs=3000)


@pytest.fixture(scope="module")
def sheet(texts):
    model = small(TOKENIZER, block_size=64)
    table = BigramContestant([text.text for text in documents(40)], TOKENIZER)
    people = [Contestant.of((model, TOKENIZER), "tiny"), table, UniformContestant(TOKENIZER)]
    return examine(people, {name: texts[name] for name in ("Town English", "Python documentation")})


class TestTexts:
    def test_the_town_is_told_twice_with_the_floor_of_these_documents(self, texts):
        for language in ("english", "chinese"):
            worlds = list(documents(21, "test", language=language))
            text = texts[f"Town {language.capitalize()}"]
            assert text.documents == tuple(world.text for world in worlds)
            both = entropy_floor(worlds).bits_per_byte  # and the bit a document for the language
            assert text.floor == pytest.approx(both - 21 / text.bytes)
            assert sum(text.floor_nats) / text.bytes / math.log(2) == pytest.approx(text.floor)
            for nats, world in zip(text.floor_nats, worlds, strict=True):
                assert nats == pytest.approx(world.nats - math.log(2))
            assert text.score_end
        assert texts["Town English"].floor_nats == texts["Town Chinese"].floor_nats

    def test_of_the_documentation_the_held_out_part(self, texts):
        docs = texts["Python documentation"]
        held_out = load_text("python_docs").held_out
        assert "".join(docs.documents) in "".join(held_out)
        assert 0 < docs.bytes <= 3000
        assert (docs.floor, docs.floor_nats, docs.score_end) == (None, None, False)

    def test_a_file_of_the_reader_s_own(self, tmp_path):
        (tmp_path / "mine.txt").write_text("猫" * 50)
        found = exam_texts(town=2, docs=31, extra=tmp_path / "mine.txt")
        assert found["mine.txt"].documents == ("猫" * 10,)
        assert "only you can tell" in found["mine.txt"].seen_by

    def test_a_file_with_the_name_of_an_exam_does_not_take_its_place(self, tmp_path):
        (tmp_path / "Town English").write_text("mine")
        with pytest.raises(ValueError, match=r"are \['Town English', .*a name of its own"):
            exam_texts(town=2, extra=tmp_path / "Town English")

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(FileNotFoundError, match="nowhere"):
            exam_texts(town=2, extra=tmp_path / "nowhere")

    @pytest.mark.parametrize("few", [{"town": 0}, {"docs": 0}, {"docs": -5}])
    def test_an_exam_of_nothing_is_refused(self, few):
        with pytest.raises(ValueError, match=r"worlds and docs=\S+ bytes are no exam; give 1 or"):
            exam_texts(**few)

    def test_by_default_there_are_enough_documents_for_an_interval_over_documents(self):
        assert len(exam_texts()["Town English"].documents) >= 20


def test_everybody_is_on_every_text(sheet):
    assert [(row.contestant, row.text) for row in sheet.rows] == [
        (name, text)
        for name in ("tiny", "bigram table", "uniform guess")
        for text in ("Town English", "Python documentation")
    ]
    assert [entrant.tokens_per_second is None for entrant in sheet.entrants] == [False, True, True]


def test_a_row_says_what_score_text_says(sheet, texts):
    row = sheet.row("tiny", "Town English")
    model, text = small(TOKENIZER, block_size=64), texts["Town English"]
    score = score_text(model, TOKENIZER, text.documents, score_end=True)  # as the floor counts it
    assert (row.bits_per_byte, row.low, row.high) == (score.bits_per_byte, score.low, score.high)
    assert row.documents == score.documents
    size = sum(map(len, text.documents))
    assert row.tokens_per_character == sum(len(t.encode()) for t in text.documents) / size
    docs = sheet.row("tiny", "Python documentation")
    without_end = score_text(model, TOKENIZER, texts["Python documentation"].documents)
    assert docs.bits_per_byte == without_end.bits_per_byte


def test_the_gap_to_the_floor_is_paired(sheet, texts):
    row, text = sheet.row("bigram table", "Town English"), texts["Town English"]
    value, low, high = sheet.gap("Town English", "bigram table")
    assert value == pytest.approx(row.bits_per_byte - text.floor)
    units = [
        (nats - floor, size)
        for (nats, size), floor in zip(row.documents, text.floor_nats, strict=True)
    ]
    assert (low, high) == bootstrap(units, 1000, 0.95, seed=0)  # as `score_text` has it
    assert 0 < low < value < high


def test_a_gap_between_two_turns_its_sign_when_they_change_places(sheet):
    value, low, high = sheet.gap("Town English", "uniform guess", "bigram table")
    back = sheet.gap("Town English", "bigram table", "uniform guess")
    assert back == pytest.approx((-value, -high, -low))
    assert low > 0
    assert sheet.gap("Town English", "tiny", "tiny") == (0, 0, 0)


@pytest.mark.parametrize("count", [1, 2, 19, 20])
def test_few_documents_have_a_gap_without_an_interval(count):
    parts = tuple(TEXT[: 20 + number] for number in range(count))
    people = [Contestant.of((small(BYTES), BYTES), "tiny"), UniformContestant(BYTES)]
    sheet = examine(people, [ExamText("parts", parts, None, "nobody")], speed=False)
    value, low, high = sheet.gap("parts", "tiny", "uniform guess")
    tiny, guess = (sheet.row(one.name, "parts").bits_per_byte for one in people)
    assert value == pytest.approx(tiny - guess)
    assert ((low, high) == (None, None)) == (count < 20)
    assert low is None or low < value < high


def test_a_gap_to_a_floor_that_is_not_known(sheet):
    with pytest.raises(ValueError, match="the floor of Python documentation is not known; compare"):
        sheet.gap("Python documentation", "tiny")


def test_unknown_names_are_told_with_the_known_ones(sheet):
    with pytest.raises(ValueError, match=r"no 'gpt2' on 'Town English'; choose from \['tiny', "):
        sheet.row("gpt2", "Town English")


def test_speed_can_be_left_out(texts):
    sheet = examine([UniformContestant(TOKENIZER)], [texts["Town English"]], speed=False)
    assert "tokens/s" not in sheet.table()
    model = Contestant.of((small(TOKENIZER), TOKENIZER), "tiny")
    one = ExamText("short", ("the cat",), None, "nobody")
    (entrant,) = examine([model], [one], speed=False).entrants
    assert entrant.tokens_per_second is None


def test_names_must_be_told_apart(texts):
    guess = UniformContestant(TOKENIZER)
    with pytest.raises(ValueError, match=r"the contestants are \['uniform guess', 'uniform guess'"):
        examine([guess, guess], texts)
    with pytest.raises(ValueError, match=r"the contestants are \[\]; give at least one"):
        examine([], texts)
    floor = UniformContestant(TOKENIZER, "floor")  # `gap` would take it for the generator
    with pytest.raises(ValueError, match=r"are \['floor'\]; .* a name of its own other than floor"):
        examine([floor], texts)
    with pytest.raises(ValueError, match=r"the texts are \[\]; give at least one"):
        examine([guess], {})


UNMARKED = ExamText("unmarked", (TEXT,), 0.1, "nobody", (3.0,))
LETTERS = Contestant.of((small(CHARACTERS), CHARACTERS), "letters")


def test_who_cannot_read_a_text_costs_nobody_else_a_row(texts):
    plain = ExamText("plain", (TEXT,), None, "nobody")
    guess = UniformContestant(TOKENIZER)
    exams = [texts["Town English"], UNMARKED, plain]
    sheet = examine([LETTERS, guess], exams, speed=False)
    assert [(row.contestant, row.text) for row in sheet.rows] == [
        ("letters", "plain"),
        *(("uniform guess", exam.name) for exam in exams),
    ]
    first, second = sheet.not_read()
    assert first.startswith("letters cannot read Town English: the character 'A' is not in")
    assert second.startswith("letters cannot read unmarked: the tokenizer has no mark that ends")
    assert sheet._repr_markdown_().endswith(f"{first}\n\n{second}")
    for what in ("bits", "tokens"):
        _, letters, guessed, *_ = sheet.table(what=what).splitlines()
        assert letters.split()[:3] == ["letters", "-", "-"]
        assert " - " not in guessed
    assert list(sheet.panels()["Town English"]) == ["uniform guess"]
    assert json.loads(json.dumps(sheet.to_dict()))["unread"][1]["text"] == "unmarked"
    for name in ("Town English", "unmarked"):
        with pytest.raises(ValueError, match=f"letters cannot read {name}: the (char|tokenizer)"):
            sheet.gap(name, "letters")


def test_a_text_that_nobody_can_read_is_left_out(texts):
    plain = ExamText("plain", (TEXT,), None, "nobody")
    sheet = examine([LETTERS], [UNMARKED, plain], speed=False)
    assert list(sheet.texts) == list(sheet.floors) == list(sheet.panels()) == ["plain"]
    assert sheet.table(what="bits").split()[:2] == ["model", "plain"]
    assert len(sheet.not_read()) == 1
    wrong = "nobody can read any of these texts; letters on unmarked: the tokenizer has no"
    with pytest.raises(ValueError, match=wrong):
        examine([LETTERS], [UNMARKED])


def fresh(share, floor, whole=0):
    """A sheet of one contestant who has learned this share of two texts."""
    row = ExamRow("mine", "a", 1.0, None, None, 1.0, share, (), whole)
    text = ExamText("a", ("x", "y", "z"), floor, "unknown", None)
    return ExamSheet((Entrant("mine", 1, None, 4, None),), (row,), {"a": text})


class TestWhatWasLearned:
    @pytest.mark.parametrize(
        ("share", "starred"), [(None, False), (0.0, False), (0.0049, False), (0.005, True)]
    )
    def test_of_a_text_that_is_not_generated_a_two_hundredth_is_told(self, share, starred):
        sheet = fresh(share, None)
        assert ("*" in sheet.table()) == bool(sheet.learned()) == starred

    @pytest.mark.parametrize("share", [0.0, 0.3, 0.45, 0.6])
    @pytest.mark.parametrize("whole", [None, 0, 1, 3])
    def test_of_a_generated_one_whole_documents(self, share, whole):
        sheet = fresh(share, 0.1, whole)
        assert ("*" in sheet.table()) == bool(sheet.learned()) == bool(whole)

    def test_the_sentences_claim_no_more_than_was_measured(self):
        assert fresh(0.4, None).learned() == [
            "40.0% of a stands word for word in what mine learned from; compare with care."
        ]
        assert fresh(0.4, 0.1, 2).learned() == [
            "mine learned from 2 of the 3 documents of a as they stand; compare with care."
        ]

    @pytest.mark.parametrize("language", ["english", "chinese"])
    def test_fresh_worlds_are_not_taken_for_learned_ones_but_those_are(self, language, texts):
        exam = texts[f"Town {language.capitalize()}"]
        others = [world.text for world in documents(1000)]
        for learned, starred in ((others, False), ([*others, *exam.documents[:8]], True)):
            one = Contestant.of((small(TOKENIZER), TOKENIZER), "mine", learned=learned)
            assert one.share_learned(exam.documents) < 0.5
            sheet = examine([one], [exam], speed=False)
            assert bool(sheet.learned()) == starred


SHEET = ExamSheet(
    (
        Entrant("mine|2", 1234567, 5000, 4938268, 456.7),
        Entrant("gpt2", 124439808, None, 497759232, 31.2),
    ),
    (
        ExamRow("mine|2", "town", 0.23456, 0.2, 0.25, 0.251, None, ((2.0, 10),)),
        ExamRow("mine|2", "mine.txt", 1.234, None, None, 0.3, 0.4),
        ExamRow("gpt2", "town", 2.345, 2.3, 2.39, 0.2, 0.4),
        ExamRow("gpt2", "mine.txt", 1.0, 0.9, 1.1, 0.2, 0.001),
    ),
    {
        "town": ExamText("town", ("x" * 10,), 0.1, "nobody", (1.0,)),
        "mine.txt": ExamText("mine.txt", ("y",), None, "unknown"),
    },
)


class TestTables:
    def test_bits(self):
        assert SHEET.table(what="bits").splitlines() == [
            "model                     town          mine.txt",
            "mine|2  0.2346 (0.2000-0.2500)            1.23 *",
            "gpt2          2.35 (2.30-2.39)  1.00 (0.90-1.10)",
            "floor                   0.1000",
        ]

    def test_about(self):
        head, mine, gpt2 = SHEET.table(what="about").splitlines()
        assert head.split("  ")[0] == "model"
        assert mine.split() == ["mine|2", "1,234,567", "5,000", "4.7", "MiB", "457"]
        assert gpt2.split() == ["gpt2", "124,439,808", "not", "known", "474.7", "MiB", "31"]

    def test_tokens(self):
        assert SHEET.table(what="tokens").splitlines()[1].split() == ["mine|2", "0.25", "0.30"]

    def test_all_in_one_for_a_notebook(self):
        head, rule, mine, _, floor = SHEET.table("markdown").splitlines()
        assert head.count("|") == rule.count("|") == floor.count("|") == 10
        assert mine.startswith("| mine\\|2 | 1,234,567 | 5,000 | 4.7 MiB | 457 | 0.2346 (0.2000-0")
        assert "town: bits per byte" in head
        assert "mine.txt: tokens/character" in head
        assert "| 0.1000 |" in floor
        shown = SHEET._repr_markdown_()
        assert shown.startswith(head)
        assert shown.endswith(SHEET.learned()[-1])

    def test_unknown_choices_are_refused(self):
        with pytest.raises(ValueError, match="what='bytes' is not known; choose one of all, about"):
            SHEET.table(what="bytes")
        with pytest.raises(ValueError, match="style='html' is not known"):
            SHEET.table("html")


def test_panels_and_floors_are_what_a_picture_needs():
    assert SHEET.panels() == {
        "town": {"mine|2": (0.23456, 0.2, 0.25), "gpt2": (2.345, 2.3, 2.39)},
        "mine.txt": {"mine|2": (1.234, None, None), "gpt2": (1.0, 0.9, 1.1)},
    }
    assert SHEET.floors == {"town": 0.1, "mine.txt": None}


def test_plain_values_are_json_and_hold_no_text():
    record = json.loads(json.dumps(SHEET.to_dict()))
    assert record["rows"][0]["bits_per_byte"] == 0.23456
    assert not {"documents", "floor_nats"} & {*record["rows"][0], *record["contestants"][0]}
    assert record["contestants"][1]["training_tokens"] is None
    assert record["texts"][0] == {
        "name": "town",
        "documents": 1,
        "bytes": 10,
        "floor": 0.1,
        "seen_by": "nobody",
    }


def test_progress_is_shown_where_asked_for(texts, capsys):
    guess, text = UniformContestant(BYTES), ExamText("short", ("the cat",), None, "nobody")
    examine([guess], [text])
    assert not capsys.readouterr().err
    examine([guess], [text], progress=True)
    assert "uniform guess, short" in capsys.readouterr().err
