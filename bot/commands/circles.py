"""`skerry circles`: the circles there are, for staff; never who answered, nor anybody's words."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.moving import Yes
from bot.commands.opening import Opened, opened, read_settings
from bot.commands.printing import table
from bot.commands.refusing import harmless, out, plainly, refuse, say_json
from bot.requests import pairs
from bot.requests import rounds as going
from bot.store import circles, people, rounds
from bot.store.circles import Circle, State
from bot.store.rounds import State as Stands
from scheduler.calendar import instant, zone
from scheduler.tick import now

app = typer.Typer(help="Circles: teams that check in together.", no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help="The circle's id, from `skerry circles list`.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
#: So many characters of an id are enough to name a circle.
_SHORT = 8
#: How many host together.
_TWO = 2


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """Show every circle: its title, how many are in it, and when its next round opens."""
    with plainly(), opened(read_settings()) as house:
        with house.store.engine.connect() as conn:
            sizes = circles.sizes(conn)
            found = circles.all_of(conn, house.store.keys)
        if as_json:
            for each in found:
                say_json(_told(each, sizes.get(each.id, 0)))
            return
        if not found:
            out.print("No circles yet. Let Skerry into a channel or a group, and one begins.")
            return
        shown = table("circle", "title", "platform", "state", ">members", ">rounds", "next round")
        for each in found:
            shown.add_row(
                each.id[:_SHORT],
                harmless(each.title) or "-",
                each.platform,
                each.state,
                str(sizes.get(each.id, 0)),
                str(each.rounds),
                each.next_at.isoformat(" ", "minutes") if each.next_at else "-",
            )
        out.print(shown)


@app.command()
def show(circle: _Name, *, as_json: _Json = False) -> None:
    """Show how a circle is set up, and its rounds: how many voices, never whose."""
    with plainly(), opened(read_settings()) as house:
        found = _one(house, circle)
        with house.store.engine.connect() as conn:
            size = circles.sizes(conn).get(found.id, 0)
            held = rounds.of_circle(conn, house.store.keys, found.id)
            voices = {each.id: len(rounds.givers(conn, each.id)) for each in held}
        told = _told(found, size)
        told["round_list"] = [
            {
                "number": each.number,
                "practice": each.practice,
                "state": each.state,
                "opened": each.opened_at.isoformat(),
                "closes": each.closes_at.isoformat(),
                # While it is open, how many are in would tell the minute in which one came.
                "voices": None if each.state is Stands.OPEN else voices[each.id],
            }
            for each in held
        ]
        if as_json:
            say_json(told)
            return
        for name, value in told.items():
            if name != "round_list":
                out.print(f"{name.replace('_', ' ')}: {harmless(str(value)) or '-'}")
        shown = table(">round", "practice", "state", "opened", "closes", ">voices")
        for each in held:
            count = "-" if each.state is Stands.OPEN else str(voices[each.id])
            shown.add_row(
                str(each.number),
                each.practice,
                each.state,
                each.opened_at.isoformat(" ", "minutes"),
                each.closes_at.isoformat(" ", "minutes"),
                count,
            )
        out.print(shown)


@app.command("round")
def round_(circle: _Name) -> None:
    """Begin a round of a circle now, on the spot."""
    with plainly(), opened(read_settings()) as house:
        found = _one(house, circle)
        if found.is_pair:
            refuse(f"{_called(found)} is a pair, whose two rounds come by themselves.")
        if found.state is not State.ACTIVE:
            refuse(f"{_called(found)} is {found.state}: a round can begin only in an active one.")
        begun = house.store.writer.submit(
            lambda conn: going.begin_now(conn, house.house, found.id, now())
        ).result()
        until = begun.closes_at.astimezone(zone(found.zone))
        out.print(f"A round of {_called(found)} is open until {until:%A %d %B, %H:%M}.")


@app.command()
def rest(circle: _Name) -> None:
    """Let a circle rest: no round opens by itself until its host sets it up again."""
    with plainly(), opened(read_settings()) as house:
        found = _one(house, circle)
        house.store.writer.submit(
            lambda conn: circles.change(conn, found.id, rhythm="on_the_spot", next_at=None)
        ).result()
        out.print(f"{_called(found)} rests. An open round goes on to its close.")


@app.command()
def host(circle: _Name) -> None:
    """Let anybody in a circle take it on, where its host is gone."""
    with plainly(), opened(read_settings()) as house:
        found = _one(house, circle)

        house.store.writer.submit(lambda conn: circles.without_host(conn, found.id)).result()
        out.print(
            f"{_called(found)} has no host now. Whoever in it writes circle, and sets it up, is."
        )


@app.command()
def remove(circle: _Name, *, yes: Yes = False) -> None:
    """Remove a circle with all that it holds; what was shown in its channel stays there."""
    with plainly(), opened(read_settings()) as house:
        found = _one(house, circle)
        if not yes and not typer.confirm(f"Remove {_called(found)} and all that it holds?"):
            refuse("Nothing was removed.")
        keys = house.store.keys
        house.store.writer.submit(lambda conn: circles.remove(conn, keys, found.id)).result()
        out.print(f"{_called(found)} is removed.")


@app.command()
def pair(  # noqa: PLR0913 - Who hosts what, and when.
    first: Annotated[str, typer.Argument(help="Who hosts, an id from `skerry people list`.")],
    second: Annotated[str, typer.Argument(help="Who hosts with them, another id.")],
    *,
    names: Annotated[str, typer.Option("--names", help='What each is called: "Ada, Ben".')],
    starts: Annotated[str, typer.Option("--starts", help="When they host: 2027-02-08T10:00.")],
    ends: Annotated[str, typer.Option("--ends", help="Until when.")],
    title: Annotated[str, typer.Option("--title", help="What they host.")] = "",
) -> None:
    """Have two people who host together write before and after, and see each other's at once."""
    with plainly(), opened(read_settings()) as house:
        called = [each.strip() for each in names.split(",")]
        if len(called) != _TWO or not all(called) or first == second:
            refuse('Name two people and both their names: --names "Ada, Ben".')
        where = house.settings.time_zone
        begins, over = (_instant(text, where) for text in (starts, ends))
        if not now() < begins < over:
            refuse(f"From {starts} to {ends} is no time to come. Give a later one.")

        def plan(conn: Connection) -> None:
            found = [people.reached(conn, each) for each in sorted((first, second))]
            if any(each is None for each in found):
                refuse("Nobody has one of these ids. skerry people list --json shows them whole.")
            platform = next(each.address.platform for each in found if each is not None)
            pairs.plan(
                conn,
                house.house,
                dict(zip((first, second), called, strict=True)),
                platform,
                title=title or " and ".join(called),
                starts=begins,
                ends=over,
                now=now(),
            )

        house.store.writer.submit(plan).result()
        out.print("Both are asked a day before, and a quarter of an hour after it ends.")


def _instant(text: str, where: str) -> datetime:
    """The instant of a wall time; refuses what is none."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{text} is not a time. Write it as 2027-02-08T10:00.")
    return instant(wall.date(), wall.time(), zone(where))


def _one(house: Opened, named: str) -> Circle:
    """The circle that is named by the beginning of its id."""
    with house.store.engine.connect() as conn:
        found = [
            each for each in circles.all_of(conn, house.store.keys) if each.id.startswith(named)
        ]
    if len(found) != 1:
        many = "Several circles begin" if found else "No circle begins"
        refuse(f"{many} with {named}. See skerry circles list for their ids.")
    return found[0]


def _called(circle: Circle) -> str:
    return harmless(circle.title) or circle.id[:_SHORT]


def _told(circle: Circle, size: int) -> dict[str, object]:
    return {
        "circle": circle.id,
        "title": circle.title,
        "platform": circle.platform,
        "place": circle.place,
        "state": circle.state,
        "members": size,
        "rounds": circle.rounds,
        "rhythm": circle.rhythm,
        "zone": circle.zone,
        "open_for": circle.open_for,
        "named": circle.named,
        "next": circle.next_at.isoformat() if circle.next_at else None,
    }
