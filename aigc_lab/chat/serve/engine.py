"""transformers' own server, holding one model, with a watch on each answer that it writes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import transformers
from starlette.exceptions import HTTPException
from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList
from transformers.cli.serve import Serve
from transformers.cli.serving.utils import GenerateManager

from aigc_lab.chat.serve.errors import ApiError
from aigc_lab.chat.serve.plain import keep_marks_plain
from aigc_lab.chat.serve.watch import Shaper, Stopper, Watch
from aigc_lab.core.console import one_line

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

TRIED = "5.23"
MEMBERS = (  # of transformers' server, that its makers may change with any version
    "_model_manager.process_model_name",
    "_model_manager.load_model_and_processor",
    "_generation_state.get_manager",
    "server.config.app",
)
HERE = "."  # the model is the working folder: a path may hold @ or :, which mean something there


class Engine(Serve):
    """What `transformers serve .` runs, except that another one listens: `app` is its API.

    Raises: ValueError for a version of transformers that is built otherwise, or a folder that it
        cannot open.
    """

    def __init__(self, device: str = "cpu") -> None:
        how = {"device": device, "log_level": "error", "non_blocking": True}
        try:
            super().__init__(force_model=HERE, **how)
        except (ValueError, OSError, TypeError, KeyError) as error:
            raise ValueError(
                f"transformers cannot open this model ({one_line(error)}); write it anew with "
                "`aigc-lab export`, or take another copy"
            ) from error
        require_members(self)
        name = self._model_manager.process_model_name(HERE)
        self.model, self.tokenizer = self._model_manager.load_model_and_processor(name)
        keep_marks_plain(self.tokenizer)
        forget_settings(self.model)
        self.tokens_written = 0  # by the answers that have ended
        self._manager = WatchedManager()
        self._generation_state.get_manager = lambda *_, **__: self._manager

    def start_server(self) -> None:
        """Listen to nobody: requests come through `app`, from the front."""

    @property
    def app(self) -> Starlette:
        """Its API, as transformers built it."""
        return self.server.config.app

    @property
    def context(self) -> int:
        """How many tokens the model reads at once."""
        return self.model.config.max_position_embeddings

    @property
    def can_chat(self) -> bool:
        """Whether the tokenizer came with a chat template."""
        return self.tokenizer.chat_template is not None

    def body(self, prompt: dict[str, Any]) -> dict[str, Any]:
        """A request for one prompt, as transformers' server takes it; all else is the watch's.

        Raises: ApiError for an empty prompt, where the model has no mark to begin a text with.
        """
        if prompt.get("prompt") == "":
            if not self.tokenizer.bos_token:
                raise ApiError("the prompt is empty; give one", param="prompt")
            prompt = {"prompt": self.tokenizer.bos_token}
        return {"model": HERE, "stream": True, **prompt}

    @contextlib.contextmanager
    def watching(self, request_id: str, watch: Watch) -> Iterator[None]:
        """Let a watch follow the request of this id; whoever leaves early ends the answer."""
        self._manager.watches[request_id] = watch
        try:
            yield
        finally:
            watch.cancel()
            del self._manager.watches[request_id]
            self.tokens_written += len(watch.ids)

    def stop(self) -> None:
        """End the answer that is being written, and those that wait."""
        for watch in list(self._manager.watches.values()):
            watch.cancel()


def require_members(serve: Serve) -> None:
    """Refuse a server without the members that are used here and that nobody has promised."""
    missing = []
    for member in MEMBERS:
        try:
            attrgetter(member)(serve)
        except AttributeError:
            missing.append(member)
    if missing:
        raise ValueError(
            f"transformers {transformers.__version__} has another server than the one that is used "
            f"here (it lacks {', '.join(missing)}); install transformers {TRIED}"
        )


def forget_settings(model: PreTrainedModel) -> None:
    """Drop what a checkpoint wants of every answer, except where one ends.

    transformers takes from it whatever a request leaves open, such as words never to be said.
    """
    model.generation_config = GenerationConfig(eos_token_id=model.generation_config.eos_token_id)


class WatchedManager(GenerateManager):
    """transformers' generation, told how to sample by the watch of the request, and seen by it."""

    def __init__(self) -> None:
        super().__init__()
        self.watches: dict[str, Watch] = {}

    def generate_streaming(
        self,
        model: PreTrainedModel,
        processor: PreTrainedTokenizerFast,
        inputs: dict[str, Any],
        gen_config: GenerationConfig,
        request_id: str,
        **more: Any,
    ) -> tuple[Any, Any]:
        """Start to generate, unless the request asks for what cannot be."""
        watch = self.watches[request_id]
        try:
            settings = watch.settings(model, processor, inputs["input_ids"].shape[-1])
        except ApiError as error:
            raise HTTPException(error.status, error.body) from error
        followed = {
            **inputs,
            "logits_processor": LogitsProcessorList([Shaper(watch)]),
            "stopping_criteria": StoppingCriteriaList([Stopper(watch)]),
        }
        return super().generate_streaming(model, processor, followed, settings, request_id, **more)
