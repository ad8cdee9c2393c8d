"""Notebook 08: the mistakes known of the exercise in gpu_4_mfu."""

from __future__ import annotations

from aigc_lab.exercises.definition import Mistake

EXERCISES = ()  # the exercise that these belong to stands in gpu_4_mfu

MISTAKES = (
    Mistake(
        "upside down",
        symptom="a device that is used little gets a large number",
        diagnosis="you divide the peak by what is used",
        hint="A fraction of the peak: which of the two stands below?",
        wrong=lambda tokens_per_second, flops_per_token, peak: (
            peak / (tokens_per_second * flops_per_token)
        ),
    ),
    Mistake(
        "percent",
        symptom="the answer is 100 times too large",
        diagnosis="you give percent",
        hint="A fraction is wanted: half of the peak is 0.5.",
        wrong=lambda tokens_per_second, flops_per_token, peak: (
            100 * tokens_per_second * flops_per_token / peak
        ),
    ),
    Mistake(
        "no peak",
        symptom="the answer is a huge number",
        diagnosis="you give FLOPs a second, and do not divide by the peak",
        hint="Which of the arguments does your code never mention?",
        wrong=lambda tokens_per_second, flops_per_token, peak: tokens_per_second * flops_per_token,
    ),
)
