"""No key is stored: not in a notebook, nor in its source, nor in recorded data."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
KEYS = re.compile(
    r"""\bsk-[A-Za-z0-9_-]{16,}        # of a hosted service
    |\blocal-[A-Za-z0-9_-]{24,}         # of our own server
    |Bearer\s+[A-Za-z0-9._-]{16,}
    |\bapi_key\s*=\s*\\?["'](?!your)[^"'\\]{8,}  # written out in code
    |(?:OPENAI|AIGC_LAB)_API_KEY["']?\]?\s*=\s*\\?["'](?!your)[^"'\\]{8,}""",
    re.VERBOSE,
)
PLACES = ("notebooks/**/*.ipynb", "notebooks/source/*.py", "data/**/*.json", "README.md")
PATHS = sorted(path for place in PLACES for path in ROOT.glob(place))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: str(path.relative_to(ROOT)))
def test_there_is_none(path):
    assert KEYS.search(path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI(api_key='abcdefgh')",
        r'"client = OpenAI(api_key=\"abcdefgh\")\n"',
        "sk-proj-abcdefghijklmnop",
        "Server(api_key='local-0123456789abcdefghijklmn')",
        "Authorization: Bearer abcdefghijklmnopqrst",
        'os.environ["OPENAI_API_KEY"] = "abcdefgh"',
        "export OPENAI_API_KEY='abcdefgh'",
    ],
)
def test_one_would_be_found(text):
    assert KEYS.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "os.environ['OPENAI_API_KEY']",
        "api_key=server.api_key",
        "export OPENAI_API_KEY=…",
        'api_key = "your-key"',
    ],
)
def test_naming_the_variable_is_no_key(text):
    assert KEYS.search(text) is None
