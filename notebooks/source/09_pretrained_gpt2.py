# ---
# jupyter:
#   aigc_lab:
#     minutes: 2
#     memory_mb: 2000
# ---

# %% [markdown]
# # 09 · Pretrained GPT-2, in your own model
#
# Somebody else has trained a GPT at great expense and published its numbers. Your class has a place
# for each of them. Here you put them there, name by name, and prove that the model is the same.
# Then you set it beside the model that you trained yourself, and find out how to compare two
# language models without fooling yourself, which is harder than it looks.
#
# **You will be able to**
#
# - read a published checkpoint, convert it, and prove by its logits that nothing went wrong,
# - say which model a program is really using, and what it does without a network,
# - compare models that cut text differently: bits per byte, with an interval, beside a floor,
# - say what such a table does not show, and measure a part of it,
# - save what you trained so that other programs open it and write the same text.
#
# **You need** the GPT block (notebook 05), bits per byte (notebook 02), and tokens (notebook 01).
# You need neither a network nor a GPU. With a network, section 4 downloads GPT-2, about half a
# gigabyte, and on a CPU the comparison then takes some minutes more; set `DOWNLOAD` to False if you
# would rather not. **The outputs stored in this notebook are from a machine without a network:
# GPT-2 itself has no row in them.** What you will see of it once it is at hand is said at each
# place.
#
# **It takes** under two minutes and about 1 GB to run, and about three hours to read and solve.
# **Difficulty** ●●● demanding.
#
# There are seven exercises. Until you have solved one, the course's own version stands in for it
# and says so, so every cell runs from the start.

# %%
DOWNLOAD = True  # fetch GPT-2 in section 4 if it is not here yet and the network allows
SIZES = ["gpt2"]  # more: "gpt2-medium", "gpt2-large", "gpt2-xl" (1.4, 3.1, 6.2 GB), a folder
MINE = None  # a model of your own, such as "runs/my-gpt" of notebook 06; None trains a small one
MY_TEXT = None  # any file or folder of text, to examine all models on that, too
SCALE = 1  # how long to train in section 5

# %%
import json

import numpy as np
import torch

from aigc_lab.exercises import check, exercise, hint, progress
from aigc_lab.pretrained.locate import bundled_folder

# %% [markdown]
# ## 1 · What is published
#
# A **checkpoint** is a folder of files. OpenAI published the numbers of four GPT-2s in 2019, in
# TensorFlow's files; the folders that everybody opens today are those that Hugging Face made of
# them for its library `transformers`. We look into the one that comes with this course. It is
# small, and it was trained on other texts: Tiny Town, an invented world of short stories in English
# and Chinese (notebook 00), and Python's documentation. But its files are in **the format in which
# `transformers` keeps GPT-2**, name for name.

# %%
folder = bundled_folder()
print(*sorted(file.name for file in folder.iterdir()), sep="\n")

# %% [markdown]
# `config.json` says what the model looks like: how many tokens it knows, how many positions it can
# see, how many blocks, heads and features it has, and which GELU its MLPs use.

# %%
said = json.loads((folder / "config.json").read_text())
for name in ("vocab_size", "n_positions", "n_layer", "n_head", "n_embd", "activation_function"):
    print(f"{name:20} {said[name]}")

# %% [markdown]
# `model.safetensors` holds the numbers: for each tensor a name, a shape, and its numbers in a row.
# (Older checkpoints are *pickles*, which can run any program when they are opened. This format
# holds numbers and nothing else.) Here are its first block and whatever is not in a block:

# %%
from aigc_lab.pretrained.round_trip import raw_tensors

published = raw_tensors(folder)
print(len(published), "tensors, for example")
for name in sorted(published):
    if ".h." not in name or ".h.0." in name:
        print(f"{name:38} {published[name].shape}")

# %% [markdown]
# And this is your GPT, with the same dials. (The class is the one of notebook 05; there, the
# package's `GPT` and `MyGPT` were shown to be the same.) Do its parameters fit?

# %%
from aigc_lab.core.config import GPTConfig
from aigc_lab.model.gpt import GPT

config = GPTConfig.gpt2(
    vocab_size=said["vocab_size"],
    block_size=said["n_positions"],
    n_layer=said["n_layer"],
    n_head=said["n_head"],
    n_embd=said["n_embd"],
)
ours = {name: tuple(parameter.shape) for name, parameter in GPT(config).named_parameters()}

# %%
print(f"{len(ours)} parameters, and the same name with 'transformer.' in front is in the file for")
print(sum(f"transformer.{name}" in published for name in ours), "of them; the same shape have")
print(sum(published[f"transformer.{name}"].shape == ours[name] for name in ours))

# %% [markdown]
# The names fit. They should: our class was given GPT-2's names. But the *shapes* of some do not.
# Which?

# %%
for name, shape in ours.items():
    theirs = published[f"transformer.{name}"].shape
    if name.startswith("h.0.") and len(shape) == 2:
        print(f"{name:22} theirs {theirs!s:11} ours {shape!s:11} equal: {theirs == shape}")

# %% [markdown]
# Of a block's four matrices three lie on their side, and the fourth, a square, *looks* right. Does
# it lie on its side, too? No shape can tell. Keep that in mind.
#
# Two more things to see in the list. There is no `lm_head`: the output layer is the token table
# again (it is **tied**, notebook 05), so it is stored once. And not every file looks like this one:
#
# | in a published file | what it is |
# |---|---|
# | `transformer.h.0.ln_1.weight` | a parameter, with a prefix in front (as in our file) |
# | `h.0.ln_1.weight` | the same without the prefix (so OpenAI's four stand on the **hub**) |
# | `h.0.attn.bias` | no parameter: the causal mask, a triangle of ones, kept by old programs |
# | `h.0.attn.masked_bias` | no parameter: the number that the mask filled in |
# | `lm_head.weight` | the tied token table under its other name |
#
# (The hub is huggingface.co, where models are published.)
#
# ### Your turn: `our_name`
#
# From the name of a published tensor to the name of the parameter in our GPT. Names come with or
# without `transformer.` in front, of models with any number of layers. `lm_head.weight` is our
# `wte.weight`. For the two rows of the table that say "no parameter", return `None`. Everything
# else keeps its name (the prefix aside).
#
# Beware: each block also has a *real* bias whose name looks a lot like the mask's.
#
# Stuck? `hint(our_name)` in a cell of your own gives a push; call it again for a plan, and a third
# time for nearly the solution.


# %%
@exercise
def our_name(name):
    """The parameter of our GPT that a published tensor belongs to: str -> str, or None."""
    ### BEGIN SOLUTION
    name = name.removeprefix("transformer.")
    if name == "lm_head.weight":
        return "wte.weight"
    if name.endswith((".attn.bias", ".attn.masked_bias")):
        return None
    return name
    ### END SOLUTION


# %%
check(our_name)

# %%
named = {our_name(name) for name in published}
print("every parameter of ours is found:", named == set(ours))
for name in ("h.11.attn.bias", "h.11.attn.c_attn.bias", "lm_head.weight"):
    print(f"{name:24} {our_name(name)}")

# %% [markdown]
# ## 2 · On their side: four matrices
#
# GPT-2's program keeps a linear layer as a matrix of shape (in, out) and computes $y = xW + b$.
# PyTorch's `nn.Linear` keeps (out, in) and computes $y = xW^\top + b$. The same map, written down
# in two ways. (Why? GPT-2 was written in TensorFlow, and `transformers` kept its layout in a layer
# that it calls `Conv1D`. The name is historical; nothing is convolved.)
#
# **By hand**, from two features to three:

# %%
x = np.array([1.0, 2.0])
conv1d = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 3.0]])  # (in, out) = (2, 3)
linear = torch.nn.Linear(2, 3, bias=False)
with torch.no_grad():
    linear.weight.copy_(torch.tensor(conv1d.T))  # (out, in) = (3, 2)
    print("theirs:", x @ conv1d, "  ours:", linear(torch.tensor(x).float()).numpy())

# %%
from aigc_lab.viz.arrays import array_maps

array_maps({"theirs: (in, out)": conv1d, "ours: (out, in)": conv1d.T}, title="One map, two ways")

# %% [markdown]
# The shape gives the layout away, as long as *in* and *out* differ. In each block there is one
# matrix where they don't: attention's output, `attn.c_proj`, from C to C. This is the corner of the
# real one. Either could be right, and only the convention says which: it was written by the same
# program as the other three.

# %%
corner = published["transformer.h.0.attn.c_proj.weight"][:8, :8]
array_maps({"as published": corner, "transposed": corner.T}, title="A corner of h.0.attn.c_proj")

# %% [markdown]
# ### Your turn: `convert`
#
# A dict of published arrays in, a dict for our GPT out.
#
# - Your `our_name` gives the names. Where it answers `None`, leave the array out.
# - Transpose what is published as (in, out), and nothing else: the four matrices of each block,
#   whose names you find in the last list of section 1. Go by their names. A small model may have
#   more square matrices than one.
# - The tied table belongs into the result **once**. Some files hold it under two names, some under
#   `lm_head.weight` only. (Does it lie on its side? Compare its shape above.)
# - What you were given stays as it was.


# %%
@exercise
def convert(state):
    """Published arrays by their names -> a dict of arrays by our names, in nn.Linear's layout.

    state: name -> NumPy array, e.g. h.0.mlp.c_fc.weight (C, 4C) -> (4C, C); tables, norms stay.
    """
    ### BEGIN SOLUTION
    kernels = ("attn.c_attn.weight", "attn.c_proj.weight", "mlp.c_fc.weight", "mlp.c_proj.weight")
    arrays = {}
    for name, array in state.items():
        ours = our_name(name)
        if ours is not None:
            arrays[ours] = array.T if ours.endswith(kernels) else array
    return arrays
    ### END SOLUTION


# %%
check(convert)

# %% [markdown]
# Now the moment. `load_state_dict` is PyTorch's way to fill a model, and it refuses whatever is
# missing, left over, or of another shape. We tell it about the tie ourselves:


# %%
def fill(config, arrays):
    """A GPT of this shape, filled with these arrays."""
    state = {name: torch.from_numpy(np.array(array)) for name, array in arrays.items()}
    state["lm_head.weight"] = state["wte.weight"]  # the head is the token table
    model = GPT(config)
    model.load_state_dict(state)
    return model.eval()


loaded = fill(config, convert(published))
print(f"{loaded.num_parameters():,} parameters")
print("one table for reading and writing:", loaded.lm_head.weight is loaded.wte.weight)

# %% [markdown]
# Let it speak. (`open_tokenizer` reads the tokenizer of the same folder: a checkpoint without
# *its* tokenizer is worth nothing, since its numbers know tokens by their ids only.)

# %%
from aigc_lab.generation.generate import complete
from aigc_lab.pretrained.hub_tokenizer import open_tokenizer

tokenizer = open_tokenizer(folder)
story = "Story: Mia was in the garden. Tom was at the school. Mia walked to the park.\n"
question = story + "Question: Where is Mia?\nAnswer:"
(answer,) = complete(loaded, tokenizer, question, temperature=0, stop="\n")
print(question + answer.text)

# %% [markdown]
# ## 3 · The same numbers?
#
# It speaks, so it is right? Many wrong ones speak. The proof is in the logits: the scores of all
# $V$ tokens, after each token of a text, of your model and of `transformers`, which opens the same
# folder. They must agree to within rounding.

# %%
from transformers import AutoModelForCausalLM
from transformers.utils import logging

logging.disable_progress_bar()
logging.set_verbosity_error()
library = AutoModelForCausalLM.from_pretrained(folder).eval()
proof_text = question + " Mia is in the park.\n故事：保罗去了图书馆。\nThe function returns a list."
proof_ids = torch.tensor([tokenizer.encode(proof_text)])


def logits_of(model, ids=proof_ids):
    """The scores of each next token along a text: (1, T) ids -> (T, V)."""
    with torch.inference_mode():
        out = model(ids)
    return getattr(out, "logits", out)[0].numpy()


reference = logits_of(library)
print("largest score about", round(float(abs(reference).max()), -1), "in a table", reference.shape)
print("equal to within 0.001:", np.allclose(logits_of(loaded), reference, atol=1e-3))

# %% [markdown]
# ### How different are two tables of logits?
#
# The largest difference seems a fair measure. But softmax does not see everything. **By hand**, the
# logits of three tokens, and the same with 100 added to each:

# %%
from aigc_lab.model.reference import softmax

z = np.array([2.0, 1.0, 0.0])
print(softmax(z).round(3), softmax(z + 100).round(3))

# %% [markdown]
# A constant added to a *row* changes no probability, since it is added for all tokens alike. So two
# tables that differ by a constant in each row are the same model. (Such constants do occur: a
# program that keeps log-probabilities instead of logits has taken another one from each row.) Take
# from each row of the difference its mean, and that part is gone:
#
# $$\text{gap} = \max_{t,v} \left| d_{tv} - \frac1V \sum_{u} d_{tu} \right|,
# \qquad d = a - b.$$
#
# ### Your turn: `centred_gap`
#
# `a` and `b` are two tables of logits, `(T, V)`. Return the gap as one number. The constant may be
# another one in each row, and it may be large: 100 added everywhere must give (nearly) 0.


# %%
@exercise
def centred_gap(a, b):
    """The largest difference that softmax can see: logits a and b, (T, V) each -> a float."""
    ### BEGIN SOLUTION
    d = a - b
    return float(np.abs(d - d.mean(axis=-1, keepdims=True)).max())
    ### END SOLUTION


# %%
check(centred_gap)

# %%
shifted = reference + np.arange(len(reference))[:, None]  # another constant in each row
gap = centred_gap(shifted, reference)
print("largest difference:", round(float(abs(shifted - reference).max())))
print("largest that matters: below 0.01:", gap < 0.01)

# %% [markdown]
# ### Break it: what a wrong conversion looks like
#
# Three slips that people really make; the first comes in three sizes. One: the square `attn.c_proj`
# is not transposed, in the last block, in the first, or in all. Two: the other GELU. GPT-2 uses an
# approximation with tanh (`gelu_new`), while the default of PyTorch is the exact one. Three: the
# head is not tied and keeps its random start. (`load_state_dict` would refuse a missing head. The
# slip is to hand it one, or to tell it `strict=False`.)


# %%
import dataclasses


def forget(*layers):
    """Our arrays, with the square matrices of some blocks left as they were published."""
    arrays = convert(published)
    squares = [f"h.{layer}.attn.c_proj.weight" for layer in layers]
    return arrays | {name: arrays[name].T for name in squares}


def untied():
    """A model whose head has been forgotten."""
    torch.manual_seed(1)  # not 0: from that start this very checkpoint was trained
    model = GPT(dataclasses.replace(config, tie_weights=False))
    model.load_state_dict(loaded.state_dict() | {"lm_head.weight": model.lm_head.weight})
    return model.eval()


# %%
exact = dataclasses.replace(config, mlp="gelu")
broken = {
    "right": loaded,
    "exact GELU": fill(exact, convert(published)),
    "c_proj of the last block": fill(config, forget(5)),
    "c_proj of the first block": fill(config, forget(0)),
    "c_proj of all blocks": fill(config, forget(*range(6))),
    "head not tied": untied(),
}

# %%
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.town.documents import documents

thirty = [document.text for document in documents(30, "test", language="english")]
tables = {name: logits_of(model) for name, model in broken.items()}
gaps = {name: centred_gap(z, reference) for name, z in tables.items()}
best = reference.argmax(axis=-1)  # the likeliest next token at each place
agreed = {name: float((z.argmax(axis=-1) == best).mean()) for name, z in tables.items()}
bits = {
    name: score_text(model, tokenizer, thirty, score_end=True).bits_per_byte
    for name, model in broken.items()
}

# %% tags=["nbval-ignore-output"]
for name in broken:
    print(f"{name:26} gap {gaps[name]:7.1e}   likeliest token the same {agreed[name]:4.0%}", end="")
    print(f"   bits per byte {bits[name]:.3f}")

# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.arrays import bar_panels

decimals = {name: -np.log10(gap) for name, gap in gaps.items()}
panels = {"decimals that agree": decimals, "bits per byte": bits}
bar_panels({name: list(found.values()) for name, found in panels.items()}, list(broken),
           title="Every one of these loads without an error")  # fmt: skip

# %%
slip = "c_proj of the last block"
print("one slip, in the first block: loss ten times as large:", bits["c_proj of the first block"]
      > 10 * bits["right"])  # fmt: skip
print("one slip, in the last block: loss a tenth larger at most:", bits[slip] < 1.1 * bits["right"])
print("   and the same likeliest token three times in four:", agreed[slip] > 0.75)
print("   but the gap is ten thousand times rounding's:", gaps[slip] > 10_000 * gaps["right"])
print("the exact GELU: same tokens:", agreed["exact GELU"] == 1, end="; ")
print("a gap of a hundred times rounding's:", gaps["exact GELU"] > 100 * gaps["right"])
print("the head that is not tied guesses nothing:", agreed["head not tied"] < 0.05)

# %% [markdown]
# Every one of them loads: all shapes fit. (Where the gap is above 1, even the digits before the
# point differ, and the bar of the decimals points to the left.) In the first block the slip ruins
# everything, since all later blocks build on it. In the last one little seems wrong: most of the
# likeliest tokens stay, and the loss hardly moves. Who looks at a sample would call it a success:

# %%
(sample,) = complete(broken[slip], tokenizer, question, temperature=0, stop="\n")
print("the answer of the one with a slip in its last block:", sample.text)

# %% [markdown]
# The *gap* is not fooled. Move the slip from block to block, and watch what is expected after "Mia
# is in the". In how many of the six blocks would you notice?

# %%
from aigc_lab.viz.distributions import next_token_bars
from aigc_lab.viz.explore import explore

spelled = [tokenizer.token_bytes(id) for id in range(tokenizer.vocab_size)]
unfinished = torch.tensor([tokenizer.encode(question + " Mia is in the")])


def after_slip(block):
    """The next token by the right model, and by one with a slip in this block."""
    pair = {"right": loaded, f"slip in block {block}": fill(config, forget(block))}
    with torch.inference_mode():
        probs = {name: softmax(model(unfinished)[0, -1].numpy()) for name, model in pair.items()}
    return next_token_bars(probs, spelled, 6, title="After: Mia is in the")


explore(after_slip, after_slip(0), block=[5, 4, 3, 2, 1, 0])

# %% [markdown]
# Only the first gives itself away: in any of the other five the park stays the likeliest. And the
# exact GELU is off in the second decimal: no sample is likely to show it, and a published score
# will never quite be met. Now the package's own loader:

# %%
from aigc_lab.pretrained.load import load_pretrained

town = load_pretrained("town-gpt2")
print("counts as right:", centred_gap(logits_of(town.model), reference) < 1e-3)

# %% [markdown]
# So the rule of this course is: **compare logits, not samples, and not shapes.**
#
# ## 4 · Which one is this?
#
# `load_pretrained` is what you have just built, with the errors spelled out. What is downloaded
# from the hub stays in a folder of this machine, the **cache** of downloads (notebook 07's cache of
# keys and values is another thing). So a model comes from one of four places, and `.source` says
# from which:
#
# | source | what it means |
# |---|---|
# | `folder` | you named a folder |
# | `bundled` | the checkpoint of this course |
# | `cache` | it was downloaded before and is complete |
# | `hub` | it has just been downloaded |
#
# A notebook that quietly takes another model than the one it names is worse than one that stops.
# So a replacement is taken only when you ask for it (`fallback="bundled"`), and it comes with a
# *notice*. First as if there were no network, whether you have one or not:

# %%
from textwrap import fill

print(town.name, "from", town.source, "- notice:", town.notice)
absent = load_pretrained("nobody/has-this-model", offline=True, fallback="bundled")
print(absent.name, "from", absent.source)
print(fill(absent.notice, 95))

# %% [markdown]
# **Break it**: a copy of the checkpoint in a folder of our own, spoiled in four ways. What should
# happen? A sentence that says what is wrong and what to do, and soon; never a crash deep inside,
# and never a half-filled model.

# %%
import shutil
import time
from pathlib import Path

spoiled = Path("runs", "spoiled")
weights = spoiled / "model.safetensors"


def opened_spoiled(spoil):
    """Copy the checkpoint, spoil the copy, open it; returns what is said, and after how long."""
    shutil.rmtree(spoiled, ignore_errors=True)
    shutil.copytree(folder, spoiled)
    spoil()
    start = time.perf_counter()
    try:
        load_pretrained(spoiled)
    except ValueError as error:
        return str(error), time.perf_counter() - start
    return "nothing", 0.0


def change(**fields):
    """Write another config.json into the copy."""
    (spoiled / "config.json").write_text(json.dumps(said | fields))


# %%
faults = {
    "cut off": lambda: weights.write_bytes(weights.read_bytes()[:1_000_000]),
    "another architecture": lambda: change(model_type="bert"),
    "more layers than there are": lambda: change(n_layer=7),
    "another width": lambda: change(n_embd=384),
}
answers = {name: opened_spoiled(spoil) for name, spoil in faults.items()}
shutil.rmtree(spoiled)

# %% tags=["nbval-ignore-output"]
for name, (sentence, _) in answers.items():
    print(f"{name}:\n{fill(sentence, 95, initial_indent='   ', subsequent_indent='   ')}")

# %%
print("each says which folder:", all("spoiled" in sentence for sentence, _ in answers.values()))
print("each within 3 seconds:", all(seconds < 3 for _, seconds in answers.values()))

# %% [markdown]
# (The faults of a network, a hub that hangs, a download that breaks off, a file whose checksum is
# wrong, cannot be made here without one. The package's tests make them, and each gets its sentence
# within three seconds, too.)
#
# Now the real GPT-2, if it is in a cache on this machine or can be downloaded. If not, the sentence
# says what to do, and everything below goes on without it.


# %%
def open_gpt2(name):
    """A GPT-2 from the cache or the hub, or None, and a line that says which."""
    try:
        found = load_pretrained(name, offline=None if DOWNLOAD else True)  # None: try the network
    except ValueError as error:
        print(fill(f"{name} takes no part: {error}.", 95))
        return None
    size = f"{found.model.num_parameters():,} parameters"
    print(f"{found.name} takes part: {size}, from the {found.source}.")
    return found


# %% tags=["nbval-ignore-output"]
opened = [found for found in map(open_gpt2, SIZES) if found]

# %% [markdown]
# Then the same proof as above, by your own measure, for every checkpoint at hand: your class and
# `transformers` on the same files. Where GPT-2 is here, these are the weights that OpenAI
# published.

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.locate import locate


def proof(found):
    """The gap between your class and transformers, for the same files and the same text."""
    place = locate(found.name, offline=True).folder
    theirs = AutoModelForCausalLM.from_pretrained(place, dtype=torch.float32).eval()
    ids = torch.tensor([found.tokenizer.encode("The cat sat on the mat. Then it went")])
    return centred_gap(logits_of(found.model, ids), logits_of(theirs, ids))


proofs = {found.name: proof(found) for found in [town, *opened]}
for name, gap in proofs.items():
    print(f"{name}: gap of the logits {gap:.1e}")

# %%
print("below one thousandth, all of them:", max(proofs.values()) < 1e-3)

# %% [markdown]
# > **Claim check.** “We implement ChatGPT with `GPT2LMHeadModel.from_pretrained("gpt2")`.” So two
# > popular articles present their program. What is it that one loads under this name? The shape is
# > published, so we can count without downloading anything. And is a model that was trained to
# > continue texts one that answers?

# %%
with torch.device("meta"):  # shapes only
    small = GPT(GPTConfig.gpt2())
print(f"gpt2: {small.num_parameters():,} parameters,", small.config.block_size, "positions")
parts = sorted({name.split(".")[0] for name, _ in small.named_parameters()})
print("its parts:", parts)

# %% tags=["nbval-ignore-output"]
for found in [town, *opened]:
    (sample,) = complete(found.model, found.tokenizer, "What is the capital of France?",
                         temperature=0, max_new_tokens=25)  # fmt: skip
    print(f"{found.name}: What is the capital of France?|{' '.join(sample.text.split())}")

# %% [markdown]
# **Verdict: no.** It is a model of 124 million parameters from February 2019, nearly four years
# before ChatGPT (November 2022; at first a model of the GPT-3.5 series, whose weights were never
# published). The family is the same: one stack, next token by next token. But what comes behind the
# bar *continues* a text in the manner of what was read. The bundled model has read questions with
# answers, those of the town: so it could say where Mia is, and so it begins with "Answer:" here.
# (It has learned this very capital, too, but in lessons, and this is the beginning of none.) GPT-2
# has read web pages, where a question may be followed by anything. Where it is at hand, see whether
# it answers, and whether it then stops. To answer whoever asks is taught afterwards; notebook 11
# does it.

# %% [markdown]
# ## 5 · Your own model
#
# The second contestant is yours: the same class, trained here on the same two kinds of text as the
# bundled one, Tiny Town in both languages and Python's documentation, for some twenty seconds
# instead of two hours. (The bundled one also did exercises: in looking back, with texts and random
# tokens said over and over, and at the end in answering, with harder stories.) Set `MINE` above to
# the folder of a model that you trained before, such as `runs/my-gpt`, and it takes part instead.
# What is said of "yours" below is about the one that is trained here.
#
# First the texts, and tokens learned from them:

# %%
from aigc_lab.text.bpe import BPETokenizer
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out
from aigc_lab.text.token_ids import encode_documents
from aigc_lab.town.language import cut_at_nouns

articles, kept = split_held_out(python_docs().documents)
worlds = [document.text for document in documents(1000)]
print(len(worlds), "documents of the town, and the documentation's articles")
print("kept back for the exam, fewer than one in ten of these:", len(kept) < len(articles) / 10)

# %%
V, T = 1024, 128
pieces = BPETokenizer.train([*map(cut_at_nouns, worlds), *articles], V)
article_ids, _ = encode_documents(pieces, articles)

# %% [markdown]
# Three rows of four come from the town, where every step brings fresh documents, and one from the
# documentation, which is short: at `SCALE = 1` about as many tokens of it are read as there are, at
# `SCALE = 4` four times as many. A batch depends on nothing but its number. So we can say now what
# will be read:

# %%
from aigc_lab.core.config import TrainConfig
from aigc_lab.text.batches import Batches
from aigc_lab.text.joined import JoinedBatches
from aigc_lab.town.batches import TownBatches
from aigc_lab.training.loop import Trainer

town_rows = TownBatches(pieces, 9, T)
batches = JoinedBatches(town_rows, Batches(article_ids, 3, T))
recipe = TrainConfig(steps=450 * SCALE, batch_size=12, optimizer="muon", lr=0.02, muon_lr=0.015,
                     warmup_steps=20, final_lr_fraction=0.02, eval_every=50)  # fmt: skip
read = [town_rows.row(number, "train", seed=0) for number in range(9 * recipe.steps)]
told = [pieces.decode(row) for row in read]
print(f"{9 * recipe.steps * T:,} tokens of the town; the second row begins:")
print(told[1][:93])

# %% tags=["nbval-ignore-output"]
print(f"{3 * recipe.steps * T:,} tokens of the documentation's {len(article_ids):,} are read")

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.contestant import Contestant
from aigc_lab.viz.live import live

if MINE is None:
    torch.manual_seed(0)
    model = GPT(GPTConfig.gpt2(vocab_size=V, block_size=T, n_layer=3, n_head=4, n_embd=96))
    Trainer(model, batches, recipe, callbacks=live(baselines={"uniform guess": np.log(V)})).run()
    tokens = recipe.steps * recipe.batch_size * T
    yours = Contestant.of((model, pieces), "yours", training_tokens=tokens,
                          learned=[*told, *articles])  # fmt: skip
else:
    yours = Contestant.of(MINE, "yours")
mine, my_tokens = yours.model.eval(), yours.tokenizer
print(f"yours: {yours.parameters:,} parameters,", end=" ")
print("trained just now" if MINE is None else f"opened from {MINE}")

# %% [markdown]
# The training loss is that of the mixture, documentation included. The validation loss (dashed) and
# its floor are the town's alone: that is why they lie so far below it. (The floor is the entropy of
# these very documents, which the town's generator writes down with each of them.)

# %% [markdown]
# ## 6 · A fair number
#
# Your model cuts text into its own tokens, the bundled one and GPT-2 into theirs. A loss *per
# token* cannot be compared (notebook 02): whoever cuts longer pieces has fewer and harder ones to
# guess. **Bits per byte** of the same text can:
#
# $$\text{bits per byte} = \frac{\text{nats of all tokens}}{\ln 2 · \text{bytes of the text}}.$$
#
# Three things can still go wrong: what "knowing nothing" means, how a long text is scored, and how
# sure the number is. One exercise each.
#
# ### What knowing nothing costs
#
# A **uniform guess** gives each of the $V$ tokens the probability $1/V$. Each token then costs
# $\log_2 V$ bits, whatever it is. **By hand**: a vocabulary of 8 and a text of 6 tokens and 18
# bytes. Each token costs 3 bits, all of them 18 bits, and that is 1 bit per byte.
#
# ### Your turn: `uniform_bits_per_byte`
#
# Return the bits per byte of a uniform guess: for a vocabulary of `vocab_size` tokens, and a text
# of so many `tokens` and so many `bytes`.


# %%
@exercise
def uniform_bits_per_byte(vocab_size, tokens, bytes):
    """Three whole numbers -> the bits per byte of a guess that knows nothing but the vocabulary."""
    ### BEGIN SOLUTION
    return tokens * np.log2(vocab_size) / bytes
    ### END SOLUTION


# %%
check(uniform_bits_per_byte)

# %% [markdown]
# So knowing nothing does not cost the same for everybody. GPT-2's vocabulary does not come with
# this course. If it is in a cache here, or the network allows, it is used; if not, a record of how
# it cuts some texts stands in (notebook 01). Two of these texts say the same, in English and in
# Chinese:

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.gpt2_tokens import gpt2_tokens

gpt2 = gpt2_tokens(DOWNLOAD)
print(fill(gpt2.notice or "GPT-2's own vocabulary", 95))

# %%
for language in ("English", "Chinese"):
    print(gpt2.texts[language])

# %%
tokenizers = {"bundled": town.tokenizer, "GPT-2": gpt2.tokenizer}
costs = {name: [] for name in tokenizers}
for name, cut in tokenizers.items():
    for language in ("English", "Chinese"):
        sentence = gpt2.texts[language]
        tokens, size = len(cut.encode(sentence)), len(sentence.encode())
        costs[name].append(uniform_bits_per_byte(cut.vocab_size, tokens, size))
        print(f"{name:8} {language}: {tokens:3} tokens for {size} bytes,", end=" ")
        print(f"{costs[name][-1]:4.1f} bits per byte for a uniform guess")
bar_panels(costs, ["English", "Chinese"], title="Before anything is learned (a plain file takes 8)")

# %% [markdown]
# The tokenizer alone is a compressor. With GPT-2's, a model that knows *nothing* needs less than
# half of a plain file for English, because its tokens are English words. For Chinese it needs
# *more* than the plain file. So "better than a uniform guess" may mean very little or a lot, and a
# uniform guess is a line in the table like everybody else.
#
# ### A text longer than the block
#
# A model sees `block_size` tokens. A longer text is scored in **windows**, and two things are
# wanted: each token is scored *once*, and each has enough text before it. So windows overlap, and
# each one scores only what the ones before it did not. The first token of a text has nothing before
# it and is scored by nobody (the package lets the end-of-text mark stand before it).
#
# **By hand**: 11 ids, windows of at most 5, one beginning every 3. A 1 is a token that is scored
# here, a 0 one that is only read; what is grey is not in the window.

# %%
windows = np.full((3, 11), -np.inf)
windows[0, 0:5] = [0, 1, 1, 1, 1]
windows[1, 3:8] = [0, 0, 1, 1, 1]
windows[2, 6:11] = [0, 0, 1, 1, 1]
array_maps({"scored": windows}, ["ids[0:5]", "ids[3:8]", "ids[6:11]"], column_name="place in ids")

# %% [markdown]
# Each column but the first has exactly one 1. From the second window on, each token that is scored
# has at least two before it in its window.
#
# ### Your turn: `score_windows`
#
# - `ids` are the token ids of a text, at least two.
# - The windows begin at 0, `stride`, 2·`stride` and so on, and hold `block` ids. The one that
#   reaches the end of the text is the last, and may be shorter. `stride` is smaller than `block`,
#   so neighbours share at least one id.
# - `loss_of` is a function: it takes the ids of a window, say `n` of them, and returns `n - 1`
#   numbers, the nats of each id but the first.
# - Return the nats of the whole text as one number. Every id but `ids[0]` counts exactly once, in
#   the first window in which it has something before it.


# %%
@exercise
def score_windows(loss_of, ids, block, stride):
    """The nats of a text: loss_of(window (n,)) -> (n-1,) nats; ids (N,) -> one number."""
    ### BEGIN SOLUTION
    begin, done, total = 0, 1, 0.0  # done: the first id that has not been scored yet
    while done < len(ids):
        end = min(begin + block, len(ids))
        nats = loss_of(ids[begin:end])  # of begin + 1 ... end - 1
        total += float(nats[done - begin - 1 :].sum())
        begin, done = begin + stride, end
    return total
    ### END SOLUTION


# %%
check(score_windows)

# %% [markdown]
# ### The real thing
#
# An article that nobody has learned, many times as long as the block, by your function and by the
# package's `score_text`. (The package also scores the first token, after the mark; and it moves the
# last window back, so that this one is full, too.)

# %%
from aigc_lab.model.loss import cross_entropy

article = max(kept, key=len)[:8000]
article_tokens = np.array(my_tokens.encode(article))
block = mine.config.block_size


def loss_of(window):
    """The nats of each id of a window but the first, by your model."""
    x = torch.tensor(window)[None]
    with torch.inference_mode():
        return cross_entropy(mine(x)[:, :-1], x[:, 1:], reduction="none").flatten().numpy()


by_hand = score_windows(loss_of, article_tokens, block, block // 2)
package = score_text(mine, my_tokens, article).nats
print("more than ten blocks long:", len(article_tokens) > 10 * block or MINE is not None)
print("within one percent of the package's:", abs(by_hand / package - 1) < 0.01)

# %% [markdown]
# **Break it**: no overlap. Let a text fall into pieces that know nothing of each other. What does a
# token cost that has only one token before it, or two, or three to four? (We cut at many places.)

# %%
starts = range(0, len(article_tokens) - block, block // 4)
cuts = [article_tokens[at : at + block] for at in starts]
by_place = np.mean([loss_of(piece) for piece in cuts], axis=0)  # (block - 1,)
edges = [1, 2, 4, 8, 16, 32]
before = [float(part.mean()) for part in np.split(by_place, edges)]

# %% tags=["nbval-ignore-output"]
labels = ["1 token", "2 tokens", "3 to 4", "5 to 8", "9 to 16", "17 to 32", "more"]
bar_panels({"nats per token": before}, labels, title="Loss by the number of tokens before")

# %% [markdown]
# With every piece this price is paid anew. So the number of the whole text depends on how much the
# windows overlap:

# %% tags=["nbval-ignore-output"]
from aigc_lab.model.loss import bits_per_byte

size = len(article.encode())
strides = [block // 8, block // 2, block - 1]
by_stride = [
    bits_per_byte(score_windows(loss_of, article_tokens, block, stride), size) for stride in strides
]
for stride, value in zip(strides, by_stride, strict=True):
    print(f"a window every {stride:4} tokens: {value:.3f} bits per byte")

# %%
print("with one token before it a token costs most:", before[0] == max(before))
print("least overlap costs most:", by_stride[-1] == max(by_stride))

# %% [markdown]
# The number moves, by a percent or so, and nothing about the model has changed. (A model that
# makes more of its context loses more.) A published score is worth comparing only with its block
# and stride beside it. Here all contestants get half of their block.
#
# ### How sure is it?
#
# Sixty texts are a sample. Another sixty would have given another number: how far away? The
# **bootstrap** (Efron 1979) asks the sample itself. Draw sixty texts out of the sixty, *with
# replacement*, so that some come twice and some not at all; work out the number; repeat a thousand
# times. The middle 95% of the results are the **interval**.
#
# One trap. **By hand**, two texts: 10 nats for 10 bytes, and 8 nats for 2 bytes. Together they cost
# $18/12 = 1.5$ nats per byte. The mean of their own numbers, 1 and 4, is 2.5: the text of two bytes
# would count as much as the one of ten. It is the *sum* over the *sum*, in each of the thousand
# draws too.
#
# ### Your turn: `ratio_interval`
#
# `nats` and `bytes` (which hides Python's own `bytes` here) hold one number for each of N texts.
# `picks` holds R draws, each of them N indices of texts, `(R, N)`. For each draw work out the bits
# per byte of the drawn texts together, and return the 2.5 and the 97.5 percentile of the R results
# (`np.percentile`) as a pair.


# %%
@exercise
def ratio_interval(nats, bytes, picks):
    """nats, bytes (N,); picks (R, N) whole numbers from 0 to N-1 -> (low, high), bits per byte."""
    ### BEGIN SOLUTION
    draws = nats[picks].sum(axis=1) / bytes[picks].sum(axis=1) / np.log(2)  # (R,)
    low, high = np.percentile(draws, [2.5, 97.5])
    return low, high
    ### END SOLUTION


# %%
check(ratio_interval)

# %% [markdown]
# ### The real thing
#
# Your interval and the package's, for the bundled model on sixty texts of the town. (`documents` of
# a result holds the nats and the bytes of each text.) The draws are others, so the third digit may
# differ:

# %%
from aigc_lab.pretrained.exam import exam_texts, examine

texts = exam_texts(town=60, docs=16_000, extra=MY_TEXT)
bundled = Contestant.of(town, "bundled")
first_sheet = examine([bundled], {"Town English": texts["Town English"]}, speed=False)
row = first_sheet.row("bundled", "Town English")
nats, sizes = np.array(row.documents).T
picks = np.random.default_rng(1).integers(60, size=(1000, 60))
ends = ratio_interval(nats, sizes, picks)

# %% tags=["nbval-ignore-output"]
print(f"yours         {ends[0]:.4f} to {ends[1]:.4f}")
print(f"the package's {row.low:.4f} to {row.high:.4f}")

# %%
tenth = (row.high - row.low) / 10
print("they agree to a tenth of their width:", np.allclose(ends, [row.low, row.high], atol=tenth))

# %%
from aigc_lab.viz.functions import function_curves

draws = np.sort(nats[picks].sum(axis=1) / sizes[picks].sum(axis=1) / np.log(2))
share = np.arange(1, 1001) / 1000
function_curves({"": (draws, share)}, "bits per byte", "share of the draws below",
                marks={"2.5%": (ends[0], 0.025), "97.5%": (ends[1], 0.975)},
                title="A thousand exams out of one")  # fmt: skip

# %% [markdown]
# (Read it from below: up to the first dot lie 2.5% of the thousand results, up to the second 97.5%;
# the interval is what lies between.)
#
# It says how much *other texts of this kind* would move the number. It says nothing about texts of
# another kind, nor about a model trained with another seed. And it wants texts enough: of fewer
# than twenty the package gives no interval, since so few know too little about others.
#
# ## 7 · The comparison
#
# Everybody sits the same exam: texts of the town that are in nobody's training, in English and the
# same worlds in Chinese; two articles of the documentation that were kept back; and `MY_TEXT`, if
# you set it. Beside the models stand two who know next to nothing. A **bigram table** sees one
# token of context; it was counted in the thousand worlds of section 5 and in the documentation's
# articles. And the **uniform guess**, once with your tokens and once with the bundled model's,
# since it depends on them.

# %%
from aigc_lab.pretrained.contestants import BigramContestant, UniformContestant

bigram = BigramContestant([*worlds, *articles], pieces)
uniform = UniformContestant(pieces, "uniform, your tokens")
theirs = UniformContestant(town.tokenizer, "uniform, bundled's tokens")
others = [Contestant.of(found, Path(found.name).name) for found in opened]
contestants = [yours, bundled, *others, bigram, uniform, theirs]
for exam in texts.values():
    print(exam.name + (", whose floor is known" if exam.floor else ", no floor is known"))
    print(fill(exam.seen_by, 95, initial_indent="   ", subsequent_indent="   "))

# %% tags=["nbval-ignore-output"]
from IPython.display import Markdown

sheet = examine(contestants, texts, progress=True)
for unfair in [*sheet.learned(), *sheet.not_read()]:
    print(unfair)
Markdown(sheet.table("markdown", "about"))

# %% [markdown]
# It is one table in three parts, since a page is narrow. This first part says who takes part. (Had
# a contestant learned some of an exam, or been unable to read it, a line above the table would say
# so.) The bigram table's "parameters" are its counts that are not zero, and nobody would wait for
# it to write, so it has no speed. "Memory" is what was learned, without the work space of a run.
# Speed is that of this machine, writing one text; it is the one column that nobody else can check.
#
# The second part is the result, with its intervals. For the town they come from draws of sixty
# texts. The documentation is two articles, too few; there the package draws *stretches* of these
# two. So that interval says how much other stretches of the same articles would move the number,
# and nothing about other articles.

# %% tags=["nbval-ignore-output"]
Markdown(sheet.table("markdown", "bits"))

# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.ladder import ladder

ladder(sheet.panels(), sheet.floors, title="Bits per byte: the same texts for all")

# %% [markdown]
# Read the ladders from the floor. The **floor** is the town's own entropy: what its generator, who
# knows the rules and rolls the dice, needs for these very texts when the language is known (each
# exam is in one). In the long run nobody who has not read them can do better. (For the
# documentation nobody knows such a number.) What lies between a model and the floor, the grey
# strip, is what it has not understood. (The scale is logarithmic: equal steps are equal *ratios*,
# so the strips of the poor are far longer than they look.)


# %%
def costs_of(name, exam):
    """The bits per byte that a contestant paid for an exam."""
    return sheet.row(name, exam).bits_per_byte


ranks = ("bundled", "yours", "bigram table", "uniform, your tokens")
for exam in ("Town English", "Town Chinese"):
    order = [sheet.floors[exam], *(costs_of(name, exam) for name in ranks)]
    print(f"{exam}: floor < bundled < yours < bigram < uniform:", order == sorted(order))
    print("   the bundled model is within a tenth of the floor:", order[1] < 1.1 * order[0])

# %% [markdown]
# The bundled model's interval reaches *below* the floor. May it be better, then? No: the draws that
# are easy for the model are easy for the generator, too, and move the floor with them. A text that
# is hard is hard for everybody. For the same reason two intervals that overlap do not mean "no
# difference". Compare **pair by pair**: the difference on each text, and the interval of that.

# %% tags=["nbval-ignore-output"]
for exam in texts:
    for one, other in (("yours", "bundled"), ("bundled", "floor")):
        if other == "floor" and texts[exam].floor is None:
            continue
        more, least, most = sheet.gap(exam, one, other)
        interval = "no interval: too few texts" if least is None else f"{least:.4f} to {most:.4f}"
        print(f"{exam}: {one} pays {more:.4f} more than {other} ({interval})")

# %%
_, least, most = sheet.gap("Town English", "yours", "bundled")
print("yours pays more than the bundled model, and the interval of that excludes 0:", least > 0)
width = sheet.row("yours", "Town English").high - sheet.row("yours", "Town English").low
print("that interval is narrower than the one of yours alone:", most - least < width)
print("the bundled model pays more than the floor, and the interval of that excludes 0:",
      sheet.gap("Town English", "bundled")[1] > 0)  # fmt: skip

# %% [markdown]
# On the documentation the bundled model is ahead, too: it is much larger than yours, and has read
# the same articles over and over. How far ahead it is, two articles cannot tell, and so this
# comparison has no interval. Nor does reading ever more often help for long: it teaches little
# about *other* articles. What counts is how much *different* text was read.
#
# And on a text unlike all that was read? A proverb or two (set `MY_TEXT` for a longer one):

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.exam import ExamText

proverbs = "The early bird catches the worm, but the second mouse gets the cheese. Bread is better \
than a song of birds. A stitch in time saves nine. Still waters run deep."
short_exam = ExamText("proverbs", (proverbs,), None, "nobody here, except perhaps GPT-2")
unlike = examine(contestants, [short_exam], speed=False)
Markdown(unlike.table("markdown", "bits"))

# %%
price = {row.contestant: row.bits_per_byte for row in unlike.rows}
print("bundled pays more than the bigram table:", price["bundled"] > price["bigram table"])

# %% [markdown]
# The larger model is the worse one here, worse even than a table that sees one token. It is sure of
# what is not there, and pays for each surprise. (The text is too short for an interval.)
#
# The third part of the table counts **tokens per character**: how much of the block a text fills,
# and how many steps it takes to write it.

# %% tags=["nbval-ignore-output"]
Markdown(sheet.table("markdown", "tokens"))

# %% [markdown]
# ## 8 · The same prompt for all
#
# A number per byte says how surprised a model was, not by what. So ask them all for the next token.
# The question of section 2, as far as "Mia is in the":

# %%
from aigc_lab.pretrained.contestants import next_tokens

prompt = question + " Mia is in the"
expected = next_tokens([yours, bundled, *others, bigram, uniform], prompt, count=4)


def show(expected):
    """The likeliest next tokens, a line for each contestant."""
    for name, found in expected.items():
        shown = [f"{token.decode(errors='replace')!r} {p:.1%}" for token, p in found]
        print(f"{name:21}", "   ".join(shown))


# %% tags=["nbval-ignore-output"]
show(expected)
print("yours cuts ' garden' into", [pieces.decode([id]) for id in pieces.encode(" garden")])

# %%
token, p = expected["bundled"][0]
print("the bundled model:", token.decode(), "- nearly sure:", p > 0.9)

# %% [markdown]
# The bundled model has found the answer in the story. Yours knows that a *place* must come: its
# small vocabulary has only some places whole, and begins the others with a piece, such as ' g' for
# the garden. (So beware of comparing one ' park' with the other: a longer token is a bolder guess.)
# Who is where it has not learned in twenty seconds. The bigram table sees one token, "the", and
# knows what follows that on average. What each of them lacks is plain to see here, and in the bits
# per byte it was one number.
#
# Now the same live. Type a prompt, turn the temperature and top-p (notebook 07; what is left of
# each token then is coloured, what the model itself said is grey), click a token to add it:

# %% tags=["nbval-ignore-output"]
from aigc_lab.viz.next_tokens import NextTokenPanel

models = {one.name: (one.model, one.tokenizer) for one in (yours, bundled, *others)}
NextTokenPanel(models, prompt="Story: It was a", count=8).show()

# %% [markdown]
# ### Samples: the same prompt, the same seed, the same dials
#
# Whoever shows one good sample shows nothing: take the same seed for all, and the first that comes.
# Three prompts from the worlds that our models know, and five from popular articles: two that ask
# in English, and three that GPT-2 is to continue in Chinese.

# %%
from aigc_lab.generation.sampling import SamplingConfig

dials = SamplingConfig(temperature=0.8, top_p=0.95, seed=0, max_new_tokens=30)
of_articles = [name for name in gpt2.texts if name.startswith("article")]
prompts = ["Story: It was a", "故事：", "The function returns"]
prompts += [gpt2.texts[name] for name in of_articles]
print(len(prompts), "prompts, of articles:", of_articles)

# %% tags=["nbval-ignore-output"]
for prompt in prompts:
    print(prompt)
    for one in [yours, bundled, *others, bigram]:
        written = " ".join(one.continue_text(prompt, dials).split())
        print(f"   {one.name:13}> {written[:84] or '(the end)'}")

# %% [markdown]
# In their own worlds the two models are at home. The bigram table sees one token. After the
# question mark it begins a new line, as after the Chinese full stops, and from there on the same
# seed writes the same: by then it has forgotten everything. Asked for the capital of France, or for
# a title, the two models go on in the manner of what they have read. (Where GPT-2 is at hand, look
# at its lines: its manner is that of web pages.) And the articles' Chinese they have never met.
# (“(the end)” is an answer, too: the model ended the text at once.)
#
# ### Why English GPT-2 cannot continue the Chinese prompts
#
# Look at one of the prompts as each of them sees it. One box is one token (the two colours only
# tell neighbours apart). A grey box is *part* of a character, shown as its bytes:

# %%
from aigc_lab.viz.pieces import token_boxes

weather = gpt2.texts["article 003"]


def cut(tokenizer, text):
    """The tokens of a text, as bytes."""
    return [tokenizer.token_bytes(id) for id in tokenizer.encode(text)]


token_boxes({"GPT-2": cut(gpt2.tokenizer, weather), "bundled": cut(town.tokenizer, weather)},
            (), "One sentence: nice weather, a walk in the park")  # fmt: skip

# %%
whole = {token.strip() for token in gpt2.chinese if len(token.strip()) == 1}
print("tokens of GPT-2 that hold a Chinese character:", len(gpt2.chinese), "of", 50257)
for name in ("article 001", "article 002", "article 003"):
    sentence = gpt2.texts[name]
    boxes = cut(gpt2.tokenizer, sentence)
    partial = sum("�" in token.decode(errors="replace") for token in boxes)
    print(f"{name}: {len(sentence)} characters, {len(sentence.encode())} bytes,", end=" ")
    print(f"{len(boxes)} tokens, {partial} of them only parts of a character")

# %%
town_text = "".join(texts["Town Chinese"].documents)
hanzi = [sign for sign in town_text if "一" <= sign <= "龥"]
share = sum(sign in whole for sign in hanzi) / len(hanzi)
print(f"of the town's Chinese characters GPT-2 could write at most {share:.0%} with one token")

# %% [markdown]
# Each other character takes two or three tokens *in a row*, every one of them right, out of 50,257.
# To learn such rows a model must have read a lot of Chinese. GPT-2 has not: its makers *removed*
# pages that were not in English (Radford et al. 2019, section 3.7), and what slipped through was
# little.
#
# Three things belong together: a vocabulary with hardly any Chinese; nearly three times as many
# tokens as for the same content in English (section 6: 71 and 25); and a training text without
# Chinese. The last is the one that no tokenizer can mend. Our bundled checkpoint shows it from the
# other side: it has 天气 (weather) and 公园 (park) as whole tokens, and still it wrote nothing
# above about a walk. It has read Chinese, but only the town's.
#
# Where GPT-2 is at hand, two of your own outputs show it: its lines after these prompts (expect
# halves of characters), and its bits per byte on Town Chinese beside those on Town English.
#
# > **Claim check.** “`gpt2` continues this Chinese sentence fluently”: an article shows 45
# > characters of such a result. Notebook 01 counted that its limit of 50 tokens has no room for
# > them, and notebook 07 had a test for greedy output. A third test needs no weights at all. Here
# > is a GPT-2 with *random* weights and the published size of the vocabulary. It gets the prompts
# > of three articles, and their own line of code. How much can *any* weights write? (There is no
# > end mark here, so that nothing stops before the limit: it is the most that can come.)

# %%
from transformers import GPT2Config, GPT2LMHeadModel

shape = GPT2Config(n_layer=1, n_head=1, n_embd=8, eos_token_id=None, bos_token_id=None)
random_one = GPT2LMHeadModel(shape).eval()
for name in ("article 001", "article 002", "article 003"):
    prompt_ids = torch.tensor([gpt2.tokenizer.encode(gpt2.texts[name])])
    try:
        out = random_one.generate(prompt_ids, max_length=50, num_return_sequences=1)
        print(f"{name}: {prompt_ids.shape[1]} tokens in,", out.shape[1], "in all:", end=" ")
        print(out.shape[1] - prompt_ids.shape[1], "new")
    except ValueError as error:
        print(f"{name}: {prompt_ids.shape[1]} tokens in, ValueError:", str(error).split(",")[0])

# %% [markdown]
# **Verdict: not with this line, whatever the weights.** For one article's prompt it stops with an
# error. For the other two it leaves room for at most 11 and 22 tokens; of Chinese, at two to three
# tokens for nearly every character, some four to eleven characters. The result of 45 characters
# stands beside the prompt of article 003, which leaves 22 tokens and would need more than eighty
# (notebook 01). The program beside it did not print it.

# %% [markdown]
# ## 9 · What the table does not show
#
# The first part of the table has a column for *how many* tokens were read in training. (A GPT-2 has
# "not known" there.) Two questions decide what a score is worth, and no column answers them:
#
# - **What was read?** A model that has lived in the town wins in the town. That is no cleverness.
# - **Was the exam among it?** This is called **contamination**. GPT-2 was trained on forty
#   gigabytes of web pages, up to the end of 2017. OpenAI never published them, but it did publish a
#   list of the thousand commonest domains, each with its number of pages (`domains.txt`, linked
#   from the model card). "python" stands there with 5,470. So GPT-2 has probably read documentation
#   of Python; which pages, nobody outside can tell. If it does well on ours, does it understand, or
#   remember?
#
# ### Measuring an overlap
#
# An **n-gram** is a piece of $n$ tokens in a row. Which share of the exam's n-grams stands, token
# for token, in the training text? Short ones stand everywhere. A long one hardly ever comes twice
# by chance. **By hand**: the exam `1, 2, 3, 4` has the pairs `(1, 2)`, `(2, 3)`, `(3, 4)`. The
# training text `9, 2, 3, 4` has `(9, 2)`, `(2, 3)`, `(3, 4)`. Two of three: 0.67.
#
# ### Your turn: `contamination`
#
# `exam` and `training` are lists of ids, and `n` is at least 1. Return the share of the exam's
# n-grams, every place counted, that occur anywhere in `training`: a number from 0 to 1. An exam
# shorter than `n` has no n-grams, and its share is 0.
#
# Look the n-grams up in a `set` (which takes tuples, but no lists). Below there are some 700,000
# training ids, and who walks through a *list* of n-grams for every question waits half an hour.


# %%
@exercise
def contamination(exam, training, n):
    """The share of the exam's n-grams that stand in the training ids, too: a float."""
    ### BEGIN SOLUTION
    known = {tuple(training[at : at + n]) for at in range(len(training) - n + 1)}
    pieces = [tuple(exam[at : at + n]) for at in range(len(exam) - n + 1)]
    return sum(piece in known for piece in pieces) / len(pieces) if pieces else 0.0
    ### END SOLUTION


# %%
check(contamination)

# %% [markdown]
# Now three exams against what *your* model learned from, every row of the town that it read and the
# documentation's articles: documentation that was kept back, documentation that was *not* kept
# back, and the town's held-out worlds.

# %%
training_ids = [id for row in read for id in row] + article_ids.tolist()
exams = {
    "documentation, kept back": "".join(texts["Python documentation"].documents),
    "documentation, learned": articles[1],
    "the town, held out": "".join(texts["Town English"].documents),
}
lengths = [1, 2, 4, 8, 16, 32]
overlap = {}
for name, exam in exams.items():
    asked_ids = pieces.encode(exam)[:1500]
    overlap[name] = lengths, [contamination(asked_ids, training_ids, n) for n in lengths]

# %% tags=["nbval-ignore-output"]
function_curves(overlap, "n", "share of n-grams that were learned", title="Overlap, by length")

# %% tags=["nbval-ignore-output"]
for name, (_, shares) in overlap.items():
    print(f"{name:26} of 8 tokens: {shares[3]:4.0%}   of 32 tokens: {shares[5]:4.0%}")

# %% [markdown]
# The package does the same with pieces of 64 bytes, about a dozen words. `share_learned` is the
# share of the pieces that were learned; `documents_learned` counts the documents that were learned
# as a whole (more than nine tenths of their pieces), and is not fooled by phrases:

# %% tags=["nbval-ignore-output"]
of_exams = {
    "documentation, kept back": texts["Python documentation"].documents,
    "documentation, learned": articles[1:2],
    "the town, held out": texts["Town English"].documents,
}
if MINE is None:
    for name, of_exam in of_exams.items():
        print(f"{name:26} {yours.share_learned(of_exam):4.0%} of the pieces,", end=" ")
        print(f"{yours.documents_learned(of_exam)} of {len(of_exam)} documents as a whole")

# %%
of_8 = {name: shares[3] for name, (_, shares) in overlap.items()}
print("learned, more than nine tenths:", of_8["documentation, learned"] > 0.9)
print("kept back, less than a fifth:", of_8["documentation, kept back"] < 0.2)
town_share = of_8["the town, held out"]
print("the town, between the two:", 0.2 < town_share < of_8["documentation, learned"])

# %% [markdown]
# Kept back means kept back: its long pieces are new. What was learned stands at one. The town lies
# between, and there is the catch: its worlds *are* new, but they are told in phrases that come
# again and again, and the overlap counts phrases. So an overlap is a warning, not a proof; and no
# overlap is no proof either, for a text that was learned in a translation or in other words.
#
# For GPT-2 not even this much can be measured, by anybody outside: the text itself was never
# published, only that list of domains. The honest entry in the table is "not known".
#
# ### Break it: a floor is a lie detector
#
# Let us cheat. A copy of your model learns the exam itself, twenty texts of the town, for two or
# three seconds:

# %%
import copy

town_exam = texts["Town English"]
parts = {"the exam": slice(20), "forty others": slice(20, None)}
halves = {name: town_exam.documents[part] for name, part in parts.items()}
floors = {
    name: bits_per_byte(sum(town_exam.floor_nats[part]), len("".join(halves[name]).encode()))
    for name, part in parts.items()
}


def cram(documents):
    """A copy of your model that has learned these documents by heart."""
    cheat = copy.deepcopy(mine)
    ids, _ = encode_documents(my_tokens, documents)
    plan = TrainConfig(steps=80, batch_size=8, optimizer="muon", lr=0.02, muon_lr=0.015,
                       eval_every=1000)  # fmt: skip
    Trainer(cheat, Batches(ids, 8, min(T, block)), plan).run()
    return cheat.eval()


# %% tags=["nbval-ignore-output"]
cheat = cram(halves["the exam"])

# %%
paid = {}
for name, half in halves.items():
    pair = {"honest": mine, "cheat": cheat}
    costs = {who: score_text(model, my_tokens, half, score_end=True).bits_per_byte
             for who, model in pair.items()}  # fmt: skip
    paid[name] = {who: (value, None, None) for who, value in costs.items()}
    print(f"{name}: the cheat is better: {costs['cheat'] < costs['honest']};", end=" ")
    print(f"below the floor: {costs['cheat'] < floors[name]}")

# %% tags=["nbval-ignore-output"]
ladder(paid, floors, title="Who has seen the exam?")

# %% [markdown]
# Who pays so much *less* than the dice themselves has not understood the town; it has seen these
# very rolls (as the table in notebook 02 did; now it is a GPT). On the forty texts beside it, it
# got worse. And on a text without a floor? The same cheat with the documentation's exam, once as it
# would present itself, once with what it read on the table:

# %% tags=["nbval-ignore-output"]
docs_exam = texts["Python documentation"]
crammed = cram(docs_exam.documents)
silent = Contestant.of((crammed, my_tokens), "silent cheat")
frank = Contestant.of((crammed, my_tokens), "frank cheat", learned=docs_exam.documents)
docs_sheet = examine([yours, bundled, silent, frank], [docs_exam], speed=False)
Markdown(docs_sheet.table("markdown", "bits") + "\n\n" + " ".join(docs_sheet.learned()))

# %%
by_name = {row.contestant: row.bits_per_byte for row in docs_sheet.rows}
print("the cheat is the best of all:", min(by_name, key=by_name.get).endswith("cheat"))

# %% [markdown]
# Without a floor nothing raises an alarm: the cheat is simply the best model of all. The **star**
# marks who has learned some of an exam: half a percent of its pieces, or in the town, whose phrases
# come again, a document as a whole. But it needs to know what was read, and only the frank one
# tells. That is why this course has a town: a known truth to hold results against.
#
# ### And what else?
#
# One number per byte is an average over everything in a text: most of it is spelling and set
# phrases. What a reader cares about, such as whether the *answer* is right, is a handful of tokens
# among hundreds. So count that by itself: questions with one right answer, from worlds that nobody
# has read.

# %%
from aigc_lab.generation.abilities import accuracy, town_questions

asked = town_questions(60, "test", language="english")
abilities = {"the capital of …": "capital", "where is she": "where", "into Chinese": "to_chinese"}


def fits(question):
    """Whether a question and its answer fit into the block of either model."""
    text = question.prompt + question.answer
    return all(
        len(one.tokenizer.encode(text)) < one.model.config.block_size for one in (yours, bundled)
    )


fitting = {name: list(filter(fits, asked[key])) for name, key in abilities.items()}
rights = {
    one.name: [accuracy(one.model, one.tokenizer, fitting[name]) for name in abilities]
    for one in (yours, bundled)
}

# %% tags=["nbval-ignore-output"]
print("questions that fit into your model's block:",
      ", ".join(f"{len(fitting[name])} of {len(asked[key])} {name}"
                for name, key in abilities.items()))  # fmt: skip
bar_panels(rights, list(abilities), title="Share of right answers", within=(0, 1))

# %%
print("the bundled model nearly always says where she is:", rights["bundled"][1] > 0.9)
print("yours mostly does not know:", rights["yours"][1] < 0.6 or MINE is not None)

# %% [markdown]
# Twice the bits sounds like "half as good". In right answers it is nearly nothing against nearly
# everything: the tokens that decide are few, and all the rest is phrases. Is yours worse than
# guessing, even? (There are about a dozen places, so a blind guess would be right one time in
# twelve.) Look at what it says:

# %% tags=["nbval-ignore-output"]
for name in list(abilities)[:2]:
    one_asked = fitting[name][0]
    print(one_asked.prompt.splitlines()[-2], "| right:", one_asked.answer.strip())
    for one in (yours, bundled):
        (said_so,) = complete(one.model, one.tokenizer, one_asked.prompt, temperature=0, stop="\n")
        print(f"   {one.name:8}>{said_so.text}")

# %% [markdown]
# It gives an answer of the right form that is wrong in more than one word, often about somebody
# else. So ask for both, the number that cannot be talked away and the one that you care about.

# %% [markdown]
# ## 10 · The round trip
#
# The other way round, finally: what *you* trained, as a checkpoint that others open. `round_trip`
# saves a model and its tokenizer, lets `transformers` open the folder without any code of ours, and
# both continue a prompt, greedily. Are they the same?

# %%
from aigc_lab.pretrained.round_trip import round_trip

trip = round_trip(mine, my_tokens, Path("runs", "my-gpt2"), "Story: Mia was in the")
print(*sorted(file.name for file in trip.folder.iterdir()), sep="\n")
print("the same text:", trip.same_text, "- logits equal to within 0.001:", trip.largest_gap < 1e-3)

# %% tags=["nbval-ignore-output"]
print("Story: Mia was in the ... by your class:\n  ", trip.ours[:90].strip())
print("Story: Mia was in the ... by transformers:\n  ", trip.theirs[:90].strip())

# %%
theirs = raw_tensors(trip.folder)
back = load_pretrained(trip.folder)
print("from the", back.source + ": your numbers again, all of them:", end=" ")
print(all(torch.equal(a, b) for a, b in zip(mine.parameters(), back.model.parameters(),
                                            strict=True)))  # fmt: skip
name = "transformer.h.0.mlp.c_fc.weight"
if name in theirs:  # a Llama's names are others
    print(f"{name}: in your model {tuple(mine.h[0].mlp.c_fc.weight.shape)},", end=" ")
    print(f"in the file {theirs[name].shape}: on its side again")

# %% [markdown]
# The folder `runs/my-gpt2` lies beside this notebook now.
# `AutoModelForCausalLM.from_pretrained("runs/my-gpt2")` reads it, as you have just seen; and
# whatever else reads GPT-2's folders should, such as programs that serve models.
#
# **Break it**: not every model has a format to go into. Mix the dialects (notebook 05), GPT-2's
# norms with rotary positions, and nobody else has a class for it:

# %%
from aigc_lab.pretrained.folder import save_pretrained

mixture = GPT(GPTConfig.gpt2(vocab_size=V, block_size=T, n_layer=1, n_head=2, n_embd=16,
                             position="rotary"))  # fmt: skip
try:
    save_pretrained(Path("runs", "mixture"), mixture)
except ValueError as error:
    print(fill(str(error), 95))

# %% [markdown]
# ## 11 · What you have seen
#
# - A checkpoint is names, shapes and numbers. GPT-2's names are ours; four matrices of each block
#   lie on their side, one of them square, so that no shape gives the slip away; the head is the
#   token table and is not in the file.
# - Right is what has the same *logits* as the reference, up to a constant in each row. Samples and
#   losses forgive too much.
# - A loader says which model it opened and from where, and says within seconds what is wrong.
# - Fair is: the same text, bits per byte, each token once, the same overlap of windows, an interval
#   (sum over sum), differences text by text, and a floor where there is one.
# - No table shows what a model has read. Overlap can be measured where the training text is known;
#   far below the floor nobody gets honestly.
# - English GPT-2 has neither the tokens nor the texts for Chinese.
# - What you train is a checkpoint like any other, once it is in a format that others know.

# %%
progress("09")

# %% [markdown]
# **Test yourself.** Answer first, then open.
#
# <details><summary>You load GPT-2 into your class, and it writes fluent English. Your logits differ
# from the reference by up to 0.02. Do you care?</summary>Yes. Rounding is a hundred times smaller,
# or more. A difference of 0.02 is a systematic slip, typically the exact GELU in place of the
# approximation. It will hardly ever show in a sample, and every score will be off a
# little.</details>
#
# <details><summary>Why can no test of shapes find a missing transpose of
# <code>attn.c_proj.weight</code>, and which test can?</summary>It is square, C by C. Comparing
# logits with a reference finds it, in every block.</details>
#
# <details><summary>A colleague reports 0.9 bits per byte for model A on a text, and 3.1 nats per
# token for model B on the same text, and says that A is better. Is it?</summary>Not comparable yet.
# You need B's number of tokens and the text's bytes: 3.1 nats are 4.5 bits per token, and with 4.97
# bytes per token that would be 0.9 bits per byte, too.</details>
#
# <details><summary>Two models' intervals overlap: 0.345 to 0.372 and 0.335 to 0.361. Is there no
# difference?</summary>You cannot tell from that. The same texts are hard for both, so compare text
# by text: the interval of the differences is much narrower.</details>
#
# <details><summary>A model scores 0.11 bits per byte on texts whose floor is 0.17. What happened?
# </summary>It has seen these texts (or the floor is of other texts, or tokens were left out of the
# count). The floor is what the generator itself pays.</details>
#
# <details><summary>Would GPT-2 with a Chinese vocabulary continue Chinese texts?</summary>No. It
# would need fewer tokens to fail. It has to read Chinese, too; the vocabulary decides how much that
# costs, not whether it was done.</details>
#
# ### Take it further
#
# **Settle the documentation.** Two articles cannot tell how far the bundled model is ahead of yours
# on documentation. How long must the exam be? Take the differences piece by piece (cut the articles
# into stretches of some hundred tokens). Pretend that the exam were 1, 2, 4, … times as long, made
# of such pieces: draw so many of them with replacement, and find where the interval of the
# difference no longer holds 0. Then train for `SCALE = 4` and predict,
# before you look, whether the answer will come sooner. With a network, do the same with GPT-2, and
# write down what the result would mean if the documentation was in its training text.
#
# **Read next.** Radford et al., *Language Models are Unsupervised Multitask Learners* (2019): the
# GPT-2 paper, with its own comparison across data sets, and in section 4 its own measurement of
# overlap. Gao et al., *The Pile* (2020), on bits per byte. Brown et al., *Language Models are
# Few-Shot Learners* (2020), section 4 and appendix C, on contamination. Efron, *Bootstrap Methods:
# Another Look at the Jackknife* (1979). Carlini et al., *Extracting Training Data from Large
# Language Models* (2020): what GPT-2 remembers word for word. Then notebook 10: what these models
# look at, and when a picture of it may be trusted.
