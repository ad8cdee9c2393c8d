# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.9
#     memory_mb: 1500
# ---

# %% [markdown]
# # 03 · Attention: look it up, in part
#
# “The cat purrs.” How does a model know who purrs? Every token asks those before it a question,
# and takes a little from each one that answers. That is attention, and you build it all here.
#
# **You will be able to**
# - compute attention by hand, for three tokens and for many;
# - say what each part of its formula is for, and what breaks without it;
# - write the multi-head causal self-attention of a GPT, and say what it costs.
#
# **You need** Python with NumPy, and softmax from notebook 02 (repeated in one line below). No
# network, no GPU.
#
# **It takes** under a minute to run and two and a half to three hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are six exercises. Until you have solved one, the course's own version stands in for it and
# says so, so every cell runs from the start, and you may do the exercises in any order.

# %%
from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · A dictionary that answers in part
#
# A Python dictionary finds the value of exactly one key:

# %%
prices = {"tea": 2.0, "cake": 3.0, "soup": 7.0}
prices["cake"]

# %% [markdown]
# It cannot answer “something between cake and soup”, and it cannot learn: there is no small change
# to a key that makes its answer a little better.
#
# So we do the same with numbers. Each word gets a **key**, a vector by which it is found, and a
# **value**, what it has to give. The question is a vector too, the **query**.

# %%
import numpy as np

words = list(prices)
keys = np.eye(3)  # one row a word: tea is [1, 0, 0], cake is [0, 1, 0], soup is [0, 0, 1]
values = np.array([2.0, 3.0, 7.0])
query = np.array([0.0, 1.0, 0.0])  # we ask for cake

# %% [markdown]
# How well does a key answer the query? Multiply them number by number and add up: their **dot
# product**, here called the **score**. (In notebook 02 a score belonged to a token that might come
# next, here it belongs to a key. Both times it is a number that goes into a softmax.) `@` does it
# for all keys at once.

# %%
keys @ query

# %% [markdown]
# Softmax turns scores into **weights**, all positive and adding up to 1:
#
# $$w_j = \frac{e^{s_j}}{\sum_k e^{s_k}}.$$
#
# The answer is the mixture of all values by these weights.

# %%
from aigc_lab.model.reference import softmax

weights = softmax(keys @ query)
print("weights", weights.round(2), "answer", (weights @ values).round(2))

# %% [markdown]
# Cake gets the largest share, but not all. How much is up to the query: make it longer, and the
# scores move apart.

# %%
for length in [0, 1, 2, 5, 20]:
    weights = softmax(keys @ (length * query))
    print(f"query times {length:2}: weights {weights.round(2)}, answer {weights @ values:.2f}")

# %% [markdown]
# With length 0 it is the plain average of everything; with length 20 a dictionary look-up. And
# between the two there is a smooth way, which is what makes it learnable.

# %%
from aigc_lab.viz.arrays import bar_panels
from aigc_lab.viz.explore import explore


def look_up(length, asked):
    """The weights, and the answer above them."""
    query = length * keys[words.index(asked)]
    weights = softmax(keys @ query)
    title = f"{asked}, query times {length}: the answer is {weights @ values:.2f}"
    return bar_panels({"scores": keys @ query, "weights": weights}, words, title)


lengths = [0, 1, 2, 5, 20]
shares = {f"times {length}": softmax(length * keys[1]) for length in lengths}
still = bar_panels(shares, words, "The weights when we ask for cake, louder and louder", (0, 1))
explore(look_up, still, length=lengths, asked=words)

# %% [markdown]
# Unlike a dictionary, it also answers a query that is nobody's key:

# %%
between = np.array([0.0, 10.0, 10.0])  # cake and soup in equal parts
weights = softmax(keys @ between)
print("weights", weights.round(2), "answer", (weights @ values).round(2))

# %% [markdown]
# ## 2 · Three tokens
#
# In a text, every token is asked and every token asks. So each has three vectors of its own:
#
# - its **query**: what it is looking for (查询),
# - its **key**: what it can be found by (键, like a dictionary's key),
# - its **value**: what it hands over when it is found (值).
#
# A model computes these numbers, with matrices that it learns (see the end of this section). We
# make them up, for the text “the cat purrs”, with four features that we can read: *noun, verb,
# article, alive*. “purrs” looks for who is purring, a noun that is alive; “cat” looks for its
# article; “the” looks for nothing.

# %%
tokens = ["the", "cat", "purrs"]
#              noun verb article alive
q = np.array([[0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 4.0, 0.0], [2.0, 0.0, 0.0, 2.0]])
k = np.array([[0.0, 0.0, 1.0, 0.0], [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0]])
v = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 8.0]])  # two features: cat-ness and noise

# %% [markdown]
# **One row by hand.** Take the query of “purrs”, `[2, 0, 0, 2]`, and try it on each key. Then
# divide by $\sqrt{D}$, where $D = 4$ is the number of features; section 3 shows why.

# %%
raw = k @ q[2]
scores = raw / np.sqrt(4)
print("dot products", raw, "scores", scores)

# %% [markdown]
# Check one: against “cat” it is $2·1 + 0·0 + 0·0 + 2·1 = 4$, and $4/\sqrt4 = 2$. Now softmax, and
# the mixture of the values:

# %%
weights = softmax(scores)
print("weights", weights.round(3), "mixture", (weights @ v).round(2))

# %% [markdown]
# In numbers: $e^0 = 1$, $e^2 ≈ 7.39$ and $e^1 ≈ 2.72$ add up to about 11.11; so “cat” gets
# $7.39/11.11 ≈ 0.67$ of the attention. After this, “purrs” carries much of the cat with it.
#
# **All rows at once.** $Q$, $K$ and $V$ are not vectors but *matrices*, one row a token. ($V$ here
# means the values; elsewhere in this course it is the size of the vocabulary.) Row $i$ of
# $QK^\top$ holds the dot products of query $i$ with every key:
#
# $$S = \frac{QK^\top}{\sqrt D}, \qquad S_{ij} = \text{score of query } i \text{ against key } j.$$
#
# From here on, “score” means the divided number.

# %%
all_scores = q @ k.T / np.sqrt(4)
all_weights = softmax(all_scores)  # each row by itself

# %%
from aigc_lab.viz.arrays import array_maps

array_maps({"scores": all_scores, "weights": all_weights}, tokens, tokens, "query", "key")

# %% [markdown]
# Read a row: “the” asks nothing, all its scores are 0, and it gets the plain average. “cat” looks
# at “the”. The last row is the one you did by hand.
#
# > **Claim check.** “Softmax computes the attention scores”, popular articles say. Is it the scores
# > that come out of the softmax?

# %%
print("rows of scores add up to ", all_scores.sum(axis=1))
print("rows of weights add up to", all_weights.sum(axis=1))

# %% [markdown]
# **Verdict: half right.** The scores go *into* the softmax; they may be negative and add up to
# anything. What comes out are the weights, and each row of them adds up to 1.

# %% [markdown]
# ### Your turn: `attention_scores`
#
# Shapes are named by letters in this course: T tokens (T_q of them as queries, T_k as keys), C
# features of a token, D features of a query or key, B texts; from section 6 on, H heads.
#
# Write the scores as one function. The matrices may come with more axes in front, for several texts
# and several heads (a head is one attention; section 6 has several): `(…, T_q, D)` stands for any
# number of those. There may be another number of keys than of queries, and only the last two axes
# matter. (`.T` turns *all* axes round; `np.swapaxes(k, -1, -2)` only the last two.)
#
# Stuck? `hint(attention_scores)` in a cell of your own gives a push; call it again for a plan, and
# a third time for nearly the solution.


# %%
@exercise
def attention_scores(q, k):
    """Scores of every query against every key: q (…, T_q, D), k (…, T_k, D) -> (…, T_q, T_k)."""
    ### BEGIN SOLUTION
    return q @ np.swapaxes(k, -1, -2) / np.sqrt(q.shape[-1])
    ### END SOLUTION


# %%
check(attention_scores)

# %%
print("as by hand:", np.allclose(attention_scores(q, k), all_scores))

# %% [markdown]
# ### Where queries, keys and values come from
#
# Nobody writes them by hand. The model has a vector for each token, the rows of $X$, and three
# matrices that it learns:
#
# $$Q = XW_Q, \qquad K = XW_K, \qquad V = XW_V.$$

# %%
rng = np.random.default_rng(0)
x = rng.normal(size=(6, 5))  # 6 tokens, C = 5 features each
w_q, w_k, w_v = rng.normal(size=(3, 5, 3))  # each from C = 5 to D = 3
print("Q", (x @ w_q).shape, "K", (x @ w_k).shape, "scores", ((x @ w_q) @ (x @ w_k).T).shape)

# %% [markdown]
# > **Claim check.** “$Q = W_Q H$, and the scores are $QK^\top$.” Both halves can be found in one
# > formula ($H$ here: the tokens, our $X$). With $W_Q$ on the left, tokens must be *columns* of
# > $H$. Do the shapes work out?

# %%
h = x.T  # tokens as columns: (C, T)
columns_q, columns_k = w_q.T @ h, w_k.T @ h
print("6 tokens, and Q Kᵀ has the shape", (columns_q @ columns_k.T).shape)
print("6 tokens, and Kᵀ Q has the shape", (columns_k.T @ columns_q).shape)

# %% [markdown]
# **Verdict: mixed up.** With tokens in columns $QK^\top$ compares features with features. Either
# rows and $QK^\top$, as in this course, or columns and $K^\top Q$.
#
# > **Claim check.** “$A = \exp(QK^\top/\sqrt d) \,/ \sum_{i=1}^{n} \exp(QK^\top/\sqrt d)$.” The
# > slip of notebook 02 again: nothing under the sum depends on $i$, so read literally it adds up
# > the same number $n$ times.

# %%
powers = np.exp(all_scores)
literally = powers / sum(powers for i in range(1, 3 + 1))
print(literally.round(2))

# %% [markdown]
# **Verdict: wrong.** Every weight is $1/n$, whatever the scores. The index is the point:
# $A_{ij} = e^{S_{ij}} / \sum_k e^{S_{ik}}$, a sum over the keys of one query.

# %% [markdown]
# ## 3 · Why divide by √D?
#
# Let the numbers in queries and keys be random, of mean 0 and variance 1 (with mean 0, the variance
# is the mean of the squares). A dot product adds up $D$ products, some positive and some negative.
# How large does it get?

# %%
for width in [4, 16, 64, 256, 1024]:
    some_q, some_k = rng.normal(size=(2, 5000, width))
    products = (some_q * some_k).sum(axis=1)
    print(f"D = {width:4}: variance / D = {products.var() / width:.1f}")

# %% [markdown]
# The variance is $D$, so the typical size is $\sqrt D$: 2 for $D = 4$, and 32 for $D = 1024$. What
# does softmax make of scores that large? One query, eight keys, sorted by weight; raw, divided by
# $\sqrt D$, and divided by $D$ itself:

# %%
wide_q, wide_k = rng.normal(size=1024), rng.normal(size=(8, 1024))
places = [f"{n}." for n in range(1, 9)]


def weights_at(*widths):
    """Weights of the eight keys, cut to these widths, without and with a division."""
    panels = {}
    for name, power in {"raw": 0, "÷ √D": 0.5, "÷ D": 1}.items():
        for width in widths:
            scores = wide_k[:, :width] @ wide_q[:width] / width**power
            panels[f"D = {width}, {name}"] = np.sort(softmax(scores))[::-1]
    return bar_panels(panels, places, within=(0, 1))


explore(lambda width: weights_at(width), weights_at(4, 1024), width=[1, 4, 16, 64, 256, 1024])

# %% [markdown]
# Without the division, a wide query looks at one key only, before it has learned anything. Worse,
# it can hardly learn: when score $j$ grows a little, weight $j$ grows by $w_j(1 - w_j)$ times as
# much, and that is nearly 0 when $w_j$ is nearly 0 or nearly 1. Added up over all keys:

# %%
for width in [4, 64, 1024]:
    some_q, some_k = rng.normal(size=(500, 1, width)), rng.normal(size=(500, 64, width))
    raw = (some_q * some_k).sum(axis=2)  # 500 queries, 64 keys for each
    movable = {}
    for name, scores in {"raw": raw, "divided": raw / np.sqrt(width)}.items():
        weights = softmax(scores)
        movable[name] = (weights * (1 - weights)).sum(axis=1).mean()
    print(f"D = {width:4}: raw {movable['raw']:.1f}, divided by √D {movable['divided']:.1f}")

# %% [markdown]
# Divided, the gradient is alive at every width; raw, it dies as queries get wider. And why not
# divide by $D$ itself? The last panel above shows it: then the scores of wide queries start near 0,
# every query begins with the plain average, and it takes large numbers in $W_Q$ and $W_K$ to get
# away from it.

# %% [markdown]
# ## 4 · No looking ahead
#
# A GPT learns to predict the next token, at all positions of a text at once. Position 0 predicts
# token 1 while token 1 stands right beside it. If it may look there, it need not predict.
#
# So each query may look at itself and its past only. A **mask** says who may: True = may attend.
# Where it is False, the score becomes $-∞$, and $e^{-∞} = 0$:

# %%
may = np.array([[True, False, False], [True, True, False], [True, True, True]])
hidden = np.where(may, all_scores, -np.inf)
causal_weights = softmax(hidden)
print(causal_weights.round(2))

# %%
tables = {"may attend": may, "scores": hidden, "weights": causal_weights}
array_maps(tables, tokens, tokens, "query", "key")

# %% [markdown]
# Grey is forbidden. “the” is the first token: it can only look at itself, and gets the weight 1.
# “cat” had given “purrs” a share, which goes to the other two now.
#
# With the mask alone, all scores equal, attention is a *running average*:

# %%
equal = softmax(np.where(np.tri(5, dtype=bool), 0.0, -np.inf))
series = np.array([3.0, 5.0, 1.0, 7.0, 4.0])
print(equal.round(2))
print(equal @ series, "=", np.cumsum(series) / np.arange(1, 6))

# %% [markdown]
# Learning attention is learning to do better than that average.
#
# ### Your turn: `causal_mask`
#
# Make the mask, of True and False, for any number of queries and keys. When there are fewer queries
# than keys, the queries are the *last* positions of the text: with 2 queries and 7 keys, the first
# query stands at position 5 and sees 6 keys, the second stands at position 6 and sees all 7.
# (Notebook 07 needs this to write one token at a time.)


# %%
@exercise
def causal_mask(t_q, t_k):
    """True where query i may attend to key j: an array (T_q, T_k) of True and False."""
    ### BEGIN SOLUTION
    return np.arange(t_k) <= np.arange(t_q)[:, None] + (t_k - t_q)
    ### END SOLUTION


# %%
check(causal_mask)

# %%
masks = {"5 queries, 5 keys": causal_mask(5, 5), "2 queries, 5 keys": causal_mask(2, 5)}
array_maps(masks, row_name="query", column_name="key")

# %% [markdown]
# ### Your turn: `attention_weights`
#
# Now from scores to weights, under a mask. Write the softmax yourself; three things make it harder
# than it looks:
#
# - The mask may have fewer axes than the scores, or axes of length 1: one mask for many heads.
#   `np.where(mask, …, …)` stretches it.
# - Scores can be huge: `np.exp(1000)` is too large for a number. Softmax stays the same when you
#   subtract a row's largest *allowed* score from the whole row.
# - A query may be allowed nothing at all. Its weights should all be 0, not `nan`.


# %%
@exercise
def attention_weights(scores, mask):
    """Softmax of each row over its allowed keys.

    scores (…, T_q, T_k); mask True = may attend, of a shape that stretches to the scores'.
    Returns weights (…, T_q, T_k): 0 where forbidden; rows add up to 1, or 0 if all is forbidden.
    """
    ### BEGIN SOLUTION
    masked = np.where(mask, scores, -np.inf)
    largest = masked.max(axis=-1, keepdims=True)
    powers = np.exp(masked - np.where(np.isneginf(largest), 0, largest))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total)
    ### END SOLUTION


# %%
check(attention_weights)

# %%
print("as above:", np.allclose(attention_weights(all_scores, may), causal_weights))

# %% [markdown]
# ### Break it: train without the mask
#
# > **Claim check.** “The model's attention is softmax(QKᵀ/√d)V.” The formula in the articles has no
# > mask. What happens if a GPT is trained like that?
#
# We train the smallest model that can show it: a vector for each character and each position, one
# layer of attention, and a score for each character that may come next. (It uses PyTorch, which
# works out the gradients; notebooks 05 and 06 build and train real models.)
#
# You need not follow the code; B counts texts. What it does: `embed` gives each character and each
# place a vector and adds the two; `heads` makes Q, K and V (`n_head` stays 1 until section 6);
# `forward` lets the tokens attend, adds what they found, through one more matrix (`mix`), to `x`,
# and makes scores of it.

# %%
import torch
from torch import nn

from aigc_lab.model.attention import scaled_dot_product_attention


class OneLayer(nn.Module):
    """Token and position vectors, one layer of attention, and scores of what comes out."""

    def __init__(self, n_tokens, n_outputs, length, n_head=1, causal=True, width=32):
        super().__init__()
        self.n_head, self.causal = n_head, causal
        self.token, self.place = nn.Embedding(n_tokens, width), nn.Embedding(length, width)
        self.qkv, self.mix = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.out = nn.Linear(width, n_outputs)

    def embed(self, ids):  # (B, T) -> (B, T, C)
        return self.token(ids) + self.place.weight[: ids.shape[1]]

    def heads(self, x):  # (B, T, C) -> three times (B, H, T, D)
        return self.qkv(x).unflatten(-1, (3 * self.n_head, -1)).transpose(1, 2).chunk(3, dim=1)

    def forward(self, ids):  # (B, T) -> (B, T, outputs)
        x = self.embed(ids)
        mixture = scaled_dot_product_attention(*self.heads(x), is_causal=self.causal)
        return self.out(x + self.mix(mixture.transpose(1, 2).flatten(2)))


# %% [markdown]
# The text: stories from Tiny Town, the little world whose truth is known (notebook 00), character
# by character, 16 at a time.

# %%
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches
from aigc_lab.text.tokenizer import CharTokenizer
from aigc_lab.town.documents import documents


def stories(split, count):
    """The English stories among so many documents."""
    found = documents(count, split, language="english")
    return "\n".join(document.text for document in found if document.kind == "story")


learn, exam = stories("train", 300), stories("validation", 100)
letters = CharTokenizer.train(learn + exam)
batches = Batches(letters.encode(learn), 32, 16, validation=letters.encode(exam))
print(learn[:60])


# %%
def train(model, loss_of, steps, lr=0.01):
    """Take so many steps downhill, lr being their size; returns the loss at each."""
    optimizer, losses = torch.optim.AdamW(model.parameters(), lr=lr), []
    for step in range(steps):
        loss = loss_of(model, step)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def next_letter_loss(model, step):
    """How surprised the model is by the next character, on the batch of this step."""
    ids, targets = batches.next(step)
    return cross_entropy(model(ids), targets)


# %%
trained, curves = {}, {}
for name, causal in {"with the mask": True, "without": False}.items():
    torch.manual_seed(0)
    trained[name] = OneLayer(letters.vocab_size, letters.vocab_size, 16, causal=causal)
    curves[name] = (range(300), train(trained[name], next_letter_loss, 300))

# %%
import math

from aigc_lab.viz.plots import loss_curve

guess = {"uniform guess": math.log(letters.vocab_size)}
loss_curve(curves, baselines=guess, title="Training loss: a miracle?", unit="nats per character")

# %% [markdown]
# (Pale: each step; strong: a running mean.) Without the mask the loss is almost 0: far better than
# the other, it seems. But when a model *writes*, the future is not there yet. The honest exam: show
# it only the text so far, and ask for the next character.


# %%
@torch.no_grad()
def loss_by_place(model, honest):
    """Loss at each of the 16 positions on held-out text, with the future in view or without."""
    ids, targets = batches.evaluation(1)[0]
    ends = range(1, 17)
    seen = [model(ids[:, : end if honest else 16])[:, end - 1] for end in ends]
    losses = cross_entropy(torch.stack(seen, dim=1), targets, reduction="none")
    return losses.mean(dim=0).numpy()


in_view = {name: loss_by_place(model, honest=False) for name, model in trained.items()}
honest = {name: loss_by_place(model, honest=True) for name, model in trained.items()}

# %% tags=["nbval-ignore-output"]
for name in trained:
    all_of_it, so_far = in_view[name].mean(), honest[name].mean()
    print(f"{name}: future in view {all_of_it:.2f}, text so far only {so_far:.2f}")
print(f"a uniform guess: {guess['uniform guess']:.2f}")

# %%
masked, leaky = "with the mask", "without"
print("masked, both losses equal:", np.allclose(in_view[masked], honest[masked], atol=1e-4))
print("leaky, future in view, below 0.3:", in_view[leaky].mean() < 0.3)
print("leaky, text so far, worse than guessing:", honest[leaky].mean() > guess["uniform guess"])

# %% [markdown]
# (This is one batch of held-out text, so not the loss at the end of the picture.) Let both write,
# character by character:


# %% tags=["nbval-ignore-output"]
@torch.no_grad()
def write(model, text, count=60):
    """Draw one character after the other, each from what the model makes of the last 16."""
    for _ in range(count):
        logits = model(torch.tensor([letters.encode(text[-16:])]))[0, -1]
        text += letters.decode([int(torch.multinomial(logits.softmax(0), 1))])
    return text


for name, model in trained.items():
    print(f"{name}: {write(model, 'Story: ')!r}")

# %% [markdown]
# What did it learn? To look one token to the right and copy. You can see it: these are its weights
# on one text (colours are stretched so that small weights show). And you can see what was left to
# pay for: the last position has no next token to look at, so it alone had to predict.

# %%
from aigc_lab.viz.plots import attention_map

ids, _ = batches.evaluation(1)[0]
with torch.no_grad():
    x = trained["without"].embed(ids[:1])
    _, copying = scaled_dot_product_attention(*trained["without"].heads(x), return_weights=True)
pieces = [letters.decode([id]) for id in ids[0].tolist()]
attention_map(copying[0, 0].numpy(), pieces, title="Trained without a mask")

# %%
paid = in_view[leaky]
print("more than three quarters is paid at the last position:", paid[-1] > 0.75 * paid.sum())

# %% [markdown]
# **Verdict: the formula is that of an encoder**, a model that is given a whole text to understand,
# and so may read it in both directions. A GPT needs the mask, and a falling loss is no proof that
# anything useful is learned.

# %% [markdown]
# ## 5 · Attention, whole
#
# The parts together, with $M$ the mask:
#
# $$\text{attention}(Q, K, V) = \text{softmax}\!\left(\frac{QK^\top}{\sqrt D}, \text{ allowed by } M
# \right) V.$$
#
# ### Your turn: `attention`
#
# Use your two functions: scores, weights, and then the mixture of the values. Give back both the
# mixture and the weights, in this order. When `mask` is None everything is allowed, the future too.
# The values may have another width than the keys.


# %%
@exercise
def attention(q, k, v, mask=None):
    """The mixture (…, T_q, D_v) and the weights (…, T_q, T_k).

    q (…, T_q, D), k (…, T_k, D), v (…, T_k, D_v); mask as in attention_weights, or None.
    """
    ### BEGIN SOLUTION
    scores = attention_scores(q, k)
    if mask is None:
        mask = np.ones(scores.shape, dtype=bool)
    weights = attention_weights(scores, mask)
    return weights @ v, weights
    ### END SOLUTION


# %%
check(attention)

# %% [markdown]
# The map of your own weights, for the three tokens (grey is forbidden, and colours are stretched so
# that small weights show):

# %%
mixture, weights = attention(q, k, v, causal_mask(3, 3))
attention_map(weights, tokens, title="Your attention", row_name="query (the token that asks)")

# %% [markdown]
# ### The same thing three times
#
# Yours, this course's package, and PyTorch's own, on two texts with three heads:

# %%
import torch.nn.functional as F

big_q, big_k, big_v = rng.normal(size=(3, 2, 3, 7, 5))
yours, _ = attention(big_q, big_k, big_v, causal_mask(7, 7))

inputs = [torch.from_numpy(array) for array in (big_q, big_k, big_v)]
package = scaled_dot_product_attention(*inputs, is_causal=True)
pytorch = F.scaled_dot_product_attention(*inputs, is_causal=True)
print("yours = the package's:", np.allclose(yours, package))
print("yours = PyTorch's:    ", np.allclose(yours, pytorch))

# %% [markdown]
# ### One query, step by step
#
# Move the sliders: whose query is it, is it divided by $\sqrt D$, is the future hidden?


# %%
def one_query(query, divided=True, masked=True):
    """What becomes of one row: dot products, scores, mask, weights."""
    row = tokens.index(query)
    raw = k @ q[row]
    scores = raw / np.sqrt(4) if divided else raw
    visible = np.where(may[row], scores, -np.inf) if masked else scores
    weights = softmax(visible)
    steps = {"q · k": raw, "÷ √D": scores, "masked": visible, "weights": weights}
    return bar_panels(steps, tokens, f"“{query}” takes {(weights @ v).round(1)} from the values")


switch = [True, False]
explore(one_query, one_query("cat"), query=tokens[::-1], divided=switch, masked=switch)

# %% [markdown]
# > **Claim check.** “Attention re-weights the input sequence.” Is it the input that gets weighted?
#
# Two tricks show what does what. With $V = I$ (each value a 1 in a place of its own) the mixture
# *is* the table of weights. With $V = 0$ nothing comes out, though the weights are as before.

# %%
mixture, weights = attention(q, k, np.eye(3), may)
print("V = I: the mixture is the weights:", np.allclose(mixture, weights))
mixture, same_weights = attention(q, k, np.zeros((3, 2)), may)
print("V = 0: the weights are unchanged:", np.allclose(weights, same_weights))
print("V = 0: the mixture is nothing:", not mixture.any())

# %% [markdown]
# **Verdict: imprecise.** What is mixed are the values, $XW_V$: what each token chooses to hand
# over. The first trick is also a good way to find a mistake in any attention code.
#
# > **Claim check.** “Attention makes the model easy to interpret: the weights say what mattered.”
# > Here are two very different rows of weights. Do they give different answers?

# %%
twins = np.array([[5.0, 1.0], [5.0, 1.0], [0.0, 3.0]])  # tokens 0 and 1 hand over the same
one, other = np.array([0.8, 0.1, 0.1]), np.array([0.1, 0.8, 0.1])
print("most on token 0:", one @ twins)
print("most on token 1:", other @ twins)

# %% [markdown]
# **Verdict: too simple.** The map shows where the model looked, not what it changed. Researchers
# argue about it under titles such as “Attention is not Explanation” (2019) and “Attention is not
# not Explanation” (2019); notebook 10 measures it.

# %% [markdown]
# ## 6 · Several heads
#
# A head gives each token *one* mixture. What if a token needs two things at once? Let it find, in a
# row of random digits, the digit one place back **and** the digit three places back. In words: the
# verb needs its subject and its object.


# %%
def digits(step):
    """A batch of random digits (B, T), and the two answers wanted at each place from the fourth."""
    ids = torch.randint(10, (32, 12), generator=torch.Generator().manual_seed(step))
    return ids, torch.stack((ids[:, 2:-1], ids[:, :-3]), dim=-1)  # (B, T), (B, T-3, 2)


def two_places_loss(model, step):
    """The mean surprise at both answers."""
    ids, targets = digits(step)
    logits = model(ids)[:, 3:].unflatten(-1, (2, 10))  # (B, T-3, 20) -> (B, T-3, 2, 10)
    return cross_entropy(logits, targets)


finders, curves, counted = {}, {}, {1: "one head", 2: "two heads"}
for n_head in counted:
    torch.manual_seed(0)
    finders[n_head] = OneLayer(10, 20, 12, n_head=n_head)
    curves[counted[n_head]] = (range(200), train(finders[n_head], two_places_loss, 200))

# %%
different = 1 - 1 / 10  # how often the two digits are not the same
guess = {
    "uniform guess": math.log(10),
    "one place right": math.log(10) / 2,
    "order unknown": different * math.log(2),
}
loss_curve(curves, baselines=guess, title="Two places to look at", unit="nats per answer")

# %%
(_, one_head), (_, two_heads) = curves.values()
print("two heads, loss below 0.05 after 50 steps:", two_heads[50] < 0.05)
end = np.mean(one_head[-20:]) / np.mean(two_heads[-20:])
print("one head, after 200 steps, pays more than 100 times what two pay:", end > 100)

# %% [markdown]
# One head is stuck. It may serve one place and guess the other, for half of $\ln 10$ on average; or
# look at both equally, and know the two digits but not their order, for $0.9 · \ln 2$ each (in one
# case of ten the two are equal, and there is no order to know). Two heads share the work. Which of
# them takes which place is luck, and colours are stretched so that small weights show:

# %%
from aigc_lab.viz.plots import attention_grid

ids, _ = digits(1000)
with torch.no_grad():
    parts = finders[2].heads(finders[2].embed(ids[:1]))
    _, maps = scaled_dot_product_attention(*parts, is_causal=True, return_weights=True)
names = [str(digit) for digit in ids[0].tolist()]
attention_grid(maps[0].numpy(), names, title="Two heads", row_name="query (the digit that asks)")

# %% [markdown]
# (The first three rows had no answer to find, so what they look at means nothing.)
#
# > **Claim check.** “Multi-head attention”, an article announces, and then writes the formula of
# > one head. Is the rest a detail? And do two heads cost more than one?

# %%
sizes = {n: sum(p.numel() for p in model.parameters()) for n, model in finders.items()}
print("as many parameters:", sizes[1] == sizes[2])

# %% [markdown]
# **Verdict: it is the point.** The heads split the same $C$ features among them, $D = C/H$ each, so
# two heads have exactly as many parameters as one, and learn in 50 steps what one has not learned
# in 200. What does double is the number of tables of weights (section 7). (Whether one head can
# learn it at all: see “Take it further”.)
#
# ### Cutting the features, without mixing up the tokens
#
# $Q$ has $C$ features a token. Head 0 takes the first $D$ of them, head 1 the next $D$, and so on:
# from `(T, C)` to `(H, T, D)`. Here every number says where it comes from, *10 · token + feature*:

# %%
numbered = 10 * np.arange(4)[:, None] + np.arange(6)  # 4 tokens, 6 features
right = {"head 0": numbered[:, :3], "head 1": numbered[:, 3:]}
array_maps({"all features": numbered, **right}, row_name="token", column_name="feature")

# %% [markdown]
# The best-known mistake is to reshape straight to `(H, T, D)`. The shape is right, and no error
# comes; only the tokens are mixed up. Look at the rows:

# %%
wrong = numbered.reshape(2, 4, 3)
array_maps({"“head 0”": wrong[0], "“head 1”": wrong[1]}, title="reshape(H, T, D)")

# %% [markdown]
# A row of “head 0” holds half a token, and the last two tokens are missing from it. Reshaping never
# moves a number: it reads them one after the other, and may cut an axis in two, or glue two
# neighbours together. To carry one axis past another you must exchange axes (`np.swapaxes`;
# `transpose` in PyTorch).
#
# ### Your turn: `split_heads`
#
# Cut the features into heads, in one array. There may be no axis in front of T, one (several texts)
# or more; they stay in front, and H comes right before T. C is always divisible by H.


# %%
@exercise
def split_heads(x, n_head):
    """Each head's share of the features: (…, T, C) -> (…, H, T, D), D = C / H."""
    ### BEGIN SOLUTION
    cut = x.reshape(*x.shape[:-1], n_head, -1)  # (…, T, C) -> (…, T, H, D)
    return np.swapaxes(cut, -2, -3)  # (…, H, T, D)
    ### END SOLUTION


# %%
check(split_heads)

# %% [markdown]
# ### Your turn: `attend_to_the_past`
#
# This is the layer of a GPT, all of it:
#
# 1. $Q = XW_Q$, $K = XW_K$, $V = XW_V$, each `(…, T, C)`;
# 2. split each into heads, `(…, H, T, D)`;
# 3. attention under the causal mask; your function does all heads at once, and of the two things
#    that it gives back only the mixture is needed;
# 4. undo the split: the heads' mixtures side by side again, `(…, T, C)`;
# 5. times $W_O$, which mixes what the heads have found.
#
# Step 4 is the split backwards: what came last must be undone first.


# %%
@exercise
def attend_to_the_past(x, w_q, w_k, w_v, w_o, n_head):
    """Multi-head causal self-attention: x (…, T, C), four matrices (C, C) -> (…, T, C)."""
    ### BEGIN SOLUTION
    q, k, v = (split_heads(x @ w, n_head) for w in (w_q, w_k, w_v))  # (…, H, T, D) each
    length = x.shape[-2]
    mixture, _ = attention(q, k, v, causal_mask(length, length))
    merged = np.swapaxes(mixture, -2, -3).reshape(x.shape)  # (…, T, H, D) -> (…, T, C)
    return merged @ w_o
    ### END SOLUTION


# %%
check(attend_to_the_past)

# %% [markdown]
# ### The real thing
#
# `CausalSelfAttention` is what the GPT of this course uses, and it holds GPT-2's weights in
# notebook 09. Give it your matrices (PyTorch stores them the other way round, hence `.T`):

# %%
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.attention import CausalSelfAttention

layer = CausalSelfAttention(GPTConfig(n_embd=10, n_head=5, bias=False)).double()
w_q, w_k, w_v, w_o = rng.normal(size=(4, 10, 10)) / np.sqrt(10)
with torch.no_grad():
    layer.c_attn.weight.copy_(torch.from_numpy(np.concatenate([w_q, w_k, w_v], axis=1).T))
    layer.c_proj.weight.copy_(torch.from_numpy(w_o.T))

x = rng.normal(size=(3, 7, 10))  # 3 texts of 7 tokens
yours = attend_to_the_past(x, w_q, w_k, w_v, w_o, n_head=5)
print("yours = the GPT's layer:", np.allclose(yours, layer(torch.from_numpy(x)).detach()))

# %% [markdown]
# ### Who depends on whom?
#
# A good test of any causal layer: nudge token $j$ a little (add a hundredth to each of its
# numbers), and see which answers move. It gives a table of how far answer $i$ moves, divided by
# that nudge. For comparison, the same layer without its mask.


# %%
def dependence(layer, x):
    """How far answer i moves (rows) when token j is nudged (columns)."""
    nudge, moved = 0.01, np.zeros((len(x), len(x)))
    before = np.asarray(layer(x))
    for j in range(len(x)):
        nudged = x.copy()
        nudged[j] += nudge
        moved[:, j] = np.linalg.norm(np.asarray(layer(nudged)) - before, axis=-1)
    return moved / nudge


def attend_both_ways(x):
    """The same five heads and matrices, with no mask."""
    parts = [split_heads(x @ w, 5) for w in (w_q, w_k, w_v)]
    return np.swapaxes(attention(*parts)[0], -2, -3).reshape(x.shape) @ w_o


text = x[0]
causal = dependence(lambda x: attend_to_the_past(x, w_q, w_k, w_v, w_o, 5), text)
encoder = dependence(attend_both_ways, text)
print("nothing above the diagonal:", not np.triu(causal, 1).any())
array_maps({"yours": causal, "without a mask": encoder}, None, None, "answer", "nudged token")

# %% [markdown]
# With the mask, not one number above the diagonal is anything but exactly 0. Without it the square
# is full: that is how an encoder such as BERT reads.

# %% [markdown]
# ## 7 · What it costs
#
# Every query meets every key: $T^2$ scores of $D$ products each, and as much again for the mixture.
# Twice the text, four times the work. We measure building the whole table, with the package's
# kernel `"explicit"` (a kernel: one routine that does the work):

# %%
import time


def milliseconds(length, kernel):
    """Processor time of one head over this many tokens: shorter texts are run more often."""
    parts = torch.randn(3, 1, length, 64).unbind()
    runs = (2048 // length) ** 2
    start = time.process_time()
    for _ in range(runs):
        scaled_dot_product_attention(*parts, is_causal=True, kernel=kernel)
    return 1000 * (time.process_time() - start) / runs


took = {length: milliseconds(length, "explicit") for length in [256, 512, 1024, 2048]}

# %% tags=["nbval-ignore-output"]
for length, ms in took.items():
    print(f"T = {length:4}: {ms:6.1f} ms, {ms / took[256]:5.1f} times as long as T = 256")

# %%
print("4 times the text takes more than 4 times as long:", took[2048] > 4 * took[512])

# %% [markdown]
# Large tables may take even longer than the count of steps says: once they no longer fit into the
# processor's small fast memory, its cache, they wait for the slow one.
#
# And memory: one table of weights for each head. What GPT-2's 12 heads would need in one layer, at
# 4 bytes a number:

# %%
for length in [1024, 8192, 131072]:
    print(f"T = {length:6}: {12 * length**2 * 4 / 2**30:8.2f} GiB")

# %% [markdown]
# No single GPU holds the last one, and that is one layer of one text. A **fused kernel** works
# through the keys in blocks and keeps a running sum for each query, so that the table is never
# stored: the same result, still $T^2$ steps, but memory that grows with $T$ only. PyTorch picks one
# where it can, and our package asks it to:

# %%
parts = torch.randn(3, 2, 3, 101, 64).unbind()
explicit = scaled_dot_product_attention(*parts, kernel="explicit")
fused = scaled_dot_product_attention(*parts, kernel="fused")
print("the fused kernel gives the same:", torch.allclose(explicit, fused, atol=1e-5))

# %% tags=["nbval-ignore-output"]
print(f"T = 2048, table: {took[2048]:.1f} ms, fused: {milliseconds(2048, 'fused'):.1f} ms")

# %% [markdown]
# On a CPU the fused kernel need not be the faster one; what it saves for sure is memory. On GPUs,
# where fetching numbers takes longer than multiplying them, it is also several times faster.
#
# > **Claim check.** “Transformers work in parallel.” Reading: are all answers there after one pass?
# > Writing: can the tenth new token be computed before the ninth?

# %%
whole = attend_to_the_past(x[0], w_q, w_k, w_v, w_o, 5)
prefixes = [attend_to_the_past(x[0, : t + 1], w_q, w_k, w_v, w_o, 5)[-1] for t in range(7)]
print("one pass = seven passes over growing texts:", np.allclose(whole, prefixes))

# %% [markdown]
# **Verdict: in training, yes.** The text is known, and thanks to the mask one pass answers all
# positions as if each were the last. **In writing, no:** the next token is not known before this
# one is chosen. Notebook 07 makes that loop fast.
#
# > **Claim check.** “Attention handles long-range dependencies.” A recurrent network passes a note
# > from token to token; here any two tokens are one step apart. Any two?

# %%
from aigc_lab.model.gpt import GPT

small = GPT(GPTConfig(n_layer=1, n_head=2, n_embd=8, vocab_size=11, block_size=16))
try:
    small(torch.zeros(1, 17, dtype=torch.int64))
except ValueError as error:
    print(error)

# %% [markdown]
# **Verdict: within its window.** Inside, the distance costs nothing; what lies further back than
# `block_size` tokens does not exist for the model, and a wider window costs $T^2$.

# %% [markdown]
# ## 8 · What you have seen
#
# - Attention is a dictionary that answers in part: scores of a query against all keys, softmax,
#   and the mixture of the values.
# - $\sqrt D$ keeps the scores of random queries and keys at size 1 whatever their width, so that
#   softmax begins neither flat nor stuck.
# - The causal mask hides the future. Without it a model learns to copy what it should predict.
# - Several heads let a token look at several places, for no more parameters. Splitting needs a
#   reshape *and* an exchange of axes.
# - It costs $T^2$. Fused kernels save the memory, not the work.
#
# One thing is missing: attention itself knows nothing of order. Notebook 04 gives it positions.

# %%
progress("03")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>All keys are equal. What does attention give?</summary>All scores of a row are
# equal, so all weights are, and every query gets the average of the values it may see, whatever it
# asks.</details>
#
# <details><summary>You forgot to divide by √D, in a model with D = 2. Will you notice? And with
# D = 128?</summary>Hardly with D = 2: the scores are 1.4 times too large, and training corrects
# that. With D = 128 they are 11 times too large: if queries and keys begin with variance 1, softmax
# starts out looking at one key, and its gradient is nearly 0.</details>
#
# <details><summary>A friend's model reaches a training loss of 0.1 within a minute, and writes
# nonsense. Which picture do you ask for?</summary>The table of who depends on whom (or an attention
# map). Any number above the diagonal means that it sees the future.</details>
#
# <details><summary>Why −∞ before the softmax, and not 0 after it?</summary>After it the forbidden
# keys have already taken their share, so the rest no longer adds up to 1. And a 0 <em>before</em>
# it is a score like any other: e⁰ = 1.</details>
#
# <details><summary>C = 768 and 12 heads. How long is a query, and what do you divide by?</summary>
# D = 768 / 12 = 64, so divide by √64 = 8. Not by √768.</details>
#
# <details><summary>Does attention need more parameters for a longer text?</summary>No. The matrices
# act on one token at a time, and the table of weights is computed anew for each text. Only work and
# memory grow. (A table with a vector for each place, as our small model had one, does grow:
# notebook 04.)</details>

#
# **Take it further.** Train the model of section 6 with one head again, but for 2000 steps, with
# several seeds and values of `lr`; 0.003 is a good one. Some runs fall far below $0.9 · \ln 2$. How
# can a single average tell two digits *and* their order? Look at its weights on different texts,
# and put your finding into one sentence and one picture.
#
# **Read next.**
#
# - Bahdanau, Cho and Bengio (2014), *Neural Machine Translation by Jointly Learning to Align and
#   Translate*: where attention began.
# - Vaswani and others (2017), *Attention Is All You Need*: sections 3.2.1 and 3.2.2 are this
#   notebook.
# - Dao and others (2022), *FlashAttention: Fast and Memory-Efficient Exact Attention with
#   IO-Awareness*: fused kernels.
# - **Notebook 04** gives attention the order of its tokens.
