"""A full disk: what cannot be stored is refused whole, and taken once when there is room."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, event, select

from bot import turns
from bot.records import Arrived, Inbound
from bot.requests.desk import House
from bot.store import conversations, parked
from bot.store.opening import Store
from bot.store.tables import metadata
from bot.trust.databases import DiskFullError
from bot.turns import Heard
from tests.proofs.rooms import PLATFORM, Room

pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)

#: More than there is ever left in a full file.
LONG = "a long answer " * 20_000
_ROOMY = 2**30


class Disk:
    """The disk under one SQLite file, which can be filled and emptied."""

    def __init__(self, engine: Engine) -> None:
        self._most = _ROOMY
        event.listen(engine, "begin", self._tell)

    def fill(self) -> None:
        """No page more than there is."""
        self._most = 1

    def empty(self) -> None:
        self._most = _ROOMY

    def _tell(self, conn: Connection) -> None:
        conn.exec_driver_sql(f"PRAGMA max_page_count={self._most}").close()


@pytest.fixture
def disk(store: Store) -> Disk:
    return Disk(store.engine)


def dump(store: Store) -> dict[str, list[object]]:
    """Everything that is stored."""
    with store.engine.connect() as conn:
        return {
            table.name: [tuple(row) for row in conn.execute(select(table))]
            for table in metadata.sorted_tables
        }


def drafted(room: Room, place: str) -> list[str]:
    """What somebody has written at the open question."""

    def ask(conn: Connection) -> list[str]:
        present = conversations.present(conn, room.store.keys, PLATFORM, place, lock=False)
        assert present is not None
        assert present.conversation is not None
        return [part.text for part in present.conversation.draft]

    return room.store.writer.submit(ask).result(30)


async def writing(store: Store, *places: str) -> Room:
    """People at a question in words."""
    room = Room(store)
    for place in places:
        await room.joins(place)
        await room.says(place, "journal", "yes, ask me")
    return room


def taken(store: Store, came: Inbound) -> bool:
    """Whether it is noted as taken."""
    with store.engine.connect() as conn:
        return came.id in set(conn.scalars(select(metadata.tables["inbound"].c.id)))


async def test_a_reply_without_room_is_refused_whole_and_taken_once_when_there_is(
    store: Store, disk: Disk
) -> None:
    room = await writing(store, "ada")
    came = room.came("ada", room.words(LONG))
    before = dump(store)
    disk.fill()
    for _ in range(2):
        with pytest.raises(
            DiskFullError, match=r"^The disk of .+ is full. Make room, then go on.$"
        ):
            await room.doors.hear(came)
    assert dump(store) == before
    disk.empty()
    assert (await room.doors.hear(came)).new
    assert not (await room.doors.hear(came)).new
    assert drafted(room, "ada") == [LONG]


async def test_somebody_new_on_a_full_disk_is_refused_whole_and_welcomed_once(
    store: Store, disk: Disk
) -> None:
    room = await writing(store)
    # What is there is filled to the brim first, so that not even a greeting finds a gap.
    before = dump(store)
    disk.fill()
    refused: list[Inbound] = []
    for number in range(50):
        came = room.came(f"new-{number}", Arrived())
        try:
            await room.doors.hear(came)
        except DiskFullError:
            refused.append(came)
    assert refused
    assert len(dump(store)["participant"]) == len(before["participant"]) + 50 - len(refused)
    disk.empty()
    for came in refused:
        assert (await room.doors.hear(came)).new
        assert not (await room.doors.hear(came)).new
    assert len(dump(store)["participant"]) == len(before["participant"]) + 50


def grouped(room: Room, turns_: list[tuple[House, Inbound]]) -> list[Future[Heard]]:
    """Turns that the writer takes as one group."""
    begun, go = Event(), Event()

    def wait(_: Connection) -> None:
        begun.set()
        go.wait(30)

    room.store.writer.submit(wait)
    begun.wait(30)
    now = room.now
    works = [
        room.store.writer.submit(
            lambda conn, house=house, came=came: turns.hear(conn, house, came, now),  # type: ignore[misc]
            came.place,
            lambda conn, error, house=house, came=came: turns.not_heard(  # type: ignore[misc]
                conn, house, came, error, now
            ),
        )
        for house, came in turns_
    ]
    go.set()
    return works


def poisonous(house: House) -> House:
    """The same house, but a turn in it breaks off in the middle."""

    def breaks() -> int:
        raise ZeroDivisionError("a turn that breaks off")

    return replace(house, chance=breaks)


PEOPLE = [f"p{number}" for number in range(8)]


async def test_a_group_in_which_one_turn_fails_leaves_the_others_committed(store: Store) -> None:
    room = await writing(store, *PEOPLE)
    came = [room.came(place, room.words(f"the words of {place}")) for place in PEOPLE]
    bad = poisonous(room.house)
    works = grouped(room, [(bad if each.place == "p3" else room.house, each) for each in came])
    heard = [work.result(30) for work in works]
    assert [each.parked is not None for each in heard] == [name == "p3" for name in PEOPLE]
    assert [drafted(room, name) for name in PEOPLE] == [
        [] if name == "p3" else [f"the words of {name}"] for name in PEOPLE
    ]
    (waiting,) = store.writer.submit(parked.waiting).result(30)
    assert (waiting.inbound, waiting.error) == (came[3].id, "ZeroDivisionError")
    for each in came:
        assert not (await room.doors.hear(each)).new


async def test_a_group_in_which_one_turn_finds_no_room_leaves_the_others_committed(
    store: Store, disk: Disk
) -> None:
    room = await writing(store, *PEOPLE)
    texts = {place: LONG if place == "p3" else f"the words of {place}" for place in PEOPLE}
    came = [room.came(place, room.words(texts[place])) for place in PEOPLE]
    # Room for short words: some pages that were used are free again.
    await room.says("p7", LONG)
    await room.says("p7", "delete that")
    disk.fill()
    works = grouped(room, [(room.house, each) for each in came])
    assert isinstance(works[3].exception(30), DiskFullError)
    assert all(work.result(30).new for work in works if work is not works[3])
    assert [taken(store, each) for each in came] == [name != "p3" for name in PEOPLE]
    assert drafted(room, "p3") == []
    disk.empty()
    heard = [(await room.doors.hear(each)).new for each in came]
    assert heard == [name == "p3" for name in PEOPLE]
    assert [drafted(room, name) for name in PEOPLE] == [[texts[name]] for name in PEOPLE]


async def brimming(store: Store) -> Room:
    """A key store without room for one key more."""
    room = await writing(store)
    Disk(store.keys.engine).fill()
    for number in range(1000):
        try:
            store.keys.make(f"owner-{number}")
        except DiskFullError:
            return room
    pytest.fail("the key store is never full")


async def test_a_full_disk_under_the_key_store_refuses_somebody_new(store: Store) -> None:
    room = await brimming(store)
    before = dump(store)
    with pytest.raises(DiskFullError):
        await room.hear("ada", Arrived())
    assert dump(store) == before


async def test_a_full_disk_under_the_key_store_refuses_somebody_new_within_a_group_too(
    store: Store,
) -> None:
    room = await brimming(store)
    before = dump(store)
    came = [room.came(f"new-{number}", Arrived()) for number in range(8)]
    works = grouped(room, [(room.house, each) for each in came])
    ends = [type(work.exception(30)) for work in works]
    assert dump(store) == before
    assert ends == [DiskFullError] * 8
