"""The chart of a part of a measure: which one it takes, its words, and its table."""

from __future__ import annotations

from dataclasses import dataclass

from bot.harvest import words
from bot.harvest.drawing import Bar, Said, around, bars
from bot.harvest.telling import said_of
from bot.measures.measure import LEAST, Kind, Measure
from bot.measures.measure import said as words_in
from bot.measures.release import Amount, Part, Release, Share, Told

#: From here on, rounded to tenths, a share is `most`.
_MOST = 0.85
#: So many may differ from all others without anybody seeing whether they do.
_UNSEEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One chart with all that stands beside it."""

    name: str
    #: The part, the group and the days.
    title: str
    #: The part alone, where a measure has several; empty otherwise.
    part: str
    #: What it came to.
    finding: str
    #: Of how many this is told.
    of: str
    #: What nobody may conclude from it.
    not_to_conclude: str
    #: None where too little is told to draw anything.
    svg: str | None
    #: What is told, in rows of a name and a number in words; empty where nothing is.
    rows: tuple[tuple[str, str], ...]


def figure(release: Release, told: Told, part: Part, *, name: str, language: str = "en") -> Figure:
    """The chart of one part of one group."""
    measure = release.measure
    what = words.name_of(measure, part.name, language)
    when = words.span(release.since, release.until)
    title = f"{what}: {words.groups(told)}, {when}"
    rows = table(measure, part, language)
    finding = words.finding(measure, part, language)
    text = " ".join([finding, *(f"{row}: {number}." for row, number in rows)])
    return Figure(
        name=name,
        title=title,
        part=what if measure.items else "",
        finding=finding,
        of=said_of(told, part),
        not_to_conclude=words_in(measure.not_to_conclude, language),
        svg=_drawn(measure, part, Said(name=name, title=title, text=text), language),
        rows=rows,
    )


def table(measure: Measure, part: Part, language: str) -> tuple[tuple[str, str], ...]:
    """Every number that is told, in words."""
    if part.most is not None:
        return ((words.value(measure, part.most, language), "most"),)
    counts = dict(part.counts)
    rows = [
        (words.value(measure, number, language), words.some(counts.get(number, 0)))
        for number in measure.values
        if counts
    ]
    if part.favourable is not None:
        rows.append((_upper(words.chosen(measure, language)), words.share(part.favourable)))
    return tuple(rows)


def lies(share: Share, answered: Amount) -> tuple[float, float]:
    """Between what a share lies, as parts of one.

    Up to two people may differ from all others without being seen, so of few people `most` and
    `few` reach far.
    """
    apart = _UNSEEN / max(answered.low - (_UNSEEN if answered.low == answered.high else 0), LEAST)
    if share.most:
        return (min(1 - apart, _MOST), 1.0)
    if share.few or share.percent is None:
        return (0.0, max(apart, 1 - _MOST))
    return (share.percent / 100, share.percent / 100)


def _drawn(measure: Measure, part: Part, said: Said, language: str) -> str | None:
    if words.withheld(part):
        return None
    counts = dict(part.counts)
    if counts and measure.kind is Kind.CHANGE:
        return around(counts, measure.points - 1, said)
    if counts:
        whole = max(part.answered.high, 1)
        rows = [
            Bar(
                label=words.value(measure, number, language),
                sure=min(counts.get(number, 0) / whole, 1.0),
                perhaps=0.0,
                said=words.some(counts.get(number, 0)),
            )
            for number in measure.values
        ]
    elif part.most is not None:
        label = words.value(measure, part.most, language)
        sure, perhaps = lies(Share(most=True), part.answered)
        rows = [Bar(label=label, sure=sure, perhaps=perhaps, said="most")]
    elif part.favourable is not None:
        sure, perhaps = lies(part.favourable, part.answered)
        label = _upper(words.chosen(measure, language))
        rows = [Bar(label=label, sure=sure, perhaps=perhaps, said=words.share(part.favourable))]
    else:  # pragma: no cover - Then it is withheld.
        return None
    return bars(rows, said)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
