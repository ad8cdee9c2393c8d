"""Applications of a language model, each as prompt, call, check and score."""

from aigc_lab.chat.applications.application import Application, Example, Prompt
from aigc_lab.chat.applications.asking import BaseModel, say_all
from aigc_lab.chat.applications.catalogue import APPLICATIONS
from aigc_lab.chat.applications.intervals import Rate, wilson_interval
from aigc_lab.chat.applications.scorecard import Result, Scorecard, score

__all__ = [
    "APPLICATIONS",
    "Application",
    "BaseModel",
    "Example",
    "Prompt",
    "Rate",
    "Result",
    "Scorecard",
    "say_all",
    "score",
    "wilson_interval",
]
