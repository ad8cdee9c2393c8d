"""Which optimiser owns which parameter, and what one step of each does."""

import math

import pytest
import torch

from aigc_lab.training.optim import build_optimizers, set_learning_rates
from tests.training.tiny import tiny_config, tiny_model


def owners(model: torch.nn.Module, optimizers: list) -> dict[str, tuple[str, float]]:
    """The optimiser and weight decay of every parameter, by name."""
    names = {parameter: name for name, parameter in model.named_parameters()}
    owned = [
        (names[parameter], (type(optimizer).__name__, group["weight_decay"]))
        for optimizer in optimizers
        for group in optimizer.param_groups
        for parameter in group["params"]
    ]
    assert len(owned) == len(names), "a parameter has no owner, or two"
    return dict(owned)


def test_adamw_decays_matrices_and_spares_norms_and_biases():
    model = tiny_model()
    owned = owners(model, build_optimizers(model, tiny_config(weight_decay=0.1)))
    assert owned["wte.weight"] == owned["h.1.mlp.c_fc.weight"] == ("AdamW", 0.1)
    assert owned["ln_f.weight"] == owned["h.0.attn.c_attn.bias"] == ("AdamW", 0.0)


def test_muon_takes_exactly_the_hidden_matrices():
    model = tiny_model(tie_weights=False)
    owned = owners(model, build_optimizers(model, tiny_config(optimizer="muon")))
    muon = {name for name, (kind, _) in owned.items() if kind == "Muon"}
    parts = ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")
    assert muon == {f"h.{layer}.{part}.weight" for layer in (0, 1) for part in parts}
    assert owned["lm_head.weight"] == ("AdamW", 0.1)


def test_frozen_parameters_are_left_alone():
    model = tiny_model()
    model.wte.weight.requires_grad_(False)
    groups = [g for o in build_optimizers(model, tiny_config()) for g in o.param_groups]
    assert all(p is not model.wte.weight for group in groups for p in group["params"])
    with pytest.raises(ValueError, match="no trainable parameter"):
        build_optimizers(model.requires_grad_(False), tiny_config())


def test_two_adamw_steps_by_hand():
    # Two steps, since with one the bias correction cancels and the betas do not show.
    layer = torch.nn.Linear(1, 1, bias=False)
    layer.weight.data.fill_(2.0)
    optimizers = build_optimizers(layer, tiny_config(lr=0.1, weight_decay=0.5, beta2=0.99))
    weight, mean, square = 2.0, 0.0, 0.0
    for step, gradient in ((1, 0.5), (2, -3.0)):
        layer.weight.grad = torch.tensor([[gradient]])
        optimizers[0].step()
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.99 * square + 0.01 * gradient**2
        scale = math.sqrt(square / (1 - 0.99**step)) + 1e-8
        weight = weight * (1 - 0.1 * 0.5) - 0.1 * mean / (1 - 0.9**step) / scale
    assert layer.weight.item() == pytest.approx(weight, abs=1e-6)


@pytest.mark.parametrize(("rows", "columns"), [(33, 11), (11, 33)])
def test_a_muon_step_has_the_promised_size_whatever_the_shape(rows, columns):
    torch.manual_seed(0)
    model = torch.nn.ModuleDict({"h": torch.nn.Linear(columns, rows, bias=False)})
    before = model.h.weight.detach().clone()
    model.h.weight.grad = 1e-3 * torch.randn(rows, columns)
    (optimizer,) = build_optimizers(
        model, tiny_config(optimizer="muon", muon_lr=0.02, weight_decay=0.0)
    )
    optimizer.step()
    size = (model.h.weight - before).square().mean().sqrt().item()
    promised = 0.02 * math.sqrt(min(rows, columns) / max(rows, columns) * max(1, rows / columns))
    promised /= math.sqrt(min(rows, columns))
    assert promised == pytest.approx(0.02 / math.sqrt(columns))
    assert size == pytest.approx(promised, rel=0.25)  # Newton-Schulz stops at 0.7 ... 1.2


def test_the_schedule_scales_each_optimiser_from_its_own_full_rate():
    model = tiny_model()
    optimizers = build_optimizers(model, tiny_config(optimizer="muon", lr=0.004, muon_lr=0.02))
    for factor in (0.5, 0.25):  # twice, so that factors must not multiply up
        set_learning_rates(optimizers, factor)
        rates = {type(o).__name__: g["lr"] for o in optimizers for g in o.param_groups}
        assert rates == {"Muon": 0.02 * factor, "AdamW": 0.004 * factor}
