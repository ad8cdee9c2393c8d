// The view "grid": all heads of all layers.

import { chosenOr } from "./labels.js";
import { range } from "./numbers.js";
import { thumb } from "./heat.js";
import { drawScale, MAP_LEGEND } from "./scale.js";
import { habitWords } from "./words.js";

const GRID_CELL = 150;

export const gridView = {
  name: "grid",
  title: "Grid",
  letter: "g",

  place({ attention }, width) {
    const [left, top] = [44, 34];
    const gap = attention.heads > 8 ? 4 : 8;
    const across = (width - left - 4) / attention.heads;
    const cell = Math.min(across, GRID_CELL + gap, Math.max(36, 640 / attention.layers)) - gap;
    const height = top + attention.layers * (cell + gap) + MAP_LEGEND;
    return { left, top, cell, gap, width, height };
  },

  draw(pen, now, place) {
    const { attention, layer, head, palette } = now;
    const { left, top, cell, gap } = place;
    drawHeads(pen, now, place);
    const middle = (place) => place * (cell + gap) + cell / 2;
    for (const column of range(attention.heads)) {
      const style = { ...chosenOr(column === head, palette), anchor: "middle" };
      pen.text(String(column), left + middle(column), top - 9, style);
    }
    for (const row of range(attention.layers)) {
      const style = { ...chosenOr(row === layer, palette), anchor: "end" };
      pen.text(String(row), left - 8, top + middle(row), style);
    }
    pen.text("head", left, 9, { fill: palette.quiet, size: 11 });
    pen.text("layer", left - 8, top - 9, { fill: palette.quiet, size: 11, anchor: "end" });
    drawScale(pen, palette, left, place.height - MAP_LEGEND + 12, attention.heads * (cell + gap));
  },

  at: ({ attention }, place, x, y) => headAt(attention, place, x, y),

  tell({ attention }, { layer, head }) {
    return `layer ${layer}, head ${head}\n${habitWords(attention, layer, head)}`;
  },
};

/** A small picture of each head, the chosen one framed. */
export function drawHeads(pen, now, { left, top, cell, gap }) {
  const { attention, palette } = now;
  eachHead(attention, (layer, head) => {
    const [x, y] = [left + head * (cell + gap), top + layer * (cell + gap)];
    pen.rect(x, y, cell, cell, { fill: palette.masked });
    pen.picture(thumb(attention, layer, head, palette), x, y, cell, cell);
  });
  frameHead(pen, now, { left, top, cell, gap }, palette.choice);
}

export function eachHead({ layers, heads }, work) {
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) work(layer, head);
  }
}

export function frameHead(pen, { layer, head }, { left, top, cell, gap }, stroke) {
  const [x, y] = [left + head * (cell + gap), top + layer * (cell + gap)];
  pen.rect(x - 1.5, y - 1.5, cell + 3, cell + 3, { stroke, thick: 2.5 });
}

export function headAt(attention, { left, top, cell, gap }, x, y) {
  const [head, layer] = [x - left, y - top].map((far) => Math.floor(far / (cell + gap)));
  const inside = head >= 0 && head < attention.heads && layer >= 0 && layer < attention.layers;
  return inside ? { layer, head } : null;
}
