"""Tiny Town: a small world in English and Chinese whose every probability and answer is known."""
