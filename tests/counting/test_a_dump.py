"""Somebody with a dump of every table, at each stage: no path from a participant to a ballot."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.store.columns import Instant
from bot.store.counted import ballot, mark, pending, token
from bot.store.opening import Store
from bot.store.tables import metadata
from bot.trust import ballots
from bot.trust.keyring import COUNT, GATE
from bot.trust.sealing import new_key
from tests.counting.box import Box

MANY = {f"p{n}": 1 + n % 5 for n in range(15)}
LATER = {f"q{n}": 1 + n % 5 for n in range(5)}

Dump = dict[str, list[dict[str, Any]]]


def dump(store: Store) -> Dump:
    """Every row of every table."""
    with store.engine.connect() as conn:
        return {
            table.name: [dict(row) for row in conn.execute(select(table)).mappings()]
            for table in metadata.sorted_tables
        }


def stages(store: Store) -> Iterator[tuple[str, Box, Dump]]:
    """A count of some people, and another of some of them, at each of its stages."""
    box = Box(store)
    box.share(MANY)
    box.share({name: 3 for name in list(MANY)[:6]}, "Other")
    yield "pending", box, dump(store)
    box.night()
    box.share(LATER)
    yield "dropped", box, dump(store)
    box.night(8)
    yield "closed", box, dump(store)


def shapes(value: object) -> Iterator[bytes]:
    """What a value could stand as in another row."""
    if isinstance(value, bytes):
        yield value
        yield value.hex().encode()
    else:
        yield str(value).encode()


def test_no_value_of_a_ballot_but_its_count_and_week_stands_in_another_table(store: Store) -> None:
    seen = 0
    for stage, _, found in stages(store):
        others = "\n".join(
            f"{name} {row!r}" for name, rows in found.items() if name != "ballot" for row in rows
        ).encode()
        raw = [
            value
            for name, rows in found.items()
            if name != "ballot"
            for row in rows
            for value in row.values()
            if isinstance(value, bytes)
        ]
        for row in found["ballot"]:
            seen += 1
            for column in ("id", "body"):
                for shape in shapes(row[column]):
                    assert shape not in others, (stage, column)
                    assert not any(shape in each for each in raw), (stage, column)
        weeks = {row["week"].encode() for row in found["ballot"]}
        assert not any(week in others for week in weeks), stage
    assert seen == 21


def test_a_ballot_has_no_column_but_its_id_week_count_and_seal() -> None:
    assert [column.name for column in ballot.c] == ["id", "week", "count", "body"]
    assert [column.name for column in token.c] == ["count", "token"]
    assert not ballot.foreign_keys
    assert not token.foreign_keys
    for table in (ballot, token, mark):
        assert not [column for column in table.c if isinstance(column.type, Instant)]
    others = [table for table in metadata.sorted_tables if table is not ballot]
    pointing = [key.column.table for table in others for key in table.foreign_keys]
    assert ballot not in pointing


def test_all_sealed_are_of_one_length_and_two_counts_of_one_person_never_alike(
    store: Store,
) -> None:
    for stage, _, found in stages(store):
        for table, length in ((ballot, 80), (pending, 128)):
            sealed = [row["body"] for row in found[table.name]]
            assert {len(each) for each in sealed} <= {length}
            assert len(set(sealed)) == len(sealed)
        if stage == "dropped":
            by_count: dict[str, set[str]] = {}
            for row in found["token"]:
                by_count.setdefault(row["count"], set()).add(row["token"])
            one, other = by_count.values()
            assert not one & other


def test_tokens_tell_who_took_part_to_whoever_has_the_counts_secret_and_to_nobody_else(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    for stage, box, found in stages(store):
        held = {row["token"] for row in found["token"]} | {row["mark"] for row in found["mark"]}
        if stage == "closed":
            assert not found["token"]
            assert not found["ballot"]
        people = [row["id"] for row in found["participant"]]
        owners = [*store.keys.passing(), *store.keys.owners()]
        # Neither the counts' own nor those of marks, which tell who took part in what was told.
        wrong = [store.keys.secret(each) for each in owners if not each.startswith((COUNT, GATE))]
        tried = {
            ballots.token(secret, box.measure.name, cell, whose)
            for secret in (*wrong, new_key())
            for cell in ("", "Team", "Other")
            for whose in people
        }
        assert not tried & held
        if stage == "dropped":
            of = box.count()
            right = {
                ballots.token(store.keys.secret(COUNT + of.id), of.measure, of.cell, whose): whose
                for whose in people
            }
            theirs = {row["token"] for row in found["token"] if row["count"] == of.id}
            assert {right[each] for each in theirs} == {box.id_of(name) for name in MANY}
            with capsys.disabled():
                print(  # noqa: T201 - A figure.
                    f"\n{store.engine.dialect.name}: of {len(theirs)} tokens {len(theirs)} found "
                    f"with the count's secret, 0 by {len(tried)} tries with {len(wrong) + 1} others"
                )
