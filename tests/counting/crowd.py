"""Many people who share one after the other, and what lies in the database in which order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, text

from bot.store import counts
from bot.store.columns import new_id
from bot.store.counted import ballot, token
from bot.store.counts import ANSWERED, Count
from bot.store.tables import participant
from bot.trust import ballots
from bot.trust.databases import checkpoint, file_of, is_sqlite
from bot.trust.keyring import COUNT
from tests.counting.box import Box
from tests.store.builders import run


def crowd(box: Box, values: Sequence[int], cell: str = "Team") -> list[str]:
    """So many people share, each in a transaction of their own; their ids, in that order."""
    of = box.count(cell)
    ids = [new_id() for _ in values]
    run(box.store, lambda conn: conn.execute(insert(participant), [_person(box, i) for i in ids]))
    for whose, value in zip(ids, values, strict=True):
        work = partial(_share, box=box, whose=whose, of=of, value=value)
        # By one thread: PostgreSQL has the rows of one connection lie in the order they came in.
        box.store.writer.submit(work, "one").result(30)
    return ids


def _share(conn: Connection, box: Box, whose: str, of: Count, value: int) -> None:
    counts.came(conn, whose, [of.id], ANSWERED)
    counts.share(conn, box.store.keys, whose, of, ((value,),), now=box.now)


def _person(box: Box, id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "standing": "active",
        "language": "en",
        "zone": "Europe/London",
        "zone_chosen": False,
        "days": "0",
        "minute": 540,
        "keeps": True,
        "created_at": box.now,
    }


def values_of(box: Box, of: Count, bodies: Sequence[bytes]) -> list[int]:
    """What ballots say, for whoever has the count's secret."""
    secret = box.store.keys.secret(COUNT + of.id)
    return [ballots.unpacked(ballots.open_(secret, body))[0][0] for body in bodies]


def bodies(box: Box) -> dict[str, list[bytes]]:
    """The ballots in every order that the database has of them."""
    found = {way: [row[0] for row in rows] for way, rows in _ordered(box, ballot, "body").items()}
    if path := file_of(box.store.engine):
        found["as they lie in the file"] = _in_the_file(box, path, found["a full scan"])
    return found


def tokens(box: Box) -> dict[str, list[str]]:
    """The tokens in every order that the database has of them."""
    found = {way: [row[0] for row in rows] for way, rows in _ordered(box, token, "token").items()}
    if path := file_of(box.store.engine):
        inside = _in_the_file(box, path, [each.encode() for each in found["a full scan"]])
        found["as they lie in the file"] = [each.decode() for each in inside]
    return found


def _ordered(box: Box, table: Table, column: str) -> dict[str, list[Any]]:
    ways = {"a full scan": ""}
    if not is_sqlite(box.store.engine):
        ways |= {
            "ctid": "ORDER BY tableoid, ctid",
            "xmin": "ORDER BY xmin::text::bigint, tableoid, ctid",
        }
    with box.store.engine.connect() as conn:
        return {
            way: list(conn.execute(text(f"SELECT {column} FROM {table.name} {order}")))  # noqa: S608
            for way, order in ways.items()
        }


def _in_the_file(box: Box, path: Path, wanted: Sequence[bytes]) -> list[bytes]:
    checkpoint(box.store.engine)
    content = path.read_bytes()
    return sorted(wanted, key=content.rindex)
