"""Small random models that read the course's own tokens, for tools that tune or score one."""

from pathlib import Path

import torch

from aigc_lab.chat.template import widened, with_chat_tokens
from aigc_lab.chat.texts import TextRows
from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.pretrained.load import Pretrained
from aigc_lab.pretrained.locate import bundled_folder
from aigc_lab.text.tokenizer import load_tokenizer
from aigc_lab.training.loop import Trainer


def small_base(*_) -> Pretrained:
    """In the place of the bundled checkpoint."""
    tokenizer = load_tokenizer(bundled_folder())
    torch.manual_seed(0)
    sizes = {"block_size": 256, "n_layer": 1, "n_head": 2, "n_embd": 22}
    model = GPT(GPTConfig.gpt2(vocab_size=tokenizer.vocab_size, **sizes)).eval()
    return Pretrained(model, tokenizer, "small", "bundled")


def small_assistant(*_) -> Pretrained:
    """In the place of any assistant."""
    base = small_base()
    tokenizer = with_chat_tokens(base.tokenizer)
    return Pretrained(widened(base.model, tokenizer.vocab_size), tokenizer, "small", "bundled")


def small_run(folder: Path, small: Pretrained, steps: int = 1) -> Path:
    """Train it for so many steps; what a tool that trains would leave in the folder."""
    small.tokenizer.save(folder)
    rows = TextRows(small.tokenizer, ["Mia was in the park."], batch_size=1)
    Trainer(small.model, rows, TrainConfig(steps=steps, batch_size=1), folder).run()
    return folder
