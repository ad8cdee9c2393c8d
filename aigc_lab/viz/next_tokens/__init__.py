"""A live panel: type a prompt, move temperature and top-p, watch what may come next."""

from aigc_lab.viz.next_tokens.panel import NextTokenPanel

__all__ = ["NextTokenPanel"]
