"""What the package's docstring says that transformers' server lacks, it does lack.

When one of these fails, transformers has caught up: take the front's part away then.
"""

from __future__ import annotations

import json

import pytest

pytest.importorskip("transformers.cli.serve")

from transformers.cli.serve import Serve

from aigc_lab.chat.template import END
from aigc_lab.core.files import write_json
from tests.chat.serve.small import CONTEXT, QUESTION, call, small_tokenizer, write_small


class Silent(Serve):
    def start_server(self):
        pass


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    """transformers' server as it is: path, fields -> status, what it says."""
    path = write_small(tmp_path_factory.mktemp("plain") / "small")
    ends = {"eos_token_id": small_tokenizer().special_tokens[END]}  # one, for long answers
    write_json(path / "generation_config.json", ends)
    folder = str(path)
    serve = Silent(force_model=folder, device="cpu", log_level="error", non_blocking=True)

    def ask(path, **fields):
        status, _, body = call(serve.server.config.app, "POST", path, {"model": folder, **fields})
        return status, body.decode()

    yield ask
    serve.reset_loaded_models()


def text(said):
    return json.loads(said[1])["choices"][0]["text"]


def go_on(ask, **fields):
    return ask("/v1/completions", **{"prompt": "Mia is in the", "max_tokens": 12, **fields})


def test_errors_are_not_in_the_apis_shape(ask):
    assert ask("/v1/completions", model="gpt-4")[0] == 400
    assert "detail" in json.loads(ask("/v1/completions", model="gpt-4")[1])
    assert ask("/v1/completions", foo=1)[0] == 422


def test_what_is_too_long_is_a_bare_500(ask):
    assert go_on(ask, prompt="garden " * CONTEXT) == (500, "Internal Server Error")
    assert ask("/v1/chat/completions") == (500, "Internal Server Error")


def test_in_a_stream_an_error_looks_like_a_success(ask):
    status, said = go_on(ask, prompt="garden " * CONTEXT, stream=True)
    assert status == 200
    assert said.startswith('data: {"error": "')
    assert isinstance(json.loads(said[6:])["error"], str)


def test_a_stream_has_no_end_mark(ask):
    assert "[DONE]" not in go_on(ask, stream=True)[1]


def test_temperature_is_ignored_and_so_are_penalties_and_choices(ask):
    greedy = text(go_on(ask, temperature=0))
    fields = dict(n=3, logprobs=2, presence_penalty=2)
    assert {text(go_on(ask, temperature=2, seed=seed, **fields)) for seed in range(3)} == {greedy}
    (choice,) = json.loads(go_on(ask, **fields)[1])["choices"]
    assert "logprobs" not in choice


def test_several_prompts_are_refused(ask):
    assert go_on(ask, prompt=["a", "b"])[0] == 400


def test_a_stop_string_stays(ask):
    whole = text(go_on(ask))
    assert text(go_on(ask, stop=whole[3:5])).endswith(whole[3:5])


def test_a_mark_that_somebody_types_is_a_mark(ask):
    counts = [
        json.loads(
            ask("/v1/chat/completions", messages=[{"role": "user", "content": said}], max_tokens=1)[
                1
            ]
        )
        for said in ("<|end|>", "")
    ]
    assert counts[0]["usage"]["prompt_tokens"] == counts[1]["usage"]["prompt_tokens"] + 1


def test_an_answer_that_ends_with_its_last_token_is_cut_off_there(ask):
    bias = {str(small_tokenizer().special_tokens["<|end|>"]): 100.0}
    said = ask("/v1/chat/completions", messages=QUESTION, max_tokens=1, logit_bias=bias)
    assert json.loads(said[1])["choices"][0]["finish_reason"] == "length"


def test_a_bias_of_whole_numbers_breaks_a_chat_and_a_completion_ignores_it(ask):
    assert ask("/v1/chat/completions", messages=QUESTION, logit_bias={"5": 1})[0] == 500
    assert text(go_on(ask, logit_bias={"5": 100.0})) == text(go_on(ask))


def test_half_a_character_is_lost_in_a_stream(ask):
    (half, *_) = small_tokenizer().encode("花")
    fields = dict(messages=QUESTION, max_tokens=2, logit_bias={str(half): 100.0})
    whole = json.loads(ask("/v1/chat/completions", **fields)[1])["choices"][0]["message"]
    assert whole["content"].startswith("\N{REPLACEMENT CHARACTER}")
    assert '"content"' not in ask("/v1/chat/completions", stream=True, **fields)[1]


def test_anybody_can_make_it_load_another_model(ask, tmp_path):
    other = write_small(tmp_path / "other")
    status, said = ask("/load_model", model=str(other))
    assert status == 200
    assert json.loads(said.strip().splitlines()[-1][6:])["status"] == "ready"


def test_the_length_is_1024_by_default(ask):
    assert ask("/v1/chat/completions", messages=QUESTION)[0] == 500  # beyond the context
