"""What goes wrong, in the API's own shape, so that every client understands it."""

from __future__ import annotations

from typing import Any

REFUSED = "invalid_request_error"
TOO_LONG = "context_length_exceeded"


class ApiError(Exception):
    """An answer that is an error: its status, and what its body says.

    >>> ApiError("no such model", 404, code="model_not_found").body["error"]["type"]
    'invalid_request_error'
    """

    def __init__(
        self,
        message: str,
        status: int = 400,
        *,
        kind: str = REFUSED,
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.body: dict[str, Any] = {
            "error": {"message": message, "type": kind, "param": param, "code": code}
        }


def server_error(message: str) -> ApiError:
    """A fault of the server, not of the request."""
    return ApiError(message, 500, kind="server_error", code="internal_error")


def wrong_key() -> ApiError:
    """The key is missing or another's."""
    return ApiError(
        "this server asks for another API key than the one that came; give the key that it showed "
        "when it started, as Authorization: Bearer KEY",
        401,
        code="invalid_api_key",
    )


def unknown_model(asked: Any, served: str) -> ApiError:
    """Another model is served here."""
    return ApiError(
        f"the model {asked!r} is not served here; ask for {served!r}",
        404,
        param="model",
        code="model_not_found",
    )


def too_long(context: int, prompt: int, wanted: int | None, param: str) -> ApiError:
    """Prompt and answer do not fit into what the model reads at once; `param` is the prompt's."""
    if wanted is None:
        asked, mend = f"the prompt has {prompt}", "shorten the prompt"
    else:
        asked = f"{prompt + wanted} were asked for ({prompt} of the prompt and max_tokens={wanted})"
        mend = "shorten the prompt or lower max_tokens"
    return ApiError(
        f"this model's maximum context length is {context} tokens, of which at least one is the "
        f"answer's, and {asked}; {mend}",
        param=param,
        code=TOO_LONG,
    )
