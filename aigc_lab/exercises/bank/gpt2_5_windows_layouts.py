"""Notebook 09: the mistakes known of where windows begin and end, for gpt2_5_windows."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_5_windows_flawed import as_long_as_the_window
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_5_windows

LITTLE = "tokens at the beginning of a window are predicted from hardly anything"
LOST = "a token is lost wherever two windows meet, and the next ones know hardly anything"
OVERLAP = "What does the model know of a window's second id, if the window begins just before it?"
TAIL = "How long must a window be to be worth reading? Try 24 ids, block 7 and stride 3."

LAYOUTS = (
    Mistake(
        "blocks side by side",
        symptom=LOST,
        diagnosis="your windows move on by `block`, so they do not overlap",
        hint="A window's first id is no target in it. In which window is it one?",
        knobs={"windows": "blocks"},
    ),
    Mistake(
        "blocks that share one id",
        symptom=LITTLE,
        diagnosis="your windows move on by block - 1: each target once, but `stride` is not used",
        hint=OVERLAP,
        knobs={"windows": "blocks that share one"},
    ),
    Mistake(
        "stride is the overlap",
        symptom="the windows lie elsewhere",
        diagnosis="your windows move on by block - stride: you take `stride` for their overlap",
        hint="A stride is the length of a step.",
        knobs={"windows": "stride is the overlap"},
    ),
    Mistake(
        "one by one",
        symptom="the total is right, and takes a window for every token",
        diagnosis="your windows move on by one id, whatever `stride` says",
        hint="How often is the model asked for 1,000 ids, with a stride of 50?",
        knobs={"windows": "one by one"},
    ),
    Mistake(
        "windows too long",
        symptom="it stops with a ValueError: the window does not fit into the block",
        diagnosis="your windows have block + 1 ids",
        hint="How many ids may loss_of read at once?",
        knobs={"windows": "one id longer"},
    ),
    Mistake(
        "windows too short",
        symptom=LITTLE,
        diagnosis="your windows have block - 1 ids",
        hint="How many ids does ids[begin:begin + n] hold?",
        knobs={"windows": "one id shorter"},
    ),
    Mistake(
        "all at once",
        symptom="it stops with a ValueError: the text does not fit into the block",
        diagnosis="you hand all ids to loss_of at once",
        hint="How many ids may loss_of read at once?",
        knobs={"windows": "all at once"},
    ),
    Mistake(
        "windows as short as the stride",
        symptom=LOST,
        diagnosis="your windows hold `stride` ids each, and `block` is not used",
        hint="Which of the two numbers is a window's length, and which the length of a step?",
        knobs={"windows": "as short as the stride"},
    ),
    Mistake(
        "short windows that share one id",
        symptom=LITTLE,
        diagnosis="you score the first `stride` targets of each window, or hand only stride + 1 "
        "ids to loss_of",
        hint="Two windows can see the same target. In which of them does the model know more?",
        knobs={"windows": "short, and share one"},
    ),
    Mistake(
        "fresh ids alone",
        symptom=LOST,
        diagnosis="after the first window you hand only the new ids to loss_of",
        hint="What is the overlap for, if the model does not get to read it?",
        knobs={"windows": "fresh ones alone"},
    ),
    Mistake(
        "fresh ids and one before",
        symptom=LITTLE,
        diagnosis="after the first window you hand only the new ids and one before them to loss_of",
        hint="What is the overlap for, if the model does not get to read it?",
        knobs={"windows": "fresh ones and one before"},
    ),
    Mistake(
        "tail dropped",
        symptom="the end of the text is not scored, and short texts are not scored at all",
        diagnosis="you only read windows that are full",
        hint=TAIL,
        knobs={"windows": "whole ones"},
    ),
    Mistake(
        "tail dropped, but not of short texts",
        symptom="the end of the text is not scored",
        diagnosis="after the first window you only read windows that are full",
        hint=TAIL,
        knobs={"windows": "whole ones and the first"},
    ),
    Mistake(
        "until the last stride",
        symptom="where windows overlap by little, the end of the text is not scored",
        diagnosis="your windows begin before len(ids) - stride only",
        hint="The last window may be shorter than a stride. Where may it begin?",
        knobs={"windows": "until the last stride"},
    ),
    Mistake(
        "last window dropped",
        symptom="the end of the text is not scored, even where windows fit exactly",
        diagnosis="you stop before the window that ends with the text",
        hint="range(0, n, stride) ends before n. Where does the last window begin?",
        knobs={"windows": "whole ones but the last"},
    ),
    Mistake(
        "as many nats as ids",
        symptom="it stops with a ValueError about shapes",
        diagnosis="you expect as many nats as the window has ids, and its first id has none",
        hint="A window of 5 ids has 4 nats. Which ids do they belong to?",
        wrong=as_long_as_the_window,
    ),
    Mistake(
        "first window only",
        symptom="only the beginning of the text is scored",
        diagnosis="you return inside the loop, have none, or slice a window's nats by places in "
        "the whole text",
        hint="How far is your return indented? And what is nats[0], where the window begins at 30?",
        knobs={"windows": "the first"},
    ),
)
