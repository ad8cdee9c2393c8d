"""GPT-2's published vocabulary: fetched once, pinned, and not ours to give away."""

from __future__ import annotations

from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.corpus import Download, fetch

PLACE = "https://huggingface.co/openai-community/gpt2/resolve/main/"
VOCAB = Download(
    "gpt2/vocab.json",
    PLACE + "vocab.json",
    1_042_301,
    "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
)
MERGES = Download(
    "gpt2/merges.txt",
    PLACE + "merges.txt",
    456_318,
    "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
)


def gpt2_tokenizer() -> BPETokenizer:
    """GPT-2's tokenizer of 50,257 tokens, from `$AIGC_LAB_DATA`, the cache or the network.

    Raises: ConnectionError within seconds when it cannot be had; ValueError for other files.
    Source: Radford et al. 2019 (GPT-2), section 2.2.
    """
    return BPETokenizer.from_gpt2_files(fetch(VOCAB), fetch(MERGES))
