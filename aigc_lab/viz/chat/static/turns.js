// The conversation: finished turns, the one that is being answered, and one that is on its way.

import { make, write, ending } from "./parts.js";

const NEAR = 40; // pixels from the end within which the log follows what is written

function bubble(kind, who) {
  const text = make("div", { className: "ct-text" });
  const note = make("div", { className: "ct-note" });
  const name = make("div", { className: "ct-who", textContent: who });
  const element = make("div", { className: `ct-bubble ${kind}` }, {}, name, text, note);
  return { element, text, note };
}

/** One question and its answers, which can be shown again and again as they grow. */
function turn(question, names) {
  const asked = bubble("ct-you", "You");
  write(asked.text, question);
  const answers = names.map((name) => bubble("ct-answer", name));
  const side = make("div", { className: "ct-answers" }, {}, ...answers.map((one) => one.element));
  const element = make("div", { className: "ct-turn" }, {}, asked.element, side);
  const show = (said) => {
    said.forEach((answer, place) => {
      const { element: box, text, note } = answers[place];
      if (text.textContent !== answer.text) write(text, answer.text);
      note.textContent = ending(answer);
      box.classList.toggle("ct-writing", answer.ending === "");
      box.classList.toggle("ct-failed", answer.ending === "error");
    });
  };
  return { element, show, wait: (words) => (asked.note.textContent = words) };
}

/** The log of the conversation. */
export function log(model) {
  const empty = make("p", { className: "ct-empty", textContent: "Ask something below." });
  const finished = make("div", {});
  const current = make("div", {});
  const element = make(
    "div",
    { className: "ct-log", tabIndex: 0 },
    { role: "log", "aria-label": "conversation", "aria-live": "off" },
    empty,
    finished,
    current,
  );
  let writing = null; // the turn in `current`, and whose it is
  let pending = null; // a question that Python has not taken up yet

  function following(draw) {
    const end = element.scrollHeight - element.scrollTop - element.clientHeight;
    draw();
    empty.hidden = finished.childElementCount + current.childElementCount > 0;
    if (end < NEAR) element.scrollTop = element.scrollHeight;
  }

  function showTurns() {
    const names = model.get("names");
    following(() => {
      finished.replaceChildren(
        ...model.get("turns").map((each) => {
          const shown = turn(each.question, names);
          shown.show(each.answers);
          return shown.element;
        }),
      );
    });
    showNow();
  }

  function showNow() {
    const now = model.get("now");
    const running = "place" in now && now.place >= model.get("turns").length;
    element.setAttribute("aria-busy", String(running));
    following(() => {
      if (!running) writing = null;
      else if (writing?.asker !== now.asker || writing.place !== now.place) {
        writing = { ...turn(now.question, model.get("names")), ...now };
      }
      writing?.show(now.answers);
      const shown = [writing, pending].filter(Boolean).map((each) => each.element);
      if (shown.some((each, place) => current.children[place] !== each) || !shown.length)
        current.replaceChildren(...shown);
    });
  }

  return {
    element,
    showTurns,
    showNow,
    /** Show a question that was sent; its `wait` can say what it waits for. */
    expect(question) {
      pending = turn(question, []);
      pending.element.classList.add("ct-pending");
      showNow();
      element.scrollTop = element.scrollHeight;
      return pending;
    },
    arrived() {
      pending = null;
      showNow();
    },
  };
}
