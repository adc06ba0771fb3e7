"""Attempts: what follows a send that failed; pure, the clock and the chance are handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.port import Departed, Moved, Refused, Throttled, Undeliverable, Unreachable
from bot.records import OnUncertain
from bot.store.sending import Ending, Hold

#: The first wait after a failure; each further one is twice as long.
FIRST = timedelta(seconds=1)
#: The longest wait between two attempts.
LONGEST = timedelta(minutes=5)
#: Beyond this many doublings every wait is the longest.
_DOUBLINGS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class TryAgain:
    """Send it again, not before `at`."""

    at: datetime
    reason: str
    #: What else must wait until then.
    hold: Hold = Hold.LANE


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAs:
    """Give this message up."""

    state: Ending
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Depart:
    """Nobody is there: end all that waits for this address."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Follow:
    """The chat has moved: send it, and all that waits, to the new place."""

    place: str


Decision = TryAgain | EndAs | Depart | Follow


def next_attempt(
    error: Undeliverable,
    attempts: int,
    now: datetime,
    on_uncertain: OnUncertain,
    jitter: float,
) -> Decision:
    """Decide what follows a failed attempt, the `attempts`-th; `jitter` is in 0..1."""
    match error:
        case Unreachable(uncertain=True) if on_uncertain is OnUncertain.SKIP:
            return EndAs(state=Ending.SKIPPED, reason="uncertain")
        case Unreachable():
            return TryAgain(at=now + _wait(attempts, jitter), reason=error.reason)
        case Throttled(retry_after=wait, everywhere=everywhere):
            hold = Hold.BOT if everywhere else Hold.CHAT
            return TryAgain(at=now + max(wait, FIRST), reason=error.reason, hold=hold)
        case Refused():
            return EndAs(state=Ending.REFUSED, reason=error.reason)
        case Departed():
            return Depart(reason=error.reason)
        case Moved(to=place):
            return Follow(place=place)
        case _:
            # Only the family above is raised; its bare root says nothing more than "no".
            return EndAs(state=Ending.REFUSED, reason=error.reason)


def _wait(attempts: int, jitter: float) -> timedelta:
    """Between a half and the whole of the doubled wait, so that the many spread out."""
    whole = min(FIRST * (1 << min(max(attempts, 1) - 1, _DOUBLINGS)), LONGEST)
    return whole * (0.5 + jitter / 2)
