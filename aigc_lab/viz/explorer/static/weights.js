// What arrives from Python: the scenes, and their attention weights as whole numbers.

export const FULL = 65535; // the whole number that stands for a weight of 1

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
export function readScenes(model) {
  const bytes = asBytes(model.get("weights"));
  const told = model.get("meta")?.scenes ?? [];
  const needed = ({ start, layers, heads, tokens }) =>
    start + layers * heads * tokens.length * (tokens.length + 1);
  if (told.some((scene) => needed(scene) > bytes.byteLength)) return [];
  return told.map((scene) => ({ ...scene, attention: new Attention(bytes, scene) }));
}
