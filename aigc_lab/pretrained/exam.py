"""The fair comparison: the same texts for all, bits per byte with intervals, floors where known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm.auto import tqdm

from aigc_lab.model.loss import bits_per_byte
from aigc_lab.pretrained.contestant import require_names
from aigc_lab.pretrained.sheet import FLOOR, Entrant, ExamRow, ExamSheet, ExamText

if TYPE_CHECKING:
    from aigc_lab.pretrained.contestant import Contestant

TOWN_SEEN = (
    "kept from training: nobody has read these worlds, though some have read others like them"
)
DOCS_SEEN = (
    "kept from all training in this course; what published models have read is not known, and "
    "Python's documentation has been on the web longer than they have existed"
)
EXTRA_SEEN = "not known: it is your own text, and only you can tell who has read it"


def exam_texts(
    town: int = 100, docs: int = 20_000, extra: str | Path | None = None
) -> dict[str, ExamText]:
    """Texts to compare models on, by name: Tiny Town in both languages, documentation, and yours.

    Both languages tell the same `town` worlds of the test split. Of the documentation that comes
    with this Python (its held-out part, which differs a little between versions) and of `extra`,
    a file or folder, the first `docs` bytes are taken, in whole documents where they fit.

    The town's floor is what its generator pays when the language is known, as it is in an exam of
    one language only: without the one bit a document for the choice. In the long run no model that
    has not read these documents can pay less.

    Raises: ValueError for no worlds or bytes, a file without text, or one of a text's name;
        FileNotFoundError.
    Notebook: 09 pretrained GPT-2.

    >>> texts = exam_texts(town=3)
    >>> list(texts), len(texts["Town English"].documents)
    (['Town English', 'Town Chinese', 'Python documentation'], 3)
    """
    from aigc_lab.text.documents import file_or_folder
    from aigc_lab.training.texts import first_bytes, load_text

    if town < 1 or docs < 1:
        raise ValueError(f"town={town} worlds and docs={docs} bytes are no exam; give 1 or more")
    found = [_town(language, town) for language in ("english", "chinese")]
    held_out = load_text("python_docs").held_out
    found.append(_without_floor("Python documentation", first_bytes(held_out, docs), DOCS_SEEN))
    if extra is not None:
        corpus = file_or_folder(Path(extra).expanduser())
        yours = first_bytes(corpus.documents, docs)
        found.append(_without_floor(corpus.name, yours, EXTRA_SEEN))
    require_names("texts", [text.name for text in found])
    return {text.name: text for text in found}


def examine(
    contestants: Sequence[Contestant],
    texts: Mapping[str, ExamText] | Sequence[ExamText],
    progress: bool = False,
    *,
    speed: bool = True,
) -> ExamSheet:
    """Let every contestant predict every text, and put down what each one pays.

    `speed=False` leaves out the tokens per second, which no two machines agree on.

    Who cannot read a text (a character that its tokenizer lacks, no mark to end a document with)
    has no row for it, and the sheet says why; a text that nobody can read is left out of it.

    Raises: ValueError for no contestants or texts, two of one name, one called "floor", or where
        nobody can read any text.
    Notebook: 09 pretrained GPT-2.
    """
    exams = list(texts.values()) if isinstance(texts, Mapping) else list(texts)
    require_names("contestants", [one.name for one in contestants], taken=(FLOOR,))
    require_names("texts", [text.name for text in exams])
    entrants, rows, unread = [], [], {}
    with tqdm(total=len(contestants) * len(exams), unit="text", disable=not progress) as bar:
        for one in contestants:
            for exam in exams:
                bar.set_description(f"{one.name}, {exam.name}")
                try:
                    rows.append(_row(one, exam))
                except ValueError as error:
                    unread[one.name, exam.name] = str(error)
                bar.update()
            entrants.append(Entrant.of(one, one.tokens_per_second() if speed else None))
    if not rows:
        (name, text), reason = next(iter(unread.items()))
        raise ValueError(f"nobody can read any of these texts; {name} on {text}: {reason}")
    read = {row.text for row in rows}
    known = {text.name: text for text in exams if text.name in read}
    return ExamSheet(tuple(entrants), tuple(rows), known, unread)


def _row(one: Contestant, text: ExamText) -> ExamRow:
    score = one.score(text.documents, score_end=text.score_end)
    return ExamRow(
        contestant=one.name,
        text=text.name,
        bits_per_byte=score.bits_per_byte,
        low=score.low,
        high=score.high,
        tokens_per_character=one.tokens_per_character(text.documents),
        learned_share=one.share_learned(text.documents),
        documents=score.documents,
        learned_documents=one.documents_learned(text.documents),
    )


def _town(language: str, count: int) -> ExamText:
    from aigc_lab.town.documents import LANGUAGES, documents

    known = math.log(len(LANGUAGES))  # nats: the choice that nobody has to guess here
    worlds = list(documents(count, "test", language=language))
    texts = tuple(world.text for world in worlds)
    nats = tuple(world.nats - known for world in worlds)
    floor = bits_per_byte(sum(nats), len("".join(texts).encode()))
    return ExamText(f"Town {language.capitalize()}", texts, floor, TOWN_SEEN, nats)


def _without_floor(name: str, documents: Sequence[str], seen_by: str) -> ExamText:
    return ExamText(name, tuple(documents), None, seen_by)
