"""The harvest as data: CSV with one line for each number that is told, and JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date
from io import StringIO

from bot.harvest import shared, words
from bot.harvest.harvest import Harvest, Open, ordered, parts
from bot.harvest.shared import Words
from bot.harvest.telling import sentences
from bot.measures.measure import said
from bot.measures.release import Amount, Part, Release, Told

#: What a spreadsheet takes for a formula, when a cell begins with it.
_FORMULAS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\t", "\r", "\n")
_NUMBER = re.compile(r"-?[0-9]+")
HEADING = (
    *("measure", "title", "since", "until", "groups", "part", "what", "value", "label"),
    *("low", "high", "told", "not_to_conclude"),
)


def sheet(harvest: Harvest, language: str = "en") -> str:
    """The releases as CSV; no cell is taken for a formula."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADING)
    for _, releases in harvest.by_measure():
        for release in releases:
            for row in _rows(release, language):
                writer.writerow([harmless(cell) for cell in row])
    return text.getvalue()


def data(harvest: Harvest, made: date, language: str = "en") -> str:
    """All of it as JSON."""
    whole = {
        "made": made.isoformat(),
        "releases": [told_release(each, language) for each in harvest.releases],
        "open": [told_open(each) for each in harvest.open],
        "shared": [told_words(each) for each in harvest.shared],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def told_release(release: Release, language: str = "en") -> dict[str, object]:
    """A release for programs: its numbers as they are, and its sentences."""
    whole: dict[str, object] = release.model_dump(mode="json")
    whole["told"] = [
        told.model_dump(mode="json")
        | {
            "parts": [_told_part(part) for part in parts(release.measure, told)],
            "sentences": list(sentences(release, told, language)),
        }
        for told in ordered(release)
    ]
    return whole


def _told_part(part: Part) -> dict[str, object]:
    """A part for programs; of one that is withheld not even how many answered."""
    whole: dict[str, object] = part.model_dump(mode="json")
    return whole | {"answered": None} if words.withheld(part) else whole


def told_open(count: Open) -> dict[str, object]:
    """Counts that are open, for programs."""
    return {
        "measure": count.measure,
        "groups": count.groups,
        "until": count.until.isoformat(),
    }


def told_words(each: Words) -> dict[str, object]:
    """Shared words for programs, with a name only where it goes with them."""
    return {
        "id": each.id,
        "practice": each.practice,
        "title": each.title,
        "level": each.level,
        "allows": shared.level(each),
        "name": shared.teller(each) or None,
        "about": each.about,
        "paragraphs": list(each.paragraphs),
        "given_at": each.given_at.isoformat(),
    }


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a number stays one."""
    if _NUMBER.fullmatch(cell):
        return cell
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _rows(release: Release, language: str) -> Iterator[tuple[str, ...]]:
    measure = release.measure
    caution = said(measure.not_to_conclude, language)
    for told in ordered(release):
        before = (
            *(measure.name, said(measure.title, language)),
            *(release.since.isoformat(), release.until.isoformat(), words.groups(told)),
        )
        for row in _denominators(told):
            yield (*before, *row, caution)
        for part in parts(measure, told):
            for row in _part(release, part, language):
                yield (*before, *row, caution)


def _denominators(told: Told) -> Iterator[tuple[str, ...]]:
    for what in ("invited", "opened", "answered", "contributed"):
        amount: Amount = getattr(told, what)
        yield ("", what, "", "", *_ends(amount), words.about(amount))


def _part(release: Release, part: Part, language: str) -> Iterator[tuple[str, ...]]:
    measure, name = release.measure, part.name
    if words.withheld(part):
        yield (name, "withheld", "", "", "", "", words.TOO_FEW)
        return
    yield (name, "answered", "", "", *_ends(part.answered), words.about(part.answered))
    if part.favourable is not None:
        percent = "" if part.favourable.percent is None else str(part.favourable.percent)
        what, label = "favourable_percent", words.chosen(measure, language)
        yield (name, what, "", label, percent, percent, words.share(part.favourable))
    if part.most is not None:
        label = words.value(measure, part.most, language)
        yield (name, "most", _key(release, part.most), label, "", "", "most")
    for number, count in part.counts:
        label = words.value(measure, number, language)
        many = str(count)
        yield (name, "count", _key(release, number), label, many, many, words.some(count))


def _key(release: Release, number: int) -> str:
    """A number of a scale, or the id of an option."""
    options = release.measure.options
    return options[number].id if options else str(number)


def _ends(amount: Amount) -> tuple[str, str]:
    return str(amount.low), str(amount.high)
