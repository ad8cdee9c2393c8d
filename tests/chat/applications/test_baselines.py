"""Answers without a model."""

from aigc_lab.chat.applications import APPLICATIONS, Example, Prompt, baselines


def first(name, language="english", kind=None):
    known = APPLICATIONS[name].examples(12, "test", 0, language)
    return next(each for each in known if kind in (None, each.kind))


def test_copy_is_the_sentence_itself():
    for language in ("english", "chinese"):
        example = first("translation", language)
        assert baselines.copy(example) in example.prompt.document
        assert example.question.endswith(baselines.copy(example))
        assert baselines.copy(example).count(":") == baselines.copy(example).count("：") == 0


def test_first_and_last_sentence_come_from_the_story():
    for language, label in (("english", "Story: "), ("chinese", "故事：")):
        example = first("continuation", language)
        assert example.source.startswith(label + baselines.first_sentence(example))
        assert example.source.endswith(baselines.last_sentence(example))


def test_hand_over_is_right_where_the_card_is_silent():
    for language in ("english", "chinese"):
        example = first("customer_service", language, "hand_over")
        assert baselines.hand_over(example) == example.answer


def test_the_nearest_neighbour_asked_the_same_question():
    """Capitals are the same in every world, so looking them up among old questions is enough."""
    application = APPLICATIONS["question_answering"]
    examples = application.examples(40, "test", 0, "english")
    capitals = [each for each in examples if each.kind == "capital"]
    assert all(application.baseline(each) == each.answer for each in capitals)
    others = [each for each in examples if each.kind == "who"]
    assert not all(application.baseline(each) == each.answer for each in others)


def test_the_question_counts_before_the_text():
    def example(asked, answer):
        prompt = Prompt(({"role": "user", "content": asked},), "")
        return Example("any", "english", prompt, answer, answer)

    known = [
        example("Mia ran to the red house.\nWho sat?", "same text"),
        example("Tom sat.\nWhere is Mia?", "same question"),
        example("Tom ran.\nWhere is Mia?", "same question, nearer text"),
    ]
    answer = baselines.nearest_neighbour(lambda count, split, seed, language: known)
    assert answer(example("Mia ran to the red house.\nWhere is Mia?", "")) == (
        "same question, nearer text"
    )


def test_no_baseline_knows_the_test_answers():
    for name, application in APPLICATIONS.items():
        examples = application.examples(20, "test", 0, None)
        said = [application.baseline(example) for example in examples]
        assert all(said), name
        assert said != [example.answer for example in examples], name
