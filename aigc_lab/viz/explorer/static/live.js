// What a screen reader is told, and the keys that everybody is told.

import { make } from "./elements.js";
import { inWords } from "./words.js";

/** What a screen reader is told when the selection has changed. */
export function livePart() {
  const element = make("div", { className: "ax-live", role: "status", aria: { live: "polite" } });
  return {
    element,
    update(now) {
      if (now.shown !== now.query) return; // the pointer wanders; only a choice is told
      const words = inWords(now);
      if (element.textContent !== words) element.textContent = words;
    },
  };
}

export function keysPart() {
  const keys = [
    ["← →", "token"],
    ["L", "layer"],
    ["H", "head"],
    ["S", "scene"],
    ["M A G F", "view"],
    ["Esc", "no token"],
  ];
  const element = make("div", { className: "ax-keys" });
  for (const [key, does] of keys) element.append(make("kbd", { textContent: key }), ` ${does}   `);
  return { element, update() {} };
}
