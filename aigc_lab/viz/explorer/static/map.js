// The view "map": every query's row of weights.

import { weightColour } from "./colours.js";
import { APART, columnsWorthNaming, nameColumn, NAMED_CELL, topKeys } from "./labels.js";
import { fitted, LABEL, labelRoom, longestLabel } from "./letters.js";
import { clamp, range, short } from "./numbers.js";
import { line } from "./pens.js";
import { mapPicture } from "./heat.js";
import { drawScale, MAP_LEGEND } from "./scale.js";
import { FULL } from "./weights.js";

const MAP_SIDE = 680;
const MAP_CELL = 60;

export const mapView = {
  name: "map",
  title: "Map",
  letter: "m",

  place({ scene }, width) {
    const count = scene.tokens.length;
    const room = labelRoom(scene) + 12;
    let cell = Math.min(Math.min(width - room - 4, MAP_SIDE) / count, MAP_CELL);
    if (cell > 4) cell = Math.floor(cell);
    const side = cell * count;
    const flat = longestLabel(scene) < cell - 3;
    const top = flat ? 22 : room;
    return { left: room, top, cell, side, room, width, height: top + side + MAP_LEGEND };
  },

  draw(pen, now, place) {
    const { left, top, side, cell } = place;
    const { palette } = now;
    pen.rect(left, top, side, side, { fill: palette.masked });
    pen.path(hatching(left, top, side), { stroke: palette.hatch });
    const picture = mapPicture(now.attention, now.layer, now.head, now.attention.count, palette);
    pen.picture(picture, left, top, side, side);
    if (cell >= 34) writeWeights(pen, now, place);
    nameRows(pen, now, place);
    nameColumns(pen, now, place);
    markCells(pen, now, place);
    drawScale(pen, palette, left, top + side + 16, side);
  },

  at({ scene }, { left, top, cell, side }, x, y) {
    const [query, key] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
    const count = scene.tokens.length;
    if (y < top || y >= top + side || x >= left + side || query >= count) return null;
    return x < left ? { query } : { query, key };
  },

  tell({ scene, attention, layer, head }, { query, key }) {
    if (key === undefined) return "";
    const words = `${scene.tokens[query]} → ${scene.tokens[key]}`;
    if (key > query) return `${words}: masked, since it comes after`;
    return `${words}: ${short(attention.weight(layer, head, query, key))}`;
  },
};

/** Slanted lines over a square. */
function hatching(left, top, side) {
  const lines = range(Math.floor((2 * side) / 8)).map((step) => {
    const [far, over] = [Math.min(8 * step, side), Math.max(0, 8 * step - side)];
    return line(left + far, top + over, left + over, top + far);
  });
  return lines.join("") || "M0 0";
}

function writeWeights(pen, { attention, layer, head, palette }, { left, top, cell }) {
  for (let query = 0; query < attention.count; query++) {
    attention.row(layer, head, query).forEach((value, key) => {
      if (value < FULL / 200) return;
      const [x, y] = [left + (key + 0.5) * cell, top + (query + 0.5) * cell];
      const words = short(value / FULL).replace(/^0/, "");
      pen.text(words, x, y, { fill: weightColour(palette, value).ink, size: 12, anchor: "middle" });
    });
  }
}

function nameRows(pen, { scene, shown, palette }, { left, top, cell, room }) {
  const size = clamp(cell - 2, 9, LABEL);
  const named = cell >= NAMED_CELL;
  const far = named ? 0 : 12 / cell; // rows that a larger label hides
  const step = 10 * Math.ceil(28 / cell / 10);
  scene.tokens.forEach((label, row) => {
    const y = top + (row + 0.5) * cell;
    if (row === shown) {
      const fill = palette.choice;
      pen.text(fitted(label, room - 8, LABEL), left - 6, y, {
        fill,
        size: named ? size : 12,
        anchor: "end",
        bold: true,
      });
    } else if (named) {
      pen.text(fitted(label, room - 8, size), left - 6, y, {
        fill: palette.ink,
        size,
        anchor: "end",
      });
    } else if (row % step === 0 && !(shown >= 0 && Math.abs(row - shown) < far)) {
      pen.text(String(row), left - 6, y, { fill: palette.quiet, size: 11, anchor: "end" });
    }
  });
}

function nameColumns(pen, now, { left, top, cell, room }) {
  const { scene, palette } = now;
  const named = cell >= NAMED_CELL;
  const columns = named ? range(scene.tokens.length) : columnsWorthNaming(now, APART / cell);
  const size = named ? clamp(cell - 2, 9, LABEL) : 11.5;
  const keys = new Set(topKeys(now, 3));
  for (const key of columns) {
    const fill = keys.has(key) ? palette.choice : palette.ink;
    const place = { x: left + (key + 0.5) * cell, y: top, above: true, room, step: cell };
    nameColumn(pen, scene.tokens[key], place, { fill, size });
  }
}

function markCells(pen, { shown, target, palette }, { left, top, cell }) {
  const thick = cell < 6 ? 1.25 : 2;
  if (shown >= 0) {
    const y = top + shown * cell;
    pen.rect(left - 1, y - 1, (shown + 1) * cell + 2, cell + 2, { stroke: palette.choice, thick });
  }
  if (target?.key >= 0) {
    const height = Math.max(0, target.query - target.key) * cell;
    const x = left + (target.key + 0.5) * cell;
    const y = top + (target.key + 0.5) * cell;
    pen.path(line(x, y, x, y + height), { stroke: palette.choice, thick: 1, dash: [3, 3] });
  }
}
