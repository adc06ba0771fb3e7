"""Campaigns on the command line: checked, dry-run, started, steered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from bot.commands import roster
from bot.store import dues
from tests.commands.skerry import Skerry
from tests.commands.test_looking_after import only_person


def rows(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_what_is_shipped_has_no_faults_and_is_ready(begun: Skerry) -> None:
    assert "nothing to mend" in begun.does("campaigns", "check")
    found = rows(begun.does("campaigns", "list", "--json"))
    assert {row["name"] for row in found} > {"weekly_inquiry", "deep_listening", "nudge"}
    assert {row["state"] for row in found} == {"ready"}


def test_a_file_with_faults_reports_each_with_its_line_and_mend(begun: Skerry) -> None:
    (begun.folder / "bad.yaml").write_text(
        "name: bad\ntitle: Bad\nsteps:\n"
        "  - {id: one, practice: nowhere, when: {kind: weekly, on: [someday]}, at: '25:00'}\n"
    )
    done = begun("campaigns", "check", "bad.yaml", "--json")
    assert done.returncode == 1
    found = rows(done.stdout)
    assert len(found) == 3
    assert all({"file", "line", "fault", "mend"} == set(row) for row in found)
    assert begun("campaigns", "check", "bad.yaml").returncode == 1
    assert "bad.yaml" in begun.refuses("campaigns", "plan", "bad.yaml")
    assert "did you mean" in begun.refuses("campaigns", "start", "weekly_enquiry")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("zone\nEurope/London\n", "no column id"),
        ("id,zone,colour\na,Europe/London,red\n", "colour"),
        ("id,zone\na,Nowhere/Land\n,Europe/London\n", "line 2"),
        ("id,zone\na,Nowhere/Land\n,Europe/London\n", "line 3"),
        ("id,zone,days\na,Europe/London,someday\n", "weekday"),
        ("id,zone,hour\na,Europe/London,25:00\n", "25:00"),
        ("id,zone,window\na,Europe/London,all day\n", "hours"),
        ("id,zone,joined\na,Europe/London,soon\n", "instant"),
        ("id,zone,paused_until\na,Europe/London,soon\n", "date"),
        ("", "names nobody"),
        ("id,zone\n", "names nobody"),
        ("id,zone,holidays\na,Europe/London,XX\n", "region"),
        ("id,zone,window\na,Europe/London,25:00-99:00\n", "hours"),
        ("id,zone,window\na,Europe/London,09:00-09:00\n", "hours"),
    ],
)
def test_every_bad_row_of_a_roster_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (tmp_path / "people.csv").write_text(content)
    with pytest.raises(typer.Exit):
        roster.read(tmp_path / "people.csv")
    assert said in capsys.readouterr().err


def test_a_campaign_is_started_paused_resumed_and_cancelled(lived_in: Skerry) -> None:
    person = only_person(lived_in)
    assert "1 person is in it." in lived_in.does("campaigns", "start", "weekly_inquiry")
    assert "--as" in lived_in.refuses("campaigns", "start", "weekly_inquiry")
    with lived_in.store() as store, store.engine.connect() as conn:
        (due,) = dues.of_participant(conn, person)
    assert due.step == "inquiry"
    (shown,) = rows(lived_in.does("campaigns", "show", "weekly_inquiry", "--json"))
    assert (shown["state"], shown["count"]) == ("to come", 1)
    lived_in.does("campaigns", "pause", "weekly_inquiry")
    assert "already" in lived_in.refuses("campaigns", "pause", "weekly_inquiry")
    lived_in.does("campaigns", "resume", "weekly_inquiry")
    lived_in.does("campaigns", "cancel", "weekly_inquiry", "--yes")
    with lived_in.store() as store, store.engine.connect() as conn:
        assert dues.of_participant(conn, person) == ()
    assert "cannot be done" in lived_in.refuses("campaigns", "resume", "weekly_inquiry")
    lived_in.does("campaigns", "start", "weekly_inquiry", "--as", "again")
    assert "cannot be a name" in lived_in.refuses(
        "campaigns", "start", "weekly_inquiry", "--as", "A name"
    )
    found = {
        row["name"]: row["state"] for row in rows(lived_in.does("campaigns", "list", "--json"))
    }
    assert (found["weekly_inquiry"], found["again"]) == ("cancelled", "running")


@pytest.mark.parametrize("order", ["show", "pause", "resume", "cancel"])
def test_a_campaign_nobody_started_cannot_be_steered(begun: Skerry, order: str) -> None:
    assert "No campaign" in begun.refuses("campaigns", order, "nothing")


def test_one_whose_days_are_over_is_not_started(begun: Skerry) -> None:
    (begun.folder / "old.yaml").write_text(
        "name: old\ntitle: Old\nstarts: 2020-01-06\nends: 2020-02-06\nsteps:\n"
        "  - {id: one, practice: weekly, when: {kind: weekly, on: [tuesday]}, at: '09:00'}\n"
    )
    assert "ended on" in begun.refuses("campaigns", "start", "old.yaml")
