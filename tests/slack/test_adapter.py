"""The adapter and a person: what they see and write, in each way that Slack brings it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.adapters.port import Departed, Refused, Throttled, Unreachable
from bot.adapters.slack import beside
from bot.adapters.slack.adapter import LIMITED_DETAIL
from bot.adapters.slack.beside import SIGN
from bot.adapters.slack.workspaces import place_of
from bot.records import (
    Arrived,
    Deleted,
    Edit,
    Inbound,
    Left,
    Option,
    Outbound,
    Paragraph,
    Profiled,
    Quote,
    Reply,
    Shown,
    Words,
)
from tests.fakes.slack import faults
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.house import House
from tests.slack.ways import at_home

YES, NO = Option(label="Yes", token="c:1:0"), Option(label="No", token="c:1:1")
ASKED = Outbound(
    paragraphs=(Quote(text="Beds <again> & again"), Paragraph(text="Did it help?")),
    options=(YES, NO),
)


@pytest.fixture(params=["socket", "http"])
async def house(
    request: pytest.FixtureRequest, slack: Slack, workspace: Workspace
) -> AsyncIterator[House]:
    slack.limits.on = False
    async with at_home(slack, workspace, way=request.param) as running:
        yield running


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person("Robin", tz="Pacific/Auckland", locale="en-NZ")


def place(person: Person) -> str:
    return place_of(person.team.id, person.id)


async def heard(house: House, many: int = 1) -> None:
    """Until so many things were heard, and Slack knows it."""
    await house.slack.wait_for(lambda: len(house.heard) >= many and not house.slack.pending)
    await house.settles()


def methods(slack: Slack) -> list[str]:
    return [method for method, _ in slack.requests if method != "users.info"]


# --- what is sent ---------------------------------------------------------------------------


async def test_a_question_is_seen_with_its_quote_and_its_buttons(
    house: House, robin: Person
) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    assert receipt.message == f"{robin.channel.id}:{robin.last.ts}"
    assert robin.last.text == "Beds <again> & again\nDid it help?"
    assert robin.last.labels == ["Yes", "No"]
    assert robin.last.mentions == []


async def test_people_who_are_gone_are_gone(house: House, robin: Person) -> None:
    with pytest.raises(Departed, match="channel_not_found"):
        await house.ours.send(place_of(robin.team.id, "U0NOBODY1"), ASKED)
    robin.is_deactivated()
    with pytest.raises(Departed, match="user_disabled"):
        await house.ours.send(place(robin), ASKED)
    with pytest.raises(Departed, match="no such workspace"):
        await house.ours.send("odd", ASKED)


async def test_what_slack_will_not_take_is_refused(house: House, robin: Person) -> None:
    house.slack.faults.add(faults.refuse("msg_blocks_too_long"), "chat.postMessage")
    with pytest.raises(Refused, match="msg_blocks_too_long"):
        await house.ours.send(place(robin), ASKED)


@pytest.mark.parametrize(
    ("fault", "uncertain"),
    [
        (faults.reset(), True),
        (faults.lost(), True),
        (faults.gateway(502), True),
        (faults.gateway(503), False),
        (faults.garbage(), True),
        (faults.refuse("fatal_error"), True),
        (faults.refuse("invalid_auth"), False),
        (faults.Fault(text="[1]", media="application/json"), True),
        (faults.Fault(text='{"ok": true}', media="application/json"), True),
        (faults.Fault(text="ok", media="text/plain"), True),
        (faults.Fault(text="ok", media="application/gzip"), True),
    ],
)
async def test_what_may_pass_is_told_as_such(
    house: House,
    robin: Person,
    fault: faults.Fault,
    uncertain: bool,  # noqa: FBT001
) -> None:
    house.slack.faults.add(fault, "chat.postMessage")
    with pytest.raises(Unreachable) as told:
        await house.ours.send(place(robin), ASKED)
    assert told.value.uncertain is uncertain
    await house.ours.send(place(robin), ASKED)


async def test_a_slack_that_is_away_took_nothing(house: House, robin: Person) -> None:
    await house.slack.goes_away()
    with pytest.raises(Unreachable) as told:
        await house.ours.send(place(robin), ASKED)
    assert not told.value.uncertain
    await house.slack.comes_back()


async def test_who_is_told_to_wait_asks_nothing_meanwhile(house: House, robin: Person) -> None:
    house.slack.faults.add(faults.flood(7), "chat.postMessage")
    with pytest.raises(Throttled) as told:
        await house.ours.send(place(robin), ASKED)
    assert told.value.retry_after.total_seconds() == 7
    before = len(house.slack.requests)
    with pytest.raises(Throttled) as told:
        await house.ours.send(place(robin), ASKED)
    assert 6 < told.value.retry_after.total_seconds() <= 7
    assert len(house.slack.requests) == before
    # Another workspace goes on.
    other = house.slack.workspace()
    await house.known.keep(
        replace(house.known.held[robin.team.id], id=other.id, token=other.token)
    )
    await house.ours.send(place(other.person()), ASKED)


async def test_whoever_asks_for_workspaces_in_vain_is_told_to_wait(
    house: House, robin: Person
) -> None:
    house.known.trouble = OSError("the disk is full")
    with pytest.raises(Unreachable, match="OSError") as told:
        await house.ours.send(place(robin), ASKED)
    assert not told.value.uncertain


def test_a_chat_gets_a_message_a_second(house: House) -> None:
    assert house.ours.pace.between("T1:U1").total_seconds() == 1
    assert house.ours.pace.is_group("T1:C1")
    assert not house.ours.pace.is_group("T1:U1")
    assert round(1 / house.ours.pace.step.total_seconds()) == 20


async def test_no_token_and_no_word_stands_in_a_log(house: House, robin: Person) -> None:
    canary = "canary words"
    house.slack.sockets.patience = 0.3
    with capture_logs() as logs:
        for fault in (faults.reset(), faults.garbage(), faults.refuse("invalid_blocks")):
            house.slack.faults.add(fault)
            with pytest.raises((Unreachable, Refused)):
                await house.ours.send(place(robin), Outbound(paragraphs=(Paragraph(text=canary),)))
        house.trouble = [ValueError(canary)]
        robin.writes(canary)
        await heard(house)
    assert canary not in str(logs)
    assert robin.team.token not in str(logs)
    assert robin.team.token not in repr(house.ours._transport)


# --- what people write ----------------------------------------------------------------------


async def test_words_edits_and_deletions_are_heard(house: House, robin: Person) -> None:
    message = robin.writes("We argued & <shouted> \U0001f642")
    await heard(house)
    robin.edits(message, "We talked.")
    await heard(house, 2)
    robin.deletes(message)
    await heard(house, 3)
    name = f"{robin.channel.id}:{message.ts}"
    assert house.bodies == [
        Words(message=name, text="We argued & <shouted> \U0001f642"),
        Edit(message=name, text="We talked."),
        Deleted(message=name),
    ]
    assert {came.place for came in house.heard} == {place(robin)}


async def test_a_preview_that_slack_adds_is_no_edit(
    house: House, robin: Person, workspace: Workspace
) -> None:
    message = robin.writes("See https://example.org")
    workspace.unfurls(message, "https://example.org")
    robin.writes("And then?")
    await heard(house, 2)
    assert [body.text for body in house.bodies] == ["See https://example.org", "And then?"]


async def test_our_own_words_and_those_of_other_bots_are_not_heard(
    house: House, robin: Person, workspace: Workspace
) -> None:
    receipt = await house.ours.send(place(robin), ASKED)
    await house.ours.show(place(robin), Shown(message=receipt.message, chosen="Yes"))
    workspace.integration_says(robin.channel, "It rains.")
    robin.writes("Hello")
    await heard(house)
    assert [body.text for body in house.bodies] == ["Hello"]


async def test_a_channel_hears_of_us_once_and_its_words_stay_there(
    house: House, robin: Person, workspace: Workspace
) -> None:
    channel = workspace.channel("general", robin)
    robin.invites_bot(channel)
    await heard(house)
    robin.writes("Nothing for a bot.", channel=channel)
    robin.mentions_bot(channel, "my boss is")
    await heard(house, 3)
    assert house.heard[0].body == Arrived()
    assert [came.body.text for came in house.heard[1:]] == ["", ""]  # type: ignore[union-attr]
    assert {came.place for came in house.heard} == {place_of(workspace.id, channel.id)}
    assert len({came.id for came in house.heard[1:]}) == 1


async def test_a_person_is_heard_in_order_and_others_beside_them(
    house: House, robin: Person, workspace: Workspace
) -> None:
    alex = workspace.person("Alex")
    slow = asyncio.Event()
    answered = house.hear

    async def hear(came: Inbound) -> Reply:
        if came.place == place(robin) and not slow.is_set():
            await slow.wait()
        return await answered(came)

    house.hear = hear  # type: ignore[method-assign]
    for number in range(5):
        robin.writes(str(number))
        await asyncio.sleep(0.02)  # HTTP's connections may overtake each other.
    alex.writes("Hello")
    await house.slack.wait_for(lambda: house.heard)
    assert [came.place for came in house.heard] == [place(alex)]
    slow.set()
    await heard(house, 6)
    assert [came.body.text for came in house.heard[1:]] == list("01234")  # type: ignore[union-attr]
    assert len(house.ours._turns) == 0


async def test_what_cannot_be_taken_comes_again(house: House, robin: Person) -> None:
    house.slack.sockets.patience = house.slack.hook.patience = 0.3
    house.trouble = [OSError("full"), OSError("full")]
    robin.writes("Keep this")
    await heard(house)
    assert [body.text for body in house.bodies] == ["Keep this"]
    assert house.slack.post.retries == 2


async def test_a_repetition_has_the_same_id(house: House, robin: Person) -> None:
    robin.writes("Once")
    await heard(house)
    house.slack.post.repeat(house.slack.post.parcels[0])
    await heard(house, 2)
    assert len({came.id for came in house.heard}) == 1


async def test_a_workspace_that_never_let_us_in_is_not_heard(house: House) -> None:
    stranger = house.slack.workspace().person()
    stranger.writes("Hello")
    await house.slack.wait_for(lambda: not house.slack.pending)
    assert house.heard == []


async def test_a_store_that_is_away_acknowledges_nothing(house: House, robin: Person) -> None:
    house.slack.sockets.patience = house.slack.hook.patience = 0.3
    house.known.trouble = OSError("away")
    robin.writes("Keep this")
    await house.slack.wait_for(lambda: house.slack.post.attempts >= 2)
    assert house.heard == []
    house.known.trouble = None
    await heard(house)


# --- profiles -------------------------------------------------------------------------------


async def test_a_persons_zone_and_language_are_asked_once(house: House, robin: Person) -> None:
    for number in range(3):
        robin.writes(str(number))
        await heard(house, number + 1)
    told = {(came.zone, came.language) for came in house.heard}
    assert told == {("Pacific/Auckland", "en-NZ")}
    asked = [method for method, _ in house.slack.requests].count("users.info")
    assert asked == 1


async def test_a_profile_that_cannot_be_had_holds_nothing_up(house: House, robin: Person) -> None:
    house.slack.faults.add(faults.refuse("missing_scope"), "users.info")
    robin.writes("Hello")
    robin.writes("Hello again")
    await heard(house, 2)
    assert {(came.zone, came.language) for came in house.heard} == {("", "")}


async def test_a_profile_that_is_slow_is_not_waited_for(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.adapters.slack.profiles.PATIENCE", timedelta(seconds=0.1))
    house.slack.faults.add(faults.hang(20), "users.info")
    robin.writes("Hello")
    await heard(house)
    assert house.heard[0].zone == ""


async def test_a_changed_profile_is_known_at_once(house: House, robin: Person) -> None:
    robin.writes("Hello")
    await heard(house)
    robin.changes_profile(tz="Europe/Athens")
    await heard(house, 2)
    robin.writes("From Athens")
    await heard(house, 3)
    assert house.heard[1].body == Profiled()
    assert [came.zone for came in house.heard[1:]] == ["Europe/Athens"] * 2
    robin.is_deactivated()
    await heard(house, 4)
    assert house.last == Left()


# --- signs of life --------------------------------------------------------------------------


async def test_a_sign_of_life_is_shown_once_for_each_message(house: House, robin: Person) -> None:
    await house.ours.sign_of_life(place(robin))
    first = robin.writes("One")
    await heard(house)
    for _ in range(3):
        await house.ours.sign_of_life(place(robin))
    await house.settles()
    assert first.reactions == {SIGN: [robin.team.bot.id]}
    second = robin.writes("Two")
    await heard(house, 2)
    house.slack.faults.add(faults.gateway(502), "reactions.add")
    await house.ours.sign_of_life(place(robin))
    await house.settles()
    assert second.reactions == {}
    assert methods(house.slack).count("reactions.add") == 2


# --- the end --------------------------------------------------------------------------------


async def test_that_slack_holds_events_back_is_told(house: House, workspace: Workspace) -> None:
    parcel = await workspace.rate_limited().settled()
    await house.settles()
    assert (False, LIMITED_DETAIL) in house.told
    assert parcel.attempts[0].reason == ""


async def test_health_that_cannot_be_told_stops_nothing(
    house: House, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_well: bool, _detail: str) -> None:  # noqa: FBT001
        raise OSError

    monkeypatch.setattr(house.ours, "_tell", broken)
    parcel = await workspace.rate_limited().settled()
    await house.settles()
    assert parcel.attempts[0].reason == ""


async def test_closing_ends_what_is_done_beside(
    slack: Slack, workspace: Workspace, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(beside, "LAST_WORDS", timedelta(seconds=0.3))
    house = House(slack, workspace)
    house.ours._beside.note(place(robin), robin.channel.id, robin.writes("Hello").ts)
    slack.faults.add(faults.hang(30), "reactions.add")
    await house.ours.sign_of_life(place(robin))
    async with asyncio.timeout(20):
        await house.ours.close()
    assert not house.ours._beside._tasks
    house.ours._beside.note(place(robin), robin.channel.id, "1.1")
    await house.ours.sign_of_life(place(robin))
    assert not house.ours._beside._tasks
    with pytest.raises(Unreachable, match="closed"):
        await house.ours.send(place(robin), ASKED)
