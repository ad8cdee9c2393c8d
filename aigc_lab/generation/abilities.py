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


@torch.inference_mode()
def exact_matches(model: GPT, tokenizer: Tokenizer, questions: Sequence[Question]) -> list[bool]:
    """For each question, whether greedy decoding would give exactly the right answer.

    It would if and only if, with the right answer so far in front, every next token of the answer
    is the most likely one; so one forward pass over prompt and answer settles it.
    """
    right: list[bool] = []
    with evaluating(model):
        for start in range(0, len(questions), BATCH):
            right += _batch_matches(model, tokenizer, questions[start : start + BATCH])
    return right


def accuracy(model: GPT, tokenizer: Tokenizer, questions: Sequence[Question]) -> float:
    """The share of questions that are answered exactly.

    Raises: ValueError for no questions.
    """
    if not questions:
        raise ValueError("no questions were given; accuracy needs at least one")
    right = exact_matches(model, tokenizer, questions)
    return sum(right) / len(right)


def _batch_matches(model: GPT, tokenizer: Tokenizer, questions: Sequence[Question]) -> list[bool]:
    end = end_of_text(tokenizer)
    prompts = [encode_prompt(tokenizer, question.prompt) for question in questions]
    answers = [tokenizer.encode(question.answer) for question in questions]
    lengths = [len(p) + len(a) for p, a in zip(prompts, answers, strict=True)]
    ids = torch.full((len(questions), max(lengths)), end)  # (B, T); what follows cannot matter
    for row, prompt, answer in zip(ids, prompts, answers, strict=True):
        row[: len(prompt) + len(answer)] = torch.tensor(prompt + answer)
    device = next(model.parameters()).device
    best = model(ids.to(device)).argmax(dim=-1).cpu()  # (B, T)
    return [
        best[row, len(prompt) - 1 : len(prompt) + len(answer) - 1].tolist() == answer
        for row, (prompt, answer) in enumerate(zip(prompts, answers, strict=True))
    ]
