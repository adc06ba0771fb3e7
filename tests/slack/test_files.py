"""Files in both directions: fetched with the token from Slack alone, and brought."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp import web

from bot.adapters.port import Departed, Refused, Throttled, Unreachable
from bot.adapters.slack import files, messages, transport
from bot.adapters.slack.beside import SIGN
from bot.adapters.slack.transport import SLACK, Transport
from bot.adapters.slack.workspaces import place_of
from bot.records import Media, Outbound, Unkept, Words
from tests.fakes.slack import faults
from tests.fakes.slack.listening import Listening
from tests.fakes.slack.people import Person
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import SCOPES, Workspace
from tests.slack.house import House
from tests.slack.ways import at_home
from tests.telegram.test_files import OGG, jpeg

M4A = b"\x00\x00\x00\x20ftypM4A " + b"\x00" * 40
WORDS = Media(name="your-words.html", mime="text/html", content=b"<p>Words</p>")


@pytest.fixture
async def house(slack: Slack, workspace: Workspace) -> AsyncIterator[House]:
    async with at_home(slack, workspace) as running:
        running.ours._files._sleep = unslept
        yield running


async def unslept(_seconds: float) -> None:
    """No wait."""


@pytest.fixture
def robin(workspace: Workspace) -> Person:
    return workspace.person()


def place(person: Person) -> str:
    return place_of(person.team.id, person.id)


async def heard(house: House, many: int = 1) -> list[Words]:
    await house.slack.wait_for(lambda: len(house.heard) >= many and not house.slack.pending)
    await house.settles()
    return house.bodies


# --- what people send -----------------------------------------------------------------------


async def test_a_photo_is_heard_with_its_text_and_a_sign_of_life(
    house: House, robin: Person
) -> None:
    message = robin.sends_file(jpeg(), "image/jpeg", "IMG_2.jpg", "Our beds")
    (words,) = await heard(house)
    assert words.text == "Our beds"
    assert words.media is not None
    assert (words.media.name, words.media.mime) == ("photo.jpg", "image/jpeg")
    assert words.unkept is None
    assert message.reactions == {SIGN: [robin.team.bot.id]}


@pytest.mark.parametrize(
    ("content", "name", "mime"),
    [
        (M4A, "voice.m4a", "audio/mp4"),
        (OGG, "voice.ogg", "audio/ogg"),
        (b"\x1aE\xdf\xa3" + b"\x00" * 20, "voice.webm", "audio/webm"),
    ],
)
async def test_a_clip_is_heard_as_what_it_is(
    house: House, robin: Person, content: bytes, name: str, mime: str
) -> None:
    robin.sends_voice(content)
    (words,) = await heard(house)
    assert words.media == Media(name=name, mime=mime, content=content)


async def test_several_files_are_several_messages_in_their_order(
    house: House, robin: Person
) -> None:
    sent = [
        robin.file(jpeg(), "image/jpeg", "a.jpg"),
        robin.file(b"%PDF", "application/pdf", "b.pdf"),
        robin.file(M4A, "audio/mp4", "c.m4a"),
    ]
    sent[2].subtype = "slack_audio"
    message = robin.sends_files(sent, "All of it")
    one, two, three = await heard(house, 3)
    name = f"{robin.channel.id}:{message.ts}"
    assert [words.message for words in (one, two, three)] == [name, f"{name}#2", f"{name}#3"]
    assert (one.text, two.text, three.text) == ("All of it", "", "")
    assert one.media is not None
    assert (two.media, two.unkept) == (None, Unkept.KIND)
    assert three.media is not None
    assert len({came.id for came in house.heard}) == 3


@pytest.mark.parametrize("content", [b"words", b"", b"\xff\xd8\xff" + b"x" * 50, OGG])
async def test_what_is_not_what_it_is_said_to_be_is_not_kept(
    house: House, robin: Person, content: bytes
) -> None:
    robin.sends_file(content, "image/png", "x.png", "See")
    robin.sends_voice(jpeg())
    words, clip = await heard(house, 2)
    assert (clip.media, clip.unkept) == (None, Unkept.KIND)
    assert (words.text, words.media, words.unkept) == ("See", None, Unkept.KIND)


async def test_a_file_that_is_larger_than_it_said_is_not_kept(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 1000)
    robin.sends_file(b"x" * 2000, "image/png", "x.png")
    (words,) = await heard(house)
    assert words.unkept is Unkept.SIZE
    monkeypatch.setattr(messages, "LARGEST", 1000)
    robin.sends_file(b"x" * 2000, "image/png", "x.png")
    assert (await heard(house, 2))[1].unkept is Unkept.SIZE


async def test_a_file_that_passes_by_is_tried_again(house: House, robin: Person) -> None:
    order = house.slack.faults.add(faults.gateway(502), "file", times=2)
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg")
    (words,) = await heard(house)
    assert words.media is not None
    assert order.struck == 2


@pytest.mark.parametrize(
    "fault",
    [
        faults.gateway(502),
        faults.reset(),
        faults.flood(2),
        faults.Fault(text="<!DOCTYPE html>Sign in"),
        faults.Fault(text="", code=302),
        faults.Fault(text="", code=404),
    ],
)
async def test_a_file_that_cannot_be_had_is_told_and_its_words_are_heard(
    house: House, robin: Person, fault: faults.Fault
) -> None:
    house.slack.faults.add(fault, "file", times=None)
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg", "See")
    (words,) = await heard(house)
    assert (words.text, words.media, words.unkept) == ("See", None, Unkept.LOST)
    assert len([name for name, _ in house.slack.requests if name == "file"]) <= 6


async def test_who_may_not_read_files_is_shown_a_page_and_keeps_none(
    house: House, robin: Person, workspace: Workspace
) -> None:
    workspace.team.scopes -= {"files:read"}
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg")
    (words,) = await heard(house)
    assert words.unkept is Unkept.LOST


async def test_a_file_that_is_too_slow_is_given_up(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", timedelta(seconds=0.2))
    house.slack.faults.add(faults.hang(20), "file", times=None)
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg", "See")
    (words,) = await heard(house)
    assert words.unkept is Unkept.LOST


async def test_a_file_that_was_heard_is_not_fetched_again(house: House, robin: Person) -> None:
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg")
    await heard(house)
    (parcel,) = [each for each in house.slack.post.parcels if each.kind == "message"]
    await house.slack.post.repeat(parcel).settled()
    assert [name for name, _ in house.slack.requests].count("file") == 1
    assert len(house.heard) == 1


async def test_a_slow_file_holds_nobody_else(
    house: House, robin: Person, workspace: Workspace
) -> None:
    house.slack.faults.add(faults.hang(1), "file")
    robin.sends_file(jpeg(), "image/jpeg", "a.jpg", "First")
    robin.writes("Second")
    workspace.person("Alex").writes("Hello")
    await house.slack.wait_for(lambda: house.heard)
    assert house.bodies[0].text == "Hello"
    assert [words.text for words in (await heard(house, 3))[1:]] == ["First", "Second"]


async def test_a_redirect_is_not_followed_and_no_token_goes_elsewhere(
    house: House, robin: Person
) -> None:
    seen: list[str] = []

    async def elsewhere(request: web.Request) -> web.Response:
        seen.append(request.headers.get("Authorization", ""))
        return web.Response(body=jpeg(), content_type="image/jpeg")

    def application() -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", elsewhere)
        return app

    stranger = Listening(application)
    await stranger.open()
    try:
        message = robin.file(jpeg(), "image/jpeg", "a.jpg")
        message.root = f"http://127.0.0.1:{stranger.port}"
        robin.sends_files([message], "See")
        (words,) = await heard(house)
        assert (words.unkept, seen) == (Unkept.LOST, [])
    finally:
        await stranger.close()


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://files.slack.com/files-pri/T1-F1/a.jpg", True),
        ("https://slack.com/api/", True),
        ("https://FILES.SLACK.COM/a", True),
        ("https://shore.enterprise.slack.com/a", True),
        ("http://files.slack.com/a", False),
        ("https://files.slack.com:8443/a", False),
        ("https://slack.com.example.org/a", False),
        ("https://evilslack.com/a", False),
        ("https://example.org/#.slack.com", False),
        ("https://slack.com@example.org/a", False),
        ("https://example.org\\@files.slack.com/a", False),
        ("https://files.slack.com\\.example.org/a", False),
        ("https://files.slack.com%2eexample.org/a", False),
        ("//files.slack.com/a", False),
        ("file:///etc/passwd", False),
        ("https://[", False),
        ("https://files.slack.com:x/", False),
        ("", False),
    ],
)
async def test_only_slacks_own_hosts_are_slack(url: str, is_ours: bool) -> None:  # noqa: FBT001
    assert Transport(SLACK).is_slack(url) is is_ours


async def test_behind_another_root_its_own_origin_is_slack() -> None:
    there = Transport("http://127.0.0.1:9999/api")
    assert there.base_url == "http://127.0.0.1:9999/api/"
    assert there.is_slack("http://127.0.0.1:9999/files/a")
    assert not there.is_slack("http://127.0.0.1:9998/files/a")
    assert not there.is_slack("https://files.slack.com/a")


# --- what we send ---------------------------------------------------------------------------


async def test_a_file_is_brought_into_the_conversation_with_us(
    house: House, robin: Person
) -> None:
    receipt = await house.ours.send(place(robin), Outbound(paragraphs=(), files=(WORDS,)))
    (file,) = robin.last.files
    assert (file.name, file.content) == ("your-words.html", WORDS.content)
    assert receipt.message == f"{robin.channel.id}:{file.id}"


async def test_a_file_for_a_channel_is_brought_there(
    house: House, robin: Person, workspace: Workspace
) -> None:
    channel = workspace.channel("general", robin, bot=True)
    there = place_of(workspace.id, channel.id)
    await house.ours.send(there, Outbound(paragraphs=(), files=(WORDS,)))
    assert [file.name for file in channel.from_bot[-1].files] == ["your-words.html"]


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal", "upload"])
@pytest.mark.parametrize("fault", [faults.lost(), faults.gateway(502)])
async def test_until_its_last_step_nobody_has_a_file(
    house: House, robin: Person, method: str, fault: faults.Fault
) -> None:
    house.slack.faults.add(fault, method)
    with pytest.raises(Unreachable) as told:
        await house.ours.send(place(robin), Outbound(paragraphs=(), files=(WORDS,)))
    assert not told.value.uncertain
    assert robin.sees == []


async def test_its_last_step_may_have_been_taken(house: House, robin: Person) -> None:
    house.slack.faults.add(faults.lost(), "files.completeUploadExternal")
    with pytest.raises(Unreachable) as told:
        await house.ours.send(place(robin), Outbound(paragraphs=(), files=(WORDS,)))
    assert told.value.uncertain


@pytest.mark.parametrize("method", ["conversations.open", "files.getUploadURLExternal"])
async def test_an_odd_answer_is_waited_out(house: House, robin: Person, method: str) -> None:
    house.slack.faults.add(faults.Fault(text='{"ok": true}', media="application/json"), method)
    with pytest.raises(Unreachable, match="odd answer"):
        await house.ours.send(place(robin), Outbound(paragraphs=(), files=(WORDS,)))


async def test_a_file_is_never_brought_elsewhere(house: House, robin: Person) -> None:
    answer = '{"ok": true, "file_id": "F1", "upload_url": "http://127.0.0.1:1/x"}'
    fault = faults.Fault(text=answer.replace("F1", "F0FILE001"), media="application/json")
    house.slack.faults.add(fault, "files.getUploadURLExternal")
    with pytest.raises(Unreachable, match="odd answer"):
        await house.ours.send(place(robin), Outbound(paragraphs=(), files=(WORDS,)))


async def test_a_file_that_is_too_fast_gone_or_refused_is_told_as_such(
    house: House, robin: Person, slack: Slack
) -> None:
    out = Outbound(paragraphs=(), files=(WORDS,))
    slack.faults.add(faults.flood(3), "conversations.open")
    with pytest.raises(Throttled):
        await house.ours.send(place(robin), out)
    house.ours._calls._waits.pop((robin.team.id, "conversations.open"))
    slack.faults.add(faults.refuse("file_upload_size_restricted"), "files.getUploadURLExternal")
    with pytest.raises(Refused):
        await house.ours.send(place(robin), out)
    robin.is_deactivated()
    with pytest.raises(Departed):
        await house.ours.send(place(robin), out)


async def test_without_the_right_to_send_files_words_still_go_out(
    slack: Slack, house: House
) -> None:
    """A file that cannot be sent must not hold up the lane."""
    shy = slack.workspace(scopes=set(SCOPES) - {"files:write"})
    person = shy.person()
    await house.known.keep(House(slack, shy).known.held[shy.id])
    with pytest.raises(Refused, match="missing_scope"):
        await house.ours.send(place(person), Outbound(paragraphs=(), files=(WORDS,)))


async def test_photos_are_unpacked_one_at_a_time(
    house: House, robin: Person, workspace: Workspace
) -> None:
    others = [workspace.person(str(number)) for number in range(3)]
    for person in (robin, *others):
        person.sends_file(jpeg(), "image/jpeg", "a.jpg")
    assert all(words.media for words in await heard(house, 4))
    assert files.AT_ONCE == 1
    assert not house.ours._files._room.locked()


async def test_nothing_is_asked_after_the_end() -> None:
    there = Transport()
    await there.close()
    with pytest.raises(Unreachable, match="closed"):
        await there.call("t", "auth.test", {})
    assert transport.quiet().isEnabledFor(50) is False
    await asyncio.sleep(0)
