"""Preference tuning: the loss by hand and by formula, and what a few steps do to a model."""

import math
from collections import Counter

import pytest
import torch
import torch.nn.functional as F

from aigc_lab.chat import logprobs, preference
from aigc_lab.chat.logprobs import kl_divergence
from aigc_lab.chat.lora import lora_off
from aigc_lab.chat.preference import (
    Pair,
    dpo_loss,
    preferred_rate,
    questions,
    sequence_logprobs,
    town_pairs,
    train_dpo,
)
from aigc_lab.chat.template import encode_chat
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.town.conversations import judge
from aigc_lab.town.turns import Turn
from aigc_lab.training.loop import TrainingDiverged
from tests.chat.tiny import TOKENIZER, V, ask, tiny_gpt, with_adapter

CHATS = [
    ask("Where is Mia?"),
    [{"role": "system", "content": "Be brief."}, *ask("谁?")],
    [*ask("Hello!"), {"role": "assistant", "content": "Hello."}, *ask("Who has it?")],
]
ANSWERS = ["In the garden.", "汤姆", ""]
PAIRS = [Pair(ask(f"{n}?"), f"{n}.", f"Well, {n}, I think.", "padded") for n in range(11)]


def some(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def assert_near(arrived, expected, atol=1e-5):
    torch.testing.assert_close(arrived, expected, atol=atol, rtol=0)


def test_dpo_by_hand():
    # The better answer gained 2 nats, the worse one lost 1: rewards 1 and -0.5 at beta 0.5.
    policy, reference = torch.tensor([[-3.0], [-7.0]]), torch.tensor([[-5.0], [-6.0]])
    losses, chosen, rejected = dpo_loss(*policy, *reference, beta=0.5)
    assert (chosen.item(), rejected.item()) == (1.0, -0.5)
    assert losses.item() == pytest.approx(math.log(1 + math.exp(-1.5)), abs=1e-6)


def test_dpo_gradient_pushes_hardest_where_the_order_is_wrong():
    policy = some(2, 7).requires_grad_()
    reference, beta = some(2, 7, seed=1), 0.3
    losses, chosen, rejected = dpo_loss(*policy, *reference, beta=beta)
    losses.sum().backward()
    push = beta * torch.sigmoid(rejected - chosen)  # Rafailov et al. 2023, section 4
    assert_near(policy.grad, torch.stack([-push, push]), atol=1e-12)
    assert not chosen.requires_grad
    assert torch.autograd.gradcheck(lambda p: dpo_loss(*p, *reference, beta)[0], [policy])


def test_dpo_sees_only_differences_and_turns_round_with_the_pair():
    policy, reference = some(2, 5), some(2, 5, seed=1)
    losses, chosen, rejected = dpo_loss(*policy, *reference)
    moved, *_ = dpo_loss(*(policy + 7.0), *reference)  # all answers likelier by as much
    assert_near(moved, losses, atol=1e-12)
    turned, *_ = dpo_loss(*policy.flip(0), *reference.flip(0))
    assert_near(turned - losses, chosen - rejected, atol=1e-12)
    at_start, *_ = dpo_loss(*reference, *reference)
    assert_near(at_start, torch.full((5,), math.log(2), dtype=torch.float64), atol=1e-12)


def test_dpo_of_a_hopeless_pair_is_finite():
    zero, far = torch.zeros(1), torch.tensor([1e5])
    losses, *_ = dpo_loss(-far, far, zero, zero, beta=1.0)
    assert losses.item() == pytest.approx(2e5)


def test_a_model_that_guesses_is_surprised_by_every_token_and_the_end():
    model = tiny_gpt()
    torch.nn.init.zeros_(model.wte.weight)  # tied: all logits are zero
    arrived = sequence_logprobs(model, TOKENIZER, CHATS, ANSWERS)
    bytes_and_end = torch.tensor([14 + 1, 6 + 1, 0 + 1])
    assert_near(arrived, -bytes_and_end * math.log(V), atol=1e-4)


def test_logprobs_equal_one_row_at_a_time():
    model = with_adapter(tiny_gpt(), trained=True)
    arrived = sequence_logprobs(model, TOKENIZER, CHATS, ANSWERS)
    for chat, answer, total in zip(CHATS, ANSWERS, arrived, strict=True):
        whole = [*chat, {"role": "assistant", "content": answer}]
        ids = torch.tensor([encode_chat(TOKENIZER, whole, add_generation_prompt=False)])
        logprobs = model(ids).log_softmax(-1)[0, :-1]  # (T-1, V)
        told = logprobs.gather(1, ids[0, 1:, None])[len(encode_chat(TOKENIZER, chat)) - 1 :]
        assert_near(total, told.sum(), atol=1e-4)


def test_many_go_in_parts_with_their_gradients(monkeypatch):
    model = with_adapter(tiny_gpt())
    whole = sequence_logprobs(model, TOKENIZER, CHATS, ANSWERS)
    whole.sum().backward()
    gradient = model.h[0].attn.c_attn.B.grad.clone()
    model.zero_grad()
    monkeypatch.setattr(logprobs, "ROWS", {"cpu": 2})
    parts = sequence_logprobs(model, TOKENIZER, CHATS, ANSWERS)
    assert_near(parts, whole, atol=1e-4)
    parts.sum().backward()
    assert_near(model.h[0].attn.c_attn.B.grad, gradient, atol=1e-3)


def test_kl_equals_pytorch_s_and_is_no_distance():
    p, q = some(5, 7), some(5, 7, seed=1)
    logs = p.log_softmax(-1), q.log_softmax(-1)
    theirs = F.kl_div(logs[1], logs[0], reduction="none", log_target=True).sum(-1)
    assert_near(kl_divergence(p, q), theirs, atol=1e-12)
    assert_near(kl_divergence(p, p + 3.0), torch.zeros(5, dtype=torch.float64), atol=1e-12)
    assert (kl_divergence(p, q) - kl_divergence(q, p)).abs().min() > 1e-3


def test_pairs_are_ranked_by_what_is_true():
    pairs, asked = town_pairs(300), questions(300, "train")
    for pair, (messages, turn) in zip(pairs, asked, strict=True):
        assert pair.messages == messages
        assert pair.chosen == turn.answer
        assert judge(turn, pair.chosen) == "good"
        assert judge(turn, pair.rejected) == pair.flaw
    flaws = Counter(pair.flaw for pair in pairs)
    assert min(flaws[flaw] for flaw in ("padded", "unhelpful", "made_up")) > 10
    assert town_pairs(7) == pairs[:7]
    assert town_pairs(7, seed=1) != pairs[:7]
    assert town_pairs(7, "test") != pairs[:7]
    english, chinese = (town_pairs(1, language=name)[0] for name in ("english", "chinese"))
    assert english.messages[-1]["content"].isascii()
    assert not chinese.messages[-1]["content"].isascii()


def test_the_first_record_is_that_of_the_reference():
    model = with_adapter(tiny_gpt())
    (record,) = train_dpo(model, TOKENIZER, PAIRS, steps=1, batch_size=11, lr=1e-3)
    assert record["step"] == 1
    assert record["loss"] == pytest.approx(math.log(2), abs=1e-6)
    assert record["margin"] == record["kl"] == 0.0
    assert record["accuracy"] == 0.5  # all tied
    chats, better = [pair.messages for pair in PAIRS], [pair.chosen for pair in PAIRS]
    chosen = sequence_logprobs(tiny_gpt(), TOKENIZER, chats, better).mean()
    assert record["chosen_logprob"] == pytest.approx(chosen.item(), abs=1e-3)


def test_a_few_steps_tell_better_from_worse():
    model, heard = with_adapter(tiny_gpt()), []
    settings = dict(steps=20, batch_size=11, lr=2e-2, beta=0.5, on_step=heard.append)
    records = train_dpo(model, TOKENIZER, PAIRS, **settings)
    assert records == heard
    assert [record["step"] for record in records] == list(range(1, 21))
    first, last = records[0], records[-1]
    assert last["loss"] < 0.1
    assert last["margin"] > 2.5
    assert last["accuracy"] == 1.0
    assert last["kl"] > 0.005
    apart = [record["chosen_logprob"] - record["rejected_logprob"] for record in (first, last)]
    assert last["margin"] == pytest.approx(0.5 * (apart[1] - apart[0]), abs=1e-3)
    assert not model.training
    with lora_off(model):
        plain = sequence_logprobs(model, TOKENIZER, CHATS, ANSWERS)
    assert_near(plain, sequence_logprobs(tiny_gpt(), TOKENIZER, CHATS, ANSWERS), atol=0)


def test_both_references_are_the_same_model_and_a_seed_is_a_run():
    def run(reference, seed=0, lr=1e-2):
        model = with_adapter(tiny_gpt())
        settings = dict(steps=3, batch_size=2, lr=lr, seed=seed, reference=reference)
        return train_dpo(model, TOKENIZER, PAIRS, **settings)

    assert run("adapter") == run("copy")
    assert run("adapter") != run("adapter", seed=1)
    standing_still = run("adapter", lr=1e-9)  # only the pairs differ from step to step
    assert len({round(record["chosen_logprob"], 4) for record in standing_still}) > 1


def test_all_of_a_plain_model_can_be_tuned_against_a_copy():
    model = tiny_gpt(dropout=0.1)
    records = train_dpo(model, TOKENIZER, PAIRS, 8, 5, lr=3e-3, reference="copy")
    assert records[-1]["margin"] > records[0]["margin"]
    assert (model.wte.weight - tiny_gpt().wte.weight).abs().max() > 1e-3


def test_preferred_rate_counts_what_the_judge_says(monkeypatch):
    turn = Turn("absent", "Where is Tom?", "The story does not say.")
    said = [turn.answer, turn.answer, f"{turn.answer} I hope this helps!", "In the park."]
    heard = []
    monkeypatch.setattr(preference, "said_by", lambda *_, **dials: heard.append(dials) or said)
    rate, words = preferred_rate(None, None, [(ask("?"), turn)] * 4, seed=3)
    assert rate == 0.5
    assert words == {"good": 2, "padded": 1, "unhelpful": 0, "made_up": 1, "wrong": 0}
    assert heard == [{"temperature": 1.0, "seed": 3}]


def test_preferred_rate_samples_by_seed():
    model, asked = tiny_gpt(), [(chat, Turn("who", "?", "x")) for chat in CHATS]
    assert preferred_rate(model, TOKENIZER, asked) == preferred_rate(model, TOKENIZER, asked)


def test_refusals_say_the_mend():
    model = tiny_gpt()
    with pytest.raises(ValueError, match="3 chats and 1 answers; give one answer to each"):
        sequence_logprobs(model, TOKENIZER, CHATS, ["x"])
    with pytest.raises(ValueError, match="no answers were given"):
        sequence_logprobs(model, TOKENIZER, [], [])
    with pytest.raises(ValueError, match=r"conversation 1 has 3\d\d tokens.*reads 211; leave its"):
        sequence_logprobs(model, TOKENIZER, CHATS[:2], ["x", "y" * 300])
    with pytest.raises(ValueError, match="give it the marks of a conversation"):
        sequence_logprobs(model, BPETokenizer([]), CHATS, ANSWERS)
    with pytest.raises(ValueError, match="has no LoRA layers"):
        train_dpo(model, TOKENIZER, PAIRS, 1, 2, 1e-3)
    with pytest.raises(
        ValueError, match="reference='old' is not known; choose 'adapter' or 'copy'"
    ):
        train_dpo(model, TOKENIZER, PAIRS, 1, 2, 1e-3, reference="old")
    with pytest.raises(ValueError, match="a batch of 12 cannot be drawn from 11"):
        train_dpo(model, TOKENIZER, PAIRS, 1, 12, 1e-3, reference="copy")
    with pytest.raises(ValueError, match="lr=0 must be a finite number above zero"):
        train_dpo(model, TOKENIZER, PAIRS, 1, 2, 0, reference="copy")


def test_a_gradient_that_is_no_number_stops_the_run():
    model = with_adapter(tiny_gpt())
    with torch.no_grad():
        model.ln_f.weight[0] = math.nan
    with pytest.raises(TrainingDiverged, match="gradient norm nan; lower lr"):
        train_dpo(model, TOKENIZER, PAIRS, 1, 2, 1e-3)
    assert not model.training
