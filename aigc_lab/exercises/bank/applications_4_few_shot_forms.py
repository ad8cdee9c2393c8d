"""Notebook 12: lists that are no messages, for applications_4_few_shot."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_4_few_shot

FORMS = (
    Mistake(
        "one dict for each example",
        symptom="the messages have neither role nor content",
        diagnosis='you write {"user": question, "assistant": answer} for an example, where two '
        "messages are asked for",
        hint='The API takes a list of {"role": …, "content": …}. How many of these is an example?',
        knobs={"told": "turns as dicts"},
    ),
    Mistake(
        "one list for each example",
        symptom="there are lists among the messages",
        diagnosis="you append the two messages of an example as a list",
        hint="What is the difference between append and extend?",
        knobs={"told": "turns as lists"},
    ),
    Mistake(
        "everything in one message",
        symptom="one message of the user holds all examples and the question",
        diagnosis="you write the examples as text, line by line, into one message",
        hint="In a real conversation, who wrote the question of an example, and who its answer?",
        knobs={"told": "all in one"},
    ),
    *(
        Mistake(
            f"everything in one message, marked{apart}",
            symptom="one message of the user holds all examples and the question",
            diagnosis="you write “Question:” and “Answer:” into one long text, as one types them "
            "into a chat window; here each is a message, and its role says which it is",
            hint="Who wrote the question of an example, and who its answer?",
            knobs={"told": f"all in one{apart}", "shown": "marked in words", "ask": "marked"},
        )
        for apart in ("", ", apart")
    ),
)
