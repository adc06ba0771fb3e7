"""Leases: what one process at a time may do."""

from __future__ import annotations

from datetime import timedelta

from bot.store import health, leases, meta
from bot.store.opening import Store
from tests.store.builders import NOON, run

MINUTE = timedelta(minutes=1)


def hold(store: Store, holder: str, minutes: float = 0) -> int | None:
    at = NOON + minutes * MINUTE
    return run(store, lambda conn: leases.hold(conn, "poll", holder, at, MINUTE))


def test_whoever_is_first_holds_it_and_goes_on_holding_it(store: Store) -> None:
    assert hold(store, "one") == 1
    assert hold(store, "two", 0.9) is None
    assert hold(store, "one", 0.9) == 1
    assert hold(store, "two", 1.5) is None


def test_whoever_comes_after_its_end_takes_it_with_a_higher_token(store: Store) -> None:
    assert hold(store, "one") == 1
    assert hold(store, "two", 1) == 2
    assert hold(store, "one", 1.5) is None
    assert hold(store, "one", 2) == 3


def test_one_that_was_given_back_is_free_at_once(store: Store) -> None:
    hold(store, "one")
    run(store, lambda conn: leases.let_go(conn, "poll", "two", NOON))
    assert hold(store, "two") is None
    run(store, lambda conn: leases.let_go(conn, "poll", "one", NOON))
    assert hold(store, "two") == 2


def test_leases_of_other_names_are_others(store: Store) -> None:
    hold(store, "one")
    other = run(store, lambda conn: leases.hold(conn, "other", "two", NOON, MINUTE))
    assert other == 1


def test_health_is_what_was_told_last(store: Store) -> None:
    assert run(store, lambda conn: health.told(conn, "telegram")) is None
    for minute, detail in enumerate(("fine", "x" * 500)):
        at = NOON + minute * MINUTE
        run(
            store,
            lambda conn, at=at, detail=detail: health.tell(  # type: ignore[misc]
                conn, "telegram", well=detail == "fine", detail=detail, now=at
            ),
        )
    told = run(store, lambda conn: health.told(conn, "telegram"))
    assert told is not None
    assert (told.well, told.detail, told.told_at) == (False, "x" * 400, NOON + MINUTE)


def test_what_is_noted_of_the_deployment_is_replaced(store: Store) -> None:
    assert run(store, lambda conn: meta.noted(conn, "name")) is None
    for value in ("one", "two"):
        run(store, lambda conn, value=value: meta.note(conn, "name", value))  # type: ignore[misc]
    assert run(store, lambda conn: meta.noted(conn, "name")) == "two"
