"""Notebook 11: the mistakes known of the exercise in chat_3_loss."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in chat_3_loss

BELOW = "If 2 of 4 tokens count, with losses of 1 and 3 nats, what is their mean?"
BATCH = "A token of a short answer weighs as much as one of a long answer. Is it so in yours?"
ALONG = "Each loss and its bool stand at the same place. Has anything to be moved?"
EMPTY = "What is the mean of no numbers, and what is asked for?"

MISTAKES = (
    Mistake(
        "divided by all",
        symptom="the loss is too small: the more questions, the smaller",
        diagnosis="you add up what counts and divide by the number of all tokens",
        hint=BELOW,
        knobs={"over": "all"},
    ),
    Mistake(
        "mask ignored",
        symptom="the questions count as well",
        diagnosis="you take the mean over all tokens, and `scored` changes nothing",
        hint="Which of the losses should the answer not depend on?",
        knobs={"mask": "ignored"},
    ),
    Mistake(
        "mask inverted",
        symptom="only the questions count",
        diagnosis="you keep what is not scored; True says that a token counts",
        hint="What does True stand for?",
        knobs={"mask": "inverted"},
    ),
    Mistake(
        "sum",
        symptom="the loss grows with the length of the answers",
        diagnosis="you return the sum of the counted losses, not their mean",
        hint=BELOW,
        knobs={"over": "sum"},
    ),
    Mistake(
        "sum of all",
        symptom="the loss grows with the length of the conversations",
        diagnosis="you add up all losses: `scored` changes nothing, and there is no mean",
        hint=BELOW,
        knobs={"mask": "ignored", "over": "sum"},
    ),
    Mistake(
        "mean of the conversations' means",
        symptom="one conversation is right, and a batch of unlike ones is not",
        diagnosis="you take the mean of each conversation, and then the mean of these means",
        hint=BATCH,
        knobs={"over": "rows' means"},
    ),
    Mistake(
        "mean of the conversations' means, where any",
        symptom="one conversation is right, and a batch of unlike ones is not",
        diagnosis="you take the mean of each conversation that has counted tokens, and then the "
        "mean of these means",
        hint=BATCH,
        knobs={"over": "rows' means, where any"},
    ),
    Mistake(
        "mean of the places' means",
        symptom="a batch is not right",
        diagnosis="you take the mean of each place over the batch, and then the mean of these "
        "means",
        hint=BATCH,
        knobs={"over": "columns' means"},
    ),
    Mistake(
        "one mean for each conversation",
        symptom="a batch gives several numbers",
        diagnosis="you return one mean for each conversation",
        hint="One number for the whole batch.",
        knobs={"over": "means of rows"},
    ),
    Mistake(
        "divided by the batch",
        symptom="the loss grows with the length of the answers",
        diagnosis="you divide the sum by the number of conversations",
        hint=BATCH,
        knobs={"over": "rows"},
    ),
    Mistake(
        "divided by the length",
        symptom="the loss depends on how long the rows are",
        diagnosis="you divide the sum by T, the length of a row",
        hint=BELOW,
        knobs={"over": "length"},
    ),
    Mistake(
        "divided by what does not count",
        symptom="the loss grows when questions get shorter",
        diagnosis="you divide by the number of tokens that do not count",
        hint=BELOW,
        knobs={"over": "not counted"},
    ),
    Mistake(
        "divided by one more",
        symptom="the loss is a little too small",
        diagnosis="you add 1 to the count, always, to keep it from being 0",
        hint="When alone must the count not be used as it is? `max` can ask that question.",
        knobs={"over": "one more"},
    ),
    Mistake(
        "median",
        symptom="the loss is one of its numbers, or between two",
        diagnosis="you take the median of the counted losses, not their mean",
        hint=BELOW,
        knobs={"over": "median"},
    ),
    Mistake(
        "not added up",
        symptom="an array comes back, with 0 where nothing counts",
        diagnosis="you return each token's loss, masked, and no mean",
        hint=BELOW,
        knobs={"over": "each"},
    ),
    Mistake(
        "counted losses",
        symptom="the counted losses come back, one by one",
        diagnosis="you pick the counted losses and do not take their mean",
        hint=BELOW,
        knobs={"over": "list"},
    ),
    Mistake(
        "mask one late",
        symptom="each loss is judged by the bool of the next token",
        diagnosis="you shift the mask against the losses; here they belong together as they are",
        hint=ALONG,
        knobs={"mask": "of the next"},
    ),
    Mistake(
        "mask one early",
        symptom="each loss is judged by the bool of the token before",
        diagnosis="you shift the losses against the mask; here they belong together as they are",
        hint=ALONG,
        knobs={"mask": "of the one before"},
    ),
    Mistake(
        "first left out",
        symptom="the first token of a row never counts",
        diagnosis="you cut the first place off both arrays, though it may count",
        hint=ALONG,
        knobs={"mask": "first left out"},
    ),
    Mistake(
        "last left out",
        symptom="the last token of a row never counts",
        diagnosis="you cut the last place off both arrays, though it may count",
        hint=ALONG,
        knobs={"mask": "last left out"},
    ),
    Mistake(
        "zeros dropped",
        symptom="tokens that the model is certain of do not count",
        diagnosis="you take a loss of 0 for a token that does not count",
        hint="How can you tell a masked 0 from a loss of 0 nats? Which array knows it?",
        knobs={"mask": "without zeros"},
    ),
    Mistake(
        "first conversation only",
        symptom="a batch gives the loss of its first row",
        diagnosis="you return after the first conversation",
        hint="How far is your return indented?",
        knobs={"rows": "first"},
    ),
    Mistake(
        "nan where nothing counts",
        symptom="it is nan where nothing counts",
        diagnosis="you divide 0 by 0, or take the mean of an empty array",
        hint=EMPTY,
        knobs={"empty": "nan"},
    ),
    Mistake(
        "None where nothing counts",
        symptom="nothing comes back where nothing counts",
        diagnosis="you return None for no tokens; the loss is a number, 0",
        hint=EMPTY,
        knobs={"empty": "none"},
    ),
    Mistake(
        "all where nothing counts",
        symptom="where nothing counts, everything does",
        diagnosis="you fall back to the mean of all tokens when none counts",
        hint=EMPTY,
        knobs={"empty": "mean of all"},
    ),
    Mistake(
        "perplexity",
        symptom="the numbers are far too large",
        diagnosis="you return e to the power of the loss, which is the perplexity",
        hint="The losses are in nats, and so is their mean.",
        knobs={"told": "perplexity"},
    ),
    Mistake(
        "bits",
        symptom="the loss is 1.44 times too large",
        diagnosis="you return bits where nats are asked for",
        hint="The losses are in nats, and so is their mean.",
        knobs={"told": "bits"},
    ),
    Mistake(
        "negative",
        symptom="the loss is negative",
        diagnosis="you turn the sign, and the losses had theirs turned already: they are −ln p",
        hint="Can −ln p be negative?",
        knobs={"told": "negative"},
    ),
    Mistake(
        "divided by len",
        symptom="the loss of a conversation is too small, and that of a batch too large",
        diagnosis="you divide by len(…), which is T for one conversation and B for a batch",
        hint=BELOW,
        knobs={"over": "len"},
    ),
    Mistake(
        "mask in the count only",
        symptom="the losses of questions are added up as well",
        diagnosis="you add up all losses, and divide by how many count",
        hint=BELOW,
        knobs={"over": "all of it over the count"},
    ),
)
