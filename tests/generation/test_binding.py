"""Name binding: the right tokens are found in both languages, and scores mean what they say."""

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.binding import (
    Binding,
    binding_maps,
    binding_scores,
    bindings,
    uniform_binding_score,
)
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.documents import documents

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
def test_the_bundled_checkpoint_binds_names(bundled, language):
    some = bindings(bundled.tokenizer, 11, language)
    scores, rivals = (binding_scores(bundled.model, some, rival) for rival in (False, True))
    best = np.unravel_index(scores.argmax(), scores.shape)
    assert scores[best] > 10 * uniform_binding_score(some)
    assert scores[best] > 10 * rivals[best]


def test_errors_say_what_would_do(tokenizer):
    with pytest.raises(ValueError, match="count=0 and offset=1 arrived; ask for at least 1 story"):
        bindings(tokenizer, 0)
    with pytest.raises(ValueError, match="offset=2 arrived"):
        bindings(tokenizer, 1, offset=2)
    with pytest.raises(ValueError, match="language 'french' is not spoken here"):
        bindings(tokenizer, 1, language="french")
    for score in (uniform_binding_score, lambda none: binding_scores(None, none)):
        with pytest.raises(ValueError, match="no bindings arrived; make some with bindings"):
            score([])
    assert Binding._fields[:3] == ("ids", "query", "key")
