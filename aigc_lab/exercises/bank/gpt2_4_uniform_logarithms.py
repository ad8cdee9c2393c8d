"""Notebook 09: the mistakes known of what one token costs, for gpt2_4_uniform."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpt2_4_uniform

BITS = "What is 2 to the power of your answer for one token? It should be vocab_size."

LOGARITHMS = (
    Mistake(
        "nats",
        symptom="the answer is about 0.69 times the right one",
        diagnosis="you take the natural logarithm, which counts nats, not bits",
        hint=BITS,
        knobs={"log": "e"},
    ),
    Mistake(
        "decimal digits",
        symptom="the answer is about 0.3 times the right one",
        diagnosis="you take the logarithm to base 10, which counts decimal digits, not bits",
        hint=BITS,
        knobs={"log": "10"},
    ),
    Mistake(
        "no logarithm",
        symptom="the answer is huge",
        diagnosis="you count vocab_size for each token instead of its logarithm",
        hint="With 8 tokens to choose from, how many yes-or-no questions name one?",
        knobs={"log": "none"},
    ),
    Mistake(
        "probability itself",
        symptom="the answer is tiny",
        diagnosis="you count the probability 1 / vocab_size for each token, not its cost in bits",
        hint="The cost of a token is -log2 of its probability.",
        knobs={"log": "one over"},
    ),
    Mistake(
        "negative",
        symptom="the answer is negative",
        diagnosis="you take the logarithm of 1 / vocab_size and leave its sign",
        hint="A probability below 1 has a negative logarithm. The cost is minus that.",
        knobs={"log": "negative"},
    ),
    Mistake(
        "one term of the entropy",
        symptom="the answer is tiny",
        diagnosis="you count p · log2(1 / p) once; the entropy adds that up over the vocabulary",
        hint="How many equal terms does the sum over the vocabulary have?",
        knobs={"log": "one term"},
    ),
    Mistake(
        "8 bits a token",
        symptom="the size of the vocabulary changes nothing",
        diagnosis="you count 8 bits for each token, as if there were 256 of them",
        hint="Which of the arguments does your code never mention?",
        knobs={"log": "8"},
    ),
    Mistake(
        "whole bits",
        symptom="it is right only if the vocabulary is a power of 2",
        diagnosis="you round the bits of a token up to a whole number",
        hint="On average, a token may cost a fraction of a bit. Where do you round?",
        knobs={"log": "whole"},
    ),
    Mistake(
        "bits cut off",
        symptom="it is right only if the vocabulary is a power of 2",
        diagnosis="you cut the bits of a token down to a whole number",
        hint="On average, a token may cost a fraction of a bit. Where do you round?",
        knobs={"log": "floor"},
    ),
    Mistake(
        "bit_length",
        symptom="the answer is too large, even if the vocabulary is a power of 2",
        diagnosis="bit_length counts the digits of vocab_size itself; ids end one before it",
        hint="8 tokens have the ids 0 to 7. How many binary digits does 7 have, and 8?",
        knobs={"log": "bit_length"},
    ),
    Mistake(
        "divided by ln 2 again",
        symptom="the answer is about 1.44 times the right one",
        diagnosis="you divide by ln 2 although log2 gives bits already",
        hint="Who makes bits of nats here: log2, or the division by ln 2? One is enough.",
        knobs={"log": "ln twice"},
    ),
    Mistake(
        "times ln 2",
        symptom="the answer is about half the right one",
        diagnosis="you multiply nats by ln 2 to get bits, instead of dividing",
        hint="One bit is about 0.69 nats. Is a number of bits larger or smaller than its nats?",
        knobs={"log": "ln times ln 2"},
    ),
    Mistake(
        "one token fewer",
        symptom="the answer is a little too small",
        diagnosis="you take the logarithm of vocab_size - 1",
        hint="Between how many tokens does a uniform guess choose?",
        knobs={"log": "less one"},
    ),
    Mistake(
        "one token more",
        symptom="the answer is a little too large",
        diagnosis="you take the logarithm of vocab_size + 1",
        hint="Between how many tokens does a uniform guess choose?",
        knobs={"log": "more one"},
    ),
)
