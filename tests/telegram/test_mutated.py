"""Thousands of updates in which nothing is as it should be: nobody else is ever spoken to.

Most are taken as a poller takes them, some come over HTTP to the webhook. Nothing is delivered
meanwhile: what would be said stands in the outbox, and is looked at after each update.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select

from bot.adapters.telegram import fields
from bot.adapters.telegram.webhook import HEADER
from bot.engine.conversation import Conversation
from bot.prompts.house import house as house_words
from bot.prompts.render import render
from bot.records import Inbound, Platform, Reply
from bot.store import cohorts, conversations, outbox, parcels
from bot.store.tables import metadata
from tests.adapters.test_photos import picture, saved
from tests.conftest import on_sqlite
from tests.fakes.telegram.server import Telegram
from tests.telegram.house import PATIENCE, SECRET, House, Way, home
from tests.telegram.mutating import Json, Mutator

_ADDRESS = metadata.tables["address"]
#: One in so many comes over HTTP.
OVER_HTTP = 12
#: After so many, what waits is ended, so that groups are answered anew.
CLEARED = 100


@dataclass
class Trial:
    """A house that is told everything."""

    house: House
    mutator: Mutator
    client: httpx.AsyncClient
    silent: set[str]
    #: What was understood of the update that is under way.
    came: list[Inbound] = field(default_factory=list)
    seen: int = 0
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._outbox = metadata.tables["outbox"]
        self._hear = self.house.running._hear
        self.house.line._hear = self.hear
        self.house.running._hear = self.hear  # type: ignore[method-assign]

    async def hear(self, came: Inbound) -> Reply:
        self.came.append(came)
        return await self._hear(came)

    async def tells(self, number: int) -> None:
        """One update, and a look at what came of it."""
        update = self.mutator.one()
        if str(speaker(update)) in self.silent:
            return  # So much was changed that it is really theirs.
        self.came.clear()
        body = written(update) if number % OVER_HTTP == 0 else None
        if body is None:
            await self.house.line._take(update)
        else:
            answer = await self.client.post(self.house.webhook, content=body)
            assert answer.status_code == 200, (answer.status_code, update)
            self.counts["over HTTP"] += 1
        self.look(update)

    def look(self, update: Json) -> None:
        """Whoever is answered is whoever spoke, in the chat where they did."""
        spoke = speaker(update)
        in_group = str(spoke).startswith("-")
        rows = self.house.reads(self._new)
        for row in rows:
            self.seen = row.seq
            assert row.chat == f"telegram:{spoke}", (row.chat, spoke, update)
            assert not in_group or self.is_polite(row)
        assert not in_group or len(rows) <= 1
        for came in self.came:
            assert came.place == str(spoke), (came, update)
            self.counts[type(came.body).__name__ + (" in a group" if came.group else "")] += 1
        self.counts["answered"] += bool(rows)
        self.counts["answered in a group"] += bool(rows) and in_group

    def is_polite(self, row: Any) -> bool:  # noqa: ANN401
        """Whether this is the one line that a group is told, which is nobody's."""
        sealer = self.house.opened.store.keys.sealer(row.owner)
        message = parcels.unpacked(sealer.open(self._outbox.name, row.id, row.body))
        wanted = render(house_words("en"), "circle_setup_offer", {})
        (button,) = message.options
        return button.opens and (message.paragraphs, row.participant) == (wanted, None)

    def _new(self, conn: Connection) -> list[Any]:
        found = select(self._outbox).where(self._outbox.c.seq > self.seen)
        return list(conn.execute(found.order_by(self._outbox.c.seq)))

    def skip(self) -> None:
        """What stands in the outbox by now is of no concern."""
        self.seen = max((row.seq for row in self.house.reads(self._new)), default=0)

    async def clears(self) -> None:
        """What waits is ended, and buttons of what is open now are known."""
        house, at = self.house, self.house.now()
        await house.opened.store.writer.run(lambda conn: outbox.expire_all(conn, "cleared", at))
        self.mutator.tokens = [
            token
            for chat in self.mutator.speakers
            for each in held(house, str(chat["id"]))
            for token in tokens(each)
        ] or ["x"]


def written(update: Json) -> bytes | None:
    """As it would come over HTTP; None when it never could."""
    try:
        body = json.dumps(update).encode()
        json.loads(body)
    except (TypeError, ValueError):
        return None
    return body if len(body) < 2**20 else None


def speaker(update: Json) -> object:
    """The chat of an update, read without a care: None when nobody is to be answered."""
    kinds = ("callback_query", "my_chat_member", "chat_member", "message", "edited_message")
    found = ((kind, update.get(kind)) for kind in kinds)
    kind, told = next(((name, it) for name, it in found if isinstance(it, dict) and it), ("", {}))
    within = told.get("message") if kind == "callback_query" else told
    by, chat = told.get("from"), within.get("chat") if isinstance(within, dict) else None
    if not isinstance(chat, dict) or not isinstance(within, dict):
        return None
    own = isinstance(by, dict) and by.get("id") == chat.get("id")
    if chat.get("type") == "private" and not own and kind != "my_chat_member":
        return None
    whole = kind == "message" and fields.SERVICE & within.keys()
    topic = None if whole or chat.get("type") == "private" else topic_of(within)
    return chat.get("id") if topic is None else f"{chat.get('id')}:{topic}"


def topic_of(told: Json) -> object:
    """The topic that something is in; None when it is in none."""
    topic = told.get("message_thread_id")
    fits = isinstance(topic, int) and not isinstance(topic, bool) and abs(topic) < 2**63
    return topic if fits and told.get("is_topic_message") is True else None


def held(house: House, place: str) -> tuple[Conversation, ...]:
    """Every conversation of whoever is there."""
    keys = house.opened.store.keys

    def look(conn: Connection) -> tuple[Conversation, ...]:
        present = conversations.present(conn, keys, Platform.TELEGRAM, place, lock=False)
        if present is None:
            return ()
        return conversations.all_of(conn, keys, present.participant.id)

    return house.reads(look)


def tokens(conversation: Conversation) -> list[str]:
    ends = ("0", "1", "2", "1-", "done")
    return [f"{conversation.id}:{conversation.ask}:{end}" for end in ends]


async def trial(telegram: Telegram, folder: Path, number: int, seed: int) -> Counter[str]:
    """So many updates; how many were what."""
    async with home(telegram, on_sqlite(folder), Way(mode="webhook")) as house:
        speakers = [telegram.person(name) for name in ("A", "B", "C", "D")]
        silent = [telegram.person(name) for name in ("S", "T")]
        for person in speakers[:3]:
            await house.knows(person)
        for person in silent:
            await house.knows(person, "half a check-in")
        strange = telegram.person("Strange")
        groups = [telegram.group("Tuesday", *speakers), telegram.group("Big", supergroup=True)]
        for group in groups:
            group.chat.open = True
        writer = house.opened.store.writer
        made = await writer.run(lambda conn: cohorts.invite(conn, "Spring", now=house.now()))
        telegram.limits.on = False
        house.running._deliverer._untold += 1  # It claims nothing from now on.
        house.running._tick._scheduler.pause()
        # Nobody's quiet gap is to run out meanwhile.
        await house.running._doors.wake(house.now() + timedelta(minutes=1))
        faults: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, told: faults.append(told))
        before = [held(house, str(person.id)) for person in silent]
        photo = telegram.keep("photo", saved(picture(), "JPEG"), "image/jpeg")
        voice = telegram.keep("voice", b"OggS voice", "audio/ogg")
        async with httpx.AsyncClient(
            trust_env=False, timeout=PATIENCE, headers={HEADER: SECRET}
        ) as client:
            mutator = Mutator(
                chance=Random(seed),
                speakers=[each.chat.wire for each in (*speakers, strange)],
                silent=[each.chat.wire for each in silent],
                groups=[each.chat.wire for each in groups],
                files=[photo.wire, voice.wire],
                theirs=[token for each in before for one in each for token in tokens(one)],
                codes=[made.code],
            )
            tried = Trial(house, mutator, client, {str(person.id) for person in silent})
            tried.skip()
            for count in range(number):
                if count % CLEARED == 0:
                    await tried.clears()
                await tried.tells(count)
        assert house.parked() == 0
        assert faults == []
        # The silent are as they were, and nobody has called on them or on the channel.
        assert [held(house, str(person.id)) for person in silent] == before
        called = {str(params.get("chat_id")) for _, params in telegram.requests}
        assert not called & {str(person.id) for person in silent}
        places = house.reads(lambda conn: set(conn.scalars(select(_ADDRESS.c.place))))
        assert not [place for place in places if not place.isdecimal()]
        await tried.clears()
        house.running._deliverer._untold -= 1
        await house.chat(telegram.person("Unharmed")).says("help", "Skerry is automated.")
        return tried.counts


def is_worth_it(counts: Counter[str], number: int) -> None:
    """The trial is one: every kind of thing came in, and much of it was answered."""
    kinds = ["Words", "Press", "Edit", "Invited", "Left", "Returned"]
    in_groups = ("Words", "Press", "Commanded", "Migrated", "Renamed", "Parted")
    kinds += [f"{kind} in a group" for kind in in_groups]
    assert all(counts[kind] > number / 1000 for kind in kinds), counts
    assert counts["answered"] > number / 5
    assert counts["answered in a group"] > number / 500
    assert counts["over HTTP"] > number / 2 / OVER_HTTP


async def test_whatever_comes_nobody_else_is_spoken_to_and_the_house_goes_on(
    telegram: Telegram, tmp_path: Path
) -> None:
    is_worth_it(await trial(telegram, tmp_path, 2_000, seed=20_261_122), 2_000)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(3))
async def test_ten_thousand_more_do_no_more_harm(
    telegram: Telegram, tmp_path: Path, seed: int
) -> None:
    is_worth_it(await trial(telegram, tmp_path, 10_000, seed), 10_000)
