"""Checkpoint folders: logits equal to transformers, saving back, and what is refused."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Model, LlamaModel

from aigc_lab.core.config import GPTConfig, RotaryScaling
from aigc_lab.generation.generate import generate
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.folder import load_model, save_pretrained
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer
from tests.pretrained import oracles
from tests.pretrained.oracles import BLOCK, KINDS, V, save, some_ids

TEXT = "the cat sat on the mat; 猫坐在垫子上。\n\nthe mat is flat 🙂 " * 3


def assert_same_logits(ours, theirs, atol=1e-4):
    with torch.no_grad():
        expected = theirs(some_ids()).logits
        arrived = ours(some_ids())
    assert expected.std() > 0.5  # a flat model would agree with anything
    torch.testing.assert_close(arrived, expected, atol=atol, rtol=0)


def edit_config(folder, **changes):
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def edit_tensors(folder, edit):
    path = folder / "model.safetensors"
    tensors = load_file(path)
    edit(tensors)
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, path)


@pytest.mark.parametrize("kind", KINDS)
def test_logits_equal_transformers(kind, tmp_path):
    theirs = KINDS[kind]()
    ours = load_model(save(theirs, tmp_path))
    assert_same_logits(ours, theirs)
    assert not ours.training
    assert ours.num_parameters() == theirs.num_parameters()


@pytest.mark.parametrize("kind", ["gpt2", "llama grouped"])
def test_shards_are_read_as_one(kind, tmp_path):
    theirs = KINDS[kind]()
    save(theirs, tmp_path, max_shard_size="9KB")
    assert len(list(tmp_path.glob("model-*.safetensors"))) > 2
    assert_same_logits(load_model(tmp_path), theirs)


@pytest.mark.parametrize(("kind", "bare"), [("gpt2", GPT2Model), ("llama tied", LlamaModel)])
def test_files_of_the_bare_model_lack_the_prefix(kind, bare, tmp_path):
    theirs = KINDS[kind]()
    save(theirs.base_model, tmp_path)
    assert isinstance(theirs.base_model, bare)
    assert_same_logits(load_model(tmp_path), theirs)


def test_masks_and_frequencies_in_old_files_are_passed_over(tmp_path):
    for kind, name in (
        ("gpt2", "transformer.h.0.attn.bias"),
        ("gpt2", "transformer.h.1.attn.masked_bias"),
        ("llama grouped", "model.layers.0.self_attn.rotary_emb.inv_freq"),
    ):
        theirs = KINDS[kind]()
        save(theirs, tmp_path)
        edit_tensors(tmp_path, lambda tensors, name=name: tensors.update({name: torch.ones(7)}))
        assert_same_logits(load_model(tmp_path), theirs)


def test_a_tied_table_may_be_stored_as_the_head_alone(tmp_path):
    theirs = oracles.gpt2()
    save(theirs, tmp_path)
    rename = lambda t: t.update({"lm_head.weight": t.pop("transformer.wte.weight")})  # noqa: E731
    edit_tensors(tmp_path, rename)
    ours = load_model(tmp_path)
    assert_same_logits(ours, theirs)
    assert ours.lm_head.weight is ours.wte.weight


def test_the_older_name_of_the_rotary_base_is_read_too(tmp_path):
    theirs = oracles.llama()
    save(theirs, tmp_path)
    edit_config(tmp_path, rope_parameters=None, rope_scaling=None, rope_theta=500.0)
    assert_same_logits(load_model(tmp_path), theirs)


@pytest.mark.parametrize("kind", ["gpt2", "llama grouped"])
def test_a_loaded_model_stays_when_its_file_is_written_over(kind, tmp_path):
    save(KINDS[kind](), tmp_path)
    path = tmp_path / "model.safetensors"
    ours, again = load_model(tmp_path), load_file(path)
    before = [weights.detach().clone() for weights in ours.parameters()]
    save_file({name: torch.zeros_like(tensor) for name, tensor in again.items()}, tmp_path / "new")
    with path.open("rb+") as file:  # in place, as `cp` does
        file.write((tmp_path / "new").read_bytes())
    assert all(torch.equal(w, b) for w, b in zip(ours.parameters(), before, strict=True))


def test_a_loaded_model_trains_on(tmp_path):
    model = load_model(save(oracles.gpt2(), tmp_path))
    model(some_ids()).square().mean().backward()
    assert all(weight.grad is not None for weight in model.parameters())


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_saved_back_is_the_same_model_to_transformers(kind, tmp_path):
    theirs = KINDS[kind]()
    ours = load_model(save(theirs, tmp_path / "theirs"))
    save_pretrained(tmp_path / "ours", ours)
    again = AutoModelForCausalLM.from_pretrained(tmp_path / "ours").eval()
    assert again(some_ids()).logits.equal(theirs(some_ids()).logits)
    for (name, weight), (same, saved) in zip(
        theirs.named_parameters(), again.named_parameters(), strict=True
    ):
        assert name == same
        assert weight.equal(saved)
    assert_same_logits(load_model(tmp_path / "ours"), again)


CONFIGS = {
    "gpt2": GPTConfig.gpt2(vocab_size=V, block_size=BLOCK, n_layer=2, n_head=3, n_embd=15),
    "llama": GPTConfig.llama(
        vocab_size=V, block_size=BLOCK, n_layer=3, n_head=6, n_kv_head=3, n_embd=24, rope_base=77.0
    ),
    "llama 3.1": GPTConfig.llama(
        vocab_size=V, block_size=BLOCK, n_layer=1, n_head=2, n_embd=8, rope_scaling=RotaryScaling()
    ),
    "dropout": GPTConfig.gpt2(
        vocab_size=V, block_size=BLOCK, n_layer=1, n_head=1, n_embd=6, dropout=0.125, n_inner=11
    ),
}


@pytest.mark.parametrize("name", CONFIGS)
def test_config_and_weights_survive_the_round_trip(name, tmp_path):
    torch.manual_seed(1)
    model = GPT(CONFIGS[name])
    save_pretrained(tmp_path, model)
    again = load_model(tmp_path)
    assert again.config.inner == model.config.inner
    same = {"n_kv_head": model.config.kv_heads, "n_inner": model.config.inner}
    assert GPTConfig(**{**vars(again.config), **same}) == GPTConfig(
        **{**vars(model.config), **same}
    )
    for name, weight in model.state_dict().items():
        assert weight.equal(again.state_dict()[name])


TOKENIZERS = {
    "bytes": lambda: BPETokenizer.train(TEXT, 290),
    "characters": lambda: CharTokenizer.train(TEXT, special_tokens=("<|endoftext|>", "<|user|>")),
    "plain characters": lambda: CharTokenizer.train(TEXT),
}


@pytest.mark.parametrize("dialect", ["gpt2", "llama"])
@pytest.mark.parametrize("kind", TOKENIZERS)
def test_transformers_writes_the_same_greedy_text(kind, dialect, tmp_path):
    torch.manual_seed(4)
    tokenizer = TOKENIZERS[kind]()
    size = dict(vocab_size=tokenizer.vocab_size + 2, n_layer=2, n_head=2, n_embd=12, block_size=64)
    model = GPT(getattr(GPTConfig, dialect)(**size))
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.4 * torch.randn_like(weight))
    save_pretrained(tmp_path, model, tokenizer)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path).eval()
    their_tokenizer = AutoTokenizer.from_pretrained(tmp_path)
    prompt = "the 猫 sat\n"
    ids = their_tokenizer(prompt, return_tensors="pt").input_ids
    assert ids[0].tolist() == tokenizer.encode(prompt)
    assert their_tokenizer.decode(ids[0]) == prompt
    expected = theirs.generate(ids, max_new_tokens=40, do_sample=False, eos_token_id=None)
    arrived = generate(model, tokenizer.encode(prompt), temperature=0, max_new_tokens=40)
    assert arrived.tolist() == expected.tolist()
    assert len(set(arrived[0].tolist())) > 5
    reopened = open_tokenizer(tmp_path)
    assert type(reopened) is type(tokenizer)
    assert reopened.encode(TEXT) == tokenizer.encode(TEXT)
    assert reopened.special_tokens == tokenizer.special_tokens


def test_transformers_stops_where_our_texts_end(tmp_path):
    tokenizer = CharTokenizer.train("ab", special_tokens=("<|endoftext|>",))
    model = GPT(GPTConfig.gpt2(vocab_size=5, block_size=16, n_layer=1, n_head=1, n_embd=4))
    with torch.no_grad():  # whatever it reads, it ends the text
        model.wte.weight.zero_()[2] = 1.0
        model.ln_f.bias.fill_(1.0)
    save_pretrained(tmp_path, model, tokenizer)
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path)
    assert (theirs.config.bos_token_id, theirs.config.eos_token_id) == (2, 2)
    prompt = torch.tensor([[0, 1]])
    assert theirs.generate(prompt, max_new_tokens=9, pad_token_id=2).tolist() == [[0, 1, 2]]


@pytest.mark.parametrize(("dtype", "atol"), [("float16", 0.01), (torch.bfloat16, 0.08)])
def test_compact_number_formats_halve_the_file(dtype, atol, tmp_path):
    model = load_model(save(oracles.gpt2(), tmp_path / "theirs"))
    save_pretrained(tmp_path / "whole", model)
    save_pretrained(tmp_path / "half", model, dtype=dtype)
    whole, half = (
        sum(t.nbytes for t in load_file(tmp_path / name / "model.safetensors").values())
        for name in ("whole", "half")
    )
    assert half * 2 == whole
    again = load_model(tmp_path / "half")
    assert again.wte.weight.dtype == torch.float32
    torch.testing.assert_close(again.wte.weight, model.wte.weight, atol=atol, rtol=0)
    kept = load_model(tmp_path / "half", dtype=dtype)
    assert str(kept.wte.weight.dtype).endswith(str(dtype).removeprefix("torch."))
    assert kept(some_ids()).isfinite().all()


def test_writing_leaves_other_files_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    save_pretrained(tmp_path, GPT(CONFIGS["gpt2"]))
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        *("config.json", "model.safetensors", "notes.txt")
    ]


def drop(name):
    return lambda tensors: tensors.pop(name)


def put(name, shape):
    return lambda tensors: tensors.update({name: torch.zeros(shape)})


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (drop("transformer.h.1.mlp.c_fc.bias"), "lacks 1 of 28 tensors, first transformer.h.1.mlp"),
        (put("score.weight", (2, 15)), "1 tensors that our GPT has no place for.*score.weight"),
        (
            put("transformer.wpe.weight", (7, 15)),
            r"wpe.weight has shape \(7, 15\), and config.json asks for \(13, 15\)",
        ),
        (
            put("transformer.h.0.mlp.c_fc.weight", (60, 15)),
            r"c_fc.weight has shape \(60, 15\), and config.json asks for \(15, 60\)",
        ),
    ],
)
def test_weights_that_do_not_fit_are_named(edit, message, tmp_path):
    save(oracles.gpt2(), tmp_path)
    edit_tensors(tmp_path, edit)
    with pytest.raises(ValueError, match=message):
        load_model(tmp_path)


def test_a_llama_with_biases_in_its_file_is_refused(tmp_path):
    save(oracles.llama(attention_bias=True), tmp_path)
    with pytest.raises(ValueError, match="attention_bias=True, which is not supported"):
        load_model(tmp_path)
    edit_config(tmp_path, attention_bias=False)
    with pytest.raises(ValueError, match="8 tensors that our GPT has no place for"):
        load_model(tmp_path)


def test_folders_that_hold_no_model_are_named(tmp_path):
    with pytest.raises(ValueError, match=r"there is no folder .*nowhere"):
        load_model(tmp_path / "nowhere")
    (tmp_path / "song.mp3").touch()
    with pytest.raises(ValueError, match=r"has no config.json \(it holds song.mp3\)"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("[1]")
    with pytest.raises(ValueError, match="holds a list, not the fields of a config"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ValueError, match="does not hold JSON"):
        load_model(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(ValueError, match="model_type='bert'; our GPT opens gpt2, llama"):
        load_model(tmp_path)


def test_a_mixture_of_dialects_cannot_be_shared(tmp_path):
    mixture = GPTConfig.gpt2(vocab_size=V, n_layer=1, n_head=2, n_embd=8, position="rotary")
    with pytest.raises(ValueError, match=r"no other program reads this mixture.*position='rotary'"):
        save_pretrained(tmp_path, GPT(mixture))
    with pytest.raises(ValueError, match="qk_norm=True"):
        save_pretrained(tmp_path, GPT(replace(CONFIGS["gpt2"], qk_norm=True)))
    assert not list(tmp_path.iterdir())


def test_a_tokenizer_of_more_ids_is_refused(tmp_path):
    with pytest.raises(ValueError, match="the tokenizer has 257 ids and the model only 31"):
        save_pretrained(tmp_path, GPT(CONFIGS["gpt2"]), BPETokenizer([]))


def test_a_file_in_the_way_is_kept(tmp_path):
    (tmp_path / "model").write_text("mine")
    with pytest.raises(ValueError, match="is a file, where a folder is to be written"):
        save_pretrained(tmp_path / "model", GPT(CONFIGS["gpt2"]))
    assert (tmp_path / "model").read_text() == "mine"


def test_an_unknown_number_format_is_refused(tmp_path):
    with pytest.raises(ValueError, match="dtype='int8' is not known; choose one of float32"):
        save_pretrained(tmp_path, GPT(CONFIGS["gpt2"]), dtype="int8")
