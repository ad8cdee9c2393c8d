"""The chat panel by hand in a page of the browser, over a Python that the test plays."""

from __future__ import annotations

import json

from aigc_lab.viz.chat.panel import STATIC
from aigc_lab.viz.explorer.modules import joined

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>chat</title>
<link rel="icon" href="data:,"><style>:root {{ color-scheme: light dark; }} {style}</style>
<body {body}><div id="here"></div><script type="module">
{script}
const state = {state}, listeners = {{}};
window.sent = [];
window.tell = (changes) => {{  // what Python sets
  Object.assign(state, changes);
  for (const name in changes) for (const one of listeners["change:" + name] ?? []) one();
}};
const model = {{
  get: (name) => state[name],
  send: (message) => window.sent.push(message),
  on: (event, listener) => (listeners[event] ??= []).push(listener),
  off(event, listener) {{
    listeners[event] = listeners[event].filter((one) => one !== listener);
  }},
}};
window.stop = panel.render({{ model, el: document.getElementById("here") }});
window.heard = () => Object.values(listeners).flat().length;
</script>"""

STATE = {
    "system": "",
    "temperature": 0.0,
    "max_tokens": 64,
    "names": ["assistant"],
    "turns": [],
    "now": {},
    "returned": {},
    "forgotten": [0],
}

DARK = 'style="background: #1e1e1e; color: #d4d4d4"'
LIGHT = 'style="background: #ffffff; color: #222222"'


def said(text, ending="stop", error=""):
    return {"text": text, "ending": ending, "error": error}


def turn(question, *answers):
    return {"question": question, "answers": list(answers)}


def page_of(body="", **state):
    """A page with the panel, in a state other than at first."""
    return PAGE.format(
        script=joined(STATIC / "chat.js").replace("export default {", "const panel = {"),
        style=(STATIC / "chat.css").read_text(encoding="utf-8"),
        state=json.dumps({**STATE, **state}),
        body=body,
    )


class Played:
    """The panel on a page, and what Python's part of it says."""

    def __init__(self, page):
        self.page = page
        self.field = page.get_by_label("your question")

    def tell(self, **changes):
        self.page.evaluate("(changes) => window.tell(changes)", changes)

    def sent(self, kind=None):
        messages = self.page.evaluate("window.sent")
        return [each for each in messages if kind in (None, each["kind"])]

    def send(self, text):
        self.field.fill(text)
        self.field.press("Enter")
        return self.sent("ask")[-1]["asker"]

    def answer(self, question, *parts, asker="", place=0):
        self.tell(now={"place": place, "asker": asker, **turn(question, *parts)})

    def focused(self):
        return self.field.evaluate("field => field === document.activeElement")

    def shown(self):
        return self.page.locator(".ct-bubble").all_inner_texts()


# Texts whose colour has less than 4.5 times the contrast of what is behind them (WCAG 2, AA).
CONTRASTS = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const paint = (...colours) => {  // colours over each other, as red, green, blue
        canvas.clearRect(0, 0, 1, 1);
        for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const bad = [];
    for (const element of document.querySelectorAll(".ct-panel *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || !element.checkVisibility() || element.closest(".ct-live")) continue;
        const behind = [dark ? "#121212" : "#ffffff"];
        const above = [];
        let opacity = 1;
        for (let one = element; one; one = one.parentElement) {
            const style = getComputedStyle(one);
            above.unshift(style.backgroundColor);
            opacity *= Number(style.opacity);
        }
        const back = paint(...behind, ...above);
        canvas.globalAlpha = 1;
        const text = paint(getComputedStyle(element).color);
        const seen = text.map((part, place) => opacity * part + (1 - opacity) * back[place]);
        const [high, low] = [light(seen), light(back)].sort((a, b) => b - a);
        const contrast = (high + 0.05) / (low + 0.05);
        if (contrast < 4.5) bad.push(`${element.className} ${element.textContent}: ${contrast}`);
    }
    return bad;
}"""
