"""Leaving one campaign in the chat and on the page, and coming back."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from bot.records import Adjusted, Commanded, Field, Invited
from bot.requests import planning
from bot.store import campaigns, cohorts, dues
from bot.store.campaigns import Progress
from tests.journeys.looking import at, kept
from tests.journeys.someone import Someone, texts
from tests.journeys.test_campaigns import DAY, MONDAY, WEEK, ended, finishes, soonest, weekly
from tests.journeys.test_pages import UNCHANGED, looks

LEAVE = (
    'To have no more of one, write "leave campaign" and its number, such as "leave campaign {}". '
    "All else stays as it is."
)
NONE = "No series of prompts comes to you just now."


@pytest.fixture
def two(someone: Someone) -> Someone:
    """Somebody in two campaigns, the second by its cohort."""
    someone.now = MONDAY
    someone.starts(weekly(title="Weekly inquiry"))
    code = someone.asks(lambda conn: cohorts.invite(conn, "Spring", now=someone.now)).code
    someone.does(Invited(code=code))
    someone.starts(
        weekly(
            "spring",
            title="Spring",
            audience={"cohorts": ["Spring"]},
            step={"when": {"kind": "weekly", "on": ["thursday"]}},
        )
    )
    return someone


def says(someone: Someone, line: str) -> str:
    (said,) = texts(someone.says(line))
    return said


def coming(someone: Someone) -> set[str]:
    """The campaigns of which something comes next."""
    theirs = someone.id
    return {each.campaign for each in someone.asks(lambda conn: dues.of_participant(conn, theirs))}


# In the chat.


@pytest.mark.parametrize("line", ["campaigns", "Campaigns!", "what comes to me", "/campaigns"])
def test_what_comes_is_told_by_numbers_with_the_way_out(two: Someone, line: str) -> None:
    assert says(two, line).split("\n\n") == [
        "This is what comes to you.",
        "1. Weekly inquiry",
        "2. Spring",
        LEAVE.format(1),
    ]


def test_whoever_is_in_none_is_told_so(someone: Someone) -> None:
    assert says(someone, "campaigns").startswith(NONE)
    for line in ("leave campaign", "leave campaign 1", "return to campaign 1"):
        assert says(someone, line).startswith(NONE)


def test_a_campaign_for_others_or_over_is_not_told_of(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly("theirs", audience={"cohorts": ["Spring"]}))
    someone.starts(weekly("over", ends="2026-11-08"))
    someone.starts(weekly("cancelled"))
    someone.asks(lambda conn: campaigns.change(conn, "cancelled", Progress.CANCELLED, someone.now))
    assert says(someone, "campaigns").startswith(NONE)


def test_leaving_one_takes_only_that_one_away(two: Someone) -> None:
    assert coming(two) == {"inquiry", "spring"}
    assert says(two, "leave campaign 1") == (
        'Nothing more of "Weekly inquiry" comes to you. All else stays as it is. If you would '
        'like it again one day, write "return to campaign 1".'
    )
    assert coming(two) == {"spring"}
    two.lives(MONDAY + 2 * WEEK)
    assert {name for name, _, _ in ended(two)} == {"week 1", "week 2"}
    assert len(ended(two)) == 2  # Of one campaign, two weeks.


def test_the_list_says_what_was_left_and_the_way_back(two: Someone) -> None:
    two.says("leave campaign 1")
    said = says(two, "campaigns")
    assert "1. Weekly inquiry (you left it)\n\n2. Spring\n\n" in said
    assert 'such as "leave campaign 2"' in said
    assert 'such as "return to campaign 1"' in said.replace("\n", " ")
    two.says("leave campaign 2")
    said = says(two, "campaigns")
    assert said.startswith("This is what could come to you.")
    assert "leave campaign" not in said


def test_whoever_returns_has_it_again_from_its_next_time_on(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(title="Weekly inquiry"))
    before = soonest(someone)
    assert before is not None
    someone.says("leave campaign 1")
    assert someone.lives(MONDAY + 8 * DAY + timedelta(hours=12)) == []
    assert says(someone, "return to campaign 1") == (
        '"Weekly inquiry" comes to you again, from its next time on.'
    )
    assert soonest(someone) == before + 2 * WEEK
    assert ended(someone) == []


def test_leaving_and_returning_twice_change_nothing_more(two: Someone) -> None:
    assert says(two, "leave campaign 2") == says(two, "leave campaign 2")
    assert says(two, "return to campaign 2") == says(two, "return to campaign 2")
    assert coming(two) == {"inquiry", "spring"}


@pytest.mark.parametrize("number", ["0", "3", "999"])
def test_a_number_that_is_not_there_is_answered_with_the_list(two: Someone, number: str) -> None:
    for words in ("leave campaign", "return to campaign"):
        said = says(two, f"{words} {number}")
        assert said.startswith("There is no such number here.\n\nThis is what comes to you.")
    assert coming(two) == {"inquiry", "spring"}


def test_without_a_number_the_list_answers(two: Someone) -> None:
    assert says(two, "leave campaign") == says(two, "return to campaign") == says(two, "campaigns")


def test_whoever_stopped_begins_again_first(two: Someone) -> None:
    two.says("stop")
    for line in ("campaigns", "leave campaign 1"):
        assert says(two, line).startswith("You have stopped Skerry")
    two.says("start")
    assert "you left it" not in says(two, "campaigns")


@pytest.mark.parametrize(
    "line", ["leave it for next week", "leave 2", "leave", "return", "return 2"]
)
def test_words_like_these_are_answers_where_a_question_is_open(
    someone: Someone, line: str
) -> None:
    for before in ("journal", "yes", line, "done"):
        someone.says(before)
    assert line in str(kept(someone))


def test_leave_it_there_still_answers_whoever_comes_back(someone: Someone) -> None:
    for line in ("practise", "weekly", "3"):
        someone.says(line)
    someone.now += timedelta(days=8)
    someone.says("start")
    assert at(someone) == "return.way"
    someone.says("leave")
    assert at(someone) is None


def test_a_command_does_the_same(two: Someone) -> None:
    said = two.does(Commanded(text="leave campaign 2"))
    assert texts(said)[0].startswith('Nothing more of "Spring"')
    assert coming(two) == {"inquiry"}


# What was on its way.


@pytest.fixture
def waits(two: Someone) -> Someone:
    """Behind a conversation that is being had waits a prompt of the first campaign."""
    two.now = MONDAY + DAY + timedelta(hours=9)
    for line in ("practise", "a weekly check-in", "3"):
        two.says(line)
    two.lives(MONDAY + DAY + timedelta(hours=10))
    assert ("week 1", "deferred", "open") in ended(two)
    return two


def test_what_waits_behind_a_conversation_ends_because_they_left(waits: Someone) -> None:
    waits.says("leave campaign 1")
    assert ("week 1", "skipped", "left") in ended(waits)
    finishes(waits)
    assert ("week 1", "sent", None) not in ended(waits)


@pytest.fixture
def put_off(someone: Someone) -> Someone:
    """Of two campaigns that met in one window, the lower one's prompt was put off."""
    someone.now = MONDAY
    someone.starts(weekly("high", title="High", rank=5, step={"practice": "nudge"}))
    someone.starts(weekly("low", title="Low", rank=1))
    someone.lives(MONDAY + DAY + timedelta(hours=12))
    assert waiting(someone) == ["low"]
    return someone


def waiting(someone: Someone) -> list[str]:
    """The campaigns of which something has come due and not gone out."""
    theirs = someone.id
    found = someone.asks(lambda conn: dues.of_participant(conn, theirs))
    return [each.campaign for each in found if each.planned_at <= someone.now]


def test_what_came_due_and_was_put_off_ends_because_they_left(put_off: Someone) -> None:
    put_off.says("leave campaign 2")
    assert ("week 1", "skipped", "left") in ended(put_off)
    put_off.says("return to campaign 2")
    put_off.lives(MONDAY + 5 * DAY)
    assert max(ended(put_off)) == ("week 1", "skipped", "left")
    assert len(ended(put_off)) == 2


def test_leaving_one_does_not_end_what_was_put_off_in_another(put_off: Someone) -> None:
    put_off.says("leave campaign 1")
    assert waiting(put_off) == ["low"]
    put_off.lives(MONDAY + 5 * DAY)
    assert ended(put_off) == [("week 1", "sent", None)] * 2


def test_no_reminder_comes_of_a_campaign_that_was_left(someone: Someone) -> None:
    someone.now = MONDAY
    someone.starts(weekly(step={"reminder": "3 hours", "closes": "2 days"}))
    someone.lives(MONDAY + DAY + timedelta(hours=10))
    someone.says("leave campaign 1")
    assert someone.lives(MONDAY + 4 * DAY) == []


def test_a_change_of_rhythm_does_not_bring_it_back(two: Someone) -> None:
    two.says("leave campaign 1")
    for line in ("settings", "days and time", "uk time", "friday", "done", "16:30"):
        two.says(line)
    theirs = two.id
    two.asks(lambda conn: planning.plan_anew(conn, theirs, two.now))
    assert coming(two) == {"spring"}


def test_what_they_left_stands_in_their_export(two: Someone) -> None:
    two.says("leave campaign 2")
    two.says("export")
    (file,) = [
        each for message in two.told for each in message.files if each.name == "skerry.json"
    ]
    (left,) = json.loads(file.content)["about"]["campaigns_left"]
    assert (left["campaign"], left["title"]) == ("spring", "Spring")


# On the page beside the chat.


def field(someone: Someone) -> Field:
    """The field about what comes to them."""
    parts = looks(someone).parts
    (found,) = [each for each in parts if isinstance(each, Field) and "campaigns" in each.name]
    return found


def boxes(someone: Someone) -> tuple[list[str], list[str]]:
    """What could come, and what comes."""
    found = field(someone)
    return [each.label for each in found.entries], [each.value for each in found.chosen]


def adjusts(someone: Someone, name: str, *values: str) -> None:
    assert someone.does(Adjusted(field=name, values=values)) == []


def test_the_page_shows_what_comes_and_what_was_left(two: Someone) -> None:
    assert boxes(two) == (["Weekly inquiry", "Spring"], ["inquiry", "spring"])
    two.says("leave campaign 2")
    assert boxes(two) == (["Weekly inquiry", "Spring"], ["inquiry"])


def test_the_page_has_no_such_field_where_there_is_nothing_to_leave(someone: Someone) -> None:
    parts = looks(someone).parts
    assert not any(isinstance(each, Field) and "campaigns" in each.name for each in parts)


def test_the_page_leaves_and_comes_back(two: Someone) -> None:
    name = field(two).name
    adjusts(two, name, "spring")
    assert coming(two) == {"spring"}
    adjusts(two, name)
    assert coming(two) == set()
    adjusts(two, name, "inquiry", "spring")
    assert coming(two) == {"inquiry", "spring"}


def test_a_page_that_shows_others_than_there_are_changes_nothing(two: Someone) -> None:
    """A campaign that began since the page was opened is not left with a tick elsewhere."""
    name = field(two).name
    two.starts(weekly("new", title="New"))
    adjusts(two, name, "inquiry")
    assert two.heard.reply.toast == UNCHANGED
    assert coming(two) == {"inquiry", "spring", "new"}
    assert boxes(two)[1] == ["inquiry", "spring", "new"]


@pytest.mark.parametrize("values", [("nothing",), ("inquiry", "' OR 1=1 --")])
def test_a_campaign_that_is_none_changes_nothing(two: Someone, values: tuple[str, ...]) -> None:
    adjusts(two, field(two).name, *values)
    assert two.heard.reply.toast == UNCHANGED
    assert coming(two) == {"inquiry", "spring"}
