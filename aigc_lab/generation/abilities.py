"""What a model can do, counted: tasks whose one right answer is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch

from aigc_lab.generation.generate import encode_prompt
from aigc_lab.generation.loop import evaluating
from aigc_lab.model.gpt import GPT
from aigc_lab.text.tokenizer import Tokenizer
from aigc_lab.town.batches import end_of_text
from aigc_lab.town.documents import documents

BATCH = 32


class Question(NamedTuple):
    """A prompt and the only right way to go on."""

    prompt: str
    answer: str


def town_questions(
    count: int, split: str = "test", seed: int = 0, language: str | None = None
) -> dict[str, list[Question]]:
    """`count` questions for each ability, from worlds of one split; language None means both.

    Each prompt is a document's body and one task, so no other answer stands in it.
    Raises: ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"count={count} questions per ability; ask for at least 1")
    found: dict[str, list[Question]] = {}
    start, chunk = 0, 500
    while start == 0 or any(len(questions) < count for questions in found.values()):
        for document in documents(chunk, split, seed, start, language):
            for task in document.tasks:
                questions = found.setdefault(_ability(document.kind, task.kind), [])
                if len(questions) < count:
                    questions.append(Question(document.prompt(task), task.answer))
        start += chunk
    return found


def _ability(document_kind: str, task_kind: str) -> str:
    """Titles and summaries of stories and of articles are different abilities."""
    plain = task_kind in ("title", "summary") and document_kind != "story"
    return f"{document_kind}_{task_kind}" if plain else task_kind


def exact_matches(model: GPT, tokenizer: Tokenizer, questions: Sequence[Question]) -> list[bool]:
    """For each question, whether greedy decoding would give exactly the right answer."""
    pairs = [
        (encode_prompt(tokenizer, question.prompt), tokenizer.encode(question.answer))
        for question in questions
    ]
    return would_say(model, pairs, end_of_text(tokenizer))


@torch.inference_mode()
def would_say(
    model: GPT, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], filler: int
) -> list[bool]:
    """For each pair of ids, whether greedy decoding goes on from the first with the second.

    It would if and only if, with the right answer so far in front, every next token of the answer
    is the most likely one; so one forward pass over prompt and answer settles it. Rows are filled
    up with `filler`, which comes too late to matter.
    """
    right: list[bool] = []
    with evaluating(model):
        for start in range(0, len(pairs), BATCH):
            right += _batch_matches(model, pairs[start : start + BATCH], filler)
    return right


def accuracy(model: GPT, tokenizer: Tokenizer, questions: Sequence[Question]) -> float:
    """The share of questions that are answered exactly.

    Raises: ValueError for no questions.
    """
    if not questions:
        raise ValueError("no questions were given; accuracy needs at least one")
    right = exact_matches(model, tokenizer, questions)
    return sum(right) / len(right)


def _batch_matches(
    model: GPT, pairs: Sequence[tuple[Sequence[int], Sequence[int]]], filler: int
) -> list[bool]:
    longest = max(len(prompt) + len(answer) for prompt, answer in pairs)
    ids = torch.full((len(pairs), longest), filler)  # (B, T)
    for row, (prompt, answer) in zip(ids, pairs, strict=True):
        row[: len(prompt) + len(answer)] = torch.tensor([*prompt, *answer])
    device = next(model.parameters()).device
    best = model(ids.to(device)).argmax(dim=-1).cpu()  # (B, T)
    return [
        best[row, len(prompt) - 1 : len(prompt) + len(answer) - 1].tolist() == list(answer)
        for row, (prompt, answer) in enumerate(pairs)
    ]
