# ---
# jupyter:
#   aigc_lab:
#     minutes: 0.8
#     memory_mb: 2000
# ---

# %% [markdown]
# # 05 · The GPT block, and the whole GPT
#
# Attention lets tokens look at each other. A GPT is attention plus a few simple parts, stacked.
# Here you build each of them, put them together, count every number in GPT-2, and at the end train
# a GPT that you assembled yourself, and read what it writes.
#
# **You will be able to**
#
# - write LayerNorm, RMSNorm, GELU and the MLP, and say what breaks without each,
# - explain why a deep stack needs residual connections, norms in the right place, and a careful
#   start,
# - assemble a GPT that gives the same numbers as this course's and as `transformers`' GPT-2,
# - count its parameters, show that it cannot see the future, and turn it into a Llama.
#
# **You need** softmax and attention (notebooks 02 and 03), and what a position vector is (04). No
# network, no GPU.
#
# **It takes** about a minute and under 1 GB of memory to run, and two and a half hours to read and
# solve.
# **Difficulty** ●●○ moderate.
#
# There are eight exercises. Until you solve one, the course's own version stands in for it and says
# so; therefore every cell runs from the start, and you may do the exercises in any order. In all of
# them, arrays that come in stay as they were: return new ones.

# %%
import math

import numpy as np

from aigc_lab.exercises import check, exercise, hint, progress

# %% [markdown]
# ## 1 · Keep the numbers in size
#
# GPT-2 sends every token through 24 parts, one after the other (12 blocks of two), and its largest
# version through 96. Suppose that each makes the numbers a little larger, or a little smaller:

# %%
for factor in [0.8, 0.9, 1.0, 1.1, 1.2]:
    print(f"times {factor}, 96 times over: {factor**96:.1e}")

# %% [markdown]
# Nobody can choose factors that carefully. So a GPT measures each token's vector before every part,
# and brings it to a standard size: **layer normalisation**, LayerNorm for short.
#
# By hand, for one token with four features. Take away the mean, so that the numbers lie around 0:

# %%
token = np.array([1.0, 2.0, 3.0, 4.0])
centred = token - token.mean()
print("mean", token.mean(), "centred", centred)

# %% [markdown]
# The **variance** is the mean of the squares of these: $(2.25 + 0.25 + 0.25 + 2.25)/4 = 1.25$. Its
# root is the typical distance from the mean; divide by it:

# %%
variance = (centred**2).mean()
print("variance", variance, "normalised", (centred / np.sqrt(variance)).round(3))

# %% [markdown]
# Mean 0, variance 1, whatever came in. A loud token and a shifted one end as the same numbers:

# %%
from aigc_lab.viz.arrays import array_maps

names = ["quiet", "loud", "shifted"]
x = np.array([token, 3 * token, token + 5])
mean = x.mean(axis=-1, keepdims=True)  # one number for each token, (T, 1)
normalised = (x - mean) / np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True))
array_maps({"before": x, "after": normalised}, names, None, "token", "feature")

# %% [markdown]
# Two details make it LayerNorm. A token whose features are all equal has variance 0, so a tiny
# $\epsilon$ is added before the root. And since size 1 may not be what the next part wants, there
# is a learned **gain** $w$ and **bias** $b$, one number for each feature (at the start 1 and 0):
#
# $$y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} · w + b, \qquad
# \mu = \frac1C\sum_c x_c, \qquad \sigma^2 = \frac1C\sum_c (x_c - \mu)^2.$$
#
# ### Your turn: `layer_norm`
#
# Write the formula. `x` has shape (…, C): the last axis holds the C features of one token, and
# there may be any number of axes in front (the tokens of a text, several texts). Every token is
# normalised by itself. `weight` is $w$, `bias` is $b$, and `eps` is $\epsilon$. The sum of squares
# is divided by C.
#
# (Stuck? `hint(layer_norm)` in a cell of your own gives a push; call it again for a plan, and a
# third time for nearly the solution.)


# %%
@exercise
def layer_norm(x, weight, bias, eps=1e-5):
    """Each token to mean 0 and variance 1, then a gain and a bias.

    x: (…, C); weight and bias: (C,). Returns (…, C).
    """
    ### BEGIN SOLUTION
    centred = x - x.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + eps) * weight + bias
    ### END SOLUTION


# %%
check(layer_norm)

# %% [markdown]
# The package's layer, and PyTorch's function:

# %%
import torch
import torch.nn.functional as F

from aigc_lab.model.layers import LayerNorm, RMSNorm

rng = np.random.default_rng(0)
x, gain, shift = rng.normal(size=(2, 5, 8)), rng.normal(size=8), rng.normal(size=8)
layer = LayerNorm(8).double()
layer.load_state_dict({"weight": torch.tensor(gain), "bias": torch.tensor(shift)})

yours = layer_norm(x, gain, shift)
pytorch = F.layer_norm(torch.tensor(x), (8,), torch.tensor(gain), torch.tensor(shift))
print("equal to the package's:", np.allclose(yours, layer(torch.tensor(x)).detach().numpy()))
print("equal to PyTorch's:    ", np.allclose(yours, pytorch.numpy()))

# %% [markdown]
# **Break it (1): divide by C − 1.** Statisticians do, when they estimate, and `torch.std` does
# unless told otherwise. How much does it change?

# %%
for width in [4, 768]:
    wrong = np.sqrt((width - 1) / width)  # the root of C - 1 in place of C
    print(f"C = {width:3}: every number is {1 - wrong:.2%} smaller")

# %% [markdown]
# In a small test it is plain to see. At GPT-2's width it hides, and a model that loads trained
# weights is a little wrong everywhere. That is why these exercises are checked on few features.
#
# **Break it (2): normalise down the tokens.** One axis mistaken, and the shape is the same. Now
# change only the *last* token of a text, and see whether the *first* one notices:

# %%
text = rng.normal(size=(5, 8))
changed = text.copy()
changed[-1] += 1
for axis, name in {-1: "over the features", 0: "over the tokens"}.items():
    first = [(t - t.mean(axis=axis, keepdims=True))[0] for t in (text, changed)]
    print(f"{name}: the first token changes: {not np.allclose(*first)}")

# %% [markdown]
# Over the tokens, the mean carries news from the future to the past: attention's mask is of no use
# then. (Section 8 draws the picture that finds such a leak.)
#
# ### RMSNorm: one step less
#
# Must the mean go? Zhang and Sennrich (2019) left it in, and their models learned as well. They
# divide by the root of the mean square (RMS), and have no bias:
#
# $$y = \frac{x}{\sqrt{\frac1C\sum_c x_c^2 + \epsilon}} · w.$$
#
# By hand: the squares of 1, 2, 3, 4 have the mean $30/4 = 7.5$, with the root 2.74.

# %%
print((token / np.sqrt((token**2).mean())).round(3))

# %% [markdown]
# ### Your turn: `rms_norm`
#
# As before: the last axis of `x` (…, C) holds the features, and each token is on its own.


# %%
@exercise
def rms_norm(x, weight, eps=1e-5):
    """Each token to a root mean square of 1, then a gain.

    x: (…, C); weight: (C,). Returns (…, C).
    """
    ### BEGIN SOLUTION
    return x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + eps) * weight
    ### END SOLUTION


# %%
check(rms_norm)

# %% [markdown]
# The real things, and how the two are related: take the mean away first, and RMSNorm is LayerNorm.
# Without that, the loud token comes down as before, and the shifted one stays shifted:

# %%
scale = RMSNorm(8).double()
scale.load_state_dict({"weight": torch.tensor(gain)})
theirs = scale(torch.tensor(x)).detach().numpy()
print("equal to the package's:", np.allclose(rms_norm(x, gain), theirs))
centred = x - x.mean(axis=-1, keepdims=True)
with_mean = layer_norm(x, gain, np.zeros(8))
print("after centring, LayerNorm:", np.allclose(rms_norm(centred, gain), with_mean))

# %%
x, ones, zeros = np.array([token, 3 * token, token + 5]), np.ones(4), np.zeros(4)
both = {"LayerNorm": layer_norm(x, ones, zeros), "RMSNorm": rms_norm(x, ones)}
array_maps(both, names, None, "token", "feature")

# %% [markdown]
# ## 2 · The MLP: each token thinks for itself
#
# Attention moves information between tokens. What a token does with what it has got is the work of
# the **MLP**, the multi-layer perceptron: make each token wider, bend, and make it narrow again.
#
# Why bend? Because without it, two matrices in a row are only one:

# %%
tokens = rng.normal(size=(3, 4))
wide, narrow = rng.normal(size=(4, 16)), rng.normal(size=(16, 4))
print("two layers are one:", np.allclose(tokens @ wide @ narrow, tokens @ (wide @ narrow)))

# %% [markdown]
# The oldest bend is ReLU: keep what is positive, make the rest 0. GPT-2 takes a smooth relative,
# **GELU** (Hendrycks and Gimpel 2016): multiply $x$ by the share $\Phi(x)$ of all normally
# distributed random numbers that are smaller than $x$:
#
# $$\text{gelu}(x) = x · \Phi(x), \qquad
# \Phi(x) = \tfrac12\left(1 + \text{erf}\frac{x}{\sqrt2}\right).$$
#
# For a large $x$ nearly all are smaller, and it stays; for a very negative one nearly none are, and
# it becomes 0. You need not know erf, the *error function*; Python has it:


# %%
def share_below(x):
    """How much of a standard normal distribution lies below x."""
    return (1 + math.erf(x / math.sqrt(2))) / 2


sample = rng.normal(size=100_000)
for value in [-3.0, -1.0, 0.0, 1.0, 3.0]:
    share = share_below(value)
    print(f"x {value:4}: share below {share:.2f} (counted {(sample < value).mean():.2f}), "
          f"gelu {value * share:.2f}")  # fmt: skip

# %% [markdown]
# GPT-2 does not compute that, but an approximation with tanh. A model trained with one of the two
# must be run with the same one:
#
# $$\text{gelu}(x) ≈ \frac x2 \left(1 + \tanh\!\left(\sqrt{2/\pi}\,
# (x + 0.044715\,x^3)\right)\right).$$
#
# ### Your turn: `gelu_tanh`
#
# Write this formula for an array `x` of any shape, number by number. ($\pi$ is `np.pi`.)


# %%
@exercise
def gelu_tanh(x):
    """GPT-2's GELU of every number of x, an array of any shape."""
    ### BEGIN SOLUTION
    return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))
    ### END SOLUTION


# %%
check(gelu_tanh)

# %%
from aigc_lab.model.layers import MLP, gelu
from aigc_lab.model.layers import gelu_tanh as package_gelu_tanh
from aigc_lab.viz.functions import function_curves

line = np.linspace(-4, 3, 200)
exact = gelu(torch.tensor(line)).numpy()
print(
    "equal to the package's:", np.allclose(gelu_tanh(line), package_gelu_tanh(torch.tensor(line)))
)
print(f"furthest from the exact GELU: {np.abs(gelu_tanh(line) - exact).max():.4f}")

# %%
curves = {"ReLU": (line, np.maximum(line, 0)), "GELU": (line, gelu_tanh(line))}
function_curves(curves, "x", "what becomes of it")

# %% [markdown]
# The two GELUs cannot be told apart in this picture, so only one is drawn. Unlike ReLU, it
# has a slope for moderately negative $x$ too, so that a feature which is a little off can still
# learn.
#
# ### What an MLP can say that a matrix cannot
#
# Four features that we can read: *noun, verb, alive, animal*. The last is still empty, and we want
# the MLP to fill it: an animal is what is a noun **and** alive. One hidden feature looks for that:
# it adds up *noun* and *alive*, and takes off 1 (its bias), so that only both together get above 0.
# (All times 4, for a sharper bend.) A second one looks for *verb and alive*, and writes nothing.

# %%
words = ["the", "stone", "cat", "purrs"]
features = ["noun", "verb", "alive", "animal"]
x = np.array([[0, 0, 0, 0], [1, 0, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0]], dtype=float)
w_fc = 4 * np.array([[1, 0], [0, 1], [1, 1], [0, 0]], dtype=float)  # (C, F): what each looks for
b_fc = 4 * np.array([-1.0, -1.0])
w_proj = np.array([[0, 0, 0, 1], [0, 0, 0, 0]]) / 4  # (F, C): what each writes when it finds it
b_proj = np.zeros(4)

# %% [markdown]
# One row by hand, that of “cat”: $4·1 + 4·1 - 4 = 4$ in the first hidden feature, which GELU leaves
# as it is, and $4/4 = 1$ is written into *animal*. For “stone” it is $4 - 4 = 0$: nothing.

# %%
hidden = gelu_tanh(x[2] @ w_fc + b_fc)
print("hidden", hidden.round(3), "written", (hidden @ w_proj + b_proj).round(3))

# %% [markdown]
# All rows: each column of $W_{fc}$ is a pattern to look for, and each row of $W_{proj}$ is what to
# write when it is found.

# %%
hidden = gelu_tanh(x @ w_fc + b_fc)
array_maps({"hidden": hidden}, words, ["noun and alive", "verb and alive"], "token")

# %%
parts = {"tokens": x, "written": hidden @ w_proj + b_proj}
array_maps(parts, words, features, "token", "feature")

# %% [markdown]
# ### Your turn: `mlp`
#
# Put it into one function: times `w_fc` plus `b_fc`, then your `gelu_tanh`, then times `w_proj`
# plus `b_proj`. `x` may have any axes in front of its features. In GPT-2, F is four times C.


# %%
@exercise
def mlp(x, w_fc, b_fc, w_proj, b_proj):
    """Widen, bend, narrow, each token by itself.

    x: (…, C); w_fc: (C, F); b_fc: (F,); w_proj: (F, C); b_proj: (C,). Returns (…, C).
    """
    ### BEGIN SOLUTION
    return gelu_tanh(x @ w_fc + b_fc) @ w_proj + b_proj
    ### END SOLUTION


# %%
check(mlp)

# %% [markdown]
# The package's MLP with your numbers (PyTorch keeps its matrices the other way round), and the
# proof that each token is on its own: shuffle the tokens before or after, it is the same. (Popular
# articles call MLPs recurrent; notebook 04 checks that claim with a recurrent network beside it.)

# %%
from aigc_lab.core.config import GPTConfig

numbers = [rng.normal(size=shape) for shape in [(6, 24), (24,), (24, 6), (6,)]]
layer = MLP(GPTConfig(n_embd=6, n_head=1)).double()
with torch.no_grad():
    for parameter, number in zip(layer.parameters(), numbers, strict=True):
        parameter.copy_(torch.tensor(number.T))

tokens, order = rng.normal(size=(5, 6)), np.array([3, 0, 4, 1, 2])
theirs = layer(torch.tensor(tokens)).detach().numpy()
print("equal to the package's:", np.allclose(mlp(tokens, *numbers), theirs))
print("shuffled before = after:", np.allclose(mlp(tokens[order], *numbers), theirs[order]))

# %% [markdown]
# **Break it: no bend.** Can a matrix learn *noun and alive*? Ask for the best one, with a bias, by
# least squares:

# %%
wanted = np.array([0.0, 0.0, 1.0, 0.0])  # the, stone, cat, purrs
with_bias = np.column_stack([x, np.ones(4)])
more = np.vstack([with_bias, [0, 0, 1, 0, 1]])  # and something alive that is no noun
best = np.linalg.lstsq(more, np.append(wanted, 0.0), rcond=None)[0]
print("best straight answers:", (more @ best).round(2), "wanted: 0 0 1 0 0")

# %% [markdown]
# It cannot: a quarter of an animal for “stone” and for the last one, which is alive but no noun,
# three quarters for “cat”, and less than nothing for “the”. *Exactly* 1 here and 0 everywhere else
# needs a bend (a threshold is one).

# %% [markdown]
# ## 3 · The residual stream
#
# Now both parts into one **block**. The idea that makes deep models possible is small: a part does
# not *replace* the token's vector, it *adds* to it (He et al. 2015):
#
# $$x ← x + \text{attention}(\text{norm}_1(x)), \qquad x ← x + \text{mlp}(\text{norm}_2(x)).$$
#
# Think of a whiteboard that passes from part to part. Each reads it (a normalised copy of it) and
# writes something more; nobody wipes it. The whiteboard is called the **residual stream**. With
# three tokens and made-up parts:

# %%
x = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0]])
added_by_attention = np.array([[0.0, 0.5], [0.5, 0.0], [0.0, 0.0]])
middle = x + added_by_attention
added_by_mlp = 0.1 * middle  # whatever an MLP may say about what is there now
array_maps({"x": x, "+ attention": middle, "+ MLP": middle + added_by_mlp}, None, None, "token")

# %% [markdown]
# ### Your turn: `block`
#
# Write the two lines. Here the four parts are *functions*, each from (T, C) to (T, C): `ln_1`,
# `attn`, `ln_2` and `mlp`, called like GPT-2's. Two things to watch: the MLP reads the stream
# *after* attention has written; and leave the caller's `x` as it was (make a new array, no `+=`).


# %%
@exercise
def block(x, ln_1, attn, ln_2, mlp):
    """One block: attention and the MLP each read a normalised copy of x and add to it.

    x: (T, C); the others are functions (T, C) -> (T, C). Returns (T, C).
    """
    ### BEGIN SOLUTION
    x = x + attn(ln_1(x))
    return x + mlp(ln_2(x))
    ### END SOLUTION


# %%
check(block)

# %% [markdown]
# Your block works on anything that can be added: give it the *modules* (PyTorch's functions with
# weights) of a trained model. The bundled checkpoint (notebook 00) has six blocks, and we take one
# of them by itself, against yours. The text is a story of **Tiny Town**, the course's invented
# world of short texts. In GPT-2's names `wte` and `wpe` are the tables of tokens and positions, `h`
# the blocks, `ln_f` the last norm, and `lm_head` the step to scores.

# %%
from aigc_lab.pretrained.load import load_pretrained
from aigc_lab.town.documents import documents


def stories(split, count):
    """The English stories among so many documents of Tiny Town."""
    found = documents(count, split, language="english")
    return [document.text for document in found if document.kind == "story"]


town = load_pretrained("town-gpt2")
text = stories("validation", 60)[0]
ids = torch.tensor([town.tokenizer.encode(text)[:120]])  # (1, T)
print(text[:70], "…")

# %%
with torch.no_grad():
    x = town.model.wte(ids) + town.model.wpe.weight[: ids.shape[1]]  # (1, T, C)
    first = town.model.h[0]
    same = torch.allclose(block(x, first.ln_1, first.attn, first.ln_2, first.mlp), first(x))
print("your block = the model's:", same)

# %% [markdown]
# Now follow the stream all the way. What arrives at the end is a **sum**: the embedding, and what
# each of the 12 parts has written. How long is each piece, at the last token?

# %%
pieces = {"embedding": x}
with torch.no_grad():
    for number, layer in enumerate(town.model.h):
        for name, norm, part in [("attn", layer.ln_1, layer.attn), ("mlp", layer.ln_2, layer.mlp)]:
            written = part(norm(x))
            pieces[f"{name} {number}"] = written
            x = x + written
print("the stream is their sum:", torch.allclose(sum(pieces.values()), x, atol=1e-4))

# %%
from aigc_lab.viz.arrays import bar_panels

lengths = {name: piece[0, -1].norm().item() for name, piece in pieces.items()}
bar_panels({"length of what is written": list(lengths.values())}, list(lengths))

# %% [markdown]
# The embedding is one piece of thirteen, and by no means the longest: most of what arrives was
# written on the way.
#
# > **Claim check.** “Finally the attention output is added to the word embedding, and the result is
# > the output sequence.” So a popular article ends its tour of the model. Stop there, turn the
# > result into scores as the model does at its end, and measure the loss (in nats: the mean of
# > $-\ln p$ of the true next token, notebook 02).

# %%
from aigc_lab.model.loss import cross_entropy


def loss_after(stream):
    """The surprise at each next token when the model's end reads this stream."""
    logits = town.model.lm_head(town.model.ln_f(stream))
    return cross_entropy(logits[:, :-1], ids[:, 1:]).item()


with torch.no_grad():
    so_far = [sum(list(pieces.values())[: n + 1]) for n in range(len(pieces))]
    losses = dict(zip(pieces, map(loss_after, so_far), strict=True))
uniform = math.log(town.tokenizer.vocab_size)
print("embedding + attention, worse than a uniform guess:", losses["attn 0"] > uniform)
print("a whole block, worse than a uniform guess too:    ", losses["mlp 0"] > uniform)
print("all six blocks, below 1 nat:                      ", losses["mlp 5"] < 1)

# %% tags=["nbval-ignore-output"]
print(f"uniform guess          {uniform:5.1f}")
print(f"embedding + attention  {losses['attn 0']:5.1f}")
print(f"a whole block          {losses['mlp 0']:5.1f}")
print(f"all six                {losses['mlp 5']:5.1f}")

# %%
in_use = [town.model.wte, town.model.wpe, first.ln_1, first.attn]
count = sum(parameter.numel() for part in in_use for parameter in part.parameters())
print(f"the article uses {count / town.model.num_parameters():.0%} of the parameters")

# %% [markdown]
# **Verdict: that is half of one block.** Here it is worse than knowing nothing, and one whole block
# is still worse than a uniform guess: the end was trained to read what all twelve parts have
# written. Missing are the MLP, the other blocks, the step to scores, the softmax, the choice of a
# token, and the norms (we even lent the article its norms).

# %% [markdown]
# ## 4 · Deep stacks: what the residual is for
#
# When a model learns, the **gradient** (how the loss would change if a number changed a little)
# runs backwards through all parts. Let us measure its size in each layer of a fresh stack, for five
# ways to put parts together ($f$ is attention or an MLP):
#
# | | each part does |
# |---|---|
# | plain | $x ← f(x)$ |
# | residual | $x ← x + f(x)$ |
# | post-norm (the Transformer of 2017) | $x ← \text{norm}(x + f(x))$ |
# | pre-norm (GPT-2, and most models since) | $x ← x + f(\text{norm}(x))$ |
# | pre-norm, quieter start | the same, with smaller weights at first (section 5) |
#
# The parts are the package's, with 32 features and random matrices that keep a vector's size;
# averaging in attention and the bend in the MLP then make it smaller. (You need not follow every
# line of the next four cells; the pictures after them are what matters.)

# %%
from aigc_lab.model.attention import CausalSelfAttention

WIDTH = 32
CONFIG = GPTConfig(n_embd=WIDTH, n_head=2)


def make_parts(depth, quieter=1.0):
    """Attention and MLP of each layer, with fresh random weights."""
    layers = [(CausalSelfAttention(CONFIG), MLP(CONFIG)) for _ in range(depth)]
    for layer in layers:
        for part in layer:
            for name, weight in part.named_parameters():
                size = 0 if name.endswith("bias") else weight.shape[1] ** -0.5
                torch.nn.init.normal_(weight, std=size / (quieter if "c_proj" in name else 1))
            part.double()  # some of these numbers will be too large for float32
    return layers


# %% [markdown]
# The five ways. For pre-norm we can use your `block`, and for “residual” too, with nothing in the
# place of the norms.


# %%
def norm(x):
    """LayerNorm without gain and bias."""
    return F.layer_norm(x, (WIDTH,))


def post_norm(x, attn, mlp):
    """Add first, then normalise, twice."""
    x = norm(x + attn(x))
    return norm(x + mlp(x))


def nothing(x):
    """In the place of a norm."""
    return x


WAYS = {
    "plain": lambda x, attn, mlp: mlp(attn(x)),
    "residual": lambda x, attn, mlp: block(x, nothing, attn, nothing, mlp),
    "post-norm": post_norm,
    "pre-norm": lambda x, attn, mlp: block(x, norm, attn, norm, mlp),
}
WAYS["pre-norm, quieter"] = WAYS["pre-norm"]


# %% [markdown]
# `measure` runs 16 random tokens through the stack, asks for 16 random answers of 50, and notes the
# size of the stream after each layer and of the gradient of each layer's matrices.


# %%
def measure(way, depth, seed=0):
    """Sizes of the stream (L+1,) and of the matrices' gradients (L,)."""
    torch.manual_seed(seed)
    x, answers = torch.randn(1, 16, WIDTH).double(), torch.randint(50, (1, 16))
    end = torch.randn(WIDTH, 50).double() / math.sqrt(WIDTH)
    layers = make_parts(depth, math.sqrt(2 * depth) if "quieter" in way else 1.0)
    sizes = [x.std().item()]
    for attn, mlp in layers:
        x = WAYS[way](x, attn, mlp)
        sizes.append(x.std().item())
    cross_entropy((norm(x) if "pre-norm" in way else x) @ end, answers).backward()
    both = [[*attn.parameters(), *mlp.parameters()] for attn, mlp in layers]
    grads = [[p.grad.flatten() for p in layer if p.dim() == 2] for layer in both]  # no biases
    return sizes, [torch.cat(layer).norm().item() for layer in grads]


# %%
from aigc_lab.viz.explore import explore
from aigc_lab.viz.residual import by_layer


def depths(depth, ways="all"):
    """The five stacks, or those with norms, at one depth."""
    shown = [way for way in WAYS if ways == "all" or "norm" in way]
    measured = {way: measure(way, depth) for way in shown}
    panels = {"size of the stream": {way: sizes for way, (sizes, _) in measured.items()}}
    panels["gradient of the layer's matrices"] = {
        way: grads for way, (_, grads) in measured.items()
    }
    return by_layer(panels, f"{depth} layers, before any training")


explore(depths, depths(24), depth=[24, 2, 6, 12, 48], ways=["all", "only with norms"])

# %%
grads = {way: measure(way, 24)[1] for way in WAYS}
faded = max(grads["plain"]) < 1e-4 * min(grads["pre-norm"])
grown = grads["residual"][0] / grads["pre-norm"][0]
print("plain: in every layer less than 1/10,000 of pre-norm's smallest gradient:", faded)
print("residual, no norm: it is more than 1,000 times that of pre-norm:", grown > 1000)

# %% [markdown]
# Read the right-hand picture. **Plain**: each part makes the numbers smaller (left), and the
# gradient shrinks on its way back. A matrix's gradient is the product of what comes in and what
# comes back, so it is tiny in *every* layer. **Residual**: the gradient has a road on which nothing
# is multiplied, the sum, and it does not vanish; but without norms every part adds in proportion to
# what is there, so the stream explodes. With **norms** both problems are gone.
#
# ### Pre-norm or post-norm?
#
# The 2017 Transformer normalised *after* adding. Then the road itself passes through a norm in each
# layer. At 48 layers, six random starts each (the lines are starts; watch how far they spread):

# %%
starts = {  # each line needs a name of its own: names of blanks leave the picture without labels
    way: {" " * seed: measure(way, 48, seed)[1] for seed in range(6)}
    for way in WAYS
    if "norm" in way
}
by_layer(starts, "Gradient of the layer's matrices, six starts each")

# %%
for way, lines in starts.items():
    first = [grads[0] for grads in lines.values()]
    print(f"{way}: largest is more than 5 times the smallest: {max(first) > 5 * min(first)}")

# %% [markdown]
# With post-norm it is a lottery how strongly the first layers learn; with pre-norm it is not. And
# the *last* layer, at different depths:

# %%
for way in ["post-norm", "pre-norm"]:
    last = {
        depth: np.mean([measure(way, depth, seed)[1][-1] for seed in range(6)]) for depth in [6, 54]
    }
    print(f"{way}: 9 times as deep, last layer's gradient divided by {last[6] / last[54]:.0f}")

# %% [markdown]
# Pre-norm's shrinks with the root of the depth (9 times as deep, about a third), post-norm's stays
# as large as in a shallow model. Xiong et al. (2020) derived both, and explained with them why
# post-norm models must begin with tiny steps (a long warm-up, notebook 06). The picture holds at
# the start; what training makes of it is another question.

# %% [markdown]
# ## 5 · How large to begin
#
# In pre-norm stacks the stream grows too, only gently. How fast? Begin with variance 1, and add 96
# times something independent of variance 1. Variances of independent things add up, so after $n$
# additions the variance is $1 + n$, and the typical size $\sqrt{1+n}$:

# %%
stream = rng.normal(size=20_000)
sizes = [1.0]
for _ in range(96):
    stream = stream + rng.normal(size=20_000)
    sizes.append(stream.std())
print(f"after 96 additions: measured {sizes[96]:.1f}, root of 97: {math.sqrt(97):.1f}")

# %% [markdown]
# That is bad news for the last layers: what they add is small beside what is there already. So
# GPT-2 begins **quieter** where a part writes into the stream. If each of the $2L$ parts adds
# variance $1/(2L)$, all together add 1, however deep the model is:
#
# $$1 + 2L · \frac{1}{2L} = 2.$$
#
# A variance $2L$ times smaller means numbers $\sqrt{2L}$ times smaller:

# %%
for n_layer in [1, 12, 48]:
    pieces = rng.normal(size=(2 * n_layer, 20_000)) / math.sqrt(2 * n_layer)
    size = (rng.normal(size=20_000) + pieces.sum(axis=0)).std()
    print(f"L = {n_layer:2}: size at the end {size:.1f}, root of 2: {math.sqrt(2):.1f}")

# %% [markdown]
# All matrices and tables of this course's GPT start, as in `transformers`, as normally distributed
# random numbers of mean 0 and standard deviation (their typical size) 0.02, except for those that
# write into the stream: each part's last matrix, called `c_proj` in attention and MLP alike, starts
# with $0.02/\sqrt{2L}$. Biases start at 0. The gains of the norms all start at 1: no spread, so
# their standard deviation is 0.
#
# ### Your turn: `init_std`
#
# Say with which standard deviation a parameter starts, from its name, and the number of layers $L$.
# These are all the kinds of names that there are (`3` may be any layer):
#
# - tables: `wte.weight`, `wpe.weight`;
# - norms: `h.3.ln_1.weight` and `h.3.ln_1.bias`, the same for `h.3.ln_2` and for `ln_f`;
# - attention: `h.3.attn.c_attn.weight` and `.bias`, `h.3.attn.c_proj.weight` and `.bias`;
# - MLP: `h.3.mlp.c_fc.weight` and `.bias`, `h.3.mlp.c_proj.weight` and `.bias`.


# %%
@exercise
def init_std(name, n_layer):
    """The standard deviation with which this course's GPT starts the parameter of this name."""
    ### BEGIN SOLUTION
    if name.endswith("bias") or "ln_" in name:
        return 0.0
    return 0.02 / math.sqrt(2 * n_layer) if "c_proj" in name else 0.02
    ### END SOLUTION


# %%
check(init_std)

# %% [markdown]
# Is that how the package's GPT starts? Measure every kind of parameter of a fresh one:

# %%
from aigc_lab.model.gpt import GPT

torch.manual_seed(0)
fresh = GPT(GPTConfig.gpt2(vocab_size=211, block_size=64, n_layer=18, n_head=4, n_embd=64))
close = [
    math.isclose(parameter.std().item(), init_std(name, 18), rel_tol=0.1)
    for name, parameter in fresh.named_parameters()
]
print(len(close), "parameters, as you say:", all(close))

# %% [markdown]
# **Break it: all 0.02.** Make the `c_proj` as loud as the rest, and follow the stream of both
# models on random tokens, in models of three depths:

# %%
from aigc_lab.model.probe import record

ids = torch.randint(211, (8, 64), generator=torch.Generator().manual_seed(0))


def stream_sizes(n_layer, loud):
    """How large the stream of a fresh GPT is, at first and after each layer: (L + 1,)."""
    torch.manual_seed(0)
    config = GPTConfig.gpt2(vocab_size=211, block_size=64, n_layer=n_layer, n_head=4, n_embd=64)
    model = GPT(config)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if loud and name.endswith("c_proj.weight"):
                parameter *= math.sqrt(2 * n_layer)
    return np.array([x.std().item() for x in record(model, ids, logit_lens=False).residual])


# %%
quiet = {n_layer: stream_sizes(n_layer, loud=False) for n_layer in (6, 18, 36)}
loud = {n_layer: stream_sizes(n_layer, loud=True) for n_layer in (6, 18, 36)}
for name, streams in {"0.02/√(2L)": quiet, "all 0.02": loud}.items():
    grown = [f"{n_layer} layers {s[-1] / s[0]:.1f}" for n_layer, s in streams.items()]
    print(f"{name:11} size at the end / at the start:", ", ".join(grown))

# %%
parts = range(0, 37, 2)  # two in each layer
curves = {"0.02/√(2L)": (parts, quiet[18]), "all 0.02": (parts, loud[18])}
function_curves(
    curves, "parts that have written", "size of the stream", title="A new GPT of 18 layers"
)

# %% [markdown]
# What $\sqrt{2L}$ takes out is the *depth*: with all at 0.02 the stream grows the more, the more
# layers there are; at the quiet start they make no difference. (It does not take out the width. How
# much a part writes, beside what the tables of 0.02 put into the stream, grows with the number of
# features. Set `n_embd=768`, as in GPT-2, and both curves climb far higher.)
#
# ## 6 · Assemble a GPT
#
# All the parts are there. From token ids to scores, with $W_e$ the table of tokens and $W_p$ the
# table of positions (`wte` and `wpe` in GPT-2):
#
# $$x = W_e[\text{ids}] + W_p[0 … T-1], \qquad x ← \text{block}_l(x) \text{ for each } l, \qquad
# \text{logits} = \text{norm}_f(x)\, W_e^\top.$$
#
# The end is worth a look. The score of a token is the dot product of the stream with *that token's
# row of the same table* that it would be read with: the output is **tied** to the input. By hand,
# with a table of three tokens: a stream of $(2, 1)$ scores

# %%
table = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
print(np.array([2.0, 1.0]) @ table.T)

# %% [markdown]
# ### Your turn: `assemble`
#
# The whole GPT in a few lines. `ids` holds T whole numbers; the tables are arrays; `blocks` is a
# list of functions from (T, C) to (T, C), to be used in this order; `ln_f` is the last norm, a
# function too. A text is usually shorter than the table of positions: the token at place $t$ gets
# row $t$.


# %%
@exercise
def assemble(ids, wte, wpe, blocks, ln_f):
    """Scores of every next token, at each place of the text.

    ids: (T,); wte: (V, C); wpe: (block_size, C); blocks and ln_f: functions (T, C) -> (T, C).
    Returns logits (T, V).
    """
    ### BEGIN SOLUTION
    x = wte[ids] + wpe[: len(ids)]
    for layer in blocks:
        x = layer(x)
    return ln_f(x) @ wte.T
    ### END SOLUTION


# %%
check(assemble)

# %% [markdown]
# Now your GPT, all of it: your `assemble` with your `block`, `layer_norm` and `mlp`; attention is
# the one of notebook 03 (from the package, since a GPT has biases in it). It takes the weights of
# a small GPT of the package. We make them louder than at the start, so that a slip anywhere would
# show.

# %%
from aigc_lab.model import reference

SHAPE = dict(vocab_size=97, block_size=32, n_layer=3, n_head=4, n_embd=24)
torch.manual_seed(1)
theirs = GPT(GPTConfig.gpt2(**SHAPE)).eval()
with torch.no_grad():
    for parameter in theirs.parameters():
        parameter += 0.2 * torch.randn_like(parameter)
weights = {name: p.detach().double().numpy() for name, p in theirs.named_parameters()}


def own_norm(name):
    """Your LayerNorm with the gain and bias of this name."""
    return lambda x: layer_norm(x, weights[f"{name}.weight"], weights[f"{name}.bias"])


def own_block(name):
    """Your block with the weights of this name."""
    w_fc, w_proj = (weights[f"{name}.mlp.{part}.weight"].T for part in ("c_fc", "c_proj"))
    b_fc, b_proj = (weights[f"{name}.mlp.{part}.bias"] for part in ("c_fc", "c_proj"))

    def attend(x):
        return reference.self_attention(x, weights, theirs.config, f"{name}.attn")

    def think(x):
        return mlp(x, w_fc, b_fc, w_proj, b_proj)

    ln_1, ln_2 = own_norm(f"{name}.ln_1"), own_norm(f"{name}.ln_2")
    return lambda x: block(x, ln_1, attend, ln_2, think)


# %%
ids = rng.integers(97, size=20)
stack = [own_block(f"h.{layer}") for layer in range(3)]
yours = assemble(ids, weights["wte.weight"], weights["wpe.weight"], stack, own_norm("ln_f"))
with torch.no_grad():
    package = theirs(torch.tensor(ids)[None])[0]
print("your NumPy GPT = the package's:", np.allclose(yours, package.numpy(), atol=1e-3))

# %% [markdown]
# A tied table learns at both ends. Notebook 01 found that a token which never occurs gets no
# gradient; here every row is also one of the scores that must come down:

# %%
one = torch.tensor([[5, 7, 5, 11]])
cross_entropy(theirs(one)[:, :-1], one[:, 1:]).backward()
print("rows with a gradient:", int((theirs.wte.weight.grad.norm(dim=1) > 0).sum()), "of 97")

# %% [markdown]
# > **Claim check.** “GPT consists of an encoder and a decoder”, one reads, since it is a
# > Transformer, and the Transformer of 2017 did. Ask for the parts, in PyTorch's Transformer and in
# > the GPT-2 of `transformers` (`wte` and `wpe` are the tables, `h` the blocks):

# %%
from torch import nn
from transformers import GPT2Config, GPT2LMHeadModel

one_block = GPT2Config(n_layer=1, n_embd=24, n_head=4, bos_token_id=None, eos_token_id=None)
for model in [nn.Transformer(24, 4, 1, 1, batch_first=True), GPT2LMHeadModel(one_block)]:
    names = [name for name, _ in model.named_modules() if name.count(".") < 2 and name]
    attends = [
        name for name, _ in model.named_modules() if name.endswith(("attn", "crossattention"))
    ]
    print(f"{type(model).__name__}: {', '.join(names)}")
    print(f"   attention: {', '.join(attends)}")

# %% [markdown]
# **Verdict: no.** The first has an encoder, a decoder, and in the decoder a second attention
# (`multihead_attn`) that looks across to the encoder. GPT-2 has one (`c_attn` is no second one, but
# the matrix inside it). A GPT is one stack, and each of its blocks
# looks only at the text so far. What it reads and what it writes are one and the same text.
#
# > **Claim check.** “The model makes an initial hidden state $H_0$, and updates it step by step,
# > $H_1, H_2, …$” One pictures it going through the text. Which axis are these steps on?

# %%
trace = record(theirs.eval(), torch.tensor(ids)[None])
print("states:", len(trace.residual), "- each of shape (B, T, C):", tuple(trace.residual[0].shape))

# %% [markdown]
# **Verdict: right for the layers, wrong for the text.** Steps through the text would be a recurrent
# network. In a GPT they go through the *layers*, one state more than blocks, and each state holds
# all positions at once.

# %% [markdown]
# ### The same in PyTorch: `MyGPT`
#
# To *train* it we need gradients, and PyTorch works them out. So here are the same lines once more
# as modules. Each is short enough to compare with what you wrote, and your `block` and your
# `init_std` are used as they are. Names are GPT-2's, so that weights can be exchanged.


# %%
class Norm(nn.Module):
    """Your layer_norm, with a gain and a bias that can learn."""

    def __init__(self, width):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(width)), nn.Parameter(torch.zeros(width))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        variance = (centred**2).mean(-1, keepdim=True)
        return centred / torch.sqrt(variance + 1e-5) * self.weight + self.bias


class Feed(nn.Module):
    """Your mlp: widen, gelu_tanh, narrow."""

    def __init__(self, width):
        super().__init__()
        self.c_fc, self.c_proj = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        x = self.c_fc(x)  # (B, T, F)
        bent = x / 2 * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))
        return self.c_proj(bent)


# %%
class Attention(nn.Module):
    """attend_to_the_past of notebook 03; `c_attn` holds its three matrices side by side."""

    def __init__(self, width, n_head):
        super().__init__()
        self.n_head, self.causal = n_head, True
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):  # (B, T, C)
        heads = self.c_attn(x).unflatten(-1, (3 * self.n_head, -1))  # (B, T, 3H, D)
        q, k, v = heads.transpose(1, 2).chunk(3, dim=1)  # (B, H, T, D) each
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (B, H, T, T)
        if self.causal:
            future = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
            scores = scores.masked_fill(future, -math.inf)
        mixture = scores.softmax(-1) @ v  # (B, H, T, D)
        return self.c_proj(mixture.transpose(1, 2).flatten(2))  # (B, T, H, D) -> (B, T, C)


class Layer(nn.Module):
    """Your block, holding its four parts."""

    def __init__(self, width, n_head):
        super().__init__()
        self.ln_1, self.attn = Norm(width), Attention(width, n_head)
        self.ln_2, self.mlp = Norm(width), Feed(width)

    def forward(self, x):
        return block(x, self.ln_1, self.attn, self.ln_2, self.mlp)


# %%
class MyGPT(nn.Module):
    """Your assemble, for several texts at once: ids (B, T) -> logits (B, T, V)."""

    def __init__(self, vocab_size, block_size, n_layer, n_head, n_embd):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocab_size, n_embd), nn.Embedding(block_size, n_embd)
        self.h = nn.ModuleList(Layer(n_embd, n_head) for _ in range(n_layer))
        self.ln_f, self.lm_head = Norm(n_embd), nn.Linear(n_embd, vocab_size, bias=False)
        self.lm_head.weight = self.wte.weight  # tied
        for name, parameter in self.named_parameters():
            if "ln_" not in name:
                nn.init.normal_(parameter, std=init_std(name, n_layer))

    def forward(self, ids):
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for layer in self.h:
            x = layer(x)
        return self.lm_head(self.ln_f(x))


# %% [markdown]
# Now the comparison. Your class takes the weights of the package's `GPT`, and gives them back; and
# `transformers` opens the same weights as a `GPT2LMHeadModel`, from a folder that the package
# writes. Three programs:

# %%
import tempfile

from transformers.utils import logging

from aigc_lab.pretrained.folder import load_model, save_pretrained

logging.disable_progress_bar()


def as_transformers(model):
    """The same weights as a model of the library transformers."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        save_pretrained(folder, model)
        return GPT2LMHeadModel.from_pretrained(folder)


mine = MyGPT(**SHAPE)
print(mine.load_state_dict(theirs.state_dict()))
ids = torch.tensor(ids)[None]
with torch.no_grad():
    print("MyGPT = the package's GPT:", torch.allclose(mine(ids), theirs(ids), atol=1e-4))
    library = as_transformers(theirs)(ids).logits
    print("MyGPT = transformers':    ", torch.allclose(mine(ids), library, atol=1e-4))
print(theirs.load_state_dict(mine.state_dict()), "on the way back")

# %% [markdown]
# From here on it is the same whether we say `MyGPT` or the package's `GPT`. The package's adds what
# a course needs later: other dialects, faster attention, a cache, and errors that say what is
# wrong.

# %% [markdown]
# ## 7 · Count them
#
# GPT-2 small: 50,257 tokens, 1024 positions, 12 blocks, 768 features. How many numbers did it
# learn? No need to believe anyone, you know every part:
#
# - the two tables: a row of C for each token, and for each position;
# - in each block two norms, each with a gain and a bias; `c_attn` from C to 3C, `c_proj` from C to
#   C; `c_fc` from C to 4C, `c_proj` from 4C to C, each of the four with a bias for every *output*;
# - one norm at the end. The output is tied: it is the token table, already counted.
#
# (Heads are no parameter: they only cut up what is there.)
#
# ### Your turn: `count_parameters`
#
# Give back one whole number. C is `n_embd`.


# %%
@exercise
def count_parameters(vocab_size, block_size, n_layer, n_embd):
    """How many numbers a GPT-2 of this shape learns."""
    ### BEGIN SOLUTION
    c = n_embd
    norm = 2 * c
    attention = (3 * c * c + 3 * c) + (c * c + c)
    feed = (4 * c * c + 4 * c) + (4 * c * c + c)
    tables = (vocab_size + block_size) * c
    return tables + n_layer * (2 * norm + attention + feed) + norm
    ### END SOLUTION


# %%
check(count_parameters)

# %%
print(f"GPT-2 small: {count_parameters(50257, 1024, 12, 768):,}")

# %% [markdown]
# Worked out, a block has $12C^2 + 13C$. The package agrees; on PyTorch's device `"meta"` a model
# has shapes only, so that a large one costs no memory:

# %%
with torch.device("meta"):
    gpt2 = GPT(GPTConfig.gpt2())
    mine = MyGPT(50257, 1024, 12, 12, 768)
print("the package's GPT:", f"{gpt2.num_parameters():,}")
print("MyGPT:            ", f"{sum(p.numel() for p in mine.parameters()):,}")

# %% [markdown]
# Where do they sit?

# %%
PLACES = {"wte": "token table", "wpe": "position table", "attn": "attention", "mlp": "MLPs"}
where = dict.fromkeys([*PLACES.values(), "norms"], 0)
for name, parameter in gpt2.named_parameters():
    place = next((PLACES[part] for part in name.split(".") if part in PLACES), "norms")
    where[place] += parameter.numel()
for place, count in where.items():
    print(f"{place:15}{count:12,}   {count / gpt2.num_parameters():6.2%}")

# %%
millions = [count / 1e6 for count in where.values()]
bar_panels({"millions of parameters": millions}, list(where))

# %% [markdown]
# Almost half are MLPs, less than a quarter is attention, which gets all the fame. And the token
# table is large because the vocabulary is; without tying it would be there twice.
#
# > **Claim check.** “GPT-2 small has 117 million parameters.” That stands in the GPT-2 paper itself
# > (Radford et al. 2019, table 2), next to 345, 762 and 1542 million for the larger ones.

# %%
sizes = {"small": (12, 768, 117), "medium": (24, 1024, 345), "large": (36, 1280, 762),
         "xl": (48, 1600, 1542)}  # fmt: skip
for name, (n_layer, n_embd, paper) in sizes.items():
    counted = count_parameters(50257, 1024, n_layer, n_embd) / 1e6
    print(f"{name:6}  paper {paper:4}   counted {counted:6.1f} million")

# %% [markdown]
# **Verdict: miscounted.** OpenAI said so itself, and renamed the files from 117M to 124M. Counting
# beats quoting.

# %% [markdown]
# ## 8 · Nobody sees the future: the test
#
# Attention is masked, norms and MLPs work on each token by itself; so the scores at place $i$
# should depend on the tokens $0 … i$ and on nothing else. But one wrong axis anywhere would break
# that, without an error. A test that finds nearly every such leak is a picture: **how strongly does
# each output depend on each input?** The table of all derivatives of a function is called its
# **Jacobian**. For each output place $i$ and input place $j$ we take the length of
#
# $$J_{ij} = \left\| \frac{\partial\, \text{logits}_i}{\partial\, x_j} \right\|,$$
#
# over all scores and all features, where $x$ is what enters the first block.


# %%
def jacobian_map(model, ids):
    """J (T, T): how strongly the scores at place i (rows) depend on the input at j (columns)."""

    def from_embeddings(x):  # (T, C) -> (T, V): the model itself, but x enters its first block
        with model.h[0].register_forward_pre_hook(lambda *_: (x[None],)):
            return model(ids[None])[0]

    x = model.wte(ids) + model.wpe.weight[: len(ids)]
    table = torch.autograd.functional.jacobian(from_embeddings, x)  # (T, V, T, C)
    return table.norm(dim=(1, 3)).numpy()


def loud(n_layer=3):
    """A small MyGPT with weights large enough to see."""
    torch.manual_seed(2)
    model = MyGPT(vocab_size=13, block_size=16, n_layer=n_layer, n_head=2, n_embd=16)
    for parameter in model.parameters():
        if parameter.dim() == 2:
            nn.init.normal_(parameter, std=0.35)
    return model


# %%
ids = torch.tensor([3, 1, 4, 1, 5, 9, 2, 6])
healthy, holed = loud(), loud()
holed.h[1].attn.causal = False  # someone forgot the mask, in one layer of three
maps = {"GPT": jacobian_map(healthy, ids), "no mask in one layer": jacobian_map(holed, ids)}
array_maps(maps, row_name="scores at place", column_name="input at place")

# %%
for name, table in maps.items():
    print(f"{name}: above the diagonal, all exactly 0: {not np.triu(table, 1).any()}")

# %% [markdown]
# The left one is **lower triangular**: not small above the diagonal, but exactly 0. In the right
# one the future shines through a single hole. In an encoder such as BERT every token may look at
# every other, so there the whole square is filled, on purpose.
#
# The other leak we met, a norm over the tokens (section 1), is found as easily. Masks are all in
# place:


# %%
class LeakyNorm(Norm):
    """The mean of each feature over the tokens of the text, by mistake."""

    def forward(self, x):
        return (x - x.mean(-2, keepdim=True)) * self.weight + self.bias


leaky = loud()
leaky.h[2].ln_2 = LeakyNorm(16)
table = jacobian_map(leaky, ids)
print("above the diagonal, all exactly 0:", not np.triu(table, 1).any())

# %% [markdown]
# The map shows one text and one set of weights, and a gradient does not see what happens before the
# first block, or what is computed without gradients. So ask in a second way: change the last token;
# are all earlier scores the same?


# %%
@torch.no_grad()
def blind_to_the_last(model):
    """Whether another last token leaves all scores before it as they were."""
    other = torch.cat([ids[:-1], ids[-1:] + 1])
    return torch.allclose(model(ids[None])[0, :-1], model(other[None])[0, :-1], atol=1e-6)


for name, model in {"GPT": healthy, "no mask in one layer": holed, "leaky norm": leaky}.items():
    print(f"{name:20} earlier scores stay: {blind_to_the_last(model)}")

# %% [markdown]
# ## 9 · The modern dialect: a few swaps
#
# Many open models since 2023 (Llama, Mistral and their relatives) are this same GPT with parts
# exchanged:
#
# | | GPT-2 | Llama |
# |---|---|---|
# | norm | LayerNorm | RMSNorm (section 1) |
# | positions | a learned table | rotary (notebook 04) |
# | MLP | GELU | SwiGLU (below) |
# | biases | in every linear layer and norm | none |
#
# (Two smaller ones: the output has a table of its own in larger models, and several query heads
# may share one key and value head, which saves memory when writing: notebook 07.)
#
# **SwiGLU** (Shazeer 2020) widens each token twice. One copy goes through a bend much like GELU,
# $\text{silu}(x) = x/(1 + e^{-x})$, and serves as a **gate**: number by number, it opens or shuts
# the other.
#
# $$\text{swiglu}(x) = \left(\text{silu}(x W_{gate}) ⊙ x W_{up}\right) W_{down}.$$
#
# Three tokens by hand ($⊙$ multiplies number by number):

# %%
from aigc_lab.model.reference import silu

gate = np.array([[-6.0, 0.0, 6.0], [6.0, -6.0, 1.0], [0.5, 6.0, -0.5]])
up = np.array([[2.0, 2.0, 2.0], [1.0, 1.0, 1.0], [-2.0, -2.0, -2.0]])
steps = {"gate": gate, "silu(gate)": silu(gate), "up": up, "product": silu(gate) * up}
array_maps(steps, row_name="token", column_name="hidden feature")

# %% [markdown]
# Where the gate is far below 0, whatever *up* says is shut out. A plain MLP has two matrices of
# $C·4C$; SwiGLU has three, so its F is made smaller, about $8C/3$, and $3·\tfrac83 = 8 = 2·4$.
#
# In the package each swap is one word of the config. One at a time, and then all:

# %%
small = dict(vocab_size=97, block_size=32, n_layer=3, n_head=6, n_embd=48)
swaps = {"norm": "rmsnorm", "position": "rotary", "mlp": "swiglu", "bias": False}
configs = {"GPT-2": GPTConfig.gpt2(**small)}
configs |= {f"{n}={to}": GPTConfig.gpt2(**small, **{n: to}) for n, to in swaps.items()}
configs["all four"] = GPTConfig.gpt2(**small, **swaps)
for name, config in configs.items():
    print(f"{name:16} {GPT(config).num_parameters():8,} parameters   dialect {config.dialect}")

# %% [markdown]
# Is that really Llama? Take the class of `transformers`, with random weights (this one has both
# smaller swaps too), and let our GPT open its files. If one swap were only nearly right, the logits
# would say so.

# %%
from transformers import LlamaConfig, LlamaForCausalLM

torch.manual_seed(3)
about = LlamaConfig(vocab_size=97, hidden_size=48, intermediate_size=80, num_hidden_layers=3,
                    num_attention_heads=6, num_key_value_heads=2, max_position_embeddings=32,
                    initializer_range=0.2)  # fmt: skip
llama = LlamaForCausalLM(about).eval()
with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
    llama.save_pretrained(folder)
    ours = load_model(folder)

ids = torch.randint(97, (2, 24), generator=torch.Generator().manual_seed(3))
with torch.no_grad():
    print("same class as our GPT-2:", type(ours) is GPT, "- dialect:", ours.config.dialect)
    print("equal to transformers' Llama:", torch.allclose(ours(ids), llama(ids).logits, atol=1e-4))

# %% [markdown]
# **Break it: undo one swap, or mis-set a number**, and load the same weights. Which mistakes does
# PyTorch notice?

# %%
import dataclasses

undone = {"norm": "layernorm", "mlp": "gelu", "position": "none", "bias": True, "rope_base": 500.0}
for name, value in undone.items():
    model = GPT(dataclasses.replace(ours.config, **{name: value})).eval()
    try:
        model.load_state_dict(ours.state_dict())
        with torch.no_grad():
            wrong = (model(ids) - llama(ids).logits).abs().max() > 0.01
        print(f"{name + '=' + str(value):18} loads without a word; logits wrong: {bool(wrong)}")
    except RuntimeError:
        print(f"{name + '=' + str(value):18} refused: names or shapes do not fit")

# %% [markdown]
# Names and shapes protect from two of the five. That is why this course compares *logits* whenever
# it loads a model, and not shapes.

# %% [markdown]
# ## 10 · Train it
#
# Your class, in front of your eyes. It shall learn to write stories from Tiny Town. First the text:
# the first lines of some stories (the questions after them can wait), as tokens of a small
# vocabulary. Every story begins with a mark of its own, `<|endoftext|>`.

# %%
import textwrap

from aigc_lab.text.batches import DocumentBatches
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.token_ids import encode_documents


def first_lines(split, count):
    """The stories without their questions."""
    return [story.splitlines()[0] + "\n" for story in stories(split, count)]


learn, exam = first_lines("train", 3000), first_lines("validation", 600)
tokenizer = BPETokenizer.train(learn[:300], vocab_size=512)
(ids, starts), held_out = encode_documents(tokenizer, learn), encode_documents(tokenizer, exam)
batches = DocumentBatches(ids, starts, batch_size=16, block_size=80, validation=held_out)
print(textwrap.fill(learn[0], 90))
print(len(learn), "stories,", len(ids), "tokens")

# %% [markdown]
# To see it write we need a way to write: ask for the scores of the next token, make probabilities
# of them, draw one, and go on. (Dividing by 0.7 makes likely tokens likelier still; notebook 07 is
# about that.)

# %%
END = tokenizer.special_tokens["<|endoftext|>"]


@torch.no_grad()
def write(model, seed=0, length=70):
    """A story of at most so many tokens, from nothing."""
    generator, ids = torch.Generator().manual_seed(seed), [END]
    while len(ids) <= length:
        logits = model(torch.tensor([ids]))[0, -1]  # (V,)
        drawn = int(torch.multinomial((logits / 0.7).softmax(0), 1, generator=generator))
        if drawn == END:
            break
        ids.append(drawn)
    return tokenizer.decode(ids[1:]).strip()


# %%
torch.manual_seed(0)
model = MyGPT(vocab_size=tokenizer.vocab_size, block_size=80, n_layer=2, n_head=4, n_embd=64)
shape = dict(vocab_size=tokenizer.vocab_size, block_size=80, n_layer=2, n_embd=64)
print("as many parameters as you count:", count_parameters(**shape) ==
      sum(p.numel() for p in model.parameters()))  # fmt: skip

# %% tags=["nbval-ignore-output"]
print(textwrap.fill(write(model), 90))

# %% [markdown]
# Noise. Now the loop. `AdamW` takes the step downhill; it is a black box here, and notebook 06
# opens it. Everything else you know: predict, measure the surprise, ask PyTorch for the gradients,
# step. It takes ten to thirty seconds, and stops now and then to write something.

# %% tags=["nbval-ignore-output"]
optimizer = torch.optim.AdamW(model.parameters(), lr=0.005)
losses = []
for step in range(450):
    x, y = batches.next(step)  # y is x moved on by one
    loss = cross_entropy(model(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
    if step in (10, 50, 150, 449):
        print(f"step {step:3}, loss {losses[-1]:.2f}:")
        print(textwrap.fill(write(model, length=45), 90), end="\n\n")

# %%
from aigc_lab.text.bigram import bigram_loss
from aigc_lab.viz.plots import loss_curve

seen = np.bincount(ids, minlength=tokenizer.vocab_size) + 1  # how often each token occurs
yardsticks = {
    "uniform guess": math.log(tokenizer.vocab_size),
    "unigram table": -np.log(seen / seen.sum())[held_out[0]].mean(),
    "bigram table": bigram_loss(ids, held_out[0], tokenizer.vocab_size),
}
loss_curve({"your GPT": (range(len(losses)), losses)}, baselines=yardsticks)

# %% [markdown]
# (Pale: each step; strong: a running mean.) In words: first it learns how often each token occurs
# (the unigram line), then which follow each other (the bigram line of notebook 02), then it passes
# that line, for which it must look further back. And on stories that it has never seen:

# %%
with torch.no_grad():
    scored = [cross_entropy(model(x), y).item() for x, y in batches.evaluation(8)]
print("held-out loss below the bigram table's:", np.mean(scored) < yardsticks["bigram table"])

# %% tags=["nbval-ignore-output"]
print(f"held-out loss {np.mean(scored):.2f}\n")
for seed in (1, 2, 3):
    print(textwrap.fill(write(model, seed), 90), end="\n\n")

# %% [markdown]
# It writes Tiny Town's English: sentences, capitals, full stops, names and places where they
# belong. Has it also learned to keep track? In a true story nobody *does* anything who was not
# somewhere before (“Sam was at the river. … Sam felt sad.”). How many of the doers are strangers,
# in twenty stories of your GPT, and in twenty by the bundled checkpoint, which is larger, was
# helped to look back (notebook 00) and trained much longer? And how many are strangers by chance,
# in true stories with every name drawn anew?

# %%
import random
import re

from aigc_lab.generation.generate import complete


def strangers(stories):
    """Of all that somebody does in these stories, the share done by people not mentioned before."""
    unknown = []
    for story in stories:
        seen = set()
        for name, verb in re.findall(r"(?:^|\. )([A-Z]\w+) (\w+)", story.removeprefix("Story: ")):
            if verb != "was" and name != "The":  # “The red cup was …” is about no person
                unknown.append(name not in seen)
            seen.add(name)
    return np.mean(unknown)


package = GPT(GPTConfig.gpt2(n_head=4, **shape)).eval()
print(package.load_state_dict(model.state_dict()))
dials = dict(n=20, temperature=0.7, seed=0, max_new_tokens=75, stop=("\n",))
yours = [c.text for c in complete(package, tokenizer, "", **dials)]
bundled = [c.text for c in complete(town.model, town.tokenizer, "Story:", **dials)]

people = sorted({name for story in exam for name in re.findall(r"([A-Z]\w+) was", story)} - {"It"})
dice = random.Random(0)
mixed = [re.sub("|".join(people), lambda _: dice.choice(people), story) for story in exam]
shares = {"true stories": exam, "by chance": mixed, "your GPT": yours}
shares["bundled checkpoint"] = bundled
shares = {name: strangers(found) for name, found in shares.items()}

# %% tags=["nbval-ignore-output"]
print({name: f"{share:.0%}" for name, share in shares.items()})

# %%
print("strangers in true stories:", shares["true stories"])
print("more of them in yours than in the checkpoint's:",
      shares["your GPT"] > shares["bundled checkpoint"] + 0.1)  # fmt: skip

# %% [markdown]
# Here manner has come first; memory is hardly there yet: it takes a look back over the whole text,
# and more than these seconds. Notebook 06 trains properly.
#
# ### And the same in the package
#
# `package`, which wrote the twenty stories, is the package's `GPT` with your trained weights. Give
# them to `transformers` too, and let all three write the same story:

# %%
library = as_transformers(package)

print("the package's GPT writes the same:", write(package) == write(model))
print("transformers' GPT-2 too:          ", write(lambda ids: library(ids).logits) == write(model))

# %% [markdown]
# So what you assembled from parts that you wrote, some of them translated to PyTorch by us, and
# then trained, is a GPT-2 in every number. From notebook 06 on the package's `GPT` stands for it:
# you know what is inside.

# %% [markdown]
# ## 11 · What you have built
#
# - A norm brings each token to a standard size; LayerNorm takes the mean away, RMSNorm does not.
# - The MLP works on each token by itself: it looks for patterns and writes what follows from them,
#   and it needs a bend, GELU, to say *and*.
# - Every part adds to the residual stream. The sum is a road for the gradient; a norm before each
#   part, and a start that is quieter by $\sqrt{2L}$, keep stream and gradient in size.
# - A GPT is two tables, a stack of blocks, a norm, and the token table once more. GPT-2 small is
#   124,439,808 numbers, and you have counted them.
# - Its Jacobian is lower triangular: nobody sees the future. And with a few swaps it is a Llama.

# %%
progress("05")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>You multiply all features of one token by 100 before LayerNorm. What changes
# after it? And after RMSNorm?</summary>Nothing, in both (except for the tiny ε). Size along a whole
# token is exactly what they remove.</details>
#
# <details><summary>Can an MLP find out that a word occurs twice in a text?</summary>No. It sees one
# token at a time. Attention must first bring the news to that token; then the MLP can work on it.
# </details>
#
# <details><summary>Someone removes “x +” from the blocks of a GPT with 24 layers, and nothing
# crashes. What will they see?</summary>The loss falls to about that of a unigram table and stays
# there: nothing of the text before gets through.</details>
#
# <details><summary>A model with 48 layers starts with 0.02 in all matrices. Which ones should be
# smaller, by how much?</summary>Those that write into the stream, the two c_proj of each block, by
# √(2 · 48), about 9.8.</details>
#
# <details><summary>Your vocabulary doubles. By how much does a GPT-2 small grow, if the output is
# tied? And if it is not?</summary>By one table of 50,257 · 768, about 38.6 million; untied by two.
# </details>
#
# <details><summary>Your GPT and a published one give the same shapes everywhere. Why is that no
# proof that you loaded it right?</summary>A square matrix may be transposed, a norm may be of
# another kind, rotary positions may turn at another speed: all shapes fit. Compare the logits.
# </details>
#
# **Take it further.** No check here.
#
# - In section 4 the pictures show a model *before* training. Train a post-norm and a pre-norm stack
#   of 24 layers on the stories (replace `Layer.forward`), with the same loop and several learning
#   rates. Which of them needs smaller steps at first?
# - Untie the output of `MyGPT`, or give it one of Llama's swaps, and train it for as many steps. Is
#   the difference larger than between two seeds?
#
# **Read next.** He et al., *Deep Residual Learning for Image Recognition* (2015), where the “x +”
# comes from. Ba et al., *Layer Normalization* (2016); Zhang and Sennrich, *Root Mean Square Layer
# Normalization* (2019). Radford et al., *Language Models are Unsupervised Multitask Learners*
# (2019): section 2.3 names what GPT-2 changes in the first GPT (Radford et al. 2018). Xiong et al.,
# *On Layer Normalization in the Transformer Architecture* (2020). Shazeer, *GLU Variants Improve
# Transformer* (2020). Elhage et al., *A Mathematical Framework for Transformer Circuits* (2021), on
# the stream. In the package: `aigc_lab/model/layers.py` and `gpt.py`. Then notebook 06, which opens
# the black box.
