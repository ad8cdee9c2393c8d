"""Notebook 11: a conversation as one text."""

from __future__ import annotations

from typing import Any

from aigc_lab.chat.template import chat_text
from aigc_lab.exercises.bank.chat_1_render_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Probe, probe
from aigc_lab.text.words import END_OF_TEXT

BEGIN, END, ASSISTANT = END_OF_TEXT, "<|end|>", "<|assistant|>"
Message = dict[str, str]


def render_chat(messages: list[Message], add_generation_prompt: bool = True) -> str:
    """The package's own template."""
    return chat_text(messages, add_generation_prompt)


def flawed(
    messages: list[Message],
    add_generation_prompt: bool = True,
    *,
    beginning: str = "once",
    ends: str = "all",
    after_mark: str = "",
    between: str = "nothing",
    prompt: str = "asked",
    kept: str = "all",
    marks: str = "own",
    stripped: bool = False,
    told: str = "text",
) -> Any:
    """The same with what can go wrong."""
    parts = []
    chosen = _chosen(messages, kept)
    for place, message in enumerate(chosen):
        content = message["content"].strip() if stripped else message["content"]
        ended = {
            "all": True,
            "none": False,
            "not the last": place < len(chosen) - 1,
            "answers": message["role"] == "assistant",
            "not the answers": message["role"] != "assistant",
            "endoftext": False,
        }[ends]
        end = END if ended else BEGIN if ends == "endoftext" else ""
        begin = BEGIN if beginning == "each" else ""
        parts.append(begin + _mark(marks, message, place) + after_mark + content + end)
    if beginning == "once":
        parts.insert(0, BEGIN)
    if prompt == "each" and add_generation_prompt:
        parts = [part + ASSISTANT if part.endswith(END) else part for part in parts]
    else:
        parts += _prompt(prompt, messages, add_generation_prompt)
    if beginning == "last":
        parts.append(BEGIN)
    return parts if told == "list" else _joined(parts, between, bool(beginning == "once"))


def _chosen(messages: list[Message], kept: str) -> list[Message]:
    first = messages[0]["role"] == "system"
    if kept == "no system":
        return messages[first:]
    if kept == "first":
        return messages[:1]
    if kept == "newest":
        return messages[-1:]
    if kept == "user's":
        return [each for each in messages if each["role"] == "user"]
    if kept == "system last":
        return [*messages[first:], *messages[:first]]
    if kept == "empty system" and not first:
        return [{"role": "system", "content": ""}, *messages]
    return messages


def _mark(marks: str, message: Message, place: int) -> str:
    role = message["role"]
    return {
        "own": f"<|{role}|>",
        "by place": ("<|user|>", "<|assistant|>")[place % 2],
        "words": role,
        "no bars": f"<{role}>",
        "user's": "<|user|>",
        "none": "",
    }[marks]


def _prompt(prompt: str, messages: list[Message], asked: bool) -> list[str]:
    shown = {
        "always": True,
        "never": False,
        "exchanged": not asked,
        "after the user": messages[-1]["role"] == "user",
    }.get(prompt, asked)
    text = {
        "closed": ASSISTANT + END,
        "line break": ASSISTANT + "\n",
        "space": ASSISTANT + " ",
        "user": "<|user|>",
        "word": "assistant",
    }.get(prompt, ASSISTANT)
    return [text] if shown else []


def _joined(parts: list[str], between: str, begins: bool) -> str:
    """The parts, with whatever stands between them."""
    if between in ("line break after each", "space after each"):
        gap = "\n" if between.startswith("line") else " "
        return "".join(part + gap if part.endswith(END) else part for part in parts)
    if between == "line break after all":
        return "".join(part + "\n" if part.endswith((BEGIN, END)) else part for part in parts)
    gap = {"nothing": "", "line break": "\n", "space": " "}.get(between)
    if gap is not None:
        return gap.join(parts)
    return parts[0] + "\n".join(parts[1:]) if begins else "\n".join(parts)


def _probes() -> list[Probe]:
    system = {"role": "system", "content": "Answer briefly."}
    hello = {"role": "user", "content": "Hello!"}
    answer = {"role": "assistant", "content": "Hello. How can I help?"}
    where = {"role": "user", "content": "Where is Mia?"}
    found = {"role": "assistant", "content": "Mia is in the garden."}
    spaced = {"role": "user", "content": "  米娅在哪里？\nTwo lines, and a space at the end \n"}
    return [
        probe("one question", [hello]),
        probe("a system message and a question", [system, where], True),
        probe("the second question", [hello, answer, where], add_generation_prompt=True),
        probe("a finished conversation", [hello, answer, where, found], False),
        probe("the same with a system message", [system, hello, answer, where, found], False),
        probe("a question, and no prompt asked for", [system, hello, answer, where], False),
        probe("a content that begins and ends with spaces", [system, spaced], True),
    ]


def _length(function: Function) -> str | None:
    text = function([{"role": "user", "content": "?"}], True)
    if not isinstance(text, str):
        return None
    right = f"{BEGIN}<|user|>?{END}{ASSISTANT}"
    told = f"the user's message “?” should give {right!r}; yours gives {text!r}"
    return None if text == right else told


RENDER = Exercise(
    name="render_chat",
    notebook="11_chat",
    title="A conversation as one text",
    points=2,
    reference=render_chat,
    probes=_probes,
    flawed=flawed,
    hints=(
        "What stands once for the whole text, what once for each message, and what comes only when "
        "it is asked for?",
        f"Begin with '{END_OF_TEXT}'. For each message add '<|' + role + '|>', the content and "
        "'<|end|>', with nothing between. At the very end, if add_generation_prompt is true, add "
        "'<|assistant|>', which stays open.",
        f"text = '{END_OF_TEXT}'\n"
        "for message in messages:\n"
        "    text += f\"<|{message['role']}|>{message['content']}<|end|>\"\n"
        "and then one `if`",
    ),
    mistakes=MISTAKES,
    laws=(Law("one question", _length),),
)

EXERCISES = (RENDER,)
