"""`skerry campaigns move`: another date for a festival, and all that goes by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import typer

from bot.campaigns import programme
from bot.commands import notices
from bot.commands.chosen import day_of
from bot.commands.notices import Notice
from bot.commands.opening import Opened, opened, read_settings
from bot.commands.printing import persons, table
from bot.commands.refusing import err, out, plainly, refuse, say_json
from bot.commands.steering import plan_all
from bot.requests import festivals
from bot.requests.festivals import Change
from scheduler.festival import Festival, moved
from scheduler.tick import now

#: What asks nothing.
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def move(  # noqa: PLR0913 - What may be said of a move, each by its name.
    festival: Annotated[str, typer.Argument(help="The festival's name.")],
    opens: Annotated[str, typer.Option("--opens", help="Its new first day, as 2027-03-31.")],
    *,
    closes: Annotated[
        str | None,
        typer.Option("--closes", help="Its new last day; it lasts as long as before without."),
    ] = None,
    notice: Notice = "",
    yes: Yes = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Tell the difference alone, and change nothing.")
    ] = False,
) -> None:
    """Move a festival: show the difference, then plan anew what is not yet sent."""
    with plainly(), opened(read_settings()) as house:
        held = known(house, festival)
        last = day_of(closes) if closes else None
        try:
            new = moved(held, day_of(opens), last)
        except OverflowError:
            refuse(f"{opens} is too far away. Take a nearer date.")
        if as_json:
            sound(new)
            for change in differences(house, new, now()):
                say_json(_told(change))
            return
        change_to(house, held, new, notice=notice, yes=yes)


def known(house: Opened, name: str) -> Festival:
    """The festival of a name; refuses when there is none."""
    with house.store.engine.connect() as conn:
        found = festivals.get(conn, name)
    if found is None:
        refuse(f"There is no festival {name}. See them with: skerry festivals list")
    return found


def sound(new: Festival) -> None:
    """Refuse a festival that makes no sense."""
    for _, fault, mend in programme.check(new):
        refuse(f"{new.name}: {fault}. {mend}")


def differences(house: Opened, new: Festival, at: datetime) -> tuple[Change, ...]:
    """What another state of a festival would move."""
    with house.store.engine.connect() as conn:
        return festivals.changes(conn, new, at)


def change_to(
    house: Opened, held: Festival | None, new: Festival, *, notice: str = "", yes: bool = False
) -> None:
    """Keep another state of a festival: show what moves, ask, plan anew, tell if staff want."""
    sound(new)
    said = notices.written(notice)
    moving = differences(house, new, now())
    if moving:
        _print(moving)
    elif held == new:
        err.print("Nothing in it is other than before.")
    if held is not None and moving and not yes and not typer.confirm("Change it so?"):
        refuse("Nothing was changed.")
    at = now()  # The answer may have taken a while: what lay in between is past.
    names = house.store.writer.submit(lambda conn: festivals.keep(conn, new, at)).result()
    for name in names:
        reached = plan_all(house, name, at, moved=True)
        out.print(f"{name} is planned anew: {persons(reached, 'is', 'are')} in it.", markup=False)
    out.print(f"{new.title}: {_dates(new)}.", markup=False)
    if said:
        with house.store.engine.connect() as conn:
            running = [each.started for each in festivals.running(conn, new.name)]
        out.print(notices.sum_up(notices.told(house, said, running, at)))


def _dates(festival: Festival) -> str:
    """From when to when, as staff read it."""
    first, last = festival.first, festival.last
    return f"{first:%A} {first.day} {first:%B %Y} to {last:%A} {last.day} {last:%B %Y}"


def _print(moving: Sequence[Change]) -> None:
    """The difference, on the festival's own clock."""
    shown = table("Campaign", "Step", "Occasion", "Was", "Will be", "Sent already")
    for each in moving:
        will = _time(each.will) if each.will else "does not come"
        if each.past:
            will += ", which is past: not sent"
        shown.add_row(
            each.campaign,
            each.step,
            each.occasion,
            _time(each.was) if each.was else "new",
            will,
            str(each.sent or ""),
        )
    out.print(shown, soft_wrap=False)
    if any(each.sent for each in moving):
        out.print("What was sent already does not come again.")


def _time(wall: datetime) -> str:
    return f"{wall:%a %d %b %Y %H:%M}"


def _told(change: Change) -> dict[str, object]:
    return {
        "campaign": change.campaign,
        "step": change.step,
        "occasion": change.occasion,
        "was": change.was.isoformat() if change.was else None,
        "will": change.will.isoformat() if change.will else None,
        "past": change.past,
        "sent": change.sent,
    }
