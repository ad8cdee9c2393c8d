"""Record what GPT-2's tokenizer makes of the texts that notebook 01 shows.

    python -m tools.record_gpt2_tokens ../shared/data/gpt2

The folder holds the published `vocab.json` and `merges.txt`; they stay where they are. Written is
`data/runs/gpt2-tokens`: the texts with their ids and tokens, how many tokens hold Chinese
characters, and which vocabulary, machine and commit it was.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from aigc_lab.core.files import atomic_write, data_folder, write_json
from aigc_lab.core.runtime import provenance
from aigc_lab.pretrained.gpt2_tokens import RECORD, chinese_tokens
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.bpe_files import to_letters
from tools.command_line import words

FILES = ("vocab.json", "merges.txt")
CODE = """\
def mean(numbers):
    total = 0
    for number in numbers:
        total += number
    return total / len(numbers)
"""
TEXTS = {
    "English": "The cat sleeps on a warm stone in the garden. When the sun goes down, she walks "
    "home and asks for fish.",
    "Chinese": "猫在花园里一块温暖的石头上睡觉。太阳下山的时候，它走回家要鱼吃。",
    "code": CODE,
    "emoji": "🙂🎉🌻👍🏽👨‍👩‍👧🇫🇷",
    # Prompts from five popular articles, with what the articles' own code does to them.
    "article 000, question": "What is the capital of France?",
    "article 000, title": "Generate a catchy title for an article about the benefits of exercise.",
    "article 001": "OpenAI是一家专注于人工智能研究和开发的公司。",
    "article 002": "人工智能技术在现代社会中发挥着越来越重要的作用。",
    "article 003": "今天天气真好，我想去公园散步。",
    # What could be an answer to them.
    "answer": " Paris",
    "answer on a new line": "\n\nParis",
    "two new lines": "\n\n",
    "answer in Chinese": "巴黎",
    "a title": "Exercise: The Key to a Better You",
    "a title in Chinese": "锻炼的好处",
    # One word, many tokens; one token, an odd word.
    **{word: word for word in ("hello", " hello", "Hello", " Hello", "HELLO")},
    **{word: word for word in ("strawberry", " strawberry", "unbelievably")},
    **{number: number for number in ("1999", "2026", "31415926")},
    "a user's name": " SolidGoldMagikarp",
    "a mark typed by a user": "Hello<|endoftext|>",
}


def main(folder: Path) -> None:
    """Cut the texts, and write down the result with its origin."""
    tokenizer = BPETokenizer.from_gpt2_files(*(folder / name for name in FILES))
    lines = []
    for name, text in TEXTS.items():
        ids = tokenizer.encode(text)
        tokens = [to_letters(tokenizer.token_bytes(id)) for id in ids]
        line = {"name": name, "text": text, "ids": ids, "tokens": tokens}
        lines.append(json.dumps(line, ensure_ascii=False) + "\n")
    run = {
        **provenance(),
        "sha256": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES
        },
        "vocab_size": tokenizer.vocab_size,
        "chinese": chinese_tokens(tokenizer),
    }
    write_json(data_folder() / "runs" / RECORD / "run.json", run)
    atomic_write(data_folder() / "runs" / RECORD / "tokens.jsonl", "".join(lines).encode())
    print(f"{len(lines)} texts; {len(run['chinese'])} of {run['vocab_size']} tokens hold Chinese")


if __name__ == "__main__":
    main(*map(Path, words(__doc__, 1)))
