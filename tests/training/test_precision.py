"""The bfloat16 twin: half the bits in the arithmetic, all of them in the sums."""

import pytest
import torch

from aigc_lab.training.loop import Trainer
from aigc_lab.training.precision import BFloat16Twin, Float32, prepare_arithmetic
from tests.training.tiny import TinyBatches, tiny_config, tiny_model


def test_float32_works_on_the_model_itself():
    model = tiny_model()
    assert prepare_arithmetic(model, torch.float32).worker is model
    assert isinstance(prepare_arithmetic(model, torch.float32), Float32)


def test_the_twin_is_rounded_tied_and_apart():
    model = tiny_model(tie_weights=True)
    twin = BFloat16Twin(model).worker
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.dtype for p in twin.parameters()} == {torch.bfloat16}
    assert twin.lm_head.weight is twin.wte.weight
    assert torch.equal(twin.wte.weight, model.wte.weight.bfloat16())


def test_updates_too_small_for_bfloat16_add_up():
    layer = torch.nn.Linear(1, 1, bias=False)
    layer.weight.data.fill_(1.0)
    twin = BFloat16Twin(layer)
    for _ in range(8):  # 1 + 2**-10 rounds back to 1 in bfloat16, 1 + 8 * 2**-10 does not
        layer.weight.data += 2**-10
        twin.refresh()
    assert torch.tensor(1.0).bfloat16() + 2**-10 == 1.0
    assert twin.worker.weight.item() == layer.weight.item() == 1 + 2**-7


def test_gradients_of_the_parts_add_up_in_float32():
    layer = torch.nn.Linear(2, 1, bias=False)
    twin = BFloat16Twin(layer)
    for value in (1.0, 2**-9):  # their sum needs more bits than bfloat16 has
        twin.worker(torch.full((1, 2), value, dtype=torch.bfloat16)).backward()
        twin.collect_gradients()
    assert layer.weight.grad.dtype == torch.float32
    assert layer.weight.grad.tolist() == [[1 + 2**-9] * 2]
    assert twin.worker.weight.grad is None


def test_frozen_weights_get_no_gradient():
    model = tiny_model()
    model.wpe.weight.requires_grad_(False)
    twin = BFloat16Twin(model)
    twin.worker(TinyBatches().next(0)[0]).sum().backward()
    twin.collect_gradients()
    assert model.wpe.weight.grad is None
    assert model.wte.weight.grad is not None


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_both_precisions_learn_alike(optimizer):
    losses = {}
    for precision in ("float32", "bfloat16"):
        config = tiny_config(steps=40, lr=0.01, precision=precision, optimizer=optimizer)
        trainer = Trainer(tiny_model(), TinyBatches(), config)
        losses[precision] = trainer.run().last("val_loss")
        assert {p.dtype for p in trainer.model.parameters()} == {torch.float32}
    assert losses["float32"] < 2.2  # learned something: a uniform guess costs log(13) = 2.56
    assert losses["bfloat16"] == pytest.approx(losses["float32"], rel=0.05)
