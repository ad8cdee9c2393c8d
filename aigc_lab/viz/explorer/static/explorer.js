// The attention explorer, in anywidget's form: this module and those it imports, nothing else.
// Python joins them into one (modules.py), since a widget and a page from disk take only one.
//
// render({ model, el }) builds the explorer inside `el` and returns a function that takes it away.
// `model` has get, set, save_changes, on and off. What it holds:
//   meta     {axis, scenes: [{name, tokens, start, layers, heads, predictions, effects, numbers}]}
//   weights  bytes: for each scene, layer, head and query q its q+1 weights, as uint16 = 65535 w
//   view, scene, layer, head, query (-1: none), theme   the selection, which both sides may change
//
// How it is built: `describe` gathers everything that is to be seen into one frozen object, `now`.
// Each part of the page is a function that returns {element, update(now)}. Each view is an object
// that places itself in a width, draws itself with a pen (a canvas on screen, or the text of an SVG
// file) and tells what lies under a point. To read it in order:
//   what is shown   numbers, weights, rollout, effects, words
//   how it looks    colours, heat, letters, pens, labels, columns, scale
//   the views       map, arcs, grid, flow; views
//   the parts       elements, top, scenes with curves, sentence, picture, heads, panel, live
//   what is done    keys, files, and the explorer itself, below
//
// After each drawing `el.dataset.drawnMs` tells how long it took, from asking to the next frame.
//
// Letters as in the course: L layers, H heads, T tokens; a row of a map is a query, a column a key.

import { readPalette, surroundingsAreDark } from "./colours.js";
import { make } from "./elements.js";
import { headsPart } from "./heads.js";
import { byArrow, byLetter } from "./keys.js";
import { LETTERS } from "./letters.js";
import { keysPart, livePart } from "./live.js";
import { clamp } from "./numbers.js";
import { lookPart, nextPart, silencePart } from "./panel.js";
import { picturePart } from "./picture.js";
import { scenesPart } from "./scenes.js";
import { sentencePart } from "./sentence.js";
import { topPart } from "./top.js";
import { VIEWS } from "./views.js";
import { readScenes } from "./weights.js";

const SELECTION = ["view", "scene", "layer", "head", "query", "theme"];

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.target = null; // what the pointer is over: {query?, key?, layer?, head?}
    const aria = { label: "Attention explorer" };
    this.root = make("div", { className: "aigc-explorer", role: "group", aria });
    this.root.style.setProperty("--letters", LETTERS);
    this.top = topPart(this);
    this.scenesPart = scenesPart(this);
    this.sentence = sentencePart(this);
    this.picture = picturePart(this);
    this.heads = headsPart(this);
    const beside = [lookPart(this), nextPart(this), silencePart(this)];
    this.parts = [
      this.top,
      this.scenesPart,
      this.sentence,
      this.picture,
      this.heads,
      ...beside,
      livePart(),
      keysPart(),
    ];
    const panel = make(
      "div",
      { className: "ax-panel" },
      this.heads.element,
      ...beside.map((part) => part.element),
    );
    const body = make("div", { className: "ax-body" }, this.picture.element, panel);
    const [live, keys] = this.parts.slice(-2);
    this.root.append(
      this.top.element,
      this.scenesPart.element,
      this.sentence.element,
      body,
      keys.element,
      live.element,
    );
    el.append(this.root);
    this.listen();
    this.rebuild();
  }

  /** Follow the model, the keyboard, the theme of the page and the width. */
  listen() {
    const stops = [];
    const follow = (event, work) => {
      this.model.on(event, work);
      stops.push(() => this.model.off(event, work));
    };
    for (const name of SELECTION) follow(`change:${name}`, () => this.redraw());
    for (const name of ["meta", "weights"]) follow(`change:${name}`, () => this.rebuild());
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    const followTheme = () => this.themeName() !== this.colours?.name && this.redraw();
    const watcher = new MutationObserver(followTheme);
    for (const part of [document.body, document.documentElement]) {
      watcher.observe(part, {
        attributes: true,
        attributeFilter: ["class", "theme", "data-jp-theme-light", "data-vscode-theme-kind"],
      });
    }
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", followTheme);
    const sizes = new ResizeObserver(() => this.resized());
    sizes.observe(this.picture.element);
    stops.push(
      () => watcher.disconnect(),
      () => sizes.disconnect(),
    );
    stops.push(() => system.removeEventListener("change", followTheme));
    this.stops = stops;
  }

  remove() {
    this.removed = true;
    for (const stop of this.stops) stop();
    this.root.remove();
  }

  /** Read the scenes anew. */
  rebuild() {
    this.scenes = readScenes(this.model);
    this.axis = this.model.get("meta")?.axis;
    if (this.scenes.length) this.scenesPart.rebuild(this.scenes);
    this.redraw();
  }

  resized() {
    const width = this.picture.width();
    if (width !== this.now?.width) this.redraw();
  }

  /** Change the selection here and in Python. */
  select(changes) {
    if (!this.scenes.length) return; // nothing has arrived yet
    const limits = this.limits(changes.scene ?? this.now.sceneNumber);
    for (const [name, value] of Object.entries(changes)) {
      if (name in limits && (value < limits[name][0] || value > limits[name][1])) continue;
      if (SELECTION.includes(name)) this.model.set(name, value);
    }
    this.model.save_changes();
    this.redraw();
  }

  /** The least and the most of each number of the selection, in one scene. */
  limits(number) {
    const { layers, heads, tokens } = this.scenes[number];
    return {
      scene: [0, this.scenes.length - 1],
      layer: [0, layers - 1],
      head: [0, heads - 1],
      query: [-1, tokens.length - 1],
    };
  }

  /** Show what the pointer is over, without choosing it. */
  point(target) {
    if (JSON.stringify(target) === JSON.stringify(this.target)) return;
    this.target = target;
    this.redraw();
  }

  /** Draw once, however many changes ask for it in one go. */
  redraw() {
    this.asked ??= performance.now();
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      if (!this.removed) this.draw();
    });
  }

  draw() {
    const started = this.asked;
    this.asked = null;
    if (!this.scenes.length || !this.root.isConnected) return; // in the page it gets its size
    this.now = this.describe();
    this.sentence.follow(this.now);
    for (const part of this.parts) part.update(this.now);
    requestAnimationFrame(() => {
      this.el.dataset.drawnMs = (performance.now() - started).toFixed(1);
    });
  }

  /** Everything that is to be seen, as one object. */
  describe() {
    const chosen = (name, count) => clamp(this.model.get(name) ?? 0, 0, count - 1);
    const sceneNumber = chosen("scene", this.scenes.length);
    const scene = this.scenes[sceneNumber];
    const count = scene.tokens.length;
    const asked = this.model.get("query") ?? -1;
    const query = asked < count ? asked : -1; // of a longer text
    const pointed = this.target?.query ?? -1;
    return Object.freeze({
      axis: this.axis,
      scenes: this.scenes,
      sceneNumber,
      scene,
      attention: scene.attention,
      view: VIEWS.find((view) => view.name === this.model.get("view")) ?? VIEWS[0],
      layer: chosen("layer", scene.layers),
      head: chosen("head", scene.heads),
      query,
      shown: pointed >= 0 && pointed < count ? pointed : query,
      target: this.target,
      palette: this.palette(),
      width: this.picture.width(), // before anything changes, so that nothing is laid out twice
      panelWidth: this.heads.width(),
    });
  }

  themeName() {
    const asked = this.model.get("theme") ?? "auto";
    if (asked !== "auto") return asked;
    return surroundingsAreDark() ? "dark" : "light";
  }

  /** The colours of the theme, read from the style sheet when it has changed. */
  palette() {
    const name = this.themeName();
    if (this.colours?.name !== name) {
      this.root.dataset.theme = name;
      this.colours = readPalette(this.root);
    }
    return this.colours;
  }

  /** Keys work wherever the focus is inside. */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.now) return;
    if (event.shiftKey && event.key === "Enter") return; // runs a cell of the notebook around us
    event.stopPropagation(); // to a notebook around us keys are commands, such as "delete a cell"
    const changes = byLetter(this.now, event) ?? byArrow(this, event);
    if (!changes) return;
    event.preventDefault();
    this.target = null; // a key ends what the pointer shows
    this.select(changes);
    this.sentence.keepFocus(this.model.get("query"));
  }
}

function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.remove();
}

export default { render };
