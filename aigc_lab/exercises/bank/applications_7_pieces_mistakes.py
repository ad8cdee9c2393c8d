"""Notebook 12: the mistakes known of the exercise in applications_7_pieces."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_7_pieces

SIZE = "Which text is it that must not have more than `limit` tokens?"
NEXT = "A sentence does not fit any more. Where does it go?"
ALONE = "What should happen to a sentence that no piece can hold?"
BACK = "A list of texts, each of which will be sent to the model. What do you return?"

MISTAKES = (
    Mistake(
        "below the limit",
        symptom="a sentence opens a new piece where it would just have fitted",
        diagnosis="you want fewer tokens than the limit; as many are allowed",
        hint="May a piece of 50 tokens be sent when the limit is 50?",
        knobs={"until": "below"},
    ),
    Mistake(
        "below the limit, for a sentence too",
        symptom="a sentence is refused, or opens a new piece, that would just have fitted",
        diagnosis="you want fewer tokens than the limit, of a sentence and of a piece; as many are "
        "allowed",
        hint="May a piece of 50 tokens be sent when the limit is 50?",
        knobs={"until": "below, both"},
    ),
    Mistake(
        "below the limit, for a sentence alone",
        symptom="a sentence of just `limit` tokens is refused",
        diagnosis="you refuse a sentence of `limit` tokens; a piece may have as many",
        hint="May a piece of 50 tokens be sent when the limit is 50?",
        knobs={"until": "below, sentence"},
    ),
    Mistake(
        "below the limit, from nothing",
        symptom="an empty piece stands before a first sentence that would just have fitted",
        diagnosis="you want fewer tokens than the limit, where as many are allowed; and when the "
        "first sentence does not fit, you close a piece in which nothing is yet",
        hint="May a piece of 50 tokens be sent when the limit is 50?",
        knobs={"until": "below", "first": "asked"},
    ),
    Mistake(
        "sum of the sentences",
        symptom="a piece ends too early, or too late",
        diagnosis="you add up the tokens of the sentences, and do not count them joined",
        hint=SIZE,
        knobs={"fits": "sum"},
    ),
    Mistake(
        "piece and sentence apart",
        symptom="a piece ends too early, or too late",
        diagnosis="you add the tokens of the sentence to those of the piece, and do not count them "
        "joined",
        hint=SIZE,
        knobs={"fits": "piece and sentence"},
    ),
    Mistake(
        "one sentence too many",
        symptom="pieces are too long by one sentence",
        diagnosis="you count the piece before the sentence joins it, or close a full piece with "
        "the sentence that does not fit any more",
        hint=SIZE,
        knobs={"fits": "piece alone"},
    ),
    Mistake(
        "sentence alone counted",
        symptom="everything goes into one piece",
        diagnosis="you count the sentence alone, and not the piece with it",
        hint=SIZE,
        knobs={"fits": "sentence alone"},
    ),
    Mistake(
        "characters counted",
        symptom="pieces are far too short",
        diagnosis="you count characters instead of asking count",
        hint=SIZE,
        knobs={"fits": "characters"},
    ),
    Mistake(
        "words counted",
        symptom="pieces are a little too long",
        diagnosis="you count words instead of asking count",
        hint=SIZE,
        knobs={"fits": "words"},
    ),
    Mistake(
        "counted without the space",
        symptom="pieces are a little too long",
        diagnosis="you count piece and sentence joined without the space",
        hint=SIZE,
        knobs={"fits": "without a space"},
    ),
    Mistake(
        "sentences counted",
        symptom="pieces are too long",
        diagnosis="you compare the number of sentences with the limit, which is in tokens",
        hint=SIZE,
        knobs={"fits": "sentences"},
    ),
    Mistake(
        "three sentences a piece",
        symptom="every piece has three sentences",
        diagnosis="you write down how many sentences a piece has, and do not ask count",
        hint=SIZE,
        knobs={"fits": "three"},
    ),
    Mistake(
        "each sentence a piece",
        symptom="every sentence is a piece of its own",
        diagnosis="you never join a sentence to the piece before",
        hint="How few pieces will do? Each costs a call.",
        knobs={"fits": "never"},
    ),
    Mistake(
        "overflowing sentence lost",
        symptom="sentences are missing where a new piece begins",
        diagnosis="you close a piece when a sentence does not fit, and forget that sentence",
        hint=NEXT,
        knobs={"over": "is lost"},
    ),
    Mistake(
        "sentence repeated",
        symptom="the last sentence of a piece comes again in the next",
        diagnosis="you begin a piece with the last sentence of the one before",
        hint="Every sentence stands in one piece. Is it so in yours?",
        knobs={"over": "repeats the last"},
    ),
    Mistake(
        "pieces grow",
        symptom="every piece begins with the first sentence",
        diagnosis="you close a piece and do not empty it for the next",
        hint="What is in your piece just after it was appended?",
        knobs={"over": "grows"},
    ),
    Mistake(
        "last piece lost",
        symptom="the end of the text is missing",
        diagnosis="you append a piece when a sentence does not fit, and after the last no such "
        "sentence comes",
        hint="What is left in your hands when the loop is over?",
        knobs={"last": "lost"},
    ),
    Mistake(
        "too long is let pass",
        symptom="a sentence that no piece can hold becomes a piece",
        diagnosis="you do not ask whether a sentence is too long by itself",
        hint=ALONE,
        knobs={"alone": "let pass"},
    ),
    Mistake(
        "too long is left out",
        symptom="a sentence that no piece can hold is lost without a word",
        diagnosis="you skip a sentence that is too long by itself",
        hint=ALONE,
        knobs={"alone": "left out"},
    ),
    Mistake(
        "an empty piece",
        symptom="for no sentences there is one piece, an empty one",
        diagnosis="you append the last piece also when nothing is in it",
        hint="How many calls does an empty text need?",
        knobs={"empty": "one"},
    ),
    Mistake(
        "joined without a space",
        symptom="sentences stick together",
        diagnosis="you join the sentences without a space",
        hint=BACK,
        knobs={"gap": ""},
    ),
    Mistake(
        "joined by line breaks",
        symptom="every sentence stands on a line of its own",
        diagnosis="you join the sentences by line breaks",
        hint=BACK,
        knobs={"gap": "\n"},
    ),
    Mistake(
        "a space in front",
        symptom="every piece begins with a space",
        diagnosis="you write a space before every sentence, the first one included",
        hint="How many spaces stand between three sentences?",
        knobs={"told": "a space in front"},
    ),
    Mistake(
        "a space behind",
        symptom="every piece ends with a space",
        diagnosis="you write a space after every sentence, the last one included",
        hint="How many spaces stand between three sentences?",
        knobs={"told": "a space behind"},
    ),
    Mistake(
        "lists",
        symptom="lists of sentences come back instead of texts",
        diagnosis="you return the sentences of each piece without joining them",
        hint=BACK,
        knobs={"told": "lists"},
    ),
    Mistake(
        "reversed",
        symptom="the pieces stand in the reverse order",
        diagnosis="you put every new piece in front of the others",
        hint="Which sentence does the first piece begin with?",
        knobs={"told": "reversed"},
    ),
    Mistake(
        "sentences reversed",
        symptom="in each piece the sentences stand in the reverse order",
        diagnosis="you put every sentence in front of those that are there",
        hint="Which sentence does the first piece begin with?",
        knobs={"told": "sentences reversed"},
    ),
    Mistake(
        "number of pieces",
        symptom="a number comes back",
        diagnosis="you return how many pieces there are",
        hint=BACK,
        knobs={"told": "number"},
    ),
    Mistake(
        "sizes of pieces",
        symptom="numbers come back",
        diagnosis="you return how many tokens each piece has",
        hint=BACK,
        knobs={"told": "sizes"},
    ),
    Mistake(
        "first piece only",
        symptom="one text comes back",
        diagnosis="you return the first piece: the return stands inside the loop",
        hint="How far is your return indented?",
        knobs={"told": "first"},
    ),
)
