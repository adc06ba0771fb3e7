"""`skerry flows`, as a person and as a program meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.commands.flows import app
from bot.flows.schema import schema
from tests.commands.within import Within
from tests.flows.shelf import GOOD, Shelf, words_for


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    """A folder of practices of one's own, in a place without settings."""
    monkeypatch.chdir(tmp_path)
    for name in ("SKERRY_PRACTICES", "SKERRY_TIME_ZONE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "own").mkdir()
    return Shelf(tmp_path / "own")


def flows(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_list_json_has_one_object_a_practice(shelf: Shelf) -> None:
    result = flows("list", "--json")
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    (weekly,) = [row for row in rows if row["name"] == "weekly"]
    assert list(weekly) == ["name", "title", "minutes", "turns", "languages"]
    assert isinstance(weekly["turns"], int)
    assert weekly["languages"][0] == "en"


def test_list_shows_a_table_to_people(shelf: Shelf) -> None:
    result = flows("list")
    assert result.exit_code == 0
    assert "A weekly check-in" in result.stdout
    assert "Left out" not in result.stdout


def test_list_shows_ones_own_practices_too(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf.put("small")
    shelf.put("torn", b"name: [")
    monkeypatch.setenv("SKERRY_PRACTICES", str(shelf.path))
    result = flows("list")
    assert result.exit_code == 0
    assert "small" in result.stdout
    assert "Left out, for it has faults: torn." in result.stdout


def test_check_says_when_all_is_well(shelf: Shelf) -> None:
    result = flows("check")
    assert result.exit_code == 0
    assert result.stdout.endswith("All well: nothing to mend.\n")
    rows = [json.loads(line) for line in flows("check", "--json").stdout.splitlines()]
    assert all(row["note"] for row in rows)


def test_check_json_has_one_object_a_fault(shelf: Shelf) -> None:
    file = shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0"), en=words_for(GOOD))
    result = flows("check", str(shelf.path), "--json")
    assert result.exit_code == 1
    (fault,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert fault == {
        "file": str(file),
        "line": 3,
        "fault": "`0` is out of range for `minutes`",
        "mend": "Write a whole number, at least 1.",
    }


def test_check_shows_a_table_to_people(shelf: Shelf) -> None:
    file = shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0\nx: 1"), en=words_for(GOOD))
    result = flows("check", str(file))
    assert result.exit_code == 1
    assert "line 3" in result.stdout
    assert "2 to mend." in result.stdout
    shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0"), en=words_for(GOOD))
    assert "One thing to mend." in flows("check", str(file)).stdout


def test_check_of_a_path_that_is_not_there_says_so(shelf: Shelf) -> None:
    result = flows("check", "nowhere", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["file"] == "nowhere"


def test_check_takes_a_single_good_file(shelf: Shelf) -> None:
    assert flows("check", str(shelf.put("small"))).exit_code == 0


def test_draw_takes_a_name_or_a_path(shelf: Shelf) -> None:
    assert flows("draw", "weekly").stdout.startswith("flowchart TD\n")
    assert "t_energy" in flows("draw", str(shelf.put("small"))).stdout


def test_draw_refuses_with_one_clear_line(shelf: Shelf) -> None:
    result = flows("draw", "wekly")
    assert result.exit_code == 1
    assert result.stderr == "There is no practice named wekly; did you mean weekly?\n"
    bad = shelf.put("small", GOOD.replace("minutes: 2", "minutes: 0"), en=words_for(GOOD))
    assert "line 3: `0` is out of range" in flows("draw", str(bad)).stderr


def test_schema_is_printed(shelf: Shelf) -> None:
    assert flows("schema").stdout == schema()


def test_a_wrong_setting_is_one_clear_line(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SKERRY_TIME_ZONE", "Nowhere/Land")
    result = flows("list")
    assert result.exit_code == 1
    assert result.stderr.startswith("The setting SKERRY_TIME_ZONE cannot be used:")


def test_wrong_use_exits_two(shelf: Shelf) -> None:
    assert flows("draw").exit_code == 2


def test_check_tells_faults_of_measures_with_those_of_practices(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    skerry = Within.of(tmp_path, monkeypatch)
    (tmp_path / "mine" / "measures").mkdir(parents=True)
    file = tmp_path / "mine" / "measures" / "calm.yaml"
    file.write_text("name: calm\ntitle: Calm\nkind: scale\nfavourable: [5]\nquestion: How?\n")
    for path in ("mine", "mine/measures/calm.yaml"):
        done = skerry("flows", "check", path, "--json")
        assert done.exit_code == 1
        assert json.loads(done.stdout)["fault"] == "`not_to_conclude` is missing"
    assert skerry.does("flows", "check").endswith("All well: nothing to mend.\n")
    monkeypatch.setenv("SKERRY_PRACTICES", "mine")
    assert "calm.yaml" in skerry("flows", "check", "--json").stdout
    file.write_text(f"{file.read_text()}not_to_conclude: Nothing.\n")
    assert skerry.does("flows", "check").endswith("All well: nothing to mend.\n")


def test_what_is_not_translated_is_a_note_and_no_fault(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    welsh = words_for(GOOD).replace("{% block end %}About end.{% endblock %}\n", "")
    shelf.put("small", en=words_for(GOOD), cy=welsh)
    result = flows("check", str(shelf.path))
    assert result.exit_code == 0
    assert "small.cy.j2, line 7: the block `end` is not translated" in result.stdout
    assert "All well" in result.stdout
    result = flows("check", str(shelf.path), "--json")
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert row["note"] is True
    assert Path(row["file"]).name == "small.cy.j2"


def test_a_block_that_english_lacks_is_a_fault_still(shelf: Shelf) -> None:
    shelf.put("small", en=words_for(GOOD), cy=words_for(GOOD, other="Arall."))
    result = flows("check", str(shelf.path), "--json")
    assert result.exit_code == 1
    (row,) = [json.loads(line) for line in result.stdout.splitlines()]
    assert "note" not in row
    assert row["fault"] == "the block `other` belongs to no turn"
