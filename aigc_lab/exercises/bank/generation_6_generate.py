"""Notebook 07: token after token, until the end comes or the room is used up."""

from __future__ import annotations

from aigc_lab.exercises.bank.generation_6_generate_flawed import flawed
from aigc_lab.exercises.bank.generation_6_models import NextLogits, speaker
from aigc_lab.exercises.definition import Exercise, Mistake, Probe, probe


def generate(
    next_logits: NextLogits, prompt: list[int], max_new_tokens: int, end: int
) -> tuple[list[int], str]:
    """Greedy; ids in, the new ids out, and why they are not more."""
    return flawed(next_logits, prompt, max_new_tokens, end)


def _probes() -> list[Probe]:
    return [
        probe("a prompt of 3, the end comes as the 5th token", speaker(3, 7), [3, 1, 4], 8, 0),
        probe("the end does not come within 6 tokens", speaker(4, 11), [2], 6, 5),
        probe("the end is the last token there is room for", speaker(1, 7), [0, 4, 2, 4, 1], 5, 6),
        probe("the end stands in the prompt", speaker(6, 11), [0, 4, 2, 4, 1], 7, 2),
        probe("the prompt's last id is the end", speaker(9, 7), [2], 6, 2),
        probe("room for one token, which is the end", speaker(2, 11), [2], 1, 3),
        probe("room for 3 tokens after a prompt of 5", speaker(8, 11), [0, 4, 2, 4, 1], 3, 9),
        probe("the end comes at once", speaker(5, 7), [3, 1, 4], 4, 0),
    ]


GENERATE = Exercise(
    name="generate",
    notebook="07_generation",
    title="Next token after next token, and when to stop",
    points=2,
    reference=generate,
    probes=_probes,
    keeps_inputs=True,
    hints=(
        "What does the model have to see before each new token, and which of its rows speaks of "
        "the next one? Two things can end the loop.",
        "Copy the prompt. At most max_new_tokens times: logits of all ids so far, argmax of the "
        "last row, append it to the ids and to the new ones; if it is the end, return the new ids "
        "and “stop”. After the loop: the new ids and “length”.",
        "for _ in range(max_new_tokens): token = int(np.argmax(next_logits(prompt + new)[-1])); "
        'new.append(token); if token == end: return new, "stop". And after the loop '
        'return new, "length".',
    ),
    flawed=flawed,
    mistakes=(
        Mistake(
            "first_row",
            "each new token is what would follow the very first id",
            "you read row 0 of the logits",
            "Row t speaks of the token after position t. Which row speaks of the next one?",
            knobs={"row": "first"},
        ),
        Mistake(
            "all_rows",
            "a token comes that is not in the vocabulary",
            "you take the argmax over all rows at once, which counts through the whole array",
            "One row of the logits speaks of the next token. Which one?",
            knobs={"row": "all"},
        ),
        Mistake(
            "smallest",
            "the least likely token comes, always",
            "you take the smallest logit",
            "Greedy takes the most likely token. Does yours?",
            knobs={"token": "smallest"},
        ),
        Mistake(
            "last_only",
            "the model forgets all but one token",
            "you hand it only the last id",
            "Nobody keeps the past for it here: what does it have to be given each time?",
            knobs={"fed": "last"},
        ),
        Mistake(
            "prompt_then_last",
            "the first new token is right, and then the model forgets all but one",
            "after the prompt you hand it only the newest id, as with a cache; there is none here",
            "Nobody keeps the past for it here: what does it have to be given each time?",
            knobs={"fed": "prompt, then last"},
        ),
        Mistake(
            "prompt_then_new",
            "the first new token is right, and then the model forgets the prompt",
            "after the first step you hand it only the new ids",
            "A continuation continues something. What stands in front of the new ids?",
            knobs={"fed": "prompt, then new"},
        ),
        Mistake(
            "prompt_only",
            "the same token comes again and again",
            "the model never gets to see the new tokens, or you always read the row that ends "
            "the prompt",
            "What has changed between the first call and the second?",
            knobs={"fed": "prompt"},
        ),
        Mistake(
            "in_front",
            "the first new token is right, and then the order is lost",
            "you put the new ids in front of the prompt",
            "Where does the next word of a text stand?",
            knobs={"fed": "in front"},
        ),
        Mistake(
            "whole_length",
            "a long prompt leaves room for fewer new tokens, or for none",
            "you count the prompt's ids towards max_new_tokens",
            "The name says which tokens it counts.",
            knobs={"room": "whole"},
        ),
        Mistake(
            "one_more",
            "there is one token too many where the end does not come",
            "your loop runs once too often",
            "Count with max_new_tokens = 1: how many tokens come?",
            knobs={"room": "one more"},
        ),
        Mistake(
            "one_fewer",
            "there is one token too few where the end does not come",
            "your loop runs once too few",
            "Count with max_new_tokens = 1: how many tokens come?",
            knobs={"room": "one fewer"},
        ),
        Mistake(
            "first_token",
            "only one token ever comes",
            "you return inside the loop, after its first round",
            "How far in does your last return stand?",
            knobs={"room": "one"},
        ),
        Mistake(
            "never_stops",
            "it goes on after the end",
            "the end id does not end the loop",
            "What do you compare each new token with?",
            knobs={"stop": "never"},
        ),
        Mistake(
            "end_in_prompt",
            "nothing comes where the end stands in the prompt",
            "you look for the end among all ids, prompt included",
            "Only a *new* end ends the text. Prompts may begin with one.",
            knobs={"stop": "ids"},
        ),
        Mistake(
            "prompt_ends",
            "nothing comes where the prompt's last id is the end",
            "you look at the last id before a token was made",
            "Only a *new* end ends the text. When do you compare?",
            knobs={"stop": "before"},
        ),
        Mistake(
            "always_length",
            "the reason is always “length”",
            "you do not tell the two ways out of the loop apart",
            "What do you know when the loop breaks, and what when it runs to its end?",
            knobs={"reason": "length"},
        ),
        Mistake(
            "always_stop",
            "the reason is always “stop”",
            "you do not tell the two ways out of the loop apart",
            "What do you know when the loop breaks, and what when it runs to its end?",
            knobs={"reason": "stop"},
        ),
        Mistake(
            "reasons_exchanged",
            "the reason is “stop” where the room was used up, and “length” where the end came",
            "the two reasons have changed places",
            "“stop” means: the model itself ended the text.",
            knobs={"reason": "turned"},
        ),
        Mistake(
            "full_is_length",
            "the reason is “length” when the end comes as the very last token",
            "you tell the reason by the number of tokens",
            "A text of exactly the allowed length can still be finished. What do its last ids say?",
            knobs={"reason": "full"},
        ),
        Mistake(
            "end_anywhere",
            "the reason is “stop” where the end only stands in the prompt",
            "you look for the end among all ids, prompt included",
            "Only a *new* end ends the text. Prompts may begin with one.",
            knobs={"reason": "anywhere"},
        ),
        Mistake(
            "no_end",
            "the end id is missing",
            "you leave before you append it, or cut it off",
            "The end is a token that the model chose: it belongs to the new ids.",
            knobs={"give": "no end"},
        ),
        Mistake(
            "whole",
            "the prompt stands in front of the new ids",
            "you return all ids",
            "What is asked for are the new ids only. How many ids do you leave out in front?",
            knobs={"give": "whole"},
        ),
        Mistake(
            "newest",
            "only the newest id comes back",
            "you return one token in place of all new ones",
            "Where do you collect them?",
            knobs={"give": "one"},
        ),
        Mistake(
            "nothing",
            "no new ids come back",
            "you append to the prompt itself, and cut off its new length",
            "`ids = prompt` gives the same list a second name. What makes a copy?",
            knobs={"give": "nothing"},
        ),
        Mistake(
            "only_ids",
            "the ids come back without a reason",
            "you return one thing, and two are asked for",
            "How are two things returned at once?",
            knobs={"give": "only ids"},
        ),
        Mistake(
            "reason_first",
            "the reason stands in front of the ids",
            "you return the pair the wrong way round",
            "First the new ids, then the reason.",
            knobs={"give": "reason first"},
        ),
    ),
)

EXERCISES = (GENERATE,)
