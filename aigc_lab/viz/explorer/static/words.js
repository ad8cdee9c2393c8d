// The selection in words, and what a head does.

import { short, strongest } from "./numbers.js";
import { FULL } from "./weights.js";

/** What a scene is called; the scenes of a training run are called by their steps. */
export const sceneName = (axis, { name }) => (axis === "step" && name ? `step ${name}` : name);

/** The scene, the head and where the chosen token looks most. */
export function inWords({ axis, scene, attention, layer, head, query }) {
  const named = sceneName(axis, scene);
  const where = `${named && `${named}, `}layer ${layer}, head ${head}`;
  if (query < 0) return `${where}, no token chosen`;
  const row = attention.row(layer, head, query);
  const [key] = strongest(row, 1);
  const most = `${scene.tokens[key]}, ${short(row[key] / FULL)}`;
  return `${where}, token ${query} ${scene.tokens[query]} looks most at ${most}`;
}

/** What a head does on average, in words. */
export function habitWords(attention, layer, head) {
  if (attention.count < 2) return "";
  const { first, before, itself } = attention.habits(layer, head);
  return `first token ${short(first)} · token before ${short(before)} · itself ${short(itself)}`;
}
