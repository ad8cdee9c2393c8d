"""Write constraints.txt: what pip chooses today, for the oldest Python and for the newer ones.

For authors, with a network:  python -m tools.pin_versions python3.10 /usr/bin/python3.11
The last interpreter named stands for its own version and all newer ones, so let it be an early one:
Debian 12 has 3.11.2, and some packages want a later 3.11 than that. Nothing is installed:
pip only reports what it would install. CUDA's packages are left out, since PyTorch pins them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TORCH = "torch==2.13.0"  # moved by hand, when CI has a CPU build of a newer one
HEADER = """\
# The exact versions that CI proves (pyproject.toml has the ranges), by tools/pin_versions.py.
# For a GPU or CPU build of PyTorch see the README: the version is the same, the build is not.
"""
LEFT_OUT = re.compile(r"aigc-lab|setuptools|nvidia-.*|cuda-.*|triton")


def choose(python: str) -> dict[str, str]:
    """Name and version of every package that pip would install for one interpreter."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        pip = [str(next(Path(folder).glob("*/pip"))), "--quiet", "install"]
        subprocess.run([*pip, "--upgrade", "pip"], check=True)
        report = Path(folder, "report.json")
        command = [*pip, "--dry-run", "--ignore-installed", "--report", str(report)]
        subprocess.run([*command, f"{ROOT}[dev,teacher]", TORCH, "pip", "uv"], check=True)
        chosen = json.loads(report.read_text(encoding="utf-8"))["install"]
    versions = {}
    for item in chosen:
        name = re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower()
        if not LEFT_OUT.fullmatch(name):
            versions[name] = item["metadata"]["version"].split("+")[0]
    return versions


def merge(old: dict[str, str], new: dict[str, str], newer_than: str) -> list[str]:
    """One pin where both Pythons agree, and a marked pin for each where they do not.

    >>> merge({"numpy": "2.2"}, {"numpy": "2.4", "six": "1.0"}, "3.11")
    ['numpy==2.2; python_version < "3.11"', 'numpy==2.4; python_version >= "3.11"', 'six==1.0']
    """
    lines = []
    for name in sorted({*old, *new}):
        if name in old and old[name] != new.get(name, old[name]):
            lines.append(f'{name}=={old[name]}; python_version < "{newer_than}"')
            lines.append(f'{name}=={new[name]}; python_version >= "{newer_than}"')
        else:
            lines.append(f"{name}=={new.get(name, old.get(name))}")
    return lines


def main(words: list[str]) -> int:
    """Resolve for two interpreters and write the file."""
    if len(words) != 2:
        print(__doc__)
        return 2
    asked = "import sys; print('%d.%d' % sys.version_info[:2])"
    newer = subprocess.run([words[1], "-c", asked], check=True, capture_output=True, text=True)
    lines = merge(choose(words[0]), choose(words[1]), newer.stdout.strip())
    (ROOT / "constraints.txt").write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"constraints.txt: {len(lines)} pins")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
