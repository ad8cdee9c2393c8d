"""Many prompts to whoever answers: a base model, an assistant here, or one behind the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

from aigc_lab.chat.applications.application import Prompt
from aigc_lab.chat.replies import ContextExceeded, Message, Reply, Speaker
from aigc_lab.chat.speakers import ContinuingSpeaker
from aigc_lab.chat.template import CHAT_TOKENS
from aigc_lab.generation.generate import complete_many
from aigc_lab.text.words import END_OF_TEXT
from aigc_lab.town.language import languages

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer

LINE_END = "\n"  # where an answer in a document ends
LABELS = ("answer", "agent", "title", "summary", "english", "chinese")  # what an answer may follow


class Continuer(Protocol):
    """Whoever has these members can go on with documents."""

    context: int  # how many tokens document and answer may have together

    def go_on(self, documents: Sequence[str], max_tokens: int) -> list[str]:
        """The rest of the line that each document breaks off in."""

    def count_tokens(self, document: str) -> int:
        """How many tokens a document is."""


class BaseModel:
    """A model of this process that was only taught to go on with texts, asked in their own form.

    (A `ContinuingSpeaker` is the same model asked in the words with which an assistant is.)
    Notebook: 12 applications.
    """

    def __init__(self, model: GPT, tokenizer: Tokenizer) -> None:
        self.model, self.tokenizer = model, tokenizer
        self.context: int = model.config.block_size

    def go_on(self, documents: Sequence[str], max_tokens: int) -> list[str]:
        """The rest of the line that each document breaks off in, as it is most likely."""
        done = complete_many(
            self.model,
            self.tokenizer,
            [self._ids(document) for document in documents],
            temperature=0.0,
            max_new_tokens=max_tokens,
            stop=(LINE_END,),
        )
        return [each.text for each in done]

    def count_tokens(self, document: str) -> int:
        """How many tokens a document is, with the mark in front that begins it."""
        return len(self._ids(document))

    def _ids(self, document: str) -> list[int]:
        return self.tokenizer.encode(END_OF_TEXT + document, allow_special=True)


class FirstLine:
    """A speaker of whose answer the first line counts, without the label in front of it.

    A base model that is asked like an assistant writes "Answer: …" and goes on with the next
    question: word for word that is never right, though the answer may well stand there.

    Notebook: 12 applications.
    """

    def __init__(self, speaker: Speaker) -> None:
        self.speaker, self.context = speaker, speaker.context
        self.count_tokens = speaker.count_tokens

    def say(self, messages: Sequence[Message], **settings: Any) -> Reply:
        """The answer to the last of the messages, of which only the text is another."""
        reply = self.speaker.say(messages, **settings)
        return replace(reply, text=first_line(reply.text))


def first_line(said: str) -> str:
    """The first line of what was said, without the label of an answer in a document.

    >>> first_line("Answer: Mia is in the park.\\nQuestion: Who has the red cup?")
    'Mia is in the park.'
    >>> first_line("摘要：米娅从公园去了学校。"), first_line("Question: Where is Mia?")
    ('米娅从公园去了学校。', 'Question: Where is Mia?')
    """
    line = said.strip().split(LINE_END)[0]
    for label in (one.labels[name].strip() for one in languages() for name in LABELS):
        line = line.removeprefix(label)
    return line.strip()


AnySpeaker = Speaker | Continuer


def is_base(speaker: AnySpeaker) -> bool:
    """Whether it goes on with documents instead of answering messages."""
    return hasattr(speaker, "go_on")


def say_all(speaker: AnySpeaker, prompts: Sequence[Prompt], max_tokens: int = 64) -> list[str]:
    """What is answered to each of many prompts, at temperature 0.

    A model of this process reads those of equal length together.
    Raises: ContextExceeded for a prompt that leaves no room for an answer.
    Notebook: 12 applications.
    """
    longest = max((count_tokens(speaker, prompt) for prompt in prompts), default=0)
    if longest >= speaker.context:
        raise ContextExceeded(
            f"a prompt is {longest} tokens, and of {speaker.context} that the model reads at least "
            "one must be left for the answer; shorten it, or cut it into pieces"
        )
    if is_base(speaker):
        said = speaker.go_on([prompt.document for prompt in prompts], max_tokens)
    elif isinstance(speaker, FirstLine):
        said = map(first_line, say_all(speaker.speaker, prompts, max_tokens))
    elif isinstance(speaker, ContinuingSpeaker):
        said = _answered(speaker, prompts, max_tokens)
    else:
        said = [
            speaker.say(list(prompt.messages), temperature=0.0, max_tokens=max_tokens).text
            for prompt in prompts
        ]
    return [each.strip() for each in said]


def _answered(speaker: ContinuingSpeaker, prompts: Sequence[Prompt], max_tokens: int) -> list[str]:
    """What `speaker.say` would answer to each: any mark of the chat ends it."""
    done = complete_many(
        speaker.model,
        speaker.tokenizer,
        [speaker.encode(prompt.messages) for prompt in prompts],
        temperature=0.0,
        max_new_tokens=max_tokens,
        stop=CHAT_TOKENS,
    )
    return [each.text for each in done]


def count_tokens(speaker: AnySpeaker, prompt: Prompt) -> int:
    """How many tokens of its context a speaker needs for a prompt."""
    if is_base(speaker):
        return speaker.count_tokens(prompt.document)
    return speaker.count_tokens(list(prompt.messages))
