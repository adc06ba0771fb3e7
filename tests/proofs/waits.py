"""How long a program of the proofs waits where tests have less time."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Self

from bot.delivery.deliverer import Deliverer

#: Where a program says that it only waits for its word, by its number.
READY = "ready-{}"


@dataclass(frozen=True, kw_only=True)
class Waits:
    """What is shorter on every platform; in seconds."""

    #: How long a claim holds, and how long a send may take.
    lease: float = 5.0
    patience: float = 4.0

    def slowed(self, by: float) -> Self:
        """The same on a machine so much slower, which must not be what makes a send come again."""
        return replace(self, lease=self.lease * by, patience=self.patience * by)

    def written(self) -> str:
        return json.dumps(asdict(self))

    def put(self) -> None:
        """Make the program wait like this."""
        usual = Deliverer.__init__.__kwdefaults__ or {}
        usual["lease"] = timedelta(seconds=self.lease)
        usual["patience"] = timedelta(seconds=self.patience)


def is_ready() -> None:
    """Say so, in the folder where this program is."""
    Path(READY.format(os.getpid())).touch()
