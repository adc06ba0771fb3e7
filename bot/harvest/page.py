"""The harvest as one page to read or to print: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.harvest import shared, words
from bot.harvest.charts import Figure, figure
from bot.harvest.harvest import Harvest, ordered, parts
from bot.harvest.telling import NOBODY
from bot.harvest.trends import Trend, trends
from bot.measures.measure import Kind, Measure, said
from bot.measures.release import Release

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """One release on the page: its days, and each group's figures."""

    days: str
    #: Said where nothing is told; empty otherwise.
    nothing: str
    groups: tuple[tuple[str, tuple[Figure, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One measure on the page."""

    title: str
    question: str
    #: What the ends of the scale mean.
    scale: str
    trends: tuple[Trend, ...]
    counts: tuple[Count, ...]


def page(harvest: Harvest, made: date, language: str = "en") -> str:
    """The whole page as HTML."""
    chapters = tuple(_chapters(harvest, language))
    told = [
        {
            "title": each.title,
            "level": shared.level(each),
            "teller": shared.teller(each),
            "about": each.about,
            "paragraphs": each.paragraphs,
            "day": words.day(each.given_at),
        }
        for each in harvest.shared
    ]
    template = _PAGES.get_template("harvest.html.j2")
    return template.render(
        chapters=chapters,
        told=told,
        open=[(each.title, each.groups, words.day(each.until)) for each in harvest.open],
        made=words.day(made),
    )


def figures(harvest: Harvest, language: str = "en") -> Iterator[Figure]:
    """Every figure there is, in the page's order."""
    for _, releases in harvest.by_measure():
        for release in releases:
            for _, found in _groups(release, language):
                yield from found


def _chapters(harvest: Harvest, language: str) -> Iterator[Chapter]:
    for measure, releases in harvest.by_measure():
        yield Chapter(
            title=said(measure.title, language),
            question=said(measure.question, language),
            scale=_scale(measure, language),
            trends=trends(releases, name=f"trend-{measure.name}", language=language),
            counts=tuple(
                Count(
                    days=words.span(each.since, each.until),
                    nothing="" if each.told else NOBODY,
                    groups=tuple(_groups(each, language)),
                )
                for each in releases
            ),
        )


def _groups(release: Release, language: str) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    for place, told in enumerate(ordered(release), 1):
        begin = f"{release.measure.name}-{release.until:%Y%m%d}-{release.id[:8]}-{place}"
        yield (
            words.groups(told),
            tuple(
                figure(release, told, part, name=f"{begin}-{part.name}", language=language)
                for part in parts(release.measure, told)
            ),
        )


def _scale(measure: Measure, language: str) -> str:
    if measure.low is None or measure.high is None:
        return ""
    low, high = said(measure.low, language), said(measure.high, language)
    ends = f"1 is “{low}”, {measure.points} is “{high}”."
    if measure.kind is Kind.CHANGE:
        return f"Told is the difference of two answers on one scale, on which {ends}"
    return f"On the scale, {ends}"
