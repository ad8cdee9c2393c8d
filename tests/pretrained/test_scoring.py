"""Bits per byte: by hand, against the definition done slowly, and with an honest interval."""

import math

import numpy as np
import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.scoring import _chunks, bootstrap, score_text
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer

TEXT = "the cat sat on the mat; 猫坐在垫子上。" * 5
CHARACTERS = CharTokenizer.train(TEXT)
MARKED = CharTokenizer.train(TEXT, special_tokens=("<|endoftext|>",))
BYTES = BPETokenizer.train(TEXT, 290)


def small(tokenizer, **changes) -> GPT:
    torch.manual_seed(8)
    config = dict(vocab_size=tokenizer.vocab_size, block_size=11, n_layer=2, n_head=2, n_embd=12)
    model = GPT(GPTConfig.gpt2(**{**config, **changes}))
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.3 * torch.randn_like(weight))
    return model.eval()


def uniform(tokenizer) -> GPT:
    model = small(tokenizer)
    torch.nn.init.zeros_(model.wte.weight)
    return model


@pytest.mark.parametrize("tokenizer", [CHARACTERS, MARKED, BYTES], ids=["plain", "marked", "bpe"])
@pytest.mark.parametrize("stride", [None, 1, 3, 11])
def test_a_uniform_guess_costs_log_v_per_token(tokenizer, stride):
    score = score_text(uniform(tokenizer), tokenizer, TEXT, stride=stride)
    tokens, size = len(tokenizer.encode(TEXT)), len(TEXT.encode())
    assert (score.tokens, score.bytes) == (tokens, size)  # each token once, the first one too
    expected = tokens * math.log2(tokenizer.vocab_size) / size
    assert score.bits_per_byte == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("tokenizer", [MARKED, BYTES], ids=["marked", "bpe"])
def test_the_end_of_a_text_can_be_scored_too_and_has_no_bytes(tokenizer):
    texts = [TEXT, TEXT[:9]]
    score = score_text(uniform(tokenizer), tokenizer, texts, score_end=True)
    tokens = sum(len(tokenizer.encode(text)) for text in texts) + len(texts)
    assert score.nats == pytest.approx(tokens * math.log(tokenizer.vocab_size), rel=1e-6)
    assert score.bytes == sum(len(text.encode()) for text in texts)


def test_the_end_of_a_text_adds_to_its_last_stretch_and_to_no_other():
    """A uniform guess of letters costs the same per byte in each stretch but the last."""
    text = "cat " * 160  # 20 stretches of 32
    price = math.log2(MARKED.vocab_size)
    score = score_text(uniform(MARKED), MARKED, text, score_end=True)
    assert score.low == pytest.approx(price)  # of worlds without the last stretch
    assert score.high == pytest.approx(price * (640 + 3) / 640, rel=2e-3)  # of those with three


def test_an_end_cannot_be_scored_without_a_mark():
    with pytest.raises(ValueError, match="no mark that ends a text; leave score_end=False"):
        score_text(uniform(CHARACTERS), CHARACTERS, TEXT, score_end=True)


@pytest.mark.parametrize("text", [TEXT, TEXT[:5], TEXT[:11], TEXT[:12], TEXT[:1]])
def test_stride_one_gives_every_token_all_the_context_there_is(text):
    model = small(MARKED)
    known = [MARKED.special_tokens["<|endoftext|>"], *MARKED.encode(text)]
    nats = 0.0
    with torch.no_grad():
        for place in range(1, len(known)):
            context = torch.tensor([known[max(0, place - 11) : place]])
            nats -= model(context)[0, -1].log_softmax(-1)[known[place]].item()
    for batch_size in (1, 4):
        score = score_text(model, MARKED, text, stride=1, batch_size=batch_size)
        assert score.nats == pytest.approx(nats, rel=1e-5)


def test_windows_without_overlap_score_each_block_alone():
    model, stride = small(CHARACTERS), 11
    ids = CHARACTERS.encode(TEXT[:23])  # 22 predictions: exactly two windows of 11
    nats = math.log(CHARACTERS.vocab_size)
    with torch.no_grad():
        for begin in (0, 11):
            logits = model(torch.tensor([ids[begin : begin + 11]]))[0]
            wanted = torch.tensor(ids[begin + 1 : begin + 12])
            nats += torch.nn.functional.cross_entropy(logits, wanted, reduction="sum").item()
    assert score_text(model, CHARACTERS, TEXT[:23], stride=stride).nats == pytest.approx(nats)


def test_more_context_is_counted_only_once_per_token():
    model = small(BYTES)
    scores = [score_text(model, BYTES, TEXT, stride=stride) for stride in (2, 5, 11)]
    assert len({score.tokens for score in scores}) == 1
    assert len({round(score.nats, 3) for score in scores}) == 3


def test_documents_are_scored_apart():
    model = small(MARKED)
    documents = ["the cat", "sat on the mat", "猫坐"]
    together = score_text(model, MARKED, documents)
    apart = [score_text(model, MARKED, document) for document in documents]
    assert together.nats == pytest.approx(sum(score.nats for score in apart), rel=1e-6)
    assert together.bytes == sum(len(document.encode()) for document in documents)
    assert together.documents == tuple((score.nats, score.bytes) for score in apart)


class Spaced(CharTokenizer):
    """Puts a space in front of every text, as Llama's does."""

    def encode(self, text, allow_special=False):
        return super().encode(" " + text)


def test_bytes_are_those_of_the_text_whatever_the_tokenizer_adds():
    tokenizer = Spaced(CHARACTERS.alphabet)
    score = score_text(uniform(tokenizer), tokenizer, 5 * TEXT)
    assert score.bytes == 5 * len(TEXT.encode())
    assert score.tokens == 5 * len(TEXT) + 1
    assert score.low < score.bits_per_byte < score.high
    sizes = [size for _, size in _chunks(np.ones(64), np.full(64, 2.0), total=100)]
    assert sizes == [50, 50]


def test_scoring_leaves_the_model_as_it_was_and_dropout_off():
    model = small(BYTES, dropout=0.5).train()
    first, second = score_text(model, BYTES, TEXT), score_text(model, BYTES, TEXT)
    assert first == second
    assert model.training
    assert model.h[1].mlp.training


def test_the_bootstrap_agrees_with_the_textbook():
    nats = np.random.default_rng(3).normal(5.0, 1.0, size=400)
    low, high = bootstrap([(x, 2.0) for x in nats], resamples=4000, confidence=0.95, seed=1)
    middle = nats.mean() / 2 / math.log(2)
    half = 1.96 * nats.std() / math.sqrt(400) / 2 / math.log(2)
    assert low == pytest.approx(middle - half, abs=0.1 * half)
    assert high == pytest.approx(middle + half, abs=0.1 * half)


def test_the_interval_holds_the_value_and_a_seed_repeats_it():
    model = small(MARKED)
    first = score_text(model, MARKED, 5 * TEXT, seed=5)
    assert first.low < first.bits_per_byte < first.high
    assert first == score_text(model, MARKED, 5 * TEXT, seed=5)
    other = score_text(model, MARKED, 5 * TEXT, seed=6)
    assert other.bits_per_byte == first.bits_per_byte
    assert other.low != first.low


@pytest.mark.parametrize(("stretches", "known"), [(1, False), (19, False), (20, True)])
def test_fewer_than_twenty_stretches_give_no_interval(stretches, known):
    score = score_text(small(MARKED), MARKED, (7 * TEXT)[: 32 * stretches])
    assert (score.low is not None) == (score.high is not None) == known
    halves = [(7 * TEXT)[: 16 * stretches], (7 * TEXT)[16 * stretches : 32 * stretches]]
    assert (score_text(small(MARKED), MARKED, halves).low is not None) == (stretches == 20)


def test_the_bootstrap_knows_nothing_of_nineteen():
    units = [(float(number), 1) for number in range(20)]
    assert bootstrap(units[:19]) == (None, None)
    low, high = bootstrap(units)
    assert low < sum(range(20)) / 20 / math.log(2) < high


@pytest.mark.parametrize("text", ["", [], ["the", ""], [b"the"]])
def test_an_empty_text_is_refused(text):
    with pytest.raises(ValueError, match="there is an empty text to score, or none"):
        score_text(small(BYTES), BYTES, text)


@pytest.mark.parametrize("stride", [0, 12])
def test_a_stride_that_would_skip_tokens_is_refused(stride):
    with pytest.raises(ValueError, match=f"stride={stride} must lie between 1 and block_size=11"):
        score_text(small(BYTES), BYTES, TEXT, stride=stride)


def test_a_character_without_a_token_is_named():
    with pytest.raises(ValueError, match="the character 'Z' is not in the alphabet"):
        score_text(small(CHARACTERS), CHARACTERS, "the Zoo")


def test_no_worlds_or_no_confidence_is_refused():
    with pytest.raises(ValueError, match="confidence=95 must lie between 0 and 1"):
        bootstrap([(1, 1), (2, 2)], resamples=10, confidence=95, seed=0)


@pytest.mark.parametrize("count", [2, 19, 20])
def test_documents_are_resampled_whole_only_where_there_are_enough(count):
    model = small(BYTES)
    length = 9600 // count
    texts = [(60 * TEXT)[number : number + length + 9 * (number % 5)] for number in range(count)]
    score = score_text(model, BYTES, texts, seed=3)
    alone = [score_text(model, BYTES, text) for text in texts]
    whole = bootstrap([(one.nats, one.bytes) for one in alone], 1000, 0.95, seed=3)
    assert score.low < score.bits_per_byte < score.high
    assert ((score.low, score.high) == pytest.approx(whole)) == (count >= 20)
