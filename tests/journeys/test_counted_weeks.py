"""In which week an answer is counted: in that of its prompt, however late it is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from bot.measures.release import Release
from bot.requests import counting
from bot.store import counts, releases
from bot.store.counted import open_count
from bot.store.opening import Store
from tests.journeys.conftest import on_both
from tests.journeys.playing import begin
from tests.journeys.someone import MORNING, Ids, Someone, measures, texts

pytestmark = on_both

FRIDAY = datetime(2026, 11, 6, 15, 0, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(days=3)
WEEK = timedelta(days=7)
BEFORE = "has you in it already"
OVER = "is not being counted any more"


class Team:
    """Five people who join on one day, and the nights between what they do."""

    def __init__(self, store: Store, ids: Ids) -> None:
        self.store = store
        self.night = MORNING.replace(hour=3)
        self.people = [
            begin(Someone(store, place=f"p{number}", ids=ids), "joined") for number in range(5)
        ]

    def comes_to(self, now: datetime) -> None:
        """Time goes by, night for night."""
        while self.night + timedelta(days=1) <= now:
            self.night += timedelta(days=1)
            counting.nightly(self.store, measures(), self.night)
        for one in self.people:
            one.now = now

    def asked(self, now: datetime) -> None:
        """All are sent the weekly check-in."""
        self.comes_to(now)
        for one in self.people:
            one.is_due("weekly", f"{now:%d %b}")

    def answers(self, now: datetime) -> set[str]:
        """All answer, and agree to have it counted; what was said of that."""
        self.comes_to(now)
        found = set()
        for one in self.people:
            for line in ("2", "the short version", "Rain.", "done", "Again.", "done", "1"):
                one.says(line)
            said = "\n".join(texts(one.says("done")))
            found |= {each for each in (BEFORE, OVER) if each in said}
        return found

    @property
    def told(self) -> list[Release]:
        """What was told of their energy."""

        def work(conn: Connection) -> list[Release]:
            return list(releases.all_of(conn, "weekly_energy", None))

        return self.store.writer.submit(work).result()


def test_a_late_answer_is_counted_in_its_prompts_week_and_costs_no_other(
    store: Store, ids: Ids
) -> None:
    team = Team(store, ids)
    for week, late in enumerate((True, True, False, True)):
        team.asked(FRIDAY + week * WEEK)
        when = MONDAY if late else FRIDAY + timedelta(hours=1)
        assert team.answers(when + week * WEEK) == set()
    team.comes_to(MONDAY + 4 * WEEK)
    assert len(team.told) == 4


def test_whoever_is_asked_on_a_monday_is_not_counted_with_the_week_before(
    store: Store, ids: Ids
) -> None:
    team = Team(store, ids)
    for week in range(3):
        team.asked(MONDAY + week * WEEK)
        assert team.answers(MONDAY + week * WEEK + timedelta(hours=1)) == set()
    team.comes_to(MONDAY + 4 * WEEK)
    assert len(team.told) == 3


def test_an_answer_after_its_weeks_count_has_closed_is_in_no_count(store: Store, ids: Ids) -> None:
    team = Team(store, ids)
    team.asked(FRIDAY)
    assert team.answers(FRIDAY + timedelta(days=6)) == {OVER}
    team.asked(FRIDAY + WEEK)
    assert team.answers(FRIDAY + WEEK) == set()
    team.comes_to(FRIDAY + 2 * WEEK)
    assert len(team.told) == 1


def test_what_was_held_for_too_few_takes_whoever_is_asked_next(store: Store, ids: Ids) -> None:
    team = Team(store, ids)
    everybody = team.people
    team.people = everybody[:4]
    team.asked(FRIDAY)
    assert team.answers(MONDAY) == set()
    team.people = everybody[4:]
    team.asked(FRIDAY + WEEK)
    assert team.answers(FRIDAY + WEEK) == set()
    team.comes_to(FRIDAY + 2 * WEEK)
    assert len(team.told) == 1
    left = select(open_count.c.id).where(open_count.c.measure == "weekly_energy")
    assert store.writer.submit(lambda conn: conn.execute(left).all()).result() == []
    assert counts.PATIENCE > 2 * WEEK
