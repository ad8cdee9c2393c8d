"""Bfloat16 in the products, float32 in the sums."""

import pytest
import torch

from aigc_lab.training.loop import Trainer
from aigc_lab.training.precision import arithmetic
from tests.training.tiny import TinyBatches, tiny_config, tiny_model

CPU = torch.device("cpu")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_products_are_in_the_asked_format_and_gradients_in_float32(dtype):
    model = tiny_model()
    x, _ = TinyBatches().next(0)
    with arithmetic(CPU, dtype):
        logits = model(x)
    logits.sum().backward()
    assert logits.dtype == dtype
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.grad.dtype for p in model.parameters()} == {torch.float32}


def test_updates_too_small_for_bfloat16_add_up():
    config = tiny_config(
        lr=2**-10, precision="bfloat16", warmup_steps=0, schedule="constant", weight_decay=0.0
    )
    trainer = Trainer(tiny_model(), TinyBatches(), config)
    norm = trainer.model.ln_f.weight  # starts at 1, where bfloat16's next number is 1 + 2**-7
    assert torch.tensor(1.0).bfloat16() + 2**-10 == 1.0
    trainer.train_step()
    assert (norm - 1).abs().max().item() == pytest.approx(2**-10, rel=1e-3)
    assert norm.dtype == torch.float32


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_both_precisions_learn_alike(optimizer):
    losses = {}
    for precision in ("float32", "bfloat16"):
        config = tiny_config(steps=40, lr=0.01, precision=precision, optimizer=optimizer)
        losses[precision] = Trainer(tiny_model(), TinyBatches(), config).run().last("val_loss")
    assert losses["float32"] < 2.2  # learned something: a uniform guess costs log(13) = 2.56
    assert losses["bfloat16"] != losses["float32"]
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.05)
