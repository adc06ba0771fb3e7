"""Strangers: what somebody new is shown before they are anybody here.

Looking is not joining: no participant is made of it, no key, and nothing is noted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.engine.hearing import Asked, interpret
from bot.prompts.house import house as words_of
from bot.prompts.places import zone_of
from bot.prompts.render import render
from bot.prompts.reserved import vocabulary
from bot.records import (
    NOTHING,
    Adjusted,
    Commanded,
    Composing,
    Deleted,
    Drafted,
    Inbound,
    Looked,
    Profiled,
    Reply,
    Sought,
    Unfolded,
)
from bot.requests import distress, fields, page
from bot.requests.desk import House
from bot.store import people
from bot.store.people import Present


def shown(house: House, came: Inbound) -> Reply | None:
    """What is shown to them and leaves them strangers; None when they are to be taken in."""
    language = house.shelf.language(came.language)
    match came.body:
        case Looked(page=True) | Adjusted():
            return Reply(page=page.of_stranger(language))
        case Sought(field=field, text=text):
            return Reply(found=fields.found(field, text, language))
        case Commanded() if distress.is_told(house, came.body):
            signposts = house.signposts or _said(language, "signposts")
            return Reply(toast=_said(language, "distress", signposts=signposts))
        case Commanded(text=text):
            known = isinstance(interpret(text, (), vocabulary(language)), Asked)
            return None if known else Reply(toast=_said(language, "no_such_word"))
        case Unfolded():
            return Reply(toast=_said(language, "stale"))
        case Composing() | Deleted() | Drafted() | Profiled():
            return NOTHING
        case _:
            return None


def take_in(conn: Connection, house: House, came: Inbound, now: datetime) -> Present:
    """Make a participant of them, in the language and the zone that their platform tells."""
    return people.add(
        conn,
        house.keys,
        came.platform,
        came.place,
        language=house.shelf.language(came.language),
        zone=zone_of(came.zone) or house.zone,
        now=now,
    )


def _said(language: str, block: str, **names: str) -> str:
    return "\n\n".join(part.text for part in render(words_of(language), block, names))
