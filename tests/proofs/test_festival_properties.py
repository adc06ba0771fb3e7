"""Festivals that move at random: nothing is sent twice, nothing is lost, everything ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet
from sqlalchemy import Connection

from bot import prompting, turns
from bot.records import Occasion
from bot.requests import anchoring, planning
from bot.requests.shelf import Shelf
from bot.store import campaigns, dues, occasions
from bot.store.dues import Due
from bot.store.opening import Store
from scheduler import anchors
from scheduler import verdict as judging
from scheduler.anchors import Settled
from scheduler.campaign import Anchor
from scheduler.course import Course, Planned
from scheduler.reasons import Reason
from scheduler.verdict import Case, Verdict
from scheduler.windows import Opening
from tests.proofs import almanac
from tests.proofs.festival_rules import Findings, judge
from tests.proofs.festival_world import World, told
from tests.proofs.voyage import tell

Breaks = Callable[[pytest.MonkeyPatch], None]
SQLITE = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """What a festival brings is worked out anew: what is broken here must not stay so."""
    planning._almanac.cache_clear()
    yield
    planning._almanac.cache_clear()


def lives(store: Store, folder: Path, seeds: Iterable[int]) -> tuple[Findings, list[World]]:
    """One world after the other, each held against the rules."""
    findings, worlds = Findings(), list[World]()
    shelf = Shelf(almanac.practices(folder))
    for seed in seeds:
        worlds.append(World(store, shelf, seed))
        worlds[-1].live()
        before = len(findings.breaches)
        judge(worlds[-1], findings)
        findings.stories += ["\n".join(told(worlds[-1]))] * (len(findings.breaches) > before)
    return findings, worlds


def prove(
    store: Store, folder: Path, seeds: range, capsys: pytest.CaptureFixture[str]
) -> Findings:
    """No rule is broken in any of these worlds; tell what happened in them."""
    findings, worlds = lives(store, folder, seeds)
    rows = [row for world in worlds for theirs in world.rows.values() for row in theirs]
    moves = sum(len(world.history) - 1 for world in worlds)
    sent = sum(len(world.sent) for world in worlds)
    tell(
        capsys,
        f"festivals that move ({store.engine.dialect.name}): {len(worlds)} worlds, {moves} "
        f"changes of a festival, {len(rows)} occasions of which {sent} were sent; "
        f"{findings.held.total()} checks of {len(findings.held)} rules",
    )
    assert not findings.breaches, (findings.broken, findings.breaches[:3], findings.stories[:1])
    return findings


@SQLITE
def test_a_festival_that_moves_at_random_breaks_no_rule(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    findings = prove(store, tmp_path, range(1, 11), capsys)
    assert len(findings.held) >= 20


@pytest.mark.soak
def test_three_hundred_festivals_that_move_at_random_break_no_rule(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    prove(store, tmp_path, range(1000, 1300), capsys)


# Each of these breaks the program on purpose; a few worlds must notice.


def _stale(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(planning, "stands", lambda _under, _due: True)


def _sent_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(occasions, "sent_of", lambda _conn, _name, _ids: {})


def _claims_always(patch: pytest.MonkeyPatch) -> None:
    claim = occasions.claim

    def claimed(
        conn: Connection, planned: Occasion, now: datetime, planned_at: datetime | None = None
    ) -> bool:
        claim(conn, planned, now, planned_at)
        return True

    _sent_is_forgotten(patch)
    patch.setattr(occasions, "claim", claimed)


def _ended_is_ended(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(occasions, "reopen", lambda _conn, _planned: None)


def _without_a_word(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(occasions, "finish", lambda _conn, _planned, _reason, _now: None)


def _cut_short_for_good(patch: pytest.MonkeyPatch) -> None:
    unplanned = planning.unplanned

    def only_near(conn: Connection, now: datetime) -> tuple[planning.Unplanned, ...]:
        return tuple(each for each in unplanned(conn, now) if each.since is not None)

    patch.setattr(planning, "unplanned", only_near)


def _nothing_comes_near(patch: pytest.MonkeyPatch) -> None:
    unplanned = planning.unplanned

    def only_cut(conn: Connection, now: datetime) -> tuple[planning.Unplanned, ...]:
        return tuple(each for each in unplanned(conn, now) if each.since is None)

    patch.setattr(planning, "unplanned", only_cut)


def _catches_up(patch: pytest.MonkeyPatch) -> None:
    settle = anchors.settle

    def settled(planned: tuple[Planned, ...], **more: object) -> Settled:
        found: Settled = settle(planned, **more)  # type: ignore[arg-type]
        if not found.past or found.waits:
            return found
        return replace(found, coming=found.past[-1], past=found.past[:-1])

    patch.setattr(anchoring, "settle", settled)


def _cancelled_is_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(anchoring, "withdrawn", lambda _course: ())


def _days_are_24_hours(patch: pytest.MonkeyPatch) -> None:
    after = anchors._after

    def later(course: Course, when: Anchor, at: datetime, name: str) -> Planned | None:
        found = after(course, when, at, name)
        if found is None or when.days is None:
            return found
        return replace(found, at=at + timedelta(days=when.days))

    patch.setattr(anchors, "_after", later)


def _named_by_its_date(patch: pytest.MonkeyPatch) -> None:
    bring = anchors.anchored

    def dated(course: Course) -> tuple[Planned, ...]:
        return tuple(replace(each, name=f"{each.wall:%Y-%m-%d %H:%M}") for each in bring(course))

    for room in (anchoring, planning):
        patch.setattr(room, "anchored", dated)


def _too_soon(patch: pytest.MonkeyPatch) -> None:
    put = dues.put

    def early(conn: Connection, found: Iterable[Due]) -> None:
        put(conn, [replace(each, at=each.at - timedelta(minutes=1)) for each in found])

    patch.setattr(dues, "put", early)


def _always_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Opening, "closed", lambda _self, _at: None)


def _never_away(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Course, "away", lambda _self, _at: None)
    patch.setattr(turns, "_why_not", lambda _present, _now: "")


def _never_frozen(patch: pytest.MonkeyPatch) -> None:
    def judged(case: Case, now: datetime) -> Verdict:
        return judging.verdict(replace(case, frozen=False), now)

    patch.setattr(prompting, "verdict", judged)


def _as_late_as_you_like(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "_too_late", lambda _case, _at: None)


def _for_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(prompting, "meant_for", lambda _campaign, _person: True)
    patch.setattr(anchoring, "meant_for", lambda _campaign, _person: True)


def _another_reason(patch: pytest.MonkeyPatch) -> None:
    other: Mapping[str, str] = {"frozen": "late", "quiet": "frozen", "stopped": "quiet"}
    end = occasions.end

    def ends(conn: Connection, planned: Occasion, state: occasions.State, **more: str) -> None:
        end(conn, planned, state, **more | {"reason": other.get(more["reason"], more["reason"])})  # type: ignore[arg-type]

    patch.setattr(occasions, "end", ends)


def _cancelled_by_mistake(patch: pytest.MonkeyPatch) -> None:
    finish = occasions.finish

    def cancelled(
        conn: Connection, planned: list[tuple[Occasion, datetime]], _: str, now: datetime
    ) -> None:
        finish(conn, planned, Reason.CANCELLED, now)

    patch.setattr(occasions, "finish", cancelled)


def _unplans_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(campaigns, "unplan", lambda _conn, _name, _now: None)


def _long(breaks: Breaks, rule: str) -> ParameterSet:
    return pytest.param(breaks, rule, marks=pytest.mark.soak)


@SQLITE
@pytest.mark.parametrize(
    ("breaks", "rule"),
    [
        _long(_stale, "sent as it is planned now"),
        (_claims_always, "nothing is sent twice"),
        _long(_ended_is_ended, "what may come comes at its time"),
        (_without_a_word, "what came due has ended"),
        _long(_catches_up, "what a change leaves behind is not made up for"),
        (_cancelled_is_nothing, "a session that is off has ended"),
        (_nothing_comes_near, "what may come comes at its time"),
        _long(_sent_is_forgotten, "the next one comes next"),
        _long(_cut_short_for_good, "what came due has ended"),
        _long(_unplans_nothing, "the next one comes next"),
        _long(_days_are_24_hours, "what may come comes at its time"),
        _long(_named_by_its_date, "sent as it is planned now"),
        _long(_too_soon, "never early"),
        _long(_always_open, "nothing while away, closed or frozen"),
        _long(_never_away, "nothing while away, closed or frozen"),
        _long(_never_frozen, "nothing while away, closed or frozen"),
        _long(_as_late_as_you_like, "nothing goes at or after the next of its step"),
        _long(_for_everybody, "nothing comes to whom it is not for"),
        _long(_another_reason, "the reason is the true one"),
        _long(_cancelled_by_mistake, "cancelled only when it does not come any more"),
    ],
)
def test_a_program_that_is_broken_is_noticed(
    store: Store,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Breaks,
    rule: str,
) -> None:
    breaks(monkeypatch)
    shelf, findings = Shelf(almanac.practices(tmp_path)), Findings()
    for seed in range(1, 30):
        world = World(store, shelf, seed, length=25)
        world.live()
        judge(world, findings)
        if rule in findings.broken:
            return
    pytest.fail(f"nobody noticed: {findings.broken}")
