"""Labelled files: both marks are in them, they are read back, and what was changed is noticed."""

from __future__ import annotations

import datetime
import json
from html.parser import HTMLParser
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
import pytest

from aigc_lab.chat.label_files import read_labelled, write_labelled, write_labelled_picture
from aigc_lab.chat.labels import label_generated

DAY = datetime.date(2026, 3, 1)
ENDINGS = (".txt", ".md", ".html", ".json")
TEXTS = {
    "english": "Mia is in the garden.\n\nTom is at home.\n",
    "chinese": "米娅在花园里。",
    "awkward": " <b>&amp; \"x\" 'y' ---\n---\nAIGC: {}\r\n</pre>\u2028end ",
}


@pytest.fixture(scope="module")
def png():
    figure, axes = plt.subplots(figsize=(1, 1))
    axes.plot([0, 1])
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    plt.close(figure)
    return buffer.getvalue()


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", TEXTS)
def test_a_labelled_text_is_read_back_as_it_was(tmp_path, ending, name):
    path = write_labelled(tmp_path / ("text" + ending), TEXTS[name], "town-chat", DAY)
    read = read_labelled(path)
    assert read.content == TEXTS[name]
    assert read.intact
    assert (read.visible.maker, read.visible.when) == ("town-chat", DAY)
    assert read.fields["AIGC"]["Label"] == "1"
    assert read.visible.line in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_changed_text_is_noticed(tmp_path, ending):
    path = write_labelled(tmp_path / ("text" + ending), TEXTS["english"], "town-chat", DAY)
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace("garden", "market"), encoding="utf-8")
    assert not read_labelled(path).intact


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_without_a_label_is_named(tmp_path, ending):
    path = tmp_path / ("plain" + ending)
    path.write_text(TEXTS["english"], encoding="utf-8")
    with pytest.raises(ValueError, match=f"plain{ending} carries no label"):
        read_labelled(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_labelled_text_is_not_written_again(tmp_path, ending):
    path = tmp_path / ("text" + ending)
    with pytest.raises(ValueError, match="carries a label already"):
        write_labelled(path, label_generated("Hello.", "x", DAY), "x", DAY)
    assert not path.exists()


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"'\.docx'.*choose one of \.txt, \.md, \.html, \.json"):
        write_labelled(tmp_path / "text.docx", "Hello.", "x", DAY)


def test_any_reader_of_html_finds_both_marks(tmp_path):
    found = {}

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            given = dict(attrs)
            if given.get("name") == "AIGC":
                found["fields"] = json.loads(given["content"])

        def handle_data(self, data):
            found["words"] = found.get("words", "") + data

    path = write_labelled(tmp_path / "page.html", TEXTS["awkward"], 'a "quoted" maker', DAY)
    Reader().feed(path.read_text(encoding="utf-8"))
    assert found["fields"]["AIGC"]["ContentProducer"] == 'a "quoted" maker'
    assert '[AI-generated text · by a "quoted" maker · 2026-03-01]' in found["words"]


def test_any_reader_of_json_finds_both_marks(tmp_path):
    path = write_labelled(tmp_path / "x.json", TEXTS["chinese"], "town-chat", DAY)
    read = json.loads(path.read_text(encoding="utf-8"))
    assert read["AIGC"]["Label"] == "1"
    assert read["notice"].startswith("【人工智能生成内容")
    assert read["text"] == TEXTS["chinese"]


def test_a_picture_keeps_its_pixels_and_says_what_it_is(tmp_path, png):
    path = write_labelled_picture(tmp_path / "picture.png", png, "draw-it", DAY)
    read = read_labelled(path)
    assert read.intact
    assert read.fields["AIGC"]["ContentProducer"] == "draw-it"
    assert np.array_equal(plt.imread(path), plt.imread(BytesIO(png)))


def test_a_well_kept_library_reads_the_pictures_fields(tmp_path, png):
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    path = write_labelled_picture(tmp_path / "picture.png", png, "画家", DAY)
    with image.open(path) as opened:
        opened.load()
        fields = json.loads(opened.text["AIGC"])
    assert fields["AIGC"]["ContentProducer"] == "画家"


def test_another_pictures_label_is_noticed(tmp_path, png):
    path = write_labelled_picture(tmp_path / "picture.png", png, "x", DAY)
    whole = bytearray(path.read_bytes())
    at = whole.index(b"IDAT") + 8
    whole[at] ^= 1
    path.write_bytes(whole)
    assert not read_labelled(path).intact


def test_a_picture_is_not_labelled_twice(tmp_path, png):
    once = write_labelled_picture(tmp_path / "picture.png", png, "x", DAY).read_bytes()
    with pytest.raises(ValueError, match="carries a label already"):
        write_labelled_picture(tmp_path / "again.png", once, "x", DAY)


def test_what_is_no_whole_picture_is_refused(tmp_path, png):
    with pytest.raises(ValueError, match="no PNG picture"):
        write_labelled_picture(tmp_path / "x.png", b"GIF89a", "x", DAY)
    with pytest.raises(ValueError, match="not whole"):
        write_labelled_picture(tmp_path / "x.png", png[:-5], "x", DAY)


def test_a_picture_without_a_label_is_named(tmp_path, png):
    (tmp_path / "plain.png").write_bytes(png)
    with pytest.raises(ValueError, match=r"plain\.png carries no label"):
        read_labelled(tmp_path / "plain.png")
