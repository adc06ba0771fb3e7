"""The peers: python-telegram-bot's ConversationHandler, two ways of keeping, and a bare loop."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from telegram import Update
from telegram.ext import (
    Application,
    BasePersistence,
    ContextTypes,
    ConversationHandler,
    MessageHandler,
    PersistenceInput,
    PicklePersistence,
    filters,
)
from telegram.request import BaseRequest

from bench.checkin import PROMPTS, REPLIES

_OK = json.dumps(
    {
        "ok": True,
        "result": {
            "message_id": 1,
            "date": 1,
            "chat": {"id": 1, "type": "private"},
            "id": 1,
            "is_bot": True,
            "first_name": "b",
        },
    }
).encode()
Kept = BasePersistence[Any, Any, Any]


class _Nowhere(BaseRequest):
    """A network that takes everything at once, so that only keeping is measured."""

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    @property
    def read_timeout(self) -> float | None:
        """None."""
        return None

    async def do_request(self, *_args: object, **_more: object) -> tuple[int, bytes]:
        """Say yes."""
        return 200, _OK


class SqlitePersistence(BasePersistence[dict[Any, Any], dict[Any, Any], dict[Any, Any]]):
    """What a careful author writes by hand: SQLite, synchronous=FULL, a commit an update."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            PersistenceInput(bot_data=False, chat_data=False, callback_data=False),
            update_interval=3600,
        )
        self._db = sqlite3.connect(path)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("CREATE TABLE data (person INTEGER PRIMARY KEY, body TEXT)")
        self._db.execute(
            "CREATE TABLE state (name TEXT, key TEXT, state TEXT, PRIMARY KEY (name, key))"
        )
        self._db.commit()
        self._person: tuple[int, str] | None = None
        self._state: tuple[str, str, str] | None = None

    async def get_conversations(self, name: str) -> dict[Any, Any]:
        """Every state; the bench starts empty."""
        del name
        return {}

    async def update_conversation(
        self, name: str, key: tuple[int | str, ...], new_state: object | None
    ) -> None:
        """Note a state for the next flush."""
        self._state = (name, json.dumps(key), json.dumps(new_state))

    async def get_user_data(self) -> dict[int, dict[Any, Any]]:
        """Every person's answers; the bench starts empty."""
        return {}

    async def update_user_data(self, user_id: int, data: dict[Any, Any]) -> None:
        """Note a person's answers for the next flush."""
        self._person = (user_id, json.dumps(data))

    async def flush(self) -> None:
        """Write both and commit."""
        if self._person:
            self._db.execute("INSERT OR REPLACE INTO data VALUES (?, ?)", self._person)
        if self._state:
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?, ?)", self._state)
        self._db.commit()
        self._person = self._state = None

    async def get_bot_data(self) -> dict[Any, Any]:
        """Not kept."""
        return {}

    async def get_chat_data(self) -> dict[int, dict[Any, Any]]:
        """Not kept."""
        return {}

    async def get_callback_data(self) -> None:
        """Not kept."""

    async def update_bot_data(self, data: dict[Any, Any]) -> None:
        """Not kept."""

    async def update_chat_data(self, chat_id: int, data: dict[Any, Any]) -> None:
        """Not kept."""

    async def update_callback_data(self, data: Any) -> None:  # noqa: ANN401 - the base's own type
        """Not kept."""

    async def drop_chat_data(self, chat_id: int) -> None:
        """Not kept."""

    async def drop_user_data(self, user_id: int) -> None:
        """Not asked for."""

    async def refresh_user_data(self, user_id: int, user_data: dict[Any, Any]) -> None:
        """Not asked for."""

    async def refresh_chat_data(self, chat_id: int, chat_data: dict[Any, Any]) -> None:
        """Not asked for."""

    async def refresh_bot_data(self, bot_data: dict[Any, Any]) -> None:
        """Not asked for."""


def with_pickle(people: int, replies: int) -> float:
    """Replies a second of the handler that flushes its pickle at every update."""
    with tempfile.TemporaryDirectory() as folder:
        kept = PicklePersistence(Path(folder) / "kept.pickle", update_interval=3600)
        return asyncio.run(_conversations(kept, people, replies))


def with_sqlite(people: int, replies: int) -> float:
    """Replies a second of the same handler over hand-written SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        kept = SqlitePersistence(Path(folder) / "kept.sqlite")
        return asyncio.run(_conversations(kept, people, replies))


def bare(people: int, replies: int) -> float:
    """Replies a second of a loop that writes a state row and an outbox row, and commits."""
    with _database() as db:
        start = time.perf_counter()
        for count in range(replies):
            person, turn = count % people, (count // people) % len(REPLIES)
            body = json.dumps({"turn": turn, "answer": REPLIES[turn]})
            db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (person, body))
            db.execute("INSERT INTO outbox (chat, body) VALUES (?, ?)", (person, PROMPTS[turn]))
            db.commit()
        return replies / (time.perf_counter() - start)


@contextmanager
def _database() -> Iterator[sqlite3.Connection]:
    with tempfile.TemporaryDirectory() as folder:
        db = sqlite3.connect(Path(folder) / "bare.sqlite")
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("CREATE TABLE state (person INTEGER PRIMARY KEY, body TEXT)")
        db.execute("CREATE TABLE outbox (id INTEGER PRIMARY KEY, chat INTEGER, body TEXT)")
        db.commit()
        yield db
        db.close()


def _turn(number: int) -> Callable[[Update, ContextTypes.DEFAULT_TYPE], Any]:
    async def hear(update: Update, context: ContextTypes.DEFAULT_TYPE) -> int:
        if update.message is None or context.user_data is None:
            return number
        context.user_data[str(number)] = update.message.text
        following = (number + 1) % len(PROMPTS)
        await update.message.reply_text(PROMPTS[following])
        return following

    return hear


async def _conversations(kept: Kept, people: int, replies: int) -> float:
    app = (
        Application.builder()
        .token("1:x")
        .request(_Nowhere())
        .get_updates_request(_Nowhere())
        .persistence(kept)
        .updater(None)
        .build()
    )
    words = filters.TEXT
    app.add_handler(
        ConversationHandler(
            entry_points=[MessageHandler(words, _turn(len(PROMPTS) - 1))],
            states={n: [MessageHandler(words, _turn(n))] for n in range(len(PROMPTS))},
            fallbacks=[],
            name="checkin",
            persistent=True,
        )
    )
    await app.initialize()
    # Everybody has been through the check-in once, as on our side everybody has joined.
    for text in ("hello", *REPLIES):
        for person in range(people):
            await app.process_update(_update(app, person, person, text))
    await app.update_persistence()
    await kept.flush()
    start = time.perf_counter()
    for count in range(replies):
        text = REPLIES[(count // people) % len(REPLIES)]
        await app.process_update(_update(app, people + count, count % people, text))
        await app.update_persistence()
        await kept.flush()
    rate = replies / (time.perf_counter() - start)
    await app.shutdown()
    return rate


def _update(
    app: Application[Any, Any, Any, Any, Any, Any], number: int, person: int, text: str
) -> Update:
    update = Update.de_json(
        {
            "update_id": number,
            "message": {
                "message_id": number,
                "date": 1,
                "chat": {"id": person + 1, "type": "private"},
                "from": {"id": person + 1, "is_bot": False, "first_name": "p"},
                "text": text,
            },
        },
        app.bot,
    )
    if update is None:
        message = "an update of the bench cannot be read"
        raise ValueError(message)
    return update
