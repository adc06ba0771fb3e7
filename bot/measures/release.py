"""A release: what is told of a count once it is closed, and never changes after that.

Numbers here are already rounded by `rules`; nothing in a release is an exact count.
"""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict

from bot.measures.measure import Measure


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Amount(_Model):
    """About how many: from `low` to `high`, or about `low` where both are the same."""

    low: int
    high: int


class Share(_Model):
    """How large a part answered favourably: to the nearest tenth, or no more than most or few."""

    #: In hundredths, from 20 to 80; None when it is `most` or `few`.
    percent: int | None = None
    most: bool = False
    few: bool = False


class Part(_Model):
    """What one item of a measure came to."""

    #: The item's name; the measure's own when it has no items.
    name: str
    answered: Amount
    #: None for a measure with nothing favourable in it.
    favourable: Share | None = None
    #: About how many chose each number, for ten people or more; empty for fewer.
    counts: tuple[tuple[int, int], ...] = ()
    #: The number that most chose, in place of `counts` where nearly all chose the same.
    most: int | None = None


class Told(_Model):
    """What one group of people came to."""

    #: The cohorts or sessions that were counted together here, by their titles.
    groups: tuple[str, ...]
    invited: Amount
    opened: Amount
    answered: Amount
    contributed: Amount
    parts: tuple[Part, ...]


class Release(_Model):
    """What is told of one count."""

    id: str
    #: The measure as it stood when the count was opened, its floor raised if it was since.
    measure: Measure
    #: The first and the last day of the count.
    since: date
    until: date
    told: tuple[Told, ...]
