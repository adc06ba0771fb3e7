"""`skerry campaigns notice`: one message to everybody a campaign or festival is for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from bot.commands.opening import Opened, opened, read_settings
from bot.commands.printing import persons, table
from bot.commands.refusing import out, plainly, refuse, say_json
from bot.commands.steering import chunks, unknown
from bot.requests import festivals
from bot.requests import notices as saying
from bot.requests.planning import campaign_of
from bot.store import cohorts, occasions, rhythms
from bot.store import notices as kept
from bot.store.campaigns import Started
from scheduler.campaign import Audience, Campaign
from scheduler.course import meant_for
from scheduler.person import Person
from scheduler.tick import now

#: `--notice`, of the commands that change what people were told of.
Notice = Annotated[
    str,
    typer.Option("--notice", help="Words for those who have had something of it already."),
]


def notice(
    name: Annotated[str, typer.Argument(help="A campaign's name, a festival's or a cohort's.")],
    text: Annotated[str, typer.Argument(help="What to say, in quotation marks.")],
    *,
    urgent: Annotated[
        bool, typer.Option("--urgent", help="At once, whatever the hour; not to who paused.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Say one thing to everybody something is for, within their hours; Skerry sends it."""
    with plainly(), opened(read_settings()) as house:
        said = written(text)
        if not said:
            refuse("The message is empty. Write what to say, in quotation marks.")
        audience = _audience(house, name)
        reached = sum(_each(house, audience, lambda _conn, some: len(some)))
        how = "at once" if urgent else "within their hours"
        if not yes and not typer.confirm(f"Tell {persons(reached)}, {how}?"):
            refuse("Nobody was told.")
        made = saying.made(said, name, urgent=urgent, now=now())
        count = _tell(house, made, audience)
    out.print(sum_up(count))


def notices(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """List the messages that were said to many, by number: how many were told."""
    with plainly(), opened(read_settings()) as house, house.store.engine.connect() as conn:
        found = kept.all_of(conn)
    if as_json:
        for each in found:
            say_json(
                {
                    "name": each.name,
                    "made": each.made_at.isoformat(timespec="seconds"),
                    "urgent": each.urgent,
                    "told": each.told,
                    "waiting": each.waiting,
                    "skipped": each.skipped,
                }
            )
        return
    if not found:
        out.print("No message was said to many.")
        return
    shown = table("Notice", "Made", "Urgent", "Told", "To be told", "Not told")
    for each in found:
        counts = map(str, (each.told, each.waiting, each.skipped))
        made = f"{each.made_at:%Y-%m-%d %H:%M} UTC"
        shown.add_row(each.name, made, "yes" if each.urgent else "no", *counts)
    out.print(shown, soft_wrap=False)


def written(text: str) -> str:
    """The words of a message as they will be said; refuses what is too long."""
    said = "\n\n".join(part.strip() for part in text.split("\n\n") if part.strip())
    if len(said) > saying.LONGEST:
        refuse(f"The message has {len(said)} letters; {saying.LONGEST} is the most. Shorten it.")
    if any(not (letter.isprintable() or letter == "\n") for letter in said):
        refuse("The message has letters that cannot be shown. Write it in plain words.")
    return said


def told(house: Opened, said: str, found: Sequence[Started], at: datetime) -> int:
    """Tell those to whom something of these campaigns went out already; says how many."""
    names = [each.name for each in found]

    def had(conn: Connection, some: Sequence[str]) -> set[str]:
        sent = (occasions.sent_of(conn, name, some) for name in names)
        return {who for each in sent for (_, who), ended in each.items() if any(ended.values())}

    made = saying.made(said, " ".join(names), urgent=False, now=at)
    return _tell(house, made, [campaign_of(each) for each in found], had)


def sum_up(count: int) -> str:
    """What is to be known of a message that many are to be told."""
    if not count:
        return "Nobody is to be told: none had anything of it, or all were told today."
    return f"{persons(count, 'is', 'are')} told, while Skerry runs: see skerry campaigns notices"


def _audience(house: Opened, name: str) -> list[Campaign]:
    """Whom a name stands for, as campaigns that are for them."""
    with house.store.engine.connect() as conn:
        if found := festivals.steered(conn, name):
            return [campaign_of(each) for each in found]
        if name not in cohorts.sizes(conn):
            unknown(name)
        return [saying.ANY_DAY.model_copy(update={"audience": Audience(cohorts=(name,))})]


def _tell(
    house: Opened,
    made: kept.Notice,
    audience: Sequence[Campaign],
    had: Callable[[Connection, Sequence[str]], set[str]] | None = None,
) -> int:
    """Have it said, some people at a time; the same again goes on where it was cut short."""
    writer, keys = house.store.writer, house.store.keys
    writer.submit(lambda conn: kept.keep(conn, keys, made)).result()
    return sum(
        _each(house, audience, lambda conn, some: saying.address(conn, made, some, now()), had)
    )


def _each(
    house: Opened,
    audience: Sequence[Campaign],
    work: Callable[[Connection, Sequence[Person]], int],
    had: Callable[[Connection, Sequence[str]], set[str]] | None = None,
) -> Iterator[int]:
    """Do something for those whom any of these campaigns is for, some people at a time."""

    def some(chunk: Sequence[str]) -> Callable[[Connection], int]:
        def within(conn: Connection) -> int:
            among = had(conn, chunk) if had else set(chunk)
            found = [
                person
                for person in rhythms.held(conn, chunk)
                if person.id in among and any(meant_for(each, person) for each in audience)
            ]
            return work(conn, found) if found else 0

        return within

    for chunk in chunks(house):
        yield house.store.writer.submit(some(chunk)).result()
