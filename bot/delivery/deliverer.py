"""The deliverer: claims what is due, hands it to its platform, and says what became of it.

Nobody else calls a platform's `send`. It goes on whatever the database or a platform does: what
is sent is acknowledged before anything more is claimed, and what is not acknowledged in time is
claimed again. Logs carry ids and reasons, never words.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, ProgrammingError, SQLAlchemyError

from bot.adapters.port import Adapter, Receipt, Refused, Undeliverable, Unreachable
from bot.delivery.attempts import Decision, Depart, EndAs, Follow, TryAgain, next_attempt
from bot.delivery.gate import Gate
from bot.delivery.pieces import pieces
from bot.harvest.sketch import SKETCH, drawn
from bot.records import Address, Outbound, Platform
from bot.store import acknowledging, lanes, outbox
from bot.store.pacing import AHEAD
from bot.store.sending import Ending, Sending
from bot.store.writer import Writer
from bot.trust.databases import StoreError
from bot.trust.keyring import KeyRing, KeyRingError

#: How many messages are in flight at once.
MOST = 32
#: How long a claim holds.
LEASE = timedelta(seconds=90)
#: How long a platform may take over one message; well within the lease.
PATIENCE = timedelta(seconds=60)
#: How long to sleep at most: other processes add messages too.
NAP = timedelta(seconds=1)
#: How long to wait after the database failed.
PAUSE = timedelta(seconds=0.5)
#: After so many attempts, an adapter that fails in a way it should not is taken at its word.
FAULTS = 5

#: How often an outcome that the database does not take is offered to it while we stop.
LAST_TRIES = 5

#: What is called, within the same transaction, when nobody is at an address any more.
OnDeparted = Callable[[Connection, Address, datetime], None]

_TROUBLE = (SQLAlchemyError, StoreError, KeyRingError, OSError)

_log = structlog.get_logger("delivery")


def _nothing(_conn: Connection, _gone: Address, _now: datetime) -> None:
    """Nobody wants to know."""


class Deliverer:
    """Carries messages out, until it is stopped. `nudge` and `stop` are for its own event loop."""

    def __init__(  # noqa: PLR0913 - What it is made of, each by its name.
        self,
        writer: Writer,
        keys: KeyRing,
        adapters: Mapping[Platform, Adapter],
        clock: Callable[[], datetime],
        *,
        on_departed: OnDeparted = _nothing,
        most: int = MOST,
        lease: timedelta = LEASE,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._writer = writer
        self._keys = keys
        self._adapters = adapters
        self._paces = {platform: adapter.pace for platform, adapter in adapters.items()}
        self._gates = {
            platform: Gate(pace.step, time.monotonic) for platform, pace in self._paces.items()
        }
        self._clock = clock
        self._on_departed = on_departed
        self._most = most
        self._lease = lease
        self._patience = patience
        self._awake = asyncio.Event()
        self._stopping = False
        #: What is in flight, and what of it the database does not know of yet.
        self._flying: set[asyncio.Task[None]] = set()
        self._untold = 0

    def nudge(self) -> None:
        """Look at once: something was added."""
        self._awake.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when all that is in flight has landed."""
        self._stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Carry messages out until `stop`."""
        try:
            while not self._stopping:
                self._awake.clear()
                due = await self._round()
                await self._gather(due)
                await self._sleep_until(due)
        finally:
            while self._flying:
                await asyncio.wait(self._flying)

    async def _round(self) -> datetime | None:
        """Claim what there is room for, and let it go; when to look again, None: not known."""
        room = self._most - len(self._flying)
        if room <= 0 or self._untold:
            return None
        now = self._clock()
        try:
            taken, due = await self._writer.run(
                lambda conn: lanes.claim(
                    conn, self._keys, now, self._paces, most=room, lease=self._lease
                )
            )
        except Exception as error:  # noqa: BLE001 - Whatever it is, the rest must go on.
            _log.warning("the outbox cannot be read", error=type(error).__name__)
            return now + PAUSE
        for sending in taken:
            task = asyncio.create_task(self._carry(sending))
            self._flying.add(task)
            task.add_done_callback(self._landed)
        return due

    def _landed(self, task: asyncio.Task[None]) -> None:
        self._flying.discard(task)
        self._awake.set()
        if not task.cancelled() and (error := task.exception()):
            _log.error("a delivery broke off", error=type(error).__name__)

    async def _gather(self, due: datetime | None) -> None:
        """While the pace gives no slot, let what comes gather: a claim each would waste slots."""
        ahead = timedelta(0) if due is None else due - self._clock()
        if self._flying and timedelta(0) < ahead <= AHEAD:
            await asyncio.sleep(ahead.total_seconds())

    async def _sleep_until(self, due: datetime | None) -> None:
        nap = NAP if due is None else min(NAP, due - self._clock())
        with suppress(TimeoutError):
            async with asyncio.timeout(max(nap.total_seconds(), 0)):
                await self._awake.wait()

    async def _carry(self, sending: Sending) -> None:
        """Make one attempt with one message, from its slot in the pace to the outcome written."""
        await asyncio.sleep((sending.at - self._clock()).total_seconds())
        async with self._gates[sending.address.platform].through():
            await self._attempt(sending)

    async def _attempt(self, sending: Sending) -> None:
        if self._clock() + self._patience > sending.until:
            # This process was frozen: another one may have the message soon, or has it.
            await self._decided(sending, TryAgain(at=self._clock(), reason="frozen"))
            return
        try:
            receipt, more = await self._hand_over(sending)
        except Exception as error:  # noqa: BLE001 - Whatever it is, the message must not hang.
            await self._decided(sending, self._decide(error, sending))
        else:
            await self._sent(sending, receipt, more=more)

    async def _hand_over(self, sending: Sending) -> tuple[Receipt, bool]:
        """Give its platform the piece whose turn it is; also says whether there are more."""
        adapter = self._adapters[sending.address.platform]
        cut = pieces(sending.message, adapter.limits)
        if sending.piece >= len(cut):
            raise Refused("nothing to show")
        async with asyncio.timeout(self._patience.total_seconds()):
            piece = await _drawn(cut[sending.piece])
            receipt = await adapter.send(sending.address.place, piece)
        return receipt, sending.piece + 1 < len(cut)

    def _decide(self, error: Exception, sending: Sending) -> Decision:
        """What follows an error; a strange one is taken for an outage, for a while."""
        name = type(error).__name__
        if not isinstance(error, Undeliverable):
            if sending.attempts >= FAULTS and not isinstance(error, TimeoutError):
                _log.error("an adapter fails strangely", message=sending.id, error=name)
                error = Refused(name)
            else:
                error = Unreachable(name, uncertain=True)
        _log.info(
            "a message was not sent", message=sending.id, error=name, attempts=sending.attempts
        )
        chance = random.random()  # noqa: S311 - It only spreads attempts out.
        policy = sending.message.on_uncertain
        return next_attempt(error, sending.attempts, self._clock(), policy, chance)

    async def _sent(self, sending: Sending, receipt: Receipt, *, more: bool) -> None:
        now = self._clock()
        await self._tell(
            sending, lambda conn: acknowledging.sent(conn, sending, receipt, now, more=more)
        )

    async def _decided(self, sending: Sending, decision: Decision) -> None:
        now = self._clock()
        await self._tell(sending, lambda conn: self._write(conn, sending, decision, now))

    def _write(
        self, conn: Connection, sending: Sending, decision: Decision, now: datetime
    ) -> bool:
        match decision:
            case TryAgain(at=at, reason=reason, hold=hold):
                return acknowledging.again(conn, sending, at, reason, hold)
            case EndAs(state=state, reason=reason):
                return acknowledging.ended(conn, sending, state, reason, now)
            case Follow(place=place):
                return acknowledging.follow(conn, sending, place, now)
            case Depart(reason=reason):
                if not acknowledging.ended(conn, sending, Ending.DEPARTED, reason, now):
                    return False
                outbox.depart(conn, sending.address, now, reason)
                self._on_departed(conn, sending.address, now)
                return True
            case _:
                assert_never(decision)

    async def _tell(self, sending: Sending, work: Callable[[Connection], bool]) -> None:
        """Write an outcome down; while the database is away, try on, and claim nothing."""
        tries = 0
        try:
            while True:
                try:
                    if not await self._writer.run(work):
                        _log.warning("somebody else has the message", message=sending.id)
                except (DataError, IntegrityError, ProgrammingError):
                    raise  # No second try would mend it.
                except _TROUBLE as error:
                    tries += 1
                    self._untold += tries == 1
                    _log.warning(
                        "an outcome is not written yet",
                        message=sending.id,
                        error=type(error).__name__,
                    )
                    if self._stopping and tries >= LAST_TRIES:
                        return
                    await asyncio.sleep(PAUSE.total_seconds())
                else:
                    return
        finally:
            self._untold -= tries > 0


async def _drawn(piece: Outbound) -> Outbound:
    """A piece with its picture, which is drawn only now, beside all else."""
    if not any(file.mime == SKETCH for file in piece.files):
        return piece
    files = [await asyncio.to_thread(drawn, file) for file in piece.files]
    return replace(piece, files=tuple(files))
