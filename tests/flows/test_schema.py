"""The JSON Schema that editors check a practice by."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from bot.flows import shelves
from bot.flows.schema import FILE, schema


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schema())
    return found


def test_the_file_is_current() -> None:
    assert FILE.read_text(encoding="utf-8") == schema(), (
        "make it anew: skerry flows schema > bot/flows/practice.schema.json"
    )


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(document())


@pytest.mark.parametrize("file", sorted(shelves.FLOWS.glob("*.yaml")), ids=lambda file: file.stem)
def test_the_practices_that_come_with_skerry_follow_it(file: Any) -> None:  # noqa: ANN401
    Draft202012Validator(document()).validate(yaml.safe_load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "change",
    [{"minutes": 0}, {"colour": "blue"}, {"turns": []}, {"turns": [{"id": "a", "kind": "b"}]}],
)
def test_what_the_model_refuses_it_refuses(change: dict[str, Any]) -> None:
    good = {
        "name": "small",
        "title": "Small",
        "minutes": 1,
        "turns": [{"id": "end", "kind": "close"}],
    }
    validator = Draft202012Validator(document())
    assert validator.is_valid(good)
    assert not validator.is_valid(good | change)


def test_every_key_a_facilitator_writes_is_described_where_its_name_does_not_say_all() -> None:
    made = document()
    assert made["title"] == "A Skerry practice"
    assert made["properties"]["title"]["maxLength"] == 60
    described = {
        name: kind["description"] for name, kind in made["$defs"].items() if "description" in kind
    }
    assert {"Say", "Ask", "Scale", "Choice", "Choices", "Branch", "Close"} <= set(described)
    assert made["$defs"]["Ask"]["properties"]["fresh_weeks"]["description"]
