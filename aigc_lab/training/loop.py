"""The training loop: predict, measure, improve, and write down how it went."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import NoReturn

import torch
from torch import Tensor, nn

from aigc_lab.core.allocator import freed_memory_kept
from aigc_lab.core.config import TrainConfig
from aigc_lab.core.console import ToldInOneLine
from aigc_lab.core.runtime import Stopwatch, pick_dtype
from aigc_lab.model.loss import cross_entropy
from aigc_lab.text.batches import IGNORED
from aigc_lab.training.arguments import BatchesLike, moved, own_randomness, require_fitting
from aigc_lab.training.averaging import WeightAverage, judged
from aigc_lab.training.compiling import Compiled
from aigc_lab.training.examining import exam_loss
from aigc_lab.training.history import Callback, History, Record
from aigc_lab.training.interrupt import WholeSteps, deferred_interrupt, uninterrupted
from aigc_lab.training.optim import build_optimizers, set_learning_rates
from aigc_lab.training.parallel import Team
from aigc_lab.training.precision import arithmetic
from aigc_lab.training.recomputing import recomputed
from aigc_lab.training.run_folder import RunFolder
from aigc_lab.training.schedule import lr_at

LOOK_EVERY = {"cpu": 1}  # steps between reading losses from the device; 10 where reading waits


class TrainingDiverged(ToldInOneLine):
    """The loss or its gradient stopped being a number."""


class Trainer:
    """Trains `model` on `batches` as `config` says; with a folder, resumes what stands there.

    Every batch, rate and random choice of step n depends on (seed, n) alone, so that a run killed
    at any moment and started again gives the same curve, bit for bit, on the same machine's CPU.

    `notes` go into the run's record: what the configs cannot tell, such as another initialisation
    or a mixture of data, in plain words. `extra_evaluations` map a name to a score of the model.
    In a `team` each process computes its rows of every batch, and the first one writes and shows:
    the curve of one process, up to rounding, but for dropout, of which each process draws its own.

    Shapes: batches give ids x (B, T) and targets y (B, T) with B = `batch_size`; a target of -100
        is not scored.
    Units: losses in nats per token; `step` counts finished optimiser steps.
    Raises: ValueError when the folder holds another run; TrainingDiverged from `run`.
    Notebook: 06 training.
    """

    def __init__(
        self,
        model: nn.Module,
        batches: BatchesLike,
        config: TrainConfig,
        folder: str | Path | None = None,
        callbacks: Sequence[Callback] = (),
        extra_evaluations: dict[str, Callable[[nn.Module], float]] | None = None,
        notes: dict[str, str] | None = None,
        team: Team | None = None,
    ) -> None:
        self.team = team or Team()
        self.team.require_share(config)
        require_fitting(batches, config, extra_evaluations or {}, notes or {})
        self.device = self.team.device_for(config.device)
        self.model = model.to(self.device)
        self.joined = self.team.joined(self.model)  # from here on the first one's weights for all
        self.batches, self.config = batches, config
        self.callbacks = list(callbacks) if self.team.is_first else []
        self.extra_evaluations = dict(extra_evaluations or {})
        self.recomputed = recomputed(model, config.recompute)
        self.optimizers = build_optimizers(model, config)
        self.average = WeightAverage(model, config.average) if config.average else None
        self.dtype = pick_dtype(config.precision, self.device)
        self.step, self.tokens, self.best = 0, 0, math.inf
        self.history, self.watch = History(), Stopwatch()
        self._saved_at = self._evaluated_at = -1  # at no step yet
        self._unread: list[tuple[Record, Tensor]] = []  # so that a GPU need not wait at each step
        self._updates = WholeSteps()
        self.folder = self._last = None
        if folder:
            memories = [*self.optimizers, *([self.average] if self.average else [])]
            self._resume(RunFolder(folder, model, memories, config, batches, notes))

    def run(self) -> History:
        """Train to the last step; Ctrl-C saves and returns early, a second one stops at once.

        What an error or a second Ctrl-C broke off is made up for by running again.
        """
        config = self.config
        self._updates.require()
        if self.step == 0:  # begun, or begun anew
            self.history.records, self._evaluated_at = [], -1
        if self.folder:
            self.history.records = self.folder.begin(self.step, self.remarks())
        self._tell("on_start", self)
        self.watch.start()
        try:
            with deferred_interrupt() as stop, own_randomness(self.device), freed_memory_kept():
                self._evaluate_if_due()  # before any learning: about ln(V)
                while self.step < config.steps and not self.team.any(stop()):
                    self.train_step()
                    self._evaluate_if_due()
                    if self.step % config.checkpoint_every == 0:
                        self.save()
                self.save()  # at the end, or wherever Ctrl-C came
        finally:
            self.watch.pause()
            self.model.eval()
            if self.average:
                self.average.put_on()
            self.history.finished = self._saved_at == config.steps
            self._tell("on_end", self.history)
        return self.history

    def train_step(self) -> None:
        """One optimiser step on one batch, cut into `accumulate` parts that fit in memory."""
        config = self.config
        if self.average:
            self.average.take_off()
        self.model.train()
        factor = lr_at(self.step, config)
        set_learning_rates(self.optimizers, factor)
        reseed = partial(torch.manual_seed, self.team.seed(config.seed, self.step))
        reseed()  # dropout is step n's own
        x, y = self.batches.next(self.step)  # (B, T) each
        loss = self.forward.attempt(partial(self._gradients, x, y), reseed)
        norm = nn.utils.clip_grad_norm_(self.model.parameters(), config.grad_clip)
        with self._updates.one():
            for optimizer in self.optimizers:
                optimizer.step()
                optimizer.zero_grad()
            if self.average:
                self.average.update(self.step)
            self.step, self.tokens = self.step + 1, self.tokens + x.numel()
            record = {**self._now(), "lr": config.lr * factor}
            self._unread.append((record, torch.stack((loss, norm))))
        if len(self._unread) >= LOOK_EVERY.get(self.device.type, 10):
            self._read_losses()

    def _gradients(self, x: Tensor, y: Tensor) -> Tensor:
        """The loss of a batch (B, T), part by part; its gradients add up in the parameters."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()  # an error may have left some of another attempt
        loss, parts = torch.zeros((), device=self.device), self.config.accumulate
        scored = self.team.share((y != IGNORED).sum().clamp(min=1))  # parts may differ in theirs
        rows = (moved(self.team.rows(ids), self.device).chunk(parts) for ids in (x, y))
        for number, (ids, targets) in enumerate(zip(*rows, strict=True), start=1):
            with self.recomputed, self.team.silent(self.joined, number < parts):
                with arithmetic(self.device, self.dtype):
                    logits = self.forward(ids)  # (B/accumulate, T, V)
                part = cross_entropy(logits, targets, reduction="sum") / scored
                part.backward()
                loss += part.detach()
        return loss

    @torch.no_grad()
    def evaluate(self) -> Record:
        """Score the model in float32: on the fixed evaluation batches, and by the extra ones."""
        self._read_losses()
        self.model.eval()
        exam = self.batches.evaluation(self.config.eval_batches)
        with judged(self.average):
            loss = exam_loss(self.model, exam, self.device, self.team)
            scores = self.extra_evaluations.items() if self.team.is_first else ()
            extra = {name: float(score(self.model)) for name, score in scores}
            floor = {"val_floor": exam.floor} if hasattr(exam, "floor") else {}
            record = {**self._now(), **loss, **floor, **extra}
            if loss and loss["val_loss"] < self.best:
                if self.folder:
                    self.folder.save_best(record)
                self.best = loss["val_loss"]
        with uninterrupted():
            self._keep(record)
            self._evaluated_at = self.step
        self._tell("on_eval", record)
        return record

    def _evaluate_if_due(self) -> None:
        due = self.step % self.config.eval_every == 0 or self.step == self.config.steps
        if due and self._evaluated_at != self.step:
            self.evaluate()

    def save(self) -> None:
        """Checkpoint this very step, after making sure that it is worth keeping."""
        if self.step == self._saved_at:
            return
        self._updates.require()
        self._read_losses()
        if self.team.any(not all(bool(p.isfinite().all()) for p in self.model.parameters())):
            self._give_up(f"step {self.step}: the weights overflowed")
        if self.folder:
            best = self.best if math.isfinite(self.best) else None
            with judged(self.average):
                self.folder.save({**self._now(), "best": best}, self.remarks())
        self._saved_at = self.step

    def _resume(self, folder: RunFolder) -> None:
        """Go on from what stands in the folder, in which the first process alone will write."""
        if state := folder.restore():
            self.step = self._saved_at = self._evaluated_at = state["step"]
            self.tokens = state["tokens"]
            self.best = math.inf if state["best"] is None else state["best"]
            self.watch.pause(at=state["seconds"])
            if self.average:
                self.average.restored()
        self.team.wait()  # until all have read it
        self.folder, self._last = folder if self.team.is_first else None, folder.last

    @cached_property
    def forward(self) -> Compiled:
        """The model as steps call it: joined to its team, and compiled where that is asked for."""
        left = self.config.steps - self.step
        tokens = left * self.batches.next(0)[0].numel() // self.team.size
        return Compiled(self.joined, self.config.compile, tokens)

    def remarks(self) -> dict[str, str]:
        """What the run found out about itself, in words, for its record."""
        return {} if self.config.compile == "never" else {"compile": self.forward.word}

    def _read_losses(self) -> None:
        """Fetch the kept numbers in one go; stop if one of them is not a number."""
        measured = [pair for _, pair in self._unread]
        read = self.team.mean(torch.stack(measured)).tolist() if measured else []
        for loss, norm in read:
            record = {**self._unread[0][0], "train_loss": loss, "grad_norm": norm}
            if not (math.isfinite(loss) and math.isfinite(norm)):
                self._give_up(f"step {record['step']}: loss {loss}, gradient norm {norm}")
            with uninterrupted():
                self._keep(record)
                del self._unread[0]
            self._tell("on_step", record)

    def _now(self) -> Record:
        return {"step": self.step, "tokens": self.tokens, "seconds": round(self.watch.seconds, 3)}

    def _give_up(self, what: str) -> NoReturn:
        self._unread.clear()
        kept = self._last and self._last.exists()
        where = f"the last good checkpoint is {self._last}" if kept else "nothing was saved"
        raise TrainingDiverged(f"{what}; lower lr or muon_lr, or warm up longer ({where})")

    def _keep(self, record: Record) -> None:
        if self.folder:
            self.folder.metrics.append(record)
        self.history.records.append(record)

    def _tell(self, event: str, news: object) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(news)
