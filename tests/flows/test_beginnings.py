"""`skerry flows new`: a small practice to start from, or a copy, that checks clean at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.commands.flows import app
from bot.flows.beginnings import begin
from bot.flows.loader import find, load
from bot.flows.revisions import pack, unpack
from bot.rehearsal import Rehearsal
from tests.journeys.someone import MORNING


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKERRY_PRACTICES", raising=False)
    return tmp_path / "own"


def new(*words: str) -> Result:
    return CliRunner().invoke(app, ["new", *words])


def test_a_new_practice_checks_clean_at_once(folder: Path) -> None:
    result = new("tea", "--to", str(folder))
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in folder.iterdir()) == ["tea.en.j2", "tea.yaml"]
    assert "skerry flows check" in result.stdout
    checked = CliRunner().invoke(app, ["check", str(folder)])
    assert checked.stdout == "All well: nothing to mend.\n"


def test_it_teaches_with_notes_and_the_turns_that_are_used_most(folder: Path) -> None:
    new("tea", "--to", str(folder))
    practice, _ = find(str(folder / "tea.yaml"))
    kinds = {turn.kind for turn in practice.flow.turns}
    assert kinds == {"say", "recall", "scale", "branch", "wait", "ask", "choice", "close"}
    text = (folder / "tea.yaml").read_text(encoding="utf-8")
    assert all(f"# {kind}:" in text for kind in kinds)
    assert practice.words["en"].blocks.keys() >= {"moment", "moment__2", "moment__3"}


@pytest.mark.parametrize(
    "answers",
    [
        ["2", "The bus waited.", "others", "Ann.", "Wait too."],
        ["skip"] * 5,
        ["5", "x", "alone", "y"],
    ],
)
def test_it_can_be_rehearsed_and_brings_back_what_was_said(
    folder: Path, answers: list[str]
) -> None:
    new("tea", "--to", str(folder))
    practice, library = find(str(folder / "tea.yaml"))
    compiled = unpack(pack(practice, library).json)
    said = list(
        Rehearsal(compiled=compiled, now=MORNING).play([*answers, "a week later", *answers])
    )
    assert [line.turn for line in said].count("end") == 2
    if answers[0] != "skip":
        [before] = [line.text for line in said if line.turn == "before"]
        assert before.endswith(answers[-1])


def test_the_folder_of_the_settings_is_meant_when_none_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKERRY_PRACTICES", str(folder))
    assert new("tea").exit_code == 0
    assert (folder / "tea.yaml").is_file()


def test_a_copy_of_each_of_ours_checks_clean(folder: Path) -> None:
    ours = load()
    for name, practice in ours.practices.items():
        begin(f"my_{name}"[:40], folder, ours, practice)
    library = load([folder])
    assert library.faults == ()
    for name, practice in ours.practices.items():
        copied = library.practice(f"my_{name}"[:40])
        assert copied.flow == practice.flow.model_copy(update={"name": copied.flow.name})
        assert copied.words["en"].source == practice.words["en"].source


def test_a_copy_is_written_by_the_command_too(folder: Path) -> None:
    result = new("my_own", "--to", str(folder), "--from", "weekly")
    assert result.exit_code == 0, result.output
    assert (folder / "my_own.yaml").read_text(encoding="utf-8").count("name: my_own\n") == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["Tea"], '"Tea" cannot be a name'),
        (["../tea"], '"../tea" cannot be a name'),
        (["tea__two"], '"tea__two" cannot be a name'),
        (["t" * 41], "cannot be a name"),
        (["weekly"], "There is a practice named weekly already"),
        (["tea", "--from", "weekli"], "did you mean weekly?"),
    ],
)
def test_a_name_that_cannot_be_is_refused_in_one_line(
    folder: Path, words: list[str], line: str
) -> None:
    result = new(*words, "--to", str(folder))
    assert result.exit_code == 1
    assert line in result.output
    assert result.output.count("\n") == 1
    assert not folder.exists()


def test_nothing_is_ever_written_over(folder: Path) -> None:
    new("tea", "--to", str(folder))
    (folder / "tea.yaml").write_text("name: [", encoding="utf-8")
    result = new("tea", "--to", str(folder))
    assert result.exit_code == 1
    assert "already" in result.output
    assert (folder / "tea.yaml").read_text(encoding="utf-8") == "name: ["
    (folder / "milk.en.j2").write_text("mine", encoding="utf-8")
    assert new("milk", "--to", str(folder)).exit_code == 1
    assert not (folder / "milk.yaml").exists()


def test_without_a_folder_it_asks_for_one(folder: Path) -> None:
    result = new("tea")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "SKERRY_PRACTICES" in result.output


def test_a_place_that_cannot_be_written_is_refused_in_one_line(folder: Path) -> None:
    folder.write_text("a file", encoding="utf-8")
    result = new("tea", "--to", str(folder))
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "cannot be written" in result.output
