"""Notebook 12: mistakes in cutting a text into pieces, as readers write them."""

from tests.exercises.mistaken.applications_first_readers import TRIED
from tests.exercises.mistaken.applications_pieces_sizes import SIZES
from tests.exercises.mistaken.applications_slips import SLIPS


def refuse(sentences, count, limit):
    """The right refusal, for mistakes made elsewhere."""
    if any(count(sentence) > limit for sentence in sentences):
        raise ValueError("a sentence is too long")


def right(sentences, count, limit):
    """The right pieces, as lists, for mistakes made afterwards."""
    refuse(sentences, count, limit)
    found = []
    for sentence in sentences:
        if found and count(" ".join([*found[-1], sentence])) <= limit:
            found[-1].append(sentence)
        else:
            found.append([sentence])
    return found


def ended(change):
    return lambda sentences, count, limit: change(right(sentences, count, limit), count)


def forgets_the_overflowing(sentences, count, limit):
    refuse(sentences, count, limit)
    done, piece = [], ""
    for sentence in sentences:
        longer = f"{piece} {sentence}" if piece else sentence
        if count(longer) <= limit:
            piece = longer
        else:
            done.append(piece)
            piece = ""
    if piece:
        done.append(piece)
    return done


def overlapping(sentences, count, limit):
    refuse(sentences, count, limit)
    done, piece = [], []
    for sentence in sentences:
        if piece and count(" ".join([*piece, sentence])) > limit:
            done.append(" ".join(piece))
            piece = piece[-1:]
        piece = [*piece, sentence]
    return [*done, " ".join(piece)] if piece else done


def never_emptied(sentences, count, limit):
    refuse(sentences, count, limit)
    done, piece = [], []
    for sentence in sentences:
        if piece and count(" ".join([*piece, sentence])) > limit:
            done.append(" ".join(piece))
        piece.append(sentence)
    if piece:
        done.append(" ".join(piece))
    return done


def last_forgotten(sentences, count, limit):
    refuse(sentences, count, limit)
    done, piece = [], []
    for sentence in sentences:
        if piece and count(" ".join([*piece, sentence])) > limit:
            done.append(" ".join(piece))
            piece = []
        piece.append(sentence)
    return done


def no_refusal(sentences, count, limit):
    found = []
    for sentence in sentences:
        if found and count(found[-1] + " " + sentence) <= limit:
            found[-1] += " " + sentence
        else:
            found.append(sentence)
    return found


def skipping(sentences, count, limit):
    return no_refusal([s for s in sentences if count(s) <= limit], count, limit)


def always_a_last_one(sentences, count, limit):
    refuse(sentences, count, limit)
    done, piece = [], ""
    for sentence in sentences:
        if not piece:
            piece = sentence
        elif count(f"{piece} {sentence}") <= limit:
            piece += " " + sentence
        else:
            done.append(piece)
            piece = sentence
    done.append(piece)
    return done


def plus_without_space(sentences, count, limit):
    return ["".join(piece) for piece in right(sentences, count, limit)]


def in_front(sentences, count, limit):
    refuse(sentences, count, limit)
    found = []
    for sentence in sentences:
        if found and count(f"{found[0]} {sentence}") <= limit:
            found[0] = f"{found[0]} {sentence}"
        else:
            found.insert(0, sentence)
    return found


def first_that_has_room(sentences, count, limit):
    refuse(sentences, count, limit)
    found = []
    for sentence in sentences:
        for i in range(len(found)):
            if count(found[i] + " " + sentence) <= limit:
                found[i] += " " + sentence
                break
        else:
            found.append(sentence)
    return found


def words(sentences, count, limit):
    refuse(sentences, count, limit)
    found = []
    for word in " ".join(sentences).split():
        if found and count(found[-1] + " " + word) <= limit:
            found[-1] += " " + word
        else:
            found.append(word)
    return found


def equally_many(sentences, count, limit):
    refuse(sentences, count, limit)
    size = len(sentences)
    while size:
        found = [" ".join(sentences[i : i + size]) for i in range(0, len(sentences), size)]
        if max(map(count, found)) <= limit:
            return found
        size -= 1
    return []


def backwards(sentences, count, limit):
    refuse(sentences, count, limit)
    left, found = list(sentences), []
    while left:
        piece = left.pop()
        while left and count(left[-1] + " " + piece) <= limit:
            piece = left.pop() + " " + piece
        found = [piece, *found]
    return found


def empty_start(sentences, count, limit):
    refuse(sentences, count, limit)
    found, piece = [], ""
    for sentence in sentences:
        if count(piece + " " + sentence) > limit:
            found.append(piece)
            piece = sentence
        else:
            piece += " " + sentence
    if piece:
        found.append(piece)
    return found


MISTAKEN = {
    "pieces": [
        *SLIPS["pieces"],
        *TRIED["pieces"],
        *SIZES,
        ("overflowing sentence lost", forgets_the_overflowing),
        ("sentence repeated", overlapping),
        ("pieces grow", never_emptied),
        ("last piece lost", last_forgotten),
        ("too long is let pass", no_refusal),
        ("too long is left out", skipping),
        ("an empty piece", always_a_last_one),
        ("joined without a space", plus_without_space),
        ("joined by line breaks", ended(lambda found, count: ["\n".join(p) for p in found])),
        (
            "a space in front",
            ended(lambda found, count: ["".join(" " + s for s in p) for p in found]),
        ),
        (
            "a space behind",
            ended(lambda found, count: ["".join(s + " " for s in p) for p in found]),
        ),
        ("lists", right),
        ("reversed", in_front),
        ("sentences reversed", ended(lambda found, count: [" ".join(reversed(p)) for p in found])),
        ("number of pieces", ended(lambda found, count: len(found))),
        ("sizes of pieces", ended(lambda found, count: [count(" ".join(p)) for p in found])),
        ("first piece only", ended(lambda found, count: " ".join(found[0]) if found else "")),
        ("any piece", first_that_has_room),
        ("word by word", words),
        ("even pieces", equally_many),
        ("from the end", backwards),
        ("begins with nothing", empty_start),
    ],
}
