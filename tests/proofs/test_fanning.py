"""Fanning out by statements for many brings each person what planning them one by one does."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.records import Platform
from bot.requests import anchoring, festivals, planning
from bot.store import cohorts, dues, occasions, opting, people, rhythms
from bot.store.dues import Due
from bot.store.occasions import State
from bot.store.opening import Store
from bot.store.tables import due, occasion
from scheduler.campaign import Campaign, Weekday
from scheduler.festival import Festival
from scheduler.reasons import Reason

NOW = datetime(2027, 2, 7, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = ("Europe/London", "America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Etc/GMT+12")
WHENS: tuple[tuple[dict[str, object], str | None], ...] = (
    ({"kind": "festival", "on": "1 week before it opens"}, "09:30"),
    ({"kind": "festival", "on": "1 day before it opens"}, "19:00"),
    ({"kind": "festival", "on": "2 hours after it opens"}, None),
    ({"kind": "festival_day"}, "08:30"),
    ({"kind": "session", "on": "10 minutes after it ends"}, None),
    ({"kind": "festival", "on": "2 days after it closes"}, "10:00"),
)
PEOPLE = 40
#: Three lots are drawn each time, and ten in the soak.
SEEDS = [*range(3), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(3, 10))]
AUDIENCES: tuple[dict[str, list[str]], ...] = (
    {},
    {"cohorts": ["Hosts", "Guests"]},
    {"platforms": ["slack"]},
)
NAMES = ("opens-7d", "festival day 1", "festival day 9", "session s1")


def festival(chance: Random) -> Festival:
    """One that opens about now."""
    opens = NOW.date() + chance.randint(-4, 9) * DAY
    sessions = [
        {
            "id": f"s{number}",
            "title": "A session",
            "starts": f"{opens + chance.randint(0, 2) * DAY} {chance.choice(('08:00', '12:30'))}",
            "status": chance.choice(("approved", "approved", "live", "cancelled", "postponed")),
        }
        for number in range(6)
    ]
    told = {"name": "spring", "title": "Spring", "opens": opens, "closes": opens + 2 * DAY}
    return Festival.model_validate(told | {"sessions": sessions})


def campaign(chance: Random) -> Campaign:
    steps = [
        {"id": f"step_{number}", "practice": "weekly", "when": when} | ({"at": at} if at else {})
        for number, (when, at) in enumerate(WHENS)
    ]
    told = {
        "name": "plan",
        "title": "A plan",
        "starts": date(2027, 1, 1),
        "festival": "spring",
        "working_days": list(Weekday),
        "audience": chance.choice(
            ({}, {"cohorts": ["Hosts", "Guests"]}, {"platforms": ["slack"]})
        ),
        "steps": steps,
    }
    return Campaign.model_validate(told)


def somebody(conn: Connection, store: Store, chance: Random, number: int) -> str:
    """Somebody with a rhythm and a past of their own."""
    joined_at = NOW - chance.choice((400 * DAY, 5 * DAY, timedelta(hours=1)))
    present = people.add(
        conn,
        store.keys,
        chance.choice((Platform.TELEGRAM, Platform.SLACK)),
        f"place {number}",
        language="en",
        zone=chance.choice(ZONES),
        now=joined_at,
    )
    who = present.participant.id
    people.change(conn, who, joined_at=joined_at)
    if (window := chance.choice((None, None, (600, 900), (1320, 120)))) is not None:
        people.change(conn, who, window=window)
    for cohort in chance.sample(("Hosts", "Guests", "Others"), chance.randint(0, 2)):
        code = cohorts.invite(conn, cohort, now=joined_at).code
        later = joined_at + chance.choice((timedelta(), 3 * DAY))
        cohorts.follow(conn, who, code, min(later, NOW - timedelta(hours=1)))
    if chance.random() < 0.1:
        opting.leave(conn, who, "plan", NOW)
    return who


def past(
    conn: Connection, chance: Random, under: planning.Running, since: datetime | None
) -> None:
    """What was planned, sent and ended before; with `since`, nothing was planned after that."""
    for person in rhythms.everyone(conn):
        for brought in planning.almanac_of(under).brings(person):
            for each in brought.planned:
                found = planning.occasion_of(_due(brought.step.id, person.id, each), brought.step)
                if chance.random() < 0.2 and occasions.claim(conn, found, NOW, each.at):
                    state = chance.choice((State.SENT, State.SKIPPED, State.EXPIRED))
                    reason = None if state is State.SENT else Reason.PAST
                    occasions.end(conn, found, state, now=NOW, reason=reason)
            if chance.random() < 0.4 and since is None:
                gone = Due(
                    campaign="plan",
                    step=brought.step.id,
                    participant=person.id,
                    name=chance.choice(
                        ("opens-7d", "festival day 1", "festival day 9", "session s1")
                    ),
                    planned_at=NOW + chance.choice((-30, 20, 60, 90)) * timedelta(hours=1),
                    at=NOW + 90 * DAY,
                )
                dues.put(conn, [gone])
            known = [each for each in brought.planned if since is None or each.at <= since]
            if chance.random() < 0.2 and known:
                dues.put(conn, [_due(brought.step.id, person.id, chance.choice(known))])


def _due(step: str, who: str, each: Any) -> Due:  # noqa: ANN401 - A planned occasion.
    at = max(each.at, NOW + timedelta(hours=2)) if each.at < NOW else each.at
    return Due(
        campaign="plan", step=step, participant=who, name=each.name, planned_at=each.at, at=at
    )


def rows(conn: Connection) -> tuple[list[Any], list[Any]]:
    kept = conn.execute(select(due).order_by(*due.primary_key.columns)).all()
    ended = conn.execute(select(occasion).order_by(*occasion.primary_key.columns)).all()
    return list(kept), list(ended)


@pytest.mark.parametrize("since", [None, NOW - 2 * DAY])
@pytest.mark.parametrize("seed", SEEDS)
def test_many_at_once_are_planned_as_each_by_themselves(
    store: Store, seed: int, since: datetime | None
) -> None:
    chance = Random(seed)

    def prepare(conn: Connection) -> list[str]:
        festivals.keep(conn, festival(chance), NOW)
        planning.start(conn, campaign(chance), NOW - 30 * DAY)
        ids = sorted(somebody(conn, store, chance, number) for number in range(PEOPLE))
        under = planning.running_named(conn, "plan")
        assert under is not None
        past(conn, chance, under, since)
        return ids

    ids = store.writer.submit(prepare).result()
    with store.engine.connect() as conn:
        under = planning.running_named(conn, "plan")
        assert under is not None
        almanac = planning.almanac_of(under)
        assert almanac.shared
        before = dues.prompts_of(conn, ids, "plan")
        anchoring.plan(conn, rhythms.held(conn, ids), almanac, before, NOW, since)
        one_by_one = rows(conn)
        conn.rollback()
        anchoring.plan_range(conn, almanac, ids[0], ids[-1], NOW, since)
        at_once = rows(conn)
        conn.rollback()
        untouched = rows(conn)
    for one, other in zip(at_once, one_by_one, strict=True):
        assert set(one) - set(other) == set()
        assert set(other) - set(one) == set()
    assert at_once != untouched
