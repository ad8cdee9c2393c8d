"""A chat in the notebook: type a question, watch the answers being written, stop, begin anew."""

from aigc_lab.viz.chat.panel import ChatPanel

__all__ = ["ChatPanel"]
