"""Notebook 08: the mistakes known of the exercise in gpu_7_shard."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpu_7_shard_flawed import sliced_with_fractions
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_7_shard


MISTAKES = (
    Mistake(
        "in turn",
        symptom="each process gets rows from all over the batch",
        diagnosis="you give the rows out in turn, like cards",
        hint="Process 0 gets the first B / size rows, all in one piece.",
        knobs={"share": "in turn"},
    ),
    Mistake(
        "in turn, whatever is left",
        symptom="each process gets rows from all over the batch, and some get more than others",
        diagnosis="you give the rows out in turn, like cards, and refuse nothing",
        hint="Process 0 gets the first B / size rows, all in one piece; and 7 rows for 3 processes "
        "are to be refused.",
        knobs={"share": "in turn", "rest": "dropped"},
    ),
    Mistake(
        "rest dropped",
        symptom="where the rows do not divide, some are silently left out",
        diagnosis="you round down instead of refusing",
        hint="7 rows for 3 processes: which of them would never be learned from?",
        knobs={"rest": "dropped"},
    ),
    Mistake(
        "rest to the last",
        symptom="where the rows do not divide, the last process gets more than the others",
        diagnosis="you give the rest to the last process instead of refusing",
        hint="A ValueError is asked for when B does not divide.",
        knobs={"rest": "to the last"},
    ),
    Mistake(
        "rest spread",
        symptom="where the rows do not divide, the first processes get one more than the others",
        diagnosis="you spread the rest, as np.array_split does, instead of refusing",
        hint="A ValueError is asked for when B does not divide. np.array_split never complains; "
        "which of its relatives does?",
        knobs={"rest": "spread"},
    ),
    Mistake(
        "rounded up",
        symptom="where the rows do not divide, the last process gets fewer than the others",
        diagnosis="you round up instead of refusing, as PyTorch's chunk does",
        hint="A ValueError is asked for when B does not divide.",
        knobs={"rest": "rounded up"},
    ),
    Mistake(
        "nothing",
        symptom="where the rows do not divide, None comes back",
        diagnosis="you return nothing, or print a warning, instead of raising a ValueError",
        hint="A run that goes on without rows is worse than one that stops. How do you stop it?",
        knobs={"rest": "nothing"},
    ),
    Mistake(
        "everything",
        symptom="where the rows do not divide, every process gets the whole batch",
        diagnosis="you return the batch as it is instead of raising a ValueError",
        hint="All processes would learn the same. How do you stop the run?",
        knobs={"rest": "everything"},
    ),
    Mistake(
        "another error",
        symptom="it refuses, but not in the way that was asked for",
        diagnosis="you raise something else than a ValueError; an `assert` raises AssertionError",
        hint="Write `raise ValueError(…)`, with a sentence that helps.",
        knobs={"rest": "another error"},
    ),
    Mistake(
        "too few rows refused only",
        symptom="7 rows for 3 processes are not refused",
        diagnosis="you refuse only where there are more processes than rows",
        hint="What is left over when 7 is divided by 3?",
        knobs={"rest": "only too few"},
    ),
    Mistake(
        "division turned",
        symptom="batches are refused that divide well",
        diagnosis="you look at what is left of size divided by B: % has its sides exchanged",
        hint="What is 2 % 6, and what is 6 % 2?",
        knobs={"rest": "turned"},
    ),
    Mistake(
        "fractions",
        symptom="it stops with a TypeError about slice indices",
        diagnosis="/ gives a float, also where it divides evenly, and a slice needs whole numbers",
        hint="Which division gives whole numbers?",
        wrong=sliced_with_fractions,
    ),
    Mistake(
        "size rows",
        symptom="each process gets as many rows as there are processes",
        diagnosis="you take `size` for the number of rows of a share",
        hint="15 rows, 5 processes: how many rows for each?",
        knobs={"share": "size rows"},
    ),
    Mistake(
        "starts at rank times size",
        symptom="the shares overlap, or leave rows out",
        diagnosis="a share begins at rank · size; but earlier processes got B / size rows each",
        hint="15 rows, 5 processes: at which row does the share of process 1 begin?",
        knobs={"share": "starts at rank times size"},
    ),
    Mistake(
        "starts at rank",
        symptom="the shares overlap",
        diagnosis="a share begins at row `rank`",
        hint="Where does the share of process 0 end, and where does that of process 1 begin?",
        knobs={"share": "starts at rank"},
    ),
    Mistake(
        "ranks from 1",
        symptom="process 0 gets nothing, and nobody the last rows",
        diagnosis="you count processes from 1",
        hint="The first process has rank 0. At which row does it begin?",
        knobs={"share": "from 1"},
    ),
    Mistake(
        "share before",
        symptom="each process gets the rows of the one before it, and process 0 the last",
        diagnosis="you count processes from 1; in a list of shares, number -1 is the last",
        hint="The first process has rank 0. Which share does it get?",
        knobs={"share": "share before"},
    ),
    Mistake(
        "backwards",
        symptom="process 0 gets the last rows",
        diagnosis="you give the rows out from the end",
        hint="Process 0 gets the first B / size rows.",
        knobs={"share": "backwards"},
    ),
    Mistake(
        "one row",
        symptom="a single row comes back",
        diagnosis="you take row `rank` only",
        hint="How many rows are in a share?",
        knobs={"share": "one row"},
    ),
    Mistake(
        "to the end",
        symptom="the first processes get too many rows",
        diagnosis="a share never ends: it goes on to the last row",
        hint="At which row does the next process begin?",
        knobs={"share": "to the end"},
    ),
    Mistake(
        "up to the end",
        symptom="the later processes get too many rows",
        diagnosis="every share begins at row 0",
        hint="How many rows do the processes before this one get?",
        knobs={"share": "up to the end"},
    ),
    Mistake(
        "always the first",
        symptom="all processes get the same rows",
        diagnosis="every process gets the first share",
        hint="Which of the arguments does your code never mention?",
        knobs={"share": "the first"},
    ),
    Mistake(
        "ends at rows",
        symptom="all processes but the first get nothing",
        diagnosis="a share ends at row B / size, wherever it begins; a slice wants start and end, "
        "not start and length",
        hint="batch[4:2] is empty. Which end did you mean?",
        knobs={"share": "ends at rows"},
    ),
    Mistake(
        "one row short",
        symptom="the last row of each share is missing",
        diagnosis="the share ends one row too early; a slice leaves its end out already",
        hint="How many rows has batch[2:4]?",
        knobs={"share": "one short"},
    ),
    Mistake(
        "one row more",
        symptom="the shares overlap by one row",
        diagnosis="the share ends one row too late",
        hint="How many rows has batch[2:4]?",
        knobs={"share": "one more"},
    ),
    Mistake(
        "every B / size-th",
        symptom="each process gets rows from all over the batch",
        diagnosis="you take every (B / size)-th row, beginning at `rank`",
        hint="Process 0 gets the first B / size rows, all in one piece.",
        knobs={"share": "every rows-th"},
    ),
    Mistake(
        "flat",
        symptom="the rows come back as one long row",
        diagnosis="all rows of the share are joined to one",
        hint="Which shape do you want after the cut: how many axes has it?",
        knobs={"share": "flat"},
    ),
    Mistake(
        "all shares",
        symptom="the shares of all processes come back",
        diagnosis="you return the list of all shares",
        hint="Which of them belongs to `rank`?",
        knobs={"share": "all"},
    ),
    Mistake(
        "places",
        symptom="one row of numbers comes back",
        diagnosis="you return the places of the rows, not the rows",
        hint="What do you get by indexing the batch with them?",
        knobs={"share": "places"},
    ),
    Mistake(
        "whole batch",
        symptom="every process gets the whole batch",
        diagnosis="you return the batch as it is",
        hint="All processes would learn the same.",
        knobs={"share": "whole"},
    ),
    Mistake(
        "columns",
        symptom="each process gets a piece of every row",
        diagnosis="you cut the text of each row, along the second axis",
        hint="A process needs whole rows: without its beginning, a text has no context.",
        knobs={"share": "columns"},
    ),
)
