"""Right solutions of notebook 01's exercises, in styles as different as learners'."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from functools import reduce
from operator import add

import numpy as np
import torch


def utf8_by_comprehension(text):
    return [bytes([byte]) for byte in text.encode("utf-8")]


def utf8_by_slices(text):
    data = text.encode()
    return [data[at : at + 1] for at in range(len(data))]


def utf8_by_hand(text):
    tokens = []
    for number in map(ord, text):
        if number < 0x80:
            spelled = [number]
        elif number < 0x800:
            spelled = [0xC0 | number >> 6, 0x80 | number & 0x3F]
        elif number < 0x10000:
            spelled = [0xE0 | number >> 12, 0x80 | number >> 6 & 0x3F, 0x80 | number & 0x3F]
        else:
            spelled = [0xF0 | number >> 18, 0x80 | number >> 12 & 0x3F]
            spelled += [0x80 | number >> 6 & 0x3F, 0x80 | number & 0x3F]
        tokens += [byte.to_bytes(1, "big") for byte in spelled]
    return tokens


def utf8_by_bytearray(text):
    return list(map(bytes, zip(bytearray(text, "utf-8"), strict=True)))


def pair_by_counter(words):
    counts = Counter()
    for word in words:
        counts.update(itertools.pairwise(word))
    return counts.most_common(1)[0][0]


def pair_by_indices(words):
    counts = defaultdict(int)
    for word in words:
        for at in range(len(word) - 1):
            counts[word[at], word[at + 1]] += 1
    return max(counts, key=counts.get)


def pair_by_running_best(words):
    counts, best = {}, None
    for word in words:
        for left, right in itertools.pairwise(word):
            counts[(left, right)] = counts.get((left, right), 0) + 1
    for pair, count in counts.items():
        if best is None or count > counts[best]:
            best = pair
    return best


def pair_by_stable_sort(words):
    pairs = [pair for word in words for pair in itertools.pairwise(word)]
    return sorted(dict.fromkeys(pairs), key=pairs.count, reverse=True)[0]


def merge_by_while(tokens, pair):
    merged, at = [], 0
    while at < len(tokens):
        if at + 1 < len(tokens) and (tokens[at], tokens[at + 1]) == pair:
            merged.append(tokens[at] + tokens[at + 1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


def merge_in_a_copy(tokens, pair):
    tokens = tokens.copy()
    at = 0
    while at < len(tokens) - 1:
        if tuple(tokens[at : at + 2]) == tuple(pair):
            tokens[at : at + 2] = [b"".join(pair)]
        at += 1
    return tokens


def merge_by_iterator(tokens, pair):
    def generate():
        rest = iter(tokens)
        token = next(rest, None)
        while token is not None:
            following = next(rest, None)
            if (token, following) == pair:
                yield token + following
                token = next(rest, None)
            else:
                yield token
                token = following

    return tuple(generate())


def merge_by_string(tokens, pair):
    letters = {token: chr(256 + at) for at, token in enumerate(dict.fromkeys([*tokens, *pair]))}
    spelled = {letter: token for token, letter in letters.items()} | {"!": pair[0] + pair[1]}
    text = "".join(letters[token] for token in tokens)
    return [spelled[letter] for letter in text.replace(letters[pair[0]] + letters[pair[1]], "!")]


def encode_rank_by_rank(word, merges):
    tokens = utf8_by_comprehension(word)
    for pair in merges:
        tokens = merge_by_while(tokens, pair)
    return tokens


def encode_lowest_rank_first(word, merges):
    rank = {pair: at for at, pair in enumerate(merges)}
    tokens = utf8_by_slices(word)
    while len(tokens) > 1:
        best = min(itertools.pairwise(tokens), key=lambda p: rank.get(p, len(rank)))
        if best not in rank:
            break
        tokens = merge_by_while(tokens, best)
    return tokens


def encode_one_place_at_a_time(word, merges):
    tokens = utf8_by_slices(word)
    while True:
        found = [
            (merges.index((left, right)), at)
            for at, (left, right) in enumerate(itertools.pairwise(tokens))
            if (left, right) in merges
        ]
        if not found:
            return tuple(tokens)
        at = min(found)[1]
        tokens = [*tokens[:at], tokens[at] + tokens[at + 1], *tokens[at + 2 :]]


def encode_by_reduce(word, merges):
    return reduce(merge_by_while, merges, utf8_by_comprehension(word))


def decode_by_join(ids, vocabulary):
    return b"".join([vocabulary[id] for id in ids]).decode("utf-8", errors="replace")


def decode_by_adding(ids, vocabulary):
    return str(reduce(add, map(vocabulary.__getitem__, ids), b""), "utf8", "replace")


def decode_by_bytearray(ids, vocabulary):
    data = bytearray()
    for id in ids:
        data.extend(vocabulary[id])
    return data.decode(errors="replace")


def rate_by_sums(texts, encode):
    return sum(len(encode(text)) for text in texts) / sum(len(text) for text in texts)


def rate_by_loop(texts, encode):
    tokens = characters = 0
    for text in texts:
        tokens += len(encode(text))
        characters += len(text)
    return tokens / characters


def rate_by_numpy(texts, encode):
    sizes = np.array([(len(encode(text)), len(text)) for text in texts], dtype=np.float32)
    tokens, characters = sizes.sum(axis=0)
    return tokens / characters


def rate_by_weighted_mean(texts, encode):
    lengths = [len(re.findall(r"(?s).", text)) for text in texts]
    ratios = [len(encode(text)) / size for text, size in zip(texts, lengths, strict=True)]
    return np.average(ratios, weights=lengths)


def gradient_by_loops(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]))
    for b in range(ids.shape[0]):
        for t in range(ids.shape[1]):
            table[ids[b, t]] += upstream[b, t]
    return table


def gradient_by_add_at(ids, upstream, vocab_size):
    table = np.zeros((vocab_size, upstream.shape[-1]), dtype=upstream.dtype)
    np.add.at(table, ids, upstream)
    return table


def gradient_by_one_hot(ids, upstream, vocab_size):
    one_hot = np.eye(vocab_size)[ids]
    return np.einsum("btv,btc->vc", one_hot, upstream)


def gradient_by_matmul(ids, upstream, vocab_size):
    one_hot = (ids.reshape(-1, 1) == np.arange(vocab_size)).astype(float)
    return np.asfortranarray(one_hot.T @ upstream.reshape(ids.size, -1))


def gradient_by_autograd(ids, upstream, vocab_size):
    table = torch.zeros(vocab_size, upstream.shape[-1], dtype=torch.float64, requires_grad=True)
    (table[torch.tensor(ids)] * torch.tensor(upstream)).sum().backward()
    return table.grad


def gradient_by_index_add(ids, upstream, vocab_size):
    rows = torch.tensor(upstream, dtype=torch.float32).flatten(0, 1)
    return torch.zeros(vocab_size, rows.shape[1]).index_add_(0, torch.tensor(ids).flatten(), rows)


CORRECT = {
    "utf8_tokens": [utf8_by_comprehension, utf8_by_slices, utf8_by_hand, utf8_by_bytearray],
    "most_common_pair": [
        pair_by_counter,
        pair_by_indices,
        pair_by_running_best,
        pair_by_stable_sort,
    ],
    "merge_pair": [merge_by_while, merge_in_a_copy, merge_by_iterator, merge_by_string],
    "bpe_encode": [
        encode_rank_by_rank,
        encode_lowest_rank_first,
        encode_one_place_at_a_time,
        encode_by_reduce,
    ],
    "bpe_decode": [decode_by_join, decode_by_adding, decode_by_bytearray],
    "tokens_per_character": [rate_by_sums, rate_by_loop, rate_by_numpy, rate_by_weighted_mean],
    "embedding_gradient": [
        gradient_by_loops,
        gradient_by_add_at,
        gradient_by_one_hot,
        gradient_by_matmul,
        gradient_by_autograd,
        gradient_by_index_add,
    ],
}
