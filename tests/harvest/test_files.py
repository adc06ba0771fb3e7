"""CSV and JSON: each told number once, nothing else, and no cell that acts."""

from __future__ import annotations

import csv
import json
from io import StringIO
from typing import Any

import pytest

from bot.harvest.files import HEADING, data, harmless, sheet
from bot.harvest.harvest import Harvest
from bot.measures.release import Share
from tests.harvest.builders import (
    MONDAY,
    Story,
    changed,
    energy,
    harvest,
    named_barriers,
    percent,
    release,
    told,
    weeks,
    whole,
)


def rows(found: Harvest) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(sheet(found))))


def read(found: Harvest) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(data(found, MONDAY))
    return made


def test_each_line_says_what_when_of_whom_and_what_not_to_conclude() -> None:
    for row in rows(whole()):
        assert row.keys() == set(HEADING)
        assert all(row[name] for name in ("measure", "title", "since", "until", "groups", "what"))
        assert row["told"]
        assert row["not_to_conclude"]


def test_every_group_begins_with_its_four_denominators() -> None:
    found = [(row["what"], row["told"]) for row in rows(harvest(named_barriers()))]
    assert found[:5] == [
        ("invited", "about 60"),
        ("opened", "about 50"),
        ("answered", "about 45"),
        ("contributed", "about 40"),
        ("answered", "about 40"),
    ]


def test_there_is_a_line_for_each_number_that_is_told() -> None:
    found = rows(harvest(changed()))
    told_ = [(row["what"], row["value"], row["low"]) for row in found if row["part"] == "act"]
    assert told_ == [
        ("answered", "", "40"),
        ("favourable_percent", "", "60"),
        *(("count", value, low) for value, low in (("-2", "0"), ("-1", "5"), ("0", "10"))),
        *(("count", value, low) for value, low in (("1", "15"), ("2", "10"))),
    ]
    assert [row["what"] for row in found if row["part"] == "stay"] == ["withheld"]
    assert [row["what"] for row in found if row["part"] == "convene"] == ["answered", "most"]


def test_options_are_named_by_their_ids() -> None:
    values = [row["value"] for row in rows(harvest(named_barriers())) if row["what"] == "count"]
    assert values[:2] == ["priorities", "time"]


def test_most_has_no_number() -> None:
    [row] = [
        row
        for row in rows(harvest(*weeks(Share(most=True))))
        if row["what"] == "favourable_percent"
    ]
    assert (row["low"], row["high"], row["told"]) == ("", "", "most")


@pytest.mark.parametrize(
    "begins", ["=", "+", "-", "@", "\t", "\r", "\n", "\N{FULLWIDTH EQUALS SIGN}"]
)
def test_no_cell_is_taken_for_a_formula(begins: str) -> None:
    title = f"{begins}HYPERLINK(1)"
    found = release("weekly_energy", told(energy(percent(60)), groups=(title,)))
    measure = found.measure.model_copy(update={"title": title})
    for row in rows(harvest(found.model_copy(update={"measure": measure}))):
        assert row["title"] == f"'{title}"
        assert row["groups"] == f"'{title}"


def test_a_number_stays_a_number_below_nought_too() -> None:
    assert [harmless(each) for each in ("-4", "12", "-4+1")] == ["-4", "12", "'-4+1"]


def test_shared_words_are_in_no_sheet() -> None:
    assert "We argued about beds" not in sheet(whole())


def test_json_holds_releases_as_they_are_with_their_sentences() -> None:
    found = read(whole())
    assert found["made"] == "2026-11-02"
    assert len(found["releases"]) == len(whole().releases)
    first = found["releases"][0]
    assert first["measure"]["name"] == "weekly_energy"
    assert first["told"][0]["contributed"] == {"low": 40, "high": 40}
    assert first["told"][0]["sentences"][0].startswith("About 40 people added their answer")


def test_json_tells_nothing_of_what_is_withheld() -> None:
    [found] = read(harvest(changed()))["releases"]
    answered = {each["name"]: each["answered"] for each in found["told"][0]["parts"]}
    assert {name for name, many in answered.items() if many is None} == {
        *("others", "own_part", "stay"),
    }


def test_json_has_shared_words_in_a_part_of_their_own_and_no_name_where_none_goes() -> None:
    found = read(harvest(shared=[Story(), Story(level="named")]))
    assert found["releases"] == []
    one, other = found["shared"]
    assert (one["name"], other["name"]) == (None, "Ailsa")
    assert one["allows"].startswith("May be quoted without a name.")
    assert one["paragraphs"] == ["We argued about beds.", "Then we asked."]


def test_json_counts_what_is_open_and_tells_nothing_of_it() -> None:
    assert read(whole())["open"] == [
        {"measure": "weekly_energy", "groups": 3, "until": "2026-11-09"}
    ]
