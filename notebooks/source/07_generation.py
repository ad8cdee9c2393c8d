# ---
# jupyter:
#   aigc_lab:
#     minutes: 1
#     memory_mb: 1500
# ---

# %% [markdown]
# # 07 · Generation: choosing the next token
#
# A GPT does not write. It says how likely each next token is, and that is all. Somebody has to
# *choose* one, put it at the end of the text, and ask again. How to choose decides whether the text
# is dull, lively or mad, and here you build the usual ways. Then you make it fast.
#
# **You will be able to** write the loop that generates; say what temperature, top-k, top-p, min-p
# and the repetition penalty do to a distribution, and what each of them costs; stop a text where it
# should end; search with beams and know when not to; and write a KV cache.
#
# **You need** Python with NumPy, softmax from notebook 02 and attention from notebook 03. No
# network, no GPU.
#
# **It takes** about a minute and 1 GB of memory to run, and about three hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are nine exercises. Until you solve one, the course's own version stands in for it and says
# so; therefore every cell runs from the start, and you may do the exercises in any order. One rule
# holds for all of them: what a function is given, a list or an array, stays as it was. Return a new
# one; the caller may still need the old.

# %% [markdown]
# ## 1 · One token, and again
#
# Our model is the checkpoint that comes with this course: a small GPT that has read Python's
# documentation and lived in Tiny Town, an invented world of short texts whose truth is known
# (notebook 00).

# %%
import numpy as np
import torch

from aigc_lab.pretrained.load import load_pretrained

town = load_pretrained("town-gpt2")
model, tokenizer = town.model, town.tokenizer
V = tokenizer.vocab_size
print(f"V = {V}, and the model sees at most {model.config.block_size} tokens")

# %% [markdown]
# In this notebook a model is a function: a list of $T$ ids goes in, and out comes a table with a
# row of $V$ scores, or **logits**, after each of them. Only the last row is about a token that is
# not there yet.


# %%
def next_logits(ids):
    """What the model makes of each beginning of a text: a list of T ids -> logits (T, V)."""
    with torch.inference_mode():
        return model(torch.tensor([ids]))[0].numpy()


story = "Story: Mia was in the garden. Tom was at the school. Mia walked to the park.\n"
question = story + "Question: Where is Mia?\nAnswer:"
ids = tokenizer.encode(question)
print(len(ids), "tokens in, a table of", next_logits(ids).shape, "out")

# %% [markdown]
# **By hand**: take the likeliest token, put it at the end, ask again. Always taking the likeliest
# is called **greedy**.

# %%
from aigc_lab.model.reference import softmax

text = list(ids)
for _ in range(4):
    probs = softmax(next_logits(text)[-1])  # (V,): of what comes after the last token
    text.append(int(probs.argmax()))
    print(f"{probs.max():.1f}", repr(tokenizer.decode(text[len(ids) :])))

# %% [markdown]
# Behind each of these tokens stood a distribution over all $V$ of them. After “Answer: Mia is in
# the”, and at the beginning of a story, where nothing has been decided yet:

# %%
from aigc_lab.viz.distributions import next_token_bars

pieces = [tokenizer.token_bytes(id) for id in range(V)]


def next_probs(text):
    """The model's own distribution of the token after a text: (V,)."""
    return softmax(next_logits(tokenizer.encode(text))[-1])


next_token_bars({"Answer: Mia is in the …": next_probs(question + " Mia is in the")}, pieces, 6)

# %%
next_token_bars({"Story: It was a …": next_probs("Story: It was a")}, pieces, 6)

# %% [markdown]
# The first is a fact, and the model is sure. The second is a choice. The town rolls a die with five
# sides for the weather, and the model has found that out.
#
# ### Your turn: `generate`
#
# Write the loop. `next_logits` is a function as above, `prompt` a list of ids. Take the token with
# the largest logit *after the last id*, append it, and go on. There are two ways to end:
#
# - `end` is the id that ends a text. When it is chosen, it is the last one, and the reason is
#   `"stop"`.
# - After `max_new_tokens` new ids the reason is `"length"`. If the very last of them is `end`, the
#   text has come to its end by itself: `"stop"`.
#
# Return the *new* ids as a list, and the reason. (The prompt stays as it was.)
#
# Stuck? `hint(generate)` in a cell of your own gives a push; call it again for a plan, and a third
# time for nearly the solution.

# %%
from aigc_lab.exercises import check, exercise, hint, progress


@exercise
def generate(next_logits, prompt, max_new_tokens, end):
    """Greedy generation: returns (new ids as a list, "stop" or "length").

    next_logits: a list of T ids -> logits (T, V). prompt: a list of ids. end: the id that ends a
    text; it is among the new ids when it came.
    """
    ### BEGIN SOLUTION
    new = []
    while len(new) < max_new_tokens:
        new.append(int(np.argmax(next_logits([*prompt, *new])[-1])))
        if new[-1] == end:
            return new, "stop"
    return new, "length"
    ### END SOLUTION


# %%
check(generate)

# %% [markdown]
# ### The real thing
#
# Yours, the package's `complete`, and `generate` of the library `transformers`, which opens the
# same checkpoint:

# %%
from transformers import AutoModelForCausalLM
from transformers.utils import logging

from aigc_lab.generation.generate import complete
from aigc_lab.pretrained.locate import bundled_folder

logging.disable_progress_bar()
logging.set_verbosity_error()
theirs = AutoModelForCausalLM.from_pretrained(bundled_folder())
end = tokenizer.special_tokens["<|endoftext|>"]

# %%
mine, reason = generate(next_logits, ids, 60, end)
package = complete(model, tokenizer, question, temperature=0, max_new_tokens=60)[0]
print("yours = the package's:", mine == list(package.ids), reason == package.finish_reason)

batch = torch.tensor([ids])
out = theirs.generate(
    batch, attention_mask=torch.ones_like(batch), do_sample=False, max_new_tokens=60
)
print("yours = transformers':", mine == out[0, len(ids) :].tolist())

# %%
print(tokenizer.decode(mine[:10]))

# %% [markdown]
# > **Claim check.** “The model makes an initial hidden state $H_0$, updates it to $H_t$ step by
# > step and writes a word after each update, until the text is complete.” So a popular article
# > describes GPT. In a *recurrent* network it is so. What is updated here, and how often? We record
# > the vectors of all tokens after each layer, for the prompt, and again with one more token.

# %%
from aigc_lab.model.probe import record

before = record(model, torch.tensor([ids])).residual  # L + 1 tables (1, T, C)
after = record(model, torch.tensor([[*ids, mine[0]]])).residual
same = [torch.allclose(a, b[:, : len(ids)], atol=1e-4) for a, b in zip(before, after, strict=True)]
print(len(before), "tables (one for each layer, and the embeddings) of the shape", before[0].shape)
print("the old tokens' vectors are what they were:", all(same))

# %% [markdown]
# **Verdict: two loops mixed up.** The vectors are updated from *layer to layer*, all tokens of the
# text side by side. The loop over *time* only appends a token, and changes nothing that was there:
# remember that for section 9. And nobody sees that a text is “complete”: the loop ends when the
# model chooses the `end` token, or at the limit.


# %% [markdown]
# ## 2 · Why greedy goes round in circles
#
# **By hand.** Let a child tell stories. We have counted which word follows which, and always take
# the most frequent (the bigram table of notebook 02, read greedily):

# %%
from collections import Counter

heard = "the cat sat on the mat . the dog sat on the cat . the cat saw a dog ."
follows = {}
for word, then in zip(heard.split()[:-1], heard.split()[1:], strict=True):
    follows.setdefault(word, Counter())[then] += 1

told = ["a"]
while len(told) < 20:
    told.append(follows[told[-1]].most_common(1)[0][0])
print(" ".join(told))

# %% [markdown]
# It *must* go round. There are only so many words, so after a while one comes again. What follows
# it is decided, because this model sees nothing else; so the same words follow, for ever.
#
# A GPT sees up to `block_size` tokens, so a single repetition does not bind it. Yet it loops.
# We let it continue 24 beginnings from Python's documentation, greedily, and measure which share of
# all pieces of eight tokens has stood in the text before:

# %%
from aigc_lab.generation.generate import complete_many


def repeated(ids, n=8):
    """The share of all pieces of n tokens that stand in the text already."""
    pieces = [tuple(ids[start : start + n]) for start in range(len(ids) - n + 1)]
    return 1 - len(set(pieces)) / len(pieces) if pieces else 0.0


print(round(repeated([1, 2, 3, 1, 2, 3, 1, 2, 3], n=3), 2))  # 7 pieces, 4 of them repeats

# %%
nouns = """function class module object method list string value name statement expression argument
type file operator number exception attribute instance dictionary result sequence index key"""
openings = [f"The {noun}" for noun in nouns.split()]
greedy = complete_many(model, tokenizer, openings, temperature=0, max_new_tokens=200)
shares = [repeated(one.ids) for one in greedy]

# %% tags=["nbval-ignore-output"]
worst = int(np.argmax(shares))
print(f"repeated on average {np.mean(shares):.0%}, in the worst text {shares[worst]:.0%}:")
print(openings[worst] + greedy[worst].text[:400])

# %%
print("at least one text goes round and round:", max(shares) > 0.5)

# %% [markdown]
# Why? A good model has learned that texts repeat themselves: names, terms, phrases come again. So
# whatever stands there becomes *likelier*. We write one sentence down again and again, and ask how
# probable the model finds it each time (per token, on average):


# %%
def log_probs_of(ids, new):
    """What the model gives each of the new ids, after ids and those before it: (N,)."""
    z = next_logits([*ids, *new])[len(ids) - 1 : -1].astype(float)  # (N, V)
    z -= z.max(axis=-1, keepdims=True)
    return z[np.arange(len(new)), new] - np.log(np.exp(z).sum(axis=-1))


def again_and_again(sentence, before=" ", times=8):
    """The mean probability per token of each repetition."""
    one = tokenizer.encode(before + sentence)
    found = log_probs_of(tokenizer.encode("\n"), one * times).reshape(times, len(one))
    return np.exp(found.mean(axis=1))


# %%
from aigc_lab.viz.functions import function_curves

circle = Counter(greedy[worst].text.split("\n")).most_common(1)[0][0]  # the line said most
before = {"The value is a number.": " ", "The list of names is a lamp.": " ", circle: "\n"}
again = {sentence: again_and_again(sentence, mark) for sentence, mark in before.items()}
function_curves(
    {sentence: (range(1, 9), probs) for sentence, probs in again.items()},
    "how often it was said",
    "probability per token",
    title="A loop feeds itself",
)

# %%
for sentence in list(again)[:2]:
    rises = np.diff(again[sentence][:4]) > 0
    print(f"{sentence} Likelier each of the first four times:", bool(rises.all()), end="; ")
    print("ever above one half:", bool(again[sentence].max() > 0.5))
print(f"{circle} Above 0.8 from the second time on:", bool(again[circle][1:].min() > 0.8))

# %% [markdown]
# All three become likelier by having been said, even the nonsense about the lamp. (The curves are
# means per token, and a sentence multiplies: twice as likely per token is 64 times as likely for
# six tokens.) The first two never become *likely*: not every repetition makes a loop. The third is
# the line that greedy says again and again in the worst text above. To have read it once is enough
# to be nearly sure of it.
#
# Wherever to repeat is the likeliest way on, if only by a little, greedy repeats; that makes the
# next time likelier still, and greedy never does anything else. People would get bored; the
# likeliest token never does.

# %% [markdown]
# ## 3 · Temperature
#
# So do not always take the likeliest: **draw** a token, each with its probability. And turn a dial
# first. The **temperature** $\tau$ divides all logits before the softmax:
#
# $$p_i = \frac{e^{z_i/\tau}}{\sum_j e^{z_j/\tau}}.$$
#
# By hand, for the logits 2, 1, 0: with $\tau = 0.5$ they become 4, 2, 0, and $e^4 ≈ 54.6$, $e^2 ≈
# 7.39$, $e^0 = 1$ add up to $63$. So the first gets $54.6/63 ≈ 0.87$ instead of $0.67$.

# %%
three = np.array([2.0, 1.0, 0.0])
for temperature in [0.5, 1, 2, 100]:
    print(f"temperature {temperature:5}: {softmax(three / temperature).round(2)}")

# %% [markdown]
# Cold sharpens, hot flattens. In the limit $\tau → 0$ everything goes to the largest logit: greedy.
# In the limit $\tau → ∞$ all tokens are equally likely.
#
# ### Your turn: `temperature_probs`
#
# `logits` has shape `(V,)`, or `(…, V)` with a distribution along the last axis. Temperature 0
# cannot be divided by; it means greedy: probability 1 for the largest logit (the first one, if
# several are equally large), 0 for all others. However cold or hot, no `nan` may come out.


# %%
@exercise
def temperature_probs(logits, temperature):
    """Probabilities at a temperature: logits (V,) or (…, V) -> the same shape; 0 is greedy."""
    ### BEGIN SOLUTION
    z = logits - logits.max(axis=-1, keepdims=True)
    if temperature == 0:
        first = logits.argmax(axis=-1)[..., None]
        return (np.arange(logits.shape[-1]) == first).astype(float)
    powers = np.exp(z / temperature)
    return powers / powers.sum(axis=-1, keepdims=True)
    ### END SOLUTION


# %%
check(temperature_probs)

# %% [markdown]
# Three real distributions will stay with us: a **fact**, a **choice** among five, and **prose**,
# where many things may follow:

# %%
contexts = {
    "a fact": story + "Question: Where is Tom?\nAnswer: Tom is at the",
    "a choice": "Story: It was a",
    "prose": "The following",
}
logits = {name: next_logits(tokenizer.encode(text))[-1] for name, text in contexts.items()}

# %%
prose = {f"τ = {t}": temperature_probs(logits["prose"], t) for t in [1, 0, 0.5, 2]}
next_token_bars(prose, pieces, 8, title="After “The following”")

# %% [markdown]
# (A grey strip, “forbidden”, is a token with probability 0, which cannot be drawn at all. At
# temperature 0 that is every token but one.)
#
# How much is left to chance? The **entropy** says it in one number (notebook 02): 0 when all is
# certain, $\ln 5 ≈ 1.61$ for a die with five sides, $\ln V$ when every token is equally likely.


# %%
def entropy(probs):
    """Nats of chance in a distribution (V,)."""
    some = probs[probs > 0]
    return float(-(some * np.log(some)).sum())


temperatures = np.linspace(0, 4, 41)
curves = {
    name: (temperatures, [entropy(temperature_probs(z, t)) for t in temperatures])
    for name, z in logits.items()
}
function_curves(curves, "temperature", "entropy, nats", title="How much is left to chance")

# %%
for name, z in logits.items():
    found = {t: round(entropy(temperature_probs(z, t)), 1) for t in [0, 10_000]}
    print(f"{name:9}", "0 at temperature 0:", found[0] == 0, "- ln V when boiling:", end=" ")
    print(np.isclose(found[10_000], np.log(V), atol=0.06))
found = entropy(temperature_probs(logits["a choice"], 1))
print("the choice at temperature 1: the die of five sides:", abs(found - np.log(5)) < 0.1)

# %% [markdown]
# Temperature 1 is special: there the model says what it has learned. The town's weather is a fair
# die, so we can compare 400 stories with the truth:

# %%
from aigc_lab.generation.sampling import SamplingConfig, sample

weather = ["cloudy", "rainy", "snowy", "sunny", "windy"]
drawn = {}
for temperature in [0, 0.25, 1, 3]:
    config = SamplingConfig(temperature=temperature)
    rows = torch.tensor(logits["a choice"]).expand(400, -1)
    found = sample(rows, config, torch.Generator().manual_seed(0)).tolist()
    said = Counter(tokenizer.decode([id]).strip() for id in found)
    drawn[f"τ = {temperature}"] = [said[word] / 400 for word in weather]

# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.arrays import bar_panels

bar_panels({"the town": [0.2] * 5, **drawn}, weather, "The weather in 400 draws", (0, 1))

# %% [markdown]
# At temperature 0 it is always the same weather, the one that the model finds a hair likelier than
# the others. Hot, much of what comes is no weather at all. At temperature 1 the model rolls the
# town's die.
#
# > **Claim check.** “Temperature controls the creativity of the model: the higher, the more
# > creative and diverse.” In tendency, about diversity. But does the dial add ideas? We measure
# > three things at each temperature: how many of 40 stories begin differently, how much the prose
# > of section 2 repeats itself, and how many of 24 questions with one right answer are answered
# > rightly.

# %%
from aigc_lab.generation.abilities import town_questions

asked = town_questions(8, language="english")
quiz = [one for kind in ("where", "items", "capital") for one in asked[kind]]


def right(**dials):
    """The share of the quiz answered rightly."""
    prompts = [one.prompt for one in quiz]
    given = complete_many(model, tokenizer, prompts, max_new_tokens=20, stop="\n", seed=0, **dials)
    return np.mean([g.text.strip() == q.answer.strip() for g, q in zip(given, quiz, strict=True)])


def different(temperature):
    """How many of 40 stories begin with other four tokens."""
    dials = {"temperature": temperature, "max_new_tokens": 4, "seed": 0}
    return len({one.text for one in complete(model, tokenizer, "Story:", n=40, **dials)}) / 40


def repeating(temperature):
    """The share of the prose that is repetition, over all 24 openings."""
    dials = {"temperature": temperature, "max_new_tokens": 100, "seed": 0}
    return np.mean(
        [repeated(one.ids) for one in complete_many(model, tokenizer, openings, **dials)]
    )


# %%
dial = [0, 0.3, 0.7, 1, 1.5, 2, 3]
measured = {
    "right answers": [right(temperature=t) for t in dial],
    "different beginnings": [different(t) for t in dial],
    "repeated in prose": [repeating(t) for t in dial],
}

# %% tags=["nbval-ignore-output"]
curves = {name: (dial, values) for name, values in measured.items()}
function_curves(curves, "temperature", "share", title="What the dial buys, and what it costs")

# %%
answers, beginnings, repeats = (
    dict(zip(dial, values, strict=True)) for values in measured.values()
)
print("one beginning only at temperature 0:", beginnings[0] == 1 / 40)
print("more beginnings at 1 than at 0.7:", beginnings[1] > beginnings[0.7])
print("less repetition at 1.5 than at 0:", repeats[1.5] < repeats[0])
print("no heat answers better than cold does:", max(answers.values()) <= answers[0] + 0.05)
print("fewer than half as many right answers at 3:", answers[3] < answers[0] / 2)

# %% [markdown]
# **Verdict: diversity yes, ideas no.** Dividing by $\tau$ never changes which token is ahead of
# which; it only moves chance up or down the same list. Facts gain nothing from warmth; they stand
# some of it, and then they go. Stories need some warmth: at 0.7 the prose hardly goes round in
# circles any more, at 0.3 it still does. And nothing survives the heat.

# %% [markdown]
# ## 4 · Cutting off the tail
#
# What can go wrong at temperature 1? Look at the many tokens that hardly ever fit.
# Each of them has almost no probability, but they are many, and we draw again and again:

# %%
probs = temperature_probs(logits["prose"], 1)
tail = 1 - np.sort(probs)[::-1][:100].sum()
print("a hundred tokens hold more than half of it all:", tail < 0.5)

# %% tags=["nbval-ignore-output"]
print(f"the other {V - 100} share {tail:.1%}; one of them is drawn within 50 steps like this one")
print(f"with probability {1 - (1 - tail) ** 50:.0%}, and all that follows builds on it")

# %% [markdown]
# The cure is to rule the tail out before drawing. There are three usual ways to say where the tail
# begins. Each is a function from logits to logits that puts $-∞$ where nothing may be drawn; the
# softmax afterwards shares the rest out.
#
# **By hand**, for the probabilities 0.5, 0.25, 0.15, 0.1:
#
# | dial | keeps | here |
# |---|---|---|
# | top-k = 2 | the $k$ likeliest | 0.5, 0.25 |
# | top-p = 0.8 | the smallest set of likeliest tokens that reaches $p$ | 0.5, 0.25, 0.15 |
# | min-p = 0.4 | all at least $p$ times as likely as the likeliest | 0.5, 0.25 |
#
# (0.5 and 0.25 make 0.75, not yet 0.8, so top-p takes one more. Min-p draws its line at
# $0.4 · 0.5 = 0.2$.)
#
# ### Your turn: `keep_top_k`
#
# Keep the `k` largest logits as they are, *in their places*, and put $-∞$ everywhere else. Logits
# that tie with the `k`-th largest stay in, too. `k` may be larger than $V$; then everything stays.
# As before, there may be axes in front of $V$.


# %%
@exercise
def keep_top_k(logits, k):
    """The k largest logits (V,) or (…, V), all others minus infinity."""
    ### BEGIN SOLUTION
    k = min(k, logits.shape[-1])
    smallest = np.sort(logits, axis=-1)[..., -k, None]
    return np.where(logits >= smallest, logits, -np.inf)
    ### END SOLUTION


# %%
check(keep_top_k)

# %% [markdown]
# ### Your turn: `keep_top_p`
#
# This is **nucleus sampling**. Go through the tokens from the likeliest down, and add up their
# probabilities until the sum reaches $p$. The token that *crosses* $p$ is still in, so there is
# always at least one. Said differently: a token stays if what comes **before** it has not yet
# reached $p$.
#
# The logits come in any order, and must be in that order again in the end; and there may be axes in
# front of $V$, each row a distribution of its own. (`np.argsort` gives the places in sorted order;
# `np.take_along_axis` and `np.put_along_axis` go there and back.) For equal logits, the earlier
# token counts as the likelier: `kind="stable"`.


# %%
@exercise
def keep_top_p(logits, p):
    """The smallest set of likeliest tokens that reaches p: (V,) or (…, V), others -infinity."""
    ### BEGIN SOLUTION
    order = np.argsort(-logits, axis=-1, kind="stable")
    probs = np.take_along_axis(temperature_probs(logits, 1), order, axis=-1)
    before = np.cumsum(probs, axis=-1) - probs
    keep = np.zeros(logits.shape, dtype=bool)
    np.put_along_axis(keep, order, before < p, axis=-1)
    return np.where(keep, logits, -np.inf)
    ### END SOLUTION


# %%
check(keep_top_p)

# %% [markdown]
# ### Your turn: `keep_min_p`
#
# Keep each token that is at least `p` times as likely as the likeliest one of its row.


# %%
@exercise
def keep_min_p(logits, p):
    """The tokens at least p times as likely as the likeliest: (V,) or (…, V), others -infinity."""
    ### BEGIN SOLUTION
    probs = temperature_probs(logits, 1)
    return np.where(probs >= p * probs.max(axis=-1, keepdims=True), logits, -np.inf)
    ### END SOLUTION


# %%
check(keep_min_p)

# %% [markdown]
# The same as the package's, and as those of `transformers`, on all three distributions:

# %%
from transformers import MinPLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

from aigc_lab.generation import sampling

table = np.stack(list(logits.values()))  # (3, V)
cutters = {
    "top-k": (keep_top_k, sampling.keep_top_k, TopKLogitsWarper, 10),
    "top-p": (keep_top_p, sampling.keep_top_p, TopPLogitsWarper, 0.9),
    "min-p": (keep_min_p, sampling.keep_min_p, MinPLogitsWarper, 0.1),
}
for name, (mine, package, warper, value) in cutters.items():
    yours = np.stack([mine(row, value) for row in table])
    tensor = torch.tensor(table)
    theirs_too = np.array_equal(yours, warper(value)(None, tensor.clone()).numpy())
    print(
        name,
        "as in the package:",
        np.array_equal(yours, package(tensor, value).numpy()),
        "- as in transformers:",
        theirs_too,
    )

# %% [markdown]
# What do they keep? Each dial draws a line after the last token that it keeps, with their number
# beside it; where two keep equally many, the lines stand side by side. Both axes of the picture
# count in powers of ten, so that the tail can be seen.

# %%
from aigc_lab.viz.distributions import ranked_probabilities

own = {name: temperature_probs(z, 1) for name, z in logits.items()}
kept = {
    f"{dial} = {value}": {
        name: int(np.isfinite(mine(z, value)).sum()) for name, z in logits.items()
    }
    for dial, (mine, _, _, value) in cutters.items()
}

# %% tags=["nbval-ignore-output"]
ranked_probabilities(own, kept, "Where each dial cuts")

# %%
top_k, top_p, min_p = kept.values()
print("top-k keeps the same number everywhere:", set(top_k.values()) == {10})
print("top-p keeps one token for the fact, five for the die:", top_p["a fact"], top_p["a choice"])
print("and more than ten for the prose:", top_p["prose"] > 10)

# %% [markdown]
# `k` is a bet on how many tokens make sense, the same one everywhere. For the fact, ten are nine
# too many. Top-p and min-p look at the distribution first. They differ where it is flat and long,
# as for prose: top-p must collect its nine tenths, however far down it has to go; min-p asks each
# token how it compares with the best, and may be stricter than either.
#
# **Break it.** A well-known slip in top-p: keep a token while the sum *including* it is at most
# $p$. Then the token that crosses is out. Where the model is sure, the very first one crosses:


# %%
def drops_the_crossing_token(z, p):
    """Top-p with the slip."""
    order = np.argsort(-z)
    keep = np.zeros(len(z), dtype=bool)
    keep[order] = np.cumsum(temperature_probs(z, 1)[order]) <= p
    return np.where(keep, z, -np.inf)


left = {
    name: int(np.isfinite(drops_the_crossing_token(z, 0.9)).sum()) for name, z in logits.items()
}
print("tokens left for the fact:", left["a fact"])
nothing = torch.tensor(drops_the_crossing_token(logits["a fact"], 0.9))
print("their softmax:", torch.softmax(nothing, dim=-1)[:3])

# %% [markdown]
# Nothing is left to draw from, just where the model is surest, and the program stops with `nan` in
# its hands.
#
# ### The order of the dials
#
# Temperature does not change the order of the tokens, so top-k keeps the same ones before and after
# it. But the *nucleus* depends on the temperature:

# %%
curves = {}
for name, z in logits.items():
    sizes = [np.isfinite(keep_top_p(z / t, 0.9)).sum() / V for t in temperatures[1:]]
    curves[name] = (temperatures[1:], sizes)
function_curves(curves, "temperature", "share of V", title="The size of the nucleus, top-p = 0.9")

# %%
z = logits["prose"]
first_hot = np.isfinite(keep_top_p(z / 2, 0.9)).sum()
first_cut = np.isfinite(keep_top_p(z, 0.9) / 2).sum()
print("temperature 2, then top-p, keeps more than five times as many:", first_hot > 5 * first_cut)
same = np.array_equal(np.isfinite(keep_top_k(z / 2, 10)), np.isfinite(keep_top_k(z, 10)))
print("for top-k the order does not matter:", same)

# %% [markdown]
# So “temperature 2 and top-p 0.9” is two different things, depending on who goes first.
# `transformers` and this course heat first: *repetition penalty, temperature, top-k, top-p, min-p*.
# Some let you cut first, which keeps a hot text sane. When two programs with equal dials write
# differently well, ask for the order.
#
# All dials on the real distributions, with grey strips for the tokens that they forbid:


# %%
def turned(z, temperature=1, top_k="off", top_p="off", min_p="off"):
    """The distribution after all dials, in the order of the course."""
    z = z / temperature
    for value, cut in ((top_k, keep_top_k), (top_p, keep_top_p), (min_p, keep_min_p)):
        z = z if value == "off" else cut(z, value)
    return temperature_probs(z, 1)


def panel(after="prose", **dials):
    """What the model says, and what the dials make of it."""
    probs = turned(logits[after], **dials)
    title = f"{(probs > 0).sum()} tokens left, entropy {entropy(probs):.2f} nats"
    shown = {"the model": temperature_probs(logits[after], 1), "after the dials": probs}
    return next_token_bars(shown, pieces, 12, title)


z = logits["prose"]
still = next_token_bars(
    {
        "the model": turned(z),
        "τ = 2": turned(z, temperature=2),
        "τ = 2, top-k = 5": turned(z, temperature=2, top_k=5),
        "τ = 2, top-p = 0.5": turned(z, temperature=2, top_p=0.5),
        "τ = 2, min-p = 0.3": turned(z, temperature=2, min_p=0.3),
    },
    pieces,
    12,
    "“The following …”: heat fills the tail, each dial cuts it off in its own way",
)

# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.explore import explore

explore(
    panel,
    still,
    after=["prose", "a choice", "a fact"],
    temperature=[1, 0.2, 0.5, 0.7, 1.5, 2, 4],
    top_k=["off", 1, 2, 5, 10, 50],
    top_p=["off", 0.3, 0.5, 0.9, 0.95, 0.99],
    min_p=["off", 0.02, 0.05, 0.1, 0.3],
)

# %%
dials = {"temperature": 1.5, "top_k": 50, "top_p": 0.9, "min_p": 0.05}
package = sampling.sample_probs(torch.tensor(z), SamplingConfig(**dials)).numpy()
print("yours = the package's:", np.allclose(turned(z, **dials), package, atol=1e-6))

# %% [markdown]
# ## 5 · The repetition penalty
#
# Another cure for loops: make whatever stands in the text already less likely. The **repetition
# penalty** $r$ (say 1.2) divides the logit of each token seen so far by $r$.
#
# And a trap. Logits may be negative, and $-4 / 2 = -2$ is *larger* than $-4$. So a negative logit
# must be multiplied:
#
# $$z_i' = \begin{cases} z_i / r & z_i > 0 \\ z_i · r & z_i \le 0\end{cases}
# \qquad\text{for each token } i \text{ seen so far.}$$
#
# By hand, with $r = 2$, and tokens 0 and 1 seen: the logits 4, −4, 1 become 2, −8, 1.
#
# ### Your turn: `penalise_repeats`
#
# `seen` holds the ids so far, and some of them more than once: each is penalised **once**.


# %%
@exercise
def penalise_repeats(logits, seen, penalty):
    """Every token seen becomes less likely: logits (V,), seen ids (T,) -> (V,)."""
    ### BEGIN SOLUTION
    lowered = np.where(logits > 0, logits / penalty, logits * penalty)
    was_seen = np.isin(np.arange(len(logits)), seen)
    return np.where(was_seen, lowered, logits)
    ### END SOLUTION


# %%
check(penalise_repeats)

# %%
z, seen = logits["prose"], np.array(tokenizer.encode("The list of the following names"))
mine = penalise_repeats(z, seen, 1.3)
package = sampling.penalise_repeats(torch.tensor(z), torch.tensor(seen), 1.3)
print("yours = the package's:", np.allclose(mine, package))

# %% [markdown]
# **Break it.** Divide all of them, as the first libraries did. Are negative logits rare?

# %%
mostly = {name: bool((z < 0).mean() > 0.5) for name, z in logits.items()}
print("more than half of all logits are negative:", mostly)

# %% [markdown]
# And nothing says where zero lies: softmax does not notice when 20 is taken off all logits. A model
# may just as well give those. We ask for the chance that the next token of a text is one that it
# holds already:

# %%
seen = np.array(tokenizer.encode("The value is a number. The value"))
z = next_logits(seen.tolist())[-1]
chance = {}
for name, shifted in {"z": z, "z - 20": z - 20}.items():
    divided = shifted.copy()
    divided[seen] = shifted[seen] / 1.3
    rightly = penalise_repeats(shifted, seen, 1.3)
    rows = {"no penalty": shifted, "divided": divided, "rightly": rightly}
    chance[name] = [softmax(row)[np.unique(seen)].sum() for row in rows.values()]

# %% tags=["nbval-ignore-output"]
bar_panels(chance, list(rows), "The chance of a token that was there before", (0, 1))

# %%
print("the same chance for z and z - 20:", np.isclose(chance["z"][0], chance["z - 20"][0]))
print("for z - 20, dividing makes a repeat likelier:", chance["z - 20"][1] > chance["z - 20"][0])
print("and the right way less likely:", chance["z - 20"][2] < chance["z - 20"][0])

# %% [markdown]
# Dividing can turn the penalty into a reward. But even done rightly it is a crude tool: the same
# $r = 1.3$ on the same probabilities does one thing to $z$ and another to $z - 20$. And it forbids
# what a good answer needs: to say a word again. Prose on the one side, questions on the other:

# %%
penalties = [1, 1.15, 1.3, 1.6, 2]
pushed = {"right answers": [], "repeated in prose": []}
for r in penalties:
    texts = complete_many(
        model, tokenizer, openings, temperature=0, max_new_tokens=100, repetition_penalty=r
    )
    pushed["repeated in prose"].append(np.mean([repeated(one.ids) for one in texts]))
    pushed["right answers"].append(right(temperature=0, repetition_penalty=r))

# %% tags=["nbval-ignore-output"]
curves = {name: (penalties, values) for name, values in pushed.items()}
function_curves(curves, "repetition penalty", "share", title="Fewer loops, and fewer facts")

# %%
loops, facts = pushed["repeated in prose"], pushed["right answers"]
print("a penalty of 1.3 takes away most of the loops:", loops[2] < loops[0] / 2)
print("a penalty of 2 takes away most of the facts:  ", facts[-1] < facts[0] / 2)

# %% [markdown]
# “Mia is in the park” repeats *Mia*, *in*, *the* and *park*. A small penalty has broken the loops
# here before it costs any fact; a large one costs nearly all of them. So use it sparingly, and not
# at all where facts are asked for: there it has nothing to give.

# %% [markdown]
# ## 6 · When to stop
#
# A text ends for one of three reasons: the model chose its `end` token; a **stop string** came,
# such as a line break; or it ran into `max_new_tokens`. The first two are `finish_reason = "stop"`,
# the last is `"length"`. Always look at it: `"length"` means that you are holding a piece of a
# text.
#
# The question of section 1, with room for 1, 2, 3 … tokens:

# %%
from aigc_lab.viz.pieces import token_boxes


def cut(most, text=question):
    """The answer with room for so many tokens."""
    one = complete(model, tokenizer, text, temperature=0, max_new_tokens=most, stop="\n")[0]
    return f"{most}: {one.finish_reason}", [pieces[id] for id in one.ids]


rooms = [1, 2, 4, 5, 6, 7, 8, 16]
still = token_boxes(dict(cut(most) for most in rooms), title="max_new_tokens, and how it ended")
explore(lambda room: token_boxes(dict([cut(room)])), still, room=rooms)

# %% [markdown]
# > **Claim check.** “`max_tokens` is the number of words”, and in popular articles `max_tokens=1`
# > is to give a dialogue answer, or a title. (Notebook 01 counted the tokens of such titles.) Here
# > are the model's own titles for twelve stories:

# %%
stories = [one.prompt for one in town_questions(12, language="english")["title"]]
for most in [1, 20]:
    titles = complete_many(model, tokenizer, stories, temperature=0, max_new_tokens=most, stop="\n")
    ended = Counter(one.finish_reason for one in titles)
    print(f"max_new_tokens={most}: finished {ended['stop']} of 12 titles")

# %%
words, tokens = (
    sum(map(len, found))
    for found in ([one.text.split() for one in titles], [one.ids for one in titles])
)
print("more tokens than words:", tokens > words)

# %% [markdown]
# **Verdict: false.** One token is not a title, and hardly a word. Nor is the number a wish: the
# model does not know it, and does not write shorter because of it. It is a guillotine. Whoever
# wants short texts asks for them, or trains for them; and whoever shows texts to people checks for
# `"length"` first.
#
# ### Stop strings do not respect tokens
#
# Let the model go on after its answer, and it asks itself the next question. So one stops it at a
# line break or at “Question”, or at any other piece of *text*. Where are such pieces in the tokens?

# %%
for text in ["\nQuestion: Where", " is in the park.\n", "n the p"]:
    print(repr(text), [tokenizer.decode([id]) for id in tokenizer.encode(text)])

# %% [markdown]
# “Question” happens to be a token. But let the stop string be “n the p”: in “ is in the park” it
# begins in the middle of one token and ends in the middle of another, and encoded by itself it
# becomes tokens that stand nowhere in that sentence, “n” and “ p”. So comparing new tokens with a
# stop string does not work: it must be looked for in the text. And who shows a text while it is
# written (a **stream**) must keep back whatever might still become a stop string:

# %%
from aigc_lab.generation.pieces import TextWriter

writer = TextWriter(tokenizer, stop=("n the p",))
for id in generate(next_logits, ids, 12, end)[0]:
    shown = writer.add(id)
    print(f"token {tokenizer.decode([id])!r:8} shown {shown!r:8}", writer.finish_reason or "")
    if writer.finish_reason:
        break
print("text:", repr(writer.text))

# %% [markdown]
# Of “ in” only “ i” was shown, since its “n” might begin the stop string. And when “n the p” was
# complete, in the middle of the token “ park”, the text ended before it.
#
# ### Half a character
#
# A token may be a part of a character, or the end of one and the beginning of the next (notebook
# 01). Ours are, for some of the town's rarer characters. The model writes a summary in Chinese,
# with room for more and more tokens:

# %%
asked = town_questions(1, language="chinese")["health_summary"][0]
print(asked.prompt + asked.answer)
for most in range(1, 8):
    one = complete(model, tokenizer, asked.prompt, temperature=0, max_new_tokens=most)[0]
    print(most, pieces[one.ids[-1]], one.text)

# %% [markdown]
# Where the limit cuts a character, � is left, and no decoding can help. But a text that is still
# being written must not show � for a moment, or worse, decode token by token:

# %%
new = tokenizer.encode(asked.answer)
writer = TextWriter(tokenizer)
print("token by token: ", "".join(tokenizer.decode([id]) for id in new).strip())
print("held until safe:", [writer.add(id) for id in new[:7]])

# %% [markdown]
# The last line is what `stream` does: it waits for the rest of the character.
#
# > **Claim check.** “`generate(inputs['input_ids'], max_length=50)` writes 50 tokens.” So programs
# > in popular articles call it. We ask `transformers` for it, on a story with its question:

# %%
batch = torch.tensor([tokenizer.encode(question)])
seen = torch.ones_like(batch)  # says that every token is real: none is padding
for limit in [{"max_length": 50}, {"max_new_tokens": 50}]:
    out = theirs.generate(batch, attention_mask=seen, do_sample=False, eos_token_id=None, **limit)
    print(limit, "prompt", batch.shape[1], "+ new", out.shape[1] - batch.shape[1])

# %% [markdown]
# **Verdict: no.** `max_length` counts the prompt. With a prompt of 50 tokens it stops with a
# `ValueError`. (And the call drops the attention mask that the tokenizer made, which matters as
# soon as a batch holds prompts of different lengths.)
#
# > **Claim check.** “This is what the program printed.” Is this output possible? Notebook 01
# > unmasked one by counting. For *greedy* output there is a sharper test: we can ask, in one pass
# > over prompt and claimed output, whether each of its tokens was the likeliest one.


# %%
def is_possible(prompt, claimed, max_new_tokens):
    """Whether greedy decoding with this limit could have printed this: three conditions.

    It fits; it has an end (the limit, the end token, or a line break, where that is the stop
    string, as in " Mia is in the park.\\n"); and each of its tokens is the likeliest one.
    """
    ids, new = tokenizer.encode(prompt), tokenizer.encode(claimed, allow_special=True)
    fits = len(new) <= max_new_tokens
    ended = len(new) == max_new_tokens or claimed.endswith("\n") or new[-1:] == [end]
    best = next_logits([*ids, *new])[len(ids) - 1 : -1].argmax(axis=-1)
    return fits, ended, bool((best == new).all())


claims = [
    " Mia is in the park.\n",
    " Mia is in the garden.\n",
    " She is in the park now.\n",
    " Mia is",
]
for claimed in claims:
    fits, ended, likeliest = is_possible(question, claimed, max_new_tokens=8)
    verdict = f"fits {fits}, has an end {ended}, each token the likeliest {likeliest}"
    print(f"{claimed!r}: {verdict}")

# %% [markdown]
# **Verdict: checkable.** Only the first claim holds. “ Mia is” is what the model begins to write,
# but nothing would have stopped it there. Reading is so much cheaper than writing that anybody with
# the model can verify a greedy output at a glance. (A sampled output is possible unless some token
# had probability 0, and then its log-probability still says how lucky the author must have been.)

# %% [markdown]
# ## 7 · Beam search: looking ahead
#
# Greedy takes the likeliest *token*. What about the likeliest *text*? The probability of a text is
# the product over its tokens (the chain rule, notebook 02), and a good first token may lead into a
# bad street. A town with three words:

# %%
after = {
    (): [0.5, 0.4, 0.1],
    (0,): [0.4, 0.3, 0.3],
    (1,): [0.05, 0.05, 0.9],
    (2,): [0.4, 0.3, 0.3],
}

# %% [markdown]
# Greedy: token 0 (0.5), then token 0 (0.4): $0.5 · 0.4 = 0.2$. But token 1 (0.4) and then token 2
# (0.9) make $0.36$. Nine texts can be tried one by one:

# %%
from aigc_lab.viz.arrays import array_maps

both = np.array([[after[()][a] * after[(a,)][b] for b in range(3)] for a in range(3)])
array_maps({"probability": both}, row_name="first token", column_name="second token")

# %% [markdown]
# Trying all $V^T$ texts of $T$ tokens is out of the question for $V = 2048$. **Beam search** keeps
# the best few beginnings, its *beams*, instead of one. At each step every beam is continued in
# every way, and of all these the best `width` stay. The score of a beam is the sum of its
# log-probabilities; logarithms turn the product into a sum (notebook 02).
#
# ### Your turn: `beam_search`
#
# `log_probs` is a function: a list of ids (the prompt and what was added) to the log-probabilities
# `(V,)` of the next token. Begin with one empty beam of score 0. Take `length` steps, and
# then return the best beam's new ids, as a list, and its score. (No end token here: all beams are
# equally long.) `width` may be larger than the number of beginnings there are.


# %%
@exercise
def beam_search(log_probs, prompt, width, length):
    """The best continuation found: (new ids as a list, their summed log-probability).

    log_probs: list of ids -> (V,) log-probabilities of the next token; prompt: a list of ids.
    """
    ### BEGIN SOLUTION
    beams = [([], 0.0)]
    for _ in range(length):
        longer = []
        for ids, score in beams:
            row = log_probs([*prompt, *ids])
            for id in np.argsort(-row, kind="stable")[:width]:
                longer.append(([*ids, int(id)], score + float(row[id])))
        beams = sorted(longer, key=lambda beam: -beam[1])[:width]
    return beams[0]
    ### END SOLUTION


# %%
check(beam_search)

# %%
for width in [1, 2, 3]:
    best, score = beam_search(lambda ids: np.log(after[tuple(ids)]), [], width, 2)
    print(f"width {width}: {best}, probability {np.exp(score):.2f}")

# %% [markdown]
# Width 1 *is* greedy; width 2 finds the best. On the real model, 16 tokens after eight beginnings:


# %%
def log_probs(ids):
    """The model's log-probabilities of the next token: a list of ids -> (V,)."""
    z = next_logits(ids)[-1].astype(float)
    return z - z.max() - np.log(np.exp(z - z.max()).sum())


starts = ["Story:", "Article:", "故事：", *openings[:3], "A class is", "English:"]
found = {}
for width in [1, 4]:
    found[width] = [beam_search(log_probs, tokenizer.encode(text), width, 16) for text in starts]

# %% tags=["nbval-ignore-output"]
for start, (one, low), (four, high) in zip(starts, found[1], found[4], strict=True):
    print(f"{low:7.2f} greedy  {start + tokenizer.decode(one)!r}")
    print(f"{high:7.2f} 4 beams {start + tokenizer.decode(four)!r}")

# %%
scores = {width: np.array([score for _, score in results]) for width, results in found.items()}
print("four beams find likelier texts on average:", scores[4].mean() > scores[1].mean())

# %% [markdown]
# On average: nothing guarantees that more beams find a likelier text. The greedy one may drop out
# of the beam half way, and would have been the best in the end.
#
# The package has a beam search with a cache (section 9) and end tokens. And `transformers`:

# %%
from aigc_lab.generation.beam import beam_search as package_beams

for start, (_, score) in list(zip(starts, found[4], strict=True))[2:4]:
    prompt = torch.tensor([tokenizer.encode(start)])
    package = package_beams(model, prompt, width=4, max_new_tokens=16)[0].log_prob
    dials = {"num_beams": 4, "do_sample": False, "max_new_tokens": 16, "eos_token_id": None}
    out = theirs.generate(prompt, attention_mask=torch.ones_like(prompt), **dials)[0].tolist()
    length = prompt.shape[1]
    theirs_too = [package, log_probs_of(out[:length], out[length:]).sum()]
    print(
        "the same score as the package and transformers:", np.allclose(theirs_too, score, atol=0.01)
    )

# %% [markdown]
# **Break it.** Is likelier better? Toss a bent coin that shows heads with probability 0.7 a hundred
# times. The *likeliest* sequence is a hundred heads. Nobody has ever seen it:

# %%
heads, tails = np.log(0.7), np.log(0.3)
print(f"a hundred heads: one in 10^{-100 * heads / np.log(10):.0f}")
print(f"any one sequence with 70 heads: one in 10^{-(70 * heads + 30 * tails) / np.log(10):.0f}")

# %% [markdown]
# A hundred heads is the likeliest sequence and looks like no real one: there are unimaginably many
# sequences with about 70 heads, and together they are nearly everything. Texts are the same. The
# town tells us what real stories cost; the first 30 tokens of each, in the model's log-probability:

# %%
from aigc_lab.town.documents import documents

real = [d.text for d in documents(200, "test", language="english") if d.kind == "story"][:30]
start = tokenizer.encode("Story:")
costs = {"real stories": [], "drawn at τ = 1": []}
for text in real:
    costs["real stories"].append(
        log_probs_of(start, tokenizer.encode(text)[len(start) :][:30]).sum()
    )
for one in complete(model, tokenizer, "Story:", n=30, max_new_tokens=30, seed=1):
    costs["drawn at τ = 1"].append(log_probs_of(start, list(one.ids)).sum())
costs["greedy"] = [log_probs_of(start, generate(next_logits, start, 30, end)[0]).sum()]
costs["4 beams"] = [beam_search(log_probs, start, 4, 30)[1]]

# %% tags=["nbval-ignore-output"]
means = [np.mean(values) for values in costs.values()]
bar_panels(
    {"log-probability of 30 tokens": means}, list(costs), "Two means of 30, and two searches"
)

# %%
likeliest = min(costs["greedy"][0], costs["4 beams"][0])
rarer = sum(cost < likeliest for cost in costs["real stories"])
print("most real stories are less likely than what the searches find:", rarer > 20)
print("different among the 30 real ones:", len({text[:120] for text in real}))

# %% [markdown]
# A search finds one text, the same one every time, and likelier than most real ones. The town
# writes thirty different stories, of about the likelihood of what is *drawn* at temperature 1.
# **Open texts are drawn, not searched.** Where the prompt settles nearly everything, as in
# translation, a narrow beam used to help; a very wide one does harm (last question below).

# %% [markdown]
# ## 8 · Several samples
#
# Draw several texts and choose. `n` makes a batch: the same prompt in every row, each row with
# dice of its own. The **seed** fixes the dice:

# %%
dials = {"n": 20, "max_new_tokens": 12}
first, again, other = (complete(model, tokenizer, "Story:", seed=s, **dials) for s in (0, 0, 1))
print("the same seed, the same texts:", first == again, "- another seed:", first == other)
print("more than ten different texts:", len({one.text for one in first}) > 10)

# %% tags=["nbval-ignore-output"]
for one in first[:4]:
    print("Story:" + one.text)

# %% [markdown]
# How to choose? Where nothing else is known, by the model's own log-probability: **best of n**. Do
# the questions again, so hot that single answers often fail:

# %%
tries = []
for one in quiz[::2]:
    given = complete(
        model, tokenizer, one.prompt, n=8, temperature=2, max_new_tokens=20, stop="\n", seed=0
    )
    start = tokenizer.encode(one.prompt)
    marks = [g.text.strip() == one.answer.strip() for g in given]
    sums = [log_probs_of(start, list(g.ids)).sum() for g in given]
    tries.append((np.mean(marks), marks[int(np.argmax(sums))]))
single, best = np.mean(tries, axis=0)
print("best of 8 is right more often than a single one:", best > single)

# %% tags=["nbval-ignore-output"]
print(f"single answers {single:.0%}, best of 8 by log-probability {best:.0%}")

# %% [markdown]
# Beware of two things. The *sum* of log-probabilities prefers short texts, since each token costs;
# their *mean* does not, but forgives one blunder in a long text. And for open texts, best of n is a
# slow way back to greedy: with more and more samples, it comes to where a search was at once.

# %%
pool = complete(model, tokenizer, "Story:", n=64, max_new_tokens=30, seed=2)
sums = [log_probs_of(tokenizer.encode("Story:"), list(one.ids)).sum() for one in pool]
rising = [max(sums[:n]) for n in (1, 4, 16, 64)]
away = np.abs(np.array([rising[-1], np.mean(sums)]) - costs["greedy"][0])
print("the best of 64 is nearer to greedy's than their mean is:", bool(away[0] < away[1]))

# %% [markdown]
# ## 9 · The KV cache
#
# Our loop asks for the logits of *all* positions, and uses the last row. For the next token it does
# all of it again, with one row more. But section 1 showed that nothing changes for the old tokens.
# What does the new one need of them?
#
# Look at attention (notebook 03), for one head. The new token brings a query, a key and a value,
# one row each. Its query meets **all keys so far** and takes from **all values so far**. The old
# *queries* are needed no more. So keep keys and values: that is the **KV cache**.
#
# **By hand**: four tokens, $D = 2$. First all at once, then the last one alone.

# %%
from aigc_lab.model.reference import attention

random = np.random.default_rng(0)
q, k, v = random.normal(size=(3, 4, 2))
whole, _ = attention(q, k, v, np.tri(4, dtype=bool))

scores = q[3:] @ k.T / np.sqrt(2)  # one new row: (1, T + 1)
new_row = softmax(scores) @ v
print("the whole table, last row:", whole[3].round(3))
print("the new row alone:        ", new_row[0].round(3))

# %%
work = {
    "without a cache": np.where(np.tri(4, dtype=bool), 1.0, -np.inf),
    "with one": np.where((np.tri(4) * [[0], [0], [0], [1]]) > 0, 1.0, -np.inf),
}
array_maps(work, row_name="query", column_name="key", title="Scores computed for the fourth token")

# %% [markdown]
# One row instead of a triangle (what is grey was not computed), and one row of everything else in
# the model, too: that saves even more. No mask is needed: everything in the cache is past.
#
# ### Your turn: `cache_attention`
#
# One head, one new token. `q`, `k`, `v` are its query, key and value, each `(1, D)`; `keys` and
# `values` are the cache, `(T, D)` each, with $T = 0$ at the beginning. Put the new key and value at
# the end of the cache, let the query attend to all of it, and return three things: the result
# `(1, D)`, and the longer keys and values, `(T+1, D)` each. The scores are divided by $\sqrt D$.


# %%
@exercise
def cache_attention(q, k, v, keys, values):
    """One step with a cache: q, k, v (1, D); keys, values (T, D) -> (1, D), (T+1, D), (T+1, D)."""
    ### BEGIN SOLUTION
    keys, values = np.concatenate([keys, k]), np.concatenate([values, v])
    weights = softmax(q @ keys.T / np.sqrt(q.shape[-1]))
    return weights @ values, keys, values
    ### END SOLUTION


# %%
check(cache_attention)

# %%
keys = values = np.zeros((0, 2))
rows = []
for t in range(4):
    row, keys, values = cache_attention(q[t : t + 1], k[t : t + 1], v[t : t + 1], keys, values)
    rows.append(row)
print("four steps = the whole table:", np.allclose(np.concatenate(rows), whole))

# %% [markdown]
# ### The real thing
#
# The package's `KVCache` holds keys and values of all layers and heads. The model gets the prompt
# once, then one token at a time:

# %%
from aigc_lab.generation.cache import KVCache

cache = KVCache(model.config, batch_size=1)
with torch.inference_mode():
    row = model(torch.tensor([ids]), cache)[0, -1]
    written = []
    while len(written) < 60 and end not in written:
        written.append(int(row.argmax()))
        row = model(torch.tensor([written[-1:]]), cache)[0, -1]  # one token in, one row out
print("the same tokens as without it:", written == generate(next_logits, ids, 60, end)[0])
print("and in the cache now:", cache.length == len(ids) + len(written))

# %% [markdown]
# How much faster? We measure one new token after texts of several lengths, in a model with room for
# 1,024 tokens. (It is untrained; for the time this makes no difference.)

# %%
import time
from functools import partial

from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT

torch.manual_seed(0)
roomy = GPT(GPTConfig.gpt2(vocab_size=512, block_size=1024, n_layer=4, n_head=4, n_embd=128)).eval()
long_text = torch.randint(512, (1, 1024))


def fastest(step, runs):
    """Processor time of the quickest of several runs, in milliseconds."""
    took = []
    for _ in range(runs):
        start = time.process_time()
        step()
        took.append(1000 * (time.process_time() - start))
    return min(took)


def next_without_cache(length):
    """One new token, from the whole text."""
    return roomy.lm_head(roomy.hidden(long_text[:, :length])[:, -1])


def next_with_cache(cache, length):
    """One new token, after `length` - 1 that are in the cache."""
    cache.length = length - 1
    return roomy(long_text[:, length - 1 : length], cache)[:, -1]


# %%
lengths = [64, 128, 256, 512, 1024]
times, differences = {"without a cache": [], "with one": []}, []
cache = KVCache(roomy.config, batch_size=1)
with torch.inference_mode():
    roomy(long_text, cache)  # fills it
    for length in lengths:
        plain, quick = partial(next_without_cache, length), partial(next_with_cache, cache, length)
        differences.append((plain() - quick()).abs().max())
        times["without a cache"].append(fastest(plain, 4))
        times["with one"].append(fastest(quick, 12))

# %% tags=["nbval-ignore-output"]
curves = {name: (lengths, values) for name, values in times.items()}
function_curves(curves, "tokens so far", "ms for the next one", title="One more token")

# %% tags=["nbval-ignore-output"]
speed_up = np.array(times["without a cache"]) / times["with one"]
for length, factor in zip(lengths, speed_up, strict=True):
    print(f"after {length:4} tokens: {factor:5.1f} times as fast")

# %%
print("the same logits:", bool(max(differences) < 1e-4))
print("faster at 1024 tokens, more than five times:", speed_up[-1] > 5)
print("at 1024 tokens it saves more than at 64:", speed_up[-1] > 2 * speed_up[0])

# %% [markdown]
# Without a cache, a token costs a pass over the whole text; with one, a pass over one token (and a
# glance at the cached keys). For a text of $T$ tokens the layers' work then grows with $T$
# in place of $T^2$, and the attention scores' with $T^2$ in place of $T^3$.
#
# When the text outgrows `block_size`, the window slides: every token moves to another position, so
# with positions counted from the window's start no cached key is right any more. The package then
# encodes the window anew for each token.
#
# > **Claim check.** “Transformers work in parallel, so generation is parallel.” Let us try: ask for
# > all tokens of the answer at once, with placeholders where the tokens are not known yet.

# %%
answer, _ = generate(next_logits, ids, 8, end)
blank = [end] * 7  # whatever we put there, it is not the answer
at_once = next_logits([*ids, *blank])[len(ids) - 1 :].argmax(axis=-1).tolist()
print("the first token right:", at_once[0] == answer[0], "- all of them:", at_once == answer)
known = next_logits([*ids, *answer[:-1]])[len(ids) - 1 :].argmax(axis=-1).tolist()
print("with the answer known, all checked in one pass:", known == answer)

# %% [markdown]
# **Verdict: reading is parallel, writing is not.** Training reads, so does a prompt, and so did
# `is_possible`. Each *new* token waits for the one before it. (Clever programs use the difference:
# a small model guesses some tokens, and the large one checks them in a single pass. This is called
# speculative decoding.)
#
# ### What it costs: memory
#
# Speed is paid for with memory. For each token of each text, each layer stores a key and a value of
# $D$ numbers for each head. Query heads may *share* keys and values (**grouped** heads: Llama's
# way), so count the key/value heads only.
#
# ### Your turn: `cache_bytes`
#
# How many bytes does the cache of a whole model hold, for `batch_size` texts of `length` tokens?
# By hand: 2 layers, 3 key/value heads of 4 numbers, 5 tokens, 1 text, 2 bytes a number: a token has
# $2 · 3 · 4 = 24$ numbers of keys in all layers, and as many of values; $48 · 5 · 2 = 480$ bytes.


# %%
@exercise
def cache_bytes(n_layer, n_kv_head, head_dim, length, batch_size, bytes_per_number):
    """The bytes that the keys and values of all layers take."""
    ### BEGIN SOLUTION
    numbers = 2 * n_layer * n_kv_head * head_dim  # of one token
    return numbers * length * batch_size * bytes_per_number
    ### END SOLUTION


# %%
check(cache_bytes)

# %% [markdown]
# GPT-2 small: 12 layers, 12 heads of 64, 1,024 tokens, 4 bytes a number. First by your formula,
# then added up from a real cache:

# %%
mine = cache_bytes(12, 12, 64, 1024, 1, 4)
small = KVCache(GPTConfig.gpt2(), batch_size=1)
new = torch.zeros(1, 12, 1024, 64)
real = sum(part.nbytes for layer in range(12) for part in small.update(layer, new, new))
print(f"{mine / 2**20:.0f} MiB, as really allocated: {mine == real}")

# %%
mib = {
    heads: [cache_bytes(12, heads, 64, length, 1, 4) / 2**20 for length in lengths]
    for heads in (12, 4, 1)
}
curves = {f"{heads} key/value heads": (lengths, values) for heads, values in mib.items()}
function_curves(curves, "tokens", "MiB", title="The cache of GPT-2 small, and with grouped heads")

# %%
with torch.device("meta"):  # counts the numbers without making room for them
    weights = 4 * GPT(GPTConfig.gpt2()).num_parameters()
for texts in [1, 8, 64]:
    size = cache_bytes(12, 12, 64, 1024, texts, 4)
    print(f"{texts:2} texts: cache {size / 2**20:6,.0f} MiB, weights {weights / 2**20:.0f} MiB")

# %% [markdown]
# The weights are there once for all; the cache is needed for each reader. With a few texts it is
# larger than the model. So how many readers a server can hold is often a question of the cache, not
# of the model. That is one reason why long contexts cost extra, and why later models group their
# heads: 12 queries on 4 keys need a third.

# %% [markdown]
# ## 10 · Your own model writes
#
# At the end of notebook 06 you saved a GPT of your own, in the folder `runs/my-gpt` beside the
# notebook. If it is there, the next cell opens it; if not, it says so and takes the one that comes
# with the course.

# %% tags=["nbval-ignore-output"]
from pathlib import Path

own = load_pretrained(Path("runs", "my-gpt"), fallback="bundled")
print(
    own.notice or f"This is your own, from {own.name}: {own.model.num_parameters():,} parameters."
)

# %% [markdown]
# Notebook 06 taught it lessons, weather reports, service dialogues and translations in English, so
# ask for those. A weather report begins with “Article:”. Your own model, and your own `generate`:


# %% tags=["nbval-ignore-output"]
def own_logits(ids):
    """What your own model makes of each beginning of a text: a list of T ids -> logits (T, V)."""
    with torch.inference_mode():
        return own.model(torch.tensor([ids]))[0].numpy()


beginning = own.tokenizer.encode("Article:")
own_end = own.tokenizer.special_tokens["<|endoftext|>"]
room = own.model.config.block_size - len(beginning)  # all that it can see at once
new, reason = generate(own_logits, beginning, min(120, room), own_end)
print("Article:" + own.tokenizer.decode(new))
print(f"({reason})")

# %% [markdown]
# That is greedy, and the same on every run. The package draws another one for each seed:

# %% tags=["nbval-ignore-output"]
from aigc_lab.generation.generate import stream

writing = stream(own.model, own.tokenizer, "Lesson:", max_new_tokens=120, min_p=0.05, seed=4)
print("Lesson:" + "".join(writing))
print(f"({writing.finish_reason})")

# %% [markdown]
# Turn its dials. Where does it begin to stumble? Is the report true to itself, with the same
# weather in the answers as in the article, and is the warmest day the warmest? Which capitals are
# right? And what does it make of “Story:”, if it has never read one?

# %% [markdown]
# ## 11 · What you have built
#
# - Generation is a loop: logits of the last position, choose, append. It ends with `"stop"` (an end
#   token, a stop string) or with `"length"`, and only the first is a finished text.
# - Greedy loops, because what stands in a text becomes likelier, and so do cold draws. Warmer ones
#   get out of it, but must be kept from the long tail: top-k by number, top-p by mass, min-p by
#   comparison with the best.
# - Temperature moves chance up or down the list and adds no knowledge: facts gain nothing from
#   warmth, and heat destroys them. The order of the dials matters.
# - Beams find likelier texts than greedy, mostly. For open texts likelier is not better: real texts
#   are typical, not likeliest.
# - The KV cache keeps keys and values, computes one row for each new token, and gives the same
#   tokens. It is paid for in memory, for each text.

# %%
progress("07")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>Temperature 0.7, top-k 1. How random is the text?</summary>Not at all: only the
# likeliest token is left, whatever the temperature (unless two tie). It is greedy.</details>
#
# <details><summary>With top-p = 0.9, how many tokens are kept at least, and at most?</summary>At
# least one, where the model is sure. At most about nine tenths of the vocabulary, where it knows
# nothing: then all tokens are equally likely.</details>
#
# <details><summary>A chat program cuts its answers off in the middle of a sentence. Which field do
# you look at, and what do you change?</summary><code>finish_reason</code>: it will be "length".
# Raise <code>max_new_tokens</code>, or ask the model for shorter answers. Lowering the limit never
# makes it write shorter.</details>
#
# <details><summary>Why does the cache keep keys and values, but not queries?</summary>A query is
# asked once, by its own token, when that token is new. The keys and values are needed by every
# later token.</details>
#
# <details><summary>Two programs use the same model, temperature 1.5 and top-p 0.9, and one of them
# writes much wilder. What do you suspect?</summary>The order: one heats first and then takes nine
# tenths of the flattened distribution, the other cuts first. Or one of them does not use the dial
# at all.</details>
#
# <details><summary>Beam search with width 1,000 finds a much likelier translation than width 5. Is
# it better?</summary>Not necessarily. Very wide beams find very likely and often very short or
# empty translations: likelier is what was searched for, not better.</details>
#
# ### Take it further
#
# **Typical sampling.** Real texts are neither the likeliest nor the least likely. Write a dial
# that keeps the tokens whose surprise $-\ln p$ is nearest to the entropy, until their probabilities
# reach some mass. Compare it with top-p and min-p on the town, where the truth is known: which of
# them gives the right weather *and* no nonsense, at temperature 1.5?
#
# **Read next.** Holtzman et al., *The Curious Case of Neural Text Degeneration* (2020), on loops
# and the nucleus. Keskar et al., *CTRL* (2019), section 4.1, on the penalty, with a division only.
# Stahlberg and Byrne, *On NMT Search Errors and Model Errors* (2019), where the likeliest
# translation is often the empty one. Meister et al., *Locally Typical Sampling* (2022). Nguyen et
# al., *Turning Up the Heat: Min-p Sampling* (2024). Leviathan et al., *Fast Inference from
# Transformers via Speculative Decoding* (2022). Ainslie et al., *GQA* (2023), on grouped heads.
# Then notebook 08: the same code on a GPU.
