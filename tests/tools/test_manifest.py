"""The manifest of data/: true for what is there, and complaining about what it does not know."""

import pytest

from aigc_lab.core.files import data_folder, read_json
from tools.manifest import MANIFEST, manifest


def test_every_file_under_data_is_listed_with_its_fingerprint():
    assert read_json(data_folder() / MANIFEST) == manifest(data_folder())


def test_a_changed_file_changes_its_fingerprint(tmp_path):
    file = tmp_path / "town" / "words.json"
    file.parent.mkdir()
    file.write_text("one")
    before = manifest(tmp_path)["town/words.json"]
    file.write_text("two")
    after = manifest(tmp_path)["town/words.json"]
    assert before["sha256"] != after["sha256"]
    assert before["licence"] == "MIT"


def test_a_file_of_unknown_origin_is_refused(tmp_path):
    (tmp_path / "stray.txt").write_text("found somewhere")
    with pytest.raises(ValueError, match=r"data/stray\.txt: state its origin and licence"):
        manifest(tmp_path)
