"""Files and folders that settings name: whatever is wrong with them is said with the setting."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.within import Within


@pytest.fixture
def skerry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    return Within.of(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (None, "own.yaml: there is no such file. Put it there, or mend the setting."),
        (
            "signs:\n  - fine\nexcuses: [a\n",
            "own.yaml, line 3: the file cannot be read from here.",
        ),
        ("signs:\n  - (open\n", "own.yaml, line 2: a bracket is not closed."),
        ("signs:\n  - '{lost} one'\n", "own.yaml, line 2: there is no set 'lost'."),
        ("sings: [a]\n", "own.yaml: write these parts and no others: "),
    ],
)
def test_a_file_of_phrases_is_told_with_line_mend_and_setting(
    skerry: Within, monkeypatch: pytest.MonkeyPatch, written: str | None, says: str
) -> None:
    if written is not None:
        (skerry.folder / "own.yaml").write_text(written)
    monkeypatch.setenv("SKERRY_DISTRESS", "own.yaml")
    line = skerry.refuses("people", "invite", "Spring")
    assert line.startswith(says)
    assert line.endswith("SKERRY_DISTRESS names this file.")
    done = skerry("flows", "check", "--json")
    assert done.exit_code == 1
    (fault,) = [each for each in map(json.loads, done.stdout.splitlines()) if "note" not in each]
    assert fault["file"] == "own.yaml"
    assert fault["fault"] in line
    assert not (skerry.folder / "var").exists()


def test_a_missing_folder_of_practices_is_told_with_the_setting_and_no_line(
    skerry: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKERRY_PRACTICES", "nonefolder")
    said = skerry("flows", "check").stdout
    assert "nonefolder, line" not in said
    assert "SKERRY_PRACTICES" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("people", "invite", " "),
            'The cohort has no name. Write one, in quotation marks: "Spring gathering"',
        ),
        (
            ("rehearse", "weekly", "--answers", "none.txt"),
            "There is no file none.txt. Write one answer a line into it, or name another.",
        ),
        (
            ("people", "import", "bad.csv"),
            "bad.csv has no column cohorts and no column reference. Add them.",
        ),
        (
            (
                *("campaigns", "plan", "weekly_inquiry", "--people", "people.csv"),
                *("--ics", "/nowhere/x.ics"),
            ),
            "There is no folder /nowhere. Make it, or name another file.",
        ),
    ],
)
def test_a_slip_is_told_with_what_to_do(skerry: Within, words: tuple[str, ...], says: str) -> None:
    (skerry.folder / "bad.csv").write_text("who\nada\n")
    (skerry.folder / "people.csv").write_text("id,zone\nada,Europe/London\n")
    assert skerry.refuses(*words).endswith(says)
