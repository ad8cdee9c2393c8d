"""Draw the README's picture and fill in its numbers, all from what the project itself recorded.

Run as `python -m tools.draw_readme`; it writes README.md and data/pictures/attention_map.png.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from aigc_lab.core.files import atomic_write, data_folder, read_json

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- scores: written by `python -m tools.draw_readme` from data/runs/town-gpt2 -->\n"
END = "<!-- end of scores -->"
STORY = (
    "Story: Mia was in the garden. Tom was at the school. Mia walked to the park.\n"
    "Question: Where is Mia?\nAnswer: Mia is in the"
)
PLACE = " park"
SHOWN = {  # ability -> what to call it
    "where": "where is …?",
    "who": "who has …?",
    "how_many": "how many …?",
    "capital": "the capital of …",
    "title": "title of a story",
    "summary": "summary of a story",
    "weather_summary": "the warmest day",
    "to_chinese": "English → Chinese",
    "to_english": "Chinese → English",
    "hand_over": "hand over what the card does not say",
}


def scores_text(scores: dict[str, Any], run: dict[str, Any]) -> str:
    """The README's paragraph and table about the bundled checkpoint."""
    low, high = scores["town_interval"]
    docs_low, docs_high = scores["python_docs_interval"]
    asked = scores["questions_per_ability_and_language"]
    english, chinese = (scores["exact_answers"][name] for name in ("english", "chinese"))
    lines = [
        f"- Tiny Town: **{scores['town_bits_per_byte']:.4f}** bits per byte ({low:.4f} to "
        f"{high:.4f}); the floor on the same texts is {scores['town_floor']:.4f}, so the model is "
        f"{100 * scores['town_over_floor']:.1f}% above it.",
        f"- Python's documentation: {scores['python_docs_held_out_bits_per_byte']:.2f} "
        f"({docs_low:.2f} to {docs_high:.2f}).",
        f"- Exact answers, of {asked} questions each:",
        "",
        "| | in English | in Chinese |",
        "|---|---:|---:|",
    ]
    for name, shown in SHOWN.items():
        cells = (f"{100 * side[name]:.1f}%" if name in side else "" for side in (english, chinese))
        lines.append(f"| {shown} | {' | '.join(cells)} |")
    steps, seconds = run["steps_done"], run["seconds"]
    lines += [
        "",
        f"It was trained in {seconds / 60:.0f} minutes for {steps:,} steps on "
        f"{run['machine']['device']}; settings, machine, versions, commit and curve are in "
        "[data/runs/town-gpt2](data/runs/town-gpt2).",
    ]
    return "\n".join(lines) + "\n"


def with_scores(readme: str, text: str) -> str:
    """README.md with its region of scores replaced."""
    head, rest = readme.split(BEGIN)
    return head + BEGIN + "\n" + text + "\n" + END + rest.split(END, 1)[1]


def current() -> str:
    """README.md as it should be."""
    folder = data_folder() / "runs" / "town-gpt2"
    text = scores_text(read_json(folder / "scores.json"), read_json(folder / "run.json"))
    return with_scores(README.read_text(encoding="utf-8"), text)


def picture() -> bytes:
    """The head that, about to say where Mia is, looks most at the place she walked to."""
    import torch

    from aigc_lab.model.probe import record
    from aigc_lab.pretrained.load import load_pretrained
    from aigc_lab.viz.plots import attention_map

    town = load_pretrained("town-gpt2")
    ids = town.tokenizer.encode(STORY)
    names = [town.tokenizer.decode([token]) for token in ids]
    maps = torch.stack(record(town.model, torch.tensor([ids])).attention)[:, 0]  # (L, H, T, T)
    looks = maps[:, :, -1, names.index(PLACE)]  # (L, H)
    layer, head = divmod(int(looks.argmax()), looks.shape[1])
    title = f"layer {layer}, head {head}"
    figure = attention_map(maps[layer, head].numpy(), names, title=title)
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=80)
    return file.getvalue()


def main() -> None:
    """Write the README's region and its picture."""
    atomic_write(README, current().encode())
    atomic_write(data_folder() / "pictures" / "attention_map.png", picture())


if __name__ == "__main__":
    main()
