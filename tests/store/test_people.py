"""People are found where they are reached, and are as they chose to be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.records import Platform, Standing
from bot.store import people
from bot.store.opening import Store
from bot.trust.keyring import KeyGoneError
from tests.store.builders import DAY, NOON, run, somebody


def test_nobody_is_found_where_nobody_is(store: Store) -> None:
    assert run(store, lambda conn: people.find(conn, Platform.SLACK, "ada")) is None
    assert run(store, lambda conn: people.get(conn, "0" * 32)) is None
    assert run(store, lambda conn: people.reached(conn, "0" * 32)) is None


def test_somebody_new_is_found_where_they_were_added(store: Store) -> None:
    ada = somebody(store)
    assert run(store, lambda conn: people.find(conn, Platform.TELEGRAM, "ada")) == ada
    assert run(store, lambda conn: people.get(conn, ada.participant.id)) == ada.participant
    assert run(store, lambda conn: people.reached(conn, ada.participant.id)) == ada
    assert ada.participant.standing is Standing.ACTIVE
    assert ada.participant.days == (0, 1, 2, 3, 4)


def test_the_key_of_somebody_new_is_there_before_their_rows(store: Store) -> None:
    ada = somebody(store)
    assert ada.participant.id in store.keys.owners()


def test_a_place_belongs_to_one_person(store: Store) -> None:
    somebody(store)
    with pytest.raises(Exception, match=r"(?i)unique"):
        somebody(store)


def test_what_is_changed_is_changed_and_the_rest_is_left(store: Store) -> None:
    ada = somebody(store)
    until = datetime(2026, 6, 1, tzinfo=UTC)
    run(
        store,
        lambda conn: people.change(
            conn,
            ada.participant.id,
            standing=Standing.STOPPED,
            days=(5, 6),
            minute=600,
            paused_until=until,
            zone_chosen=True,
            retention_months=3,
        ),
    )
    found = run(store, lambda conn: people.find(conn, Platform.TELEGRAM, "ada"))
    changed = people.changed(
        ada,
        standing=Standing.STOPPED,
        days=(5, 6),
        minute=600,
        paused_until=until,
        zone_chosen=True,
        retention_months=3,
    )
    assert found == changed
    assert changed.participant == replace(
        ada.participant, standing=Standing.STOPPED, days=(5, 6), minute=600, paused_until=until
    )


def test_somebody_is_reached_where_they_were_added_last(store: Store) -> None:
    ada = somebody(store)
    added = run(
        store,
        lambda conn: people.add_address(
            conn, ada.participant.id, Platform.SLACK, "T1/C1", now=NOON + DAY
        ),
    )
    reached = run(store, lambda conn: people.reached(conn, ada.participant.id))
    assert reached is not None
    assert reached.address == added
    places = run(store, lambda conn: people.addresses(conn, ada.participant.id))
    assert set(places) == {ada.address, added}


def test_everyone_is_listed_and_those_being_forgotten_apart(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    run(
        store,
        lambda conn: people.change(conn, ben.participant.id, standing=Standing.FORGETTING),
    )
    everyone = run(store, people.everyone)
    assert {each.id for each in everyone} == {ada.participant.id, ben.participant.id}
    assert [each.id for each in run(store, people.forgetting)] == [ben.participant.id]


def test_an_instant_without_its_zone_is_refused(store: Store) -> None:
    with pytest.raises(Exception, match="zone"):
        somebody(store, now=datetime(2026, 1, 1))  # noqa: DTZ001


def test_somebody_whose_key_is_gone_has_no_sealer(store: Store) -> None:
    ada = somebody(store)
    store.keys.forget(ada.participant.id)
    with pytest.raises(KeyGoneError):
        store.keys.sealer(ada.participant.id)
