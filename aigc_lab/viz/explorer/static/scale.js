// The scale of the colours, below a map and below the grid.

import { weightColour } from "./colours.js";
import { clamp } from "./numbers.js";
import { line } from "./pens.js";
import { FULL } from "./weights.js";

export const MAP_LEGEND = 46;

/** The scale of the colours, and what the hatched cells are. */
export function drawScale(pen, palette, left, y, room) {
  const length = clamp(room * 0.45, 120, 170);
  for (let step = 0; step < length; step++) {
    const value = Math.round(FULL * (step / length) ** 2);
    pen.rect(left + step, y, 1.5, 9, { fill: weightColour(palette, value).fill });
  }
  pen.rect(left, y, length, 9, { stroke: palette.rule });
  const words = { fill: palette.quiet, size: 11 };
  for (const weight of [0, 0.05, 0.2, 0.5, 1]) {
    const number = String(weight).replace(/^0\./, ".");
    pen.text(number, left + Math.sqrt(weight) * length, y + 18, { ...words, anchor: "middle" });
  }
  const x = left + length + 22;
  pen.rect(x, y, 9, 9, { fill: palette.masked });
  pen.path(line(x, y + 9, x + 9, y) + line(x, y + 4, x + 4, y), { stroke: palette.hatch });
  pen.text("masked: comes after", x + 15, y + 5, words);
}
