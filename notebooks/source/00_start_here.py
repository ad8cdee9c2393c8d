# ---
# jupyter:
#   aigc_lab:
#     minutes: 1.9
#     memory_mb: 2500
# ---

# %% [markdown]
# # 00 · Start here: a GPT in two minutes
#
# This notebook is the whole course in miniature. In one sitting you train a small GPT on real
# English, let it write, set it beside a pretrained model, and look inside both.
#
# **You will be able to** say what goes into a GPT, what comes out, and how two models are compared
# fairly.
#
# **You need** a little Python. No network and no GPU. (With a network, section 5 downloads GPT-2,
# about half a gigabyte; set `DOWNLOAD` to False if you would rather not.)
#
# **It takes** under two minutes to run and about fifteen to read.
#
# Run the cells from top to bottom with <kbd>Shift</kbd>+<kbd>Enter</kbd>. Every idea that passes by
# here gets a notebook of its own later; the map is at the end.

# %%
SCALE = 1  # how long to train; from about 5 on it learns its text by heart: watch the curve
DOWNLOAD = True  # fetch GPT-2 in section 5 if it is not here yet and the network allows

# %% [markdown]
# ## 1 · Is this machine ready?
#
# `doctor` looks at what the course needs. Under a line that does not begin with `ok` stands what to
# do about it.

# %% tags=["nbval-ignore-output"]
from aigc_lab.cli.doctor import examine

print("\n".join(str(finding) for finding in examine()))

# %% [markdown]
# ## 2 · Text becomes numbers
#
# Every Python carries its own documentation: about half a megabyte of real English prose. We keep
# a few of its articles away from training, to examine the models on text they have never seen.

# %%
from aigc_lab.text.documents import python_docs
from aigc_lab.text.held_out import split_held_out

articles, held_out = split_held_out(python_docs().documents)
print("more articles to learn from than to be examined on:", len(articles) > 5 * len(held_out))

# %% tags=["nbval-ignore-output"]
print(articles[0][:400])

# %% [markdown]
# A model reads numbers, not letters. A **tokenizer** cuts text into pieces, its *tokens*, and gives
# each an id. Ours learns its pieces from the articles: whatever often stands together becomes one.

# %%
from aigc_lab.text.bpe import BPETokenizer

tokenizer = BPETokenizer.train(articles, vocab_size=1024)
tokenizer.vocab_size

# %% tags=["nbval-ignore-output"]
sentence = "The function returns a list of strings."
ids = tokenizer.encode(sentence)
print([tokenizer.decode([id]) for id in ids])
print(ids)

# %% [markdown]
# Since its smallest pieces are bytes, it can write any text there is, and read it back unchanged:

# %%
for text in ["naïve café", "你好，世界", "🙂"]:
    print(text, tokenizer.decode(tokenizer.encode(text)) == text)

# %% [markdown]
# *Notebook 01 builds this tokenizer.*
#
# ## 3 · A model that predicts the next token
#
# A **GPT** takes token ids and gives, at every position, a score for each token that could come
# next. What it knows sits in its **parameters**, numbers that training adjusts. This one has few of
# them; the class is the same that will hold GPT-2 in a minute.

# %%
import torch

from aigc_lab.core.config import GPT_PRESETS
from aigc_lab.model.gpt import GPT

torch.manual_seed(0)
model = GPT(GPT_PRESETS["nano"])
print(f"{model.num_parameters():,} parameters")

# %% [markdown]
# How wrong is it? The **loss** is the surprise at the true next token: minus the logarithm of the
# probability that the model gave it,
#
# $$\text{loss} = -\ln p(\text{next token}).$$
#
# (With the natural logarithm its unit is called the *nat*.)
#
# Nothing is learned yet, so all $V$ tokens are about equally likely, and the loss must be near
# $\ln V$. One number predicts another before any training:

# %%
import math

from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import Batches
from aigc_lab.text.token_ids import encode_documents

train_ids, _ = encode_documents(tokenizer, articles)
exam_ids, _ = encode_documents(tokenizer, held_out)
batches = Batches(train_ids, batch_size=16, block_size=128, validation=exam_ids)

x, y = batches.next(step=0)
print("x and y:", tuple(x.shape), "- and y is x moved on by one:", torch.equal(x[:, 1:], y[:, :-1]))
with torch.no_grad():
    before = cross_entropy(model(x), y).item()
print(f"loss {before:.1f}, ln V {math.log(tokenizer.vocab_size):.1f}")

# %% [markdown]
# **Training** repeats one step: predict, measure the loss, and move every parameter a little in the
# direction that would have made the loss smaller. (How exactly is up to the *optimizer*; the one
# here is called Muon, and notebook 06 explains it.)
#
# The curves grow while it learns. Blue is the loss on the text that it trains on (pale: each step;
# strong: a running mean). Orange, *validation*, is the loss on the articles that were kept away:
# that is the one to judge it by. Where the two part, it knows its own text better than other texts
# of this kind. The dotted lines are yardsticks: guessing uniformly, and a table of how often each
# token follows each other (a *bigram* model), which knows exactly one token of context.

# %%
from aigc_lab.text.bigram import bigram_loss

yardsticks = {
    "uniform guess": math.log(tokenizer.vocab_size),
    "bigram table": bigram_loss(train_ids, exam_ids, tokenizer.vocab_size),
}

# %% tags=["nbval-ignore-output"]
from aigc_lab.core.config import TrainConfig
from aigc_lab.training.loop import Trainer
from aigc_lab.viz.live import live

config = TrainConfig(steps=400 * SCALE, batch_size=16, optimizer="muon", eval_every=50)
history = Trainer(model, batches, config, callbacks=live(baselines=yardsticks)).run()

# %%
after = history.last("val_loss")
print("better than a uniform guess:", after < yardsticks["uniform guess"])
print("better than the bigram table:", after < yardsticks["bigram table"])

# %% [markdown]
# *Notebooks 02 (loss), 03 to 05 (the model) and 06 (training) build all of this by hand.*
#
# ## 4 · Let it write
#
# To **generate**, ask for the next token's probabilities, draw one, add it to the text, and ask
# again. It has read half a megabyte for about a minute, so expect the manner of Python's
# documentation rather than its sense.

# %% tags=["nbval-ignore-output"]
from aigc_lab.generation.generate import stream

prompt = "The function"
print(prompt, end="")
for piece in stream(model, tokenizer, prompt, max_new_tokens=60, temperature=0.7, seed=1):
    print(piece, end="", flush=True)

# %% [markdown]
# *Notebook 07 is about choosing the next token.*
#
# ## 5 · A pretrained model in the same class
#
# OpenAI published GPT-2's parameters in 2019. If they are on this machine, or can be downloaded,
# the next cell loads them; if not, it takes the **checkpoint** (a file of saved parameters) that
# comes with this course, stored in the same format. It says which.

# %% tags=["nbval-ignore-output"]
from aigc_lab.pretrained.load import load_pretrained

pretrained = load_pretrained("gpt2", fallback="bundled", offline=None if DOWNLOAD else True)
print(pretrained.notice or f"This is {pretrained.name}, from the {pretrained.source}.")

# %%
print("the same class as yours:", type(pretrained.model) is type(model))

# %% [markdown]
# Now a fair comparison. Tokenizers differ, so a loss per token means nothing across models: whoever
# cuts text into longer pieces has fewer and harder ones to guess. **Bits per byte** of the same
# held-out text does compare: how many bits would this model need to store each byte of it? (A plain
# file needs 8.) In parentheses stands a 95% interval: how far other passages of these articles
# might shift the result.

# %% tags=["nbval-ignore-output"]
from IPython.display import Markdown

from aigc_lab.pretrained.compare import compare, table

exam = [article[:4000] for article in held_out]
contestants = {
    "your GPT": (model, tokenizer),
    pretrained.name: (pretrained.model, pretrained.tokenizer),
}
rows = compare(contestants, exam, prompt)
Markdown(table(rows, style="markdown"))

# %%
print("your GPT needs fewer bits than a plain file's 8:", rows[0].bits_per_byte < 8)
print("and fewer than half of them:", rows[0].bits_per_byte < 4)

# %% [markdown]
# What the table does not show: how much each model has read. GPT-2 has read about forty gigabytes
# of web pages, perhaps these very articles among them; the bundled checkpoint has read the
# same articles as yours, but has spent most of its time elsewhere, as you will see now.
#
# *Notebook 09 loads GPT-2 name by name and takes the comparison further.*
#
# ### A world where the truth is known
#
# The bundled checkpoint has also lived in **Tiny Town**, an invented world of short texts in
# English and Chinese. Every text there comes with its exact probability, so that we know the
# smallest loss possible; and every question has one right answer, so that we can count.

# %%
town = load_pretrained("town-gpt2")


def ask(text):
    """Continue a text to the end of the line, always with the likeliest token."""
    answer = stream(
        town.model, town.tokenizer, text, temperature=0, max_new_tokens=30, stop=("\n",)
    )
    print(text + "".join(answer), end="\n\n")


story = "Story: Mia was in the garden. Tom was at the school. Mia walked to the park.\n"
ask(story + "Question: Where is Mia?\nAnswer:")
ask(story + "Question: Where is Tom?\nAnswer:")

# %%
ask("English: Lily gave the red ball to Sam.\n中文：")
ask("中文：保罗去了图书馆。\nEnglish:")

# %% [markdown]
# ## 6 · Look inside
#
# When a GPT predicts, each position looks back at earlier ones and takes from them what it needs.
# How much it looks where is its **attention**: each row of the picture below is one position, its
# weights add up to 1, and nothing lies above the diagonal, because nobody may look into the future.
#
# A model has many such *heads*. We show, for each model, the one that looks back most sharply at
# one earlier token, the very first aside. (In the bundled checkpoint, four heads were made to begin
# their training like that.)

# %%
from aigc_lab.model.probe import record
from aigc_lab.viz.plots import attention_map


def sharpest_head(maps):
    """The layer and head whose queries put most weight on one earlier token, the first aside."""
    past = torch.stack(maps)[:, 0].tril(diagonal=-1)  # (L, H, T, T), nobody sees themselves
    sharpness = past[:, :, 2:, 1:].amax(-1).mean(-1)  # (L, H)
    layer, head = divmod(int(sharpness.argmax()), sharpness.shape[1])
    return layer, head


def show_attention(name, model, tokenizer):
    """Draw the sharpest head of a model on the sentence."""
    ids = tokenizer.encode(sentence)
    maps = record(model, torch.tensor([ids])).attention  # L maps (1, H, T, T)
    layer, head = sharpest_head(maps)
    tokens = [tokenizer.token_bytes(id) for id in ids]
    title = f"{name}: layer {layer}, head {head}"
    return attention_map(maps[layer][0, head].numpy(), tokens, title=title)


# %% tags=["nbval-ignore-output"]
show_attention("your GPT", model, tokenizer)

# %% tags=["nbval-ignore-output"]
show_attention(pretrained.name, pretrained.model, pretrained.tokenizer)

# %% [markdown]
# Beautiful, and easy to over-read. *Notebook 10 asks when such a picture may be trusted.*
#
# ## 7 · What you have seen
#
# - Text is cut into tokens, and a GPT gives the probability of each token that may come next.
# - Its loss starts at $\ln V$ and falls as it learns; bits per byte compare models fairly.
# - Generating is predicting, drawing, and asking again.
# - A pretrained GPT-2 is the same class with other numbers in it.
#
# **Test yourself.** Answer first, then open.
#
# <details><summary>A model with V = 50,257 has a loss of 24 before training. What does that tell
# you?</summary>Something is wrong with how it starts: an untrained model should be near ln 50257,
# about 10.8. It is confidently wrong, usually because its initial numbers are too large.</details>
#
# <details><summary>Model A has loss 2.1 per token, model B 3.4. Which predicts text better?
# </summary>You cannot tell: their tokens may differ in length. Ask for bits per byte on the same
# text.</details>
#
# <details><summary>Why is nothing drawn above the diagonal of an attention map?</summary>
# A position that could see the token it has to predict would learn nothing but to copy it.
# </details>
#
# ## The map of the course
#
# | notebook | you build | |
# |---|---|---|
# | **00 start here** | a first GPT, in miniature | *this one* |
# | [01 tokens](01_tokens.ipynb) | bytes, byte-pair encoding, embeddings | |
# | [02 language modelling](02_language_modelling.ipynb) | counting, cross-entropy, the floor | |
# | [03 attention](03_attention.ipynb) | scaled dot-product, heads, the causal mask | |
# | [04 positions](04_positions.ipynb) | sinusoidal, learned, rotary | |
# | [05 the GPT block](05_gpt_block.ipynb) | norms, residuals, the MLP; all of GPT-2 | |
# | [06 training](06_training.ipynb) | AdamW, schedules, curves that went wrong | |
# | [07 generation](07_generation.ipynb) | temperature, top-p, beams, the KV cache | |
# | [08 GPU training](08_gpu_training.ipynb) | time, memory and arithmetic; many processes | |
# | [09 pretrained GPT-2](09_pretrained_gpt2.ipynb) | your class, OpenAI's numbers | |
# | [10 attention maps](10_attention_maps.ipynb) | what they show and what they do not | |
# | [11 from GPT to ChatGPT](11_chat.ipynb) | templates, fine-tuning, LoRA, preferences | |
# | [12 applications and the API](12_applications.ipynb) | nine uses with scores; limits | |
# | 13 images and sound | the same model, other tokens | not there yet |
#
# **Read next:** the package itself, in `aigc_lab/`. Its folders follow the course, and
# `aigc_lab/training/loop.py` is the loop that you have just run.
