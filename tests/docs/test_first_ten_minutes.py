"""The steps of "Writing a practice", taken one by one as they stand on the page."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.flows.loader import load
from bot.store.opening import Store
from tests.docs.test_docs import GUIDE, blocks
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, texts


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the page, after its first two steps."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SKERRY_PRACTICES", raising=False)
    does("skerry flows new")
    file = tmp_path / "my-practices" / "evening.en.j2"
    words = file.read_text(encoding="utf-8")
    [change] = blocks(GUIDE, "diff")
    lines = change.splitlines()
    for gone, come in zip(lines[::2], lines[1::2], strict=True):
        assert (gone[0], come[0], words.count(gone[1:])) == ("-", "+", 1)
        words = words.replace(gone[1:], come[1:])
    file.write_text(words, encoding="utf-8")
    return tmp_path / "my-practices"


def does(step: str, typed: str = "") -> str:
    """Run the first command of the page that begins so."""
    lines = "\n".join(blocks(GUIDE, "")).splitlines()
    command = next(line for line in lines if line.startswith(step))
    result = CliRunner().invoke(app, command.split()[1:], input=typed)
    assert result.exit_code == 0, result.output
    return result.output


def starts(someone: Someone, folder: Path) -> None:
    """Skerry starts: it reads what lies on disk, and keeps today's words for what begins now."""
    someone.practices = load([folder])
    shelf = someone.house().shelf
    someone.asks(lambda conn: shelf.keep(conn, someone.now))


def test_three_changed_sentences_check_clean(written: Path) -> None:
    assert written.is_dir()
    assert does("skerry flows check") == "All well: nothing to mend.\n"


def test_the_rehearsal_brings_back_what_the_page_says(written: Path) -> None:
    assert written.is_dir()
    [typed] = blocks(GUIDE, "typed")
    said = does("skerry rehearse", typed)
    assert said.count("The day is nearly over.") == 2
    assert said.count("Good night.") == 2
    assert "a week ago" in said
    assert "not needed" not in said


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_it_runs_and_practise_offers_it(written: Path, store: Store) -> None:
    someone = begin(Someone(store, practices=load([written])), "joined")
    offered = someone.says("practise")
    assert any("A moment of the day" in option.label for option in offered[-1].options)
    assert texts(someone.says("a moment"))[0].startswith("The day is nearly over.")


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_an_open_conversation_goes_on_in_the_words_in_which_it_began(
    written: Path, store: Store
) -> None:
    someone = begin(Someone(store), "joined")
    starts(someone, written)
    someone.is_due("evening")
    file = written / "evening.en.j2"
    text = file.read_text(encoding="utf-8").replace("Good night.", "Sleep well.")
    file.write_text(text, encoding="utf-8")
    starts(someone, written)
    said = [text for _ in range(4) for text in texts(someone.says("skip"))]
    assert said[-1] == "Good night."
    someone.is_due("evening")
    said = [text for _ in range(4) for text in texts(someone.says("skip"))]
    assert said[-1] == "Sleep well."


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_a_file_with_a_fault_stops_neither_the_others_nor_what_is_open(
    written: Path, store: Store
) -> None:
    someone = begin(Someone(store), "joined")
    starts(someone, written)
    someone.is_due("evening")
    (written / "evening.yaml").write_text("name: [", encoding="utf-8")
    starts(someone, written)
    assert "evening" not in someone.practices.practices
    said = [text for _ in range(4) for text in texts(someone.says("skip"))]
    assert said[-1] == "Good night."
    assert someone.is_due("nudge")
