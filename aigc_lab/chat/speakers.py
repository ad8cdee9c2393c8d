"""Who answers: a model in this process, or one behind the API, asked in the same way."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from aigc_lab.chat.replies import (
    ContextExceeded,
    Message,
    Reply,
    ReplyStream,
    Settings,
    Speaker,
    SpeakerError,
)
from aigc_lab.chat.template import encode_chat, require_chat_tokens, require_conversation
from aigc_lab.generation.generate import TextStream, encode_prompt
from aigc_lab.generation.loop import as_batch, next_tokens
from aigc_lab.generation.pieces import TextWriter
from aigc_lab.generation.sampling import SamplingConfig

if TYPE_CHECKING:
    from openai import OpenAI

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

__all__ = [
    "ApiSpeaker",
    "ContextExceeded",
    "ContinuingSpeaker",
    "LocalSpeaker",
    "Message",
    "Reply",
    "ReplyStream",
    "Settings",
    "Speaker",
    "SpeakerError",
]

USUAL_CONTEXT = 4096  # tokens that we take a model behind the API to read, unless told
BYTES_PER_TOKEN = 3  # about: English has four or five, Chinese three or fewer
ALWAYS_SENT = ("temperature", "top_p", "max_tokens")


class ContinuingSpeaker:
    """A model of this process that was taught nothing but to continue texts.

    It reads what was said as one text, a line for each message, and goes on with it, until the text
    ends or is long enough: what a base model makes of a question.

    Raises: ValueError for a tokenizer with more tokens than the model; when asked,
        `ContextExceeded`, and ValueError for messages or settings that will not do.
    Notebook: 11 from GPT to ChatGPT.
    """

    def __init__(self, model: GPT, tokenizer: Tokenizer) -> None:
        if tokenizer.vocab_size > model.config.vocab_size:
            raise ValueError(
                f"the tokenizer has {tokenizer.vocab_size} tokens and the model "
                f"{model.config.vocab_size}; widen it: widened(model, tokenizer.vocab_size)"
            )
        self.model, self.tokenizer = model, tokenizer
        self.context: int = model.config.block_size

    def say(self, messages: Sequence[Message], **settings: Any) -> Reply:
        """The answer to the last of the messages."""
        return self.stream(messages, **settings).finish()

    def stream(self, messages: Sequence[Message], **settings: Any) -> ReplyStream:
        """The same answer, piece after piece; a piece never holds half a character."""
        sampling = Settings.of(**settings).sampling()
        ids = self.encode(messages)
        room = self.context - len(ids)
        if room < 1:
            raise ContextExceeded(
                f"the messages are {len(ids)} tokens, and of {self.context} that the model reads "
                "at least one must be left for the answer; shorten them"
            )
        sampling = sampling.change(max_new_tokens=min(sampling.max_new_tokens, room))
        return ReplyStream(self._pieces(ids, sampling))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the model reads."""
        return len(self.encode(messages))

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """What the model reads."""
        said = require_conversation(messages, to_be_answered=True)
        return encode_prompt(self.tokenizer, "\n".join(message["content"] for message in said))

    def _pieces(self, ids: list[int], sampling: SamplingConfig) -> Generator[str, None, Reply]:
        prompt, limit = as_batch(ids, self.model), self.tokenizer.vocab_size
        steps = next_tokens(self.model, prompt, sampling, vocab_limit=limit)
        ends = self.tokenizer.special_tokens.values()
        pieces = TextStream(steps, TextWriter(self.tokenizer, sampling.stop, ends))
        yield from pieces
        return Reply(pieces.text, pieces.finish_reason or "length", len(ids), len(pieces.ids))


class LocalSpeaker(ContinuingSpeaker):
    """A model of this process that was taught to answer; see `template` for what it reads.

    An answer ends at `<|end|>`, and at any other mark: whoever goes on with the user's part has
    nothing more to say. It ends with "length" where the context is full.

    Raises: ValueError for a tokenizer without the marks of a chat, or with more tokens than the
        model; when asked, `ContextExceeded`, and ValueError for messages or settings that will not
        do.
    Notebook: 11 from GPT to ChatGPT.
    """

    def __init__(self, model: GPT, tokenizer: Tokenizer) -> None:
        require_chat_tokens(tokenizer)
        super().__init__(model, tokenizer)

    def encode(self, messages: Sequence[Message]) -> list[int]:
        """What the model reads."""
        return encode_chat(self.tokenizer, messages)


class ApiSpeaker:
    """A model behind the API, by an `openai` client that the caller has made.

    The API counts no tokens in advance. With a `tokenizer` they are counted as our template does;
    without one they are guessed, a token for three bytes, and whoever guessed too low is told by
    `ContextExceeded`.

    Raises: when asked, `ContextExceeded`, and `SpeakerError` for a server that is gone or refuses.
    Notebook: 12 applications.
    """

    def __init__(
        self,
        client: OpenAI,
        model: str,
        context: int = USUAL_CONTEXT,
        tokenizer: Tokenizer | None = None,
    ) -> None:
        self.client, self.model = client, model
        self.context, self.tokenizer = context, tokenizer

    def say(self, messages: Sequence[Message], **settings: Any) -> Reply:
        """The answer to the last of the messages."""
        with self._plain_errors():
            whole = self._ask(messages, Settings.of(**settings), stream=False)
        choice = whole.choices[0]
        text = choice.message.content or ""
        return Reply(text, choice.finish_reason, *self._counts(messages, text, whole.usage))

    def stream(self, messages: Sequence[Message], **settings: Any) -> ReplyStream:
        """The same answer, piece after piece."""
        return ReplyStream(self._pieces(messages, Settings.of(**settings)))

    def count_tokens(self, messages: Sequence[Message]) -> int:
        """How many tokens the messages are, or about how many without a tokenizer."""
        if self.tokenizer is not None:
            return len(encode_chat(self.tokenizer, messages))
        return sum(4 + self._guess(message["content"]) for message in messages)

    def _ask(self, messages: Sequence[Message], settings: Settings, stream: bool) -> Any:
        """What the client gives; a setting that asks for nothing is not sent."""
        wanted: dict[str, Any] = {name: getattr(settings, name) for name in ALWAYS_SENT}
        if settings.stop:
            wanted["stop"] = list(settings.stop)
        if settings.seed is not None:
            wanted["seed"] = settings.seed
        if stream:
            wanted["stream_options"] = {"include_usage": True}
        create = self.client.chat.completions.create
        return create(model=self.model, messages=list(messages), stream=stream, **wanted)

    def _pieces(
        self, messages: Sequence[Message], settings: Settings
    ) -> Generator[str, None, Reply]:
        text, reason, usage = "", None, None
        with self._plain_errors(), self._ask(messages, settings, stream=True) as chunks:
            for chunk in chunks:
                usage = chunk.usage or usage
                for choice in chunk.choices[:1]:
                    reason = choice.finish_reason or reason
                    piece = choice.delta.content or ""
                    text += piece
                    if piece:
                        yield piece
        if reason is None:
            raise SpeakerError(f"{self._name} broke off in the middle of the answer; ask again")
        return Reply(text, reason, *self._counts(messages, text, usage))

    def _counts(self, messages: Sequence[Message], text: str, usage: Any) -> tuple[int, int]:
        """The tokens of prompt and answer: as the server counted, or as well as we can."""
        if usage is not None:
            return usage.prompt_tokens, usage.completion_tokens
        return self.count_tokens(messages), self._guess(text)

    def _guess(self, text: str) -> int:
        if self.tokenizer is not None:
            return len(self.tokenizer.encode(text))
        return -(-len(text.encode()) // BYTES_PER_TOKEN)

    @property
    def _name(self) -> str:
        return f"{self.model} at {self.client.base_url}"

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        """The client's errors as ours, with the server's own sentence in them."""
        import openai

        try:
            yield
        except openai.APIConnectionError as error:  # also when it takes too long
            raise SpeakerError(f"{self._name} does not answer: is the server running?") from error
        except openai.APIError as error:
            told = error.body if isinstance(error.body, dict) else {}
            sentence = str(told.get("message") or error.message)
            if error.code == "context_length_exceeded":
                raise ContextExceeded(sentence) from error
            raise SpeakerError(f"{self._name} refused: {sentence}") from error
