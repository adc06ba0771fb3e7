"""Programs that may die, on whichever platform, and the databases that outlive them all."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import KW_ONLY, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from sqlalchemy import Connection, Engine, Select, select

from bot.records import Platform
from bot.store import people
from bot.store.opening import Store, open_store
from bot.store.tables import outbox
from bot.trust.databases import engine
from bot.trust.master import to_text
from scheduler.tick import now
from tests.commands.skerry import free_port
from tests.conftest import Urls
from tests.proofs.nursery import ROOT, bare, born
from tests.proofs.voyage import Process, go, kill
from tests.proofs.waits import READY, Waits

#: How long anything may take on a machine with other things to do, in seconds.
PATIENCE = 180.0
#: Longer than any proof: answers end by a word.
NO_GAP = "600"


@dataclass(frozen=True)
class Program:
    """A program made ready; `go` makes it open."""

    process: Process
    port: int
    folder: Path

    async def ready(self) -> None:
        """Until it only waits for its word, which may take long while others are at work."""
        ready = self.folder / READY.format(self.process.pid)
        while not ready.exists():  # noqa: ASYNC110 - It tells nobody.
            await asyncio.sleep(0.02)

    async def serves(self) -> None:
        """Until it answers somebody."""
        while not (await self.health())[0]:  # noqa: ASYNC110 - It tells nobody.
            await asyncio.sleep(0.05)

    def go(self) -> None:
        go(self.process)

    def kill(self) -> None:
        kill(self.process)

    def freeze(self) -> None:
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    @property
    def lives(self) -> bool:
        return self.process.poll() is None

    async def ends(self) -> int:
        """Told to stop; its exit code."""
        self.process.terminate()
        code = await asyncio.to_thread(self.process.wait, PATIENCE)
        self.kill()
        return code

    async def health(self) -> tuple[int, dict[str, Any]]:
        """What `/healthz` says; nothing while nobody serves."""
        async with httpx.AsyncClient(trust_env=False) as client:
            try:
                answer = await client.get(f"http://127.0.0.1:{self.port}/healthz")
            except httpx.TransportError:
                return 0, {}
        return answer.status_code, answer.json()

    async def tells(self, part: str, *, well: bool, detail: str) -> None:
        """Until `/healthz` says this of a part."""
        state = "well" if well else "unwell"
        async with asyncio.timeout(PATIENCE):
            while True:
                status, parts = await self.health()
                found = parts.get(part, {"state": "", "detail": ""})
                if found["state"] == state and detail in found["detail"]:
                    assert (status == 200) is well, parts
                    return
                await asyncio.sleep(0.05)


@dataclass
class Harbour:
    """The databases, and where programs are made ready."""

    #: The module that is `skerry run` with shorter waits.
    module: ClassVar[str]
    urls: Urls
    master: bytes
    _: KW_ONLY
    waits: Waits = field(default_factory=Waits)
    #: Settings beside the usual ones.
    settings: dict[str, str] = field(default_factory=dict)
    #: Whether the programs' lines are counted; those of one that is killed are not.
    counted: bool = False

    def __post_init__(self) -> None:
        self.waits = self.waits.slowed(slowness())
        #: All programs serve on one port, for only one of them is a webhook's address.
        self.port = free_port()
        self.log = self.urls.folder / "program.log"

    @property
    def connection(self) -> dict[str, str]:
        """The settings that connect a program with the fake."""
        raise NotImplementedError

    def state(self) -> str:
        """Where everybody is, for whoever reads why a proof failed."""
        raise NotImplementedError

    @contextmanager
    def opened(self) -> Iterator[Store]:
        """The databases, opened here."""
        store = open_store(self.urls.words, self.urls.keys, lambda _: [self.master])
        store.writer.start()
        try:
            yield store
        finally:
            store.close()

    @property
    def environment(self) -> dict[str, str]:
        """The settings, in an environment that is otherwise as ours."""
        settings = {
            "DATABASE_URL": self.urls.words,
            "KEYS_URL": self.urls.keys,
            "MASTER_KEY": to_text(self.master),
            "QUIET_GAP": NO_GAP,
            "BREATH": "0",
            **self.connection,
            **self.settings,
        }
        if url := settings.get("PUBLIC_URL"):
            settings["PUBLIC_URL"] = f"{url}:{self.port}"
        named = {f"SKERRY_{name}": value for name, value in settings.items()}
        return bare() | self._measures | named | {"PYTHONPATH": str(ROOT)}

    @property
    def _measures(self) -> dict[str, str]:
        """What has a program's lines counted, where they are."""
        if not self.counted:
            return {}
        return {name: each for name, each in os.environ.items() if name.startswith("COV")}

    def make(self, **settings: str) -> Program:
        """A program made ready, perhaps with settings of its own."""
        port = int(settings.get("PORT", self.port))
        own = {"PORT": str(port)} | settings
        environment = self.environment | {f"SKERRY_{name}": each for name, each in own.items()}
        folder, waits = self.urls.folder, self.waits.written()
        process: Process
        with self.log.open("ab") as errors:
            if self._measures:
                process = subprocess.Popen(
                    [sys.executable, "-m", self.module, waits],
                    stdin=subprocess.PIPE,
                    stderr=errors,
                    cwd=folder,
                    env=environment,
                )
            else:
                process = born(
                    self.module, waits, errors=errors, folder=folder, settings=environment
                )
        return Program(process, port, self.urls.folder)

    def doctor(self) -> dict[str, dict[str, str]]:
        """What `skerry doctor` says of each part."""
        with self.log.open("ab") as errors:
            doctor = born(
                *("bot", "doctor", "--json"),
                errors=errors,
                folder=self.urls.folder,
                settings=self.environment,
                talks=True,
            )
        assert doctor.stdout is not None
        parts = [json.loads(line) for line in doctor.stdout]
        doctor.wait(PATIENCE)
        doctor.closes()
        return {part["part"]: part for part in parts}

    def looking(self) -> AbstractContextManager[Engine]:
        return _looking(self.urls.words)

    async def patiently(self, what: Awaitable[object]) -> None:
        """Wait for something that must come; if it does not, say where everybody is."""
        try:
            await asyncio.wait_for(what, PATIENCE)
        except TimeoutError:
            pytest.fail(self.state())

    async def all_sent(self) -> None:
        """Until nothing waits: what the house writes down last, no platform hears of."""
        waits = select(outbox.c.id).where(outbox.c.ended_at.is_(None))
        with self.looking() as made:
            while await asyncio.to_thread(_finds_some, made, waits):  # noqa: ASYNC110
                await asyncio.sleep(0.05)


def slowness() -> float:
    """By how much others slow this machine down: so much longer is everything on its way."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def joined(store: Store, platform: Platform, place: str) -> Callable[[Connection], None]:
    """Somebody is known, and has let us keep their answers."""

    def join(conn: Connection) -> None:
        whose = people.add(
            conn, store.keys, platform, place, language="en", zone="Europe/London", now=now()
        )
        people.change(conn, whose.participant.id, keeps=True)

    return join


def _finds_some(made: Engine, what: Select[Any]) -> bool:
    with made.connect() as conn:
        return conn.execute(what).first() is not None


@contextmanager
def _looking(url: str) -> Iterator[Engine]:
    """An engine of our own, let go of afterwards."""
    made = engine(url)
    try:
        yield made
    finally:
        made.dispose()


@contextmanager
def killed(*programs: Program) -> Iterator[None]:
    """Whatever happens, none of these is left."""
    try:
        yield
    finally:
        for program in programs:
            with suppress(ProcessLookupError):
                program.kill()
