"""An application's prompt in both forms, without and with answered examples in front."""

from aigc_lab.chat.applications import APPLICATIONS
from aigc_lab.chat.template import chat_text


def test_without_shots_the_prompt_is_the_example_itself():
    for application in APPLICATIONS.values():
        example = application.examples(1)[0]
        assert application.prompt(example) == example.prompt


def test_shots_are_turns_that_were_answered_rightly():
    application = APPLICATIONS["question_answering"]
    shot, example = application.examples(2, "train", 0, "english")
    assert application.messages(example, [shot]) == [
        {"role": "user", "content": shot.text},
        {"role": "assistant", "content": shot.answer},
        {"role": "user", "content": example.text},
    ]


def test_a_shot_of_several_turns_keeps_them():
    application = APPLICATIONS["dialogue"]
    shot, example = application.examples(2, "train", 0, "english")
    expected = [*shot.prompt.messages, {"role": "assistant", "content": shot.answer}]
    assert application.messages(example, [shot]) == [*expected, *example.prompt.messages]


def test_there_is_one_system_message_and_it_is_the_example_s():
    application = APPLICATIONS["customer_service"]
    first, second, example = application.examples(3, "train", 0, "english")
    messages = application.messages(example, [first, second])
    assert [m["role"] for m in messages] == ["system", *["user", "assistant"] * 2, "user"]
    assert messages[0] == example.prompt.messages[0]
    card, question = messages[1]["content"].split("\n")
    assert (card, question) == (first.prompt.messages[0]["content"], first.question)
    assert chat_text(messages)  # a conversation that the template takes


def test_a_base_model_reads_documents_with_the_mark_between():
    application = APPLICATIONS["translation"]
    shot, example = application.examples(2, "train", 0, "english")
    assert application.base_prompt(example, [shot]) == (
        f"{shot.prompt.document}{shot.answer}\n<|endoftext|>{example.prompt.document}"
    )
