// Small helpers for numbers, and how numbers are written.

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
export const range = (count) => Array.from({ length: count }, (_, place) => place);
export const tenth = (value) => Math.round(value * 10) / 10;
export const short = (weight) => (weight > 0 && weight < 0.005 ? "<.01" : weight.toFixed(2));
export const signed = (value) => (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

export const figure = (value) =>
  value === null || value === undefined ? "–" : Number(value.toPrecision(3)).toString();

/** The numbers of the largest values, largest first. */
export function strongest(values, count) {
  return range(values.length)
    .sort((a, b) => values[b] - values[a] || a - b)
    .slice(0, count);
}
