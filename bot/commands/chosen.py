"""A campaign as somebody at the command line names it, with its first day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.campaigns.loader import FaultyCampaignError, NoSuchCampaignError, find
from bot.commands.refusing import refuse
from bot.engine.checks.findings import nearest
from bot.flows.practice import Library
from bot.requests import festivals
from bot.store import cohorts
from scheduler.calendar import zone
from scheduler.campaign import Campaign, started
from scheduler.festival import YEARS, Festival

#: `--festival` and `--starts`, which date a template.
Festival_ = Annotated[
    str | None, typer.Option("--festival", help="The festival it goes by, by its name.")
]
Starts = Annotated[str | None, typer.Option("--starts", help="Its first day, as 2027-01-31.")]


def chosen(which: str, practices: Library) -> Campaign:
    """The campaign of a name or of a file's path; refuses when it is not there or has faults."""
    try:
        return find(which, practices)
    except (NoSuchCampaignError, FaultyCampaignError) as wrong:
        refuse(str(wrong))


def begun(found: Campaign, usual: str, at: datetime) -> Campaign:
    """The campaign with its first day, which is today where its file leaves it open."""
    return started(found, at.astimezone(zone(found.zone or usual)).date())


def dated(found: Campaign, festival: str | None, starts: str | None) -> Campaign:
    """The campaign by a festival, or from a day, in place of what its file says."""
    changes: dict[str, object] = {}
    if festival is not None:
        if not found.anchored:
            refuse(f"No step of {found.name} goes by a festival. Leave --festival out.")
        changes["festival"] = festival
    if starts is not None:
        changes["starts"] = day_of(starts)
        near_year(day_of(starts).year, starts)
        if found.ends is not None and found.ends < day_of(starts):
            refuse(f"{found.name} ends on {found.ends}. Take an earlier day.")
    return found.model_copy(update=changes)


def near_year(year: int, text: str) -> None:
    """Refuse a year for which nobody plans: it is a slip."""
    if year not in YEARS:
        refuse(f"{text} lies in the year {year}. Look at the date.")


def day_of(text: str) -> date:
    """The date of a text; refuses what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        refuse(f"{text} is not a date. Write it as 2027-01-31.")


def going_by(conn: Connection, found: Campaign) -> Festival | None:
    """The festival a campaign goes by; refuses when there is none and it needs one."""
    if found.festival is None:
        if found.anchored:
            refuse(
                f"{found.name} goes by a festival. Say which: --festival NAME. "
                "See them with: skerry festivals list"
            )
        return None
    festival = festivals.get(conn, found.festival)
    if festival is None:
        refuse(
            f"There is no festival {found.festival}. Make it with: skerry festivals new "
            f"{found.festival} --opens DATE --closes DATE"
        )
    return festival


def known_cohorts(conn: Connection, found: Campaign) -> None:
    """Refuse a campaign for a cohort that nobody has made: a slip would reach nobody."""
    there = cohorts.sizes(conn)
    for name in found.audience.cohorts:
        if name not in there:
            near = nearest(name, there)
            hint = f"Did you mean {near}? Or make it" if near else "Make it"
            refuse(
                f"There is no cohort {name}, which {found.name} is for. {hint} with: "
                f'skerry people invite "{name}"'
            )
