"""Writing text with a model: the dials of sampling, the KV cache, finished text and streams."""
