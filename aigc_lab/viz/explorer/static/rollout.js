// Attention rollout: where an output comes from.

import { range } from "./numbers.js";

export const FAINTEST = 0.004; // smaller parts are not drawn

/**
 * Where a query's output comes from, layer by layer down to the tokens: attention rollout.
 *
 * In each layer half of what stands at a place stays there (the residual stream), and half is
 * spread as the layer's heads look, on average. Returns levels: L + 1 arrays of T parts that sum
 * to 1, the tokens first; and edges {layer, from, to, part, stays} worth drawing, those that stay
 * apart from those that heads carry.
 */
export function flowInto(attention, query) {
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
