// The present view as a file.

import { make } from "./elements.js";
import { CanvasPen, SvgPen } from "./pens.js";

/** Keep the chosen view as a file, without what the pointer is over. */
export function download(shownNow, kind) {
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

/** Download a file. The link stands in the page: VS Code follows the clicks that it sees. */
function offer(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = make("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
