"""`skerry circles`: the circles there are, for staff; never who answered, nor anybody's words."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands.moving import Yes
from bot.commands.opening import New, Opened, opened, read_settings
from bot.commands.printing import table
from bot.commands.refusing import harmless, out, plainly, refuse, say_json
from bot.requests import rounds as going
from bot.store import circles, rounds
from bot.store.circles import Circle, State
from bot.store.rounds import State as Stands
from scheduler.calendar import zone
from scheduler.tick import now

app = typer.Typer(help="Circles: teams that check in together.", no_args_is_help=True)
_Name = Annotated[str, typer.Argument(help="The circle's id, from `skerry circles list`.")]
_Json = Annotated[bool, typer.Option("--json", help="One JSON object a line, for programs.")]
#: So many characters of an id are enough to name a circle.
_SHORT = 8


@app.command("list")
def list_(*, as_json: _Json = False) -> None:
    """Show every circle: its title, how many are in it, and when its next round opens."""
    with plainly(), opened(read_settings(), New.TOLD) as house:
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
    with plainly(), opened(read_settings(), New.TOLD) as house:
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
    with plainly(), opened(read_settings(), New.TOLD) as house:
        found = _one(house, circle)
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
    with plainly(), opened(read_settings(), New.TOLD) as house:
        found = _one(house, circle)
        house.store.writer.submit(
            lambda conn: circles.change(conn, found.id, rhythm="on_the_spot", next_at=None)
        ).result()
        out.print(f"{_called(found)} rests. An open round goes on to its close.")


@app.command()
def host(circle: _Name) -> None:
    """Let anybody in a circle take it on, where its host is gone."""
    with plainly(), opened(read_settings(), New.TOLD) as house:
        found = _one(house, circle)

        house.store.writer.submit(lambda conn: circles.without_host(conn, found.id)).result()
        out.print(
            f"{_called(found)} has no host now. Whoever in it writes circle, and sets it up, is."
        )


@app.command()
def remove(circle: _Name, *, yes: Yes = False) -> None:
    """Remove a circle with all that it holds; what was shown in its channel stays there."""
    with plainly(), opened(read_settings(), New.TOLD) as house:
        found = _one(house, circle)
        if not yes and not typer.confirm(f"Remove {_called(found)} and all that it holds?"):
            refuse("Nothing was removed.")
        keys = house.store.keys
        house.store.writer.submit(lambda conn: circles.remove(conn, keys, found.id)).result()
        out.print(f"{_called(found)} is removed.")


def _one(house: Opened, named: str) -> Circle:
    """The circle that is named by the beginning of its id."""
    with house.store.engine.connect() as conn:
        found = [
            each
            for each in circles.all_of(conn, house.store.keys)
            if named and each.id.startswith(named)
        ]
    if len(found) != 1:
        many = "Several circles begin" if found else "No circle begins"
        refuse(f"{many} with {named or 'nothing'}. See skerry circles list for their ids.")
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
