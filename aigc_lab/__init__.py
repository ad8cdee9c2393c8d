"""AIGC Lab: build, train and look inside a GPT, one small step at a time."""

__version__ = "0.1.0"
