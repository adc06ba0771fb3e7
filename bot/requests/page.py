"""The page beside the chat: what a person set, what is open, and what is kept of them.

It says nothing in the chat. Its buttons say reserved words, its fields change settings.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import assert_never

from bot.engine.conversation import Answer, Conversation
from bot.engine.hearing import Word
from bot.prompts.dates import on_day
from bot.prompts.house import house
from bot.prompts.render import render
from bot.prompts.reserved import vocabulary
from bot.records import (
    Adjusted,
    Field,
    Heading,
    Link,
    Looked,
    Page,
    Paragraph,
    Quote,
    Row,
    Sought,
    Standing,
)
from bot.requests import fields
from bot.requests.desk import FOREVER, Desk
from bot.requests.menu import MENU
from bot.store import answers
from scheduler.calendar import zone

#: Whose recall is the experiment that the page shows, and what it is called there.
WEEKLY, EXPERIMENT = "weekly", "experiment"
#: Words that end something: their buttons ask before they say them.
_CONFIRMED = frozenset({Word.FORGET_ME, Word.STOP})
_Parts = Iterator[Heading | Paragraph | Quote | Field | Row]


def of(desk: Desk, current: Conversation | None) -> Page:
    """Somebody's own page, as things stand."""
    parts = (
        *desk.words("page_yours"),
        *_rhythm(desk),
        *_open(desk, current),
        *_experiment(desk),
        *_kept(desk),
    )
    return Page(parts=parts)


def of_stranger(language: str) -> Page:
    """The page of somebody new: what this is, and how to begin."""
    words = house(language)
    said = render(words, "page_stranger", {})
    (begin,) = render(words, "page_begin", {})
    start = Link(label=begin.text, word=_phrase(Word.START, language))
    return Page(parts=(*said, Row(links=(start,))))


def take(desk: Desk, current: Conversation | None, body: Looked | Adjusted | Sought) -> None:
    """Take what comes of the page: it is looked at, changed, or something on it is sought."""
    match body:
        case Looked():
            desk.answer(page=of(desk, current))
        case Adjusted(field=field, values=values):
            adjust(desk, current, field, values)
        case Sought(field=field, text=text):
            desk.answer(found=fields.found(field, text, desk.participant.language))
        case _:
            assert_never(body)


def adjust(desk: Desk, current: Conversation | None, field: str, values: tuple[str, ...]) -> None:
    """Change what a field stands for, and show the page as it is then."""
    refused = fields.change(desk, current, field, values)
    if refused:
        desk.answer(toast=desk.text(refused))
    desk.answer(page=of(desk, current))


def _rhythm(desk: Desk) -> _Parts:
    yield Heading(text=desk.text("page_rhythm"))
    if quiet := _quiet(desk):
        yield from quiet
        yield Row(links=(_link(desk, Word.START, "page_again"),))
    yield from fields.rhythm_of(desk)


def _quiet(desk: Desk) -> tuple[Paragraph | Quote, ...]:
    """Why nothing comes just now; nothing when prompts may come."""
    person = desk.participant
    if person.standing is Standing.STOPPED:
        return desk.words("page_stopped")
    if person.paused_until == FOREVER:
        return desk.words("page_paused")
    if person.paused_until is None or person.paused_until <= desk.now:
        return ()
    return desk.words("page_paused_until", when=_when(desk, person.paused_until))


def _open(desk: Desk, current: Conversation | None) -> _Parts:
    yield Heading(text=desk.text("page_open"))
    if current is not None and current.practice != MENU:
        yield from desk.words("page_open_title", title=desk.title(current.practice))
        yield Row(links=(_link(desk, Word.START, "page_continue"), _link(desk, Word.LATER)))
        return
    yield from desk.words("page_open_none")
    if desk.participant.standing is not Standing.STOPPED:
        yield _row(desk, Word.PRACTISE, Word.JOURNAL)


def _experiment(desk: Desk) -> _Parts:
    yield Heading(text=desk.text("page_experiment"))
    last = _last_experiment(desk)
    if last is None or not last.text.strip():
        yield from desk.words("page_experiment_none")
        return
    yield from desk.words("page_experiment_when", when=_when(desk, last.said_at))
    yield Quote(text=last.text)


def _last_experiment(desk: Desk) -> Answer | None:
    """What they last chose to try, as the weekly check-in recalls it."""
    shelf = desk.house.shelf
    if not shelf.has(WEEKLY):
        return None
    recalls = shelf.pinned(desk.conn, shelf.current(WEEKLY)).script.recalls
    wanted = {name: each for name, each in recalls.items() if name == EXPERIMENT}
    found = answers.recollect(
        desk.conn, desk.house.keys, desk.participant.id, wanted, before_conversation=""
    )
    return found.get(EXPERIMENT)


def _kept(desk: Desk) -> _Parts:
    stopped = desk.participant.standing is Standing.STOPPED
    yield Heading(text=desk.text("page_kept"))
    count, first = answers.tally(desk.conn, desk.participant.id)
    if first is None:
        yield from desk.words("page_kept_none")
    elif count == 1:
        yield from desk.words("page_kept_one", since=_when(desk, first))
    else:
        yield from desk.words("page_kept_some", count=str(count), since=_when(desk, first))
    yield from desk.words("page_kept_how", months=str(desk.retention_months))
    yield from fields.keeping_of(desk)
    if stopped:
        yield _row(desk, Word.EXPORT, Word.KEEP, Word.HELP)
        yield _row(desk, Word.FORGET_ME)
    else:
        yield _row(desk, Word.REMEMBER, Word.EXPORT, Word.KEEP, Word.HELP)
        yield _row(desk, Word.FORGET_ME, Word.STOP)


def _row(desk: Desk, *words: Word) -> Row:
    return Row(links=tuple(_link(desk, word) for word in words))


def _link(desk: Desk, word: Word, block: str = "") -> Link:
    """A button that says a reserved word, named by a block of its own or by the word's."""
    named = block or f"page_{word}"
    confirm = desk.text(f"{named}_confirm") if word in _CONFIRMED else ""
    phrase = _phrase(word, desk.participant.language)
    return Link(label=desk.text(named), word=phrase, confirm=confirm)


def _phrase(word: Word, language: str) -> str:
    """How a reserved word is said: the first of its phrases in a language."""
    phrases = (phrase for phrase, meant in vocabulary(language).items() if meant == word)
    return next(phrases, word)


def _when(desk: Desk, at: datetime) -> str:
    return on_day(at, desk.now, zone(desk.participant.zone), desk.participant.language)
