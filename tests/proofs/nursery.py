"""Programs that begin at once: forked from a process that has imported the house already.

A program of the proofs is killed and begun anew again and again. Importing all of it and reading
its practices takes longer than most of what it does, and is the same each time. So one process
does both, once for all proofs that run in one process, and each program is a fork of it. Between
the two stands a keeper, which tells the number of the program and, in the end, how it ended.

usage: python -m tests.proofs.nursery SOCKET
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
#: What each program needs, and would import only when it runs.
_EARLY = (
    *("bot.__main__", "bot.commands.telegram_line", "bot.commands.slack_line"),
    *("bot.requests.counting", "sqlalchemy.dialects.sqlite", "sqlalchemy.dialects.postgresql"),
)
#: As much as is read at once of what is asked of the nursery, in bytes.
_MUCH = 2**16
#: How long what a keeper tells is, in bytes.
_TOLD = 16
#: What a program has open: where it reads, writes, and tells of trouble; and its keeper's line.
_PIPES = 4


def bare() -> dict[str, str]:
    """Our environment, without settings; those who die uncounted are not measured either."""
    not_ours = ("SKERRY_", "COV")
    return {name: each for name, each in os.environ.items() if not name.startswith(not_ours)}


@dataclass
class Child:
    """A program that was begun here: as much of a process as the proofs ask for."""

    pid: int
    stdin: IO[bytes]
    stdout: IO[bytes] | None
    #: Where its keeper tells how it ended.
    keeper: int
    returncode: int | None = field(default=None, init=False)

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def poll(self) -> int | None:
        """How it ended, as far as it has."""
        return self._ended(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has."""
        code = self._ended(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return code

    async def over(self) -> int:
        """How it ended, once it has; others go on meanwhile."""
        while (code := self.poll()) is None:  # noqa: ASYNC110 - It tells no loop.
            await asyncio.sleep(0.01)
        return code

    def closes(self) -> None:
        """Nothing more is said to it or heard from it."""
        for pipe in (self.stdin, self.stdout):
            if pipe is not None:
                pipe.close()

    def _ended(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self.keeper], [], [], seconds)[0]:
            told = os.read(self.keeper, _TOLD)
            # A keeper that is gone itself was killed with everything.
            self.returncode = int(told) if told else -signal.SIGKILL
            os.close(self.keeper)
        return self.returncode


def born(
    module: str,
    *words: str,
    errors: IO[bytes],
    folder: Path = ROOT,
    settings: Mapping[str, str] | None = None,
    talks: bool = False,
) -> Child:
    """Begin `python -m module words`; `talks`: what it writes is read here."""
    read, write = os.pipe()
    keeper, telling = os.pipe()
    heard, spoken = os.pipe() if talks else (-1, os.dup(errors.fileno()))
    told = {"module": module, "words": words, "folder": str(folder), "settings": settings or {}}
    given = [read, spoken, errors.fileno(), telling]
    socket.send_fds(_nursery(), [json.dumps(told).encode() + b"\n"], given)
    for one in (read, spoken, telling):
        os.close(one)
    pid = int(os.read(keeper, _TOLD))
    return Child(pid, os.fdopen(write, "wb", 0), os.fdopen(heard, "rb") if talks else None, keeper)


@cache
def _nursery() -> socket.socket:
    """The nursery of this process; it ends when nobody holds the other end of its socket."""
    ours, theirs = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.proofs.nursery", str(theirs.fileno())],
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        cwd=ROOT,
        env=bare() | {"PYTHONPATH": str(ROOT)},
    )
    theirs.close()

    def ends() -> None:
        ours.close()
        process.wait()

    atexit.register(ends)
    return ours


# --- within the nursery ---


def _imported() -> None:
    """All that is the same in every program."""
    for name in _EARLY:
        import_module(name)
    for room in ("bot.flows.loader", "bot.measures.loader"):
        import_module(room).load()
    # What is here already is looked at by no program's collector, and so stays shared.
    gc.collect()
    gc.freeze()


def _asked(line: socket.socket) -> dict[str, object] | None:
    """In each program: what it is to be. In the nursery itself: nothing, once nobody asks."""
    # Keepers are not waited for.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        told, pipes, _, _ = socket.recv_fds(line, _MUCH, _PIPES)
        while told and not told.endswith(b"\n"):
            told += line.recv(_MUCH)
        if not told:
            return None
        if os.fork() == 0:
            line.close()
            _keep(pipes)
            return dict[str, object](json.loads(told))
        for one in pipes:
            os.close(one)


def _keep(pipes: Sequence[int]) -> None:
    """Fork the program, and go on as it; what stays behind tells of it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    read, spoken, errors, telling = pipes
    if pid := os.fork():
        for one in (read, spoken, errors):
            os.close(one)
        _tells(telling, pid)
        _, status = os.waitpid(pid, 0)
        _tells(telling, os.waitstatus_to_exitcode(status))
        os._exit(0)
    for number, one in enumerate((read, spoken, errors)):
        os.dup2(one, number)
    for one in pipes:
        os.close(one)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - It is open already.


def _tells(telling: int, number: int) -> None:
    with suppress(BrokenPipeError):  # Nobody may want to know any more.
        os.write(telling, str(number).encode().ljust(_TOLD))


def main() -> None:
    _imported()
    told = _asked(socket.socket(fileno=int(sys.argv[1])))
    if told is not None:
        os.chdir(str(told["folder"]))
        settings, words = told["settings"], told["words"]
        assert isinstance(settings, dict)
        assert isinstance(words, list)
        os.environ |= settings
        sys.argv[1:] = words
        runpy.run_module(str(told["module"]), run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
