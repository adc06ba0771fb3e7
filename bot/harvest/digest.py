"""The digest: what is given back, in a chat, to the people who answered."""

from __future__ import annotations

from bot.harvest import words
from bot.measures.measure import Kind, Measure, said
from bot.measures.release import Part, Release, Told

#: So many answers of a distribution are named.
_NAMED = 3
_NOBODY = "Too few answered for anything to be told. So everybody's answer stays their own."


def digest_lines(release: Release, told: Told | None, language: str) -> list[str]:
    """What N of you noticed: four short lines at most, without anybody's name.

    `told` is None for people whose group was too small to be told of.
    """
    measure = release.measure
    title = said(measure.title, language)
    if told is None or all(words.withheld(part) for part in told.parts):
        return [f"{title}:", _NOBODY]
    lines = [f"{title}: {words.about(told.contributed)} of you added your answer."]
    if measure.kind is Kind.CHANGE:
        lines += _changes(measure, told, language)
    else:
        lines += _one(measure, told.parts[0], language)
    return [*lines[:3], said(measure.not_to_conclude, language).split(". ")[0].rstrip(".") + "."]


def _one(measure: Measure, part: Part, language: str) -> list[str]:
    lines = []
    if part.favourable is not None or part.most is not None:
        lines.append(words.finding(measure, part, language))
    elif measure.kind is Kind.SCALE and measure.low is not None and measure.high is not None:
        low, high = said(measure.low, language), said(measure.high, language)
        lines.append(f"1 is “{low}”, {measure.points} is “{high}”.")
    if measure.kind is Kind.SCALE and part.favourable is None and part.most is None:
        often = [f"{number} ({words.some(count)})" for number, count in _often(part)]
        lines.append(
            f"Chosen most often: {', '.join(often)}." if often else "No answer stands out."
        )
    if part.counts and measure.options:
        named = [
            f"{words.value(measure, number, language)} ({words.some(count)})"
            for number, count in _often(part)
        ]
        lines += [f"Named most often: {', '.join(named)}."] if named else []
    return lines


def _often(part: Part) -> list[tuple[int, int]]:
    """What was chosen most often, and how often; what hardly anybody chose is left out."""
    chosen = [each for each in part.counts if each[1] > 0]
    return sorted(chosen, key=lambda each: -each[1])[:_NAMED]


def _changes(measure: Measure, told: Told, language: str) -> list[str]:
    """Where most, or half, said more than before; where there were too few."""
    shares = [
        (words.name_of(measure, part.name, language), part.favourable)
        for part in told.parts
        if part.favourable is not None
    ]
    many = [name for name, each in shares if each.most or (each.percent or 0) >= 60]  # noqa: PLR2004
    lines = []
    what = words.chosen(measure, language)
    if many:
        lines.append(f"More than half {what} of: {'; '.join(many)}.")
    elif shares:
        lines.append(f"Of nothing asked was it clearly more than half who {what}.")
    if any(words.withheld(part) for part in told.parts):
        lines.append("Of some things there were too few answers to tell.")
    return lines
