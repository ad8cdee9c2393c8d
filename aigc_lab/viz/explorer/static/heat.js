// A head's map as a picture of pixels.

const THUMB = 48; // pixels of a head's small picture

/** A head's small picture, kept while the theme stays: there are many, drawn again and again. */
export function thumb(attention, layer, head, palette) {
  const { thumbs, count } = attention;
  if (thumbs.theme !== palette.name) thumbs.clear();
  thumbs.theme = palette.name;
  const key = `${layer} ${head}`;
  if (!thumbs.has(key))
    thumbs.set(key, mapPicture(attention, layer, head, Math.min(count, THUMB), palette));
  return thumbs.get(key);
}

/** A head's map as a canvas of side × side pixels, each the largest weight that falls into it. */
export function mapPicture(attention, layer, head, side, palette) {
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
