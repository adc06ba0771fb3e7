from __future__ import annotations

from datetime import timedelta

import pytest

from bot.adapters.port import Departed, Moved, Refused, Throttled, Undeliverable, Unreachable
from bot.delivery.attempts import (
    FIRST,
    LONGEST,
    Depart,
    EndAs,
    Follow,
    TryAgain,
    next_attempt,
)
from bot.records import OnUncertain
from bot.store.sending import Ending, Hold
from tests.delivery.harness import NOON

RESEND, SKIP = OnUncertain.RESEND, OnUncertain.SKIP


def waits(attempts: int, jitter: float) -> timedelta:
    error = Unreachable("502", uncertain=False)
    decision = next_attempt(error, attempts, NOON, RESEND, jitter)
    assert isinstance(decision, TryAgain)
    return decision.at - NOON


def test_each_wait_is_twice_the_one_before_up_to_the_longest() -> None:
    found = [waits(attempts, 1.0) for attempts in range(1, 12)]
    assert found[:4] == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST]
    assert found[-1] == LONGEST
    assert waits(10_000, 1.0) == LONGEST


def test_chance_takes_at_most_half_of_a_wait_away() -> None:
    assert waits(3, 0.0) == 2 * FIRST
    assert waits(3, 0.5) == 3 * FIRST


@pytest.mark.parametrize("policy", [RESEND, SKIP])
def test_what_certainly_did_not_arrive_is_sent_again(policy: OnUncertain) -> None:
    decision = next_attempt(Unreachable("down", uncertain=False), 1, NOON, policy, 1.0)
    assert decision == TryAgain(at=NOON + FIRST, reason="down", hold=Hold.LANE)


def test_what_may_have_arrived_is_sent_again_or_left_as_it_says() -> None:
    error = Unreachable("timeout", uncertain=True)
    assert next_attempt(error, 1, NOON, RESEND, 1.0) == TryAgain(at=NOON + FIRST, reason="timeout")
    assert next_attempt(error, 1, NOON, SKIP, 1.0) == EndAs(
        state=Ending.SKIPPED, reason="uncertain"
    )


def test_retry_after_is_kept_for_the_chat_or_for_the_bot() -> None:
    wait = timedelta(seconds=17)
    chat = next_attempt(Throttled(wait), 9, NOON, SKIP, 0.0)
    assert chat == TryAgain(at=NOON + wait, reason="throttled", hold=Hold.CHAT)
    everywhere = next_attempt(Throttled(wait, everywhere=True), 9, NOON, SKIP, 0.0)
    assert everywhere == TryAgain(at=NOON + wait, reason="throttled", hold=Hold.BOT)


def test_a_retry_after_of_nothing_still_waits() -> None:
    decision = next_attempt(Throttled(timedelta(0)), 1, NOON, RESEND, 0.0)
    assert decision == TryAgain(at=NOON + FIRST, reason="throttled", hold=Hold.CHAT)


@pytest.mark.parametrize("error", [Refused("400"), Undeliverable("no")])
def test_a_refusal_is_the_end(error: Undeliverable) -> None:
    decision = next_attempt(error, 1, NOON, RESEND, 0.0)
    assert decision == EndAs(state=Ending.REFUSED, reason=error.reason)


def test_departures_and_moves_are_said_as_they_are() -> None:
    assert next_attempt(Departed("403"), 1, NOON, RESEND, 0.0) == Depart(reason="403")
    assert next_attempt(Moved("-100"), 1, NOON, RESEND, 0.0) == Follow(place="-100")
