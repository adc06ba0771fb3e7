"""Revisions: pinned by content, whole in themselves, rendered without the disk."""

from __future__ import annotations

import json

import pytest

from bot.flows import revisions
from bot.flows.revisions import BrokenRevisionError, Shelf, pack, unpack
from bot.prompts.render import render
from bot.records import Paragraph
from tests.flows import shelf as folders
from tests.flows.shelf import GOOD, words_for

OUTER = GOOD.replace(
    "  - id: step\n    kind: ask\n", "  - id: sub\n    kind: practice\n    practice: inner\n"
)


def packed(shelf: folders.Shelf, name: str = "outer") -> revisions.Packed:
    library = shelf.load()
    return pack(library.practice(name), library)


def test_the_same_content_has_the_same_hash(shelf: folders.Shelf) -> None:
    shelf.put("inner")
    shelf.put("outer", OUTER)
    first = packed(shelf)
    shelf.put("outer", "# a note\n" + OUTER.replace("[{id: fully}", "[{'id': \"fully\"}"))
    assert packed(shelf) == first
    assert len(first.hash) == 64


@pytest.mark.parametrize("what", ["flow", "words", "language", "inner"])
def test_any_change_has_another_hash(shelf: folders.Shelf, what: str) -> None:
    shelf.put("inner")
    shelf.put("outer", OUTER)
    first = packed(shelf)
    match what:
        case "flow":
            shelf.put("outer", OUTER.replace("minutes: 2", "minutes: 3"))
        case "words":
            shelf.put("outer", OUTER, en=words_for(OUTER, end="Good-bye."))
        case "language":
            shelf.put("outer", OUTER, en=words_for(OUTER), gd=words_for(OUTER))
        case _:
            shelf.put("inner", GOOD, en=words_for(GOOD, step="And now?"))
    assert packed(shelf).hash != first.hash


def test_what_is_told_of_a_practice_is_no_part_of_its_revision(shelf: folders.Shelf) -> None:
    shelf.put("small", GOOD)
    first = packed(shelf, "small")
    told = "audience: Anybody\nrhythm: Weekly\nsource: Ours\nminutes: 2"
    shelf.put("small", GOOD.replace("minutes: 2", told))
    assert shelf.load().practice("small").flow.audience == "Anybody"
    assert packed(shelf, "small") == first


def test_a_revision_runs_and_speaks_from_its_text_alone(shelf: folders.Shelf) -> None:
    shelf.put("inner", GOOD, en=words_for(GOOD, step__2="And?"), gd=words_for(GOOD, step__2="Is?"))
    shelf.put("outer", OUTER)
    text = packed(shelf).json
    for file in shelf.path.iterdir():
        file.unlink()
    compiled = unpack(text)
    assert compiled.flow.name == "outer"
    assert compiled.script.revision == compiled.revision
    assert compiled.script.nodes["sub.step"].wordings == 2
    assert compiled.script.nodes["sub.energy"].wordings == 1
    assert render(compiled.words("gd", "inner"), "step__2", {}) == (Paragraph(text="Is?"),)
    assert compiled.words("gd", "inner") is compiled.words("gd", "inner")


@pytest.mark.parametrize(
    ("wanted", "spoken"),
    [("en", "en"), ("gd", "gd"), ("gd-GB", "gd"), ("EN_gb", "en"), ("fr", "en"), ("", "en")],
)
def test_a_language_falls_back_to_english(shelf: folders.Shelf, wanted: str, spoken: str) -> None:
    shelf.put("small", GOOD, en=words_for(GOOD), gd=words_for(GOOD))
    assert unpack(packed(shelf, "small").json).words(wanted, "small").language == spoken


def test_without_english_whichever_there_is_speaks(shelf: folders.Shelf) -> None:
    shelf.put("small", GOOD, gd=words_for(GOOD))
    assert unpack(packed(shelf, "small").json).words("fr", "small").language == "gd"


def test_unpacking_packs_to_the_same(shelf: folders.Shelf) -> None:
    shelf.put("small")
    first = packed(shelf, "small")
    assert unpack(first.json).revision == first.hash
    assert json.loads(first.json)["format"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": 2}',
        '{"format": 1, "flows": {"a": {}}, "words": {}, "practice": "a"}',
        '{"format": 1, "flows": [], "words": {}, "practice": "a"}',
        '{"format": 1, "flows": {}, "words": {}, "practice": "a"}',
    ],
)
def test_what_is_not_a_revision_is_told(text: str) -> None:
    with pytest.raises(BrokenRevisionError):
        unpack(text)


def test_words_that_may_not_be_are_told_even_in_a_revision(shelf: folders.Shelf) -> None:
    shelf.put("small")
    text = packed(shelf, "small").json.replace("About end.", "{{ 7 ** 9 }}")
    with pytest.raises(BrokenRevisionError, match="the words of `small` for `en`"):
        unpack(text)


def test_a_shelf_keeps_what_was_made_ready(
    shelf: folders.Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(revisions, "_MOST_KEPT", 2)
    kept = Shelf()
    made = []
    for minutes in (1, 2, 3):
        shelf.put("small", GOOD.replace("minutes: 2", f"minutes: {minutes}"))
        made.append(kept.put(packed(shelf, "small").json))
    assert kept.get(made[0].revision) is None
    assert kept.get(made[1].revision) is made[1]
    assert kept.get(made[2].revision) is made[2]
