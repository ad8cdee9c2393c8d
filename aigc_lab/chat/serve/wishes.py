"""What a request asks for, read once and checked, under the API's names and within its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aigc_lab.chat.replies import MOST_STOPS
from aigc_lab.chat.serve.errors import ApiError, unknown_model
from aigc_lab.chat.serve.fields import TYPE, VALUE, Fields
from aigc_lab.chat.template import require_conversation

CHAT, TEXT = "/v1/chat/completions", "/v1/completions"
USUAL_LENGTH = 16  # tokens of a completion, where nothing is said
LONGEST = 1_000_000  # tokens; what the model reads at once says the rest
MOST_CHOICES = 32  # answers to one request
SEEDS = 2**63

# Fields that change nothing of the answer: taken, and left alone.
NOTES = {
    *("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"),
    "parallel_tool_calls",
}
COMMON = {
    *("model", "n", "stream", "stream_options", "max_tokens", "temperature", "top_p", "seed"),
    *("stop", "logprobs", "frequency_penalty", "presence_penalty", "logit_bias"),
}
# Fields that this server cannot serve, and the value with which they ask for nothing.
NOT_IN_CHAT = {
    **{"tools": [], "tool_choice": "none", "functions": [], "function_call": "none"},
    **{"response_format": {"type": "text"}, "modalities": ["text"], "audio": {}},
    **{"prediction": {}, "reasoning_effort": "none", "verbosity": "medium"},
    "web_search_options": {},
}
NOT_IN_MESSAGES = ("tool_calls", "function_call", "audio")
NOT_IN_TEXT = {"echo": False, "suffix": ""}


@dataclass(frozen=True)
class Wishes:
    """A request that can be served: which prompts, how many answers to each, and how written.

    Units: `max_tokens` counts tokens, None being all that there is room for. `logprobs` is None,
    or how many other tokens are told beside each that was chosen.
    """

    path: str
    prompts: tuple[dict[str, Any], ...]  # each as transformers' server takes it
    n: int = 1
    stream: bool = False
    include_usage: bool = False
    max_tokens: int | None = None
    temperature: float = 1.0
    top_p: float = 1.0
    seed: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: int | None = None
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    logit_bias: Mapping[int, float] | None = None


def read_chat(body: Any, model: str) -> Wishes:
    """What a request to the chat endpoint asks for.

    Raises: ApiError.
    """
    fields = Fields(body)
    known = {"messages", "max_completion_tokens", "top_logprobs"}
    fields.refuse_all_but(known | COMMON | NOTES | set(NOT_IN_CHAT))
    fields.refuse_unless(NOT_IN_CHAT)
    _require_model(fields, model)
    messages = _messages(fields.must("messages"))
    alternatives = fields.whole("top_logprobs", 0, 20)
    wants = fields.flag("logprobs")
    if alternatives is not None and not wants:
        raise ApiError(
            "top_logprobs needs logprobs=true beside it", param="top_logprobs", code=VALUE
        )
    longest = fields.whole("max_completion_tokens", 1, LONGEST)
    return Wishes(
        CHAT,
        ({"messages": messages},),
        max_tokens=fields.whole("max_tokens", 1, LONGEST) if longest is None else longest,
        logprobs=(alternatives or 0) if wants else None,
        **_common(fields, prompts=1),
    )


def read_text(body: Any, model: str) -> Wishes:
    """What a request to the completions endpoint asks for.

    Raises: ApiError.
    """
    fields = Fields(body)
    fields.refuse_all_but({"prompt", "best_of"} | COMMON | NOTES | set(NOT_IN_TEXT))
    fields.refuse_unless({**NOT_IN_TEXT, "best_of": fields.get("n", 1)})
    _require_model(fields, model)
    prompts = fields.get("prompt", "")
    prompts = [prompts] if isinstance(prompts, str) else prompts
    if not isinstance(prompts, list) or not all(isinstance(item, str) for item in prompts):
        raise ApiError(
            "the prompt must be a string or a list of strings; token ids are not taken here",
            param="prompt",
            code=TYPE,
        )
    if not prompts:
        raise ApiError("there is no prompt in the list; give one", param="prompt", code=VALUE)
    return Wishes(
        TEXT,
        tuple({"prompt": prompt} for prompt in prompts),
        max_tokens=fields.whole("max_tokens", 1, LONGEST, USUAL_LENGTH),
        logprobs=fields.whole("logprobs", 0, 5),
        **_common(fields, len(prompts)),
    )


def _common(fields: Fields, prompts: int) -> dict[str, Any]:
    n = fields.whole("n", 1, MOST_CHOICES, 1)
    if n * prompts > MOST_CHOICES:
        raise ApiError(
            f"{prompts} prompts with n={n} are {n * prompts} answers, and {MOST_CHOICES} is the "
            "most for one request; ask in several",
            param="n",
            code=VALUE,
        )
    stream = fields.flag("stream")
    options = fields.get("stream_options")
    if options is not None and not (stream and isinstance(options, dict)):
        raise ApiError(
            "stream_options must be an object, and needs stream=true beside it",
            param="stream_options",
            code=VALUE,
        )
    return {
        "n": n,
        "stream": stream,
        "include_usage": Fields(options or {}).flag("include_usage"),
        "temperature": fields.number("temperature", 0, 2, 1.0),
        "top_p": fields.number("top_p", 0, 1, 1.0),
        "seed": fields.whole("seed", -SEEDS, SEEDS - 1),
        "stop": fields.strings("stop", MOST_STOPS),
        "frequency_penalty": fields.number("frequency_penalty", -2, 2, 0.0),
        "presence_penalty": fields.number("presence_penalty", -2, 2, 0.0),
        "logit_bias": fields.biases("logit_bias"),
    }


def _require_model(fields: Fields, model: str) -> None:
    if (asked := fields.must("model")) != model:
        raise unknown_model(asked, model)


def _messages(said: Any) -> list[dict[str, str]]:
    """The conversation as the template takes it: a role and a text each."""
    if not isinstance(said, list):
        raise ApiError("messages must be a list of objects", param="messages", code=TYPE)
    messages = [_message(place, message) for place, message in enumerate(said)]
    try:
        require_conversation(messages, to_be_answered=True)
    except ValueError as error:
        raise ApiError(str(error), param="messages", code=VALUE) from error
    return messages


def _message(place: int, message: Any) -> dict[str, Any]:
    if not isinstance(message, dict):
        return message  # refused below, with the rest of what is no conversation
    if called := [name for name in NOT_IN_MESSAGES if message.get(name)]:
        raise ApiError(
            f"message {place} has {called[0]}, and nothing can be called or played here; leave the "
            "message out, or give what was said as its content",
            param=f"messages[{place}].{called[0]}",
            code=VALUE,
        )
    content = message.get("content")
    if isinstance(content, list):
        if not all(isinstance(p, dict) and isinstance(p.get("text"), str) for p in content):
            raise ApiError(
                f"the content of message {place} has a part that is no text; only text is read "
                "here",
                param=f"messages[{place}].content",
                code=VALUE,
            )
        content = " ".join(part["text"] for part in content)
    role = message.get("role")
    if not isinstance(role, str):
        raise ApiError(
            f"message {place} has no role; give system, user or assistant",
            param=f"messages[{place}].role",
            code=VALUE,
        )
    return {"role": "system" if role == "developer" else role, "content": content}
