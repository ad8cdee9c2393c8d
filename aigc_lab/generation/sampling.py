"""From the logits of one position to the next token: every dial is a pure function on logits."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aigc_lab.core.checks import is_number

NEVER = -math.inf  # the logit of a token that may not be drawn


@dataclass(frozen=True)
class SamplingConfig:
    """How the next token is chosen, and when to stop.

    The dials act in this order: repetition penalty, temperature, top-k, top-p, min-p.
    `temperature=0` is greedy: the most likely token, always.

    Units: `max_new_tokens` counts tokens; `stop` holds strings, found also across token boundaries.
    `seed=None` draws a fresh seed; the global random state is never read or changed.
    Raises: ValueError naming the dial, what arrived and what would do.
    Notebook: 07 generation.

    >>> SamplingConfig(temperature=0, stop="\\n").stop
    ('\\n',)
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    repetition_penalty: float = 1.0
    seed: int | None = None
    max_new_tokens: int = 100
    stop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        stop = (self.stop,) if isinstance(self.stop, str) else tuple(self.stop)
        object.__setattr__(self, "stop", stop)
        for name, (holds, expected) in _RULES.items():
            value = getattr(self, name)
            if not holds(value):
                raise ValueError(f"{name}={value!r} will not do; give {expected}")

    @property
    def greedy(self) -> bool:
        """Whether the most likely token is always taken."""
        return self.temperature == 0

    def change(self, **changes: Any) -> SamplingConfig:
        """The same dials with some turned, refusing names that do not exist.

        >>> SamplingConfig(top_k=5).change(temperature=0.5)
        SamplingConfig(temperature=0.5, top_k=5, ...)
        """
        known = [field.name for field in dataclasses.fields(self)]
        unknown = sorted(set(changes) - set(known))
        if unknown:
            raise ValueError(f"sampling has no dial {unknown}; it has {', '.join(known)}")
        return dataclasses.replace(self, **changes)


def penalise_repeats(logits: Tensor, seen: Tensor, penalty: float) -> Tensor:
    """Make every token that was already seen less likely (for a penalty above 1).

    A positive logit is divided by the penalty and a negative one multiplied, so both move down;
    dividing a negative logit would make the repeat *more* likely.

    Shapes: logits (B, V) or (V,); seen (B, T) or (T,) ids -> like logits.
    Source: Keskar et al. 2019 (CTRL), section 4.1, mended for negative logits.
    Notebook: 07 generation.

    >>> penalise_repeats(torch.tensor([4.0, -4.0, 1.0]), torch.tensor([0, 1, 1]), 2.0).tolist()
    [2.0, -8.0, 1.0]
    """
    values = logits.gather(-1, seen)
    lowered = torch.where(values > 0, values / penalty, values * penalty)
    return logits.scatter(-1, seen, lowered)


def apply_temperature(logits: Tensor, temperature: float) -> Tensor:
    """Sharpen (below 1) or flatten (above 1) the distribution; the top logit becomes 0.

    Softmax does not notice a shift, so the maximum is subtracted first: however cold it gets,
    nothing overflows. Temperatures that the logits' number format would round to 0 or to infinity
    become its smallest or largest number, which is as good as greedy, or as uniform.

    Shapes: logits (..., V) -> the same.
    Raises: ValueError for temperature 0, which is no division but `argmax`.
    Notebook: 07 generation.

    >>> apply_temperature(torch.tensor([3.0, 1.0]), 0.5).tolist()
    [0.0, -4.0]
    """
    if not temperature > 0:
        raise ValueError(
            f"temperature={temperature} cannot divide logits; use a number above 0, "
            "or SamplingConfig(temperature=0), which takes the most likely token"
        )
    able = torch.finfo(logits.dtype)
    divisor = min(max(temperature, able.tiny), able.max)
    return (logits - logits.amax(dim=-1, keepdim=True)) / divisor


def keep_top_k(logits: Tensor, k: int) -> Tensor:
    """Rule out all but the k largest logits; tokens that tie with the k-th stay in.

    Shapes: logits (..., V) -> the same, the others at minus infinity.
    Source: Fan et al. 2018, section 5.4.
    Notebook: 07 generation.

    >>> keep_top_k(torch.tensor([1.0, 3.0, 2.0]), 2).tolist()
    [-inf, 3.0, 2.0]
    """
    kth = logits.topk(min(k, logits.shape[-1]), dim=-1).values[..., -1:]
    return logits.masked_fill(logits < kth, NEVER)


def keep_top_p(logits: Tensor, p: float) -> Tensor:
    """Keep the smallest set of most likely tokens whose probabilities reach p.

    The token that crosses p stays in, so the set is never empty.

    Shapes: logits (..., V) -> the same, the others at minus infinity.
    Source: Holtzman et al. 2020, section 3.1.
    Notebook: 07 generation.

    >>> keep_top_p(torch.tensor([0.5, 0.3, 0.2]).log(), 0.6).exp()
    tensor([0.5000, 0.3000, 0.0000])
    """
    ordered, order = logits.sort(dim=-1, descending=True, stable=True)
    probs = ordered.softmax(dim=-1)
    mass_before = probs.cumsum(dim=-1) - probs  # of all tokens more likely than this one
    dropped_in_order = mass_before >= p
    dropped_in_order[..., 0] = False
    dropped = torch.zeros_like(dropped_in_order).scatter(-1, order, dropped_in_order)
    return logits.masked_fill(dropped, NEVER)


def keep_min_p(logits: Tensor, p: float) -> Tensor:
    """Keep the tokens at least p times as likely as the most likely one.

    Shapes: logits (..., V) -> the same, the others at minus infinity.
    Source: Nguyen et al. 2024 (min-p), equation 2.
    Notebook: 07 generation.

    >>> keep_min_p(torch.tensor([0.6, 0.3, 0.1]).log(), 0.4).exp()
    tensor([0.6000, 0.3000, 0.0000])
    """
    if p == 0:
        return logits
    # probs >= p * max(probs) is, in logarithms, a distance from the top logit
    return logits.masked_fill(logits < logits.amax(dim=-1, keepdim=True) + math.log(p), NEVER)


def sample_probs(logits: Tensor, config: SamplingConfig, seen: Tensor | None = None) -> Tensor:
    """The distribution that the next token is drawn from, after every dial.

    Shapes: logits (B, V) or (V,); seen (B, T) or (T,) the ids so far, which only the repetition
    penalty needs -> probabilities like logits, float32.
    Raises: ValueError when the penalty is on and `seen` is missing.
    Notebook: 07 generation.

    >>> sample_probs(torch.tensor([0.0, 5.0, 1.0]), SamplingConfig(temperature=0)).tolist()
    [0.0, 1.0, 0.0]
    """
    logits = _penalised(logits.float(), config, seen)
    if config.greedy:
        top = logits.argmax(dim=-1, keepdim=True)
        return torch.zeros_like(logits).scatter(-1, top, 1.0)
    logits = apply_temperature(logits, config.temperature)
    if config.top_k is not None:
        logits = keep_top_k(logits, config.top_k)
    if config.top_p is not None and config.top_p < 1:
        logits = keep_top_p(logits, config.top_p)
    if config.min_p is not None:
        logits = keep_min_p(logits, config.min_p)
    return logits.softmax(dim=-1)


def sample(
    logits: Tensor,
    config: SamplingConfig,
    generator: torch.Generator | None = None,
    seen: Tensor | None = None,
) -> Tensor:
    """Choose the next token of every row.

    Shapes: logits (B, V); seen (B, T) -> ids (B,), int64.
    Notebook: 07 generation.

    >>> sample(torch.tensor([[0.0, 5.0, 1.0]]), SamplingConfig(top_k=1)).tolist()
    [1]
    """
    if config.greedy:
        return _penalised(logits.float(), config, seen).argmax(dim=-1)
    probs = sample_probs(logits, config, seen)
    drawn = torch.multinomial(probs, num_samples=1, generator=generator)  # (B, 1)
    return drawn.squeeze(-1)  # (B,)


def new_generator(seed: int | None, device: torch.device | str = "cpu") -> torch.Generator:
    """A random generator of our own, so that the global one is left alone."""
    generator = torch.Generator(device=device)
    if seed is None:
        generator.seed()
    else:
        generator.manual_seed(seed)
    return generator


def _penalised(logits: Tensor, config: SamplingConfig, seen: Tensor | None) -> Tensor:
    if config.repetition_penalty == 1.0:
        return logits
    if seen is None:
        raise ValueError(
            f"repetition_penalty={config.repetition_penalty} needs the ids so far, but seen=None; "
            "pass seen with shape (B, T)"
        )
    return penalise_repeats(logits, seen, config.repetition_penalty)


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "temperature": (lambda t: is_number(t) and t >= 0, "a number, 0 (greedy) or above"),
    "top_k": (lambda k: k is None or (_is_whole(k) and k >= 1), "None or a whole number from 1"),
    "top_p": (lambda p: p is None or (is_number(p) and 0 < p <= 1), "None or a number in (0, 1]"),
    "min_p": (lambda p: p is None or (is_number(p) and 0 <= p <= 1), "None or a number in [0, 1]"),
    "repetition_penalty": (
        lambda r: is_number(r) and 1e-6 <= r <= 1e6,
        "a number from 1e-6 to 1e6 (1: no penalty)",
    ),
    "seed": (
        lambda s: s is None or (_is_whole(s) and 0 <= s < 2**63),
        "None or a whole number from 0",
    ),
    "max_new_tokens": (lambda n: _is_whole(n) and n >= 1, "a whole number from 1"),
    "stop": (
        lambda texts: all(isinstance(text, str) and text for text in texts),
        "strings that are not empty",
    ),
}
