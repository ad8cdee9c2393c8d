"""Loading by name: what came, from where, and what is said when it is not what was asked for."""

import time

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.generate import complete
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained import locate
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.text.bpe import BPETokenizer


@pytest.fixture
def bundled(tmp_path, monkeypatch):
    """A stand-in for the bundled checkpoint."""
    torch.manual_seed(2)
    tokenizer = BPETokenizer([(b"a", b"b")])
    config = GPTConfig.gpt2(
        vocab_size=tokenizer.vocab_size, block_size=32, n_layer=1, n_head=2, n_embd=8
    )
    monkeypatch.setattr(locate, "data_folder", lambda: tmp_path)
    return save_pretrained(tmp_path / "pretrained" / "town-gpt2", GPT(config), tokenizer)


def test_a_folder_gives_model_tokenizer_and_source(bundled):
    loaded = load_pretrained(bundled)
    assert (loaded.source, loaded.name, loaded.notice) == ("folder", str(bundled), None)
    assert loaded.tokenizer.encode("ab") == [256]
    assert len(repr(loaded)) < 200 + len(str(bundled))  # a notebook shows it
    assert complete(loaded.model, loaded.tokenizer, "ab", temperature=0)


def test_the_bundled_checkpoint_has_a_name(bundled):
    loaded = load_pretrained("town-gpt2", dtype="bfloat16")
    assert (loaded.source, loaded.name, loaded.notice) == ("bundled", "town-gpt2", None)
    assert loaded.model.wte.weight.dtype == torch.bfloat16


def test_absent_weights_fail_at_once_or_fall_back_with_a_notice(bundled):
    start = time.perf_counter()
    with pytest.raises(ValueError, match="maker/absent is not in the cache"):
        load_pretrained("maker/absent", offline=True)
    loaded = load_pretrained("maker/absent", offline=True, fallback="bundled")
    assert time.perf_counter() - start < 3
    assert (loaded.source, loaded.name) == ("bundled", "town-gpt2")
    assert loaded.notice.startswith("This is town-gpt2, the bundled checkpoint, because maker/abs")


def test_a_damaged_folder_is_an_error_even_with_a_fallback(bundled):
    (bundled / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ValueError, match="is not a whole safetensors file"):
        load_pretrained(bundled, fallback="bundled")


def test_an_unknown_fallback_is_refused():
    with pytest.raises(ValueError, match="fallback='town' is not known; choose None or 'bundled'"):
        load_pretrained("gpt2", fallback="town")
