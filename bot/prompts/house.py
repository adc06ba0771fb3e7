"""The house's own words: remarks, replies and notices, in `bot/prompts/<language>/house.j2`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bot.engine.checks.findings import InWords
from bot.prompts.words import Words, read

HERE = Path(__file__).parent


class BrokenHouseError(ValueError):
    """The house's own words hold something that words may not; it says where."""


def languages() -> tuple[str, ...]:
    """The languages the house speaks, English first."""
    found = sorted(file.parent.name for file in HERE.glob("*/house.j2"))
    return tuple(sorted(found, key=lambda language: language != "en"))


@lru_cache
def house(language: str) -> Words:
    """The house's words in a language, and what it lacks in English; raises BrokenHouseError."""
    if language == "en" or language not in languages():
        return _read("en")
    return _read(language).over(house("en"))


def _read(spoken: str) -> Words:
    file = HERE / spoken / "house.j2"
    reading = read(file.read_bytes(), spoken)
    if reading.words is None or reading.findings:
        first = reading.findings[0]
        line = first.at.line if isinstance(first.at, InWords) else 1
        raise BrokenHouseError(f"{file}:{line}: {first.fault}. {first.mend}")
    return reading.words
