"""`aigc-lab serve`: put a model behind the API that chat programs and the openai client speak."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aigc_lab.chat.serve.server import LOOPBACK, NEARBY
from aigc_lab.core.arguments import add_device, add_json, whole
from aigc_lab.core.console import Console, note

if TYPE_CHECKING:
    from aigc_lab.chat.serve import Server

SUMMARY = "put a model behind the API"
DESCRIPTION = """\
Serve a model with transformers' server, behind the API that the openai client and many programs
speak: completions, chat, streaming. Ctrl-C ends it. Whoever asks must give the key that is printed;
it is a new one each time, or the one in the variable AIGC_LAB_API_KEY."""
EXAMPLES = """\
examples:
  aigc-lab serve town-chat
  aigc-lab serve runs/python_docs-nano --port 9000
  aigc-lab serve models/mine --name mine --json

then, with the three variables that it prints, in Python:
  from openai import OpenAI
  client = OpenAI()
  print(client.completions.create(model="town-chat", prompt="Mia was in the").choices[0].text)

MODEL is one of
  town-chat     the course's assistant; also town-sft, before its last lesson, and bundled
  FOLDER        a model in transformers' format, such as `aigc-lab export` writes
  runs/NAME     the folder of a run that `aigc-lab train` made
  gpt2          GPT-2 from the cache or the hub
A model without a chat template continues texts and does not chat."""
USUAL_PORT = 8000
PATIENCE = 600.0  # seconds; a large model may have to be downloaded first


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `serve`."""
    parser.add_argument("model", metavar="MODEL", help="what to serve (see below)")
    parser.add_argument(
        "--host", default=LOOPBACK, help=f"the address to listen on ({LOOPBACK}: this machine only)"
    )
    parser.add_argument(
        "--port",
        type=whole(0),
        default=USUAL_PORT,
        help=f"the port to listen on ({USUAL_PORT}); 0 takes a free one",
    )
    parser.add_argument("--name", help="what clients call the model (its own or its folder's name)")
    add_device(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C.

    Raises: OSError when the server ends by itself.
    """
    from aigc_lab.chat.serve import running_server
    from aigc_lab.cli.models import find_model

    console = Console(arguments.json)
    if Path(arguments.model).expanduser().exists():
        find_model(arguments.model)  # what is no model is told before a server is started
    serving = running_server(
        arguments.model,
        arguments.port,
        host=arguments.host,
        name=arguments.name,
        device=arguments.device,
        patience=PATIENCE,
        on_progress=note,
        log=True,
    )
    with serving as server:
        introduce(server, console)
        if arguments.host not in NEARBY:
            note("other machines can reach it; what they send is not encrypted on its way")
        try:
            code = server.process.wait()
        except KeyboardInterrupt:
            note("ending the server")
            return 0
        raise OSError(f"the server ended by itself (exit code {code}); its last lines say why")


def introduce(server: Server, console: Console) -> None:
    """Say where the server is and how to ask it."""
    console.say(f"{server.model} answers at {server.url}; Ctrl-C ends it. For another terminal:")
    values = {
        "OPENAI_BASE_URL": server.url,
        "OPENAI_API_KEY": server.api_key,
        "OPENAI_MODEL": server.model,
    }
    for name, value in values.items():
        console.say(f"  {setting(name, value)}")
    console.result(
        {
            "url": server.url,
            "api_key": server.api_key,
            "model": server.model,
            "context": server.context,
        }
    )
    sys.stdout.flush()  # whoever started it waits for these lines


def setting(name: str, value: str, system: str = sys.platform) -> str:
    """How a variable is set in this system's usual terminal.

    >>> setting("OPENAI_MODEL", "mine", "linux"), setting("OPENAI_MODEL", "mine", "win32")
    ("export OPENAI_MODEL='mine'", "$env:OPENAI_MODEL = 'mine'")
    """
    if system == "win32":
        return f"$env:{name} = '{value}'"
    return f"export {name}='{value}'"
