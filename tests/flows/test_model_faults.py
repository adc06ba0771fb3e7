"""What the model refuses, in a facilitator's words, and the rest of the file checked as well."""

from __future__ import annotations

import pytest

from tests.flows.shelf import GOOD, Shelf, words_for


def told(shelf: Shelf, old: str, new: str) -> list[tuple[int, str]]:
    assert old in GOOD
    shelf.put("small", GOOD.replace(old, new, 1), en=words_for(GOOD))
    return [(line, fault) for _, line, fault in shelf.told()]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("title: A small practice\n", "", 1, "`title` is missing"),
        ("A small practice", "''", 2, "`title` is empty"),
        ("A small practice", "x" * 61, 2, "`title` is longer than 60 characters"),
        ("A small practice", "[x]", 2, "`title` must be words"),
        ("minutes: 2", "minutes: two", 3, "`minutes` must be a whole number, not `two`"),
        ("minutes: 2", "minutes: 2.5", 3, "`minutes` must be a whole number, not `2.5`"),
        ("minutes: 2", "minutes: [2]", 3, "`minutes` must be a whole number, not this"),
        ("minutes: 2", "minutes: 91", 3, "`91` is out of range for `minutes`"),
        ("minutes: 2", "minutes: 2\nlisted: perhaps", 4, "must be `true` or `false`"),
        ("minutes: 2", "minutes: 2\nrecalls: [x]", 4, "`recalls` must hold names with values"),
        ("minutes: 2", "minutes: 2\nrecalls: {x: y}", 4, "`x` must hold names with values"),
        ("minutes: 2", "minutes: 2\nrecalls: {Big: {turn: step}}", 4, "`Big` cannot be a name"),
        (
            "minutes: 2",
            "minutes: 2\nrecalls: {x: {turn: step, which: last}}",
            4,
            "`last` is not something `which` can be",
        ),
        ("kind: ask", "kind: asked", 10, "`asked` is not a kind of turn"),
        ("    kind: ask\n", "", 10, "this turn has no `kind`"),
        ("  - id: step\n    kind: ask\n", "  - step\n", 10, "must hold names with values"),
        ("id: step", "id: My step", 10, "`My step` cannot be a name"),
        ("id: step", "id: " + "x" * 41, 10, "`id` is longer than 40 characters"),
        ("kind: ask", "kind: ask\n    tpo: end", 12, "`tpo` has no meaning here"),
        ("kind: ask", "kind: ask\n    sets: mood", 12, "`mood` is not something `sets` can be"),
        ("kind: scale", "kind: scale\n    points: 11", 7, "`11` is out of range for `points`"),
        ("options: [{id: fully}, {id: not_yet, to: end}]", "options: x", 9, "must be a list"),
        ("{id: fully}, ", "", 9, "`options` has fewer than 2 entries"),
        ("{id: fully}", "{id: fully, tp: end}", 9, "`tp` has no meaning here"),
        (
            "[{id: fully}, ",
            "[" + "{id: fully}, " * 25,
            9,
            "`options` has more than 25 entries",
        ),
    ],
)
def test_what_the_model_refuses_is_told(
    shelf: Shelf, old: str, new: str, line: int, said: str
) -> None:
    (found,) = told(shelf, old, new)
    assert found[0] == line
    assert said in found[1]


def test_near_keys_and_kinds_are_offered(shelf: Shelf) -> None:
    bad = GOOD.replace("minutes: 2", "minutes: 2\nsumary: x").replace("kind: ask", "kind: asked")
    bad = bad.replace("{id: fully}", "{id: fully, valuex: x}")
    shelf.put("small", bad, en=words_for(GOOD))
    assert {fault.mend for fault in shelf.faults()} == {
        "Did you mean `summary`?",
        "Did you mean `ask`?",
        "Did you mean `value`?",
    }


def test_a_name_that_cannot_be_one_does_not_hide_the_rest(shelf: Shelf) -> None:
    found = told(shelf, "name: small", "name: My Practice")
    assert found == [(1, "`My Practice` cannot be a name")]


@pytest.mark.parametrize("turns", ["turns: []", "turns: x", "", "turns:"])
def test_a_practice_without_turns_is_told_once(shelf: Shelf, turns: str) -> None:
    text = GOOD[: GOOD.index("turns:")] + turns + "\n"
    shelf.put("small", text, en=words_for(GOOD))
    assert len(shelf.told()) == 1


def test_a_file_name_that_cannot_be_one_is_told_and_the_rest_too(shelf: Shelf) -> None:
    shelf.put("small", en=words_for(GOOD))
    for ending in (".yaml", ".en.j2"):
        (shelf.path / f"small{ending}").rename(shelf.path / f"My Practice{ending}")
    found = [fault for _, _, fault in shelf.told()]
    assert found == ["the practice is named `small`, and its file `My Practice`"]


def test_both_names_wrong_is_told(shelf: Shelf) -> None:
    (shelf.path / "A B.yaml").write_text(GOOD.replace("name: small", "name: A B"))
    assert "`A B` cannot be a name" in [fault for _, _, fault in shelf.told()]
