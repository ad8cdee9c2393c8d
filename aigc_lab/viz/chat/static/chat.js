// A chat. Python remembers, asks and stops (talk.py); here its conversation is shown and the
// reader's words are sent. Messages go to Python, and traits come back.

import { composer } from "./composer.js";
import { systemMessage, temperature } from "./dials.js";
import { make, ending } from "./parts.js";
import { log } from "./turns.js";

const PATIENCE = 2500; // milliseconds after which what was sent and not heard says so
const UNHEARD = "Python has not heard this yet: a cell is running, or its kernel has ended.";

/** What a screen reader is told of a finished turn: whole answers, not their pieces. */
function told(turn, names) {
  return turn.answers
    .map((answer, place) => [`${names[place]}: ${answer.text}`, ending(answer)])
    .map((parts) => parts.filter(Boolean).join(", "))
    .join("\n");
}

/** Which speakers no longer read the beginning of the conversation. */
function left(model) {
  const names = model.get("names");
  return model
    .get("forgotten")
    .map((count, place) => [count, names[place]])
    .filter(([count]) => count > 0)
    .map(([count, name]) => `${name} no longer reads ${count === 1 ? "turn 1" : `turns 1 to ${count}`}`)
    .join(", ");
}

function render({ model, el }) {
  const mine = `${Date.now()}-${Math.random()}`; // this view, among others of the same chat
  let count = 0;
  let waiting = null; // the question that was sent and not taken up yet
  let stopping = null; // the timer of a stop that was sent
  const back = new Set(); // questions that were given back to the field
  const live = make("div", { className: "ct-live" }, { role: "status", "aria-live": "polite" });
  const trouble = make("p", { className: "ct-trouble" }, { role: "alert" });
  const memory = make("p", { className: "ct-memory" });
  const dials = [systemMessage(model), temperature(model)];
  const conversation = log(model);
  const ask = composer(send, stop);

  const reset = make("button", { className: "ct-reset", type: "button", textContent: "Reset" });
  reset.title = "Forget the conversation and begin anew";
  reset.addEventListener("click", () => {
    takeBack();
    model.send({ kind: "reset" });
  });
  const top = make("div", { className: "ct-top" }, {}, ...dials.map((dial) => dial.element), reset);
  const root = make("section", { className: "ct-panel" }, { "aria-label": "chat" });
  root.dataset.lmSuppressShortcuts = "true"; // keys typed here are no commands of the notebook
  for (const kind of ["keydown", "keypress", "keyup"])
    root.addEventListener(kind, (event) => event.stopPropagation());
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") ask.end();
  });
  root.append(top, conversation.element, memory, trouble, ask.element, live);
  el.append(root);

  function send(question) {
    const asker = `${mine}-${++count}`;
    const shown = conversation.expect(question);
    const timer = setTimeout(() => {
      waiting.late = true;
      shown.wait(UNHEARD);
    }, PATIENCE);
    waiting = { asker, question, timer, late: false };
    tellTrouble("");
    model.send({ kind: "ask", question, asker });
    showBusy();
  }
  function stop() {
    model.send({ kind: "stop", asker: waiting?.asker ?? model.get("now").asker });
    takeBack();
    clearTimeout(stopping);
    stopping = setTimeout(() => tellTrouble(UNHEARD), PATIENCE);
  }
  function tellTrouble(line) {
    clearTimeout(stopping);
    if (trouble.textContent !== line) trouble.textContent = line;
  }
  function arrive() {
    clearTimeout(waiting?.timer);
    waiting = null;
    conversation.arrived();
    showBusy();
  }
  // Python may take up and give back late, or never, what nobody waits for any more.
  function takeBack() {
    if (!waiting?.late) return;
    back.add(waiting.asker);
    ask.giveBack(waiting.question);
    arrive();
  }
  function showBusy() {
    ask.setBusy(waiting !== null || "place" in model.get("now"));
  }

  let known = model.get("turns").length; // turns that need not be told any more
  const listeners = {
    turns() {
      const turns = model.get("turns");
      conversation.showTurns();
      if (turns.length > known) live.textContent = told(turns.at(-1), model.get("names"));
      if (turns.length < known) live.textContent = "The conversation begins anew.";
      known = turns.length;
    },
    now() {
      const now = model.get("now");
      if (waiting && now.asker === waiting.asker) arrive();
      if (!("place" in now)) tellTrouble(model.get("returned").line ?? ""); // nothing to stop now
      conversation.showNow();
      showBusy();
    },
    returned() {
      const { asker, line = "", question } = model.get("returned");
      tellTrouble(line);
      if (waiting && asker === waiting.asker) arrive();
      if (asker?.startsWith(mine) && !back.has(asker)) ask.giveBack(question);
      back.add(asker);
    },
    forgotten() {
      memory.textContent = left(model);
    },
    system: dials[0].follow,
    temperature: dials[1].follow,
  };
  for (const [name, listener] of Object.entries(listeners)) {
    model.on(`change:${name}`, listener);
    listener();
  }
  return () => {
    clearTimeout(waiting?.timer);
    clearTimeout(stopping);
    for (const name in listeners) model.off(`change:${name}`, listeners[name]);
  };
}

export default { render };
