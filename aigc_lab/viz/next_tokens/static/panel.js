// A prompt, two dials, and a column of bars for each model. Python does the reading and the
// arithmetic (columns.py); here its answer is drawn and the reader's moves are sent back.

const PAUSE = 150; // milliseconds without a key before a typed prompt is sent

function make(kind, className, text = "") {
  const element = document.createElement(kind);
  element.className = className;
  element.textContent = text;
  return element;
}

function percent(probability) {
  return probability >= 0.0995 || probability === 0
    ? `${Math.round(100 * probability)}%`
    : `${(100 * probability).toPrecision(probability < 0.001 ? 1 : 2)}%`;
}

function set(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

// A labelled text field whose text is sent when the typing pauses. Answers may come late, so what
// is being typed is never replaced by what was sent before.
function promptField(model) {
  const label = make("label", "nt-prompt", "prompt");
  const field = make("input", "nt-field");
  field.type = "text";
  field.spellcheck = false;
  let waiting = null;
  const send = () => {
    clearTimeout(waiting);
    waiting = null;
    set(model, "prompt", field.value);
  };
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(send, PAUSE);
  });
  // Notebook shortcuts must not see what is typed.
  field.addEventListener("keydown", (event) => event.stopPropagation());
  label.append(field);
  const follow = () => {
    if (waiting === null) field.value = model.get("prompt");
  };
  const add = (text) => {
    field.value += text;
    send();
  };
  return { element: label, follow, add, stop: () => clearTimeout(waiting) };
}

function dial(model, name, title, low, high) {
  const label = make("label", "nt-dial", title);
  const slider = make("input", "nt-slider");
  Object.assign(slider, { type: "range", min: low, max: high, step: 0.05 });
  const value = make("output", "nt-value");
  slider.addEventListener("input", () => set(model, name, Number(slider.value)));
  label.append(slider, value);
  const follow = () => {
    slider.value = model.get(name);
    value.textContent = Number(model.get(name)).toFixed(2);
  };
  return { element: label, follow };
}

// One candidate: its token, a pale bar as the model gives it, a full one after the dials.
function row(bar, longest, add) {
  const line = make("button", bar.now > 0 ? "nt-row" : "nt-row nt-cut");
  line.type = "button";
  line.disabled = bar.text === null;
  const change = `${percent(bar.plain)} as the model gives it, ${percent(bar.now)} now`;
  line.title = line.disabled ? `${change}; no text of its own` : `${change}; click to add it`;
  line.setAttribute("aria-label", `${bar.label}: ${line.title}`);
  const track = make("span", "nt-track");
  for (const [kind, share] of [["nt-plain", bar.plain], ["nt-now", bar.now]]) {
    const drawn = make("span", kind);
    drawn.style.width = `${(100 * share) / longest}%`;
    track.append(drawn);
  }
  const now = make("span", "nt-percent", bar.now > 0 ? percent(bar.now) : "cut");
  line.append(make("span", "nt-token", bar.label), track, now);
  line.addEventListener("click", () => add(bar.text));
  return line;
}

function column(data, longest, add) {
  const box = make("section", "nt-column");
  box.setAttribute("aria-label", `next tokens of ${data.name}`);
  box.append(make("h4", "nt-name", data.name));
  if (data.note) box.append(make("p", "nt-note", data.note));
  for (const bar of data.bars) box.append(row(bar, longest, add));
  if (data.bars.length) {
    const total = data.bars.length + data.others;
    const kept = `${data.kept.toLocaleString("en")} of ${total.toLocaleString("en")}`;
    box.append(make("p", "nt-foot", `can be drawn: ${kept} tokens`));
  }
  return box;
}

function render({ model, el }) {
  const root = make("div", "nt-panel");
  const prompt = promptField(model);
  const controls = {
    prompt,
    temperature: dial(model, "temperature", "temperature", 0, 2),
    top_p: dial(model, "top_p", "top-p", 0.05, 1),
  };
  const columns = make("div", "nt-columns");
  root.append(...Object.values(controls).map((control) => control.element), columns);
  el.append(root);

  function draw() {
    const all = model.get("columns");
    const shares = all.flatMap((each) => each.bars.flatMap((bar) => [bar.plain, bar.now]));
    const longest = Math.max(...shares, 1e-9);
    const active = root.contains(document.activeElement) ? focused(columns) : null;
    columns.replaceChildren(...all.map((each) => column(each, longest, prompt.add)));
    if (active) columns.children[active[0]]?.querySelectorAll("button")[active[1]]?.focus();
  }
  const listeners = { columns: draw };
  for (const [name, control] of Object.entries(controls)) listeners[name] = control.follow;
  for (const [name, listener] of Object.entries(listeners)) {
    model.on(`change:${name}`, listener);
    listener();
  }
  return () => {
    prompt.stop();
    for (const name in listeners) model.off(`change:${name}`, listeners[name]);
  };
}

// Which button of which column has the keyboard, so that a redraw does not take it away.
function focused(columns) {
  const boxes = [...columns.children];
  const place = boxes.findIndex((box) => box.contains(document.activeElement));
  if (place < 0) return null;
  return [place, [...boxes[place].querySelectorAll("button")].indexOf(document.activeElement)];
}

export default { render };
