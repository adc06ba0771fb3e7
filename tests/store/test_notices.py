"""Notices: sealed, counted, said once, and not kept for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from bot.records import Occasion, Platform
from bot.requests import notices as saying
from bot.store import dues, notices, occasions, people
from bot.store.occasions import State
from bot.store.opening import Store
from bot.store.tables import notice, occasion

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
MONTH = timedelta(days=30)


def told(conn: Connection, store: Store, name: str) -> None:
    """Somebody to whom it was said."""
    present = people.add(
        conn, store.keys, Platform.TELEGRAM, "here", language="en", zone="Europe/London", now=NOW
    )
    who = present.participant.id
    given = Occasion(
        campaign=name, step="notice", name="notice", practice="notice", participant=who
    )
    occasions.claim(conn, given, NOW)
    occasions.end(conn, given, State.SENT, now=NOW)


def test_a_notice_is_sealed_and_read_again(store: Store) -> None:
    made = saying.made("We meet at the library.", "spring", urgent=True, now=NOW)
    work = store.writer.submit
    assert work(lambda conn: notices.keep(conn, store.keys, made)).result()
    assert not work(lambda conn: notices.keep(conn, store.keys, made)).result()
    with store.engine.connect() as conn:
        assert notices.get(conn, store.keys, made.name) == made
        assert notices.get(conn, store.keys, "notice-of-nobody") is None
        assert b"library" not in conn.scalars(select(notice.c.body)).one()


def test_the_same_words_on_another_day_or_to_others_are_another_notice() -> None:
    names = {
        saying.made(text, audience, urgent=urgent, now=at).name
        for text in ("One", "Two")
        for audience in ("spring", "autumn")
        for urgent in (True, False)
        for at in (NOW, NOW + timedelta(days=1))
    }
    assert len(names) == 16
    assert saying.made("One", "spring", urgent=True, now=NOW).name in names


def test_after_a_month_nobody_knows_what_was_said_or_to_whom(store: Store) -> None:
    made = saying.made("We meet at the library.", "spring", urgent=False, now=NOW)

    def prepare(conn: Connection) -> None:
        notices.keep(conn, store.keys, made)
        told(conn, store, made.name)

    store.writer.submit(prepare).result()
    store.writer.submit(lambda conn: notices.prune(conn, NOW)).result()
    with store.engine.connect() as conn:
        (found,) = notices.all_of(conn)
    assert (found.told, found.waiting, found.skipped) == (1, 0, 0)
    store.writer.submit(lambda conn: notices.prune(conn, NOW + MONTH)).result()
    with store.engine.connect() as conn:
        assert notices.all_of(conn) == ()
        assert conn.execute(select(occasion)).all() == []


def test_one_that_is_still_to_be_said_stays(store: Store) -> None:
    made = saying.made("We meet at the library.", "spring", urgent=False, now=NOW)

    def prepare(conn: Connection) -> None:
        notices.keep(conn, store.keys, made)
        told(conn, store, made.name)
        (person,) = people.everyone(conn)
        dues.put(conn, notices.dues_of(made.name, [person.id], NOW))

    store.writer.submit(prepare).result()
    store.writer.submit(lambda conn: notices.prune(conn, NOW + MONTH)).result()
    with store.engine.connect() as conn:
        assert [each.waiting for each in notices.all_of(conn)] == [1]


def test_a_notice_takes_the_window_of_no_campaign(store: Store) -> None:
    made = saying.made("We meet at the library.", "spring", urgent=True, now=NOW)
    store.writer.submit(lambda conn: told(conn, store, made.name)).result()
    with store.engine.connect() as conn:
        (person,) = people.everyone(conn)
        assert occasions.last_sent(conn, person.id, beside="plan") is None
