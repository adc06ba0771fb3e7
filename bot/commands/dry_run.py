"""`skerry campaigns plan`: the dry run; for people in tables, for programs line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.progress import track
from rich.text import Text

from bot.commands import outlooks, plan_diary, printing, roster
from bot.commands.chosen import Festival_, Starts, begun, chosen, dated, going_by, near_year
from bot.commands.files import has_folder, write_bytes
from bot.commands.opening import library, opened, read_settings
from bot.commands.refusing import err, out, plainly, refuse, say_json
from bot.diaries.writing import calendar
from bot.flows.practice import Library
from bot.requests import planning
from bot.store import rhythms
from scheduler.calendar import instant, zone
from scheduler.campaign import Campaign
from scheduler.festival import Festival
from scheduler.outlook import outlook
from scheduler.person import Person
from scheduler.tick import now
from scheduler.upcoming import Line, Plans

#: How far a dry run looks when the campaign has no end.
AHEAD = timedelta(weeks=4)
#: How far past a festival it looks, for one that goes by it.
AFTER = timedelta(weeks=13)
#: With `--each`, a longer dry run is told in sums; each line is there with `--json`.
MOST_LINES = 400
#: What stands for our address in a diary, where no setting names one.
_HOST = "skerry"
_COLOURS = {"planned": "green", "deferred": "yellow", "skipped": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _DryRun:
    """What is looked at: a campaign, what runs beside it, and from when on."""

    campaign: Campaign
    beside: tuple[Campaign, ...]
    #: What each of them goes by, by the campaign's name.
    festivals: Mapping[str, Festival | None]
    now: datetime
    practices: Library
    #: How many prompts a person should get in a week at most.
    maximum: int
    #: Whether the people are made up.
    made_up: bool
    #: Whether the calendar is told by day, however long it is.
    by_day: bool
    #: The deployment's zone, and where it is reached.
    zone: str
    host: str

    def among(self, running: Iterable[planning.Running]) -> _DryRun:
        """The same while other campaigns run; one that staff paused brings nothing."""
        named = {self.campaign.name, *(each.name for each in self.beside)}
        more = [each for each in running if not each.frozen and each.campaign.name not in named]
        festivals = {each.campaign.name: each.festival for each in more}
        others = (each.campaign for each in more)
        return replace(
            self, beside=(*self.beside, *others), festivals={**self.festivals, **festivals}
        )

    @property
    def until(self) -> datetime:
        """How far it looks: two days past the end, so that it is the end on every clock."""
        last = self.campaign.last_day
        if last is not None:
            return instant(last, time(), zone("UTC")) + timedelta(days=2)
        first = self.campaign.starts or self.now.date()
        ahead = max(self.now, instant(first, time(), zone("UTC"))) + AHEAD
        festival = self.festivals.get(self.campaign.name)
        return max(ahead, festival.closes_at + AFTER) if festival else ahead

    def plans(self, campaign: Campaign) -> Plans:
        """What one of them brings in that time."""
        festival = self.festivals.get(campaign.name)
        return Plans(campaign, now=self.now, until=self.until, festival=festival)

    def lines(self, people: Iterable[Person]) -> Iterator[Line]:
        """Each prompt of each person."""
        return self.plans(self.campaign).lines(people)

    @property
    def as_if_written(self) -> _DryRun:
        """The same as if every practice were there: staff plan around what is being written."""
        return replace(self, campaign=_written(self.campaign))

    def told(self, people: Iterable[Person]) -> outlooks.Told:
        """Its outlook, with the words for it."""
        plans, *beside = map(self.plans, (self.campaign, *self.beside))
        return outlooks.Told(
            campaign=self.campaign,
            outlook=outlook(plans, people, beside=beside, maximum=self.maximum),
            first=max(self.now.date(), self.campaign.starts or date.min),
            last=self.campaign.last_day or self.until.date(),
            beside=self.beside,
            maximum=self.maximum,
            practices={name: flow.title for name, flow in self.practices.flows.items()},
            made_up=self.made_up,
            by_day=self.by_day,
        )


def plan(  # noqa: PLR0913 - Each by its name.
    campaign: Annotated[str, typer.Argument(help="A campaign's name, or the path of its file.")],
    *,
    people_: Annotated[
        Path | None,
        typer.Option("--people", help="A CSV of people; those who take part when left out."),
    ] = None,
    now_: Annotated[
        str | None, typer.Option("--now", help="As if it were this instant: 2027-01-31T09:00Z.")
    ] = None,
    beside: Annotated[
        list[str] | None,
        typer.Option(help="Another campaign, as if it ran as well; may be given again."),
    ] = None,
    festival: Festival_ = None,
    starts: Starts = None,
    most: Annotated[
        int | None,
        typer.Option("--max", min=1, max=100, help="Warn above so many prompts in a week."),
    ] = None,
    by_day: Annotated[
        bool, typer.Option("--by-day", help="The calendar by day, however long it is.")
    ] = False,
    each: Annotated[bool, typer.Option("--each", help="Each prompt of each person.")] = False,
    ics: Annotated[
        Path | None, typer.Option(help="Write it into this file, which diaries can read.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for programs.")
    ] = False,
) -> None:
    """Dry run: what would come when, to how many, how much, and why not. Sends nothing."""
    if each + as_json + bool(ics) > 1:
        refuse("It is told in one way at a time. Choose one of --each, --json and --ics.")
    at = _instant(now_) if now_ else now()
    tell: Callable[[_DryRun, Iterable[Person]], None] = _print_outlook
    if each or as_json:
        tell = _say_each if as_json else _print_each
    elif ics is not None:
        has_folder(ics)
        tell = partial(_write, ics)
    with plainly():
        settings = read_settings()
        practices = library(settings)
        found, *others = (
            _written(begun(each, settings.time_zone, at), practices.practices)
            for each in (
                dated(chosen(campaign, practices), festival, starts),
                *(chosen(which, practices) for which in beside or ()),
            )
        )
        dry_run = _DryRun(
            campaign=found,
            beside=tuple(each for each in others if each.name != found.name),
            festivals={},
            now=at,
            practices=practices,
            maximum=most or found.weekly_maximum,
            made_up=people_ is not None,
            by_day=by_day,
            zone=settings.time_zone,
            host=urlsplit(settings.public_url).hostname or _HOST,
        )
        people = roster.read(people_) if people_ else None
        if people is not None and not any(each.anchored for each in (found, *others)):
            tell(dry_run, people)
            return
        with opened(settings) as house, house.store.engine.connect() as conn:
            named = {each.name: going_by(conn, each) for each in (found, *others)}
            dry_run = replace(dry_run, festivals=named)
            if people is not None:
                tell(dry_run, people)
            else:
                tell(dry_run.among(planning.running(conn)), rhythms.everyone(conn))


def _written(campaign: Campaign, there: Collection[str] | None = None) -> Campaign:
    """The campaign as if no step waited for one of these practices, or for any."""
    steps = tuple(
        step.model_copy(update={"awaited": step.awaited and step.practice not in there})
        if there is not None
        else step.model_copy(update={"awaited": False})
        for step in campaign.steps
    )
    return campaign.model_copy(update={"steps": steps})


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{text} is not an instant. Write it as 2027-01-31T09:00Z.")
    near_year(at.year, text)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _say_each(dry_run: _DryRun, people: Iterable[Person]) -> None:
    """Each prompt as one line of JSON."""
    for line in dry_run.lines(people):
        say_json(_told(line))


def _print_outlook(dry_run: _DryRun, people: Iterable[Person]) -> None:
    """In counts, for whoever plans a campaign."""
    awaited = tuple(step.id for step in dry_run.campaign.steps if step.awaited)
    planned = track(people, "Planning", console=err, transient=True, disable=not err.is_terminal)
    outlooks.tell(dry_run.as_if_written.told(planned), awaited)


def _write(file: Path, dry_run: _DryRun, people: Iterable[Person]) -> None:
    """As a calendar, into a file."""
    campaign, lines = dry_run.campaign, dry_run.as_if_written.lines(people)
    planned = track(lines, "Planning", console=err, transient=True, disable=not err.is_terminal)
    found = list(plan_diary.entries(campaign, planned, dry_run.practices, dry_run.zone))
    body = calendar(campaign.name, campaign.title, found, now=dry_run.now, host=dry_run.host)
    write_bytes(file, body)
    out.print(f"{file} has {printing.many(len(found), 'entry', 'entries')}.", markup=False)


def _print_each(dry_run: _DryRun, people: Iterable[Person]) -> None:
    """Each prompt as a row, or in sums when there are many."""
    shown: list[Line] = []
    sums: Counter[tuple[str, str, str, str]] = Counter()
    for line in track(
        dry_run.lines(people), "Planning", console=err, transient=True, disable=not err.is_terminal
    ):
        if len(shown) < MOST_LINES:
            shown.append(line)
        sums[line.step, line.occasion, line.state, str(line.reason or "")] += 1
    if not sums:
        out.print("Nobody would get anything.")
    elif sums.total() > MOST_LINES:
        _print_sums(sums)
    else:
        _print_lines(shown)


def _print_lines(lines: Sequence[Line]) -> None:
    names = ("Participant", "Step", "Occasion", "Local", "UTC", "State", "Reason")
    table = printing.table(*names)
    for line in lines:
        state = Text(line.state, style=_COLOURS[line.state])
        local, utc = line.local.strftime("%a %d %b %H:%M"), line.utc.strftime("%d %b %H:%M")
        table.add_row(
            line.participant, line.step, line.occasion, local, utc, state, line.reason or ""
        )
    out.print(table)


def _print_sums(sums: Counter[tuple[str, str, str, str]]) -> None:
    table = printing.table("Step", "Occasion", "State", "Reason", ">People")
    for (step, occasion, state, reason), count in sums.items():
        table.add_row(step, occasion, Text(state, style=_COLOURS[state]), reason, str(count))
    out.print(table)
    out.print(f"{printing.many(sums.total(), 'prompt')}. Each of them is told with --json.")


def _told(line: Line) -> dict[str, object]:
    return {
        "participant": line.participant,
        "step": line.step,
        "occasion": line.occasion,
        "local": line.local.isoformat(),
        "utc": line.utc.isoformat(),
        "state": line.state,
        "reason": str(line.reason) if line.reason else None,
    }
