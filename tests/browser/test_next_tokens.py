"""The live panel in JupyterLab: what is typed, moved and clicked reaches Python and comes back."""

from __future__ import annotations

import json

import pytest

from aigc_lab.viz.next_tokens.panel import STATIC

CELLS = (
    """\
import torch
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.viz.next_tokens import NextTokenPanel

torch.manual_seed(0)
tokenizer = CharTokenizer.train("abcd 中文")
shape = GPTConfig.gpt2(vocab_size=tokenizer.vocab_size, block_size=8, n_layer=1, n_head=1, n_embd=8)
panel = NextTokenPanel({"small": (GPT(shape), tokenizer)}, "ab", count=4)
panel.show()
""",
    """\
import ipywidgets
told = ipywidgets.Label()
panel.observe(lambda _: setattr(
    told, "value", f"Python has {panel.prompt!r} {panel.temperature} {panel.top_p}"))
told
""",
)


def test_what_is_typed_moved_and_clicked_is_what_python_has(
    page, run_all, write_notebook, pictures
):
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    run_all(write_notebook(CELLS))
    page.set_default_timeout(60_000)
    opened = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    panel = opened.locator(".nt-panel")
    assert panel.locator(".nt-row").count() == 4

    panel.locator(".nt-field").fill("ab 中")
    opened.get_by_text("Python has 'ab 中' 1.0 1.0").wait_for()
    panel.get_by_label("top-p").press("Home")
    opened.get_by_text("Python has 'ab 中' 1.0 0.05").wait_for()
    panel.get_by_text("can be drawn: 1 of").wait_for()
    page.screenshot(path=pictures / "next_tokens.png")
    added = panel.locator(".nt-row .nt-token").first.inner_text().replace("␣", " ")
    panel.locator(".nt-row").first.click()
    opened.get_by_text(f"Python has 'ab 中{added}'").wait_for()
    assert panel.locator(".nt-field").input_value() == f"ab 中{added}"
    assert problems == []


PAGE = """<meta charset="utf-8"><div id="here"></div><script type="module">
{script}
const state = {state}, listeners = {{}};
const tell = (name) => (listeners[name] ?? []).forEach((listener) => listener());
const model = {{
  get: (name) => state[name],
  set(name, value) {{ state[name] = value; tell("change:" + name); }},
  save_changes() {{  // Python answers late, with bars and with the prompt that it was sent
    window.asked = (window.asked ?? []).concat(state.prompt);
    setTimeout(() => {{ state.columns = [...state.columns]; tell("change:columns"); }}, {late});
  }},
  on: (name, listener) => (listeners[name] ??= []).push(listener),
  off() {{}},
}};
panel.render({{ model, el: document.getElementById("here") }});
</script>"""
AT_ONCE = """() => {  // before the pause after which typing is sent
    const field = document.querySelector(".nt-field");
    field.value = "hi";
    field.dispatchEvent(new Event("input"));
    document.querySelector(".nt-row").click();
}"""
BAR = {"label": "!", "plain": 0.5, "now": 1.0, "text": "!"}
COLUMN = {"name": "m", "bars": [BAR], "kept": 1, "others": 3, "note": ""}


@pytest.fixture
def slow_panel(open_page, tmp_path):
    """The panel on a page of its own, over a Python that takes its time."""

    def opened(late):
        script = (STATIC / "panel.js").read_text(encoding="utf-8")
        script = script.replace("export default { render };", "const panel = { render };")
        state = {"prompt": "", "temperature": 1.0, "top_p": 1.0, "columns": [COLUMN]}
        page = tmp_path / "panel.html"
        page.write_text(
            PAGE.format(script=script, state=json.dumps(state), late=late), encoding="utf-8"
        )
        watched = open_page()
        watched.page.goto(page.as_uri())
        return watched.page

    return opened


@pytest.mark.parametrize("late", [0, 100, 400])
def test_nothing_that_is_typed_is_lost_while_python_thinks(slow_panel, late):
    page = slow_panel(late)
    field = page.locator(".nt-field")
    for part in ("hel", "lo wo", "rld"):
        field.press_sequentially(part, delay=60)
        page.wait_for_timeout(190)
    page.wait_for_timeout(600)
    assert field.input_value() == "hello world"
    assert page.evaluate("window.asked.at(-1)") == "hello world"


def test_a_click_adds_to_what_was_typed_last(slow_panel):
    page = slow_panel(100)
    page.evaluate(AT_ONCE)
    page.wait_for_timeout(400)
    assert page.locator(".nt-field").input_value() == "hi!"
    assert page.evaluate("window.asked.at(-1)") == "hi!"
