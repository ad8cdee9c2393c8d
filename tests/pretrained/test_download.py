"""The way from a name to a downloaded model, against a hub of our own on the loopback."""

import hashlib
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import huggingface_hub
import pytest
import torch
from huggingface_hub import constants

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained import checksums, locate
from aigc_lab.pretrained import hub as hub_module
from aigc_lab.pretrained.folder import save_pretrained
from aigc_lab.pretrained.hub import hub_answers
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.locate import WeightsAbsent
from aigc_lab.text.bpe import BPETokenizer

COMMIT = "89abcdef0123456789abcdef0123456789abcdef"
NOWHERE = "in no path"


def git_name(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()


class Hub(BaseHTTPRequestHandler):
    """As much of the hub as a download asks for: a list of files, and the files.

    `sending` writes the bytes of the weights, and may do so badly; a question of which the path
    has `silent_at` in it is never answered.
    """

    folder: Path
    asked: list[str]
    silent_at: str
    sending: Callable[[BaseHTTPRequestHandler, bytes], None]

    def do_HEAD(self):
        self.answer(body=False)

    def do_GET(self):
        self.answer(body=True)

    def answer(self, body: bool):
        path = self.path.partition("?")[0]
        self.asked.append(path)
        if self.silent_at in path:
            nothing(self, b"")
            return
        files = [(file.name, file.read_bytes()) for file in self.folder.iterdir()]
        if path.startswith("/api/models/maker/model/tree/"):
            tree = [
                {"type": "file", "path": name, "size": len(content), "oid": git_name(content)}
                for name, content in files
            ]
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
        weights = path.endswith(".safetensors")
        if weights and body:
            self.sending(content)
        else:
            self.begin(content, weights)
            if body:
                self.wfile.write(content)

    def begin(self, content: bytes, weights: bool = True):
        """The status and the headers."""
        self.send_response(200)
        etag = hashlib.sha256(content).hexdigest() if weights else self.name_small(content)
        self.send_header("ETag", f'"{etag}"')  # as on the real hub
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Content-Length", str(len(content)))
        if weights:  # the real hub offers another way to them, which this one does not have
            self.send_header("X-Xet-Hash", "0" * 64)
            self.send_header("X-Xet-Refresh-Route", "/api/xet")
        self.end_headers()

    def name_small(self, content: bytes) -> str:
        return git_name(content)

    def all_at_once(self, content: bytes):
        self.begin(content)
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def network(tmp_path, monkeypatch):
    """An empty cache, no proxy, and a client of the hub that has not looked for one before."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path / "ours"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    huggingface_hub.close_session()
    yield
    huggingface_hub.close_session()


def small_model(folder: Path) -> Path:
    tokenizer = BPETokenizer([(b"a", b"b")])
    config = GPTConfig.gpt2(
        vocab_size=tokenizer.vocab_size, block_size=16, n_layer=1, n_head=1, n_embd=4
    )
    torch.manual_seed(6)
    return save_pretrained(folder, GPT(config), tokenizer)


def point_at(monkeypatch, address: str) -> None:
    """Make `address` the hub."""
    there, template = constants.ENDPOINT, constants.HUGGINGFACE_CO_URL_TEMPLATE
    monkeypatch.setattr(constants, "ENDPOINT", address)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", template.replace(there, address))


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A hub with one model, `maker/model`."""
    Hub.folder = small_model(tmp_path / "served")
    (Hub.folder / "pytorch_model.bin").write_bytes(b"a pickle that nobody wants")
    Hub.asked, Hub.sending, Hub.silent_at = [], Hub.all_at_once, NOWHERE
    with ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        point_at(monkeypatch, f"http://127.0.0.1:{server.server_port}")
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


SIGN_IN = b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<p>Sign in</p>"
SILENCE = 6.0  # seconds, after which the silent server closes: a failing test is not to hang


@contextmanager
def broken_server(answer: bytes | None) -> Iterator[str]:
    """A server that reads a request, answers it so, and closes; None is a long silence."""
    over = Event()

    def serve(connection: socket.socket) -> None:
        with connection:
            if answer is None:
                over.wait(SILENCE)
            elif answer:
                connection.recv(65536)
                connection.sendall(answer)

    def accept(server: socket.socket) -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            connection.settimeout(SILENCE)
            Thread(target=serve, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        thread = Thread(target=accept, args=(server,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        over.set()
        thread.join()


def refusal(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


BROKEN = {
    "a server that refuses": refusal("403 Forbidden"),
    "a server that is unwell": refusal("503 Service Unavailable"),
    "a server that closes": b"",
    "a server that is silent": None,
    "a page to sign in": SIGN_IN,
    "a proxy that refuses": refusal("403 Forbidden"),
}


@pytest.fixture(params=BROKEN)
def half_a_network(request, monkeypatch):
    with broken_server(BROKEN[request.param]) as address:
        if "proxy" in request.param:
            monkeypatch.setenv("https_proxy", address)
            point_at(monkeypatch, "https://hub.example")
        else:
            point_at(monkeypatch, address)
        yield request.param


def test_half_a_network_is_as_good_as_none(half_a_network, tmp_path, monkeypatch):
    bundled = small_model(tmp_path / "pretrained" / "town-gpt2")
    monkeypatch.setattr(locate, "data_folder", lambda: tmp_path)
    start = time.perf_counter()
    loaded = load_pretrained("gpt2", offline=False, fallback="bundled")
    assert time.perf_counter() - start < 3
    assert (loaded.name, loaded.source) == (bundled.name, "bundled")
    assert loaded.notice.startswith("This is town-gpt2, the bundled checkpoint, because gpt2 ")
    assert "\n" not in loaded.notice


def test_half_a_network_is_named_together_with_the_way_out(half_a_network):
    start = time.perf_counter()
    with pytest.raises(WeightsAbsent, match=r"gpt2 .*run `hf download openai-community/gpt2`"):
        load_pretrained("gpt2", offline=False)
    assert time.perf_counter() - start < 3
    assert hub_answers(1) == (half_a_network == "a page to sign in")


@pytest.mark.parametrize(
    ("what_breaks", "reason"),
    [
        (b"", ""),
        (None, r"nothing came for 2 seconds; HF_HUB_DOWNLOAD_TIMEOUT=30 waits longer\)"),
        (SIGN_IN, ""),
        (refusal("503 Service Unavailable"), r"the hub is busy \(HTTP 503\); ask again later\)"),
    ],
)
def test_a_hub_that_breaks_off_after_its_answer(what_breaks, reason, monkeypatch):
    """With the waits as they are shipped."""
    monkeypatch.setattr(locate, "hub_answers", lambda _: True)
    start = time.perf_counter()
    with broken_server(what_breaks) as address:
        point_at(monkeypatch, address)
        with pytest.raises(WeightsAbsent, match=rf"downloaded \({reason}") as caught:
            load_pretrained("gpt2", offline=False)
        assert time.perf_counter() - start < 3
    assert "what has arrived is kept; with a network run `hf download" in str(caught.value)


def test_a_hub_that_is_gone_after_its_answer(monkeypatch):
    monkeypatch.setattr(locate, "hub_answers", lambda _: True)
    with socket.create_server(("127.0.0.1", 0)) as server:
        point_at(monkeypatch, f"http://127.0.0.1:{server.getsockname()[1]}")
    start = time.perf_counter()
    with pytest.raises(WeightsAbsent, match=r"gpt2 could not be downloaded \(no connection: "):
        load_pretrained("gpt2", offline=False)
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    "silent_at", ["/api/models/maker/model/rev", "/tree/", "config.json", "model.safetensors"]
)
def test_a_hub_that_answers_and_then_hangs_is_told_within_three_seconds(
    hub, silent_at, monkeypatch
):
    """With the waits as they are shipped: at whichever of its questions the hub falls silent."""
    monkeypatch.setattr(locate, "hub_answers", lambda _: True)
    hub.silent_at = silent_at
    refused(
        r"maker/model could not be downloaded \(nothing came for 2 seconds; "
        r"HF_HUB_DOWNLOAD_TIMEOUT=30 waits longer\); what has arrived is kept; with a network run "
        "`hf download maker/model`"
    )
    assert any(silent_at in path for path in hub.asked)


def test_the_client_of_the_hub_asks_nothing_of_its_own(hub, tmp_path, monkeypatch):
    """It would like to know who calls it, and wait 3 seconds for that."""
    detect = pytest.importorskip("huggingface_hub.utils._detect_agent")
    monkeypatch.setattr(detect, "_registry", None)
    monkeypatch.setattr(constants, "AGENT_HARNESSES_PATH", str(tmp_path / "who.json"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_TELEMETRY", False)
    load_pretrained("maker/model", offline=False)
    assert not [path for path in hub.asked if "maker/model" not in path and "gpt2" not in path]


def test_after_a_silence_nothing_else_is_asked(hub, monkeypatch):
    """The client keeps some errors to itself, so that a second question would wait once more."""
    monkeypatch.setattr(hub_module, "PATIENCE", 0.2)
    hub.silent_at = "/silent"
    client = huggingface_hub.get_session()
    with hub_module.bounded_waiting():
        with pytest.raises(TimeoutError, match=r"nothing came for 0\.2 seconds"):
            client.get(f"{constants.ENDPOINT}/silent", timeout=30)
        with pytest.raises(TimeoutError, match=r"nothing came for 0\.2 seconds"):
            client.get(f"{constants.ENDPOINT}/other")
    assert hub.asked == ["/silent"]


def test_the_client_of_the_hub_waits_as_it_did_before(hub):
    def state():
        client = huggingface_hub.get_session()
        of_the_client = client.event_hooks, client.send
        return *of_the_client, constants.HF_HUB_DISABLE_XET, constants.HF_HUB_DISABLE_TELEMETRY

    before = state()
    load_pretrained("maker/model", offline=False)
    assert state() == before


def nothing(hub, content):
    hub.wfile.flush()
    hub.close_connection = True
    hub.connection.settimeout(SILENCE)
    with suppress(OSError):
        hub.connection.recv(1)  # until the other side is gone


def headers_and_nothing(hub, content):
    hub.begin(content)
    nothing(hub, content)


def a_part_and_nothing(hub, content):
    hub.begin(content)
    hub.wfile.write(content[:999])
    nothing(hub, content)


def a_byte_now_and_then(hub, content):
    hub.begin(content)
    for byte in content[:99]:
        hub.wfile.write(bytes([byte]))
        time.sleep(0.05)


def come_back_in_five_minutes(hub, content):
    hub.send_response(429)
    hub.send_header("Retry-After", "300")
    hub.send_header("Content-Length", "0")
    hub.end_headers()


@pytest.mark.parametrize(
    ("sending", "reason"),
    [
        (nothing, "nothing came for 0.3 seconds; HF_HUB_DOWNLOAD_TIMEOUT=30 waits longer"),
        (headers_and_nothing, "nothing came for 0.4 seconds"),
        (a_part_and_nothing, "only 999 bytes came for 0.4 seconds"),
        (a_byte_now_and_then, r"only \d\d? bytes came for 0.4 seconds"),
        (come_back_in_five_minutes, r"the hub is busy \(HTTP 429\); ask again later"),
    ],
)
def test_a_download_that_stands_still_is_given_up(hub, sending, reason, tmp_path, monkeypatch):
    monkeypatch.setattr(hub_module, "PATIENCE", 0.3)
    monkeypatch.setattr(hub_module, "SILENCE", 0.4)
    hub.sending = sending
    start = time.perf_counter()
    with pytest.raises(WeightsAbsent, match=rf"maker/model could not be downloaded \({reason}"):
        load_pretrained("maker/model", offline=False)
    assert time.perf_counter() - start < 3
    small_model(tmp_path / "pretrained" / "town-gpt2")
    monkeypatch.setattr(locate, "data_folder", lambda: tmp_path)
    loaded = load_pretrained("maker/model", offline=False, fallback="bundled")
    assert (loaded.name, loaded.source) == ("town-gpt2", "bundled")
    assert "\n" not in loaded.notice


def test_a_slow_download_that_goes_on_is_waited_for(hub, monkeypatch):
    def slowly(hub, content):
        hub.begin(content)
        for place in range(0, len(content), 1000):
            hub.wfile.write(content[place : place + 1000])
            time.sleep(0.1)

    monkeypatch.setattr(hub_module, "PATIENCE", 0.4)
    monkeypatch.setattr(hub_module, "SILENCE", 0.4)
    monkeypatch.setattr(hub_module, "PROGRESS", 999)
    hub.sending = slowly
    start = time.perf_counter()
    assert load_pretrained("maker/model", offline=False).source == "hub"
    assert time.perf_counter() - start > 0.6  # longer than the silence that ends one


def test_a_download_that_has_begun_may_stand_still_for_longer_than_a_question(hub, monkeypatch):
    def pausing(hub, content):
        hub.begin(content)
        hub.wfile.write(content[:999])
        time.sleep(0.8)
        hub.wfile.write(content[999:])

    monkeypatch.setattr(hub_module, "PATIENCE", 0.4)
    monkeypatch.setattr(hub_module, "SILENCE", 2.0)
    hub.sending = pausing
    assert load_pretrained("maker/model", offline=False).source == "hub"


def test_a_download_cut_off_once_is_begun_again(hub):
    def first_half(hub, content):
        type(hub).sending = Hub.all_at_once
        hub.begin(content)
        hub.wfile.write(content[: len(content) // 2])
        hub.close_connection = True

    hub.sending = first_half
    assert load_pretrained("maker/model", offline=False).source == "hub"


def always_half(hub, content):
    hub.begin(content)
    hub.wfile.write(content[: len(content) // 2])
    hub.close_connection = True


def one_wrong_byte(hub, content):
    hub.begin(content)
    hub.wfile.write(content[:-5] + bytes([content[-5] ^ 1]) + content[-4:])


def refused(match: str) -> None:
    """No download, no wait, one line."""
    start = time.perf_counter()
    with pytest.raises(WeightsAbsent, match=match) as caught:
        load_pretrained("maker/model", offline=False)
    assert time.perf_counter() - start < 3
    assert "\n" not in str(caught.value)


def in_cache(tmp_path: Path, name: str = "model.safetensors") -> Path:
    (path,) = (tmp_path / "cache").glob(f"models--maker--model/snapshots/*/{name}")
    return path


def cut(path: Path) -> None:
    """Leave half of a file."""
    with open(path, "r+b") as file:
        file.truncate(path.stat().st_size // 2)


def without_links(path: Path) -> None:
    """As the cache is where a system has no links: the file itself, under its own name."""
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


def damaged(name: str, how: str) -> str:
    return (
        rf"maker/model is in the cache, but damaged: {name} \([\d,]+ bytes\) {how}; with a network "
        "run `hf download maker/model --force-download`"
    )


OTHER = "has another checksum than the hub gave for it"
WRONG = damaged("model.safetensors", OTHER)
CUT = damaged("model.safetensors", "is not a whole safetensors file")
SMALL = ["config.json", "tokenizer.json", "tokenizer_config.json"]


def falls_back(tmp_path, monkeypatch) -> None:
    """The bundled checkpoint comes in its place, and the notice says why."""
    small_model(tmp_path / "pretrained" / "town-gpt2")
    monkeypatch.setattr(locate, "data_folder", lambda: tmp_path)
    loaded = load_pretrained("maker/model", offline=True, fallback="bundled")
    assert (loaded.name, loaded.source) == ("town-gpt2", "bundled")
    assert "because maker/model is in the cache, but damaged" in loaded.notice


def test_a_download_that_is_always_cut_off(hub):
    hub.sending = always_half
    refused(r"could not be downloaded \(the connection broke off 2 times\); what has arrived is")


def test_a_wrong_checksum_is_told_now_and_again_and_mended_as_it_says(hub, tmp_path, monkeypatch):
    hub.sending = one_wrong_byte
    refused(WRONG)
    hub.asked.clear()
    refused(WRONG)
    assert hub.asked == []
    falls_back(tmp_path, monkeypatch)
    hub.sending = Hub.all_at_once
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)  # which our hub does not have
    huggingface_hub.snapshot_download("maker/model", force_download=True)
    assert load_pretrained("maker/model", offline=False).source == "cache"


def test_what_is_found_wrong_is_not_summed_again(hub, monkeypatch):
    hub.sending = one_wrong_byte
    refused(WRONG)
    monkeypatch.setattr(checksums, "_sums", only_small)
    refused(WRONG)


def test_all_of_a_file_is_summed(hub, monkeypatch):
    monkeypatch.setattr(checksums, "AT_ONCE", 64)  # the wrong byte is far behind the first piece
    hub.sending = one_wrong_byte
    refused(WRONG)


def test_a_sum_that_takes_long_shows_a_bar(hub, tmp_path, monkeypatch, capsys):
    load_pretrained("maker/model", offline=False)
    assert "checking" not in capsys.readouterr().err
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path / "another"))
    monkeypatch.setattr(checksums, "AT_ONCE", 64)
    monkeypatch.setattr(checksums, "BAR_AFTER", 0)
    load_pretrained("maker/model", offline=False)
    assert "checking model.safetensors: " in capsys.readouterr().err


def only_small(path: Path, digits: int, sums=checksums._sums) -> set[str]:
    """A stand-in for summing that refuses the weights."""
    assert path.suffix != ".safetensors", "read once more"
    return sums(path, digits)


def test_a_file_cut_short_in_the_cache_is_told_without_being_summed(hub, tmp_path, monkeypatch):
    load_pretrained("maker/model", offline=False)
    cut(in_cache(tmp_path).resolve())
    monkeypatch.setattr(checksums, "_sums", only_small)
    refused(CUT)
    falls_back(tmp_path, monkeypatch)
    in_cache(tmp_path).resolve().write_bytes(b"")
    refused(CUT)


def test_other_weights_in_the_cache_that_are_gone_do_no_harm(hub, tmp_path):
    load_pretrained("maker/model", offline=False)
    in_cache(tmp_path).with_name("other.safetensors").symlink_to(tmp_path / "gone")
    assert load_pretrained("maker/model", offline=True).source == "cache"


@pytest.mark.parametrize("name", SMALL)
def test_a_small_file_cut_short_is_told_as_weights_are(hub, name, tmp_path, monkeypatch):
    load_pretrained("maker/model", offline=False)
    cut(in_cache(tmp_path, name).resolve())
    refused(damaged(name, OTHER))
    falls_back(tmp_path, monkeypatch)


def test_a_damaged_index_is_told_as_well(hub, tmp_path, monkeypatch):
    """Without it nobody knows which weights there are, but it is there, and not as promised."""
    (hub.folder / "model.safetensors").rename(hub.folder / "model-00001-of-00001.safetensors")
    table = {"weight_map": {"wte.weight": "model-00001-of-00001.safetensors"}}
    (hub.folder / "model.safetensors.index.json").write_text(json.dumps(table))
    load_pretrained("maker/model", offline=False)
    cut(in_cache(tmp_path, "model.safetensors.index.json").resolve())
    refused(damaged("model.safetensors.index.json", OTHER))
    falls_back(tmp_path, monkeypatch)


@pytest.mark.parametrize("name", [*SMALL, "model.safetensors"])
def test_where_the_cache_has_no_links_a_file_cut_short_is_told_all_the_same(
    hub, name, tmp_path, monkeypatch
):
    load_pretrained("maker/model", offline=False)
    path = in_cache(tmp_path, name)
    without_links(path)
    assert load_pretrained("maker/model", offline=True).source == "cache"
    cut(path)
    refused(CUT if name == "model.safetensors" else damaged(name, "does not hold JSON"))
    falls_back(tmp_path, monkeypatch)


def test_a_mirror_may_name_small_files_by_their_plain_sha1(hub, tmp_path, monkeypatch):
    monkeypatch.setattr(Hub, "name_small", lambda _, content: hashlib.sha1(content).hexdigest())
    for source in ("hub", "cache"):
        assert load_pretrained("maker/model", offline=False).source == source
    cut(in_cache(tmp_path, "tokenizer.json").resolve())
    refused(damaged("tokenizer.json", OTHER))


def test_weights_are_summed_once(hub, monkeypatch):
    load_pretrained("maker/model", offline=False)
    monkeypatch.setattr(checksums, "_sums", only_small)
    assert load_pretrained("maker/model", offline=True).source == "cache"


def test_where_nothing_can_be_noted_they_are_summed_every_time(hub, tmp_path):
    (tmp_path / "ours").write_text("a file where our cache would be")
    for source in ("hub", "cache"):
        assert load_pretrained("maker/model", offline=False).source == source


def test_another_architecture_is_refused_before_its_weights_are_fetched(hub):
    (hub.folder / "config.json").write_text('{"model_type": "bert"}')
    start = time.perf_counter()
    with pytest.raises(ValueError, match="model_type='bert'; our GPT opens gpt2, llama, mistral"):
        load_pretrained("maker/model", offline=False, fallback="bundled")
    assert time.perf_counter() - start < 3
    assert not [path for path in hub.asked if path.endswith(".safetensors")]


def test_the_user_may_have_more_patience(monkeypatch):
    monkeypatch.delenv("HF_HUB_DOWNLOAD_TIMEOUT", raising=False)
    assert hub_module._waits() == (hub_module.PATIENCE, hub_module.SILENCE) == (2, 5)
    monkeypatch.setenv("HF_HUB_DOWNLOAD_TIMEOUT", "30")
    monkeypatch.setattr(constants, "HF_HUB_DOWNLOAD_TIMEOUT", 30)  # read at import
    assert hub_module._waits() == (30, 30)


def test_our_own_mistakes_are_not_taken_for_a_broken_network(monkeypatch):
    def mistaken(*_, **__):
        raise TypeError("a mistake of ours")

    monkeypatch.setattr(huggingface_hub, "get_session", mistaken)
    with pytest.raises(TypeError, match="a mistake of ours"):
        load_pretrained("gpt2", offline=False)
    monkeypatch.undo()
    monkeypatch.setattr(locate, "hub_answers", lambda _: True)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", mistaken)
    with pytest.raises(TypeError, match="a mistake of ours"):
        load_pretrained("gpt2", offline=False)
