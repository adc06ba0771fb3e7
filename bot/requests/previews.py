"""Previews: a campaign's messages played in one chat, so that staff see them before anybody does.

Of each step the first message is said, as it would come; nothing is begun, and nothing is kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from bot.prompts.dates import Clock, hour
from bot.records import Outbound, Paragraph, Quote
from bot.rehearsal import BOT, RanOutError, Rehearsal
from bot.requests.desk import Desk
from bot.store import previews
from scheduler.calendar import zone
from scheduler.campaign import Campaign, Random, Step
from scheduler.course import course
from scheduler.festival import Festival
from scheduler.person import Person
from scheduler.plan import occasions

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class _Body(BaseModel):
    """What is kept under a code."""

    model_config = ConfigDict(frozen=True)

    campaign: Campaign
    festival: Festival | None = None


@dataclass(frozen=True, slots=True)
class _Coming:
    step: Step
    #: The first time; None when it never comes.
    at: datetime | None


def make(conn: Connection, campaign: Campaign, festival: Festival | None, now: datetime) -> str:
    """A code: whoever follows it within an hour sees the campaign's messages."""
    body = _Body(campaign=campaign, festival=festival)
    return previews.make(conn, body.model_dump_json(), now)


def follow(desk: Desk, code: str) -> bool:
    """Play the campaign of a code; False when it is no preview's."""
    held = previews.get(desk.conn, code, desk.now)
    if held is None:
        return False
    body = _Body.model_validate_json(held)
    steps = sorted(_steps(desk, body), key=lambda each: (each.at is None, each.at, each.step.id))
    count = str(len(steps))
    desk.remark("preview_begins", title=body.campaign.title, count=count)
    for number, coming in enumerate(steps, 1):
        _say(desk, coming, str(number), count)
    desk.remark("preview_over", title=body.campaign.title)
    return True


def _steps(desk: Desk, body: _Body) -> Iterator[_Coming]:
    """Each step with its first time on this person's clock, their own choices aside."""
    somebody = Person(id="", zone=desk.participant.zone, joined_at=_LONG_AGO)
    for step in body.campaign.steps:
        under = course(body.campaign, step, somebody, body.festival)
        first = next(occasions(under, after=_LONG_AGO), None)
        yield _Coming(step, first.at if first else None)


def _say(desk: Desk, coming: _Coming, number: str, count: str) -> None:
    practice = coming.step.practice
    there = desk.house.shelf.has(practice)
    desk.send(
        Outbound(
            paragraphs=(
                *desk.words(
                    "preview_step" if there else "preview_awaited",
                    number=number,
                    count=count,
                    practice=desk.title(practice),
                    when=_when(desk, coming),
                ),
                *(_opening(desk, practice) if there else ()),
            )
        )
    )


def _when(desk: Desk, coming: _Coming) -> str:
    if coming.at is None:
        return desk.text("preview_never")
    if isinstance(coming.step.when, Random):
        return desk.text("preview_random")
    where, language = zone(desk.participant.zone), desk.participant.language
    local = coming.at.astimezone(where)
    day = Clock(desk.now, where, language).when(coming.at)
    return desk.text("preview_when", day=day, hour=hour(local.hour * 60 + local.minute, language))


def _opening(desk: Desk, practice: str) -> Iterator[Paragraph | Quote]:
    """What a practice says until it waits for an answer, with what can be chosen."""
    shelf = desk.house.shelf
    compiled = shelf.pinned(desk.conn, shelf.current(practice))
    rehearsal = Rehearsal(
        compiled=compiled, now=desk.now, language=shelf.language(desk.participant.language)
    )
    with suppress(RanOutError):
        for line in rehearsal.play(()):
            if line.by == BOT:
                yield from line.paragraphs
                if line.options:
                    labels = (f"\N{BULLET} {option.label}" for option in line.options)
                    yield Paragraph(text="\n".join(labels))
                if line.aside:
                    yield Paragraph(text=line.aside)
