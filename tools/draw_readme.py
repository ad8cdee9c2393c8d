"""Draw the README's picture and fill in its numbers, all from what the project itself recorded.

    python -m tools.draw_readme

Written are README.md and data/pictures/attention_map.png.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from aigc_lab.core.files import atomic_write, data_folder, read_json
from tools.command_line import words

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- scores: written by `python -m tools.draw_readme` from data/runs/town-gpt2 -->\n"
STAGES = ("", "drill", "refresh")  # folders of the runs, one after the other
CHAT_BEGIN = "<!-- chat scores: written by the same from data/runs/town-chat -->\n"
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
    "weather": "the weather on one of three days",
    "weather_summary": "the warmest day",
    "needs": "how many of one thing a recipe needs",
    "to_chinese": "English → Chinese",
    "to_english": "Chinese → English",
    "hand_over": "hand over what the card does not say",
}


CHAT_SHOWN = {  # what was promised of the assistant -> the kinds of questions it is the mean of
    "where is …?": ("where",),
    "who has …?": ("who",),
    "how many …?": ("how_many",),
    "customer service": ("parcel", "items", "number", "day", "hand_over"),
    "… of it, right hand-overs": ("hand_over",),
    "translation": ("to_chinese", "to_english"),
    "titles": ("title", "health_title", "recipe_title", "weather_title"),
    "summaries": ("summary", "health_summary", "recipe_summary", "weather_summary"),
    "… of these, the warmest day": ("weather_summary",),
    "capitals": ("capital",),
    "the country of a capital": ("country",),
    "order card as JSON": ("json",),
}


def scores_text(scores: dict[str, Any], *runs: dict[str, Any]) -> str:
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
    took = ", ".join(
        f"{run['seconds'] / 60:.0f} minutes for {run['steps_done']:,} steps" for run in runs
    )
    lines += [
        "",
        f"It was trained in {took}, on {runs[-1]['machine']['device']}; the second begins "
        "with questions alone, the third has the documents back. Settings, machine, versions, "
        "commit and curve of each run are in "
        "[data/runs/town-gpt2](data/runs/town-gpt2).",
    ]
    return "\n".join(lines) + "\n"


def chat_text(scores: dict[str, Any]) -> str:
    """The README's table about the assistants."""
    stages = {"fine-tuned": scores["stages"]["sft"], "and preferences": scores["stages"]["chat"]}
    asked, sampled = scores["questions_per_kind_and_language"], scores["sampled_questions"]
    fewer = scores.get("fewer_questions", {})  # of what every world has the same
    columns = [
        (f"{stage}, {language.title()}", tuned["exact_answers"][language])
        for stage, tuned in stages.items()
        for language in ("english", "chinese")
    ]
    lines = [
        f"| {asked} questions of each kind | {' | '.join(name for name, _ in columns)} |",
        "|---|" + "---:|" * len(columns),
    ]
    for shown, kinds in CHAT_SHOWN.items():
        cells = []
        for _, shares in columns:
            known = [shares[kind] for kind in kinds if kind in shares]
            cells.append(f"{100 * sum(known) / len(known):.1f}%")
        only = f" ({fewer[kinds[0]]} of each)" if kinds[0] in fewer else ""
        lines.append(f"| {shown}{only} | {' | '.join(cells)} |")
    before, after = (
        f"{100 * stage['preferred_rate']:.1f}% ({stage['town_bits_per_byte']:.4f})"
        for stage in stages.values()
    )
    base = scores["stages"]["base"]["town_bits_per_byte"]
    lines += [
        "",
        f"Answers that people prefer (true, honest and brief), of {sampled} sampled: {before} "
        f"after fine-tuning, {after} after preference tuning; in brackets the bits per byte of "
        f"Tiny Town's documents, {base:.4f} for the base.",
    ]
    return "\n".join(lines) + "\n"


def with_region(readme: str, begin: str, text: str) -> str:
    """README.md with one region of scores replaced."""
    head, rest = readme.split(begin)
    return head + begin + "\n" + text + "\n" + END + rest.split(END, 1)[1]


def current() -> str:
    """README.md as it should be."""
    folder = data_folder() / "runs" / "town-gpt2"
    runs = (read_json(folder / place / "run.json") for place in STAGES)
    text = scores_text(read_json(folder / "scores.json"), *runs)
    readme = with_region(README.read_text(encoding="utf-8"), BEGIN, text)
    chat = read_json(data_folder() / "runs" / "town-chat" / "scores.json")
    return with_region(readme, CHAT_BEGIN, chat_text(chat))


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
    words(__doc__, 0)
    main()
