"""The rows of the contract: one platform a line, and nothing else is needed for its tests."""

from __future__ import annotations

from tests.adapters import row_irc, row_slack, row_telegram, row_terminal
from tests.adapters.contract import Row

ROWS: tuple[Row, ...] = (row_terminal.ROW, row_telegram.ROW, row_slack.ROW, row_irc.ROW)
