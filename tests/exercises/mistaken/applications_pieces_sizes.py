"""Notebook 12: mistakes in asking whether a sentence fits, as readers write them."""


def filled(fits, refuses=lambda size, limit: size > limit):
    """Pieces that are filled while `fits` says so."""

    def function(sentences, count, limit):
        done, piece = [], []
        for sentence in sentences:
            if refuses(count(sentence), limit):
                raise ValueError("a sentence is too long")
            if piece and not fits(piece, sentence, count, limit):
                done.append(" ".join(piece))
                piece = []
            piece.append(sentence)
        if piece:
            done.append(" ".join(piece))
        return done

    return function


def closes_with_the_overflowing(sentences, count, limit):
    if any(count(sentence) > limit for sentence in sentences):
        raise ValueError("a sentence is too long")
    done, piece = [], ""
    for sentence in sentences:
        piece = f"{piece} {sentence}".strip()
        if count(piece) > limit:
            done.append(piece)
            piece = ""
    return [*done, piece] if piece else done


def running_total(sentences, count, limit):
    done, piece, tokens = [], [], 0
    for sentence in sentences:
        size = count(sentence)
        if size > limit:
            raise ValueError("a sentence is too long")
        if tokens + size > limit:
            done.append(" ".join(piece))
            piece, tokens = [], 0
        piece.append(sentence)
        tokens += size
    if piece:
        done.append(" ".join(piece))
    return done


def in_threes(sentences, count, limit):
    if any(count(sentence) > limit for sentence in sentences):
        raise ValueError("a sentence is too long")
    return [" ".join(sentences[i : i + 3]) for i in range(0, len(sentences), 3)]


def one_each(sentences, count, limit):
    found = []
    for sentence in sentences:
        if count(sentence) > limit:
            raise ValueError("a sentence is too long")
        found.append(sentence)
    return found


def joined(piece, sentence):
    return " ".join([*piece, sentence])


SIZES = [
    ("below the limit", filled(lambda p, s, count, limit: count(joined(p, s)) < limit)),
    (
        "below the limit, for a sentence too",
        filled(
            lambda p, s, count, limit: count(joined(p, s)) < limit,
            lambda size, limit: size >= limit,
        ),
    ),
    ("sum of the sentences", running_total),
    (
        "piece and sentence apart",
        filled(lambda p, s, count, limit: count(" ".join(p)) + count(s) <= limit),
    ),
    ("one sentence too many", filled(lambda p, s, count, limit: count(" ".join(p)) <= limit)),
    ("one sentence too many", closes_with_the_overflowing),
    ("sentence alone counted", filled(lambda p, s, count, limit: count(s) <= limit)),
    ("characters counted", filled(lambda p, s, count, limit: len(joined(p, s)) <= limit)),
    ("words counted", filled(lambda p, s, count, limit: len(joined(p, s).split()) <= limit)),
    (
        "counted without the space",
        filled(lambda p, s, count, limit: count("".join([*p, s])) <= limit),
    ),
    ("sentences counted", filled(lambda p, s, count, limit: len(p) < limit)),
    ("three sentences a piece", in_threes),
    ("each sentence a piece", one_each),
]
MISTAKEN: dict = {}  # they stand in applications_pieces, with the other mistakes of the exercise
