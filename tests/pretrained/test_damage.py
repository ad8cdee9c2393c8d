"""A checkpoint folder in which one thing is wrong: one clear line says what, and nothing hangs."""

import json
import time

import pytest
import torch

from aigc_lab.core.config import GPTConfig, RotaryScaling
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.folder import load_model, save_pretrained
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.tokenizer import CharTokenizer

SIZES = dict(block_size=16, n_layer=1, n_head=2, n_embd=8)
JUNK = [None, "24", 0, 1.5, float("nan"), 10**9, 10**400, [1], {"a": [1]}]


def gpt2(folder):
    tokenizer = BPETokenizer([(b"a", b"b")])
    config = GPTConfig.gpt2(vocab_size=tokenizer.vocab_size, **SIZES)
    return save_pretrained(folder, GPT(config), tokenizer)


def llama(folder):
    tokenizer = CharTokenizer.train("hello", special_tokens=("<|endoftext|>",))
    size = tokenizer.vocab_size
    config = GPTConfig.llama(vocab_size=size, rope_scaling=RotaryScaling(), **SIZES)
    return save_pretrained(folder, GPT(config), tokenizer)


KINDS = {"gpt2": gpt2, "llama": llama}


def places(document, depth=2):
    """The paths to the values of a JSON object, as tuples of keys; of a long list, the first."""
    keys = list(document) if isinstance(document, dict) else range(len(document))
    for key in keys if len(keys) < 40 else keys[:1]:
        yield (key,)
        if depth and isinstance(document[key], dict | list):
            yield from ((key, *rest) for rest in places(document[key], depth - 1))


def damaged(document):
    """The document with one value replaced by junk, or left out: all of them, one by one."""
    text = json.dumps(document)
    for path in places(document):
        for junk in [*JUNK, ...]:
            copy = json.loads(text)
            *way, last = path
            inner = copy
            for key in way:
                inner = inner[key]
            if junk is ...:
                del inner[last]
            else:
                inner[last] = junk
            yield path, junk, copy


READERS = {"config.json": load_model, "tokenizer.json": open_tokenizer}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("kind", KINDS)
def test_junk_in_any_field_is_one_line_or_does_no_harm(kind, name, tmp_path):
    path = KINDS[kind](tmp_path) / name
    document = json.loads(path.read_text())
    if name == "config.json":
        document |= {"head_dim": None, "sliding_window": None}  # published ones have these too
    start, refused = time.perf_counter(), []
    for where, junk, copy in damaged(document):
        path.write_text(json.dumps(copy))
        try:
            READERS[name](tmp_path)
        except ValueError as error:
            refused.append(str(error))
        except BaseException as error:
            pytest.fail(f"{where} = {junk!r:.40} gave {type(error).__name__}: {error}")
    assert len(refused) > 50
    assert not [line for line in refused if "\n" in line]
    assert time.perf_counter() - start < 60  # no size is built before it is believed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"vocab_size": None}, "vocab_size=None stands where a whole number from 1 to"),
        ({"vocab_size": 10**30}, "vocab_size=10+ stands where"),
        ({"model_type": ["gpt2"]}, r"model_type=\['gpt2'\]; our GPT opens gpt2, llama"),
        ({"n_layer": 10**8, "num_hidden_layers": 10**8}, "config.json asks for 100000000 layers"),
        (
            {"layer_norm_epsilon": "small", "rms_norm_eps": "small"},
            "='small' stands where a number belongs",
        ),
        (
            {"activation_function": [5] * 99, "hidden_act": [5] * 99},
            r"=\[5, 5.* is not supported",
        ),
        (
            {"rope_scaling": [1], "activation_function": 1},
            r"are described by \[1\]; take|activation_function=1 is not supported",
        ),
    ],
)
def test_a_config_that_cannot_be_is_named(kind, changes, message, tmp_path):
    path = KINDS[kind](tmp_path) / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    with pytest.raises(ValueError, match=message) as caught:
        load_pretrained(tmp_path)
    assert str(tmp_path) in str(caught.value)


@pytest.mark.parametrize(
    ("vocab", "merges", "message"),
    [
        ("[]", b"", "vocab.json does not hold a vocab of tokens and their ids; it is damaged"),
        ('{"<a>": "x"}', b"", "vocab.json does not hold a vocab of tokens"),
        ("{", b"", "vocab.json does not hold JSON"),
        ("{}", b"\xff", "merges.txt is not UTF-8 text"),
        ("{}", b"a b c", "merge 0 in .*merges.txt is 'a b c'"),
    ],
)
def test_gpt2_s_two_files_are_named_when_damaged(vocab, merges, message, tmp_path):
    gpt2(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    (tmp_path / "vocab.json").write_text(vocab)
    (tmp_path / "merges.txt").write_bytes(merges)
    with pytest.raises(ValueError, match=message):
        load_pretrained(tmp_path)


def test_a_word_list_in_another_order_is_not_taken_for_ours(tmp_path):
    """Its ids are those of the library, and not those that our own numbering would give."""
    path = llama(tmp_path) / "tokenizer.json"
    document = json.loads(path.read_text())
    vocab = document["model"]["vocab"]
    first, second = list(vocab)[:2]
    vocab[first], vocab[second] = vocab[second], vocab[first]
    path.write_text(json.dumps(document))
    assert load_pretrained(tmp_path).tokenizer.encode(first + second) == [1, 0]


def test_weights_of_another_model_are_named(tmp_path):
    torch.manual_seed(0)
    other = llama(tmp_path / "other") / "model.safetensors"
    other.replace(gpt2(tmp_path / "folder") / "model.safetensors")
    with pytest.raises(ValueError, match=r"lacks 15 of 16 tensors, first transformer.wpe.weight"):
        load_pretrained(tmp_path / "folder")
