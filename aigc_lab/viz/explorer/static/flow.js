// The view "flow": from the tokens through all layers to one output.

import { columnX, nameTokens, placeColumns, tokenAt } from "./columns.js";
import { APART, apart, chosenOr } from "./labels.js";
import { fitted, LONGEST_LABEL } from "./letters.js";
import { clamp, range, strongest, tenth } from "./numbers.js";
import { circle, curve, inShades, SHADES } from "./pens.js";
import { FAINTEST, flowInto } from "./rollout.js";

const FEWEST_COLUMNS = 12;

export const flowView = {
  name: "flow",
  title: "Flow",
  letter: "f",

  place({ scene, attention, query, shown }, width) {
    const count = attention.count; // what comes after the query takes no room
    const wanted = query < 0 ? count : Math.max(query, shown, FEWEST_COLUMNS - 1) + 1;
    const columns = placeColumns(scene, Math.min(wanted, count), width, 66);
    const level = clamp(440 / attention.layers, 34, 84);
    const top = 30;
    const base = top + attention.layers * level;
    return { columns, level, top, base, width, height: base + columns.room + 48 };
  },

  draw(pen, now, place) {
    const { attention, palette } = now;
    const { columns, level, base } = place;
    const query = flowQuery(now);
    const { levels, edges } = flowInto(attention, query);
    const top = base - attention.layers * level;
    nameLayers(pen, now, place);
    for (const [stays, stroke] of [
      [true, palette.quiet],
      [false, palette.accent],
    ]) {
      const drawn = edges.filter((edge) => edge.stays === stays);
      drawFlow(pen, place, drawn, stroke);
    }
    levels.forEach((parts, height) => drawNodes(pen, now, place, parts, base - height * level));
    pen.path(circle(columnX(columns, query), top, 6), { fill: palette.choice });
    const sources = strongest(levels[0], 10).filter((token) => levels[0][token] > 0.02);
    nameTokens(
      pen,
      { ...now, shown: query },
      columns,
      base + 4,
      apart(sources, APART / columns.step),
    );
    const words = { fill: palette.quiet, size: 11 };
    const end = fitted(now.scene.tokens[query], LONGEST_LABEL, words.size);
    const what = `Where the output at ${end} comes from, as rollout estimates it:`;
    const how = "half stays in each layer, heads bring half (blue: from elsewhere).";
    pen.text(what, 2, place.height - 24, words);
    pen.text(how, 2, place.height - 9, words);
  },

  at({ attention }, { columns, level, base }, x, y) {
    const query = tokenAt(columns, x);
    if (query === null) return null;
    const layer = Math.floor((base - y) / level);
    return layer >= 0 && layer < attention.layers ? { query, layer } : { query };
  },

  tell: () => "",
};

/** The layers' names, and the chosen one on a ground of its own. */
function nameLayers(pen, { attention, layer, palette }, { columns, level, base }) {
  const [start, end] = [columns.left - 8, columnX(columns, columns.count - 1) + 8];
  pen.rect(start, base - (layer + 1) * level, end - start, level, { fill: palette.raised });
  for (const row of range(attention.layers)) {
    const y = base - (row + 0.5) * level;
    pen.text(`layer ${row}`, start - 6, y, { ...chosenOr(row === layer, palette), anchor: "end" });
  }
}

const flowQuery = ({ shown, attention }) => (shown < 0 ? attention.count - 1 : shown);

/** The edges between layers, thicker for more; those of a like part in one path. */
function drawFlow(pen, { columns, level, base }, edges, stroke) {
  inShades(edges, ({ part }) => Math.sqrt(part)).forEach((alike, shade) => {
    const share = (shade + 0.5) / SHADES; // the root of the part
    const style = { stroke, thick: 0.5 + 11 * share ** 2, alpha: 0.2 + 0.7 * share };
    const lines = alike.map(({ layer, from, to }) => {
      const [x0, x1, y0] = [
        columnX(columns, from),
        columnX(columns, to),
        base - (layer + 1) * level,
      ];
      return curve(x0, y0, x0, y0 + level / 2, x1, y0 + level / 2, x1, y0 + level);
    });
    if (lines.length) pen.path(lines.join(""), style);
  });
}

/** What of the output stands at each place of one level. */
function drawNodes(pen, { palette }, { columns }, parts, y) {
  const dots = { full: [], empty: [] };
  for (const token of range(columns.count)) {
    const [x, part] = [columnX(columns, token), parts[token]];
    if (part > FAINTEST) dots.full.push(circle(x, y, tenth(1 + 6 * Math.sqrt(part))));
    else if (columns.step > 6) dots.empty.push(circle(x, y, 1));
  }
  if (dots.full.length) pen.path(dots.full.join(""), { fill: palette.accent });
  if (dots.empty.length) pen.path(dots.empty.join(""), { fill: palette.rule });
}
