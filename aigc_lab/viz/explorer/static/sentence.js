// The sentence: its tokens to point at and to choose.

import { weightColour } from "./colours.js";
import { make } from "./elements.js";

/** The sentence: each token a button, coloured by how much the shown query looks at it. */
export function sentencePart(explorer) {
  const element = make("div", {
    className: "ax-sentence",
    role: "group",
    aria: { label: "Tokens" },
  });
  let labels = [];
  let tokens = []; // their buttons
  let reached = -1; // the query that was last scrolled to
  const numberOf = (event) => tokens.indexOf(event.target.closest?.(".ax-token"));
  element.addEventListener("click", (event) => {
    const query = numberOf(event);
    if (query >= 0) explorer.select({ query: query === explorer.now.query ? -1 : query });
  });
  element.addEventListener("pointerover", (event) => {
    const query = numberOf(event);
    if (query >= 0) explorer.point({ query });
  });
  element.addEventListener("pointerleave", () => explorer.point(null));
  return {
    element,
    /** New buttons where the tokens are others; the focus stays among them. */
    follow({ scene, query }) {
      if (
        labels.length === scene.tokens.length &&
        scene.tokens.every((label, at) => label === labels[at])
      )
        return;
      const focused = element.contains(document.activeElement);
      labels = scene.tokens;
      tokens = labels.map(tokenButton);
      element.replaceChildren(...tokens);
      if (focused) tokens[Math.max(0, query)].focus({ preventScroll: true });
    },
    at: (button) => tokens.indexOf(button),
    /** Move the focus to the selected token, if it is among the tokens; with none, it stays. */
    keepFocus(query) {
      if (element.contains(document.activeElement)) tokens[query]?.focus({ preventScroll: true });
    },
    update(now) {
      const { attention, layer, head, shown, query, target, palette } = now;
      const row = shown < 0 ? [] : attention.row(layer, head, shown);
      tokens.forEach((button, token) => {
        const colour =
          token < row.length ? weightColour(palette, row[token]) : { fill: "", ink: "" };
        button.style.background = colour.fill;
        button.style.color = colour.ink;
        button.toggleAttribute("data-shown", token === shown);
        button.toggleAttribute("data-after", shown >= 0 && token > shown);
        button.toggleAttribute("data-key", token === target?.key);
        button.setAttribute("aria-pressed", token === query);
        button.tabIndex = token === Math.max(0, query) ? 0 : -1;
      });
      if (query !== reached && query >= 0)
        requestAnimationFrame(() => scrollTo(element, tokens[query]));
      reached = query;
    },
  };
}

/** Scroll a box, and nothing around it, so far that one of its children is seen. */
function scrollTo(box, child) {
  if (!child) return; // meanwhile the scene is another
  const top = child.offsetTop; // the box is positioned
  if (top < box.scrollTop) box.scrollTop = top - 4;
  const over = top + child.offsetHeight - box.clientHeight;
  if (over > box.scrollTop) box.scrollTop = over + 4;
}

/** A token's button; the sign for its leading space is pale. */
function tokenButton(label, number) {
  const space = label.startsWith("␣") && label.length > 1;
  const button = make("button", {
    type: "button",
    className: "ax-token",
    title: `token ${number}`,
  });
  if (space) button.append(make("i", { textContent: "␣" }));
  button.append(space ? label.slice(1) : label);
  return button;
}
