"""Mistakes with the pair to merge, as readers of notebook 01 write them."""

from collections import Counter, defaultdict
from itertools import pairwise


def of_the_flat_text(words):
    tokens = sum(words, [])  # noqa: RUF017 (it is how a beginner flattens a list)
    counts = Counter(pairwise(tokens))
    return max(counts, key=counts.get)


def of_words_not_seen_before(words):
    seen, counts = [], Counter()
    for word in words:
        if word not in seen:
            seen.append(word)
            counts.update(pairwise(word))
    return counts.most_common(1)[0][0]


def by_twos(words):
    counts = defaultdict(int)
    for word in words:
        for at in range(0, len(word) - 1, 2):
            counts[word[at], word[at + 1]] += 1
    return max(counts, key=counts.get)


def by_two_slices(words):
    counts = Counter()
    for word in words:
        counts.update(zip(word[::2], word[1::2], strict=False))
    return counts.most_common(1)[0][0]


def ending_early(words):
    counts = {}
    for word in words:
        for at in range(len(word) - 2):
            pair = (word[at], word[at + 1])
            counts[pair] = counts.get(pair, 0) + 1
    return max(counts, key=counts.get)


def once_in_each_word(words):
    counts = Counter()
    for word in words:
        seen = []
        for pair in pairwise(word):
            if pair not in seen:
                seen.append(pair)
                counts[pair] += 1
    return max(counts, key=counts.get)


def a_set_for_each_word(words):
    counts = Counter()
    for word in words:
        counts.update(set(pairwise(word)))
    return max(counts, key=counts.get)


def smallest_count(words):
    counts = count(words)
    return sorted(counts.items(), key=lambda item: item[1])[0][0]


def end_of_most_common(words):
    return count(words).most_common()[-1][0]


def at_least_as_often(words):
    best, most = None, 0
    for pair, many in count(words).items():
        if many >= most:
            best, most = pair, many
    return best


def end_of_sorted(words):
    counts = count(words)
    return sorted(counts, key=counts.get)[-1]


def alphabet_first(words):
    counts = count(words)
    return max(sorted(counts), key=counts.get)


def largest_of_counts_and_pairs(words):
    _many, pair = max((many, pair) for pair, many in count(words).items())
    return pair


def end_of_sorted_counts_and_pairs(words):
    return sorted(count(words).items(), key=lambda item: (item[1], item[0]))[-1][0]


def without_order(words):
    counts = Counter()
    for word in words:
        for left, right in pairwise(word):
            counts[min(left, right), max(left, right)] += 1
    return max(counts, key=counts.get)


def returned_too_early(words):
    counts = Counter()
    for word in words:
        for pair in pairwise(word):
            counts[pair] += 1
        return max(counts, key=counts.get)
    return None


def anew_in_each_word(words):
    for word in words:
        counts = Counter()
        for pair in pairwise(word):
            counts[pair] += 1
    return max(counts, key=counts.get)


def max_without_key(words):
    return max(count(words))


def counting_joined(words):
    counts = Counter()
    for word in words:
        for left, right in pairwise(word):
            counts[left + right] += 1
    return max(counts, key=counts.get)


def pair_joined_at_the_end(words):
    left, right = count(words).most_common(1)[0][0]
    return left + right


def whole_item(words):
    return max(count(words).items(), key=lambda item: item[1])


def whole_list(words):
    return count(words).most_common(1)


def the_other_half_of_the_item(words):
    return count(words).most_common(1)[0][1]


def up_to_the_last_token(words):
    counts = defaultdict(int)
    for word in words:
        for at in range(len(word)):
            pair = (word[at], word[at + 1])
            counts[pair] += 1
    return max(counts, key=counts.get)


def best_of_each_word(words):
    best, most = None, 0
    for word in words:
        counts = Counter(pairwise(word))
        for pair in counts:
            if counts[pair] > most:
                best, most = pair, counts[pair]
    return best


def two_tokens(words):
    counts = Counter()
    for word in words:
        counts.update(word)
    (left, _), (right, _) = counts.most_common(2)
    return left, right


def count(words):
    """All pairs, counted as the task says."""
    counts = Counter()
    for word in words:
        counts.update(pairwise(word))
    return counts


MISTAKEN = {
    "most_common_pair": [
        ("across_words", of_the_flat_text),
        ("distinct_words", of_words_not_seen_before),
        ("every_second", by_twos),
        ("every_second", by_two_slices),
        ("without_last", ending_early),
        ("once_a_word", once_in_each_word),
        ("once_a_word", a_set_for_each_word),
        ("rarest", smallest_count),
        ("rarest_last", end_of_most_common),
        ("last_tie", at_least_as_often),
        ("last_tie", end_of_sorted),
        ("smallest_tie", alphabet_first),
        ("largest_tie", largest_of_counts_and_pairs),
        ("largest_tie", end_of_sorted_counts_and_pairs),
        ("unordered", without_order),
        ("first_word", returned_too_early),
        ("last_word", anew_in_each_word),
        ("largest_pair", max_without_key),
        ("joined", counting_joined),
        ("joined", pair_joined_at_the_end),
        ("with_count", whole_item),
        ("list_of_one", whole_list),
        ("only_count", the_other_half_of_the_item),
        ("past_the_end", up_to_the_last_token),
        ("within_a_word", best_of_each_word),
        ("common_tokens", two_tokens),
    ],
}
