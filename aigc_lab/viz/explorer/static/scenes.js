// Which scene: a choice of models, or a slider over a training run.

import { curveName, CURVES, CURVES_EDGE, drawCurves } from "./curves.js";
import { choice, make } from "./elements.js";
import { clamp, figure } from "./numbers.js";
import { CanvasPen, prepare } from "./pens.js";
import { sceneName } from "./words.js";

/** Which model, or which step: a choice, or a slider under the curves of the scenes' numbers. */
export function scenesPart(explorer) {
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
