"""The live panel in JupyterLab: what is typed, moved and clicked reaches Python and comes back."""

from __future__ import annotations

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
