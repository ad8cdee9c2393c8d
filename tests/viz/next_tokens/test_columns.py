"""A column of the panel: the model's own probabilities beside what the dials make of them."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.viz.next_tokens.columns import PLAIN, Reading, column, read

LETTERS = CharTokenizer.train("abc ")


def small(tokenizer, block_size=7):
    torch.manual_seed(0)
    size = dict(vocab_size=tokenizer.vocab_size, block_size=block_size)
    return GPT(GPTConfig.gpt2(**size, n_layer=1, n_head=1, n_embd=4)).eval()


def halves():
    """Letters of which the first is likelier by half than the next, and so on."""
    order = LETTERS.encode("abc ")
    logits = torch.empty(LETTERS.vocab_size)
    logits[order] = torch.tensor([0.5, 0.25, 0.15, 0.1]).log()
    return Reading(logits)


def test_bars_come_likeliest_first_with_both_probabilities():
    shown = column("m", halves(), LETTERS, SamplingConfig(top_p=0.7), count=3)
    assert [bar.label for bar in shown.bars] == ["a", "b", "c"]
    assert [bar.plain for bar in shown.bars] == pytest.approx([0.5, 0.25, 0.15])
    assert [bar.now for bar in shown.bars] == pytest.approx([2 / 3, 1 / 3, 0])
    assert (shown.kept, shown.others) == (2, 1)


def test_a_cold_temperature_sharpens():
    shown = column("m", halves(), LETTERS, SamplingConfig(temperature=0.5), count=2)
    squares = [0.25, 0.0625, 0.0225, 0.01]
    assert shown.bars[0].now == pytest.approx(squares[0] / sum(squares))


def test_a_token_counts_as_kept_however_unlikely_it_is():
    logits = torch.zeros(LETTERS.vocab_size)
    logits[0] = 20.0  # the others get about 1e-9 each
    shown = column("m", Reading(logits), LETTERS, PLAIN, count=1)
    assert shown.kept == LETTERS.vocab_size


def test_a_reading_is_what_the_model_says_after_the_prompt():
    model = small(LETTERS)
    with torch.no_grad():
        expected = model(torch.tensor([LETTERS.encode("ab")]))[0, -1]
    assert torch.allclose(read(model, LETTERS, "ab").logits, expected)


def test_of_a_long_prompt_the_end_is_read_and_said():
    model = small(LETTERS)
    reading = read(model, LETTERS, "aaaa" + "abcabca")
    assert reading.note == "reads the last 7 of 11 tokens"
    assert torch.equal(reading.logits, read(model, LETTERS, "abcabca").logits)


def test_a_prompt_that_cannot_be_read_leaves_a_note_and_no_bars():
    reading = read(small(LETTERS), LETTERS, "")
    shown = column("m", reading, LETTERS, PLAIN, count=3)
    assert shown.bars == ()
    assert "the prompt is empty" in shown.note


def test_only_whole_text_can_be_added_to_the_prompt():
    tokenizer = BPETokenizer.train("ab ab ab", vocab_size=258)
    logits = torch.zeros(tokenizer.vocab_size)
    shown = column("m", Reading(logits), tokenizer, PLAIN, count=tokenizer.vocab_size)
    text = {bar.label: bar.text for bar in shown.bars}
    assert text["a"] == "a"
    assert text["ab"] == "ab"
    assert text["<e4>"] is None  # part of a character
    assert text["<|endoftext|>"] is None
