"""Every practice and branch, word for word, as a person meets it.

`playing.py` says how a transcript is written. The test plays the person's lines and compares
the whole. `SKERRY_TRANSCRIPTS=write` writes them anew, to be read.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.requests.menu import with_menu
from bot.store.opening import Store
from tests.journeys.playing import Passed, played
from tests.journeys.someone import Ids, Someone, library

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))

#: Practices that nobody meets alone: `tests/circles/test_every_way.py` plays them.
IN_CIRCLES = frozenset(
    {
        *("circle_join", "circle_setup", "circle_tend", "round_decide"),
        *("pair_apart", "team_check_in", "team_learning"),
    }
)


#: All of them on SQLite; on PostgreSQL with `make soak`, for each needs databases of its own.
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)]


@pytest.mark.parametrize("urls", KINDS, indirect=True)
@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_a_practice_is_played_word_for_word(file: Path, store: Store) -> None:
    written = file.read_text(encoding="utf-8")
    told = "\n".join(played(written.splitlines(), Someone(store))).rstrip() + "\n"
    if os.environ.get("SKERRY_TRANSCRIPTS") == "write":
        file.write_text(told, encoding="utf-8")
        return
    assert told == written


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_every_turn_and_every_way_out_of_it_is_played(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed = Passed()
    passed.watch(monkeypatch)
    ids = Ids()
    for file in TRANSCRIPTS:
        lines = file.read_text(encoding="utf-8").splitlines()
        list(played(lines, Someone(store, place=file.stem, ids=ids)))
    assert passed.missing() == []
    assert passed.scripts.keys() | IN_CIRCLES == with_menu(library()).practices.keys()


def test_every_transcript_begins_with_a_remark() -> None:
    first = [file.read_text(encoding="utf-8").splitlines()[0] for file in TRANSCRIPTS]
    assert all(line.startswith("# ") for line in first)
