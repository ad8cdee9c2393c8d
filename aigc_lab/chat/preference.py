"""Preference tuning: from pairs of a better and a worse answer, without a reward model (DPO)."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import count as numbers
from typing import TYPE_CHECKING

import torch.nn.functional as F
from torch import Tensor

from aigc_lab.chat.finetune import answers as said_by
from aigc_lab.chat.logprobs import (
    AnswerRows,
    answer_logits,
    answer_logprobs,
    answer_rows,
    encode_answer,
    frozen_logits,
    kl_divergence,
)
from aigc_lab.chat.lora import lora_off
from aigc_lab.chat.steps import Steps, improve, training
from aigc_lab.town.conversations import conversation, judge
from aigc_lab.town.dice import Dice

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer
    from aigc_lab.town.turns import Message, Turn

    Chats = Sequence[Sequence[Message]]
    Asked = Sequence[tuple[Sequence[Message], Turn]]

WORDS = ("good", "padded", "unhelpful", "made_up", "wrong")  # what `judge` may say


@dataclass(frozen=True)
class Pair:
    """A conversation up to a question, the better answer, the worse one, and what is wrong with it.

    `flaw` is "padded", "unhelpful" or "made_up".
    """

    messages: list[Message]
    chosen: str
    rejected: str
    flaw: str


def town_pairs(
    count: int, split: str = "train", seed: int = 0, language: str | None = None
) -> list[Pair]:
    """Pairs that Town's known truth has ranked: the right answer before one with a flaw.

    One pair for each question that can be answered badly, with one of its flaws.
    Notebook: 11 from GPT to ChatGPT.

    >>> pair = town_pairs(1)[0]
    >>> pair.chosen != pair.rejected, pair.flaw in ("padded", "unhelpful", "made_up")
    (True, True)
    """
    dice, pairs = Dice(seed), []
    for messages, turn in questions(count, split, seed, language):
        flaw = dice.pick(list(turn.flawed))
        pairs.append(Pair(messages, turn.answer, turn.flawed[flaw], flaw))
    return pairs


def questions(
    count: int, split: str = "test", seed: int = 0, language: str | None = None
) -> list[tuple[list[Message], Turn]]:
    """Questions that can be answered well or badly, each with the conversation up to it.

    Notebook: 11 from GPT to ChatGPT.
    """
    found: list[tuple[list[Message], Turn]] = []
    for number in numbers():
        if len(found) >= count:
            return found[:count]
        asked = conversation(number, split, seed, language)
        found += [(asked.messages(at), turn) for at, turn in enumerate(asked.turns) if turn.flawed]


def sequence_logprobs(
    model: GPT, tokenizer: Tokenizer, chats: Chats, answers: Sequence[str]
) -> Tensor:
    """The log-probability of each answer in its conversation, its end included.

    Shapes: B chats and B answers -> (B,).
    Units: nats, summed over the answer: a long answer is less likely than a short one.
    Raises: ValueError for chats and answers that do not pair up, or are too long for the model.
    Notebook: 11 from GPT to ChatGPT.
    """
    if len(chats) != len(answers):
        raise ValueError(f"{len(chats)} chats and {len(answers)} answers; give one answer to each")
    pairs = [encode_answer(tokenizer, *each) for each in zip(chats, answers, strict=True)]
    rows = answer_rows(model, pairs)
    return answer_logprobs(rows, answer_logits(model, rows))


def dpo_loss(
    policy_chosen: Tensor,
    policy_rejected: Tensor,
    reference_chosen: Tensor,
    reference_rejected: Tensor,
    beta: float = 0.1,
) -> tuple[Tensor, Tensor, Tensor]:
    """How badly a policy tells the better answer of each pair from the worse: (losses, rewards …).

    β log(π(y)/π_ref(y)) is the reward that would make the policy the best one, if straying from
    the reference is charged β a nat. The loss is that of a classifier whose logit is the margin
    between both rewards: log 2 at the reference itself, which has no opinion.

    Shapes: log-probabilities of whole answers, (B,) each -> losses, chosen and rejected rewards,
        (B,) each; the rewards are for looking at and carry no gradient.
    Units: nats.
    Source: Rafailov et al. 2023 (DPO), equation 7.
    Notebook: 11 from GPT to ChatGPT.

    >>> import torch
    >>> now, before = torch.tensor([-4.0]), torch.tensor([-5.0])
    >>> dpo_loss(now, before, before, before, beta=1.0)  # -log σ(1)
    (tensor([0.3133]), tensor([1.]), tensor([0.]))
    """
    chosen = beta * (policy_chosen - reference_chosen)
    rejected = beta * (policy_rejected - reference_rejected)
    return -F.logsigmoid(chosen - rejected), chosen.detach(), rejected.detach()


def train_dpo(
    model: GPT,
    tokenizer: Tokenizer,
    pairs: Sequence[Pair],
    steps: int,
    batch_size: int,
    lr: float,
    beta: float = 0.1,
    seed: int = 0,
    on_step: Callable[[dict[str, float]], object] | None = None,
    reference: str = "adapter",
) -> list[dict[str, float]]:
    """Tune the model, in place, to prefer the chosen answers; one record a step.

    The reference is the model as it is at the start: with `"adapter"` the model without its LoRA,
    which costs no memory; with `"copy"` a frozen copy. Each step depends on (seed, step) alone.

    A record holds `step`, `loss`, `margin` of the rewards, `accuracy` (margins above 0; a tie is
    half), `chosen_logprob` and `rejected_logprob` (means; both may fall while the margin grows)
    and `kl` to the reference per token of these answers; all in nats.
    Raises: ValueError for fewer pairs than a batch, an unknown reference, "adapter" without LoRA;
        TrainingDiverged when the gradient is not a number.
    Source: Rafailov et al. 2023 (DPO), section 4.
    Notebook: 11 from GPT to ChatGPT.
    """
    frozen, silence = _reference(model, reference)
    run, records = Steps(model, steps, batch_size, lr, seed), []
    with training(model):
        for step in range(steps):
            rows = _chosen_then_rejected(model, tokenizer, run.draw(pairs, step))
            logits, expected = answer_logits(model, rows), frozen_logits(frozen, rows, silence)
            policy, before = answer_logprobs(rows, logits), answer_logprobs(rows, expected)  # (2B,)
            losses, chosen, rejected = dpo_loss(*policy.chunk(2), *before.chunk(2), beta)
            loss = losses.mean()
            improve(model, run.optimizer, loss)
            kl = kl_divergence(logits.detach(), expected).mean()
            records.append(_record(step + 1, loss, chosen - rejected, policy, kl))
            if on_step:
                on_step(records[-1])
    return records


def preferred_rate(
    model: GPT, tokenizer: Tokenizer, asked: Asked, seed: int = 0, temperature: float = 1.0
) -> tuple[float, dict[str, int]]:
    """How often the model says what people prefer, and how often each word of `judge` fits.

    One answer is sampled to each of the `questions`; preferred is what is judged good. What the
    rate is on average, at temperature 1, is quicker to know: the mean probability of the right
    answers, `sequence_logprobs(...).exp()`.

    Notebook: 11 from GPT to ChatGPT.
    """
    chats = [messages for messages, _ in asked]
    said = said_by(model, tokenizer, chats, temperature=temperature, seed=seed)
    judged = [judge(turn, answer) for (_, turn), answer in zip(asked, said, strict=True)]
    return judged.count("good") / len(judged), {word: judged.count(word) for word in WORDS}


def _reference(model: GPT, kind: str) -> tuple[GPT, Callable]:
    """Whom to ask what was before the tuning, and what to enter while asking."""
    if kind not in ("adapter", "copy"):
        raise ValueError(f"reference={kind!r} is not known; choose 'adapter' or 'copy'")
    if kind == "copy":
        return copy.deepcopy(model).requires_grad_(False), nullcontext
    with lora_off(model):  # refuses a model without
        return model, partial(lora_off, model)


def _chosen_then_rejected(model: GPT, tokenizer: Tokenizer, pairs: list[Pair]) -> AnswerRows:
    """All chosen answers and then all rejected ones, (2B, T)."""
    both = [(p.messages, p.chosen) for p in pairs] + [(p.messages, p.rejected) for p in pairs]
    return answer_rows(model, [encode_answer(tokenizer, *each) for each in both])


def _record(
    step: int, loss: Tensor, margins: Tensor, policy: Tensor, kl: Tensor
) -> dict[str, float]:
    chosen, rejected = policy.detach().chunk(2)
    right = (margins > 0).float() + 0.5 * (margins == 0).float()
    return {
        "step": step,
        "loss": loss.item(),
        "margin": float(margins.mean()),
        "accuracy": float(right.mean()),
        "chosen_logprob": float(chosen.mean()),
        "rejected_logprob": float(rejected.mean()),
        "kl": float(kl),
    }
