"""Programme: a festival's file, read and checked, with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as File
from zoneinfo import available_timezones

from pydantic import ValidationError

from bot.campaigns.checks import near_zone
from bot.engine.checks.findings import Path, nearest, suggest
from bot.flows import shelves, yaml_source
from bot.flows.faults import Fault, unfits
from bot.flows.yaml_source import Source
from scheduler.festival import EventType, Festival, Session, Status, faults

#: So many days from its festival a session may lie; a slip in the year lies further off.
_FARTHEST = 300
_TIME = "Write a date and a time, such as `2027-02-08 09:30`."
_DATE = "Write a date such as `2027-02-08`, or one with a time: `2027-02-08 09:30`."


class FaultyFestivalError(ValueError):
    """The festival's file cannot be used as it is; it has the faults with it."""

    def __init__(self, found: tuple[Fault, ...]) -> None:
        first = found[0]
        super().__init__(f"{first.file}, line {first.line}: {first.fault}. {first.mend}")
        self.faults = found


def read(file: File) -> Festival:
    """The festival of a file; raises FaultyFestivalError with every fault."""
    try:
        source = yaml_source.read(shelves.content(file))
    except OSError as wrong:
        why = "there is no such file" if isinstance(wrong, FileNotFoundError) else wrong.strerror
        mend = "Look at its name and its rights."
        raise _faulty(file, [(1, f"the file cannot be opened: {why}", mend)]) from wrong
    if source.wrongs:
        raise _faulty(file, [(each.line, each.fault, each.mend) for each in source.wrongs])
    if not isinstance(source.data, dict):
        mend = "Begin with `name:`, `title:`, `opens:` and `closes:`."
        raise _faulty(file, [(1, "the file holds no festival", mend)])
    try:
        festival = Festival.model_validate(source.data)
    except ValidationError as wrong:
        raise _faulty(file, _refused(source, wrong)) from wrong
    found = [(source.line(at), fault, mend) for at, fault, mend in check(festival)]
    if festival.name != file.stem:
        fault = f"the festival is named `{festival.name}`, and its file `{file.stem}`"
        found.append((source.line(("name",)), fault, "Give both one name."))
    if found:
        raise _faulty(file, found)
    return festival


def check(festival: Festival) -> Iterator[tuple[Path, str, str]]:
    """What makes no sense in a festival: where, what, and what to do."""
    zones = available_timezones()
    places: list[tuple[Path, str | None]] = [(("zone",), festival.zone)]
    places += [
        (("sessions", number, "zone"), each.zone) for number, each in enumerate(festival.sessions)
    ]
    lost = [(at, zone) for at, zone in places if zone is not None and zone not in zones]
    for at, zone in lost:
        yield at, f"there is no time zone `{zone}`", f"Did you mean `{near_zone(zone, zones)}`?"
    wrong = [] if lost else list(faults(festival))
    yield from (((key,), fault, mend) for key, fault, mend in wrong)
    seen: dict[str, int] = {}
    for number, session in enumerate(festival.sessions):
        if seen.setdefault(session.id, number) != number:
            fault = f"two sessions are named `{session.id}`"
            yield ("sessions", number, "id"), fault, "Give each a name of its own."
        if session.ends is not None and session.ends <= session.starts:
            fault = f"session `{session.id}` ends before it starts"
            yield ("sessions", number, "ends"), fault, "Put the later time after `ends:`."
        if not wrong and _far(festival, session):
            fault = f"session `{session.id}` lies far from the festival: {session.starts:%Y-%m-%d}"
            yield ("sessions", number, "starts"), fault, "Look at its year."


def _far(festival: Festival, session: Session) -> bool:
    """Whether a session is so long before or after its festival that it must be a slip."""
    before, after = festival.first - session.starts.date(), session.starts.date() - festival.last
    return max(before.days, after.days) > _FARTHEST


def _faulty(file: File, found: list[tuple[int, str, str]]) -> FaultyFestivalError:
    return FaultyFestivalError(
        tuple(
            Fault(file=str(file), line=line, fault=fault, mend=mend)
            for line, fault, mend in sorted(set(found))
        )
    )


def _refused(source: Source, wrong: ValidationError) -> list[tuple[int, str, str]]:
    """What the models refuse, in a facilitator's words."""
    errors = {tuple(error["loc"]): error for error in wrong.errors(include_url=False)}
    found = []
    refused = unfits(wrong)
    misspelt = {(*each.path[:-1], _near(each.path)) for each in refused if each.extra}
    for each in refused:
        if each.path in misspelt:
            continue
        error = errors.get(each.path)
        said = _said(each.path, error["type"], error["input"]) if error else None
        fault, mend = said or (each.fault, each.mend)
        found.append((source.line(each.path), fault, mend))
    return found


def _near(path: Path) -> str:
    """The key that was meant by one that is not known."""
    return nearest(str(path[-1]), _keys(path)) or ""


def _keys(path: Path) -> list[str]:
    """The keys there are at a place."""
    return list((Session if path[0] == "sessions" else Festival).model_fields)


def _said(path: Path, kind: str, given: object) -> tuple[str, str] | None:
    name = next((str(step) for step in reversed(path) if isinstance(step, str)), "")
    shown = f"`{str(given)[:40]}`" if isinstance(given, str) else "this"
    match name:
        case "starts" | "ends" if kind == "value_error":
            return f"{shown} is not a date and a time of day", _TIME
        case "opens" | "closes" if kind == "value_error":
            return f"{shown} is not a date", _DATE
        case "status":
            return f"{shown} is not a status", suggest(str(given), list(Status), "Name one.")
        case "kind":
            mend = suggest(str(given), list(EventType), "Name one.")
            return f"{shown} is not a kind of session", mend
        case _ if kind == "extra_forbidden":
            mend = suggest(name, _keys(path), "Take it out.")
            return f"`{name}` has no meaning here", mend
        case _:
            return None
