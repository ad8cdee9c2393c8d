// What each key does.

import { flowView } from "./flow.js";
import { gridView } from "./grid.js";
import { clamp } from "./numbers.js";
import { VIEWS } from "./views.js";

/** What a letter changes in the selection, whatever the caps lock says; Shift goes backwards. */
export function byLetter(now, { key, shiftKey }) {
  const step = shiftKey ? -1 : 1;
  const around = (value, count) => (value + step + count) % count;
  const pressed = key.toLowerCase();
  const view = VIEWS.find(({ letter }) => letter === pressed);
  if (view) return { view: view.name };
  if (pressed === "escape") return { query: -1 };
  if (pressed === "l") return { layer: around(now.layer, now.scene.layers) };
  if (pressed === "h") return { head: around(now.head, now.scene.heads) };
  if (pressed === "s") return { scene: around(now.sceneNumber, now.scenes.length) };
  return null;
}

/** What an arrow changes: a head where heads are shown, a layer of the flow, or else the token. */
export function byArrow({ now, heads, picture, sentence }, { key, target }) {
  if (target.tagName === "INPUT") return null; // a slider or a choice has arrows of its own
  const across = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  const down = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
  const onPicture = target === picture.canvas;
  if (target === heads.canvas || (onPicture && now.view === gridView)) {
    if (key === "Enter") return { view: "map" };
    return across || down ? { head: now.head + across, layer: now.layer + down } : null;
  }
  if (onPicture && now.view === flowView && down) return { layer: now.layer - down };
  const last = now.scene.tokens.length - 1;
  if (key === "Home") return { query: 0 };
  if (key === "End") return { query: last };
  const from = now.query < 0 ? sentence.at(target) : now.query; // where the focus is, or no token
  if (across || down) return { query: clamp(from + across + down, 0, last) };
  return null;
}
