"""Fixtures: each row of the contract, opened."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.contract import Row, Shore


@pytest.fixture
async def shore(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shore]:
    """The platform of a row, with its adapter."""
    row: Row = request.param
    async with row.opened(tmp_path) as made:
        yield made
