"""Speakers: the same question, asked of a model in this process and of one behind the API."""

from __future__ import annotations

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import openai
import pytest
import torch
from torch import nn

from aigc_lab.chat.speakers import (
    ApiSpeaker,
    ContextExceeded,
    ContinuingSpeaker,
    LocalSpeaker,
    Reply,
    Settings,
    SpeakerError,
)
from aigc_lab.chat.template import ASSISTANT, END, USER, encode_chat, widened, with_chat_tokens
from aigc_lab.core.config import GPTConfig
from aigc_lab.generation.generate import complete
from aigc_lab.model.gpt import GPT
from aigc_lab.text.bpe import BPETokenizer

TOKENIZER = with_chat_tokens(BPETokenizer.train("Mia is in the garden. " * 3, vocab_size=263))
QUESTION = [{"role": "user", "content": "Where?"}]
SIZE = dict(n_layer=1, n_head=1, n_embd=4)


class Parrot(nn.Module):
    """A model that says after any prompt the ids it was given, one after the other."""

    def __init__(self, ids, prompt_length, block_size=64):
        super().__init__()
        vocab = TOKENIZER.vocab_size
        self.config = GPTConfig.gpt2(vocab_size=vocab, block_size=block_size, **SIZE)
        self.lm_head = nn.Linear(vocab, vocab, bias=False)
        nn.init.eye_(self.lm_head.weight)
        self.ids, self.start = ids, prompt_length
        self.eval()

    def hidden(self, ids, cache):
        place = (cache.length if cache.length else 0) + ids.shape[1] - self.start
        cache.length += ids.shape[1]
        said = torch.tensor([self.ids[place]])
        return nn.functional.one_hot(said, TOKENIZER.vocab_size)[:, None, :] * 9.0


def parrot(text, *marks, messages=QUESTION, **sizes):
    special = TOKENIZER.special_tokens
    ids = [*TOKENIZER.encode(text), *(special[mark] for mark in marks)]
    model = Parrot(ids, len(encode_chat(TOKENIZER, messages)), **sizes)
    return LocalSpeaker(model, TOKENIZER)


def small_model(block_size=64):
    torch.manual_seed(0)
    vocab = TOKENIZER.vocab_size
    return GPT(GPTConfig.gpt2(vocab_size=vocab, block_size=block_size, **SIZE)).eval()


# --- a model of this process ---------------------------------------------------------------------


def test_an_answer_ends_at_its_mark_and_is_counted():
    reply = parrot("in the garden", END, USER).say(QUESTION)
    prompt = len(encode_chat(TOKENIZER, QUESTION))
    answer = len(TOKENIZER.encode("in the garden")) + 1
    assert reply == Reply("in the garden", "stop", prompt, answer)


def test_whoever_goes_on_with_the_users_part_has_finished():
    assert parrot("Yes", USER, ASSISTANT).say(QUESTION).text == "Yes"


def test_the_pieces_joined_are_the_answer_and_the_whole_comes_last():
    stream = parrot("中文 and more", END).stream(QUESTION)
    pieces = []
    for piece in stream:
        assert stream.reply is None
        pieces.append(piece)
    assert len(pieces) > 3
    assert "\ufffd" not in "".join(pieces)  # no piece holds half a character
    assert "".join(pieces) == stream.text == stream.reply.text == "中文 and more"
    assert list(stream) == []
    assert stream.reply.text == "中文 and more"


def test_an_answer_stops_at_a_stop_string_and_at_max_tokens():
    stopped = parrot("one, two", END).say(QUESTION, stop=",")
    assert (stopped.text, stopped.finish_reason) == ("one", "stop")
    cut = parrot("one, two", END).say(QUESTION, max_tokens=2)
    assert (cut.text, cut.finish_reason, cut.completion_tokens) == ("on", "length", 2)


def test_where_the_context_is_full_the_answer_ends_with_length():
    room = 3
    block = len(encode_chat(TOKENIZER, QUESTION)) + room
    reply = parrot("abcdef", block_size=block).say(QUESTION, max_tokens=50)
    assert (reply.text, reply.finish_reason) == ("abc", "length")


def test_messages_without_room_for_an_answer_are_refused_before_the_first_piece():
    length = len(encode_chat(TOKENIZER, QUESTION))
    speaker = LocalSpeaker(small_model(block_size=length), TOKENIZER)
    message = f"the messages are {length} tokens, and of {length}"
    with pytest.raises(ContextExceeded, match=message):
        speaker.stream(QUESTION)


@pytest.mark.parametrize("settings", [{}, dict(temperature=1.5, top_p=0.8, seed=3)])
def test_it_says_what_the_library_generates(settings):
    model = small_model()
    reply = LocalSpeaker(model, TOKENIZER).say(QUESTION, max_tokens=9, **settings)
    ids = encode_chat(TOKENIZER, QUESTION)
    dials = {"temperature": 0.0, **settings}
    (expected,) = complete(model, TOKENIZER, ids, max_new_tokens=9, **dials)
    assert reply.text == expected.text


def test_the_same_seed_says_the_same_and_another_seed_something_else():
    speaker = LocalSpeaker(small_model(), TOKENIZER)
    said = [speaker.say(QUESTION, temperature=2, seed=seed).text for seed in (1, 1, 2)]
    assert said[0] == said[1] != said[2]


def test_tokens_are_counted_as_the_template_writes_them():
    speaker = LocalSpeaker(small_model(), TOKENIZER)
    # end of text, user, W h e r e ?, end, assistant
    assert speaker.count_tokens(QUESTION) == 2 + len(TOKENIZER.encode("Where?")) + 2
    assert speaker.context == 64


def test_a_base_model_continues_what_was_said():
    model = small_model()
    said = [*QUESTION, {"role": "assistant", "content": "There."}, {**QUESTION[0], "content": "So"}]
    speaker = ContinuingSpeaker(model, TOKENIZER)
    (expected,) = complete(model, TOKENIZER, "Where?\nThere.\nSo", temperature=0, max_new_tokens=9)
    assert speaker.say(said, max_tokens=9).text == expected.text
    assert speaker.count_tokens(said) == len(TOKENIZER.encode("Where?\nThere.\nSo"))
    with pytest.raises(ValueError, match="is no conversation"):
        speaker.say([])


def test_an_answer_that_was_ended_early_has_no_whole():
    stream = parrot("one two", END).stream(QUESTION)
    next(stream)
    stream.close()
    assert list(stream) == []
    with pytest.raises(ValueError, match="ended early, after 'o'; ask again"):
        stream.finish()


def test_a_tokenizer_that_no_chat_can_be_written_with_is_refused():
    plain = BPETokenizer.train("abc", vocab_size=257)
    with pytest.raises(ValueError, match="with_chat_tokens"):
        LocalSpeaker(small_model(), plain)


def test_a_model_without_room_for_the_marks_is_refused():
    vocab = TOKENIZER.vocab_size - 4
    narrow = GPT(GPTConfig.gpt2(vocab_size=vocab, block_size=64, **SIZE))
    with pytest.raises(ValueError, match="widen it: widened"):
        LocalSpeaker(narrow, TOKENIZER)
    LocalSpeaker(widened(narrow, TOKENIZER.vocab_size), TOKENIZER)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (dict(max_new_tokens=5), "there is no setting ['max_new_tokens']; there are temperature"),
        (dict(max_tokens=0), "max_tokens=0 must be a whole number, 1 or more"),
        (dict(temperature=2.5), "temperature=2.5 must be a number from 0 to 2"),
        (dict(top_p=1.5), "top_p=1.5 must be a number from 0 to 1"),
        (dict(top_p=None), "top_p=None must be a number from 0 to 1"),
        (dict(top_p=0), "top_p=0 will not do"),
        (dict(stop=list("abcde")), "5 stop strings arrived; the API takes 4"),
        (dict(stop=""), "stop=('',) will not do"),
        (dict(seed=-1), "seed=-1 will not do"),
    ],
)
def test_a_setting_that_will_not_do_is_refused(settings, told):
    with pytest.raises(ValueError, match=re.escape(told)):
        Settings.of(**settings)


# --- a model behind the API ----------------------------------------------------------------------


class Api(BaseHTTPRequestHandler):
    """A server that answers as it was told, and keeps what it was asked."""

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.server.asked.append(json.loads(self.rfile.read(length)))
        status, kind, body = self.server.answer
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body) + self.server.missing))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def api():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.asked, server.missing = [], 0
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def speaker(api):
    url = f"http://127.0.0.1:{api.server_port}/v1"
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        yield ApiSpeaker(client, "town")


USAGE = {"prompt_tokens": 7, "completion_tokens": 2, "total_tokens": 9}


def whole(text, **more):
    choice = {"index": 0, "message": {"role": "assistant", "content": text}}
    choice["finish_reason"] = "stop"
    reply = {"id": "1", "object": "chat.completion", "created": 0, "model": "town"}
    return 200, "application/json", json.dumps({**reply, "choices": [choice], **more}).encode()


def chunks(*pieces, reason="stop", usage=USAGE):
    sent = [{"delta": {"role": "assistant"}}, *({"delta": {"content": one}} for one in pieces)]
    sent += [{"delta": {}, "finish_reason": reason}] if reason else []
    base = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "town"}
    lines = [{**base, "choices": [{"index": 0, "finish_reason": None, **one}]} for one in sent]
    lines += [{**base, "choices": [], "usage": usage}] if usage else []
    events = [f"data: {json.dumps(line)}\n\n" for line in lines] + ["data: [DONE]\n\n"] * bool(
        reason
    )
    return 200, "text/event-stream", "".join(events).encode()


def test_the_api_is_asked_under_its_own_names(api, speaker):
    api.answer = whole("In the garden.", usage=USAGE)
    assert speaker.say(QUESTION, stop="\n", seed=0) == Reply("In the garden.", "stop", 7, 2)
    assert api.asked == [
        {
            "model": "town",
            "messages": QUESTION,
            "stream": False,
            "temperature": 0.0,
            "top_p": 1.0,
            "max_tokens": 64,
            "stop": ["\n"],
            "seed": 0,
        }
    ]


def test_settings_that_ask_for_nothing_are_not_sent(api, speaker):
    api.answer = whole("Yes.")
    speaker.say(QUESTION)
    assert not {"stop", "seed", "stream_options"} & set(api.asked[0])


def test_the_api_streams(api, speaker):
    api.answer = chunks("In ", "the 花园", reason="length")
    stream = speaker.stream(QUESTION)
    assert list(stream) == ["In ", "the 花园"]
    assert stream.reply == Reply("In the 花园", "length", 7, 2)
    assert api.asked[0]["stream_options"] == {"include_usage": True}


def test_what_the_server_does_not_count_is_guessed(api, speaker):
    api.answer = chunks("abcd", usage=None)
    reply = speaker.stream(QUESTION).finish()
    # 4 for the template and ⌈6 / 3⌉ for "Where?"; ⌈4 / 3⌉ for the answer
    assert (reply.prompt_tokens, reply.completion_tokens) == (6, 2)


def test_with_a_tokenizer_nothing_is_guessed(speaker):
    speaker.tokenizer = TOKENIZER
    assert speaker.count_tokens(QUESTION) == len(encode_chat(TOKENIZER, QUESTION))


def test_a_wrong_setting_never_reaches_the_api(api, speaker):
    with pytest.raises(ValueError, match="there is no setting"):
        speaker.stream(QUESTION, max_new_tokens=5)
    assert api.asked == []


def refusal(message, code):
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return 400, "application/json", json.dumps({"error": error}).encode()


def test_a_context_that_is_too_long_is_told_apart(api, speaker):
    api.answer = refusal("at most 256 tokens", "context_length_exceeded")
    with pytest.raises(ContextExceeded, match=r"^at most 256 tokens$"):
        list(speaker.stream(QUESTION))


def test_a_refusal_is_told_in_the_servers_words(api, speaker):
    api.answer = refusal("there is no such model", "model_not_found")
    with pytest.raises(SpeakerError, match=r"^town at .*/v1/ refused: there is no such model$"):
        speaker.say(QUESTION)


def test_a_server_that_is_gone_is_named(api, speaker):
    speaker.client = openai.OpenAI(base_url="http://127.0.0.1:1/v1", api_key="x", max_retries=0)
    with speaker.client:
        expected = "town at http://127.0.0.1:1/v1/ does not answer: is the server running"
        with pytest.raises(SpeakerError, match=expected):
            list(speaker.stream(QUESTION))


@pytest.mark.parametrize("missing", [0, 5])
def test_a_stream_that_breaks_off_is_no_whole_answer(api, speaker, missing):
    api.answer = chunks("In ", reason=None, usage=None)
    api.missing = missing  # bytes that were announced and never come
    stream = speaker.stream(QUESTION)
    assert next(stream) == "In "
    with pytest.raises(SpeakerError, match=r"broke off|does not answer"):
        list(stream)
    assert stream.reply is None
