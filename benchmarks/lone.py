"""A process in which tokenizers has one thread, which it must know before it is imported.

    python -m benchmarks.lone FILE

Every line on standard input is a size of vocabulary; when that many tokens are learned from the
text in the file, one JSON line says how many merges they needed.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ONE_THREAD = {"RAYON_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}


def main(words: list[str]) -> None:
    """Serve turns until standard input ends."""
    if {name: os.environ.get(name) for name in ONE_THREAD} != ONE_THREAD:
        raise ValueError(f"this is no process with one thread: set {ONE_THREAD}")
    from benchmarks.tokenizing import learn_with_tokenizers, merges_of

    text = Path(words[0]).read_text(encoding="utf-8")
    print(json.dumps("ready"), flush=True)
    for line in sys.stdin:
        learned = learn_with_tokenizers(text, int(line))
        print(json.dumps(len(merges_of(learned))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
