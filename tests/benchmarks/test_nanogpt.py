"""nanoGPT's loop, restated: its rates, its batches, its order of work, and its weights."""

from __future__ import annotations

import math
import sys

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks import nanogpt, peers, sizes
from benchmarks.nanogpt import FileBatches, NanoLoop, Settings

SIZE = sizes.toy(sizes.SMALL)


def test_its_rates():
    settings = Settings()
    assert settings.lr_at(0) == pytest.approx(1e-3 / 101)
    assert settings.lr_at(99) == pytest.approx(1e-3 * 100 / 101)
    assert settings.lr_at(100) == pytest.approx(1e-3)
    assert settings.lr_at(1050) == pytest.approx(1e-4 + 9e-4 / 2)  # half way down
    assert settings.lr_at(2000) == pytest.approx(1e-4)


def test_its_batches_are_windows_of_the_file(tmp_path):
    file = tmp_path / "train.bin"
    np.arange(40000, 40100, dtype=np.uint16).tofile(file)
    torch.manual_seed(0)
    draw = FileBatches(file, batch=5, length=7)
    x, y = draw()
    assert x.shape == y.shape == (5, 7)
    assert x.dtype == y.dtype == torch.int64
    assert torch.equal(y, x + 1)
    assert torch.equal(x[:, 1:], x[:, :-1] + 1)
    assert x.min() >= 40000
    assert not torch.equal(draw()[0], x)
    places = {place - 40000 for _ in range(300) for place in draw()[0][:, 0].tolist()}
    assert places == set(range(93))  # every place that a window and the letter after it fit


class Recorder(nn.Module):
    """A model with one weight w and the loss w·x, which notes what is done in which order."""

    def __init__(self, notes):
        super().__init__()
        self.weight, self.notes = nn.Parameter(torch.tensor([1.0])), notes

    def forward(self, x, y):
        self.notes.append(f"forward {x}")
        return None, (self.weight * x).sum()

    def configure_optimizers(self, weight_decay, learning_rate, betas, device_type):
        self.notes.append((weight_decay, learning_rate, betas, device_type))
        return torch.optim.SGD(self.parameters(), lr=learning_rate)


def test_the_order_and_the_arithmetic_of_its_steps():
    notes, drawn = [], []

    def draw():
        drawn.append(100 * (1 + len(drawn)))
        notes.append(f"draw {drawn[-1]}")
        return drawn[-1], None

    loop = NanoLoop(Recorder(notes), draw, Settings(lr=0.5, warmup=0, steps=10, min_lr=0.5))
    loop.train_step()
    loop.train_step()
    made = (0.1, 0.5, (0.9, 0.99), "cpu")
    assert notes == [made, "draw 100", "forward 100", "draw 200", "forward 200", "draw 300"]
    # A gradient of 100, clipped to 1, moves the weight by 0.5; so does the next.
    assert [loss.item() for loss in loop.losses] == pytest.approx([100.0, 100.0], rel=1e-4)
    assert loop.model.weight.item() == pytest.approx(0.0, abs=1e-4)
    assert loop.model.weight.grad is None


def test_it_compiles_only_when_asked(monkeypatch, nano):
    asked = []
    monkeypatch.setattr(torch, "compile", lambda model: asked.append(model) or model)
    model = nanogpt.same_model(sizes.their_model(SIZE))
    x = torch.zeros(2, SIZE.length, dtype=torch.int64)
    assert NanoLoop(model, lambda: (x, x)).call is model
    assert asked == []
    NanoLoop(model, lambda: (x, x), compiled=True).train_step()
    assert asked == [model]


@pytest.mark.parametrize("given", ["", "nowhere"])
def test_without_a_copy_it_says_how_to_get_one(monkeypatch, tmp_path, given):
    monkeypatch.setenv(peers.NANOGPT, given and str(tmp_path / given))
    with pytest.raises(peers.NotHere, match="nanoGPT is not at hand: set AIGC_LAB_NANOGPT"):
        peers.nanogpt()


def test_it_is_imported_under_a_name_of_our_own(nano, capsys):
    before = sys.modules.get("model")
    module, commit = peers.nanogpt()
    assert module.__name__ == "_nanogpt_model"
    assert sys.modules.get("model") is before
    assert commit == "unknown"  # the stand-in has no history
    nanogpt.fresh_model(8, vocab=11, layers=1, heads=2, width=8)
    assert capsys.readouterr().out == ""


def test_the_real_one_with_the_same_weights_says_the_same(real_nano):
    theirs = sizes.their_model(SIZE, lively=True)
    ids = torch.tensor([[3, 1, 4, 1, 5]])
    model = nanogpt.same_model(theirs).eval()
    logits, _ = model(ids, ids)
    # Its GELU is exact, GPT-2's an approximation which differs by up to 5e-4.
    torch.testing.assert_close(logits, theirs(ids).logits, atol=2e-3, rtol=0)
    assert not torch.equal(logits, theirs(ids).logits)


def test_the_real_one_begins_without_biases(real_nano):
    model = nanogpt.fresh_model(64, vocab=65, layers=4, heads=4, width=128)
    assert not any(name.endswith("bias") for name, _ in model.named_parameters())
    assert sum(weight.numel() for weight in model.parameters()) == 804_096
    x = torch.randint(65, (12, 64), generator=torch.Generator().manual_seed(0))
    loop = NanoLoop(model, lambda: (x, x.roll(1)))
    loop.train_step()
    assert loop.losses[0].item() == pytest.approx(math.log(65), abs=0.1)
