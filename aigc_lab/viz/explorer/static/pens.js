// Pens: the same drawing on a canvas, and as the text of an SVG file.

import { LETTERS } from "./letters.js";
import { range, tenth } from "./numbers.js";

export class CanvasPen {
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

export class SvgPen {
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
    const font = `font-family="${escaped(LETTERS)}"`;
    const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} ${font}>`;
    return `${open}${under}${this.parts.join("\n")}</svg>`;
  }
}

export const line = (x0, y0, x1, y1) => `M${tenth(x0)} ${tenth(y0)}L${tenth(x1)} ${tenth(y1)}`;

export const curve = (...points) =>
  `M${points.slice(0, 2).map(tenth).join(" ")}C${points.slice(2).map(tenth).join(" ")}`;

export const circle = (x, y, radius) =>
  `M${tenth(x - radius)} ${tenth(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0` +
  `a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;

/** A canvas of so many CSS pixels, sharp on every screen and empty. */
export function prepare(canvas, width, height) {
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

export const SHADES = 10;

/** Lines sorted into so many groups by a share of 0 … 1: each group is one path, quickly drawn. */
export function inShades(lines, shareOf) {
  const groups = range(SHADES).map(() => []);
  for (const each of lines)
    groups[Math.min(SHADES - 1, Math.floor(shareOf(each) * SHADES))].push(each);
  return groups;
}
