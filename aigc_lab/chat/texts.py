"""A copy of a model that has read some texts more: where the experiments on its limits start."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from aigc_lab.core.config import TrainConfig
from aigc_lab.text.batches import IGNORED
from aigc_lab.town.batches import end_of_text

if TYPE_CHECKING:
    import torch

    from aigc_lab.model.gpt import GPT
    from aigc_lab.text.tokenizer import Tokenizer


class TextRows:
    """Batches of whole texts, one a row, in an order that is drawn anew for each time round.

    A text that stands n times in the list is read n times each time round.

    Shapes: x and y are (B, T) int64, T the longest text's; y is IGNORED after a text's end.
    Raises: ValueError for no texts.

    >>> from aigc_lab.text.bpe import BPETokenizer
    >>> rows = TextRows(BPETokenizer([]), ["cat"], batch_size=1)
    >>> [ids.tolist() for ids in rows.next(0)]
    [[[256, 66, 64, 83]], [[66, 64, 83, 256]]]
    """

    total_tokens = None  # they come round and round

    def __init__(
        self, tokenizer: Tokenizer, texts: Sequence[str], batch_size: int, seed: int = 0
    ) -> None:
        if not texts or batch_size < 1:
            raise ValueError(
                f"{len(texts)} texts in batches of {batch_size}; give at least one of both"
            )
        end = end_of_text(tokenizer)
        rows = [[end, *tokenizer.encode(text), end] for text in texts]
        width = max(map(len, rows)) - 1
        self.x = np.full((len(rows), width), end)  # (N, T)
        self.y = np.full((len(rows), width), IGNORED)
        for number, ids in enumerate(rows):
            self.x[number, : len(ids) - 1] = ids[:-1]
            self.y[number, : len(ids) - 1] = ids[1:]
        self.batch_size, self.seed = batch_size, seed

    def next(self, step: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The training batch of a step."""
        import torch

        places = range(step * self.batch_size, (step + 1) * self.batch_size)
        chosen = [self._order(place // len(self.x))[place % len(self.x)] for place in places]
        return torch.from_numpy(self.x[chosen]), torch.from_numpy(self.y[chosen])

    def evaluation(self, n: int) -> list:
        """None: what such a model has learned is asked afterwards."""
        return []

    def _order(self, times: int) -> np.ndarray:
        return np.random.default_rng((self.seed, times)).permutation(len(self.x))


def having_read(
    model: GPT,
    tokenizer: Tokenizer,
    texts: Sequence[str],
    steps: int,
    batch_size: int = 16,
    lr: float = 3e-4,
    seed: int = 0,
) -> GPT:
    """A copy of the model after so many training steps on the texts; the model stays as it is.

    Raises: ValueError for no texts.
    """
    from aigc_lab.training.loop import Trainer

    config = TrainConfig(
        steps=steps,
        batch_size=batch_size,
        lr=lr,
        weight_decay=0.0,
        warmup_steps=min(5, steps),
        eval_every=steps,
        precision="float32",
        device=model.lm_head.weight.device.type,
        seed=seed,
    )
    learner = copy.deepcopy(model)
    Trainer(learner, TextRows(tokenizer, texts, batch_size, seed), config).run()
    return learner.eval()
