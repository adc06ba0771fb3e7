"""When somebody writes of distress: one message at once, and nothing else differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import select

from bot import turns
from bot.commands.deliveries import _counted, _told
from bot.prompts.house import languages
from bot.prompts.reserved import vocabulary
from bot.records import (
    Commanded,
    Drafted,
    LaneClass,
    Media,
    Outbound,
    Platform,
    Submitted,
    Unfolded,
    Words,
)
from bot.requests.desk import NOT_AGAIN
from bot.store import deliveries
from bot.store.opening import Store, open_store
from bot.store.tables import metadata
from bot.trust.sealing import new_key
from tests.conftest import on_sqlite
from tests.journeys.looking import at, current, is_nobody, person, words
from tests.journeys.playing import begin
from tests.journeys.someone import MORNING, Ids, Someone, texts

DISTRESS = "I want to die"
#: As long, and taken as it is.
ORDINARY = "I want a tea."
FOUND = "This is an automated message. Nobody is watching this chat or reading along."
NUMBERS = ("999", "116 123", "111", "0800 83 85 87")
PHOTO = Media(name="tea.jpg", mime="image/jpeg", content=b"\xff\xd8canary\xff\xd9")
PLATFORMS = (Platform.TERMINAL, Platform.TELEGRAM, Platform.SLACK)


def helps(said: list[Outbound]) -> list[Outbound]:
    return [each for each in said if FOUND in " ".join(texts([each])).replace("\n", " ")]


def is_helped(said: list[Outbound]) -> None:
    """Help comes first, once, in its lane, and says all that it has to."""
    (found,) = helps(said)
    assert said[0] == found
    assert found.lane_class is LaneClass.HELP
    text = " ".join(texts([found])[0].split())
    assert all(number in text for number in NUMBERS)
    assert "Nothing is flagged, and nothing is passed on" in text
    assert not found.options
    assert [each.lane_class for each in said[1:]] == [LaneClass.REPLY] * (len(said) - 1)


@pytest.fixture(params=PLATFORMS)
def writer(store: Store, ids: Ids, request: pytest.FixtureRequest) -> Someone:
    """Somebody on each platform."""
    return begin(Someone(store, platform=request.param, ids=ids), "joined")


def test_in_the_middle_of_the_weekly_check_in_help_comes_and_the_answer_counts(
    writer: Someone,
) -> None:
    for line in ("practise", "weekly", "3"):
        writer.says(line)
    asked = at(writer)
    is_helped(writer.says(DISTRESS))
    assert at(writer) == asked
    writer.says("done")
    assert at(writer) != asked
    assert DISTRESS in words(writer)


def test_help_does_not_wait_for_the_quiet_gap_and_the_gap_goes_on(someone: Someone) -> None:
    for line in ("journal", "yes"):
        someone.says(line)
    is_helped(someone.says(DISTRESS))
    before = current(someone)
    assert before is not None
    assert [part.text for part in before.draft] == [DISTRESS]
    assert before.wake_at is not None
    assert helps(someone.waits(timedelta(minutes=1))) == []
    assert DISTRESS in words(someone)


def test_words_that_no_question_asked_for_bring_help_too(someone: Someone) -> None:
    is_helped(someone.says(DISTRESS))
    assert "nothing open" not in texts(someone.told)


def test_where_an_option_is_asked_for_help_comes_too(someone: Someone) -> None:
    for line in ("practise", "weekly"):
        someone.says(line)
    is_helped(someone.says(DISTRESS))


def test_after_stop_help_comes_and_the_stop_stands(someone: Someone) -> None:
    someone.says("stop")
    is_helped(someone.says(DISTRESS))
    before = person(someone).standing
    assert before == "stopped"
    assert words(someone) == []


def test_before_joining_help_comes_before_the_welcome(stranger: Someone) -> None:
    is_helped(stranger.says(DISTRESS))
    assert at(stranger) == "join.welcome" or str(at(stranger)).startswith("join.")


def test_while_joining_help_comes(stranger: Someone) -> None:
    stranger.says("hello")
    is_helped(stranger.says(DISTRESS))


def test_a_photos_caption_is_read(someone: Someone) -> None:
    for line in ("journal", "yes"):
        someone.says(line)
    is_helped(someone.sends(Words(message="p1", text=DISTRESS, media=PHOTO)))


def test_an_edit_is_read_of_an_open_answer_and_of_an_ended_one(someone: Someone) -> None:
    for line in ("journal", "yes", ORDINARY):
        someone.says(line)
    is_helped(someone.changes(ORDINARY, DISTRESS))
    someone.says("done")
    assert words(someone)[-1] == DISTRESS


def test_an_edit_of_an_ended_answer_is_read(someone: Someone) -> None:
    for line in ("journal", "yes", ORDINARY, "done"):
        someone.says(line)
    is_helped(someone.changes(ORDINARY, DISTRESS))


def test_an_edit_of_something_that_is_not_kept_is_read(someone: Someone) -> None:
    someone.says(ORDINARY)
    is_helped(someone.changes(ORDINARY, DISTRESS))


def test_what_is_sent_from_a_window_is_read_and_what_stands_in_it_is_not(
    store: Store, ids: Ids
) -> None:
    someone = begin(Someone(store, place="D1", platform=Platform.SLACK, ids=ids), "joined")
    someone.says("journal")
    asked = someone.says("yes")
    button = next(each.window for each in asked if each.window is not None)
    someone.does(Unfolded(token=button.token))
    token = button.token.removesuffix(":window")
    assert someone.does(Drafted(token=token, text=DISTRESS)) == []
    is_helped(someone.does(Submitted(token=token, message="V1", text=DISTRESS)))


def test_a_word_by_command_is_read(someone: Someone) -> None:
    is_helped(someone.does(Commanded(text=DISTRESS)))


def test_a_strangers_command_is_answered_at_once_and_makes_nobody_of_them(
    stranger: Someone,
) -> None:
    assert stranger.does(Commanded(text=DISTRESS)) == []
    assert all(number in stranger.heard.reply.toast for number in NUMBERS)
    assert is_nobody(stranger)


def test_twice_in_an_hour_it_comes_once_and_later_again(someone: Someone) -> None:
    is_helped(someone.says(DISTRESS))
    someone.waits(timedelta(minutes=30))
    assert helps(someone.says(DISTRESS)) == []
    someone.waits(NOT_AGAIN)
    is_helped(someone.says(DISTRESS))


def test_whoever_asks_is_helped_as_often_as_they_like(someone: Someone) -> None:
    someone.says(DISTRESS)
    for _ in range(3):
        (found,) = someone.says("help")
        assert found.lane_class is LaneClass.HELP
        assert all(number in texts([found])[0] for number in NUMBERS)


def test_having_asked_for_help_does_not_keep_it_from_coming(someone: Someone) -> None:
    someone.says("help")
    is_helped(someone.says(DISTRESS))


def test_help_for_one_person_keeps_none_from_another(someone: Someone, other: Someone) -> None:
    other.lately = someone.lately
    is_helped(someone.says(DISTRESS))
    is_helped(other.says(DISTRESS))


def test_in_a_place_of_several_people_nothing_of_it_is_said(someone: Someone) -> None:
    someone.does_in("everybody", Words(message="g1", text=DISTRESS))
    assert helps(someone.told) == []


def test_the_same_update_again_is_not_answered_again(someone: Someone) -> None:
    is_helped(someone.does_words(DISTRESS, "u-1"))
    assert someone.does_words(DISTRESS, "u-1") == []


def test_a_message_that_cannot_be_digested_still_brings_help(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(turns, "_take", fails)
    is_helped(someone.says(DISTRESS))


@pytest.mark.parametrize("language", ["en", "cy"])
def test_joining_says_where_to_turn_as_help_does(store: Store, language: str) -> None:
    newcomer = Someone(store, language=language)
    said = "\n".join(texts(newcomer.arrives()[:2]))
    assert "116 123" in said
    assert "6" in said.partition("0800 83 85 87")[2].partition("breathingspace")[0]  # Its hours.
    another = Someone(
        store, language=language, place="another", signposts="Ring the wardens on 5."
    )
    said = "\n".join(texts(another.arrives()[:2]))
    assert "Ring the wardens on 5." in said
    assert "116 123" not in said


def test_a_deployments_signposts_take_the_place_of_ours(someone: Someone) -> None:
    someone.signposts = "Ring the wardens on 5."
    (found, *_) = someone.says(DISTRESS)
    assert "Ring the wardens on 5." in texts([found])[0]
    assert "116 123" not in texts([found])[0]


def test_in_welsh_help_comes_too(someone: Someone) -> None:
    is_helped(someone.says("Dw i eisiau lladd fy hun"))


def test_ordinary_words_bring_none(someone: Someone) -> None:
    for line in ("journal", "yes", "This deadline is killing me."):
        assert helps(someone.says(line)) == []


@pytest.mark.parametrize("language", languages())
def test_whatever_language_somebody_reads_help_comes_and_the_word_works(
    store: Store, ids: Ids, language: str
) -> None:
    someone = Someone(store, language=language, ids=ids)
    for said in (someone.says("Dw i eisiau marw"), someone.says("help")):
        assert said[0].lane_class is LaneClass.HELP
        assert all(number in texts(said)[0] for number in NUMBERS)
    assert person(someone).language == language


@pytest.mark.parametrize("language", languages())
def test_the_word_help_is_known_in_every_language(language: str) -> None:
    assert vocabulary(language)["help"] == "help"


# Nothing is kept of it, and staff are told nothing.


def test_staff_see_help_as_a_reply(someone: Someone) -> None:
    someone.says(DISTRESS)
    since, theirs = MORNING - NOT_AGAIN, someone.id
    one_by_one = someone.asks(lambda conn: deliveries.of_participant(conn, theirs, since, 99))
    counted = someone.asks(lambda conn: deliveries.alike(conn, since))
    assert LaneClass.HELP in {each.lane_class for each in one_by_one}
    assert {_told(each)["class"] for each in one_by_one} == {"reply"}
    assert {row["class"] for row in _counted(counted)} == {"reply"}
    assert [row["count"] for row in _counted(counted)] == [len(one_by_one)]


Play = Callable[[Someone, str], object]


def _answers(someone: Someone, text: str) -> None:
    for line in ("practise", "weekly", "3", text, "done"):
        someone.says(line)


def _edits(someone: Someone, text: str) -> None:
    for line in ("journal", "yes", "Fine enough."):
        someone.says(line)
    someone.changes("Fine enough.", text)
    someone.says("done")


def _stopped(someone: Someone, text: str) -> None:
    someone.says("stop")
    someone.says(text)


def _twice(someone: Someone, text: str) -> None:
    someone.says(text)
    someone.says(text)


PLAYS: dict[str, Play] = {
    "answers": _answers,
    "edits": _edits,
    "stopped": _stopped,
    "nothing open": lambda someone, text: someone.says(text),
    "twice": _twice,
    "a caption": lambda someone, text: someone.sends(Words(message="p1", text=text, media=PHOTO)),
}


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Empty stores, as many as are asked for."""
    opened: list[Store] = []

    def make() -> Store:
        folder = tmp_path / str(len(opened))
        folder.mkdir()
        urls = on_sqlite(folder)
        opened.append(open_store(urls.words, urls.keys, lambda _: [new_key()]))
        opened[-1].writer.start()
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def dumped(someone: Someone) -> dict[str, list[str]]:
    """Every row of every table; what is sealed by its length alone, random ids by none."""
    found: dict[str, list[str]] = {}
    for table in metadata.sorted_tables:
        rows = someone.asks(
            lambda conn, table=table: conn.execute(select(table)).mappings().all()  # type: ignore[misc]
        )
        found[table.name] = sorted(
            repr({name: _open(value) for name, value in row.items()}) for row in rows
        )
    return found


def _open(value: object) -> object:
    if isinstance(value, bytes):
        return len(value)
    return re.sub(r"[0-9a-f]{32,}", "id", value) if isinstance(value, str) else value


@pytest.mark.parametrize("play", PLAYS.values(), ids=PLAYS.keys())
@pytest.mark.parametrize("platform", PLATFORMS)
def test_of_distress_nothing_is_kept_but_the_message_that_went_out(
    stores: Callable[[], Store], play: Play, platform: Platform
) -> None:
    left: list[dict[str, list[str]]] = []
    logs: list[list[object]] = []
    for text in (ORDINARY, DISTRESS):
        someone = begin(Someone(stores(), platform=platform, ids=Ids()), "joined")
        with structlog.testing.capture_logs() as logged:
            play(someone, text)
        left.append(dumped(someone))
        logs.append(list(logged))
        assert len(helps(someone.told)) == (text == DISTRESS)
    ordinary, distress = left
    assert logs[0] == logs[1] == []
    differing = {name for name in ordinary if ordinary[name] != distress[name]}
    assert differing <= {"outbox", "outbox_lane", "outbox_chat"}
    assert len(distress["outbox"]) == len(ordinary["outbox"]) + 1
