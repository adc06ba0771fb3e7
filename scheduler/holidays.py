"""Public holidays by region, from the `holidays` package. Pure.

A region is a country's code, or a country's and a part's: `IE`, `GB-SCT`. The real day and its
substitute both count (CALENDAR 7).
"""

from __future__ import annotations

from datetime import date
from functools import cache, lru_cache

import holidays as package

#: Written where a region belongs, for no holidays at all.
NONE = "none"


@lru_cache(maxsize=1024)
def holidays_of(region: str, year: int) -> frozenset[date]:
    """The holidays of a region in a year; raises NotImplementedError for an unknown region."""
    country, _, part = region.partition("-")
    return frozenset(
        day
        for observed in (True, False)
        for day in package.country_holidays(
            country, subdiv=part or None, years=year, observed=observed
        )
        if day.year == year
    )


def is_holiday(region: str, day: date) -> bool:
    """Whether a day is a holiday in a region; never when the region is empty."""
    return bool(region) and day in holidays_of(region, day.year)


@cache
def regions() -> frozenset[str]:
    """Every region there is."""
    supported = package.list_supported_countries(include_aliases=False)
    return frozenset(supported) | {
        f"{country}-{part}" for country, parts in supported.items() for part in parts
    }
