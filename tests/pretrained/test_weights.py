"""Safetensors files: by hand, and every way in which they can be broken."""

import json

import pytest
import torch
from safetensors.torch import save_file

from aigc_lab.pretrained.formats import Entry
from aigc_lab.pretrained.weights import INDEX, WHOLE, TensorFiles, weight_files, write_weights


def test_entries_stack_and_transpose():
    stacked = Entry("ours", ("a", "b"), rows=(1, 2))
    a, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0], [5.0, 6.0]])
    joined = stacked.join([a, b])
    assert joined.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert {name: part.tolist() for name, part in stacked.part(joined).items()} == {
        "a": [[1, 2]],
        "b": [[3, 4], [5, 6]],
    }
    assert stacked.shapes((3, 2)) == [(1, 2), (2, 2)]
    turned = Entry("ours", ("c",), transposed=True)
    assert turned.join([b]).tolist() == [[3, 5], [4, 6]]
    assert turned.part(turned.join([b]))["c"].equal(b)
    assert turned.shapes((5, 7)) == [(7, 5)]


def test_what_is_written_is_read(tmp_path):
    written = {"b": torch.arange(6.0).view(2, 3), "a": torch.tensor(0.1)}
    write_weights(tmp_path / WHOLE, written, torch.float16)
    with TensorFiles(tmp_path) as files:
        assert files.names() == ["a", "b"]
        assert files.shape("b") == (2, 3)
        assert files.read("b").tolist() == [[0, 1, 2], [3, 4, 5]]
        assert files.read("a").dtype == torch.float16


def test_numbers_too_large_for_the_format_are_refused(tmp_path):
    with pytest.raises(ValueError, match="big holds 70000, which float16 cannot"):
        write_weights(tmp_path / WHOLE, {"big": torch.tensor([1.0, -7e4])}, torch.float16)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("length", [0, 7, 60, -1])
def test_a_file_cut_short_is_named(length, tmp_path):
    path = tmp_path / WHOLE
    save_file({"x": torch.zeros(50)}, path)
    path.write_bytes(path.read_bytes()[:length])
    size = path.stat().st_size
    with pytest.raises(ValueError, match=rf"{WHOLE} \({size} bytes\) is not a whole safetensors"):
        TensorFiles(tmp_path)


def test_a_pickle_is_not_opened(tmp_path):
    (tmp_path / "pytorch_model.bin").write_bytes(b"cos\nsystem\n(S'false'\ntR.")
    with pytest.raises(ValueError, match=r"only as pytorch_model.bin, a pickle, which can run"):
        TensorFiles(tmp_path)


def test_a_folder_without_weights_is_named(tmp_path):
    with pytest.raises(ValueError, match=r"has no model.safetensors \(nor model.safetensors.index"):
        weight_files(tmp_path)


@pytest.mark.parametrize(
    ("index", "message"),
    [
        ({"weight_map": {"x": "model-1.safetensors"}}, "lacks 1 of the 1 files.*model-1"),
        ({"weight_map": {"x": "../model.safetensors"}}, "names '../model.safetensors', which is"),
        ({"weight_map": {}}, "has no weight_map"),
        ({"weight_map": ["model-1.safetensors"]}, "has no weight_map"),
        ({"weight_map": {"x": 5, "y": "model-1.safetensors"}}, "lacks 2 of the 2 files.*first 5"),
        ([], "has no weight_map"),
    ],
)
def test_a_broken_index_is_named(index, message, tmp_path):
    (tmp_path / INDEX).write_text(json.dumps(index))
    with pytest.raises(ValueError, match=message):
        weight_files(tmp_path)


def test_weights_that_were_quantised_are_refused(tmp_path):
    save_file({"x": torch.zeros(3, dtype=torch.int8)}, tmp_path / WHOLE)
    with (
        TensorFiles(tmp_path) as files,
        pytest.raises(ValueError, match=r"x holds torch.int8, where floating-point numbers are"),
    ):
        files.read("x")
