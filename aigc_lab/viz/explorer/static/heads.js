// All heads, small, to pick from.

import { drawEffects, effectCaption } from "./effects.js";
import { choice, make, note, title } from "./elements.js";
import { drawHeads, headAt } from "./grid.js";
import { CanvasPen, prepare } from "./pens.js";

/** All heads, small: to pick from, by their pattern or by what silencing them does. */
export function headsPart(explorer) {
  const label = "All heads: arrow keys choose one";
  const canvas = make("canvas", { tabIndex: 0, role: "application", aria: { label } });
  let mode = "pattern";
  const modes = choice(
    "What the small pictures show",
    [
      ["pattern", "pattern"],
      ["effect", "effect"],
    ],
    (picked) => {
      mode = picked;
      explorer.redraw();
    },
    "ax-small",
  );
  const caption = note("");
  const top = make("div", { className: "ax-heads-top" }, title("All heads"), modes.element);
  const element = make("section", { className: "ax-heads" }, top, canvas, caption);
  let place = null;
  canvas.addEventListener("click", (event) => {
    if (!place) return; // not drawn yet
    const target = headAt(explorer.now.attention, place, event.offsetX, event.offsetY);
    if (target) explorer.select(target);
  });
  return {
    element,
    canvas,
    width: () => element.clientWidth,
    update(now) {
      place = placeHeads(now.attention, now.panelWidth);
      const pen = new CanvasPen(prepare(canvas, place.width, place.height));
      const byEffect = mode === "effect" && now.scene.effects;
      modes.element.hidden = !now.scene.effects;
      modes.show(mode);
      if (byEffect) drawEffects(pen, now, place);
      else drawHeads(pen, now, place);
      caption.replaceChildren(...(byEffect ? effectCaption(now) : []));
    },
  };
}

const SMALL_HEAD = 48;
const SMALL_GRID = 264; // pixels, all layers together

function placeHeads({ layers, heads }, width) {
  const gap = 2;
  const cell = Math.max(8, Math.min((width - 6) / heads, SMALL_HEAD, SMALL_GRID / layers) - gap);
  return {
    left: 3,
    top: 3,
    cell,
    gap,
    width: 6 + heads * (cell + gap),
    height: 6 + layers * (cell + gap),
  };
}
