"""What becomes of a programme when a diary is taken in, for the first time and again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.diaries.faults import DiaryError
from bot.diaries.merging import Merge, merge
from bot.diaries.reading import Reading
from bot.diaries.writing import programme
from scheduler.festival import EventType, Festival, Session, Status
from tests.diaries.diary import (
    APPROVED,
    CANCELLED,
    NOW,
    STARTS,
    SUBMITTED,
    diary,
    event,
    festival,
    sample,
    session,
    told,
)


def read(*sessions: Session) -> Reading:
    return Reading(sessions=sessions, title="", zone="", left_out=(), clipped=(), outside=0)


def imported(name: str = "talk", **given: object) -> Session:
    return session(name, **{"uid": f"{name}@example.org", "title": name.title()} | given)


def only(merged: Merge) -> Session:
    [found] = merged.festival.sessions
    return found


def after(before: Session, **given: object) -> Merge:
    return merge(festival(before), read(before.model_copy(update=given)))


def counts(merged: Merge) -> dict[str, int]:
    kinds = ("new", "changed", "unchanged", "cancelled", "older", "left", "stays_off", "by_hand")
    return {kind: len(found) for kind in kinds if (found := getattr(merged, kind))}


def test_what_was_not_there_is_new() -> None:
    merged = merge(festival(), told(sample("google")))
    assert counts(merged) == {"new": 4}
    assert merged.changes
    assert merged.festival.sessions == told(sample("google")).sessions


@pytest.mark.parametrize("name", ["google", "outlook", "apple"])
def test_the_same_file_once_more_changes_nothing(name: str) -> None:
    once = merge(festival(), told(sample(name)))
    again = merge(once.festival, told(sample(name)))
    assert set(counts(again)) == {"unchanged"}
    assert not again.changes
    assert again.festival == once.festival


def test_a_session_that_moved_is_changed_also_when_its_diary_does_not_count_changes() -> None:
    merged = after(imported(), starts=datetime(2027, 2, 9, 15, 0))  # noqa: DTZ001 - A wall time.
    assert counts(merged) == {"changed": 1}
    assert merged.festival.slots[0].starts == datetime(2027, 2, 9, 15, tzinfo=UTC)


def test_slots_are_those_of_the_new_programme() -> None:
    held = festival(imported())
    assert len(held.slots) == 1
    assert len(merge(held, read(imported("other"))).festival.slots) == 2


def test_what_is_older_than_here_is_left_alone() -> None:
    merged = after(imported(sequence=3), sequence=2, title="Old")
    assert counts(merged) == {"older": 1}
    assert only(merged).title == "Talk"


def test_a_count_that_went_up_is_kept_though_nothing_else_changed() -> None:
    merged = after(imported(sequence=3), sequence=4)
    assert counts(merged) == {"unchanged": 1}
    assert only(merged).sequence == 4


def test_what_the_diary_cancels_is_cancelled_and_told() -> None:
    merged = after(imported(), status=CANCELLED)
    assert counts(merged) == {"cancelled": 1}
    assert merged.festival.slots == ()


def test_what_the_diary_no_longer_has_stays_and_is_told() -> None:
    held = festival(imported("one"), imported("two"), session("own"))
    merged = merge(held, read(imported("two")))
    assert counts(merged) == {"left": 1, "unchanged": 1}
    assert merged.left == ("One",)
    assert merged.festival == held


def test_what_was_made_here_is_never_touched() -> None:
    held = festival(session("own", title="Ours"))
    own = session("own", title="Theirs", uid="own.summer.skerry@example.org", sequence=9)
    merged = merge(held, read(own))
    assert merged.by_hand == ("Ours",)
    assert merged.festival == held


def test_a_session_of_another_festival_with_a_name_that_is_taken_gets_another() -> None:
    held = festival(session("opening", title="Ours"))
    other = session("opening", title="Theirs", uid="opening.winter.skerry@example.org")
    merged = merge(held, read(other))
    assert [each.title for each in merged.festival.sessions] == ["Ours", "Theirs"]
    assert counts(merge(merged.festival, read(other))) == {"unchanged": 1}


def test_what_the_diary_does_not_say_stays_as_it_is_here() -> None:
    before = imported(
        host="Ada", theme="Care", access="step-free", capacity=12, kind=EventType.CAFE
    )
    merged = merge(festival(before), read(imported(title="Another")))
    assert only(merged) == before.model_copy(update={"title": "Another"})


def test_what_the_diary_says_comes_in_the_place_of_what_is_here() -> None:
    said = {"host": "Ben", "theme": "Time", "access": "loop", "kind": EventType.LAUNCH}
    before = imported(host="Ada", theme="Care", access="step-free", kind=EventType.CAFE)
    assert only(after(before, **said)) == before.model_copy(update=said)


@pytest.mark.parametrize(
    ("here", "there", "newer", "then"),
    [
        (Status.LIVE, APPROVED, True, Status.LIVE),
        (Status.LIVE, SUBMITTED, False, Status.LIVE),
        (Status.LIVE, CANCELLED, False, CANCELLED),
        (APPROVED, SUBMITTED, False, APPROVED),
        (APPROVED, SUBMITTED, True, SUBMITTED),
        (SUBMITTED, APPROVED, False, APPROVED),
        (Status.DRAFT, APPROVED, False, APPROVED),
        (CANCELLED, APPROVED, False, CANCELLED),
        (CANCELLED, APPROVED, True, APPROVED),
        (Status.POSTPONED, APPROVED, False, Status.POSTPONED),
        (Status.POSTPONED, APPROVED, True, APPROVED),
        (Status.POSTPONED, CANCELLED, False, CANCELLED),
    ],
)
def test_what_was_said_here_of_a_session_holds_until_the_diary_has_news(
    here: Status, there: Status, *, newer: bool, then: Status
) -> None:
    merged = after(imported(status=here), status=there, sequence=int(newer))
    assert only(merged).status is then
    stays_off = here in {CANCELLED, Status.POSTPONED} and then is here
    assert merged.stays_off == (("Talk",) if stays_off else ())


def test_a_postponed_session_comes_back_with_its_new_time() -> None:
    later = datetime(2027, 2, 20, 9, 30)  # noqa: DTZ001 - A wall time.
    merged = after(imported(status=Status.POSTPONED), starts=later, status=APPROVED)
    assert only(merged).status is APPROVED


def test_a_festival_cannot_hold_more_than_it_can() -> None:
    held = festival(*(imported(f"held-{each}") for each in range(300)))
    with pytest.raises(DiaryError, match=r"would have 501 sessions; 500 is the most"):
        merge(held, read(*(imported(f"new-{each}") for each in range(201))))


def test_a_session_that_was_given_another_name_here_is_known_by_its_uid() -> None:
    [theirs] = told(diary(event(STARTS))).sessions
    held = festival(theirs.model_copy(update={"id": "the-talk"}))
    merged = merge(held, told(diary(event(STARTS))))
    assert counts(merged) == {"unchanged": 1}
    assert only(merged).id == "the-talk"


def test_a_series_keeps_what_is_gone_and_tells_of_it() -> None:
    rule = "RRULE:FREQ=DAILY;COUNT=3"
    once = merge(festival(), told(diary(event(STARTS, rule))))
    again = merge(once.festival, told(diary(event(STARTS, rule, "EXDATE:20270209T093000Z"))))
    assert counts(again) == {"unchanged": 2, "left": 1}


def test_a_festivals_own_programme_changes_nothing_when_it_comes_back() -> None:
    held: Festival = festival(imported(), session("own", status=CANCELLED), session("draft"))
    written = programme(held, 7, now=NOW + timedelta(days=1), host="example.org")
    merged = merge(held, told(written))
    assert counts(merged) == {"unchanged": 1, "by_hand": 2}
    assert merged.festival == held
