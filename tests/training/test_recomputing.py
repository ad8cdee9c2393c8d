"""Blocks that forget what they computed, and compute it again."""

import pytest
import torch

from aigc_lab.training.loop import Trainer
from aigc_lab.training.recomputing import recomputed
from tests.training.tiny import TinyBatches, tiny_config, tiny_model


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_the_curve_is_the_same_bit_for_bit_with_dropout_and_accumulation(precision):
    curves = []
    for recompute in (False, True):
        config = tiny_config(recompute=recompute, precision=precision, accumulate=2)
        history = Trainer(tiny_model(dropout=0.2), TinyBatches(), config).run()
        curves.append((history.series("train_loss"), history.series("grad_norm")))
    assert curves[0] == curves[1]


def kept_bytes(model: torch.nn.Module, recompute: bool) -> int:
    """The memory of what autograd keeps of one forward pass."""
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        kept[tensor.untyped_storage().data_ptr()] = tensor.untyped_storage().nbytes()
        return tensor

    x, _ = TinyBatches(batch_size=64).next(0)
    with recomputed(model, recompute), torch.autograd.graph.saved_tensors_hooks(keep, lambda t: t):
        model(x)
    return sum(kept.values())


def test_of_each_block_only_its_input_is_kept():
    model = tiny_model(n_layer=6)
    assert kept_bytes(model, recompute=True) < kept_bytes(model, recompute=False) / 2


def test_blocks_are_left_as_they_were():
    model = tiny_model()
    before = [block.forward for block in model.h]
    with recomputed(model):
        assert all(block.forward != old for block, old in zip(model.h, before, strict=True))
    assert [block.forward for block in model.h] == before
    assert all("forward" not in vars(block) for block in model.h)


def test_the_same_functions_are_put_in_each_time_so_that_nothing_is_compiled_anew():
    model = tiny_model()
    forgetful, seen = recomputed(model), []
    for _ in range(2):
        with forgetful:
            seen.append([block.forward for block in model.h])
    assert all(one is two for one, two in zip(*seen, strict=True))


def test_a_forward_that_somebody_else_put_into_a_block_is_used_and_stays():
    model, calls = tiny_model(), []
    x, _ = TinyBatches().next(0)
    forgetful = recomputed(model)
    with forgetful:
        expected = model(x)
    original = model.h[1].forward

    def doubled(*inputs):
        calls.append(inputs)
        return 2 * original(*inputs)

    model.h[1].forward = doubled
    with forgetful:
        assert not torch.equal(model(x), expected)
    assert len(calls) == 1
    assert vars(model.h[1])["forward"] is doubled
    assert "forward" not in vars(model.h[0])


def test_a_model_without_blocks_is_refused_before_any_step():
    with pytest.raises(ValueError, match="Linear has no list of blocks `h`; leave recompute off"):
        recomputed(torch.nn.Linear(2, 2))
