"""Channels with many people: who comes and goes, what is pressed and said there, in each way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.port import Departed, Refused
from bot.adapters.slack import titles
from bot.adapters.slack.workspaces import place_of
from bot.records import (
    Arrived,
    Commanded,
    Inbound,
    Invited,
    Left,
    Media,
    Migrated,
    Option,
    Outbound,
    Paragraph,
    Parted,
    Press,
    Renamed,
    Reply,
    Returned,
    Shown,
)
from tests.fakes.slack import faults
from tests.fakes.slack.people import Person
from tests.fakes.slack.records import Channel
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.house import House
from tests.slack.ways import at_home

JOIN = Option(label="Check in", token="Zm9v-_1", opens=True)
ROUND = Outbound(paragraphs=(Paragraph(text="0 of 3 & <counting>"),), options=(JOIN,))
ANSWER = Outbound(paragraphs=(Paragraph(text="We argued."),))


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


@pytest.fixture
def alex(workspace: Workspace) -> Person:
    return workspace.person("Alex", guest=True)


@pytest.fixture
def channel(workspace: Workspace, robin: Person, alex: Person) -> Channel:
    """One in which we are."""
    return workspace.channel("harbour", robin, alex, bot=True)


def place(of: Person | Channel) -> str:
    return place_of(of.team.id, of.id)


async def heard(house: House, many: int = 1) -> None:
    """Until so many things were heard, and Slack knows it."""
    await house.slack.wait_for(lambda: len(house.heard) >= many and not house.slack.pending)
    await house.settles()


async def quiet(house: House) -> None:
    """Until Slack has nothing more to bring."""
    await house.slack.wait_for(lambda: not house.slack.pending)
    await house.settles()


def told(came: Inbound) -> tuple[object, str, bool, str, str]:
    return came.body, came.place, came.group, came.by, came.title


# --- who comes and goes ---------------------------------------------------------------------


@pytest.mark.parametrize("private", [False, True])
async def test_letting_us_in_tells_who_did_and_what_the_channel_is_called(
    house: House,
    robin: Person,
    workspace: Workspace,
    private: bool,  # noqa: FBT001
) -> None:
    room = workspace.channel("harbour", robin, private=private)
    robin.invites_bot(room)
    await heard(house)
    assert told(house.heard[0]) == (Arrived(), place(room), True, place(robin), "harbour")


@pytest.mark.parametrize(
    "fault", [faults.gateway(502), faults.flood(9), faults.refuse("internal_error")]
)
async def test_a_name_that_is_not_told_keeps_nobody_out(
    house: House, robin: Person, workspace: Workspace, fault: faults.Fault
) -> None:
    room = workspace.channel("harbour", robin)
    house.slack.faults.add(fault, "conversations.info")
    robin.invites_bot(room)
    await heard(house)
    assert told(house.heard[0]) == (Arrived(), place(room), True, place(robin), "")


async def test_a_name_that_is_told_too_late_keeps_nobody_waiting(
    house: House, robin: Person, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PATIENCE", timedelta(seconds=0.05))
    house.slack.faults.add(faults.hang(1), "conversations.info")
    robin.invites_bot(workspace.channel("harbour", robin))
    await heard(house)
    assert (house.last, house.heard[0].title) == (Arrived(), "")


async def test_who_goes_is_told_and_bots_are_nobody(
    house: House, robin: Person, alex: Person, workspace: Workspace, channel: Channel
) -> None:
    weather, wren = workspace.another_bot(), workspace.person("Wren")
    robin.invites_bot(channel, weather)
    wren.joins(channel)
    robin.removes_bot(channel, weather)
    await quiet(house)
    assert house.heard == []
    alex.leaves(channel)
    await heard(house)
    assert told(house.heard[0]) == (Parted(), place(channel), True, place(alex), "")


async def test_who_goes_is_a_person_when_slack_does_not_say(
    house: House, alex: Person, channel: Channel
) -> None:
    house.slack.faults.add(faults.gateway(502), "users.info")
    alex.leaves(channel)
    await heard(house)
    assert house.last == Parted()


@pytest.mark.parametrize("private", [False, True])
async def test_what_becomes_of_a_channel_is_told(
    house: House,
    robin: Person,
    workspace: Workspace,
    private: bool,  # noqa: FBT001
) -> None:
    room = workspace.channel("harbour", robin, private=private, bot=True)
    old, new = place(room), f"C0NEW000{int(private)}"
    robin.renames(room, "quay")
    await heard(house)
    assert told(house.heard[0]) == (Renamed(), old, True, "", "quay")
    workspace.moves(room, new)
    await heard(house, 2)
    assert told(house.heard[1])[:2] == (Migrated(to=place(room)), old)
    robin.removes_bot(room)
    await heard(house, 3)
    assert told(house.heard[2]) == (Left(), place(room), True, place(robin), "")
    robin.invites_bot(room)
    robin.archives(room)
    await heard(house, 5)
    assert told(house.heard[4]) == (Left(), place(room), True, place(robin), "")
    robin.unarchives(room)
    robin.invites_bot(room)
    robin.deletes_channel(room)
    await quiet(house)
    back = [] if private else [Returned()]
    assert house.bodies[5:] == [*back, Arrived(), Left()]


async def test_without_the_new_scopes_all_else_goes_on(
    house: House, robin: Person, workspace: Workspace, channel: Channel
) -> None:
    workspace.team.scopes -= {"channels:read", "groups:read"}
    robin.renames(channel, "quay")
    robin.leaves(channel)
    robin.joins(channel)
    await quiet(house)
    assert house.heard == []
    receipt = await house.ours.send(place(channel), ROUND)
    robin.presses(channel.from_bot[-1], "Check in")
    robin.mentions_bot(channel, "hello")
    robin.uses("/skerry circle", channel=channel)
    await heard(house, 4)
    assert {type(each).__name__ for each in house.bodies} == {"Invited", "Words", "Commanded"}
    assert await house.ours.rewrite(place(channel), receipt.message, ANSWER)
    # Slack brings what an older installation cannot ask more about.
    event = {"type": "member_joined_channel", "user": workspace.bot.id, "channel": channel.id}
    house.slack.push(event | {"inviter": robin.id}, workspace)
    await heard(house, 5)
    assert told(house.heard[4]) == (Arrived(), place(channel), True, place(robin), "")


# --- what is pressed and said ---------------------------------------------------------------


async def test_a_press_in_a_channel_is_by_whoever_pressed(
    house: House, robin: Person, alex: Person, channel: Channel
) -> None:
    plain = replace(ROUND, options=(Option(label="Well", token="c:1:0"),))
    receipt = await house.ours.send(place(channel), plain)
    for each in (robin, alex):
        each.presses(channel.from_bot[-1], "Well")
    await heard(house, 2)
    assert house.bodies == [Press(token="c:1:0", message=receipt.message)] * 2
    assert {came.by for came in house.heard} == {place(robin), place(alex)}
    assert {(came.place, came.title) for came in house.heard} == {(place(channel), "harbour")}


async def test_a_button_opens_the_pressers_own_chat_and_answers_them_alone(
    house: House, robin: Person, alex: Person, channel: Channel
) -> None:
    house.reply = lambda _: Reply(toast="Look in our own chat.")
    await house.ours.send(place(channel), ROUND)
    alex.presses(channel.from_bot[-1], "Check in")
    await heard(house)
    assert told(house.heard[0]) == (
        Invited(code="Zm9v-_1", belongs=True),
        place(alex),
        False,
        "",
        "",
    )
    (whisper,) = alex.whispers
    assert (whisper.text, whisper.channel) == ("Look in our own chat.", channel)
    assert robin.whispers == []
    await house.ours.send(place(alex), ANSWER)
    assert alex.sees == ["We argued."]


async def test_a_press_in_a_channel_moves_nobodys_own_chat_there(
    house: House, alex: Person, channel: Channel
) -> None:
    """What is said quietly on a page goes into somebody's own chat as before."""
    await house.ours.send(place(alex), ANSWER)
    await house.ours.send(place(channel), ROUND)
    alex.presses(channel.from_bot[-1], "Check in")
    await heard(house)
    assert house.ours._beside._channels.get(place(alex)) == alex.channel.id


async def test_what_is_asked_of_a_channel_is_answered_there_for_one_pair_of_eyes(
    house: House, robin: Person, workspace: Workspace
) -> None:
    """Also where we are not."""
    room = workspace.channel("quay", robin)
    house.reply = lambda _: Reply(toast="Let me in first: /invite")
    robin.uses("/skerry circle begin", channel=room)
    await heard(house)
    words = Commanded(text="circle begin")
    assert told(house.heard[0]) == (words, place(room), True, place(robin), "quay")
    assert [(each.text, each.channel) for each in robin.whispers] == [
        ("Let me in first: /invite", room)
    ]
    robin.uses("/skerry circles")
    await heard(house, 2)
    assert told(house.heard[1])[:3] == (Commanded(text="circles"), place(robin), False)


# --- threads and what is said anew ----------------------------------------------------------


async def test_a_reply_stands_below_what_it_replies_to_and_not_in_the_channel(
    house: House, channel: Channel
) -> None:
    root = await house.ours.send(place(channel), ROUND)
    await house.ours.send(place(channel), replace(ANSWER, thread=root.message))
    (first,) = channel.feed
    assert [each.text for each in channel.thread(first)] == ["We argued."]


async def test_a_file_stands_below_what_it_replies_to(house: House, channel: Channel) -> None:
    root = await house.ours.send(place(channel), ROUND)
    photo = Media(name="photo.jpg", mime="image/jpeg", content=b"\xff\xd8\xff")
    await house.ours.send(
        place(channel), Outbound(paragraphs=(), files=(photo,), thread=root.message)
    )
    (reply,) = channel.thread(channel.feed[0])
    assert [file.content for file in reply.files] == [photo.content]


async def test_what_replies_to_something_that_is_gone_is_sent_all_the_same(
    house: House, channel: Channel
) -> None:
    photo = Media(name="photo.jpg", mime="image/jpeg", content=b"\xff\xd8\xff")
    gone = f"{channel.id}:1772442000.000100"
    await house.ours.send(place(channel), replace(ANSWER, thread=gone))
    await house.ours.send(place(channel), Outbound(paragraphs=(), files=(photo,), thread=gone))
    assert [each.thread_ts for each in channel.from_bot] == ["", ""]
    assert channel.from_bot[0].text == "We argued."
    house.slack.faults.add(faults.refuse("msg_blocks_too_long"), "chat.postMessage")
    with pytest.raises(Refused, match="msg_blocks_too_long"):
        await house.ours.send(place(channel), replace(ANSWER, thread=gone))


async def test_where_we_may_not_speak_any_more_we_have_departed(
    house: House, robin: Person, channel: Channel
) -> None:
    robin.removes_bot(channel)
    with pytest.raises(Departed, match="not_in_channel"):
        await house.ours.send(place(channel), ROUND)
    robin.invites_bot(channel)
    robin.archives(channel)
    with pytest.raises(Departed, match="is_archived"):
        await house.ours.send(place(channel), ROUND)
    robin.deletes_channel(channel)
    with pytest.raises(Departed, match="channel_not_found"):
        await house.ours.send(place(channel), ROUND)


async def test_a_message_is_said_anew_and_its_buttons_go_when_it_has_none(
    house: House, channel: Channel
) -> None:
    receipt = await house.ours.send(place(channel), ROUND)
    counted = replace(ROUND, paragraphs=(Paragraph(text="2 of 3"),))
    assert await house.ours.rewrite(place(channel), receipt.message, counted)
    (message,) = channel.from_bot
    assert (message.text, message.labels) == ("2 of 3", ["Check in"])
    assert message.fallback == "2 of 3\n\nCheck in"
    await house.ours.show(place(channel), Shown(message=receipt.message, options=(JOIN,)))
    assert (message.text, message.labels) == ("2 of 3", ["Check in"])
    ended = Outbound(paragraphs=(Paragraph(text="All 3 & <done>"),))
    assert await house.ours.rewrite(place(channel), receipt.message, ended)
    assert (message.text, message.labels) == ("All 3 & <done>", [])
    await house.ours.show(place(channel), Shown(message=receipt.message, options=(JOIN,)))
    assert message.labels == []


@pytest.mark.parametrize(
    "fault",
    [faults.flood(1), faults.gateway(503), faults.gateway(500), faults.reset()],
)
async def test_what_cannot_be_said_anew_just_now_may_be_later(
    house: House, channel: Channel, fault: faults.Fault
) -> None:
    receipt = await house.ours.send(place(channel), ROUND)
    house.slack.faults.add(fault, "chat.update")
    assert not await house.ours.rewrite(place(channel), receipt.message, ANSWER)
    assert channel.from_bot[-1].text == "0 of 3 & <counting>"


async def test_what_is_gone_or_not_ours_is_never_said_anew(
    house: House, robin: Person, channel: Channel
) -> None:
    theirs = robin.writes("Mine.", channel=channel)
    names = (f"{channel.id}:{theirs.ts}", f"{channel.id}:1772442000.000100", "C0GONE001:1.000001")
    for name in names:
        assert await house.ours.rewrite(place(channel), name, ANSWER)
    before = len(house.slack.requests)
    for odd in ("", "C1", f"{channel.id}:F0FILE001", ":"):
        assert await house.ours.rewrite(place(channel), odd, ANSWER)
    assert await house.ours.rewrite("odd", names[0], ANSWER)
    assert len(house.slack.requests) == before
    assert theirs.text == "Mine."


async def test_after_the_end_nothing_is_said_anew_and_nothing_is_raised(
    house: House, channel: Channel
) -> None:
    receipt = await house.ours.send(place(channel), ROUND)
    await house.ours.close()
    assert not await house.ours.rewrite(place(channel), receipt.message, ANSWER)
