"""Notebook 12: solved examples as a conversation that was never held."""

from __future__ import annotations

from typing import Any

from aigc_lab.exercises.bank.applications_4_few_shot_mistakes import MISTAKES
from aigc_lab.exercises.definition import Exercise, Function, Law, Mistake, Probe, probe

Message = dict[str, str]


def few_shot(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """The examples as turns, and the question last."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered})
    return [*messages, {"role": "user", "content": question}]


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
    asked = ("assistant" if ask == "of the assistant" else user, question)
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
        "by role": lambda: [{role: text} for role, text in messages],
    }[told]()


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
    for whole in few_shot(examples, question, system):
        message.update(whole)
        messages.append(message)
    return messages


def flat_pairs(
    examples: list[tuple[str, str]], question: str, system: str | None = None
) -> list[Message]:
    """The examples are gone through as if they were dicts."""
    messages = [] if system is None else [{"role": "system", "content": system}]
    for example in examples:
        messages.append({"role": "user", "content": example["question"]})  # type: ignore
        messages.append({"role": "assistant", "content": example["answer"]})  # type: ignore
    return [*messages, {"role": "user", "content": question}]


def _probes() -> list[Probe]:
    opposites = [("big", "small"), ("hot", "cold"), ("day", "night")]
    chinese = [("The dog is brown.", "狗是棕色的。"), ("Mia is at home.", "米娅在家。")]
    spaced = [("Story: One.\nWho is it? ", " Mia\n")]
    system = "Answer with one word."
    return [
        probe("3 examples", opposites, "high"),
        probe("3 examples and a system message", opposites, "high", system),
        probe("2 translations, the system message by name", chinese, "Go.", system="Translate."),
        probe("1 example, with spaces at its ends", spaced, "Story: Two.\nWho is it? "),
        probe("no example", [], "What is the capital of France?"),
        probe("no example, but a system message", [], "Hello!", system),
        probe("no system message, said so", chinese, "The cat is here.", None),
    ]


def _roles(function: Function) -> str | None:
    messages = function([("a", "b"), ("c", "d")], "e", "s")
    try:
        told = [f"{each['role']} {each['content']}" for each in messages]
    except (TypeError, KeyError):
        return None
    right = ["system s", "user a", "assistant b", "user c", "assistant d", "user e"]
    if told == right:
        return None
    return (
        "the pairs a b and c d, the question e and the system s give "
        f"{', '.join(right)}; yours {', '.join(told)}"
    )


BY_FUNCTION = (
    Mistake(
        "one dict again and again",
        symptom="all messages are alike: the question",
        diagnosis="you change one dict in the loop and append it each time; the list holds the "
        "same dict many times",
        hint="Where is your dict made: before the loop, or anew for each message?",
        wrong=one_dict,
    ),
    Mistake(
        "examples as dicts",
        symptom="it stops with a TypeError at the first example",
        diagnosis="you ask an example for a key; it is a pair (question, answer)",
        hint="How do you take the two parts of a pair in a for loop?",
        wrong=flat_pairs,
    ),
)

FEW_SHOT = Exercise(
    name="few_shot",
    notebook="12_applications",
    title="Show, then ask",
    points=1,
    reference=few_shot,
    probes=_probes,
    flawed=flawed,
    hints=(
        "If the model really had answered these examples, what would the list of messages look "
        "like?",
        "Begin with the system message if there is one, else with nothing. For each pair add a "
        "message of the user and one of the assistant. The question is the user's last message.",
        'messages.append({"role": "user", "content": asked}), then the answer in the same way; '
        "after the loop the question. And before it?",
    ),
    mistakes=(*MISTAKES, *BY_FUNCTION),
    laws=(Law("roles", _roles),),
)

EXERCISES = (FEW_SHOT,)
