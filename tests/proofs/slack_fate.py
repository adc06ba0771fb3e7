"""When a program on Slack is killed, and what the kill caught half done."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select

from bot.records import Platform
from bot.store.outbox import chat_of
from bot.store.tables import outbox
from tests.fakes.slack.faults import reset
from tests.fakes.slack.post import Answer, Carrier, Parcel, State
from tests.fakes.slack.records import Accepted
from tests.proofs.programs import Program, slowness
from tests.proofs.slack_crowd import inbound_id, is_event
from tests.proofs.slack_voyage import LAST, Crossing, Figures, check, taken
from tests.proofs.slack_watched import SEND
from tests.proofs.voyage import Caught, tell


class Moment(StrEnum):
    """What passes between Slack and the program, and when it may be killed."""

    #: An event is brought.
    TOLD = "told"
    #: It is acknowledged; that is lost.
    ACKNOWLEDGED = "acknowledged"
    #: A message comes, and is not accepted yet.
    OFFERED = "offered"
    #: A message was accepted, and the program does not know yet.
    ACCEPTED = "accepted"


#: At the so-many-th moment of a kind, or after some time (None).
_WHEN = (*Moment, None)
#: The most moments, and the most seconds, that a program lives through.
_MOST, _LONGEST = 10, 0.6
#: The longest from when an event is brought to the kill, in seconds.
_SOON = 0.005
#: How long Slack's minute is at least, and how long it waits for an answer, in seconds: a machine
#: that has other things to do must not be what loses an event.
_MINUTE, _PATIENCE = 1.0, 30.0
#: How many programs there are, so that the next one opens at once.
_AHEAD = 3
_HALVES = ("untaken", "unacknowledged", "unsent", "untold")

#: A message in a chat, as it reads.
Shown = tuple[str, object]


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
    told: list[Parcel] = field(default_factory=list)

    def __post_init__(self) -> None:
        slack = self.crossing.slack
        slack.on_request = self._requested
        slack.on_told = self._told
        slack.on_accept = self._accepted
        slack.loses = self._acknowledged

    def begin(self) -> None:
        """Another program runs."""
        self.told.clear()

    def draw(self, number: int, program: Program) -> None:
        """Decide it for the program that runs."""
        chance = self.crossing.chance
        self.program, self.when = program, _WHEN[number % len(_WHEN)]
        self.left = chance.randint(1, _MOST)
        self.lingers = number >= len(_WHEN)
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

    def _is_theirs(self, parcel: Parcel) -> bool:
        """Whether somebody did this, and Slack did not only echo what we did."""
        return is_event(parcel) and parcel in self.crossing.did

    def _told(self, parcel: Parcel) -> None:
        if self._is_theirs(parcel):
            self.told.append(parcel)
            soon = self.lingers and self.crossing.chance.uniform(0, _SOON)
            self._comes(Moment.TOLD, lambda: self._later(soon))

    def _acknowledged(self, parcel: Parcel) -> bool:
        if not self._is_theirs(parcel):
            return False
        dead = self.struck.is_set()
        self._comes(Moment.ACKNOWLEDGED, self._strike)
        return self.struck.is_set() and not dead

    def _requested(self, method: str, _params: dict[str, Any]) -> None:
        if method == SEND:
            self._comes(Moment.OFFERED, lambda: self._lost(method))

    def _lost(self, method: str) -> None:
        """The request that has just come is lost with whoever sent it."""
        self._strike()
        self.crossing.slack.faults.add(reset(), method)

    def _accepted(self, accepted: Accepted) -> None:
        if accepted.method == SEND:
            self._comes(Moment.ACCEPTED, self._strike)
        self.crossing.accepted(accepted)


@dataclass
class Last:
    """A way to bring something, whose last attempt comes when there is a program to hear it.

    Five of Slack's minutes are longer than any start, however long one takes here.
    """

    carrier: Carrier
    crossing: Crossing

    async def carry(self, parcel: Parcel, number: int, reason: str) -> Answer:
        while is_event(parcel) and number >= LAST and not await self.crossing.listened():  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        return await self.carrier.carry(parcel, number, reason)


@dataclass
class Coroner:
    """Says what each kill caught half done; not what an earlier one left."""

    crossing: Crossing
    made: Engine
    #: How much was accepted, and what was claimed, when a program died last.
    seen: int = 0
    claimed: set[tuple[str, int]] = field(default_factory=set)
    #: How many kills caught each message on its way.
    repeats: Counter[Shown] = field(default_factory=Counter)

    def unacknowledged_of(self, sender: str) -> int:
        """How much a program sent that the database knows nothing of."""
        with self.made.connect() as conn:
            last = _last_known(conn)
        slack = self.crossing.slack
        mine = [each for each in slack.sends if slack.senders[each.id] == sender]
        return sum(self._is_untold(each, last) for each in mine)

    def looks(self, told: list[Parcel]) -> Caught:
        with self.made.connect() as conn:
            last, committed = _last_known(conn), taken(conn)
            claims = select(outbox.c.id, outbox.c.attempts).where(outbox.c.in_flight)
            claimed = {(id_, attempts) for id_, attempts in conn.execute(claims)}
        waiting = {inbound_id(one) for one in told if one.state is State.WAITING}
        sends = self.crossing.slack.sends
        untold = [each for each in sends[self.seen :] if self._is_untold(each, last)]
        # One message of a chat is on its way at most: so much a kill can repeat, and no more.
        assert len(untold) == len({(each.team, each.channel) for each in untold})
        caught = Caught(
            untaken=len(waiting - committed),
            unacknowledged=len(waiting & committed),
            unsent=len(claimed - self.claimed) - len(untold),
            untold=len(untold),
        )
        self.seen, self.claimed = len(sends), self.claimed | claimed
        self.repeats.update((self._chat(each), (each.text, each.fallback)) for each in untold)
        return caught

    def _is_untold(self, each: Accepted, last: dict[str, str]) -> bool:
        return each.id > last.get(self._chat(each), "")

    def _chat(self, each: Accepted) -> str:
        return chat_of(Platform.SLACK, self.crossing.place_of(each))


def _last_known(conn: Connection) -> dict[str, str]:
    """The last message in each chat of which the database knows that it was sent."""
    last: dict[str, str] = {}
    known = select(outbox.c.chat, outbox.c.receipt).where(outbox.c.receipt.is_not(None))
    for chat, receipt in conn.execute(known):
        last[chat] = max(receipt.partition(":")[2], last.get(chat, ""))
    return last


async def sail(crossing: Crossing, kills: int) -> tuple[list[Caught], Counter[Shown]]:
    """Kill the program so many times while the crowd writes, then let it go to the end."""
    fate, caught = Fate(crossing), list[Caught]()
    async with crossing.slack.running():
        programs = deque(crossing.make() for _ in range(_AHEAD))
        try:
            await _set_out(crossing, programs)
            with crossing.looking() as made:
                coroner = Coroner(crossing, made)
                for number in range(kills):
                    await _doom(fate, programs, number)
                    caught.append(coroner.looks(fate.told))
                    fate.begin()
                    programs[0].go()
                    if number + _AHEAD <= kills:
                        programs.append(crossing.make())
            fate.rest()
            await crossing.over()
            assert await programs[0].ends() == 0
        finally:
            for program in programs:
                program.kill()
    return caught, coroner.repeats


async def _set_out(crossing: Crossing, programs: deque[Program]) -> None:
    """The first program opens and everybody writes; Slack's minute is as long as that takes."""
    await asyncio.gather(*(program.ready() for program in programs))
    began = time.monotonic()
    await crossing.listens(programs[0])
    slack = crossing.slack
    slack.post.minute = max(_MINUTE, time.monotonic() - began)
    slack.post.carrier = Last(slack.post.carrier, crossing)
    slack.sockets.patience = slack.hook.patience = _PATIENCE
    crossing.begins()


async def _doom(fate: Fate, programs: deque[Program], number: int) -> None:
    """Kill the program that runs, at its moment; until nothing of it is left."""
    crossing = fate.crossing
    await crossing.patiently(programs[1].ready())
    # Slack gives up after its fourth attempt, whoever is to blame.
    await crossing.until(lambda: not crossing.at_stake)
    fate.draw(number, programs[0])
    await crossing.patiently(fate.struck.wait())
    programs.popleft().kill()
    await crossing.patiently(crossing.slack.silence())


async def prove(crossing: Crossing, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Sail, check everything, tell the figures."""
    caught, repeats = await sail(crossing, kills)
    figures = check(crossing)
    _tell(crossing, caught, figures, capsys)
    assert all(any(getattr(each, half) for each in caught) for half in _HALVES)
    # Whatever came twice is what a kill caught between Slack and the acknowledgement, and
    # came three times only if a second kill caught the very same.
    assert figures.doubled == sum(each.untold for each in caught)
    assert all(each.times <= 1 + repeats[each.chat, each.shown] for each in figures.again)
    # One kill may catch two on their way and more on a busy machine; all of them count.
    assert figures.doubled <= kills * slowness()
    assert "Traceback" not in crossing.log.read_text()


def _tell(
    crossing: Crossing,
    caught: list[Caught],
    figures: Figures,
    capsys: pytest.CaptureFixture[str],
) -> None:
    way = "posted" if crossing.posted else "over sockets"
    found = {half: sum(getattr(each, half) for each in caught) for half in _HALVES}
    tell(
        capsys,
        f"{crossing.urls.words.partition(':')[0]}, {way}: {len(caught)} kills, "
        f"{crossing.size} people in two workspaces: {figures}; caught half done: "
        f"{found['untaken']} not committed, {found['unacknowledged']} not acknowledged, "
        f"{found['unsent']} claimed and not sent, {found['untold']} sent and not acknowledged; "
        f"doubled by each kill: {' '.join(str(each.untold) for each in caught)}; "
        f"429 by method: {dict(crossing.slack.hurried)}",
    )
