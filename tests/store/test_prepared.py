"""Prepared statements do what SQLAlchemy's own execution does, errors included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.store.opening import Store
from bot.store.prepared import Prepared
from bot.store.tables import meta, participant
from bot.trust.databases import writing

NOW = datetime(2026, 3, 2, 12, 0, 0, 123000, tzinfo=UTC)
ROW = {
    "id": "a" * 32,
    "standing": "active",
    "language": "en",
    "zone": "Europe/London",
    "zone_chosen": True,
    "days": "0",
    "minute": 540,
    "paused_until": None,
    "keeps": False,
    "created_at": NOW,
}
ADD = Prepared(insert(participant), *ROW)
FIND = Prepared(
    select(
        participant.c.id,
        participant.c.zone_chosen,
        participant.c.keeps,
        participant.c.paused_until,
        participant.c.created_at,
    )
    .where(participant.c.minute < bindparam("before"), participant.c.language == "en")
    .order_by(participant.c.id)
    .limit(2)
)


def test_what_goes_in_comes_out_as_it_was(store: Store) -> None:
    with writing(store.engine).begin() as conn:
        assert ADD.run(conn, ROW) == 1
        assert FIND.first(conn, {"before": 600}) == ("a" * 32, True, False, None, NOW)
        assert FIND.first(conn, {"before": 1}) is None


def test_a_fixed_value_of_the_statement_stays_as_it_is(store: Store) -> None:
    with writing(store.engine).begin() as conn:
        for letter in "cba":
            ADD.run(conn, {**ROW, "id": letter * 32, "paused_until": NOW + timedelta(days=1)})
        found = FIND.rows(conn, {"before": 600})
    assert [row[0][0] for row in found] == ["a", "b"]
    assert found[0][3] == NOW + timedelta(days=1)


def test_an_error_of_the_driver_is_named_as_sqlalchemy_names_it(store: Store) -> None:
    with writing(store.engine).begin() as conn:
        ADD.run(conn, ROW)
    with pytest.raises(IntegrityError) as raised, writing(store.engine).begin() as conn:
        ADD.run(conn, ROW)
    assert raised.value.orig is not None
    assert "Europe/London" not in str(raised.value)


def test_a_statement_that_the_database_refuses_is_a_database_error(store: Store) -> None:
    broken = Prepared(select(meta.c.name).where(text("no_such_column = 1")))
    with pytest.raises(DBAPIError), writing(store.engine).begin() as conn:
        broken.first(conn, {})
