"""The panel itself: Python reads and counts, the browser shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.viz.explore import show_under
from aigc_lab.viz.next_tokens.columns import Column, column, read
from aigc_lab.viz.next_tokens.still import still_bars

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

STATIC = Path(__file__).parent / "static"


class NextTokenPanel(anywidget.AnyWidget):
    """What each model may write next: a prompt to type, two dials to move, bars that follow.

    A pale bar is the probability as the model gives it, a full one what temperature and top-p make
    of it, by the same function that `generate` draws from. A click on a token adds it to the
    prompt. `prompt`, `temperature` and `top_p` can be read and set from Python too.

    Raises: ValueError for no model, no bars, or a dial that is out of its range.
    Source: Holtzman et al. 2020 (top-p).
    Notebook: 09 pretrained GPT-2.
    """

    _esm = (STATIC / "panel.js").read_text(encoding="utf-8")
    _css = (STATIC / "panel.css").read_text(encoding="utf-8")
    prompt = traitlets.Unicode().tag(sync=True)
    temperature = traitlets.Float(1.0).tag(sync=True)
    top_p = traitlets.Float(1.0).tag(sync=True)
    columns = traitlets.List().tag(sync=True)

    def __init__(
        self,
        models: Mapping[str, tuple[GPT, Tokenizer]],
        prompt: str = "",
        temperature: float = 1.0,
        top_p: float = 1.0,
        count: int = 12,
    ) -> None:
        if not models:
            raise ValueError("no model arrived; pass for example {'mine': (model, tokenizer)}")
        if not isinstance(count, int) or count < 1:
            raise ValueError(f"count={count!r} bars will not do; ask for a whole number from 1 on")
        self.models, self.count = dict(models), count
        super().__init__(prompt=prompt, temperature=temperature, top_p=top_p)
        self.observe(self._read, "prompt")
        self.observe(self._turn, ["temperature", "top_p"])
        self._read()

    @traitlets.validate("temperature", "top_p")
    def _refuse_what_no_dial_has(self, proposal: Any) -> float:
        SamplingConfig(**{proposal["trait"].name: proposal["value"]})
        return proposal["value"]

    def shown(self) -> list[Column]:
        """What the panel shows now, a column for each model."""
        dials = SamplingConfig(temperature=self.temperature, top_p=self.top_p)
        return [
            column(name, self._readings[name], tokenizer, dials, self.count)
            for name, (_, tokenizer) in self.models.items()
        ]

    def figure(self) -> Figure:
        """The same as a still picture."""
        return still_bars(self.shown(), self.prompt, self.temperature, self.top_p)

    def show(self) -> None:
        """Show the still picture, and under it the panel."""
        show_under(self.figure(), self, "type a prompt and move temperature and top-p")

    def _read(self, _change: object = None) -> None:
        self._readings = {
            name: read(model, tokenizer, self.prompt)
            for name, (model, tokenizer) in self.models.items()
        }
        self._turn()

    def _turn(self, _change: object = None) -> None:
        self.columns = [each.to_dict() for each in self.shown()]
