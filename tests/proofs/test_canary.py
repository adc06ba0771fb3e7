"""Canary words: none of them is found in a file, a column, a log or a backup."""

from __future__ import annotations

import base64
import logging
import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog
from sqlalchemy import Connection, inspect, select, text

from bot.adapters.port import Unreachable
from bot.records import Edit, Media, Press
from bot.store import answers, forgetting, parked
from bot.store.backup import backup, restore
from bot.store.opening import Store, open_store
from bot.store.tables import answer, conversation, media, metadata, outbox
from bot.store.tables import parked as parked_table
from bot.trust.databases import checkpoint, engine
from bot.trust.keybackup import backup_keys
from bot.trust.keyring import KeyGoneError
from bot.trust.sealing import BrokenSealError, Sealer
from tests.conftest import Server, Urls
from tests.journeys.someone import MORNING
from tests.proofs.rooms import Room

only_sqlite = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
PLACE = "place-of-ada"
#: Every table with a column that is sealed, and what the seal knows its row by.
SEALED = (
    (answer, answer.c.body, lambda row: f"{row.conversation}/{row.key}", "participant"),
    (conversation, conversation.c.body, lambda row: row.id, "participant"),
    (media, media.c.content, lambda row: row.id, "participant"),
    (outbox, outbox.c.body, lambda row: row.id, "owner"),
)


@pytest.fixture(autouse=True)
def logs(tmp_path: Path) -> Iterator[Path]:
    """Everything the process says, in one file, before anything is opened."""
    path = tmp_path / "everything.log"
    root = logging.getLogger()
    handler = logging.FileHandler(path)
    with path.open("a") as file:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
            logger_factory=structlog.WriteLoggerFactory(file),
        )
        root.addHandler(handler)
        root.setLevel(logging.DEBUG)
        logging.captureWarnings(capture=True)
        yield path
        logging.captureWarnings(capture=False)
        handler.close()


@dataclass
class Canaries:
    """A word of its own for each kind of thing that somebody gives."""

    words: dict[str, str] = field(default_factory=dict)

    def __call__(self, kind: str) -> str:
        return self.words.setdefault(kind, f"Canary{secrets.token_hex(12)}")

    def found(self, content: bytes) -> set[str]:
        """Which of them are in there, in any of the ways in which words are written."""
        return {
            kind
            for kind, word in self.words.items()
            if any(shape in content for shape in shapes(word.encode()))
        }


def shapes(word: bytes) -> Iterator[bytes]:
    """A word as it may stand in a file: plain, wide, in hexadecimal, in base64."""
    yield word
    yield word.decode().encode("utf-16-le")
    yield word.decode().encode("utf-16-be")
    yield word.hex().encode()
    yield word.hex().upper().encode()
    for shift in range(3):
        whole = base64.b64encode(b"\0" * shift + word)
        yield whole[4:-4]


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, raw: pages in use and free ones, WAL and shm, logs, backups."""
    return {each.name: each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def columns(url: str) -> dict[str, bytes]:
    """Every column of every table of a PostgreSQL database, its own included."""
    made = engine(url)
    with made.connect() as conn:
        dumped = {
            name: "\n".join(conn.scalars(text(f'SELECT t::text FROM "{name}" t'))).encode()  # noqa: S608
            for name in inspect(conn).get_table_names()
        }
    made.dispose()
    return dumped


def everything(urls: Urls) -> dict[str, bytes]:
    """All that outlives the process."""
    found = files(urls.folder)
    if not urls.is_sqlite:
        found |= {f"words.{name}": rows for name, rows in columns(urls.words).items()}
        found |= {f"keys.{name}": rows for name, rows in columns(urls.keys).items()}
    return found


def leaks(urls: Urls, canaries: Canaries) -> dict[str, set[str]]:
    """Which canary is where."""
    found = {name: canaries.found(content) for name, content in everything(urls).items()}
    return {name: kinds for name, kinds in found.items() if kinds}


async def life(room: Room, place: str, canary: Canaries) -> str:
    """Somebody gives every kind of thing there is; says who they are."""
    who = await room.joins(place)
    await room.says(place, "practise", "weekly", "3")
    await room.says(place, canary("answer"), canary("second message"), "done")
    edited = f"m{room.count + 1}"
    await room.says(place, canary("before an edit"))
    await room.hear(place, Edit(message=edited, text=canary("edit of a draft")))
    await room.says(place, "done", "what i do")
    await room.says(place, canary("words taken back"), "delete that")
    await room.says(place, canary("after taking back"), "done")
    await room.says(place, canary("experiment"), "done", f"{canary('beside a choice')} I think")
    await room.says(place, "today or tomorrow", "done")
    await room.hear(place, Edit(message=edited, text=canary("edit after the end")))
    await room.says(place, "journal", "yes, ask me")
    for kind, mime in (("photo", "image/jpeg"), ("voice", "audio/ogg")):
        content = canary(f"{kind} bytes").encode() + bytes(9_000) + canary(f"{kind} end").encode()
        sent = Media(name=f"{canary(f'{kind} name')}.bin", mime=mime, content=content)
        await room.hear(place, room.words(canary(f"{kind} caption"), sent))
    await room.waits(60)
    await room.says(place, "settings", f"pause until {canary('pause')}", canary("no option"))
    await room.hear(place, Press(token=canary("forged token")))
    await room.says(place, "practise", "weekly", "4", "yes")  # The experiment is recalled.
    room.adapter.troubles.extend(
        (RuntimeError(canary("strange error")), Unreachable("cut off", uncertain=True), None)
    )
    await room.deliver()
    await room.says(place, canary("open draft"))
    room.trouble = ValueError(canary("error of a turn"))
    await room.says(place, canary("parked"))
    photo = Media(name="photo.jpg", mime="image/jpeg", content=canary("parked bytes").encode())
    await room.hear(place, room.words("", photo))
    room.trouble = None
    await room.says(place, "remember", "export")  # These two wait in the outbox.
    return who


def reached(room: Room, canary: Canaries) -> set[str]:
    """Which of them the house has said again to the one who wrote them."""
    said = "\n".join(part.text for _, message in room.adapter.taken for part in message.paragraphs)
    return canary.found(said.encode())


def wrapped(store: Store, who: str) -> bytes:
    return next(key.wrapped for key in store.keys.all_wrapped()[1] if key.owner == who)


def count(store: Store, table: str, where: str = "TRUE") -> int:
    with store.engine.connect() as conn:
        return int(conn.scalar(text(f'SELECT count(*) FROM "{table}" WHERE {where}')) or 0)  # noqa: S608


async def test_no_canary_is_found_anywhere_while_its_owner_is_here(
    store: Store, urls: Urls, logs: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    canary = Canaries()
    room = Room(store)
    await life(room, PLACE, canary)
    backup(store.engine, urls.folder / "rows.backup")
    backup_keys(store.keys, urls.folder / "keys.backup", room.now)
    assert leaks(urls, canary) == {}
    if urls.is_sqlite:
        checkpoint(store.engine)
        assert leaks(urls, canary) == {}
    assert canary.found("".join(capfd.readouterr()).encode()) == set()
    # The proof itself works: canaries were taken, said again and are waiting, and logs speak.
    assert len(canary.words) >= 20
    assert {"experiment"} <= reached(room, canary)
    assert count(store, "parked") == 2
    assert count(store, "outbox", "body IS NOT NULL") >= 2
    assert any(PLACE.encode() in content for content in everything(urls).values())
    said = files(urls.folder)[logs.name]
    assert b"a message was parked" in said
    assert b"a message was not sent" in said
    assert canary.found(canary("photo bytes").encode()) == {"photo bytes"}
    for shift in range(4):
        content = base64.b64encode(b"x" * shift + canary("answer").encode() + b"y" * shift)
        assert canary.found(content) == {"answer"}


async def test_a_delivered_message_has_no_body(store: Store) -> None:
    room = Room(store)
    await life(room, PLACE, Canaries())
    await room.deliver()
    assert count(store, "outbox", "body IS NOT NULL") == 0
    assert count(store, "outbox", "state = 'sent'") > 20


async def forgotten(room: Room, place: str) -> None:
    await room.says(place, "forget me", "yes, forget me")


async def test_of_somebody_forgotten_neither_words_nor_key_nor_name_is_found(
    store: Store, urls: Urls, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = spied(monkeypatch)
    canary, others = Canaries(), Canaries()
    room = Room(store)
    who = await life(room, PLACE, canary)
    ben = await life(room, "place-of-ben", others)
    key = wrapped(store, who)
    kept = wrapped(store, ben)
    await forgotten(room, PLACE)
    await room.deliver()
    await room.doors.sweep(room.now)
    checkpoint(store.engine)
    assert leaks(urls, canary) == {}
    assert leaks(urls, others) == {}
    stored = everything(urls)
    logged = stored.pop("everything.log")
    theirs = [each.sealed for each in written if each.owner == who]
    assert len(theirs) > 40
    shown = {
        what: {name for name, content in stored.items() if within(sealed, content)}
        for what, sealed in (("key", [key]), ("words", theirs), ("ben's key", [kept]))
    }
    assert shown.pop("ben's key")
    assert shown == {"key": set(), "words": set()}
    for name in (who, PLACE):
        assert {at for at, content in stored.items() if name.encode() in content} == set()
    assert PLACE.encode() not in logged
    found = store.writer.submit(lambda conn: answers.all_of(conn, store.keys, ben)).result(30)
    assert any(others("answer") in each.answer.text for each in found)


@pytest.fixture
def again(
    urls: Urls, tmp_path: Path, request: pytest.FixtureRequest, store: Store, master: bytes
) -> Iterator[Store]:
    """A blank words' database beside today's key store."""
    words = f"sqlite:///{tmp_path}/again.sqlite"
    server: Server | None = None
    if not urls.is_sqlite:
        server = request.getfixturevalue("postgres")
        assert server is not None
        words = server.make_words()
    opened_again = open_store(words, urls.keys, lambda _: [master])
    opened_again.writer.start()
    yield opened_again
    opened_again.close()
    if server is not None:
        server.drop(words)


async def old_backup(store: Store, urls: Urls) -> tuple[str, str, Canaries, Path]:
    """A backup from before somebody was forgotten, and who it was, and who was not."""
    canary = Canaries()
    room = Room(store)
    who = await life(room, PLACE, canary)
    ben = await life(room, "place-of-ben", Canaries())
    old = urls.folder / "old.backup"
    backup(store.engine, old)
    await forgotten(room, PLACE)
    return who, ben, canary, old


def opened(store: Store, file: Path, owner: str) -> list[bytes]:
    """Every sealed thing of an owner that a file holds, opened; raises KeyGoneError."""
    made = engine(f"sqlite:///{file}")
    found = []
    with made.connect() as conn:
        for table, body, row_of, owned in SEALED:
            for row in conn.execute(select(table).where(table.c[owned] == owner)):
                sealed = row._mapping[body.key]
                if sealed is not None:
                    found.append(store.keys.sealer(owner).open(table.name, row_of(row), sealed))
    made.dispose()
    return found


async def test_an_older_backup_opens_nothing_of_somebody_forgotten_and_its_restore_sweeps_them(
    store: Store, urls: Urls, again: Store
) -> None:
    who, ben, canary, old = await old_backup(store, urls)
    with pytest.raises(KeyGoneError):
        opened(store, old, who)
    assert len(opened(store, old, ben)) > 5
    done = restore(old, again.engine, again.keys, MORNING)
    assert done.swept == 1
    with again.engine.connect() as conn:
        rows = {
            table.name: repr(conn.execute(select(table)).all()) for table in metadata.sorted_tables
        }
    assert {name for name, told in rows.items() if who in told or PLACE in told} == set()
    assert count(again, "parked") == 2  # Ben's.
    kept = again.writer.submit(lambda conn: answers.all_of(conn, again.keys, ben)).result(30)
    assert len(kept) > 5
    assert leaks(urls, canary) == {}


async def test_an_older_backup_opens_no_parked_message_of_somebody_forgotten(
    store: Store, urls: Urls
) -> None:
    who, *_, old = await old_backup(store, urls)
    made = engine(f"sqlite:///{old}")
    with made.connect() as conn:
        theirs = select(parked_table.c.id).where(parked_table.c.participant == who)
        ids = conn.scalars(theirs).all()
        for id_ in ids:
            with pytest.raises((KeyGoneError, BrokenSealError)):
                parked.message(conn, store.keys, id_)
    made.dispose()
    assert len(ids) == 2


@dataclass(frozen=True, slots=True)
class Written:
    """Something that was sealed."""

    owner: str
    table: str
    plain: bytes
    sealed: bytes


def spied(monkeypatch: pytest.MonkeyPatch) -> list[Written]:
    """Everything that is sealed from now on."""
    written: list[Written] = []
    seal = Sealer.seal

    def spy(self: Sealer, table: str, row: str, plain: bytes) -> bytes:
        sealed = seal(self, table, row, plain)
        written.append(Written(self.owner, table, plain, sealed))
        return sealed

    monkeypatch.setattr(Sealer, "seal", spy)
    return written


def within(sealed: Iterable[bytes], content: bytes) -> bool:
    """Whether a piece of something sealed is in there, raw or in hexadecimal."""
    return any(
        piece in content or piece.hex().encode() in content
        for each in sealed
        for piece in pieces(each)
    )


def pieces(sealed: bytes) -> Iterator[bytes]:
    """Some pieces of it: a long one is spread over pages."""
    step = max(400, len(sealed) // 12)
    for start in range(0, max(1, len(sealed) - 24), step):
        yield sealed[start : start + 24]


@only_sqlite
@pytest.mark.parametrize("when", ["while it is open", "after its end"])
async def test_words_taken_back_leave_no_sealed_byte_in_the_file(
    store: Store, urls: Urls, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    written = spied(monkeypatch)
    room = Room(store)
    canary = Canaries()
    crowd = [f"crowd-{number}" for number in range(12)]
    for place in (*crowd[:6], PLACE, *crowd[6:]):
        await room.joins(place)
        await room.says(place, "journal", "yes, ask me")
        for _ in range(3):
            await room.says(place, f"{secrets.token_hex(300)}")
    photo = Media(name="p", mime="image/jpeg", content=canary("photo").encode() * 400)
    await room.hear(PLACE, room.words(canary("words"), photo))
    if when == "after its end":
        await room.says(PLACE, "done", "remember")
    for place in crowd:
        await room.says(place, "done", "journal")
    await room.says(PLACE, "delete that")
    await room.deliver()
    checkpoint(store.engine)
    gone = [each for each in written if canary.found(each.plain)]
    assert {each.table for each in gone} >= {"conversation", "media"}
    raw = files(urls.folder)
    left = {
        (each.table, name)
        for each in gone
        for name, content in raw.items()
        if within([each.sealed], content)
    }
    assert left == set()
    live = [each for each in written if within([each.sealed], raw["words.sqlite"])]
    assert len(live) > 20
    with closing(sqlite3.connect(urls.folder / "words.sqlite")) as conn:
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


async def test_a_forgetting_cut_short_between_key_and_rows_leaves_no_word(
    store: Store, urls: Urls
) -> None:
    canary = Canaries()
    who = await life(Room(store), PLACE, canary)

    def begin(conn: Connection) -> None:
        forgetting.begin(conn, who)

    store.writer.submit(begin).result(30)
    key = wrapped(store, who)
    store.keys.forget(who)
    assert leaks(urls, canary) == {}
    assert {name for name, content in everything(urls).items() if within([key], content)} == set()
