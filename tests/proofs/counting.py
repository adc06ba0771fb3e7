"""Counting: whether all that people wrote is kept once, and all that was sent came in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import select

from bot.records import Platform
from bot.store.sending import Ending
from bot.store.tables import outbox
from tests.proofs.programs import Harbour
from tests.proofs.talking import Talker
from tests.proofs.voyage import Found, finds


class Came(NamedTuple):
    """A message as it came into a chat: the platform's name of it, and what a person sees."""

    receipt: str
    shown: object


class Again(NamedTuple):
    """A message, or a piece of one, that came more than once."""

    chat: str
    shown: object
    times: int


def check_words(harbour: Harbour, crowd: Mapping[str, Talker], platform: Platform) -> int:
    """Every reply is kept once and verbatim, and what ended has ended; say how many."""
    with harbour.opened() as store:
        stored = {
            place: store.writer.submit(finds(store, place, platform)).result(30) for place in crowd
        }
    for place, found in stored.items():
        _check_person(crowd[place], found)
    return sum(len(talker.sent) for talker in crowd.values())


def _check_person(talker: Talker, found: Found) -> None:
    mind, place = talker.mind, talker.place
    wrote = {talker.sent[name]: each for name, each in mind.wrote.items()}
    assert found.messages == Counter(dict.fromkeys(wrote, 1)), place
    assert found.texts == {name: text for name, (text, _) in wrote.items()}, place
    carried = {name: file for name, (_, file) in wrote.items() if file}
    assert found.media == carried, place
    assert found.files == len(carried), place
    # The very first choice, whether anything may be kept, is made before anything is.
    assert found.choices == mind.chose - (talker.stranger and mind.chose > 0), place
    assert found.closed["nudge"] == talker.nudges, place
    assert found.closed["weekly"] == mind.ended - talker.nudges, place
    assert found.closed["join"] <= talker.stranger, place


def check_sends(harbour: Harbour, came: dict[str, list[Came]]) -> list[Again]:
    """What was meant for each chat came in its order, and all of it; say what came again."""
    with harbour.looking() as made, made.connect() as conn:
        rows = conn.execute(
            select(outbox.c.chat, outbox.c.receipt, outbox.c.state, outbox.c.piece).order_by(
                outbox.c.seq
            )
        ).all()
    assert {row.state for row in rows} == {Ending.SENT}
    left = {chat: list(each) for chat, each in came.items()}
    again: list[Again] = []
    for row in rows:
        runs = _runs(left[row.chat], row.receipt)
        assert len(runs) == row.piece, (row.chat, runs)
        again += [Again(row.chat, shown, times) for shown, times in runs if times > 1]
    assert not any(left.values()), left
    return again


def _runs(came: list[Came], receipt: str) -> list[tuple[object, int]]:
    """Take a message off what came: each of its pieces, and how often it stands there."""
    length = next(number for number, each in enumerate(came, 1) if each.receipt == receipt)
    mine = [each.shown for each in came[:length]]
    del came[:length]
    return [(shown, len(list(same))) for shown, same in groupby(mine)]
