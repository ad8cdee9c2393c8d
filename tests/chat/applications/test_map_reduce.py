"""Long texts in pieces: whole sentences, in order, none too long, and nothing lost."""

import pytest

from aigc_lab.chat.applications.application import Prompt
from aigc_lab.chat.applications.map_reduce import cut_at_sentences, map_reduce_many, pieces
from aigc_lab.chat.replies import Reply


class Shortener:
    """Says the first and the last word of what it is given; counts words."""

    context = 20

    def __init__(self):
        self.asked = []

    def say(self, messages, **settings):
        self.asked.append(messages[0]["content"])
        words = messages[0]["content"].rstrip(".").split()
        return Reply(f"{words[0]} {words[-1]}.", "stop", 0, 0)

    def count_tokens(self, messages):
        return len(messages[0]["content"].split())


def map_reduce(text, speaker, limit, ask, **options):
    """One text alone."""
    return map_reduce_many([text], speaker, limit, [ask], **options)[0]


def ask(piece):
    return Prompt(({"role": "user", "content": piece},), piece)


def test_pieces_are_as_few_as_the_limit_allows():
    told = ["one two.", "three.", "four five six.", "seven."]
    count = lambda text: len(text.split())  # noqa: E731 (shorter beside its use)
    assert pieces(told, count, 3, " ") == ["one two. three.", "four five six.", "seven."]
    assert pieces(told, count, 99, " ") == [" ".join(told)]
    assert " ".join(pieces(told, count, 4, " ")) == " ".join(told)
    assert pieces([], count, 3) == []


def test_a_sentence_that_is_too_long_alone_is_refused():
    with pytest.raises(ValueError, match=r"'four five six\.' counts 14 alone and the limit is 9"):
        pieces(["one.", "four five six."], len, 9)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One two three. Four five six? Seven eight nine! And the end has no stop", 4),
        ("It was -3.5 °C... Really?! Yes.\nNo.  Well", 5),
        ("你好！是吗？！是的。没有了", 4),
        ("no sign at all", 1),
        ("Mia said 你好。 And Tom? He ran.", 3),
        ("", 0),
    ],
)
def test_cut_sentences_are_the_whole_text(text, parts):
    cut = cut_at_sentences(text)
    assert "".join(cut) == text
    assert len(cut) == parts


@pytest.mark.parametrize(
    "text",
    [
        "One two three. Four five six? Seven eight nine! And the end has no stop",
        "One two three! Four five six",
        "one two\nThree four five six. Seven\neight nine. 你好。 ten",
    ],
)
@pytest.mark.parametrize("by_paragraph", [True, False])
def test_no_word_is_lost_on_the_way_into_pieces(text, by_paragraph):
    speaker = Shortener()
    done = map_reduce(text, speaker, 6, ask, by_paragraph=by_paragraph)
    assert "".join("".join(done.pieces).split()) == "".join(text.split())
    assert all(len(piece.split()) <= 6 for piece in done.pieces)
    assert list(done.pieces) == speaker.asked[: len(done.pieces)]


def test_answers_without_a_stop_are_cut_between_answers():
    class Breathless(Shortener):
        def say(self, messages, **settings):
            return Reply(super().say(messages).text.rstrip("."), "stop", 0, 0)

    done = map_reduce("a b c.\nd e f.\ng h i.\nj k l.", Breathless(), 4, ask)
    assert done.results == ("a c", "d f", "g i", "j l")
    assert (done.text, done.rounds) == ("a f g l", 2)


def test_a_paragraph_is_a_piece():
    done = map_reduce("a b c. d e.\n\nf g h.\n", Shortener(), 10, ask)
    assert done.pieces == ("a b c. d e.", "f g h.")
    assert (done.results, done.text, done.rounds) == (("a e.", "f h."), "a e. f h.", 1)


def test_a_paragraph_that_is_too_long_is_cut_between_sentences():
    assert map_reduce("a b c. d e. f g h.", Shortener(), 5, ask).pieces == ("a b c. d e.", "f g h.")
    anywhere = map_reduce("a b c.\nd e. f g h.", Shortener(), 5, ask, by_paragraph=False)
    assert anywhere.pieces == ("a b c. d e.", "f g h.")


def test_results_that_are_together_too_long_are_worked_on_again():
    done = map_reduce("a b c.\nd e f.\ng h i.\nj k l.", Shortener(), 4, ask)
    assert done.results == ("a c.", "d f.", "g i.", "j l.")
    assert (done.text, done.rounds) == ("a f. g l.", 2)


def test_it_gives_up_when_nothing_gets_shorter():
    class Parrot(Shortener):
        def say(self, messages, **settings):
            return Reply(messages[0]["content"], "stop", 0, 0)

    done = map_reduce("a b.\nc d.\ne f.", Parrot(), 3, ask)
    assert (done.text, done.rounds) == ("a b. c d. e f.", 5)


def test_chinese_is_joined_without_spaces():
    speaker = Shortener()
    assert (
        map_reduce("米娅走了。\n汤姆坐着。", speaker, 9, ask).text.count(" ") == 2
    )  # the stand-in's
    assert speaker.asked == ["米娅走了。", "汤姆坐着。"]


def test_many_texts_are_asked_together_and_kept_apart():
    speaker = Shortener()
    texts = ["a b c.\nd e f.", "g h i."]
    both = map_reduce_many(texts, speaker, 10, [ask, ask])
    assert both == [map_reduce(text, Shortener(), 10, ask) for text in texts]
    assert speaker.asked == ["a b c.", "d e f.", "g h i."]


def test_an_empty_text_is_refused():
    with pytest.raises(ValueError, match="give one at least"):
        map_reduce(" \n", Shortener(), 10, ask)
