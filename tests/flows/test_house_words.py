"""What `flows check` finds in the house's own words and reserved words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.flows import house_words, shelves
from bot.prompts import house as rooms
from bot.prompts import reserved

ENGLISH = (
    "{% block a %}Hello, {{ title }}.{% endblock %}\n{% block b %}Back {{ when }}.{% endblock %}\n"
)


@pytest.fixture
def prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A house of two blocks and two reserved words."""
    for module in (rooms, reserved):
        monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(shelves, "PROMPTS", tmp_path)
    write(tmp_path, "en", ENGLISH, "skip: [skip, pass]\nback: [back]\n")
    yield tmp_path
    reserved.vocabulary.cache_clear()


def write(folder: Path, language: str, words: str, phrases: str = "") -> None:
    (folder / language).mkdir()
    (folder / language / "house.j2").write_text(words, encoding="utf-8")
    (folder / language / "reserved.yaml").write_text(phrases, encoding="utf-8")


def told() -> list[tuple[str, int, str]]:
    return [(Path(f.file).name, f.line, f.fault) for f in house_words.check().faults]


def test_all_is_well_with_the_house_as_it_is() -> None:
    assert house_words.check().faults == []


def test_a_block_that_is_missing_is_a_note(prompts: Path) -> None:
    write(prompts, "cy", "{% block a %}Helô, {{ title }}.{% endblock %}")
    found = house_words.check()
    assert found.faults == []
    assert [note.fault for note in found.notes] == [
        "the block `b` is not translated in the words for `cy`"
    ]


def test_a_block_that_the_house_never_says_is_a_fault(prompts: Path) -> None:
    write(prompts, "cy", ENGLISH + "{% block c %}Mwy.{% endblock %}")
    assert told() == [("house.j2", 3, "the house never says the block `c`")]


def test_names_that_differ_are_faults(prompts: Path) -> None:
    write(prompts, "cy", ENGLISH.replace("{{ title }}", "{{ name }}"))
    assert [fault for _, _, fault in told()] == [
        "the block `a` speaks of `name`, unlike the English one",
        "the block `a` leaves out `title`, unlike the English one",
    ]


def test_what_words_may_not_hold_is_told(prompts: Path) -> None:
    write(prompts, "cy", ENGLISH.replace("Back", "{{ 7 ** 9 }}"))
    assert ("house.j2", 2, "reckoning cannot be used in words") in told()


def test_what_cannot_be_read_is_told_once(prompts: Path) -> None:
    write(prompts, "cy", "{% block a %}")
    (fault,) = told()
    assert fault[2] == "something is opened and not closed"


@pytest.mark.parametrize(
    ("phrases", "fault"),
    [
        ("skip: [hepgor]\nhop: [neidio]\n", "`hop` is not a reserved word"),
        ("skip: [hepgor]\nback: [Hepgor!]\n", "`Hepgor!` stands here twice, for `skip`"),
        ("skip: [back]\n", "`back` means `back` in English"),
    ],
)
def test_reserved_words_that_clash_are_faults(prompts: Path, phrases: str, fault: str) -> None:
    write(prompts, "cy", ENGLISH, phrases)
    assert [each[2] for each in told()] == [fault]
