"""How one thing went from count to count; and how one person's own answers went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from itertools import pairwise

from bot.harvest import words
from bot.harvest.charts import lies
from bot.harvest.drawing import FAINT, INK, PALE, Said, drawing, svg
from bot.measures.measure import Group, said
from bot.measures.release import Amount, Release, Share

#: From so many counts on there is something to see.
_LEAST = 2
#: A pause of so many days is left open in somebody's own trend.
_PAUSE = 21
#: A count may close some days late.
_SLACK = 3
_CAUTION = (
    "Groups and circumstances differ from one count to the next, and a change may be chance. "
    "Nothing is filled in where nothing was told."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """One group's favourable share from count to count."""

    name: str
    title: str
    caution: str
    svg: str
    #: For each count its days, about how many were counted, and the share in words.
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Count:
    """One count, for one group and one part; nothing where it was not told."""

    release: Release
    answered: Amount | None
    share: Share | None


def trends(releases: Sequence[Release], *, name: str, language: str = "en") -> tuple[Trend, ...]:
    """A trend for each group and part that was told of twice or more; by their names."""
    last = releases[-1].measure
    if not last.favourable or last.group is Group.SESSION:
        return ()
    groups = sorted({told.groups for each in releases for told in each.told})
    found: list[Trend] = []
    for group in groups:
        for part in last.parts:
            counts = [_count(each, group, part) for each in releases]
            if sum(each.share is not None for each in counts) >= _LEAST:
                whose = " and ".join(group) or words.EVERYBODY
                what = words.name_of(last, part, language)
                title = f"{what}: {whose}, from count to count"
                found.append(_trend(counts, f"{name}-{len(found) + 1}", title, language))
    return tuple(found)


def _count(release: Release, group: tuple[str, ...], part: str) -> _Count:
    for told in release.told:
        if told.groups == group:
            for each in told.parts:
                if each.name == part and each.favourable is not None:
                    return _Count(release=release, answered=each.answered, share=each.favourable)
    return _Count(release=release, answered=None, share=None)


def _trend(counts: Sequence[_Count], name: str, title: str, language: str) -> Trend:
    measure = counts[-1].release.measure
    rows = tuple(
        (
            words.span(each.release.since, each.release.until),
            words.about(each.answered) if each.answered else "not told",
            words.share(each.share) if each.share else "not told",
        )
        for each in counts
    )
    chosen = words.chosen(measure, language)
    text = f"How large a part {chosen}. " + " ".join(
        f"{when}: {share}{f', of {of}' if of != 'not told' else ''}." for when, of, share in rows
    )
    return Trend(
        name=name,
        title=title,
        caution=f"{said(measure.not_to_conclude, language)} {_CAUTION}",
        svg=_line(counts, measure.weeks, Said(name=name, title=title, text=text)),
        rows=rows,
    )


def _line(counts: Sequence[_Count], weeks: int, said_: Said) -> str:
    """Dots, joined only where one count follows the other and both were told."""
    height = 1.75
    with drawing(height) as figure:
        axes = figure.add_axes((0.2, 0.2, 0.76, 0.7))
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.set_ylim(0, 1.05)
        axes.set_xlim(-0.5, len(counts) - 0.5)
        axes.set_yticks([0, 0.5, 1], ["nobody", "half", "all"])
        axes.set_xticks(*_ticks([each.release.until for each in counts]))
        axes.tick_params(length=2)
        before: tuple[int, float] | None = None
        for place, each in enumerate(counts):
            if place and _apart(counts[place - 1].release, each.release, weeks):
                before = None
            if each.share is None or each.answered is None:
                before = None
                axes.text(place, 0.04, "not told", ha="center", va="bottom", rotation=90, size=8)
                continue
            low, high = lies(each.share, each.answered)
            if low < high:  # Most or few: somewhere in between.
                dashes = (0, (2, 2))
                axes.bar(place, high - low, 0.4, low, fc=PALE, ec=INK, ls=dashes, hatch="////")
                before = None
                continue
            if before is not None:
                axes.plot([before[0], place], [before[1], low], color=INK, lw=1, zorder=2)
            axes.plot([place], [low], "o", ms=5, mfc=PALE, mec=INK, zorder=3)
            before = (place, low)
        return svg(figure, said_)


def _apart(before: Release, after: Release, weeks: int) -> bool:
    """Whether a count is missing between two."""
    return (after.until - before.until).days > 7 * weeks + _SLACK


def _ticks(days: Sequence[date]) -> tuple[list[int], list[str]]:
    """The first and the last day, and one between where there is room."""
    last = len(days) - 1
    places = sorted({0, last} | ({last // 2} if last % 2 == 0 else set()))
    return places, [f"{days[each].day} {days[each]:%b}" for each in places]


def trend_picture(
    points: Sequence[tuple[date, int]],
    *,
    points_of_scale: int,
    low: str,
    high: str,
    title: str,
) -> tuple[bytes, str]:
    """One person's own answers on a scale: a PNG for a phone, and the same in words.

    It says what was answered and when. It judges nothing, and fills nothing in.
    """
    told = sorted(points)
    days = [each.toordinal() for each, _ in told]
    with drawing(3.0, 4.0) as figure:
        axes = figure.add_axes((0.06, 0.13, 0.88, 0.70))
        figure.text(0.06, 0.95, _cut(title), va="top", size=12)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        room = (points_of_scale - 1) / 4
        axes.set_ylim(1 - room, points_of_scale + room)
        ends = axes.get_yaxis_transform()
        top = points_of_scale + 0.3 * room
        axes.text(0, top, f"{points_of_scale}: {_cut(high)}", transform=ends, va="bottom")
        axes.text(0, 1 - 0.3 * room, f"1: {_cut(low)}", transform=ends, va="top")
        axes.set_yticks([])
        for value in range(1, points_of_scale + 1):
            axes.axhline(value, color=FAINT, lw=0.4, zorder=1)
        for (one, start), (other, end) in pairwise(told):
            if (other - one).days <= _PAUSE:
                when = [one.toordinal(), other.toordinal()]
                axes.plot(when, [start, end], color=PALE, lw=2, zorder=2)
        axes.plot(days, [value for _, value in told], "o", ms=8, mfc=PALE, mec=INK, zorder=3)
        if told:
            edge = max((days[-1] - days[0]) * 0.04, 1.0)
            axes.set_xlim(days[0] - edge, days[-1] + edge)
            shown = sorted({told[0][0], told[-1][0]})
            axes.set_xticks([day.toordinal() for day in shown], [_short(day) for day in shown])
            labels = axes.get_xticklabels()
            labels[0].set_horizontalalignment("left" if len(shown) > 1 else "center")
            labels[-1].set_horizontalalignment("right" if len(shown) > 1 else "center")
        else:
            axes.set_xticks([])
        made = BytesIO()
        figure.savefig(made, format="png", dpi=200, metadata={"Software": None})
    said_ = trend_words(told, points_of_scale=points_of_scale, low=low, high=high, title=title)
    return made.getvalue(), said_


def trend_words(
    points: Sequence[tuple[date, int]], *, points_of_scale: int, low: str, high: str, title: str
) -> str:
    """What such a picture shows, in words."""
    told = sorted(points)
    answers = "; ".join(f"{words.day(day)}: {value}" for day, value in told) or "no answers yet"
    scale = f"rom 1 ({low}) to {points_of_scale} ({high}). {answers}."
    return f"{title} F{scale}" if title.endswith((".", "?", "!")) else f"{title}, f{scale}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _cut(text: str) -> str:
    """Words that fit in one line of the picture."""
    return text if len(text) <= 40 else f"{text[:39].rstrip()}…"  # noqa: PLR2004
