"""A year after somebody shared words, they are asked once whether those may stay shared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot import prompting
from bot.records import Outbound
from bot.requests import renewing
from bot.store import dues, people, shared
from tests.journeys.someone import MORNING, Someone, quotes, texts

#: The morning after the year is over: it is a Thursday.
A_YEAR_ON = MORNING + timedelta(days=366)
A_YEAR = timedelta(days=366)
#: At night, before a public holiday in Scotland.
EVE_OF_ST_ANDREW = datetime(2027, 11, 29, 23, tzinfo=UTC)
DAY = timedelta(days=1)
WORDS = ("What happened?\n\nThe huddle went quiet.", "What is different?\n\nWe ask first.")


def gives(
    someone: Someone,
    title: str = "A story of change",
    level: str = "named",
    name: str | None = "Ada",
    at: datetime = MORNING,
) -> str:
    """Share something; its id."""
    whose = someone.id
    body = shared.Body(title=title, about="", name=name, paragraphs=WORDS)

    def work(conn: Connection) -> str:
        return shared.give(
            conn,
            someone.store.keys,
            whose,
            conversation=someone.ids(),
            turn="pass_on",
            practice="story_of_change",
            level=level,
            body=body,
            now=at,
        )

    return someone.asks(work)


def comes_by(someone: Someone, until: datetime) -> list[Outbound]:
    """Some hours go by, with the hourly sweep at their beginning and their end."""
    someone.asks(lambda conn: renewing.plan(conn, someone.now))
    said = someone.lives(until, pulse=timedelta(hours=4))
    someone.asks(lambda conn: renewing.plan(conn, someone.now))
    return said + someone.is_called()


def is_asked(someone: Someone, at: datetime = A_YEAR_ON) -> Outbound:
    """The one message that comes then."""
    someone.now = at
    (said,) = comes_by(someone, at + timedelta(hours=1))
    return said


def titles(someone: Someone) -> list[str]:
    """What they share."""
    whose = someone.id
    found = someone.asks(lambda conn: shared.of(conn, someone.store.keys, whose))
    return [each.title for each in found]


def test_after_a_year_the_words_are_shown_as_they_are_and_silence_leaves_them(
    someone: Someone,
) -> None:
    gives(someone)
    someone.now = MORNING + timedelta(days=364)
    assert comes_by(someone, someone.now + timedelta(hours=1)) == []
    asked = is_asked(someone)
    assert quotes([asked]) == list(WORDS)
    (text,) = texts([asked])
    assert 'shared on Tuesday 3 November 2026, of "A story of change", word for word' in text
    assert "May be shown to others with this name: Ada" in text
    assert "If you say nothing, it stays as it is, and I do not ask about it again." in text
    assert [each.label for each in asked.options] == ["Let it stay shared", "Take it back"]
    assert comes_by(someone, someone.now + 2 * DAY) == []
    someone.now += A_YEAR
    assert comes_by(someone, someone.now + DAY) == []
    assert titles(someone) == ["A story of change"]


def test_it_says_so_where_no_name_goes_along_and_speaks_their_language(someone: Someone) -> None:
    gives(someone, level="public", name=None)
    assert "May be shown to everybody, without a name." in texts([is_asked(someone)])[0]
    whose = someone.id
    someone.asks(lambda conn: people.change(conn, whose, language="cy"))
    gives(someone, level="evaluator", name=None)
    asked = is_asked(someone, A_YEAR_ON + 2 * DAY)
    assert "Os na ddywedi di ddim byd, mae'n aros fel y mae" in texts([asked])[0]
    assert asked.options[1].label == "Ei dynnu'n ôl"


def test_what_may_stay_is_asked_about_again_a_year_after_that(someone: Someone) -> None:
    gives(someone)
    stay, _ = is_asked(someone).options
    someone.now += 30 * DAY
    for _ in range(2):
        (said,) = texts(someone.presses(stay.token))
        assert said.startswith('"A story of change" stays shared as it is. I ask again in a year.')
    someone.now = A_YEAR_ON + A_YEAR
    assert comes_by(someone, someone.now + DAY) == []
    assert quotes([is_asked(someone, A_YEAR_ON + A_YEAR + 32 * DAY)]) == list(WORDS)


def test_it_is_taken_back_at_any_time_and_its_buttons_go_on_answering(someone: Someone) -> None:
    gives(someone)
    stay, back = is_asked(someone).options
    someone.presses(stay.token)
    someone.says("stop")
    someone.now += A_YEAR
    (said,) = texts(someone.presses(back.token))
    assert said.startswith('"A story of change" is no longer shared.')
    assert titles(someone) == []
    for token in (back.token, stay.token, "consent:back:nonsense"):
        assert "is not shared any more" in texts(someone.presses(token))[0]
    assert titles(someone) == []


def test_nobody_takes_back_what_is_somebody_elses(someone: Someone, other: Someone) -> None:
    gives(someone)
    for each in is_asked(someone).options:
        assert "is not shared any more" in texts(other.presses(each.token))[0]
    assert titles(someone) == ["A story of change"]


def test_the_answer_may_be_written_for_a_day(someone: Someone) -> None:
    gives(someone)
    is_asked(someone)
    assert "stays shared" in texts(someone.says("1"))[0]
    assert "stays shared" not in texts(someone.says("1"))[0]
    gives(someone, "Another")
    is_asked(someone, A_YEAR_ON + 2 * DAY)
    someone.now += DAY
    assert "no longer shared" not in texts(someone.says("take it back"))[0]
    someone.says("take back")
    someone.says("another")
    assert titles(someone) == ["A story of change"]


def test_of_several_one_comes_a_day_the_oldest_first(someone: Someone) -> None:
    gives(someone, "The second", at=MORNING + timedelta(hours=1))
    gives(someone, "The first")
    first = is_asked(someone)
    assert '"The first"' in texts([first])[0]
    someone.presses(first.options[1].token)
    assert comes_by(someone, A_YEAR_ON + timedelta(hours=10)) == []
    (second,) = comes_by(someone, A_YEAR_ON + DAY + timedelta(hours=10))
    assert '"The second"' in texts([second])[0]
    assert titles(someone) == ["The second"]


def test_it_waits_for_hours_and_holidays_and_for_a_conversation_to_end(someone: Someone) -> None:
    gives(someone)
    whose = someone.id
    someone.asks(lambda conn: people.change(conn, whose, holidays="GB-SCT"))
    someone.now = EVE_OF_ST_ANDREW
    assert comes_by(someone, someone.now + timedelta(hours=25)) == []
    someone.now = EVE_OF_ST_ANDREW + timedelta(hours=34)
    someone.says("journal")
    assert comes_by(someone, someone.now + timedelta(hours=2)) == []
    for line in ("yes", "Ellen.", "done"):
        someone.says(line)
    assert quotes(comes_by(someone, someone.now + timedelta(hours=1))) == list(WORDS)


@pytest.mark.parametrize(("word", "again"), [("pause", "start"), ("stop", "start")])
def test_whoever_paused_or_stopped_is_asked_when_they_are_back(
    someone: Someone, word: str, again: str
) -> None:
    gives(someone)
    someone.now = A_YEAR_ON
    someone.asks(lambda conn: renewing.plan(conn, someone.now))
    someone.says(word)
    assert comes_by(someone, A_YEAR_ON + 3 * DAY) == []
    someone.says(again)
    said = comes_by(someone, A_YEAR_ON + 5 * DAY)
    assert quotes(said) == list(WORDS)


def test_nothing_is_due_to_whoever_was_forgotten(someone: Someone) -> None:
    gives(someone)
    someone.now = A_YEAR_ON
    someone.asks(lambda conn: renewing.plan(conn, someone.now))
    someone.gone()
    assert comes_by(someone, A_YEAR_ON + DAY) == []
    assert someone.asks(dues.soonest) is None


def test_what_is_cut_short_leaves_no_mark_and_comes_once(someone: Someone) -> None:
    gives(someone)
    someone.now = A_YEAR_ON
    someone.asks(lambda conn: renewing.plan(conn, someone.now))
    house = someone.house()
    (due,) = someone.asks(lambda conn: dues.come(conn, someone.now, 9))

    def is_killed(conn: Connection) -> None:
        assert prompting.call(conn, house, due, someone.now).said == 1
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError, match="killed"):
        someone.asks(is_killed)
    for said in (1, 0):
        heard = someone.asks(lambda conn: prompting.call(conn, house, due, someone.now))
        assert heard.said == said
