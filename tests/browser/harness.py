"""Explorers put by hand into a page of the browser, with a model of the tests' own."""

from __future__ import annotations

import base64
import json

from aigc_lab.viz.explorer.codes import encode
from tests.browser.scenes import scene

# A model as anywidget passes it, which also counts what was saved and tells who listens.
MODEL = """
window.makeModel = (meta, letters, shift) => {
    const bytes = Uint8Array.from(atob(letters), sign => sign.charCodeAt(0));
    const shifted = new Uint8Array(bytes.length + shift);
    shifted.set(bytes, shift);
    const values = {view: "map", scene: 0, layer: 0, head: 0, query: -1, theme: "light"};
    values.meta = meta;
    values.weights = new DataView(shifted.buffer, shift);
    const listeners = [];
    return {
        values, listeners, saved: [],
        get: name => values[name],
        set(name, value) {
            if (values[name] === value) return;
            values[name] = value;
            for (const [event, work] of [...listeners]) if (event === `change:${name}`) work();
        },
        save_changes() { this.saved.push({...values, meta: null, weights: null}); },
        on: (event, work) => listeners.push([event, work]),
        off: (event, work) => {
            const place = listeners.findIndex(each => each[0] === event && each[1] === work);
            if (place >= 0) listeners.splice(place, 1);
        },
    };
};
window.addExplorer = model => {
    const el = document.body.appendChild(document.createElement("div"));
    return {el, model, stop: window.explorer.render({model, el})};
};
"""


def made_model(scenes, axis: str = "model", shift: int = 0) -> str:
    """What a page evaluates to a model of some scenes, whose weights begin `shift` bytes in."""
    meta, weights = encode(scenes, axis)
    return f"makeModel({json.dumps(meta)}, '{base64.b64encode(weights).decode()}', {shift})"


def add(page, name: str, shift: int = 0, axis: str = "model") -> None:
    """Keep an explorer of two scenes under a name of the page's window."""
    model = made_model([scene("10"), scene("20", heads=2, seed=3)], axis, shift)
    page.evaluate(f"() => {{ window.{name} = addExplorer({model}); }}")
    page.wait_for_selector("[data-drawn-ms]")
