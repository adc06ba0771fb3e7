"""A folder where Skerry does not run: nothing is made there, and one line says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.within import Within

READING = (
    "people list",
    "people cohorts",
    "people export someone",
    "people forget someone --yes",
    "harvest show",
    "harvest export --to page.html",
    "harvest close --yes",
    "deliveries",
    "deliveries someone",
    "parked list",
    "parked replay 1234",
    "campaigns list",
    "campaigns show spring",
    "campaigns plan weekly_inquiry",
    "campaigns preview weekly_inquiry",
    "campaigns notices",
    "campaigns pause spring",
    "festivals list",
    "festivals show spring",
    "workspaces list",
    "circles list",
    "circles show 1234",
    "backup rows.backup --keys keys.backup",
    "keys rotate",
)
BEGINNING = (
    "people invite Spring",
    "people import list.csv",
    "campaigns start weekly_inquiry",
    "festivals new spring --opens 2030-02-08 --closes 2030-02-11",
)


@pytest.fixture
def skerry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    return Within.of(tmp_path, monkeypatch)


@pytest.mark.parametrize("words", READING)
def test_what_reads_or_changes_refuses_and_makes_no_file(skerry: Within, words: str) -> None:
    line = skerry.refuses(*words.split())
    assert line.startswith("There is no Skerry in this folder: var/skerry.sqlite is not there. ")
    assert "Run this where Skerry runs, or set SKERRY_DATABASE_URL." in line
    assert list(skerry.folder.iterdir()) == []


def test_doctor_names_it_and_makes_no_file(skerry: Within) -> None:
    done = skerry("doctor", "--json")
    assert done.exit_code == 1
    assert "There is no Skerry in this folder" in done.stdout
    assert list(skerry.folder.iterdir()) == []


@pytest.mark.parametrize("words", BEGINNING)
def test_what_may_come_first_says_once_that_all_is_new(skerry: Within, words: str) -> None:
    (skerry.folder / "list.csv").write_text("reference,cohort\nwho-1,Spring\n")
    first = skerry(*words.split())
    assert first.exit_code == 0, first.output
    (line,) = [line for line in first.stderr.splitlines() if "new one was made" in line]
    assert "var/skerry.sqlite" in line
    assert "new one was made" not in skerry("people", "list").stderr


def test_an_empty_file_is_no_skerry(skerry: Within) -> None:
    (skerry.folder / "var").mkdir(mode=0o700)
    (skerry.folder / "var" / "skerry.sqlite").touch()
    assert skerry.refuses("people", "list").startswith("There is no Skerry in this folder")
    assert [each.name for each in (skerry.folder / "var").iterdir()] == ["skerry.sqlite"]


def test_a_database_of_another_name_is_told_by_its_setting(
    skerry: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKERRY_DATABASE_URL", "sqlite:///other.sqlite")
    line = skerry.refuses("people", "list")
    assert line.startswith("There is no Skerry in other.sqlite, which SKERRY_DATABASE_URL names.")
    assert list(skerry.folder.iterdir()) == []


@pytest.mark.parametrize("setting", ["SKERRY_DATABASE_URL", "SKERRY_KEYS_URL"])
@pytest.mark.parametrize("words", ["people list", "people invite Spring", "run"])
def test_a_folder_that_is_not_there_is_told_with_its_setting(
    skerry: Within, monkeypatch: pytest.MonkeyPatch, setting: str, words: str
) -> None:
    monkeypatch.setenv(setting, "sqlite:////nowhere/x.sqlite")
    line = skerry.refuses(*words.split())
    assert line == (
        f"{setting} names the folder /nowhere, and there is none. Make it, or name another."
    )
    assert list(skerry.folder.iterdir()) == []
