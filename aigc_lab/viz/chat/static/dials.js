// The system message and the temperature, which hold from the next question on.

import { make } from "./parts.js";

/** A control whose value goes to Python, and comes back late: what is newer here stays. */
function follower(model, name, control, read, show) {
  let sent = null;
  return {
    send() {
      const value = read(control);
      if (value === (sent ?? model.get(name))) return;
      sent = value;
      model.send({ kind: "set", name, value });
    },
    follow() {
      const value = model.get(name);
      if (sent !== null && value !== sent) return; // an answer to an older move
      sent = null;
      if (read(control) !== value) control.value = value;
      show?.(value);
    },
  };
}

/** A folded field for the system message; a mark says whether there is one. */
export function systemMessage(model) {
  const field = make(
    "textarea",
    { className: "ct-field", rows: 2, placeholder: "none" },
    { "aria-label": "system message" },
  );
  const summary = make("summary", { textContent: "System message" });
  const element = make("details", { className: "ct-system" }, {}, summary, field);
  const mark = (value) => (summary.textContent = `System message${value ? " ✓" : ""}`);
  const part = follower(model, "system", field, (one) => one.value, mark);
  field.addEventListener("change", part.send);
  return { element, ...part };
}

/** A slider from the most likely token, always, to the wildest draw that the API allows. */
export function temperature(model) {
  const slider = make("input", { className: "ct-slider", type: "range", min: 0, max: 2, step: 0.1 });
  const value = make("span", { className: "ct-value" }, { "aria-hidden": "true" });
  const element = make("label", { className: "ct-dial" }, {}, "temperature", slider, value);
  const write = (degrees) => (value.textContent = Number(degrees).toFixed(1));
  const part = follower(model, "temperature", slider, (one) => Number(one.value), write);
  slider.addEventListener("input", () => {
    write(slider.value);
    part.send();
  });
  return { element, ...part };
}
