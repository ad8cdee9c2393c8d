"""Beam search by hand, against trying everything, and against transformers."""

import itertools

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.beam import Beam, beam_search, grow
from aigc_lab.generation.generate import generate
from aigc_lab.generation.sampling import NEVER
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.folder import load_model
from tests.pretrained import oracles

PROMPT = [2, 1, 0, 1]


def build(vocab_size=5, block_size=17, seed=3, **changes):
    torch.manual_seed(seed)
    sizes = dict(n_layer=2, n_head=3, n_embd=21) | changes
    model = GPT(GPTConfig.gpt2(vocab_size=vocab_size, block_size=block_size, **sizes)).eval()
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(0.4 * torch.randn(weight.shape))
    return model


def log_prob_of(model, ids, prompt=PROMPT):
    """The summed log-probability of a continuation, by one pass over all of it."""
    whole = torch.tensor([[*prompt, *ids]])
    with torch.no_grad():
        rows = model(whole).log_softmax(dim=-1)[0, len(prompt) - 1 : -1]
    return float(rows[torch.arange(len(ids)), list(ids)].sum())


def told(beams):
    return [(beam.ids, beam.finish_reason) for beam in beams]


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """A small random GPT-2 of transformers, and the same weights in our class."""
    return both(tmp_path_factory)


@pytest.fixture(scope="module")
def few_tokens(tmp_path_factory):
    """The same with 5 tokens only."""
    return both(tmp_path_factory, vocab_size=5)


def both(folders, **changes):
    model = oracles.gpt2(**changes).eval()
    return model, load_model(oracles.save(model, folders.mktemp("gpt2")))


def test_grow_compares_all_beams_by_hand():
    totals = torch.tensor([-1.0, -2.0])
    log_probs = torch.tensor([[-3.0, -4.0, -0.5], [-0.25, -7.0, -8.0]])
    best, parents, tokens = grow(totals, log_probs, 3)
    assert best.tolist() == [-1.5, -2.25, -4.0]
    assert parents.tolist() == [0, 1, 0]
    assert tokens.tolist() == [2, 0, 0]


def test_one_beam_is_greedy():
    model = build()
    (beam,) = beam_search(model, PROMPT, width=1, max_new_tokens=7)
    greedy = generate(model, PROMPT, temperature=0, max_new_tokens=7)[0, len(PROMPT) :]
    assert beam.ids == tuple(greedy.tolist())
    assert beam.finish_reason == "length"
    assert beam.log_prob == pytest.approx(log_prob_of(model, beam.ids), abs=1e-4)


def test_a_beam_as_wide_as_all_texts_finds_the_best_ones():
    model = build()
    found = beam_search(model, PROMPT, width=125, max_new_tokens=3, length_penalty=0.0)
    every = itertools.product(range(5), repeat=3)
    known = sorted(((log_prob_of(model, ids), ids) for ids in every), reverse=True)
    assert [beam.ids for beam in found] == [ids for _, ids in known]
    assert [beam.log_prob for beam in found] == pytest.approx([p for p, _ in known], abs=1e-4)


@pytest.mark.parametrize("penalty", [0.0, 0.7, 1.0, 2.0, -1.0])
def test_with_an_end_too_the_best_texts_are_found(penalty):
    model, stop, room = build(vocab_size=3), 2, 4
    texts = [ids for n in range(1, room + 1) for ids in itertools.product(range(3), repeat=n)]
    whole = [ids for ids in texts if stop not in ids[:-1] and (ids[-1] == stop or len(ids) == room)]
    score = {ids: log_prob_of(model, ids) / len(ids) ** penalty for ids in whole}
    how = dict(max_new_tokens=room, stop_ids=[stop], length_penalty=penalty)
    found = beam_search(model, PROMPT, width=len(whole), **how)
    assert [beam.ids for beam in found] == sorted(score, key=score.get, reverse=True)
    assert [beam.score for beam in found] == pytest.approx(sorted(score.values())[::-1], abs=1e-4)
    reasons = {beam.ids: beam.finish_reason for beam in found}
    assert all((why == "stop") == (ids[-1] == stop) for ids, why in reasons.items())


@pytest.mark.parametrize("stops", [[], [7], [2, 11, 29]])
@pytest.mark.parametrize("penalty", [0.0, 1.0, 1.5])
@pytest.mark.parametrize("width", [1, 3, 5])
def test_it_equals_transformers(theirs, width, penalty, stops):
    agree(*theirs, width, penalty, stops)


@pytest.mark.parametrize("penalty", [-2.0, -0.3, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("stops", [[1], [2], [3], [1, 2], [4, 3]])
def test_it_equals_transformers_where_every_beam_may_end_soon(few_tokens, stops, penalty):
    for width in (2, 3):
        agree(*few_tokens, width, penalty, stops)


def agree(model, ours, width, penalty, stops, room=7):
    """Ids, scores and their order are those of transformers, whose stop is our stop."""
    raw = model.generate(
        torch.tensor([PROMPT]),
        attention_mask=torch.ones(1, len(PROMPT)),
        num_beams=width,
        num_return_sequences=width,
        max_new_tokens=room,
        do_sample=False,
        early_stopping="never",
        length_penalty=penalty,
        eos_token_id=stops or None,
        pad_token_id=0,
        return_dict_in_generate=True,
        output_scores=True,
    )
    how = dict(max_new_tokens=room, stop_ids=stops, length_penalty=penalty)
    found = beam_search(ours, PROMPT, width, **how)
    for beam, row in zip(found, raw.sequences, strict=True):
        text = row[len(PROMPT) :].tolist()
        first_stop = next((at for at, one in enumerate(text) if one in stops), room)
        assert list(beam.ids) == text[: first_stop + 1]  # what is left is padding
    if width > 1:
        scores = [beam.score for beam in found]
        assert scores == pytest.approx(raw.sequences_scores.tolist(), abs=1e-4)


@pytest.mark.parametrize("stops", [(), (4,)])
@pytest.mark.parametrize("block_size", [9, 17])  # at 9 the window slides
def test_the_cache_changes_nothing(block_size, stops):
    model = build(vocab_size=7, block_size=block_size)
    how = dict(width=3, max_new_tokens=11, stop_ids=stops)
    cached = beam_search(model, PROMPT, **how)
    plain = beam_search(model, PROMPT, **how, use_cache=False)
    assert told(cached) == told(plain)
    assert [b.log_prob for b in cached] == pytest.approx([b.log_prob for b in plain], abs=1e-4)


def test_more_beams_than_continuations():
    found = beam_search(build(vocab_size=3), PROMPT, width=5, max_new_tokens=1)
    assert sorted(beam.ids for beam in found) == [(0,), (1,), (2,)]


def test_every_continuation_may_end_at_once():
    found = beam_search(build(vocab_size=3), PROMPT, width=2, max_new_tokens=5, stop_ids=range(3))
    assert [len(beam.ids) for beam in found] == [1, 1]
    assert {beam.finish_reason for beam in found} == {"stop"}


def test_an_end_on_the_last_step_is_a_stop():
    model = build(vocab_size=3)
    (first,) = beam_search(model, PROMPT, width=1, max_new_tokens=1)
    again = beam_search(model, PROMPT, width=1, max_new_tokens=1, stop_ids=first.ids)
    assert again == [Beam(first.ids, first.log_prob, first.score, "stop")]


@pytest.mark.parametrize("stops", [(), (2,), (1, 3)])
def test_one_beam_is_greedy_decoding(few_tokens, stops):
    model = few_tokens[1]
    for first in range(5):
        how = dict(max_new_tokens=8, stop_ids=stops)
        greedy = generate(model, [first], temperature=0, **how)[0, 1:].tolist()
        (beam,) = beam_search(model, [first], width=1, **how)
        assert list(beam.ids) == greedy


@pytest.mark.parametrize(("seed", "stop"), [(4, 3), (7, 3), (12, 0)])
def test_one_beam_is_over_where_it_ends_though_a_longer_text_would_score_more(seed, stop):
    model = build(seed=seed)
    how = dict(max_new_tokens=8, stop_ids=[stop])
    greedy = generate(model, PROMPT, temperature=0, **how)[0, len(PROMPT) :].tolist()
    (beam,) = beam_search(model, PROMPT, width=1, **how)
    assert list(beam.ids) == greedy
    assert len(greedy) < 8


@pytest.mark.parametrize(("seed", "stop"), [(4, 4), (11, 3), (19, 2)])
@pytest.mark.parametrize("penalty", [-1.0, -0.3, 0.0, 1.0, 2.0])
@pytest.mark.parametrize("width", [2, 3])
def test_stopping_early_changes_nothing(monkeypatch, seed, stop, penalty, width):
    model = build(seed=seed)
    with torch.no_grad():
        model.ln_f.weight.mul_(3)  # surer of itself
    how = dict(width=width, max_new_tokens=8, stop_ids=[stop], length_penalty=penalty)
    early = beam_search(model, PROMPT, **how)
    monkeypatch.setattr("aigc_lab.generation.beam._Search.done", no_beam_runs)
    assert beam_search(model, PROMPT, **how) == early


def no_beam_runs(search, totals):
    return float(totals.max()) == NEVER


def test_logits_that_are_not_numbers_are_refused():
    model = build()
    with torch.no_grad():
        model.ln_f.weight.fill_(float("nan"))
    with pytest.raises(ValueError, match="logits are not all finite numbers"):
        beam_search(model, PROMPT)


@pytest.mark.parametrize("penalty", [float("nan"), float("inf"), 11, None])
def test_a_length_penalty_that_ranks_nothing_is_refused(penalty):
    with pytest.raises(ValueError, match=r"length_penalty=.* will not do; give a number, -10 to"):
        beam_search(build(), PROMPT, length_penalty=penalty)


def test_dropout_is_off_and_the_mode_stays():
    model = build(dropout=0.5)
    calm = beam_search(model, PROMPT, width=2, max_new_tokens=4)
    model.train()
    assert beam_search(model, PROMPT, width=2, max_new_tokens=4) == calm
    assert model.training
    assert model.h[0].training


def test_it_takes_one_prompt_and_sizes_from_1():
    model = build()
    with pytest.raises(ValueError, match=r"2 prompts arrived; beam search takes one"):
        beam_search(model, torch.tensor([[1, 2], [3, 4]]))
    with pytest.raises(ValueError, match=r"width=0 will not do; give a whole number from 1"):
        beam_search(model, PROMPT, width=0)
    with pytest.raises(ValueError, match=r"width=True will not do"):
        beam_search(model, PROMPT, width=True)
    with pytest.raises(ValueError, match=r"max_new_tokens=2.5 will not do"):
        beam_search(model, PROMPT, max_new_tokens=2.5)
