# ---
# jupyter:
#   aigc_lab:
#     minutes: 1.0
#     memory_mb: 1500
# ---

# %% [markdown]
# # 04 · Positions: how a model knows the order of words
#
# Attention, as notebook 03 built it, has a blind spot: it does not know in which order its tokens
# stand. This notebook shows the blind spot, and three cures.
#
# **You will be able to**
# - show that attention without positions treats a sentence as a heap of words;
# - build the sinusoidal table, a learned table and rotary positions, the last in both layouts that
#   published models use;
# - say what each of them does on texts longer than those of its training, and measure it.
#
# **You need** softmax and attention (notebooks 02 and 03), and sine and cosine from school. No
# network, no GPU.
#
# **It takes** a minute at most to run and about two hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are six exercises. Until you have solved one, the course's own version stands in for it and
# says so, so every cell runs from the start. Shapes are named as everywhere in this course: B
# texts, T positions, C features of a token, D features of one head.

# %%
import numpy as np

from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · Attention cannot see order
#
# Three words, two features each. We leave out the matrices: queries, keys and values are the
# tokens themselves.

# %%
words = ["dog", "bites", "man"]
x = np.array([[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]])

# %% [markdown]
# One row first, that of *bites*. Its scores with the three words, divided by $\sqrt 2$, go through
# the softmax, and the weights mix the values:

# %%
from aigc_lab.model.reference import softmax

weights = softmax(x @ x[1] / np.sqrt(2))
print("weights ", dict(zip(words, weights.round(3).tolist(), strict=True)))
print("result  ", sum(weight * value for weight, value in zip(weights, x, strict=True)).round(3))

# %% [markdown]
# The result is a **sum over words**, and a sum has no order. Turn the sentence round, and the row
# of *bites* is the same. So are all the others; they only change places:

# %%
from aigc_lab.model.reference import attention


def read(x):
    """Attention whose queries, keys and values are all x, without a mask; (T, C) -> (T, C)."""
    return attention(x, x, x)[0]


backwards = np.array([2, 1, 0])
print("dog bites man\n", read(x).round(3))
print("man bites dog\n", read(x[backwards]).round(3))

# %% [markdown]
# To this model, both sentences say the same. Look at the weights: the same numbers, with rows and
# columns in another order.

# %%
from aigc_lab.viz.arrays import array_maps

array_maps({"dog bites man": attention(x, x, x)[1]}, words, words, "query", "key")

# %%
shuffled = x[backwards]
array_maps(
    {"man bites dog": attention(shuffled, shuffled, shuffled)[1]},
    words[::-1], words[::-1], "query", "key",
)  # fmt: skip

# %% [markdown]
# A function that does not care about order, and only passes it on, is called **permutation
# equivariant**: shuffling first and then applying $f$ gives the same as applying $f$ first and then
# shuffling.
#
# $$f(\text{shuffled } x) = \text{shuffled } f(x)$$
#
# ### Your turn: `permutation_gap`
#
# Write `permutation_gap(f, x, order)`. It takes a function `f`, tokens `x` of shape (T, C), and an
# `order`: an array of row numbers, so that `x[order]` is x with its rows shuffled. `f` takes tokens
# and gives back an array of the same shape.
#
# Give back **the largest absolute difference between the two sides** of the equation above, as one
# number: 0 when f does not notice the order.
#
# Stuck? `hint(permutation_gap)` in a cell of your own gives a push; call it again for a plan, and a
# third time for nearly the solution.


# %%
@exercise
def permutation_gap(f, x, order):
    """How far f of the shuffled rows is from the shuffled rows of f.

    f: a function (T, C) -> (T, C); x: (T, C); order: (T,) whole numbers. Returns one number.
    """
    ### BEGIN SOLUTION
    return np.abs(f(x[order]) - f(x)[order]).max()
    ### END SOLUTION


# %%
check(permutation_gap)

# %% [markdown]
# Now put three suspects to the test, on seven random tokens. The second is told the positions: a
# vector of its own is added at each.

# %%
from aigc_lab.model.reference import causal_mask

rng = np.random.default_rng(0)
tokens, places = rng.normal(size=(7, 4)), rng.normal(size=(7, 4))
order = np.array([2, 4, 0, 6, 1, 5, 3])

suspects = {
    "attention": read,
    "attention, positions added": lambda x: read(x + places),
    "attention with a causal mask": lambda x: attention(x, x, x, causal_mask(7, 7))[0],
}
for name, f in suspects.items():
    print(f"{permutation_gap(f, tokens, order):.2f}  {name}")

# %% [markdown]
# The third line is a surprise to many: **a causal mask alone already breaks the symmetry.** The
# first token sees only itself, the second sees two, and so on: how much there is to see tells
# something about where one stands. That is why a GPT of several layers learns some order even
# without positions (Haviv et al. 2022). It tells nothing about the order of what is seen: in one
# layer, the last token is blind to that all the same (section 5 tries it).
#
# It is not our little version that is blind. Here is PyTorch's own layer, with matrices, two heads
# and the parts around attention that notebook 05 will explain:

# %%
import torch
from torch import nn

torch.manual_seed(0)
layer = nn.TransformerEncoderLayer(d_model=4, nhead=2, batch_first=True).eval()


def pytorch_layer(x):
    """A whole layer of PyTorch's, from and to NumPy."""
    with torch.no_grad():
        return layer(torch.tensor(x[None], dtype=torch.float32))[0].numpy()


print(f"{permutation_gap(pytorch_layer, tokens, order):.2f}")

# %% [markdown]
# > **Claim check.** A GPT is a stack of blocks, each of attention and an *MLP* (multi-layer
# > perceptron; notebook 05). Popular articles explain MLPs as “layers with recurrent connections”.
# > A recurrent network reads a text from left to right, so it would know the order. Does an MLP?

# %%
mlp = nn.Sequential(nn.Linear(4, 16), nn.GELU(), nn.Linear(16, 4))
rnn = nn.RNN(4, 4, batch_first=True)

with torch.no_grad():
    for name, f in {
        "MLP": lambda x: mlp(torch.tensor(x).float()).numpy(),
        "recurrent network": lambda x: rnn(torch.tensor(x).float())[0].numpy(),
    }.items():
        gap = permutation_gap(f, tokens, order)
        print(f"{name}: the order of tokens matters: {gap > 0.01}")

# %% [markdown]
# **Verdict: wrong.** An MLP treats each token by itself, and nothing recurs. Inside a GPT, only
# attention looks at other tokens; so it is attention that must be told where they are.

# %% [markdown]
# ## 2 · What the blindness costs
#
# Give two small models a task that is nothing but order: **write six digits backwards**. They may
# look at all of them at once, without a mask. One adds a vector to each token that depends on the
# position; the other does not. (How such vectors are best chosen is the rest of this notebook; here
# they are simply learned.)

# %%
from aigc_lab.model.attention import scaled_dot_product_attention

LENGTH, DIGITS, WIDTH = 6, 10, 32


class Reader(nn.Module):
    """One layer of attention over digits; with or without positions."""

    def __init__(self, sighted):
        super().__init__()
        self.digits = nn.Embedding(DIGITS, WIDTH)
        self.places = nn.Parameter(torch.randn(LENGTH, WIDTH)) if sighted else None
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, DIGITS)

    def forward(self, ids, return_weights=False):
        x = self.digits(ids)  # (B, T, C)
        x = x if self.places is None else x + self.places
        q, k, v = self.qkv(x).chunk(3, dim=-1)  # (B, T, C) each
        mixed, weights = scaled_dot_product_attention(q, k, v, return_weights=True)
        return weights if return_weights else self.out(x + mixed)  # (B, T, T) or (B, T, 10)


# %% [markdown]
# `train` shows a model random examples and moves its numbers a little after each batch, as you saw
# in notebook 00 and will build in notebook 06.

# %%
from aigc_lab.model.loss import cross_entropy


def train(model, examples, steps):
    """Train on fresh batches of (ids, targets) from a seeded generator."""
    generator = torch.Generator().manual_seed(0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    slower = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.05, steps)
    for _ in range(steps):
        ids, targets = examples(generator)
        loss = cross_entropy(model(ids), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        slower.step()
    return model.eval()


def to_reverse(generator):
    """Random digits, and the same digits backwards; (256, 6) each."""
    ids = torch.randint(DIGITS, (256, LENGTH), generator=generator)
    return ids, ids.flip(-1)


# %%
torch.manual_seed(0)
sighted = train(Reader(sighted=True), to_reverse, steps=250)
blind = train(Reader(sighted=False), to_reverse, steps=250)

ids, targets = to_reverse(torch.Generator().manual_seed(1))
with torch.no_grad():
    losses = {
        "sighted": cross_entropy(sighted(ids), targets).item(),
        "blind": cross_entropy(blind(ids), targets).item(),
    }
print({name: round(loss, 1) for name, loss in losses.items()})

# %% [markdown]
# How well *could* a blind model do? It sees which digits are there but not where, so the digit that
# it must write is any of the other five, each as likely as the next. If the five are 7, 7, 1, 4, 0,
# the best that it can say is “7 with probability 2/5, and 1, 4, 0 with 1/5 each”. The mean surprise
# at that is a floor which no blind model can break through, however large it is (ours is too small
# to reach it):

# %%
others = torch.randint(DIGITS, (50000, LENGTH - 1), generator=torch.Generator().manual_seed(2))
share = nn.functional.one_hot(others, DIGITS).float().mean(1)  # (50000, 10)
floor = torch.special.entr(share).sum(-1).mean().item()  # entr(p) is -p ln p

print(f"floor of every blind model: {floor:.2f}")
print("the blind one stays above it:", losses["blind"] > floor)
print("the sighted one is far below:", losses["sighted"] < 0.1)

# %% [markdown]
# And here is how the two look at one row of digits. The sighted model has found the diagonal that
# the task is made of. The blind one spreads its weights almost evenly: the heap is all it has. And
# since it looks at *digits* only, its two rows for 7 are equal.

# %%
example = torch.tensor([[7, 0, 4, 1, 7, 2]])
names = [str(digit) for digit in example[0].tolist()]
with torch.no_grad():
    maps = {
        "sighted": sighted(example, return_weights=True)[0].numpy(),
        "blind": blind(example, return_weights=True)[0].numpy(),
    }
array_maps(maps, names, names, "query", "key")

# %% [markdown]
# ## 3 · Clock hands: the sinusoidal table
#
# How do you tell positions with a few numbers that stay small? A clock does it: with three hands it
# tells apart 43,200 seconds, since one hand is quick, one is slow, and one is very slow.
#
# The first Transformer (Vaswani et al. 2017) gave each position such a clock, with C/2 hands. Hand
# $i$ stands at the angle $t / 10000^{2i/C}$ at position $t$. A hand is a direction, and a direction
# is two numbers: the sine of its angle and the cosine. So hand $i$ fills the features $2i$ and
# $2i+1$:
#
# $$P_{t,\,2i} = \sin\frac{t}{10000^{2i/C}} \qquad P_{t,\,2i+1} = \cos\frac{t}{10000^{2i/C}}$$
#
# By hand, position 3 with C = 4 features, so two hands. The first turns by 1 radian at each
# position, the second by $1/10000^{2/4} = 1/100$:

# %%
print([round(float(number), 4) for number in (np.sin(3), np.cos(3), np.sin(0.03), np.cos(0.03))])

# %% [markdown]
# The same as clock faces, six hands for each of six positions. At position 0 all hands stand at
# twelve; then they go clockwise. Above each column stands how many positions a full turn takes.


# %%
def hands(t, base=10000.0, width=12):
    """The (sine, cosine) pairs of one position; (C/2, 2)."""
    angles = [t / base ** (2 * i / width) for i in range(width // 2)]
    return np.array([(np.sin(angle), np.cos(angle)) for angle in angles])


# %%
from aigc_lab.viz.explore import explore
from aigc_lab.viz.positions import clocks


def faces(positions, base=10000.0):
    """A row of clocks for each position."""
    turns = [f"{2 * np.pi * base ** (2 * i / 12):,.0f}" for i in range(6)]
    names = [f"position {t:,}" for t in positions]
    return clocks([hands(t, base) for t in positions], names, turns, "positions to a full turn")


explore(
    lambda position, base: faces([position], base),
    faces([0, 1, 2, 10, 100, 1000]),
    position=[0, 1, 2, 3, 5, 10, 20, 50, 100, 500, 1000, 5000],
    base=[10000, 2, 10, 100, 1000000],
)

# %% [markdown]
# Neighbours (0, 1, 2) differ in the quick hands, distant positions in the slow ones. With a base of
# 2 instead of 10000 all hands are quick, and there is no slow one left to tell which of two distant
# positions comes later:

# %%
faces([0, 1, 2, 10, 100, 1000], base=2)

# %% [markdown]
# ### Your turn: `sinusoidal_positions`
#
# Write `sinusoidal_positions(length, width)`: the table $P$ of the formula above, of shape
# (length, width), for the positions 0 … length − 1. `width` (C) is even. The sine of hand $i$
# stands in column $2i$ and its cosine right after it.


# %%
@exercise
def sinusoidal_positions(length, width):
    """The table of sines and cosines, one row for each position.

    Returns an array (length, width).
    """
    ### BEGIN SOLUTION
    t, i = np.arange(length)[:, None], np.arange(width // 2)[None, :]  # (T, 1) and (1, C/2)
    angles = t / 10000 ** (2 * i / width)  # (T, C/2)
    table = np.zeros((length, width))
    table[:, 0::2], table[:, 1::2] = np.sin(angles), np.cos(angles)
    return table
    ### END SOLUTION


# %%
check(sinusoidal_positions)

# %% [markdown]
# Its picture, blue above zero and red below: each column is a wave, quick on the left, and on the
# right so slow that 32 positions do not show it.

# %%
array_maps(
    {"sinusoidal_positions(32, 24)": sinusoidal_positions(32, 24)},
    row_name="position",
    column_name="feature",
)

# %% [markdown]
# The package has the same table, in PyTorch. It is added to the tokens before the first block of
# the stack.
# (A model with this table first multiplies the tokens by $\sqrt C$, as the paper does, so that
# neither drowns the other.)

# %%
from aigc_lab.model import positions

theirs = positions.sinusoidal(100, 32).numpy()
print("equal to the package's:", np.allclose(sinusoidal_positions(100, 32), theirs, atol=1e-4))

# %% [markdown]
# **Break it (1): why not just the number of the position?** It grows without end, while a token's
# own numbers are about 1 in size. The clock's vector always has the same length, $\sqrt{C/2}$,
# since every hand has length 1. Beside it, the number copied into all 32 features:

# %%
table = sinusoidal_positions(2000, 32)
for t in (1, 10, 1000):
    number = np.full(32, float(t))
    print(
        f"position {t:5}: length {np.linalg.norm(table[t]):.1f} as clock hands, "
        f"{np.linalg.norm(number):.1f} as a number"
    )

# %% [markdown]
# **Break it (2): why so many hands?** Ask which of the next 99 positions is easiest to mix up with
# position 0, how far apart the two vectors are, and how often the quick hand has come round on the
# way:

# %%
for width in (2, 4, 32):
    table = sinusoidal_positions(100, width)
    apart = np.linalg.norm(table[1:] - table[0], axis=-1)
    nearest = int(apart.argmin()) + 1
    print(
        f"hands: {width // 2:2}   most like position 0: {nearest:2}, at {apart.min():.2f}"
        f"   turns of the quick hand: {nearest / (2 * np.pi):.2f}"
    )

# %% [markdown]
# With one hand, position 0 has a double where the hand has made (almost) whole turns. A second hand
# helps a little: the double is less exact, but the second is so slow that the quick one still has
# the last word. With 16 hands it is the neighbour that is nearest, as it should be.
#
# ## 4 · A step is a turn
#
# Unique vectors would be easy to find. What makes these special is what they say about
# **distances**. Take one hand at two positions, with angles $\alpha$ and $\beta$, and multiply:
#
# $$\sin\alpha \sin\beta + \cos\alpha \cos\beta = \cos(\alpha - \beta)$$
#
# The two positions are gone, and only their distance is left. Summed over all hands, that is the
# dot product of two rows of the table: it depends on the distance $k$, and on nothing else.

# %%
table = sinusoidal_positions(128, 64)
for t in (5, 40, 90):
    print(f"from position {t:2}:", [f"k={k}: {table[t] @ table[t + k]:.2f}" for k in (0, 1, 8, 30)])

# %% [markdown]
# In a picture, that means constant diagonals. Beside it the same for random vectors of the same
# length: just as unique, but every pair of positions has a number of its own.

# %%
table = sinusoidal_positions(24, 32)
random = np.random.default_rng(1).normal(size=(24, 32))
random *= np.linalg.norm(table[0]) / np.linalg.norm(random, axis=1, keepdims=True)
array_maps(
    {"sinusoidal": table @ table.T, "random": random @ random.T},
    row_name="position",
    column_name="position",
)

# %% [markdown]
# More is true. To go $k$ positions on, hand $i$ turns by $\beta = k / 10000^{2i/C}$, wherever it
# stands now. School gives the formula, with $\alpha$ for the angle now:
#
# $$\sin(\alpha + \beta) = \sin\alpha \cos\beta + \cos\alpha \sin\beta \qquad
#   \cos(\alpha + \beta) = \cos\alpha \cos\beta - \sin\alpha \sin\beta$$
#
# The new pair is a mixture of the old pair, with weights that contain $\beta$ but not $\alpha$. So
# **one matrix moves every position on by $k$**: $P_{t+k} = M_k P_t$ for all $t$. Attention's own
# matrices can learn such an $M_k$, and then “three places back” is one thing to learn, not one for
# each position.
#
# ### Your turn: `shift_matrix`
#
# Write `shift_matrix(k, width)`: the matrix $M$ of shape (width, width) with `M @ P[t] == P[t + k]`
# for every row of the table of section 3. It is zero except for a block of 2 × 2 for each hand, in
# the rows and columns $2i$ and $2i+1$; what stands in the block can be read off the two formulas.
# Sort them first: $\sin\alpha$ is feature $2i$ and $\cos\alpha$ feature $2i+1$, so what multiplies
# $\sin\alpha$ stands in column $2i$ of both rows. `k` may be negative.


# %%
@exercise
def shift_matrix(k, width):
    """The matrix that moves each row of the sinusoidal table on by k positions.

    Returns an array (width, width).
    """
    ### BEGIN SOLUTION
    matrix = np.zeros((width, width))
    for i in range(width // 2):
        beta = k / 10000 ** (2 * i / width)
        here = slice(2 * i, 2 * i + 2)
        matrix[here, here] = [[np.cos(beta), np.sin(beta)], [-np.sin(beta), np.cos(beta)]]
    return matrix
    ### END SOLUTION


# %%
check(shift_matrix)

# %% [markdown]
# One matrix, all positions at once, and the blocks that do it:

# %%
table = sinusoidal_positions(100, 12)
moved = table[:-7] @ shift_matrix(7, 12).T  # row t times the matrix, for all t
print("every row moved on by 7:", np.allclose(moved, table[7:]))
print(
    "3 and 4 make 7:", np.allclose(shift_matrix(3, 12) @ shift_matrix(4, 12), shift_matrix(7, 12))
)
array_maps(
    {"shift_matrix(7, 12)": shift_matrix(7, 12)},
    row_name="feature, 7 positions on",
    column_name="feature now",
)

# %% [markdown]
# > **Claim check.** “Positional encoding marks every word with a unique piece of position
# > information.” Is being unique what matters? Let us look for the best matrix that moves a table
# > of *random* unique vectors on by one, by least squares: for a table with fewer positions than
# > its 32 features, and for one with many more.


# %%
def best_shift_error(table):
    """How much of the next row the best matrix misses; 0 is perfect, 1 is nothing found."""
    solution = np.linalg.lstsq(table[:-1], table[1:], rcond=None)[0]
    missed = table[1:] - table[:-1] @ solution
    return np.linalg.norm(missed) / np.linalg.norm(table[1:])


for length in (24, 500):
    tables = {
        "sinusoidal": sinusoidal_positions(length, 32),
        "random": np.random.default_rng(2).normal(size=(length, 32)),
    }
    for name, table in tables.items():
        print(f"{length:3} positions   {name:10}   missed: {best_shift_error(table):.1f}")

# %% [markdown]
# **Verdict: not wrong, but it misses the point twice.** Positions are not a mark beside the word:
# a vector is *added* to the word's vector (or, as in section 6, the vectors are turned). And unique
# is not enough. A table in which every step is the same turn lets the model learn a distance once
# and use it everywhere. With more positions than features, a random table has no such matrix.
#
# ## 5 · A learned table
#
# GPT and GPT-2 do without any formula: the table $W_p$ has a row for each position, begins with
# random numbers, and is trained like everything else. With $W_e$ for the table of tokens (Radford
# et al. 2018, equation 2):
#
# $$h_0[t] = W_e[\text{token } t] + W_p[t]$$
#
# Three tokens and a table for five positions, by hand:

# %%
token_vectors = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
learned = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6], [0.7, 0.8], [0.9, 1.0]])
print(token_vectors + learned[:3])

# %% [markdown]
# Two things can go wrong. First, a model that *writes* remembers what it has read (in a *cache*,
# notebook 07), and is given only the one new token. Seen alone, that token looks like the first;
# someone must say that 57 others come before it. This number is the **offset**. (Wrong by only one,
# it made a published project
# [write garbage](https://github.com/waybarrios/vllm-mlx/pull/311).) Second, the table has an end.
#
# ### Your turn: `add_positions`
#
# Write `add_positions(x, table, offset=0)`. `x` holds tokens, (…, T, C) with any number of axes in
# front, such as the texts of a batch; `table` has shape (P, C). Add to each token the row of its
# position: the first of the T tokens stands at position `offset`, the next at `offset + 1`, and so
# on. Raise a `ValueError` when the last of them lies past the end of the table.


# %%
@exercise
def add_positions(x, table, offset=0):
    """Each token plus the row of its position.

    x: (…, T, C); table: (P, C). Returns (…, T, C).
    Raises: ValueError when the positions run past the table.
    """
    ### BEGIN SOLUTION
    end = offset + x.shape[-2]
    if end > len(table):
        raise ValueError(f"positions up to {end - 1} do not fit a table of {len(table)} rows")
    return x + table[offset:end]
    ### END SOLUTION


# %%
check(add_positions)

# %% [markdown]
# The package's GPT does just this; there `wte` is $W_e$ and `wpe` is $W_p$. `record` keeps what
# happens inside a model, and the first entry of its `residual` is what enters the first block:

# %%
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT
from aigc_lab.model.probe import record

torch.manual_seed(0)
model = GPT(GPTConfig.gpt2(vocab_size=11, block_size=16, n_layer=1, n_head=2, n_embd=8))
ids = torch.tensor([[3, 1, 4, 1, 5]])

mine = add_positions(model.wte(ids).detach().numpy(), model.wpe.weight.detach().numpy())
print("equal to the package's:", np.allclose(mine, record(model, ids).residual[0].numpy()))

# %% [markdown]
# **Break it: past the end.** NumPy and PyTorch do not always complain. A slice that runs past the
# end is simply shorter, and when a single row is left, it is given to *every* token:

# %%
print(learned[4 : 4 + 3])
print(token_vectors + learned[4 : 4 + 3])

# %% [markdown]
# No error, and three tokens that cannot be told apart. The package's model refuses:

# %%
try:
    model(torch.zeros(1, 17, dtype=torch.int64))
except ValueError as error:
    print(error)

# %% [markdown]
# **Break it: no positions at all.** The causal mask tells a token how much it sees, not in which
# order. Swap two earlier tokens, and ask whether the prediction after the last one changes (in one
# layer, so that only attention's sum can tell):

# %%
swapped = ids[:, [1, 0, 2, 3, 4]]
for kind in ("none", "learned"):
    torch.manual_seed(0)
    config = GPTConfig.gpt2(
        vocab_size=11, block_size=16, n_layer=1, n_head=2, n_embd=8, position=kind
    )
    model = GPT(config)
    with torch.no_grad():
        change = (model(ids)[0, -1] - model(swapped)[0, -1]).abs().max()
    print(f"positions {kind}: the prediction changes: {bool(change > 1e-5)}")

# %% [markdown]
# Without positions the last token sees a heap, mask or no mask.
#
# ## 6 · Rotary: turn, don't add
#
# Attention compares by dot products. Section 4 showed two hands whose dot product knows only their
# distance. So why add the hands to the tokens, where everything mixes? **Rotary positions** (Su et
# al. 2021, “RoPE”) turn the queries and keys themselves, like hands: pair $i$ of the features of
# position $t$ is turned by the angle $\theta = t / 10000^{2i/D}$,
#
# $$(a, b) \;\to\; (a \cos\theta - b \sin\theta,\;\; a \sin\theta + b \cos\theta).$$
#
# That happens in every layer, in every head, just before the scores. The values are not turned.
#
# By hand, with a single pair that turns by 1 radian at each position. (It goes anticlockwise, and
# the clocks of section 3 went clockwise. The direction does not matter, as long as queries and keys
# share it.)


# %%
def turn(pair, angle):
    """A pair of numbers, turned anticlockwise."""
    (a, b), c, s = pair, np.cos(angle), np.sin(angle)
    return np.array([a * c - b * s, a * s + b * c])


query, key = np.array([1.0, 0.5]), np.array([0.2, 1.0])
for t_q, t_k in ((5, 2), (9, 6), (105, 102), (5, 3)):
    score = turn(query, t_q) @ turn(key, t_k)
    print(f"query at {t_q:3}, key at {t_k:3}: score {score:.4f}")

# %% [markdown]
# Three times the distance 3, three times the same score. In the picture (blue query, orange key)
# both hands move, and the angle *between* them stays. A dot product sees only lengths and that
# angle.

# %%
pairs = ((5, 2), (9, 6), (105, 102), (5, 3))
clocks(
    [[[turn(query, t_q), turn(key, t_k)] for t_q, t_k in pairs]],
    ["query and key"],
    [f"at {t_q} and {t_k}" for t_q, t_k in pairs],
)

# %% [markdown]
# ### Your turn: `rotate_pairs`
#
# Write `rotate_pairs(x, base=10000.0)`. `x` has shape (…, T, D), with any axes in front (heads, or
# texts), and D even. **Neighbours are pairs**: features 0 and 1, 2 and 3, and so on. Row $t$ is
# position $t$; turn its pair $i$ by the angle $t / \text{base}^{2i/D}$, as in the formula above,
# and put the turned pair where the old one was.


# %%
@exercise
def rotate_pairs(x, base=10000.0):
    """Rotary positions with neighbouring features in pairs.

    x: (…, T, D). Returns (…, T, D).
    """
    ### BEGIN SOLUTION
    length, width = x.shape[-2:]
    angles = np.arange(length)[:, None] / base ** (2 * np.arange(width // 2) / width)  # (T, D/2)
    c, s = np.cos(angles), np.sin(angles)
    a, b = x[..., 0::2], x[..., 1::2]  # (…, T, D/2) each
    turned = np.empty(x.shape)
    turned[..., 0::2], turned[..., 1::2] = a * c - b * s, a * s + b * c
    return turned
    ### END SOLUTION


# %%
check(rotate_pairs)

# %% [markdown]
# The paper, and Meta's own code for Llama, see each pair as one complex number; to turn it is to
# multiply by $e^{i\theta}$. PyTorch can do that too, and the result is yours:

# %%
x = np.random.default_rng(3).normal(size=(2, 7, 8))  # two heads, seven positions
angles = torch.arange(7)[:, None] / 10000 ** (torch.arange(0, 8, 2) / 8)  # (T, D/2)
numbers = torch.view_as_complex(torch.tensor(x).reshape(2, 7, 4, 2))  # a + bi
turned = torch.view_as_real(numbers * torch.exp(1j * angles)).flatten(-2)  # (2, 7, 8)
print("equal to complex numbers:", np.allclose(rotate_pairs(x), turned.numpy(), atol=1e-5))

# %% [markdown]
# Three properties, measured. Lengths do not change. The same query and key, at distance 7, have the
# same score wherever they stand. And position 0 is left alone.

# %%
query, key = np.random.default_rng(4).normal(size=(2, 64))
turned_q = rotate_pairs(np.tile(query, (2008, 1)))  # the same query at positions 0 … 2007
turned_k = rotate_pairs(np.tile(key, (2008, 1)))

print("lengths unchanged:", np.allclose(np.linalg.norm(turned_q, axis=1), np.linalg.norm(query)))
print(
    "scores at distance 7:",
    [round(float(turned_q[t] @ turned_k[t - 7]), 4) for t in (7, 20, 500, 2000)],
)
print("position 0 left alone:", np.allclose(turned_q[0], query))

# %% [markdown]
# **Break it: turn only the queries.** Left, both are turned: constant diagonals, so a score is a
# matter of distance. Right, the keys stay as they are: all columns are alike, and a score depends
# on where the query stands, not on where it looks.

# %%
array_maps(
    {
        "queries and keys turned": turned_q[:24] @ turned_k[:24].T,
        "only queries turned": turned_q[:24] @ np.tile(key, (24, 1)).T,
    },
    row_name="position of the query",
    column_name="position of the key",
)

# %% [markdown]
# ## 7 · Two layouts of the same thing
#
# Which two features form a pair is a matter of taste, since the model learns the features anyway.
# Two layouts are in use:
#
# - **interleaved**, neighbours in pairs, as you have just built it (the paper, GPT-J, Meta's
#   own Llama files);
# - **half-split**, feature $i$ with feature $i + D/2$ (GPT-NeoX, the Llama checkpoints of
#   `transformers`, and this course's package). It needs two plain slices.
#
# They differ by a fixed **permutation of the features**: first all first members of the pairs, then
# all second ones. For D = 8:

# %%
to_half = np.r_[0:8:2, 1:8:2]  # at place j of the half-split layout stands feature to_half[j]
print(to_half)
array_maps(
    {"takes interleaved to half-split": np.eye(8)[to_half]},
    row_name="half-split feature",
    column_name="interleaved feature",
)

# %% [markdown]
# ### Your turn: `rotate_halves`
#
# Write `rotate_halves(x, base=10000.0, offset=0)`. As `rotate_pairs`, but feature $i$ of the left
# half is paired with feature $i + D/2$, for $i$ from 0 to D/2 − 1; again pair $i$ turns by
# $t / \text{base}^{2i/D}$. And as in section 5, the first row of `x` stands at position
# $t$ = `offset`, not always at 0.


# %%
@exercise
def rotate_halves(x, base=10000.0, offset=0):
    """Rotary positions with feature i paired with feature i + D/2; the first row is at `offset`.

    x: (…, T, D). Returns (…, T, D).
    """
    ### BEGIN SOLUTION
    length, width = x.shape[-2:]
    t, i = np.arange(offset, offset + length)[:, None], np.arange(width // 2)
    angles = t / base ** (2 * i / width)  # (T, D/2)
    c, s = np.cos(angles), np.sin(angles)
    a, b = x[..., : width // 2], x[..., width // 2 :]  # (…, T, D/2) each
    return np.concatenate((a * c - b * s, b * c + a * s), axis=-1)
    ### END SOLUTION


# %%
check(rotate_halves)

# %% [markdown]
# Reorder the features, turn in the one layout; or turn in the other, and reorder then. It is the
# same. And the scores do not notice at all, as long as queries and keys are reordered alike:

# %%
q, k = np.random.default_rng(5).normal(size=(2, 7, 8))
same = np.allclose(rotate_halves(q[:, to_half]), rotate_pairs(q)[:, to_half])
scores = rotate_pairs(q) @ rotate_pairs(k).T
scores_half = rotate_halves(q[:, to_half]) @ rotate_halves(k[:, to_half]).T
print("the layouts differ by a permutation:", same)
print("the scores are the same:", np.allclose(scores, scores_half))

# %% [markdown]
# The real things: the package's `apply_rotary`, and the function in which `transformers` turns
# Llama's queries and keys.

# %%
from transformers.models.llama.modeling_llama import apply_rotary_pos_emb

tensor = torch.tensor(q, dtype=torch.float32)[None]  # (1, T, D)
cos, sin = positions.rotary_tables(7, 8, offset=57)
ours = positions.apply_rotary(tensor, cos, sin)[0]
theirs, _ = apply_rotary_pos_emb(
    tensor, tensor, *(torch.cat((half, half), -1)[None] for half in (cos, sin)), unsqueeze_dim=0
)
mine = rotate_halves(q, offset=57)
print("equal to the package's:", np.allclose(mine, ours.numpy(), atol=1e-4))
print("equal to transformers':", np.allclose(mine, theirs[0].numpy(), atol=1e-4))

# %% [markdown]
# **Break it: mix the layouts up.** Take queries and keys that were made for the interleaved layout,
# and turn them in halves. The three properties of section 6 still hold:

# %%
query, key = np.random.default_rng(6).normal(size=(2, 8))  # made for the interleaved layout
wrong_q = rotate_halves(np.tile(query, (30, 1)))
wrong_k = rotate_halves(np.tile(key, (30, 1)))
right_q, right_k = rotate_pairs(np.tile(query, (30, 1))), rotate_pairs(np.tile(key, (30, 1)))

print("lengths unchanged:", np.allclose(np.linalg.norm(wrong_q, axis=1), np.linalg.norm(query)))
print("distance only:    ", np.isclose(wrong_q[9] @ wrong_k[6], wrong_q[29] @ wrong_k[26]))
print("right at position 0:", np.allclose(wrong_q[0], right_q[0]))
print("right scores:     ", np.allclose(wrong_q @ wrong_k.T, right_q @ right_k.T))

# %% [markdown]
# None of the first three checks finds it; only the comparison with the right scores does. That is
# why notebook 09 compares each model that it loads with `transformers`, number by number. The loss
# on real text shows it too, but not where it comes from. (In
# [one published project](https://github.com/NeuraLegion/shainet/pull/111), Llama models wrote a
# word or two and then nonsense: position 0 is right in any layout, and near it the angles are
# small.)
#
# ## 8 · Longer than in training
#
# A model is trained on texts up to some length. What if a longer one comes? Let us try all four: no
# positions, sinusoidal, learned, rotary. The task is the smallest that needs positions: **write the
# token that stood three places back**. Training texts have 16 tokens, the test has 64.

# %%
TRAINED, TESTED, BACK, TOKENS = 16, 64, 3, 8


def to_echo(generator, length=TRAINED, texts=32):
    """Random tokens, and those three places before (-100: nothing to say there yet)."""
    ids = torch.randint(TOKENS, (texts, length), generator=generator)
    targets = ids.roll(BACK, dims=1)
    targets[:, :BACK] = -100
    return ids, targets


def make(position, **changes):
    """A GPT of one layer and one head, with room for the long texts."""
    shape = dict(n_layer=1, n_head=1, n_embd=32, rope_base=100.0) | changes
    torch.manual_seed(0)
    return GPT(GPTConfig.gpt2(vocab_size=TOKENS, block_size=TESTED, position=position, **shape))


# %% [markdown]
# (The base is 100 here and not 10000: texts are short, so even the slowest hand should be seen to
# move.) Four trainings, a second or two each:

# %%
kinds = ("none", "sinusoidal", "learned", "rotary")
models = {kind: train(make(kind), to_echo, steps=300) for kind in kinds}


# %%
def share_right(model):
    """The share of right answers at each position of long texts; (64,)."""
    ids, targets = to_echo(torch.Generator().manual_seed(9), TESTED, texts=300)
    with torch.no_grad():
        right = (model(ids).argmax(-1) == targets).float().mean(0)
    return np.where(np.arange(TESTED) < BACK, np.nan, right.numpy())


results = {kind: share_right(model) for kind, model in models.items()}
for kind, right in results.items():
    short, long = right[BACK:TRAINED].mean(), right[TRAINED:].mean()
    print(f"{kind:10}  as in training: above 0.9: {short > 0.9!s:5}  longer: {long > 0.9}")

# %% [markdown]
# A yardstick for the one without positions: how often would it be right to name simply the token
# that has been seen most often so far? That needs no order, only the heap.

# %%
seen = nn.functional.one_hot(to_echo(torch.Generator().manual_seed(3), TESTED, 5000)[0], TOKENS)
most = seen.cumsum(1).amax(-1).float().mean(0).numpy()  # of the first 1, 2, … tokens
heap = np.full(TESTED, np.nan)
heap[BACK:] = (most / np.arange(1, TESTED + 1))[BACK - 1 : -1]  # what stood before position t
none = results["none"][BACK:TRAINED].mean()
print("no positions, better than the heap:", none > heap[BACK:TRAINED].mean() + 0.05)

# %%
from aigc_lab.viz.positions import by_position

by_position({**results, "heap": heap}, "share of right answers", TRAINED, {"a guess": 1 / TOKENS})

# %% [markdown]
# Inside the training length, all three kinds of positions solve the task. Beyond it:
#
# - **learned** falls at once. Nobody ever trained the rows from 16 on:

# %%
begin, end = make("learned").wpe.weight, models["learned"].wpe.weight
print("rows 0 to 15 as they began: ", torch.equal(begin[:TRAINED], end[:TRAINED]))
print("rows 16 to 63 as they began:", torch.equal(begin[TRAINED:], end[TRAINED:]))

# %%
array_maps(
    {"the learned table, first 12 features": end.detach().numpy()[:32, :12].T},
    row_name="feature",
    column_name="position",
)

# %% [markdown]
# - **sinusoidal** has a row for every position, and each is new to the model all the same. That
#   a step is a turn, as section 4 has it, does not mean that training finds the solution which uses
#   it. (The peaks are luck: another seed puts them elsewhere.)
# - **rotary** goes on: “three back” is the same angle at position 60 as at position 6, since only
#   distances reach the scores.
# - **none** does as well as the heap, and no better. In one layer it sees which tokens came before,
#   and not where (that was the experiment of section 5).
#
# > **Claim check.** “With rotary positions a model can read texts of any length.” Train the same
# > task with two heads of half the width, or with the usual base of 10000, or with both.

# %% tags=["nbval-ignore-output"]
shapes = {
    f"heads: {heads}, base: {base:6,.0f}": dict(n_head=heads, rope_base=base)
    for heads in (1, 2)
    for base in (100.0, 10000.0)
}
rotaries = {name: train(make("rotary", **shape), to_echo, 300) for name, shape in shapes.items()}
for name, rotary in rotaries.items():
    right = share_right(rotary)
    short, long = right[BACK:TRAINED].mean(), right[TRAINED:].mean()
    print(f"{name}   right as in training: {short:.2f}   longer: {long:.2f}")

# %% [markdown]
# The digits depend on the seed. What does not: with both changes, the last model has learned its
# task, and loses it beyond the length of its training.

# %%
last = list(shapes)[-1]
right = share_right(rotaries[last])
print("as in training, above 0.9:", right[BACK:TRAINED].mean() > 0.9)
print("longer, above 0.9:        ", right[TRAINED:].mean() > 0.9)

# %% [markdown]
# **Verdict: no.** It *runs* on any length; whether it reads is another matter. A suspect: the slow
# hands. How many hands does a head have, and how many of them come round within 16 positions?

# %%
for name, shape in shapes.items():
    _, sines = positions.rotary_tables(2, 32 // shape["n_head"], shape["rope_base"])
    turns = TRAINED * np.arcsin(sines[1].numpy()) / (2 * np.pi)  # row 1: the sine of each speed
    print(f"{name}   {sum(turns > 1)} of {len(turns)} hands come round")
print("turns of the last model's hands:", [f"{turn:.2f}" for turn in turns])

# %% [markdown]
# Both changes do the same thing: they leave fewer quick hands. The others meet, at a key more than
# 15 back, an angle that training never showed, and such a key may then look like the one three
# back.
#
# If that is the trouble, it should help to **slow those hands down**, so that 63 places back takes
# them about as far as 15 did. This needs no training: the same numbers, other angles. (Llama 3.1
# stretches its positions by the same rule. It slows a hand that comes nearly round only in part.)
# As a control, slow *all* hands.

# %%
from aigc_lab.core.config import RotaryScaling


def slowed(below):
    """Share right when hands that make fewer than `below` turns in training are slowed; (64,)."""
    scaling = RotaryScaling(TESTED / TRAINED, below / 2, below, original_block_size=TRAINED)
    model = make("rotary", **shapes[last], rope_scaling=scaling).eval()
    model.load_state_dict(rotaries[last].state_dict())
    return share_right(model)


slow, every = slowed(below=1), slowed(below=100)
print("slow hands slowed, better beyond:", slow[TRAINED:].mean() > right[TRAINED:].mean() + 0.05)
print("all hands slowed, as in training: above 0.9:", every[BACK:TRAINED].mean() > 0.9)

# %%
by_position(
    {"rotary": right, "slow hands slowed": slow, "all hands slowed": every},
    "share of right answers",
    TRAINED,
    lines={"a guess": 1 / TOKENS},
)

# %% [markdown]
# It helps, and it is no cure. All hands slowed, “three back” itself has another angle, and nothing
# is left. Models that are to read long texts are also trained on long ones, if only for a short
# while at the end.
#
# ## 9 · What you have seen
#
# - Attention is a sum over tokens, and a sum has no order: shuffle the tokens, and the results are
#   shuffled alike. A causal mask alone breaks this symmetry a little; positions break it properly.
# - The sinusoidal table gives each position a clock with C/2 hands. A dot product of two rows
#   depends on their distance only, and one matrix moves all positions on.
# - A learned table is a row per position, added; it has an end, and untrained rows are noise.
# - Rotary positions turn queries and keys, so that positions enter the scores only as distances.
#   Its two layouts are one permutation apart; mix them up, and lengths and distances still look
#   right.
# - What works within the training length may fail beyond it, whatever the kind of positions: test
#   a model at the length at which you use it.

# %%
progress("04")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>You shuffle the words of a prompt, and a model without a mask and without
# positions gives the same vectors, shuffled. Which one property of attention is to blame?</summary>
# Its result is a sum over keys of weight times value, and each weight depends on the query and that
# key alone. The order of a sum does not matter.</details>
#
# <details><summary>What would change in the sinusoidal table if its base were 10 instead of 10000?
# </summary>All hands would be quick: the slowest comes round within about 60 positions, so far
# positions begin to look alike.</details>
#
# <details><summary>A model writes well until you switch on its cache, then it writes nonsense from
# the second new token on. Where do you look first?</summary>At the offset: probably every new token
# is given position 0.</details>
#
# <details><summary>Why are values not turned in rotary attention?</summary>The scores need to know
# distances, and they are made of queries and keys. A value is what is handed on; turned, it would
# arrive differently depending on where it came from, and the sum would mix vectors turned by
# different angles.</details>
#
# <details><summary>You turn interleaved features with half-split code. Lengths are kept and scores
# depend on distance only. What is wrong, and how would you notice?</summary>Features that were
# trained to turn slowly now turn fast, and the pairs are other pairs. The loss on real text is far
# too high, and a comparison with the original model's numbers says where it begins.</details>
#
# <details><summary>A table with 1,024 learned rows was trained on texts of up to 512 tokens. What
# happens at token 600?</summary>No error: the row is there. But it never had a gradient, so it is
# the noise that it began as, and the predictions suffer.</details>
#
# **Take it further.**
#
# - The sinusoidal model of section 8 only ever saw positions 0 to 15. Train it on texts of 64
#   tokens of which only 16 in a row, at a random place, have targets (-100 for all others). Does it
#   now read 64 tokens? What does it cost within the training length? And the learned one?
# - Invent a fifth kind: add nothing and turn nothing, but subtract from each score a number that
#   grows with the distance (Press et al. 2022 call it ALiBi), and enter it into the picture.
#
# **Read next.**
#
# - Vaswani and others (2017), *Attention Is All You Need*, section 3.5: the sinusoidal table.
# - Shaw and others (2018), *Self-Attention with Relative Position Representations*: distances
#   instead of places, before rotary positions.
# - Su and others (2021), *RoFormer: Enhanced Transformer with Rotary Position Embedding*.
# - Press and others (2022), *Train Short, Test Long*: a number that grows with the distance.
# - Haviv and others (2022), *Transformer Language Models without Positional Encodings Still Learn
#   Positional Information*.
# - Kazemnejad and others (2023), *The Impact of Positional Encoding on Length Generalization in
#   Transformers*.
# - In the package: `aigc_lab/model/positions.py`.
# - **Notebook 05** puts attention, positions and the MLP together into a GPT.
