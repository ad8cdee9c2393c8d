"""Keep data/MANIFEST.json: the licence, the origin and the fingerprint of every file under data/.

Run as `python -m tools.manifest`.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from aigc_lab.core.files import data_folder, write_json

MANIFEST = "MANIFEST.json"
OURS = {
    "town": ("written for AIGC Lab; the capitals are facts anyone may state", "MIT"),
    "facts": ("written for AIGC Lab; every entry names its source and how it was checked", "MIT"),
    "pictures": ("drawn by the project itself, `python -m tools.draw_readme`", "CC-BY-4.0"),
    "runs": ("recorded by the project itself; each folder's run.json says how", "MIT"),
    "pretrained/town-gpt2": (
        "trained by `tools.train_bundled` and `tools.practise_bundled` on Tiny Town, on repeated "
        "random tokens and on the documentation that Python carries (pydoc_data.topics, PSF-2.0), "
        "of which it holds what it learned, no text",
        "MIT",
    ),
    "pretrained/town-sft": (
        "town-gpt2, trained on by `python -m tools.train_chat` on conversations about Tiny Town",
        "MIT",
    ),
    "pretrained/town-chat-lora": (
        "trained by `python -m tools.prefer_chat` on pairs of answers about Tiny Town",
        "MIT",
    ),
}


def manifest(folder: Path) -> dict[str, dict[str, str]]:
    """What the manifest of a data folder should say.

    Raises: ValueError for a file whose origin nobody has stated.
    """
    entries = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == MANIFEST:
            continue
        origin, licence = _origin(name)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        entries[name] = {"origin": origin, "licence": licence, "sha256": digest}
    return entries


def _origin(name: str) -> tuple[str, str]:
    for prefix, stated in OURS.items():
        if name.startswith(prefix + "/"):
            return stated
    raise ValueError(f"data/{name}: state its origin and licence in tools/manifest.py")


def main() -> None:
    """Write the manifest."""
    write_json(data_folder() / MANIFEST, manifest(data_folder()))


if __name__ == "__main__":
    main()
