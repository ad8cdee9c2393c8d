// Tokens in a row below a picture, for the views "arcs" and "flow".

import { APART, nameColumn, NAMED_CELL } from "./labels.js";
import { LABEL, labelRoom, longestLabel } from "./letters.js";
import { clamp, range } from "./numbers.js";

/** Where the first tokens stand in a row below a picture, and which way their names are written. */
export function placeColumns(scene, count, width, left, right = 14) {
  const step = Math.min((width - left - right) / count, 84);
  const size = clamp(step - 2, 9, LABEL);
  const flat = longestLabel(scene) < step - 6;
  const room = flat ? 22 : labelRoom(scene) + 12;
  return { count, step, size, room, named: step >= NAMED_CELL, left: left + step / 2 };
}

export const columnX = (columns, token) => columns.left + token * columns.step;

export function nameTokens(pen, now, columns, y, important) {
  const { scene, shown, palette } = now;
  const chosen = new Set(important);
  const far = APART / columns.step;
  const close = (token) => token !== shown && Math.abs(token - shown) < far;
  const which = columns.named
    ? range(columns.count)
    : [shown, ...important.filter((token) => !close(token))].filter((token) => token >= 0);
  for (const token of new Set(which)) {
    const fill = token === shown ? palette.choice : chosen.has(token) ? palette.ink : palette.quiet;
    const style = { fill, size: columns.named ? columns.size : 11.5, bold: token === shown };
    const place = { x: columnX(columns, token), y, room: columns.room, step: columns.step };
    nameColumn(pen, scene.tokens[token], place, style);
  }
}

export function tokenAt(columns, x) {
  const token = Math.round((x - columns.left) / columns.step);
  return token >= 0 && token < columns.count ? token : null;
}
