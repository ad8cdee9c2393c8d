// Elements of the page, and what is said about a text.

/** An element with properties, attributes (as `aria-label` or `role`) and children. */
export function make(tag, properties = {}, attributes = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Show a text in its language, so that fonts and screen readers take the right one. */
export function write(element, text) {
  element.textContent = text;
  element.lang = /[\u3400-\u9fff]/.test(text) ? "zh" : "en";
}

const ENDINGS = { length: "cut off at the most tokens", stopped: "stopped" };

/** How an answer ended, in words; a whole one needs none. */
export function ending(answer) {
  if (answer.ending === "stop") return answer.text ? "" : "said nothing";
  return answer.ending === "error" ? answer.error : (ENDINGS[answer.ending] ?? "");
}
