"""A folder for campaigns from outside."""

from pathlib import Path

import pytest

from tests.campaigns.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty folder of campaigns."""
    folder = tmp_path / "campaigns"
    folder.mkdir()
    return Desk(folder)
