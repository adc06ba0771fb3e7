"""Practices and measures fit, or `flows check` names file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.flows import app
from bot.flows.loader import load
from bot.measures import loader as counted
from bot.measures.fitting import misfits
from tests.flows.shelf import Shelf, words_for

PRACTICE = """\
name: small
title: A small practice
minutes: 2
turns:
  - {id: energy, kind: scale}
  - {id: tried, kind: choice, options: [{id: "yes"}, {id: part}, {id: not_yet}]}
  - {id: several, kind: choices, options: [{id: time}, {id: risk}]}
  - {id: which, kind: choice, offers: sessions}
  - id: count
    kind: pool
    offers:
      - {measure: weekly_energy, of: [energy]}
  - {id: end, kind: close}
"""
CALM = """\
name: calm
title: Calm
question: How calm were people?
kind: scale
favourable: [4, 5]
not_to_conclude: Nothing of why.
"""


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    monkeypatch.delenv("SKERRY_PRACTICES", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    return Shelf(tmp_path / "own")


def put(shelf: Shelf, offer: str) -> Path:
    yaml = PRACTICE.replace("{measure: weekly_energy, of: [energy]}", offer)
    named = offer.partition("[")[2].partition("]")[0]
    shown = f"You said {{{{ {named}.words }}}}."
    return shelf.put("small", yaml, en=words_for(yaml).replace("About count.", shown))


def told(shelf: Shelf, offer: str) -> list[tuple[int, str]]:
    put(shelf, offer)
    library = load([shelf.path])
    assert library.faults == ()
    return [(each.line, each.fault) for each in misfits(library, counted.load([shelf.path]))]


def test_what_comes_with_skerry_fits() -> None:
    assert misfits(load(), counted.load()) == ()


@pytest.mark.parametrize(
    "offer",
    [
        "{measure: weekly_energy, of: [energy]}",
        "{measure: weekly_tried, of: [tried]}",
        "{measure: barriers, of: [several]}",
    ],
)
def test_an_offer_on_the_scale_of_its_measure_is_no_fault(shelf: Shelf, offer: str) -> None:
    assert told(shelf, offer) == []


@pytest.mark.parametrize(
    ("offer", "fault"),
    [
        ("{measure: weekly_enegy, of: [energy]}", "offers to count `weekly_enegy`, and there is"),
        ("{measure: weekly_tried, of: [energy]}", "it is a `scale`, and the measure counts a"),
        ("{measure: weekly_tried, of: [several]}", "it is a `choices`, and the measure counts"),
        ("{measure: weekly_tried, of: [which]}", "it offers sessions, which are no options"),
        ("{measure: session_took_away, of: [tried]}", "has no `yes`, `part`, `not_yet`"),
        ("{measure: debrief_theme, of: [tried]}", "has no `yes`, `part`, `not_yet`"),
        ("{measure: confidence_since_start, of: [energy]}", "also needs `act`, `then_act`"),
    ],
)
def test_one_that_does_not_fit_is_a_fault_with_its_line(
    shelf: Shelf, offer: str, fault: str
) -> None:
    found = told(shelf, offer)
    assert fault in found[0][1]
    assert {line for line, _ in found} == {12}


def test_a_longer_scale_does_not_fit(shelf: Shelf) -> None:
    yaml = PRACTICE.replace("kind: scale}", "kind: scale, points: 7}")
    words = words_for(yaml).replace("About count.", "You said {{ energy.words }}.")
    shelf.put("small", yaml, en=words)
    [fault] = misfits(load([shelf.path]), counted.load())
    assert fault.fault.endswith("its scale goes to 7, and the measure's to 5")
    assert Path(fault.file) == shelf.path / "small.yaml"


def test_a_measure_beside_the_practice_is_known_and_a_torn_one_is_not_blamed_twice(
    shelf: Shelf,
) -> None:
    folder = shelf.path / "measures"
    folder.mkdir()
    (folder / "calm.yaml").write_text(CALM, encoding="utf-8")
    assert told(shelf, "{measure: calm, of: [energy]}") == []
    (folder / "calm.yaml").write_text("name: [", encoding="utf-8")
    assert told(shelf, "{measure: calm, of: [energy]}") == []


def test_flows_check_names_it_for_a_file_a_folder_and_all(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = put(shelf, "{measure: weekly_enegy, of: [energy]}")
    monkeypatch.setenv("SKERRY_PRACTICES", str(shelf.path))
    for words in (["check", str(file)], ["check", str(shelf.path)], ["check"]):
        result = CliRunner().invoke(app, [*words, "--json"])
        assert result.exit_code == 1
        [fault] = [json.loads(line) for line in result.stdout.splitlines()]
        assert (Path(fault["file"]), fault["line"]) == (file, 12)
        assert fault["mend"] == "Did you mean `weekly_energy`?"
