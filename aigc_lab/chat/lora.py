"""Low-rank adaptation: fine-tuning a model by small corrections beside its frozen matrices."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aigc_lab.chat.adapter_files import Adapter, read_adapter, write_adapter
from aigc_lab.core.checks import require_positive, require_whole
from aigc_lab.model.gpt import GPT

TARGETS = ("c_attn", "c_proj", "c_fc")  # every matrix of a block; "attn.c_proj" names one alone


class LoRALinear(nn.Module):
    """A frozen linear layer and a learned correction of low rank: y = base(x) + α/r · x Aᵀ Bᵀ.

    The change of a weight matrix is not learned as a matrix of its size, but as the product B A of
    two thin ones, r·(in + out) numbers in all. B begins at zero, so that at first nothing changes;
    A begins random, because with both at zero neither would ever see a gradient. Dividing by r
    lets one learning rate serve every rank.

    Shapes: x (…, in) -> (…, out); A (r, in); B (out, r).
    Raises: ValueError for a base that is no plain linear layer, or a rank or alpha that cannot be.
    Source: Hu et al. 2021 (LoRA), equation 3; A is drawn as `peft` draws it.
    Notebook: 11 from GPT to ChatGPT.

    >>> layer = LoRALinear(nn.Linear(3, 2), rank=1, alpha=2)
    >>> x = torch.tensor([[1.0, 0.0, 2.0]])
    >>> torch.equal(layer(x), layer.base(x))  # B is zero
    True
    """

    def __init__(
        self, base: nn.Linear, rank: int, alpha: float, generator: torch.Generator | None = None
    ) -> None:
        super().__init__()
        self.rank, self.alpha = rank, alpha
        require_whole(self, "rank")
        require_positive(self, "alpha")
        if type(base) is not nn.Linear:
            raise ValueError(f"base is a {type(base).__name__}; LoRA goes around an nn.Linear")
        self.base = base.requires_grad_(False)
        self.scale = alpha / rank
        self.on = True  # `lora_off` switches it
        bound = 1 / math.sqrt(base.in_features)
        first = torch.empty(rank, base.in_features).uniform_(-bound, bound, generator=generator)
        device = base.weight.device  # float32 also beside a bfloat16 weight: the steps are small
        self.A = nn.Parameter(first.to(device))
        self.B = nn.Parameter(torch.zeros(base.out_features, rank, device=device))

    def forward(self, x: Tensor) -> Tensor:
        y = self.base(x)  # (…, out)
        if not self.on:
            return y
        low = F.linear(x.to(self.A.dtype), self.A)  # (…, in) -> (…, r)
        return (y + F.linear(low, self.B) * self.scale).to(y.dtype)  # (…, r) -> (…, out)

    @torch.no_grad()
    def merged(self) -> Tensor:
        """The one weight (out, in) that does the work of both: W + α/r · B A."""
        weight = self.base.weight
        return (weight + self.B @ self.A * self.scale).to(weight.dtype)


def add_lora(
    model: GPT,
    rank: int = 8,
    alpha: float = 16,
    targets: Sequence[str] = TARGETS,
    seed: int = 0,
) -> list[str]:
    """Put a `LoRALinear` around the block matrices that `targets` name; freeze everything else.

    In place; the model computes what it did until it is trained. The token table cannot be a
    target: it is the output layer as well, and one correction would have to serve both.

    Returns the names of the layers, "h.0.attn.c_attn" and so on.
    Raises: ValueError for a target that is not there, and for a model that has LoRA already.
    Source: Hu et al. 2021 (LoRA), section 4.2.
    Notebook: 11 from GPT to ChatGPT.

    >>> from aigc_lab.core.config import GPTConfig
    >>> model = GPT(GPTConfig.gpt2(vocab_size=11, block_size=8, n_layer=1, n_head=1, n_embd=4))
    >>> add_lora(model, rank=2, targets=["c_attn"])
    ['h.0.attn.c_attn']
    >>> model.num_parameters(trainable_only=True)  # 2·(4 + 12)
    32
    """
    matrices = _block_matrices(model)
    names = [name for name in matrices if any(_is_meant(target, name) for target in targets)]
    lost = [target for target in targets if not any(_is_meant(target, name) for name in matrices)]
    if lost or not names:
        raise ValueError(_no_such_target(lost, matrices))
    generator = torch.Generator().manual_seed(seed)
    layers = {name: LoRALinear(matrices[name], rank, alpha, generator) for name in names}
    return _put_in(model, layers)


def merge_lora(model: GPT) -> list[str]:
    """Fold every correction into its weight, in place: plain layers again, and the same logits.

    What answers costs no more than before the tuning, and every parameter can be trained again.

    Raises: ValueError when there is nothing to merge.
    Notebook: 11 from GPT to ChatGPT.
    """
    layers = lora_layers(model)
    for name, layer in layers.items():
        with torch.no_grad():
            layer.base.weight.copy_(layer.merged())
        model.set_submodule(name, layer.base)
    model.requires_grad_(True)
    return list(layers)


@contextmanager
def lora_off(model: GPT) -> Iterator[None]:
    """Within, the model is what it was before the tuning: a reference that costs no memory.

    Raises: ValueError when the model has no LoRA, and so would be compared with itself.
    Notebook: 11 from GPT to ChatGPT.
    """
    layers = [layer for layer in lora_layers(model).values() if layer.on]
    for layer in layers:
        layer.on = False
    try:
        yield
    finally:
        for layer in layers:
            layer.on = True


def lora_layers(model: nn.Module) -> dict[str, LoRALinear]:
    """The model's LoRA layers by name.

    Raises: ValueError when there are none.
    """
    layers = {name: m for name, m in model.named_modules() if isinstance(m, LoRALinear)}
    if not layers:
        raise ValueError("the model has no LoRA layers; put them in with add_lora or load_adapter")
    return layers


def save_adapter(model: GPT, folder: str | Path) -> Path:
    """Write A and B of every layer as `peft` does, which opens them on transformers' GPT-2.

    Raises: ValueError for a model without LoRA, of unequal ranks, or whose names are not GPT-2's;
        OSError when the disk refuses.
    Notebook: 11 from GPT to ChatGPT.
    """
    layers = lora_layers(model)
    shapes = {(layer.rank, layer.alpha) for layer in layers.values()}
    if len(shapes) > 1:
        raise ValueError(f"one file holds one rank and alpha, and there are {sorted(shapes)}")
    rank, alpha = shapes.pop()
    parts = {name: (layer.A.detach(), layer.B.detach()) for name, layer in layers.items()}
    return write_adapter(folder, Adapter(rank, alpha, parts), model.config)


def load_adapter(model: GPT, folder: str | Path) -> list[str]:
    """Put the layers of an adapter, ours or `peft`'s, around a plain model's; freeze the rest.

    Returns the names of the layers, as `add_lora` does.
    Raises: ValueError for files that are missing, damaged, of another kind, or for another model.
    Notebook: 11 from GPT to ChatGPT.
    """
    adapter, matrices = read_adapter(folder, model.config), _block_matrices(model)
    for name, (a, b) in adapter.parts.items():
        sizes, base = (a.shape[1], b.shape[0]), matrices.get(name)
        if base is None or sizes != (base.in_features, base.out_features):
            raise ValueError(
                f"{folder} corrects {name} from {sizes[0]} to {sizes[1]} features, and the model "
                f"has {base or 'no such layer'} there; load the model that it was made for"
            )
    layers = {}
    for name, (a, b) in adapter.parts.items():
        layers[name] = layer = LoRALinear(matrices[name], adapter.rank, adapter.alpha)
        with torch.no_grad():
            layer.A.copy_(a)
            layer.B.copy_(b)
    return _put_in(model, layers)


def _put_in(model: GPT, layers: dict[str, LoRALinear]) -> list[str]:
    """Let the layers take the places of their bases, and be all that is trained."""
    model.requires_grad_(False)
    for name, layer in layers.items():
        model.set_submodule(name, layer)
    return list(layers)


def _block_matrices(model: GPT) -> dict[str, nn.Linear]:
    """The plain linear layers of the blocks, by name."""
    modules = dict(model.named_modules())
    if any(isinstance(module, LoRALinear) for module in modules.values()):
        raise ValueError("the model has LoRA layers already; merge_lora makes them plain first")
    return {n: m for n, m in modules.items() if n.startswith("h.") and isinstance(m, nn.Linear)}


def _is_meant(target: str, name: str) -> bool:
    """Whether a target is the name of a layer, or the end of it from a dot on."""
    return f".{name}".endswith(f".{target}")


def _no_such_target(lost: list[str], matrices: dict[str, nn.Linear]) -> str:
    known = ", ".join(sorted({name.rpartition(".")[2] for name in matrices}))
    table = {"wte", "wpe", "lm_head"} & {target.rpartition(".")[2] for target in lost}
    why = "a table, shared with the output layer or looked up, stays" if table else "not there"
    return f"targets {lost}: {why}; choose among {known}"
