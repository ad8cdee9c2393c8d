"""Notebook 10: the mistakes known of the exercise in maps_4_silence."""

from __future__ import annotations

from aigc_lab.exercises.bank.maps_4_silence_flawed import fractions, split_tokens
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in maps_4_silence

PAPER = "C = 6 and 2 heads: which columns belong to head 0, and which to head 1?"
END = "How many numbers are in x[2:4], and where does the next head begin?"
ROWS = "A row is a token. Should any token lose all its features?"
SAME = "What comes out should have the shape of what went in."

MISTAKES = (
    Mistake(
        "input changed",
        symptom="the answer is right, and the array that went in is spoiled",
        diagnosis="you set numbers of the given array to 0: `silent = merged`, a slice and a "
        "reshape are no copies",
        hint="What came in is to stay as it is. How do you copy an array?",
        knobs={"copied": False},
    ),
    Mistake(
        "rows",
        symptom="whole tokens are silent, in all heads",
        diagnosis="you set rows from head · D on to 0; the features stand along the second axis",
        hint=ROWS,
        knobs={"which": "rows"},
    ),
    Mistake(
        "one token",
        symptom="one whole token is silent, in all heads",
        diagnosis="you set row number `head` to 0, perhaps after a split to (T, n_head, D), whose "
        "first axis counts tokens",
        hint=ROWS,
        knobs={"which": "one token"},
    ),
    Mistake(
        "cut without exchange",
        symptom="the zeros lie in the first tokens or the last, across all columns",
        diagnosis="you reshape to (n_head, T, D), which cuts the array into pieces of tokens; a "
        "head's features stand in every row",
        hint="Which axis of (T, C) is to be cut in two, and which must stay in front?",
        knobs={"which": "view"},
    ),
    Mistake(
        "tokens split",
        symptom="it stops with a ValueError about an equal division",
        diagnosis="np.split goes along the first axis, over tokens, unless you name another",
        hint="Which axis holds the features, and how do you tell np.split?",
        wrong=split_tokens,
    ),
    Mistake(
        "fractions",
        symptom="it stops with a TypeError about slice indices",
        diagnosis="/ gives a float, also where it divides evenly, and a slice needs whole numbers",
        hint="Which division gives whole numbers?",
        wrong=fractions,
    ),
    Mistake(
        "in turn",
        symptom="the zeros are spread over all heads",
        diagnosis="you take every n_head-th column, or reshape to (T, D, n_head)",
        hint=PAPER,
        knobs={"which": "in turn"},
    ),
    Mistake(
        "one column",
        symptom="a single column is 0",
        diagnosis="you set column number `head` to 0, one feature instead of D",
        hint=PAPER,
        knobs={"which": "one column"},
    ),
    Mistake(
        "first of its columns",
        symptom="a single column is 0",
        diagnosis="you set column head · D to 0, and leave the other features of the head",
        hint="How many features has a head?",
        knobs={"which": "first column"},
    ),
    Mistake(
        "n_head columns",
        symptom="the number of zeros grows with the number of heads",
        diagnosis="you take n_head for the width of a head",
        hint="10 features, 5 heads: how many features for each?",
        knobs={"which": "n_head columns"},
    ),
    Mistake(
        "width from the tokens",
        symptom="the number of zeros in a row changes with the length of the text",
        diagnosis="you divide the number of tokens by n_head, not the number of features",
        hint="Which of the two sizes of (T, C) is shared out among the heads?",
        knobs={"which": "T // n_head columns"},
    ),
    Mistake(
        "starts at the head's number",
        symptom="the zeros begin too far left",
        diagnosis="the columns begin at `head`; but earlier heads have D columns each",
        hint=PAPER,
        knobs={"which": "starts at the head"},
    ),
    Mistake(
        "starts at head times n_head",
        symptom="the zeros begin at the wrong column",
        diagnosis="the columns begin at head · n_head; but earlier heads have D columns each",
        hint=PAPER,
        knobs={"which": "starts at head · n_head"},
    ),
    Mistake(
        "ends at D",
        symptom="it is right for head 0, and no other head is silenced",
        diagnosis="the columns end at D, wherever they begin; a slice wants start and end, not "
        "start and length",
        hint="x[6:3] is empty. Which end did you mean?",
        knobs={"which": "ends at D"},
    ),
    Mistake(
        "to the end",
        symptom="all later heads are silent too",
        diagnosis="the slice never ends",
        hint=END,
        knobs={"which": "to the end"},
    ),
    Mistake(
        "up to the end",
        symptom="all earlier heads are silent too",
        diagnosis="the slice begins at column 0",
        hint="How many columns belong to the heads before this one?",
        knobs={"which": "up to the end"},
    ),
    Mistake(
        "one column short",
        symptom="one feature of the head can still be heard",
        diagnosis="the slice ends one column too early; it leaves its end out already",
        hint=END,
        knobs={"which": "one short"},
    ),
    Mistake(
        "one column more",
        symptom="the next head loses a feature",
        diagnosis="the slice ends one column too late",
        hint=END,
        knobs={"which": "one more"},
    ),
    Mistake(
        "heads from 1",
        symptom="the head before it is silent, and for head 0 none is",
        diagnosis="you count heads from 1",
        hint="The first head has number 0. Where do its columns begin?",
        knobs={"which": "from 1"},
    ),
    Mistake(
        "from behind",
        symptom="head 0 stays, and the last one is silent",
        diagnosis="you count heads from the end",
        hint=PAPER,
        knobs={"which": "backwards"},
    ),
    Mistake(
        "all others",
        symptom="only this head can be heard",
        diagnosis="you silence all the other heads",
        hint="Which features should be 0: those of this head, or the rest?",
        knobs={"which": "all others"},
    ),
    Mistake(
        "minus infinity",
        symptom="the head's features are -inf",
        diagnosis="you write -inf, as into the scores before a softmax; here nothing follows that "
        "would make 0 of it",
        hint="What adds nothing, when c_proj multiplies and adds up?",
        knobs={"silent": "-inf"},
    ),
    Mistake(
        "mean over tokens",
        symptom="the head says the same at every token",
        diagnosis="you put the head's mean over the tokens in its place; that is another, milder "
        "way to silence it",
        hint="Silent means here: it adds nothing at all.",
        knobs={"silent": "mean over tokens"},
    ),
    Mistake(
        "ones",
        symptom="the head's features are 1",
        diagnosis="you write 1 instead of 0",
        hint="What adds nothing, when c_proj multiplies and adds up?",
        knobs={"silent": "1"},
    ),
    Mistake(
        "scaled up",
        symptom="the other heads are louder than they were",
        diagnosis="you scale the rest up by n_head / (n_head - 1), as dropout does",
        hint="One head is to be silent. Should the others change?",
        knobs={"rest": "scaled up"},
    ),
    Mistake(
        "heads apart",
        symptom="a shape of three axes comes back",
        diagnosis="you return (T, n_head, D), and do not put the heads side by side again",
        hint=SAME,
        knobs={"shape": "heads apart"},
    ),
    Mistake(
        "heads in front",
        symptom="a shape of three axes comes back",
        diagnosis="you return (n_head, T, D), and do not put the heads side by side again",
        hint=SAME,
        knobs={"shape": "heads in front"},
    ),
    Mistake(
        "removed",
        symptom="some columns are missing",
        diagnosis="you cut the head's features out, where they should be 0",
        hint=SAME,
        knobs={"shape": "removed"},
    ),
    Mistake(
        "the head alone",
        symptom="only D columns come back",
        diagnosis="you return the features of the head itself",
        hint=SAME,
        knobs={"shape": "the head"},
    ),
    Mistake(
        "its zeros",
        symptom="only zeros come back",
        diagnosis="you return the silenced piece, and not the array that it is a piece of",
        hint=SAME,
        knobs={"shape": "its zeros"},
    ),
    Mistake(
        "untouched",
        symptom="nothing is silent",
        diagnosis="you return the array as it came: what you set to 0 was a copy, or nothing",
        hint="Which array do you change, and which do you return?",
        knobs={"shape": "untouched"},
    ),
)
