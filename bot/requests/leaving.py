"""Leaving: the campaigns that come to a person, those they left, and the way back.

The list is numbered in the order in which campaigns were started, so a number holds while the
list stands in the chat, unless staff end a campaign meanwhile; so what was left is named.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.records import Outbound, Paragraph, Quote
from bot.requests import planning
from bot.requests.desk import Desk
from bot.requests.planning import Running
from bot.store import dues, opting, rhythms
from bot.store.dues import Kind
from bot.store.occasions import State
from scheduler.calendar import zone
from scheduler.course import meant_for
from scheduler.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """A campaign that is for somebody, and whether they left it."""

    running: Running
    left: bool

    @property
    def name(self) -> str:
        """Its name."""
        return self.running.started.name

    @property
    def title(self) -> str:
        """What people call it."""
        return self.running.started.title


def of(desk: Desk) -> tuple[Mine, ...]:
    """The campaigns that run and are for whoever is at the desk, those they left among them."""
    person = rhythms.of(desk.conn, desk.participant.id)
    if person is None:
        return ()
    stays = replace(person, left=frozenset())
    today = desk.now.astimezone(zone(person.zone)).date()
    return tuple(
        Mine(running=each, left=each.started.name in person.left)
        for each in planning.running(desk.conn)
        if meant_for(each.campaign, stays)
        and (each.campaign.last_day is None or each.campaign.last_day >= today)
    )


def tell(desk: Desk) -> None:
    """Say what comes to them, by numbers, and how to leave or to come back."""
    desk.send(Outbound(paragraphs=_list(desk)))


def leave(desk: Desk, number: str) -> None:
    """Nothing more of one campaign comes to them; without a number that is there, say which."""
    chosen = _chosen(desk, number)
    if chosen is None:
        return
    _leave(desk, chosen)
    desk.remark("campaign_is_left", title=chosen.title, number=number)


def come_back(desk: Desk, number: str) -> None:
    """A campaign comes to them again; without a number that is there, say which."""
    chosen = _chosen(desk, number)
    if chosen is None:
        return
    _come_back(desk, chosen)
    desk.remark("campaign_is_back", title=chosen.title)


def choose(desk: Desk, shown: Collection[Mine], wanted: Collection[str]) -> None:
    """Of the campaigns that were shown, those that are wanted come to them, and the rest not."""
    for each in shown:
        if each.left and each.name in wanted:
            _come_back(desk, each)
        elif not each.left and each.name not in wanted:
            _leave(desk, each)


def _leave(desk: Desk, chosen: Mine) -> None:
    """What has come due and not gone out ends because they left, not because time went by."""
    me = desk.participant.id
    theirs = [each for each in dues.of_participant(desk.conn, me) if each.campaign == chosen.name]
    for due in theirs:
        step = chosen.running.campaign.step(due.step)
        if step is not None and due.kind is Kind.PROMPT and due.planned_at <= desk.now:
            planning.end(desk.conn, due, step, State.SKIPPED, Reason.LEFT, desk.now)
    opting.leave(desk.conn, me, chosen.name, desk.now)
    _plan(desk, chosen)


def _come_back(desk: Desk, chosen: Mine) -> None:
    opting.come_back(desk.conn, desk.participant.id, chosen.name)
    _plan(desk, chosen)


def _plan(desk: Desk, chosen: Mine) -> None:
    """Plan this campaign anew and no other, so that what was put off in another still comes."""
    person = rhythms.of(desk.conn, desk.participant.id)
    if person is not None:
        planning.plan(desk.conn, [person], [chosen.running], desk.now)


def _chosen(desk: Desk, number: str) -> Mine | None:
    """The campaign of that number; None when there is none, which is said with the list."""
    mine = of(desk)
    if number.isdecimal() and 1 <= int(number) <= len(mine):
        return mine[int(number) - 1]
    before = desk.words("campaign_no_number") if number and mine else ()
    desk.send(Outbound(paragraphs=(*before, *_list(desk))))
    return None


def _list(desk: Desk) -> tuple[Paragraph | Quote, ...]:
    mine = of(desk)
    if not mine:
        return desk.words("campaigns_none")
    coming = [number for number, each in enumerate(mine, 1) if not each.left]
    left = [number for number, each in enumerate(mine, 1) if each.left]
    said = [*desk.words("campaigns_intro" if coming else "campaigns_left_intro")]
    for number, each in enumerate(mine, 1):
        block = "campaign_left" if each.left else "campaign_coming"
        said += desk.words(block, number=str(number), title=each.title)
    if coming:
        said += desk.words("campaigns_leave", number=str(coming[0]))
    if left:
        said += desk.words("campaigns_return", number=str(left[0]))
    return tuple(said)
