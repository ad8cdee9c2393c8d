"""The chat panel in JupyterLab, over a kernel: it stays free, stops at once, and keeps the talk."""

from __future__ import annotations

CELLS = (
    """\
import time
from aigc_lab.chat.replies import Reply, ReplyStream, SpeakerError
from aigc_lab.viz.chat import ChatPanel


class Slow:
    context = 1000

    def count_tokens(self, messages):
        return 0

    def stream(self, messages, **settings):
        return ReplyStream(self.pieces(messages[-1]["content"], len(messages)))

    def pieces(self, text, count):
        if text == "gone":
            raise SpeakerError("town does not answer: is the server running?")
        said = f"{text}! {count} messages."
        for place, letter in enumerate(said):
            time.sleep(15 if text == "slow" and place > 4 else 0)  # nobody waits for its end
            yield letter
        return Reply(said, "stop", 0, 0)


panel = ChatPanel(Slow())
panel.ask("first $x$ and $y$")
panel.show()
""",
    """\
import ipywidgets
told = ipywidgets.Label()
button = ipywidgets.Button(description="Ask Python")
button.on_click(lambda _: setattr(told, "value", f"Python is free: {len(panel.turns)} turns"))
ipywidgets.VBox([button, told])
""",
)
SAVED = "() => window.jupyterapp.shell.currentWidget.context.model.toJSON()"


def still(notebook):
    """The transcripts that the notebook holds."""
    outputs = [output for cell in notebook["cells"] for output in cell["outputs"]]
    return ["".join(output["data"].get("text/html", "")) for output in outputs if "data" in output]


def test_the_kernel_stays_free_and_the_notebook_keeps_the_talk(
    page, run_all, write_notebook, pictures
):
    troubles = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    run_all(write_notebook(CELLS))
    page.set_default_timeout(60_000)
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel = opened.locator(".ct-panel")
    field = panel.get_by_label("your question")
    log = panel.get_by_role("log")
    log.get_by_text("first $x$ and $y$! 1 messages.").wait_for()
    assert not opened.locator(".ct-still").is_visible()

    field.press_sequentially("two")
    field.press("Shift+Enter")  # in a notebook it would run the cell
    field.press_sequentially("b lines")  # and b would add a cell
    field.press("Enter")
    log.get_by_text("two\nb lines! 3 messages.").wait_for()
    assert opened.locator(".jp-CodeCell").count() == 2

    field.fill("slow")
    field.press("Enter")
    answer = log.locator(".ct-answer").last
    answer.locator(".ct-text").get_by_text("slow").wait_for()
    opened.get_by_role("button", name="Ask Python").click()
    opened.get_by_text("Python is free: 2 turns").wait_for()
    panel.get_by_role("button", name="Stop").click()
    answer.get_by_text("stopped").wait_for()
    assert answer.locator(".ct-text").inner_text() in "slow! 5 messages."

    field.fill("gone")
    field.press("Enter")
    panel.get_by_role("alert").get_by_text("town does not answer").wait_for()
    assert field.input_value() == "gone"
    panel.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "chat-lab.png")

    (kept,) = filter(None, still(page.evaluate(SAVED)))
    assert "two<br>b lines! 3 messages." in kept
    assert "<i> (stopped)</i>" in kept
    panel.get_by_role("button", name="Reset").click()
    panel.get_by_text("Ask something below.").wait_for()
    (kept,) = filter(None, still(page.evaluate(SAVED)))
    assert "Nothing has been asked yet." in kept
    assert troubles == []
