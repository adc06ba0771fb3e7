"""A folder to run in, empty or with somebody's words in it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.records import Platform
from tests.commands.skerry import Skerry
from tests.journeys.playing import begin
from tests.journeys.someone import Someone

CANARY = "canary-9a3c"


@pytest.fixture
def skerry(tmp_path: Path) -> Skerry:
    """Nobody was here yet."""
    return Skerry(tmp_path)


@pytest.fixture
def begun(skerry: Skerry) -> Skerry:
    """Skerry ran here, and nobody wrote yet."""
    with skerry.store():
        return skerry


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One person on Telegram, who wrote a canary, made once."""
    seeded = Skerry(tmp_path_factory.mktemp("seed"))
    with seeded.store() as store:
        someone = begin(Someone(store, platform=Platform.TELEGRAM), "joined")
        house = someone.house()
        someone.asks(lambda conn: house.shelf.keep(conn, someone.now))
        for line in ("journal", "yes", CANARY, "done"):
            someone.says(line)
    return seeded.folder


@pytest.fixture
def lived_in(seed: Path, tmp_path: Path) -> Skerry:
    """A copy of the folder in which somebody wrote."""
    shutil.copytree(seed, tmp_path, dirs_exist_ok=True)
    return Skerry(tmp_path)
