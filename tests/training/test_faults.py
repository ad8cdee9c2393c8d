"""The loop with bugs: each fault is really there, and only it."""

from __future__ import annotations

import pytest
import torch

from aigc_lab.model.gpt import GPT, GPTConfig
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.training import faults
from aigc_lab.training.gallery import load_gallery

CLOSE = 0.02  # nats: another machine rounds differently, and a few steps make that larger


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    shape = {**faults.SHAPE, "dropout": 0.0, "block_size": 7}
    return GPT(GPTConfig.gpt2(vocab_size=11, **shape))


@pytest.fixture(scope="module")
def batch():
    ids = torch.randint(11, (3, 8), generator=torch.Generator().manual_seed(1))
    return ids[:, :-1], ids[:, 1:]


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(faults, "STEPS", 20)


def test_each_fault_of_the_targets_is_the_loss_of_those_targets(model, batch):
    x, y = batch
    logits = model(x)
    expected = {
        faults.HEALTHY: cross_entropy(logits, y),
        "no_shift": cross_entropy(logits, x),
        "wrong_rows": cross_entropy(logits, y[[2, 0, 1]]),
        "shift_twice": cross_entropy(logits[:, :6], y[:, 1:]),
    }
    for fault, loss in expected.items():
        assert faults.loss_of(model, x, y, fault).item() == pytest.approx(loss.item()), fault
    assert len({round(loss.item(), 4) for loss in expected.values()}) == len(expected)


def sees_the_future(model, x):
    """Whether the first position's logits hang on the last token."""
    changed = x.clone()
    changed[:, -1] = (x[:, -1] + 1) % 11
    return bool((model(x)[:, 0] - model(changed)[:, 0]).abs().max() > 1e-5)


def test_without_the_mask_the_future_reaches_the_past_and_with_it_never(model, batch):
    x, _ = batch
    before = model(x)
    assert not sees_the_future(model, x)
    with faults.without_mask(model):
        assert sees_the_future(model, x)
    assert torch.equal(model(x), before)


def test_without_the_mask_all_else_is_as_it_was(model, batch):
    x = batch[0][:, :1]  # a single token, and so nothing to mask
    with_mask = model(x)
    with faults.without_mask(model):
        assert torch.equal(model(x), with_mask)


def test_the_mask_of_one_model_is_no_other_models(model, batch):
    other = GPT(model.config)
    with faults.without_mask(other):
        assert not sees_the_future(model, batch[0])


def test_the_mask_comes_back_after_an_error(model, batch):
    with pytest.raises(ZeroDivisionError), faults.without_mask(model):
        _ = 1 / 0
    assert not sees_the_future(model, batch[0])


def test_only_no_eval_measures_with_dropout():
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(vocab_size=11, **faults.SHAPE))
    exam = Batches([1, 2, 3] * 50, 4, 32, [1, 2, 3] * 50).evaluation(1)
    honest = [faults.evaluate(model, exam, faults.HEALTHY) for _ in range(2)]
    noisy = [faults.evaluate(model, exam, "no_eval") for _ in range(1)]
    assert honest[0] == honest[1]
    assert noisy[0] != honest[0]
    assert model.training


def test_measuring_without_eval_changes_the_measurement_and_nothing_else(short):
    healthy, noisy = faults.run(seed=3), faults.run("no_eval", seed=3)
    assert noisy.train_loss == healthy.train_loss
    assert noisy.honest_loss == healthy.honest_loss == healthy.val_loss
    assert noisy.val_loss != healthy.val_loss


@pytest.mark.parametrize("fault", [faults.HEALTHY, *faults.FAULTS])
def test_a_run_of_today_is_the_recorded_one(fault, short):
    recorded = load_gallery()[fault][0]
    today = faults.run(fault, recorded.seed)
    near = {"abs": CLOSE, "rel": 0.01}
    assert today.train_loss == pytest.approx(recorded.train_loss[:20], **near)
    assert today.eval_steps == recorded.eval_steps[:3] == [0, 10, 20]
    assert today.val_loss == pytest.approx(recorded.val_loss[:3], **near)
    assert today.honest_loss == pytest.approx(recorded.honest_loss[:3], **near)
    assert len(today.sample) == faults.SAMPLE_LENGTH


def test_the_sample_is_what_the_likeliest_characters_make():
    tokenizer = CharTokenizer("abcdefg" + "".join(sorted(set(faults.PROMPT) - set("abcdefg"))))
    model = NextInOrder(tokenizer.vocab_size).train()
    written = faults.continuation(model, tokenizer)
    last = tokenizer.encode(faults.PROMPT)[-1]
    ids = [(last + n) % tokenizer.vocab_size for n in range(1, faults.SAMPLE_LENGTH + 1)]
    assert written == tokenizer.decode(ids)
    assert model.lengths == [min(len(faults.PROMPT) + n, 32) for n in range(faults.SAMPLE_LENGTH)]
    assert not model.trained_while_writing


class NextInOrder(torch.nn.Module):
    """Always says that the next id is the last one and one more."""

    def __init__(self, vocab_size):
        super().__init__()
        self.vocab_size, self.lengths, self.trained_while_writing = vocab_size, [], False

    def forward(self, ids):
        self.lengths.append(ids.shape[1])
        self.trained_while_writing |= self.training
        return torch.eye(self.vocab_size)[(ids + 1) % self.vocab_size]


def test_a_run_keeps_what_its_trained_model_writes(monkeypatch):
    monkeypatch.setattr(faults, "STEPS", 2)
    monkeypatch.setattr(faults, "EVAL_EVERY", 1)
    writers = []
    monkeypatch.setattr(faults, "continuation", lambda model, _: writers.append(model) or "new")
    run = faults.run(seed=2)
    assert run.sample == "new"
    _, training, validation = faults.tiny_text()
    exam = Batches(training, 16, 32, validation, 2).evaluation(4)
    assert faults.evaluate(writers[0], exam, faults.HEALTHY) == run.honest_loss[-1]


def test_the_recorded_samples_show_what_their_model_learned():
    recorded = load_gallery()
    assert all(len(set(run.sample)) == 1 for run in recorded["no_shift"])  # repeats its input
    for run in recorded["no_eval"]:  # the fault is one of measuring: the model is the healthy one
        (twin,) = [each for each in recorded[faults.HEALTHY] if each.seed == run.seed]
        assert run.sample == twin.sample


def test_a_run_leaves_the_callers_random_numbers_alone(short):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    faults.run("no_zero_grad", seed=1)
    assert torch.equal(torch.rand(3), expected)


def test_the_training_text_and_the_validation_text_share_no_document():
    tokenizer, training, validation = faults.tiny_text()
    texts = [set(tokenizer.decode(ids).split("\n\n")) for ids in (training, validation)]
    assert len(texts[1]) > 10
    assert not texts[0] & texts[1]


def test_an_unknown_fault_is_refused():
    with pytest.raises(
        ValueError, match=r"fault='no_loss' is not known; choose one of healthy, no_"
    ):
        faults.run("no_loss")
