"""The measures there are: the house's own, and those from outside, with every fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.engine.flow import Choice, Choices, Pool, Scale, Turn
from bot.flows.loader import load as load_flows
from bot.measures.loader import FOLDER, load
from bot.measures.measure import Group, Kind, Measure, said
from bot.measures.schema import FILE, schema

OWN = (
    *("barriers", "circle_safe", "confidence_looking_back", "confidence_since_start"),
    *("debrief_theme", "level_of_change"),
    *("session_attended", "session_safe", "session_took_away", "session_useful"),
    *("weekly_energy", "weekly_tried"),
)
GOOD = """\
name: calm
title: Calm
question: How calm were people?
kind: scale
favourable: [4, 5]
not_to_conclude: Nothing of why.
"""


def told(folder: Path, text: str | bytes, name: str = "calm.yaml") -> list[tuple[int, str]]:
    """The lines and faults of one measure from outside."""
    place = folder / "measures"
    place.mkdir(exist_ok=True)
    (place / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return [(fault.line, fault.fault) for fault in load([folder]).faults]


def test_twelve_measures_come_with_skerry_and_none_has_a_fault() -> None:
    found = load()
    assert found.faults == ()
    assert tuple(found.measures) == OWN


@pytest.mark.parametrize("name", OWN)
def test_each_says_modestly_what_nobody_may_conclude(name: str) -> None:
    words = said(load().measures[name].not_to_conclude, "en")
    assert 60 < len(words) <= 300
    assert any(no in words for no in (" no ", "not ", "nothing", "never", "Nothing", "nobody"))


def test_sessions_are_counted_by_session_and_all_else_by_cohort() -> None:
    for name, made in load().measures.items():
        of = Group.SESSION if name.startswith("session_") else Group.COHORT
        assert made.group is of, name


def test_the_two_ways_to_ask_of_confidence_ask_of_the_same_six_things() -> None:
    back, since = (load().measures[f"confidence_{end}"] for end in ("looking_back", "since_start"))
    six = ["act", "convene", "ask_first", "others", "stay", "own_part"]
    assert [each.id for each in back.items] == [each.id for each in since.items] == six
    assert [each.then for each in back.items] == [f"back_{each}" for each in six]
    assert [each.then for each in since.items] == [f"then_{each}" for each in six]
    for made in (back, since):
        assert [each.now for each in made.items] == six
        assert (made.kind, made.floor, made.weeks) == (Kind.CHANGE, 8, 2)


def test_barriers_themes_and_levels_need_ten_people_for_nothing_in_them_is_favourable() -> None:
    for name, options in (("barriers", 12), ("debrief_theme", 7), ("level_of_change", 6)):
        made = load().measures[name]
        assert (made.floor, made.favourable, len(made.options)) == (10, (), options)


def test_what_somebody_took_away_or_tried_is_favourable_and_nothing_yet_is_not() -> None:
    for name, yet in (("session_took_away", "nothing_yet"), ("weekly_tried", "not_yet")):
        made = load().measures[name]
        names = [each.id for each in made.options]
        assert set(names) - set(made.favourable) == {yet}
        assert made.ballot({"any": names[0]})


def test_numbers_that_are_favourable_are_numbers() -> None:
    assert load().measures["weekly_energy"].good == {4, 5}
    assert load().measures["confidence_since_start"].good == {1, 2, 3, 4}


def offers() -> list[tuple[str, Measure, dict[str, Turn | None]]]:
    """What our practices offer to count: the measure, and each question by its name."""
    found = []
    for practice in load_flows().practices.values():
        turns: dict[str, Turn] = {turn.id: turn for turn in practice.flow.turns}
        found += [
            (
                practice.flow.name,
                load().measures[offer.measure],
                {of: turns.get(of) for of in offer.of},
            )
            for turn in practice.flow.turns
            if isinstance(turn, Pool)
            for offer in turn.offers
        ]
    return found


def test_every_measure_is_asked_for_by_a_practice_and_fits_its_question() -> None:
    assert {measure.name for _, measure, _ in offers()} == set(OWN)
    for practice, measure, asked in offers():
        where = f"{measure.name} in {practice}"
        if measure.kind is Kind.CHANGE:
            named = {each for item in measure.items for each in (item.now, item.then)}
            assert named == asked.keys(), where
        for turn in asked.values():
            if isinstance(turn, Scale):
                assert turn.points == measure.points, where
            elif isinstance(turn, Choice | Choices):
                ids = [each.id for each in turn.options]
                assert [each.id for each in measure.options] == ids, where
                several = isinstance(turn, Choices)
                assert (measure.kind is Kind.CHOICES) is several, where


def test_a_measure_from_outside_joins_ours_and_one_of_our_name_takes_its_place(
    tmp_path: Path,
) -> None:
    assert told(tmp_path, GOOD) == []
    ours = GOOD.replace("name: calm", "name: weekly_energy")
    assert told(tmp_path, ours, "weekly_energy.yaml") == []
    found = load([tmp_path]).measures
    assert set(found) == {*OWN, "calm"}
    assert found["weekly_energy"].title == "Calm"


def test_a_place_needs_no_measures(tmp_path: Path) -> None:
    assert tuple(load([tmp_path, tmp_path / "nowhere"]).measures) == OWN


def test_a_bad_one_never_stops_the_good_ones(tmp_path: Path) -> None:
    assert told(tmp_path, "name: [", "bad.yaml")
    assert told(tmp_path, GOOD)
    assert set(load([tmp_path]).measures) == {*OWN, "calm"}


@pytest.mark.parametrize(
    ("before", "after", "line", "fault"),
    [
        ("name: calm", "name: Calm", 1, "`Calm` cannot be a name"),
        ("name: calm", "name: other", 1, "the measure is named `other`, and its file `calm`"),
        ("title: Calm\n", "", 1, "`title` is missing"),
        ("title: Calm", "title:", 2, "`title` must be words, 300 characters at most"),
        ("title: Calm", "title: [a]", 2, "`title` must be words, 300 characters at most"),
        ("title: Calm", "title: {cy: Tawel}", 2, "words in several languages need `en`"),
        ("kind: scale", "kind: scales", 4, "`scales` is not something `kind` can be"),
        ("kind: scale", "kind: choice", 4, "`options` are for a choice or choices"),
        ("kind: scale", "kind: scale\nflour: 9", 5, "`flour` has no meaning here"),
        ("kind: scale", "kind: scale\nfloor: 4", 5, "`4` is out of range for `floor`"),
        ("kind: scale", "kind: scale\nfloor: a few", 5, "`floor` must be a whole number"),
        ("kind: scale", "kind: scale\nitems: 3", 5, "`items` must be a list"),
        ("favourable: [4, 5]", "floor: 6", 5, "`floor` must be at least 10 here"),
        ("favourable: [4, 5]", "favourable: [4, 6]", 5, "`favourable` names 6"),
        ("favourable: [4, 5]", "favourable: [[4]]", 5, "`favourable` must be a list of"),
        ("favourable: [4, 5]", "favourable: 4", 5, "`favourable` must be a list of"),
    ],
)
def test_every_fault_has_its_line_and_says_what_is_wrong(
    tmp_path: Path, before: str, after: str, line: int, fault: str
) -> None:
    [(at, said_)] = told(tmp_path, GOOD.replace(before, after))
    assert (at, said_[: len(fault)]) == (line, fault)


def test_a_misspelt_key_gets_the_right_one_as_its_mend(tmp_path: Path) -> None:
    told(tmp_path, f"{GOOD}floors: 9\n")
    [fault] = load([tmp_path]).faults
    assert "floor" in fault.mend


def test_faults_inside_options_have_their_lines(tmp_path: Path) -> None:
    options = "kind: choice\noptions:\n  - {id: a, title: A}\n  - {id: a, titles: B}"
    found = told(tmp_path, GOOD.replace("kind: scale", options).replace("[4, 5]", "[a]"))
    assert found == [(7, "`title` is missing"), (7, "`titles` has no meaning here")]
    options = options.replace("titles", "title")
    found = told(tmp_path, GOOD.replace("kind: scale", options).replace("[4, 5]", "[a]"))
    assert found == [(5, "a name stands twice in `options`")]


@pytest.mark.parametrize("text", ["", "- a", "just words", b"\xff\xfe\x00", "a: &b c", "\t- x"])
def test_whatever_the_bytes_it_is_a_fault(tmp_path: Path, text: str | bytes) -> None:
    assert len(told(tmp_path, text)) == 1


def test_a_file_that_cannot_be_opened_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "measures").mkdir()
    (tmp_path / "measures" / "calm.yaml").symlink_to(tmp_path / "nowhere")
    [fault] = load([tmp_path]).faults
    assert fault.fault.startswith("the file cannot be opened")


def test_two_of_one_name_are_a_fault(tmp_path: Path) -> None:
    told(tmp_path, GOOD)
    [(_, fault)] = told(tmp_path, GOOD, "calm.yml")
    assert "`calm` is also the name of the measure in" in fault


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(schema())
    return made


def test_the_schema_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == schema(), (
        "make it anew: skerry harvest measures --schema > bot/measures/measure.schema.json"
    )


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: str(file.stem))
def test_our_measures_follow_the_schema_and_name_it(file: Path) -> None:
    Draft202012Validator.check_schema(document())
    text = file.read_text(encoding="utf-8")
    Draft202012Validator(document()).validate(yaml.safe_load(text))
    assert text.startswith("# yaml-language-server: $schema=measure.schema.json\n")


def test_every_key_of_the_schema_is_a_key_of_a_measure() -> None:
    assert document()["properties"].keys() == Measure.model_fields.keys()
