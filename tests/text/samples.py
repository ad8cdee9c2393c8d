"""Texts that tokenizers stumble over."""

import random
import unicodedata

MIXED = (
    "It's 42 o'clock, she'll say; we'VE  been   here.\n\n\tTabs\r\n and    spaces   \n"
    "小镇里住着一只猫。猫说：“你好！” 第３章 ①②③ ²\n"
    "👩‍👩‍👧‍👦 🇩🇪 🤖🤖 é é ﬁ ß İ ſ ǆ\u00a0\u3000\u2028\u200b\ufeff end 'll 're ''s <|endoftext|> "
)
SPECIALS = ("<|endoftext|>", "<|end|>", "<|end|>x", "<<a>>b", "<a>", "aXa", "ab")


# Libraries carry Unicode tables of different years, so tests keep to characters that an old Python
# already knows: a letter added last year is still "unassigned" to some of them.
KNOWN = [
    chr(code)
    for code in range(0x110000)
    if unicodedata.category(chr(code)) not in ("Cn", "Cs", "Co")
    and (code < 0x3400 or code % 17 == 0 or 0xA000 <= code < 0xAC00 or 0xF000 <= code < 0x20000)
]


def random_text(seed: int, length: int) -> str:
    """Letters, digits, signs, spaces, Chinese and anything else, in runs of any kind."""
    draw = random.Random(seed)
    kinds = ("abcXs", "猫狗说", "0129", "'.,<|>", " ", "\n\t\r \u3000", "éß", "🤖🇩🇪\u200d")
    parts: list[str] = []
    while sum(map(len, parts)) < length:
        pieces = [*kinds, draw.choice(KNOWN), draw.choice(KNOWN)]
        parts.append("".join(draw.choices(draw.choice(pieces), k=draw.randint(1, 4))))
        if draw.random() < 0.05:
            parts.append(draw.choice(("'s", "'ll", "'re", *SPECIALS)))
    return "".join(parts)


def random_chunks(text: str, seed: int) -> list[str]:
    """The text cut at random places, sometimes into empty pieces."""
    draw = random.Random(seed)
    cuts = sorted(draw.randint(0, len(text)) for _ in range(draw.randint(0, 12)))
    return [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
