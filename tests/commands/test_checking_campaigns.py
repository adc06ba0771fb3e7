"""`skerry campaigns check`: faults refuse, notes do not."""

from __future__ import annotations

import json

from tests.commands.skerry import Skerry

AWAITS = """\
name: quiet
title: Quiet
steps:
  - id: stillness
    practice: not_there_yet
    awaited: true
    when: {kind: weekly, on: [monday]}
    at: "10:00"
"""
SAID = "step `stillness` waits for practice `not_there_yet`, which is not in the library yet"


def rows(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_what_is_awaited_is_told_and_all_is_well(skerry: Skerry) -> None:
    (skerry.folder / "quiet.yaml").write_text(AWAITS)
    assert skerry.does("campaigns", "check", "quiet.yaml").splitlines() == [
        f"Note: quiet.yaml, line 6: {SAID}.",
        "All well: nothing to mend.",
    ]


def test_for_programs_a_note_is_marked_and_a_fault_is_as_ever(skerry: Skerry) -> None:
    file = skerry.folder / "quiet.yaml"
    file.write_text(AWAITS)
    note = {
        "file": "quiet.yaml",
        "line": 6,
        "fault": SAID,
        "mend": "Nothing must be done; until then, this step is silent.",
        "note": True,
    }
    assert rows(skerry.does("campaigns", "check", "quiet.yaml", "--json")) == [note]
    file.write_text(AWAITS.replace("10:00", "25:00"))
    done = skerry("campaigns", "check", "quiet.yaml", "--json")
    assert done.returncode == 1
    fault, noted = rows(done.stdout)
    assert set(fault) == {"file", "line", "fault", "mend"}
    assert noted == note


def test_our_own_are_looked_at_when_nothing_else_is_named_and_have_no_notes(
    skerry: Skerry,
) -> None:
    (skerry.folder / "quiet.yaml").write_text(AWAITS)
    assert rows(skerry.does("campaigns", "check", "--json")) == []
    there = rows(skerry.does("campaigns", "check", ".", "--json"))
    assert {row["file"] for row in there} == {"quiet.yaml"}
