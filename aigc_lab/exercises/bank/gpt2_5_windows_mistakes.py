"""Notebook 09: the mistakes known of the exercise in gpt2_5_windows."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_5_windows_layouts import LAYOUTS
from aigc_lab.exercises.bank.gpt2_5_windows_totals import TOTALS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_5_windows

TWICE = "targets that two windows share are counted twice"
DRAW = "Draw 11 ids and windows of 5 that begin at 0, 3 and 6, and mark what each scores."
SHORT = "The last window may be short: how many of its targets did the one before not see?"
NATS = "A window of 5 ids has 4 nats. Which ids do they belong to?"
SHORT_CONTEXT = "tokens are predicted from less than they could be"
LEAST_BEFORE = "Two windows see the same target. In which of them does the model know more?"

MISTAKES = (
    *LAYOUTS,
    Mistake(
        "all of every window",
        symptom=TWICE,
        diagnosis="you add up all nats of every window, also those that the one before had",
        hint=DRAW,
        knobs={"keep": "all"},
    ),
    Mistake(
        "all of every window, also of those behind the end",
        symptom=TWICE,
        diagnosis="you add up all nats of every window, also those that the one before had, and go "
        "on with windows when the end is reached",
        hint=DRAW,
        knobs={"keep": "all", "windows": "every beginning"},
    ),
    Mistake(
        "one too few",
        symptom="one target is lost in every window but the first",
        diagnosis="you count from one nat too late: nats[0] belongs to the window's second id",
        hint=NATS,
        knobs={"keep": "one too few"},
    ),
    Mistake(
        "one too few, the first too",
        symptom="one target is lost in every window",
        diagnosis="you count from one nat too late: nats[0] belongs to the window's second id",
        hint=NATS,
        knobs={"keep": "one too few, always"},
    ),
    Mistake(
        "one too many, the first too",
        symptom="of the first window only the last target counts, and of the others one too many",
        diagnosis="you count from one nat too early, which in the first window is nats[-1:], the "
        "last one",
        hint=NATS,
        knobs={"keep": "one too many, always"},
    ),
    Mistake(
        "one too many",
        symptom="one target of every window but the first is counted twice",
        diagnosis="you count from one nat too early",
        hint=NATS,
        knobs={"keep": "one too many"},
    ),
    Mistake(
        "last stride",
        symptom="it is right until the last window, which counts targets again",
        diagnosis="you count the last `stride` nats of each window, and a short one has fewer that "
        "are new",
        hint=SHORT,
        knobs={"keep": "last stride"},
    ),
    Mistake(
        "last stride of a window slid back",
        symptom="it is right until the last window, which counts targets again",
        diagnosis="you slide the last window back to a full block and count its last `stride` "
        "nats, and fewer of them are new",
        hint=SHORT,
        knobs={"keep": "last stride", "windows": "slid back"},
    ),
    Mistake(
        "last stride, also of windows behind the end",
        symptom="the last targets are counted again and again",
        diagnosis="you count the last `stride` nats of each window, and go on with windows when "
        "the end is reached",
        hint=SHORT,
        knobs={"keep": "last stride", "windows": "every beginning"},
    ),
    Mistake(
        "last stride of the first window too",
        symptom="the beginning of the text is not scored",
        diagnosis="you count the last `stride` nats of every window, the first one included",
        hint="Which window was before the first?",
        knobs={"keep": "last stride always"},
    ),
    Mistake(
        "overlap dropped from the first too",
        symptom="the beginning of the text is not scored",
        diagnosis="you skip the overlap in every window, and the first one overlaps with none",
        hint="Which window was before the first?",
        knobs={"keep": "from the overlap on"},
    ),
    Mistake(
        "overlap dropped from the first too, and one more",
        symptom="the beginning of the text is not scored, and one target is lost in every window",
        diagnosis="you skip block - stride nats in every window, the first one included, and a "
        "window of 5 ids has only 4 nats",
        hint="Which window was before the first? And to which id does nats[0] belong?",
        knobs={"keep": "from behind the overlap on"},
    ),
    Mistake(
        "stride skipped",
        symptom="what counts of a window does not fit to the window before",
        diagnosis="you skip the first `stride` nats of each window; what the window before had is "
        "the overlap, which is something else",
        hint="Windows of 7 that begin every 3 ids: how many ids do two neighbours share?",
        knobs={"keep": "from the stride on"},
    ),
    Mistake(
        "stride skipped, also behind the end",
        symptom="what counts of a window does not fit to the window before",
        diagnosis="you skip the first `stride` nats of each window, and go on with windows when "
        "the end is reached",
        hint="Windows of 7 that begin every 3 ids: how many ids do two neighbours share?",
        knobs={"keep": "from the stride on", "windows": "every beginning"},
    ),
    Mistake(
        "stride less one skipped",
        symptom="what counts of a window does not fit to the window before",
        diagnosis="you skip the first stride - 1 nats of each window; what the window before had "
        "is the overlap, which is something else",
        hint="Windows of 7 that begin every 3 ids: how many ids do two neighbours share?",
        knobs={"keep": "from the stride on, less one"},
    ),
    Mistake(
        "short window whole",
        symptom="it is right until the last window, which counts targets again",
        diagnosis="you count all of the last window where it is short, although it overlaps too",
        hint=SHORT,
        knobs={"keep": "all of a short one"},
    ),
    Mistake(
        "overlap only",
        symptom="new targets are lost and known ones counted twice",
        diagnosis="you keep the nats that the window before had, and drop those that are new",
        hint=DRAW,
        knobs={"keep": "overlap only"},
    ),
    Mistake(
        "first stride",
        symptom="the end of the text is not scored, and the rest with less before it than could be",
        diagnosis="you count the first `stride` nats of each window; they have the fewest ids "
        "before them",
        hint=LEAST_BEFORE,
        knobs={"keep": "first stride"},
    ),
    Mistake(
        "overwritten",
        symptom=SHORT_CONTEXT,
        diagnosis="where two windows score a target you keep what the later one says",
        hint=LEAST_BEFORE,
        knobs={"keep": "first stride, all of the last"},
    ),
    Mistake(
        "averaged",
        symptom=SHORT_CONTEXT,
        diagnosis="where two windows score a target you take the mean, and one of them has less "
        "before it",
        hint=LEAST_BEFORE,
        knobs={"keep": "averaged"},
    ),
    Mistake(
        "last nats only",
        symptom="most targets are not scored",
        diagnosis="you count the last nats of each window only",
        hint="A window moves on by `stride`. How many targets does it see for the first time?",
        knobs={"keep": "last one"},
    ),
    Mistake(
        "minus nothing",
        symptom="windows behind the end of the text are counted whole",
        diagnosis="you slice nats[-new:], and where new is 0 that is everything",
        hint="What is [1, 2, 3][-0:]? Does a window that shows nothing new need to be read?",
        knobs={"keep": "minus nothing", "windows": "every beginning"},
    ),
    Mistake(
        "last window only",
        symptom="only the end of the text is scored",
        diagnosis="the total is written anew for each window instead of added to",
        hint="Where does your total begin, and is it added to?",
        knobs={"keep": "last window only"},
    ),
    *TOTALS,
)
