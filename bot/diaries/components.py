"""Pure: from a file's bytes to its components, without a look at what they mean.

Only the properties that are asked for are kept. The time zones of a file stay in that file: the
library's own reader would keep them for the next one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from icalendar.parser import Contentline, unescape_backslash

from bot.diaries.faults import DiaryError

#: The largest file, in bytes.
LARGEST = 1024 * 1024
#: How deep components may stand in one another; those of diaries stand three deep.
DEEPEST = 8
#: The longest line, in signs; of a description no more than that is read.
LONGEST = 65_536
#: So many properties of one name may a component have.
MOST_ALIKE = 1_000

_NONE = "This is no calendar file (.ics). Export the calendar from your diary, and try that file."
_CUT = "The file is cut short or damaged: its parts do not end as they begin. Export it again."
#: The properties that are kept, with where components begin and end.
_NAME = re.compile(
    r"(BEGIN|END|METHOD|X-WR-CALNAME|NAME|X-WR-TIMEZONE|TZID|TZOFFSETFROM|TZOFFSETTO|UID|SEQUENCE"
    r"|DTSTART|DTEND|DURATION|RRULE|RDATE|EXDATE|RECURRENCE-ID|STATUS|SUMMARY|ORGANIZER|CATEGORIES"
    r"|DESCRIPTION|CLASS)[;:]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Property:
    """One property of a component, its value as it is written."""

    params: Mapping[str, str]
    value: str

    @property
    def text(self) -> str:
        """The value as text."""
        return str(unescape_backslash(self.value))


@dataclass(frozen=True, slots=True)
class Component:
    """A component with its properties and with the components in it."""

    name: str
    properties: dict[str, list[Property]] = field(default_factory=dict)
    components: list[Component] = field(default_factory=list)

    def all(self, name: str) -> list[Property]:
        """The properties of a name."""
        return self.properties.get(name, [])

    def one(self, name: str) -> Property | None:
        """The first property of a name; None when there is none, or an empty one."""
        return next((each for each in self.all(name) if each.value.strip()), None)

    def inner(self, name: str) -> list[Component]:
        """The components of a name in this one."""
        return [each for each in self.components if each.name == name]


def calendars(content: bytes) -> list[Component]:
    """The calendars in a file, of which there is one as a rule; raises DiaryError."""
    root = Component("")
    open_ = [root]
    for line in _unfolded(content):
        named = _NAME.match(line)
        if named is None:
            continue
        name, value = named[1].upper(), line[named.end() :].strip().upper()
        if name == "BEGIN":
            inner = Component(value)
            open_[-1].components.append(inner)
            open_.append(inner)
            if len(open_) > DEEPEST + 1:
                raise DiaryError(
                    "The file holds parts within parts within parts, as no diary writes them. "
                    "Export the calendar again."
                )
        elif name == "END":
            if open_.pop().name != value or not open_:
                raise DiaryError(_CUT)
        elif len(line) > LONGEST and name != "DESCRIPTION":
            raise DiaryError(
                f"A line of the file that begins with {name} is longer than diaries write it. "
                "Export the calendar again."
            )
        else:
            alike = open_[-1].properties.setdefault(name, [])
            alike.append(_property(line[:LONGEST]))
            if len(alike) > MOST_ALIKE:
                raise DiaryError(
                    f"An event in the file has more than {MOST_ALIKE} lines that begin with "
                    f"{name}. Make it several events."
                )
    if len(open_) > 1:
        raise DiaryError(_CUT)
    if not (found := root.inner("VCALENDAR")):
        raise DiaryError(_NONE)
    return found


def _unfolded(content: bytes) -> list[str]:
    """The lines of a file, each whole."""
    if len(content) > LARGEST:
        raise DiaryError(
            f"The file is larger than {LARGEST // 1024 // 1024} MB. Export the festival's "
            "calendar alone, or fewer months of it."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DiaryError(
            "The file is not written in UTF-8, as calendar files are. Export it again, or save it "
            "as UTF-8 with a text editor."
        ) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.replace("\n ", "").replace("\n\t", "")
    # Outlook's name for UTC has a colon, which it should have put in quotation marks.
    return text.replace(";TZID=tzone://Microsoft/Utc:", ";TZID=UTC:").split("\n")


def _property(line: str) -> Property:
    try:
        _, params, value = Contentline(line).raw_parts()  # type: ignore[no-untyped-call]
    except ValueError:
        return Property({}, "")
    return Property({str(key).upper(): _first(each) for key, each in params.items()}, value)


def _first(given: object) -> str:
    return str(given[0]) if isinstance(given, list) else str(given)
