"""The writer: everything that changes the database goes through it, one transaction a work.

SQLite has one writer at a time, so one thread takes what is waiting, up to a group, and commits
it together, each work within a savepoint of its own. PostgreSQL gets a few threads, each with
its connection and a transaction for each work. In both, a future is resolved only once its work
is committed, and a work may run more than once: when its group could not be committed, or when
its connection was lost at a moment that left open whether it had been. So what a work does
outside its transaction must bear repeating.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar
from zlib import crc32

from sqlalchemy import Connection, Engine

from bot.store.attempts import Line, Work, persistently, together
from bot.trust.databases import StoreError, is_sqlite, writing

T = TypeVar("T")


class ClosedError(StoreError):
    """The writer takes no more works."""


class Writer:
    """Runs works, each a function of a connection, and says when they are committed."""

    def __init__(self, engine: Engine, *, threads: int = 4, group: int = 32) -> None:
        """Make a writer; it begins to work at `start`.

        `threads` is for PostgreSQL, `group` for SQLite.
        """
        self._engine = writing(engine)
        self._group = group if is_sqlite(engine) else 1
        number = 1 if is_sqlite(engine) else threads
        self._queues: list[SimpleQueue[Work | None]] = [SimpleQueue() for _ in range(number)]
        self._threads: list[Thread] = []
        self._lock = Lock()
        self._open = True
        self._turn = 0

    def start(self) -> None:
        """Begin to work."""
        self._threads = [
            Thread(target=self._work, args=(queue,), name=f"writer-{number}", daemon=True)
            for number, queue in enumerate(self._queues)
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Take no more works, finish those that were taken, and return."""
        with self._lock:
            closing, self._open = self._open, False
            if closing:
                for queue in self._queues:
                    queue.put(None)
        for thread in self._threads:
            thread.join()

    def submit(
        self,
        work: Callable[[Connection], T],
        lane: str = "",
        otherwise: Callable[[Connection, Exception], T] | None = None,
    ) -> Future[T]:
        """Take a work; works of one lane are run in the order in which they came.

        What raises is undone; then `otherwise` is run in its place, unless it was the database
        that failed. The future has what the one or the other returned or raised.
        Raises ClosedError after `close`.
        """
        future: Future[T] = Future()
        with self._lock:
            if not self._open:
                raise ClosedError("Skerry is stopping and takes nothing more.")
            self._queue(lane).put(Work(run=work, future=future, otherwise=otherwise))
        return future

    async def run(
        self,
        work: Callable[[Connection], T],
        lane: str = "",
        otherwise: Callable[[Connection, Exception], T] | None = None,
    ) -> T:
        """The same, awaited."""
        return await asyncio.wrap_future(self.submit(work, lane, otherwise))

    def _queue(self, lane: str) -> SimpleQueue[Work | None]:
        if lane:
            return self._queues[crc32(lane.encode()) % len(self._queues)]
        self._turn += 1
        return self._queues[self._turn % len(self._queues)]

    def _work(self, queue: SimpleQueue[Work | None]) -> None:
        """Work until the end of the queue."""
        line = Line(self._engine)
        going = True
        while going:
            works, going = self._take(queue)
            if len(works) > 1:
                together(line, works)
            elif works:
                persistently(line, works[0])
        line.leave()

    def _take(self, queue: SimpleQueue[Work | None]) -> tuple[list[Work], bool]:
        """Wait for a work and take what waits behind it; False once the queue has ended."""
        works: list[Work] = []
        found = queue.get()
        while found is not None:
            if found.future.set_running_or_notify_cancel():
                works.append(found)
            if len(works) == self._group:
                return works, True
            try:
                found = queue.get_nowait()
            except Empty:
                return works, True
        return works, False
