"""What is wrong with steps that go by a festival, with limited weeks, and with what is awaited."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.campaigns.loader import load
from bot.flows.faults import Fault
from tests.campaigns.desk import Desk, library

GOOD = """\
name: small
title: A small campaign
festival: spring
working_days: [monday, tuesday]
steps:
  - id: before
    practice: weekly
    when: {kind: festival, on: 1 week before it opens}
    at: "10:00"
  - id: days
    practice: weekly
    when: {kind: festival_day, days: [1, 3]}
    at: "09:00"
  - id: after
    practice: nudge
    when: {kind: session, on: 10 minutes after it ends, kinds: [session, cafe]}
  - id: weeks
    practice: nudge
    when: {kind: weekly, on: [monday], weeks: [0, 1]}
    at: "10:00"
"""


def changed(old: str, new: str, text: str = GOOD) -> str:
    assert old in text
    return text.replace(old, new, 1)


def test_a_campaign_by_a_festival_is_right(desk: Desk) -> None:
    assert desk.told(GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        # When.
        ("1 week before it opens", "a week before", 8, "`a week before` does not say when"),
        ("1 week before it opens", "1 week before it starts", 8, "does not say when"),
        ("1 week before it opens", "0 weeks before it opens", 8, "does not say when"),
        ("10 minutes after it ends", "10 minutes after it closes", 16, "does not say when"),
        ("10 minutes after it ends", "the day it ends", 16, "does not say when"),
        ("kinds: [session, cafe]", "kinds: [session, coffee]", 16, "is not a kind of session"),
        ("kinds: [session, cafe]", "kinds: [cafe, cafe]", 16, "`cafe` stands twice"),
        ("kinds: [session, cafe]", "kinds: cafe", 16, "`kinds` must be a list"),
        ("kinds: [session, cafe]", "kinds: []", 16, "`kinds` has fewer than 1"),
        ("kinds: [session, cafe]", "kind_of: [cafe]", 16, "`kind_of` has no meaning here"),
        ("days: [1, 3]", "days: [3, 3]", 12, "`3` stands twice"),
        ("days: [1, 3]", "days: [0]", 12, "`0` is not one of the numbers of `days`"),
        ("days: [1, 3]", "days: [monday]", 12, "`monday` is not one of the numbers of `days`"),
        ("days: [1, 3]", "days: [367]", 12, "`367` is not one of the numbers of `days`"),
        ("days: [1, 3]", "days: 1", 12, "`days` must be a list"),
        # The time of day.
        ('    at: "09:00"\n', "", 10, "step `days` has no time"),
        ('    at: "10:00"\n', "", 6, "step `before` has no time"),
        ("1 week before", "90 minutes before", 9, "minutes and hours are counted from the"),
        ("1 week before it opens", "when it opens", 9, "without a time of day"),
        ("[session, cafe]}", '[session]}\n    at: "10:00"', 17, "without a time of day"),
        ("10 minutes after", "1 day after", 14, "step `after` has no time"),
        ('at: "09:00"', 'at: "21:00"', 13, "21:00 is outside the hours"),
        # Weeks.
        ("weeks: [0, 1]", "weeks: [1, 1]", 19, "`1` stands twice"),
        ("weeks: [0, 1]", "weeks: [-1]", 19, "`-1` is not one of the numbers of `weeks`"),
        ("weeks: [0, 1]", "weeks: [first]", 19, "`first` is not one of the numbers of `weeks`"),
        ("weeks: [0, 1]", "weeks: []", 19, "`weeks` has fewer than 1"),
        ("weeks: [0, 1]", "every: 2, weeks: [0, 3]", 19, "none of those that `every: 2` allows"),
        # The festival.
        ("festival: spring", "festival: My spring", 3, "`My spring` cannot be a name"),
        ("festival: spring", "counts_from: monday", 3, "`monday` is not something"),
        ("festival: spring", "weekly_maximum: 0", 3, "`0` is out of range for `weekly_maximum`"),
        # Any day.
        ("festival: spring", "any_day: true", 3, "`any_day` has no meaning here"),
        ("[monday], weeks", "[sunday], weeks", 19, "`sunday` is not one of the campaign's"),
        ('    at: "09:00"\n', '    at: "09:00"\n    any_day: yes\n', 0, ""),
        ('    at: "09:00"\n', '    at: "09:00"\n    any_day: perhaps\n', 14, "must be `true` or"),
        # What is awaited.
        ("practice: weekly", "practice: later", 7, "there is no practice `later`"),
        (
            "practice: weekly",
            "practice: weekly\n    awaited: soon",
            8,
            "must be `true` or `false`",
        ),
    ],
)
def test_what_is_wrong_is_told_once_with_its_line(
    desk: Desk, old: str, new: str, line: int, said: str
) -> None:
    told = desk.told(changed(old, new))
    if not said:
        assert told == []
        return
    [(where, fault)] = told
    assert where == line
    assert said in fault


@pytest.mark.parametrize(
    "text",
    [
        changed("1 week before it opens", "the day it closes"),
        changed("1 week before it opens", "60 days after it closes"),
        changed("1 week before it opens", "2 hours before it closes").replace(
            '    at: "10:00"\n', "", 1
        ),
        changed("10 minutes after it ends", "when it starts"),
        changed(
            "10 minutes after it ends, kinds: [session, cafe]}",
            '1 day before it starts}\n    at: "10:00"',
        ),
        changed("days: [1, 3]", "days: [366]"),
        changed("{kind: festival_day, days: [1, 3]}", "{kind: festival_day}"),
        changed("festival: spring\n", ""),
        changed("festival: spring", "weekly_maximum: 12"),
        changed("festival: spring", "counts_from: joining"),
        changed("[monday], weeks", "[monday], every: 2, weeks").replace("[0, 1]", "[0, 4]"),
        changed("weeks: [0, 1]}", "weeks: [0]}\n    any_day: true").replace(
            "[monday],", "[sunday],"
        ),
    ],
)
def test_what_is_right_is_not_told(desk: Desk, text: str) -> None:
    assert desk.told(text) == []


def test_near_words_are_offered(desk: Desk) -> None:
    text = changed("cafe]", "caffe]").replace("kind: festival,", "kind: festivel,")
    text = text.replace("festival: spring", "festvial: spring")
    desk.put(text.replace("weeks: [0, 1]", "week: [0, 1]"))
    assert {fault.mend for fault in desk.faults()} == {
        "Did you mean `cafe`?",
        "Did you mean `festival`?",
        "Did you mean `weeks`?",
    }


@pytest.mark.parametrize(
    ("length", "weeks", "fault"),
    [
        ("weeks: 2", "[0, 1]", None),
        # Nobody knows yet on which day it starts: two weeks may lie in three.
        ("weeks: 2", "[2]", None),
        ("weeks: 2", "[3]", "week 3 lies after the campaign's last week, which is 2"),
        # It starts on a Monday.
        ("starts: 2027-01-04\nweeks: 2", "[2]", "week 2 lies after the campaign's last week"),
        # It starts on a Wednesday.
        ("starts: 2027-01-06\nweeks: 2", "[2]", None),
        ("starts: 2027-01-04\nends: 2027-01-17", "[2]", "which is 1"),
        ("summary: Long", "[260]", None),
    ],
)
def test_weeks_lie_within_the_campaign(
    desk: Desk, length: str, weeks: str, fault: str | None
) -> None:
    told = desk.told(changed("[0, 1]", weeks, changed("festival: spring", length)))
    assert len(told) == (fault is not None)
    assert all(str(fault) in said for _, said in told)


WEEKLY = GOOD[: GOOD.index("steps:")] + "steps:\n" + GOOD[GOOD.index("  - id: weeks") :]


def test_a_festival_by_which_no_step_goes_is_told(desk: Desk) -> None:
    assert desk.told(WEEKLY) == [(3, "it names a festival, and no step goes by it")]


def test_dates_do_not_count_from_joining(desk: Desk) -> None:
    text = changed("festival: spring", "counts_from: joining", WEEKLY)
    text = changed(
        "{kind: weekly, on: [monday], weeks: [0, 1]}", "{kind: dates, on: [2027-01-05]}", text
    )
    assert desk.told(text) == [(8, "step `weeks` has dates, and the campaign counts from joining")]


def test_a_date_on_any_day_may_be_a_sunday(desk: Desk) -> None:
    dated = "{kind: dates, on: [2027-01-10]}"
    text = changed("{kind: weekly, on: [monday], weeks: [0, 1]}", dated)
    assert [line for line, _ in desk.told(text)] == [19]
    assert desk.told(changed(dated, dated + "\n    any_day: true", text)) == []


def test_at_random_on_any_day_there_are_seven(desk: Desk) -> None:
    random = "{kind: random, times: 7}\n    any_day: true"
    text = changed('{kind: weekly, on: [monday], weeks: [0, 1]}\n    at: "10:00"', random)
    assert desk.told(text) == []
    assert [line for line, _ in desk.told(changed("    any_day: true\n", "", text))] == [19]


AWAITED = changed("practice: nudge", "practice: later\n    awaited: true")


def test_what_is_awaited_is_a_note_and_no_fault(desk: Desk) -> None:
    file = desk.put(AWAITED)
    found = desk.load()
    assert found.faults == ()
    assert "small" in found.campaigns
    assert [note for note in found.notes if note.file == str(file)] == [
        Fault(
            file=str(file),
            line=16,
            fault="step `after` waits for practice `later`, which is not in the library yet",
            mend="Nothing must be done; until then, this step is silent.",
        )
    ]


def test_a_practice_that_has_come_makes_no_campaign_wrong(desk: Desk) -> None:
    """Somebody may write a practice that one of our own templates waits for."""
    file = desk.put(changed("practice: later", "practice: nudge", AWAITED))
    found = desk.load()
    assert found.faults == ()
    [note] = [note for note in found.notes if note.file == str(file)]
    assert (note.line, note.fault) == (
        16,
        "step `after` need not wait: practice `nudge` is in the library",
    )


def test_a_practice_that_has_come_with_faults_is_a_fault(desk: Desk) -> None:
    broken = Fault(file="x.yaml", line=1, fault="it is broken", mend="Mend it.", practice="later")
    desk.put(AWAITED)
    found = load(replace(library(), faults=(broken,)), [desk.path])
    assert [fault.fault for fault in found.faults] == ["practice `later` has faults of its own"]
    assert "small.yaml" not in {note.file.rpartition("/")[2] for note in found.notes}


def test_nothing_is_noted_of_a_practice_that_could_not_be_read(desk: Desk) -> None:
    file = desk.put(changed("practice: later", "practice: My practice", AWAITED))
    found = desk.load()
    assert [fault.line for fault in found.faults] == [15]
    assert [note for note in found.notes if note.file == str(file)] == []
