"""Text: words, tokenizers, corpora, and batches of token ids."""
