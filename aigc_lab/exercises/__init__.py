"""Exercises that fall back to the course's own version, checks that name the mistake, hints."""

from aigc_lab.exercises.attempt import Attempt, check, exercise, hint, progress

__all__ = ["Attempt", "check", "exercise", "hint", "progress"]
