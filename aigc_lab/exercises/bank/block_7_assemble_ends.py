"""Notebook 05: the ways to end a GPT wrong, for block_7_assemble."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in block_7_assemble

ENDS = (
    Mistake(
        "norm_of_the_logits",
        "it stops with an error inside the norm",
        "ln_f is applied to the logits, which are V wide; its gains are C wide",
        "Which comes first at the end: the norm or the table?",
        knobs={"norm": "of the logits"},
    ),
    Mistake(
        "softmax",
        "every row adds up to 1",
        "you apply softmax at the end; logits are asked for",
        "The loss and the sampling do the softmax themselves. What do they expect?",
        knobs={"head": "softmax"},
    ),
    Mistake(
        "log_softmax",
        "no logit is above 0",
        "you return log-probabilities; logits are asked for",
        "The loss and the sampling do the softmax themselves. What do they expect?",
        knobs={"head": "log-softmax"},
    ),
    Mistake(
        "divided",
        "all logits are too small",
        "the logits are divided by √C; that belongs into attention",
        "The formula has only a product at the end.",
        knobs={"head": "divided"},
    ),
    Mistake(
        "transposed",
        "rows are tokens of the vocabulary, columns are places",
        "the answer is turned: (V, T) instead of (T, V)",
        "Places are rows, in every array of this course.",
        knobs={"head": "transposed"},
    ),
    Mistake(
        "table_not_turned",
        "it stops with an error, unless V and C are equal",
        "wte is multiplied as it is, without being turned",
        "Which shape must the table have, to make V numbers of C?",
        knobs={"head": "not turned"},
    ),
    Mistake(
        "only_the_texts_tokens",
        "there are T columns, and not V",
        "the stream is compared with the tokens of the text only",
        "Any token of the vocabulary may come next, not only those that were there.",
        knobs={"head": "of the text"},
    ),
    Mistake(
        "positions_at_the_end",
        "there is one number for each position, and not for each token",
        "the stream is compared with the table of positions",
        "Which table has a row for each token of the vocabulary?",
        knobs={"head": "wpe"},
    ),
    Mistake(
        "last_row",
        "there is only one row",
        "only the last token's logits are returned",
        "In training, every token has a next one to be predicted.",
        knobs={"head": "last"},
    ),
    Mistake(
        "last_row_kept",
        "there is only one row",
        "only the last token's logits are returned",
        "In training, every token has a next one to be predicted.",
        knobs={"head": "last, as a matrix"},
    ),
    Mistake(
        "no_head",
        "there are C numbers for each token, and not V",
        "the vectors are returned as they are, without the output table",
        "With what is the last vector compared, to get a score for each token of the vocabulary?",
        knobs={"head": "none"},
    ),
    Mistake(
        "best_token",
        "there is one whole number for each token",
        "you return the best token's id, not all scores",
        "Which token is chosen is not the model's business. Return the logits.",
        knobs={"head": "argmax"},
    ),
)
