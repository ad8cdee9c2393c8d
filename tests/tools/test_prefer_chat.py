"""The preference tuning as it is run: an adapter, its curve and its record, from one command."""

from hashlib import sha256

import pytest
import torch

from aigc_lab.chat.adapter_files import read_adapter
from aigc_lab.core.files import read_json
from aigc_lab.pretrained.locate import TUNED, bundled_folder
from aigc_lab.pretrained.weights import WHOLE
from aigc_lab.town.conversations import conversations
from aigc_lab.training.metrics import read_metrics
from tests.tools.small import small_assistant
from tools import prefer_chat


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The folder of a run of two steps, begun where an older one had left its curve."""
    folder = tmp_path_factory.mktemp("runs") / "town-chat"
    folder.mkdir()
    (folder / "metrics.jsonl").write_text('{"step": 77}\n')
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prefer_chat, "load_chat", small_assistant)
        patch.setattr(prefer_chat, "PAIRS", 6)
        patch.setattr(prefer_chat, "TALKS", 2)
        patch.setattr(prefer_chat, "ASKED", 3)
        patch.setattr(prefer_chat, "TRAINING", {"steps": 2, "batch_size": 3, "lr": 1e-3})
        prefer_chat.main(folder)
    return folder


def test_the_adapter_has_learned_and_fits_its_base(run):
    base = small_assistant().model
    adapter = read_adapter(run, base.config)
    assert (adapter.rank, adapter.alpha) == (8, 16)
    assert all(torch.any(back != 0) for _, back in adapter.parts.values())  # B starts as zeros


def test_the_curve_is_of_this_run_alone(run):
    curve = read_metrics(run / "metrics.jsonl")
    assert [line["step"] for line in curve] == [1, 2]
    assert {"loss", "margin", "accuracy", "kl", "seconds"} <= set(curve[0])


def test_the_record_says_from_what_and_how_it_was_made(run):
    told = read_json(run / "run.json")
    digest = sha256((bundled_folder(TUNED) / WHOLE).read_bytes()).hexdigest()
    assert told["base"] == {"name": TUNED, "sha256": digest}
    assert told["configs"]["lora"] == {"rank": 8, "alpha": 16, "seed": 0}
    assert told["configs"]["dpo"]["steps"] == 2
    talk = sum(len(each.turns) for each in conversations(2, "train", kinds=("talk",)))
    assert told["configs"]["pairs"] == 6 + talk
    assert told["preferred_on_validation"]["questions"] == 3
    assert 0 <= told["preferred_on_validation"]["after"] <= 1
    assert told["machine"]["libraries"]["torch"] == torch.__version__
