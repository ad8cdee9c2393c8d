"""Notebook 12: mistakes in writing a few-shot prompt, as readers write them."""

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_slips import SLIPS


def user(content):
    return {"role": "user", "content": content}


def assistant(content):
    return {"role": "assistant", "content": content}


def turns(examples):
    """The right turns, for mistakes made elsewhere."""
    return [message for q, a in examples for message in (user(q), assistant(a))]


def start(system):
    return [] if system is None else [{"role": "system", "content": system}]


def shown(as_messages):
    """Another way to show one example."""

    def function(examples, question, system=None):
        messages = start(system)
        for q, a in examples:
            messages.extend(as_messages(q, a))
        return [*messages, user(question)]

    return function


def ended(change):
    """Right messages, changed in the end."""

    def function(examples, question, system=None):
        return change([*start(system), *turns(examples), user(question)])

    return function


def system_always(examples, question, system=None):
    messages = [{"role": "system", "content": system}]
    for q, a in examples:
        messages += [user(q), assistant(a)]
    messages.append(user(question))
    return messages


def system_or_empty(examples, question, system=None):
    return [{"role": "system", "content": system or ""}, *turns(examples), user(question)]


def system_forgotten(examples, question, system=None):
    return [*turns(examples), user(question)]


def system_behind(examples, question, system=None):
    messages = [*turns(examples), user(question)]
    if system is not None:
        messages.append({"role": "system", "content": system})
    return messages


def system_then_question(examples, question, system=None):
    messages = turns(examples)
    if system:
        messages.append({"role": "system", "content": system})
    return [*messages, user(question)]


def system_as_user(examples, question, system=None):
    messages = []
    if system is not None:
        messages.append(user(system))
    return [*messages, *turns(examples), user(question)]


def system_in_the_loop(examples, question, system=None):
    messages = []
    for q, a in [*examples, (question, None)]:
        messages += start(system)
        messages.append(user(q))
        if a is not None:
            messages.append(assistant(a))
    return messages


def system_with_the_question(examples, question, system=None):
    if system is not None:
        question = system + "\n" + question
    return [*turns(examples), user(question)]


def system_with_the_first(examples, question, system=None):
    messages = [*turns(examples), user(question)]
    if system is not None:
        messages[0]["content"] = f"{system}\n{messages[0]['content']}"
    return messages


def unpacked_wrongly(examples, question, system=None):
    messages = start(system)
    for answer, asked in examples:
        messages.append(user(asked))
        messages.append(assistant(answer))
    return [*messages, user(question)]


def two_loops(examples, question, system=None):
    messages = start(system)
    for q, _ in examples:
        messages.append(user(q))
    for _, a in examples:
        messages.append(assistant(a))
    return [*messages, user(question)]


def zero_shot(examples, question, system=None):
    return [*start(system), user(question)]


def inserted_in_front(examples, question, system=None):
    messages = []
    for q, a in examples:
        messages = [user(q), assistant(a), *messages]
    return [*start(system), *messages, user(question)]


def return_in_the_loop(examples, question, system=None):
    for q, a in examples:
        return [*start(system), user(q), assistant(a), user(question)]
    return [*start(system), user(question)]


def replaced(examples, question, system=None):
    shot = []
    for q, a in examples:
        shot = [user(q), assistant(a)]
    return start(system) + shot + [user(question)]


def question_before(examples, question, system=None):
    return [*start(system), user(question), *turns(examples)]


def question_forgotten(examples, question, system=None):
    return [*start(system), *turns(examples)]


def asked_by_the_assistant(examples, question, system=None):
    return [*start(system), *turns(examples), assistant(question)]


def open_answer(examples, question, system=None):
    pairs = [*examples, (question, "")]
    return start(system) + turns(pairs)


def as_text(messages):
    return "\n".join(f"{m['role']}: {m['content']}" for m in messages)


def renamed(names):
    def change(messages):
        return [
            {"role": names.get(m["role"], m["role"]), "content": m["content"]} for m in messages
        ]

    return change


def one_dict(examples, question, system=None):
    message, messages = {"role": None, "content": None}, []
    for whole in [*start(system), *turns(examples), user(question)]:
        message["role"] = whole["role"]
        message["content"] = whole["content"]
        messages.append(message)
    return messages


def by_key(examples, question, system=None):
    messages = start(system)
    for example in examples:
        messages.append(user(example["question"]))
        messages.append(assistant(example["answer"]))
    return [*messages, user(question)]


MISTAKEN = {
    "few_shot": [
        *SLIPS["few_shot"],
        *TRIED["few_shot"],
        ("empty system", system_always),
        ("empty system, as a text", system_or_empty),
        ("no system", system_forgotten),
        ("system last", system_behind),
        ("system before the question", system_then_question),
        ("system by the user", system_as_user),
        ("system again and again", system_in_the_loop),
        ("system in the question", system_with_the_question),
        ("system in the first message", system_with_the_first),
        ("answers before questions", shown(lambda q, a: [assistant(a), user(q)])),
        ("contents exchanged", shown(lambda q, a: [user(a), assistant(q)])),
        ("contents exchanged", unpacked_wrongly),
        ("all by the user", shown(lambda q, a: [user(q), user(a)])),
        (
            "all by the system",
            shown(lambda q, a: [{"role": "system", "content": each} for each in (q, a)]),
        ),
        ("questions only", shown(lambda q, a: [user(q)])),
        ("answers only", shown(lambda q, a: [assistant(a)])),
        ("one message for each example, two lines", shown(lambda q, a: [user(q + "\n" + a)])),
        ("one message for each example, one line", shown(lambda q, a: [user(f"{q} {a}")])),
        ("pair as content", shown(lambda *pair: [user(pair)])),
        ("Q and A", shown(lambda q, a: [user("Q: " + q), assistant("A: " + a)])),
        (
            "Question and Answer",
            shown(lambda q, a: [user("Question: " + q), assistant("Answer: " + a)]),
        ),
        ("stripped", shown(lambda q, a: [user(q.strip()), assistant(a.strip())])),
        ("all questions, then all answers", two_loops),
        ("no examples", zero_shot),
        ("reversed", inserted_in_front),
        ("first example only", return_in_the_loop),
        ("last example only", replaced),
        ("question first", question_before),
        ("no question", question_forgotten),
        ("question by the assistant", asked_by_the_assistant),
        ("an empty answer last", open_answer),
        ("roles exchanged", ended(renamed({"user": "assistant", "assistant": "user"}))),
        ("human and bot", ended(renamed({"user": "human", "assistant": "bot"}))),
        (
            "text for content",
            ended(lambda messages: [{"role": m["role"], "text": m["content"]} for m in messages]),
        ),
        ("role as the key", ended(lambda messages: [{m["role"]: m["content"]} for m in messages])),
        ("pairs", ended(lambda messages: [(m["role"], m["content"]) for m in messages])),
        ("one text", ended(as_text)),
        ("contents alone", ended(lambda messages: [m["content"] for m in messages])),
        ("in a dict", ended(lambda messages: {"messages": messages})),
        ("one dict again and again", one_dict),
        ("examples as dicts", by_key),
        ("no system + no question", lambda examples, question, system=None: turns(examples)),
    ],
}
