"""Exporting: everything that is kept of one participant, as records."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.engine.conversation import Conversation
from bot.records import Address, Media, Participant
from bot.store import (
    answers,
    asked,
    circles,
    conversations,
    counts,
    media,
    occasions,
    people,
    rounds,
    shared,
)
from bot.store import unsent as unsent_words
from bot.store.answers import Kept
from bot.store.asked import Asking
from bot.store.circles import Joined
from bot.store.counts import Waiting
from bot.store.occasions import Record
from bot.store.rounds import Given
from bot.store.shared import Shared
from bot.store.unsent import Unsent
from bot.trust.keyring import KeyRing


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything:
    """All that is kept of one participant; what waits to be sent to them comes to them anyway."""

    participant: Participant
    addresses: tuple[Address, ...]
    conversations: tuple[Conversation, ...]
    answers: tuple[Kept, ...]
    unsent: tuple[Unsent, ...]
    #: Photos and voice notes by their ids.
    media: dict[str, Media]
    asked: tuple[Asking, ...]
    occasions: tuple[Record, ...]
    #: What they passed on, and which counts have something of theirs that waits for the night.
    shared: tuple[Shared, ...]
    waiting: tuple[Waiting, ...]
    #: Their circles, and what they gave to rounds that are not over.
    circles: tuple[Joined, ...]
    given: tuple[Given, ...]


def everything(conn: Connection, keys: KeyRing, participant_id: str) -> Everything | None:
    """Everything of one participant, to be given to nobody else; None when they are gone."""
    person = people.get(conn, participant_id)
    if person is None:
        return None
    return Everything(
        participant=person,
        addresses=people.addresses(conn, participant_id),
        conversations=conversations.all_of(conn, keys, participant_id),
        answers=answers.all_of(conn, keys, participant_id),
        unsent=unsent_words.all_of(conn, keys, participant_id),
        media=dict(media.all_of(conn, keys, participant_id)),
        asked=asked.all_of(conn, participant_id),
        occasions=occasions.all_of(conn, participant_id),
        shared=shared.of(conn, keys, participant_id),
        waiting=counts.waiting(conn, participant_id),
        circles=circles.joined(conn, keys, participant_id),
        given=rounds.of_participant(conn, keys, participant_id),
    )
