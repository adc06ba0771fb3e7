"""A night at the ballot box in a process that may be killed; it tells what it tallied.

usage: python -m tests.proofs.counting_program ORDERS
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.measures.measure import Measure
from bot.measures.rules import Before, Cell, Outcome, outcome
from bot.requests import counting
from bot.store import dropping
from bot.store.opening import open_store

#: Small pieces, so that a night has many moments.
PIECE = 5


@dataclass(frozen=True, kw_only=True)
class Orders:
    """What a night is told."""

    words: str
    keys: str
    master: str
    now: str
    #: Where it appends what it tallied.
    tallies: str

    def write(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)))


def main() -> None:
    orders = Orders(**json.loads(Path(sys.argv[1]).read_text()))
    tallies = Path(orders.tallies)

    def told(measure: Measure, cells: Sequence[Cell], before: Sequence[Before]) -> Outcome:
        for cell in cells:
            said = Counter(ballot[0][0] for ballot in cell.ballots)
            line = {"measure": measure.name, "cell": cell.name, "said": sorted(said.items())}
            with tallies.open("a") as file:
                file.write(json.dumps(line) + "\n")
        return outcome(measure, cells, before)

    vars(counting)["outcome"] = told
    vars(dropping)["MOST"] = PIECE
    store = open_store(orders.words, orders.keys, lambda _: [bytes.fromhex(orders.master)])
    store.writer.start()
    print("ready", flush=True)  # noqa: T201 - For whoever waits to kill it.
    night = counting.nightly(store, {}, datetime.fromisoformat(orders.now))
    counting.Sweeper(timedelta()).sweep(store, datetime.fromisoformat(orders.now))
    print("busy" if night is None else "done", flush=True)  # noqa: T201
    store.close()


if __name__ == "__main__":
    main()
