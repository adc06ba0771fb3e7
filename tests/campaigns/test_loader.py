"""The campaigns there are: the house's own, and those from outside."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.campaigns.loader import FOLDER, FaultyCampaignError, NoSuchCampaignError, find, load
from bot.campaigns.schema import FILE, schema
from bot.flows.faults import Fault
from scheduler.campaign import Campaign, started
from scheduler.course import course
from scheduler.plan import occasions, reminder_at
from tests.campaigns.desk import GOOD, Desk, library
from tests.scheduler.builders import at, person

#: Those that are ready to start, and those that wait for dates.
READY = ("deep_listening", "nudge", "weekly_inquiry")
DATED = (
    *("embedded_evaluation", "festival_hosts", "four_day_festival"),
    *("one_thing_at_a_time", "team_programme", "team_quarter"),
)
OWN = tuple(sorted(READY + DATED))


def walls(made: Campaign, after: str) -> list[str]:
    """The wall times of the first step for somebody who chose nothing."""
    under = course(made, made.steps[0], person())
    return [f"{each.wall:%a %F %H:%M}" for each in islice(occasions(under, after=at(after)), 9)]


def test_three_campaigns_come_with_skerry_ready_to_start() -> None:
    found = load(library())
    assert found.faults == ()
    assert tuple(found.campaigns) == OWN
    assert found.notes == ()
    for name in READY:
        made = found.campaigns[name]
        assert not any(step.awaited for step in made.steps)
        assert made.starts is None
        assert made.summary
        assert walls(started(made, date(2027, 1, 6)), "2027-01-06")


def test_six_weeks_of_listening_are_six_prompts_whenever_it_starts() -> None:
    listening = find("deep_listening", library())
    for day in range(1, 8):
        assert len(walls(started(listening, date(2027, 2, day)), "2027-01-31")) == 6


def test_the_weekly_inquiry_reminds_once_on_the_next_working_day() -> None:
    weekly = started(find("weekly_inquiry", library()), date(2027, 1, 4))
    under = course(weekly, weekly.steps[0], person())
    assert walls(weekly, "2027-01-04")[0] == "Thu 2027-01-07 14:00"
    assert reminder_at(under, at("2027-01-07 14:00")) == at("2027-01-08 14:00")


def test_the_nudge_comes_once_or_twice_a_week_in_working_hours() -> None:
    nudge = started(find("nudge", library()), date(2027, 1, 4))
    under = course(nudge, nudge.steps[0], person())
    many = list(islice(occasions(under, after=at("2027-01-03")), 60))
    assert {len(each.drawn) for each in many} == {1, 2}
    assert all(10 <= each.wall.hour < 17 and each.wall.weekday() < 5 for each in many)


def test_to_start_a_campaign_fills_in_its_first_day_once() -> None:
    made = find("nudge", library())
    assert started(made, date(2027, 1, 6)).starts == date(2027, 1, 6)
    assert started(started(made, date(2027, 1, 6)), date(2028, 1, 1)).starts == date(2027, 1, 6)


def test_a_campaign_survives_being_stored() -> None:
    for made in load(library()).campaigns.values():
        assert Campaign.model_validate_json(made.model_dump_json()) == made


def test_a_step_is_found_by_its_name() -> None:
    made = find("nudge", library())
    assert made.step("question") == made.steps[0]
    assert made.step("other") is None


def test_a_campaign_from_outside_takes_the_place_of_one_of_ours(desk: Desk) -> None:
    desk.put(GOOD.replace("name: small", "name: nudge"), "nudge.yaml")
    found = desk.load()
    assert found.faults == ()
    assert found.campaigns["nudge"].title == "A small campaign"
    assert set(found.campaigns) == set(OWN)


def test_a_bad_campaign_does_not_stop_the_good_ones(desk: Desk) -> None:
    desk.put()
    desk.put(GOOD.replace("title", "colour"), "large.yml")
    found = desk.load()
    assert "small" in found.campaigns
    assert "large" not in found.campaigns
    assert {Path(fault.file).name for fault in found.faults} == {"large.yml"}


def test_two_from_outside_with_one_name_are_told(desk: Desk) -> None:
    desk.put()
    desk.put(name="small.yml")
    [fault] = desk.faults()
    assert "is also the name of the campaign in" in fault.fault


def test_a_place_that_is_not_there_is_told(desk: Desk) -> None:
    [fault] = desk.load(desk.path / "nowhere").faults
    assert fault.fault == "there is no such file or folder"


def test_a_file_that_cannot_be_opened_is_told(desk: Desk) -> None:
    folder = desk.path / "small.yaml"
    folder.mkdir()
    [fault] = desk.faults()
    assert fault.fault == "the file cannot be opened: there is no such file"


def test_a_campaign_is_found_by_name_or_path(desk: Desk) -> None:
    assert find("nudge", library()).name == "nudge"
    assert find(str(desk.put()), library()).name == "small"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nugde", "There is no campaign named nugde; did you mean nudge?"),
        ("x", f"There is no campaign named x; there are: {', '.join(OWN)}."),
        ("nowhere/x.yaml", "There is no file nowhere/x.yaml."),
    ],
)
def test_a_campaign_that_is_not_there_is_refused(name: str, said: str) -> None:
    with pytest.raises(NoSuchCampaignError) as refused:
        find(name, library())
    assert str(refused.value) == said


def test_a_campaign_with_faults_is_refused_with_the_first_of_them(desk: Desk) -> None:
    file = desk.put(GOOD.replace("practice: ", "practice: x"))
    with pytest.raises(FaultyCampaignError) as refused:
        find(str(file), library())
    assert "small.yaml, line 10: there is no practice `xweekly`." in str(refused.value)
    assert str(refused.value).endswith("(and 1 more; see `skerry campaigns check`)")
    assert len(refused.value.faults) == 2


def test_one_fault_is_said_alone(desk: Desk) -> None:
    file = desk.put(GOOD.replace("practice: nudge", "practice: nugde"))
    with pytest.raises(FaultyCampaignError) as refused:
        find(str(file), library())
    assert str(refused.value).endswith("Did you mean `nudge`?")


def test_a_practice_with_faults_of_its_own_is_told(desk: Desk) -> None:
    broken = Fault(file="x.yaml", line=1, fault="it is broken", mend="Mend it.", practice="weekly")
    whole = library()
    practices = {name: each for name, each in whole.practices.items() if name != "weekly"}
    desk.put()
    found = load(replace(whole, practices=practices, faults=(broken,)), [desk.path / "small.yaml"])
    assert "practice `weekly` has faults of its own" in {fault.fault for fault in found.faults}


def document() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(schema())
    return made


def test_the_schema_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == schema()


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it today: `on` is a word, and only `true` and `false` are not."""


Yaml12.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.yaml")), ids=lambda file: file.stem)
def test_our_campaigns_follow_the_schema(file: Path) -> None:
    Draft202012Validator.check_schema(document())
    data = yaml.load(file.read_text(encoding="utf-8"), Yaml12)  # noqa: S506 - A safe one.
    Draft202012Validator(document()).validate(data)


def test_everything_a_facilitator_writes_is_described() -> None:
    made = document()
    kinds = {"Step", "Audience", "Weekly", "Monthly", "Dates", "Random"}
    kinds |= {"AtFestival", "FestivalDays", "AtSession"}
    for name, kind in [("Campaign", made), *((name, made["$defs"][name]) for name in kinds)]:
        for key, said in kind["properties"].items():
            assert key == "kind" or said.get("description"), (name, key)


def test_the_campaigns_name_the_schema_in_their_first_line() -> None:
    for file in FOLDER.glob("*.yaml"):
        first = file.read_text(encoding="utf-8").partition("\n")[0]
        assert first == "# yaml-language-server: $schema=campaign.schema.json"
