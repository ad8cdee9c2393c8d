// The names of tokens beside a picture, and which of them there is room for.

import { fitted, widthOf } from "./letters.js";
import { strongest } from "./numbers.js";

export const NAMED_CELL = 10; // below it only some tokens are named
export const APART = 13; // pixels between the names of tokens where only some are named

/** A token's name above or below its column: upright where it fits, and else on its side. */
export function nameColumn(pen, label, { x, y, above, room, step }, style) {
  if (widthOf(label, style.size) <= (step < NAMED_CELL ? APART : step)) {
    return pen.text(label, x, above ? y - 11 : y + 12, { ...style, anchor: "middle" });
  }
  const side = above ? { anchor: "start" } : { anchor: "end" };
  const words = fitted(label, room - 10, style.size);
  return pen.text(words, x, above ? y - 6 : y + 7, { ...style, ...side, turn: -90 });
}

/** The keys that the shown query looks at most; none without a query. */
export function topKeys({ attention, layer, head, shown }, count) {
  return shown < 0 ? [] : strongest(attention.row(layer, head, shown), count);
}

/** The strongest keys of the shown query whose labels stay `far` tokens apart. */
export const columnsWorthNaming = (now, far) => apart(topKeys(now, 12), far);

/** Those of some tokens, in their order, that stay so far from the ones before them. */
export function apart(tokens, far) {
  const kept = [];
  for (const token of tokens) {
    if (kept.every((other) => Math.abs(other - token) >= far)) kept.push(token);
  }
  return kept;
}

/** How the name of a layer or a head is written. */
export function chosenOr(chosen, palette) {
  return { fill: chosen ? palette.choice : palette.quiet, bold: chosen };
}
