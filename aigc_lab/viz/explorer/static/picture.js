// The view itself, with a note where the pointer is.

import { make } from "./elements.js";
import { gridView } from "./grid.js";
import { clamp } from "./numbers.js";
import { CanvasPen, prepare } from "./pens.js";
import { inWords } from "./words.js";

const NARROWEST = 260; // pixels

/** The view itself, with a note where the pointer is. */
export function picturePart(explorer) {
  const canvas = make("canvas", { tabIndex: 0, role: "application" });
  const tip = make("div", { className: "ax-tip", hidden: true, aria: { hidden: "true" } });
  const element = make("div", { className: "ax-picture" }, canvas, tip);
  let place = null;
  const targetOf = (event) =>
    place && explorer.now.view.at(explorer.now, place, event.offsetX, event.offsetY);
  canvas.addEventListener("pointermove", (event) => {
    const target = targetOf(event);
    explorer.point(target);
    const words = target ? explorer.now.view.tell(explorer.now, target) : "";
    tip.hidden = !words;
    tip.textContent = words;
    const left = clamp(event.offsetX + 14, 0, Math.max(0, element.clientWidth - tip.offsetWidth));
    Object.assign(tip.style, { left: `${left}px`, top: `${event.offsetY + 16}px` });
  });
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
    explorer.point(null);
  });
  canvas.addEventListener("click", (event) => {
    const target = targetOf(event);
    if (target) explorer.select(target);
  });
  canvas.addEventListener("dblclick", (event) => {
    if (targetOf(event) && explorer.now.view === gridView) explorer.select({ view: "map" });
  });
  return {
    element,
    canvas,
    width: () => Math.max(NARROWEST, Math.floor(element.clientWidth)),
    update(now) {
      place = now.view.place(now, now.width);
      const pen = new CanvasPen(prepare(canvas, place.width, place.height));
      now.view.draw(pen, now, place);
      canvas.setAttribute("aria-label", `${now.view.title}, ${inWords(now)}`);
    },
  };
}
