"""There and back: what is saved writes the same in transformers, logit for logit."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained import round_trip as module
from aigc_lab.pretrained.folder import load_model, save_pretrained
from aigc_lab.pretrained.round_trip import logits_gap, raw_tensors, round_trip
from aigc_lab.text.bpe import BPETokenizer
from tests.pretrained import oracles
from tests.pretrained.test_scoring import BYTES, MARKED, TEXT, small

PROMPT = "the 猫 sat"


@pytest.mark.parametrize("tokenizer", [BYTES, MARKED], ids=["bpe", "characters"])
def test_both_write_the_same(tokenizer, tmp_path):
    model = small(tokenizer, block_size=64, dropout=0.1).train()
    trip = round_trip(model, tokenizer, tmp_path / "mine", PROMPT)
    ids = tokenizer.encode(PROMPT)
    expected = generate(model, ids, temperature=0, max_new_tokens=min(40, 64 - len(ids)))
    assert trip.ids == tuple(expected[0].tolist())
    assert trip.ours == tokenizer.decode(trip.ids[len(ids) :]) != ""
    assert trip.same_text
    assert 0 < trip.largest_gap < 1e-3
    assert trip.folder == tmp_path / "mine"
    theirs = AutoModelForCausalLM.from_pretrained(trip.folder)
    assert theirs.num_parameters() == model.num_parameters()
    assert model.training


def test_other_tokens_are_another_text_even_if_they_look_alike(tmp_path, monkeypatch):
    """Bytes that are no character are all shown as the same sign."""
    write, shift = module._let_them_write, 1

    def others(their_model, ids, count, known):
        written = write(their_model, ids, count, known)
        return [*written[: ids.shape[1]], *(128 + shift for _ in written[ids.shape[1] :])]

    monkeypatch.setattr(module, "_write", lambda _, ids, count, known: [128] * count)
    monkeypatch.setattr(module, "_let_them_write", others)
    tokenizer, model = BPETokenizer([]), small(BPETokenizer([]), block_size=64)
    trip = round_trip(model, tokenizer, tmp_path, PROMPT, max_new_tokens=3)
    assert trip.ours == trip.theirs == "\N{REPLACEMENT CHARACTER}" * 3
    assert trip.ids[-3:] == (128, 128, 128)
    assert trip.their_ids[-3:] == (129, 129, 129)
    assert not trip.same_text
    shift = 0
    assert round_trip(model, tokenizer, tmp_path, PROMPT, max_new_tokens=3).same_text
    same = dict(ids=(1, 2), their_ids=(1, 2), largest_gap=0.0, folder=tmp_path)
    assert not module.RoundTrip(ours="a", theirs="b", **same).same_text


def test_ids_that_only_fill_up_a_vocabulary_are_written_by_neither(tmp_path):
    model = small(BYTES, block_size=64, vocab_size=BYTES.vocab_size + 40)
    with torch.no_grad():  # whatever it reads, it would write one of these
        model.wte.weight[BYTES.vocab_size :] = 9.0
        model.ln_f.bias.fill_(1.0)
    with torch.no_grad():
        best = model(torch.tensor([BYTES.encode(PROMPT)]))[0, -1].argmax()
    assert best >= BYTES.vocab_size
    trip = round_trip(model, BYTES, tmp_path, PROMPT, max_new_tokens=5)
    assert max(trip.ids) < BYTES.vocab_size
    assert trip.same_text


def test_a_llama_goes_there_and_back_too(tmp_path):
    torch.manual_seed(4)
    size = dict(vocab_size=BYTES.vocab_size, block_size=64, n_layer=2, n_head=2, n_embd=12)
    trip = round_trip(GPT(GPTConfig.llama(**size)), BYTES, tmp_path, PROMPT, max_new_tokens=5)
    assert trip.same_text
    assert len(trip.ids) == len(BYTES.encode(PROMPT)) + 5


def test_neither_stops_at_the_end_of_a_text(tmp_path):
    model = small(BYTES, block_size=64)
    with torch.no_grad():  # whatever it reads, it ends the text
        model.wte.weight.zero_()[BYTES.special_tokens["<|endoftext|>"]] = 1.0
        model.ln_f.bias.fill_(1.0)
    trip = round_trip(model, BYTES, tmp_path, PROMPT, max_new_tokens=3)
    assert trip.ours == trip.theirs == 3 * "<|endoftext|>"


def test_no_more_is_written_than_the_block_holds(tmp_path):
    model = small(BYTES)
    ids = BYTES.encode(TEXT)[:9]
    trip = round_trip(model, BYTES, tmp_path, BYTES.decode(ids))
    assert len(trip.ids) == model.config.block_size == 11
    assert trip.same_text


def test_a_prompt_that_fills_the_block_is_refused_before_anything_is_written(tmp_path):
    for prompt in (TEXT[:11], ""):
        wrong = f"the prompt has {len(prompt)} tokens and the model reads 11; give at least one"
        with pytest.raises(ValueError, match=wrong):
            round_trip(small(MARKED), MARKED, tmp_path / "mine", prompt)
    assert not (tmp_path / "mine").exists()


def test_a_difference_is_seen(tmp_path, monkeypatch):
    model = small(BYTES, block_size=64)
    save_pretrained(tmp_path, model, BYTES)
    assert logits_gap(tmp_path, TEXT) < 1e-4
    other = load_model(tmp_path)
    with torch.no_grad():
        other.ln_f.bias[3] += 0.5
    monkeypatch.setattr(module, "load_model", lambda _: other)
    shift = 0.5 * model.wte.weight[:, 3].abs().max().item()  # what a logit moves by, at most
    assert logits_gap(tmp_path, TEXT) == pytest.approx(shift, abs=1e-4)


def test_a_long_text_is_read_up_to_the_block_and_an_empty_one_from_the_mark(tmp_path):
    save_pretrained(tmp_path, small(BYTES), BYTES)
    assert len(BYTES.encode(TEXT)) > 11
    assert logits_gap(tmp_path, TEXT) < 1e-4
    assert logits_gap(tmp_path, "") < 1e-4


def test_transformers_bar_is_hidden_and_then_as_it_was(tmp_path, capsys):
    save_pretrained(tmp_path, small(BYTES), BYTES)
    logging.enable_progress_bar()
    logits_gap(tmp_path, "the")
    assert "Loading" not in capsys.readouterr().err
    assert logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        logits_gap(tmp_path, "the")
        assert not logging.is_progress_bar_enabled()
    finally:
        logging.enable_progress_bar()


class TestRawTensors:
    def test_names_and_shapes_are_those_in_the_file(self, tmp_path):
        oracles.gpt2().save_pretrained(tmp_path)
        found, stored = raw_tensors(tmp_path), load_file(tmp_path / "model.safetensors")
        assert sorted(found) == sorted(stored)
        assert found["transformer.h.0.attn.c_attn.weight"].shape == (15, 45)  # (in, out)
        for name, array in found.items():
            assert array.dtype == np.float32
            assert np.array_equal(array, stored[name].numpy())

    @pytest.mark.parametrize(("dtype", "out"), [("float16", "float16"), ("bfloat16", "float32")])
    def test_compact_numbers(self, dtype, out, tmp_path):
        save_pretrained(tmp_path, small(BYTES), dtype=dtype)
        stored = load_file(tmp_path / "model.safetensors")
        for name, array in raw_tensors(tmp_path).items():
            assert array.dtype == out
            assert np.array_equal(array, stored[name].float().numpy())

    def test_shards_are_read_as_one(self, tmp_path):
        oracles.gpt2().save_pretrained(tmp_path / "parts", max_shard_size="9KB")
        oracles.gpt2().save_pretrained(tmp_path / "whole")
        parts, whole = raw_tensors(tmp_path / "parts"), raw_tensors(tmp_path / "whole")
        assert parts.keys() == whole.keys()

    def test_a_folder_without_weights(self, tmp_path):
        with pytest.raises(ValueError, match=r"has no model.safetensors"):
            raw_tensors(tmp_path)
