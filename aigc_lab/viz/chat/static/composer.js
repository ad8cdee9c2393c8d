// Where a question is typed. Nothing that was typed is lost: what cannot be asked comes back.

import { make } from "./parts.js";

const ROWS = 6; // lines that the field grows to

/** The field and its two buttons, of which one is seen at a time. */
export function composer(send, stop) {
  const field = make(
    "textarea",
    { className: "ct-field", rows: 1, placeholder: "Ask something" },
    { "aria-label": "your question" },
  );
  const sendButton = make("button", { className: "ct-send", type: "button", textContent: "Send" });
  const stopButton = make("button", { className: "ct-stop", type: "button", textContent: "Stop" });
  const hint = make("div", {
    className: "ct-hint",
    textContent: "Enter sends, Shift+Enter begins a new line, Esc stops.",
  });
  const element = make("div", { className: "ct-ask" }, {}, field, sendButton, stopButton, hint);
  let busy = false;

  function fit() {
    field.rows = Math.min(ROWS, field.value.split("\n").length);
    sendButton.disabled = !field.value.trim();
  }
  function submit() {
    if (busy || !field.value.trim()) return;
    const question = field.value;
    field.value = "";
    fit();
    field.focus();
    send(question);
  }
  function end() {
    if (!busy) return;
    field.focus();
    stop();
  }
  field.addEventListener("input", fit);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) return; // this Enter takes a Chinese word
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    submit();
  });
  sendButton.addEventListener("click", submit);
  stopButton.addEventListener("click", end);
  fit();
  return {
    element,
    end,
    /** While an answer is being written the next question can be typed, but not sent. */
    setBusy(now) {
      busy = now;
      sendButton.hidden = now;
      stopButton.hidden = !now;
    },
    /** A question comes back, before whatever was typed since. */
    giveBack(question) {
      field.value = [question, field.value].filter(Boolean).join("\n");
      fit();
    },
  };
}
