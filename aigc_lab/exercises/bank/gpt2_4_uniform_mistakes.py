"""Notebook 09: the mistakes known of the exercise in gpt2_4_uniform."""

from __future__ import annotations

from aigc_lab.exercises.bank.gpt2_4_uniform_flawed import (
    power_in_math,
    power_of_floats,
    product_and_log,
    product_and_numpy_log,
)
from aigc_lab.exercises.bank.gpt2_4_uniform_logarithms import LOGARITHMS
from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_4_uniform

TWICE = "A text twice as long has twice the tokens and twice the bytes. What should change?"
PRODUCT = "The logarithm of a product is a sum of logarithms, and a sum stays small."

MISTAKES = (
    *LOGARITHMS,
    Mistake(
        "bits per token",
        symptom="the text changes nothing",
        diagnosis="you return the bits of one token",
        hint="How many tokens are there, and among how many bytes is their cost shared?",
        knobs={"share": "per token"},
    ),
    Mistake(
        "bits in all",
        symptom="the longer the text, the larger the answer",
        diagnosis="you return the bits of the whole text, and do not divide by its bytes",
        hint=TWICE,
        knobs={"share": "in all"},
    ),
    Mistake(
        "upside down",
        symptom="the more tokens a text needs, the less it costs",
        diagnosis="you multiply by the bytes and divide by the tokens",
        hint="Which of the two costs bits, and which of them share the cost?",
        knobs={"share": "upside down"},
    ),
    Mistake(
        "bits for each byte",
        symptom="the longer the text, the larger the answer",
        diagnosis="you count log2(vocab_size) bits for each byte instead of each token",
        hint="A uniform guess is made once a token.",
        knobs={"share": "bytes times"},
    ),
    Mistake(
        "one token",
        symptom="the longer the text, the smaller the answer",
        diagnosis="you share the bits of one token among all bytes",
        hint=TWICE,
        knobs={"share": "one token"},
    ),
    Mistake(
        "divided by both",
        symptom="the longer the text, the smaller the answer",
        diagnosis="you divide by the tokens and by the bytes",
        hint="Do more tokens make a text cheaper?",
        knobs={"share": "over both"},
    ),
    Mistake(
        "multiplied by both",
        symptom="the longer the text, the larger the answer",
        diagnosis="you multiply by the tokens and by the bytes",
        hint=TWICE,
        knobs={"share": "times both"},
    ),
    Mistake(
        "tokens per byte",
        symptom="the size of the vocabulary changes nothing",
        diagnosis="you return how many tokens there are for each byte",
        hint="What does one token cost?",
        knobs={"share": "no bits"},
    ),
    Mistake(
        "bits of a byte",
        symptom="the answer is an eighth of the right one",
        diagnosis="you divide by 8 as well: bits for each bit of the text",
        hint="Bits per byte: what do we count, and for each what?",
        knobs={"share": "bytes are bits"},
    ),
    Mistake(
        "eight times",
        symptom="the answer is 8 times the right one",
        diagnosis="you multiply by 8 to make bits of bytes, but log2 gives bits already",
        hint="Bits per byte: what do we count, and for each what?",
        knobs={"share": "eight times"},
    ),
    Mistake(
        "floored",
        symptom="the answer is always whole",
        diagnosis="you divide with //, or cut the answer down",
        hint="Is 3.9 bits per byte the same as 3?",
        knobs={"share": "floored"},
    ),
    Mistake(
        "rounded",
        symptom="the answer is always whole",
        diagnosis="you round the answer",
        hint="Is 3.9 bits per byte the same as 4?",
        knobs={"share": "rounded"},
    ),
    Mistake(
        "tokens per byte floored",
        symptom="most texts cost nothing at all",
        diagnosis="you divide tokens by bytes with //",
        hint="What is 6 // 18?",
        knobs={"share": "tokens per byte floored"},
    ),
    Mistake(
        "log of the product",
        symptom="the longer the text, the smaller the answer",
        diagnosis="you take the logarithm of vocab_size · tokens",
        hint="How many texts of 3 tokens are there: vocab_size · 3, or vocab_size ** 3?",
        knobs={"share": "log of all"},
    ),
    Mistake(
        "log of everything",
        symptom="short tokens hardly cost more than long ones",
        diagnosis="tokens / bytes stands inside the logarithm",
        hint="Which numbers are bits, and which only say how many there are?",
        knobs={"share": "log of the share"},
    ),
    Mistake(
        "log of tokens",
        symptom="the size of the vocabulary changes nothing",
        diagnosis="you take the logarithm of the number of tokens",
        hint="Between how many possibilities is each guess made?",
        knobs={"share": "log of tokens"},
    ),
    Mistake(
        "bytes per bit",
        symptom="the larger the vocabulary, the smaller the answer",
        diagnosis="you divide the bytes by the bits",
        hint="Bits per byte: what stands above, what below?",
        knobs={"share": "turned"},
    ),
    Mistake(
        "perplexity",
        symptom="the answer is far too large",
        diagnosis="you raise 2 to the power of the bits, which gives a perplexity",
        hint="Bits are asked for, not the number of possibilities.",
        knobs={"share": "perplexity"},
    ),
    Mistake(
        "product underflows",
        symptom="it stops with a ValueError as soon as the text is long",
        diagnosis="you multiply all probabilities first, and their product is too small for a "
        "float: 0",
        hint=PRODUCT,
        wrong=product_and_log,
    ),
    Mistake(
        "product underflows to infinity",
        symptom="long texts cost infinitely many bits",
        diagnosis="you multiply up before you take the logarithm, and the product leaves the range "
        "of a float",
        hint=PRODUCT,
        wrong=product_and_numpy_log,
    ),
    Mistake(
        "power overflows",
        symptom="it stops with an OverflowError as soon as the text is long",
        diagnosis="you raise vocab_size to the power of the tokens, which no float can hold",
        hint=PRODUCT,
        wrong=power_of_floats,
    ),
    Mistake(
        "power overflows in math",
        symptom="it stops with an OverflowError as soon as the text is long",
        diagnosis="you raise vocab_size to the power of the tokens, which no float can hold",
        hint=PRODUCT,
        wrong=power_in_math,
    ),
)
