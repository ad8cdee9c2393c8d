"""Corpora by name: found, downloaded, resumed, refused, and never waited for in vain.

A small server on the loopback interface plays the network.
"""

import contextlib
import hashlib
import http.server
import re
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from aigc_lab.text import corpus
from aigc_lab.text.corpus import SHAKESPEARE, Download, fetch, load_corpus
from tests.data_folder import shared_file

CONTENT = b"".join(b"line %d of the story\n" % number for number in range(997))
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class Server(http.server.ThreadingHTTPServer):
    """Sends CONTENT; can refuse to resume, cut the connection off, and hang."""

    resumes, cut, hangs, content = True, None, False, CONTENT

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges = []
        self.go_on = threading.Event()  # behind the first 5,000 bytes
        self.go_on.set()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        server = self.server
        server.ranges.append(self.headers["Range"])
        if server.hangs:
            time.sleep(1)
        found = re.fullmatch(r"bytes=(\d+)-", self.headers["Range"] or "")
        start = int(found[1]) if found and server.resumes else 0
        self.send_response(206 if start else 200)
        self.end_headers()
        content = server.content[start : server.cut]
        with contextlib.suppress(ConnectionError):  # who asked may have gone
            self.wfile.write(content[:5000])
            server.go_on.wait(10)
            self.wfile.write(content[5000:])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    server = Server()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def download(server, tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_LAB_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("AIGC_LAB_DATA", raising=False)
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    url = f"http://127.0.0.1:{server.server_port}/story.txt"
    return Download("story.txt", url, len(CONTENT), SHA256)


def kept_in(folder):
    """The names of the files that one sees there; a lock is not among them."""
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")]


def test_a_file_is_downloaded_once(server, download, tmp_path, monkeypatch):
    path = fetch(download)
    assert path == tmp_path / "cache" / "story.txt"
    assert path.read_bytes() == CONTENT
    assert kept_in(path.parent) == ["story.txt"]
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert fetch(download) == path
    assert len(server.ranges) == 1


def test_progress_is_shown_when_asked(download, capsys):
    fetch(download, progress=True)
    assert "story.txt" in capsys.readouterr().err


@pytest.mark.parametrize("resumes", [True, False])
def test_a_download_goes_on_where_it_was_cut_off(server, download, resumes):
    server.cut = 5000
    with pytest.raises(ConnectionError, match=r"the connection ended after 5,000 bytes.*goes on"):
        fetch(download)
    server.cut, server.resumes = None, resumes
    assert fetch(download).read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=5000-"]


def test_two_at_once_get_one_download(server, download, tmp_path):
    server.go_on.clear()
    with ThreadPoolExecutor() as both:
        first = both.submit(fetch, download)
        wait_for(lambda: kept_in(tmp_path / "cache") == ["story.txt.part"])
        second = both.submit(fetch, download)
        time.sleep(0.2)
        assert not second.done()
        server.go_on.set()
        assert first.result() == second.result()
    assert first.result().read_bytes() == CONTENT
    assert server.ranges == [None]
    assert kept_in(tmp_path / "cache") == ["story.txt"]


def wait_for(condition):
    for _ in range(500):
        with contextlib.suppress(FileNotFoundError):
            if condition():
                return
        time.sleep(0.01)
    raise AssertionError("it did not come about within 5 seconds")


def test_one_that_grows_slowly_is_waited_for(server, download, tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "PATIENCE", 0.15)
    path, begun = tmp_path / "cache" / "story.txt", threading.Event()

    def grow():
        with corpus._alone(path):
            for size in range(0, 4000, 100):
                corpus._part_of(path).write_bytes(CONTENT[:size])
                begun.set()
                time.sleep(0.02)

    with ThreadPoolExecutor() as other:
        other.submit(grow)
        begun.wait(5)
        assert fetch(download).read_bytes() == CONTENT
    assert server.ranges == ["bytes=3900-"]


def test_one_that_stands_still_is_not_waited_for_and_a_killed_one_frees_it(
    server, download, tmp_path, monkeypatch
):
    holding = "import sys, time; from pathlib import Path; from aigc_lab.text import corpus\n"
    holding += "with corpus._alone(Path(sys.argv[1])): print(flush=True); time.sleep(60)"
    path = tmp_path / "cache" / "story.txt"
    command = [sys.executable, "-c", holding, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as holder:
        holder.stdout.readline()
        with monkeypatch.context() as patched:
            patched.setattr(corpus, "PATIENCE", 0.1)
            with pytest.raises(ConnectionError, match=r"another process has begun it and stands"):
                fetch(download)
        holder.kill()
    assert fetch(download) == path


def test_a_damaged_file_in_the_cache_is_replaced(download):
    path = fetch(download)
    path.write_bytes(b"damaged")
    assert fetch(download).read_bytes() == CONTENT


@pytest.mark.parametrize("content", [CONTENT.replace(b"story", b"STORY"), CONTENT + b"more"])
def test_another_file_than_the_pinned_one_is_refused_and_not_kept(
    server, download, tmp_path, content
):
    server.content = content
    with pytest.raises(ValueError, match=r"has the sha256 .* is pinned.* try once more"):
        fetch(download)
    assert kept_in(tmp_path / "cache") == []


def test_a_folder_of_the_users_comes_first(server, download, tmp_path, monkeypatch):
    monkeypatch.setenv("AIGC_LAB_DATA", str(tmp_path))
    (tmp_path / "story.txt").write_bytes(CONTENT)
    assert fetch(download) == tmp_path / "story.txt"
    (tmp_path / "story.txt").write_bytes(b"mine")
    with pytest.raises(ValueError, match=r"is pinned.* set AIGC_LAB_DATA to another folder"):
        fetch(download)
    assert (tmp_path / "story.txt").read_bytes() == b"mine"
    assert server.ranges == []


def test_a_server_that_hangs_is_not_waited_for(server, download, monkeypatch):
    monkeypatch.setattr(corpus, "PATIENCE", 0.1)
    server.hangs = True
    started = time.monotonic()
    with pytest.raises(ConnectionError, match=r"could not be downloaded .*set AIGC_LAB_DATA"):
        fetch(download)
    assert time.monotonic() - started < 0.9


def test_a_name_that_hangs_is_not_waited_for(download, monkeypatch):
    monkeypatch.setattr(corpus, "PATIENCE", 0.1)
    monkeypatch.setattr(corpus.urllib.request, "urlopen", lambda *_, **__: time.sleep(1))
    with pytest.raises(ConnectionError, match="no answer within"):
        fetch(download)


def test_without_a_network_the_reason_and_the_mend_are_named(server, download, monkeypatch):
    closed = Download("story.txt", "http://127.0.0.1:9/story.txt", 9, SHA256)
    with pytest.raises(ConnectionError, match=r"story\.txt could not be .*refused.*'python_docs'"):
        fetch(closed)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ConnectionError, match="HF_HUB_OFFLINE forbids the network"):
        fetch(download)
    assert server.ranges == []


def test_shakespeare_is_found_in_the_folder_of_data(monkeypatch):
    path = shared_file(SHAKESPEARE.file_name)
    monkeypatch.setenv("AIGC_LAB_DATA", str(path.parent))
    shakespeare = load_corpus("shakespeare")
    assert len(shakespeare.text) == SHAKESPEARE.size == 1_115_394
    assert shakespeare.text.startswith("First Citizen:\n")
    assert shakespeare.sha256 == SHAKESPEARE.sha256


def test_tinystories_are_cut_into_stories(tmp_path, monkeypatch):
    path = tmp_path / "stories.txt"
    path.write_text("\nOne day.\nEnd.\n<|endoftext|>\nTwo.\n<|endoftext|>\n")
    monkeypatch.setattr(corpus, "fetch", lambda download, progress: path)
    assert load_corpus("tinystories").documents == ("One day.\nEnd.\n", "Two.\n")


def test_names_and_paths(tmp_path):
    assert load_corpus("python_docs").name == "python_docs"
    (tmp_path / "mine.txt").write_text("My own text.")
    assert load_corpus(tmp_path / "mine.txt").text == "My own text."
    assert load_corpus(str(tmp_path)).text == "My own text."
    with pytest.raises(FileNotFoundError, match=r"'shakespear' is neither a corpus \(python_docs,"):
        load_corpus("shakespear")
