"""The peer of a campaign's plan: one APScheduler job a person, in its SQLAlchemy job store."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.base import BaseScheduler

from scheduler.tick import now

#: How many jobs are due at the wake-up that has some.
DUE = 100
_QUIET = 60
#: Long enough to add those before they are due.
_WHILE = timedelta(seconds=10)


class Bare(BaseScheduler):  # type: ignore[misc]  # It comes without types.
    """APScheduler with its main loop in our hands."""

    def wakeup(self) -> None:
        """Nothing wakes it but `once`."""

    def shutdown(self) -> None:
        """Let go of the job store and of the threads that prompt."""
        super().shutdown()

    def once(self) -> None:
        """One round of its main loop."""
        self._process_jobs()


def figures(count: int) -> tuple[float, float, float]:
    """Seconds to add the jobs, milliseconds of a quiet wake-up, and of one with some due."""
    with tempfile.TemporaryDirectory() as name:
        scheduler = Bare(timezone="UTC")
        scheduler.add_jobstore(SQLAlchemyJobStore(url=f"sqlite:///{name}/jobs.sqlite"))
        scheduler.start()
        soon = now() + timedelta(hours=1)
        adding = _took(lambda: _add(scheduler, count, soon))
        quiet = sum(_took(scheduler.once) for _ in range(_QUIET)) / _QUIET
        soon = now() + _WHILE
        _add(scheduler, DUE, soon)
        time.sleep(max(0.0, (soon - now()).total_seconds()) + 1)
        due = _took(scheduler.once)
        scheduler.shutdown()
    return adding, quiet * 1000, due * 1000


def _add(scheduler: Bare, count: int, first: datetime) -> None:
    """Weekly jobs, for as many people."""
    for number in range(count):
        scheduler.add_job(
            prompt,
            "interval",
            weeks=1,
            start_date=first + timedelta(seconds=number / 1000),
            args=[f"{number:032x}"],
            misfire_grace_time=None,
        )


def _took(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def prompt(participant: str) -> None:
    """Stand in for a prompt; the job store keeps it by its name."""
    del participant
