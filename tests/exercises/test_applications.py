"""What notebook 12's checks say where no known mistake fits."""

from aigc_lab.exercises.bank import find
from aigc_lab.exercises.diagnosis import judge


def with_arrows(examples, question, system=None):
    shown = "\n".join(f"{asked} -> {answered}" for asked, answered in examples)
    return [{"role": "user", "content": f"{shown}\n{question} ->"}]


def shouting(examples, question, system=None):
    messages = [] if system is None else [{"role": "system", "content": system}]
    for asked, answered in examples:
        messages.append({"role": "user", "content": asked})
        messages.append({"role": "assistant", "content": answered + "!"})
    return [*messages, {"role": "user", "content": question}]


def test_examples_in_a_text_are_told_from_messages_and_shown_on_one_line():
    finding = judge(find("few_shot"), with_arrows)
    assert finding.mistakes == ()
    assert "\n" not in finding.law
    assert finding.law.endswith("an example is two messages, one each of user and assistant)")


def test_examples_as_messages_are_not():
    finding = judge(find("few_shot"), shouting)
    assert finding.mistakes == ()
    assert finding.law.endswith("user c, assistant d!, user e")
