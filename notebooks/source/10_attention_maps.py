# ---
# jupyter:
#   aigc_lab:
#     minutes: 1.4
#     memory_mb: 2500
# ---

# %% [markdown]
# # 10 · Attention maps you can trust
#
# An attention map is the most beautiful picture that a GPT gives of itself, and the easiest to
# over-read. Here you learn to read it, to measure what you believe to see, and to test it: by
# cutting what the map shows and looking whether anything changes.
#
# **You will be able to**
#
# - read a map without the usual mistakes, and explore all heads of a model at once;
# - find previous-token, first-token, duplicate, induction and name-binding heads, each by a score
#   that you compare with chance;
# - silence heads, cut single looks, and say when a map explains a prediction and when it does not;
# - look into the residual stream layer by layer;
# - watch a head being born, step by step, in a model that you train here.
#
# **You need** attention (notebook 03), the block and its residual stream (05) and the training loop
# (06). No network, no GPU. If GPT-2 is on this machine (notebook 09), it is looked at too.
#
# **It takes** about a minute to run, and three hours to read and solve.
# **Difficulty** ●●○ moderate.
#
# There are eight exercises. Until you solve one, the course's own version stands in for it and says
# so; therefore every cell runs from the start, and you may do the exercises in any order.

# %%
DOWNLOAD = False  # True: fetch GPT-2, half a gigabyte, if it is not here and the network allows

# %%
import matplotlib
import numpy as np
import torch

from aigc_lab.exercises import check, exercise, hint, progress
from aigc_lab.pretrained.load import load_pretrained

town = load_pretrained("town-gpt2")
matplotlib.rcParams["figure.dpi"] = 80  # many pictures: each a little smaller than usual

# %% [markdown]
# `town` is the checkpoint that comes with the course: six layers of six heads, at home in Tiny Town
# (notebook 00). Most sections use it, so that you see what the text says. Two more models are
# looked at wherever they are at hand: your own from notebook 06, and GPT-2. All three are the same
# class, so one function serves them all.

# %% tags=["nbval-ignore-output"]
from pathlib import Path

models = {"bundled checkpoint": (town.model, town.tokenizer)}
for wanted, told in {Path("runs", "my-gpt"): "your own (notebook 06)", "gpt2": "GPT-2"}.items():
    found = load_pretrained(wanted, fallback="bundled", offline=None if DOWNLOAD else True)
    if found.source == "bundled":
        print(f"{told} is not here, so it is left out.")
    else:
        models[told] = (found.model, found.tokenizer)
print("looked at:", ", ".join(models))

# %% [markdown]
# ## 1 · How to read a map
#
# Four words, and how well each matches each other one (the scores of notebook 03). Softmax, row by
# row, over what each word may see, itself and what stands before it. By hand, for the row of “has”:
# its scores are 2 and 0, $e^2 = 7.39$ and $e^0 = 1$, so its weights are $7.39/8.39$ and $1/8.39$.

# %%
words = ["Mia", "has", "a", "hat"]
scores = np.array([[0, 0, 0, 0], [2, 0, 0, 0], [0, 2, 0, 0], [3, 0, 0, 1]])
row = np.exp(scores[1, :2])
print("has:", (row / row.sum()).round(2))

weights = np.tril(np.exp(scores))  # the future counts nothing
weights = weights / weights.sum(axis=-1, keepdims=True)

# %%
from aigc_lab.viz.plots import attention_grid, attention_map

attention_map(weights, words)

# %% [markdown]
# Three things to know, and most misreadings of such maps break one of them:
#
# - **A row is one query**: the token that looks. Its weights add up to 1. (Columns add up to
#   anything.)
# - **A column is a key**: the token that is looked at. Grey cells are the future, which nobody
#   sees.
# - **Row $q$ helps to predict token $q+1$.** The row of “hat” is not why “hat” was written. It
#   serves whatever comes *after* “hat”.
#
# Now a real model and a real text. `record` runs the model once and keeps what happened inside, and
# its `maps()` are one array `(L, H, T, T)`: layers, heads, queries, keys.

# %%
from aigc_lab.model.probe import record

STORY = (
    "Story: Emma was at the school. Leo was in the park. The red hat was in the park. "
    "Leo took the red hat. Emma walked to the market. Leo ran to the museum.\n"
    "Question: Where is Emma?\nAnswer: Emma is at the market."
)
ids = town.tokenizer.encode(STORY)
tokens = [town.tokenizer.token_bytes(id) for id in ids]


def maps_of(model, ids):
    """The attention of all layers and heads on one text, (L, H, T, T)."""
    return record(model, torch.tensor([list(ids)]), logit_lens=False).maps()


maps = maps_of(town.model, ids)
print(len(ids), "tokens, maps", maps.shape)

# %% [markdown]
# One head, on the first fourteen tokens (cutting the end off changes nothing before it: nobody has
# seen it). What does this head do?

# %%
attention_map(maps[0, 0, :14, :14], tokens[:14], title="layer 0, head 0")

# %% [markdown]
# Each token looks at the one before it, nearly always, whatever the words are. All heads of this
# layer:

# %%
attention_grid(maps[0, :, :14, :14], tokens[:14], title="layer 0")

# %% [markdown]
# Stripes at one, two, three and four places back. (That is no miracle here: these four heads were
# *made* to begin their training like that. Section 6 shows such a head arise by itself.) And all
# layers at a glance:

# %%
from aigc_lab.viz.layers import layers_grid

layers_grid(maps, title="All heads, on the whole story")

# %% [markdown]
# From here on you want to look for yourself. The **explorer** shows one head as a map or as arcs,
# all heads as a grid, and the flow through all layers. Point at a token to see where it looks,
# what the model predicts there, and what happens to that prediction if this head is silenced
# (section 4). Arrow keys work too. The picture above it is what a saved notebook shows.

# %%
from aigc_lab.viz.explorer import Explorer, scene_of

last = len(ids) - 3  # the “the” after which the answer comes
scene = scene_of(town.model, town.tokenizer, STORY, "bundled checkpoint", effects=True)
explorer = Explorer(scene, view="arcs", layer=1, head=2, query=last)
explorer.show()

# %% [markdown]
# Where the answer is about to come, this head looks back at the two places where Emma has been, and
# more at the later one, “market”, which is right. A model that points at where it found its answer!
# Keep that picture in mind; section 4 tests it.
#
# What you select by hand can be read from Python and set from it, and the whole explorer can be
# saved as one page that opens from disk, without a network.

# %%
explorer.layer, explorer.head, explorer.view = 0, 0, "map"
print(explorer.selection)
page = explorer.save(Path("runs", "attention.html"))
print("saved", page.name, "- below 1 MB:", page.stat().st_size < 1e6)

# %% [markdown]
# (In a terminal, `aigc-lab attend "Emma was at the school." --out map.html` makes such a page.)
# Every model that is here, on the same text; the picker changes between them:

# %% tags=["nbval-ignore-output"]
scenes = [scene_of(*model, STORY, name) for name, model in models.items()]
Explorer(scenes, view="arcs", layer=1, query=last).show()

# %% [markdown]
# **Break it: read the wrong row.** Who is responsible for “market”? Ask the row of “the” before it,
# and the row of “market” itself, in the head with the beautiful arc:

# %%
predicted = record(town.model, torch.tensor([ids])).logits[0].argmax(-1)
for query in (last, last + 1):
    key = maps[1, 2, query].argmax()
    asks, looked_at = tokens[query].decode(), tokens[key].decode()
    said = town.tokenizer.decode([predicted[query]])
    print(f"row {query},{asks}: looks most at {looked_at.strip()}, and predicts “{said}”")

# %% [markdown]
# The row of “market” came too late to have a say in it: it is about the full stop. To read it as
# the reason for “market” is off by one, and the picture does not warn you.
#
# ## 2 · What to look for
#
# People see faces in clouds. To believe in a pattern we want three things: a **definition** that is
# a number, a **text** on which the pattern can show, and something to **compare** the number with.
# We take two comparisons: a head that looks at everything alike (*uniform*), and a model of the
# same shape with random weights, which has learned nothing.

# %%
from aigc_lab.model import heads
from aigc_lab.model.gpt import GPT
from aigc_lab.viz.arrays import array_maps

torch.manual_seed(0)
newborn = GPT(town.model.config).eval()
newborn_maps = maps_of(newborn, ids)
layers_grid(newborn_maps, title="The same shape, random weights")

# %% [markdown]
# A newborn head looks at everything alike: the rows fade as they get longer, and that is all.
#
# ### Previous token
#
# How much does a head look at the token just before? Take the weight of each query on its
# predecessor, `weights[q, q-1]`, and average. In the map of “Mia has a hat” these are “has” on
# “Mia”, “a” on “has” and “hat” on “a”:

# %%
steps = [weights[1, 0], weights[2, 1], weights[3, 2]]
print(np.round(steps, 2), "mean", np.mean(steps).round(2))

# %% [markdown]
# The first token has no predecessor, so it has no part in the mean.
#
# ### Your turn: `previous_token_score`
#
# One map of T tokens comes in (rows are queries), one number goes out: the mean of `weights[q,
# q-1]` over the queries $q = 1 … T-1$.
#
# (Stuck? `hint(previous_token_score)` in a cell of your own gives a push; call it again for a plan,
# and a third time for nearly the solution.)


# %%
@exercise
def previous_token_score(weights):
    """How much a head looks one token back: weights (T, T) -> a number."""
    ### BEGIN SOLUTION
    return np.diagonal(weights, offset=-1).mean()
    ### END SOLUTION


# %%
check(previous_token_score)

# %% [markdown]
# The package's version takes many maps at once, all layers and heads. It gives the same, and tells
# where the stripe was:

# %%
yours = [[previous_token_score(head) for head in layer] for layer in maps]
print("equal to the package's:", np.allclose(yours, heads.previous_token_score(maps), atol=1e-6))
uniform = heads.uniform_weights(len(ids))
print(f"uniform: {previous_token_score(uniform):.2f}")

# %%
from functools import partial

from IPython.display import Markdown

panels = {"bundled checkpoint": maps, "random weights": newborn_maps}


def score_maps(score, title, panels=panels):
    """The score of every head, model beside model, and in the title that of a uniform one."""
    found = {name: score(each) for name, each in panels.items()}
    length = panels["random weights"].shape[-1]
    title += f" (uniform: {score(heads.uniform_weights(length)):.2f})"
    return array_maps(found, row_name="layer", column_name="head", title=title)


score_maps(heads.previous_token_score, "Previous-token score")

# %% [markdown]
# One head at nearly 1, all others no better than chance. What is such a head good for? It copies to
# each token the news of who stood before it. You will see who needs that.
#
# ### The first token: a sink
#
# Look at layers 1 and 2 in the grid of all heads: a dark first column. Their queries look at the
# very first token, “Story”, whatever they are. The score is the mean of `weights[q, 0]`:

# %%
score_maps(heads.first_token_score, "First-token score")

# %% [markdown]
# Half of all weight, in some heads! Is “Story” so important? Softmax makes every row add up to 1,
# so a head that finds nothing of interest must still look *somewhere* (notebook 03). A token where
# nothing is to be had is a good place for that: an **attention sink** (Xiao et al. 2023). What is
# there to be had? Weights mix *values*; look at how long they are.

# %%
trace = record(town.model, torch.tensor([ids]))


def values_of(layer, head):
    """What each token of the story offers to a head of town, (T, D)."""
    block = town.model.h[layer]
    with torch.no_grad():
        return block.attn.heads(block.ln_1(trace.residual[layer]))[2][0, head].numpy()


for head in (0, 2):
    lengths = np.linalg.norm(values_of(1, head), axis=-1)
    print(f"layer 1, head {head}: the first token's value {lengths[0]:.1f} long, "
          f"the others' {lengths[1:].mean():.1f}")  # fmt: skip

# %% [markdown]
# Nearly nothing: the strongest column of the whole picture fetches almost no information. A weight
# tells how much of a value is taken, not how much the value holds.
#
# ### Duplicates, and what came after them
#
# The next two patterns need repetition. So we let words repeat that have nothing to do with each
# other: then there is no grammar to help, and who knows the next word must have looked back. (All
# of these words are one token for each of our models.)

# %%
from aigc_lab.text.repeats import repeated_ids

words_of_town = """Mia Tom Anna David Lily Jack Emma Leo Rose Sam Lucy Max Nina Paul Sara Adam Ruth
    Hugo Vera Noah garden kitchen school park market library station hospital bakery river bridge
    museum red blue green yellow white black ball book key lamp cup map hat bell coat drum box one
    two three four five soup pie cake Monday Tuesday Wednesday Thursday Friday Saturday Sunday"""
WORDS = words_of_town.split()
PERIOD = 10
echo = [WORDS[id] for id in repeated_ids(24, len(WORDS), np.random.default_rng(8), PERIOD)]
print(" ".join(echo))
echo_ids = [town.tokenizer.encode(" " + word)[0] for word in echo]
print("one token each:", town.tokenizer.decode(echo_ids) == " " + " ".join(echo))

# %% [markdown]
# A **duplicate-token** head looks from a word at earlier places of the same word. An **induction**
# head looks one place further: at what came *after* the same word the last time, which is the best
# guess for what comes next (Olsson et al. 2022). Five words by hand:
#
# | place | 0 | 1 | 2 | 3 | 4 |
# |---|---|---|---|---|---|
# | word | Mia | red | Tom | Mia | red |
#
# Word 3, “Mia”, stood before at 0. A duplicate head puts its weight on 0, an induction head on 1.
# Word 4, “red”, stood before at 1; an induction head looks at 2. Words 0, 1 and 2 have not stood
# before, so they have no part in either score. For a head whose rows 3 and 4 are as follows the
# induction score is the mean of 0.6 and 0.7:

# %%
rows = np.array([[0.2, 0.6, 0.1, 0.1, 0.0], [0.1, 0.1, 0.7, 0.1, 0.0]])
print("induction", np.mean([rows[0, 1], rows[1, 2]]).round(2))
print("duplicate", np.mean([rows[0, 0], rows[1, 1]]).round(2))

# %% [markdown]
# ### Your turn: `induction_score`
#
# A map `weights` (T, T) and the `ids` (T,) of its text come in. For each query $q$ whose token
# stood before: find *all* earlier places $p < q$ of the same token, and add up the weights on the
# places $p + 1$ just behind them. If $p + 1$ is $q$ itself (the same word twice in a row), leave
# that one out: a head that looks at itself finds nothing. The score is the mean of these sums over
# those queries. Queries whose token is new have no part in it; at least one token stands twice.


# %%
@exercise
def induction_score(weights, ids):
    """How much a head looks behind earlier places of its token: (T, T), (T,) -> a number."""
    ### BEGIN SOLUTION
    totals = []
    for q in range(len(ids)):
        earlier = [p for p in range(q) if ids[p] == ids[q]]
        if earlier:
            totals.append(sum(weights[q, p + 1] for p in earlier if p + 1 < q))
    return np.mean(totals)
    ### END SOLUTION


# %%
check(induction_score)

# %%
echo_maps, newborn_echo = maps_of(town.model, echo_ids), maps_of(newborn, echo_ids)
echo_panels = {"bundled checkpoint": echo_maps, "random weights": newborn_echo}
yours = [[induction_score(head, echo_ids) for head in layer] for layer in echo_maps]
package = heads.induction_score(echo_maps, echo_ids)
print("equal to the package's:", np.allclose(yours, package, atol=1e-6))
print(f"uniform: {induction_score(heads.uniform_weights(24), echo_ids):.2f}")

# %%
score_maps(partial(heads.induction_score, ids=echo_ids), "Induction score", echo_panels)

# %% [markdown]
# Two induction heads, 0 and 2 of layer 1. One of them, on these words; the second time round, each
# word looks one behind its first place, so the stripe stands one beside the repetition:

# %%
attention_map(echo_maps[1, 0], echo, title="layer 1, head 0")

# %% [markdown]
# And the duplicate score, for which the package has a function too. A pattern that is *not* found
# is a finding as well: in this model nobody does better than chance.

# %%
duplicates = heads.duplicate_token_score(echo_maps, echo_ids)
even = float(heads.duplicate_token_score(heads.uniform_weights(24), echo_ids))
print(f"the best head {duplicates.max():.2f}, uniform {even:.2f}")

# %% [markdown]
# ### Whose name is it? Binding in Town
#
# “Question: Where is Emma?” To answer, the question's *Emma* must be tied to the Emma of the story:
# **binding** (Feng and Steinhardt 2023). Does the name in the question look back at where it was
# mentioned last? `bindings` picks stories with such a question, and for each the edge from the
# question's name to its last mention; its `rival` is the last mention of somebody else.

# %%
from aigc_lab.generation.binding import binding_scores, bindings, uniform_binding_score

for offset, place in {0: "the name itself", 1: "the token after it"}.items():
    asked = bindings(town.tokenizer, 20, offset=offset)
    score = binding_scores(town.model, asked)
    layer, head = np.unravel_index(score.argmax(), score.shape)
    other = binding_scores(town.model, asked, rival=True)[layer, head]
    chance = uniform_binding_score(asked)
    print(f"{place}: head {layer}.{head} {score.max():.2f}, "
          f"rival {other:.2f}, uniform {chance:.2f}")  # fmt: skip

# %% [markdown]
# At the name itself: little more than chance, and no more than a stranger's name gets. At the token
# *after* it: far above chance, and the stranger's gets nothing. This is no accident. A name
# stands *before* the news about it, and cannot see it: “Emma” in “Emma walked to the market” knows
# nothing of the market. “walked” does: it has seen whose sentence this is, through the
# previous-token head. So that is where the question must look.
#
# You know the heads that do it. Binding, in this model, is induction: find where my token stood
# before, look one further.

# %%
asked = bindings(town.tokenizer, 20)
found = {
    "its own last mention": binding_scores(town.model, asked),
    "somebody else's": binding_scores(town.model, asked, rival=True),
    "own, random weights": binding_scores(newborn, asked),
}
array_maps(found, row_name="layer", column_name="head", title="From a question's name to …")

# %% [markdown]
# And in Chinese, where the same worlds are told in other words?

# %%
score = binding_scores(town.model, bindings(town.tokenizer, 20, language="chinese"))
layer, head = np.unravel_index(score.argmax(), score.shape)
print(f"best head {layer}.{head}, above ten times uniform:", score.max() > 10 * chance)

# %% [markdown]
# ### The hunt, in every model
#
# All five scores as one function, over all models that are here. Beside each model's best head
# stands the best one of a random model of its shape: of many heads, some look good by luck.


# %%
def hunt(model, tokenizer):
    """Five scores for each head, (L, H) each: three on stories, two on repeated words."""
    fits = [b for b in bindings(tokenizer, 12) if len(b.ids) <= model.config.block_size]
    stories = [(maps_of(model, b.ids), b.ids) for b in fits]
    single = [ids[0] for word in WORDS if len(ids := tokenizer.encode(" " + word)) == 1]
    draw = np.random.default_rng(0)
    rows = [np.array(single)[repeated_ids(40, len(single), draw)] for _ in range(4)]
    echoes = [(maps_of(model, row), row) for row in rows]
    return {
        "previous token": np.mean([heads.previous_token_score(m) for m, _ in stories], axis=0),
        "first token": np.mean([heads.first_token_score(m) for m, _ in stories], axis=0),
        "duplicate": np.mean([heads.duplicate_token_score(m, i) for m, i in echoes], axis=0),
        "induction": np.mean([heads.induction_score(m, i) for m, i in echoes], axis=0),
        "binding": binding_scores(model, fits),
    }


# %% tags=["nbval-ignore-output"]
lines = ["| model | pattern | best head | its score | best of random weights |", "|" + "---|" * 5]
for name, (model, tokenizer) in models.items():
    torch.manual_seed(0)
    chance = hunt(GPT(model.config).eval(), tokenizer)
    for pattern, score in hunt(model, tokenizer).items():
        layer, head = np.unravel_index(score.argmax(), score.shape)
        lines.append(f"| {name} | {pattern} | {layer}.{head} | {score.max():.2f} "
                     f"| {chance[pattern].max():.2f} |")  # fmt: skip
Markdown("\n".join(lines))

# %% [markdown]
# Take GPT-2, if it is there, and compare: heads that look one back, sinks and induction heads are
# found in it too, as in most GPTs that have been looked at. In which layers?
#
# ## 3 · Sharp or spread: entropy
#
# Some heads look at one key, some at thirty. The **entropy** of a row says how spread it is
# (notebook 02 used it for predictions):
#
# $$H_q = -\sum_k w_{qk} \ln w_{qk} .$$
#
# By hand, for the weights ½, ¼, ¼: $½ \ln 2 + ¼ \ln 4 + ¼ \ln 4 = 1.04$ nats. And $e^{1.04} = 2.8$:
# the row is as spread as an even look at 2.8 keys. One key alone: $1 · \ln 1 = 0$, and $e^0 = 1$
# key.

# %%
halves = np.array([0.5, 0.25, 0.25])
entropy = -(halves * np.log(halves)).sum()
print(f"{entropy:.2f} nats, {np.exp(entropy):.1f} keys")

# %% [markdown]
# What of a weight that is 0, as all those above the diagonal are? It adds nothing: $w \ln w$ goes
# to 0 as $w$ does. The computer does not know that, since $\ln 0$ is minus infinity, and $0$ times
# that is no number.
#
# ### Your turn: `attention_entropy`
#
# The entropy of each row of a map, in nats. Weights of 0 add 0; there is never a nan.


# %%
@exercise
def attention_entropy(weights):
    """How spread each query's look is: weights (T, T) -> (T,), in nats."""
    ### BEGIN SOLUTION
    logs = np.log(np.where(weights > 0, weights, 1))
    return -(weights * logs).sum(axis=-1)
    ### END SOLUTION


# %%
check(attention_entropy)

# %%
package = heads.attention_entropy(maps)  # (L, H, T)
yours = [[attention_entropy(head) for head in layer] for layer in maps]
print("equal to the package's:", np.allclose(yours, package, atol=1e-5))
even = np.exp(heads.attention_entropy(uniform).mean())
print(f"a uniform head looks at {even:.0f} keys, in the typical row of this story")


# %%
def keys_seen(maps):
    """e to the mean entropy: at how many keys a head looks, typically."""
    return np.exp(heads.attention_entropy(maps).mean(axis=-1))


score_maps(keys_seen, "At how many keys each head looks")

# %% [markdown]
# The four heads that look a fixed number of places back are sharp, and so are the two induction
# heads where they have found something. The higher layers look around.
#
# **Break it: average first.** It is tempting to average a layer's heads into one map, and then look
# at that. In layer 0 four sharp heads and two spread ones become one that is neither:

# %%
each = heads.attention_entropy(maps[0]).mean(axis=-1)
mixed = heads.attention_entropy(maps[0].mean(axis=0)).mean()
print("keys, head by head:", np.exp(each).round(1), f"- of the average map: {np.exp(mixed):.1f}")

# %% [markdown]
# ## 4 · Trust: take it away and see
#
# So far we have looked. A map says *where* a head looks. It does not say that anything is taken
# from there, nor that anybody uses it. There is one way to find out: take it away, and measure.
#
# ### Silence a head
#
# All heads of a layer hand in their results side by side: the first $D$ of the $C$ features are
# from head 0, the next $D$ from head 1 and so on (notebook 03). Then one matrix mixes them and adds
# the result to the stream. To silence a head, set its features to 0 just before that matrix. Three
# tokens, two heads of two features, head 1 silenced:

# %%
merged = np.array([[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0], [9.0, 8.0, 7.0, 6.0]])
silent = merged * np.array([1, 1, 0, 0])
array_maps({"merged": merged, "head 1 silent": silent}, row_name="token", column_name="feature")

# %% [markdown]
# ### Your turn: `silence_head`
#
# `merged` (T, C) holds the heads side by side; C is divisible by `n_head`. Give back a copy in
# which all features of head number `head` (counted from 0) are 0. What came in stays as it is.


# %%
@exercise
def silence_head(merged, n_head, head):
    """The heads' results without those of one: (T, C) -> (T, C)."""
    ### BEGIN SOLUTION
    width = merged.shape[-1] // n_head
    silent = merged.copy()
    silent[:, head * width : (head + 1) * width] = 0
    return silent
    ### END SOLUTION


# %%
check(silence_head)

# %% [markdown]
# The package does this inside a running model: `with ablate_heads(model, [(layer, head)])`. Layer 1
# of our model, with your function and with the package's:

# %%
from aigc_lab.model.probe import ablate_heads, block_edges

block, x = town.model.h[1], trace.residual[1]
mixtures = [maps[1, head] @ values_of(1, head) for head in range(6)]  # (T, D) each
merged = np.concatenate(mixtures, axis=-1)  # (T, C)
with torch.no_grad():
    yours = block.attn.c_proj(torch.tensor(silence_head(merged, 6, 2), dtype=x.dtype))
    with ablate_heads(town.model, [(1, 2)]):
        package = block.attn(block.ln_1(x))[0]
print("equal to the package's:", torch.allclose(yours, package, atol=1e-4))

# %% [markdown]
# Now silence each of the 36 heads in turn, and measure by how much the loss on the story grows.
# Blue heads were of use; red ones did harm here:

# %%
from aigc_lab.model.trust import head_effects, position_losses

effects = head_effects(town.model, ids)  # (L, H, T-1): one number for each head and prediction
mean_effects = {"loss without it, minus loss with it, in nats": effects.mean(axis=-1)}
array_maps(mean_effects, row_name="layer", column_name="head")

# %% [markdown]
# One head stands out: the previous-token head, which nobody would have called interesting. Most
# heads can go and nobody notices (Michel et al. 2019 found the same in large translation models).
#
# ### The beautiful arc
#
# Now to the picture of section 1. Where “market” is about to be predicted, two heads look straight
# at the earlier “market”. How much do they matter for the answer?

# %%
answer = tokens.index(b" market")
before = position_losses(town.model, ids)[last]
for silenced in ([(1, 0)], [(1, 2)], [(1, 0), (1, 2)]):
    weight = " and ".join(f"{maps[layer, head, last, answer]:.2f}" for layer, head in silenced)
    with ablate_heads(town.model, silenced):
        cost = position_losses(town.model, ids)[last] - before
    names = ", ".join(f"{layer}.{head}" for layer, head in silenced)
    print(f"weight on “market” {weight}: without {names} the answer costs {cost:.2f} nats more")

# %% [markdown]
# Read this twice. A head that puts two thirds of its weight on the answer can be silenced, **and
# nothing happens**, because the other one does the same work. Silence both, and the answer is in
# doubt. So the map was not wrong: this *is* where the answer comes from. But no single map told
# how much it mattered, and neither did silencing single heads. Redundancy hides causes from both.
#
# And the opposite: which heads does this answer hang on most?

# %%
costs = effects[:, :, last]
before = position_losses(town.model, ids)[last]
for place in np.argsort(-costs, axis=None)[:2]:
    layer, head = np.unravel_index(place, costs.shape)
    key = maps[layer, head, last].argmax()
    with block_edges(town.model, [(layer, head, last, key)]):
        cut = position_losses(town.model, ids)[last] - before
    print(f"head {layer}.{head} looks {last - key} back, at “{tokens[key].decode().strip()}”, "
          f"{maps[layer, head, last, key]:.2f}: silenced {costs[layer, head]:.1f} nats, "
          f"only that look hidden {abs(cut):.1f}")  # fmt: skip

# %% [markdown]
# Two heads that look three or four tokens back in *any* text. No map would have told you that this
# answer hangs on them. And there is a warning for us too. Hide from such a head just the one key
# that takes nearly all of its weight (you build that tool below), and the cost may be another one
# altogether. Silence works in all rows at once, and a silent head adds 0, which later layers are
# not used to. Part of what a hammer breaks was not the thing it was aimed at.
#
# ### What the map suggests, and what silencing shows
#
# One example proves little. Is there a *rule*: the higher a head's score, the more its silence
# costs? We need a measure of whether two lists put the heads into the same order: **Spearman's rank
# correlation**. Replace each number by its rank (the smallest has rank 1), and take the ordinary
# correlation of the ranks: 1 for the same order, −1 for the opposite one, about 0 for none. Only
# order counts, so no single huge number can decide it.
#
# $$r = \frac{\sum_i (a_i - \bar a)(b_i - \bar b)}
# {\sqrt{\sum_i (a_i - \bar a)^2 \sum_i (b_i - \bar b)^2}}, \quad a, b \text{ the ranks of } x, y.$$
#
# By hand: $x$ = 0.1, 0.7, 0.3 has the ranks 1, 3, 2, and $y$ = 5, 6, 9 has 1, 2, 3. Their mean is
# 2, so the distances from it are −1, 1, 0 and −1, 0, 1: $r = (1 + 0 + 0)/\sqrt{2 · 2} = 0.5$.
# **Ties** share the mean of the ranks that they take up: 2, 5, 2, 8 has the ranks 1.5, 3, 1.5, 4.

# %%
a, b = np.array([1, 3, 2]) - 2, np.array([1, 2, 3]) - 2
print("r =", (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))

# %% [markdown]
# ### Your turn: `rank_correlation`
#
# Two arrays of the same length N, paired in order. Ranks count from the smallest up; equal numbers
# share the mean of their ranks. Give back $r$ of the ranks, one number. (No list has all numbers
# equal.)


# %%
@exercise
def rank_correlation(x, y):
    """Spearman's rank correlation: (N,), (N,) -> a number from -1 to 1."""

    ### BEGIN SOLUTION
    def ranks(values):
        smaller = (values[None, :] < values[:, None]).sum(axis=1)
        equal = (values[None, :] == values[:, None]).sum(axis=1)
        return smaller + (equal + 1) / 2

    a, b = ranks(np.asarray(x)), ranks(np.asarray(y))
    a, b = a - a.mean(), b - b.mean()
    return (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum())
    ### END SOLUTION


# %%
check(rank_correlation)

# %%
from aigc_lab.model import trust

x, y = np.random.default_rng(0).integers(9, size=(2, 50))
print("equal to the package's:", np.isclose(rank_correlation(x, y), trust.rank_correlation(x, y)))

# %% [markdown]
# Now the repeated words. From the second time round on each word can be known by induction, so the
# induction score *suggests* which heads matter there. Does silence agree?

# %%
echo_losses = position_losses(town.model, echo_ids)
first, second = echo_losses[: PERIOD - 1].mean(), echo_losses[PERIOD:].mean()
print(f"loss the first time {first:.0f} nats, from the second time on {second:.0f}")

suggested = heads.induction_score(echo_maps, echo_ids)
shown = head_effects(town.model, echo_ids)[..., PERIOD:].mean(axis=-1)
panels = {"induction score": suggested, "cost of silence, nats": shown}
array_maps({name: each / each.max() for name, each in panels.items()}, None, None, "layer", "head",
           "Both as shares of their largest")  # fmt: skip

# %%
two, four = np.argsort(-suggested, axis=None)[:2], np.argsort(-shown, axis=None)[:4]
print("the two best induction heads are among the four that matter most:", set(two) <= set(four))
with ablate_heads(town.model, [np.unravel_index(place, (6, 6)) for place in two]):
    without = position_losses(town.model, echo_ids)[PERIOD:].mean()
    still = position_losses(town.model, echo_ids)[: PERIOD - 1].mean()
print(f"without both, the second time costs {without:.0f} nats, the first time {still:.0f}")
agreement = rank_correlation(suggested.ravel(), shown.ravel())
print("rank correlation over all heads above 0.5:", agreement > 0.5)

# %% tags=["nbval-ignore-output"]
print(f"rank correlation over all heads: {agreement:.2f}")

# %% [markdown]
# At the top the map was right: without those two heads the second time is as hard as the first, and
# the first is as hard as before: just what they are for is gone. Yet over all heads there is no
# common order, and for a good reason: the previous-token head has an induction score of 0, **and
# induction dies without it**. It writes onto each word who stood before it; that is what the
# induction head searches for. A map shows one step. A model works in several. Silence that one
# head, and look again at the other two:

# %%
alone = heads.induction_score(echo_maps, echo_ids).max(), binding_scores(town.model, asked).max()
with ablate_heads(town.model, [(0, 0)]):
    after = heads.induction_score(maps_of(town.model, echo_ids), echo_ids).max()
    bound = binding_scores(town.model, asked).max()
print(f"best induction score {alone[0]:.2f}, without head 0.0 {after:.2f}")
print(f"best binding score   {alone[1]:.2f}, without head 0.0 {bound:.2f}")

# %% [markdown]
# The same in every model that is here. Does each have induction heads, and does the second time
# cost more without its best two than without two others?


# %%
def test_induction(model, tokenizer):
    """On words said twice: the loss the second time, whole and without some heads."""
    row = tokenizer.encode(" " + " ".join(echo))
    score = heads.induction_score(maps_of(model, row), row)
    order = np.argsort(-score, axis=None)
    losses = {}
    for name, places in {"whole": [], "without its best two": order[:2],
                         "without two others": order[2:4]}.items():  # fmt: skip
        with ablate_heads(model, [np.unravel_index(place, score.shape) for place in places]):
            losses[name] = position_losses(model, row)[PERIOD - len(row) :].mean()
    return losses


# %% tags=["nbval-ignore-output"]
for name, (model, tokenizer) in models.items():
    print(name, {what: f"{loss:.1f}" for what, loss in test_induction(model, tokenizer).items()})

# %% [markdown]
# ### Cut one edge
#
# Silencing a head is a hammer. A finer tool takes away a single look: one query, one key. The
# weight becomes 0, and what is left of the row is scaled up to a sum of 1, as if that one key had
# been hidden. By hand, row ½, ⅛, ⅜ with key 0 cut: 0, ⅛, ⅜ add up to ½, so divide by that:

# %%
row = np.array([0.5, 0.125, 0.375])
row[0] = 0
print(row, "->", row / row.sum())

# %% [markdown]
# ### Your turn: `cut_edge`
#
# A map (T, T), a query and a key come in, with key ≤ query. Give back a new map in which that query
# does not look at that key and the rest of its row adds up to 1 again, in the same proportions. All
# other rows stay, and so does the map that came in. (There is always something left to look at.)


# %%
@exercise
def cut_edge(weights, query, key):
    """The map without one look: (T, T) -> (T, T)."""
    ### BEGIN SOLUTION
    cut = weights.copy()
    cut[query, key] = 0
    cut[query] = cut[query] / cut[query].sum()
    return cut
    ### END SOLUTION


# %%
check(cut_edge)

# %% [markdown]
# In a running model it is `with block_edges(model, [(layer, head, query, key)])`, and a recording
# shows the map as it then is:

# %%
with block_edges(town.model, [(1, 2, last, answer)]):
    package = maps_of(town.model, ids)
yours = cut_edge(maps[1, 2], last, answer)
print("equal to the package's:", np.allclose(yours, package[1, 2], atol=1e-5))
print("no other map of this layer changed:", np.allclose(maps[1, :2], package[1, :2]))

# %% [markdown]
# **Block the most attended edge.** On the repeated words, for one query of the second round: in
# each of the 36 heads cut each edge in turn, and see how far the loss moves, up or down. If maps
# explained predictions, the edge with the largest weight would move it most, and the ranks of
# weights and effects would agree.

# %%
from aigc_lab.model.trust import edge_effects

query = 14
agreement, top_is_top = np.zeros((6, 6)), np.zeros((6, 6), dtype=bool)
for layer, head in np.ndindex(6, 6):
    moved = np.abs(edge_effects(town.model, echo_ids, layer, head, query))
    looked = echo_maps[layer, head, query, : query + 1]
    agreement[layer, head] = rank_correlation(looked, moved)
    top_is_top[layer, head] = moved.argmax() == looked.argmax()

# %%
both = {"weight and effect: rank correlation": agreement, "strongest = most important": top_is_top}
array_maps(both, row_name="layer", column_name="head")

# %%
print("in some heads they agree well (above 0.8):", bool((agreement > 0.8).any()))
print("in some hardly at all (below 0.3):", bool((agreement < 0.3).any()))

# %% tags=["nbval-ignore-output"]
low, high = agreement.min(), agreement.max()
print(f"rank correlations from {low:.2f} to {high:.2f}, their mean {agreement.mean():.2f}")
print(f"the strongest look matters most in {top_is_top.mean():.0%} of the heads")

# %% [markdown]
# Neither “always” nor “never”: it depends on the head. And the sinks of section 2? They take up to
# half of all weight. Cut every look of head 1.2 at the first token, in all rows; and for comparison
# the strongest look at any *other* token in each row:

# %%
rows = range(2, len(ids))
sink = [(1, 2, query, 0) for query in rows]
rest = [(1, 2, query, 1 + maps[1, 2, query, 1 : query + 1].argmax()) for query in rows]
before, cut_costs = position_losses(town.model, ids).mean(), {}
for name, edges in {"the sink": sink, "the others": rest}.items():
    with block_edges(town.model, edges):
        cut_costs[name] = position_losses(town.model, ids).mean() - before
    weight = np.mean([maps[edge] for edge in edges])
    print(f"{name}: mean weight {weight:.2f}, cutting it moves the loss by "
          f"{abs(cut_costs[name]):.2f} nats a token")  # fmt: skip

# %% [markdown]
# ### Two maps, one output
#
# Can two very different maps give the same result? By hand: three keys, of which the first two have
# the *same value*. Whatever is moved between those two changes nothing.

# %%
values = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
one, other = np.array([0.8, 0.0, 0.2]), np.array([0.0, 0.8, 0.2])
print(one @ values, other @ values)

# %% [markdown]
# That needs no exact twins. With $T$ keys and values of $D$ features, a new row must keep $D$ sums
# of values and the sum 1: $D + 1$ conditions for $T$ numbers. Our heads have $D = 32$. In the last
# row of the story more than 50 keys may be mixed, so there are many ways left (Brunner et al.
# 2020). We walk along them, away from what the model does, as far as no weight becomes negative:


# %%
def another_map(row, values, draw):
    """A row (T,) that mixes values (T, D) to the same result as another one, but is far from it."""
    row, wish = row.astype(float), draw.normal(size=len(row))
    kept = np.column_stack([values, np.ones(len(row))]).astype(float)  # what must not change
    while True:
        free = row > 1e-12
        way = wish[free] - kept[free] @ (np.linalg.pinv(kept[free]) @ wish[free])
        if np.abs(way).max() < 1e-9:
            return row
        falling = way < 0
        row[free] += (row[free][falling] / -way[falling]).min() * way  # until one of them is 0
        row[row < 1e-12] = 0


layer, head = 4, 5
row, mixed = maps[layer, head, last, : last + 1], values_of(layer, head)[: last + 1]
draw = np.random.default_rng(0)
found = [another_map(row, mixed, draw) for _ in range(30)]
twin = max(found, key=lambda each: np.abs(each - row).sum())
print("the same output:", np.allclose(row @ mixed, twin @ mixed, atol=1e-5))
print("more than 40% of all weight has moved:", np.abs(twin - row).sum() / 2 > 0.4)

# %%
from aigc_lab.viz.arrays import bar_panels
from aigc_lab.viz.fonts import token_label

strong = np.argsort(-np.maximum(row, twin))[:12]
names = [f"{place}: {token_label(tokens[place])}" for place in strong]
bar_panels({"what the model does": row[strong], "the same output": twin[strong]}, names,
           "The twelve largest weights of either", within=(0, 0.15))  # fmt: skip

# %% [markdown]
# Both bars are valid maps, and nothing after this head can tell them apart. So a map alone cannot
# be *the* reason for what follows.
#
# ### Is attention an explanation?
#
# This is an old quarrel, worth knowing. Jain and Wallace (2019, *Attention is not Explanation*)
# measured in text classifiers what we measured here: weights agreed poorly with other measures of
# importance, and very different weights gave the same answers. Wiegreffe and Pinter (2019,
# *Attention is not not Explanation*) answered: weights made up from outside, like our twin, are not
# what the model would *learn* to compute; whether attention explains depends on what you mean by
# explaining; and one should test it, case by case. Both are right, and both say: test.
#
# > **Claim check.** “Transformers are easy to interpret: the attention weights show what the model
# > is basing its decision on.”
#
# From this section, computed above:

# %%
most = np.unravel_index(effects.mean(axis=-1).argmax(), (6, 6))
verdict = {
    "the strongest column can be cut for less than 0.01 nats": abs(cut_costs["the sink"]) < 0.01,
    "of two heads that look at the answer, either can go": effects[1, [0, 2], last].max() < 0.1,
    "the head that matters most looks at no meaning, one token back": most == (0, 0),
    "on repeated words, no induction heads, no prediction": without > first - 1,
}
for sentence, holds in verdict.items():
    print(f"{holds!s:5} {sentence}")

# %% [markdown]
# **Verdict: not by themselves.** A map is a *hypothesis* about where information comes from. It is
# an explanation when (1) the pattern has a definition and beats uniform and random heads, (2)
# cutting just that, or all heads that share it, changes just what the pattern should serve, and (3)
# cutting something else of the same size does not. The two induction heads on repeated words pass
# all three. The sink fails (2). The arc at “market” fails for each head alone, and passes for the
# two together.
#
# ## 5 · Inside the stream
#
# ### The residual stream
#
# Every block *adds* to the stream (notebook 05): the state of a token at the end is its embedding
# plus what the blocks wrote. `trace.residual` holds the $L + 1$ states, so the differences are what
# each block wrote:

# %%
from aigc_lab.viz.residual import by_layer

states = np.stack([state[0].numpy() for state in trace.residual])  # (L+1, T, C)
written = np.diff(states, axis=0)  # (L, T, C)
print("embedding + all that was written = the end:",
      np.allclose(states[0] + written.sum(axis=0), states[-1], atol=1e-4))  # fmt: skip

# %%
size = np.linalg.norm(states, axis=-1)  # (L+1, T)
added = np.linalg.norm(written, axis=-1)
panels = {"length of the stream": size, "length of what each block adds": added}
by_layer({
    name: {"“Story”": lengths[:, 0], "the others": lengths[:, 1:].mean(axis=1)}
    for name, lengths in panels.items()
})  # fmt: skip

# %% [markdown]
# The stream grows. And the sink has a history: the first block makes the state of the first token
# very long, and no later one adds much to it. It is built as a parking place.
#
# ### The logit lens
#
# At the end the model reads the stream: last norm, then the table of tokens, and out come logits.
# Nothing prevents us from reading *earlier* states in the same way: what would the model say if it
# had to stop after this block? That is the **logit lens** (nostalgebraist 2020):
#
# $$\text{logits}_l = \text{LayerNorm}(x_l)\, W_E^\top .$$
#
# By hand, one state of two features and three tokens: $(1, 3)$ has mean 2 and variance 1, so the
# norm makes it $(-1, 1)$. With the table's rows $(1, 0)$, $(0, 1)$, $(1, 1)$ the logits are −1, 1
# and 0.

# %%
state, table = np.array([1.0, 3.0]), np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
normed = (state - state.mean()) / state.std()
print(normed, "->", table @ normed)

# %% [markdown]
# ### Your turn: `logit_lens`
#
# `residual` (L+1, T, C) are all states. `scale` and `shift` (C,) are the last norm's gain and bias,
# `eps` is what it adds to the variance under the root, and `wte` (V, C) is the table of tokens.
# Give back the logits of every state, (L+1, T, V): LayerNorm as in notebook 05 (the variance
# divides by C), then the dot product with each token's row.


# %%
@exercise
def logit_lens(residual, scale, shift, wte, eps):
    """What each state would predict: (L+1, T, C) -> (L+1, T, V)."""
    ### BEGIN SOLUTION
    centred = residual - residual.mean(axis=-1, keepdims=True)
    variance = (centred**2).mean(axis=-1, keepdims=True)
    return (centred / np.sqrt(variance + eps) * scale + shift) @ wte.T
    ### END SOLUTION


# %%
check(logit_lens)

# %%
norm, wte = town.model.ln_f, town.model.wte.weight.detach().numpy()
lens = logit_lens(states, norm.weight.detach().numpy(), norm.bias.detach().numpy(), wte, norm.eps)
package = np.stack([logits[0].numpy() for logits in trace.logits_per_layer])
print("equal to the package's:", np.allclose(lens, package, atol=1e-3))
print("the last is the model's own output:", np.allclose(lens[-1], trace.logits[0], atol=1e-3))

# %% [markdown]
# What each layer would say at the end of the story, “Answer: Emma is at the”, and what should come:

# %%
places = range(last - 3, last + 1)
best = lens.argmax(axis=-1)  # (L+1, T)
names = ["the embedding", *(f"block {layer}" for layer in range(6))]
lines = ["| read after |" + "".join(f"…{tokens[p].decode()} |" for p in places), "|---" * 5 + "|"]
for name, row in zip(names, best, strict=True):
    lines.append(f"| {name} |" + "".join(f"{town.tokenizer.decode([row[p]])} |" for p in places))
lines.append("| **right** |" + "".join(f"**{tokens[p + 1].decode().strip()}** |" for p in places))
Markdown("\n".join(lines))

# %% [markdown]
# At first each state says its own token again: the table is tied, and the stream still holds the
# embedding. Then it passes through strange places, and turns to the answer only in the upper
# blocks. How far is it, over the whole story?

# %%
logs = lens - lens.max(-1, keepdims=True)
logs = logs - np.log(np.exp(logs).sum(-1, keepdims=True))
surprise = -np.take_along_axis(logs[:, :-1], np.array(ids[1:])[None, :, None], -1)[..., 0].mean(-1)
agree = (best == best[-1]).mean(-1)
for depth, (loss, share) in enumerate(zip(surprise, agree, strict=True)):
    print(f"after {depth} blocks: loss {loss:5.1f}, same favourite as the end {share:.0%}")

# %% [markdown]
# The lens in every model that is here:


# %%
def settled(model, tokenizer):
    """After each share of the blocks: how often the lens already says what the end will say."""
    read = record(model, torch.tensor([tokenizer.encode(STORY)])).logits_per_layer
    says = torch.stack([logits[0].argmax(-1) for logits in read])  # (L+1, T)
    return np.linspace(0, 1, len(says)), (says == says[-1]).float().mean(dim=-1).numpy()


# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.functions import function_curves

function_curves({name: settled(*model) for name, model in models.items()}, "share of the blocks",
                "same favourite as the end", title="The logit lens")  # fmt: skip

# %% [markdown]
# **Break it: forget the last norm.** Multiply the raw states by the table. The favourite of the end
# may survive, the probabilities do not:

# %%
raw = states @ wte.T
print("same favourite as the model:", f"{(raw[-1].argmax(-1) == best[-1]).mean():.0%}")
print("largest difference of a logit above 10:", np.abs(raw[-1] - lens[-1]).max() > 10)

# %% [markdown]
# The lens has limits of its own. Early layers do not write for *this* reader, so nonsense there
# does not mean that nothing is known: layer 1 has already fetched the answer, as section 4 proved,
# and the lens cannot read it yet. (A *tuned lens* learns a translation for each layer: Belrose et
# al. 2023.)
#
# ### Attention rollout
#
# In layer 5 a token looks at *states*, which are mixtures themselves. Which words at the bottom do
# they come from? **Rollout** (Abnar and Zuidema 2020) follows the weights down. It averages the
# heads of each layer, supposes that half of each state comes through attention and half along the
# stream, and multiplies:
#
# $$R_0 = \tfrac12 (A_0 + I), \qquad R_l = \tfrac12 (A_l + I)\, R_{l-1} .$$
#
# By hand, two tokens, two layers in which token 1 looks only at token 0. After layer 0 half of it
# is token 0; after layer 1 half of what was left too, so three quarters.

# %%
layer = np.array([[1.0, 0.0], [1.0, 0.0]])
half = (layer + np.eye(2)) / 2
print("after layer 0", half[1], "after layer 1", (half @ half)[1])

# %% [markdown]
# ### Your turn: `rollout`
#
# `maps` (L, T, T), one map for each layer, the heads already averaged. Give back (L, T, T): the
# rollout after each layer, layer 0 first. Row $q$ says which share of token $q$'s state comes from
# which token at the bottom.


# %%
@exercise
def rollout(maps):
    """Shares of the tokens at the bottom, after each layer: (L, T, T) -> (L, T, T)."""
    ### BEGIN SOLUTION
    identity = np.eye(maps.shape[-1])
    state, states = identity, []
    for layer in maps:
        state = (layer + identity) / 2 @ state
        states.append(state)
    return np.stack(states)
    ### END SOLUTION


# %%
check(rollout)

# %%
from aigc_lab.viz.flow import token_flow

shares = rollout(maps.mean(axis=1))
print("equal to the package's:", np.allclose(shares, heads.rollout(maps.mean(axis=1)), atol=1e-5))
token_flow(maps, tokens, last, title="Where the prediction of “market” comes from, says rollout")

# %% [markdown]
# It is a handsome picture. Test it! It says that about half of the state that predicts “market”
# comes from “Story”, the sink, and next to nothing from the earlier “market”. So hide each from
# everybody: cut every look at it, in all heads and layers.


# %%
def without_looks_at(key):
    """The loss of the answer when no later token may look at this one, in any head or layer."""
    looks = [(*at, query, key) for at in np.ndindex(6, 6) for query in range(key + 1, len(ids))]
    with block_edges(town.model, looks):
        return position_losses(town.model, ids)[last]


print(f"as it is: the answer's loss is {position_losses(town.model, ids)[last]:.2f}")
for key in (0, answer):
    print(f"{tokens[key].decode().strip()}: share {shares[-1, last, key]:.2f}, "
          f"without looks at it {without_looks_at(key):.2f}")  # fmt: skip

# %% [markdown]
# Rollout counts weights and knows nothing of values, so the sink swallows everything. It describes
# the plumbing, not the water.

# %% [markdown]
# ## 6 · The time machine: a head is born
#
# Where do induction heads come from? Nobody builds them in. Let us watch: a newborn GPT of two
# layers with two heads each learns nothing but our repeated words. In every row the words repeat
# with *another period*, drawn at random. Only what can be known is scored, from the second copy on,
# so the floor of the loss is 0.
#
# A tokenizer of 64 words, so that this model can read the same prompt as the others:


# %%
class WordTokenizer:
    """One token for each of our words, a space in front."""

    vocab_size, special_tokens = len(WORDS), {}

    def encode(self, text):
        """The ids of words."""
        return [WORDS.index(word) for word in text.split()]

    def decode(self, ids):
        """The words of ids."""
        return "".join(" " + WORDS[id] for id in ids)

    def token_bytes(self, id):
        """One word, as bytes."""
        return self.decode([id]).encode()


# %% [markdown]
# `Snapshots` keeps the weights at the steps that we want to come back to: here in memory, and with
# a folder on disk, so that you can travel through any run of your own in the same way.

# %%
import math

from aigc_lab.core.config import GPTConfig, TrainConfig
from aigc_lab.text.repeats import RepeatBatches
from aigc_lab.training.loop import Trainer
from aigc_lab.training.snapshots import Snapshots
from aigc_lab.viz.live import live


def train(n_layer, steps, fixed_period=None, watch=()):
    """A small GPT that learns repeated words; returns its run's history and snapshots."""
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(vocab_size=len(WORDS), block_size=48, n_layer=n_layer, n_head=2,
                               n_embd=64, position="sinusoidal"))  # fmt: skip
    batches = RepeatBatches(len(WORDS), batch_size=16, block_size=48, fixed_period=fixed_period)
    dials = dict(optimizer="muon", lr=0.005, muon_lr=0.02, warmup_steps=20)
    config = TrainConfig(steps=steps, eval_every=20, eval_batches=2, **dials)
    snapshots = Snapshots(range(0, steps + 1, 20))
    return Trainer(model, batches, config, callbacks=[snapshots, *watch]).run(), snapshots


# %% tags=["nbval-ignore-output"]
history, snapshots = train(2, 400, watch=live(floor=0, baselines={"uniform guess": math.log(64)}))

# %% [markdown]
# For a long time nearly nothing. Then, within some forty steps, the loss falls off a cliff. What
# happened there? Go back to the snapshots, and take both scores in each of them, on a few texts of
# different periods.

# %%
draw = np.random.default_rng(1)
texts = [repeated_ids(48, len(WORDS), draw, period) for period in (12, 15, 19, 23)]


def growth(model):
    """The best previous-token score of layer 0, the best induction score of the last layer."""
    found = [(maps_of(model, text), text) for text in texts]
    previous = np.mean([heads.previous_token_score(m[0]) for m, _ in found], axis=0)
    induction = np.mean([heads.induction_score(m[-1], text) for m, text in found], axis=0)
    return {"previous-token score": previous.max(), "induction score": induction.max()}


grown = {step: growth(snapshots.model(step)) for step in snapshots.steps}
steps, losses = history.series("val_loss")

# %%
curves = {"loss / ln 64": (steps, np.array(losses) / math.log(64))}
for name in ("induction score", "previous-token score"):
    curves[name] = (snapshots.steps, [scores[name] for scores in grown.values()])
function_curves(curves, "training step", "", title="The birth of an induction head")

# %%
fell = next(step for step, loss in zip(steps, losses, strict=True) if loss < losses[0] / 2)
print("induction score at the start below 0.1: ", grown[0]["induction score"] < 0.1)
print("induction score at the end above 0.9:   ", grown[400]["induction score"] > 0.9)
print("loss at the end below 0.2:              ", losses[-1] < 0.2)
print("where the loss halved, the score is above 0.3:", grown[fell]["induction score"] > 0.3)

# %% [markdown]
# The cliff *is* the birth of the head. (Large models have it too: a bump in their loss curve early
# in training, when their induction heads form; Olsson et al. 2022.) And it is a birth of two: the
# previous-token score climbs along, in the layer below.
#
# Now travel in time: a slider over the steps, over layers and heads. The prompt is that of section
# 2. The still picture is the end of the journey.

# %%
prompt = WordTokenizer().encode(" ".join(echo))
final = maps_of(snapshots.model(400), prompt)
best = int(heads.induction_score(final[1], prompt).argmax())
journey = [
    scene_of(snapshots.model(step), WordTokenizer(), prompt, str(step),
             numbers={"loss": loss, **grown[step]})
    for step, loss in zip(steps, losses, strict=True)
]  # fmt: skip
machine = Explorer(journey, axis="step", scene=len(journey) - 1, layer=1, head=best)
machine.show()

# %% [markdown]
# And four moments side by side: the head that will become the induction head.

# %%
moments = [0, 140, fell, 400]
picture = attention_grid(
    np.stack([maps_of(snapshots.model(step), prompt)[1, best] for step in moments]), echo
)
for axes, step in zip(picture.axes, moments, strict=False):
    axes.set_title(f"step {step}")
picture

# %% [markdown]
# Is it the same thing as in a model that has read real text? The same prompt, word for word, in
# your model and in the bundled checkpoint, each in its best induction head:

# %%
pair = np.stack([final[1, best], echo_maps[1, 0]])
picture = attention_grid(pair, echo)
for axes, name in zip(picture.axes, ["yours, step 400", "bundled checkpoint"], strict=False):
    axes.set_title(name)
picture

# %% tags=["nbval-ignore-output"]
beside = [scene_of(snapshots.model(400), WordTokenizer(), prompt, "yours, step 400", effects=True)]
for name, (model, tokenizer) in models.items():
    beside.append(scene_of(model, tokenizer, " " + " ".join(echo), name, effects=True))
Explorer(beside, layer=1, head=best).show()
print("beside yours:", ", ".join(models))

# %% [markdown]
# **Test it**, as section 4 demands. Your model has four heads; silence each, and look at the loss
# from the second copy on.

# %%
mine = snapshots.model(400)
after = slice(PERIOD, None)
cost = head_effects(mine, prompt)[..., after].mean(axis=-1)
array_maps({"cost of silence, nats a token": cost}, row_name="layer", column_name="head")


# %%
def best_induction(model):
    """The best induction score of layer 1, over the texts of different periods."""
    return np.mean([heads.induction_score(maps_of(model, t), t)[1] for t in texts], axis=0).max()


with ablate_heads(mine, [(0, 0), (0, 1)]):
    blind = best_induction(mine)
print("induction score without layer 0 below half of before:", blind < best_induction(mine) / 2)

# %% [markdown]
# Silence layer 0, and the heads of layer 1, untouched, stop being induction heads: they search for
# words that carry a note “before me stood …”, and nobody writes the notes any more. Two layers are
# needed, one to write and one to search. Then one layer should never learn it:

# %%
single, _ = train(1, 400)
print("one layer: loss after 400 steps above 2:", single.last("val_loss") > 2)

# %%
function_curves({"two layers": (steps, losses), "one layer": single.series("val_loss")},
                "training step", "loss, nats per word", floor=0)  # fmt: skip

# %% [markdown]
# ### The trap: a fixed period
#
# Suppose that we had been lazy, and let all rows repeat with the *same* period, 16. One layer:

# %%
lazy, lazy_snapshots = train(1, 240, fixed_period=16)
fooled = lazy_snapshots.model(240)


def examine(model, period):
    """Loss and best induction score on words that repeat with this period."""
    text = repeated_ids(48, len(WORDS), np.random.default_rng(2), period)
    score = heads.induction_score(maps_of(model, text), text).max()
    return position_losses(model, text)[period:].mean(), score


own, other = examine(fooled, 16), examine(fooled, 19)
print("period 16: loss below 0.5:", own[0] < 0.5, "- induction score above 0.3:", own[1] > 0.3)
print("period 19: loss above 4:  ", other[0] > 4, "- induction score below 0.1:", other[1] < 0.1)

# %% tags=["nbval-ignore-output"]
print(f"period 16: loss {own[0]:.2f}, score {own[1]:.2f}")
print(f"period 19: loss {other[0]:.2f}, score {other[1]:.2f}")

# %% [markdown]
# One layer, a loss near 0, an “induction score” far above chance: and it has learned nothing about
# words. It looks back fifteen places, *whatever stands there*. The score was right about where it
# looks, and wrong about why, because on that text two explanations gave the same map. So: a score
# is as good as the text that it is taken on. Random periods tell the two apart.

# %% [markdown]
# ## How this compares with other tools
#
# What bertviz and Transformer Explainer show, what this explorer adds, and where they are ahead.

# %% [markdown]
# ## 7 · What you have seen
#
# - Rows are queries, columns are keys, and row $q$ serves the prediction of token $q+1$.
# - A pattern is a definition with a score, on a text that can show it, above uniform and random
#   heads: previous token, first token, duplicate, induction, binding.
# - A weight says how much is taken, not how much there is to take: sinks take half of all weight
#   and fetch nearly nothing.
# - Maps are hypotheses. Silence the head, cut the edge, and do it to all that share the work. Ranks
#   of weights and effects agree in some heads and not in others, and two maps may do the same.
# - The logit lens reads the stream layer by layer; rollout follows weights and is fooled by sinks.
# - Induction heads are born together with a cliff in the loss, and need two layers and random
#   periods.

# %%
progress("10")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>In the row of “Paris” a head puts all its weight on “France”. Does the map show
# why the model wrote “Paris”?</summary>No. The row of “Paris” serves the prediction of what comes
# after it. Look at the row before.</details>
#
# <details><summary>A head's weight on the first token is 0.9 on every text. Is the first token
# important?</summary>Probably not to this head: it is a sink. Look at the length of the value
# there, and cut the looks: if nothing changes, nothing was fetched.</details>
#
# <details><summary>You silence a head, and the loss does not change. Is the head without use?
# </summary>On this text, alone: yes. Others may do the same work (silence them together), and other
# texts may need it.</details>
#
# <details><summary>A row of 200 keys, head width 64. Is there another row with the same output?
# </summary>Nearly always: 65 conditions for 200 numbers leave many free, as long as enough weights
# are not 0.</details>
#
# <details><summary>Someone reports an induction score of 0.8 for a model of one layer. What do you
# ask?</summary>On which text? With a fixed period a look at a fixed distance gives the same score.
# </details>
#
# <details><summary>The logit lens shows nonsense after block 2. Does the model know nothing yet?
# </summary>That does not follow. Blocks 3 and up may read what the output layer cannot.</details>
#
# **Take it further.** No check here. In section 4 two heads did the same work at “market”. Take
# fifty stories: how often can either go, how often both? Is there a third that steps in when both
# are silent (Wang et al. 2022 found such *backup heads* in GPT-2)? Put your finding into one
# sentence, one picture, and one test that could have refuted it.
#
# **Read next.**
#
# - Elhage et al. (2021), *A Mathematical Framework for Transformer Circuits*, and Olsson et al.
#   (2022), *In-context Learning and Induction Heads*.
# - Jain and Wallace (2019), *Attention is not Explanation*; Wiegreffe and Pinter (2019), *Attention
#   is not not Explanation*; Brunner et al. (2020), *On Identifiability in Transformers*.
# - Michel et al. (2019), *Are Sixteen Heads Really Better than One?*; Wang et al. (2022),
#   *Interpretability in the Wild*, on GPT-2 small.
# - Xiao et al. (2023), *Efficient Streaming Language Models with Attention Sinks*; Abnar and
#   Zuidema (2020), *Quantifying Attention Flow in Transformers*; nostalgebraist (2020),
#   *Interpreting GPT: the Logit Lens*; Belrose et al. (2023), *Eliciting Latent Predictions with
#   the Tuned Lens*; Feng and Steinhardt (2023), *How do Language Models Bind Entities in Context?*
# - In the package: `aigc_lab/model/probe.py`, `heads.py` and `trust.py`. Then notebook 11, from GPT
#   to ChatGPT.
