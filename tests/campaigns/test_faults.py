"""Whatever is wrong with a campaign's file is told at once, each with its line and its mend."""

from __future__ import annotations

import pytest

from tests.campaigns.desk import GOOD, Desk

TEN = """\
name: small
title: Ten mistakes
starts: 2027-03-01
ends: 2027-02-01
zone: Europe/Edinburgh
holidays: GB-SCO
window: 09:00-09:00
audience:
  platforms: [telegran]
steps:
  - id: one
    practice: weekley
    when: {kind: weekly, on: [frday]}
    at: "10:00"
  - id: one
    practice: nudge
    when: {kind: random, times: 3, days: [monday, tuesday]}
  - id: three
    practice: weekly
    when: {kind: weekly, on: [monday]}
    at: "10:00"
    reminder: 2 days
"""


def test_ten_mistakes_are_ten_faults_each_with_its_line_and_mend(desk: Desk) -> None:
    desk.put(TEN)
    assert [(fault.line, fault.fault, fault.mend) for fault in desk.faults()] == [
        (
            4,
            "it ends on 2027-02-01, before it starts on 2027-03-01",
            "Put the later date after `ends:`.",
        ),
        (5, "there is no time zone `Europe/Edinburgh`", "Did you mean `Europe/London`?"),
        (
            6,
            "no holidays are known for `GB-SCO`",
            "Did you mean `GB-SCT`? For no holidays at all, write `none`.",
        ),
        (
            7,
            "`window` begins and ends at the same time",
            "Write two times; all day is 00:00-24:00.",
        ),
        (9, "`telegran` is not a platform", "Did you mean `telegram`?"),
        (12, "there is no practice `weekley`", "Did you mean `weekly`?"),
        (13, "`frday` is not a day of the week", "Did you mean `friday`?"),
        (15, "two steps are named `one`", "Give each a name of its own."),
        (
            17,
            "3 times a week do not fit on 2 allowed days",
            "Each comes on another day: allow more days, or ask fewer times.",
        ),
        (
            22,
            "there is a reminder, but the prompt never closes",
            "Say when reminders end, for example `closes: 7 days`.",
        ),
    ]


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


WEEKLY = "{kind: weekly, on: [friday]}"
RANDOM = "{kind: random, times: 2}"
STARTS = "starts: 2027-01-04\n"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        # Dates and lengths.
        ("2027-01-04", "2027-02-30", 3, "there is no day `2027-02-30`"),
        ("2027-01-04", "soon", 3, "`soon` is not a date"),
        ("2027-01-04", "1804032000", 3, "`1804032000` is not a date"),
        ("starts: 2027-01-04", "starts: [2027-01-04]", 3, "this is not a date"),
        ("ends: 2027-06-30", "ends: 2027-01-03", 4, "before it starts"),
        ("ends: 2027-06-30", "ends: 2027-06-30\nweeks: 6", 5, "`ends` and `weeks` both"),
        ("ends: 2027-06-30", "weeks: 0", 4, "`0` is out of range for `weeks`"),
        # Names of things outside.
        (STARTS, STARTS + "zone: Europe/Lundon\n", 4, "no time zone `Europe/Lundon`"),
        (STARTS, STARTS + "holidays: Scotland\n", 4, "no holidays are known for `Scotland`"),
        ("practice: nudge", "practice: nugde", 16, "there is no practice `nugde`"),
        ("  cohorts: [north]", "  platforms: [pigeon]", 6, "`pigeon` is not a platform"),
        ("  cohorts: [north]", "  cohorts: north", 6, "`cohorts` must be a list"),
        ("  cohorts: [north]", "  people: [north]", 6, "`people` has no meaning here"),
        # Steps.
        ("id: surprise", "id: look", 15, "two steps are named `look`"),
        ("id: surprise", "id: My step", 15, "`My step` cannot be a name"),
        ("    practice: nudge\n", "", 15, "`practice` is missing"),
        (f"    when: {RANDOM}\n", "", 15, "`when` is missing"),
        (GOOD[GOOD.index("  - id: surprise") :], "  - surprise\n", 15, "must hold names"),
        (RANDOM, "{times: 2}", 17, "`when` has no `kind`"),
        (RANDOM, "{kind: randomly, times: 2}", 17, "`randomly` is not a kind of `when`"),
        (RANDOM, "tuesdays", 17, "must hold names with values"),
        # Days.
        ("[friday]", "[friday, friday]", 11, "`friday` stands twice"),
        ("[friday]", "friday", 11, "`on` must be a list"),
        ("[friday]", "[Friday]", 11, "`Friday` is not a day of the week"),
        ("[friday]", "[]", 11, "`on` has fewer than 1 entries"),
        ("[friday]", "[saturday]", 11, "not one of the campaign's working days"),
        ("[friday]", "[friday], every: 0", 11, "`0` is out of range for `every`"),
        ("thursday, friday]", "friday, friday]", 7, "`friday` stands twice"),
        (WEEKLY, "{kind: monthly, day: 32}", 11, "`32` is out of range for `day`"),
        (WEEKLY, "{kind: monthly, day: last}", 11, "`day` must be a whole number"),
        # Dates of a step.
        (WEEKLY, "{kind: dates, on: [2027-02-30]}", 11, "there is no day `2027-02-30`"),
        (WEEKLY, "{kind: dates, on: [2027-02-03, 2027-02-03]}", 11, "stands twice"),
        (WEEKLY, "{kind: dates, on: [2026-12-31]}", 11, "before the campaign starts"),
        (WEEKLY, "{kind: dates, on: [2027-07-01]}", 11, "after the campaign's last day"),
        (WEEKLY, "{kind: dates, on: [2027-02-06]}", 11, "Saturday, 2027-02-06, is not one"),
        (WEEKLY, "{kind: dates, on: [2027-03-26]}", 11, "is a public holiday in GB-SCT"),
        # Random times.
        (RANDOM, "{kind: random, times: 6}", 17, "6 times a week do not fit on 5"),
        (RANDOM, "{kind: random, times: 2, days: [monday]}", 17, "do not fit on 1"),
        (RANDOM, "{kind: random, times: 2, days: [sunday, monday]}", 17, "`sunday` is not"),
        (RANDOM, "{kind: random, times: 1, days: [monday, monday]}", 17, "stands twice"),
        (RANDOM, "{kind: random, times: 2, at_least: 3}", 17, "at least 3 times is more than 2"),
        (RANDOM, "{kind: random, times: 2, window: 9-5}", 17, "`9-5` does not give hours"),
        (RANDOM, "{kind: random, times: 2, window: 10:00-10:00}", 17, "begins and ends"),
        # Hours.
        ('"10:00"', '"24:00"', 12, "`24:00` is not a time of day"),
        ('"10:00"', "10", 12, "`10` is not a time of day"),
        ('"10:00"', '"08:00"', 12, "08:00 is outside the hours"),
        ('"10:00"', '"20:00"', 12, "20:00 is outside the hours"),
        ('    at: "10:00"\n', "", 9, "step `look` has no time"),
        (RANDOM, RANDOM + '\n    at: "10:00"', 18, "a step at random has no fixed time"),
        (STARTS, STARTS + "window: 9 to 5\n", 4, "`9 to 5` does not give hours"),
        (STARTS, STARTS + "window: 09:00-09:00\n", 4, "begins and ends at the same time"),
        (STARTS, STARTS + "quiet: 12:00-12:00\n", 4, "begins and ends at the same time"),
        (STARTS, STARTS + "quiet: noon\n", 4, "`noon` does not give hours"),
        # Reminders.
        ("reminder: 1 day", "reminder: soon", 13, "`soon` does not say when to remind"),
        ("reminder: 1 day", "reminder: 6 days", 13, "comes when it has closed: `6 days`"),
        ("reminder: 1 day", "reminder: 1 week", 13, "comes when it has closed"),
        ("    closes: 6 days\n", "", 13, "the prompt never closes"),
        ("closes: 6 days", "closes: later", 14, "`later` does not say when it closes"),
        ("closes: 6 days", "closes: end of day", 13, "comes when it has closed: `end of day`"),
        # The file as a whole.
        ("title: A small campaign", "title: ''", 2, "`title` is empty"),
        ("name: small", "name: large", 1, "named `large`, and its file `small`"),
        ("name: small", "name: My Campaign", 1, "`My Campaign` cannot be a name"),
        ("name: small", "name: small\ncolour: blue", 2, "`colour` has no meaning here"),
        ("name: small", "name: small\nname: small", 2, "`name` stands twice"),
        (GOOD[GOOD.index("steps:") :], "steps: []\n", 8, "`steps` has fewer than 1"),
        (GOOD[GOOD.index("steps:") :], "steps: x\n", 8, "`steps` must be a list"),
        (GOOD[GOOD.index("steps:") :], "", 1, "`steps` is missing"),
    ],
)
def test_what_is_wrong_is_told_once_with_its_line(
    desk: Desk, old: str, new: str, line: int, said: str
) -> None:
    [(where, fault)] = desk.told(changed(old, new))
    assert where == line
    assert said in fault


def test_quiet_hours_may_leave_something(desk: Desk) -> None:
    told = desk.told(changed(STARTS, STARTS + "quiet: 08:00-20:00\n"))
    assert (4, "the quiet hours leave nothing of the window") in told
    assert desk.told(changed(STARTS, STARTS + "quiet: 12:00-13:00\n")) == []


def test_quiet_hours_may_leave_nothing_of_a_steps_own_hours(desk: Desk) -> None:
    text = changed(RANDOM, "{kind: random, times: 2, window: 12:00-13:00}")
    text = text.replace(STARTS, STARTS + "quiet: 11:30-13:30\n")
    assert desk.told(text) == [(18, "the campaign's quiet hours leave nothing of this window")]


@pytest.mark.parametrize(
    "text",
    [
        changed('"10:00"', '"01:00"').replace(STARTS, STARTS + "window: 22:00-02:00\n"),
        changed("reminder: 1 day", "reminder: 13 hours").replace("6 days", "end of day"),
        changed("reminder: 1 day", "reminder: next working day"),
        changed("closes: 6 days", "closes: 25 hours"),
        changed("  cohorts: [north]", "  platforms: [slack, telegram]"),
        changed("audience:\n  cohorts: [north]\n", "zone: Pacific/Apia\nholidays: none\n"),
        changed("ends: 2027-06-30", "weeks: 26"),
        changed(STARTS, "starts:\n"),
        changed(WEEKLY, "{kind: monthly, day: 31}"),
        changed(WEEKLY, "{kind: dates, on: [2027-02-03, 2027-02-02]}"),
        changed(RANDOM, "{kind: random, times: 2, days: [monday, friday], window: 12:00-14:00}"),
    ],
)
def test_what_is_right_is_not_told(desk: Desk, text: str) -> None:
    assert desk.told(text) == []


def test_a_reminder_on_the_same_day_must_come_before_midnight(desk: Desk) -> None:
    late = changed("reminder: 1 day", "reminder: 14 hours").replace("6 days", "end of day")
    assert [line for line, _ in desk.told(late)] == [13]


def test_near_names_are_offered(desk: Desk) -> None:
    text = changed("title:", "titl:").replace("kind: weekly", "kind: wekly")
    text = text.replace("times: 2", "tims: 2").replace("  cohorts:", "  cohort:")
    desk.put(text.replace("reminder:", "remind:"))
    assert {fault.mend for fault in desk.faults()} == {
        "Did you mean `title`?",
        "Did you mean `weekly`?",
        "Did you mean `times`?",
        "Did you mean `cohorts`?",
        "Did you mean `reminder`?",
    }


def test_a_misspelt_key_is_one_fault_and_not_also_a_missing_one(desk: Desk) -> None:
    assert desk.told(changed("title:", "titl:")) == [(2, "`titl` has no meaning here")]


def test_nothing_is_said_of_what_depends_on_something_that_could_not_be_read(desk: Desk) -> None:
    """Whether Saturday is a working day cannot be known, nor whether 08:00 is in the window."""
    text = changed("[friday]", "[saturday]").replace("thursday, friday]", "thursday, frday]")
    text = text.replace('"10:00"', '"08:00"').replace(STARTS, STARTS + "window: early\n")
    assert [line for line, _ in desk.told(text)] == [4, 8]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "the file is empty"),
        ("- a\n- b\n", 1, "the file holds no campaign"),
        ("name: small\n\ttitle: x\n", 2, "a tab stands at the start of the line"),
        ("name: [small\n", 1, "the file cannot be read from here"),
        (b"name: \xff\n", 1, "the file is not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told(
    desk: Desk, text: str | bytes, line: int, said: str
) -> None:
    [(where, fault)] = desk.told(text)
    assert where == line
    assert said in fault
