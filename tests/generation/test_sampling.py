"""Every dial on logits: by hand, against transformers, as an invariant, and its refusals."""

import math

import pytest
import torch
from transformers.generation import logits_process as theirs

from aigc_lab.generation import sampling
from aigc_lab.generation.sampling import SamplingConfig, sample, sample_probs

B, V = 3, 29
NEVER = -math.inf


@pytest.fixture
def logits() -> torch.Tensor:
    return 4 * torch.randn(B, V, generator=torch.Generator().manual_seed(5))


def test_top_p_keeps_the_token_that_crosses_p():
    logits = torch.tensor([[0.1, 0.4, 0.2, 0.3], [0.97, 0.01, 0.01, 0.01]]).log()
    kept = sampling.keep_top_p(logits, 0.6) > NEVER
    assert kept.tolist() == [[False, True, False, True], [True, False, False, False]]


@pytest.mark.parametrize("p", [0.0, 1e-9])
def test_top_p_is_never_empty(logits, p):
    kept = sampling.keep_top_p(logits, p) > NEVER
    assert kept.sum(-1).tolist() == [1] * B
    assert kept.int().argmax(-1).equal(logits.argmax(-1))


def test_top_p_keeps_as_few_of_equal_tokens_as_reach_p():
    assert int((sampling.keep_top_p(torch.zeros(10), 0.35) > NEVER).sum()) == 4


@pytest.mark.parametrize("p", [0.05, 0.3, 0.77, 0.999])
def test_top_p_equals_the_definition_done_slowly(logits, p):
    for row, kept in zip(logits.double(), sampling.keep_top_p(logits, p), strict=True):
        probs, chosen, mass = row.softmax(-1).tolist(), set(), 0.0
        for token in sorted(range(V), key=lambda t: -probs[t]):
            chosen.add(token)
            mass += probs[token]
            if mass >= p:
                break
        assert set((kept > NEVER).nonzero().flatten().tolist()) == chosen


def test_top_k_keeps_k_and_leaves_their_logits_alone(logits):
    kept = sampling.keep_top_k(logits, 7)
    assert (kept > NEVER).sum(-1).tolist() == [7] * B
    assert kept[kept > NEVER].equal(logits[kept > NEVER])
    assert sampling.keep_top_k(logits, V + 5).equal(logits)


def test_min_p_follows_the_most_likely_token():
    sure = torch.tensor([0.9, 0.08, 0.02]).log()
    unsure = torch.tensor([0.4, 0.35, 0.25]).log()
    assert (sampling.keep_min_p(sure, 0.1) > NEVER).tolist() == [True, False, False]
    assert (sampling.keep_min_p(unsure, 0.1) > NEVER).tolist() == [True, True, True]
    assert sampling.keep_min_p(sure, 0.0).equal(sure)


def test_repetition_penalty_lowers_negative_logits_too():
    logits = torch.tensor([[3.0, -3.0, 0.5], [-1.0, 2.0, -2.0]])
    seen = torch.tensor([[0, 1, 1], [2, 2, 2]])
    lowered = sampling.penalise_repeats(logits, seen, 1.5)
    expected = torch.tensor([[2.0, -4.5, 0.5], [-1.0, 2.0, -3.0]])
    torch.testing.assert_close(lowered, expected, atol=1e-6, rtol=0)


def test_cold_logits_do_not_overflow():
    probs = sample_probs(torch.tensor([[900.0, 899.0, -900.0]]), SamplingConfig(temperature=1e-38))
    assert probs.tolist() == [[1.0, 0.0, 0.0]]


@pytest.mark.parametrize("temperature", [5e-324, 1e-46, 1e-39, 1e-30])
def test_the_coldest_temperatures_are_greedy(logits, temperature):
    config = SamplingConfig(temperature=temperature, top_k=5, top_p=0.9, min_p=0.1)
    greedy = SamplingConfig(temperature=0)
    assert sample_probs(logits, config).equal(sample_probs(logits, greedy))
    assert sample(logits, config).equal(sample(logits, greedy))


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
@pytest.mark.parametrize("temperature", [1e-46, 1e300])
def test_no_temperature_makes_logits_that_are_no_numbers(dtype, temperature):
    logits = torch.tensor([2.0, -2.0, NEVER], dtype=dtype)
    probs = sampling.apply_temperature(logits, temperature).softmax(-1)
    expected = [1.0, 0.0, 0.0] if temperature < 1 else [0.5, 0.5, 0.0]
    assert probs.tolist() == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("penalty", [1e-6, 1e6])
def test_the_strongest_penalties_leave_finite_probabilities(logits, penalty):
    seen = torch.arange(V).expand(B, V)
    probs = sample_probs(logits, SamplingConfig(repetition_penalty=penalty), seen)
    torch.testing.assert_close(probs.sum(-1), torch.ones(B), atol=1e-6, rtol=0)


def test_half_precision_logits_are_filtered_in_float32():
    half = torch.tensor([[10.0, 9.0, -60000.0]], dtype=torch.float16)
    probs = sample_probs(half, SamplingConfig(temperature=0.01, top_p=0.9))
    assert probs.dtype == torch.float32
    assert probs[0, 0] == 1


ORACLES = {  # in the order that both apply them
    "repetition_penalty": (1.3, lambda: theirs.RepetitionPenaltyLogitsProcessor(1.3)),
    "temperature": (0.7, lambda: theirs.TemperatureLogitsWarper(0.7)),
    "top_k": (5, lambda: theirs.TopKLogitsWarper(5)),
    "top_p": (0.8, lambda: theirs.TopPLogitsWarper(0.8)),
    "min_p": (0.05, lambda: theirs.MinPLogitsWarper(0.05)),
}


@pytest.mark.parametrize("dials", [*([name] for name in ORACLES), list(ORACLES)], ids="+".join)
def test_probabilities_equal_transformers(logits, dials):
    seen = torch.tensor([[0, 3, 3], [5, 28, 7], [1, 2, 11]])
    chain = theirs.LogitsProcessorList([ORACLES[name][1]() for name in dials])
    expected = chain(seen, logits.clone()).softmax(-1)
    config = SamplingConfig(**{name: ORACLES[name][0] for name in dials})
    torch.testing.assert_close(sample_probs(logits, config, seen), expected, atol=1e-6, rtol=0)


def test_filters_leave_their_input_alone(logits):
    before = logits.clone()
    config = SamplingConfig(0.5, 5, 0.8, 0.1, 1.2)
    sample_probs(logits, config, seen=torch.zeros(B, 2, dtype=torch.long))
    assert logits.equal(before)


def test_one_row_alone_equals_that_row_of_a_batch(logits):
    config = SamplingConfig(temperature=0.5, top_k=9, top_p=0.8, min_p=0.01)
    assert sample_probs(logits[1], config).equal(sample_probs(logits, config)[1])


def test_draws_follow_the_probabilities():
    row = torch.tensor([0.5, 0.3, 0.15, 0.05]).log()
    draws = 20_000
    ids = sample(row.expand(draws, 4), SamplingConfig(), sampling.new_generator(1))
    frequency = ids.bincount(minlength=4) / draws
    torch.testing.assert_close(frequency, row.exp(), atol=0.012, rtol=0)  # over 3 deviations


def test_the_same_seed_draws_the_same_and_the_global_state_stays(logits):
    before = torch.get_rng_state()
    flat = logits / 10
    first, second, other = (
        [sample(flat, SamplingConfig(), g).tolist() for _ in range(5)]
        for g in (sampling.new_generator(s) for s in (3, 3, None))
    )
    assert first == second != other
    assert torch.get_rng_state().equal(before)


def test_greedy_is_the_argmax_after_the_penalty():
    logits = torch.tensor([[2.0, 1.5, -1.0]])
    config = SamplingConfig(temperature=0, repetition_penalty=2.0)
    assert sample(logits, config, seen=torch.tensor([[0]])).tolist() == [1]
    assert sample_probs(logits, config, torch.tensor([[0]])).tolist() == [[0.0, 1.0, 0.0]]


def test_greedy_penalises_half_precision_logits_in_float32():
    half = torch.tensor([[2.0, 3.0]], dtype=torch.float16)
    config = SamplingConfig(temperature=0, repetition_penalty=1e-6)  # both beyond 65,504
    assert sample(half, config, seen=torch.tensor([[0, 1]])).tolist() == [1]


@pytest.mark.parametrize(
    ("dials", "message"),
    [
        ({"temperature": -1.0}, r"temperature=-1.0 will not do; give a number, 0 \(greedy\)"),
        ({"temperature": math.nan}, "temperature=nan will not do"),
        ({"temperature": 10**400}, "temperature=10+ will not do"),
        ({"top_k": 0}, "top_k=0 will not do; give None or a whole number from 1"),
        ({"top_k": 2.0}, "top_k=2.0 will not do"),
        ({"top_p": 0.0}, r"top_p=0.0 will not do; give None or a number in \(0, 1\]"),
        ({"top_p": 90}, "top_p=90 will not do"),
        ({"min_p": -0.1}, "min_p=-0.1 will not do"),
        ({"repetition_penalty": 0}, "repetition_penalty=0 will not do; give a number from 1e-6 to"),
        ({"repetition_penalty": 1e-46}, "repetition_penalty=1e-46 will not do"),
        ({"repetition_penalty": 1e39}, r"repetition_penalty=1e\+39 will not do"),
        ({"seed": -1}, "seed=-1 will not do"),
        ({"max_new_tokens": 0}, "max_new_tokens=0 will not do"),
        ({"stop": ("a", "")}, r"stop=\('a', ''\) will not do; give strings that are not empty"),
    ],
)
def test_bad_dials_are_refused_by_name(dials, message):
    with pytest.raises(ValueError, match=message):
        SamplingConfig(**dials)


def test_an_unknown_dial_is_refused_with_the_known_ones():
    with pytest.raises(ValueError, match=r"no dial \['topk'\]; it has temperature, top_k"):
        SamplingConfig().change(topk=3)


def test_the_penalty_asks_for_the_ids_so_far(logits):
    with pytest.raises(ValueError, match=r"repetition_penalty=1.2 needs the ids so far"):
        sample_probs(logits, SamplingConfig(repetition_penalty=1.2))


def test_temperature_zero_is_no_division(logits):
    with pytest.raises(ValueError, match="temperature=0 cannot divide"):
        sampling.apply_temperature(logits, 0)
