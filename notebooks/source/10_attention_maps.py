# ---
# jupyter:
#   aigc_lab:
#     minutes: 1.8
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
# so; therefore every cell runs from the start, and you may do the exercises in any order. What
# reaches your functions are NumPy arrays, lists of ids too. (Only NumPy and PyTorch are needed.)

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
powers = np.exp(scores[1, :2])
print("has:", (powers / powers.sum()).round(2))

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
# (The colours are stretched at the pale end, so that small weights can be seen: read them off the
# bar.)
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
# Stripes at one, two, three and four places back, each more blurred than the one before. (That is
# no miracle here: these four heads were *made* to begin their training like that. Section 6 shows
# how looking back arises by itself.) And all layers at a glance:

# %%
from aigc_lab.viz.layers import layers_grid

layers_grid(maps, title="All heads, on the whole story")

# %% [markdown]
# From here on you want to look for yourself. The **explorer** shows one head as a map or as arcs
# (a line for each look, the wider the more weight; the faintest are left out), all heads as a grid,
# and the flow through all layers. Point at a token to see where it looks, what the model predicts
# there, and what happens to that prediction if this head is silenced (section 4; `effects=True`
# measures that for all heads beforehand). Arrow keys work too.
#
# What it shows is a *scene*: one text as one model reads it. A notebook that is not running shows a
# picture instead, the first one below; run the cell, and the explorer itself stands under it.
#
# Heads are named by layer and number, both counted from 0: **1.0** is layer 1, head 0. Here it is:

# %%
from aigc_lab.viz.explorer import Explorer, scene_of

last = len(ids) - 3  # the “the” after which the answer comes
scene = scene_of(town.model, town.tokenizer, STORY, "bundled checkpoint", effects=True)
explorer = Explorer(scene, view="arcs", layer=1, head=0, query=last)
explorer.show()

# %% [markdown]
# Where the answer is about to come, this head looks back at the two places where Emma has been, and
# more at the later one, “market”, which is right. A model that points at where it found its answer!
# Keep that picture in mind; section 4 tests it, and the test has a surprise.
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
# Every model that is here, on the same text, a scene each; the list at the top changes between
# them. Don't be disappointed by a small model of your own: its heads may have learned other things,
# or little.

# %% tags=["nbval-ignore-output"]
scenes = [scene_of(*model, STORY, name) for name, model in models.items()]
Explorer(scenes, view="arcs", layer=1, query=last).show()

# %% [markdown]
# **Break it: read the wrong row.** Who is responsible for “market”? Ask the row of “the” before it,
# and the row of “market” itself, in the head with the beautiful arc:

# %%
predicted = record(town.model, torch.tensor([ids])).logits[0].argmax(-1)
for query in (last, last + 1):
    key = maps[1, 0, query].argmax()
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
# We take two comparisons: a head that looks at everything alike (*uniform*: in row $q$ each of the
# $q+1$ keys gets $1/(q+1)$), and a model of the same shape with random weights, which has learned
# nothing.

# %%
from aigc_lab.model import heads
from aigc_lab.model.gpt import GPT
from aigc_lab.viz.arrays import array_maps

torch.manual_seed(0)
newborn = GPT(town.model.config).eval()
newborn_maps = maps_of(newborn, ids)
layers_grid(newborn_maps, title="The same shape, random weights")

# %% [markdown]
# A newborn head looks at everything nearly alike: the rows fade as they get longer, and that is
# all. So the two baselines often agree. Of many newborn heads the best is a little above uniform,
# by luck. How much above is worth believing? Twice as much is little; ten times is a lot.
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
    return array_maps(found, row_name="layer", column_name="head", title=title, top=1)


score_maps(heads.previous_token_score, "Previous-token score")

# %% [markdown]
# (The colour scale goes from 0 to 1, the most that a score can be.) One head is at nearly 1, the
# others at chance or below. (“Random weights” is a newborn made in the ordinary way. This model's
# own beginning had the stripe built in, so the picture shows that training *kept* it, not that
# training found it.) What is such a head good for? It copies to each token the news of who stood
# before it. You will see who needs that.
#
# ### The first token: a sink
#
# Look at layers 1 and 2 in the grid of all heads: a dark first column. Their queries look at the
# very first token, “Story”, whatever they are. The score is the mean of `weights[q, 0]` over the
# queries $q = 1 … T-1$ (query 0 has no choice):

# %%
score_maps(heads.first_token_score, "First-token score")

# %% [markdown]
# Up to half of all weight! Is “Story” so important? Softmax makes every row add up to 1,
# so a head that finds nothing of interest must still look *somewhere* (notebook 03). A token where
# nothing is to be had is a good place for that: an **attention sink** (Xiao et al. 2023). What is
# there to be had? Weights mix *values*, so look at how long those are. (`trace.residual[layer]` is
# what block `layer` reads: the states before it.)

# %%
trace = record(town.model, torch.tensor([ids]))


def values_of(layer, head):
    """What each token of the story offers to a head of town, (T, D)."""
    block = town.model.h[layer]
    with torch.no_grad():
        return block.attn.heads(block.ln_1(trace.residual[layer]))[2][0, head].numpy()


for layer, head in ((1, 0), (1, 2), (2, 0)):
    lengths = np.linalg.norm(values_of(layer, head), axis=-1)
    print(f"layer {layer}, head {head}: the first token's value {lengths[0]:.1f} long, "
          f"the others' {lengths[1:].mean():.1f}")  # fmt: skip

# %% [markdown]
# Little: the strongest columns of the picture fetch values a third to rather more than half as long
# as the others. A weight tells how much of a value is taken, not how much the value holds. (Nor
# does length alone say what it is worth; section 4 tests it by cutting.)
#
# ### Duplicates, and what came after them
#
# The next two patterns need repetition. So we let words repeat that have nothing to do with each
# other: then there is no grammar to help, and who knows the next word must have looked back. (Each
# is one token of our model. A model that cuts some of them in pieces gets its own choice, below.)

# %%
from aigc_lab.text.repeats import repeated_ids

words_of_town = """Mia Tom Anna David Lily Jack Emma Leo Rose Sam Lucy Max Nina Paul Sara Adam Ruth
    Hugo Vera Noah garden kitchen school park market library station hospital bakery river bridge
    museum red blue green yellow white black ball book key lamp cup map hat bell coat drum box one
    two three four five soup pie cake Monday Tuesday Wednesday Thursday Friday Saturday Sunday"""
WORDS = words_of_town.split()
PERIOD = 10


def echoed(seed):
    """Ten words drawn by chance, said twice and nearly half of a third time."""
    drawn = repeated_ids(24, len(WORDS), np.random.default_rng(seed), PERIOD)
    return [WORDS[id] for id in drawn]


def first_ids(words):
    """Each word's first token in the tokenizer of town, (T,)."""
    return np.array([town.tokenizer.encode(" " + word)[0] for word in words])


echo = echoed(seed=0)
print(" ".join(echo))
echo_ids = first_ids(echo)
print("one token each:", town.tokenizer.decode(echo_ids.tolist()) == " " + " ".join(echo))

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
row_3 = np.array([0.2, 0.6, 0.1, 0.1, 0.0])
row_4 = np.array([0.1, 0.1, 0.7, 0.1, 0.0])
print("induction", np.mean([row_3[1], row_4[2]]).round(2))
print("duplicate", np.mean([row_3[0], row_4[1]]).round(2))

# %% [markdown]
# ### Your turn: `induction_score`
#
# A map `weights` (T, T) and the `ids` (T,) of its text come in, both arrays. For each query $q$
# whose token stood before: find *all* earlier places $p < q$ of the same token, and add up the
# weights on the places $p + 1$, the ones just after them. If $p + 1$ is $q$ itself (the same word
# twice in a row), leave that weight out: a head that looks at itself finds nothing. (If no place is
# left, the sum is 0, and counts.)
#
# The score is the mean of these sums over those queries. Queries whose token is new have no part in
# it; at least one token stands twice.


# %%
@exercise
def induction_score(weights, ids):
    """How much a head looks just after its token's earlier places: (T, T), (T,) -> a number."""
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
# Two induction heads, 1.0 and 1.2. The first of them, on these words: from the second time round,
# most words look at the place just after their earlier one, nine back where the words repeat every
# ten.

# %%
attention_map(echo_maps[1, 0], echo, title="layer 1, head 0")

# %% [markdown]
# Is that luck of the draw? Twenty other draws of ten words, each head's mean:

# %%
draws = [first_ids(echoed(seed)) for seed in range(1, 21)]
each_draw = np.array([heads.induction_score(maps_of(town.model, ids_), ids_) for ids_ in draws])
mean_score = each_draw.mean(axis=0)  # (L, H)
print(f"1.0: {mean_score[1, 0]:.2f}, 1.2: {mean_score[1, 2]:.2f}, "
      f"the best of the others: {np.sort(mean_score.ravel())[-3]:.2f}")  # fmt: skip

# %% [markdown]
# Our row is one of the better ones, and the two heads stand out on the others as well. (Nobody set
# their weights, but this model was led to them: in the first 300 steps of its training most rows
# said a piece of text, or random tokens, over and over. The stories then gave such heads work to
# do, since they repeat names and places.)

# %% [markdown]
# And the duplicate score, for which the package has a function too:

# %%
score_maps(partial(heads.duplicate_token_score, ids=echo_ids), "Duplicate-token score", echo_panels)

# %%
for name, its_maps in echo_panels.items():
    duplicates = heads.duplicate_token_score(its_maps, echo_ids)
    induced = heads.induction_score(its_maps, echo_ids)
    print(f"{name}: the best head {duplicates.max():.2f}, of induction {induced.max():.2f}")

# %% [markdown]
# A pattern that is *not* found is a finding as well. The best head is a little above a uniform one
# and the luckiest newborn, and nowhere near what induction has: no head of this model is *for*
# duplicates.

# %% [markdown]
# ### Whose name is it? Binding in Town
#
# “Question: Where is Emma?” To answer, the question's *Emma* must be tied to the Emma of the story:
# **binding** (Feng and Steinhardt 2023). Does the name in the question look back at where it was
# mentioned last? `bindings` picks stories with such a question. One of them:

# %%
from aigc_lab.generation.binding import binding_scores, bindings, uniform_binding_score

one = bindings(town.tokenizer, 1)[0]
print(one.text)
spelled = [town.tokenizer.token_bytes(id).decode() for id in one.ids]
print(f"\nfrom {one.query}, “{spelled[one.query].strip()}”, to {one.key}, "
      f"“{spelled[one.key].strip()}”: the token after the last mention")  # fmt: skip

# %% [markdown]
# (Her last mention need not tell where she is, as here: that stood in an earlier sentence.)
#
# Why to the token *after* the name? A name cannot know what follows it. Neither can the token after
# it, but that one carries a note, “before me stood this name”, written by the previous-token head;
# and such a note can be searched for.
#
# A weight there would not prove much by itself. It needs two rivals: the mention of *somebody else*
# (a head that likes names would look there too), and the *earlier* mentions of the same name (a
# head that finds the name anywhere would look there just as much). And there is a second place to
# ask from: just before the place in the answer, “Emma is at the …”, back to the place where she was
# said to be last. There the rivals are the places where she was before, and where others are.


# %%
def looks_back(model, seek, language="english"):
    """Of some stories the mean weights on the last and on the rivals, (L, H) each; and uniform."""
    asked = [b for b in bindings(town.tokenizer, 100, language, seek=seek) if b.earlier]
    weights = {
        "the last": binding_scores(model, asked),
        "each earlier": binding_scores(model, asked, earlier=True),
        "somebody else's": binding_scores(model, asked, rival=True),
    }
    return weights, uniform_binding_score(asked)


def tell(found, even):
    """The weights of heads 1.0, 1.2 and 3.2, a line each."""
    for head in ((1, 0), (1, 2), (3, 2)):
        told = [f"{name} {weights[head]:.2f}" for name, weights in found.items()]
        print(f"{head[0]}.{head[1]}:", ", ".join(told), f"(uniform {even:.2f})")


by_name, even = looks_back(town.model, "mention")
print("from the question's name:")
tell(by_name, even)

# %% [markdown]
# A surprise. Heads 1.0 and 1.2, the induction heads of above, look at the token after the last
# mention far more than chance, and never at a stranger's. But they look at the *earlier* mentions
# about as much. So this is induction (find where my token stood before, look one further), and
# induction does not care which time was the last. Without the second rival we should have called it
# binding. (Head 3.2 stands there for what comes next: it hardly looks at anybody's mention.) Now
# from just before the answer:

# %%
by_place, even = looks_back(town.model, "place")
print("from just before the place in the answer:")
tell(by_place, even)

# %%
born, _ = looks_back(newborn, "place")
shown_here = by_place | {"the last, random weights": born["the last"]}
array_maps(shown_here, None, None, "layer", "head", "From just before the answer to the place of …")

# %% [markdown]
# There the same two heads look at the place where the person was *last* said to be, about three
# times as much as at each place of before, and hardly at anybody else's. A third one does so too,
# two layers further up: 3.2, which knows no induction. Three heads for one job; remember that. So
# the question's name does look back, but at all of its mentions. The last one is chosen when the
# answer needs it. (Section 4 tests that with a cut.) And in Chinese, where the same worlds are told
# in other words?

# %%
tell(*looks_back(town.model, "place", language="chinese"))

# %% [markdown]
# The same three heads, and much the same numbers: the look does not depend on the language.
#
# ### The hunt, in every model
#
# All five scores as one function, over all models that are here. Beside each model's best head
# stands the best one of a random model of its shape: of many heads, some look good by luck. The
# repeated words are, for each model, those of ours that are one token for it.


# %%
def single_tokens(tokenizer):
    """The ids of those of our words that are one token here."""
    spelled = [tokenizer.encode(" " + word) for word in WORDS]
    return np.array([ids[0] for ids in spelled if len(ids) == 1])


def hunt(model, tokenizer):
    """Five scores for each head, (L, H) each: three on stories, two on repeated words."""
    asked = bindings(tokenizer, 12, seek="place", longest=model.config.block_size)
    stories = [(maps_of(model, b.ids), b.ids) for b in asked]
    single, draw = single_tokens(tokenizer), np.random.default_rng(0)
    rows = [single[repeated_ids(40, len(single), draw)] for _ in range(4)]
    echoes = [(maps_of(model, row), row) for row in rows]
    return {
        "previous token": np.mean([heads.previous_token_score(m) for m, _ in stories], axis=0),
        "first token": np.mean([heads.first_token_score(m) for m, _ in stories], axis=0),
        "duplicate": np.mean([heads.duplicate_token_score(m, i) for m, i in echoes], axis=0),
        "induction": np.mean([heads.induction_score(m, i) for m, i in echoes], axis=0),
        "binding": binding_scores(model, asked),
    }


# %% tags=["nbval-ignore-output"]
lines = ["| model | pattern | best head | its score | best of random weights |", "|" + "---|" * 5]
for name, (model, tokenizer) in models.items():
    torch.manual_seed(0)
    by_luck = hunt(GPT(model.config).eval(), tokenizer)
    for pattern, score in hunt(model, tokenizer).items():
        layer, head = np.unravel_index(score.argmax(), score.shape)
        lines.append(f"| {name} | {pattern} | {layer}.{head} | {score.max():.2f} "
                     f"| {by_luck[pattern].max():.2f} |")  # fmt: skip
Markdown("\n".join(lines))

# %% [markdown]
# Take GPT-2, if it is there, and compare: heads that look one back, sinks and induction heads are
# found in it too, as in most GPTs that have been looked at. In which layers? And a model of your
# own: which of its scores are above what luck gives? Induction may well be missing. In section 6 it
# comes only when there is reason enough to learn it.
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
# The entropy of each row of a map, an array of T numbers, in nats. Weights of 0 add 0; there is
# never a nan. (A warning of NumPy's about `log` is no mistake, but can be avoided.)


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
even = np.exp(heads.attention_entropy(heads.uniform_weights(len(ids))).mean())
print(f"a uniform head looks at {even:.0f} keys, in the typical row of this story")


# %%
def keys_seen(maps):
    """e to the mean entropy: at how many keys a head looks, typically."""
    return np.exp(heads.attention_entropy(maps).mean(axis=-1))


score_maps(keys_seen, "At how many keys each head looks")

# %% [markdown]
# (Dark means spread here.) The heads that look one and two places back are the sharpest; those that
# look three and four back and the two induction heads follow. The higher layers look around, with
# an exception here and there.
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
# The package does this inside a running model: `with ablate_heads(model, [(layer, head)])` (to
# *ablate* is to take away). Layer 1 of our model, with your function and with the package's:

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
# Now to the picture of section 1. Where “market” is about to be predicted, three heads look back at
# the earlier “market”: those that bind, 1.0, 1.2 and 3.2. How much do they matter for the answer?

# %%
answer = tokens.index(b" market")


def answer_without(tool, places):
    """The loss of the answer while something is taken away, and what the model then says."""
    with tool(town.model, places), torch.no_grad():
        chances = town.model(torch.tensor([ids]))[0, last].softmax(-1)
    said = town.tokenizer.decode([int(chances.argmax())]).strip()
    return -chances[ids[last + 1]].log().item(), said


print(f"as it is: {answer_without(ablate_heads, [])[0]:.2f} nats")
trio = [(1, 0), (1, 2), (3, 2)]
for silenced in (trio[:1], trio[1:2], trio[2:], trio[:2], trio, [(1, 0), (0, 2)]):
    weight = " and ".join(f"{maps[layer, head, last, answer]:.2f}" for layer, head in silenced)
    names = " and ".join(f"{layer}.{head}" for layer, head in silenced)
    nats, said = answer_without(ablate_heads, silenced)
    print(f"without {names} (weight on “market” {weight}): {nats:.2f} nats, it says “{said}”")

# %% [markdown]
# Read this twice. A head that puts most of its weight on the answer can be silenced, **and nothing
# happens**. Its partner in the same layer goes too, and still nothing: a third is there. Silence
# all three, and the answer is in doubt, though not lost ($e^{-0.6}$ is a chance of about one half).
# No map told that, and neither did silencing one head at a time, nor this pair: redundancy hides
# causes from both.
#
# The last line is a warning. Head 0.2 hardly looks at “market” at all, and silencing it along with
# 1.0 costs nearly as much as all three. Silence takes away *all* that a head does, in all rows, and
# not just the arc that we were asking about. Further down you build a finer tool, and it will give
# another answer.
#
# ### What the map suggests, and what silencing shows
#
# One example proves little. Is there a *rule*: the higher a head's score, the more its silence
# costs? We need a measure of whether two lists put the heads into the same order: **Spearman's rank
# correlation**. Replace each number by its rank (the smallest has rank 1), and take the ordinary
# correlation of the ranks: 1 for the same order, −1 for the opposite one, about 0 for none. Only
# order counts, so no single huge number can decide it. With $a, b$ the ranks of $x, y$:
#
# $$r = \frac{\sum_i (a_i - \bar a)(b_i - \bar b)}
# {\sqrt{\sum_i (a_i - \bar a)^2 \sum_i (b_i - \bar b)^2}} .$$
#
# By hand: $x$ = 0.1, 0.7, 0.3 has the ranks 1, 3, 2, and $y$ = 5, 6, 9 has 1, 2, 3. Their mean is
# 2, so the distances from it are −1, 1, 0 and −1, 0, 1: $r = (1 + 0 + 0)/\sqrt{2 · 2} = 0.5$.

# %%
a, b = np.array([1, 3, 2]) - 2, np.array([1, 2, 3]) - 2
print("r =", (a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))

# %% [markdown]
# **Ties** share the mean of the ranks that they take up: 2, 5, 2, 8 has the ranks 1.5, 3, 1.5, 4.
#
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
pictured = {"induction score": suggested / suggested.max(), "cost of silence": shown / shown.max()}
array_maps(pictured, None, None, "layer", "head", "Each as a share of its largest")

# %%
two, four = np.argsort(-suggested, axis=None)[:2], np.argsort(-shown, axis=None)[:4]
print("the two best induction heads are among the four that matter most:", set(two) <= set(four))
with ablate_heads(town.model, [np.unravel_index(place, (6, 6)) for place in two]):
    without = position_losses(town.model, echo_ids)[PERIOD:].mean()
    still = position_losses(town.model, echo_ids)[: PERIOD - 1].mean()
print(f"without both, the second time costs {without:.0f} nats, the first time {still:.0f}")
print(f"without head 0.0 alone, the second time costs {second + shown[0, 0]:.0f} nats")

# %% tags=["nbval-ignore-output"]
ten = np.argsort(-suggested, axis=None)[:10]
of_ten = rank_correlation(suggested.ravel()[ten], shown.ravel()[ten])
of_all = rank_correlation(suggested.ravel(), shown.ravel())
print(f"rank correlation: the ten highest scores {of_ten:.2f}, all 36 {of_all:.2f}")
print(f"silencing {(abs(shown) < 0.2).sum()} of the 36 moves the loss by less than 0.2 nats, "
      f"silencing 0.0 by {shown[0, 0]:.1f}")  # fmt: skip

# %% [markdown]
# At the top the map was right. This model knows the second time only half way, but all that it
# knows there, it knows by its two best induction heads: without them the second time is as hard as
# the first, and the first about as hard as before, so just what they are for is gone. Among the ten
# highest scores the two orders are much alike. Yet over all 36 heads there is no common order
# (about 0), for two reasons:
#
# - Far down, both lists are noise: scores near chance, costs near 0. Ranks count noise like news.
# - One head ranks low in one list and high in the other: the previous-token head has an induction
#   score near 0, **and most of induction dies without it**. It writes onto each word who stood
#   before it, and that is what an induction head searches for. (So does the fourth of the four that
#   matter most, 0.1, for the word two before.) A map shows one step. A model works in several.
#
# Silence that one head, and look again at what 1.0 and 1.2 do: induction, and the two looks back of
# section 2, from the name and from just before the answer. And for comparison, silence the two
# heads that look three and four back:

# %%
by_seek = {seek: bindings(town.tokenizer, 20, seek=seek) for seek in ("mention", "place")}
for silenced in ([], [(0, 0)], [(0, 2), (0, 3)]):
    with ablate_heads(town.model, silenced):
        induced = heads.induction_score(maps_of(town.model, echo_ids), echo_ids).max()
        name, place = (binding_scores(town.model, some).max() for some in by_seek.values())
        others = binding_scores(town.model, by_seek["place"], rival=True).max()
    names = " and ".join(f"{layer}.{head}" for layer, head in silenced) or "no head"
    print(f"{names} silent: induction {induced:.2f}, from the name {name:.2f}, "
          f"before the answer {place:.2f} (at somebody else's place {others:.2f})")  # fmt: skip

# %% [markdown]
# Without the notes of 0.0 induction is gone, and so is the look back from the name, which was
# induction. The look from before the answer is only weakened: it must live on other notes as well.
# On those of 0.2 and 0.3? Without them it is weakened too, and strays to other people's places. We
# come back to them.

# %% [markdown]
# The same in every model that is here. Does each have induction heads, and does the second time
# cost more without its best two than without two others?


# %%
def test_induction(model, tokenizer):
    """On words said twice: the loss, and the second time without some heads."""
    single = single_tokens(tokenizer)
    row = single[repeated_ids(24, len(single), np.random.default_rng(0), PERIOD)]
    score = heads.induction_score(maps_of(model, row), row)
    order = np.argsort(-score, axis=None)
    losses = {"the first time": position_losses(model, row)[: PERIOD - 1].mean()}
    for name, places in {"the second": [], "… without its best two": order[:2],
                         "… without two others": order[2:4]}.items():  # fmt: skip
        with ablate_heads(model, [np.unravel_index(place, score.shape) for place in places]):
            losses[name] = position_losses(model, row)[PERIOD:].mean()
    return losses


tested = test_induction(town.model, town.tokenizer)

# %% tags=["nbval-ignore-output"]
for name, (model, tokenizer) in models.items():
    print(name, {what: f"{loss:.1f}" for what, loss in test_induction(model, tokenizer).items()})

# %% [markdown]
# Is the second time no easier than the first in a model of yours? Then it has no induction heads,
# and its “best two” are the best of none: silencing them tells nothing.

# %% [markdown]
# ### Cut one edge
#
# Silencing a head is a hammer. A finer tool takes away a single look, one query at one key: an
# **edge**. The weight becomes 0, and what is left of the row is scaled up to a sum of 1, as if that
# one key had been hidden. By hand, row ½, ⅛, ⅜ with key 0 cut: 0, ⅛, ⅜ add up to ½, so divide by
# that:

# %%
left = np.array([0.5, 0.125, 0.375])
left[0] = 0
print(left, "->", left / left.sum())

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
# ### A silent head abstains, a cut head votes
#
# Now cut the beautiful arc itself, one edge of one head, and compare with silencing that head in
# all rows. The cut takes away less. What do you expect?

# %%
arcs = [(*head, last, answer) for head in trio]
for which in (slice(0, 1), slice(1, 2), slice(2, 3), slice(0, 2), slice(0, 3)):
    names = " and ".join(f"{layer}.{head}" for layer, head in trio[which])
    silent = answer_without(ablate_heads, trio[which])
    cut = answer_without(block_edges, arcs[which])
    print(f"{names}: silenced {silent[0]:.2f} nats and “{silent[1]}”, "
          f"only the arc cut {cut[0]:.2f} nats and “{cut[1]}”")  # fmt: skip

# %% [markdown]
# Cutting *less* does far *more*. No single arc decides, as no single head does. But without those
# of 1.0 and 1.2 the answer is wrong, where both heads could be silent for nothing. How come? Look
# at what is left of those rows:

# %%
school = tokens.index(b" school")
with block_edges(town.model, arcs[:2]):
    lying = maps_of(town.model, ids)
for head in (0, 2):
    print(f"1.{head} looks at “school”: {maps[1, head, last, school]:.2f} as it is, "
          f"{lying[1, head, last, school]:.2f} with the arc cut")  # fmt: skip
votes = [(1, 0, last, school), (1, 2, last, school)]
nats, said = answer_without(block_edges, [*arcs[:2], *votes])
print(f"both arcs cut and “school” hidden from both too: {nats:.2f} nats and “{said}”")

# %% [markdown]
# A silenced head *abstains*, and the others carry the answer. A head whose arc is cut does not
# abstain: the rest of its row is scaled up, and it now *votes* for “school”. (1.2 leaned that way
# before, with 0.56 against 0.42; now it is all for it.) One such vote loses against two, two of
# them win against one. Take their vote for “school” away too, and the answer is right again: not
# the missing “market” did the harm, but the wrong vote. Silence had told us that these two heads do
# not matter.
#
# Two interventions, two answers to “does it matter?”, and neither is *the* right one. Say which one
# you made. And is it these arcs, or would any cut in that row do such harm? All three heads, and
# each other key in turn:

# %%
elsewhere = [
    answer_without(block_edges, [(*head, last, key) for head in trio])[0]
    for key in range(last + 1)
    if key != answer
]
print(f"the worst of the other {len(elsewhere)} keys costs {max(elsewhere):.2f} nats")

# %% [markdown]
# None. It is the look at “market”.
#
# ### One row earlier
#
# Which heads does the answer hang on most, by silence? And what do they look at in that row?

# %%
costs = effects[:, :, last]
for place in np.argsort(-costs, axis=None)[:2]:
    layer, head = np.unravel_index(place, costs.shape)
    key = maps[layer, head, last].argmax()
    nats, _ = answer_without(block_edges, [(layer, head, last, key)])
    print(f"head {layer}.{head}: silenced {costs[layer, head]:.1f} nats; it looks {last - key} back"
          f" at “{tokens[key].decode().strip()}”, and that look cut: {nats:.1f}")  # fmt: skip

# %% [markdown]
# Head 0.3 is needed, and what it looks at here, four places back, a colon, is not. Did the hammer
# break something that it was not aimed at? No: *we* read the wrong row, as in section 1. Layer 1
# looks at “market”. So what was written onto “market”, one layer earlier?

# %%
museum = tokens.index(b" museum")
for place in (answer, museum):
    nats, said = answer_without(block_edges, [(0, 3, place, place - 4)])
    print(f"0.3 from “{tokens[place].decode().strip()}” to “{tokens[place - 4].decode().strip()}”: "
          f"weight {maps[0, 3, place, place - 4]:.2f}, cut {nats:.1f} nats, "
          f"it says “{said}”")  # fmt: skip

# %% [markdown]
# There it is. Head 0.3 notes on “market” who stood four places back: *Emma*. Take that one note
# away, and “school” is the only place left with Emma's name on it; the model says so. The note of
# “museum”, Leo's, does not matter. By this note the three heads above find “market”. (Head 0.2, in
# turn, looks three back from the last “the”, at who is asked for. It looks like the other half of
# the chain; but that look can be cut for nothing. A handsome guess, refuted.)
#
# A map of one head shows one link. The explanation is the chain: find it backwards, link by link,
# and cut each.
#
# But this is one story. Does the arc hold in twenty others? They have more places: where the person
# was last, where they were before, where others are. Hide each kind from the three heads, and see
# what the model writes:


# %%
def written(story, key):
    """The place that is written when heads 1.0, 1.2 and 3.2 may not look at one key."""
    looks = [(*head, story.query, key) for head in trio]
    with block_edges(town.model, looks), torch.no_grad():
        return int(town.model(torch.tensor([story.ids]))[0, story.query].argmax())


asked = bindings(town.tokenizer, 20, seek="place")
hidden = {
    "last place": [b.key for b in asked],
    "place before": [b.earlier[-1] for b in asked],
    "place of somebody else": [b.rival for b in asked],
}
for name, keys in hidden.items():
    new = [written(b, key) for b, key in zip(asked, keys, strict=True)]
    right = sum(id == b.ids[b.key] for id, b in zip(new, asked, strict=True))
    old = sum(id in [b.ids[k] for k in b.earlier] for id, b in zip(new, asked, strict=True))
    print(f"without the look at the {name}: right {right} of 20, a place of before {old}")

# %% [markdown]
# Cut that one look in the three heads, and in more than half of the stories the model sends the
# person back to where they were before. Cut any of the other looks, and nothing happens. That is
# binding, shown by a cut and not by a picture.
#
# ### Does the strongest look matter most?
#
# **Block the most attended edge**, everywhere. On the repeated words, for one query of the second
# round (place 14, “Adam”): in each of the 36 heads cut each edge in turn, and see how far the loss
# moves, up or down. If maps explained predictions, the edge with the largest weight would move it
# most (such heads get a tick in the right-hand picture), and the ranks of weights and effects would
# agree.

# %%
from aigc_lab.model.trust import edge_effects

ADAM = 14
edge_agreement, largest = np.zeros((6, 6)), np.zeros((6, 6))
top_is_top = np.zeros((6, 6), dtype=bool)
for layer, head in np.ndindex(6, 6):
    moved = np.abs(edge_effects(town.model, echo_ids, layer, head, ADAM))
    looked = echo_maps[layer, head, ADAM, : ADAM + 1]
    edge_agreement[layer, head], largest[layer, head] = rank_correlation(looked, moved), moved.max()
    top_is_top[layer, head] = moved.argmax() == looked.argmax()

# %%
both = {"weight and effect: rank correlation": edge_agreement, "strongest = most": top_is_top}
array_maps(both, row_name="layer", column_name="head")

# %% tags=["nbval-ignore-output"]
low, high = edge_agreement.min(), edge_agreement.max()
print(f"rank correlations from {low:.2f} to {high:.2f}, their mean {edge_agreement.mean():.2f}")
print(f"the strongest look matters most in {top_is_top.mean():.0%} of the heads")
strong = largest > 0.1
print(f"in {strong.sum()} heads some edge moves the loss by more than 0.1 nats; there the "
      f"strongest look matters most in {top_is_top[strong].mean():.0%}, in the others "
      f"in {top_is_top[~strong].mean():.0%}")  # fmt: skip

# %% [markdown]
# Neither “always” nor “never”: it depends on the head. In three heads of four the strongest look is
# the one that matters most, in the fourth it is another. The order of *all* looks agrees well in
# some heads and hardly in others, and nothing in a map says which kind of head it is from.
#
# And the sinks of section 2? They take up to half of all weight. Cut every look at the first token,
# in all six heads of layer 1 and all rows (but the first, which has no other key); and for
# comparison the strongest look at any *other* token in each row:

# %%
rows = [(1, head, query) for head in range(6) for query in range(1, len(ids))]
sink = [(*row, 0) for row in rows]
rest = [(*row, 1 + maps[row][1 : row[-1] + 1].argmax()) for row in rows]
uncut, cut_costs = position_losses(town.model, ids).mean(), {}
for name, edges in {"the sink": sink, "the others": rest}.items():
    with block_edges(town.model, edges):
        cut_costs[name] = position_losses(town.model, ids).mean() - uncut
    weight = np.mean([maps[edge] for edge in edges])
    print(f"{name}: mean weight {weight:.2f}, cutting it moves the loss by "
          f"{cut_costs[name]:+.2f} nats a token")  # fmt: skip

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
# of values and the sum 1: $D + 1$ conditions for $T$ numbers. Our heads have $D = 192/6 = 32$. In
# the last row of the story more than 50 keys may be mixed, so there are many ways left (Brunner et
# al. 2020). But no weight may fall below 0, so this takes a row that is spread, such as that of
# head 4.5. A sharp row has hardly a twin. (You may skip the code: it changes the row,
# as far as it can without a weight below 0, in directions that the sums do not feel.)


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


spread, offered = maps[4, 5, last, : last + 1], values_of(4, 5)[: last + 1]
draw = np.random.default_rng(0)
twins = [another_map(spread, offered, draw) for _ in range(30)]
twin = max(twins, key=lambda each: np.abs(each - spread).sum())
print(f"the largest weight of the row: {spread.max():.2f}")
print("the same output:", np.allclose(spread @ offered, twin @ offered, atol=1e-5))
print("more than 40% of all weight has moved:", np.abs(twin - spread).sum() / 2 > 0.4)

# %%
from aigc_lab.viz.arrays import bar_panels
from aigc_lab.viz.fonts import token_label

top = np.argsort(-np.maximum(spread, twin))[:12]
names = [f"{place}: {token_label(tokens[place])}" for place in top]
bar_panels({"what the model does": spread[top], "the same output": twin[top]}, names,
           "The twelve largest weights of either", within=(0, 0.1))  # fmt: skip

# %% [markdown]
# Both rows are valid, and nothing after this head can tell them apart. So of a spread row no single
# weight is *the* reason for what follows. (The sharp rows of layer 1 are safer ground.)
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
    "the sinks of layer 1 can be cut for less than 0.02 nats": abs(cut_costs["the sink"]) < 0.02,
    "of three heads that look at it, any can be silent": max(costs[head] for head in trio) < 0.1,
    "their looks at it, cut, turn the answer": answer_without(block_edges, arcs)[1] == "school",
    "the head that matters most looks at no meaning, one token back": most == (0, 0),
    "on repeated words, no induction heads, no prediction": without > first - 1,
}
for sentence, holds in verdict.items():
    print(f"{holds!s:5} {sentence}")

# %% [markdown]
# **Verdict: not by themselves.** A map is a *hypothesis* about where information comes from. It is
# an explanation when
#
# 1. the pattern has a definition and beats uniform and random heads;
# 2. taking just that away, from all heads that share it, changes just what it should serve;
# 3. taking something else of the same size away does not.
#
# Three of ours, by these rules (losses in nats):


# %%
def as_table(header, *rows):
    """Lists of texts as a Markdown table."""
    return Markdown("\n".join(f"| {' | '.join(row)} |" for row in (header, ["---"] * 4, *rows)))


even = heads.uniform_weights(len(ids))
as_table(
    ["pattern", "1: weight or score, and uniform", "2: without it", "3: without something else"],
    ["1.0 and 1.2 on repeated words",
     f"{suggested.max():.2f}, {heads.induction_score(heads.uniform_weights(24), echo_ids):.2f}",
     f"silenced: {second:.0f} → {without:.0f}",
     f"two others: {tested['… without two others']:.0f}"],
    ["layer 1 at the sink", f"{maps[1, :, 1:, 0].mean():.2f}, {heads.first_token_score(even):.2f}",
     f"cut: {cut_costs['the sink']:+.2f}", f"the next key: {cut_costs['the others']:+.2f}"],
    ["1.0, 1.2 and 3.2 at “market”",
     f"{np.mean([maps[arc] for arc in arcs]):.2f}, {even[last, answer]:.2f}",
     f"cut: 0 → {answer_without(block_edges, arcs)[0]:.0f}, "
     f"silenced: {answer_without(ablate_heads, trio)[0]:.1f}", f"other keys: {max(elsewhere):.0f}"],
)  # fmt: skip

# %% [markdown]
# The induction heads pass all three. The sink fails the second. The arcs at “market” pass as well,
# by cutting; by silence, one head at a time or both of layer 1, they would have failed. Silence
# said that any of them can go, the cut that they decide together, and both are true.
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
# (Lengths on a logarithmic scale. On the left, 0 is the embedding and $n$ the state after $n$
# blocks; on the right, $n$ is block $n$.)
#
# The stream of the others grows. The sink has a history of its own: block 0 makes the state of the
# first token very long at once, blocks 1 to 3 leave it at that, and the last two take nearly a
# third of it down again. It looks as if made for parking.
#
# ### The logit lens
#
# At the end the model reads the stream: last norm, then the table of tokens, and out come logits.
# Nothing prevents us from reading *earlier* states in the same way: what would the model say if it
# had to stop after this block? That is the **logit lens** (nostalgebraist 2020):
#
# $$\text{logits}_l = \text{LayerNorm}(x_l)\, W_E^\top ,$$
#
# with $x_l$ the states after $l$ blocks and $W_E$ the table of tokens, `wte` in our `GPT`.
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
# `residual` (L+1, T, C) are all states. `scale` and `shift` (C,) are what the last norm multiplies
# by and adds (PyTorch calls them `weight` and `bias`), `eps` is what it adds to the variance under
# the root, and `wte` (V, C) is the table of tokens. Give back the logits of every state, (L+1, T,
# V): LayerNorm as in notebook 05 (the variance divides by C), then the dot product with each
# token's row.


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
favourites = lens.argmax(axis=-1)  # (L+1, T)
names = ["the embedding", *(f"block {layer}" for layer in range(6))]
lines = ["| read after |" + "".join(f"…{tokens[p].decode()} |" for p in places), "|---" * 5 + "|"]
for name, says in zip(names, favourites, strict=True):
    lines.append(f"| {name} |" + "".join(f"{town.tokenizer.decode([says[p]])} |" for p in places))
lines.append("| **right** |" + "".join(f"**{tokens[p + 1].decode().strip()}** |" for p in places))
Markdown("\n".join(lines))

# %% [markdown]
# At first each state says its own token again: the table is tied, and the stream still holds the
# embedding. Some pass through strange places (有 is “has”, and a boxed question mark is a piece of
# Chinese: this model reads both), and turn to what should come only in the upper blocks. But look
# at the last column: “market”, and that right after block 1, in which heads 1.0 and 1.2 look it up.
# How far is it, over the whole story?

# %%
logs = lens - lens.max(-1, keepdims=True)
logs = logs - np.log(np.exp(logs).sum(-1, keepdims=True))
surprise = -np.take_along_axis(logs[:, :-1], np.array(ids[1:])[None, :, None], -1)[..., 0].mean(-1)
agree = (favourites == favourites[-1]).mean(-1)
for depth, (loss, share) in enumerate(zip(surprise, agree, strict=True)):
    print(f"after {depth} blocks: loss {loss:5.1f}, same favourite as the end {share:.0%}")

# %% [markdown]
# Look for yourself, at any word and after any block. (The picture shows the last “the” after four
# blocks, beside what the end makes of it.)

# %%
from aigc_lab.viz.distributions import next_token_bars
from aigc_lab.viz.explore import explore

vocabulary = [town.tokenizer.token_bytes(id) for id in range(town.tokenizer.vocab_size)]


def lens_bars(after_blocks, place=last):
    """The likeliest next tokens that the lens reads at one place, and what the end gives them."""
    read = {f"after {after_blocks} blocks": logs[after_blocks, place], "the end": logs[-1, place]}
    likely = {name: np.exp(row) for name, row in read.items()}
    return next_token_bars(likely, vocabulary, most=6, title=f"at “{tokens[place].decode()}”")


explore(lens_bars, lens_bars(4), after_blocks=range(len(logs)), place=range(len(tokens)))

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
print("same favourite as the model:", f"{(raw[-1].argmax(-1) == favourites[-1]).mean():.0%}")
print("largest difference of a logit above 10:", np.abs(raw[-1] - lens[-1]).max() > 10)

# %% [markdown]
# Two tests of the lens. It reads “market” after block 1. Is it known there, or must layers 2 to 5
# look it up once more? Take away from the last “the” every look at “market” in those layers. And
# then, for every token, every look at anything but itself: what the model *still* says must have
# been in its state already. Does the lens read it there?

# %%
upper = [(layer, head) for layer in range(2, 6) for head in range(6)]
nats, said = answer_without(block_edges, [(*at, last, answer) for at in upper])
print(f"without looks at “market” from layer 2 on: {nats:.2f} nats, it says “{said}”")

pairs = [(query, key) for query in range(len(ids)) for key in range(query)]
for depth in (2, 4):
    alone = [(*at, *pair) for at in upper if at[0] >= depth for pair in pairs]
    with block_edges(town.model, alone), torch.no_grad():
        says = town.model(torch.tensor([ids]))[0].argmax(-1).numpy()
    still = (says == favourites[-1]).mean()
    print(f"after {depth} blocks the lens reads the end's favourite at {agree[depth]:.0%} of the "
          f"places; without a further look it is said at {still:.0%}")  # fmt: skip

# %% [markdown]
# Where the lens reads an answer early, it was right: “market” is there after layer 1. But it misses
# much. After four blocks far more is settled than it can read: those states need no more news, only
# the last two blocks, which put it into the words of the output layer. So nonsense in the lens, or
# the same token again, does not mean that nothing is known. (A *tuned lens* learns a translation
# for each layer: Belrose et al. 2023.)
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
# By hand, two tokens, two layers in which token 1 looks only at token 0. After layer 0 token 1 is ½
# token 0 and ½ itself. Layer 1 brings in another half of token 0 and keeps half of that: ½ + ¼ = ¾
# token 0, and ¼ itself.

# %%
looks = np.array([[1.0, 0.0], [1.0, 0.0]])
halved = (looks + np.eye(2)) / 2
print("after layer 0", halved[1], "after layer 1", (halved @ halved)[1])

# %% [markdown]
# ### Your turn: `rollout`
#
# `maps` (L, T, T), one map for each layer, the heads already averaged. Give back (L, T, T): the
# rollout after each layer, layer 0 first. Row $q$ says which share of token $q$'s state comes from
# which token at the bottom. What came in stays as it is. (One array comes back: `np.stack` makes
# one of a list.)


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
# layers with two heads each learns nothing but our repeated words. `RepeatBatches` draws such rows,
# and in every row the words repeat with *another period*. Only what can be known is scored: of the
# first copy, and of the second copy's first word, the targets are −100, which the loss leaves out.
# So its floor is 0.
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
# `Snapshots` keeps the weights at the steps that we want to come back to, here in memory. You can
# travel through any run of your own in the same way: give the `Trainer` of notebook 06
# `callbacks=[Snapshots(range(0, 401, 50), "runs/moments")]`, and take `model(200)` of
# `Snapshots.open("runs/moments")` afterwards.
#
# (The dials below were found by trying, so that it takes seconds. Positions are sinusoidal,
# notebook 04, and Muon is the optimizer of notebook 06.)

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
# For a long time it creeps. Then, within some sixty steps, the loss falls off a cliff. What
# happened there? Go back to the snapshots, and take two scores in each of them, on a few texts of
# different periods. And a third number: which share of its predictions goes to words that *stand in
# this text*, which is the least that one can learn?

# %%
draw = np.random.default_rng(1)
texts = [repeated_ids(48, len(WORDS), draw, period) for period in (12, 15, 19, 23)]


def share_of_seen(model, text):
    """The chance given to words that stand in the text, from the second copy on."""
    with torch.no_grad():
        chances = model(torch.tensor(text[None]))[0].softmax(-1)[24:]
    return chances[:, np.unique(text)].sum(-1).mean().item()


def growth(model):
    """The best previous-token score of layer 0, the best induction score of the last layer."""
    found = [(maps_of(model, text), text) for text in texts]
    previous = np.mean([heads.previous_token_score(m[0]) for m, _ in found], axis=0)
    induction = np.mean([heads.induction_score(m[-1], text) for m, text in found], axis=0)
    known = np.mean([share_of_seen(model, text) for text in texts])
    return {"previous-token score": previous.max(), "induction score": induction.max(),
            "share of words of the text": known}  # fmt: skip


grown = {step: growth(snapshots.model(step)) for step in snapshots.steps}
steps, losses = history.series("val_loss")

# %%
curves = {"loss, as a share of ln 64": (steps, np.array(losses) / math.log(64))}
for name in grown[0]:
    curves[name] = (snapshots.steps, [scores[name] for scores in grown.values()])
function_curves(curves, "training step", "from 0 to 1", title="The birth of an induction head")

# %%
fell = next(step for step, loss in zip(steps, losses, strict=True) if loss < losses[0] / 2)
print("induction score at the start below 0.1: ", grown[0]["induction score"] < 0.1)
print("induction score at the end above 0.9:   ", grown[400]["induction score"] > 0.9)
print("loss at the end below 0.2:              ", losses[-1] < 0.2)
print("where the loss halved, the score is above 0.3:", grown[fell]["induction score"] > 0.3)

# %% tags=["nbval-ignore-output"]
for step in (0, 140, fell, 400):
    told = ", ".join(f"{name} {score:.2f}" for name, score in grown[step].items())
    print(f"step {step}: loss {losses[steps.index(step)]:.2f}, {told}")

# %% [markdown]
# Two things are learned. First, slowly, *which* words can come: those that stand in the text. For
# that no order is needed. Then comes the cliff, and it *is* the birth of the head. (Large models
# have it too: a bump in their loss curve early in training, when their induction heads form; Olsson
# et al. 2022.)
#
# The layer below has to change along with it. Its previous-token score climbs, but only to about
# 0.3, far from the 0.97 of section 2. Where else do its two heads look, step by step back?

# %%
before_it = np.mean([
    [np.diagonal(maps_of(snapshots.model(400), text)[0], -back, axis1=1, axis2=2).mean(-1)
     for back in range(6)]
    for text in texts
], axis=0)  # fmt: skip
looked = np.vstack([before_it, 1 - before_it.sum(axis=0)])
places = [*(f"{back} back" for back in range(6)), "further"]
bar_panels({"head 0.0": looked[:, 0], "head 0.1": looked[:, 1]}, places,
           "Layer 0 after training: mean weight", within=(0, 0.5))  # fmt: skip

# %% [markdown]
# Both look at the last few words, and most at the one before; two fifths of their weight go
# to words further back. That is blurred, and enough: the note “shortly before me
# stood …” can be searched for too. Nobody asked for a clean stripe.
#
# Now travel in time: a slider over the steps, over layers and heads. The prompt is that of section
# 2. The still picture is the end of the journey.

# %%
prompt = WordTokenizer().encode(" ".join(echo))
final = maps_of(snapshots.model(400), prompt)
sharpest = int(heads.induction_score(final[1], prompt).argmax())
journey = [
    scene_of(snapshots.model(step), WordTokenizer(), prompt, str(step),
             numbers={"loss": loss, **grown[step]})
    for step, loss in zip(steps, losses, strict=True)
]  # fmt: skip
machine = Explorer(journey, axis="step", scene=len(journey) - 1, layer=1, head=sharpest)
machine.show()

# %% [markdown]
# And four moments side by side: the head that will be the better one of two.

# %%
moments = [0, 140, fell, 400]
picture = attention_grid(
    np.stack([maps_of(snapshots.model(step), prompt)[1, sharpest] for step in moments]), echo
)
for axes, step in zip(picture.axes, moments, strict=False):
    axes.set_title(f"step {step}")
picture

# %% [markdown]
# Is it the same thing as in a model that has read stories? The same prompt, word for word, in the
# small model and in the bundled checkpoint, each in its best induction head:

# %%
picture = attention_grid(np.stack([final[1, sharpest], echo_maps[1, 0]]), echo)
for axes, name in zip(picture.axes, ["small, step 400", "bundled checkpoint"], strict=False):
    axes.set_title(name)
picture

# %% [markdown]
# The same stripe, one after the earlier place of the word. The bundled model has a sink besides,
# its first column, for words that it has not met yet. And every model that is here:

# %% tags=["nbval-ignore-output"]
small = scene_of(snapshots.model(400), WordTokenizer(), prompt, "small, step 400", effects=True)
beside = [scene_of(model, tokenizer, " " + " ".join(echo), name, effects=True)
          for name, (model, tokenizer) in models.items()]  # fmt: skip
Explorer([*beside, small], view="arcs", layer=1, head=0, query=14).show()
print("beside the small one:", ", ".join(models))

# %% [markdown]
# **Test it**, as section 4 demands. The small model has four heads; silence each, and look at the
# loss from the second copy on.

# %%
mine = snapshots.model(400)
after = slice(PERIOD, None)
each_alone = head_effects(mine, prompt)[..., after].mean(axis=-1)
array_maps({"cost of silence, nats a token": each_alone}, row_name="layer", column_name="head")

# %% [markdown]
# The induction heads of layer 1 cost next to nothing! Does the model do without them? You have seen
# that before. There are two:


# %%
def loss_without(places):
    """The mean loss from the second copy on."""
    with ablate_heads(mine, places):
        return position_losses(mine, prompt)[after].mean()


rows = [WordTokenizer().encode(" ".join(echoed(seed))) for seed in range(1, 21)]
both = np.mean([heads.induction_score(maps_of(mine, row)[1], row) for row in rows], axis=0)
print("both are induction heads, on twenty other rows (above 0.9):", bool((both > 0.9).all()))
print("loss without both of layer 1 above 5:", loss_without([(1, 0), (1, 1)]) > 5)

# %% tags=["nbval-ignore-output"]
for name, places in {"all": [], "without 1.0": [(1, 0)], "without 1.1": [(1, 1)],
                     "without both": [(1, 0), (1, 1)]}.items():  # fmt: skip
    print(f"{name}: loss {loss_without(places):.1f}")


# %% [markdown]
# Two of a kind again, and silencing one alone shows nothing. (Without both the loss is above the
# $\ln 64 = 4.2$ of a blind guess: what is left points at the wrong words.) And layer 0?


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
# One layer, a loss near 0, an “induction score” far above chance. Has it learned to find words?
# Where do its heads look, counted from the query back? If they look for words, then 18 back where
# the words repeat every 19.


# %%
def by_distance(model, period):
    """The mean weight of the last layer's best head by how far back it looks, 0 to 23."""
    examined = maps_of(model, repeated_ids(48, len(WORDS), np.random.default_rng(2), period))[-1]
    rows = [np.diagonal(examined, -back, axis1=1, axis2=2)[:, 24 - back :] for back in range(24)]
    profile = np.stack([row.mean(axis=-1) for row in rows])  # (24, H)
    return np.arange(24), profile[:, profile.max(axis=0).argmax()]


def profiles(model):
    """The curves of two periods."""
    return {f"period {period}": by_distance(model, period) for period in (16, 19)}


function_curves(profiles(fooled), "places back", "mean weight", title="One layer, fixed period")

# %%
function_curves(profiles(mine), "places back", "mean weight", title="Two layers, random periods")

# %% [markdown]
# The first model looks *fifteen places back*, or sixteen, on either text: it has learned a distance
# and nothing about words. The second looks where the words tell it to, 15 back or 18. The score was
# right about where the first one looks, and wrong about why, because on that text two explanations
# gave the same map. So a score is as good as the text that it is taken on. Random periods tell the
# two apart.

# %% [markdown]
# ## 7 · What you have seen
#
# - Rows are queries, columns are keys, and row $q$ serves the prediction of token $q+1$.
# - A pattern is a definition with a score, on a text that can show it, above uniform and random
#   heads: previous token, first token, duplicate, induction, binding. And above the rivals that do
#   nearly the same.
# - A weight says how much is taken, not how much there is to take: sinks take up to half of all
#   weight, and can be cut for nothing.
# - Maps are hypotheses. Silence the head, cut the edge, and do it to all that share the work. A
#   silent head abstains, a cut one votes for what is left: say which you did.
# - Explanations are chains: what a head finds was put there by another, in another row. Ranks of
#   weights and effects agree in some heads and not in others, and two rows may do the same.
# - The logit lens reads the stream layer by layer; rollout follows weights and is fooled by sinks.
# - Induction heads are born together with a cliff in the loss. They need two layers to work, and
#   random periods to be the thing worth learning.

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
# </summary>Nearly always, if the row is spread: 65 conditions for 200 numbers leave many free. Not
# if nearly all weights are 0, since none may fall below.</details>
#
# <details><summary>Someone reports an induction score of 0.8 for a model of one layer. What do you
# ask?</summary>On which text? With a fixed period a look at a fixed distance gives the same score.
# </details>
#
# <details><summary>The logit lens shows nonsense after block 2. Does the model know nothing yet?
# </summary>That does not follow. Blocks 3 and up may read what the output layer cannot.</details>
#
# **Take it further.** No check here. In section 4 three heads looked at “market”. Take fifty
# stories: how often can one be silenced, how often all, and how many cut arcs decide? Is there a
# fourth that steps in when all three are silent (Wang et al. 2022 found such *backup heads* in
# GPT-2)? From where does the model take *who* is asked for? And which heads choose the *last* place
# of all? Put your finding into one sentence, one picture, and one test that could have refuted it.
#
# %% [markdown]
# ## How this compares with other tools
#
# Two tools that many people meet first, and what each can do: bertviz 1.4.1, by its README and its
# source, and Transformer Explainer, by its repository as it stood on 28 February 2026. In **bold**:
# where one is ahead of the others.
#
# <table>
# <tr>
# <th></th>
# <th>this explorer</th>
# <th>bertviz</th>
# <th>Transformer Explainer</th>
# </tr>
# <tr>
# <th>runs in</th>
# <td>a notebook; a page opened from disk</td>
# <td>a notebook</td>
# <td>a web page</td>
# </tr>
# <tr>
# <th>network</th>
# <td>none</td>
# <td>scripts from a CDN, each time</td>
# <td>page, fonts, and GPT-2, which the browser keeps</td>
# </tr>
# <tr>
# <th>models</th>
# <td>GPT-2's and Llama's kind</td>
# <td><b>nearly any of <code>transformers</code>, encoder-decoders too</b></td>
# <td>GPT-2 small</td>
# </tr>
# <tr>
# <th>pictures</th>
# <td>map, arcs, all heads, flow through the layers</td>
# <td>lines, <b>several heads laid over each other</b>; all heads</td>
# <td>every step from text to probabilities, <b>animated</b></td>
# </tr>
# <tr>
# <th>inside a head</th>
# <td>weights only</td>
# <td><b>queries and keys, number by number</b></td>
# <td><b>queries, keys, values, mask and softmax</b></td>
# </tr>
# <tr>
# <th>the rest of the model</th>
# <td>in these notebooks</td>
# <td>no</td>
# <td><b>explained where it stands</b></td>
# </tr>
# <tr>
# <th>a text of your own</th>
# <td>any that the model reads, through Python</td>
# <td>any, "shorter inputs" advised</td>
# <td><b>typed into the page, answered at once</b>; about a dozen words</td>
# </tr>
# <tr>
# <th>what comes next</th>
# <td>at every token; dials in a panel of their own</td>
# <td>no</td>
# <td>after the last token, with dials</td>
# </tr>
# <tr>
# <th>what a head is worth</th>
# <td><b>loss without it, at every token</b></td>
# <td>no</td>
# <td>no</td>
# </tr>
# <tr>
# <th>moments of a training run</th>
# <td><b>yes</b></td>
# <td>no</td>
# <td>no</td>
# </tr>
# <tr>
# <th>from Python</th>
# <td>selection <b>read and set</b></td>
# <td>set at the start</td>
# <td>no</td>
# </tr>
# <tr>
# <th>keeps</th>
# <td>page without a network, PNG, SVG</td>
# <td>page that needs the network</td>
# <td>no</td>
# </tr>
# </table>
#
# If you want to *see a Transformer compute*, step by step, go to Transformer Explainer. If your
# model is a BERT or a translator, take bertviz. (By its source, its page draws nothing where the
# CDN cannot be reached; that is why this explorer carries everything with it.)
#
# How long this explorer takes to load and to draw, its slowest click, and the memory it needs for
# 12 layers × 12 heads × 256 tokens are measured in a browser and recorded in
# `benchmarks/README.md`, “The attention explorer”.

# %% [markdown]
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
