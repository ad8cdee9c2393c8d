"""Notebook 12: terms that are missing or too many, for applications_5_wilson."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in applications_5_wilson

DIVISOR = "Both c and h are divided. By what?"
CENTRE = "What is your centre for 1 of 3? It should lie between 1/3 and 1/2."
ROOT = "Write down the two terms below the root for 1 of 3, and compare them with yours."
BRACKETS = "What is 8 / 2 * 4 in Python?"

TERMS = (
    Mistake(
        "not divided",
        symptom="the interval reaches beyond 1",
        diagnosis="you divide neither the centre nor the half by 1 + z²/n",
        hint=DIVISOR,
        knobs={"scaled": "neither"},
    ),
    Mistake(
        "half not divided",
        symptom="the interval is too wide",
        diagnosis="you divide the centre by 1 + z²/n, and not the half",
        hint=DIVISOR,
        knobs={"scaled": "centre"},
    ),
    Mistake(
        "centre not divided",
        symptom="the interval lies too high",
        diagnosis="you divide the half by 1 + z²/n, and not the centre",
        hint=DIVISOR,
        knobs={"scaled": "half"},
    ),
    Mistake(
        "multiplied",
        symptom="the interval reaches beyond 1",
        diagnosis="you multiply by 1 + z²/n instead of dividing",
        hint=DIVISOR,
        knobs={"scaled": "times"},
    ),
    Mistake(
        "z missing before the root",
        symptom="the interval is about half as wide as it should be",
        diagnosis="you leave out the z before the root",
        hint="h = z / (…) · √…: where is your z?",
        knobs={"scaled": "half by z"},
    ),
    Mistake(
        "z² before the root",
        symptom="the interval is about twice as wide as it should be",
        diagnosis="you multiply the root by z twice",
        hint="h = z / (…) · √…: how many z stand before the root?",
        knobs={"scaled": "half, z twice"},
    ),
    Mistake(
        "z in the divisor",
        symptom="the interval is a little off, most for few examples",
        diagnosis="you divide by 1 + z/n; the z has a square",
        hint=DIVISOR,
        knobs={"scale": "1 + z/n"},
    ),
    Mistake(
        "divisor without n",
        symptom="the interval lies far too low",
        diagnosis="you divide by 1 + z²; an n is missing",
        hint=DIVISOR,
        knobs={"scale": "1 + z²"},
    ),
    Mistake(
        "divisor times n",
        symptom="the bounds are n times too small",
        diagnosis="you divide by n + z², which belongs to the other form of the equation, with "
        "counts",
        hint=DIVISOR,
        knobs={"scale": "n + z²"},
    ),
    Mistake(
        "half of the divisor's z²",
        symptom="the interval reaches beyond 1",
        diagnosis="you divide by 1 + z²/(2n); the 2 belongs to the centre alone",
        hint=DIVISOR,
        knobs={"scale": "1 + z²/2n"},
    ),
    Mistake(
        "centre is p",
        symptom="the interval lies too near to 0 or below it",
        diagnosis="you leave out z²/(2n) in the centre",
        hint=CENTRE,
        knobs={"centre": "p"},
    ),
    Mistake(
        "centre with z²/n",
        symptom="the interval lies too high",
        diagnosis="you add z²/n in the centre; a 2 is missing",
        hint=CENTRE,
        knobs={"centre": "z²/n"},
    ),
    Mistake(
        "centre, brackets missing",
        symptom="the bounds are enormous",
        diagnosis="z**2 / 2 * n multiplies by n; brackets are missing in the centre",
        hint=BRACKETS,
        knobs={"centre": "z²/2·n"},
    ),
    Mistake(
        "centre with z",
        symptom="the interval lies a little too low",
        diagnosis="you add z/(2n) in the centre; the z has a square",
        hint=CENTRE,
        knobs={"centre": "z/2n"},
    ),
    Mistake(
        "z nowhere squared",
        symptom="the interval reaches beyond 1",
        diagnosis="you write z in all four places where z² is asked for",
        hint="What is z**2 for 1.96, and what do you get for 1 of 1?",
        knobs={"centre": "z/2n", "scale": "1 + z/n", "spread": "z/4n²"},
    ),
    Mistake(
        "centre, sign",
        symptom="the interval lies too low",
        diagnosis="you subtract z²/(2n) in the centre",
        hint=CENTRE,
        knobs={"centre": "minus"},
    ),
    Mistake(
        "second term below the root missing",
        symptom="the interval is too narrow, most where all were right",
        diagnosis="you leave out z²/(4n²) below the root",
        hint=ROOT,
        knobs={"spread": "Wald's"},
    ),
    Mistake(
        "first term below the root missing",
        symptom="the interval is too narrow, most at a rate of one half",
        diagnosis="you leave out p (1 − p) / n below the root",
        hint=ROOT,
        knobs={"spread": "no p"},
    ),
    Mistake(
        "n not squared",
        symptom="the interval is too wide",
        diagnosis="you add z²/(4n) below the root; the n has a square",
        hint=ROOT,
        knobs={"spread": "z²/4n"},
    ),
    Mistake(
        "2 for 4",
        symptom="the interval is a little too wide",
        diagnosis="you add z²/(2n²) below the root; it is 4n²",
        hint=ROOT,
        knobs={"spread": "z²/2n²"},
    ),
    Mistake(
        "4 squared",
        symptom="the interval is a little too narrow",
        diagnosis="you square the 4 as well: (4n)² is 16n²",
        hint=ROOT,
        knobs={"spread": "(z/4n)²"},
    ),
    Mistake(
        "root, brackets missing",
        symptom="the bounds are enormous",
        diagnosis="z**2 / 4 * n**2 multiplies by n²; brackets are missing below the root",
        hint=BRACKETS,
        knobs={"spread": "z²/4·n²"},
    ),
    Mistake(
        "both brackets missing",
        symptom="the bounds are enormous",
        diagnosis="z**2 / 2 * n and z**2 / 4 * n**2 multiply by n; brackets are missing in both",
        hint=BRACKETS,
        knobs={"spread": "z²/4·n²", "centre": "z²/2·n"},
    ),
    Mistake(
        "not divided by n",
        symptom="the interval is far too wide",
        diagnosis="you take p (1 − p) below the root, without dividing it by n",
        hint=ROOT,
        knobs={"spread": "not over n"},
    ),
    Mistake(
        "n − 1",
        symptom="the interval is a little too wide",
        diagnosis="you divide p (1 − p) by n − 1; it is n",
        hint=ROOT,
        knobs={"spread": "n - 1"},
    ),
    Mistake(
        "p for p (1 − p)",
        symptom="where all were right the interval is too wide",
        diagnosis="you take p / n below the root; a factor 1 − p is missing",
        hint=ROOT,
        knobs={"spread": "p"},
    ),
    Mistake(
        "no root",
        symptom="the interval is far too narrow",
        diagnosis="you leave out the square root",
        hint="A variance becomes a spread by its root. Where is yours?",
        knobs={"spread": "no root"},
    ),
    Mistake(
        "second term outside the root",
        symptom="the interval is too narrow where all were right",
        diagnosis="your root ends before + z²/(4n²); it stands above both terms",
        hint=ROOT,
        knobs={"spread": "second outside"},
    ),
    Mistake(
        "both terms divided by n",
        symptom="the interval is too narrow",
        diagnosis="you divide the sum of both terms by n; the second has its own divisor",
        hint=ROOT,
        knobs={"spread": "both over n"},
    ),
    Mistake(
        "brackets of 1 − p",
        symptom="the bounds are far outside of 0 and 1",
        diagnosis="p * 1 - p / n is p − p/n; brackets are missing around 1 − p",
        hint="What is 3 * 1 - 3 / 2 in Python?",
        knobs={"spread": "p · 1 − p / n"},
    ),
    Mistake(
        "brackets of the centre",
        symptom="the interval lies too high",
        diagnosis="you divide only z²/(2n) by 1 + z²/n; brackets are missing around p + z²/(2n)",
        hint=CENTRE,
        knobs={"scaled": "z²/2n alone"},
    ),
    Mistake(
        "brackets of the divisor",
        symptom="the interval is far too wide",
        diagnosis="z / 1 + z**2 / n is z + z²/n; brackets are missing around 1 + z²/n",
        hint="What is 6 / 1 + 2 in Python?",
        knobs={"scaled": "half without brackets"},
    ),
)
