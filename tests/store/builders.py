"""Builders for the store's tests: somebody, a conversation, an answer, and a work run."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection

from bot.engine.conversation import Answer, Conversation, Part, Status
from bot.records import Platform
from bot.store import answers, conversations, people
from bot.store.answers import Place
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import new_id

T = TypeVar("T")
NOON = datetime(2026, 3, 2, 12, 0, 0, 123000, tzinfo=UTC)
DAY = timedelta(days=1)


def run(store: Store, work: Callable[[Connection], T]) -> T:
    return store.writer.submit(work).result(30)


def somebody(store: Store, place: str = "ada", now: datetime = NOON) -> Present:
    def work(conn: Connection) -> Present:
        return people.add(
            conn,
            store.keys,
            Platform.TELEGRAM,
            place,
            language="en",
            zone="Europe/London",
            now=now,
        )

    return run(store, work)


def present(store: Store, place: str = "ada") -> Present | None:
    return run(
        store,
        lambda conn: conversations.present(conn, store.keys, Platform.TELEGRAM, place, lock=True),
    )


def talk(
    status: Status = Status.OPEN,
    *,
    practice: str = "nudge",
    touched_at: datetime = NOON,
    wake_at: datetime | None = None,
    answers: dict[str, Answer] | None = None,
) -> Conversation:
    return Conversation(
        id=new_id(),
        practice=practice,
        revision="r" * 64,
        status=status,
        touched_at=touched_at,
        wake_at=wake_at,
        wake=3 if wake_at else 0,
        answers=answers or {},
    )


def save(store: Store, who: Present, held: Conversation, occasion: str | None = None) -> None:
    run(
        store,
        lambda conn: conversations.save(
            conn, store.keys, who.participant.id, held, occasion=occasion
        ),
    )


def said(text: str, at: datetime = NOON, media: str | None = None) -> Answer:
    return Answer(parts=(Part(message="7", text=text, media=media),), said_at=at)


def place(conversation: str, turn: str = "noticed", kind: str = "ask") -> Place:
    return Place(conversation=conversation, key=turn, practice="nudge", turn=turn, kind=kind)


def keep(store: Store, who: Present, where: Place, given: Answer) -> None:
    run(store, lambda conn: answers.keep(conn, store.keys, who.participant.id, where, given))
