"""The panel itself: Python asks and remembers, the browser shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from aigc_lab.chat.assistant import Assistant
from aigc_lab.chat.replies import Settings, Speaker
from aigc_lab.viz.chat.talk import Talk, Turn, one_line
from aigc_lab.viz.chat.transcript import Transcript
from aigc_lab.viz.explore import show_under
from aigc_lab.viz.explorer.modules import joined

STATIC = Path(__file__).with_name("static")
DIALS = ("system", "temperature", "max_tokens")


class ChatPanel(anywidget.AnyWidget):
    """A chat with one speaker, or the same chat with several side by side.

    Answers appear as they are written, in threads, so the notebook's kernel stays free; stop and
    reset take effect at once. `system`, `temperature` and `max_tokens` can be read and set from
    Python too, and hold from the next question on. What `show` displays stays in the saved
    notebook as a still transcript, and grows with every answer.

    Raises: ValueError for no speaker, or a setting out of its range.
    Notebook: 11 from GPT to ChatGPT.
    """

    _esm = joined(STATIC / "chat.js")
    _css = (STATIC / "chat.css").read_text(encoding="utf-8")
    system = traitlets.Unicode("").tag(sync=True)
    temperature = traitlets.Float(0.0).tag(sync=True)
    max_tokens = traitlets.Int(64).tag(sync=True)
    names = traitlets.List(read_only=True).tag(sync=True)
    turns = traitlets.List(read_only=True).tag(sync=True)
    now = traitlets.Dict(read_only=True).tag(sync=True)
    returned = traitlets.Dict(read_only=True).tag(sync=True)
    forgotten = traitlets.List(read_only=True).tag(sync=True)

    def __init__(
        self,
        speaker: Speaker | Mapping[str, Speaker],
        system: str = "",
        temperature: float = 0.0,
        max_tokens: int = 64,
    ) -> None:
        speakers = dict(speaker) if isinstance(speaker, Mapping) else {"assistant": speaker}
        if not speakers:
            raise ValueError("no speaker arrived; pass one, or several as {'name': speaker}")
        self.assistants = {name: Assistant(each) for name, each in speakers.items()}
        self._talk = Talk(self.assistants, self._show_talk)
        self._kept = False  # whether the notebook holds a transcript
        self.set_trait("names", list(speakers))
        super().__init__(system=system, temperature=temperature, max_tokens=max_tokens)
        self.on_msg(self._hear)

    def __repr__(self) -> str:
        return f"<ChatPanel with {', '.join(self.assistants)}>"

    def ask(self, question: str) -> dict[str, str]:
        """Ask all speakers, wait, and return the answer of each.

        Raises: ValueError for an empty question, RuntimeError while the last one is being
            answered, or with the reason when nobody answers.
        """
        turn = self._ask(question)
        try:
            while not turn.over.wait(0.1):
                pass  # in between an interrupt is heard, on every system
        except KeyboardInterrupt:
            self.stop()
            raise
        if turn not in self._talk.turns:
            raise RuntimeError(self.returned.get("line", "the conversation was reset"))
        return {name: part.text for name, part in zip(self.names, turn.answers, strict=True)}

    def stop(self) -> None:
        """End the answers that are being written, and keep what has come of them."""
        self._talk.stop()

    def reset(self) -> None:
        """Begin a new conversation; the settings stay."""
        self._talk.reset()

    def close(self) -> None:
        """Let the panel go; an answer that is being written ends."""
        if "_talk" in vars(self):  # not so where no speaker arrived
            self.stop()
        super().close()

    def transcript(self) -> Transcript:
        """The conversation so far as still text."""
        return Transcript(tuple(self.names), tuple(self._talk.turns), self.system)

    def show(self) -> None:
        """Show the transcript, which a saved notebook keeps, and under it the panel."""
        self._kept = True
        show_under(_Kept(self), self, "chat here")

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, and the transcript for pages without widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/html"] = self.transcript()._repr_html_()
        return data, metadata

    def _ask(self, question: str, asker: str = "") -> Turn:
        settings = dict(temperature=self.temperature, max_tokens=self.max_tokens)
        return self._talk.ask(question, asker, self.system, **settings)

    def _hear(self, _panel: object, told: dict[str, Any], _buffers: object) -> None:
        """What the browser wants: messages and not traits, since threads set traits too."""
        kind = told["kind"]
        if kind == "set" and told["name"] in DIALS:
            setattr(self, told["name"], told["value"])
        elif kind == "ask":
            try:
                self._ask(told["question"], told["asker"])
            except (RuntimeError, ValueError) as error:
                self._talk.take_back(told["question"], one_line(error), told["asker"])
        elif kind == "stop" and self.now.get("asker") == told["asker"]:
            self.stop()
        elif kind == "reset":
            self.reset()

    def _show_talk(self) -> None:
        """Show the conversation as it is now; called with the lock of the talk."""
        talk = self._talk
        grown = len(talk.turns) != len(self.turns)
        self.set_trait("returned", talk.returned)
        self.set_trait("forgotten", [each.forgotten for each in self.assistants.values()])
        if grown:
            self.set_trait("turns", [turn.to_dict() for turn in talk.turns])
        now: dict[str, Any] = {}
        if talk.now is not None:
            now = {"place": len(talk.turns), "asker": talk.now.asker, **talk.now.to_dict()}
        self.set_trait("now", now)
        if grown and self._kept:
            self._keep(again=True)

    def _keep(self, again: bool = False) -> None:
        """Write the transcript into the notebook, or again where it was written before."""
        from IPython.display import display

        display(self.transcript(), display_id=self.model_id, update=again)

    @traitlets.validate("temperature", "max_tokens")
    def _refuse_what_no_setting_has(self, proposal: dict[str, Any]) -> float:
        Settings.of(**{proposal["trait"].name: proposal["value"]})
        return proposal["value"]


class _Kept:
    """A panel's transcript, displayed under a name by which it can be displayed anew."""

    def __init__(self, panel: ChatPanel) -> None:
        self._panel = panel

    def _ipython_display_(self) -> None:
        self._panel._keep()
