"""What the tests of outbox and delivery share: a database with people in it, and short words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.adapters.port import Pace, Receipt
from bot.records import Address, LaneClass, OnUncertain, Outbound, Paragraph, Platform
from bot.store import acknowledging, lanes, outbox, people
from bot.store.outbox import Outcome
from bot.store.sending import Ending, Hold, Sending
from bot.trust.databases import writing
from bot.trust.keyring import KeyRing

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEASE = timedelta(seconds=90)
NO_PACE: Mapping[Platform, Pace] = {Platform.TELEGRAM: Pace()}
PACED: Mapping[Platform, Pace] = {
    Platform.TELEGRAM: Pace(
        bot=30,
        chat=timedelta(seconds=1),
        group=timedelta(seconds=3),
        is_group=lambda place: place.startswith("-"),
    )
}

T = TypeVar("T")


def seconds(number: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=number)


def words(
    text: str,
    lane_class: LaneClass = LaneClass.REPLY,
    on_uncertain: OnUncertain = OnUncertain.RESEND,
) -> Outbound:
    return Outbound(
        paragraphs=(Paragraph(text=text),), lane_class=lane_class, on_uncertain=on_uncertain
    )


def text_of(sending: Sending) -> str:
    return "\n\n".join(said.text for said in sending.message.paragraphs)


def texts(sendings: tuple[Sending, ...]) -> list[str]:
    return [text_of(sending) for sending in sendings]


@dataclass(frozen=True, slots=True)
class Post:
    """An outbox and short ways to ask it."""

    engine: Engine
    keys: KeyRing
    #: How another process opens the same key ring.
    keys_url: str
    master: bytes

    def run(self, work: Callable[[Connection], T]) -> T:
        with writing(self.engine).begin() as conn:
            return work(conn)

    def somebody(self, place: str, platform: Platform = Platform.TELEGRAM) -> Address:
        return self.run(
            lambda conn: people.add(
                conn, self.keys, platform, place, language="en", zone="Europe/London", now=NOON
            )
        ).address

    def add(
        self,
        address: Address,
        message: Outbound | str,
        *,
        now: datetime = NOON,
        owner: str | None = None,
        expires_at: datetime | None = None,
    ) -> str:
        whole = words(message) if isinstance(message, str) else message
        return self.run(
            lambda conn: outbox.add(
                conn, self.keys, address, whole, now=now, owner=owner, expires_at=expires_at
            )
        )

    def claim(
        self,
        now: datetime = NOON,
        paces: Mapping[Platform, Pace] = NO_PACE,
        *,
        most: int = 100,
    ) -> tuple[Sending, ...]:
        return self.claim_and_when(now, paces, most=most)[0]

    def claim_and_when(
        self,
        now: datetime = NOON,
        paces: Mapping[Platform, Pace] = NO_PACE,
        *,
        most: int = 100,
    ) -> tuple[tuple[Sending, ...], datetime | None]:
        return self.run(
            lambda conn: lanes.claim(conn, self.keys, now, paces, most=most, lease=LEASE)
        )

    def sent(self, sending: Sending, now: datetime = NOON, *, more: bool = False) -> bool:
        receipt = Receipt(message="1")
        return self.run(lambda conn: acknowledging.sent(conn, sending, receipt, now, more=more))

    def again(self, sending: Sending, at: datetime, hold: Hold = Hold.LANE) -> bool:
        return self.run(lambda conn: acknowledging.again(conn, sending, at, "trouble", hold))

    def ended(self, sending: Sending, state: Ending, now: datetime = NOON) -> bool:
        return self.run(lambda conn: acknowledging.ended(conn, sending, state, "why", now))

    def outcome(self, message: str) -> Outcome:
        found = self.run(lambda conn: outbox.outcome(conn, message))
        assert found is not None
        return found
