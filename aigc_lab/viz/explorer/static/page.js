// What a notebook gives the explorer, for a page that is opened from disk: a model that holds its
// values, and the weights, which stand packed in the page.

class PageModel {
  constructor(values) {
    this.values = values;
    this.listeners = new Map(); // the name of an event -> its callbacks
  }

  get(name) {
    return this.values[name];
  }

  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    this.emit(`change:${name}`);
    this.emit("change");
  }

  save_changes() {} // no Python listens

  send() {}

  on(names, callback) {
    for (const name of names.split(" ")) {
      this.listeners.set(name, [...(this.listeners.get(name) ?? []), callback]);
    }
  }

  off(names, callback) {
    for (const name of names ? names.split(" ") : [...this.listeners.keys()]) {
      const kept = (this.listeners.get(name) ?? []).filter((one) => callback && one !== callback);
      this.listeners.set(name, kept);
    }
  }

  emit(name) {
    for (const callback of this.listeners.get(name) ?? []) callback();
  }
}

async function unpack(base64) {
  const letters = atob(base64);
  const packed = new Uint8Array(letters.length);
  for (let at = 0; at < packed.length; at += 1) packed[at] = letters.charCodeAt(at);
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new DataView(await new Response(stream).arrayBuffer());
}

function content(id) {
  return document.getElementById(id).textContent;
}

globalThis.openExplorer = async (explorer) => {
  const el = document.getElementById("explorer");
  try {
    const values = JSON.parse(content("values"));
    values.weights = await unpack(content("weights"));
    const model = new PageModel(values);
    const follow = () => {
      const theme = model.get("theme");
      document.documentElement.style.colorScheme = theme === "auto" ? "light dark" : theme;
    };
    model.on("change:theme", follow);
    follow();
    await explorer.render({ model, el });
  } catch (error) {
    el.innerHTML = document.querySelector("noscript").textContent;
    throw error;
  }
};
