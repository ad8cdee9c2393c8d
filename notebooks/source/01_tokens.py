# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.6
#     memory_mb: 900
# ---

# %% [markdown]
# # 01 · Tokens: how text becomes numbers
#
# A language model reads no letters. It reads whole numbers, one for each **token**, a piece of text
# that somebody decided to treat as one. Here you decide: you build the tokenizer of GPT-2 from
# scratch, and see what its choices cost.
#
# **You will be able to**
# - say what a character, a byte and a token are, and turn each into the next;
# - learn merges from text (byte-pair encoding), and cut new text with them;
# - count what a prompt costs in GPT-2's tokens, in English and in Chinese;
# - turn ids into vectors, and say which vectors learn from a text.
#
# **You need** Python and a little NumPy; notebook 00 helps. No GPU, and no network (with one,
# section 5 fetches 1.5 MB; set `DOWNLOAD` there to `False` if you would rather not).
#
# **It takes** about half a minute to run and about an hour and a half to read and solve.
# **Difficulty** ●○○ easy to ●●○ moderate.
#
# There are seven exercises. Until you have solved one, the course's own version stands in for it
# and says so, so every cell runs from the start.

# %%
from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · Characters and bytes
#
# **Unicode** gives every character in the world a number, its *code point*. In Python `ord` tells
# it. (If you see an empty box below, your fonts have no such sign.)

# %%
{character: ord(character) for character in "hï猫🙂"}

# %% [markdown]
# Files and networks carry **bytes**, numbers from 0 to 255. A byte is 8 bits (binary digits), and
# is often written as two hexadecimal digits (0–9, a–f). A code point can be much larger, so it has
# to be spread over several bytes. The rule that all the world uses is **UTF-8**:
#
# | code point | its bytes, in bits |
# |---|---|
# | up to 127 | `0xxxxxxx` |
# | up to 2047 | `110xxxxx 10xxxxxx` |
# | up to 65535 | `1110xxxx 10xxxxxx 10xxxxxx` |
# | the rest | `11110xxx 10xxxxxx 10xxxxxx 10xxxxxx` |
#
# The x are filled with the bits of the code point. The first byte tells how many there are; every
# later one begins with `10`, so nobody can mistake the middle of a character for its beginning.
#
# Let us do 猫 (cat) by hand. Its code point needs the third line, so it is cut into 4 + 6 + 6 bits.
# (`int(s, 2)` reads a number that is written in bits.)

# %%
bits = f"{ord('猫'):016b}"
first, second, third = "1110" + bits[:4], "10" + bits[4:10], "10" + bits[10:]
print(bits, "becomes", first, second, third)

by_hand = bytes([int(first, 2), int(second, 2), int(third, 2)])
print("the same bytes as Python's:", by_hand == "猫".encode())

# %% [markdown]
# English letters are one byte each, Chinese characters three (a few rare ones four), most emoji
# four. In the picture every box is one byte. A grey box is no character by itself, and shows its
# byte as two hexadecimal digits. (U+1F642 is the smiling face's code point, in hexadecimal: the
# picture has no such sign.)

# %%
from aigc_lab.viz.fonts import token_label
from aigc_lab.viz.pieces import token_boxes

boxes = {}
for character in "hï猫🙂":
    spelled = character.encode()
    boxes[token_label(character)] = [spelled[at : at + 1] for at in range(len(spelled))]
token_boxes(boxes, unit="byte")

# %% [markdown]
# ### Your turn: `utf8_tokens`
#
# The simplest tokenizer of all: every byte is a token. Return the UTF-8 bytes of a text as a list,
# in order, each of them a `bytes` object of length 1. So `utf8_tokens("hï")` is
# `[b"h", b"\xc3", b"\xaf"]`.
#
# Stuck? `hint(utf8_tokens)` in a cell of your own gives a push; call it again for a plan, and a
# third time for nearly the solution.


# %%
@exercise
def utf8_tokens(text):
    """The UTF-8 bytes of a text, one token each.

    text: a str.
    Returns a list of bytes objects of length 1; an empty list for an empty text.
    """
    ### BEGIN SOLUTION
    return [bytes([number]) for number in text.encode("utf-8")]
    ### END SOLUTION


# %%
check(utf8_tokens)

# %% [markdown]
# Why bytes, and not characters? A tokenizer of characters knows those it has met, and no others:

# %%
from aigc_lab.text.tokenizer import CharTokenizer

letters = CharTokenizer.train("the hen and the other hen")
print("its alphabet:", repr(letters.alphabet))
try:
    letters.encode("the cat")
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# There are 256 bytes, so a tokenizer of bytes is complete from the start: any text in any language
# goes in, and comes out unchanged.
#
# **Break it.** The price: a text can now be cut *within* a character. What stands there then is no
# character, and is shown as �. Remember this sign. It will come back.

# %%
cats = "猫猫".encode()
for size in range(len(cats) + 1):
    print(size, "bytes:", cats[:size].decode(errors="replace"))

# %% [markdown]
# ## 2 · Byte-pair encoding: learning what to join
#
# With bytes, sequences are long: a model would need hundreds of steps for a paragraph. With whole
# words they are short, but there is no end to words, and a new one could not be written at all.
#
# **Byte-pair encoding** (BPE) lies between. Begin with bytes, then repeat:
#
# 1. count every pair of neighbouring tokens in the text;
# 2. make a new token of the most frequent pair, and put it in the place of that pair, everywhere.
#
# Each round is a **merge**, and adds one token to the **vocabulary**, the list of all $V$ tokens:
#
# $$V = 256 + \text{number of merges},$$
#
# and one more for every special token (section 4).
#
# Our text is one sentence. First it is cut into words, each with the space in front of it, since
# GPT-2 never merges across the border of two words (the end of this section shows why).

# %%
from aigc_lab.text.words import split_words

sentence = "the hen and the other hen bathe together there"
words = [utf8_tokens(word) for word in split_words(sentence)]
print(split_words(sentence))
print("first word:", words[0])

# %% [markdown]
# One word first. “the” has three tokens and two pairs: (t, h) and (h, e). Now all words. Before you
# run the next cell, guess: which pair of letters stands most often side by side in the sentence?

# %%
from collections import Counter
from itertools import pairwise

pairs = Counter()
for word in words:
    pairs.update(pairwise(word))
for (left, right), count in pairs.most_common(4):
    print(count, "times", left.decode(), "before", right.decode())

# %% [markdown]
# ### Your turn: `most_common_pair`
#
# Put this into a function. It takes a list of words, each a list of tokens, and returns the pair of
# neighbours that occurs most often, as a tuple of two tokens.
#
# - Neighbours stand in the same word. Every occurrence counts, also in words that come again;
#   `a a a` holds (a, a) twice.
# - Tokens get longer than a byte later, so do not assume length 1.
# - When several pairs are equally frequent, return the one that is met first.


# %%
@exercise
def most_common_pair(words):
    """The most frequent pair of neighbouring tokens.

    words: a list of words, each a list of tokens (bytes objects); at least one word has two.
    Returns a tuple (left, right); among equally frequent pairs, the first in the text.
    """
    ### BEGIN SOLUTION
    counts = Counter()
    for word in words:
        counts.update(pairwise(word))
    return max(counts, key=counts.get)
    ### END SOLUTION


# %%
check(most_common_pair)

# %% [markdown]
# ### Your turn: `merge_pair`
#
# Now step 2, for one word. Wherever the two tokens of the pair stand side by side, one token takes
# their place: the two joined with `+`. Go from left to right, so that merging (a, a) in `a a a`
# gives `aa a`. A token that has been used up by one merge cannot be part of the next.


# %%
@exercise
def merge_pair(tokens, pair):
    """Join every occurrence of a pair, from left to right.

    tokens: a list of bytes objects. pair: a tuple of two bytes objects.
    Returns a new list of tokens, with the same bytes in the same order.
    """
    ### BEGIN SOLUTION
    merged, at = [], 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == tuple(pair):
            merged.append(tokens[at] + tokens[at + 1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged
    ### END SOLUTION


# %%
check(merge_pair)

# %% [markdown]
# Your two functions are all that training a tokenizer takes:


# %%
def learn(words, rounds):
    """Make the most common pair a token, round after round; keep each round's words."""
    merges, history = [], [words]
    for _ in range(rounds):
        pair = most_common_pair(history[-1])
        merges.append(pair)
        history.append([merge_pair(word, pair) for word in history[-1]])
    return merges, history


merges, history = learn(words, rounds=5)
for rank, (left, right) in enumerate(merges):
    print(f"merge {rank}: {left} + {right} = {left + right}")

# %% [markdown]
# See it happen: every text below is the same sentence after one more merge. Learned tokens are
# orange. The slider under it shows one round at a time, and which pair comes next.
# Blue and green only tell neighbours apart; in the slider only the newest token is orange.

# %%
from aigc_lab.viz.explore import explore


def rounds_made(n):
    """The sentence after n merges."""
    return [token for word in history[n] for token in word]


def show_round(merges_made):
    """Draw one round: the newest token is orange."""
    newest = {left + right for left, right in merges[:merges_made][-1:]}
    coming = [" and ".join(map(token_label, pair)) for pair in merges[merges_made:]]
    title = f"Next, {coming[0]} will be joined" if coming else "No pair is left that occurs twice"
    return token_boxes({f"merges: {merges_made}": rounds_made(merges_made)}, newest, title)


# %%
learned = {left + right for left, right in merges}
every_round = {f"merges: {n}": rounds_made(n) for n in range(len(history))}
still = token_boxes(every_round, learned)
explore(show_round, still, merges_made=range(len(history)))

# %% [markdown]
# Five merges are enough here: no pair is left that occurs twice, and a merge that is used once only
# moves the cost: one token fewer in the text, one more in the vocabulary.

# %%
final = history[-1]
left_over = Counter(pair for word in final for pair in pairwise(word))
print("the most frequent pair that is left occurs", max(left_over.values()), "time")
print(len(rounds_made(0)), "tokens became", len(rounds_made(5)))

# %% [markdown]
# **The real thing.** The package's tokenizer learns the same five merges from the sentence. (It
# would add a special token; section 4 says what that is, and `special_tokens=()` does without.)

# %%
from aigc_lab.text.bpe import BPETokenizer

tiny = BPETokenizer.train(sentence, vocab_size=256 + 5, special_tokens=())
print("the same merges:", tiny.merges == merges)

# %% [markdown]
# On a longer text the two part at some point. Here are fifty short texts of Tiny Town, the course's
# invented world:

# %%
from aigc_lab.town.documents import documents

town = [document.text for document in documents(50, language="english")]
town_words = [utf8_tokens(word) for text in town for word in split_words(text)]
town_merges, town_history = learn(town_words, rounds=35)
package_merges = BPETokenizer.train(town, 256 + 35, special_tokens=()).merges

same = next(at for at in range(35) if town_merges[at] != package_merges[at])
print("the same up to merge", same)
counts = Counter(pair for word in town_history[same] for pair in pairwise(word))
for name, pair in (("yours", town_merges[same]), ("the package", package_merges[same])):
    print(f"{name} takes {pair[0] + pair[1]}, which occurs {counts[pair]} times")

# %% [markdown]
# A tie. The algorithm does not say what to do about one: we take the pair met first, the package
# (like the library `tokenizers`) the one with the smaller ids (each token has a number, its
# id: section 3). Both are right. But once a choice is made, everybody who uses the model must cut
# text with the very same list of merges.
#
# **Break it: forget about words.** What is learned when a text is one long row of tokens? Compare
# the longest tokens.


# %%
def longest(merges):
    """The six longest tokens that some merges make."""
    return sorted({left + right for left, right in merges}, key=len)[-6:]


stories = [each.text for each in documents(40, language="english") if each.kind == "story"][:10]
uncut, _ = learn([utf8_tokens(story) for story in stories], rounds=90)
within, _ = learn([utf8_tokens(word) for story in stories for word in split_words(story)], 90)
token_boxes({"without words": longest(uncut), "within words": longest(within)})

# %% [markdown]
# (↵ is the end of a line.) Without borders, phrases become tokens, and full stops with the line
# that follows. That shortens *these* texts. But the same word then comes in many costumes, with
# this neighbour and with that one, and the model has to learn each of them anew.
#
# ## 3 · Cutting a new text
#
# Training is over; the list of merges is all that it leaves. How do they cut a word that was not in
# the sentence? **By rank**: the merge that was learned first is made first, wherever it fits, then
# the second, and so on. By hand, for “heather”:

# %%
tokens = utf8_tokens(" heather")
for rank, pair in enumerate(merges):
    tokens = merge_pair(tokens, pair)
    print(f"after merge {rank} ({token_label(pair[0] + pair[1])}):", tokens)

# %% [markdown]
# ### Your turn: `bpe_encode`
#
# Write the function that does this for any word and any list of merges. The merges are given in the
# order in which they were learned: rank 0 comes first in the list. Begin with the bytes of the
# word. Your own `utf8_tokens` and `merge_pair` are welcome.


# %%
@exercise
def bpe_encode(word, merges):
    """The tokens of one word.

    word: a str. merges: a list of pairs of bytes objects, in the order in which they were learned.
    Returns a list of bytes objects.
    """
    ### BEGIN SOLUTION
    tokens = utf8_tokens(word)
    for pair in merges:
        tokens = merge_pair(tokens, pair)
    return tokens
    ### END SOLUTION


# %%
check(bpe_encode)

# %% [markdown]
# Why is one pass through the list enough? A merge joins two tokens that are there already, so it
# can only make room for merges that were learned *after* it.
#
# **The real thing.** A text is cut into words, the words into tokens, and every token is replaced
# by its **id**, its place in the **vocabulary**: first the 256 bytes, then the merges by rank.

# %%
vocabulary = [tiny.token_bytes(id) for id in range(tiny.vocab_size)]
print("the last five of", len(vocabulary), "tokens:", vocabulary[-5:])

text = "then the heather hen, 猫!"
cut = [token for word in split_words(text) for token in bpe_encode(word, merges)]
ids = [vocabulary.index(token) for token in cut]
print("the same ids as the package's:", ids == tiny.encode(text))
print(ids)

# %% [markdown]
# (GPT-2 numbers the bytes in an order of its own, the printable ones first; so `!` is 0, and not
# 33. We follow it.)
#
# **Break it: cut some other way.** Two other rules look just as good. *Left to right*: merge the
# first pair that can be merged. *Longest match*: cut off the longest token that fits, again and
# again. Both use the same vocabulary, and at least one library has cut text by the first of them by
# mistake ([fastllm, pull request 715](https://github.com/ztxz16/fastllm/pull/715)).


# %%
def left_to_right(word, merges):
    """Always merge the leftmost pair that can be merged."""
    tokens = utf8_tokens(word)
    while fitting := [pair for pair in pairwise(tokens) if pair in merges]:
        tokens = merge_pair(tokens, fitting[0])
    return tokens


def longest_match(word, merges):
    """From the left, always the longest token there is."""
    known = {left + right for left, right in merges}
    rest, tokens = word.encode(), []
    while rest:
        size = max((n for n in range(len(rest) + 1) if rest[:n] in known), default=1)
        tokens.append(rest[:size])
        rest = rest[size:]
    return tokens


# %%
some = BPETokenizer.train(town, vocab_size=512, special_tokens=()).merges
rules = {"by rank": bpe_encode, "left to right": left_to_right, "longest match": longest_match}
token_boxes({name: rule(" headache", some) for name, rule in rules.items()})

# %% [markdown]
# All three rules use the same merges. Cutting by rank differs from the other two at the first
# letter: h goes to the e behind it before the space can claim it. How often does that happen? In
# texts of the town that the merges were not learned from:

# %%
unseen = documents(100, "test", language="english")
several = sorted({word for document in unseen for word in split_words(document.text)})
by_rank = [bpe_encode(word, some) for word in several]
for name in ("left to right", "longest match"):
    cut = [rules[name](word, some) for word in several]
    others = sum(one != other for one, other in zip(cut, by_rank, strict=True))
    print(f"{name}: {others} of {len(several)} words are cut otherwise than by rank")

# %% [markdown]
# The text is still the same, so nothing seems wrong. But the model was trained on tokens cut by
# rank. To it, the others are a way of writing that it has hardly ever seen. How much worse it
# predicts depends on which words they hit and how often; no error message tells.
#
# ## 4 · And back to text
#
# Decoding is easier: look up each id's bytes, join them, and decode UTF-8. The order of these steps
# matters. Here the cat's three bytes are three tokens:

# %%
cat_ids = tiny.encode("the 猫")
print("as tokens:", [vocabulary[id] for id in cat_ids])
print("decoded one by one:", "".join(vocabulary[id].decode(errors="replace") for id in cat_ids))

# %% [markdown]
# ### Your turn: `bpe_decode`
#
# Join the bytes first, then decode. A model may stop within a character, and a program that shows
# its words must not break down over it: incomplete bytes become �. `bytes.decode` does that when
# you pass `errors="replace"`.


# %%
@exercise
def bpe_decode(ids, vocabulary):
    """The text of some ids.

    ids: a list of whole numbers. vocabulary: a list of bytes objects; vocabulary[i] is token i.
    Returns a str, with � for bytes that make no character.
    """
    ### BEGIN SOLUTION
    return b"".join(vocabulary[id] for id in ids).decode("utf-8", errors="replace")
    ### END SOLUTION


# %%
check(bpe_decode)

# %%
print("the same text as the package's:", bpe_decode(cat_ids, vocabulary) == tiny.decode(cat_ids))
for text in ["naïve café", "你好，世界", "🙂", ""]:
    print("round trip:", text, bpe_decode(tiny.encode(text), vocabulary) == text)

# %% [markdown]
# **A mark that no text contains.** Where does one text end and the next begin? GPT-2 has one token
# that no bytes make, `<|endoftext|>`. A user could *type* those letters. They must then stay
# letters, or anybody could end a conversation in the middle:

# %%
marked = BPETokenizer.train(sentence, vocab_size=256 + 5 + 1)
typed = "the hen<|endoftext|>"
print(len(marked.encode(typed)), "tokens, as ordinary text")
print(len(marked.encode(typed, allow_special=True)), "tokens, where the program itself allows it")

# %% [markdown]
# **Chinese is bytes, too.** What does BPE learn first from Chinese? We take texts of Tiny Town that
# are told in Chinese, without the town's translation exercises, which hold English as well:


# %%
def told_in(language, count, split="train"):
    """Town texts in one language only: those of `count` that are no translations."""
    found = documents(count, split, language=language)
    return [document.text for document in found if document.kind != "translation"]


chinese_town = told_in("chinese", 300)
print(len(chinese_town), "texts")
chinese = BPETokenizer.train(chinese_town, vocab_size=1024)
first_tokens = [left + right for left, right in chinese.merges[:16]]
token_boxes({"first merges": first_tokens})

# %% [markdown]
# Mostly beginnings of characters! Common characters begin with the same bytes (their code points
# are near each other), so a beginning is more frequent than any one of the characters it begins. A
# character becomes a token when its bytes have been joined by two merges, and rare ones never do.
#
# ## 5 · GPT-2's tokenizer beside ours
#
# GPT-2 was trained on forty gigabytes of web pages, most of them English, and its vocabulary was
# learned from such pages (OpenAI did not publish exactly which). The vocabulary is published, but
# not ours to give away. Where it is in a cache on this machine, or can be downloaded (1.5 MB), the
# next cells use it; otherwise they take a record of what it makes of the texts below. They say
# which:

# %%
DOWNLOAD = True  # whether a small download is welcome

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.gpt2_tokens import gpt2_tokens

gpt2 = gpt2_tokens(DOWNLOAD)
print(gpt2.notice)

# %% [markdown]
# Ours learns from the Chinese texts and from as many English ones, again without translations:

# %%
english_town = told_in("english", 300)
print("texts:", len(english_town), "English and", len(chinese_town), "Chinese")
ours = BPETokenizer.train([*english_town, *chinese_town], vocab_size=1024)
print("V of ours:", ours.vocab_size, "and of GPT-2:", gpt2.tokenizer.vocab_size)


# %%
def pieces(tokenizer, text):
    """The tokens of a text, as bytes."""
    return [tokenizer.token_bytes(id) for id in tokenizer.encode(text)]


samples = {name: gpt2.texts[name] for name in ("English", "Chinese", "code", "emoji")}
for name, text in samples.items():
    print(f"{name}: {text}")

# %%
token_boxes({name: pieces(gpt2.tokenizer, text) for name, text in samples.items()}, (), "GPT-2")

# %%
token_boxes({name: pieces(ours, text) for name, text in samples.items()}, (), "Ours")

# %% [markdown]
# Look for the grey boxes: those are parts of characters. GPT-2 reads English in whole words, and
# Chinese mostly in crumbs. Ours has read little English, but some of its 1,024 tokens are Chinese
# characters.
#
# ### Your turn: `tokens_per_character`
#
# How many tokens does a character cost? For several texts together: all their tokens, divided by
# all their characters. Encode each text by itself.


# %%
@exercise
def tokens_per_character(texts, encode):
    """How many tokens a character costs.

    texts: a list of str, not all empty. encode: a function that turns a str into a list of ids.
    Returns a float: all tokens of all texts over all characters of all texts.
    """
    ### BEGIN SOLUTION
    tokens = sum(len(encode(text)) for text in texts)
    return tokens / sum(len(text) for text in texts)
    ### END SOLUTION


# %%
check(tokens_per_character)

# %%
from aigc_lab.viz.arrays import array_maps

tokenizers = {"bytes": BPETokenizer([]), "ours": ours, "GPT-2": gpt2.tokenizer}
costs = [
    [tokens_per_character([text], tokenizer.encode) for tokenizer in tokenizers.values()]
    for text in samples.values()
]
array_maps({"tokens per character": costs}, list(samples), list(tokenizers))

# %% [markdown]
# A “character” here is a code point. The family and the flag are several of them, and so is a thumb
# with a skin colour; some are invisible joiners of three bytes.
#
# The English and the Chinese sample say the same. What does the same message cost in GPT-2's
# tokens?

# %%
message = {name: len(gpt2.tokenizer.encode(samples[name])) for name in ("English", "Chinese")}
print(message, "ratio", round(message["Chinese"] / message["English"], 1))
print("characters:", {name: len(samples[name]) for name in message})

# %% [markdown]
# Fewer characters, more tokens. Whoever writes Chinese pays more for each message, fills the
# model's context sooner, and waits longer, all because of what the vocabulary was learned from.
# That is so in GPT-2's tokens; later vocabularies, learned from more Chinese, narrow the gap.
#
# More merges help, if they come from the right text. Here one tokenizer grows on Chinese; texts of
# Tiny Town that it has not read are cut by it:

# %%
exam = {language: told_in(language, 60, "test") for language in ("english", "chinese")}
for count in (0, 50, 200, 700):
    grown = BPETokenizer.train(chinese_town, 256 + count, special_tokens=())
    costs = {name: tokens_per_character(texts, grown.encode) for name, texts in exam.items()}
    print(f"{count:3} merges:", {name: round(cost, 2) for name, cost in costs.items()})

# %% [markdown]
# English gains nothing at all: no merge learned from Chinese fits it.
#
# **A vocabulary is a fossil of what it was learned from.** These are all of GPT-2's tokens that
# hold a Chinese character. Many have Japanese forms, and some (龍喚士) come from pages about one
# game. (A character that stands twice has parts of another one beside it, which are left out.)

# %%
print(len(gpt2.chinese), "of", gpt2.tokenizer.vocab_size, "tokens:")
print(gpt2.chinese)

# %%
for name in ("hello", " hello", "Hello", " Hello", "HELLO", "strawberry", " strawberry"):
    print(repr(name), "is", pieces(gpt2.tokenizer, gpt2.texts[name]))
for name in ("1999", "2026", "31415926", "a user's name"):
    print(repr(gpt2.texts[name]), "is", pieces(gpt2.tokenizer, gpt2.texts[name]))

# %% [markdown]
# - “hello” is a different token with a space, and with a capital letter; all in capitals it is
#   three. The model has to learn that they mean the same.
# - It cannot see the letters inside a token: one reason why models stumble over how many r's there
#   are in “strawberry”.
# - Numbers are cut without regard to digits' places, which does not help with sums.
# - The last one was the name of a user whose posts probably stood in the pages that the vocabulary
#   was learned from.
#
# > **Claim check.** “`max_tokens=1` gives an answer of at most one word.” So popular articles
# > explain their own code, which asks for the capital of France, and for a title. Does it?

# %%
for name in (
    "answer",
    "answer on a new line",
    "answer in Chinese",
    "a title",
    "a title in Chinese",
):
    answer_ids = gpt2.tokenizer.encode(gpt2.texts[name])
    first_only = gpt2.tokenizer.decode(answer_ids[:1])
    print(f"{gpt2.texts[name]!r}: tokens: {len(answer_ids)}, the first one alone: {first_only!r}")

# %% [markdown]
# **Verdict: false.** One token is not one word. “ Paris” happens to fit. A title does not, nor does
# a Chinese word of two characters: what comes out is part of its first. And where a model begins
# its answer on a new line, that line break is the one token, and nothing is left to read.
#
# > **Claim check.** “`max_length=50` leaves the model room for an answer.” Popular articles let
# > GPT-2 continue Chinese sentences like these. But `max_length` counts the prompt, too. How much
# > room is left?

# %%
room = {}
for name in ("article 001", "article 002", "article 003"):
    prompt = gpt2.texts[name]
    size = len(gpt2.tokenizer.encode(prompt))
    room[name] = 50 - size
    more = room[name] * len(prompt) / size  # at as many tokens a character as the prompt has
    print(f"{prompt}\n  {len(prompt)} characters, {size} tokens;", end=" ")
    print(f"{room[name]} tokens left to write, or about {more:.0f} characters")

# %% [markdown]
# **Verdict: only by luck.** Two of the prompts leave room for a few words. The other fills the
# limit to the last token, so nothing can be written after it (recent versions of `transformers`
# then stop with an error). Say how many *new* tokens you want instead: `max_new_tokens`.
#
# > **Claim check.** “This is what the program printed”: one article shows, for the third of these
# > prompts, a fluent continuation of 45 Chinese characters. Can it be?

# %%
rate = tokens_per_character([gpt2.texts["article 003"]], gpt2.tokenizer.encode)
print("tokens per character, in the article's own prompt:", round(rate, 2))
print("45 more characters need about", round(45 * rate), "tokens, and", room["article 003"], "fit")
print("to fit, a token would need", round(45 / room["article 003"], 2), "characters on average")
long = [token for token in gpt2.chinese if len(token.strip()) > 1]
print("tokens with Chinese that hold two characters or more:", len(long), long)

# %% [markdown]
# **Verdict: it cannot come from GPT-2 with this limit.** Its tokens would have to hold more than
# two characters on average, and the list of those that hold even two is short. Counting tokens
# needs no model and no GPU, and it unmasks a result that cannot be.
#
# And what does a text look like that is cut off at a limit? The third prompt after each of its
# first tokens:

# %%
prompt_ids = gpt2.tokenizer.encode(gpt2.texts["article 003"])
for size in range(1, 9):
    print(size, gpt2.tokenizer.decode(prompt_ids[:size]))

# %% [markdown]
# There is the � again: a *stream* of tokens shows it whenever it stops within a character. Programs
# that print a model's words as they come (as notebook 00 did) hold such bytes back until the
# character is whole.
#
# ## 6 · From ids to vectors
#
# An id is a name, not a quantity: token 300 is not twice token 150. So a model keeps a table $E$
# with one row of $C$ numbers for each of its $V$ tokens, its **embedding**, and looks rows up. By
# hand, with $V = 6$, $C = 3$ and a text of $T = 4$ tokens:

# %%
import numpy as np

E = np.array([[1, 0, 2], [0, 3, 0], [2, 1, 1], [0, 0, 4], [5, 0, 0], [1, 1, 1]])  # (V, C)
ids = np.array([2, 0, 2, 4])  # (T,)
print(E[ids])

# %% [markdown]
# The same as a matrix product. Write each id as a row of zeros with a single 1, a **one-hot**
# vector. Then row $t$ of $XE$ is the row of $E$ that the 1 picks out:
#
# $$X_{tv} = 1 \text{ if } v = \text{id}_t, \text{ else } 0, \qquad E[\text{ids}] = X E.$$

# %%
X = np.eye(6)[ids]  # (T, V)
print("the lookup equals the product:", np.array_equal(X @ E, E[ids]))
array_maps({"one-hot X (T, V)": X, "table E (V, C)": E, "X E (T, C)": X @ E})

# %% [markdown]
# The lookup is the same and costs almost nothing; with GPT-2's vocabulary, $X$ would hold fifty
# thousand numbers a token, all zero but one. The product is for thinking: it shows how the table
# *learns*.
#
# > **Claim check.** “The tokenizer turns text into word vectors.” What does it give, and what gives
# > the vectors?

# %%
import torch
from torch import nn

torch.manual_seed(0)
ids_of_text = torch.tensor(ours.encode("the hen"))
embedding = nn.Embedding(ours.vocab_size, 3)
print("from the tokenizer:", ids_of_text.dtype, "shape", tuple(ids_of_text.shape))
print("from the model's table:", embedding(ids_of_text).dtype, tuple(embedding(ids_of_text).shape))

# %% [markdown]
# **Verdict: false.** The tokenizer gives whole numbers. Vectors arise in the model's first layer,
# and they are parameters, learned with all the others.
#
# ### Which rows learn?
#
# Training makes a number small, the *loss*: how badly the model predicts. It asks of every number
# in the model how the loss would change if that number were a little larger, which is its
# **gradient**. For the vectors that were looked up, call it $G$; it has the shape of $XE$.
# (Notebook 02 shows where it comes from.) And the gradient of the table? Its row $v$ collects the
# rows of $G$ from all positions where token $v$ stood. Our ids are 2, 0, 2, 4. So row 2 gets the
# sum of two, rows 0 and 4 get one each, and the others nothing.
#
# In one formula ($X^\top$ is $X$ with rows and columns exchanged; a fraction with $\partial$ reads
# “change of … for a change of …”), by the chain rule:
#
# $$\frac{\partial \text{loss}}{\partial E} = X^\top G .$$

# %%
G = np.array([[1, 0, 1], [2, 0, 0], [10, 0, 0], [0, 0, 7]])  # (T, C)
array_maps({"G (T, C)": G, "gradient of E (V, C)": X.T @ G})

# %% [markdown]
# ### Your turn: `embedding_gradient`
#
# Compute this gradient for a *batch* of $B$ texts, each of $T$ tokens. `ids` has shape (B, T),
# `upstream` (our $G$) has shape (B, T, C), and the result has the shape of the table, (V, C). Any
# way will do: loops, the one-hot product (flatten B and T into one axis first), a function of
# NumPy's. Take care of tokens that occur more than once.


# %%
@exercise
def embedding_gradient(ids, upstream, vocab_size):
    """The gradient of the loss with respect to the embedding table.

    ids: whole numbers, shape (B, T). upstream: the gradient with respect to the vectors that were
    looked up, shape (B, T, C). vocab_size: V.
    Returns an array of shape (V, C).
    """
    ### BEGIN SOLUTION
    gradient = np.zeros((vocab_size, upstream.shape[-1]))
    for b, t in np.ndindex(ids.shape):
        gradient[ids[b, t]] += upstream[b, t]
    return gradient
    ### END SOLUTION


# %%
check(embedding_gradient)

# %% [markdown]
# **The real thing.** PyTorch's autograd says the same:

# %%
table = nn.Embedding(6, 3)
vectors = table(torch.tensor(ids)[None])  # (1, T, C)
vectors.backward(torch.tensor(G)[None].float())
yours = embedding_gradient(ids[None], G[None], 6)
print("equal to PyTorch:", np.allclose(table.weight.grad.numpy(), yours))

# %% [markdown]
# **Break it.** The shortest way to write it is wrong. NumPy makes `+=` with repeated indices once
# for each row, so token 2 forgets one of its two places:

# %%
short = np.zeros((6, 3))
short[ids] += G
array_maps({"yours": yours, "short[ids] += G": short})

# %% [markdown]
# A row whose token never occurs gets no gradient here, and stays as random as it was made. Tokens
# that were in the text the *vocabulary* was learned from, and hardly in the text the *model* was
# trained on, probably behave strangely for that reason: the user's name above is the famous case.
# (In GPT-2 the same table also scores the next token at the end, where rows learn in another way:
# notebook 05.)
#
# > **Claim check.** “An embedding is $E(x) = Wx + b$, with a bias $b$.” What does the bias add?

# %%
b = np.array([3.0, -1.0, 2.0])
print("the same vectors:", np.array_equal((E + b)[ids], E[ids] + b))

# %% [markdown]
# **Verdict: the bias adds nothing new.** Here $x$ must be one-hot, which makes $Wx$ a lookup, and
# then $Wx + b$ is a lookup in another table: the one with $b$ added to every row. The rows are
# learned anyway, so GPT-2 has no such $b$.
#
# ## 7 · What you have seen
#
# - A character has a code point, UTF-8 writes it as one to four bytes, and 256 bytes are enough to
#   write any text.
# - BPE joins the most frequent pair of neighbours, again and again, within words. The list of
#   merges is the tokenizer.
# - New text is cut by rank. Other rules give other tokens from the same vocabulary, which the model
#   has not learned, and no error message tells.
# - Bytes are joined before they are decoded, since a token may hold part of a character.
# - What a text costs depends on what the vocabulary was learned from: for GPT-2, the same message
#   is more than twice as long in Chinese as in English. Limits count tokens, prompt included.
# - Ids become vectors by a lookup, which is a one-hot product; only the rows that were looked up
#   learn from it.

# %%
progress("01")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>A tokenizer has made 1,000 merges and has one special token. How large is V?
# </summary>256 + 1000 + 1 = 1257.</details>
#
# <details><summary>GPT-2 has 50,257 tokens, one of them special. How many merges has it learned?
# </summary>50257 - 256 - 1 = 50,000.</details>
#
# <details><summary>The merges are (a, b), (b, c), (ab, c), in this order. How is “abc” cut, and how
# would it be cut if (b, c) had been learned first?</summary>First (a, b) gives ab c, then (ab, c)
# gives abc: one token. With (b, c) first: a bc, and no merge joins those two.</details>
#
# <details><summary>A chat program shows � for a moment, then a Chinese character in its place. What
# does it do wrong, and what is right?</summary>It decodes tokens as they come. It should keep the
# bytes of an unfinished character back until the rest has arrived.</details>
#
# <details><summary>You send a prompt of 45 tokens with max_length=50, and the answer breaks off in
# the middle of a word. Is the model broken?</summary>No: the limit counts the prompt, so only five
# tokens were left. Set the number of new tokens instead.</details>
#
# <details><summary>In one training step the text is “the cat the”. How many rows of the embedding
# table get a gradient from the lookup?</summary>As many as there are different tokens in it: three,
# if “the”, “ cat” and “ the” are one token each. A token that comes twice has one row, which gets
# the sum. (And “ the” with its space is another token than “the”.)</details>
#
# **Take it further.** Nothing is checked here. Choose a language or a kind of text that you know
# well: a song, a program, a menu. Train a tokenizer on one half of it, and measure tokens per
# character on the other half, with 100, 300 and 1,000 merges. When do more merges stop helping, and
# what do the last tokens look like? With a network, set GPT-2's beside it:
# `gpt2.tokenizer.encode(…)`.
#
# **Read next.**
#
# - Sennrich, Haddow and Birch (2016), *Neural Machine Translation of Rare Words with Subword
#   Units*: how BPE came to language models.
# - Radford and others (2019), *Language Models are Unsupervised Multitask Learners*, section 2.2:
#   GPT-2's tokenizer in half a page.
# - Rumbelow and Watkins (2023), *SolidGoldMagikarp (plus, prompt generation)*: what models do with
#   tokens that they have hardly met.
# - In the package: `aigc_lab/text/bpe_train.py` learns the same merges far faster; its first lines
#   explain how.
# - **Notebook 02** asks which token comes next, and how to compare models whose tokens differ.
