"""Every reserved word and who answers it, by hand, so that this page shows them all."""

from __future__ import annotations

from typing import assert_never

from bot.engine import events
from bot.engine.conversation import Conversation, Status
from bot.engine.hearing import Asked, Word
from bot.prompts.reserved import nearly
from bot.records import LaneClass
from bot.requests import circling, giving, leaving, linking, memory, rhythm
from bot.requests.desk import Desk
from bot.requests.talk import move, practise

#: The words that are answered even after `stop`.
AFTER_STOP = frozenset(
    {
        Word.START,
        Word.HELP,
        Word.EXPORT,
        Word.KEEP,
        Word.TAKE_BACK,
        Word.FORGET_ME,
        Word.YES_FORGET_ME,
        Word.STOP,
        Word.UNLINK,
    }
)
#: The words of somebody new that are answered before they are welcomed.
BEFORE_JOINING = (AFTER_STOP | {Word.LINK}) - {Word.START}
#: What each of these does to the open conversation.
_MOVES: dict[Word, events.Event] = {
    Word.DONE: events.Finished(),
    Word.NEXT: events.Finished(),
    Word.SKIP: events.Skipped(),
    Word.BACK: events.WentBack(),
}


def answer(desk: Desk, current: Conversation | None, asked: Asked) -> None:  # noqa: C901, PLR0912, PLR0915 - one case a word
    """Do what a reserved word asks for."""
    match asked.word:
        case Word.DONE | Word.NEXT | Word.SKIP | Word.BACK:
            if current is None:
                desk.remark("nothing_open")
            else:
                move(desk, current, _MOVES[asked.word])
        case Word.START:
            rhythm.start(desk, current)
        case Word.HELP:
            help_(desk)
        case Word.PRACTISE:
            rhythm.choose(desk, current)
        case Word.LATER:
            rhythm.later(desk, current)
        case Word.PAUSE:
            rhythm.pause(desk, current, asked.rest)
        case Word.STOP:
            rhythm.stop(desk)
        case Word.JOURNAL:
            practise(desk, "nudge")
        case Word.SETTINGS:
            practise(desk, "settings")
        case Word.CIRCLES:
            circling.tend(desk, current)
        case Word.CAMPAIGNS:
            leaving.tell(desk)
        case Word.LEAVE_CAMPAIGN:
            leaving.leave(desk, asked.rest)
        case Word.RETURN_TO_CAMPAIGN:
            leaving.come_back(desk, asked.rest)
        case Word.REMEMBER:
            memory.remember(desk, asked.rest)
        case Word.EXPORT:
            memory.export(desk)
        case Word.TAKE_BACK:
            if not giving.take_back(desk, current):
                still_open(desk, current)
        case Word.DELETE_THAT:
            memory.delete_that(desk, current)
        case Word.FORGET_ME:
            memory.forget_me(desk)
        case Word.YES_FORGET_ME:
            memory.yes_forget_me(desk)
        case Word.KEEP:
            months = desk.present.retention_months or desk.house.retention_months
            desk.remark("keep", months=str(months))
        case Word.LINK:
            linking.link(desk, asked.rest)
        case Word.YES_LINK:
            linking.yes_link(desk)
        case Word.UNLINK:
            linking.unlink(desk)
        case Word.PROMPTS_HERE:
            linking.prompts_here(desk)
        case _:
            assert_never(asked.word)


def still_open(desk: Desk, current: Conversation | None) -> None:
    """Say what is open besides, to whoever was answered about something else."""
    if current is not None and current.at is not None and current.status is Status.OPEN:
        desk.remark("still_open", title=desk.title(current.practice))


def nothing_open(desk: Desk, text: str) -> None:
    """Answer what was said while nothing is open: it may be meant as a reserved word."""
    phrase = nearly(text, desk.participant.language)
    if phrase is not None:
        desk.remark("did_you_mean", phrase=phrase)
    elif len(text.split()) == 1:
        desk.remark("nothing_open")
    else:
        desk.remark("nothing_open_written")


def help_(desk: Desk) -> None:
    """Say what this is and where help is, in one message, before anything else."""
    desk.lane_class = LaneClass.HELP
    desk.remark("help", signposts=desk.signposts)
