// What silencing heads does: in words, and in colours for all of them.

import { effectColour } from "./colours.js";
import { make, strong } from "./elements.js";
import { eachHead, frameHead } from "./grid.js";
import { signed } from "./numbers.js";

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

/** What silencing the chosen head does to the token after the shown one, or to the whole text. */
export function silenceWords({ scene, layer, head, shown }) {
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

/** All heads as squares, coloured by what silencing them does. */
export function drawEffects(pen, now, place) {
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

/** What their colours mean. */
export function effectCaption(now) {
  const { palette } = now;
  const key = (colour) => {
    const swatch = make("span", { textContent: "■ " });
    swatch.style.color = colour;
    return swatch;
  };
  const where = hasEffect(now) ? "here" : "on average";
  return [key(palette.more), `silencing harms ${where}  `, key(palette.less), "helps"];
}
