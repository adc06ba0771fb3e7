"""The fake's modals and Home: triggers, hashes, stacks, and what is refused of a view."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.kit import (
    actions,
    box,
    button,
    home,
    modal,
    plain,
    refused,
    words,
    wrong,
)
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.views import LARGEST, checked_view
from tests.fakes.slack.workspace import Workspace
from tests.fakes.slack.world import World

Json = dict[str, Any]


@pytest.fixture
def person(workspace: Workspace) -> Person:
    return workspace.person()


def trigger(slack: Slack, person: Person, view: str = "") -> str:
    return slack.trigger(person.team, person.id, view)


async def test_a_trigger_opens_one_modal(
    client: AsyncWebClient, slack: Slack, person: Person
) -> None:
    name = trigger(slack, person)
    opened = await client.views_open(trigger_id=name, view=modal(words("Hello")))
    assert opened["view"]["id"] == person.modal.id
    assert (person.modal.title, person.modal.text) == ("A page", "Hello")
    again = client.views_open(trigger_id=name, view=modal(words("Hello")))
    assert await refused(again) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.x", view=modal(words("x")))) == (
        "invalid_trigger_id"
    )


async def test_a_trigger_grows_old(client: AsyncWebClient, slack: Slack, person: Person) -> None:
    slack.trigger_life = 0.05
    name = trigger(slack, person)
    await asyncio.sleep(0.06)
    told = client.views_open(trigger_id=name, view=modal(words("Hello")))
    assert await refused(told) == "expired_trigger_id"


async def test_a_wrong_view_leaves_the_trigger_good(
    client: AsyncWebClient, slack: Slack, person: Person
) -> None:
    name = trigger(slack, person)
    told = await wrong(client.views_open(trigger_id=name, view=modal(words(""))))
    assert told == [
        "[ERROR] must be more than 0 characters [json-pointer:/view/blocks/0/text/text]"
    ]
    await client.views_open(trigger_id=name, view=modal(words("Hello")))


async def test_modals_are_stacked_three_deep(
    client: AsyncWebClient, slack: Slack, person: Person
) -> None:
    view = modal(words("Hello"))
    first = trigger(slack, person)
    assert await refused(client.views_push(trigger_id=first, view=view)) == "invalid_trigger_id"
    await client.views_open(trigger_id=first, view=view)
    for _ in range(2):
        pushed = await client.views_push(
            trigger_id=trigger(slack, person, person.modal.id), view=view
        )
        assert pushed["view"]["root_view_id"] == person.modals[0].id
    last = trigger(slack, person, person.modal.id)
    assert await refused(client.views_push(trigger_id=last, view=view)) == "push_limit_reached"
    person.closes()
    assert len(person.modals) == 2
    person.closes(all_of_them=True)
    assert person.modals == []


async def test_a_view_is_updated_against_its_hash(
    client: AsyncWebClient, slack: Slack, person: Person
) -> None:
    view = modal(words("One"), external_id="mine")
    opened = await client.views_open(trigger_id=trigger(slack, person), view=view)
    old = opened["view"]["hash"]
    await client.views_update(view=modal(words("Two")), view_id=opened["view"]["id"], hash=old)
    assert person.modal.text == "Two"
    stale = client.views_update(view=view, view_id=opened["view"]["id"], hash=old)
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_update(view=view, view_id="V404")) == "not_found"


async def test_an_external_id_stands_once(
    client: AsyncWebClient, slack: Slack, person: Person, workspace: Workspace
) -> None:
    view = modal(words("One"), external_id="mine")
    await client.views_open(trigger_id=trigger(slack, person), view=view)
    other = workspace.person("Wren")
    told = client.views_open(trigger_id=trigger(slack, other), view=view)
    assert await refused(told) == "duplicate_external_id"
    await client.views_update(view=view | {"blocks": [words("Two")]}, external_id="mine")
    assert person.modal.text == "Two"


async def test_the_home_tab_is_published(
    client: AsyncWebClient, slack: Slack, person: Person
) -> None:
    published = await client.views_publish(user_id=person.id, view=home(words("Hello")))
    assert person.home is not None
    assert (person.home.text, person.home.id) == ("Hello", published["view"]["id"])
    again = await client.views_publish(
        user_id=person.id, view=home(words("Again")), hash=published["view"]["hash"]
    )
    assert (person.home.text, again["view"]["id"]) == ("Again", person.home.id)
    stale = client.views_publish(
        user_id=person.id, view=home(words("x")), hash=published["view"]["hash"]
    )
    assert await refused(stale) == "hash_conflict"
    assert await refused(client.views_publish(user_id="U404", view=home(words("x")))) == (
        "user_not_found"
    )


CASES: list[tuple[Json, str]] = [
    (modal(*[words("x")] * 101), "no more than 100 items allowed [json-pointer:/view/blocks]"),
    (modal(), "no less than 1 items required"),
    (modal(words("x"), title=plain("x" * 25)), "must be less than 25 characters"),
    (modal(words("x"), submit=plain("x" * 25)), "must be less than 25 characters"),
    (modal(words("x"), close=plain("x" * 25)), "must be less than 25 characters"),
    (modal(words("x"), title=words("x")["text"]), "unsupported type: mrkdwn"),
    (modal(words("x"), private_metadata="x" * 3001), "must be less than 3001 characters"),
    (modal(words("x"), callback_id="x" * 256), "must be less than 256 characters"),
    (modal(words("x"), colour="red"), "invalid additional property: colour"),
    (modal({"type": "markdown", "text": "x"}), "unsupported type: markdown"),
    (home(words("x")), "unsupported type: home"),
    ({"type": "modal", "blocks": [words("x")]}, "missing required field: title"),
    (
        {"type": "modal", "title": plain("x"), "blocks": [box("x", "i")]},
        "`submit` must be defined when an `input` block is in the `blocks` array",
    ),
    (
        modal(
            box("x", "i", {"type": "plain_text_input", "focus_on_load": True}),
            box("x", "j", {"type": "plain_text_input", "focus_on_load": True}),
        ),
        "only one element may be focused on load",
    ),
    (modal(actions(button("x", "a")), actions(button("y", "a"))), "`action_id` `a` already"),
]


@pytest.mark.parametrize(("view", "told"), CASES)
def test_a_wrong_view_is_refused_where_it_is_wrong(view: Json, told: str) -> None:
    with pytest.raises(Refusal) as caught:
        checked_view(World(), view, "modal")
    assert caught.value.error == "invalid_arguments"
    messages = caught.value.wire["response_metadata"]["messages"]
    assert any(told in message for message in messages), messages


@pytest.mark.parametrize("field", ["submit", "close", "title", "notify_on_close"])
def test_the_home_tab_has_nothing_of_a_modal(field: str) -> None:
    with pytest.raises(Refusal):
        checked_view(World(), home(words("x")) | {field: plain("x")}, "home")


def test_a_view_has_a_largest_size() -> None:
    many = modal(*[words("x" * 2900)] * (LARGEST // 2900))
    with pytest.raises(Refusal, match="view_too_large"):
        checked_view(World(), many, "modal")
