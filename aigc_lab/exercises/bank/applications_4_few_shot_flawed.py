"""Notebook 12: the ways to write a prompt that shows no examples, for applications_4_few_shot."""

from __future__ import annotations

from typing import Any

Message = dict[str, str]

EXERCISES = ()  # the exercise that these belong to stands in applications_4_few_shot


def flawed(
    examples: list[tuple[str, str]],
    question: str,
    system: str | None = None,
    *,
    head: str = "where given",
    shown: str = "turns",
    order: str = "own",
    ask: str = "last",
    names: tuple[str, str] = ("user", "assistant"),
    keys: tuple[str, str] = ("role", "content"),
    told: str = "messages",
) -> Any:
    """The same with what can go wrong."""
    user, assistant = names
    turns = {
        "own": examples,
        "reversed": examples[::-1],
        "first": examples[:1],
        "last": examples[-1:],
    }
    body = _shown(shown, turns[order], user, assistant)
    whole = f"Question: {question}\nAnswer:" if ask == "marked" else question
    asked = ("assistant" if ask == "of the assistant" else user, whole)
    messages: list[tuple[str, Any]] = [asked, *body] if ask == "first" else [*body, asked]
    if ask == "missing":
        messages = body
    elif ask == "with an empty answer":
        messages = [*messages, (assistant, "")]
    given = [("system", system)] if system is not None else []
    messages = {
        "where given": lambda: given + messages,
        "always": lambda: [("system", system), *messages],
        "empty": lambda: [("system", system or ""), *messages],
        "never": lambda: messages,
        "last": lambda: messages + given,
        "before the question": lambda: messages[:-1] + given + messages[-1:],
        "as the user": lambda: [(user, text) for _, text in given] + messages,
        "each example": lambda: _repeated(given, messages),
        "examples alone": lambda: [*_repeated(given, messages[:-1]), messages[-1]],
        "in the question": lambda: [
            *messages[:-1],
            (messages[-1][0], f"{system}\n{messages[-1][1]}" if given else messages[-1][1]),
        ],
        "in the first message": lambda: [
            (messages[0][0], f"{system}\n{messages[0][1]}" if given else messages[0][1]),
            *messages[1:],
        ],
    }[head]()
    built = [{keys[0]: role, keys[1]: text} for role, text in messages]
    return {
        "messages": lambda: built,
        "pairs": lambda: messages,
        "text": lambda: "\n".join(f"{role}: {text}" for role, text in messages),
        "in a dict": lambda: {"messages": built},
        "contents": lambda: [text for _, text in messages],
        "turns as dicts": lambda: [
            *([{"system": system}] if given else []),
            *({user: q, assistant: a} for q, a in examples),
            {user: question},
        ],
        "turns as lists": lambda: [
            *built[: len(given)],
            *(built[at : at + 2] for at in range(len(given), len(built) - 1, 2)),
            built[-1],
        ],
        "all in one": lambda: [
            *built[: len(given)],
            {"role": user, "content": "\n".join(text for _, text in messages[len(given) :])},
        ],
        "all in one, apart": lambda: [
            *built[: len(given)],
            {
                "role": user,
                "content": "\n\n".join([*("\n".join(pair) for pair in _pairs(body)), whole]),
            },
        ],
        "by role": lambda: [{role: text} for role, text in messages],
    }[told]()


def _pairs(body: list) -> list[tuple[str, str]]:
    """Question and answer of each example, as they were written."""
    texts = [text for _, text in body]
    return list(zip(texts[::2], texts[1::2], strict=True))


def _repeated(given: list, messages: list) -> list:
    """The system message before every turn."""
    return [
        each
        for at, message in enumerate(messages)
        for each in ([*given, message] if at % 2 == 0 else [message])
    ]


def _shown(
    shown: str, examples: list[tuple[str, str]], user: str, assistant: str
) -> list[tuple[str, Any]]:
    """The examples as roles and contents."""
    turn = {
        "turns": lambda q, a: [(user, q), (assistant, a)],
        "answers first": lambda q, a: [(assistant, a), (user, q)],
        "contents exchanged": lambda q, a: [(user, a), (assistant, q)],
        "all by the user": lambda q, a: [(user, q), (user, a)],
        "all by the system": lambda q, a: [("system", q), ("system", a)],
        "questions only": lambda q, a: [(user, q)],
        "answers only": lambda q, a: [(assistant, a)],
        "one message": lambda q, a: [(user, f"{q}\n{a}")],
        "one message, a space": lambda q, a: [(user, f"{q} {a}")],
        "marked": lambda q, a: [(user, f"Q: {q}"), (assistant, f"A: {a}")],
        "marked in words": lambda q, a: [(user, f"Question: {q}"), (assistant, f"Answer: {a}")],
        "pair as content": lambda q, a: [(user, (q, a))],
        "stripped": lambda q, a: [(user, q.strip()), (assistant, a.strip())],
        "none": lambda q, a: [],
    }[shown if shown != "questions, then answers" else "turns"]
    body = [each for q, a in examples for each in turn(q, a)]
    if shown == "questions, then answers":
        return [each for each in body if each[0] == user] + [
            each for each in body if each[0] != user
        ]
    return body


def one_dict(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """One dict is changed again and again, and kept as often."""
    message: Message = {}
    messages = []
    for whole in flawed(examples, question, system):
        message.update(whole)
        messages.append(message)
    return messages


def question_in_the_loop(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """The question comes after each example, and without examples not at all."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
        messages.append({"role": "user", "content": question})
    return messages


def two_at_once(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """append is given two messages."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    for asked, answered in examples:
        messages.append(  # type: ignore[call-arg]
            {"role": "user", "content": asked}, {"role": "assistant", "content": answered}
        )
    return [*messages, {"role": "user", "content": question}]


def flat_pairs(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """The examples are gone through as if they were dicts."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    for example in examples:
        messages.append({"role": "user", "content": example["question"]})  # type: ignore
        messages.append({"role": "assistant", "content": example["answer"]})  # type: ignore
    return [*messages, {"role": "user", "content": question}]
