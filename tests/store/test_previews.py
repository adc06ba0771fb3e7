"""Previews: a code that is good for an hour, and kept as a hash."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.store import previews
from bot.store.opening import Store
from bot.store.tables import preview

NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_code_is_good_for_an_hour_in_any_case_of_letters(store: Store) -> None:
    code = store.writer.submit(lambda conn: previews.make(conn, "{}", NOW)).result()
    with store.engine.connect() as conn:
        assert previews.get(conn, code.upper(), NOW + HOUR - timedelta(seconds=1)) == "{}"
        assert previews.get(conn, code, NOW + HOUR) is None
        assert previews.get(conn, "another", NOW) is None
        assert conn.scalars(select(preview.c.hash)).one() != code


def test_what_is_over_is_taken_out(store: Store) -> None:
    store.writer.submit(lambda conn: previews.make(conn, "{}", NOW)).result()
    store.writer.submit(lambda conn: previews.prune(conn, NOW + HOUR)).result()
    with store.engine.connect() as conn:
        assert conn.execute(select(preview)).all() == []
