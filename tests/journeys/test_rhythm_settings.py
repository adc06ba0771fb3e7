"""When prompts may come: what each setting stores and says, and since when somebody has joined."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bot.engine.flow import Choice
from bot.store import occasions, people
from bot.store.people import Present
from tests.journeys.looking import at, person, rows
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, library, texts


def present(someone: Someone) -> Present:
    found = someone.asks(lambda conn: people.find(conn, someone.platform, someone.place))
    assert found is not None
    return found


def sets(someone: Someone, *lines: str) -> str:
    """Go through the settings; the last that is said."""
    someone.says("settings")
    for line in lines:
        someone.says(line)
    return texts(someone.told[-1:])[0]


# Hours.


def test_who_never_said_has_the_hours_and_holidays_of_the_programme(someone: Someone) -> None:
    said = sets(someone, "nothing")
    assert (person(someone).window, person(someone).holidays) == (None, "")
    assert "at the hours your programme sets" in said
    assert "quiet or not, as your programme decides" in said


@pytest.mark.parametrize(
    ("choice", "window", "said"),
    [
        ("office hours", (540, 1020), "between 09:00 and 17:00"),
        ("mornings", (480, 720), "between 08:00 and 12:00"),
        ("evenings", (720, 1260), "between 12:00 and 21:00"),
        ("daytime", (480, 1200), "between 08:00 and 20:00"),
        ("early", (360, 1380), "between 06:00 and 23:00"),
        ("late", (360, 1380), "between 06:00 and 23:00"),
        ("any hour", (0, 1440), "at any hour"),
    ],
)
def test_hours_are_stored_and_said(
    someone: Someone, choice: str, window: tuple[int, int], said: str
) -> None:
    assert sets(someone, "hours", choice).startswith(f"Then I write {said}.")
    assert person(someone).window == window
    assert f"Anything else comes {said}." in sets(someone, "nothing")


def test_every_label_of_the_hours_says_the_hours_that_it_sets() -> None:
    practice = library().practices["settings"]
    blocks = practice.words["en"].blocks
    turn = practice.flow.turns[3]
    assert isinstance(turn, Choice)
    for option in turn.options:
        label = blocks[f"hours__{option.id}"].longest
        opens, closes = (int(each) for each in (option.value or "").split("-"))
        told = f", {opens // 60:02}:00 to {closes // 60:02}:00"
        assert label.endswith(told) or (opens, closes) == (0, 1440)


def test_passing_over_the_hours_leaves_them(someone: Someone) -> None:
    sets(someone, "hours", "mornings")
    assert "between 08:00 and 12:00" in sets(someone, "hours", "skip")
    assert person(someone).window == (480, 720)


def test_hours_leave_a_chosen_time_that_lies_outside_them(someone: Someone) -> None:
    said = sets(someone, "hours", "evenings")
    assert said.endswith("Your own days and time stay: Tuesday and Thursday at 09:30.")
    assert (person(someone).minute, present(someone).chosen) == (570, "dh")


def test_a_chosen_time_leaves_hours_that_it_lies_outside(someone: Someone) -> None:
    sets(someone, "hours", "office")
    sets(someone, "days", "skip", "skip", "another time", "06:15")
    assert (person(someone).minute, person(someone).window) == (375, (540, 1020))


# Public holidays.


@pytest.mark.parametrize(
    ("choice", "region", "said"),
    [
        ("scotland", "GB-SCT", "quiet, as in Scotland"),
        ("wales", "GB-ENG", "quiet, as in England and Wales"),
        ("northern", "GB-NIR", "quiet, as in Northern Ireland"),
        ("none", "none", "days like any other"),
    ],
)
def test_holidays_are_stored_and_said(
    someone: Someone, choice: str, region: str, said: str
) -> None:
    assert sets(someone, "public holidays", choice).startswith(f"Then public holidays are {said}.")
    assert person(someone).holidays == region
    assert f"Public holidays are {said}." in sets(someone, "nothing")


def test_passing_over_the_holidays_leaves_them(someone: Someone) -> None:
    sets(someone, "holidays", "none")
    assert "days like any other" in sets(someone, "holidays", "skip")
    assert person(someone).holidays == "none"


# The time zone alone, and what was chosen.


def test_the_zone_alone_is_set_and_said(someone: Someone) -> None:
    said = sets(someone, "zone", "Warsaw")
    assert said.startswith("Your time zone: Poland.")
    assert person(someone).zone == "Europe/Warsaw"
    assert (person(someone).days, person(someone).minute) == ((1, 3), 570)


@pytest.mark.parametrize(
    ("lines", "chosen"),
    [
        (("skip", "skip", "skip"), ""),
        (("uk time", "monday", "done", "skip"), "d"),
        (("uk time", "skip", "12:30"), "h"),
        (("uk time", "monday", "done", "12:30"), "dh"),
    ],
)
def test_only_what_was_chosen_counts_as_chosen(
    stranger: Someone, lines: tuple[str, ...], chosen: str
) -> None:
    stranger.arrives()
    for line in ("questions only", *lines, "wait"):
        stranger.says(line)
    assert present(stranger).chosen == chosen


# Joining.


def joined(someone: Someone) -> datetime | None:
    return present(someone).joined_at


def test_joining_is_noted_when_it_comes_to_its_end(stranger: Someone) -> None:
    stranger.arrives()
    for line in ("questions only", "skip", "skip", "skip"):
        stranger.says(line)
        assert joined(stranger) is None
    stranger.says("wait")
    assert joined(stranger) == stranger.now


def test_joining_that_ends_with_the_first_check_in_is_noted_too(stranger: Someone) -> None:
    stranger.arrives()
    for line in ("questions only", "skip", "skip", "skip", "begin now"):
        stranger.says(line)
    assert at(stranger) == "weekly.energy"
    assert joined(stranger) == stranger.now


@pytest.mark.parametrize("line", ["later", "pause", "stop", "practise", "settings"])
def test_joining_that_was_left_is_not_noted(stranger: Someone, line: str) -> None:
    stranger.arrives()
    for each in ("questions only", "skip", line):
        stranger.says(each)
    assert joined(stranger) is None


def test_stopping_and_starting_keeps_when_somebody_joined(someone: Someone) -> None:
    before = joined(someone)
    for line in ("stop", "start"):
        someone.says(line)
    assert joined(someone) == before is not None


def test_a_second_joining_keeps_when_the_first_was(someone: Someone) -> None:
    before = joined(someone)
    someone.is_due("join")
    for line in ("keep my answers", "skip", "skip", "skip", "skip", "skip", "wait"):
        someone.says(line)
    assert at(someone) is None
    assert joined(someone) == before


def test_nothing_planned_goes_to_somebody_who_has_not_joined(stranger: Someone) -> None:
    stranger.arrives()
    stranger.says("questions only")
    assert stranger.is_due("weekly", "week 1") == []
    theirs = stranger.id
    planned = stranger.asks(lambda conn: occasions.all_of(conn, theirs))
    assert [(each.state, each.reason) for each in planned] == [("skipped", "not joined")]
    assert at(stranger) == "join.rhythm.zone"
    for line in ("skip", "skip", "skip", "wait"):
        stranger.says(line)
    assert stranger.is_due("weekly", "week 2") != []


# What is kept.


def test_the_export_says_hours_holidays_and_when_they_joined(someone: Someone) -> None:
    sets(someone, "hours", "any")
    sets(someone, "holidays", "scot")
    _, data = someone.says("export")[0].files
    about = json.loads(data.content)["about"]
    when = joined(someone)
    assert when is not None
    assert about["window"] == [0, 1440]
    assert about["holidays"] == "GB-SCT"
    assert about["joined_at"] == when.isoformat()


def test_the_export_says_nothing_of_what_they_never_set(someone: Someone) -> None:
    _, data = someone.says("export")[0].files
    about = json.loads(data.content)["about"]
    assert (about["window"], about["holidays"]) == (None, None)


def test_forgetting_leaves_nothing_of_it(someone: Someone) -> None:
    begin(someone, "half a check-in")
    sets(someone, "hours", "any")
    someone.gone()
    assert rows(someone)["participant"] == 0
