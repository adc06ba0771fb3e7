"""When a program on Telegram is killed, and what the kill caught half done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from bot.store.tables import outbox
from tests.fakes.telegram.faults import reset
from tests.fakes.telegram.records import Accepted
from tests.proofs.programs import Program, slowness
from tests.proofs.telegram_voyage import Crossing, check, taken
from tests.proofs.voyage import Caught, tell


class Moment(StrEnum):
    """What passes between Telegram and the program, and when it may be killed."""

    #: A poll was answered with updates, or a webhook is brought one.
    TOLD = "told"
    #: A poll comes that confirms updates, or a webhook has answered; it is lost.
    CONFIRMED = "confirmed"
    #: A message comes, and is not accepted yet.
    OFFERED = "offered"
    #: A message was accepted, and the program does not know yet.
    ACCEPTED = "accepted"


#: At the so-many-th moment of a kind, or after some time (None).
_WHEN = (*Moment, None)
#: The most moments, and the most seconds, that a program lives through.
_MOST, _LONGEST = 10, 0.6
#: The longest from the answer to a poll to the kill, in seconds.
_SOON = 0.02


@dataclass
class Fate:
    """Decides when the program that runs now is killed, and kills it there and then."""

    crossing: Crossing
    program: Program | None = None
    when: Moment | None = None
    left: int = 0
    #: Whether it lives on for a moment after it was told; the first time it does not, for sure.
    lingers: bool = False
    struck: asyncio.Event = field(default_factory=asyncio.Event)
    #: What the program that runs now was told.
    told: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        telegram = self.crossing.telegram
        telegram.on_request = self._requested
        telegram.on_told = self._told
        telegram.on_accept = self._accepted
        telegram.loses = self._answered

    def draw(self, number: int, program: Program) -> None:
        """Decide it for another program."""
        chance = self.crossing.chance
        self.program, self.when = program, _WHEN[number % len(_WHEN)]
        self.left = chance.randint(1, _MOST)
        self.lingers = number >= len(_WHEN)
        self.told.clear()
        self.struck.clear()
        if self.when is None:
            self._later(chance.uniform(0.05, _LONGEST))

    def rest(self) -> None:
        self.program = None

    def _strike(self) -> None:
        if self.program is not None and not self.struck.is_set():
            self.program.process.kill()
            self.struck.set()

    def _later(self, seconds: float) -> None:
        asyncio.get_running_loop().call_later(seconds, self._strike)

    def _comes(self, moment: Moment, strike: Callable[[], None]) -> None:
        if moment is self.when and self.program is not None and not self.struck.is_set():
            self.left -= 1
            if self.left == 0:
                strike()

    def _told(self, updates: list[int]) -> None:
        self.told.update(updates)
        soon = self.lingers and self.crossing.chance.uniform(0, _SOON)
        self._comes(Moment.TOLD, lambda: self._later(soon))

    def _requested(self, method: str, params: dict[str, Any]) -> None:
        confirmed = self.crossing.telegram.updates.confirmed
        if method == "getupdates" and int(params.get("offset", 0)) > confirmed:
            self._comes(Moment.CONFIRMED, lambda: self._lost(method))
        elif method.startswith("send") and method != "sendchataction":
            self._comes(Moment.OFFERED, lambda: self._lost(method))

    def _answered(self) -> bool:
        dead = self.struck.is_set()
        self._comes(Moment.CONFIRMED, self._strike)
        return self.struck.is_set() and not dead

    def _lost(self, method: str) -> None:
        """The request that has just come is lost with whoever sent it."""
        self._strike()
        self.crossing.telegram.faults.add(reset(), method)

    def _accepted(self, accepted: Accepted) -> None:
        if accepted.method.startswith("send"):
            self._comes(Moment.ACCEPTED, self._strike)
        self.crossing.accepted(accepted)


@dataclass
class Coroner:
    """Says what each kill caught half done; not what an earlier one left."""

    crossing: Crossing
    made: Engine
    #: How much was accepted, and what was claimed, when a program died last.
    seen: int = 0
    claimed: set[tuple[str, int]] = field(default_factory=set)

    def unacknowledged_of(self, sender: str) -> int:
        """How much a program sent that the database knows nothing of."""
        with self.made.connect() as conn:
            last = _last_known(conn)
        telegram = self.crossing.telegram
        return sum(
            telegram.senders[each.message] == sender and each.message > last.get(each.chat, 0)
            for each in telegram.sends
        )

    def looks(self, told: set[int]) -> Caught:
        telegram = self.crossing.telegram
        with self.made.connect() as conn:
            last = _last_known(conn)
            claims = select(outbox.c.id, outbox.c.attempts).where(outbox.c.in_flight)
            claimed = {(id_, attempts) for id_, attempts in conn.execute(claims)}
            committed = taken(conn)
        waiting = told & {update.id for update in telegram.updates.pending}
        sends = telegram.sends
        untold = [each for each in sends[self.seen :] if each.message > last.get(each.chat, 0)]
        # One message of a chat is on its way at most: so much a kill can repeat, and no more.
        assert len(untold) == len({each.chat for each in untold})
        caught = Caught(
            untaken=len(waiting - committed),
            unacknowledged=len(waiting & committed),
            unsent=len(claimed - self.claimed) - len(untold),
            untold=len(untold),
        )
        self.seen, self.claimed = len(sends), self.claimed | claimed
        return caught


def _last_known(conn: Connection) -> dict[int, int]:
    """The last message in each chat of which the database knows that it was sent."""
    last: dict[int, int] = {}
    known = select(outbox.c.chat, outbox.c.receipt).where(outbox.c.receipt.is_not(None))
    for chat, receipt in conn.execute(known):
        place = int(chat.partition(":")[2])
        last[place] = max(int(receipt), last.get(place, 0))
    return last


async def sail(crossing: Crossing, kills: int) -> list[Caught]:
    """Kill the program so many times while the crowd writes, then let it go to the end."""
    fate = Fate(crossing)
    caught: list[Caught] = []
    async with crossing.begun() as telegram:
        program, spare = crossing.make(), crossing.make()
        try:
            with crossing.looking() as made:
                coroner = Coroner(crossing, made)
                for number in range(kills):
                    fate.draw(number, program)
                    program.go()
                    await crossing.patiently(fate.struck.wait())
                    program.kill()
                    await crossing.patiently(telegram.silence())
                    caught.append(coroner.looks(fate.told))
                    program, spare = spare, crossing.make()
            fate.rest()
            program.go()
            await crossing.over()
            assert await program.ends() == 0
        finally:
            program.kill()
            spare.kill()
    return caught


async def prove(crossing: Crossing, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Sail, check everything, tell the figures."""
    caught = await sail(crossing, kills)
    figures = check(crossing)
    tell(
        capsys,
        f"{crossing.urls.words.partition(':')[0]}: {kills} kills, {crossing.size} people: "
        f"{figures}; caught half done: {sum(each.untaken for each in caught)} not committed, "
        f"{sum(each.unacknowledged for each in caught)} not confirmed, "
        f"{sum(each.unsent for each in caught)} claimed and not sent, "
        f"{sum(each.untold for each in caught)} sent and not acknowledged; "
        f"doubled by each kill: {' '.join(str(each.untold) for each in caught)}",
    )
    assert all(
        any(getattr(each, half) for each in caught)
        for half in ("untaken", "unacknowledged", "unsent", "untold")
    )
    # Whatever came twice is what a kill caught between Telegram and the acknowledgement.
    assert figures.doubled == sum(each.untold for each in caught)
    # One kill may catch two on their way and more on a busy machine; all of them count.
    assert figures.doubled <= kills * slowness()
    assert figures.conflicts == 0
    assert "Traceback" not in crossing.log.read_text()
