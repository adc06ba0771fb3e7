"""The doors as the rest of the house uses them: a turn in the writer, then what follows it.

Commit first, acknowledge second, send third: `hear` returns once the turn is committed, so
whoever called may acknowledge, and only then is delivery told that something waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Connection

from bot import prompting, turns
from bot.adapters.port import Adapter
from bot.delivery.buttons import Buttons
from bot.delivery.deliverer import Deliverer
from bot.harvest.digest import digest_lines
from bot.records import Address, Inbound, Invited, Occasion, Outbound, Platform
from bot.requests import circling, counting, giving_back, herald, planning, renewing, rounds
from bot.requests.desk import House
from bot.store import (
    circles,
    conversations,
    dues,
    forgetting,
    inbound,
    linking,
    notices,
    outbox,
    pacing,
    previews,
    retention,
    rhythms,
    showing,
)
from bot.store import rounds as store_rounds
from bot.store.conversations import Due
from bot.store.opening import Store
from bot.store.writer import ClosedError
from bot.trust.keyring import DEPLOYMENT
from bot.turns import Heard

#: How many conversations are woken in one go.
MOST_WOKEN = 500
#: How many prompts are sent in one go, so that replies need not wait for more; and how long one
#: that fails is put off.
MOST_CALLED = 32
#: How many rounds of circles are gone through in one go.
MOST_ROUNDS = 100
#: How many messages in channels are said anew in one go.
MOST_RETOLD = 30
#: How many people are planned for in one go: one by one, and by statements for many.
MOST_PLANNED = 100
MOST_FANNED = 500
PUT_OFF = timedelta(minutes=5)
#: How long a circle's set-up waits for somebody to go on with it.
SET_UP_WAITS = timedelta(days=30)
#: How long a platform has to say whether somebody is in a place.
PATIENCE = timedelta(seconds=5)
#: How long staff can see how a message ended.
KNOWN_FOR = timedelta(days=30)

_log = structlog.get_logger("doors")


class Doors:
    """Takes what comes in, wakes what is due, begins what is planned."""

    def __init__(
        self,
        house: House,
        store: Store,
        deliverer: Deliverer,
        adapters: Mapping[Platform, Adapter],
        clock: Callable[[], datetime],
    ) -> None:
        self._house = house
        self._store = store
        self._writer = store.writer
        self._deliverer = deliverer
        self._adapters = adapters
        self._clock = clock
        self._sweeper = counting.Sweeper()
        self._buttons = Buttons(store, adapters, clock)

    async def hear(self, came: Inbound) -> Heard:
        """Take one thing a platform told us; committed once this returns."""
        now = self._clock()
        came = await self._placed(came)
        heard = await self._writer.run(
            lambda conn: turns.hear(conn, self._house, came, now),
            came.place,
            lambda conn, error: turns.not_heard(conn, self._house, came, error, now),
        )
        await self._after(heard, came)
        return heard

    async def _placed(self, came: Inbound) -> Inbound:
        """What came; a code of a circle's with whether its bearer is in that circle's place."""
        body = came.body
        if not isinstance(body, Invited) or not body.code.startswith(circling.LEADS):
            return came
        adapter = self._adapters.get(came.platform)
        if body.belongs is not None or adapter is None:
            return came
        house = self._house
        place = await self._writer.run(
            lambda conn: circling.place_to_ask_of(conn, house, came),
            otherwise=lambda _conn, _error: None,  # The turn itself will say what is wrong.
        )
        if place is None:
            return came
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                belongs = await adapter.belongs(place, came.place)
        except TimeoutError:
            belongs = None
        return replace(came, body=replace(body, belongs=belongs))

    async def begin(self, occasion: Occasion) -> Heard:
        """Send a planned prompt, once."""
        now = self._clock()
        heard = await self._writer.run(
            lambda conn: turns.begin_occasion(conn, self._house, occasion, now),
            lane=occasion.participant,
        )
        self._deliverer.nudge()
        self._show(heard)
        return heard

    async def wake(self, now: datetime) -> None:
        """Wake every conversation that is due, each in a turn of its own."""
        due = await self._writer.run(lambda conn: conversations.due(conn, now, MOST_WOKEN))
        for each in due:
            await self._wake(each, now)
        if due:
            self._deliverer.nudge()

    async def call(self, now: datetime) -> None:
        """Do what is due in campaigns, each in a turn of its own."""
        while due := await self._writer.run(lambda conn: dues.come(conn, now, MOST_CALLED)):
            await asyncio.gather(*(self._call(each, now) for each in due))
            self._deliverer.nudge()
            if len(due) < MOST_CALLED:
                return

    async def _call(self, due: dues.Due, now: datetime) -> None:
        try:
            heard = await self._writer.run(
                lambda conn: prompting.call(conn, self._house, due, now),
                due.participant,
                lambda conn, error: self._put_off(conn, due, now, error),
            )
        except Exception as error:  # noqa: BLE001 - one that cannot be sent must not hold the rest
            _log.error("a prompt could not be sent yet", error=type(error).__name__)
        else:
            self._show(heard)

    async def circle(self, now: datetime) -> None:
        """Do what is due in circles: rounds that open, close and go on."""
        run, house = self._writer.run, self._house
        later = now + PUT_OFF
        for each in await run(lambda conn: circles.opening(conn, now, MOST_ROUNDS)):
            work = partial(rounds.open_due, house=house, circle_id=each, now=now)
            await self._round(work, each, partial(circles.change, id_=each, next_at=later))
        for id_, of in await run(lambda conn: showing.unsettled(conn, MOST_ROUNDS)):
            await self._round(partial(showing.settle, keys=house.keys, id_=id_), of)
        due = await run(lambda conn: store_rounds.due(conn, now, MOST_ROUNDS))
        for id_, of in due:
            tend = partial(turns.tend_round, house=house, round_id=id_, now=now)
            await self._round(tend, of, partial(store_rounds.put_off, id_=id_, until=later))
        if due:
            self._deliverer.nudge()

    async def retell(self, now: datetime) -> None:
        """Say anew the messages in channels whose count or state has changed, some at a time."""
        run = self._writer.run
        for id_, circle in await run(lambda conn: store_rounds.unsaid(conn, now, MOST_RETOLD)):
            try:
                await self._say_anew(id_, now)
            except Exception as error:  # noqa: BLE001 - one message must not hold the rest
                name = type(error).__name__
                _log.error("a message could not be said anew", circle=circle, error=name)
                later = partial(store_rounds.say_later, id_=id_, until=now + PUT_OFF)
                await self._round(later, circle)

    async def _round(
        self,
        work: Callable[[Connection], object],
        circle: str,
        put_off: Callable[[Connection], None] | None = None,
    ) -> None:
        """Do something for a circle; what cannot be done is put off, and holds up no other."""

        def otherwise(conn: Connection, error: Exception) -> None:
            _log.error("a round could not go on yet", circle=circle, error=type(error).__name__)
            if put_off is not None:
                put_off(conn)

        try:
            await self._writer.run(work, circle, otherwise)
        except Exception as error:  # noqa: BLE001 - one round must not hold the rest
            _log.error("a round could not be put off", circle=circle, error=type(error).__name__)

    async def _say_anew(self, id_: str, now: datetime) -> None:
        """Say anew the message that opened a round, in the bot's pace."""
        run, house = self._writer.run, self._house
        done = await run(lambda conn: herald.redone(conn, house, id_, now))
        adapter = self._adapters.get(done.platform) if done else None
        if done is None or adapter is None:
            return
        well = False
        pace, name = adapter.pace, done.name
        at = await run(lambda conn: pacing.slot(conn, done.platform, pace, now))
        if name and at is not None:
            await asyncio.sleep((at - self._clock()).total_seconds())
            well = await adapter.rewrite(done.place, name, done.message)
        await run(lambda conn: herald.said_anew(conn, done, self._clock(), well=well))

    def _put_off(self, conn: Connection, due: dues.Due, now: datetime, error: Exception) -> Heard:
        """One that a turn cannot digest is tried again later; it must not be tried each second."""
        _log.error(
            "a prompt could not be sent",
            campaign=due.campaign,
            step=due.step,
            error=type(error).__name__,
        )
        if dues.get(conn, due) == due:  # Nothing else has come in its place meanwhile.
            dues.put(conn, [replace(due, at=now + PUT_OFF)])
        return Heard(new=False)

    async def sweep(self, now: datetime) -> None:
        """Delete what has been kept long enough, finish what was begun, note whom to ask again."""
        months = self._house.retention_months
        while await self._writer.run(lambda conn: retention.sweep(conn, now, months=months)):
            pass
        keys, before = self._store.keys, retention.months_before(now, months)
        while await self._writer.run(lambda conn: circles.sweep(conn, keys, before)):
            pass
        idle = now - SET_UP_WAITS
        while await self._writer.run(lambda conn: circles.fold(conn, keys, idle)):
            pass
        await self._writer.run(lambda conn: circles.sweep_keyless(conn, keys))
        await self._writer.run(lambda conn: inbound.prune(conn, now))
        await self._writer.run(lambda conn: linking.prune(conn, now))
        await self._writer.run(lambda conn: previews.prune(conn, now))
        await self._writer.run(lambda conn: notices.prune(conn, now - KNOWN_FOR))
        while await self._writer.run(lambda conn: outbox.purge(conn, now - KNOWN_FOR)):
            pass
        await self.count(now)
        while await self._writer.run(lambda conn: renewing.plan(conn, now)):
            pass

    async def count(self, now: datetime) -> None:
        """Do what is to be done at the ballot box, beside the event loop."""
        try:
            await asyncio.to_thread(self._count, now)
        except ClosedError:
            pass  # Skerry is stopping; the next start goes on with it.
        except Exception as error:  # noqa: BLE001 - the rest of the house goes on
            _log.error("the nightly drop failed and is tried again", error=type(error).__name__)

    def _count(self, now: datetime) -> None:
        """Once a night, drop what waits to be counted and close what is due; say what came of it.

        It runs beside the event loop: opening seals takes its time.
        """
        if counting.is_due(self._store, now):
            night = counting.nightly(self._store, self._house.measures, now)
            if night is not None:
                _log.info(
                    "the nightly drop is done",
                    waiting=night.waiting,
                    lost=night.lost,
                    told=night.closed.told,
                    held=night.closed.held,
                    expired=night.closed.expired,
                )
        giving_back.give_back(self._store, now, digest_lines)
        self._sweeper.sweep(self._store, now)

    async def plan(self, now: datetime) -> None:
        """Plan for everybody what comes near in campaigns by a festival, or what was cut short."""
        for each in await self._writer.run(lambda conn: planning.unplanned(conn, now)):
            work = partial(planning.plan_in, name=each.name, now=now)
            if each.festive:
                work = partial(planning.fan, name=each.name, now=now, since=each.since)
            size = MOST_FANNED if each.festive else MOST_PLANNED
            ids = await self._writer.run(rhythms.joined)
            for first in range(0, len(ids), size):
                await self._writer.run(partial(work, ids=ids[first : first + size]))
            await self._writer.run(partial(planning.planned, name=each.name, now=now))

    async def _wake(self, due: Due, now: datetime) -> None:
        try:
            heard = await self._writer.run(
                lambda conn: turns.wake(conn, self._house, due, now), lane=due.participant
            )
        except Exception as error:  # noqa: BLE001 - one that cannot be woken must not hold the rest
            _log.error(
                "a conversation could not be woken",
                conversation=due.conversation,
                error=type(error).__name__,
            )
        else:
            self._show(heard)

    def _show(self, heard: Heard) -> None:
        """Change the buttons of messages that were sent; nobody waits for it."""
        if heard.address is not None:
            self._buttons.change(heard.address, heard.shown, heard.settled)

    async def close(self) -> None:
        """Change no more buttons."""
        await self._buttons.close()

    async def _after(self, heard: Heard, came: Inbound) -> None:
        if heard.said:
            self._deliverer.nudge()
        if heard.parked:
            _log.error("a message was parked", parked=heard.parked)
        self._show(heard)
        if heard.alive and (adapter := self._adapters.get(came.platform)):
            await adapter.sign_of_life(came.place)
        if heard.forget:
            await self._forget(*heard.forget)
        if heard.leaves:
            store = self._store
            await asyncio.to_thread(
                forgetting.forget, store.engine, store.writer, store.keys, heard.leaves
            )

    async def _forget(self, address: Address, farewell: Outbound) -> None:
        """Forget somebody, then say goodbye to a place that is nobody's any more."""
        store = self._store
        await asyncio.to_thread(
            forgetting.forget, store.engine, store.writer, store.keys, address.participant
        )
        now = self._clock()
        nobody = replace(address, id=self._house.new_id(), participant="")
        await self._writer.run(
            lambda conn: outbox.add(
                conn, self._house.keys, nobody, farewell, now=now, owner=DEPLOYMENT
            )
        )
        self._deliverer.nudge()
