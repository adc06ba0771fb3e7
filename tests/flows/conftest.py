"""A folder for practices from outside."""

from pathlib import Path

import pytest

from tests.flows.shelf import Shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty folder of practices."""
    folder = tmp_path / "practices"
    folder.mkdir()
    return Shelf(folder)
