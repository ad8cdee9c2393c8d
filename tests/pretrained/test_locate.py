"""From a name to a folder, without a network and in bounded time."""

import socket
import time
from pathlib import Path

import huggingface_hub
import pytest
from huggingface_hub import constants
from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, RepositoryNotFoundError

from aigc_lab.pretrained import locate as module
from aigc_lab.pretrained.locate import Located, WeightsAbsent, hub_answers, locate

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    """An empty cache of the hub, and a hub that cannot be reached."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)  # as read when the test run began
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return tmp_path / "hub"


def refuse(*_, **__):
    raise OSError("no route to host")


def silent(*_, **__):
    time.sleep(1.5)
    raise OSError("no route to host, at last")


def put_in_cache(cache: Path, name: str, *files: str) -> Path:
    repository = cache / f"models--{name.replace('/', '--')}"
    snapshot = repository / "snapshots" / COMMIT
    snapshot.mkdir(parents=True)
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text(COMMIT)
    for file in files:
        length = b"\2" + bytes(7) if file.endswith(".safetensors") else b""  # of the header
        (snapshot / file).write_bytes(length + b"{}")
    return snapshot


def test_a_folder_comes_first(tmp_path):
    assert locate(tmp_path) == Located(tmp_path, "folder")
    assert locate(str(tmp_path)) == Located(tmp_path, "folder")


@pytest.mark.parametrize("name", ["./nowhere", "a/b/c", "/gone", Path("gpt2")])
def test_a_missing_folder_is_not_looked_for_on_the_hub(name):
    with pytest.raises(WeightsAbsent, match=rf"there is no folder {name}; mend the path"):
        locate(name)


@pytest.mark.parametrize("kept_as", ["gpt2", "openai-community/gpt2"])
@pytest.mark.parametrize("offline", [True, False, None])
@pytest.mark.parametrize("tokenizer", [["tokenizer.json"], ["vocab.json", "merges.txt"]])
def test_the_cache_is_read_under_the_old_and_the_new_name(cache, kept_as, offline, tokenizer):
    snapshot = put_in_cache(cache, kept_as, "config.json", "model.safetensors", *tokenizer)
    assert locate("gpt2", offline) == Located(snapshot, "cache")


@pytest.mark.parametrize(
    "files",
    [
        ["config.json", "tokenizer.json"],
        ["config.json", "tokenizer.json", "pytorch_model.bin"],
        ["tokenizer.json", "model.safetensors"],
        ["config.json", "tokenizer.json", "model.safetensors.index.json"],
        ["config.json", "model.safetensors"],
        ["config.json", "model.safetensors", "vocab.json"],
    ],
)
def test_half_a_download_is_as_good_as_none(cache, files):
    put_in_cache(cache, "maker/model", *files)
    with pytest.raises(WeightsAbsent, match="maker/model is not in the cache, and we are offline"):
        locate("maker/model", offline=True)


def test_offline_says_what_to_do():
    expected = r"run `hf download openai-community/gpt2`, give the folder .* 'town-gpt2'"
    with pytest.raises(ValueError, match=expected):
        locate("gpt2", offline=True)


def test_the_variable_keeps_us_off_the_network(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr(module, "hub_answers", lambda _: pytest.fail("knocked at the hub"))
    with pytest.raises(WeightsAbsent, match="we are offline"):
        locate("gpt2")


def test_a_refused_connection_is_an_answer_in_no_time():
    with pytest.raises(WeightsAbsent, match="hub did not answer within 2 seconds"):
        locate("gpt2", offline=False)


@pytest.mark.parametrize("call", ["create_connection", "getaddrinfo"])
def test_a_silent_network_costs_no_more_than_our_patience(monkeypatch, call):
    monkeypatch.undo()  # the real create_connection, which looks the name up first
    monkeypatch.setattr(socket, call, silent)
    start = time.perf_counter()
    assert not hub_answers(0.2)
    assert time.perf_counter() - start < 1
    assert module.PATIENCE <= 2


def test_an_answering_hub_is_asked_for_what_we_read_and_no_more(tmp_path, monkeypatch):
    asked = {}

    def download(repository, **how):
        asked.update(how, repository=repository)
        return str(tmp_path)

    monkeypatch.setattr(module, "hub_answers", lambda _: True)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    assert locate("gpt2-xl", offline=False) == Located(tmp_path, "hub")
    assert asked["repository"] == "openai-community/gpt2-xl"
    assert not [pattern for pattern in asked["allow_patterns"] if "bin" in pattern]


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (GatedRepoError, "the makers of maker/model ask you to accept their terms"),
        (RepositoryNotFoundError, r"the hub has no model maker/model \(or it is private\)"),
        (
            HfHubHTTPError,
            r"maker/model could not be downloaded \(broken\); what has arrived is kept; with a",
        ),
        (TimeoutError, r"could not be downloaded \(broken\)"),
    ],
)
def test_what_the_hub_refuses_is_said_in_one_line(monkeypatch, error, message):
    def download(*_, **__):
        if error is TimeoutError:
            raise error("broken")
        raise error("broken", response=Answer())

    monkeypatch.setattr(module, "hub_answers", lambda _: True)
    monkeypatch.setattr(huggingface_hub, "snapshot_download", download)
    with pytest.raises(WeightsAbsent, match=message):
        locate("maker/model", offline=False)


class Answer:
    """As much of a response as the hub's errors look at."""

    headers: dict = {}  # noqa: RUF012  (nobody changes it)
    request = None
    status_code = 403
    text = ""


def test_without_the_bundled_checkpoint_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "data_folder", lambda: tmp_path)
    with pytest.raises(WeightsAbsent, match=r"the bundled checkpoint is not at .*town-gpt2"):
        locate("town-gpt2")
    folder = tmp_path / "pretrained" / "town-gpt2"
    folder.mkdir(parents=True)
    (folder / "config.json").touch()
    assert locate("town-gpt2") == Located(folder, "bundled")
