"""`skerry` called within this process, in a folder of its own: much sooner than as a process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest
from typer.testing import CliRunner, Result

from bot.__main__ import app
from bot.store.opening import Store
from tests.commands.skerry import Skerry


@dataclass(frozen=True)
class Within:
    """Where it runs."""

    folder: Path

    @classmethod
    def of(cls, folder: Path, patch: pytest.MonkeyPatch) -> Self:
        """Go there, and set nothing."""
        for name in [name for name in os.environ if name.startswith("SKERRY_")]:
            patch.delenv(name)
        patch.chdir(folder)
        return cls(folder)

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, words)

    def does(self, *words: str) -> str:
        """Exit 0; what it printed."""
        done = self(*words)
        assert done.exit_code == 0, done.output
        return done.stdout

    def refuses(self, *words: str) -> str:
        """Exit 1 and one clear line, which is the answer."""
        done = self(*words)
        assert done.exit_code == 1, done.output
        assert isinstance(done.exception, SystemExit)
        (line,) = done.stderr.splitlines()
        return line

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The same databases, opened here."""
        with Skerry(self.folder).store() as store:
            yield store
