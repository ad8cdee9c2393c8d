// The letters that everything is written in, and how much room words take.

import { clamp } from "./numbers.js";

export const LETTERS =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC", ' +
  '"PingFang SC", "Microsoft YaHei", sans-serif';

const ruler = document.createElement("canvas").getContext("2d");

/** How many pixels words take; bold, since a chosen label is. */
export function widthOf(words, size = 12) {
  ruler.font = `650 ${size}px ${LETTERS}`;
  return ruler.measureText(words).width;
}

/** A label, shortened so that it fits. */
export function fitted(label, room, size = 12) {
  if (widthOf(label, size) <= room) return label;
  const signs = [...label];
  while (signs.length > 1 && widthOf(`${signs.join("")}…`, size) > room) signs.pop();
  return `${signs.join("")}…`;
}

export const LABEL = 12.5; // the size of a token's name, in pixels, where there is room
export const LONGEST_LABEL = 96; // pixels

/** How wide a scene's longest label is; measured once. */
export function longestLabel(scene) {
  scene.longest ??= Math.max(...scene.tokens.map((label) => widthOf(label, LABEL)));
  return scene.longest;
}

export const labelRoom = (scene) => clamp(longestLabel(scene), 24, LONGEST_LABEL);
