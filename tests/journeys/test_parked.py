"""What a turn cannot digest: sealed, told, and no reason for the chat to stop."""

from __future__ import annotations

import pytest

from bot.records import Adjusted, Body, Commanded, Drafted, Looked
from bot.requests import page, talk, window
from bot.requests import words as reserved
from bot.store import parked
from bot.store.opening import Store
from tests.conftest import Urls
from tests.journeys.conftest import on_both
from tests.journeys.looking import at, parked_ones, words
from tests.journeys.someone import Someone, texts
from tests.journeys.test_what_is_kept import CANARY, bytes_of

pytestmark = on_both


class BrokenError(Exception):
    """Something is wrong in our code, and its text holds somebody's words."""


def breaks(*_: object, **__: object) -> None:
    raise BrokenError(CANARY)


@pytest.fixture
def broken(someone: Someone, monkeypatch: pytest.MonkeyPatch) -> Someone:
    """Somebody whose words met a fault, which is mended since."""
    someone.says("journal")
    someone.says("yes")
    with monkeypatch.context() as patch:
        patch.setattr(talk, "step", breaks)
        someone.says(CANARY)
    return someone


def test_the_person_is_told_with_a_reference(broken: Someone) -> None:
    reference = broken.heard.parked
    assert reference is not None
    assert reference[:8] in texts(broken.told[-1:])[0]


def test_it_is_sealed_and_staff_see_the_error_alone(
    broken: Someone, urls: Urls, store: Store
) -> None:
    (found,) = broken.asks(parked.waiting)
    assert found.error == "BrokenError"
    assert found.whereabouts.startswith("test_parked.py:")
    assert CANARY not in repr(found)
    assert not any(CANARY.encode() in each for each in bytes_of(urls, store))


def test_the_chat_goes_on(broken: Someone) -> None:
    broken.says("Something else.")
    broken.says("done")
    assert words(broken) == ["Something else."]


def test_the_same_update_is_not_parked_twice(
    someone: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    someone.says("journal")
    monkeypatch.setattr(talk, "step", breaks)
    someone.does_words(CANARY, update="twice")
    someone.does_words(CANARY, update="twice")
    assert parked_ones(someone) == 1


def test_a_fault_with_the_first_words_of_a_stranger_is_parked_too(
    stranger: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(talk, "step", breaks)
        assert stranger.says(CANARY) == []
    assert stranger.heard.parked is not None
    stranger.says("hello")
    assert at(stranger) == "join.consent"


def test_a_wake_that_fails_holds_up_nobody_else(
    someone: Someone, other: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in (someone, other):
        for line in ("journal", "yes", "Ellen."):
            each.says(line)
    with monkeypatch.context() as patch:
        patch.setattr(talk, "step", breaks)
        with pytest.raises(BrokenError):
            someone.waits(someone.gap)
    other.waits(other.gap)
    assert words(other) == ["Ellen."]


@pytest.mark.parametrize(
    "body",
    [
        Adjusted(field="days", values=("0", "1")),
        Looked(page=True),
        Drafted(token="x", text=CANARY),
        Commanded(text="help"),
    ],
    ids=lambda body: type(body).__name__,
)
def test_a_fault_with_nothing_anybody_would_miss_is_told_at_once_and_not_in_the_chat(
    someone: Someone, body: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        for room, door in ((page, "take"), (window, "take"), (reserved, "answer")):
            patch.setattr(room, door, breaks)
        assert someone.does(body) == []
    assert someone.heard.reply.toast.startswith("Something went wrong on our side.")
    reference = someone.heard.parked
    assert reference is not None
    came = someone.asks(lambda conn: parked.message(conn, someone.store.keys, reference))
    assert came is not None
    assert came.body == body
