"""The grammar is unambiguous: a text was written in one way only, and that one costs its nats."""

from collections import defaultdict
from itertools import pairwise, product

import pytest

from aigc_lab.town import search
from aigc_lab.town.documents import KINDS, LANGUAGES, document, documents
from aigc_lab.town.language import SAME_NOUNS, languages, slots_of, tables
from aigc_lab.town.search import Guided, derivations

OF_EACH = 22  # documents of each kind in each language: 308, and some that say what is rare
SORTS = list(product(KINDS, LANGUAGES))


@pytest.fixture(scope="module")
def sample():
    """Documents by kind and language, and the phrases that stand in them."""
    found, phrases, calls = defaultdict(list), set(), []

    def listened_to(language, name, say):
        def call(*nouns):
            sentence = say(*nouns)
            calls.append((language.name, name, sentence))
            return sentence

        return call

    with pytest.MonkeyPatch.context() as patch:
        for language in languages():
            for name, say in language.say.items():
                patch.setitem(language.say, name, listened_to(language, name, say))
        for number in range(1000):
            calls.clear()
            each = document(number, "all", seed=4)
            said = {(language, name) for language, name, sentence in calls if sentence in each.text}
            same = found[each.kind, each.language]
            if len(same) < OF_EACH or not said <= phrases:
                same.append(each)
                phrases |= said
    return found, phrases


@pytest.mark.parametrize(("kind", "language"), SORTS)
def test_a_text_has_exactly_one_derivation_and_it_has_the_stated_probability(
    sample, kind, language
):
    found = sample[0][kind, language]
    assert len(found) >= OF_EACH
    for each in found:
        assert derivations(each.text) == [pytest.approx(each.nats, abs=1e-9)], each.text


def test_these_texts_hold_every_phrase_in_both_languages(sample):
    groups = tables()["phrases"]
    names = {name for group, entries in groups.items() if group != "labels" for name in entries}
    assert sample[1] == set(product(LANGUAGES, names))
    for language in languages():
        texts = "".join(each.text for kind in KINDS for each in sample[0][kind, language.name])
        assert [name for name, label in language.labels.items() if label not in texts] == []


def every_sentence(language, group):
    """All that the phrases of a group can say, with the end of the line behind titles."""
    if group == "labels":
        return list(language.labels.values())
    sentences = []
    for name, (english, _) in tables()["phrases"][group].items():
        columns = [language.nouns[SAME_NOUNS.get(slot, slot)] for slot in slots_of(english)]
        chosen = product(*(range(len(nouns)) for nouns in columns))
        sentences += [language.say[name](*nouns) for nouns in chosen]
    return [said if said[-1] in ".?。？" else said + "\n" for said in sentences]


@pytest.mark.parametrize("group", tables()["phrases"])
@pytest.mark.parametrize("language", languages(), ids=LANGUAGES)
def test_no_two_sentences_of_a_group_are_the_same(language, group):
    """Nor is one the beginning of another: every sentence shows where it ends and what it means."""
    sentences = sorted(every_sentence(language, group))
    assert len(sentences) >= len(tables()["phrases"][group])
    for shorter, longer in pairwise(sentences):
        assert not longer.startswith(shorter)


def test_texts_the_town_never_writes_have_no_derivation():
    text = next(each.text for each in documents(100) if each.kind == "lesson")
    assert len(derivations(text)) == 1
    assert derivations(text[:-1]) == []
    assert derivations(text + "\n") == []
    assert derivations(text.replace("\n", " \n", 1)) == []


@pytest.mark.parametrize("kind", ["story", "translation"])
def test_in_an_ambiguous_grammar_every_derivation_is_found(kind, monkeypatch):
    """Were "ran" said as "went", each sentence saying so could mean either."""
    texts = (each for each in documents(500) if each.kind == kind)
    found = next(each for each in texts if each.text.count(" went to the ") == 2)
    search._next_sentences.cache_clear()  # which remembers how a sentence is said
    for language in languages():
        monkeypatch.setitem(language.say, "ran", language.say["went"])
    assert derivations(found.text) == [pytest.approx(found.nats)] * 4
    search._next_sentences.cache_clear()


@pytest.mark.parametrize("kind", ["story", "lesson", "health"])
def test_trying_the_worlds_of_an_opening_apart_finds_what_trying_all_together_finds(
    kind, monkeypatch
):
    class Plain(Guided):
        def settle(self, draft, opening):
            return opening(self, draft.tell)[0]

    text = min((each.text for each in documents(100) if each.kind == kind), key=len)
    quick = [derivations(text), derivations(text[:-1])]
    monkeypatch.setattr(search, "Guided", Plain)
    search._worlds.cache_clear()
    assert [derivations(text), derivations(text[:-1])] == [[pytest.approx(quick[0][0])], []]
    assert quick[1] == []
