"""Policy gradients: exact against the true gradient, and what is rewarded grows likelier."""

import pytest
import torch

from aigc_lab.chat import policy
from aigc_lab.chat.logprobs import answer_logits, answer_logprobs
from aigc_lab.chat.policy import (
    advantages,
    attempt,
    good_answer,
    policy_gradient_step,
    policy_loss,
    train_policy,
)
from aigc_lab.chat.steps import Steps, improve
from aigc_lab.chat.template import END
from aigc_lab.town.turns import Turn
from aigc_lab.training.loop import TrainingDiverged
from tests.chat.tiny import TOKENIZER, ask, tiny_gpt, with_adapter

TURNS = [(ask(f"{n}?"), Turn("who", f"{n}?", f"{n}.")) for n in "abcde"]


def ascii_share(turn, said):
    return sum(char.isascii() for char in said) / max(1, len(said))


def optimizer_of(model):
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=1e-3)


def test_advantages_by_hand():
    rewards = torch.tensor([[1.0, 0.0, 0.0, 1.0], [0.0, 0.0, 0.0, 3.0]])
    mean = torch.tensor([[0.5, -0.5, -0.5, 0.5], [-0.75, -0.75, -0.75, 2.25]])
    torch.testing.assert_close(advantages(rewards, "mean"), mean)
    others = torch.tensor([[2 / 3, -2 / 3, -2 / 3, 2 / 3], [-1.0, -1.0, -1.0, 3.0]])
    torch.testing.assert_close(advantages(rewards, "others"), others)
    torch.testing.assert_close(advantages(rewards, "none"), rewards)


@pytest.mark.parametrize(("baseline", "share"), [("none", 1.0), ("others", 1.0), ("mean", 0.5)])
def test_the_expected_gradient_is_that_of_the_expected_reward(baseline, share):
    logits = torch.tensor([0.3, -1.0, 0.7, 0.1, 0.0], dtype=torch.float64, requires_grad=True)
    reward = torch.tensor([1.0, 0.0, 5.0, -2.0, 0.5], dtype=torch.float64)
    true = torch.autograd.grad(-(logits.softmax(0) @ reward), logits)[0]
    logprobs, expected = logits.log_softmax(0), torch.zeros_like(true)
    for first in range(5):  # every pair of two answers that could be drawn
        for second in range(5):
            pair = [first, second]
            loss = policy_loss(logprobs[pair], advantages(reward[pair][None], baseline).flatten())
            chance = float(logprobs[pair].detach().sum().exp())
            expected += chance * torch.autograd.grad(loss, logits, retain_graph=True)[0]
    torch.testing.assert_close(expected, share * true, atol=1e-12, rtol=0)


def test_a_reward_for_all_alike_teaches_nothing_but_without_a_baseline():
    rewards = torch.full((3, 4), 2.5)
    assert not advantages(rewards, "mean").any()
    assert not advantages(rewards, "others").any()
    assert advantages(rewards, "none").all()


def test_a_good_answer_earns_one():
    turn = Turn("absent", "Where is Tom?", "The story does not say.")
    said = ["The story does not say.", "Sure! The story does not say. Bye.", "In the park."]
    assert [good_answer(turn, each) for each in said] == [1.0, 0.0, 0.0]


def test_attempts_keep_the_tokens_that_were_drawn():
    model = tiny_gpt(block_size=37)
    turns, asked = [TURNS[0], (ask("And who was it?"), TURNS[1][1])], []
    tried = attempt(model, TOKENIZER, turns, lambda *each: asked.append(each) or len(asked), 3)
    assert [turn for turn, _ in asked] == [turns[0][1]] * 3 + [turns[1][1]] * 3
    assert [said for _, said in asked] == tried.said
    assert tried.rewards.tolist() == [1, 2, 3, 4, 5, 6]
    end = TOKENIZER.special_tokens[END]
    for number, said in enumerate(tried.said):
        drawn = tried.rows.tokens[tried.rows.owner == number].tolist()
        assert said == TOKENIZER.decode(drawn[:-1] if drawn[-1] == end else drawn)
    assert len(set(tried.said)) > 3
    again = attempt(model, TOKENIZER, turns, ascii_share, 3)
    assert again.said == tried.said
    assert attempt(model, TOKENIZER, turns, ascii_share, 3, seed=1).said != tried.said


def test_one_step_moves_the_odds_towards_what_paid():
    model = with_adapter(tiny_gpt())
    tried = attempt(model, TOKENIZER, TURNS[:2], ascii_share, samples=4, seed=2)
    by_turn = tried.rewards.view(2, 4)

    def weighted():
        with torch.no_grad():
            told = answer_logprobs(tried.rows, answer_logits(model, tried.rows)).view(2, 4)
        return float((advantages(by_turn) * told).sum())

    before = weighted()
    record = policy_gradient_step(
        model, optimizer_of(model), TOKENIZER, TURNS[:2], ascii_share, samples=4, seed=2
    )
    assert weighted() > before
    assert record["reward"] == pytest.approx(float(tried.rewards.mean()))
    assert set(record) == {"reward", "loss", "informative"}
    assert record["informative"] == 1.0


def test_the_charge_for_straying():
    def step(model, kl):
        how = dict(reward=lambda turn, said: 1.0, samples=3, kl=kl)
        return policy_gradient_step(model, optimizer_of(model), TOKENIZER, TURNS[:1], **how)

    at_start = step(with_adapter(tiny_gpt()), kl=0.5)
    assert at_start["kl"] == pytest.approx(0.0, abs=1e-5)
    strayed = step(with_adapter(tiny_gpt(), trained=True), kl=0.5)
    assert strayed["kl"] > 0.01
    assert strayed["informative"] == 0.0  # all were paid alike,
    assert abs(strayed["loss"]) > 0.01  # but not charged alike
    assert step(with_adapter(tiny_gpt(), trained=True), kl=0.0)["loss"] == 0.0


def test_training_raises_the_reward_and_a_seed_is_a_run():
    def run(steps, seed=0):
        settings = dict(steps=steps, batch_size=2, lr=3e-2, reward=ascii_share, seed=seed)
        return train_policy(tiny_gpt(block_size=41), TOKENIZER, TURNS, samples=8, **settings)

    records = run(13)
    assert [record["step"] for record in records] == list(range(1, 14))
    first, last = (sum(r["reward"] for r in part) / 4 for part in (records[:4], records[-4:]))
    assert last > first + 0.15
    assert run(2) == run(2)
    assert run(2) != run(2, seed=1)


def test_a_step_of_training_is_heard(monkeypatch):
    heard, seeds = [], []
    plain = {"reward": 0.25, "loss": 0.0, "informative": 0.5}
    monkeypatch.setattr(
        policy, "policy_gradient_step", lambda *_, seed, **__: seeds.append(seed) or plain
    )
    model = with_adapter(tiny_gpt())
    records = train_policy(model, TOKENIZER, TURNS, 3, 2, 1e-3, on_step=heard.append)
    assert records == heard == [{"step": step, **plain} for step in (1, 2, 3)]
    assert len(set(seeds)) == 3
    assert not model.training


@pytest.mark.parametrize("mode", [True, False])
def test_the_mode_stays_what_it_was_whatever_happens(monkeypatch, mode):
    modes = []

    def interrupted(model, *_, **__):
        modes.append(model.training)
        raise KeyboardInterrupt

    monkeypatch.setattr(policy, "policy_gradient_step", interrupted)
    model = with_adapter(tiny_gpt()).train(mode)
    with pytest.raises(KeyboardInterrupt):
        train_policy(model, TOKENIZER, TURNS, 3, 2, 1e-3)
    assert modes == [True]
    assert model.training == mode


def test_steps_draw_by_seed_and_step_and_the_rate_falls():
    model = with_adapter(tiny_gpt())
    run, other = Steps(model, 20, 3, 1e-2, seed=0), Steps(model, 20, 3, 1e-2, seed=1)
    drawn = [run.draw(range(7), step) for step in range(20)]
    assert all(len(set(batch)) == 3 for batch in drawn)
    assert drawn[4] == run.draw(range(7), 4)
    assert len(set(map(tuple, drawn))) > 10
    assert [other.draw(range(7), step) for step in range(20)] != drawn
    rates = []
    for step in range(20):
        run.draw(range(7), step)
        rates.append(run.optimizer.param_groups[0]["lr"])
    assert max(rates) == pytest.approx(1e-2)
    assert rates[0] < rates[1]
    assert rates[-1] < 2e-3


def test_a_step_is_clipped_and_leaves_no_gradient_behind():
    model = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(model.weight, 2.0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    improve(model, optimizer, 30 * model.weight.sum())  # a gradient of 30, clipped to 1
    assert model.weight.item() == pytest.approx(1.5, abs=1e-4)
    assert model.weight.grad is None
    with pytest.raises(TrainingDiverged, match="loss nan, gradient norm nan; lower lr"):
        improve(model, optimizer, float("nan") * model.weight.sum())
    assert model.weight.item() == pytest.approx(1.5, abs=1e-4)


def test_refusals_say_the_mend():
    model = with_adapter(tiny_gpt())
    how = (model, optimizer_of(model), TOKENIZER, TURNS[:1])
    with pytest.raises(ValueError, match="baseline='median' is not known; choose one of mean"):
        policy_gradient_step(*how, baseline="median")
    with pytest.raises(ValueError, match="one attempt at a question has no others"):
        policy_gradient_step(*how, samples=1)
    with pytest.raises(ValueError, match="temperature=0 tries nothing new"):
        policy_gradient_step(*how, temperature=0)
    with pytest.raises(ValueError, match="has no LoRA layers"):
        policy_gradient_step(tiny_gpt(), *how[1:], kl=0.1)
    with pytest.raises(ValueError, match="a batch of 6 cannot be drawn from 5"):
        train_policy(model, TOKENIZER, TURNS, 1, 6, 1e-3)
