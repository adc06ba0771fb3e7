"""The secret under which a campaign's calendar is read."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from bot.store import feeds
from bot.store.opening import Store
from tests.store.builders import DAY, NOON, run


def test_a_secret_leads_to_its_campaign(store: Store) -> None:
    spring, autumn = (
        run(store, lambda conn, name=name: feeds.make(conn, name, NOON))  # type: ignore[misc]
        for name in ("spring", "autumn")
    )
    assert spring != autumn
    assert run(store, lambda conn: feeds.campaign_of(conn, spring)) == "spring"
    assert run(store, lambda conn: feeds.campaign_of(conn, autumn)) == "autumn"


def test_a_secret_is_too_long_to_be_guessed_and_can_stand_in_an_address(store: Store) -> None:
    secret = run(store, lambda conn: feeds.make(conn, "spring", NOON))
    assert len(secret) * 6 >= 160
    assert secret.replace("-", "").replace("_", "").isalnum()
    assert secret.isascii()


def test_only_a_hash_of_it_is_kept(store: Store) -> None:
    secret = run(store, lambda conn: feeds.make(conn, "spring", NOON))
    rows = run(
        store, lambda conn: [tuple(row) for row in conn.execute(text("SELECT * FROM feed"))]
    )
    assert len(rows) == 1
    assert secret not in repr(rows)


def test_a_new_secret_takes_the_place_of_the_old_one(store: Store) -> None:
    old = run(store, lambda conn: feeds.make(conn, "spring", NOON))
    assert run(store, lambda conn: feeds.made_at(conn, "spring")) == NOON
    new = run(store, lambda conn: feeds.make(conn, "spring", NOON + DAY))
    assert run(store, lambda conn: feeds.campaign_of(conn, old)) is None
    assert run(store, lambda conn: feeds.campaign_of(conn, new)) == "spring"
    assert run(store, lambda conn: feeds.made_at(conn, "spring")) == NOON + DAY


def test_a_secret_that_was_taken_away_leads_nowhere(store: Store) -> None:
    secret = run(store, lambda conn: feeds.make(conn, "spring", NOON))
    assert run(store, lambda conn: feeds.revoke(conn, "spring"))
    assert not run(store, lambda conn: feeds.revoke(conn, "spring"))
    assert run(store, lambda conn: feeds.campaign_of(conn, secret)) is None
    assert run(store, lambda conn: feeds.made_at(conn, "spring")) is None


@pytest.mark.parametrize(
    "secret", ["", "nonsense", "' OR 1=1 --", "\x00", "ä", "\ud800", "x" * 9999]
)
def test_what_is_no_secret_leads_nowhere(store: Store, secret: str) -> None:
    run(store, lambda conn: feeds.make(conn, "spring", NOON))
    assert run(store, lambda conn: feeds.campaign_of(conn, secret)) is None
