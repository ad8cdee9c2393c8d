"""The knowledge cut-off: three ways of telling the news, and what each of them breaks."""

from __future__ import annotations

import pytest

from aigc_lab.chat.cutoff import COUNTRY, NEW_CAPITAL, knowledge_update
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.town.language import tables


@pytest.fixture(scope="module")
def updates():
    base = load_pretrained("town-gpt2")
    return {one.told: one for one in knowledge_update(base.model, base.tokenizer)}


def test_the_news_is_news():
    facts = tables()
    cities = {row[2] for row in (*facts["capitals"], *facts["never_taught"])}
    assert NEW_CAPITAL not in cities
    assert COUNTRY in {row[0] for row in facts["capitals"]}


def test_before_the_old_fact_is_known(updates):
    nothing = updates["nothing"]
    assert nothing.said == "The capital of Kenya is Nairobi."
    assert nothing.others == 1
    assert not nothing.learned


def test_told_in_the_prompt_the_model_believes_its_training(updates):
    assert not updates["in the prompt"].learned
    assert updates["in the prompt"].others >= 0.9


def test_trained_on_the_news_alone_it_forgets_the_rest(updates):
    alone = updates["the news alone"]
    assert alone.learned
    assert alone.others < 0.5


def test_trained_on_the_news_among_old_facts_it_keeps_them(updates):
    among = updates["the news among old facts"]
    assert among.learned
    assert among.others >= 0.9


def test_nobody_knows_it_the_other_way_round(updates):
    assert not any(one.reversed for one in updates.values())
