// The colours: of the theme, of a weight, and of what silencing a head does.

import { FULL } from "./weights.js";

/** Whether the page around us is dark, as JupyterLab, VS Code, Colab or the system say. */
export function surroundingsAreDark() {
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
export function readPalette(root) {
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
export function weightColour(palette, value) {
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
export function effectColour(palette, part) {
  const end = channels(part < 0 ? palette.less : palette.more);
  const share = Math.sqrt(Math.min(1, Math.abs(part)));
  const mixed = channels(palette.raised).map((from, place) => from + share * (end[place] - from));
  return `rgb(${mixed.map(Math.round).join(", ")})`;
}
