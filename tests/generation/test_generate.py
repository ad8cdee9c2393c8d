"""Generation: cached equals uncached equals transformers; text, streams, stops and seeds."""

import pytest
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.generate import complete, complete_many, generate, stream
from aigc_lab.model.gpt import GPT
from tests.generation.stand_ins import END, ByteTokenizer, PairTokenizer, Reciter
from tests.generation.test_cache import DIALECTS, build

BYTES = ByteTokenizer()
SMALL = dict(vocab_size=31, block_size=13, n_layer=2, n_head=2, n_embd=6)


@pytest.fixture(scope="module")
def model() -> GPT:
    """Untrained, but decided enough that what it writes depends on what it read."""
    torch.manual_seed(11)
    config = GPTConfig.gpt2(vocab_size=263, block_size=17, n_layer=2, n_head=2, n_embd=10)
    model = GPT(config).eval()
    with torch.no_grad():
        model.wte.weight.mul_(30)
    return model


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize("prompt_length", [1, 5, 13, 20])  # within, at and beyond the block of 13
def test_greedy_with_the_cache_equals_the_definition(name, prompt_length):
    model = build(name)
    prompt = torch.randint(31, (3, prompt_length), generator=torch.Generator().manual_seed(2))
    expected = prompt
    with torch.no_grad():
        for _ in range(19):  # the model sees the last block_size ids, every time anew
            step = model(expected[:, -13:])[:, -1].argmax(-1, keepdim=True)
            expected = torch.cat([expected, step], dim=1)
    cached = generate(model, prompt, temperature=0, max_new_tokens=19)
    uncached = generate(model, prompt, temperature=0, max_new_tokens=19, use_cache=False)
    assert cached.equal(expected)
    assert uncached.equal(expected)


@pytest.mark.parametrize("name", DIALECTS)
def test_sampling_with_the_cache_equals_sampling_without(name):
    dials = dict(temperature=0.9, top_p=0.95, repetition_penalty=1.2, seed=4, max_new_tokens=17)
    model = build(name)
    cached = generate(model, [3, 1, 4], **dials)
    assert cached.equal(generate(model, [3, 1, 4], use_cache=False, **dials))
    assert cached.shape == (1, 20)


def test_the_penalty_sees_prompt_and_answer(model):
    dials = dict(temperature=0, max_new_tokens=40)
    free = generate(model, [3, 1, 4], **dials)[0].tolist()
    penalised = generate(model, [3, 1, 4], repetition_penalty=1e6, **dials)[0].tolist()
    assert len(set(free)) < len(free) == 43
    assert len(set(penalised)) == 43


def test_the_model_and_the_global_random_state_are_left_as_they_were():
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(**{**SMALL, "dropout": 0.5}))
    model.h[1].eval()
    before = torch.get_rng_state()
    first = generate(model, [1, 2], temperature=0)
    assert first.equal(generate(model, [1, 2], temperature=0))  # dropout was off
    assert torch.get_rng_state().equal(before)
    assert model.training
    assert model.h[0].attn.training
    assert not model.h[1].mlp.training


def test_generated_ids_can_be_trained_on():
    model = GPT(GPTConfig.gpt2(**SMALL))
    ids = generate(model, [1, 2], max_new_tokens=5, seed=0)
    model(ids).sum().backward()
    assert model.wte.weight.grad is not None


def test_a_finished_row_is_filled_up_and_all_finished_rows_end_the_loop():
    reciter = Reciter([[1, 9, 2, 2, 2], [3, 3, 3, 9, 4]], prompt_length=2)
    ids = generate(reciter, [[0, 0], [0, 0]], temperature=0, stop_ids=[9], max_new_tokens=30)
    assert ids.tolist() == [[0, 0, 1, 9, 9, 9], [0, 0, 3, 3, 3, 9]]


def test_complete_cuts_at_the_stop_string_across_tokens():
    tokenizer, text = PairTokenizer(), "城里有猫。\n\nQ: 谁?"
    ids = tokenizer.encode(text)
    reciter = Reciter([ids], prompt_length=1, vocab_size=tokenizer.vocab_size)
    (done,) = complete(reciter, tokenizer, "?", temperature=0, stop="\n\nQ", max_new_tokens=40)
    assert (done.text, done.finish_reason) == ("城里有猫。", "stop")
    assert tokenizer.decode(done.ids).startswith("城里有猫。\n\nQ")


def test_complete_stops_at_end_of_text_or_at_the_length():
    reciter = Reciter([[*b"yes", END, 65], [*b"no way"]], prompt_length=3)
    both = complete_many(reciter, BYTES, ["one", "two"], temperature=0, max_new_tokens=6)
    assert [(one.text, one.finish_reason) for one in both] == [
        ("yes", "stop"),
        ("no way", "length"),
    ]
    assert both[0].ids == (*b"yes", END)


def test_a_stream_is_the_completion_in_whole_characters():
    text = "Grüße, 世界 🌍!"
    reciter = Reciter([[*text.encode(), END]], prompt_length=1)
    flow = stream(reciter, BYTES, "?", temperature=0)
    assert flow.finish_reason is None
    assert list(flow) == list(text)
    assert (flow.text, flow.finish_reason) == (text, "stop")


@pytest.mark.parametrize("seed", range(4))
def test_a_stream_joined_equals_complete_with_the_same_seed(model, seed):
    dials = dict(seed=seed, max_new_tokens=40, stop=("a", "\n"), top_k=200)
    flow = stream(model, BYTES, "ab", **dials)
    (done,) = complete(model, BYTES, "ab", **dials)
    assert "".join(flow) == done.text == flow.text
    assert (flow.ids, flow.finish_reason) == (done.ids, done.finish_reason)


def test_ids_beyond_the_tokenizer_are_never_drawn(model):
    done = complete(model, BYTES, "a", n=20, max_new_tokens=30, temperature=5.0, seed=1)
    assert max(max(one.ids) for one in done) <= END < model.config.vocab_size - 1


def test_several_continuations_differ_and_a_seed_repeats_them(model):
    first = complete(model, BYTES, "ab", n=3, seed=5, max_new_tokens=20)
    assert len({one.ids for one in first}) == 3
    assert first == complete(model, BYTES, "ab", n=3, seed=5, max_new_tokens=20)
    assert first != complete(model, BYTES, "ab", n=3, seed=6, max_new_tokens=20)
    assert first != complete(model, BYTES, "ab", n=3, max_new_tokens=20)


def test_many_prompts_answer_as_one_by_one(model):
    prompts = ["abc", "x", "de", "", "fgh", [1, 2], "longer than the block of the model"]
    many = complete_many(model, BYTES, prompts, temperature=0, max_new_tokens=9, batch_size=2)
    for prompt, answer in zip(prompts, many, strict=True):
        assert [answer] == complete(model, BYTES, prompt, temperature=0, max_new_tokens=9)


def test_an_empty_prompt_starts_from_end_of_text(model):
    dials = dict(temperature=0, max_new_tokens=5)
    assert complete(model, BYTES, "", **dials) == complete(model, BYTES, [END], **dials)


def test_an_empty_prompt_without_end_of_text_is_refused(model):
    tokenizer = ByteTokenizer()
    tokenizer.special_tokens = {}
    with pytest.raises(ValueError, match="the prompt is empty and the tokenizer has no"):
        complete(model, tokenizer, "")


@pytest.mark.parametrize("ids", [[], torch.zeros(1, 0, dtype=torch.long), torch.zeros(1, 1, 1)])
def test_ids_that_are_no_prompt_are_refused(model, ids):
    with pytest.raises(ValueError, match=r"ids of shape \(.*\) are no prompt"):
        generate(model, ids)


@pytest.mark.parametrize("n", [0, 2.0, True])
def test_a_count_that_is_none_is_refused(model, n):
    with pytest.raises(ValueError, match="continuations cannot be made"):
        complete(model, BYTES, "a", n=n)


def test_a_diverged_model_is_named(model):
    broken = GPT(GPTConfig.gpt2(**SMALL))
    torch.nn.init.constant_(broken.ln_f.weight, float("nan"))
    with pytest.raises(ValueError, match="logits are not all finite numbers"):
        generate(broken, [1])
