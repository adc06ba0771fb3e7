"""Numbers of a release in plain words: about how many, how large a part, since when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from bot.measures.measure import Kind, Measure, said
from bot.measures.release import Amount, Part, Share, Told

#: Said in place of every figure that is not told.
TOO_FEW = "Too few to tell."
#: Said of people who were counted without a cohort or a session.
EVERYBODY = "Everybody counted"
#: So many tenths are a half.
_HALF = 5
#: So many options are named one by one.
_FEW = 3


def about(amount: Amount) -> str:
    """About how many: `about 45`, `5 to 9`."""
    if amount.high <= 0:
        return "fewer than 5"
    return f"about {amount.low}" if amount.low == amount.high else f"{amount.low} to {amount.high}"


def people(amount: Amount) -> str:
    """About how many people."""
    return f"{about(amount)} people"


def some(count: int) -> str:
    """A number of a distribution: `about 20`, or that hardly anybody chose it."""
    return f"about {count}" if count > 0 else "few or none"


def share(told: Share) -> str:
    """How large a part: `most`, `few`, `about 6 in 10`."""
    if told.most:
        return "most"
    if told.few or told.percent is None:
        return "few"
    tenths = round(told.percent / 10)
    return "about half" if tenths == _HALF else f"about {tenths} in 10"


def span(since: date, until: date) -> str:
    """From one day to another: `2 to 8 November 2026`."""
    if since == until:
        return day(since)
    if (since.year, since.month) == (until.year, until.month):
        return f"{since.day} to {day(until)}"
    if since.year == until.year:
        return f"{since.day} {since:%B} to {day(until)}"
    return f"{day(since)} to {day(until)}"


def day(date_: date) -> str:
    """A day: `8 November 2026`."""
    return f"{date_.day} {date_:%B} {date_.year}"


def groups(told: Told) -> str:
    """Who was counted together."""
    return " and ".join(told.groups) or EVERYBODY


def denominators(told: Told) -> str:
    """Of how many this is told, in a sentence."""
    return (
        f"{people(told.contributed).capitalize()} added their answer to this count, of "
        f"{about(told.invited)} invited; {about(told.opened)} opened it and "
        f"{about(told.answered)} answered."
    )


def value(measure: Measure, number: int, language: str) -> str:
    """What a number of a measure means in a table: `5 (Plenty)`, an option's title."""
    match measure.kind:
        case Kind.SCALE:
            ends = {1: measure.low, measure.points: measure.high}
            end = said(ends.get(number), language)
            return f"{number} ({end})" if end else str(number)
        case Kind.CHANGE:
            return _difference(number)
        case _:
            return said(measure.options[number].title, language)


def name_of(measure: Measure, part: str, language: str) -> str:
    """What a part of a measure is called."""
    titles = {item.id: item.title for item in measure.items}
    return said(titles.get(part, measure.title), language)


def chosen(measure: Measure, language: str) -> str:
    """What counts as favourable, after `most` or `about 6 in 10`: `chose 4 or 5`."""
    good = measure.good
    if measure.kind is Kind.CHANGE:
        if good == frozenset(range(1, measure.points)):
            return "said more than before"
        return f"said a change of {_either(f'{each:+d}' for each in sorted(good))}"
    others = [number for number in measure.values if number not in good]
    if measure.kind is Kind.SCALE:
        end = measure.high if measure.points in good else measure.low if 1 in good else None
        towards = f", towards “{said(end, language)}”" if end is not None else ""
        return f"chose {_either(map(str, sorted(good)))}{towards}"
    if len(others) < len(good) > _FEW:
        named = _either(f"“{value(measure, each, language)}”" for each in others)
        return f"chose something other than {named}"
    return f"chose {_either(f'“{value(measure, each, language)}”' for each in sorted(good))}"


def withheld(part: Part) -> bool:
    """Whether nothing is told of a part but that it was asked."""
    return part.favourable is None and part.most is None and not part.counts


def finding(measure: Measure, part: Part, language: str) -> str:
    """What a part came to, in a sentence."""
    if withheld(part):
        return TOO_FEW
    if part.most is not None:
        return f"Most {_chose(measure, part.most, language)}."
    if part.favourable is not None:
        return f"{share(part.favourable).capitalize()} {chosen(measure, language)}."
    top = max(count for _, count in part.counts)
    named = [number for number, count in part.counts if count == top]
    if top <= 0 or len(named) > 2:  # noqa: PLR2004 - More than two are not one answer.
        return "No answer stands out."
    answers = " and ".join(f"“{value(measure, each, language)}”" for each in named)
    return f"Chosen most often: {answers}, by {some(top)}{' each' if named[1:] else ''}."


def _chose(measure: Measure, number: int, language: str) -> str:
    named = value(measure, number, language)
    if measure.kind is Kind.CHANGE:
        return f"said {named}"
    return f"chose {named}" if measure.kind is Kind.SCALE else f"chose “{named}”"


def _difference(number: int) -> str:
    if number == 0:
        return "no change"
    return f"{abs(number)} {'more' if number > 0 else 'less'}"


def _either(names: Iterable[str]) -> str:
    """`4 or 5`, `1, 2 or 3`."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last
