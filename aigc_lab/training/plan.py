"""What a run will take, before it takes it: parameters, tokens, memory and time on this device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch

from aigc_lab.core.config import GPT_PRESETS, GPTConfig, TrainConfig
from aigc_lab.core.runtime import available_bytes, pick_device, pick_dtype
from aigc_lab.core.units import duration, size
from aigc_lab.training.activations import count_parameters
from aigc_lab.training.capacity import measure_speed
from aigc_lab.training.memory import Memory, predict_memory
from aigc_lab.training.parallel import Team
from aigc_lab.training.recipes import resized
from aigc_lab.training.sharing import processes_here

SPARE = 1.1  # times the predicted memory: the allocator rounds up and cannot reuse all


@dataclass(frozen=True)
class Plan:
    """What a run will take.

    `memory` is that of one process of `processes` and `available_bytes` what is free for it, None
    where the system does not tell. The speed is None for a run that does not fit, or unmeasured.

    Units: `seconds` of all steps, without evaluations; `tokens` are those trained on.
    """

    config: GPTConfig
    train: TrainConfig
    device: str
    parameters: int
    tokens: int
    memory: Memory
    available_bytes: int | None
    tokens_per_second: float | None = None
    processes: int = 1

    @property
    def seconds(self) -> float | None:
        """The time that all steps will take."""
        return self.tokens / self.tokens_per_second if self.tokens_per_second else None

    @property
    def rows(self) -> int:
        """How many sequences one process has in memory at a time."""
        return self.train.batch_size // (self.train.accumulate * self.processes)

    @property
    def needed_bytes(self) -> int:
        """The memory to set aside, with a tenth for what is lost in between.

        A checkpoint is put together in a CPU's memory when the step's own is free again, and
        several processes send their gradients from a second copy.
        """
        memory = self.memory
        step = memory.activations + memory.temporary
        saved = memory.parameters + memory.optimizer if self.device == "cpu" else 0
        sent = memory.gradients if self.processes > 1 else 0
        return int(SPARE * (memory.total - step + sent + max(step, saved)))

    @property
    def fits(self) -> bool:
        """Whether that much is free; a system that does not tell is given the benefit of doubt."""
        return self.available_bytes is None or self.needed_bytes <= self.available_bytes

    def lines(self) -> list[str]:
        """The plan for a reader, a line a topic."""
        config, train, memory = self.config, self.train, self.memory
        shape = f"{config.n_layer} layers of {config.n_head} heads, {config.n_embd} wide"
        rows = f"{train.batch_size} x {config.block_size}"
        parts = f" in {train.accumulate} parts" if train.accumulate > 1 else ""
        team = f", shared by {self.processes} processes" if self.processes > 1 else ""
        free = "free is not told" if self.available_bytes is None else size(self.available_bytes)
        return [
            f"model      {self.parameters:,} parameters: {shape}, {config.block_size} tokens long",
            f"training   {train.steps:,} steps of {rows}{parts}{team}: {self.tokens:,} tokens",
            f"memory     {size(self.needed_bytes)} of {free} on {self.device}: parameters "
            f"{size(memory.parameters)}, gradients {size(memory.gradients)}, optimiser "
            f"{size(memory.optimizer)}, activations {size(memory.activations)}, for a moment "
            f"{size(memory.temporary)}, the rest to save and to spare",
            f"time       {self._time()}",
        ]

    def to_dict(self) -> dict[str, Any]:
        """The plan as plain values, ready for JSON."""
        seconds, speed = self.seconds, self.tokens_per_second
        memory = self.memory
        parts = ("parameters", "gradients", "optimizer", "activations", "temporary", "total")
        return {
            "device": self.device,
            "processes": self.processes,
            "parameters": self.parameters,
            "steps": self.train.steps,
            "tokens": self.tokens,
            "memory_bytes": {name: getattr(memory, name) for name in parts},
            "needed_bytes": self.needed_bytes,
            "available_bytes": self.available_bytes,
            "fits": self.fits,
            "tokens_per_second": None if speed is None else round(speed, 1),
            "seconds": None if seconds is None else round(seconds, 1),
        }

    def _time(self) -> str:
        if self.seconds is None:
            return "not measured" if self.fits else "not measured, since it does not fit"
        plainly = "" if self.train.compile == "never" else ", uncompiled"
        return (
            f"about {duration(self.seconds)} on {self.device}, at {self.tokens_per_second:,.0f} "
            f"tokens a second as measured just now{plainly}; examinations come on top"
        )


def make_plan(
    config: GPTConfig,
    train: TrainConfig,
    device: str | torch.device | None = None,
    processes: int = 1,
    measure: bool = True,
) -> Plan:
    """What a run would take on this device (by default the config's own).

    Memory is predicted from the shapes. The speed is measured, in a few seconds, by some training
    steps on random tokens; nothing is measured of what does not fit.

    Raises: ValueError when the device is absent, or the batch does not split over the processes.
    Notebook: 08 GPU training.

    >>> config = GPTConfig.gpt2(vocab_size=100, block_size=8, n_layer=1, n_head=1, n_embd=16)
    >>> make_plan(config, TrainConfig(steps=10, batch_size=2), "cpu", measure=False).tokens
    160
    """
    place = pick_device(train.device) if device is None else torch.device(device)
    train = replace(train, device=str(place))
    own = shared(train, processes)
    free = available_bytes(place)
    if free is not None and place.type == "cpu":
        free //= processes_here(processes)  # they share the machine's memory
    plan = Plan(
        config=config,
        train=train,
        device=str(place),
        parameters=count_parameters(config),
        tokens=train.steps * train.batch_size * config.block_size,
        memory=_predict(config, own),
        available_bytes=free,
        processes=processes,
    )
    if not (measure and plan.fits):
        return plan
    speed = measure_speed(config, own) * processes
    return replace(plan, tokens_per_second=speed)


def require_fit(plan: Plan) -> None:
    """Refuse a run that this device has no memory for.

    Raises: ValueError with the options that make it fit, if any do.
    """
    if plan.fits:
        return
    found = suggestion(plan)
    mend = (
        f"it fits with {' '.join(found[1])} ({size(found[0].needed_bytes)})"
        if found
        else "no smaller batch or preset fits either, so free memory or take a larger machine"
    )
    raise ValueError(
        f"the run needs {size(plan.needed_bytes)} on {plan.device}, and "
        f"{size(plan.available_bytes or 0)} is free; {mend}"
    )


def suggestion(plan: Plan) -> tuple[Plan, list[str]] | None:
    """The least change that makes a run fit: its plan, and the options that ask for it.

    First a batch in more parts, which changes nothing but the time; then activations that are
    computed again; then smaller models.
    """
    for config, name in _smaller(plan.config):
        for recompute in sorted({plan.train.recompute, True}):
            for accumulate in _more_parts(plan):
                train = replace(plan.train, accumulate=accumulate, recompute=recompute)
                memory = _predict(config, shared(train, plan.processes))
                tokens = train.steps * train.batch_size * config.block_size
                found = replace(plan, config=config, train=train, memory=memory, tokens=tokens)
                found = replace(found, parameters=count_parameters(config))
                if found.fits:
                    return found, _options(plan, found, name)
    return None


def _predict(config: GPTConfig, train: TrainConfig) -> Memory:
    return predict_memory(
        config, train, dtype=pick_dtype(train.precision, pick_device(train.device))
    )


def shared(train: TrainConfig, processes: int) -> TrainConfig:
    """The part of a run that one of several processes does.

    Raises: ValueError when the batch does not split evenly.
    """
    Team(size=processes).require_share(train)
    return replace(train, batch_size=train.batch_size // processes)


def _smaller(config: GPTConfig) -> Iterator[tuple[GPTConfig, str | None]]:
    """The model itself, and then the same parts in the size of each smaller preset."""
    yield config, None
    parameters = count_parameters(config)
    sizes = {name: count_parameters(resized(config, name)) for name in GPT_PRESETS}
    for name in sorted(sizes, key=sizes.__getitem__, reverse=True):
        if sizes[name] < parameters:
            yield resized(config, name), name


def _more_parts(plan: Plan) -> list[int]:
    """The numbers of parts that the batch can be cut into, no fewer than it is now."""
    rows = plan.train.batch_size // plan.processes
    return [n for n in range(plan.train.accumulate, rows + 1) if rows % n == 0]


def _options(plan: Plan, found: Plan, preset: str | None) -> list[str]:
    options = ["--preset", preset] if preset else []
    if found.train.accumulate != plan.train.accumulate:
        options += ["--accumulate", str(found.train.accumulate)]
    if found.train.recompute != plan.train.recompute:
        options += ["--recompute"]
    return options
