"""Every dial of a model and of a training run, as frozen and validated dataclasses."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, TypeVar

from aigc_lab.core.checks import require_choice, require_positive, require_whole, require_within

POSITIONS = ("learned", "sinusoidal", "rotary", "none")
NORMS = ("layernorm", "rmsnorm")
MLPS = ("gelu_tanh", "gelu", "relu_squared", "swiglu")
ATTENTION_KERNELS = ("auto", "fused", "explicit")
OPTIMIZERS = ("adamw", "muon")
SCHEDULES = ("cosine", "linear", "constant")
PRECISIONS = ("auto", "float32", "bfloat16")
COMPILE_MODES = ("never", "auto", "always")

Config = TypeVar("Config", "RotaryScaling", "GPTConfig", "TrainConfig")


@dataclass(frozen=True)
class RotaryScaling:
    """How Llama 3.1 stretches rotary positions, so as to read further than it was first taught.

    Pairs of features that make fewer than `low_freq_factor` turns within `original_block_size`
    positions turn `factor` times slower, those that make more than `high_freq_factor` stay as they
    are, and those between are mixed. The defaults are Llama 3.1's; Llama 3.2 has `factor=32`.

    Raises: ValueError naming the field, what arrived and what would do.
    Source: Meta 2024, the published code of Llama 3.1.
    Notebook: 04 positions.
    """

    factor: float = 8.0
    low_freq_factor: float = 1.0
    high_freq_factor: float = 4.0
    original_block_size: int = 8192

    def __post_init__(self) -> None:
        require_whole(self, "original_block_size")
        require_positive(self, "factor", "low_freq_factor", "high_freq_factor")
        if self.low_freq_factor >= self.high_freq_factor:
            raise ValueError(
                f"low_freq_factor={self.low_freq_factor} must be below "
                f"high_freq_factor={self.high_freq_factor}: between them slow and fast pairs meet"
            )


@dataclass(frozen=True)
class GPTConfig:
    """The shape of a GPT, in GPT-2's names; the defaults are GPT-2 small.

    `position`, `norm`, `mlp`, `bias` and `tie_weights` are the swaps between the two dialects:
    `GPTConfig.gpt2()` and `GPTConfig.llama()` set all five at once. What neither dialect has, and
    newer recipes do: `mlp="relu_squared"`, `qk_norm` (queries and keys are scaled to one length
    before they meet), and `zero_init` (the output projections of a block begin at zero, so that
    every block begins by changing nothing; so does an output layer that is not tied).

    Raises: ValueError naming the field, what arrived and what would do.
    Source: Radford et al. 2019 (GPT-2); Touvron et al. 2023 (Llama); So et al. 2021 (squared
        ReLU); Henry et al. 2020 (normalised queries and keys).
    Notebook: 05 the GPT block.

    >>> GPTConfig.llama(n_layer=2, n_head=4, n_embd=64, n_kv_head=2).head_dim
    16
    """

    vocab_size: int = 50257
    block_size: int = 1024
    n_layer: int = 12
    n_head: int = 12
    n_embd: int = 768
    n_kv_head: int | None = None  # None: one key/value head per query head
    n_inner: int | None = None  # None: 4C (gelu) or 8C/3 rounded up to a multiple of 8 (swiglu)
    position: str = "learned"
    norm: str = "layernorm"
    norm_eps: float = 1e-5
    mlp: str = "gelu_tanh"
    bias: bool = True
    tie_weights: bool = True
    rope_base: float = 10000.0
    rope_scaling: RotaryScaling | None = None  # None: plain rotary positions
    qk_norm: bool = False
    zero_init: bool = False
    dropout: float = 0.0
    attention: str = "auto"  # a kernel, or the quicker one for device, dtype and length

    def __post_init__(self) -> None:
        require_whole(self, "vocab_size", "block_size", "n_layer", "n_head", "n_embd")
        given = [name for name in ("n_kv_head", "n_inner") if getattr(self, name) is not None]
        require_whole(self, *given)
        require_positive(self, "norm_eps", "rope_base")
        for switch in ("bias", "tie_weights", "qk_norm", "zero_init"):
            require_choice(self, switch, (True, False))
        require_choice(self, "position", POSITIONS)
        require_choice(self, "norm", NORMS)
        require_choice(self, "mlp", MLPS)
        require_choice(self, "attention", ATTENTION_KERNELS)
        if self.n_embd % self.n_head:
            raise ValueError(
                f"n_embd={self.n_embd} does not split into n_head={self.n_head} equal heads; "
                "choose n_embd as a multiple of n_head"
            )
        if self.n_head % self.kv_heads:
            raise ValueError(
                f"n_head={self.n_head} query heads cannot share n_kv_head={self.n_kv_head} "
                "key/value heads evenly; choose n_kv_head as a divisor of n_head"
            )
        if self.position == "rotary" and self.head_dim % 2:
            raise ValueError(
                f"rotary positions turn pairs of features, but the head width "
                f"n_embd/n_head is {self.head_dim}; make it even"
            )
        if self.rope_scaling is not None:
            self._require_scaling()
        if self.position == "sinusoidal" and self.n_embd % 2:
            raise ValueError(
                f"sinusoidal positions come in pairs of features, but n_embd={self.n_embd} is odd; "
                "make it even"
            )
        require_within(self, 0.0, 0.999, "dropout")

    def _require_scaling(self) -> None:
        if isinstance(self.rope_scaling, dict):  # as it comes back from JSON
            object.__setattr__(self, "rope_scaling", from_dict(RotaryScaling, self.rope_scaling))
        if not isinstance(self.rope_scaling, RotaryScaling):
            raise ValueError(f"rope_scaling={self.rope_scaling!r} must be a RotaryScaling or None")
        if self.position != "rotary":
            raise ValueError(
                f"rope_scaling stretches rotary positions, but position={self.position!r} has none "
                "to stretch; leave it out"
            )

    @property
    def head_dim(self) -> int:
        """D, the width of one head."""
        return self.n_embd // self.n_head

    @property
    def kv_heads(self) -> int:
        """The number of key/value heads, `n_head` unless `n_kv_head` says fewer."""
        return self.n_kv_head or self.n_head

    @property
    def inner(self) -> int:
        """F, the width inside the MLP."""
        if self.n_inner is not None:
            return self.n_inner
        if self.mlp == "swiglu":
            return -(-8 * self.n_embd // 3 // 8) * 8
        return 4 * self.n_embd

    @property
    def dialect(self) -> str | None:
        """`"gpt2"`, `"llama"`, or None for any other choice of parts."""
        swaps = (self.position, self.norm, self.mlp, self.bias)
        if self.qk_norm:
            return None
        if swaps == ("learned", "layernorm", "gelu_tanh", True) and self.kv_heads == self.n_head:
            return "gpt2" if self.tie_weights else None
        return "llama" if swaps == ("rotary", "rmsnorm", "swiglu", False) else None

    @classmethod
    def gpt2(cls, **changes: Any) -> GPTConfig:
        """GPT-2's dialect; with no changes, GPT-2 small (124,439,808 parameters)."""
        return from_dict(cls, changes)

    @classmethod
    def llama(cls, **changes: Any) -> GPTConfig:
        """Llama's dialect: rotary, RMSNorm, SwiGLU, no biases, head not tied."""
        swaps = dict(position="rotary", norm="rmsnorm", mlp="swiglu", bias=False, tie_weights=False)
        return from_dict(cls, {**swaps, **changes})


@dataclass(frozen=True)
class TrainConfig:
    """One training run: how many steps, of what, with which optimiser, from which seed.

    Units: `batch_size` counts sequences of one optimiser step; `accumulate` splits them into that
    many equal micro-batches. `lr` drives AdamW; `muon_lr` drives Muon, which takes the hidden
    matrices when `optimizer="muon"` while AdamW keeps embeddings, norms and biases.

    `average` is the decay of a running average of the weights, by which the model is then judged
    and kept: 0.99 looks back over about 100 steps, and 0 averages nothing. `compile` runs the steps
    through `torch.compile`: "auto" where that works and pays, "always" wherever it works.
    `recompute` forgets a block's activations and computes them again in the backward pass: less
    memory for about a third more time, and the same numbers.

    Raises: ValueError naming the field, what arrived and what would do.
    Notebook: 06 training; 08 GPU training.
    """

    steps: int = 500
    batch_size: int = 16
    accumulate: int = 1
    optimizer: str = "adamw"
    lr: float = 3e-3
    muon_lr: float = 0.005
    weight_decay: float = 0.1
    beta1: float = 0.9
    beta2: float = 0.95
    grad_clip: float = 1.0
    warmup_steps: int | None = None  # None: a tenth of the steps, at most 100
    schedule: str = "cosine"
    final_lr_fraction: float = 0.1
    eval_every: int = 100
    eval_batches: int = 8
    checkpoint_every: int = 100
    precision: str = "auto"
    device: str = "auto"
    seed: int = 0
    compile: str = "never"
    average: float = 0.0
    recompute: bool = False

    def __post_init__(self) -> None:
        require_whole(self, "steps", "batch_size", "accumulate")
        require_whole(self, "eval_every", "eval_batches", "checkpoint_every")
        require_positive(self, "lr", "muon_lr", "grad_clip")
        require_within(self, 0.0, 0.999999, "beta1", "beta2", "average")
        require_within(self, 0.0, 1.0, "final_lr_fraction")
        require_within(self, 0.0, 1e6, "weight_decay")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise ValueError(f"seed={self.seed!r} must be a whole number, 0 or more")
        require_choice(self, "optimizer", OPTIMIZERS)
        require_choice(self, "schedule", SCHEDULES)
        require_choice(self, "precision", PRECISIONS)
        require_choice(self, "compile", COMPILE_MODES)
        require_choice(self, "recompute", (True, False))
        if self.batch_size % self.accumulate:
            raise ValueError(
                f"batch_size={self.batch_size} does not split into accumulate={self.accumulate} "
                "equal micro-batches; choose accumulate as a divisor of batch_size"
            )
        if self.warmup_steps is None:
            object.__setattr__(self, "warmup_steps", min(100, self.steps // 10))
        if not 0 <= self.warmup_steps <= self.steps:
            raise ValueError(
                f"warmup_steps={self.warmup_steps} does not fit into steps={self.steps}; "
                "choose 0 <= warmup_steps <= steps"
            )


def from_dict(cls: type[Config], values: dict[str, Any]) -> Config:
    """Build a config from plain values, refusing names it does not have.

    >>> from_dict(TrainConfig, {"steps": 3, "warmup_steps": 0}).steps
    3
    """
    known = [field.name for field in dataclasses.fields(cls)]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"{cls.__name__} has no {unknown}; it has {', '.join(known)}")
    return cls(**values)


def defaults(cls: type[Config]) -> dict[str, Any]:
    """What a config written before a field existed means by leaving it out.

    >>> defaults(TrainConfig)["average"]
    0.0
    """
    return {field.name: field.default for field in dataclasses.fields(cls)}


def to_dict(config: RotaryScaling | GPTConfig | TrainConfig) -> dict[str, Any]:
    """The config as plain values, ready for JSON; `from_dict` is the way back."""
    return dataclasses.asdict(config)


GPT_PRESETS: dict[str, GPTConfig] = {
    "nano": GPTConfig.gpt2(vocab_size=1024, block_size=128, n_layer=4, n_head=4, n_embd=96),
    "small": GPTConfig.gpt2(vocab_size=4096, block_size=256, n_layer=6, n_head=8, n_embd=256),
    "town": GPTConfig.gpt2(vocab_size=2048, block_size=256, n_layer=6, n_head=6, n_embd=192),
    "gpt2": GPTConfig.gpt2(),
    "gpt2-medium": GPTConfig.gpt2(n_layer=24, n_head=16, n_embd=1024),
    "gpt2-large": GPTConfig.gpt2(n_layer=36, n_head=20, n_embd=1280),
    "gpt2-xl": GPTConfig.gpt2(n_layer=48, n_head=25, n_embd=1600),
}
