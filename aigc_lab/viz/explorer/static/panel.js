// Beside the picture: where the token looks, what comes next, and what the head is worth.

import { silenceWords } from "./effects.js";
import { make, marked, note, strong, title } from "./elements.js";
import { topKeys } from "./labels.js";
import { clamp, short } from "./numbers.js";
import { FULL } from "./weights.js";

const MOST_BARS = 6;

/** A list of labels with bars: rows of {label, note, part, value, came}. */
function bars(rows, colour) {
  const items = rows.map(({ label, note = "", part, value, came }) => {
    const what = make(
      "span",
      { className: "ax-what", title: label },
      label,
      " ",
      make("small", { textContent: note }),
    );
    const bar = make("span", { className: "ax-bar" });
    bar.style.setProperty("--part", clamp(part, 0, 1));
    const item = make(
      "li",
      {},
      what,
      bar,
      make("span", { className: "ax-value", textContent: value }),
    );
    item.toggleAttribute("data-came", Boolean(came));
    return item;
  });
  const list = make("ol", { className: "ax-bars" }, ...items);
  list.style.setProperty("--filled", colour);
  return list;
}

/** Where the shown token looks, with this head. */
export function lookPart() {
  const element = make("section");
  return {
    element,
    update(now) {
      const { scene, attention, layer, head, shown, palette } = now;
      if (shown < 0) {
        const how = "Point at a token, or choose one, to see where it looks.";
        return element.replaceChildren(title("Where it looks"), note(how));
      }
      const row = attention.row(layer, head, shown);
      const rows = topKeys(now, MOST_BARS).map((key) => ({
        label: scene.tokens[key],
        note: key === shown ? "itself" : String(key),
        part: row[key] / FULL,
        value: short(row[key] / FULL),
      }));
      element.replaceChildren(
        title("Where ", marked(scene.tokens[shown]), " looks"),
        bars(rows, palette.accent),
      );
    },
  };
}

/** What the model expects after the shown token. */
export function nextPart() {
  const element = make("section");
  return {
    element,
    update({ scene, shown, palette }) {
      element.hidden = shown < 0 || !scene.predictions?.[shown]?.length;
      if (element.hidden) return;
      const came = scene.tokens[shown + 1];
      const rows = scene.predictions[shown].map(([label, part]) => ({
        label,
        note: label === came ? "came" : "",
        part,
        value: short(part),
        came: label === came,
      }));
      const parts = [title("What the model expects next"), bars(rows, palette.likely)];
      const missed = came !== undefined && !rows.some((row) => row.came);
      if (missed) parts.push(note("In the text came ", strong(came), "."));
      element.replaceChildren(...parts);
    },
  };
}

/** What silencing this head does to the next token's loss. */
export function silencePart() {
  const element = make("section");
  return {
    element,
    update(now) {
      element.replaceChildren(title("Without this head"), note(...silenceWords(now)));
    },
  };
}
