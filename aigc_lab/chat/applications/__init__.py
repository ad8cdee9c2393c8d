"""Applications of a language model, each as prompt, call, check and score."""

from aigc_lab.chat.applications.application import Application, Example, Prompt
from aigc_lab.chat.applications.asking import ApiBaseModel, BaseModel, say_all
from aigc_lab.chat.applications.catalogue import APPLICATIONS
from aigc_lab.chat.applications.intervals import Rate, wilson_interval
from aigc_lab.chat.applications.map_reduce import MapReduced, map_reduce
from aigc_lab.chat.applications.scorecard import Result, Scorecard, score

__all__ = [
    "APPLICATIONS",
    "ApiBaseModel",
    "Application",
    "BaseModel",
    "Example",
    "MapReduced",
    "Prompt",
    "Rate",
    "Result",
    "Scorecard",
    "map_reduce",
    "say_all",
    "score",
    "wilson_interval",
]
