"""How each part of the house is: what `/healthz` and `skerry doctor` say."""

from __future__ import annotations

import asyncio
import shutil
from datetime import timedelta
from importlib.metadata import version

from bot.commands.opening import Opened
from bot.commands.printing import many
from bot.store import health, outbox, parked, workspaces
from bot.store.connect import head, revision_of
from bot.store.workspaces import Known
from bot.trust.databases import file_of, name_of
from bot.web import DATABASE, Part
from scheduler.tick import now

#: Below this many bytes free, a disk is soon full.
_LITTLE = 100 * 1024 * 1024
#: Running processes tell how a platform is every minute: after so long, none runs.
_LATE = timedelta(minutes=3)
#: For how long it is told that a workspace has left.
NEWS = timedelta(days=30)


async def look(house: Opened) -> tuple[Part, ...]:
    """Look at every part, without holding up the loop."""
    return await asyncio.to_thread(parts, house)


def parts(house: Opened) -> tuple[Part, ...]:
    """Every part, each looked at by itself: one that fails does not hide the others."""
    looks = {
        DATABASE: _database,
        "keys": _keys,
        "disk": _disk,
        "outbox": _outbox,
        "parked": _parked,
        "practices": _practices,
        "signposts": _signposts,
        "zones": _zones,
    }
    if house.settings.has_telegram:
        looks["telegram"] = _telegram
    if house.settings.has_slack:
        looks["slack"] = _slack
    found: list[Part] = []
    for name, each in looks.items():
        try:
            well, detail = each(house)
        except Exception as error:  # noqa: BLE001 - whatever it is, this part is unwell
            well, detail = False, str(error).splitlines()[0] or type(error).__name__
        found.append(Part(part=name, well=well, detail=detail))
    return tuple(found)


def _database(house: Opened) -> tuple[bool, str]:
    found = revision_of(house.store.engine)
    detail = f"{name_of(house.store.engine)} answers; its schema is {found}."
    return found == head(), detail


def _keys(house: Opened) -> tuple[bool, str]:
    count = len(house.store.keys.owners())
    return True, f"The key store answers and holds {many(count, 'key')}."


def _disk(house: Opened) -> tuple[bool, str]:
    file = file_of(house.store.engine)
    if file is None:
        return True, "The database is on PostgreSQL."
    free = shutil.disk_usage(file.parent).free
    detail = f"{free // (1024 * 1024):,} MB are free beside the database."
    return free > _LITTLE, detail if free > _LITTLE else f"{detail} Make room."


def _outbox(house: Opened) -> tuple[bool, str]:
    with house.store.engine.connect() as conn:
        waiting = sum(count.queued for count in outbox.counts(conn))
    return True, f"{many(waiting, 'message waits', 'messages wait')} to be sent."


def _parked(house: Opened) -> tuple[bool, str]:
    with house.store.engine.connect() as conn:
        count = len(parked.waiting(conn))
    if not count:
        return True, "No message is parked."
    return True, f"{many(count, 'message is', 'messages are')} parked: skerry parked list"


def _practices(house: Opened) -> tuple[bool, str]:
    library = house.house.shelf.library
    if not library.faults:
        return True, f"{len(library.practices) - 1} practices and their menu, no faults."
    count = len(library.faults)
    return False, f"{many(count, 'fault')} in practices: skerry flows check"


def _signposts(house: Opened) -> tuple[bool, str]:
    """A reminder: whether numbers are right, nobody but people can check."""
    whose = "your own, SKERRY_SIGNPOSTS" if house.settings.signposts else "ours"
    return True, f"Where to turn in need: {whose}. Call each number and check its hours, often."


def _telegram(house: Opened) -> tuple[bool, str]:
    return _told(house, "telegram", "Telegram")


def _slack(house: Opened) -> tuple[bool, str]:
    """How Slack is, and who has left lately: that is news, and nothing is wrong with us."""
    well, detail = _told(house, "slack", "Slack")
    with house.store.engine.connect() as conn:
        left = workspaces.left_since(conn, now() - NEWS)
    return well, " ".join((detail, *(gone(each) for each in left)))


def gone(left: Known) -> str:
    """That a workspace has removed us, in a sentence."""
    if left.removed_at is None:
        return ""
    day = f"{left.removed_at.day} {left.removed_at:%B}"
    return f"{left.name} removed Skerry on {day}."


def _told(house: Opened, part: str, name: str) -> tuple[bool, str]:
    """How a platform was when a running process last told."""
    with house.store.engine.connect() as conn:
        told = health.told(conn, part)
    if told is None:
        return False, f"Nobody has listened to {name} yet. Start Skerry with: make run"
    if now() - told.told_at > _LATE:
        at = told.told_at.strftime("%Y-%m-%d %H:%M UTC")
        return False, f"Nobody has listened to {name} since {at}. Is Skerry running?"
    return told.well, told.detail


def _zones(_house: Opened) -> tuple[bool, str]:
    return True, f"Zone data is tzdata {version('tzdata')}."
