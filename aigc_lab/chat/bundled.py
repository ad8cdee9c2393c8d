"""The assistants that come with the course."""

from __future__ import annotations

from pathlib import Path

from aigc_lab.chat.adapter_files import WEIGHTS
from aigc_lab.chat.lora import load_adapter, merge_lora
from aigc_lab.chat.template import require_chat_tokens
from aigc_lab.core.files import data_folder
from aigc_lab.pretrained.load import Pretrained, load_pretrained
from aigc_lab.pretrained.locate import TUNED, WeightsAbsent

CHAT = "town-chat"  # TUNED after preference tuning, kept as a LoRA adapter of it


def load_chat(name: str | Path = CHAT) -> Pretrained:
    """Open an assistant: `"town-chat"`, `"town-sft"`, or a folder that `save_chat` wrote.

    `"town-sft"` is the bundled checkpoint after supervised fine-tuning, `"town-chat"` the same
    after preference tuning, its adapter merged into the weights.
    Raises: ValueError when it is not there, or is no assistant.
    Notebook: 11 from GPT to ChatGPT.
    """
    found = load_pretrained(TUNED if name == CHAT else name)
    require_chat_tokens(found.tokenizer)
    if name != CHAT:
        return found
    load_adapter(found.model, adapter_folder())
    merge_lora(found.model)
    return Pretrained(found.model.eval(), found.tokenizer, CHAT, "bundled")


def adapter_folder() -> Path:
    """The adapter of the preference tuning, in peft's files.

    Raises: WeightsAbsent when this installation lacks it.
    """
    folder = data_folder() / "pretrained" / f"{CHAT}-lora"
    if not (folder / WEIGHTS).is_file():
        raise WeightsAbsent(f"the adapter of {CHAT} is not at {folder}; install the package again")
    return folder
