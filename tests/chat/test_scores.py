"""The table of all applications at every stage."""

import json

import pytest

from aigc_lab.chat.applications import APPLICATIONS
from aigc_lab.chat.replies import Reply
from aigc_lab.chat.scores import score_stages


class Silent:
    """Says nothing, and has room for anything."""

    context = 4096

    def say(self, messages, **settings):
        return Reply("", "stop", 0, 0)

    def count_tokens(self, messages):
        return 1


class Knowing(Silent):
    """Knows by heart what a title of these examples is."""

    def __init__(self, name, count):
        examples = APPLICATIONS[name].examples(count)
        self.known = {each.prompt.messages[-1]["content"]: each.answer for each in examples}

    def say(self, messages, **settings):
        return Reply(self.known[messages[-1]["content"]], "stop", 0, 0)


def test_every_application_at_every_stage():
    scores = score_stages({"one": Silent(), "two": (Silent(), 2)}, 5)
    assert list(scores.cards) == list(APPLICATIONS)
    assert all(list(cards) == ["one", "two"] for cards in scores.cards.values())
    assert scores.cards["title"]["two"].shots == 2
    told = [each.example for each in scores.cards["title"]["one"].results]
    assert told == [each.example for each in scores.cards["title"]["two"].results]


def test_the_table_says_rates_and_baselines():
    stages = {"before": Silent(), "after": Knowing("title", 4)}
    scores = score_stages(stages, 4, applications=["title"])
    assert scores.table() == (
        "application  baseline                     before          after\n"
        "title        0% (0-49) first sentence  0% (0-49)  100% (51-100)"
    )
    by_kind = scores.table(by_kind=True).splitlines()
    assert [line.split()[1] for line in by_kind[2:]] == [
        "title",
        "weather_title",
        "health_title",
        "recipe_title",
    ]
    assert scores.table("markdown").splitlines()[1] == "|---|---|---:|---:|"


def test_numbers_for_a_file():
    scores = score_stages({"after": Knowing("title", 4)}, 4, applications=["title"])
    plain = json.loads(json.dumps(scores.to_dict()))
    after = plain["title"]["after"]
    assert (after["right"], after["total"], after["baseline"], after["shots"]) == (4, 4, 0, 0)
    assert after["by_kind"]["weather_title"] == [1, 1]


@pytest.mark.parametrize(
    ("stages", "applications"),
    [({}, None), ({"one": Silent()}, []), ({"one": Silent()}, ["poetry"])],
)
def test_nothing_to_score_is_refused(stages, applications):
    with pytest.raises(ValueError, match="give at least one stage, and applications among"):
        score_stages(stages, 3, applications=applications)
