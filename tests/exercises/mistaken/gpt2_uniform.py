"""Mistakes with what knowing nothing costs, as readers of notebook 09 write them."""

import math

import numpy as np
import torch


def natural(vocab_size, tokens, bytes):
    return tokens * np.log(vocab_size) / bytes


def natural_entropy(vocab_size, tokens, bytes):
    p = torch.full((vocab_size,), 1 / vocab_size, dtype=torch.float64)
    return tokens * -(p * p.log()).sum() / bytes


def decimal(vocab_size, tokens, bytes):
    return tokens * np.log10(vocab_size) / bytes


def no_log(vocab_size, tokens, bytes):
    return tokens * vocab_size / bytes


def probabilities(vocab_size, tokens, bytes):
    p = 1 / vocab_size
    return p * tokens / bytes


def sign_left(vocab_size, tokens, bytes):
    return tokens * np.log2(1 / vocab_size) / bytes


def sign_added(vocab_size, tokens, bytes):
    return -tokens * np.log2(vocab_size) / bytes


def p_log_p(vocab_size, tokens, bytes):
    p = 1 / vocab_size
    return -p * np.log2(p) * tokens / bytes


def eight(vocab_size, tokens, bytes):
    return 8 * tokens / bytes


def log_of_256(vocab_size, tokens, bytes):
    return tokens * np.log2(256) / bytes


def rounded_up(vocab_size, tokens, bytes):
    return tokens * np.ceil(np.log2(vocab_size)) / bytes


def digits_of_the_last_id(vocab_size, tokens, bytes):
    return tokens * len(bin(vocab_size - 1)[2:]) / bytes


def cut_off(vocab_size, tokens, bytes):
    return tokens * int(np.log2(vocab_size)) / bytes


def digits_of_the_size(vocab_size, tokens, bytes):
    return tokens * len(f"{vocab_size:b}") / bytes


def bits_made_of_bits(vocab_size, tokens, bytes):
    return tokens * math.log2(vocab_size) / (bytes * math.log(2))


def multiplied(vocab_size, tokens, bytes):
    nats = tokens * np.log(vocab_size)
    return nats * np.log(2) / bytes


def fewer(vocab_size, tokens, bytes):
    return tokens * np.log2(vocab_size - 1) / bytes


def more(vocab_size, tokens, bytes):
    return tokens * np.log2(vocab_size + 1) / bytes


def one_guess(vocab_size, tokens, bytes):
    return np.log2(vocab_size)


def one_guess_in_long(vocab_size, tokens, bytes):
    bits = tokens * np.log2(vocab_size)
    return bits / tokens


def whole_text(vocab_size, tokens, bytes):
    return sum(np.log2(vocab_size) for _ in range(tokens))


def bytes_by_tokens(vocab_size, tokens, bytes):
    return np.log2(vocab_size) * (bytes / tokens)


def every_byte(vocab_size, tokens, bytes):
    return bytes * np.log2(vocab_size)


def tokens_forgotten(vocab_size, tokens, bytes):
    return np.log2(vocab_size) / bytes


def both_below(vocab_size, tokens, bytes):
    return np.log2(vocab_size) / tokens / bytes


def both_above(vocab_size, tokens, bytes):
    return tokens * bytes * np.log2(vocab_size)


def only_counts(vocab_size, tokens, bytes):
    return tokens / bytes


def bits_by_bits(vocab_size, tokens, bytes):
    return tokens * np.log2(vocab_size) / (bytes * 8)


def eightfold(vocab_size, tokens, bytes):
    return tokens * np.log2(vocab_size) / (bytes / 8)


def whole_division(vocab_size, tokens, bytes):
    return tokens * np.log2(vocab_size) // bytes


def made_int(vocab_size, tokens, bytes):
    return int(tokens * np.log2(vocab_size) / bytes)


def made_round(vocab_size, tokens, bytes):
    return round(tokens * np.log2(vocab_size) / bytes)


def tokens_by_bytes_whole(vocab_size, tokens, bytes):
    return tokens // bytes * np.log2(vocab_size)


def logarithm_of_a_product(vocab_size, tokens, bytes):
    return np.log2(vocab_size * tokens) / bytes


def logarithm_of_all(vocab_size, tokens, bytes):
    return np.log2(vocab_size * tokens / bytes)


def logarithm_of_tokens(vocab_size, tokens, bytes):
    return np.log2(tokens) / bytes


def fraction_turned(vocab_size, tokens, bytes):
    return bytes / (tokens * np.log2(vocab_size))


def two_to_the(vocab_size, tokens, bytes):
    return np.exp2(tokens * np.log2(vocab_size) / bytes)


def product_first(vocab_size, tokens, bytes):
    probability = 1.0
    for _ in range(tokens):
        probability = probability / vocab_size
    return -math.log2(probability) / bytes


def product_first_numpy(vocab_size, tokens, bytes):
    probability = np.prod(np.full(tokens, 1 / vocab_size))
    return -np.log2(probability) / bytes


def texts_counted_numpy(vocab_size, tokens, bytes):
    return np.log2(np.prod(np.full(tokens, float(vocab_size)))) / bytes


def texts_counted(vocab_size, tokens, bytes):
    return math.log2(math.pow(vocab_size, tokens)) / bytes


def texts_counted_with_stars(vocab_size, tokens, bytes):
    return math.log2(float(vocab_size) ** tokens) / bytes


def nats_of_one_token(vocab_size, tokens, bytes):
    return np.log(vocab_size)


def nats_shared_wrongly(vocab_size, tokens, bytes):
    return bytes * np.log(vocab_size) / tokens


MISTAKEN = {
    "uniform_bits_per_byte": [
        ("nats", natural),
        ("nats", natural_entropy),
        ("decimal digits", decimal),
        ("no logarithm", no_log),
        ("probability itself", probabilities),
        ("negative", sign_left),
        ("negative", sign_added),
        ("one term of the entropy", p_log_p),
        ("8 bits a token", eight),
        ("8 bits a token", log_of_256),
        ("whole bits", rounded_up),
        ("whole bits", digits_of_the_last_id),
        ("bits cut off", cut_off),
        ("bit_length", digits_of_the_size),
        ("divided by ln 2 again", bits_made_of_bits),
        ("times ln 2", multiplied),
        ("one token fewer", fewer),
        ("one token more", more),
        ("bits per token", one_guess),
        ("bits per token", one_guess_in_long),
        ("bits in all", whole_text),
        ("upside down", bytes_by_tokens),
        ("bits for each byte", every_byte),
        ("one token", tokens_forgotten),
        ("divided by both", both_below),
        ("multiplied by both", both_above),
        ("tokens per byte", only_counts),
        ("bits of a byte", bits_by_bits),
        ("eight times", eightfold),
        ("floored", whole_division),
        ("floored", made_int),
        ("rounded", made_round),
        ("tokens per byte floored", tokens_by_bytes_whole),
        ("log of the product", logarithm_of_a_product),
        ("log of everything", logarithm_of_all),
        ("log of tokens", logarithm_of_tokens),
        ("bytes per bit", fraction_turned),
        ("perplexity", two_to_the),
        ("product underflows", product_first),
        ("product underflows to infinity", product_first_numpy),
        ("product underflows to infinity", texts_counted_numpy),
        ("power overflows in math", texts_counted),
        ("power overflows", texts_counted_with_stars),
        ("nats + bits per token", nats_of_one_token),
        ("nats + upside down", nats_shared_wrongly),
    ],
}
