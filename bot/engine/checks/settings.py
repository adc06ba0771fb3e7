"""Whether what a turn sets about a person is something that can be set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import assert_never

from bot.engine.checks.findings import Around, Finding, InFlow, Path, listed, nearest
from bot.engine.flow import Ask, Choice, Choices, Flow, Reading, Setting

#: What an ask must read to set something; the rest is set by choosing.
_READ = {Setting.ZONE: Reading.ZONE, Setting.HOUR: Reading.HOUR}
#: The minutes of a day.
_MINUTES = 24 * 60
_WINDOW = re.compile(r"([0-9]{1,4})-([0-9]{1,4})")
_REGION = re.compile(r"none|[A-Z]{2}(-[A-Z]{2,3})?")


def find(flow: Flow, around: Around) -> Iterator[Finding]:
    """Every `sets` that could not be carried out."""
    for index, turn in enumerate(flow.turns):
        path: Path = ("turns", index)
        if isinstance(turn, Ask) and turn.sets:
            yield from _ask(path, turn, turn.sets)
        if isinstance(turn, Choice | Choices) and turn.sets:
            yield from _options(path, turn, turn.sets, around)


def _ask(path: Path, turn: Ask, setting: Setting) -> Iterator[Finding]:
    wanted = _READ.get(setting)
    if wanted is None:
        yield Finding(
            at=InFlow((*path, "sets")),
            fault=f"turn `{turn.id}` sets `{setting}`, which free words cannot set",
            mend="Make it a `choice` with a `value` at each option, or take `sets` out.",
        )
    elif turn.reads is not wanted:
        yield Finding(
            at=InFlow((*path, "sets")),
            fault=f"turn `{turn.id}` sets `{setting}` but reads its answer as `{turn.reads}`",
            mend=f"Write `reads: {wanted}` at this turn.",
        )


def _options(
    path: Path, turn: Choice | Choices, setting: Setting, around: Around
) -> Iterator[Finding]:
    if isinstance(turn, Choices) and setting is not Setting.DAYS:
        yield Finding(
            at=InFlow((*path, "sets")),
            fault=f"several may be chosen at `{turn.id}`, and `{setting}` can be only one",
            mend="Make it `kind: choice`.",
        )
        return
    for index, option in enumerate(turn.options):
        if option.value == "":
            continue
        value = option.value or option.id
        if not _takes(setting, value, around):
            key = "value" if option.value else "id"
            yield Finding(
                at=InFlow((*path, "options", index, key)),
                fault=f"option `{option.id}` would set `{setting}` to `{value}`, "
                "which it cannot be",
                mend=f"Give it a `value`: {_wanted(setting, value, around)}.",
            )


def _takes(setting: Setting, value: str, around: Around) -> bool:
    match setting:
        case Setting.ZONE:
            return value in around.zones
        case Setting.DAYS:
            return re.fullmatch(r"[0-6](,?[0-6])*", value) is not None
        case Setting.HOUR:
            return re.fullmatch(r"\d{1,4}", value) is not None and int(value) < _MINUTES
        case Setting.KEEPS:
            return value in {"yes", "no"}
        case Setting.WINDOW:
            return _is_window(value)
        case Setting.HOLIDAYS:
            return _REGION.fullmatch(value) is not None
        case Setting.LANGUAGE:
            return value in around.languages
    assert_never(setting)


def _is_window(value: str) -> bool:
    """Whether these are two times of a day; one over midnight ends before it begins."""
    found = _WINDOW.fullmatch(value)
    if found is None:
        return False
    opens, closes = int(found[1]), int(found[2])
    return opens < _MINUTES and 0 < closes <= _MINUTES and opens != closes


def _wanted(setting: Setting, value: str, around: Around) -> str:
    match setting:
        case Setting.ZONE:
            near = nearest(value, around.zones) or "Europe/London"
            return f"an IANA zone such as `{near}`"
        case Setting.DAYS:
            return "days of the week as digits, from 0 for Monday to 6 for Sunday, such as `01234`"
        case Setting.HOUR:
            return "minutes after midnight, such as `570` for half past nine"
        case Setting.KEEPS:
            return "`yes` or `no`"
        case Setting.WINDOW:
            return (
                "two different times as minutes after midnight, such as `540-1200` for 09:00 to "
                "20:00; at the end, midnight is `1440`"
            )
        case Setting.HOLIDAYS:
            return "a country or a part of it, such as `GB-SCT` for Scotland, or `none`"
        case Setting.LANGUAGE:
            return f"one of {listed(sorted(around.languages))}"
    assert_never(setting)
