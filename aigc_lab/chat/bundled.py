"""The assistants that come with the course."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

from aigc_lab.chat.adapter_files import WEIGHTS
from aigc_lab.chat.lora import load_adapter, merge_lora
from aigc_lab.chat.template import require_chat_tokens, save_chat
from aigc_lab.core.files import cache_folder, data_folder
from aigc_lab.pretrained.load import Pretrained, load_pretrained
from aigc_lab.pretrained.locate import TUNED, WeightsAbsent, bundled_folder
from aigc_lab.pretrained.weights import WHOLE

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


def chat_folder(name: str | Path = CHAT) -> Path:
    """A folder with the weights of an assistant in one piece, for programs that read folders.

    `"town-chat"` is merged and written into the cache folder, once.
    Raises: ValueError when it is not there.
    """
    if name != CHAT:
        return bundled_folder(TUNED) if name == TUNED else Path(name)
    parts = (bundled_folder(TUNED) / WHOLE, adapter_folder() / WEIGHTS)
    made_of = sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()
    folder = cache_folder() / f"{CHAT}-{made_of[:20]}"
    if not folder.exists():
        chat, beside = load_chat(), folder.with_name(folder.name + ".part")
        shutil.rmtree(beside, ignore_errors=True)
        save_chat(beside, chat.model, chat.tokenizer)
        beside.rename(folder)  # whole or not at all
    return folder


def adapter_folder() -> Path:
    """The adapter of the preference tuning, in peft's files.

    Raises: WeightsAbsent when this installation lacks it.
    """
    folder = data_folder() / "pretrained" / f"{CHAT}-lora"
    if not (folder / WEIGHTS).is_file():
        raise WeightsAbsent(f"the adapter of {CHAT} is not at {folder}; install the package again")
    return folder
