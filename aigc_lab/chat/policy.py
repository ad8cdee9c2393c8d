"""Policy gradients: the model tries answers, a checker pays for them, and what paid is repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aigc_lab.chat.logprobs import (
    AnswerRows,
    IdPair,
    answer_logits,
    answer_logprobs,
    answer_rows,
    frozen_logits,
)
from aigc_lab.chat.lora import lora_off
from aigc_lab.chat.steps import Steps, improve, training
from aigc_lab.chat.template import encode_chat
from aigc_lab.generation.generate import complete_many
from aigc_lab.town.conversations import judge

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer
    from aigc_lab.town.turns import Message, Turn

    Asked = Sequence[tuple[Sequence[Message], Turn]]
    Reward = Callable[[Turn, str], float]

BASELINES = ("mean", "others", "none")


@dataclass(frozen=True)
class Attempts:
    """What the model answered to some turns, k times each, and what that earned.

    Shapes: `rows` of B = turns · k answers, the attempts at one turn together; rewards (B,).
    """

    rows: AnswerRows
    said: list[str]
    rewards: Tensor


def good_answer(turn: Turn, said: str) -> float:
    """A reward that can be verified: 1 for exactly the right answer, 0 for any other."""
    return float(judge(turn, said) == "good")


def advantages(rewards: Tensor, baseline: str = "mean") -> Tensor:
    """How much better each attempt was than was to be expected of that question.

    What is expected is the mean of all attempts at it ("mean"), of the others only ("others",
    leave one out), or nothing ("none"). Any baseline that does not look at the attempt itself
    leaves the gradient right on average and less noisy; "mean" looks, and is "others" times
    (k-1)/k: the same direction, a shorter step.

    Shapes: (turns, k) -> (turns, k).
    Raises: ValueError for an unknown baseline, or for one attempt without others.
    Source: Williams 1992 (REINFORCE); Kool et al. 2019 and Ahmadian et al. 2024 (leave one out).
    Notebook: 11 from GPT to ChatGPT.

    >>> advantages(torch.tensor([[1.0, 0.0, 0.0]]), "others").tolist()
    [[1.0, -0.5, -0.5]]
    """
    if baseline not in BASELINES:
        raise ValueError(
            f"baseline={baseline!r} is not known; choose one of {', '.join(BASELINES)}"
        )
    if baseline == "none":
        return rewards
    samples = rewards.shape[1]
    if samples < 2:
        raise ValueError(
            "one attempt at a question has no others to compare with; take samples=2 or more, or "
            'baseline="none"'
        )
    total = rewards.sum(dim=1, keepdim=True)  # (turns, 1)
    if baseline == "mean":
        return rewards - total / samples
    return rewards - (total - rewards) / (samples - 1)


def policy_loss(logprobs: Tensor, advantages: Tensor) -> Tensor:
    """What to descend so that attempts better than expected become likelier, and worse ones rarer.

    Its gradient is that of -E[reward]; its value means nothing.

    Shapes: log-probabilities of whole answers (B,) and advantages (B,) -> one number.
    Source: Williams 1992 (REINFORCE), theorem 1.
    Notebook: 11 from GPT to ChatGPT.

    >>> policy_loss(torch.tensor([-2.0, -4.0]), torch.tensor([0.5, -0.5]))
    tensor(-0.5000)
    """
    return -(advantages.detach() * logprobs).mean()


def attempt(
    model: GPT,
    tokenizer: Tokenizer,
    turns: Asked,
    reward: Reward,
    samples: int,
    temperature: float = 1.0,
    seed: int = 0,
    max_tokens: int = 64,
) -> Attempts:
    """Let the model answer each turn `samples` times, and see what that earns.

    The very tokens that were drawn are kept: text encoded anew could fall into others.
    """
    prompts = [encode_chat(tokenizer, messages) for messages, _ in turns for _ in range(samples)]
    room = model.config.block_size - max(map(len, prompts))
    dials = dict(temperature=temperature, seed=seed, max_new_tokens=max(1, min(max_tokens, room)))
    done = complete_many(model, tokenizer, prompts, **dials)
    asked = [turn for _, turn in turns for _ in range(samples)]
    pairs: list[IdPair] = [(prompt, each.ids) for prompt, each in zip(prompts, done, strict=True)]
    said = [each.text for each in done]
    earned = [float(reward(turn, text)) for turn, text in zip(asked, said, strict=True)]
    rows = answer_rows(model, pairs)
    return Attempts(rows, said, torch.tensor(earned, device=rows.tokens.device))


def policy_gradient_step(
    model: GPT,
    optimizer: Optimizer,
    tokenizer: Tokenizer,
    turns: Asked,
    reward: Reward = good_answer,
    samples: int = 4,
    temperature: float = 1.0,
    baseline: str = "mean",
    kl: float = 0.0,
    seed: int = 0,
) -> dict[str, float]:
    """One step of REINFORCE: try each turn `samples` times, reward, and shift the odds.

    With `kl` above 0 an answer pays `kl` for each nat by which it became likelier than the model
    without its LoRA finds it, so that no reward is worth forgetting how to speak.

    Returns `reward` (the mean, before that charge), `loss`, `informative` (the share of turns whose
    attempts were not all paid alike: the others teach nothing), and with `kl` also `kl` (nats).
    Raises: ValueError as `advantages`, for temperature 0, and for `kl` without LoRA.
    Source: Williams 1992 (REINFORCE); Ahmadian et al. 2024; the charge: Ziegler et al. 2019,
        section 2.
    Notebook: 11 from GPT to ChatGPT.
    """
    if not temperature > 0:
        raise ValueError(f"temperature={temperature} tries nothing new; sample with one above 0")
    tried = attempt(model, tokenizer, turns, reward, samples, temperature, seed)
    logits = answer_logits(model, tried.rows) / temperature  # the odds that were drawn from
    logprobs = answer_logprobs(tried.rows, logits)  # (B,)
    paid, strayed = tried.rewards, None
    if kl:
        before = frozen_logits(model, tried.rows, partial(lora_off, model)) / temperature
        strayed = logprobs.detach() - answer_logprobs(tried.rows, before)
        paid = paid - kl * strayed
    worth = advantages(paid.view(-1, samples), baseline)  # (B,) -> (turns, k)
    loss = policy_loss(logprobs, worth.flatten())
    improve(model, optimizer, loss)
    by_turn = tried.rewards.view(-1, samples)
    record = {
        "reward": float(tried.rewards.mean()),
        "loss": loss.item(),
        "informative": float((by_turn != by_turn[:, :1]).any(dim=1).float().mean()),
    }
    return record if strayed is None else {**record, "kl": float(strayed.mean())}


def train_policy(
    model: GPT,
    tokenizer: Tokenizer,
    turns: Asked,
    steps: int,
    batch_size: int,
    lr: float,
    reward: Reward = good_answer,
    samples: int = 4,
    baseline: str = "mean",
    kl: float = 0.0,
    seed: int = 0,
    on_step: Callable[[dict[str, float]], object] | None = None,
) -> list[dict[str, float]]:
    """Policy-gradient steps in place, each on `batch_size` of the turns; one record a step.

    Only what the reward asks for is learned. Each step depends on (seed, step) alone.

    Raises: ValueError as `policy_gradient_step`; TrainingDiverged for a gradient that is no number.
    Notebook: 11 from GPT to ChatGPT.
    """
    run, records = Steps(model, steps, batch_size, lr, seed), []
    how = dict(samples=samples, baseline=baseline, kl=kl)
    with training(model):
        for step in range(steps):
            batch = run.draw(turns, step)
            dice = dict(seed=seed * 2**20 + step)  # other draws at every step
            record = policy_gradient_step(
                model, run.optimizer, tokenizer, batch, reward, **how, **dice
            )
            records.append({"step": step + 1, **record})
            if on_step:
                on_step(records[-1])
    return records
