"""Notebook 11: mistakes in rendering a conversation, as readers write them."""

from tests.exercises.mistaken.chat_slips import SLIPS

BEGIN, END, ASSISTANT = "<|endoftext|>", "<|end|>", "<|assistant|>"


def written(form, begin=BEGIN, finish="", prompt=ASSISTANT):
    """A loop that writes every message in one form."""

    def function(messages, add_generation_prompt=True):
        text = begin
        for message in messages:
            text += form.format(**message)
        if add_generation_prompt:
            text += prompt
        return text + finish

    return function


RIGHT = "<|{role}|>{content}<|end|>"


def joined(gap, begins=True):
    """All parts in a list, joined by something."""

    def function(messages, add_generation_prompt=True):
        parts = [BEGIN] if begins else []
        for m in messages:
            parts.append("<|" + m["role"] + "|>" + m["content"] + "<|end|>")
        if add_generation_prompt:
            parts.append("<|assistant|>")
        return gap.join(parts) if begins else BEGIN + gap.join(parts)

    return function


def break_after_prompt_and_marks(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        text += f"<|{m['role']}|>\n{m['content']}<|end|>"
    if add_generation_prompt:
        text += "<|assistant|>\n"
    return text


def begin_in_the_loop(messages, add_generation_prompt=True):
    text = ""
    for m in messages:
        text += f"<|endoftext|><|{m['role']}|>{m['content']}<|end|>"
    return text + "<|assistant|>" if add_generation_prompt else text


def end_by_join(messages, add_generation_prompt=True):
    text = BEGIN + "<|end|>".join(f"<|{m['role']}|>{m['content']}" for m in messages)
    return text + ASSISTANT * add_generation_prompt


def only_answers_end(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        text += f"<|{m['role']}|>{m['content']}"
        if m["role"] == "assistant":
            text += END
    return text + ASSISTANT if add_generation_prompt else text


def answers_stay_open(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        if m["role"] == "assistant":
            text += ASSISTANT + m["content"]
        elif m["role"] == "user":
            text += "<|user|>" + m["content"] + END
        else:
            text += "<|system|>" + m["content"] + END
    return text + ASSISTANT if add_generation_prompt else text


def prompt_always(messages, add_generation_prompt=True):
    return BEGIN + "".join(RIGHT.format(**m) for m in messages) + ASSISTANT


def prompt_forgotten(messages, add_generation_prompt=True):
    return BEGIN + "".join(RIGHT.format(**m) for m in messages)


def prompt_lost_in_a_new_text(messages, add_generation_prompt=True):
    text = BEGIN + "".join(RIGHT.format(**m) for m in messages)
    if add_generation_prompt:
        text.join("<|assistant|>")
    return text


def prompt_if_not(messages, add_generation_prompt=True):
    text = BEGIN + "".join(RIGHT.format(**m) for m in messages)
    return text if add_generation_prompt else text + ASSISTANT


def prompt_if_user_spoke(messages, add_generation_prompt=True):
    text = BEGIN
    for message in messages:
        text += RIGHT.format(**message)
    if messages[-1]["role"] == "user":
        text += ASSISTANT
    return text


def system_skipped(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        if m["role"] == "user":
            text += f"<|user|>{m['content']}<|end|>"
        elif m["role"] == "assistant":
            text += f"<|assistant|>{m['content']}<|end|>"
    return text + ASSISTANT if add_generation_prompt else text


def system_collected(messages, add_generation_prompt=True):
    talk = [m for m in messages if m["role"] != "system"]
    talk += [m for m in messages if m["role"] == "system"]
    return written(RIGHT)(talk, add_generation_prompt)


def system_always(messages, add_generation_prompt=True):
    system = ""
    if messages[0]["role"] == "system":
        system = messages[0]["content"]
        messages = messages[1:]
    text = f"<|endoftext|><|system|>{system}<|end|>"
    for m in messages:
        text += f"<|{m['role']}|>{m['content']}<|end|>"
    return text + ASSISTANT if add_generation_prompt else text


def equals_for_plus(messages, add_generation_prompt=True):
    for message in messages:
        text = BEGIN + f"<|{message['role']}|>{message['content']}<|end|>"
    if add_generation_prompt:
        text += ASSISTANT
    return text


def outside_the_loop(messages, add_generation_prompt=True):
    text = BEGIN
    for message in messages:
        role, content = message["role"], message["content"]
    text += f"<|{role}|>{content}<|end|>"
    return text + ASSISTANT if add_generation_prompt else text


def questions_alone(messages, add_generation_prompt=True):
    text = BEGIN
    for m in messages:
        if m["role"] == "user":
            text += "<|user|>" + m["content"] + "<|end|>"
    return text + ASSISTANT if add_generation_prompt else text


def in_turns(messages, add_generation_prompt=True):
    text = BEGIN
    for i, m in enumerate(messages):
        mark = "<|user|>" if i % 2 == 0 else "<|assistant|>"
        text += mark + m["content"] + "<|end|>"
    return text + ASSISTANT if add_generation_prompt else text


def strips(messages, add_generation_prompt=True):
    parts = [f"<|{m['role']}|>{m['content'].strip()}<|end|>" for m in messages]
    return BEGIN + "".join(parts) + (ASSISTANT if add_generation_prompt else "")


def not_joined(messages, add_generation_prompt=True):
    parts = [BEGIN] + [RIGHT.format(**m) for m in messages]
    if add_generation_prompt:
        parts += [ASSISTANT]
    return parts


MISTAKEN = {
    "render_chat": [
        *SLIPS["render_chat"],
        ("line break after each mark", written("<|{role}|>\n{content}<|end|>")),
        ("space after each mark", written("<|{role}|> {content}<|end|>")),
        ("colon after each mark", written("<|{role}|>: {content}<|end|>")),
        ("line break after each message", written("<|{role}|>{content}<|end|>\n")),
        ("line break between all", joined("\n")),
        ("line break between messages", joined("\n", begins=False)),
        ("space after each message", written("<|{role}|>{content}<|end|> ")),
        ("space between all", joined(" ")),
        ("line break after the prompt", written(RIGHT, prompt="<|assistant|>\n")),
        ("space after the prompt", written(RIGHT, prompt="<|assistant|> ")),
        ("line break after each mark + line break after the prompt", break_after_prompt_and_marks),
        ("no beginning", written(RIGHT, begin="")),
        ("beginning of each message", begin_in_the_loop),
        ("beginning at the end", written(RIGHT, begin="", finish="<|endoftext|>")),
        ("no ends", written("<|{role}|>{content}")),
        ("last end missing", end_by_join),
        ("answers end only", only_answers_end),
        ("answers do not end", answers_stay_open),
        ("endoftext as end", written("<|{role}|>{content}<|endoftext|>")),
        ("prompt always", prompt_always),
        ("prompt never", prompt_forgotten),
        ("prompt never", prompt_lost_in_a_new_text),
        ("prompt exchanged", prompt_if_not),
        ("prompt after the user", prompt_if_user_spoke),
        ("prompt closed", written(RIGHT, prompt="<|assistant|><|end|>")),
        ("prompt of the user", written(RIGHT, prompt="<|user|>")),
        ("prompt without its mark", written(RIGHT, prompt="assistant")),
        ("no system", system_skipped),
        ("system last", system_collected),
        ("empty system", system_always),
        ("newest only", equals_for_plus),
        ("newest only", outside_the_loop),
        ("user's only", questions_alone),
        ("roles by place", in_turns),
        ("all by the user", written("<|user|>{content}<|end|>")),
        ("roles without marks", written("{role}{content}<|end|>")),
        ("marks without bars", written("<{role}>{content}<|end|>")),
        ("no roles", written("{content}<|end|>")),
        ("stripped", strips),
        ("a list of parts", not_joined),
        ("no beginning + no ends", written("<|{role}|>{content}", begin="")),
    ],
}
