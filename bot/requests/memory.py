"""Reserved words about what is kept: remember, keep, export, delete that, forget me."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.engine import events
from bot.engine.answering import without
from bot.engine.conversation import Conversation
from bot.engine.hearing import fold
from bot.prompts.dates import on_day
from bot.prompts.house import house
from bot.records import Media, Outbound, Platform, Quote, Standing
from bot.requests import exporting, page, threads
from bot.requests.desk import Desk
from bot.requests.exporting import description
from bot.requests.pooling import follow_answer
from bot.requests.talk import AMEND, move
from bot.store import answers, conversations, media
from bot.store.answers import Kept
from scheduler.calendar import zone

#: How many of a person's own words `remember` shows.
SHOWN = 5
#: How many photos and voice notes of one answer it shows.
MOST_FILES = 5
#: How long after `forget me` its confirmation counts.
CONFIRM_WITHIN = timedelta(hours=1)


def remember(desk: Desk, practice: str = "") -> None:
    """Show a person what they said lately, in their own words, oldest first.

    With the name of a practice: what they said in that one, through time.
    """
    if practice:
        threads.tell(desk, threads.named(desk, practice))
        return
    every = answers.all_of(desk.conn, desk.house.keys, desk.participant.id)
    kept = [entry for entry in every if entry.answer.text.strip() or _carried(entry)]
    if not kept:
        desk.remark("remember_none")
        return
    desk.remark("remember_intro")
    for entry in kept[-SHOWN:]:
        desk.remark(
            "remember_item",
            title=desk.title(entry.place.practice),
            when=_when(desk, entry.answer.said_at),
            after=(Quote(text=entry.answer.text),) if entry.answer.text.strip() else (),
            files=_files(desk, entry),
        )
    more = len(kept) - SHOWN
    if more > 0:
        desk.remark("remember_more", count=str(more))
    threads.offer(desk, kept)


def _carried(entry: Kept) -> list[str]:
    """The photos and voice notes of an answer, by their ids."""
    return [part.media for part in entry.answer.parts if part.media]


def _files(desk: Desk, entry: Kept) -> tuple[Media, ...]:
    carried = _carried(entry)[:MOST_FILES]
    if not carried:
        return ()
    whose, keys = desk.participant.id, desk.house.keys
    beside = answers.of_conversation(desk.conn, keys, whose, entry.place.conversation)
    said = description(entry, beside)
    found = (media.get(desk.conn, keys, whose, each) for each in carried)
    return tuple(exporting.told(each, said) for each in found if each is not None)


def export(desk: Desk) -> None:
    """Send a person all their words, as JSON and as a page to read."""
    files = exporting.files(desk)
    if files:
        here = "export_ready_terminal" if _in_terminal(desk) else "export_ready"
        desk.remark(here, files=files)
    else:
        desk.remark("export_nothing")


def delete_that(desk: Desk, current: Conversation | None) -> None:
    """Take back the last thing said, in the open conversation or among what is kept."""
    if current is not None and current.begun:
        move(desk, current, events.Unsaid())
        return
    entry = answers.delete_latest(desk.conn, desk.house.keys, desk.participant.id)
    if entry is None:
        desk.remark("nothing_to_unsay")
        return
    desk.remark(
        "deleted",
        title=desk.title(entry.place.practice),
        when=_when(desk, entry.answer.said_at),
    )
    follow_answer(desk, conversation=entry.place.conversation, turn=entry.place.key)


def take_out(desk: Desk, message: str) -> None:
    """A message was deleted in the chat: its words go from whatever holds them, at once.

    Of an ended conversation they are no longer kept, and that is said; a conversation that is
    open lets go of them by itself.
    """
    going = conversations.unended(desk.conn, desk.house.keys, desk.participant.id)
    known = {each.id for each in going}
    found = answers.holding(desk.conn, desk.house.keys, desk.participant.id, message)
    kept = [each for each in found if each.place.conversation not in known]
    for each in kept:
        _reduce(desk, each, message)
    if kept and desk.participant.standing is not Standing.STOPPED:
        desk.remark("gone")
    for held in going:
        given = (part for answer in held.answers.values() for part in answer.parts)
        if any(part.message == message for part in (*held.draft, *given)):
            # There is nothing left to ask about a change to what is gone.
            asks_to_amend = held.practice == AMEND
            move(desk, held, events.Folded() if asks_to_amend else events.Deleted(message))
    follow_answer(desk, message=message)


def _reduce(desk: Desk, kept: Kept, message: str) -> None:
    """Keep an answer without one of its messages, or no longer."""
    place, given = kept.place, kept.answer
    rest = without(given, message, in_words=place.kind == "ask")
    if rest is None:
        answers.drop(desk.conn, desk.participant.id, place.conversation, place.key)
    else:
        answers.keep(desk.conn, desk.house.keys, desk.participant.id, place, rest)
    carried = [part.media for part in given.parts if part.message == message and part.media]
    if carried:
        media.remove(desk.conn, desk.participant.id, carried)


def forget_me(desk: Desk) -> None:
    """Ask once."""
    desk.change(forget_asked_at=desk.now)
    files = desk.words("forget_ask_terminal") if _in_terminal(desk) else ()
    desk.remark("forget_ask", after=files)


def answers_forgetting(desk: Desk, text: str) -> bool | None:
    """Whether a bare yes or no answers the question before forgetting; None where it does not.

    A plain yes deletes nothing, and a plain no ends the asking.
    """
    if not _asked(desk):
        return None
    for block, meant in (("forget_said_yes", True), ("forget_said_no", False)):
        for language in dict.fromkeys((desk.participant.language, "en")):
            said = house(language).blocks[block].longest.split(",")
            if fold(text) in map(fold, said):
                return meant
    return None


def not_yet_forgotten(desk: Desk, *, goes_on: bool) -> None:
    """Say that nothing has been deleted; what else it takes, or that it is over."""
    if goes_on:
        desk.remark("forget_yes")
    else:
        desk.change(forget_asked_at=None)
        desk.remark("forget_no")


def _in_terminal(desk: Desk) -> bool:
    """Whether files that are sent here lie in a folder, and in no chat."""
    return desk.present.address.platform is Platform.TERMINAL


def _asked(desk: Desk) -> bool:
    asked_at = desk.present.forget_asked_at
    return asked_at is not None and desk.now - asked_at <= CONFIRM_WITHIN


def yes_forget_me(desk: Desk) -> None:
    """Forget them, if they asked within the hour; done once this turn is committed."""
    if not _asked(desk):
        desk.remark("forget_not_asked")
        return
    desk.change(standing=Standing.FORGETTING)
    desk.farewell = Outbound(paragraphs=desk.words("forget_done"))
    desk.answer(page=page.of_stranger(desk.participant.language))


def _when(desk: Desk, at: datetime) -> str:
    return on_day(at, desk.now, zone(desk.participant.zone), desk.participant.language)
