"""Named recipes: a text, a tokenizer, a model and a training run that are known to go together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig

TOKENIZERS = ("char", "bpe", "gpt2")
DOWNLOADED = ("shakespeare", "tinystories")  # texts that come over the network
SIZES = ("block_size", "n_layer", "n_head", "n_embd")  # what a preset changes of a recipe's model


@dataclass(frozen=True)
class Recipe:
    """What to learn from, with which tokenizer, model and training, and why it is so.

    `text` is a name that `load_text` knows; None: any text, token file or dataset of yours. The
    tokenizer is "char", "bpe" (learned from the text) or "gpt2" (the published one when it is at
    hand, else learned). `model.vocab_size` is how many tokens are learned at most; of characters,
    how many the usual text has.
    """

    name: str
    why: str
    text: str | None
    tokenizer: str
    model: GPTConfig
    train: TrainConfig

    def __post_init__(self) -> None:
        if self.tokenizer not in TOKENIZERS:
            raise ValueError(
                f"tokenizer={self.tokenizer!r} is not known; choose one of {', '.join(TOKENIZERS)}"
            )


MODERN = dict(
    **dict(position="rotary", norm="rmsnorm", mlp="relu_squared", bias=False, tie_weights=False),
    **dict(qk_norm=True, zero_init=True),
)

_ALL = (
    Recipe(
        name="shakespeare-char",
        why="a small GPT of newer parts on letters, for a low loss in minutes",
        text="shakespeare",
        tokenizer="char",
        model=GPTConfig(
            **MODERN,
            **dict(vocab_size=66, block_size=128, n_layer=4, n_head=4, n_embd=128),
        ),
        train=TrainConfig(
            **dict(steps=1500, batch_size=16, optimizer="muon", muon_lr=0.02, lr=5e-3),
            **dict(weight_decay=0.2, warmup_steps=100, final_lr_fraction=0.0),
            **dict(eval_every=125, checkpoint_every=125),
        ),
    ),
    Recipe(
        name="shakespeare-char-long",
        why="the same, larger, and with dropout: it reads the text several times",
        text="shakespeare",
        tokenizer="char",
        model=GPTConfig(
            **MODERN,
            **dict(vocab_size=66, block_size=256, n_layer=5, n_head=6, n_embd=192, dropout=0.1),
        ),
        train=TrainConfig(
            **dict(steps=3600, batch_size=8, optimizer="muon", muon_lr=0.02, lr=5e-3),
            **dict(weight_decay=0.3, warmup_steps=100, final_lr_fraction=0.0),
            **dict(eval_every=200, checkpoint_every=200),
        ),
    ),
    Recipe(
        name="town",
        why="Tiny Town, whose floor is known: how far from perfect is the model?",
        text="town",
        tokenizer="bpe",
        model=GPT_PRESETS["town"],
        train=TrainConfig(steps=4000, optimizer="muon", eval_every=200, checkpoint_every=200),
    ),
    Recipe(
        name="python-docs",
        why="real English without a network, in two minutes on two cores",
        text="python_docs",
        tokenizer="bpe",
        model=GPT_PRESETS["nano"],
        train=TrainConfig(steps=500, optimizer="muon", eval_every=25, checkpoint_every=25),
    ),
    Recipe(
        name="tinystories",
        why="stories in a child's words, which a few million parameters can tell",
        text="tinystories",
        tokenizer="bpe",
        model=GPTConfig.llama(vocab_size=4096, block_size=256, n_layer=6, n_head=8, n_embd=256),
        train=TrainConfig(
            **dict(steps=3000, batch_size=32, optimizer="muon", eval_every=250),
            checkpoint_every=250,
        ),
    ),
    Recipe(
        name="gpt2-124m",
        why="GPT-2 small as it was, on your text: half a million tokens a step",
        text=None,
        tokenizer="gpt2",
        model=GPTConfig.gpt2(),
        train=TrainConfig(
            **dict(steps=20_000, batch_size=512, accumulate=32, lr=6e-4, warmup_steps=700),
            compile="auto",
            **dict(eval_every=250, eval_batches=2, checkpoint_every=250),
        ),
    ),
)
RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}


def listing() -> str:
    """The recipes and what each is for, a line each; then those that need a download."""
    width = max(map(len, RECIPES))
    lines = [f"  {recipe.name:<{width}} {recipe.why}\n" for recipe in RECIPES.values()]
    fetched = [recipe.name for recipe in RECIPES.values() if recipe.text in DOWNLOADED]
    return "".join(lines) + f"  Downloaded once, then kept: the text of {', '.join(fetched)}.\n"


def find_recipe(name: str) -> Recipe:
    """The recipe of a name.

    Raises: ValueError naming those there are.
    """
    if name not in RECIPES:
        raise ValueError(f"there is no recipe {name!r}; choose one of {', '.join(RECIPES)}")
    return RECIPES[name]


def changed(recipe: Recipe, **changes: Any) -> Recipe:
    """The recipe with another text, preset or dials of its training; None leaves one as it is.

    A preset changes the size of the model and of its context, not the parts it is made of. With
    fewer steps, warm-up and the time between examinations shrink along.

    Raises: ValueError for a preset or a dial that is not known, or a value that cannot be.

    >>> changed(RECIPES["python-docs"], steps=100, seed=None).train.warmup_steps
    10
    """
    given = {name: value for name, value in changes.items() if value is not None}
    text = given.pop("text", recipe.text)
    model = resized(recipe.model, given.pop("preset")) if "preset" in given else recipe.model
    dials = [name for name in given if not hasattr(recipe.train, name)]
    if dials:
        raise ValueError(f"a run has no {dials}; the dials are those of TrainConfig")
    if (steps := given.get("steps", recipe.train.steps)) < recipe.train.steps:
        often = max(10, steps // 20)
        shrunk = dict(
            warmup_steps=min(recipe.train.warmup_steps, steps // 10),
            eval_every=min(recipe.train.eval_every, often),
            checkpoint_every=min(recipe.train.checkpoint_every, often),
        )
        given = {**shrunk, **given}
    return replace(recipe, text=text, model=model, train=replace(recipe.train, **given))


def resized(config: GPTConfig, preset: str) -> GPTConfig:
    """A model of the same parts and vocabulary in the size of a preset.

    Raises: ValueError naming the presets there are.
    """
    if preset not in GPT_PRESETS:
        raise ValueError(f"preset={preset!r} is not known; choose one of {', '.join(GPT_PRESETS)}")
    sizes = {name: getattr(GPT_PRESETS[preset], name) for name in SIZES}
    return replace(config, n_kv_head=None, n_inner=None, **sizes)
