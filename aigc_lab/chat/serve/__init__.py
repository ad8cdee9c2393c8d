"""A model behind the API that the industry speaks: `transformers serve`, and a front before it.

The server that reads the request, fills in the chat template, generates and streams is
transformers' own (`transformers.cli.serve`, tried with 5.23), in a process of its own. What it
lacks is added in front of it, not instead of it:

- Errors. It answers `{"detail": …}`, or a bare 500 where a field is missing or the prompt is too
  long; in a stream an error looks like a success. Here each is the API's own
  `{"error": {"message", "type", "param", "code"}}` with the API's status, which the client turns
  into its exceptions; a stream that is whole ends with `[DONE]`.
- Sampling. It samples only if the checkpoint's own settings say so: `temperature=1.5` is greedy
  like 0, and 50 is silently the top-k. Here `temperature` and `top_p` mean what the API says,
  without a top-k, and `temperature=0` is greedy.
- `seed`. It sets one random state for all when a request arrives, so that requests disturb one
  another. Here the state is set when a request's turn has come: the same seed, the same answer.
- `n`, `logprobs`, `top_logprobs`, `presence_penalty`, `stream_options` are ignored by it,
  `frequency_penalty` does something else, `logit_bias` breaks a chat if its numbers are whole, and
  is ignored in a completion; several prompts at once are refused. Here they work.
- `stop`. It leaves the stop string in the text. Here the text ends before it, also where tokens
  begin and end elsewhere, and streamed text is held back while it might be the start of one.
- Half a character at the end of an answer is lost in its streams; here it is U+FFFD, as in the
  whole answer.
- `finish_reason` is "length" there for an answer that ends by itself with its last token.
- Limits. `max_tokens` is 1024 by default, more than a small model reads. Here it is the API's: 16
  for a completion, the room that is left for a chat; what does not fit is
  `context_length_exceeded`.
- Marks such as `<|end|>` in what somebody says become the template's own there. Here they stay
  text, so that nobody forges a turn by typing it.
- `/v1/models` lists the hub's cache there. Here it lists the model that is served, and it is the
  only one: no request makes the server load another, or drop this one.
- A key. It answers everybody on the machine. Here a request must carry the key that was made for
  this server; it is kept in memory only.
- A client that is gone. Whoever hangs up, streaming or not, is no longer computed for.

Refused, and never ignored: tools, pictures, sound, `response_format` other than text, `echo`,
`suffix`. Requests are answered one after another; continuous batching stays off, since it would
take the first request's settings for all.
"""

from aigc_lab.chat.serve.client import open_client, served_by
from aigc_lab.chat.serve.server import Server, running_server

__all__ = ["Server", "open_client", "running_server", "served_by"]
