"""A release told in plain sentences, with of how many it is told and what not to conclude."""

from __future__ import annotations

from bot.harvest import words
from bot.harvest.harvest import ordered, parts
from bot.measures.measure import said
from bot.measures.release import Part, Release, Told

#: What a release says that told of nobody.
NOBODY = "Too few people answered, so nothing is told of this count."


def sentences(release: Release, told: Told, language: str = "en") -> tuple[str, ...]:
    """One group in plain sentences: of how many, what it came to, what not to conclude."""
    measure = release.measure
    found = [words.denominators(told)]
    for part in parts(measure, told):
        sentence = words.finding(measure, part, language)
        if measure.items:
            sentence = f"{words.name_of(measure, part.name, language)}: {_small(sentence)}"
        if not words.withheld(part) and part.answered != told.contributed:
            sentence = f"{sentence[:-1]}, of {words.about(part.answered)}."
        found.append(sentence)
    return (*found, f"Not to conclude: {said(measure.not_to_conclude, language)}")


def said_of(told: Told, part: Part) -> str:
    """Of how many a figure is told, in a sentence; nothing of a part that is withheld."""
    sentence = words.denominators(told)
    if words.withheld(part) or part.answered == told.contributed:
        return sentence
    return f"{sentence} Of these, {words.about(part.answered)} answered this."


def lines(release: Release, language: str = "en") -> tuple[str, ...]:
    """A whole release as lines of text; the groups stand by their names."""
    found = [
        f"{said(release.measure.title, language)}, {words.span(release.since, release.until)}"
    ]
    if not release.told:
        return (*found, f"  {NOBODY}")
    *_, last = sentences(release, release.told[0], language)
    for told in ordered(release):
        *most, _ = sentences(release, told, language)
        found.append(f"  {words.groups(told)}: {' '.join(most)}")
    return (*found, f"  {last}")


def _small(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]
