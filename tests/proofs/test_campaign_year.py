"""A year of campaigns by a virtual clock, in which everything goes wrong, breaks no rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from sqlalchemy import Connection

from bot import prompting, turns
from bot.requests import anchoring, planning
from bot.store import campaigns
from bot.store.dues import Due
from bot.store.opening import Store
from scheduler import anchors
from scheduler import verdict as judging
from scheduler.course import Course, Planned
from scheduler.verdict import Beside, Case, Go, Verdict
from scheduler.windows import Opening
from tests.proofs.virtual_year import Year
from tests.proofs.voyage import tell
from tests.proofs.year_rules import Findings, figures, judge

Breaks = Callable[[pytest.MonkeyPatch], None]
SQLITE = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a festival brings is worked out anew: what is broken here must not stay so."""
    planning._almanac.cache_clear()
    yield
    planning._almanac.cache_clear()


def prove(year: Year, capsys: pytest.CaptureFixture[str]) -> Findings:
    """Let the year go by, hold it against the rules and tell how it went."""
    year.live()
    findings = judge(year)
    tell(capsys, f"a year of campaigns ({year.store.engine.dialect.name}): {figures(findings)}")
    assert not findings.breaches, (findings.broken, findings.breaches[:4])
    return findings


@SQLITE
def test_a_year_with_crashes_outages_and_changes_of_mind_breaks_no_rule(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = prove(Year(store, tmp_path, size=8, seed=1), capsys)
    assert min(findings.held.values()) > 0
    assert len(findings.held) >= 40


@pytest.mark.parametrize("urls", ["postgresql"], indirect=True)
def test_two_months_of_it_break_no_rule_on_postgresql_either(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(Year(store, tmp_path, size=6, months=2, seed=3, trouble=2), capsys)


@pytest.mark.soak
@SQLITE
def test_a_year_of_twenty_people_breaks_no_rule_either(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(Year(store, tmp_path, size=20, seed=1), capsys)


@pytest.mark.soak
@SQLITE
def test_a_year_of_five_hundred_people_in_twelve_zones_breaks_no_rule(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(Year(store, tmp_path, size=500, seed=3), capsys)


@pytest.mark.soak
def test_a_year_in_which_all_goes_wrong_three_times_as_often_breaks_no_rule(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(Year(store, tmp_path, size=36, seed=4, trouble=3), capsys)


# Each of these breaks the program on purpose; the year must notice.


def _always_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Opening, "closed", lambda _self, _at: None)


def _never_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Course, "away", lambda _self, _at: None)
    patch.setattr(turns, "_why_not", lambda _present, _now: "")


def _never_frozen(patch: pytest.MonkeyPatch) -> None:
    def judged(case: Case, now: datetime) -> Verdict:
        return judging.verdict(replace(case, frozen=False), now)

    patch.setattr(prompting, "verdict", judged)


def _alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prompting, "_beside", lambda *_: Beside())


def _as_late_as_you_like(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "_too_late", lambda _case, _at: None)


def _the_next_in_a_day(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prompting, "_next_window", lambda _under, following: following)


def _no_reason(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "end", lambda *_: None)


def _cancelled_without_a_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "cancel", lambda conn, name, _now: campaigns.clear(conn, name))


def _nothing_is_past(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "_moved", lambda _c, _u, _k, _o, coming, _n: coming)


def _a_day_is_24_hours(patch: pytest.MonkeyPatch) -> None:
    following = planning.following

    def later(conn: Connection, under: Course, after: datetime, now: datetime) -> Due | None:
        found = following(conn, under, after, now)
        if found is None or under.minute is None:
            return found
        week = after + timedelta(days=7)
        far = abs(found.planned_at - week) == timedelta(hours=1)
        return replace(found, planned_at=week, at=week) if far else found

    patch.setattr(planning, "following", later)


def _reminds_whoever_answered(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("bot.engine.conversation.Conversation.begun", False)


def _at_once_after_an_outage(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prompting, "verdict", lambda _case, _now: Go())


def _moves_nobody(patch: pytest.MonkeyPatch) -> None:
    fan = planning.fan

    def rolls(
        conn: Connection, name: str, ids: list[str], now: datetime, since: datetime | None = None
    ) -> None:
        if since is not None:
            fan(conn, name, ids, now, since)

    patch.setattr(planning, "fan", rolls)
    patch.setattr(planning, "stands", lambda _under, _due: True)


def _nothing_comes_near(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "fan", lambda *_: None)


def _moved_is_new(patch: pytest.MonkeyPatch) -> None:
    bring = anchors.anchored

    def dated(course: Course) -> tuple[Planned, ...]:
        return tuple(replace(each, name=f"{each.name} {each.wall}") for each in bring(course))

    for room in (anchoring, planning):
        patch.setattr(room, "anchored", dated)


def _long(breaks: Breaks, rule: str) -> ParameterSet:
    return pytest.param(breaks, rule, marks=pytest.mark.soak)


@SQLITE
@pytest.mark.parametrize(
    ("breaks", "rule"),
    [
        (_always_open, "nothing while away, closed or frozen"),
        _long(_alone, "one campaign in a window"),
        (_the_next_in_a_day, "one prompt of a step in a day"),
        _long(_nothing_is_past, "none without its end"),
        _long(_cancelled_without_a_word, "what waits ends with its campaign"),
        _long(_a_day_is_24_hours, "planned by their own clock"),
        _long(_reminds_whoever_answered, "no reminder once begun"),
        (_moves_nobody, "planned by the festival as it stands"),
        _long(_nothing_comes_near, "none of a festival's without its end"),
        _long(_moved_is_new, "planned by the festival as it stands"),
        _long(_never_away, "nothing while away, closed or frozen"),
        _long(_never_frozen, "nothing while away, closed or frozen"),
        _long(_as_late_as_you_like, "one prompt of a step in a day"),
        _long(_no_reason, "none without its end"),
        _long(_at_once_after_an_outage, "no burst after an outage"),
    ],
)
def test_the_year_notices_a_program_that_is_broken(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Breaks,
    rule: str,
) -> None:
    breaks(monkeypatch)
    year = Year(store, tmp_path, size=8, months=3, seed=9, trouble=3)
    year.live()
    assert rule in judge(year).broken
