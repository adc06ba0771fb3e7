"""Fields: what a person can change on their page, and the change that follows from each.

What is offered, and what it is called, is what the practice `settings` offers in the chat.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from bot.engine.conversation import Conversation
from bot.engine.flow import Choice, Setting
from bot.prompts.dates import days, hour, locale_of
from bot.prompts.places import zone_called, zone_of, zones_begun
from bot.prompts.quiet import hours, region_called
from bot.records import Entry, Field, FieldKind
from bot.requests import leaving, rhythm, setting
from bot.requests.desk import FOREVER, Desk
from bot.requests.talk import voice_of
from scheduler.calendar import zone

SETTINGS = "settings"
#: Stands for leaving it to the programme.
USUAL = "usual"
#: The most entries that are found, and the most letters of a label.
MOST_FOUND = 20
MOST_LETTERS = 75
#: The most campaigns that are shown.
MOST_CAMPAIGNS = 100
#: Says that a field cannot hold what came.
UNCHANGED = "page_unchanged"
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_HOUR = 60
_WEEK = ("0", "1", "2", "3", "4", "5", "6")
_Reader = Callable[[Desk, tuple[str, ...]], str | None]


class Name(StrEnum):
    """The fields, by the names they carry back."""

    #: The weekdays that suit them.
    DAYS = "days"
    #: The time of day that suits them.
    HOUR = "hour"
    #: Between which hours prompts may come.
    WINDOW = "window"
    #: Whose public holidays are quiet.
    HOLIDAYS = "holidays"
    #: Their time zone.
    ZONE = "zone"
    #: The language of their prompts.
    LANGUAGE = "language"
    #: The campaigns that come to them. What was shown follows, so that nothing else is changed.
    CAMPAIGNS = "campaigns"
    #: The day until which nothing comes.
    PAUSE = "pause"
    #: Whether their answers are kept.
    KEEPS = "keeps"


def rhythm_of(desk: Desk) -> Iterator[Field]:
    """The fields about when prompts come, and how."""
    person = desk.participant
    week = tuple(_entry(each, _begun(days((int(each),), person.language))) for each in _WEEK)
    theirs = tuple(week[number] for number in person.days)
    yield _field(desk, Name.DAYS, FieldKind.SEVERAL, week, theirs)
    clock = f"{person.minute // _HOUR:02}:{person.minute % _HOUR:02}"
    at = _entry(clock, hour(person.minute, person.language))
    yield _field(desk, Name.HOUR, FieldKind.CLOCK, (), (at,))
    yield _one_of(desk, Name.WINDOW, _windows(desk), _window(desk))
    yield _one_of(desk, Name.HOLIDAYS, _holidays(desk), person.holidays or USUAL)
    there = _place(person.zone, person.language)
    yield _field(desk, Name.ZONE, FieldKind.SEARCH, (), (there,))
    if len(desk.house.shelf.languages) > 1:
        yield _one_of(desk, Name.LANGUAGE, _languages(desk), person.language)
    yield from _campaigns(desk)
    yield _field(desk, Name.PAUSE, FieldKind.DATE, (), _paused(desk))


def keeping_of(desk: Desk) -> Iterator[Field]:
    """The field about whether answers are kept, where `settings` asks for it."""
    if offered := _keeping(desk):
        yield _one_of(desk, Name.KEEPS, offered, "yes" if desk.participant.keeps else "no")


def found(name: str, text: str, language: str) -> tuple[Entry, ...]:
    """What the first letters of something bring, in a field that is sought in."""
    if name != Name.ZONE:
        return ()
    return tuple(_place(each, language) for each in zones_begun(text, MOST_FOUND))


def change(desk: Desk, current: Conversation | None, name: str, values: tuple[str, ...]) -> str:
    """Change what a field stands for; names the block that says why not, where that cannot be."""
    if name == Name.PAUSE:
        return _pause(desk, current, "".join(values))
    if name.startswith(Name.CAMPAIGNS):
        return _choose_campaigns(desk, name, values)
    if name == Name.DAYS and not values:
        return "page_days_none"
    meant = _MEANT.get(name)
    value = meant.read(desk, values) if meant else None
    if meant is None or value is None:
        return UNCHANGED
    setting.choose(desk, meant.setting, value)
    return ""


def _campaigns(desk: Desk) -> Iterator[Field]:
    """The field about what comes to them, where there is anything."""
    mine = leaving.of(desk)[:MOST_CAMPAIGNS]
    if not mine:
        return
    entries = tuple(_entry(each.name, each.title) for each in mine)
    chosen = tuple(entry for entry, each in zip(entries, mine, strict=True) if not each.left)
    yield Field(
        name=_named(mine),
        label=desk.text(f"page_{Name.CAMPAIGNS}"),
        kind=FieldKind.SEVERAL,
        entries=entries,
        chosen=chosen,
    )


def _named(mine: Sequence[leaving.Mine]) -> str:
    """The field's name, which tells which campaigns it shows."""
    shown = "\n".join(each.name for each in mine)
    return f"{Name.CAMPAIGNS}-{sha256(shown.encode()).hexdigest()[:16]}"


def _choose_campaigns(desk: Desk, name: str, values: tuple[str, ...]) -> str:
    """Those that are chosen come to them; a page that shows others than there are changes none."""
    mine = leaving.of(desk)[:MOST_CAMPAIGNS]
    if not mine or name != _named(mine) or not {each.name for each in mine}.issuperset(values):
        return UNCHANGED
    leaving.choose(desk, mine, values)
    return ""


def _pause(desk: Desk, current: Conversation | None, text: str) -> str:
    """Be quiet until a day; without one, no longer."""
    if not text:
        rhythm.end_quiet(desk)
        return ""
    if not _DATE.fullmatch(text):
        return UNCHANGED
    day = rhythm.day_meant(desk, text)
    if day is None:
        return "page_pause_past"
    rhythm.be_quiet(desk, current, day)
    return ""


def _paused(desk: Desk) -> tuple[Entry, ...]:
    """The day on which they are there again; nothing when nobody knows."""
    until = desk.participant.paused_until
    if until is None or until <= desk.now or until == FOREVER:
        return ()
    day = until.astimezone(zone(desk.participant.zone)).date().isoformat()
    return (Entry(value=day, label=day),)


def _days(_desk: Desk, values: tuple[str, ...]) -> str | None:
    known = all(value in _WEEK for value in values)
    return ",".join(values) if known else None


def _hour(_desk: Desk, values: tuple[str, ...]) -> str | None:
    said = _CLOCK.fullmatch("".join(values))
    return str(int(said.group(1)) * _HOUR + int(said.group(2))) if said else None


def _zone(_desk: Desk, values: tuple[str, ...]) -> str | None:
    return zone_of("".join(values))


def _among(entries: Callable[[Desk], tuple[Entry, ...]]) -> _Reader:
    """Takes one of what is offered, and nothing where it is left as usual."""

    def read(desk: Desk, values: tuple[str, ...]) -> str | None:
        value = "".join(values)
        known = value in {each.value for each in entries(desk)}
        return value.removeprefix(USUAL) if known else None

    return read


def _windows(desk: Desk) -> tuple[Entry, ...]:
    """The hours that are offered, the usual ones first; theirs too, if they are others."""
    usual = _entry(USUAL, desk.text("page_window_usual"))
    offered = (usual, *_offered(desk, Setting.WINDOW))
    called = hours(desk.participant.window, desk.participant.language)
    return _with(offered, _window(desk), called)


def _window(desk: Desk) -> str:
    held = desk.participant.window
    return f"{held[0]}-{held[1]}" if held else USUAL


def _holidays(desk: Desk) -> tuple[Entry, ...]:
    """The same for public holidays."""
    person = desk.participant
    usual = _entry(USUAL, desk.text("page_holidays_usual"))
    offered = (usual, *_offered(desk, Setting.HOLIDAYS))
    return _with(
        offered, person.holidays or USUAL, region_called(person.holidays, person.language)
    )


def _languages(desk: Desk) -> tuple[Entry, ...]:
    """The languages there are, each by its own name."""
    spoken = desk.house.shelf.languages
    return tuple(_entry(each, locale_of(each).get_language_name() or each) for each in spoken)


def _keeping(desk: Desk) -> tuple[Entry, ...]:
    return _offered(desk, Setting.KEEPS)


def _offered(desk: Desk, which: Setting) -> tuple[Entry, ...]:
    """What `settings` offers for one setting, by its labels there."""
    if not desk.house.shelf.has(SETTINGS):
        return ()
    pinned = desk.house.shelf.pinned(desk.conn, desk.house.shelf.current(SETTINGS))
    voice = voice_of(desk, pinned)
    for node in pinned.script.nodes.values():
        turn = node.turn
        if isinstance(turn, Choice) and turn.sets is which:
            return tuple(
                _entry(option.id if option.value is None else option.value, label)
                for option in turn.options
                if option.value != "" and (label := voice.label(node, option.id))
            )
    return ()


def _with(offered: tuple[Entry, ...], value: str, label: str) -> tuple[Entry, ...]:
    """What is offered, and what they have when that is something else."""
    known = any(each.value == value for each in offered)
    return offered if known else (*offered, _entry(value, label[:1].upper() + label[1:]))


def _place(zone_name: str, language: str) -> Entry:
    return _entry(zone_name, _begun(zone_called(zone_name, language)))


def _begun(label: str) -> str:
    """What stands within a sentence elsewhere, as it stands alone."""
    return label[:1].upper() + label[1:]


def _one_of(desk: Desk, name: Name, entries: tuple[Entry, ...], value: str) -> Field:
    chosen = tuple(each for each in entries if each.value == value)
    return _field(desk, name, FieldKind.ONE, entries, chosen)


def _field(
    desk: Desk,
    name: Name,
    kind: FieldKind,
    entries: tuple[Entry, ...],
    chosen: tuple[Entry, ...],
) -> Field:
    label = desk.text(f"page_{name}")
    return Field(name=name, label=label, kind=kind, entries=entries, chosen=chosen)


def _entry(value: str, label: str) -> Entry:
    """An entry whose label has room, whatever a practice of one's own calls it."""
    fits = label if len(label) <= MOST_LETTERS else f"{label[: MOST_LETTERS - 1]}\u2026"
    return Entry(value=value, label=fits)


@dataclass(frozen=True, slots=True)
class _Meant:
    """What a field sets, and how its values are read; None for values it cannot hold."""

    setting: Setting
    read: _Reader


_MEANT: Mapping[str, _Meant] = {
    Name.DAYS: _Meant(Setting.DAYS, _days),
    Name.HOUR: _Meant(Setting.HOUR, _hour),
    Name.WINDOW: _Meant(Setting.WINDOW, _among(_windows)),
    Name.HOLIDAYS: _Meant(Setting.HOLIDAYS, _among(_holidays)),
    Name.ZONE: _Meant(Setting.ZONE, _zone),
    Name.LANGUAGE: _Meant(Setting.LANGUAGE, _among(_languages)),
    Name.KEEPS: _Meant(Setting.KEEPS, _among(_keeping)),
}
