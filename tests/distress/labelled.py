"""Labelled phrases: what should bring help and what should not, by language.

Whoever changes the rules looks at the odd lines of each file and measures on the even ones.
"""

from __future__ import annotations

from pathlib import Path

HERE = Path(__file__).parent
LANGUAGES = ("en", "cy")


def phrases(language: str, kind: str) -> list[str]:
    """All of a kind: `distress` or `ordinary`."""
    return (HERE / f"{language}_{kind}.txt").read_text(encoding="utf-8").splitlines()


def held_out(language: str, kind: str) -> list[str]:
    return phrases(language, kind)[1::2]
