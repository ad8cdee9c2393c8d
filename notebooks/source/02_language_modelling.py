# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.7
#     memory_mb: 1000
# ---

# %% [markdown]
# # 02 · Language modelling: what comes next?
#
# A language model does one thing: it says how likely each next token is. Everything else in this
# course is a way of doing that better. Here you build the simplest one there is, find out what its
# *loss* means, and learn how good a model could possibly be.
#
# **You will be able to**
# - turn counts into a language model, and say what its loss means;
# - compute softmax, cross-entropy and its gradient by hand, without overflow;
# - compare two models fairly, and say how good a model could possibly be.
#
# **You need** Python with NumPy. A token is a piece of text with a number, its id; notebook 01 says
# more, but that is all you need. No network, no GPU.
#
# **It takes** under a minute to run and about two hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are six exercises. Until you have solved one, the course's own version stands in for it and
# says so, so every cell runs from the start.

# %%
from collections import Counter

from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · The probability of a text
#
# A child knows four sentences. We have listened to ten of its utterances:

# %%
heard = Counter({"the cat sleeps": 4, "the dog eats": 3, "the cat eats": 2, "a dog sleeps": 1})
sum(heard.values())

# %% [markdown]
# So the probability of “the cat eats” is 2 of 10. Now let us hear it word by word:
#
# - 9 of 10 utterances begin with “the”,
# - of these 9, the next word is “cat” in 6,
# - of these 6, the next word is “eats” in 2.

# %%
print("word by word:", round(9 / 10 * 6 / 9 * 2 / 6, 4), "- at once:", 2 / 10)

# %% [markdown]
# Each 9 and each 6 cancels, and 2 of 10 is left. That is no coincidence; it works for every text
# and is called the **chain rule** of probability (not the one for derivatives). For tokens
# $y_1, y_2, …, y_T$,
#
# $$p(y_1 … y_T) = p(y_1) · p(y_2 \mid y_1) · p(y_3 \mid y_1 y_2) ⋯
# = \prod_{t=1}^{T} p(y_t \mid y_1 … y_{t-1}).$$
#
# ($\prod$ multiplies what follows it, for each $t$ from 1 to $T$.)
#
# Read $p(y_3 \mid y_1 y_2)$ as “the probability of $y_3$ *after* $y_1 y_2$”. Note what stands
# behind the bar: **all** earlier tokens.


# %%
def next_word(beginning):
    """How often each word follows a beginning."""
    found = Counter()
    for sentence, times in heard.items():
        words, known = sentence.split(), beginning.split()
        if words[: len(known)] == known:
            found[words[len(known)]] += times
    return found


for beginning in ["", "the", "the cat"]:
    print(f"after {beginning!r}:", dict(next_word(beginning)))

# %%
from aigc_lab.viz.arrays import array_maps, bar_panels

words = ["a", "cat", "dog", "eats", "sleeps", "the"]
panels = {}
for beginning in ["", "the", "the cat"]:
    found = next_word(beginning)
    panels[f"after “{beginning}”"] = [found[word] / found.total() for word in words]
bar_panels(panels, words, "Three predictions, and each adds up to 1", within=(0, 1))

# %% [markdown]
# So whoever can predict the *next token after any beginning* knows the probability of every text,
# once the end counts as a token too. This is what GPT is trained to do. Nobody has to label
# anything: the text itself holds the right answers, moved on by one.

# %%
sentence = "the cat sleeps"
tokens = sentence.split()
for t in range(1, len(tokens)):
    print(tokens[:t], "->", tokens[t])

# %% [markdown]
# ## 2 · A model made of counts
#
# Real texts are longer, and almost no beginning ever comes twice, so that there is nothing to
# count. The oldest way out: pretend that only **the last token** matters. A pair of neighbours is
# called a *bigram*. Here is a text with the words as tokens:

# %%
story = "the cat sat . the dog sat . the cat ran . a dog ran to the cat ."
text = story.split()
vocabulary = sorted(set(text))
V = len(vocabulary)
print(V, "tokens:", vocabulary)

# %%
import numpy as np

ids = np.array([vocabulary.index(word) for word in text])
print(ids)

# %% [markdown]
# **One row by hand.** What follows “the”? Go through the text: cat, dog, cat, cat.

# %%
print([text[t + 1] for t in range(len(text) - 1) if text[t] == "the"])

# %% [markdown]
# So the row of “the” is: cat 3, dog 1, everything else 0. A table of all rows has a row for each
# token *before* and a column for each token *after*.
#
# ### Your turn: `count_pairs`
#
# Count all pairs of neighbours. `ids` is an array of $N$ whole numbers from 0 to $V-1$; the result
# is an array with `vocab_size` rows and as many columns. The cell at row $a$ and column $b$ says
# how often $b$ comes right after $a$. All $N-1$ pairs count, and each only in its own direction.
#
# Stuck? `hint(count_pairs)` in a cell of your own gives a push; call it again for a plan, and a
# third time for nearly the solution.


# %%
@exercise
def count_pairs(ids, vocab_size):
    """How often each token follows each: ids (N,) -> (V, V), row = before, column = after."""
    ### BEGIN SOLUTION
    counts = np.zeros((vocab_size, vocab_size), dtype=int)
    for t in range(len(ids) - 1):
        counts[ids[t], ids[t + 1]] += 1
    return counts
    ### END SOLUTION


# %%
check(count_pairs)

# %%
names = [word if word.isalpha() else f"“{word}”" for word in vocabulary]  # shows the full stop
counts = count_pairs(ids, V)
array_maps({"counts": counts}, names, names, "before", "after")

# %% [markdown]
# Find the row of “the” in the picture. To turn a row into probabilities, divide it by its sum:
#
# $$p(b \mid a) = \frac{\text{count}(a, b)}{\sum_{b'} \text{count}(a, b')}.$$
#
# After “the” comes “cat” with probability $3/4$. And “ran”? It was never seen there, so it gets 0:
# the model calls every text with “the ran” *impossible*. A bold claim for someone who has read a
# handful of sentences.
#
# The remedy is **smoothing**: pretend that every pair has been seen $k$ times more. Each of the $V$
# cells of a row grows by $k$, so its sum grows by $kV$:
#
# $$p(b \mid a) = \frac{\text{count}(a, b) + k}{\sum_{b'} \text{count}(a, b') + kV}.$$
#
# By hand, with $k = 1$ and $V = 8$: “cat” after “the” gets $(3+1)/(4+8) = 4/12$, and “ran” gets
# $1/12$.
#
# ### Your turn: `bigram_probabilities`
#
# Write this formula for a whole table. `counts` has shape $(N, V)$: one row for each context, one
# column for each token that may follow. (Here $N = V$; in section 4 there will be more rows than
# columns.) Each row of the result must add up to 1, for $k > 0$ even the row of a token that was
# never seen. With `k = 0` there is no smoothing. Leave `counts` itself as it is.


# %%
@exercise
def bigram_probabilities(counts, k):
    """Counts (N, V) as probabilities (N, V), after k imagined sightings in every cell."""
    ### BEGIN SOLUTION
    smoothed = counts + k
    return smoothed / smoothed.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %%
check(bigram_probabilities)

# %%
table = bigram_probabilities(counts, k=1)
array_maps({"p(after | before), k = 1": table}, names, names, "before", "after")

# %% [markdown]
# It is a language model: let it write. Draw a token from the row of the last one, and go on.

# %%
rng = np.random.default_rng(9)
seen = bigram_probabilities(counts, k=0)  # only pairs that were seen
written = [vocabulary.index("the")]
while len(written) < 16:
    written.append(rng.choice(V, p=seen[written[-1]]))
print(" ".join(vocabulary[id] for id in written))

# %% [markdown]
# Every pair of neighbours stands in the story, and yet “the dog ran to the cat sat” is no sentence:
# at each word the model has forgotten all but the last.
#
# **Break it.** What does $k$ do? Look at the row of “the”:

# %%
the = vocabulary.index("the")
rows = {f"k = {k}": bigram_probabilities(counts, k)[the] for k in [0, 0.1, 1, 100]}
bar_panels(rows, names, "What comes after “the”?", within=(0, 1))

# %% [markdown]
# With $k = 0$ most words are impossible; with $k = 100$ the few words that were really read drown
# among the imagined ones. How do we find the best $k$? We need a number that says how good a
# model is.

# %% [markdown]
# ## 3 · Surprise
#
# The weather report says “rain: 99%”, and it rains: no surprise. It says “rain: 1%”, and it rains:
# big surprise. The **surprise** at something that had probability $p$ is
#
# $$\text{surprise} = -\ln p,$$
#
# with the natural logarithm. It is measured in **nats**.

# %%
import math

for p in [1, 0.5, 1 / 6, 0.01]:
    print(f"p = {p:.3f}: surprise {-math.log(p) + 0:.2f} nats")

# %%
from aigc_lab.viz.functions import function_curves

p = np.linspace(0.005, 1, 200)
marks = {
    "certain": (1.0, 0.0),
    "a coin": (0.5, math.log(2)),
    "a die": (1 / 6, math.log(6)),
    "1 in 100": (0.01, math.log(100)),
}
function_curves({"": (p, -np.log(p))}, "probability p of what happened", "surprise, nats", marks)

# %% [markdown]
# Why the logarithm? Because it turns products into sums. The probability of a text is a *product*
# over its tokens (the chain rule), so its surprise is a *sum* over its tokens. And products are a
# bad thing to compute with:

# %%
print("product of 1000 probabilities of 0.1:", 0.1**1000)
print("their surprises added up:", round(1000 * -math.log(0.1), 1))

# %% [markdown]
# The **cross-entropy** of a model on a text is its mean surprise per token. It is *the* loss of
# language models:
#
# $$\text{loss} = -\frac1T \sum_{t=1}^{T} \ln p(y_t \mid y_1 … y_{t-1}).$$
#
# ($\sum$ adds up what follows it, here for each $t$ from 1 to $T$.)
#
# **By hand**: a model gave the three tokens of a text the probabilities 1/2, 1/4 and 1/8.

# %%
surprises = -np.log([1 / 2, 1 / 4, 1 / 8])
print("surprises:", surprises.round(2), "- mean:", surprises.mean().round(2))

# %% [markdown]
# A mean of 1.39 nats is the surprise at 1 in 4, since $e^{1.39} ≈ 4$: on average this model was as
# uncertain as somebody who rolls a fair die with four sides. $e^{\text{loss}}$ is called
# **perplexity**: the number of sides.

# %%
from aigc_lab.model.loss import perplexity

print(round(perplexity(surprises.mean()), 6), "sides; a die:", round(perplexity(math.log(6)), 6))

# %% [markdown]
# Now we can grade the models of section 2, on a sentence that they have not read:

# %%
exam = "a cat sat . the dog ran to the dog ."
exam_ids = np.array([vocabulary.index(word) for word in exam.split()])
with np.errstate(divide="ignore"):  # the logarithm of 0 is the point
    for k in [0, 0.01, 0.1, 1, 10, 100]:
        p = bigram_probabilities(counts, k)[exam_ids[:-1], exam_ids[1:]]  # one for each pair
        print(f"k = {k:<6} loss {-np.log(p).mean() + 0:.2f}")

# %% [markdown]
# With $k = 0$ one “impossible” pair such as “a cat” makes the loss infinite. With $k = 100$ the
# loss comes near $\ln 8 = 2.08$, that of somebody who knows nothing at all. The best lies between.
# (The first word has nothing before it and is left out. Strictly, $k$ should be chosen on a third
# text, for *validation*.)
#
# ### How low can it go?
#
# Take a bent coin that shows heads with probability $q = 0.7$. You bet on heads with probability
# $p$. Your mean surprise is
#
# $$-q \ln p - (1-q) \ln (1-p).$$
#
# What is your best $p$? Not 1, since then every tail is infinitely surprising.


# %%
def coin(q):
    """The mean surprise of every bet on a coin that shows heads with probability q."""
    p = np.linspace(0.01, 0.99, 99)
    loss = -q * np.log(p) - (1 - q) * np.log(1 - p)
    best = loss.argmin()
    title = f"A coin that shows heads with q = {q}: the best bet is p = {p[best]:.2f}"
    return function_curves(
        {"": (p, loss)},
        "your bet p on heads",
        "mean surprise, nats",
        marks={"": (p[best], loss[best])},
        floor=loss[best],
        top=2.5,
        title=title,
    )


# %%
from aigc_lab.viz.explore import explore

explore(coin, coin(0.7), q=[0.5, 0.6, 0.7, 0.8, 0.9, 0.99])

# %% [markdown]
# The best bet is the truth, $p = q$. Even then there is surprise left: that of the coin itself,
# $-q \ln q - (1-q) \ln(1-q)$. It is called the **entropy** of the source, and it is a **floor**:
# no model, however large, has a lower loss in the long run. We flip the coin to see:

# %%
flips = np.random.default_rng(0).random(100_000) < 0.7
floor = -0.7 * math.log(0.7) - 0.3 * math.log(0.3)
for p in [0.5, 0.7, 0.9]:
    print(f"bet {p}: {-np.log(np.where(flips, p, 1 - p)).mean():.2f} (floor {floor:.2f})")

# %% [markdown]
# Keep this in mind: a loss is good or bad only *compared with the floor of its text*. For real
# English nobody knows the floor. That is why this course has a town whose floor is known exactly;
# we go there in section 9.

# %% [markdown]
# ## 4 · Is that a GPT?
#
# > **Claim check.** In popular articles a GPT's probability of a text is written as
# > $p(y_1 … y_n) = p(y_1 \mid y_0) · p(y_2 \mid y_1) ⋯ p(y_n \mid y_{n-1})$.
# > ($y_0$ marks the beginning.) Compare it with the chain rule of section 1: behind each bar stands
# > only *one* token. That is our bigram table. Does it make a difference?
#
# We make a source where it does. Seven tokens; each one repeats the token **before the last** with
# probability 0.8, and is rolled with a seven-sided die otherwise.


# %%
def rhyme(length, seed):
    """Tokens of which each mostly repeats the one before the last."""
    rng = np.random.default_rng(seed)
    die, repeats = rng.integers(7, size=length), rng.random(length) < 0.8
    ids = [0, 1]
    for t in range(length - 2):
        ids.append(ids[-2] if repeats[t] else int(die[t]))
    return np.array(ids)


train, new = rhyme(100_000, seed=0), rhyme(8000, seed=5)
print(train[:40])

# %% [markdown]
# Its floor, by hand: the token before the last comes back with probability $0.8 + 0.2/7$ (the die
# may show it too), and each of the six others comes with $0.2/7$.

# %%
same, other = 0.8 + 0.2 / 7, 0.2 / 7
floor = -same * math.log(same) - 6 * other * math.log(other)
print(f"floor {floor:.2f}, a guess among seven {math.log(7):.2f}")

# %% [markdown]
# First the bigram table. Then a table whose rows are *pairs* of tokens: the row of the context
# $(a, b)$ has the number $7a + b$. (`np.add.at` adds also where the same cell is named twice; plain
# `+=` does not.)

# %%
singles = bigram_probabilities(count_pairs(train, 7), k=1)
one_back = -np.log(singles[new[1:-1], new[2:]]).mean()

counts_of_two = np.zeros((49, 7))
np.add.at(counts_of_two, (7 * train[:-2] + train[1:-1], train[2:]), 1)
pairs = bigram_probabilities(counts_of_two, k=1)
two_back = -np.log(pairs[7 * new[:-2] + new[1:-1], new[2:]]).mean()
print(f"one token of context: {one_back:.2f}; two tokens: {two_back:.2f}")

# %% [markdown]
# (The package has a bigram table too; it smooths a little more cleverly, and gets no further.)

# %%
from aigc_lab.text.bigram import bigram_loss

print(f"the package's bigram table: {bigram_loss(train, new, vocab_size=7):.2f}")

# %% [markdown]
# With one token of context the table learns *nothing*: the last token says nothing about the next.
# With two it stands on the floor, but for the luck of these dice. And a GPT? We train a very small
# one, for a few seconds (notebooks 03 to 06 explain every line). It gets windows of eight tokens,
# and has to find out by itself which of them matter.

# %%
import torch

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.loss import cross_entropy as package_loss


def windows(ids, starts, length=8):
    """Rows of ids that begin at the starts, and what comes after each of their tokens."""
    rows = torch.tensor(ids)[starts[:, None] + torch.arange(length + 1)]  # (B, T + 1)
    return rows[:, :-1], rows[:, 1:]


def gpt_loss(model, x, y):
    """The loss at every position that sees at least two tokens."""
    return package_loss(model(x)[:, 1:], y[:, 1:])


# %%
torch.manual_seed(0)
model = GPT(GPTConfig.gpt2(vocab_size=7, block_size=8, n_layer=1, n_head=2, n_embd=64))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
x_new, y_new = windows(new, torch.arange(0, len(new) - 9, 8))

# %%
steps, losses = [], []
for step in range(151):
    if step % 10 == 0:
        steps.append(step)
        losses.append(gpt_loss(model, x_new, y_new).item())
    loss = gpt_loss(model, *windows(train, torch.randint(len(train) - 9, (32,))))
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

# %%
from aigc_lab.viz.plots import loss_curve

loss_curve(
    {"small GPT": (steps, losses)},
    floor=floor,
    baselines={"bigram table": one_back, "two tokens": two_back},
    title="On new tokens of the same source",
)

# %%
print("bigram within 0.01 of knowing nothing:", abs(one_back - math.log(7)) < 0.01)
print("GPT within 0.05 of the floor:", abs(losses[-1] - floor) < 0.05)

# %% [markdown]
# **Verdict: wrong.** The formula describes a bigram table, and a source with a memory of two tokens
# shows the difference: the table stays where it started, the GPT reaches the floor. A GPT computes
# $p(y_t \mid y_1 … y_{t-1})$, with all tokens in its window behind the bar.
#
# Why not simply count longer contexts? The table for two tokens had $7^2$ rows. For the 1024 tokens
# that GPT-2 looks back on, with its 50,257 different tokens:

# %%
print(f"a number of rows with {int(1024 * math.log10(50257)) + 1:,} digits")

# %% [markdown]
# There is no such table, and no text to fill it. So the probabilities must be *computed* from the
# context. That is what a neural network is for.

# %% [markdown]
# ## 5 · From scores to probabilities
#
# A network can output any numbers: one **score** for each token of the vocabulary, also called a
# **logit**. Probabilities must be positive and add up to 1. **Softmax** does it: take $e$ to each
# score, and divide by the sum.
#
# $$\text{softmax}(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}.$$
#
# By hand, for the scores 2, 1, 0: $e^2 ≈ 7.39$, $e^1 ≈ 2.72$, $e^0 = 1$, together $11.11$.

# %%
z = np.array([2.0, 1.0, 0.0])
powers = np.exp(z)
print("powers:", powers.round(2), "- sum:", powers.sum().round(2))
print("probabilities:", (powers / powers.sum()).round(3))

# %%
panels = {"score z": z, "e^z": powers, "probability": powers / powers.sum()}
bar_panels(panels, ["token 0", "token 1", "token 2"])

# %% [markdown]
# Each step up in score multiplies by $e ≈ 2.72$: **differences of scores become ratios of
# probabilities**. Hence two laws. Adding the same number to all scores changes nothing; multiplying
# all scores makes the choice sharper or flatter. (In the pictures of this notebook 0 also stands
# for anything positive below 0.005.)


# %%
def plain_softmax(z):
    """The formula, word for word."""
    return np.exp(z) / np.exp(z).sum()


def adjusted(add, multiply):
    """The scores 2, 1, 0 after adding and multiplying, and their softmax."""
    scores = multiply * z + add
    panels = {"scores": scores, "probabilities": plain_softmax(scores)}
    return bar_panels(panels, ["token 0", "token 1", "token 2"])


changed = {"z": z, "z + 100": z + 100, "z · 3": 3 * z, "z · 0.2": 0.2 * z}
shares = {name: plain_softmax(scores) for name, scores in changed.items()}
still = bar_panels(shares, ["token 0", "token 1", "token 2"], "Softmax of …", within=(0, 1))
explore(adjusted, still, add=[0, -5, 5, 100], multiply=[1, 0, 0.2, 3, 10])

# %% [markdown]
# > **Claim check.** A popular formula for a GPT's output reads, in our letters,
# > $p(i) = \dfrac{e^{z_i}}{\sum_{j} e^{z_i}}$. (The same slip stands in its formula for attention
# > weights.) Do you see the difference? Below the line, the summation runs over $j$, but no $j$
# > occurs in it. We do what it says:

# %%
literal = np.exp(z) / sum(np.exp(z) for j in range(len(z)))
print("the popular formula:", literal.round(3))
print("softmax:            ", plain_softmax(z).round(3))

# %% [markdown]
# **Verdict: wrong by one letter.** With the index missing, each power is divided by three times
# itself: every token gets $1/V$, and the scores do not matter at all.
#
# ### When exp overflows
#
# $e^z$ grows fast, and every type of number has a largest value. From which score on is $e^z$
# infinite?

# %%
for name in ["float16", "bfloat16", "float32", "float64"]:
    largest = torch.finfo(getattr(torch, name)).max
    print(f"{name:9} overflows above a score of {math.log(largest):.2f}")

# %%
with np.errstate(over="ignore", invalid="ignore"):
    print(plain_softmax(np.array([1000.0, 1001.0])))

# %% [markdown]
# Infinite divided by infinite is `nan`, “not a number”; and one `nan` in training spoils every
# parameter within a step. But the first law says: adding the same number to all scores changes
# nothing. So subtract the **largest score** first. Then the largest power is $e^0 = 1$, and nothing
# can overflow.
#
# ### Your turn: `softmax`
#
# Write a softmax that is right for scores of any size. `x` may be a single row of $N$ scores, a
# table of rows, or have more axes, $(…, N)$: each row along the *last* axis is a choice of its own,
# with its own maximum and its own sum.


# %%
@exercise
def softmax(x):
    """Scores (…, N) to probabilities (…, N), each row along the last axis by itself."""
    ### BEGIN SOLUTION
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %%
check(softmax)

# %%
scores = 5 * np.random.default_rng(0).normal(size=(2, 3, 7))
theirs = torch.softmax(torch.tensor(scores), dim=-1).numpy()
print("equal to PyTorch's:", np.allclose(softmax(scores), theirs))
print("of 1000 and 1001:", softmax(np.array([1000.0, 1001.0])).round(3))

# %% [markdown]
# ## 6 · The loss, straight from the scores
#
# The loss needs $-\ln p$ of the right token $y$. Put softmax into it, and the logarithm undoes the
# power above the line:
#
# $$-\ln \frac{e^{z_y}}{\sum_j e^{z_j}} = \underbrace{\ln \sum_j e^{z_j}}_{\text{log-sum-exp}}
# -\; z_y.$$
#
# By hand, for the scores 2, 1, 0, when token 1 is right: $\ln 11.11 = 2.41$, minus its score 1,
# makes 1.41 nats. Check: $-\ln 0.245 = 1.41$.

# %%
print((np.log(np.exp(z).sum()) - z[1]).round(2), (-np.log(plain_softmax(z)[1])).round(2))

# %% [markdown]
# **Log-sum-exp** is a soft maximum: at least the largest score, and at most $\ln V$ more. So the
# loss says: how far does the right score lie behind the soft maximum?
#
# It can overflow like softmax, and the same shift helps. With $m$ the largest score,
#
# $$\ln \sum_j e^{z_j} = m + \ln \sum_j e^{z_j - m}.$$
#
# **Break it.** Why not take the logarithm of a good softmax? Let the right token's score lie 800
# behind. It must cost 800 nats:

# %%
far = np.array([800.0, 0.0])
with np.errstate(divide="ignore"):
    print("logarithm of softmax:", -np.log(softmax(far)[1]))
print("log-sum-exp:", far.max() + np.log(np.exp(far - far.max()).sum()) - far[1])

# %% [markdown]
# The probability $e^{-800}$ rounds to 0, its logarithm is gone for good, and adding a tiny number
# to it only hides how wrong the model is. Never take the logarithm of a probability that may
# already have been rounded to 0.
#
# ### Your turn: `cross_entropy`
#
# The loss of $N$ positions: `logits` $(N, V)$ holds a row of scores for each, `targets` $(N,)$ the
# id of the token that really came next. Return one number: the mean over the positions of
# log-sum-exp minus the right token's score. It must be right for scores of any size.
# (`z[np.arange(N), targets]` picks one number from each row.)


# %%
@exercise
def cross_entropy(logits, targets):
    """The mean surprise, in nats: logits (N, V), targets (N,) whole numbers -> one number."""
    ### BEGIN SOLUTION
    z = logits - logits.max(axis=-1, keepdims=True)  # the shift drops out of the difference
    log_total = np.log(np.exp(z).sum(axis=-1))  # (N,)
    return (log_total - z[np.arange(len(targets)), targets]).mean()
    ### END SOLUTION


# %%
check(cross_entropy)

# %%
rng = np.random.default_rng(0)
logits, targets = 3 * rng.normal(size=(11, 5)), rng.integers(5, size=11)
theirs = torch.nn.functional.cross_entropy(torch.tensor(logits), torch.tensor(targets))
ours = package_loss(torch.tensor(logits), torch.tensor(targets))
mine = cross_entropy(logits, targets)
print("equal to the package:", np.allclose(mine, ours), "- to PyTorch:", np.allclose(mine, theirs))

# %% [markdown]
# ### One number predicts another
#
# A model that has learned nothing should give each of $V$ tokens about the same probability, $1/V$.
# So its loss must be near $-\ln (1/V) = \ln V$, before any training. Three GPTs as they are born:


# %%
def newborn(vocab_size, spread=0.02, tied=True):
    """The loss of an untrained GPT on random tokens, and how often it bets on a repetition."""
    torch.manual_seed(0)
    config = GPTConfig.gpt2(
        vocab_size=vocab_size, block_size=32, n_layer=2, n_head=2, n_embd=64, tie_weights=tied
    )
    model = GPT(config)
    torch.nn.init.normal_(model.wte.weight, std=spread)
    x, y = torch.randint(vocab_size, (2, 4, 32))
    with torch.no_grad():
        logits = model(x)
    return package_loss(logits, y).item(), (logits.argmax(-1) == x).double().mean().item()


for size in [65, 1024, 50257]:
    print(f"V = {size:6}: loss {newborn(size)[0]:4.1f}, ln V {math.log(size):4.1f}")

# %% [markdown]
# This is the cheapest test of a model there is. **Break it**: fill the table that turns each token
# into numbers (its *embedding*) with a spread (standard deviation) of 1, PyTorch's default, instead
# of GPT-2's 0.02. In GPT-2 the same table also scores the next token; the two are *tied*. For
# comparison, a model whose scores come from a table of their own:

# %%
for size in [65, 1024, 50257]:
    tied, repeats = newborn(size, spread=1.0)
    untied, _ = newborn(size, spread=1.0, tied=False)
    print(f"V = {size:6}: loss tied {tied:2.0f}, untied {untied:4.1f}, ln V {math.log(size):4.1f}")
    print(f"{'':12}favourite of the tied model: the same token again, {repeats:.0%} of the time")

# %% [markdown]
# Tied, it is worse than knowing nothing! With large numbers in the one table every token scores
# *itself* far above the rest: the newborn model is sure that each token repeats. Confidence without
# knowledge is what this loss punishes most. Untied, the scores stay small, and the loss is
# $\ln V$ again.
#
# > **Claim check.** “A GPT is trained with the loss $-\sum_i \log p(y_i \mid x_i)$ over pairs of an
# > input $x_i$ and its label $y_i$”, popular articles say. A *sum*, over *labelled pairs*?

# %%
both = np.concatenate([logits, logits]), np.concatenate([targets, targets])
for name, batch in {"a batch": (logits, targets), "the same batch twice": both}.items():
    loss = cross_entropy(*batch)
    print(f"{name}: mean {loss:.2f}, sum {loss * len(batch[1]):.2f}")

# %% [markdown]
# **Verdict: half right.** With a sum, the loss (and in plain gradient descent, section 7, the size
# of every step) would depend on how many tokens happen to be in a batch, and the loss could not be
# compared with $\ln V$. It is the mean, also in PyTorch. And there are no labelled pairs: each
# token of the text is the answer to all the tokens before it.
#
# One more trap: PyTorch's `cross_entropy` wants **scores**. Give it probabilities, and it takes the
# softmax of a softmax. Even a model that is right and perfectly sure then looks hopeless:

# %%
sure = torch.zeros(1, 50257)
sure[0, 42] = 100.0  # as good as certain of token 42
right = torch.tensor([42])
print("scores:       ", round(package_loss(sure, right).item(), 1))
print("probabilities:", round(package_loss(torch.softmax(sure, -1), right).item(), 1))

# %% [markdown]
# ## 7 · The gradient: probability minus truth
#
# To learn, we must know how the loss changes when a score changes: its **gradient**, one number for
# each score. The loss of one position is $\ln \sum_j e^{z_j} - z_y$.
#
# - The first part changes with $z_i$ by $e^{z_i} / \sum_j e^{z_j}$: that is just $p_i$. (The
#   derivative of $\ln u$ is $u'/u$; here $u = \sum_j e^{z_j}$, and only $e^{z_i}$ in it depends on
#   $z_i$.)
# - The second part changes only with $z_y$ itself, by $-1$.
#
# Together, with *onehot* a vector that is 1 at the right token and 0 elsewhere:
#
# $$\frac{\partial\, \text{loss}}{\partial z} = p - \text{onehot}(y).$$
#
# By hand, for the scores 2, 1, 0 and the right token 1:

# %%
p, onehot = softmax(z), np.array([0, 1, 0])
panels = {"probability": p, "truth": onehot, "gradient": p - onehot}
bar_panels(panels, ["token 0", "token 1", "token 2"])

# %% [markdown]
# Learning goes *against* the gradient: the right token's score rises by what it lacked, the others
# fall by what they took too much. The three numbers add up to 0, and none is larger than 1.
#
# Is it true? Nudge each score a little and look:

# %%
nudge = 1e-6
for i in range(3):
    moved = z + nudge * np.eye(3)[i]
    before = np.log(np.exp(z).sum()) - z[1]
    after = np.log(np.exp(moved).sum()) - moved[1]
    print(f"token {i}: measured {(after - before) / nudge:.3f}, by hand {(p - onehot)[i]:.3f}")

# %% [markdown]
# ### Your turn: `cross_entropy_gradient`
#
# Now for $N$ positions: `logits` $(N, V)$ and `targets` $(N,)$ as before. The loss is the *mean*
# over the positions, so each row of the result is $(p - \text{onehot}) / N$. You may use your
# `softmax`.


# %%
@exercise
def cross_entropy_gradient(logits, targets):
    """How the mean loss changes with each score: logits (N, V), targets (N,) -> (N, V)."""
    ### BEGIN SOLUTION
    gradient = softmax(logits)
    gradient[np.arange(len(targets)), targets] -= 1
    return gradient / len(targets)
    ### END SOLUTION


# %%
check(cross_entropy_gradient)

# %% [markdown]
# PyTorch finds gradients by itself (*autograd*). It finds the same:

# %%
leaf = torch.tensor(logits, requires_grad=True)
torch.nn.functional.cross_entropy(leaf, torch.tensor(targets)).backward()
print("equal to autograd:", np.allclose(cross_entropy_gradient(logits, targets), leaf.grad))

# %% [markdown]
# ### Learning what could be counted
#
# Now your functions can train a model. It is a table again, $V$ rows and $V$ columns, but of
# *scores*: at first all zero. The row of the last token gives the scores for the next. We never
# count anything; we only go against the gradient, a thousand times, on the text of section 2. The
# factor in front of the gradient, here 10, is called the **learning rate**.

# %%
x, y = ids[:-1], ids[1:]  # every token, and the one after it
scores = np.zeros((V, V))
history = []
for _ in range(1000):
    history.append(cross_entropy(scores[x], y))
    gradient = cross_entropy_gradient(scores[x], y)  # (N, V), a row for each position
    np.add.at(scores, x, -10 * gradient)  # each goes to the row of its token

# %%
counted = bigram_probabilities(count_pairs(ids, V), k=0)
lowest = -np.log(counted[x, y]).mean()
curve = {"learned table": (range(0, 100, 3), history[:100:3])}
title = "The first hundred steps; the floor is the counted table's loss"
loss_curve(curve, baselines={"ln V": math.log(V)}, floor=lowest, title=title)

# %%
learned = softmax(scores)
tables = {"counted": counted, "learned": learned}
array_maps(tables, names, names, "before", "after")

# %%
print("largest difference below 0.02:", np.abs(learned - counted).max() < 0.02)

# %% [markdown]
# Gradient descent found the count table. Of course it did: the best bet is the truth (section 3),
# and among tables the truth about this text is its counts. Why then learn what can be counted?
# Because the same gradient also flows into models that *cannot* be counted.
#
# **Break it.** Forget the “minus onehot”, and use $p$ alone:

# %%
scores = np.zeros((V, V))
for _ in range(1000):
    np.add.at(scores, x, -10 * softmax(scores[x]) / len(x))
print(f"loss at the start {history[0]:.2f}, at the end {cross_entropy(scores[x], y):.2f}")

# %% [markdown]
# All scores fall together, and softmax does not care. The truth enters training through this one
# number, the 1 at the right token.

# %% [markdown]
# ## 8 · Comparing models: bits per byte
#
# A loss per token depends on what a token *is*. To see it, we take one text and one kind of model,
# the bigram table, and change nothing but the tokenizer: bytes only, then more and more *merges*
# that glue frequent neighbours into one token (notebook 01). The text comes from Tiny Town, our
# invented world, in English and Chinese.

# %%
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.town.documents import documents

learn = [document.text for document in documents(400, "train")]
exam = [document.text for document in documents(60, "test")]
size = len("".join(exam).encode())
print(f"{size:,} bytes to predict")

# %%
found = {"tokens": [], "perplexity": [], "bits per byte": []}
merges = [0, 200, 800, 1600]
for number in merges:
    tokenizer = BPETokenizer.train(learn, vocab_size=257 + number)
    learn_ids, _ = encode_documents(tokenizer, learn)
    exam_ids, _ = encode_documents(tokenizer, exam)
    nats = bigram_loss(learn_ids, exam_ids, tokenizer.vocab_size)
    found["tokens"].append(len(exam_ids))
    found["perplexity"].append(math.exp(nats))
    found["bits per byte"].append(nats * (len(exam_ids) - 1) / math.log(2) / size)
bar_panels(found, [f"{number} merges" for number in merges])

# %% [markdown]
# Look at the perplexity: three of them are about equal, the last is the worst. Yet the models get
# better and better, because one token of context now holds more text. With more merges there are
# fewer tokens, each of them longer and harder to guess, so that *per token* nothing can be
# compared. What all of them share is the text. So divide the surprise at the whole text by its
# **bytes**, in bits ($\ln 2 ≈ 0.69$ nats are one bit, the surprise at a fair coin):
#
# $$\text{bits per byte} = \frac{\text{nats of all tokens}}{\ln 2 · \text{bytes of the text}}.$$
#
# It has a plain meaning: a file of this text could be shrunk to that many bits for each byte (an
# unpacked file takes 8). By hand: three tokens of 2 nats each, for a text of 12 bytes:

# %%
print(round(3 * 2 / math.log(2) / 12, 3), "bits per byte")

# %% [markdown]
# ### Your turn: `bits_per_byte_of_texts`
#
# `losses` is a list with one array for each text: the nats of its tokens. `texts` are the texts
# themselves. Return one number for all of them together, in which **every byte counts the same**:
# a long text counts more than a short one. `text.encode()` gives the bytes of a text.


# %%
@exercise
def bits_per_byte_of_texts(losses, texts):
    """losses: one array of nats (N,) for each text; texts: as many strings -> one number."""
    ### BEGIN SOLUTION
    nats = sum(each.sum() for each in losses)
    size = sum(len(text.encode()) for text in texts)
    return nats / math.log(2) / size
    ### END SOLUTION


# %%
check(bits_per_byte_of_texts)

# %%
from aigc_lab.model.loss import bits_per_byte

two = [np.full(2, 4.0), np.full(30, 0.5)]
two_texts = ["猫 naps", "and then the very same thing happens again and again and again"]
mine = bits_per_byte_of_texts(two, two_texts)
total = sum(each.sum() for each in two), sum(len(text.encode()) for text in two_texts)
print("equal to the package's:", np.isclose(mine, bits_per_byte(*total)))

# %% [markdown]
# **Break it.** The most common slip here is the *mean of means*: work out each text by itself and
# average the results. Of the two texts above, the short one is hard and the long one is easy:

# %%
each = [bits_per_byte_of_texts([nats], [text]) for nats, text in zip(two, two_texts, strict=True)]
print("each text by itself:        ", np.round(each, 2))
print("mean of the two:            ", round(np.mean(each), 2))
print("every byte counts the same: ", round(mine, 2))

# %% [markdown]
# ## 9 · A town whose floor is known
#
# How good is “0.8 bits per byte”? For a real text nobody could say, since nobody knows its entropy.
# **Tiny Town** is a text whose entropy is known: a program writes it, and rolls its dice in the
# open. Every choice among $n$ equal ways costs $\ln n$ nats, and the program keeps the account.

# %%
town = list(documents(60, "test"))
one = town[46]
print(one.text)
print(
    f"{one.nats:.1f} nats, or {one.nats / math.log(2):.1f} bits, for {len(one.text.encode())} bytes"
)

# %% [markdown]
# Who understands the town is surprised by the name, the dish, the number of people, the second food
# and how many there are of each, and by what is asked. All the rest follows, even the onions: each
# dish has one food that it always needs. The accounts of many documents, added up and divided by
# their bytes, give the floor:

# %%
from aigc_lab.town.entropy import entropy_floor

town_floor = entropy_floor(town).bits_per_byte
print(f"floor {town_floor:.2f} bits per byte")

# %% [markdown]
# Now count again, with longer and longer contexts. A context of $n$ characters that was hardly ever
# seen should lean on the one of $n-1$ characters, and so on down to a guess among all characters:
#
# $$p_n(b \mid \text{context}) = \frac{\text{count}(\text{context}, b) +
# p_{n-1}(b \mid \text{shorter context})}{\text{count}(\text{context}) + 1},$$
#
# and at the very bottom $p_{-1}$ is 1 / number of characters. It is smoothing with a single
# imagined sighting in all, shared out among the characters as the next shorter context would have
# it.

# %%
END = "\0"  # stands between documents; when a text is over must be predicted as well


def count_pieces(texts, longest):
    """How often every piece of up to so many characters occurs."""
    text = END + END.join(texts) + END
    pieces = Counter()
    for n in range(longest + 1):
        pieces.update(text[i : i + n] for i in range(len(text) - n + 1))
    return pieces


# %%
many = [document.text for document in documents(1200, "train")]
characters = len(set("".join(many))) + 1  # and END


def town_bits(pieces, texts, longest):
    """Bits per byte of texts with contexts of 0, 1, … up to `longest` characters."""
    text = END * longest + END.join(texts) + END
    nats = np.zeros(longest + 1)
    for i in range(longest, len(text)):
        p = 1 / characters
        for n in range(longest + 1):
            context = text[i - n : i]
            p = (pieces[context + text[i]] + p) / (pieces[context] + 1)
            nats[n] -= math.log(p)
    return nats / math.log(2) / len("".join(texts).encode())


# %%
longest = 7
ladder = {}
for number in [75, 300, 1200]:
    bits = town_bits(count_pieces(many[:number], longest + 1), exam, longest)
    ladder[f"{number} documents"] = (range(longest + 1), bits)

# %% [markdown]
# And the GPT that comes with this course, which has read the town for a long time:

# %%
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.pretrained.scoring import score_text

bundled = load_pretrained("town-gpt2")
gpt_bits = score_text(bundled.model, bundled.tokenizer, exam, score_end=True).bits_per_byte

# %%
figure = loss_curve(
    ladder,
    floor=town_floor,
    baselines={"bundled GPT": gpt_bits},
    title="Tables with longer and longer contexts",
    unit="bits per byte",
)
figure.axes[0].set_xlabel("characters of context")
figure

# %% [markdown]
# The line of the GPT lies so near the floor that the picture cannot keep them apart. In numbers:

# %%
best = min(bits.min() for _, bits in ladder.values())
print(f"floor {town_floor:.3f}, bundled GPT {gpt_bits:.3f}, best table {best:.3f}")
nearer = gpt_bits - town_floor < best - gpt_bits
print("the GPT is nearer to the floor than to the best table:", nearer)

# %% [markdown]
# Three lessons in one picture. More context helps, up to a point; then the contexts become so rare
# that there is nothing to count, and the curve turns up. More documents move that point, slowly.
# And between the best table and the floor lies what counting cannot reach: for instance who has the
# ball, and where Mia went three sentences ago. The GPT is nearly there.
#
# From now on this floor is drawn under every curve of the town.
#
# **Break it.** Can one get below the floor? Yes: by cheating. We examine a table with long contexts
# on the very documents that it has counted:

# %%
few = many[:75]
leaked = town_bits(count_pieces(few, 21), few, 20)[-1]
their_floor = entropy_floor(documents(75, "train")).bits_per_byte
print(f"on its own documents {leaked:.3f}, their floor {their_floor:.3f}")
print("below the floor of these documents:", leaked < their_floor)

# %% [markdown]
# It has learned them by heart. In the long run a loss below the floor is never skill: it is a leak
# of the exam into the training, or a mistake in the counting (of tokens or of bytes).

# %% [markdown]
# ## 10 · What you have seen
#
# - The chain rule makes a probability of texts out of predictions of the next token, given *all*
#   tokens before it.
# - The loss is the mean surprise, $-\ln p$ of the token that came; $e^{\text{loss}}$ is the
#   perplexity. No model gets below the entropy of its source.
# - Softmax turns differences of scores into ratios of probabilities. Subtract the maximum, and go
#   to the loss through log-sum-exp, and no score is too large.
# - An untrained model has a loss of $\ln V$. The gradient is probability minus truth, and with it a
#   table of scores learns what could also be counted.
# - Models with different tokenizers are compared in bits per byte, never in perplexity.

# %%
progress("02")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>A model gives probability 0 to something that happens once in a million tokens.
# What is its loss on a long text?</summary>Infinite, however good it is elsewhere. That is what
# smoothing is for; and softmax never gives exactly 0, except by rounding.</details>
#
# <details><summary>V = 4096, and before training the loss is 8.3. After an hour it is still 8.3.
# What do you suspect?</summary>ln 4096 is about 8.3: the model started rightly and has learned
# nothing. Perhaps the gradient does not arrive, or the targets have nothing to do with the inputs.
# </details>
#
# <details><summary>Model A has perplexity 12, model B has 20, each with a tokenizer of its own.
# Which is better?</summary>You cannot tell. Ask for bits per byte on the same text.</details>
#
# <details><summary>How large can the gradient of one position become at a single score?</summary>
# It lies between -1 and 1: probability minus truth. It is near 0 when the model is right and sure,
# and nearest to 1 at a token that it is wrongly sure of.</details>
#
# <details><summary>A friend's model reaches 0.12 bits per byte on the test documents of the town.
# Do you congratulate?</summary>Not yet: that is below the floor. More likely the test documents, or
# the answers, leaked into training; or tokens or bytes were counted wrongly.</details>
#
# <details><summary>All logits of a model are multiplied by 2. Does its loss rise or fall?</summary>
# Either. Its choices become sharper: where it was right it gains, where it was wrong it loses more.
# </details>
#
# ### Take it further
#
# How far can counting go? Improve the tables of section 9: weigh the next shorter context
# differently (why just one imagined sighting?), count more documents, or mix several lengths.
# Choose with `documents(60, "validation")`, and look at the test documents only once, at the
# end. Can you halve the distance between the best table and the floor?
#
# **Read next.**
#
# - Shannon (1948), *A Mathematical Theory of Communication*, section 3: tables like ours write
#   English for the first time.
# - Shannon (1951), *Prediction and Entropy of Printed English*: people guess the next letter.
# - Chen and Goodman (1999), *An Empirical Study of Smoothing Techniques for Language Modeling*.
# - Bengio and others (2003), *A Neural Probabilistic Language Model*: a network takes the table's
#   place.
# - **Notebook 03** builds what lets a GPT find out which of the earlier tokens matter.
