"""What people do with buttons, menus and modals, as Bolt hears it, in both ways of delivery."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack.kit import actions, box, button, menu, modal, option, plain, words
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace

Json = dict[str, Any]

MENUS = [
    words("Which?", block_id="text"),
    actions(
        menu("static_select", "one", "A", "B", placeholder=plain("Choose one")),
        menu("multi_static_select", "many", "A", "B", "C", max_selected_items=2),
        menu("checkboxes", "ticks", "A", "B", initial_options=[option("A")]),
        menu("datepicker", "day"),
        menu("timepicker", "hour"),
        menu("external_select", "zone", min_query_length=2),
        button("Go", "go"),
        block_id="row",
    ),
]


class Room:
    """A small app which notes what it hears and answers as a test says."""

    def __init__(self, app: AsyncApp) -> None:
        self.app = app
        self.heard: list[Json] = []
        #: What a submission is answered with.
        self.answer: Json = {}
        self.offers: list[Json] = []

    @property
    def last(self) -> Json:
        return self.heard[-1]


def listeners(room: Room) -> None:
    app = room.app

    @app.action({"action_id": "go"})
    @app.action("one")
    @app.action("many")
    @app.action("ticks")
    @app.action("day")
    @app.action("hour")
    @app.action("zone")
    @app.action("said")
    async def act(ack: Any, body: Json) -> None:  # noqa: ANN401
        await ack()
        room.heard.append(body)

    @app.options("zone")
    async def offer(ack: Any, body: Json) -> None:  # noqa: ANN401
        room.heard.append(body)
        await ack(options=room.offers)

    @app.view("page")
    async def submit(ack: Any, body: Json) -> None:  # noqa: ANN401
        room.heard.append(body)
        await ack(**room.answer)

    @app.view_closed("page")
    async def close(ack: Any, body: Json) -> None:  # noqa: ANN401
        await ack()
        room.heard.append(body)


@pytest.fixture
async def room(slack: Slack, workspace: Workspace) -> AsyncIterator[Room]:
    client = AsyncWebClient(token=workspace.token, base_url=slack.root)
    made = Room(AsyncApp(client=client, signing_secret=slack.signing_secret))
    listeners(made)
    handler = AsyncSocketModeHandler(made.app, slack.app_token, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt left it so.
    yield made
    await handler.close_async()  # type: ignore[no-untyped-call]  # The same.


@pytest.fixture
async def person(workspace: Workspace, client: AsyncWebClient, room: Room) -> Person:
    """Somebody before a message full of menus."""
    made = workspace.person()
    await client.chat_postMessage(channel=made.id, text="Which?", blocks=MENUS)
    return made


async def test_a_press_tells_what_was_pressed_and_where(
    slack: Slack, room: Room, person: Person
) -> None:
    await person.presses(person.last, "Go").settled()
    assert room.last["actions"][0]["value"] == "go"
    assert room.last["actions"][0]["block_id"] == "row"
    assert room.last["container"]["message_ts"] == person.last.ts
    assert room.last["message"]["text"] == "Which?"
    assert room.last["trigger_id"] in slack.triggers
    state = room.last["state"]["values"]["row"]
    assert state["one"]["selected_option"] is None
    assert [one["value"] for one in state["ticks"]["selected_options"]] == ["a"]
    assert "go" not in state


async def test_picks_are_told_and_kept(room: Room, person: Person) -> None:
    await settle(person.picks(person.last, "Choose one", "B"))
    assert room.last["actions"][0]["selected_option"]["value"] == "b"
    await settle(person.picks(person.last, "many", "A", "C"))
    assert [one["value"] for one in room.last["actions"][0]["selected_options"]] == ["a", "c"]
    assert room.last["state"]["values"]["row"]["one"]["selected_option"]["value"] == "b"
    await settle(person.picks(person.last, "ticks"))
    assert room.last["actions"][0]["selected_options"] == []
    with pytest.raises(LookupError, match="More than may be"):
        person.picks(person.last, "many", "A", "B", "C")
    with pytest.raises(LookupError, match="No option"):
        person.picks(person.last, "one", "Z")


async def test_days_and_hours_are_told(room: Room, person: Person) -> None:
    await settle(person.sets(person.last, "day", "2026-03-02"))
    assert room.last["actions"][0]["selected_date"] == "2026-03-02"
    await settle(person.sets(person.last, "hour", "09:30"))
    assert room.last["actions"][0]["selected_time"] == "09:30"


async def test_an_external_menu_offers_what_the_app_answers(room: Room, person: Person) -> None:
    room.offers = [option("Europe/London")]
    assert await person.searches(person.last, "zone", "l") == []
    assert room.heard == []
    assert await person.searches(person.last, "zone", "lo") == ["Europe/London"]
    assert (room.last["type"], room.last["value"]) == ("block_suggestion", "lo")
    await settle(person.picks(person.last, "zone", "Europe/London"))
    assert room.last["actions"][0]["selected_option"]["value"] == "europe/london"


async def test_options_that_slack_would_refuse_are_shown_to_nobody(
    room: Room, person: Person
) -> None:
    room.offers = [option("x" * 76)]
    assert await person.searches(person.last, "zone", "lo") == []
    assert person.errors[0].startswith("invalid_response: [ERROR] must be less than 76")


async def test_a_response_url_answers_five_times(slack: Slack, room: Room, person: Person) -> None:
    await person.presses(person.last, "Go").settled()
    hook = AsyncWebhookClient(room.last["response_url"])
    await hook.send(text="Only you")
    assert [whisper.text for whisper in person.whispers] == ["Only you"]
    await hook.send(text="Changed", blocks=[], replace_original=True)
    assert person.channel.from_bot[0].text == "Changed"
    await hook.send(delete_original=True)
    assert person.channel.from_bot[0].text == "Only you"
    for status in (200, 200, 404):
        assert (await hook.send(text="More")).status_code == status


PAGE = modal(
    box("Name", "name", dispatch_action=False),
    box("Note", "note", optional=True),
    callback_id="page",
    notify_on_close=True,
)


async def opened(slack: Slack, client: AsyncWebClient, person: Person, view: Json) -> None:
    trigger = slack.trigger(person.team, person.id)
    await client.views_open(trigger_id=trigger, view=view)


async def test_a_submission_carries_what_was_typed(
    slack: Slack, client: AsyncWebClient, room: Room, person: Person
) -> None:
    await opened(slack, client, person, PAGE)
    assert person.submits() is None
    assert person.modal.errors == {"name": "Please complete this required field."}
    assert person.types(person.modal, "Name", "Robin") is None
    await settle(person.submits())
    values = room.last["view"]["state"]["values"]
    assert values["name"]["name"] == {"type": "plain_text_input", "value": "Robin"}
    assert values["note"]["note"]["value"] is None
    assert person.modals == []


@pytest.mark.parametrize(
    ("answer", "open_after", "errors"),
    [
        ({"response_action": "errors", "errors": {"name": "No"}}, 1, {"name": "No"}),
        ({"response_action": "errors", "errors": {"other": "No"}}, 1, {}),
        ({"response_action": "update", "view": modal(words("Two"))}, 1, {}),
        ({"response_action": "push", "view": modal(words("Two"))}, 2, {}),
        ({"response_action": "clear"}, 0, {}),
        ({"response_action": "update", "view": modal()}, 1, {}),
    ],
)
async def test_an_answer_to_a_submission_is_carried_out(  # noqa: PLR0913, PLR0917 - Fixtures and cases.
    slack: Slack,
    client: AsyncWebClient,
    room: Room,
    person: Person,
    answer: Json,
    open_after: int,
    errors: dict[str, str],
) -> None:
    room.answer = answer
    await opened(slack, client, person, PAGE)
    person.types(person.modal, "Name", "Robin")
    press = person.submits()
    await settle(press)
    assert press is not None
    assert (len(person.modals), person.modals[0].errors if person.modals else {}) == (
        open_after,
        errors,
    )
    refused = answer.get("errors") == {"other": "No"} or answer.get("view", {}).get("blocks") == []
    assert press.error.startswith("invalid") == refused


async def test_a_closed_modal_is_told_when_it_asked_for_it(
    slack: Slack, client: AsyncWebClient, room: Room, person: Person
) -> None:
    await opened(slack, client, person, PAGE)
    (told,) = person.closes()
    await settle(told)
    assert (room.last["type"], room.last["is_cleared"]) == ("view_closed", False)


async def test_typing_is_told_at_once_where_the_input_asks_for_it(
    slack: Slack, client: AsyncWebClient, room: Room, person: Person
) -> None:
    asks = {"trigger_actions_on": ["on_character_entered"]}
    element = {"type": "plain_text_input", "dispatch_action_config": asks}
    view = modal(box("Say", "said", element, dispatch_action=True), callback_id="page")
    await opened(slack, client, person, view)
    await settle(person.types(person.modal, "Say", "He"))
    assert room.last["actions"][0]["value"] == "He"
    assert room.last["view"]["state"]["values"]["said"]["said"]["value"] == "He"
    assert person.types(person.modal, "Say", "He", enter=True) is None


async def test_a_slow_app_shows_an_error(slack: Slack, room: Room, person: Person) -> None:
    slack.sockets.patience = 0.05
    slack.sockets.loses = lambda _: True
    press = person.presses(person.last, "Go")
    await settle(press)
    assert (press.error, person.errors) == ("operation_timeout", ["operation_timeout"])


async def settle(parcel: Any) -> None:  # noqa: ANN401
    """It was sent, and the app is done with it."""
    assert parcel is not None
    await parcel.settled()
