"""The way from a name to a downloaded model, against a hub of our own on the loopback."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import torch
from huggingface_hub import constants

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.text.bpe import BPETokenizer

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for: a list of files, and the files."""

    folder: Path
    asked: list[str]

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, body: bool):
        path = self.path.partition("?")[0]
        self.asked.append(path)
        files = [(file.name, file.stat().st_size) for file in self.folder.iterdir()]
        if path.startswith("/api/models/maker/model/tree/"):
            tree = [{"type": "file", "path": n, "size": s, "oid": f"{s:040x}"} for n, s in files]
            content = json.dumps(tree).encode()
        elif path.startswith("/api/models/maker/model"):
            names = [{"rfilename": name} for name, _ in files]
            content = json.dumps({"id": "maker/model", "sha": COMMIT, "siblings": names}).encode()
        elif path.startswith("/maker/model/resolve/"):
            content = (self.folder / path.rpartition("/")[2]).read_bytes()
        else:
            self.send_response(404)
            self.send_header("X-Error-Code", "RepoNotFound")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("ETag", f'"{len(content)}-{hash(content)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if body:
            self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub with one model, `maker/model`, and an empty cache."""
    tokenizer = BPETokenizer([(b"a", b"b")])
    config = GPTConfig.gpt2(
        vocab_size=tokenizer.vocab_size, block_size=16, n_layer=1, n_head=1, n_embd=4
    )
    torch.manual_seed(6)
    Hub.folder = save_pretrained(tmp_path / "served", GPT(config), tokenizer)
    (Hub.folder / "pytorch_model.bin").write_bytes(b"a pickle that nobody wants")
    Hub.asked = []
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        here = f"http://127.0.0.1:{server.server_port}"
        there, template = constants.ENDPOINT, constants.HUGGINGFACE_CO_URL_TEMPLATE
        monkeypatch.setattr(constants, "ENDPOINT", here)
        monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template.replace(there, here))
        Thread(target=server.serve_forever, daemon=True).start()
        yield Hub
        server.shutdown()


def test_a_model_is_downloaded_once_and_then_cached(hub):
    first = load_pretrained("maker/model", offline=False)
    assert first.source == "hub"
    assert not [path for path in hub.asked if path.endswith(".bin")]
    hub.asked.clear()
    second = load_pretrained("maker/model", offline=False)
    assert second.source == "cache"
    assert hub.asked == []
    for name, weight in first.model.state_dict().items():
        assert weight.equal(second.model.state_dict()[name])
    assert second.tokenizer.encode("ab") == [256]


def test_a_name_that_the_hub_does_not_know_is_said_in_one_line(hub):
    with pytest.raises(ValueError, match="the hub has no model maker/other"):
        load_pretrained("maker/other", offline=False)
