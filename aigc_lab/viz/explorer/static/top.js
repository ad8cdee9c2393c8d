// The first line: the chosen head, the views, and the buttons that keep a picture.

import { choice, make } from "./elements.js";
import { download } from "./files.js";
import { VIEWS } from "./views.js";
import { habitWords } from "./words.js";

/** The chosen head's name and habit, the views, and the buttons that keep a picture. */
export function topPart(explorer) {
  const name = make("div", { className: "ax-name", role: "heading", aria: { level: 3 } });
  const habit = make("div", { className: "ax-habit" });
  const views = choice(
    "View",
    VIEWS.map((view) => [view.name, view.title]),
    (view) => explorer.select({ view }),
  );
  const button = (kind) => {
    const made = make("button", { type: "button", className: "ax-button", textContent: kind });
    made.title = `Download this view as ${kind}`;
    made.addEventListener("click", () => {
      if (explorer.now) download(explorer.now, kind.toLowerCase());
    });
    return made;
  };
  const buttons = make("div", { className: "ax-buttons" }, button("PNG"), button("SVG"));
  return {
    element: make(
      "div",
      { className: "ax-top" },
      make("div", { className: "ax-head" }, name, habit),
      views.element,
      buttons,
    ),
    update(now) {
      name.textContent = `Layer ${now.layer} · head ${now.head}`;
      const words = habitWords(now.attention, now.layer, now.head);
      habit.textContent = words && `on average: ${words}`;
      views.show(now.view.name);
    },
  };
}
