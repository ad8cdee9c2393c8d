"""The model: ids and tensors in, tensors out; it never sees text."""
