"""Reach: where people are found, who invited them there, and when nobody is there any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from bot.records import Address, Inbound, Left
from bot.requests import previews
from bot.requests.desk import Desk
from bot.store import circles, cohorts, outbox, people
from bot.store.people import Present


def changed(conn: Connection, came: Inbound, now: datetime) -> None:
    """Somebody has blocked us, or lets us in again; nothing is said, and nobody new is noted."""
    if isinstance(came.body, Left):
        nobody = Address(id="", participant="", platform=came.platform, place=came.place)
        departed(conn, nobody, now)
    else:
        people.back(conn, came.platform, came.place)


def departed(conn: Connection, gone: Address, now: datetime) -> None:
    """Nobody is reached at an address any more: what waits for it ends, nothing more is sent."""
    people.gone(conn, gone.platform, gone.place, now)
    circles.departed(conn, gone.platform, gone.place, now)
    outbox.depart(conn, gone, now)


def here_again(conn: Connection, present: Present) -> Present:
    """Whoever is heard from is there, whatever was thought."""
    if not present.gone:
        return present
    people.back(conn, present.address.platform, present.address.place)
    return replace(present, gone=False)


def follow(desk: Desk, code: str) -> bool:
    """Join the cohort of an invitation, or say kindly that it is none, or has no place left.

    A code may also be a preview's, which plays a campaign to whoever follows it: then nothing else
    is to be said. True when it was an invitation.
    """
    if previews.follow(desk, code):
        return False
    followed = cohorts.follow(desk.conn, desk.participant.id, code, desk.now)
    if followed is None:
        desk.remark("invitation_unknown")
    elif followed.full:
        desk.remark("invitation_full", cohort=followed.cohort)
    else:
        desk.replans = True
        desk.remark("invited", cohort=followed.cohort)
    return True
