"""The still transcript: what a saved notebook shows of a conversation."""

from __future__ import annotations

from aigc_lab.viz.chat.talk import Part, Turn
from aigc_lab.viz.chat.transcript import Transcript

TURNS = (
    Turn("Where is Mia?\nSay <b>.", [Part("$5 & \\(x\\)", "stop"), Part("In", "stopped")]),
    Turn("在哪里？", [Part("在花园。", "length"), Part("", "error", "gone < away")]),
)
SHOWN = Transcript(("chat", "base"), TURNS, "Be brief.")


def test_as_text_it_says_who_said_what_and_how_it_ended():
    assert repr(SHOWN).splitlines() == [
        "System message: Be brief.",
        "You: Where is Mia?",
        "Say <b>.",
        "chat: $5 & \\(x\\)",
        "base: In (stopped)",
        "You: 在哪里？",
        "chat: 在花园。 (cut off at the most tokens)",
        "base:  (gone < away)",
    ]


def test_as_html_nothing_of_what_was_said_is_markup_or_mathematics():
    shown = SHOWN._repr_html_()
    assert "Where is Mia?<br>Say &lt;b&gt;." in shown
    assert "<span>$</span>5 &amp; <span>\\</span>(x<span>\\</span>)" in shown
    assert "<i> (gone &lt; away)</i>" in shown


def test_an_answer_of_no_words_is_told_as_one():
    assert repr(Transcript(("chat",), (Turn("Hm", [Part("", "stop")]),))).endswith(
        "chat:  (said nothing)"
    )


def test_chinese_is_marked_as_chinese():
    shown = SHOWN._repr_html_()
    assert '<p lang="zh"><b>You:</b> 在哪里？</p>' in shown
    assert "<p><b>base:</b> In<i> (stopped)</i></p>" in shown


def test_a_conversation_that_has_not_begun_says_so():
    empty = Transcript(("chat",), ())
    assert repr(empty) == "Nothing has been asked yet."
    assert empty._repr_html_() == '<div class="ct-still"><p>Nothing has been asked yet.</p></div>'
