// Elements of the page, made with their properties.

/** An element with properties and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { aria = {}, role, ...rest } = properties;
  Object.assign(element, rest);
  if (role) element.setAttribute("role", role);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

export const title = (...words) => make("h4", {}, ...words);
export const note = (...words) => make("p", {}, ...words);
export const strong = (words) => make("b", { textContent: words });
export const marked = (words) => make("span", { textContent: words });

let explorers = 0; // radio buttons of one choice share a name that no other explorer has

/** Radio buttons side by side. */
export function choice(label, options, pick, extra = "") {
  const name = `aigc-explorer-${++explorers}`;
  const buttons = options.map(([value, words]) => {
    const input = make("input", { type: "radio", name, value });
    input.addEventListener("change", () => pick(value));
    return make("label", {}, input, words);
  });
  const element = make(
    "div",
    { className: `ax-choice ${extra}`, aria: { label }, role: "radiogroup" },
    ...buttons,
  );
  const show = (value) => {
    for (const input of element.querySelectorAll("input"))
      input.checked = input.value === String(value);
  };
  return { element, show };
}
