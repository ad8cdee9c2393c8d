"""GPT-2 small at its real size, with random weights: run with `pytest -m slow`."""

import pytest
import torch
from transformers import GPT2Config, GPT2LMHeadModel

from aigc_lab.generation.generate import generate
from aigc_lab.pretrained.folder import load_model, save_pretrained

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theirs() -> GPT2LMHeadModel:
    torch.manual_seed(0)
    model = GPT2LMHeadModel(GPT2Config()).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.mul_(3.0 if "attn" in name or "mlp" in name else 1.5)  # as lively as trained
    return model


def test_124_million_parameters_agree_and_survive_the_round_trip(theirs, tmp_path):
    theirs.save_pretrained(tmp_path / "theirs")
    ours = load_model(tmp_path / "theirs")
    assert ours.num_parameters() == 124_439_808
    ids = torch.randint(50257, (1, 1024), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        expected, arrived = theirs(ids).logits, ours(ids)
    print(f"largest difference {(arrived - expected).abs().max():.1e}, std {expected.std():.2f}")
    torch.testing.assert_close(arrived, expected, atol=1e-4, rtol=0)
    continued = theirs.generate(
        ids[:, :100], attention_mask=torch.ones(1, 100), max_new_tokens=20, do_sample=False
    )
    assert generate(ours, ids[:, :100], temperature=0, max_new_tokens=20).equal(continued)
    save_pretrained(tmp_path / "ours", ours)
    again = GPT2LMHeadModel.from_pretrained(tmp_path / "ours")
    assert all(map(torch.equal, theirs.state_dict().values(), again.state_dict().values()))
