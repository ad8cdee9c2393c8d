// The attention explorer: one ES module without dependencies, in anywidget's form.
//
// render({ model, el }) builds the explorer inside `el` and returns a function that takes it away.
// `model` has get, set, save_changes, on and off. What it holds:
//   meta     {axis, scenes: [{name, tokens, start, layers, heads, predictions, effects, numbers}]}
//   weights  bytes: for each scene, layer, head and query q its q+1 weights, as uint16 = 65535 w
//   view, scene, layer, head, query (-1: none), theme   the selection, which both sides may change
//
// How it is built: `describe` gathers everything that is to be seen into one frozen object, `now`.
// Each part of the page is a function that returns {element, update(now)}. Each view is an object
// that places itself in a width, draws itself with a pen (a canvas on screen, or the text of an SVG
// file) and tells what lies under a point.
//
// After each drawing `el.dataset.drawnMs` tells how long it took, from the asking to the next frame.
//
// Letters as in the course: L layers, H heads, T tokens; a row of a map is a query, a column a key.

const FULL = 65535; // the whole number that stands for a weight of 1
const LETTERS =
  'system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Noto Sans SC", ' +
  '"PingFang SC", "Microsoft YaHei", sans-serif';
const SELECTION = ["view", "scene", "layer", "head", "query", "theme"];
const MOST_BARS = 6;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const range = (count) => Array.from({ length: count }, (_, place) => place);
const short = (weight) => (weight > 0 && weight < 0.005 ? "<.01" : weight.toFixed(2));
const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

// --- what arrives: weights and scenes ------------------------------------------------------------

/** The attention weights of one scene, read where they lie. */
class Attention {
  constructor(bytes, { start, layers, heads, tokens }) {
    this.layers = layers;
    this.heads = heads;
    this.count = tokens.length; // T
    this.size = (this.count * (this.count + 1)) / 2; // of one head: 1 + 2 + … + T weights
    const length = layers * heads * this.size;
    this.values = wholeNumbers(bytes, start, length);
    this.means = new Map();
    this.thumbs = new Map(); // small pictures of the heads, in the colours of one theme
  }

  /** All rows of a head, one after the other: row q begins at q (q + 1) / 2. */
  triangle(layer, head) {
    const start = (layer * this.heads + head) * this.size;
    return this.values.subarray(start, start + this.size);
  }

  /** Where one query looks: q + 1 whole numbers. */
  row(layer, head, query) {
    const start = (query * (query + 1)) / 2;
    return this.triangle(layer, head).subarray(start, start + query + 1);
  }

  weight(layer, head, query, key) {
    return this.row(layer, head, query)[key] / FULL;
  }

  /** The mean over a layer's heads, laid out like one triangle; computed once. */
  mean(layer) {
    if (!this.means.has(layer)) {
      const mean = new Float32Array(this.size);
      for (let head = 0; head < this.heads; head++) {
        const triangle = this.triangle(layer, head);
        for (let place = 0; place < this.size; place++) mean[place] += triangle[place];
      }
      const all = this.heads * FULL;
      this.means.set(
        layer,
        mean.map((sum) => sum / all),
      );
    }
    return this.means.get(layer);
  }

  /** Mean weights on the first token, on the token before and on the query itself. */
  habits(layer, head) {
    const sums = { first: 0, before: 0, itself: 0 };
    for (let query = 1; query < this.count; query++) {
      const row = this.row(layer, head, query);
      sums.first += row[0];
      sums.before += row[query - 1];
      sums.itself += row[query];
    }
    const all = Math.max(1, this.count - 1) * FULL;
    return { first: sums.first / all, before: sums.before / all, itself: sums.itself / all };
  }
}

/** A part of the bytes as uint16, copied only where it begins at an odd place. */
function wholeNumbers(bytes, start, length) {
  const begin = bytes.byteOffset + start; // every browser's processor is little-endian, like these
  if (begin % 2 === 0) return new Uint16Array(bytes.buffer, begin, length);
  return new Uint16Array(bytes.buffer.slice(begin, begin + 2 * length));
}

/** Bytes, whether they came as a buffer or as a view of one. */
function asBytes(value) {
  if (ArrayBuffer.isView(value))
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return new Uint8Array(value ?? 0);
}

/** The scenes with their weights; none while the bytes of some have not arrived. */
function readScenes(model) {
  const bytes = asBytes(model.get("weights"));
  const told = model.get("meta")?.scenes ?? [];
  const needed = ({ start, layers, heads, tokens }) =>
    start + layers * heads * tokens.length * (tokens.length + 1);
  if (told.some((scene) => needed(scene) > bytes.byteLength)) return [];
  return told.map((scene) => ({ ...scene, attention: new Attention(bytes, scene) }));
}

/** The numbers of the largest values, largest first. */
function strongest(values, count) {
  return range(values.length)
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, count);
}

const FAINTEST = 0.004; // smaller parts are not drawn

/**
 * Where a query's output comes from, layer by layer down to the tokens: attention rollout.
 *
 * In each layer half of what stands at a place stays there (the residual stream), and half is
 * spread as the layer's heads look, on average. Returns levels: L + 1 arrays of T parts that sum
 * to 1, the tokens first; and edges {layer, from, to, part, stays} worth drawing, those that stay
 * apart from those that heads carry.
 */
function flowInto(attention, query) {
  const levels = range(attention.layers + 1).map(() => new Float64Array(attention.count));
  const edges = [];
  levels[attention.layers][query] = 1;
  for (let layer = attention.layers - 1; layer >= 0; layer--) {
    const mean = attention.mean(layer);
    levels[layer + 1].forEach((mass, from) => {
      if (mass < 1e-4) return;
      const start = (from * (from + 1)) / 2;
      for (let to = 0; to <= from; to++) {
        const part = (mass * mean[start + to]) / 2;
        levels[layer][to] += part;
        if (part > FAINTEST && to < from) edges.push({ layer, from, to, part, stays: false });
      }
      const part = (mass * (1 + mean[start + from])) / 2;
      levels[layer][from] += mass / 2;
      if (part > FAINTEST) edges.push({ layer, from, to: from, part, stays: true });
    });
  }
  return { levels, edges };
}

// --- colours -------------------------------------------------------------------------------------

/** Whether the page around us is dark, as JupyterLab, VS Code, Colab or the system say. */
function surroundingsAreDark() {
  const { body, documentElement: page } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "false";
  const code = body.dataset.vscodeThemeKind ?? body.className;
  if (/vscode-(dark|high-contrast(?!-light))/.test(code)) return true;
  if (/vscode-(light|high-contrast-light)/.test(code)) return false;
  const colab = page.getAttribute("theme");
  if (colab) return colab === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The colours of the style sheet, and the colour of each weight. */
function readPalette(root) {
  const style = getComputedStyle(root);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const names = "paper raised ink quiet rule accent choice likely masked hatch less more".split(
    " ",
  );
  const palette = Object.fromEntries(names.map((name) => [name, read(name)]));
  palette.lines = read("lines").split(/\s+/);
  palette.ramp = rampColours(read("ramp").split(/\s+/).map(channels));
  palette.name = root.dataset.theme;
  return palette;
}

const channels = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));

/** For each whole number 0 … 65535 its colour as 0xAABBGGRR, by the square root of the weight. */
function rampColours(stops) {
  return Uint32Array.from({ length: FULL + 1 }, (_, value) => {
    const at = Math.sqrt(value / FULL) * (stops.length - 1);
    const low = Math.min(Math.floor(at), stops.length - 2);
    const [red, green, blue] = stops[low].map((from, channel) =>
      Math.round(from + (at - low) * (stops[low + 1][channel] - from)),
    );
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** A weight's colour for a style sheet, and black or white, whichever is read better on it. */
function weightColour(palette, value) {
  const packed = palette.ramp[value];
  const parts = [packed & 255, (packed >> 8) & 255, (packed >> 16) & 255];
  const ink = luminance(parts) > EVEN ? "#000000" : "#ffffff";
  return { fill: `rgb(${parts.join(", ")})`, ink };
}

const EVEN = 0.179; // the luminance on which black and white have the same contrast, 4.58

/** How bright a colour is, 0 … 1, nearly as WCAG 2 has it (which bends the darkest parts less). */
function luminance(parts) {
  const [red, green, blue] = parts.map((part) => (part / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** A colour between paper and `less` or `more`: what silencing a head does, -1 … 1 of the most. */
function effectColour(palette, part) {
  const end = channels(part < 0 ? palette.less : palette.more);
  const share = Math.sqrt(Math.min(1, Math.abs(part)));
  const mixed = channels(palette.raised).map((from, place) => from + share * (end[place] - from));
  return `rgb(${mixed.map(Math.round).join(", ")})`;
}

const THUMB = 48; // pixels of a head's small picture

/** A head's small picture, kept as long as the theme stays: there are many, drawn again and again. */
function thumb(attention, layer, head, palette) {
  const { thumbs, count } = attention;
  if (thumbs.theme !== palette.name) thumbs.clear();
  thumbs.theme = palette.name;
  const key = `${layer} ${head}`;
  if (!thumbs.has(key))
    thumbs.set(key, mapPicture(attention, layer, head, Math.min(count, THUMB), palette));
  return thumbs.get(key);
}

/** A head's map as a canvas of `side` × `side` pixels, each the largest weight that falls into it. */
function mapPicture(attention, layer, head, side, palette) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const most = largest(attention.triangle(layer, head), attention.count, side);
  const pixels = new Uint32Array(image.data.buffer); // what lies after the query stays clear
  for (let row = 0; row < side; row++) {
    for (let column = 0; column <= row; column++) {
      pixels[row * side + column] = palette.ramp[most[row * side + column]];
    }
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

/** A triangle of T rows as side × side numbers: the largest of those that fall together. */
function largest(triangle, count, side) {
  const most = new Uint16Array(side * side);
  let place = 0;
  for (let query = 0; query < count; query++) {
    const row = Math.floor((query * side) / count) * side;
    for (let key = 0; key <= query; key++) {
      const pixel = row + Math.floor((key * side) / count);
      if (triangle[place] > most[pixel]) most[pixel] = triangle[place];
      place++;
    }
  }
  return most;
}

// --- pens: the same drawing on a canvas and as SVG -----------------------------------------------

class CanvasPen {
  constructor(context) {
    this.context = context;
  }

  rect(x, y, width, height, { fill, stroke, thick = 1 }) {
    if (fill) this.context.fillStyle = fill;
    if (fill) this.context.fillRect(x, y, width, height);
    if (stroke) Object.assign(this.context, { strokeStyle: stroke, lineWidth: thick });
    if (stroke) this.context.strokeRect(x, y, width, height);
  }

  /** A path of SVG commands. */
  path(commands, { stroke, fill, thick = 1, alpha = 1, dash = [] }) {
    const { context } = this;
    const path = new Path2D(commands);
    context.globalAlpha = alpha;
    context.setLineDash(dash);
    if (fill) context.fillStyle = fill;
    if (fill) context.fill(path);
    if (stroke) Object.assign(context, { strokeStyle: stroke, lineWidth: thick });
    if (stroke) context.stroke(path);
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  text(words, x, y, { fill, size = 12, anchor = "start", turn = 0, bold = false }) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.rotate((turn * Math.PI) / 180);
    context.font = `${bold ? 650 : 400} ${size}px ${LETTERS}`;
    context.textAlign = { start: "left", middle: "center", end: "right" }[anchor];
    context.textBaseline = "middle";
    context.fillStyle = fill;
    context.fillText(words, 0, 0);
    context.restore();
  }

  picture(canvas, x, y, width, height) {
    this.context.imageSmoothingEnabled = width < canvas.width;
    this.context.drawImage(canvas, x, y, width, height);
  }
}

const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (words) => String(words).replace(/[&<>"]/g, (sign) => escapes[sign]);
const tenth = (value) => Math.round(value * 10) / 10;

class SvgPen {
  constructor() {
    this.parts = [];
  }

  add(tag, attributes, content = "") {
    const written = Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(
        ([name, value]) => `${name}="${escaped(typeof value === "number" ? tenth(value) : value)}"`,
      );
    this.parts.push(`<${tag} ${written.join(" ")}>${content}</${tag}>`);
  }

  rect(x, y, width, height, { fill = "none", stroke, thick = 1 }) {
    this.add("rect", { x, y, width, height, fill, stroke, "stroke-width": stroke && thick });
  }

  path(commands, { stroke, fill = "none", thick = 1, alpha = 1, dash = [] }) {
    const lines = {
      stroke,
      "stroke-width": thick,
      "stroke-dasharray": dash.join(" ") || undefined,
    };
    this.add("path", { d: commands, fill, ...(stroke ? lines : {}), opacity: String(alpha) });
  }

  text(words, x, y, { fill, size = 12, anchor = "start", turn = 0, bold = false }) {
    this.add(
      "text",
      {
        transform: `translate(${tenth(x)} ${tenth(y)}) rotate(${turn})`,
        fill,
        "font-size": size,
        "font-weight": bold ? 650 : undefined,
        "text-anchor": anchor,
        "dominant-baseline": "central",
      },
      escaped(words),
    );
  }

  picture(canvas, x, y, width, height) {
    const style = width < canvas.width ? undefined : "image-rendering: pixelated";
    this.add("image", {
      x,
      y,
      width,
      height,
      preserveAspectRatio: "none",
      style,
      href: canvas.toDataURL(),
    });
  }

  file(width, height, paper) {
    const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
    const under = `<rect width="${width}" height="${height}" fill="${paper}"/>`;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="${escaped(LETTERS)}">`;
    return `${open}${under}${this.parts.join("\n")}</svg>`;
  }
}

const line = (x0, y0, x1, y1) => `M${tenth(x0)} ${tenth(y0)}L${tenth(x1)} ${tenth(y1)}`;
const curve = (...points) =>
  `M${points.slice(0, 2).map(tenth).join(" ")}C${points.slice(2).map(tenth).join(" ")}`;
const circle = (x, y, radius) =>
  `M${tenth(x - radius)} ${tenth(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0` +
  `a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;

const ruler = document.createElement("canvas").getContext("2d");

/** How many pixels words take; bold, since a chosen label is. */
function widthOf(words, size = 12) {
  ruler.font = `650 ${size}px ${LETTERS}`;
  return ruler.measureText(words).width;
}

/** A label, shortened so that it fits. */
function fitted(label, room, size = 12) {
  if (widthOf(label, size) <= room) return label;
  const signs = [...label];
  while (signs.length > 1 && widthOf(`${signs.join("")}…`, size) > room) signs.pop();
  return `${signs.join("")}…`;
}

const LABEL = 12.5; // the size of a token's name, in pixels, where there is room
const LONGEST_LABEL = 96; // pixels

/** How wide a scene's longest label is; measured once. */
function longestLabel(scene) {
  scene.longest ??= Math.max(...scene.tokens.map((label) => widthOf(label, LABEL)));
  return scene.longest;
}

const labelRoom = (scene) => clamp(longestLabel(scene), 24, LONGEST_LABEL);

// --- the view "map": every query's row of weights ------------------------------------------------

const MAP_SIDE = 680;
const MAP_CELL = 60;
const NAMED_CELL = 10; // below it only some tokens are named
const MAP_LEGEND = 46;
const APART = 13; // pixels between the names of tokens where only some are named

const mapView = {
  name: "map",
  title: "Map",
  letter: "m",

  place({ scene }, width) {
    const count = scene.tokens.length;
    const room = labelRoom(scene) + 12;
    let cell = Math.min(Math.min(width - room - 4, MAP_SIDE) / count, MAP_CELL);
    if (cell > 4) cell = Math.floor(cell);
    const side = cell * count;
    const flat = longestLabel(scene) < cell - 3;
    const top = flat ? 22 : room;
    return { left: room, top, cell, side, room, width, height: top + side + MAP_LEGEND };
  },

  draw(pen, now, place) {
    const { left, top, side, cell } = place;
    const { palette } = now;
    pen.rect(left, top, side, side, { fill: palette.masked });
    pen.path(hatching(left, top, side), { stroke: palette.hatch });
    const picture = mapPicture(now.attention, now.layer, now.head, now.attention.count, palette);
    pen.picture(picture, left, top, side, side);
    if (cell >= 34) writeWeights(pen, now, place);
    nameRows(pen, now, place);
    nameColumns(pen, now, place);
    markCells(pen, now, place);
    drawScale(pen, palette, left, top + side + 16, side);
  },

  at({ scene }, { left, top, cell, side }, x, y) {
    const [query, key] = [Math.floor((y - top) / cell), Math.floor((x - left) / cell)];
    const count = scene.tokens.length;
    if (y < top || y >= top + side || x >= left + side || query >= count) return null;
    return x < left ? { query } : { query, key };
  },

  tell({ scene, attention, layer, head }, { query, key }) {
    if (key === undefined) return "";
    const words = `${scene.tokens[query]} → ${scene.tokens[key]}`;
    if (key > query) return `${words}: masked, since it comes after`;
    return `${words}: ${short(attention.weight(layer, head, query, key))}`;
  },
};

/** Slanted lines over a square. */
function hatching(left, top, side) {
  const lines = range(Math.floor((2 * side) / 8)).map((step) => {
    const [far, over] = [Math.min(8 * step, side), Math.max(0, 8 * step - side)];
    return line(left + far, top + over, left + over, top + far);
  });
  return lines.join("") || "M0 0";
}

function writeWeights(pen, { attention, layer, head, palette }, { left, top, cell }) {
  for (let query = 0; query < attention.count; query++) {
    attention.row(layer, head, query).forEach((value, key) => {
      if (value < FULL / 200) return;
      const [x, y] = [left + (key + 0.5) * cell, top + (query + 0.5) * cell];
      const words = short(value / FULL).replace(/^0/, "");
      pen.text(words, x, y, { fill: weightColour(palette, value).ink, size: 12, anchor: "middle" });
    });
  }
}

function nameRows(pen, { scene, shown, palette }, { left, top, cell, room }) {
  const size = clamp(cell - 2, 9, LABEL);
  const named = cell >= NAMED_CELL;
  const far = named ? 0 : 12 / cell; // rows that a larger label hides
  const step = 10 * Math.ceil(28 / cell / 10);
  scene.tokens.forEach((label, row) => {
    const y = top + (row + 0.5) * cell;
    if (row === shown) {
      const fill = palette.choice;
      pen.text(fitted(label, room - 8, LABEL), left - 6, y, {
        fill,
        size: named ? size : 12,
        anchor: "end",
        bold: true,
      });
    } else if (named) {
      pen.text(fitted(label, room - 8, size), left - 6, y, {
        fill: palette.ink,
        size,
        anchor: "end",
      });
    } else if (row % step === 0 && !(shown >= 0 && Math.abs(row - shown) < far)) {
      pen.text(String(row), left - 6, y, { fill: palette.quiet, size: 11, anchor: "end" });
    }
  });
}

function nameColumns(pen, now, { left, top, cell, room }) {
  const { scene, palette } = now;
  const named = cell >= NAMED_CELL;
  const columns = named ? range(scene.tokens.length) : columnsWorthNaming(now, APART / cell);
  const size = named ? clamp(cell - 2, 9, LABEL) : 11.5;
  const keys = new Set(topKeys(now, 3));
  for (const key of columns) {
    const fill = keys.has(key) ? palette.choice : palette.ink;
    const place = { x: left + (key + 0.5) * cell, y: top, above: true, room, step: cell };
    nameColumn(pen, scene.tokens[key], place, { fill, size });
  }
}

/** A token's name above or below its column: upright where it fits, and else on its side. */
function nameColumn(pen, label, { x, y, above, room, step }, style) {
  if (widthOf(label, style.size) <= (step < NAMED_CELL ? APART : step)) {
    return pen.text(label, x, above ? y - 11 : y + 12, { ...style, anchor: "middle" });
  }
  const side = above ? { anchor: "start" } : { anchor: "end" };
  const words = fitted(label, room - 10, style.size);
  return pen.text(words, x, above ? y - 6 : y + 7, { ...style, ...side, turn: -90 });
}

/** The keys that the shown query looks at most; none without a query. */
function topKeys({ attention, layer, head, shown }, count) {
  return shown < 0 ? [] : strongest(attention.row(layer, head, shown), count);
}

/** The strongest keys of the shown query whose labels stay `far` tokens apart. */
const columnsWorthNaming = (now, far) => apart(topKeys(now, 12), far);

/** Those of some tokens, in their order, that stay so far from the ones before them. */
function apart(tokens, far) {
  const kept = [];
  for (const token of tokens) {
    if (kept.every((other) => Math.abs(other - token) >= far)) kept.push(token);
  }
  return kept;
}

function markCells(pen, { shown, target, palette }, { left, top, cell }) {
  const thick = cell < 6 ? 1.25 : 2;
  if (shown >= 0) {
    const y = top + shown * cell;
    pen.rect(left - 1, y - 1, (shown + 1) * cell + 2, cell + 2, { stroke: palette.choice, thick });
  }
  if (target?.key >= 0) {
    const height = Math.max(0, target.query - target.key) * cell;
    const x = left + (target.key + 0.5) * cell;
    const y = top + (target.key + 0.5) * cell;
    pen.path(line(x, y, x, y + height), { stroke: palette.choice, thick: 1, dash: [3, 3] });
  }
}

/** The scale of the colours, and what the hatched cells are. */
function drawScale(pen, palette, left, y, room) {
  const length = clamp(room * 0.45, 120, 170);
  for (let step = 0; step < length; step++) {
    const value = Math.round(FULL * (step / length) ** 2);
    pen.rect(left + step, y, 1.5, 9, { fill: weightColour(palette, value).fill });
  }
  pen.rect(left, y, length, 9, { stroke: palette.rule });
  const words = { fill: palette.quiet, size: 11 };
  for (const weight of [0, 0.05, 0.2, 0.5, 1]) {
    const number = String(weight).replace(/^0\./, ".");
    pen.text(number, left + Math.sqrt(weight) * length, y + 18, { ...words, anchor: "middle" });
  }
  const x = left + length + 22;
  pen.rect(x, y, 9, 9, { fill: palette.masked });
  pen.path(line(x, y + 9, x + 9, y) + line(x, y + 4, x + 4, y), { stroke: palette.hatch });
  pen.text("masked: comes after", x + 15, y + 5, words);
}

// --- columns of tokens, for the views "arcs" and "flow" -------------------------------------------

/** Where the first tokens stand in a row below a picture, and which way their names are written. */
function placeColumns(scene, count, width, left, right = 14) {
  const step = Math.min((width - left - right) / count, 84);
  const size = clamp(step - 2, 9, LABEL);
  const flat = longestLabel(scene) < step - 6;
  const room = flat ? 22 : labelRoom(scene) + 12;
  return { count, step, size, room, named: step >= NAMED_CELL, left: left + step / 2 };
}

const columnX = (columns, token) => columns.left + token * columns.step;

function nameTokens(pen, now, columns, y, important) {
  const { scene, shown, palette } = now;
  const chosen = new Set(important);
  const far = APART / columns.step;
  const close = (token) => token !== shown && Math.abs(token - shown) < far;
  const which = columns.named
    ? range(columns.count)
    : [shown, ...important.filter((token) => !close(token))].filter((token) => token >= 0);
  for (const token of new Set(which)) {
    const fill = token === shown ? palette.choice : chosen.has(token) ? palette.ink : palette.quiet;
    const style = { fill, size: columns.named ? columns.size : 11.5, bold: token === shown };
    const place = { x: columnX(columns, token), y, room: columns.room, step: columns.step };
    nameColumn(pen, scene.tokens[token], place, style);
  }
}

function tokenAt(columns, x) {
  const token = Math.round((x - columns.left) / columns.step);
  return token >= 0 && token < columns.count ? token : null;
}

// --- the view "arcs": lines from a token to the tokens it looks at --------------------------------

const MOST_ARCS = 900;

const arcsView = {
  name: "arcs",
  title: "Arcs",
  letter: "a",

  place({ scene }, width) {
    const count = scene.tokens.length;
    const columns = placeColumns(scene, count, width, 14);
    const rise = clamp(columns.step * count * 0.42, 120, 420);
    const base = rise + 16;
    return { columns, count, rise, base, width, height: base + columns.room + 32 };
  },

  draw(pen, now, place) {
    const { attention, layer, head, shown, palette } = now;
    const { columns, base } = place;
    drawArcs(pen, now, place);
    if (shown >= 0) {
      attention.row(layer, head, shown).forEach((value, key) => {
        if (value < FULL / 100) return;
        const weight = value / FULL;
        const style = {
          stroke: palette.accent,
          thick: 1 + 6 * weight,
          alpha: 0.35 + 0.65 * weight,
        };
        pen.path(arc(place, shown, key), style);
      });
    }
    const [start, end] = [columnX(columns, -0.5), columnX(columns, columns.count - 0.5)];
    pen.path(line(start, base, end, base), { stroke: palette.rule });
    if (shown >= 0) pen.path(circle(columnX(columns, shown), base, 4), { fill: palette.choice });
    nameTokens(pen, now, columns, base, columnsWorthNaming(now, APART / columns.step));
    const words = shown < 0 ? "every arc of this head, from a token back to what it looks at" : "";
    pen.text(words, columns.left, place.height - 10, { fill: palette.quiet, size: 11 });
  },

  at(now, { columns }, x) {
    const query = tokenAt(columns, x);
    return query === null ? null : { query };
  },

  tell: () => "",
};

/** The arcs of all queries; pale where one query is shown, since that one is what matters. */
function drawArcs(pen, now, place) {
  const { shown, palette } = now;
  const arcs = strongArcs(now).filter(([query]) => query !== shown);
  const pale = clamp(40 / arcs.length, 0.05, 0.16);
  const [stroke, dim] = shown < 0 ? [palette.accent, 0.85] : [palette.quiet, pale];
  inShades(arcs, ([, , weight]) => weight).forEach((alike, shade) => {
    const weight = (shade + 0.5) / SHADES;
    const style = { stroke, thick: 0.4 + 2.4 * weight, alpha: dim * weight ** 0.7 };
    if (alike.length) pen.path(alike.map(([query, key]) => arc(place, query, key)).join(""), style);
  });
}

/** All arcs of a head of some weight, at most so many: [query, key, weight]. */
function strongArcs({ attention, layer, head }) {
  const arcs = [];
  for (let query = 0; query < attention.count; query++) {
    attention.row(layer, head, query).forEach((value, key) => {
      if (value > FULL * 0.04) arcs.push([query, key, value / FULL]);
    });
  }
  return arcs.length <= MOST_ARCS ? arcs : arcs.sort((a, b) => b[2] - a[2]).slice(0, MOST_ARCS);
}

const SHADES = 10;

/** Lines sorted into so many groups by a share of 0 … 1: each group is one path, quickly drawn. */
function inShades(lines, shareOf) {
  const groups = range(SHADES).map(() => []);
  for (const each of lines)
    groups[Math.min(SHADES - 1, Math.floor(shareOf(each) * SHADES))].push(each);
  return groups;
}

/** From a query to a key, higher the farther apart they are; a loop from a token to itself. */
function arc({ columns, count, rise, base }, query, key) {
  const [from, to] = [columnX(columns, query), columnX(columns, key)];
  if (query === key) {
    const side = clamp(columns.step * 0.3, 2, 9);
    const [left, right, high] = [from - side, from + side, base - 26];
    return curve(right, base, right + side, high, left - side, high, left, base);
  }
  const high = ((query - key) / count) ** 0.62 * rise * 1.32;
  return curve(from, base, from, base - high, to, base - high, to, base);
}

// --- the view "grid": all heads of all layers -----------------------------------------------------

const GRID_CELL = 150;

const gridView = {
  name: "grid",
  title: "Grid",
  letter: "g",

  place({ attention }, width) {
    const [left, top] = [44, 34];
    const gap = attention.heads > 8 ? 4 : 8;
    const across = (width - left - 4) / attention.heads;
    const cell = Math.min(across, GRID_CELL + gap, Math.max(36, 640 / attention.layers)) - gap;
    const height = top + attention.layers * (cell + gap) + MAP_LEGEND;
    return { left, top, cell, gap, width, height };
  },

  draw(pen, now, place) {
    const { attention, layer, head, palette } = now;
    const { left, top, cell, gap } = place;
    drawHeads(pen, now, place);
    const middle = (place) => place * (cell + gap) + cell / 2;
    for (const column of range(attention.heads)) {
      const style = { ...chosenOr(column === head, palette), anchor: "middle" };
      pen.text(String(column), left + middle(column), top - 9, style);
    }
    for (const row of range(attention.layers)) {
      const style = { ...chosenOr(row === layer, palette), anchor: "end" };
      pen.text(String(row), left - 8, top + middle(row), style);
    }
    pen.text("head", left, 9, { fill: palette.quiet, size: 11 });
    pen.text("layer", left - 8, top - 9, { fill: palette.quiet, size: 11, anchor: "end" });
    drawScale(pen, palette, left, place.height - MAP_LEGEND + 12, attention.heads * (cell + gap));
  },

  at: ({ attention }, place, x, y) => headAt(attention, place, x, y),

  tell({ attention }, { layer, head }) {
    return `layer ${layer}, head ${head}\n${habitWords(attention, layer, head)}`;
  },
};

/** A small picture of each head, the chosen one framed. */
function drawHeads(pen, now, { left, top, cell, gap }) {
  const { attention, palette } = now;
  eachHead(attention, (layer, head) => {
    const [x, y] = [left + head * (cell + gap), top + layer * (cell + gap)];
    pen.rect(x, y, cell, cell, { fill: palette.masked });
    pen.picture(thumb(attention, layer, head, palette), x, y, cell, cell);
  });
  frameHead(pen, now, { left, top, cell, gap }, palette.choice);
}

function eachHead({ layers, heads }, work) {
  for (let layer = 0; layer < layers; layer++) {
    for (let head = 0; head < heads; head++) work(layer, head);
  }
}

function frameHead(pen, { layer, head }, { left, top, cell, gap }, stroke) {
  const [x, y] = [left + head * (cell + gap), top + layer * (cell + gap)];
  pen.rect(x - 1.5, y - 1.5, cell + 3, cell + 3, { stroke, thick: 2.5 });
}

function headAt(attention, { left, top, cell, gap }, x, y) {
  const [head, layer] = [x - left, y - top].map((far) => Math.floor(far / (cell + gap)));
  const inside = head >= 0 && head < attention.heads && layer >= 0 && layer < attention.layers;
  return inside ? { layer, head } : null;
}

/** What a head does on average, in words. */
function habitWords(attention, layer, head) {
  if (attention.count < 2) return "";
  const { first, before, itself } = attention.habits(layer, head);
  return `first token ${short(first)} · token before ${short(before)} · itself ${short(itself)}`;
}

// --- the view "flow": from the tokens through all layers to one output ----------------------------

const FEWEST_COLUMNS = 12;

const flowView = {
  name: "flow",
  title: "Flow",
  letter: "f",

  place({ scene, attention, query, shown }, width) {
    const count = attention.count; // what comes after the query takes no room
    const wanted = query < 0 ? count : Math.max(query, shown, FEWEST_COLUMNS - 1) + 1;
    const columns = placeColumns(scene, Math.min(wanted, count), width, 66);
    const level = clamp(440 / attention.layers, 34, 84);
    const top = 30;
    const base = top + attention.layers * level;
    return { columns, level, top, base, width, height: base + columns.room + 48 };
  },

  draw(pen, now, place) {
    const { attention, palette } = now;
    const { columns, level, base } = place;
    const query = flowQuery(now);
    const { levels, edges } = flowInto(attention, query);
    const top = base - attention.layers * level;
    nameLayers(pen, now, place);
    for (const [stays, stroke] of [
      [true, palette.quiet],
      [false, palette.accent],
    ]) {
      const drawn = edges.filter((edge) => edge.stays === stays);
      drawFlow(pen, place, drawn, stroke);
    }
    levels.forEach((parts, height) => drawNodes(pen, now, place, parts, base - height * level));
    pen.path(circle(columnX(columns, query), top, 6), { fill: palette.choice });
    const sources = strongest(levels[0], 10).filter((token) => levels[0][token] > 0.02);
    nameTokens(
      pen,
      { ...now, shown: query },
      columns,
      base + 4,
      apart(sources, APART / columns.step),
    );
    const words = { fill: palette.quiet, size: 11 };
    const end = fitted(now.scene.tokens[query], LONGEST_LABEL, words.size);
    const what = `Where the output at ${end} comes from, as rollout estimates it:`;
    const how = "half stays in each layer, heads bring half (blue: from elsewhere).";
    pen.text(what, 2, place.height - 24, words);
    pen.text(how, 2, place.height - 9, words);
  },

  at({ attention }, { columns, level, base }, x, y) {
    const query = tokenAt(columns, x);
    if (query === null) return null;
    const layer = Math.floor((base - y) / level);
    return layer >= 0 && layer < attention.layers ? { query, layer } : { query };
  },

  tell: () => "",
};

/** The layers' names, and the chosen one on a ground of its own. */
function nameLayers(pen, { attention, layer, palette }, { columns, level, base }) {
  const [start, end] = [columns.left - 8, columnX(columns, columns.count - 1) + 8];
  pen.rect(start, base - (layer + 1) * level, end - start, level, { fill: palette.raised });
  for (const row of range(attention.layers)) {
    const y = base - (row + 0.5) * level;
    pen.text(`layer ${row}`, start - 6, y, { ...chosenOr(row === layer, palette), anchor: "end" });
  }
}

/** How the name of a layer or a head is written. */
function chosenOr(chosen, palette) {
  return { fill: chosen ? palette.choice : palette.quiet, bold: chosen };
}

const flowQuery = ({ shown, attention }) => (shown < 0 ? attention.count - 1 : shown);

/** The edges between layers, thicker for more; those of a like part in one path. */
function drawFlow(pen, { columns, level, base }, edges, stroke) {
  inShades(edges, ({ part }) => Math.sqrt(part)).forEach((alike, shade) => {
    const share = (shade + 0.5) / SHADES; // the root of the part
    const style = { stroke, thick: 0.5 + 11 * share ** 2, alpha: 0.2 + 0.7 * share };
    const lines = alike.map(({ layer, from, to }) => {
      const [x0, x1, y0] = [
        columnX(columns, from),
        columnX(columns, to),
        base - (layer + 1) * level,
      ];
      return curve(x0, y0, x0, y0 + level / 2, x1, y0 + level / 2, x1, y0 + level);
    });
    if (lines.length) pen.path(lines.join(""), style);
  });
}

/** What of the output stands at each place of one level. */
function drawNodes(pen, { palette }, { columns }, parts, y) {
  const dots = { full: [], empty: [] };
  for (const token of range(columns.count)) {
    const [x, part] = [columnX(columns, token), parts[token]];
    if (part > FAINTEST) dots.full.push(circle(x, y, tenth(1 + 6 * Math.sqrt(part))));
    else if (columns.step > 6) dots.empty.push(circle(x, y, 1));
  }
  if (dots.full.length) pen.path(dots.full.join(""), { fill: palette.accent });
  if (dots.empty.length) pen.path(dots.empty.join(""), { fill: palette.rule });
}

const VIEWS = [mapView, arcsView, gridView, flowView];

// --- parts of the page ----------------------------------------------------------------------------

/** An element with properties and children. */
function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  const { aria = {}, role, ...rest } = properties;
  Object.assign(element, rest);
  if (role) element.setAttribute("role", role);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

let explorers = 0; // radio buttons of one choice share a name that no other explorer has

/** Radio buttons side by side. */
function choice(label, options, pick, extra = "") {
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

/** The chosen head's name and habit, the views, and the buttons that keep a picture. */
function topPart(explorer) {
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
    made.addEventListener("click", () => explorer.now && download(explorer.now, kind.toLowerCase()));
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

/** Which model, or which step: a choice, or a slider under the curves of the scenes' numbers. */
function scenesPart(explorer) {
  const element = make("div", { className: "ax-scenes" });
  let part = { update() {} };
  return {
    element,
    rebuild(scenes) {
      element.replaceChildren();
      part = { update() {} };
      if (explorer.axis === "step" && scenes.length > 1)
        part = stepSlider(explorer, element, scenes);
      else if (scenes.length > 1 || scenes[0].name) part = sceneChoice(explorer, element, scenes);
    },
    update: (now) => part.update(now),
  };
}

/** What a scene is called; the scenes of a training run are called by their steps. */
const sceneName = (axis, { name }) => (axis === "step" && name ? `step ${name}` : name);

function sceneChoice(explorer, element, scenes) {
  const nameOf = (scene, number) => sceneName(explorer.axis, scene) || `scene ${number}`;
  const options = scenes.map((scene, number) => [number, nameOf(scene, number)]);
  const picker = choice("Scene", options, (scene) => explorer.select({ scene }));
  const numbers = make("span", { className: "ax-numbers" });
  element.append(scenes.length > 1 ? picker.element : options[0][1], numbers);
  return {
    update({ sceneNumber, scene }) {
      picker.show(sceneNumber);
      const told = Object.entries(scene.numbers ?? {});
      numbers.textContent = told.map(([name, value]) => `${name} ${figure(value)}`).join(" · ");
    },
  };
}

const figure = (value) =>
  value === null || value === undefined ? "–" : Number(value.toPrecision(3)).toString();

const CURVES = 96; // pixels
const CURVES_EDGE = 8; // half a slider's thumb, so that it stands under its point
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4]];

function stepSlider(explorer, element, scenes) {
  const names = [...new Set(scenes.flatMap((scene) => Object.keys(scene.numbers ?? {})))];
  const canvas = make("canvas", { className: "ax-curves", aria: { hidden: "true" } });
  const legend = make("div", { className: "ax-legend" });
  const slider = make("input", {
    type: "range",
    min: 0,
    max: scenes.length - 1,
    step: 1,
    aria: { label: "Step" },
  });
  const output = make("output");
  slider.addEventListener("input", () => explorer.select({ scene: Number(slider.value) }));
  canvas.addEventListener("pointerdown", (event) => {
    const part = (event.offsetX - CURVES_EDGE) / (canvas.clientWidth - 2 * CURVES_EDGE);
    explorer.select({ scene: clamp(Math.round(part * (scenes.length - 1)), 0, scenes.length - 1) });
  });
  if (names.length) element.append(legend, canvas);
  element.append(make("div", { className: "ax-slider" }, slider, output));
  return {
    update(now) {
      slider.value = now.sceneNumber;
      output.textContent = sceneName(now.axis, now.scene);
      slider.setAttribute("aria-valuetext", output.textContent);
      if (!names.length) return;
      const named = names.map((name, number) => curveName(name, number, now));
      legend.replaceChildren(
        ...named,
        make("small", { textContent: "each from its lowest to its highest" }),
      );
      const width = slider.clientWidth;
      canvas.style.width = `${width}px`;
      const pen = new CanvasPen(prepare(canvas, width, CURVES));
      drawCurves(pen, names, scenes, now, width);
    },
  };
}

function curveName(name, number, { scene, palette }) {
  const colour = palette.lines[number % palette.lines.length];
  const pen = new SvgPen();
  pen.path("M0 5H26", { stroke: colour, thick: 2.5, dash: DASHES[number % DASHES.length] });
  const sample = new DOMParser().parseFromString(
    `<svg xmlns="http://www.w3.org/2000/svg" width="26" height="10">${pen.parts.join("")}</svg>`,
    "image/svg+xml",
  ).documentElement;
  const value = make("b", { textContent: figure(scene.numbers?.[name]) });
  return make("span", {}, sample, `${name} `, value);
}

/** Each number's curve over the scenes, from its own lowest to its own highest value. */
function drawCurves(pen, names, scenes, { sceneNumber, palette }, width) {
  const x = (number) => CURVES_EDGE + (number / (scenes.length - 1)) * (width - 2 * CURVES_EDGE);
  pen.path(line(x(sceneNumber), 0, x(sceneNumber), CURVES), { stroke: palette.choice, thick: 1.5 });
  names.forEach((name, number) => {
    const values = scenes.map((scene) => scene.numbers?.[name]);
    const known = values.filter(Number.isFinite);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const y = (value) => CURVES - 8 - ((value - low) / (high - low || 1)) * (CURVES - 18);
    const stroke = palette.lines[number % palette.lines.length];
    const points = values
      .map((value, place) =>
        Number.isFinite(value) ? `${tenth(x(place))} ${tenth(y(value))}` : null,
      )
      .filter(Boolean);
    if (points.length)
      pen.path(`M${points.join("L")}`, { stroke, thick: 2, dash: DASHES[number % DASHES.length] });
    if (Number.isFinite(values[sceneNumber])) {
      pen.path(circle(x(sceneNumber), y(values[sceneNumber]), 4), { fill: stroke });
    }
  });
}

/** The sentence: each token a button, coloured by how much the shown query looks at it. */
function sentencePart(explorer) {
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
    focus: (query) => tokens[query]?.focus({ preventScroll: true }),
    holds: (focused) => element.contains(focused),
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

const NARROWEST = 260; // pixels

/** The view itself, with a note where the pointer is. */
function picturePart(explorer) {
  const canvas = make("canvas", { tabIndex: 0, role: "application" });
  const tip = make("div", { className: "ax-tip", hidden: true, aria: { hidden: "true" } });
  const element = make("div", { className: "ax-picture" }, canvas, tip);
  let place = null;
  const targetOf = (event) =>
    place && explorer.now.view.at(explorer.now, place, event.offsetX, event.offsetY);
  canvas.addEventListener("pointermove", (event) => {
    const target = targetOf(event);
    explorer.point(target);
    const words = target ? explorer.now.view.tell(explorer.now, target) : "";
    tip.hidden = !words;
    tip.textContent = words;
    const left = clamp(event.offsetX + 14, 0, Math.max(0, element.clientWidth - tip.offsetWidth));
    Object.assign(tip.style, { left: `${left}px`, top: `${event.offsetY + 16}px` });
  });
  canvas.addEventListener("pointerleave", () => {
    tip.hidden = true;
    explorer.point(null);
  });
  canvas.addEventListener("click", (event) => {
    const target = targetOf(event);
    if (target) explorer.select(target);
  });
  canvas.addEventListener("dblclick", (event) => {
    if (targetOf(event) && explorer.now.view === gridView) explorer.select({ view: "map" });
  });
  return {
    element,
    canvas,
    width: () => Math.max(NARROWEST, Math.floor(element.clientWidth)),
    update(now) {
      place = now.view.place(now, now.width);
      const pen = new CanvasPen(prepare(canvas, place.width, place.height));
      now.view.draw(pen, now, place);
      canvas.setAttribute("aria-label", `${now.view.title}, ${inWords(now)}`);
    },
  };
}

/** A canvas of so many CSS pixels, sharp on every screen and empty. */
function prepare(canvas, width, height) {
  const sharp = globalThis.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * sharp), Math.round(height * sharp)];
  if (canvas.width !== across || canvas.height !== down) {
    Object.assign(canvas, { width: across, height: down });
    Object.assign(canvas.style, { width: `${width}px`, height: `${height}px` });
  }
  const context = canvas.getContext("2d");
  context.setTransform(sharp, 0, 0, sharp, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** A list of labels with bars: rows of {label, note, part, value, came}. */
function bars(rows, colour) {
  const items = rows.map(({ label, note = "", part, value, came }) => {
    const what = make(
      "span",
      { className: "ax-what", title: label },
      label,
      " ",
      make("small", { textContent: note }),
    );
    const bar = make("span", { className: "ax-bar" });
    bar.style.setProperty("--part", clamp(part, 0, 1));
    const item = make(
      "li",
      {},
      what,
      bar,
      make("span", { className: "ax-value", textContent: value }),
    );
    item.toggleAttribute("data-came", Boolean(came));
    return item;
  });
  const list = make("ol", { className: "ax-bars" }, ...items);
  list.style.setProperty("--filled", colour);
  return list;
}

const marked = (words) => make("span", { textContent: words });
const title = (...words) => make("h4", {}, ...words);
const note = (...words) => make("p", {}, ...words);
const strong = (words) => make("b", { textContent: words });

/** Where the shown token looks, with this head. */
function lookPart() {
  const element = make("section");
  return {
    element,
    update(now) {
      const { scene, attention, layer, head, shown, palette } = now;
      if (shown < 0) {
        const how = "Point at a token, or choose one, to see where it looks.";
        return element.replaceChildren(title("Where it looks"), note(how));
      }
      const row = attention.row(layer, head, shown);
      const rows = topKeys(now, MOST_BARS).map((key) => ({
        label: scene.tokens[key],
        note: key === shown ? "itself" : String(key),
        part: row[key] / FULL,
        value: short(row[key] / FULL),
      }));
      element.replaceChildren(
        title("Where ", marked(scene.tokens[shown]), " looks"),
        bars(rows, palette.accent),
      );
    },
  };
}

/** What the model expects after the shown token. */
function nextPart() {
  const element = make("section");
  return {
    element,
    update({ scene, shown, palette }) {
      element.hidden = shown < 0 || !scene.predictions?.[shown]?.length;
      if (element.hidden) return;
      const came = scene.tokens[shown + 1];
      const rows = scene.predictions[shown].map(([label, part]) => ({
        label,
        note: label === came ? "came" : "",
        part,
        value: short(part),
        came: label === came,
      }));
      const parts = [title("What the model expects next"), bars(rows, palette.likely)];
      const missed = came !== undefined && !rows.some((row) => row.came);
      if (missed) parts.push(note("In the text came ", strong(came), "."));
      element.replaceChildren(...parts);
    },
  };
}

/** What silencing this head does to the next token's loss. */
function silencePart() {
  const element = make("section");
  return {
    element,
    update(now) {
      element.replaceChildren(title("Without this head"), note(...silenceWords(now)));
    },
  };
}

function silenceWords({ scene, layer, head, shown }) {
  if (scene.effects && shown === scene.tokens.length - 1)
    return ["Nothing comes after the last token, so nothing can be lost."];
  const here = scene.effects?.[layer][head] ?? [];
  const change = shown < 0 ? meanEffect(here) : here[shown];
  if (!Number.isFinite(change)) return [`Not measured ${here.length ? "here" : "for this text"}.`];
  if (shown < 0) {
    const mean = strong(`${signed(change)} nats`);
    return ["The loss changes by ", mean, " per token, on average over the text."];
  }
  const next = strong(scene.tokens[shown + 1]);
  const place = `the ${placeOf(scene.effects, layer, head, shown)} effect of all heads here`;
  if (Math.abs(change) < 0.005) return ["The probability of ", next, ` hardly changes: ${place}.`];
  return [
    next,
    " would have ",
    strong(shareLeft(change)),
    ` its probability (loss ${signed(change)} nats), ${place}.`,
  ];
}

/** What a change of the loss leaves of a probability: exp(-change), "83 % of" or "12 times". */
function shareLeft(change) {
  const share = Math.exp(-change);
  if (share >= 10) return `${Math.round(share)} times`;
  return share < 0.01 ? "less than 1 % of" : `${Math.round(100 * share)} % of`;
}

/** "largest", "2nd largest", … : an effect's place among those of all heads. */
function placeOf(effects, layer, head, query) {
  const own = Math.abs(effects[layer][head][query]);
  const place = 1 + effects.flat().filter((values) => Math.abs(values[query]) > own).length;
  if (place === 1) return "largest";
  const tens = Math.floor(place / 10) % 10 === 1;
  const end = (!tens && { 1: "st", 2: "nd", 3: "rd" }[place % 10]) || "th";
  return `${place}${end} largest`;
}

/** All heads, small: to pick from, by their pattern or by what silencing them does. */
function headsPart(explorer) {
  const label = "All heads: arrow keys choose one";
  const canvas = make("canvas", { tabIndex: 0, role: "application", aria: { label } });
  let mode = "pattern";
  const modes = choice(
    "What the small pictures show",
    [
      ["pattern", "pattern"],
      ["effect", "effect"],
    ],
    (picked) => {
      mode = picked;
      explorer.redraw();
    },
    "ax-small",
  );
  const caption = note("");
  const top = make("div", { className: "ax-heads-top" }, title("All heads"), modes.element);
  const element = make("section", { className: "ax-heads" }, top, canvas, caption);
  let place = null;
  canvas.addEventListener("click", (event) => {
    if (!place) return; // not drawn yet
    const target = headAt(explorer.now.attention, place, event.offsetX, event.offsetY);
    if (target) explorer.select(target);
  });
  return {
    element,
    canvas,
    width: () => element.clientWidth,
    update(now) {
      place = placeHeads(now.attention, now.panelWidth);
      const pen = new CanvasPen(prepare(canvas, place.width, place.height));
      const byEffect = mode === "effect" && now.scene.effects;
      modes.element.hidden = !now.scene.effects;
      modes.show(mode);
      if (byEffect) drawEffects(pen, now, place);
      else drawHeads(pen, now, place);
      caption.replaceChildren(...(byEffect ? effectCaption(now) : []));
    },
  };
}

const SMALL_HEAD = 48;
const SMALL_GRID = 264; // pixels, all layers together

function placeHeads({ layers, heads }, width) {
  const gap = 2;
  const cell = Math.max(8, Math.min((width - 6) / heads, SMALL_HEAD, SMALL_GRID / layers) - gap);
  return {
    left: 3,
    top: 3,
    cell,
    gap,
    width: 6 + heads * (cell + gap),
    height: 6 + layers * (cell + gap),
  };
}

function drawEffects(pen, now, place) {
  let most = 1e-9;
  eachHead(now.attention, (layer, head) => {
    most = Math.max(most, Math.abs(effectShown(now, layer, head)));
  });
  eachHead(now.attention, (layer, head) => {
    const { left, top, cell, gap } = place;
    const fill = effectColour(now.palette, effectShown(now, layer, head) / most);
    pen.rect(left + head * (cell + gap), top + layer * (cell + gap), cell, cell, { fill });
  });
  frameHead(pen, now, place, now.palette.ink); // orange would be an effect
}

/** Whether a token is shown that another one comes after, so that it has an effect of its own. */
const hasEffect = ({ attention, shown }) => shown >= 0 && shown < attention.count - 1;

/** A head's effect at the shown token, or its mean where that has none. */
function effectShown(now, layer, head) {
  const values = now.scene.effects[layer][head];
  return (hasEffect(now) ? values[now.shown] : meanEffect(values)) ?? 0;
}

/** The mean of the effects that were measured; null where none was. */
function meanEffect(values) {
  const known = values.filter(Number.isFinite);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
}

function effectCaption(now) {
  const { palette } = now;
  const key = (colour) => {
    const swatch = make("span", { textContent: "■ " });
    swatch.style.color = colour;
    return swatch;
  };
  const where = hasEffect(now) ? "here" : "on average";
  return [key(palette.more), `silencing harms ${where}  `, key(palette.less), "helps"];
}

/** What a screen reader is told when the selection has changed. */
function livePart() {
  const element = make("div", { className: "ax-live", role: "status", aria: { live: "polite" } });
  return {
    element,
    update(now) {
      if (now.shown !== now.query) return; // the pointer wanders; only a choice is told
      const words = inWords(now);
      if (element.textContent !== words) element.textContent = words;
    },
  };
}

function inWords({ axis, scene, attention, layer, head, query }) {
  const named = sceneName(axis, scene);
  const where = `${named && `${named}, `}layer ${layer}, head ${head}`;
  if (query < 0) return `${where}, no token chosen`;
  const row = attention.row(layer, head, query);
  const [key] = strongest(row, 1);
  const most = `${scene.tokens[key]}, ${short(row[key] / FULL)}`;
  return `${where}, token ${query} ${scene.tokens[query]} looks most at ${most}`;
}

function keysPart() {
  const keys = [
    ["← →", "token"],
    ["L", "layer"],
    ["H", "head"],
    ["S", "scene"],
    ["M A G F", "view"],
    ["Esc", "no token"],
  ];
  const element = make("div", { className: "ax-keys" });
  for (const [key, does] of keys) element.append(make("kbd", { textContent: key }), ` ${does}   `);
  return { element, update() {} };
}

/** What a letter changes in the selection, whatever the caps lock says; Shift goes backwards. */
function byLetter(now, { key, shiftKey }) {
  const step = shiftKey ? -1 : 1;
  const around = (value, count) => (value + step + count) % count;
  const pressed = key.toLowerCase();
  const view = VIEWS.find(({ letter }) => letter === pressed);
  if (view) return { view: view.name };
  if (pressed === "escape") return { query: -1 };
  if (pressed === "l") return { layer: around(now.layer, now.scene.layers) };
  if (pressed === "h") return { head: around(now.head, now.scene.heads) };
  if (pressed === "s") return { scene: around(now.sceneNumber, now.scenes.length) };
  return null;
}

/** What an arrow changes: a head where heads are shown, a layer of the flow, or else the token. */
function byArrow({ now, heads, picture }, { key, target }) {
  if (target.tagName === "INPUT") return null; // a slider or a choice has arrows of its own
  const across = { ArrowRight: 1, ArrowLeft: -1 }[key] ?? 0;
  const down = { ArrowDown: 1, ArrowUp: -1 }[key] ?? 0;
  const onPicture = target === picture.canvas;
  if (target === heads.canvas || (onPicture && now.view === gridView)) {
    if (key === "Enter") return { view: "map" };
    return across || down ? { head: now.head + across, layer: now.layer + down } : null;
  }
  if (onPicture && now.view === flowView && down) return { layer: now.layer - down };
  const last = now.scene.tokens.length - 1;
  if (key === "Home") return { query: 0 };
  if (key === "End") return { query: last };
  if (across || down) return { query: clamp(now.query + across + down, 0, last) };
  return null;
}

// --- the explorer ---------------------------------------------------------------------------------

class Explorer {
  constructor(model, el) {
    this.model = model;
    this.el = el;
    this.target = null; // what the pointer is over: {query?, key?, layer?, head?}
    const aria = { label: "Attention explorer" };
    this.root = make("div", { className: "aigc-explorer", role: "group", aria });
    this.root.style.setProperty("--letters", LETTERS);
    this.top = topPart(this);
    this.scenesPart = scenesPart(this);
    this.sentence = sentencePart(this);
    this.picture = picturePart(this);
    this.heads = headsPart(this);
    const beside = [lookPart(this), nextPart(this), silencePart(this)];
    this.parts = [
      this.top,
      this.scenesPart,
      this.sentence,
      this.picture,
      this.heads,
      ...beside,
      livePart(),
      keysPart(),
    ];
    const panel = make(
      "div",
      { className: "ax-panel" },
      this.heads.element,
      ...beside.map((part) => part.element),
    );
    const body = make("div", { className: "ax-body" }, this.picture.element, panel);
    const [live, keys] = this.parts.slice(-2);
    this.root.append(
      this.top.element,
      this.scenesPart.element,
      this.sentence.element,
      body,
      keys.element,
      live.element,
    );
    el.append(this.root);
    this.listen();
    this.rebuild();
  }

  /** Follow the model, the keyboard, the theme of the page and the width. */
  listen() {
    const stops = [];
    const follow = (event, work) => {
      this.model.on(event, work);
      stops.push(() => this.model.off(event, work));
    };
    for (const name of SELECTION) follow(`change:${name}`, () => this.redraw());
    for (const name of ["meta", "weights"]) follow(`change:${name}`, () => this.rebuild());
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    const followTheme = () => this.themeName() !== this.colours?.name && this.redraw();
    const watcher = new MutationObserver(followTheme);
    for (const part of [document.body, document.documentElement]) {
      watcher.observe(part, {
        attributes: true,
        attributeFilter: ["class", "theme", "data-jp-theme-light", "data-vscode-theme-kind"],
      });
    }
    const system = matchMedia("(prefers-color-scheme: dark)");
    system.addEventListener("change", followTheme);
    const sizes = new ResizeObserver(() => this.resized());
    sizes.observe(this.picture.element);
    stops.push(
      () => watcher.disconnect(),
      () => sizes.disconnect(),
    );
    stops.push(() => system.removeEventListener("change", followTheme));
    this.stops = stops;
  }

  remove() {
    this.removed = true;
    for (const stop of this.stops) stop();
    this.root.remove();
  }

  /** Read the scenes anew. */
  rebuild() {
    this.scenes = readScenes(this.model);
    this.axis = this.model.get("meta")?.axis;
    if (this.scenes.length) this.scenesPart.rebuild(this.scenes);
    this.redraw();
  }

  resized() {
    const width = this.picture.width();
    if (width !== this.now?.width) this.redraw();
  }

  /** Change the selection here and in Python. */
  select(changes) {
    if (!this.scenes.length) return; // nothing has arrived yet
    const limits = this.limits(changes.scene ?? this.now.sceneNumber);
    for (const [name, value] of Object.entries(changes)) {
      if (name in limits && (value < limits[name][0] || value > limits[name][1])) continue;
      if (SELECTION.includes(name)) this.model.set(name, value);
    }
    this.model.save_changes();
    this.redraw();
  }

  /** The least and the most of each number of the selection, in one scene. */
  limits(number) {
    const { layers, heads, tokens } = this.scenes[number];
    return {
      scene: [0, this.scenes.length - 1],
      layer: [0, layers - 1],
      head: [0, heads - 1],
      query: [-1, tokens.length - 1],
    };
  }

  /** Show what the pointer is over, without choosing it. */
  point(target) {
    if (JSON.stringify(target) === JSON.stringify(this.target)) return;
    this.target = target;
    this.redraw();
  }

  /** Draw once, however many changes ask for it in one go. */
  redraw() {
    this.asked ??= performance.now();
    if (this.waiting) return;
    this.waiting = true;
    queueMicrotask(() => {
      this.waiting = false;
      if (!this.removed) this.draw();
    });
  }

  draw() {
    const started = this.asked;
    this.asked = null;
    if (!this.scenes.length || !this.root.isConnected) return; // in the page it gets its size
    this.now = this.describe();
    this.sentence.follow(this.now);
    for (const part of this.parts) part.update(this.now);
    requestAnimationFrame(() => {
      this.el.dataset.drawnMs = (performance.now() - started).toFixed(1);
    });
  }

  /** Everything that is to be seen, as one object. */
  describe() {
    const chosen = (name, count) => clamp(this.model.get(name) ?? 0, 0, count - 1);
    const sceneNumber = chosen("scene", this.scenes.length);
    const scene = this.scenes[sceneNumber];
    const count = scene.tokens.length;
    const asked = this.model.get("query") ?? -1;
    const query = asked < count ? asked : -1; // of a longer text
    const pointed = this.target?.query ?? -1;
    return Object.freeze({
      axis: this.axis,
      scenes: this.scenes,
      sceneNumber,
      scene,
      attention: scene.attention,
      view: VIEWS.find((view) => view.name === this.model.get("view")) ?? mapView,
      layer: chosen("layer", scene.layers),
      head: chosen("head", scene.heads),
      query,
      shown: pointed >= 0 && pointed < count ? pointed : query,
      target: this.target,
      palette: this.palette(),
      width: this.picture.width(), // asked before anything changes, so that nothing is laid out twice
      panelWidth: this.heads.width(),
    });
  }

  themeName() {
    const asked = this.model.get("theme") ?? "auto";
    if (asked !== "auto") return asked;
    return surroundingsAreDark() ? "dark" : "light";
  }

  /** The colours of the theme, read from the style sheet when it has changed. */
  palette() {
    const name = this.themeName();
    if (this.colours?.name !== name) {
      this.root.dataset.theme = name;
      this.colours = readPalette(this.root);
    }
    return this.colours;
  }

  /** Keys work wherever the focus is inside. */
  pressed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.now) return;
    if (event.shiftKey && event.key === "Enter") return; // runs a cell of the notebook around us
    event.stopPropagation(); // to a notebook around us these keys are commands, such as "delete a cell"
    const changes = byLetter(this.now, event) ?? byArrow(this, event);
    if (!changes) return;
    event.preventDefault();
    this.select(changes);
    if (this.sentence.holds(document.activeElement))
      this.sentence.focus(Math.max(0, this.model.get("query")));
  }
}

/** Keep the chosen view as a file, without what the pointer is over. */
function download(shownNow, kind) {
  const now = { ...shownNow, target: null, shown: shownNow.query };
  const place = now.view.place(now, now.width);
  const name = `attention-${now.view.name}-layer${now.layer}-head${now.head}.${kind}`;
  if (kind === "svg") offer(asSvg(now, place), name);
  else asCanvas(now, place).toBlob((blob) => offer(blob, name));
}

function asSvg(now, place) {
  const pen = new SvgPen();
  now.view.draw(pen, now, place);
  const text = pen.file(place.width, Math.ceil(place.height), now.palette.paper);
  return new Blob([text], { type: "image/svg+xml" });
}

/** The view on a canvas of twice its size. */
function asCanvas(now, place) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: 2 * place.width, height: Math.round(2 * place.height) });
  const context = canvas.getContext("2d");
  context.scale(2, 2);
  const pen = new CanvasPen(context);
  pen.rect(0, 0, place.width, place.height, { fill: now.palette.paper });
  now.view.draw(pen, now, place);
  return canvas;
}

/** Download a file. The link stands in the page: VS Code follows only clicks that bubble up to it. */
function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

function render({ model, el }) {
  const explorer = new Explorer(model, el);
  return () => explorer.remove();
}

export default { render };
