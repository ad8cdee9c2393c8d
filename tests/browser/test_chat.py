"""The chat panel on a page of its own: what is typed and sent, shown, told and given back."""

from __future__ import annotations

import pytest

from tests.browser.chat_page import CONTRASTS, DARK, LIGHT, Played, page_of, said, turn


@pytest.fixture
def played(open_page, tmp_path):
    """The panel on a page of its own; nothing may go wrong in it, and nothing be fetched."""
    opened = []

    def open_panel(body="", width=1280, scheme="light", **state):
        file = tmp_path / f"panel{len(opened)}.html"
        file.write_text(page_of(body, **state), encoding="utf-8")
        watched = open_page(width, scheme)
        watched.page.clock.install(time=0)
        watched.page.goto(file.as_uri())
        watched.page.clock.pause_at(60_000)  # however busy this machine is, no time passes there
        opened.append(watched)
        return Played(watched.page)

    yield open_panel
    for watched in opened:
        assert watched.troubles == []
        assert all(url.startswith(("file:", "data:")) for url in watched.requests)


def test_enter_sends_and_shift_enter_begins_a_line(played):
    panel = played()
    panel.field.press_sequentially("one")
    panel.field.press("Shift+Enter")
    panel.field.press_sequentially("two")
    assert panel.sent("ask") == []
    assert panel.field.evaluate("field => field.rows") == 2
    panel.field.press("Enter")
    assert [each["question"] for each in panel.sent("ask")] == ["one\ntwo"]
    assert panel.field.input_value() == ""
    panel.field.press("Enter")  # nothing is typed, so nothing is sent
    assert len(panel.sent("ask")) == 1


def test_the_enter_that_takes_a_chinese_word_sends_nothing(played):
    panel = played()
    panel.field.fill("你好")
    panel.field.evaluate(
        """field => {
            const keys = {key: "Enter", bubbles: true, cancelable: true};
            field.dispatchEvent(new KeyboardEvent("keydown", {...keys, isComposing: true}));
            field.dispatchEvent(new KeyboardEvent("keydown", {...keys, keyCode: 229}));
        }"""
    )
    assert panel.sent("ask") == []
    panel.field.press("Enter")
    assert panel.sent("ask")[0]["question"] == "你好"


def test_the_answer_grows_and_what_is_typed_meanwhile_stays(played):
    panel = played()
    asker = panel.send("Where?")
    assert panel.shown() == ["You\nWhere?"]  # at once, before Python says a word
    panel.answer("Where?", said("", ""), asker=asker)
    panel.field.press_sequentially("And wh")
    panel.answer("Where?", said("In the", ""), asker=asker)
    panel.field.press_sequentially("en?")
    assert panel.shown() == ["You\nWhere?", "assistant\nIn the"]
    panel.field.press("Enter")  # it can be typed, but not sent
    assert len(panel.sent("ask")) == 1
    panel.tell(turns=[turn("Where?", said("In the garden."))])
    assert panel.shown() == ["You\nWhere?", "assistant\nIn the garden."]  # and not twice
    panel.tell(now={})
    assert panel.field.input_value() == "And when?"
    panel.field.press("Enter")
    assert panel.sent("ask")[1]["question"] == "And when?"


def test_one_button_is_seen_at_a_time_and_both_keep_the_keyboard_in_the_field(played):
    panel = played()
    panel.field.fill("Where?")
    send = panel.page.get_by_role("button", name="Send")
    stop = panel.page.get_by_role("button", name="Stop")
    send.click()
    assert (send.is_visible(), stop.is_visible(), panel.focused()) == (False, True, True)
    asker = panel.sent("ask")[0]["asker"]
    panel.answer("Where?", said("In", ""), asker=asker)
    stop.click()
    assert panel.sent("stop") == [{"kind": "stop", "asker": asker}]
    panel.field.press("Escape")
    assert len(panel.sent("stop")) == 2
    panel.tell(turns=[turn("Where?", said("In", "stopped"))])
    panel.tell(now={})
    assert (send.is_visible(), stop.is_visible(), panel.focused()) == (True, False, True)
    assert panel.shown()[1] == "assistant\nIn\nstopped"
    panel.field.press("Escape")  # nothing to stop
    assert len(panel.sent("stop")) == 2


def test_a_question_that_fails_comes_back_before_what_was_typed_since(played):
    panel = played()
    asker = panel.send("Where?")
    panel.field.press_sequentially("more")
    panel.tell(returned={"question": "Where?", "line": "the server is gone", "asker": asker})
    panel.tell(now={})
    assert panel.page.get_by_role("alert").inner_text() == "the server is gone"
    assert panel.field.input_value() == "Where?\nmore"
    assert panel.shown() == []
    panel.send("Where?")
    assert panel.page.get_by_role("alert").count() == 0


def test_what_another_view_asked_does_not_come_back_here(played):
    panel = played()
    panel.field.fill("mine")
    panel.tell(returned={"question": "theirs", "line": "the server is gone", "asker": "other-1"})
    assert panel.field.input_value() == "mine"


def test_a_python_that_does_not_listen_is_told_of_and_the_question_can_be_taken_back(played):
    panel = played()
    asker = panel.send("Where?")
    panel.page.clock.run_for(2600)
    panel.page.get_by_text("Python has not heard this yet").wait_for()
    panel.page.get_by_role("button", name="Stop").click()
    assert panel.field.input_value() == "Where?"
    assert panel.shown() == []
    panel.tell(returned={"question": "Where?", "line": "Stopped.", "asker": asker})  # late
    assert panel.field.input_value() == "Where?"


def test_a_stop_that_python_does_not_hear_says_so(played):
    panel = played()
    panel.answer("Where?", said("In", ""))  # asked from Python
    panel.page.get_by_role("button", name="Stop").click()
    panel.page.clock.run_for(2600)
    panel.page.get_by_role("alert").get_by_text("Python has not heard this yet").wait_for()
    panel.tell(turns=[turn("Where?", said("In the garden."))])
    panel.tell(now={})
    assert panel.page.locator(".ct-trouble").inner_text() == ""


def test_an_error_of_one_speaker_stands_beside_the_answer_of_the_other(played):
    turns = [
        turn("Where is Mia?", said("Mia is in the garden."), said("and the", "length")),
        turn("米娅在哪里？", said("米娅在花园里。"), said("", "error", "base does not answer")),
    ]
    panel = played(names=["chat", "base"], turns=turns, forgotten=[0, 1])
    assert panel.shown()[2] == "base\nand the\ncut off at the most tokens"
    assert panel.shown()[5] == "base\nbase does not answer"
    assert panel.page.locator(".ct-memory").inner_text() == "base no longer reads turn 1"
    assert panel.page.locator(".ct-text[lang=zh]").count() == 2


def test_a_screen_reader_hears_whole_answers_with_their_speaker(played):
    panel = played()
    live = panel.page.get_by_role("status")
    log = panel.page.get_by_role("log", name="conversation")
    assert live.get_attribute("aria-live") == "polite"
    asker = panel.send("Where?")
    panel.answer("Where?", said("In the", ""), asker=asker)
    assert log.get_attribute("aria-busy") == "true"
    assert live.inner_text() == ""
    panel.tell(turns=[turn("Where?", said("In the garden.", "stopped"))], now={})
    assert live.inner_text() == "assistant: In the garden., stopped"
    assert log.get_attribute("aria-busy") == "false"
    assert panel.page.get_by_label("temperature").get_attribute("type") == "range"


def test_what_was_said_is_never_markup(played):
    panel = played(turns=[turn("<img src=x onerror=boom()>", said("<b>bold</b>"))])
    assert panel.shown() == ["You\n<img src=x onerror=boom()>", "assistant\n<b>bold</b>"]
    assert panel.page.locator(".ct-log img, .ct-log b").count() == 0


def test_dials_go_to_python_and_a_late_echo_moves_nothing_back(played):
    panel = played()
    slider = panel.page.get_by_label("temperature")
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    assert [each["value"] for each in panel.sent("set")] == [0.1, 0.2]
    panel.tell(temperature=0.1)
    assert slider.input_value() == "0.2"
    panel.tell(temperature=0.2)
    panel.tell(temperature=1.5)  # and now Python itself
    assert slider.input_value() == "1.5"
    assert panel.page.locator(".ct-value").inner_text() == "1.5"


def test_the_system_message_is_sent_before_the_question(played):
    panel = played()
    panel.page.get_by_text("System message").click()
    panel.page.get_by_label("system message").fill("Be brief.")
    panel.send("Where?")
    told = [(each["kind"], each.get("value")) for each in panel.sent()]
    assert told == [("set", "Be brief."), ("ask", None)]
    panel.tell(system="Be brief.")
    assert panel.page.locator("summary").inner_text() == "System message ✓"


def test_reset_is_asked_of_python_and_shown_when_it_is_done(played):
    panel = played(turns=[turn("Where?", said("Here."))])
    panel.page.get_by_role("button", name="Reset").click()
    assert panel.sent() == [{"kind": "reset"}]
    panel.tell(turns=[])
    assert panel.shown() == []
    assert panel.page.get_by_text("Ask something below.").is_visible()


def test_a_view_that_is_removed_listens_no_more(played):
    panel = played()
    assert panel.page.evaluate("window.heard()") == 6
    panel.page.evaluate("window.stop()")
    assert panel.page.evaluate("window.heard()") == 0


LONG = "The quick brown fox jumps over the lazy dog, and nobody knows why. " * 3


@pytest.mark.parametrize(
    ("name", "scheme", "width", "body"),
    [
        ("light", "light", 1000, ""),
        ("dark", "dark", 1000, ""),
        ("narrow", "light", 480, ""),
        ("vscode-dark", "light", 700, f'class="vscode-dark" {DARK}'),
        ("lab-dark", "light", 700, f'data-jp-theme-light="false" {DARK}'),
        ("lab-light", "dark", 700, f'data-jp-theme-light="true" {LIGHT}'),
    ],
)
def test_it_fits_and_can_be_read_in_every_place(played, pictures, name, scheme, width, body):
    turns = [
        turn("Where is Mia?", said("Mia is in the garden."), said("Tom is in the kitchen.")),
        turn(LONG + "x" * 90, said(LONG, "length"), said("", "error", "base does not answer")),
        turn(
            "米娅在哪里？\n请用中文回答。",
            said("米娅在花园里。"),
            said("故事里没有说。", "stopped"),
        ),
    ]
    panel = played(
        body, width, scheme, names=["chat", "base"], turns=turns, forgotten=[0, 1], system="中文"
    )
    panel.tell(now={"place": 3, "asker": "x", **turn("And now?", said("It", ""), said("", ""))})
    panel.tell(returned={"question": "", "line": "the server is gone", "asker": "y"})
    panel.field.fill("typed meanwhile")
    panel.page.locator(".ct-panel").screenshot(path=pictures / f"chat-{name}.png")
    for wide in ("html", ".ct-log"):
        assert panel.page.locator(wide).evaluate("box => box.scrollWidth <= box.clientWidth")
    assert panel.page.evaluate(CONTRASTS) == []
