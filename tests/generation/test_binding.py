"""Name binding: the right tokens are found in both languages, and scores mean what they say."""

import re

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.binding import (
    binding_maps,
    binding_scores,
    bindings,
    uniform_binding_score,
)
from aigc_lab.model.gpt import GPT
from aigc_lab.model.probe import block_edges
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.documents import documents
from aigc_lab.town.language import languages

L, H = 2, 3
LANGUAGES = ("english", "chinese")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return [story.text for story in documents(60, "validation")]


@pytest.fixture(scope="module", params=["characters", "bytes", "words"])
def tokenizer(request, texts):
    if request.param == "characters":
        more = (story.text for story in documents(900, "validation"))  # all characters there are
        return CharTokenizer.train("".join(more))
    return BPETokenizer.train(texts, {"bytes": 259, "words": 700}[request.param])


@pytest.fixture(scope="module")
def bundled():
    return load_pretrained("town-gpt2")


def tiny(tokenizer) -> GPT:
    torch.manual_seed(0)
    shape = dict(vocab_size=tokenizer.vocab_size, block_size=1500, n_layer=L, n_head=H, n_embd=6)
    return GPT(GPTConfig.gpt2(**shape))


@pytest.mark.parametrize("language", LANGUAGES)
def test_query_and_key_complete_the_same_name(tokenizer, language):
    for found in bindings(tokenizer, 7, language, offset=0):
        tokens = [tokenizer.token_bytes(token) for token in found.ids]
        assert b"".join(tokens).decode() == found.text
        before, name = found.text.encode(), found.name.encode()
        upto_query = b"".join(tokens[: found.query + 1])
        assert upto_query.endswith(name)
        assert name not in before[len(upto_query) :]  # the question names it last
        body = found.text[: found.text.rindex("\n", 0, found.text.rindex("\n"))]
        upto_key = b"".join(tokens[: found.key + 1])
        assert upto_key == body[: body.rindex(found.name) + len(found.name)].encode()
        assert found.rival != found.key
        assert found.rival < found.query


def test_an_example_by_hand():
    """The story begins with Mia, and goes on with others; one token is one character."""
    (found,) = bindings(CharTokenizer.train("".join(map(chr, range(10, 127)))), 1, seed=3)
    body, question = found.text.rsplit("Question:", 1)
    assert question == f" Where is {found.name}?\nAnswer:"
    assert found.text[found.query] == found.name[-1]
    assert found.text[found.query + 1] == "?"
    assert found.key == body.rindex(found.name) + len(found.name)
    assert found.text[found.key] == " "


@pytest.mark.parametrize(
    ("language", "name", "tokens"),
    [
        ("english", "Rose", (" Rose", " picked", " ran")),
        ("chinese", "萝丝", ("萝丝", "捡起了", "跑到了")),
    ],
)
def test_the_first_story_by_hand(bundled, language, name, tokens):
    """… Rose picked up the white ball. Anna ran to the garden. … Where is Rose? …"""
    (found,) = bindings(bundled.tokenizer, 1, language)
    assert found.name == name
    places = (found.query, found.key, found.rival)
    read = [bundled.tokenizer.token_bytes(found.ids[place]).decode() for place in places]
    assert tuple(read) == tokens


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_key_is_just_behind_the_name_unless_asked_otherwise(tokenizer, language):
    at, behind = (bindings(tokenizer, 5, language, offset=offset) for offset in (0, 1))
    assert behind == bindings(tokenizer, 5, language)
    for name, after in zip(at, behind, strict=True):
        assert (after.key, after.rival) == (name.key + 1, name.rival + 1)
        assert after.query == name.query
        assert after.ids == name.ids


def test_stories_depend_on_the_arguments_alone(tokenizer):
    assert bindings(tokenizer, 3) == bindings(tokenizer, 5)[:3]
    assert bindings(tokenizer, 3, seed=1) != bindings(tokenizer, 3)
    assert bindings(tokenizer, 3, split="test") != bindings(tokenizer, 3)
    assert len({found.ids for found in bindings(tokenizer, 5)}) == 5


def test_scores_are_the_mean_weight_on_the_edges(tokenizer):
    model, some = tiny(tokenizer), bindings(tokenizer, 3)
    maps = list(binding_maps(model, some))
    assert [m.shape for m in maps] == [(L, H, len(b.ids), len(b.ids)) for b in some]
    for rival in (False, True):
        expected = np.zeros((L, H))
        for m, found in zip(maps, some, strict=True):
            expected += m[:, :, found.query, found.rival if rival else found.key] / 3
        scores = binding_scores(model, some, rival=rival)
        np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-7)


def test_a_model_that_looks_at_everything_alike_is_the_baseline(tokenizer):
    model, some = tiny(tokenizer), bindings(tokenizer, 3)
    for block in model.h:
        block.attn.c_attn.weight.data.zero_()
    expected = sum(1 / (found.query + 1) for found in some) / 3
    assert uniform_binding_score(some) == pytest.approx(expected, abs=1e-15)
    np.testing.assert_allclose(binding_scores(model, some), expected, rtol=0, atol=1e-7)


def test_the_models_mode_is_as_it_was(tokenizer):
    model = tiny(tokenizer).train()
    binding_scores(model, bindings(tokenizer, 1))
    assert model.training


@pytest.mark.parametrize("language", LANGUAGES)
def test_earlier_mentions_are_those_of_the_same_name(tokenizer, language):
    found = bindings(tokenizer, 12, language, offset=0)
    assert {0, 1, 2} <= {len(each.earlier) for each in found}  # a name may stand there but once
    for each in found:
        tokens = [tokenizer.token_bytes(token) for token in each.ids]
        mentions = [*each.earlier, each.key]
        assert mentions == sorted(set(mentions))
        for place in mentions:
            assert b"".join(tokens[: place + 1]).endswith(each.name.encode())
        body = each.text[: each.text.rindex("\n", 0, each.text.rindex("\n"))]
        assert len(mentions) == body.count(each.name)


@pytest.mark.parametrize("offset", [0, 1])
def test_a_name_across_two_words_is_nobodys(offset):
    """诺亚当时在市场上: Noah was at the market; and nobody speaks of 亚当, Adam."""
    texts = (story.text for story in documents(900, "validation"))
    tokenizer = CharTokenizer.train("".join(texts))
    some = bindings(tokenizer, 200, "chinese", offset=offset)
    noahs = [each for each in some if "诺亚当" in each.text]
    assert len(noahs) > 20
    for each in noahs:
        for place in (each.rival, each.key, *each.earlier):
            assert not each.text[: place + 1 - offset].endswith("诺亚当")
    assert len(bindings(tokenizer, 100, "chinese", seek="place")) == 100  # Noah's are found, too


def test_the_place_by_hand(bundled):
    """Sam was in the garden … walked to the park … Lily walked to the kitchen. Sam is in the …"""
    for language, name, read in (
        ("english", "Sam", [" the", " park", " kitchen", " garden"]),
        ("chinese", "山姆", ["在", "公园", "厨房", "花园"]),
    ):
        (found,) = bindings(bundled.tokenizer, 1, language, seek="place")
        assert found.name == name
        places = (found.query, found.key, found.rival, *found.earlier)
        tokens = [bundled.tokenizer.token_bytes(found.ids[place]).decode() for place in places]
        assert tokens == read
        assert found.query == len(found.ids) - 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_place_is_where_the_story_leaves_the_person(tokenizer, language):
    """What follows the query, by the generator's own answer, is what begins at the key."""
    answers = {
        story.prompt(task): task.answer
        for story in documents(600, "validation", language=language)
        for task in story.tasks
    }
    places = languages()[LANGUAGES.index(language)].nouns["place"]
    for found in bindings(tokenizer, 40, language, seek="place"):
        (prompt,) = (prompt for prompt in answers if found.text.startswith(prompt))
        (place,) = (place for place in places if place in answers[prompt])
        assert (found.text + place) == (prompt + answers[prompt])[: len(found.text + place)]
        tokens = [tokenizer.token_bytes(token) for token in found.ids]
        assert found.text.encode().startswith(b"".join(tokens))  # the token after holds the place
        assert found.query == len(tokens) - 1 > found.key > max(found.earlier)

        def begins(word, at, tokens=tokens):
            """Whether a word begins in this token."""
            return 0 <= b"".join(tokens[at:]).find(word.encode()) < len(tokens[at])

        assert begins(place, found.key)
        for other in (found.rival, *found.earlier):
            assert sum(begins(each, other) for each in places if each != place) == 1
        for own in (found.key, *found.earlier):
            before = b"".join(tokens[:own]).decode(errors="ignore")
            assert found.name in re.split("[.。]", before)[-1]
        before = b"".join(tokens[: found.rival]).decode(errors="ignore")
        assert found.name not in re.split("[.。]", before)[-1]
        after = found.text.encode()[len(b"".join(tokens[: found.key])) :].decode(errors="ignore")
        for later in re.split("[.。]", after[: after.index("\n")])[1:]:
            assert not (found.name in later and any(each in later for each in places))


def test_scores_of_the_earlier_are_their_mean(tokenizer):
    model = tiny(tokenizer)
    some = [each for each in bindings(tokenizer, 9) if each.earlier][:3]
    expected = np.zeros((L, H))
    for maps, each in zip(binding_maps(model, some), some, strict=True):
        expected += maps[:, :, each.query, list(each.earlier)].mean(axis=-1) / 3
    scores = binding_scores(model, some, earlier=True)
    np.testing.assert_allclose(scores, expected, rtol=0, atol=1e-7)


def test_stories_may_be_asked_to_fit(tokenizer):
    lengths = sorted(len(each.ids) for each in bindings(tokenizer, 20))
    short = bindings(tokenizer, 5, longest=lengths[10])
    assert len(short) == 5
    assert max(len(each.ids) for each in short) <= lengths[10]
    assert short == [e for e in bindings(tokenizer, 20) if len(e.ids) <= lengths[10]][:5]
    with pytest.raises(ValueError, match=r"only 0 of 1 stories .* at most longest=3 tokens"):
        bindings(tokenizer, 1, longest=3)


@pytest.mark.parametrize("seek", ["mention", "place"])
def test_a_mark_before_every_text_moves_all_places_by_one(texts, seek):
    plain = BPETokenizer.train(texts, 700)
    marked = BPETokenizer(plain.merges, ("<s>",))
    for one, two in zip(bindings(plain, 3, seek=seek), bindings(marked, 3, seek=seek), strict=True):
        assert two.ids[0] == marked.special_tokens["<s>"]
        assert two.ids[1:] == one.ids
        assert (two.query, two.key, two.rival) == (one.query + 1, one.key + 1, one.rival + 1)
        assert two.earlier == tuple(place + 1 for place in one.earlier)


@pytest.mark.parametrize("language", LANGUAGES)
def test_from_the_name_the_bundled_checkpoint_looks_back_at_any_mention(bundled, language):
    """At its owner's, and at no stranger's; but at the last hardly more than at others."""
    some = [each for each in bindings(bundled.tokenizer, 60, language) if each.earlier]
    scores = binding_scores(bundled.model, some)
    best = np.unravel_index(scores.argmax(), scores.shape)
    assert scores[best] > 10 * uniform_binding_score(some)
    assert scores[best] > 10 * binding_scores(bundled.model, some, rival=True)[best]
    assert scores[best] < 2 * binding_scores(bundled.model, some, earlier=True)[best]


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_place_the_bundled_checkpoint_prefers_the_last(bundled, language):
    some = bindings(bundled.tokenizer, 20, language, seek="place")
    scores = binding_scores(bundled.model, some)
    trio = [(1, 0), (1, 2), (3, 2)]
    before = binding_scores(bundled.model, some, earlier=True)
    for best in trio:
        assert scores[best] > 10 * uniform_binding_score(some)
        assert scores[best] > 10 * binding_scores(bundled.model, some, rival=True)[best]
    assert sum(scores[best] for best in trio) > 3 * sum(before[best] for best in trio)
    right = {"key": 0, "earlier": 0, "rival": 0}
    with torch.no_grad():
        for each in some:
            for what in right:
                key = each.earlier[-1] if what == "earlier" else getattr(each, what)
                looks = [(*head, each.query, key) for head in trio]
                with block_edges(bundled.model, looks):
                    next_id = int(bundled.model(torch.tensor([each.ids]))[0, -1].argmax())
                right[what] += next_id == each.ids[each.key]
    assert right["earlier"] == right["rival"] == 20
    assert right["key"] < 10


def test_errors_say_what_would_do(tokenizer):
    with pytest.raises(ValueError, match=r"count=0, offset=1 .* arrived; ask for at least 1 story"):
        bindings(tokenizer, 0)
    with pytest.raises(ValueError, match=r"offset=2 .* arrived"):
        bindings(tokenizer, 1, offset=2)
    with pytest.raises(
        ValueError, match=r"seek='answer' arrived; .* one of \('mention', 'place'\)"
    ):
        bindings(tokenizer, 1, seek="answer")
    with pytest.raises(ValueError, match="language 'french' is not spoken here"):
        bindings(tokenizer, 1, language="french")
    for score in (uniform_binding_score, lambda none: binding_scores(None, none)):
        with pytest.raises(ValueError, match="no bindings arrived; make some with bindings"):
            score([])
    some = bindings(tokenizer, 12)
    with pytest.raises(ValueError, match=r"nothing earlier .*\[b for b in bindings if b.earlier\]"):
        binding_scores(None, some, earlier=True)
    with pytest.raises(ValueError, match="two questions; ask for one"):
        binding_scores(None, some, rival=True, earlier=True)
