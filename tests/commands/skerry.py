"""`skerry` in a folder of its own: called within this process, or as a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from typer.testing import CliRunner

from bot.__main__ import app
from bot.store.opening import Store, open_store
from bot.trust import master

PROGRAM = [sys.executable, "-m", "bot"]
#: The longest that a program may take to open or to end, in seconds, on a machine with much to do.
PATIENCE = 120


@dataclass(frozen=True)
class Skerry:
    """Where it runs and what is set."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        bare = {name: each for name, each in os.environ.items() if name[:7] != "SKERRY_"}
        settings = {"BREATH": "0"} | self.settings
        return bare | {f"SKERRY_{name}": value for name, value in settings.items()}

    @property
    def var(self) -> Path:
        return self.folder / "var"

    def with_(self, **settings: str) -> Skerry:
        return Skerry(self.folder, self.settings | settings)

    def __call__(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Call it within this process: much sooner than as one of its own.

        `run` tells all logs of its process where to go, and so has a process of its own.
        """
        if words[:1] == ("run",):
            return self.process(*words, typed=typed)
        env = dict.fromkeys(os.environ.keys() - self.environment.keys()) | self.environment
        with chdir(self.folder):
            done = CliRunner().invoke(app, words, input=typed, env=env)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    def process(self, *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Start it as a process of its own, to its end."""
        return subprocess.run(
            [*PROGRAM, *words],
            cwd=self.folder,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def refuses(self, *words: str, typed: str = "") -> str:
        """Exit 1 and one clear line, which is the answer."""
        done = self(*words, typed=typed)
        lines = done.stderr.splitlines()
        assert done.returncode == 1, done.stderr
        assert "Traceback" not in done.stderr + done.stdout
        assert len(lines) == 1, done.stderr
        return lines[0]

    def does(self, *words: str, typed: str = "") -> str:
        """Exit 0; what it printed."""
        done = self(*words, typed=typed)
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The same databases, opened here."""
        self.var.mkdir(mode=0o700, exist_ok=True)
        opened = open_store(
            f"sqlite:///{self.var}/skerry.sqlite",
            f"sqlite:///{self.var}/keys.sqlite",
            lambda empty: master.in_use(self.var / "master.key", empty=empty),
        )
        opened.writer.start()
        try:
            yield opened
        finally:
            opened.close()

    @contextmanager
    def running(self) -> Iterator[Running]:
        """`skerry run` without a terminal, healthy."""
        port = free_port()
        process = subprocess.Popen(
            [*PROGRAM, "run"],
            cwd=self.folder,
            env=self.with_(PORT=str(port)).environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running = Running(process, port)
        try:
            running.until_healthy()
            yield running
        finally:
            process.kill()
            process.communicate()


@dataclass(frozen=True)
class Running:
    """A process that serves."""

    process: subprocess.Popen[str]
    port: int

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def until_healthy(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self.process.poll() is None, self.process.communicate()[1]
            try:
                if self.get("/healthz?database")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("it never became healthy")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
