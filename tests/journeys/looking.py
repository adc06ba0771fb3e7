"""What tests look up in the store, behind everybody's back."""

from __future__ import annotations

from sqlalchemy import func, select

from bot.engine.conversation import Conversation
from bot.records import Participant
from bot.store import answers, conversations, media, parked, people, unsent
from bot.store.answers import Kept
from bot.store.tables import metadata
from bot.trust.keyring import DEPLOYMENT
from tests.journeys.someone import Someone


def kept(someone: Someone) -> tuple[Kept, ...]:
    """Every answer of theirs, the oldest first."""
    theirs = someone.id
    return someone.asks(lambda conn: answers.all_of(conn, someone.store.keys, theirs))


def words(someone: Someone) -> list[str]:
    """What they said in their own words, the oldest first."""
    return [each.answer.text for each in kept(someone) if each.answer.text]


def held(someone: Someone) -> tuple[Conversation, ...]:
    """Every conversation of theirs, the oldest first."""
    theirs = someone.id
    return someone.asks(lambda conn: conversations.all_of(conn, someone.store.keys, theirs))


def current(someone: Someone) -> Conversation | None:
    """The conversation they are having."""
    present = someone.asks(
        lambda conn: conversations.present(
            conn, someone.store.keys, someone.platform, someone.place, lock=False
        )
    )
    return present.conversation if present else None


def at(someone: Someone) -> str | None:
    """The turn that is open, with its practice."""
    now = current(someone)
    return f"{now.practice}.{now.at}" if now else None


def person(someone: Someone) -> Participant:
    """Who they are now."""
    theirs = someone.id
    found = someone.asks(lambda conn: people.get(conn, theirs))
    assert found is not None
    return found


def not_sent(someone: Someone) -> list[str]:
    """What stands in their windows, the oldest first."""
    theirs = someone.id
    found = someone.asks(lambda conn: unsent.all_of(conn, someone.store.keys, theirs))
    return [each.text for each in found]


def zone_chosen(someone: Someone) -> bool:
    """Whether their zone is one they chose."""
    found = someone.asks(lambda conn: people.find(conn, someone.platform, someone.place))
    assert found is not None
    return found.zone_chosen


def is_nobody(someone: Someone) -> bool:
    """Whether no participant and no key was made for whoever is in this place."""
    found = someone.asks(lambda conn: people.find(conn, someone.platform, someone.place))
    return found is None and someone.store.keys.owners() <= {DEPLOYMENT}


def photos(someone: Someone) -> int:
    """How many photos and voice notes of theirs are stored."""
    theirs = someone.id
    return len(someone.asks(lambda conn: list(media.all_of(conn, someone.store.keys, theirs))))


def parked_ones(someone: Someone) -> int:
    """How many messages are parked, whoever sent them."""
    return len(someone.asks(parked.waiting))


def rows(someone: Someone) -> dict[str, int]:
    """How many rows each table has."""
    return someone.asks(
        lambda conn: {
            table.name: conn.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
        }
    )
