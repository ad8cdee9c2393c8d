"""Models side by side on one text and one prompt: fit, speed, tokens needed, and a sample."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from aigc_lab.generation.generate import complete, encode_prompt, generate
from aigc_lab.generation.sampling import SamplingConfig
from aigc_lab.pretrained.scoring import score_text
from aigc_lab.pretrained.tables import bits, render

if TYPE_CHECKING:
    from aigc_lab.model.gpt import GPT
    from aigc_lab.pretrained.load import Pretrained
    from aigc_lab.text.tokenizer import Tokenizer

SAMPLING = SamplingConfig(temperature=0.8, top_p=0.95, seed=0, max_new_tokens=40)
WITH_CARE = "compare with care."
HEADINGS = ("model", "parameters", "bits per byte", "tokens/s", "tokens per character", "sample")


@dataclass(frozen=True)
class ComparisonRow:
    """What a comparison says about one model.

    Units: `bits_per_byte` on the common text, with its interval; `tokens_per_second` of cached
    generation, one sequence; `tokens_per_character` of the common text. `sample` continues the
    common prompt.
    """

    name: str
    parameters: int
    bits_per_byte: float
    low: float | None
    high: float | None
    tokens_per_second: float
    tokens_per_character: float
    sample: str

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def compare(
    models: Mapping[str, tuple[GPT, Tokenizer]] | Sequence[Pretrained],
    text: str | Sequence[str],
    prompt: str,
    *,
    sampling: SamplingConfig = SAMPLING,
    stride: int | None = None,
    score_end: bool = False,
    speed_tokens: int = 32,
    progress: bool = False,
) -> list[ComparisonRow]:
    """Set models side by side: the same held-out text, the same prompt, one row each.

    `models` is what `load_pretrained` returned, or names with (model, tokenizer). `score_end` as
    in `score_text`: for a text whose generator's own bits per byte stand beside.

    Raises: ValueError naming the model that cannot be scored, for the reasons of `score_text`.
    Notebook: 09 pretrained GPT-2.
    """
    if isinstance(models, Mapping):
        named = [(name, *pair) for name, pair in models.items()]
    else:
        named = [(loaded.name, loaded.model, loaded.tokenizer) for loaded in models]
    characters = len(text) if isinstance(text, str) else sum(map(len, text))
    rows = []
    for name, model, tokenizer in named:
        try:
            score = score_text(
                model, tokenizer, text, stride=stride, score_end=score_end, progress=progress
            )
            (sample,) = complete(model, tokenizer, prompt, sampling)
        except ValueError as error:
            raise ValueError(f"{name} cannot be compared: {error}") from error
        speed = tokens_per_second(model, encode_prompt(tokenizer, prompt), speed_tokens)
        rows.append(
            ComparisonRow(
                name=name,
                parameters=model.num_parameters(),
                bits_per_byte=score.bits_per_byte,
                low=score.low,
                high=score.high,
                tokens_per_second=speed,
                tokens_per_character=score.tokens / characters,
                sample=sample.text,
            )
        )
    return rows


def tokens_per_second(model: GPT, ids: Sequence[int], tokens: int = 32) -> float:
    """How fast a model writes: cached, greedy, one sequence, the prompt's own time included.

    A short run before the clock starts takes what only the first call costs.
    """
    generate(model, ids, temperature=0, max_new_tokens=2).tolist()
    start = time.perf_counter()
    generate(model, ids, temperature=0, max_new_tokens=tokens).tolist()  # waits for the device
    return tokens / (time.perf_counter() - start)


def table(rows: Sequence[ComparisonRow], style: str = "text", sample_width: int = 60) -> str:
    """The rows as a table to print, or as one for a notebook's Markdown (`style="markdown"`).

    >>> row = ComparisonRow("tiny", 1234, 2.5, 2.4, 2.6, 50.0, 0.5, "and so\\non")
    >>> print(table([row]))
    model  parameters     bits per byte  tokens/s  tokens per character  sample
    tiny        1,234  2.50 (2.40-2.60)        50                  0.50  and so on
    """
    return render(HEADINGS, [_cells(row, sample_width) for row in rows], "lrrrrc", style)


def learned_in_part(name: str, share: float, text: str) -> str:
    """The one sentence about who has read a part of an exam.

    >>> learned_in_part("mine", 0.4, "notes.txt")
    '40.0% of notes.txt stands word for word in what mine learned from; compare with care.'
    """
    return f"{share:.1%} of {text} stands word for word in what {name} learned from; {WITH_CARE}"


def _cells(row: ComparisonRow, sample_width: int) -> tuple[str, ...]:
    sample = " ".join(row.sample.split())
    if len(sample) > sample_width:
        sample = sample[: sample_width - 1] + "…"
    return (
        row.name,
        f"{row.parameters:,}",
        bits(row.bits_per_byte, row.low, row.high),
        f"{row.tokens_per_second:,.0f}",
        f"{row.tokens_per_character:.2f}",
        sample,
    )
