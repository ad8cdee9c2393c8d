"""A plain training loop in which real bugs can be switched on, to see what their curves look like.

The model and its text are so small that a run takes seconds. Every fault stands at one place below;
search for its name. `Trainer` leaves no room for most of them; this loop has room for all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import cache, partial

import torch
from torch import Tensor, nn

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.attention import CausalSelfAttention, scaled_dot_product_attention
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.documents import documents

HEALTHY = "healthy"
FAULTS = {  # name -> what was done wrong
    "no_shift": "the targets are the inputs themselves, not moved on by one",
    "shift_twice": "the targets are moved on by one in the batch, and once more in the loss",
    "wrong_rows": "each row is given the targets of another row",
    "no_mask": "attention sees the tokens that are to be predicted",
    "lr_high": "the learning rate is 30 times too high",
    "lr_low": "the learning rate is 100 times too low",
    "no_zero_grad": "gradients are never set back to zero, so they add up",
    "wide_start": "the token table starts with nn.Embedding's standard deviation of 1, not 0.02",
    "no_eval": "validation is measured in training mode, with dropout switched on",
    "little_text": "the training text is 600 characters long, read again and again",
}
STEPS, EVAL_EVERY, EVAL_BATCHES = 120, 10, 4
BATCH_SIZE, BLOCK_SIZE = 16, 32
LEARNING_RATE = 3e-3
LEARNING_RATES = {"lr_high": 30 * LEARNING_RATE, "lr_low": LEARNING_RATE / 100}
SHAPE = dict(block_size=BLOCK_SIZE, n_layer=2, n_head=4, n_embd=48, position="rotary", dropout=0.2)
TRAINING_DOCUMENTS, VALIDATION_DOCUMENTS, LITTLE = 600, 60, 600
PROMPT, SAMPLE_LENGTH = "Question: Where is Mia?\nAnswer: ", 40


@dataclass
class Curves:
    """What one run measured, in nats per character.

    `train_loss[n]` is the loss of the batch of step n, before that step's update; `val_loss` and
    `honest_loss` stand at `eval_steps`, the numbers of updates done. `val_loss` is what the faulty
    script measures, with the fault where it concerns measuring; `honest_loss` asks the same model
    for the next character as it will be used: with mask, with shift, without dropout.
    `sample` is what the model then writes after PROMPT, always taking the likeliest character.
    """

    fault: str
    seed: int
    train_loss: list[float] = field(default_factory=list)
    eval_steps: list[int] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    honest_loss: list[float] = field(default_factory=list)
    sample: str = ""


def run(fault: str = HEALTHY, seed: int = 0) -> Curves:
    """Train the tiny model once with a fault (or none), and return its curves.

    The seed decides the first weights, the batches and the dropout; the validation text is the
    same for all. The caller's random numbers are left as they were.

    Raises: ValueError for an unknown fault.
    Notebook: 06 training.
    """
    if fault != HEALTHY and fault not in FAULTS:
        known = ", ".join([HEALTHY, *FAULTS])
        raise ValueError(f"fault={fault!r} is not known; choose one of {known}")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return _run(fault, seed)


def _run(fault: str, seed: int) -> Curves:
    tokenizer, training, validation = tiny_text()
    if fault == "little_text":
        training = training[:LITTLE]
    batches = Batches(training, BATCH_SIZE, BLOCK_SIZE, validation, seed)
    exam = batches.evaluation(EVAL_BATCHES)
    model = GPT(GPTConfig.gpt2(vocab_size=tokenizer.vocab_size, **SHAPE))
    if fault == "wide_start":
        nn.init.normal_(model.wte.weight, std=1.0)
    rate = LEARNING_RATES.get(fault, LEARNING_RATE)
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate)
    curves = Curves(fault, seed)
    measure(model, exam, curves)
    for step in range(STEPS):
        x, y = batches.next(step)
        loss = loss_of(model, x, y, fault)
        if fault != "no_zero_grad":
            optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        curves.train_loss.append(loss.item())
        if (step + 1) % EVAL_EVERY == 0:
            measure(model, exam, curves)
    curves.sample = continuation(model, tokenizer)
    return curves


def loss_of(model: nn.Module, x: Tensor, y: Tensor, fault: str) -> Tensor:
    """The mean loss on a batch, x and y (B, T), as a script with this fault computes it."""
    if fault == "no_shift":
        y = x
    if fault == "wrong_rows":
        y = y.roll(1, dims=0)
    with without_mask(model) if fault == "no_mask" else nullcontext():
        logits = model(x)  # (B, T, V)
    if fault == "shift_twice":
        logits, y = logits[:, :-1], y[:, 1:]  # (B, T-1, V), (B, T-1)
    return cross_entropy(logits, y)


def measure(model: nn.Module, exam: list[tuple[Tensor, Tensor]], curves: Curves) -> None:
    """Note the validation loss as the faulty script takes it, and the honest one."""
    curves.eval_steps.append(len(curves.train_loss))
    curves.val_loss.append(evaluate(model, exam, curves.fault))
    curves.honest_loss.append(evaluate(model, exam, HEALTHY))


@torch.no_grad()
def evaluate(model: nn.Module, exam: list[tuple[Tensor, Tensor]], fault: str) -> float:
    """The mean loss over the exam's batches, the model left in training mode."""
    if fault != "no_eval":
        model.eval()
    with torch.random.fork_rng(devices=[]):  # dropout here must not change the training after it
        losses = [loss_of(model, x, y, fault).item() for x, y in exam]
    model.train()
    return sum(losses) / len(losses)


@contextmanager
def without_mask(model: nn.Module) -> Iterator[None]:
    """Let every position of this model attend to all others, the later ones too."""
    layers = [layer for layer in model.modules() if isinstance(layer, CausalSelfAttention)]
    for layer in layers:
        layer.forward = partial(_attend_to_all, layer)
    try:
        yield
    finally:
        for layer in layers:
            del layer.forward  # the class's own is found again


def _attend_to_all(layer: CausalSelfAttention, x: Tensor, rotary: object, _: object) -> Tensor:
    """What the layer's forward does, without the mask; (B, T, C) -> (B, T, C)."""
    dropout = layer.dropout if layer.training else 0.0
    heads = layer.heads(x, rotary)
    y = scaled_dot_product_attention(*heads, kernel=layer.kernel, dropout_p=dropout)  # (B, H, T, D)
    return layer.resid_drop(layer.c_proj(y.transpose(1, 2).flatten(2)))  # -> (B, T, C)


@torch.no_grad()
def continuation(model: nn.Module, tokenizer: CharTokenizer) -> str:
    """What the model writes after PROMPT, always taking the likeliest character."""
    model.eval()
    ids = tokenizer.encode(PROMPT)
    for _ in range(SAMPLE_LENGTH):
        logits = model(torch.tensor([ids[-BLOCK_SIZE:]]))  # (1, T, V)
        ids.append(int(logits[0, -1].argmax()))
    return tokenizer.decode(ids)[len(PROMPT) :]


@cache
def tiny_text() -> tuple[CharTokenizer, list[int], list[int]]:
    """A tokenizer of characters, and the ids of some of Tiny Town's English texts, split in two."""
    training = _english("train", TRAINING_DOCUMENTS)
    validation = _english("validation", VALIDATION_DOCUMENTS)
    tokenizer = CharTokenizer.train(training + validation)
    return tokenizer, tokenizer.encode(training), tokenizer.encode(validation)


def _english(split: str, count: int) -> str:
    """Texts of one split that hold English only: translations hold Chinese too."""
    texts = (document.text for document in documents(count, split, language="english"))
    return "\n".join(text for text in texts if text.isascii())
