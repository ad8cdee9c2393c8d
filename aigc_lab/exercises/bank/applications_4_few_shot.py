"""Notebook 12: solved examples as a conversation that was never held."""

from __future__ import annotations

from aigc_lab.exercises.bank.applications_4_few_shot_flawed import (
    flat_pairs,
    flawed,
    one_dict,
    question_in_the_loop,
    two_at_once,
)
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
    shown = ", ".join(each if each.isprintable() else repr(each) for each in told)
    return (
        "the pairs a b and c d, the question e and the system s give "
        f"{', '.join(right)}; yours {shown}{_as_text(messages)}"
    )


def _as_text(messages: list[Message]) -> str:
    """What to say when a question and its answer stand in one message."""
    if not any("a" in each["content"] and "b" in each["content"] for each in messages):
        return ""
    return " (an example is two messages, one each of user and assistant)"


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
        "question in the loop",
        symptom="the question comes after each example",
        diagnosis="you write the question inside the loop",
        hint="How far is the line with the question indented?",
        wrong=question_in_the_loop,
    ),
    Mistake(
        "two at once",
        symptom="it stops with a TypeError at append",
        diagnosis="append takes one thing, and you give it two messages",
        hint="Two lines with append, or what does extend take?",
        wrong=two_at_once,
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
