"""The pages of `docs/practices/` say what the practices are today.

`SKERRY_CATALOGUE=write` writes them anew, to be read.
"""

from __future__ import annotations

import os

from tests.docs.catalogue import FOLDER, HOUSE, INDEX, library, pages, untold


def test_every_practice_that_people_meet_says_for_whom_how_often_and_whence() -> None:
    assert untold() == HOUSE, "give it `audience`, `rhythm` and `source`"
    for name in library().practices.keys() - HOUSE:
        flow = library().practice(name).flow
        assert flow.summary, name
        assert flow.rhythm, name
        assert flow.source, name


def test_the_pages_are_current() -> None:
    if os.environ.get("SKERRY_CATALOGUE") == "write":
        for file in FOLDER.glob("*.md"):
            file.unlink()
        for name, text in pages().items():
            (FOLDER / name).write_text(text, encoding="utf-8")
    written = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    assert written.keys() == pages().keys()
    stale = [name for name, text in written.items() if text != pages()[name]]
    assert stale == [], "write them anew: SKERRY_CATALOGUE=write, and this test"


def test_every_practice_with_a_page_has_been_played() -> None:
    unplayed = {name for name, text in pages().items() if "## Played word for word" not in text}
    assert unplayed == {INDEX}
