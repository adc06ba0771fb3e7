"""Pacing: how fast each platform lets its bot speak, kept in one row for all processes.

A bot's messages stand at even distances on the clock; whoever claims some takes the next slots
in the same transaction. A claim may reach a moment ahead, so that not every message needs one
of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from bot.adapters.port import Pace
from bot.records import Platform
from bot.store.sending import Sending
from bot.store.tables import Insert, each, outbox, outbox_bot, outbox_chat

#: How far ahead of its turn in the bot's pace a message may be claimed.
AHEAD = timedelta(milliseconds=250)
#: How far ahead a slot may be for what is only shown: later, nobody looks at it any more.
SLOT = timedelta(seconds=2)
#: How soon to look again at what another transaction holds.
SOON = timedelta(milliseconds=20)
#: A pace that lies further ahead than this shows that the clock was put back.
PUT_BACK = timedelta(minutes=1)

#: The ranks of the lanes, the most urgent first.
RANKS = (0, 1, 2)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Bot:
    """One platform's pace as the database has it."""

    platform: Platform
    next_at: datetime
    held_until: datetime
    #: When the first chat of each rank is due; None when there is none.
    due: tuple[datetime | None, ...]

    @property
    def asks_at(self) -> datetime:
        """When to claim again: before its next slot has come, so that none goes by unused."""
        return max(self.next_at - AHEAD / 2, self.held_until)


def _first_due(rank: int) -> Any:  # noqa: ANN401
    row = outbox_chat.c
    return (
        select(row.due_at)
        .where(row.platform == outbox_bot.c.platform, row.rank == rank)
        .order_by(row.due_at)
        .limit(1)
        .scalar_subquery()
    )


_BOTS = (
    select(
        outbox_bot.c.platform,
        outbox_bot.c.next_at,
        outbox_bot.c.held_until,
        *(_first_due(rank) for rank in RANKS),
    )
    .where(outbox_bot.c.platform.in_(bindparam("platforms", expanding=True)))
    .with_for_update(of=outbox_bot)
)


def _new_bot(begin: Any) -> Insert:  # noqa: ANN401 - Either dialect's insert.
    new: Any = begin(outbox_bot)
    built: Insert = new.on_conflict_do_nothing(index_elements=["platform"])
    return built


_NEW_BOT = each(_new_bot)


def lock_bots(conn: Connection, paces: Mapping[Platform, Pace], now: datetime) -> list[Bot]:
    """The bots' paces, locked: claims of one platform come one after the other."""
    wanted = {"platforms": sorted(paces)}
    rows = conn.execute(_BOTS, wanted).all()
    if len(rows) < len(paces):
        new = [{"platform": name, "next_at": now, "held_until": now} for name in sorted(paces)]
        conn.execute(_NEW_BOT(conn), new)
        rows = conn.execute(_BOTS, wanted).all()
    return [
        Bot(Platform(platform), next_at, held_until, tuple(due))
        for platform, next_at, held_until, *due in rows
    ]


def put_right(conn: Connection, bot: Bot, pace: Pace, now: datetime, lease: timedelta) -> Bot:
    """When the clock was put back, let nothing wait for it to catch up."""
    if bot.next_at <= now + PUT_BACK + pace.step:
        return bot
    mine = outbox_chat.c.platform == bot.platform
    late = now + lease + PUT_BACK
    conn.execute(
        update(outbox_chat)
        .where(mine, outbox_chat.c.due_at > late)
        .values(due_at=now, free_at=now)
    )
    conn.execute(
        update(outbox)
        .where(outbox.c.ended_at.is_(None), outbox.c.due_at > late)
        .where(outbox.c.chat.in_(select(outbox_chat.c.chat).where(mine)))
        .values(due_at=now)
    )
    conn.execute(
        update(outbox_bot)
        .where(outbox_bot.c.platform == bot.platform)
        .values(next_at=now, held_until=now)
    )
    return Bot(bot.platform, now, now, (now,) * len(RANKS))


def slots(bot: Bot, pace: Pace, now: datetime, most: int) -> list[datetime]:
    """The instants at which the bot may speak, from now to a moment ahead."""
    if bot.held_until > now:
        return []
    first = max(bot.next_at, now)
    instants = (first + pace.step * number for number in range(most))
    return [instant for instant in instants if instant <= now + AHEAD]


def slot(conn: Connection, platform: Platform, pace: Pace, now: datetime) -> datetime | None:
    """Take the bot's next slot for what is no message; None when there is none soon."""
    (bot,) = lock_bots(conn, {platform: pace}, now)
    at = max(bot.next_at, now)
    if bot.held_until > now or at > now + SLOT:
        return None
    _take(conn, bot, at, pace)
    return at


def _take(conn: Connection, bot: Bot, last: datetime, pace: Pace) -> datetime:
    """Take the slots up to `last`; says when the next one is.

    What is kept is whole milliseconds: round up, never faster than the pace.
    """
    next_at = last + pace.step + (_MILLISECOND if pace.bot else timedelta(0))
    conn.execute(
        update(outbox_bot).where(outbox_bot.c.platform == bot.platform).values(next_at=next_at)
    )
    return next_at


def move_on(conn: Connection, bot: Bot, pace: Pace, taken: Sequence[Sending]) -> Bot:
    """Take what was claimed out of the bot's pace."""
    used = [each.at for each in taken if each.address.platform is bot.platform]
    if not used:
        return bot
    return replace(bot, next_at=_take(conn, bot, max(used), pace))


def ask_again(bots: Sequence[Bot], found: Collection[Platform], now: datetime) -> datetime | None:
    """When there may be something to claim; None when nothing waits."""
    due = [
        max(bot.asks_at, now if bot.platform in found else _later(min(waiting), now))
        for bot in bots
        if (waiting := [due for due in bot.due if due is not None])
    ]
    return min(due, default=None)


def _later(due: datetime, now: datetime) -> datetime:
    """What is due and yet was not found is held by somebody who adds to it or claims it now."""
    return due if due > now else now + SOON
