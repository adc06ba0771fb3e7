"""`skerry harvest`, as a person and as a program meet it."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert

from bot.commands import harvest as command
from bot.commands.refusing import out
from bot.measures.measure import Measure
from bot.measures.release import Release
from bot.requests.counting import BusyError, Closed
from bot.store import releases, shared
from bot.store.counted import release
from bot.store.opening import Store
from bot.store.shared import Shared
from bot.trust.keyring import KeyRing
from tests.commands.within import Within
from tests.harvest.builders import MONDAY, WEEK, whole

STORY = Shared(
    id="s1",
    conversation="c1",
    practice="story",
    title="[bold]The beds",
    level="unnamed",
    name="Ailsa",
    about="What changed?",
    paragraphs=("We argued about beds.",),
    given_at=MONDAY,
)


@pytest.fixture
def skerry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    """With nothing in the store."""
    monkeypatch.setattr(out, "_width", 120)
    made = Within.of(tmp_path, monkeypatch)
    with made.store():
        return made


@pytest.fixture
def full(skerry: Within, monkeypatch: pytest.MonkeyPatch) -> Within:
    """With some of everything."""

    def all_of(
        _: Connection, measure: str | None = None, since: date | None = None
    ) -> Sequence[Release]:
        return tuple(
            each
            for each in whole().releases
            if measure in {None, each.measure.name} and (since is None or each.until >= since)
        )

    def all_shared(_: Connection, __: KeyRing, *, since: date | None = None) -> Sequence[Shared]:
        return (STORY,) if since is None or since <= MONDAY else ()

    def open_counts(_: Connection) -> Sequence[tuple[str, int, date]]:
        return (("weekly_energy", 3, MONDAY + WEEK), ("lost", 1, MONDAY + WEEK))

    monkeypatch.setattr(releases, "all_of", all_of)
    monkeypatch.setattr(releases, "open_counts", open_counts)
    monkeypatch.setattr(shared, "all_shared", all_shared)
    return skerry


def test_with_nothing_there_show_says_so(skerry: Within) -> None:
    assert skerry.does("harvest", "show") == (
        "No count has closed yet.\n\nNobody has shared words yet.\n"
    )
    assert skerry.does("harvest", "show", "--json") == ""


def test_show_tells_counts_what_is_open_and_what_is_shared(full: Within) -> None:
    text = full.does("harvest", "show")
    assert "Energy in the week, 2 to 8 November 2026\n  Spring: About 40 people" in text
    assert "\n  Not to conclude: How much energy" in text
    assert "Energy in the week: 3 counts are open until 9 November 2026." in text
    assert "lost: 1 count is open until 9 November 2026." in text
    assert "Nothing of an open count can be seen before it closes, by anybody." in text
    assert "[bold]The beds (2 November 2026)\n  May be quoted without a name." in text
    assert "    We argued about beds." in text
    assert "Ailsa" not in text


def test_what_the_store_holds_is_what_is_shown(skerry: Within) -> None:
    skerry.does("harvest", "show")
    held = whole().releases[0]
    row = {"id": held.id, "measure": held.measure.name, "told_on": held.until.isoformat()}
    with skerry.store() as store, store.engine.begin() as conn:
        conn.execute(insert(release), row | {"body": held.model_dump_json()})
    assert "2 to 8 November 2026" in skerry.does("harvest", "show", "weekly_energy")
    assert "No count" in skerry.does("harvest", "show", "--since", "2027-01-01")


def test_show_of_one_measure_leaves_the_rest_and_shared_words_out(full: Within) -> None:
    text = full.does("harvest", "show", "barriers")
    assert "What gets in the way" in text
    assert "Energy" not in text
    assert "The beds" not in text


def test_since_leaves_out_what_is_older(full: Within) -> None:
    assert "2 to 8 November" not in full.does("harvest", "show", "--since", "2026-11-20")
    assert "The beds" not in full.does("harvest", "show", "--since", "2026-11-20")


def test_json_is_one_object_a_line_each_with_its_kind(full: Within) -> None:
    found = [json.loads(line) for line in full.does("harvest", "show", "--json").splitlines()]
    kinds = [each["kind"] for each in found]
    assert kinds == ["release"] * len(whole().releases) + ["open", "open", "shared"]
    assert found[-1]["name"] is None


@pytest.mark.parametrize("words", [("show",), ("export", "--to", "x.csv"), ("close", "--yes")])
def test_a_measure_that_is_not_there_is_refused_in_one_line(
    skerry: Within, words: tuple[str, ...]
) -> None:
    line = skerry.refuses("harvest", words[0], "nonsense", *words[1:])
    assert line == "There is no measure nonsense. See them with: skerry harvest measures"


def test_a_wrong_date_is_refused_in_one_line(skerry: Within) -> None:
    assert "is not a date" in skerry.refuses("harvest", "show", "--since", "yesterday")


@pytest.mark.parametrize(
    ("name", "begins"),
    [("h.html", "<!doctype html>"), ("h.csv", "\ufeffmeasure,"), ("h.json", "{")],
)
def test_export_writes_what_the_ending_says(full: Within, name: str, begins: str) -> None:
    said = full.does("harvest", "export", "--to", name)
    assert said == f"{name} is written: {len(whole().releases)} counts, 1 shared by people.\n"
    assert Path(name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize("name", ["h.html", "h.csv", "h.json"])
def test_an_export_can_be_read_by_nobody_else_on_the_machine(full: Within, name: str) -> None:
    Path(name).touch(mode=0o644)
    full.does("harvest", "export", "--to", name, "--yes")
    assert Path(name).stat().st_mode & 0o777 == 0o600
    Path(name).unlink()
    full.does("harvest", "export", "--to", name)
    assert Path(name).stat().st_mode & 0o777 == 0o600


def test_nothing_in_shared_words_steers_the_terminal(
    full: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "Be\x1b[2Jds\x9b31m \x07and\x7f \u202emore\nof it\r"
    story = replace(STORY, title=hostile, about=hostile, name=hostile, level="public")
    story = replace(story, paragraphs=(hostile,))
    monkeypatch.setattr(shared, "all_shared", lambda *_, **__: (story,))
    told = full.does("harvest", "show")
    assert "    Be[2Jds31m and more\nof it\n" in told
    for text in (told, full.does("harvest", "show", "--json")):
        assert not [each for each in text if unicodedata.category(each) == "Cc" and each != "\n"]
        assert "\u202e" not in text
    found = json.loads(full.does("harvest", "show", "--json").splitlines()[-1])
    assert found["paragraphs"] == [hostile]


def test_export_into_a_folder_writes_each_chart(full: Within) -> None:
    Path("charts").mkdir()
    assert "charts are in charts" in full.does("harvest", "export", "--to", "charts")
    files = sorted(Path("charts").iterdir())
    assert len(files) >= 8
    for file in files:
        assert file.suffix == ".svg"
        assert file.read_text(encoding="utf-8").startswith("<svg ")


@pytest.mark.parametrize("name", ["h.pdf", "h", "h.html.exe"])
def test_export_refuses_an_ending_it_does_not_know(full: Within, name: str) -> None:
    assert full.refuses("harvest", "export", "--to", name) == (
        f"{name} has no ending I know. Name a .html, .csv or .json file, or a folder."
    )
    assert not Path(name).exists()


def test_export_refuses_a_folder_that_is_not_there(full: Within) -> None:
    assert "There is no folder nowhere." in full.refuses(
        "harvest", "export", "--to", "nowhere/h.csv"
    )


def test_export_writes_over_nothing_without_yes(full: Within) -> None:
    file = Path("h.csv")
    file.write_text("mine")
    done = full("harvest", "export", "--to", "h.csv")
    assert (done.exit_code, file.read_text()) == (1, "mine")
    full.does("harvest", "export", "--to", "h.csv", "--yes")
    assert file.read_text(encoding="utf-8") != "mine"


def test_close_asks_first_and_says_how_many_were_told(
    full: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str | None, bool]] = []

    def close_due(
        _: Store,
        measures: Mapping[str, Measure],
        __: datetime,
        *,
        measure: str | None,
        early: bool,
    ) -> Closed:
        assert "weekly_energy" in measures
        asked.append((measure, early))
        return Closed(told=2, held=1, expired=0, waiting=3 if measure is None else 0)

    monkeypatch.setattr(command, "close_due", close_due)
    assert full("harvest", "close").exit_code == 1
    assert asked == []
    assert full.does("harvest", "close", "weekly_energy", "--yes") == (
        "Told: 2. Held back, for too few people: 1. Expired untold: 0.\n"
    )
    done = json.loads(full.does("harvest", "close", "--yes", "--json"))
    assert done == {"told": 2, "held": 1, "expired": 0, "waiting": 3}
    assert asked == [("weekly_energy", True), (None, True)]
    line = full.does("harvest", "close", "--yes").splitlines()[-1]
    assert line.startswith("Left open: 3. Shares in there wait until tonight's drop")
    assert "Where too few people are for that, it stays open." in full("harvest", "close").output


def test_one_open_count_is_asked_of_as_one(full: Within, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = full("harvest", "close").output
    assert "Close 4 open counts before their day?" in asked
    monkeypatch.setattr(releases, "open_counts", lambda _: (("weekly_energy", 1, MONDAY),))
    assert "Close 1 open count before its day?" in full("harvest", "close").output


def test_close_while_counts_are_being_closed_is_one_clear_line(
    skerry: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object, **__: object) -> Closed:
        raise BusyError

    monkeypatch.setattr(command, "close_due", busy)
    assert skerry.refuses("harvest", "close", "--yes").startswith("Counts are being closed")


def test_close_with_nothing_open_asks_nothing(skerry: Within) -> None:
    assert skerry.does("harvest", "close") == "No count is open.\n"


def test_measures_lists_each_with_its_floor_its_group_and_its_weeks(skerry: Within) -> None:
    found = [
        json.loads(line) for line in skerry.does("harvest", "measures", "--json").splitlines()
    ]
    assert {
        "name": "barriers",
        "title": "What gets in the way",
        "kind": "choices",
        "floor": 10,
        "group": "cohort",
        "weeks": 4,
    } in found
    assert "What gets in the way" in skerry.does("harvest", "measures")
    assert "A Skerry measure" in skerry.does("harvest", "measures", "--schema")


def test_measures_tells_faults_of_ones_own(
    skerry: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKERRY_PRACTICES", "mine")
    Path("mine/measures").mkdir(parents=True)
    Path("mine/measures/calm.yaml").write_text("name: calm\n")
    done = skerry("harvest", "measures")
    assert done.exit_code == 1
    assert "`title` is missing" in done.stdout
    *_, last = skerry("harvest", "measures", "--json").stdout.splitlines()
    assert json.loads(last)["mend"]


def test_the_harvest_notes_what_of_ones_own_is_left_out(
    skerry: Within, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SKERRY_PRACTICES", "mine")
    Path("mine/measures").mkdir(parents=True)
    assert not skerry("harvest", "show").stderr
    Path("mine/measures/calm.yaml").write_text("name: calm\n")
    Path("mine/torn.yaml").write_text("name: torn\n")
    note = "Note: Left out, for they have faults: calm, torn. See why with: skerry flows check\n"
    for words in (("show",), ("show", "--json"), ("measures",), ("measures", "--json")):
        done = skerry("harvest", *words)
        assert done.stderr == note
        assert "Left out" not in done.stdout
