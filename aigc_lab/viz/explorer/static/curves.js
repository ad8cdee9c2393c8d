// The curves of the scenes' numbers, over a slider.

import { make } from "./elements.js";
import { figure, tenth } from "./numbers.js";
import { circle, line, SvgPen } from "./pens.js";

export const CURVES = 96; // pixels
export const CURVES_EDGE = 8; // half a slider's thumb, so that it stands under its point
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4]];

export function curveName(name, number, { scene, palette }) {
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
export function drawCurves(pen, names, scenes, { sceneNumber, palette }, width) {
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
