// The view "arcs": lines from a token to the tokens it looks at.

import { columnX, nameTokens, placeColumns, tokenAt } from "./columns.js";
import { APART, columnsWorthNaming } from "./labels.js";
import { clamp } from "./numbers.js";
import { circle, curve, inShades, line, SHADES } from "./pens.js";
import { FULL } from "./weights.js";

const MOST_ARCS = 900;

export const arcsView = {
  name: "arcs",
  title: "Arcs",
  letter: "a",

  place({ scene }, width) {
    const count = scene.tokens.length;
    const columns = placeColumns(scene, count, width, 14);
    const rise = clamp(columns.step * count * 0.42, 120, 420);
    const base = rise + 16;
    return { columns, count, rise, base, width, height: base + columns.room + 32 };
  },

  draw(pen, now, place) {
    const { attention, layer, head, shown, palette } = now;
    const { columns, base } = place;
    drawArcs(pen, now, place);
    if (shown >= 0) {
      attention.row(layer, head, shown).forEach((value, key) => {
        if (value < FULL / 100) return;
        const weight = value / FULL;
        const style = {
          stroke: palette.accent,
          thick: 1 + 6 * weight,
          alpha: 0.35 + 0.65 * weight,
        };
        pen.path(arc(place, shown, key), style);
      });
    }
    const [start, end] = [columnX(columns, -0.5), columnX(columns, columns.count - 0.5)];
    pen.path(line(start, base, end, base), { stroke: palette.rule });
    if (shown >= 0) pen.path(circle(columnX(columns, shown), base, 4), { fill: palette.choice });
    nameTokens(pen, now, columns, base, columnsWorthNaming(now, APART / columns.step));
    const words = shown < 0 ? "every arc of this head, from a token back to what it looks at" : "";
    pen.text(words, columns.left, place.height - 10, { fill: palette.quiet, size: 11 });
  },

  at(now, { columns }, x) {
    const query = tokenAt(columns, x);
    return query === null ? null : { query };
  },

  tell: () => "",
};

/** The arcs of all queries; pale where one query is shown, since that one is what matters. */
function drawArcs(pen, now, place) {
  const { shown, palette } = now;
  const arcs = strongArcs(now).filter(([query]) => query !== shown);
  const pale = clamp(40 / arcs.length, 0.05, 0.16);
  const [stroke, dim] = shown < 0 ? [palette.accent, 0.85] : [palette.quiet, pale];
  inShades(arcs, ([, , weight]) => weight).forEach((alike, shade) => {
    const weight = (shade + 0.5) / SHADES;
    const style = { stroke, thick: 0.4 + 2.4 * weight, alpha: dim * weight ** 0.7 };
    if (alike.length) pen.path(alike.map(([query, key]) => arc(place, query, key)).join(""), style);
  });
}

/** All arcs of a head of some weight, at most so many: [query, key, weight]. */
function strongArcs({ attention, layer, head }) {
  const arcs = [];
  for (let query = 0; query < attention.count; query++) {
    attention.row(layer, head, query).forEach((value, key) => {
      if (value > FULL * 0.04) arcs.push([query, key, value / FULL]);
    });
  }
  return arcs.length <= MOST_ARCS ? arcs : arcs.sort((a, b) => b[2] - a[2]).slice(0, MOST_ARCS);
}

/** From a query to a key, higher the farther apart they are; a loop from a token to itself. */
function arc({ columns, count, rise, base }, query, key) {
  const [from, to] = [columnX(columns, query), columnX(columns, key)];
  if (query === key) {
    const side = clamp(columns.step * 0.3, 2, 9);
    const [left, right, high] = [from - side, from + side, base - 26];
    return curve(right, base, right + side, high, left - side, high, left, base);
  }
  const high = ((query - key) / count) ** 0.62 * rise * 1.32;
  return curve(from, base, from, base - high, to, base - high, to, base);
}
