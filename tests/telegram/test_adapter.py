"""The adapter and a person, over HTTP: what they see, press and send, and what may go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.port import Departed, Moved, Refused, Throttled, Unreachable
from bot.adapters.telegram import adapter as adapters
from bot.adapters.telegram.adapter import Telegram as Ours
from bot.adapters.telegram.transport import transport
from bot.records import (
    Edit,
    Inbound,
    Invited,
    Left,
    Media,
    Option,
    Outbound,
    Paragraph,
    Press,
    Quote,
    Reply,
    Shown,
    Unkept,
    Words,
)
from tests.fakes.telegram import faults
from tests.fakes.telegram.groups import Group
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram
from tests.telegram.test_files import OGG, jpeg

YES = Option(label="Yes", token="c:1:0")
NO = Option(label="No", token="c:1:1")
#: It opens the presser's own chat.
ANSWER = Option(label="Answer", token="circle_7-B", opens=True)
DONE = Option(label="Done", token="c:1:done")
ASKED = Outbound(
    paragraphs=(Quote(text="Beds <again> & again"), Paragraph(text="Did it help?")),
    options=(YES, NO),
)


class House:
    """The rest of the house: it hears, and says a toast or fails."""

    def __init__(self, ours: Ours, telegram: Telegram) -> None:
        self.ours = ours
        self.telegram = telegram
        self.heard: list[Inbound] = []
        self.toast = ""
        self.trouble: Exception | None = None

    async def hear(self, came: Inbound) -> Reply:
        if self.trouble is not None:
            raise self.trouble
        self.heard.append(came)
        return Reply(toast=self.toast)

    async def take(self) -> None:
        """Take all that waits, in its order."""
        for update in list(self.telegram.updates.pending):
            await self.ours.take(update.wire, self.hear)
            self.telegram.updates.take(update)

    @property
    def last(self) -> Any:  # noqa: ANN401 - Each test knows what it is.
        return self.heard[-1].body


@pytest.fixture
async def ours(telegram: Telegram) -> AsyncIterator[Ours]:
    adapter = Ours(transport(telegram.token, telegram.root))
    yield adapter
    await adapter.close()


@pytest.fixture
def house(ours: Ours, telegram: Telegram) -> House:
    return House(ours, telegram)


@pytest.fixture
def robin(telegram: Telegram) -> Person:
    person = telegram.person()
    person.starts()
    telegram.updates.confirm(telegram.updates.next_id)
    return person


def methods(telegram: Telegram) -> list[str]:
    return [method for method, _ in telegram.requests]


def forum(telegram: Telegram, *people: Person) -> tuple[Group, int]:
    """A supergroup with us in it, and one topic."""
    group = telegram.group("Tuesday", *people, supergroup=True)
    group.adds_bot()
    return group, group.new_topic("Beds")


async def settled(ours: Ours) -> None:
    """Until all that is done beside is done."""
    while ours._beside:
        await asyncio.wait(set(ours._beside))


# --- what is sent ---------------------------------------------------------------------------


async def test_a_question_is_seen_with_its_quote_and_its_buttons(
    ours: Ours, robin: Person
) -> None:
    receipt = await ours.send(str(robin.id), ASKED)
    assert robin.last.id == int(receipt.message)
    assert robin.last.text == "Beds <again> & again\n\nDid it help?"
    assert robin.last.labels == ["Yes", "No"]
    assert [each["type"] for each in robin.last.entities] == ["blockquote"]


@pytest.mark.parametrize(
    ("mime", "content", "kind"),
    [
        ("image/jpeg", jpeg(), "photo"),
        ("audio/ogg", OGG, "voice"),
        ("text/html", b"<p>Words</p>", "document"),
    ],
)
async def test_a_file_is_one_message(
    ours: Ours, robin: Person, mime: str, content: bytes, kind: str
) -> None:
    file = Media(name="words.html", mime=mime, content=content)
    receipt = await ours.send(str(robin.id), Outbound(paragraphs=(), files=(file,)))
    assert robin.last.id == int(receipt.message)
    assert robin.last.file is not None
    assert (robin.last.file.kind, robin.last.file.content) == (kind, content)


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (Media(name="a", mime="image/jpeg", content=b"words"), ""),
        (Media(name="b", mime="image/png", content=jpeg()), "PHOTO_INVALID_DIMENSIONS"),
        (Media(name="c", mime="audio/ogg", content=OGG), "VOICE_MESSAGES_FORBIDDEN"),
    ],
)
async def test_a_file_that_is_refused_as_what_it_is_goes_as_a_document(
    ours: Ours, robin: Person, telegram: Telegram, file: Media, why: str
) -> None:
    if why:
        telegram.faults.add(faults.refuse(400, f"Bad Request: {why}"))
    await ours.send(str(robin.id), Outbound(paragraphs=(), files=(file,)))
    assert robin.last.file is not None
    assert (robin.last.file.kind, robin.last.file.content) == ("document", file.content)


async def test_a_document_that_is_refused_is_refused(ours: Ours, robin: Person) -> None:
    file = Media(name="empty.txt", mime="text/plain", content=b"")
    with pytest.raises(Refused):
        await ours.send(str(robin.id), Outbound(paragraphs=(), files=(file,)))


async def test_people_who_are_gone_are_gone(ours: Ours, robin: Person, telegram: Telegram) -> None:
    stranger = telegram.person("Alex")
    with pytest.raises(Departed, match="403 never started"):
        await ours.send(str(stranger.id), ASKED)
    robin.blocks()
    with pytest.raises(Departed, match="403 blocked"):
        await ours.send(str(robin.id), ASKED)
    robin.unblocks()
    robin.leaves_telegram()
    with pytest.raises(Departed, match="403 deactivated"):
        await ours.send(str(robin.id), ASKED)
    with pytest.raises(Departed, match="400 no such chat"):
        await ours.send("999", ASKED)


async def test_a_group_that_moved_is_followed(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group = telegram.group("Tuesday", robin)
    group.adds_bot()
    old = str(group.id)
    group.migrates()
    with pytest.raises(Moved) as told:
        await ours.send(old, ASKED)
    await ours.send(told.value.to, ASKED)
    assert group.sees == ["Beds <again> & again\n\nDid it help?"]
    group.removes_bot()
    with pytest.raises(Departed, match="403 kicked"):
        await ours.send(told.value.to, ASKED)


async def test_a_topic_is_written_to_and_shown_that_we_type(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, topic = forum(telegram, robin)
    place = f"{group.id}:{topic}"
    await ours.send(place, ASKED)
    file = Media(name="words.html", mime="text/html", content=b"<p>Words</p>")
    await ours.send(place, Outbound(paragraphs=(), files=(file,)))
    await ours.sign_of_life(place)
    await settled(ours)
    threads = [each.more["message_thread_id"] for each in group.chat.from_bot]
    assert threads == [topic, topic]
    shown = [params for method, params in telegram.requests if method == "sendchataction"]
    assert [each["message_thread_id"] for each in shown] == [str(topic)]


async def test_a_file_that_is_refused_as_what_it_is_stays_in_its_topic_and_thread(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, topic = forum(telegram, robin)
    root = await ours.send(f"{group.id}:{topic}", ASKED)
    file = Media(name="a", mime="image/jpeg", content=b"words")
    reply = Outbound(paragraphs=(), files=(file,), thread=root.message)
    await ours.send(f"{group.id}:{topic}", reply)
    assert group.last.file is not None
    assert group.last.file.kind == "document"
    assert group.last.more["message_thread_id"] == topic
    assert group.last.reply_to is group.chat.from_bot[0]


async def test_a_topic_that_is_gone_is_gone_and_its_chat_is_not(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, topic = forum(telegram, robin)
    group.deletes_topic(topic)
    with pytest.raises(Departed, match="400 no such topic"):
        await ours.send(f"{group.id}:{topic}", ASKED)
    await ours.send(str(group.id), ASKED)
    assert len(group.sees) == 1


async def test_a_topic_keeps_its_number_where_its_chat_moves(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, topic = forum(telegram, robin)
    old, new = group.id, group.migrates()
    with pytest.raises(Moved) as told:
        await ours.send(f"{old}:{topic}", ASKED)
    assert told.value.to == f"{new}:{topic}"


async def test_a_reply_stands_below_what_it_replies_to(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, _ = forum(telegram, robin)
    root = await ours.send(str(group.id), ASKED)
    await ours.send(str(group.id), replace(ASKED, thread=root.message))
    assert group.last.reply_to is group.chat.from_bot[0]
    group.chat.from_bot[0].deleted = True
    await ours.send(str(group.id), replace(ASKED, thread=root.message))
    assert group.last.reply_to is None


async def test_a_button_opens_the_pressers_own_chat_beside_one_that_is_pressed(
    house: House, robin: Person, telegram: Telegram
) -> None:
    group, _ = forum(telegram, robin)
    telegram.updates.confirm(telegram.updates.next_id)
    await house.ours.send(str(group.id), replace(ASKED, options=(ANSWER, YES)))
    robin.opens(group.last, "Answer")
    group.presses(robin, group.last, "Yes")
    await house.take()
    assert [(came.place, came.body, came.by) for came in house.heard] == [
        (str(robin.id), Invited(code="circle_7-B"), ""),
        (str(group.id), Press(token="c:1:0", message=str(group.last.id)), str(robin.id)),
    ]


@pytest.mark.parametrize("fault", [faults.garbage(), faults.lost(), faults.unauthorised()])
async def test_a_message_whose_address_we_do_not_know_yet_has_not_been_sent(
    ours: Ours, robin: Person, telegram: Telegram, fault: faults.Fault
) -> None:
    telegram.faults.add(fault, "getMe")
    with pytest.raises(Unreachable) as told:
        await ours.send(str(robin.id), replace(ASKED, options=(ANSWER,)))
    assert not told.value.uncertain
    telegram.faults.add(faults.flood(3), "getMe")
    with pytest.raises(Throttled):
        await ours.send(str(robin.id), replace(ASKED, options=(ANSWER,)))
    await ours.send(str(robin.id), replace(ASKED, options=(ANSWER,)))
    assert len(robin.sees) == 1


async def test_too_fast_is_told_with_its_wait(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    telegram.limits.on = True
    for _ in range(3):
        await ours.send(str(robin.id), ASKED)
    with pytest.raises(Throttled) as told:
        await ours.send(str(robin.id), ASKED)
    assert told.value.retry_after.total_seconds() >= 1


async def test_a_slow_answer_is_waited_for(ours: Ours, robin: Person, telegram: Telegram) -> None:
    telegram.faults.add(faults.hang(0.5), "sendMessage")
    await ours.send(str(robin.id), ASKED)
    assert len(robin.sees) == 1


def test_groups_are_slower_than_people(ours: Ours) -> None:
    assert ours.pace.between("-1002000000001").total_seconds() == 3
    assert ours.pace.between("1001").total_seconds() == 1
    assert round(1 / ours.pace.step.total_seconds()) == 30


# --- what is said anew ----------------------------------------------------------------------

FOUR = Outbound(paragraphs=(Paragraph(text="4 of 7 & <more>"),), options=(YES,))


async def test_a_message_is_said_anew_with_the_buttons_that_are_given(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, topic = forum(telegram, robin)
    place = f"{group.id}:{topic}"
    receipt = await ours.send(place, replace(FOUR, options=(YES, ANSWER)))
    assert await ours.rewrite(place, receipt.message, replace(FOUR, options=(ANSWER,)))
    assert (group.last.text, group.last.labels) == ("4 of 7 & <more>", ["Answer"])
    assert await ours.rewrite(place, receipt.message, replace(FOUR, options=()))
    assert (group.last.text, group.last.labels) == ("4 of 7 & <more>", [])
    edited = [params for method, params in telegram.requests if method == "editmessagetext"]
    assert not {"message_thread_id", "reply_parameters"} & {key for each in edited for key in each}


async def test_a_message_that_reads_so_already_is_left(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    receipt = await ours.send(str(robin.id), FOUR)
    before = len(telegram.accepted)
    assert await ours.rewrite(str(robin.id), receipt.message, FOUR)
    assert len(telegram.accepted) == before


@pytest.mark.parametrize("name", ["99", "", "none", "\u0664", "-3", "1" * 255])
async def test_a_message_that_is_not_there_can_never_be_said_anew(
    ours: Ours, robin: Person, name: str
) -> None:
    await ours.send(str(robin.id), ASKED)
    assert await ours.rewrite(str(robin.id), name, FOUR)
    assert robin.last.edits == []


async def test_what_we_did_not_say_or_where_we_are_not_can_never_be_said_anew(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    theirs = robin.writes("Mine")
    assert await ours.rewrite(str(robin.id), str(theirs.id), FOUR)
    receipt = await ours.send(str(robin.id), ASKED)
    robin.blocks()
    assert await ours.rewrite(str(robin.id), receipt.message, FOUR)
    group = telegram.group("Tuesday", robin)
    group.adds_bot()
    receipt, old = await ours.send(str(group.id), ASKED), str(group.id)
    group.migrates()
    assert await ours.rewrite(old, receipt.message, FOUR)


@pytest.mark.parametrize(
    "fault",
    [
        faults.flood(3),
        faults.gateway(502),
        faults.gateway(500, accepted=True),
        faults.reset(),
        faults.lost(),
        faults.garbage(),
        faults.unauthorised(),
    ],
)
async def test_a_message_that_could_not_be_said_anew_just_now_is_told_so(
    ours: Ours, robin: Person, telegram: Telegram, fault: faults.Fault
) -> None:
    receipt = await ours.send(str(robin.id), ASKED)
    telegram.faults.add(fault, "editMessageText")
    assert not await ours.rewrite(str(robin.id), receipt.message, FOUR)
    assert await ours.rewrite(str(robin.id), receipt.message, FOUR)
    assert robin.last.text == "4 of 7 & <more>"


async def test_counting_fast_in_a_group_meets_its_limit_and_goes_on_later(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    group, _ = forum(telegram, robin)
    receipt = await ours.send(str(group.id), ASKED)
    telegram.limits.on = True
    told = [
        await ours.rewrite(
            str(group.id),
            receipt.message,
            Outbound(paragraphs=(Paragraph(text=f"{count} of 30"),)),
        )
        for count in range(1, 22)
    ]
    assert told == [True] * 20 + [False]
    assert group.last.text == "20 of 30"


async def test_nothing_is_said_anew_after_the_end(
    telegram: Telegram, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Ours(transport(telegram.token, telegram.root))
    receipt = await ours.send(str(robin.id), ASKED)
    telegram.faults.add(faults.hang(30), "editMessageText")
    waiting = asyncio.create_task(ours.rewrite(str(robin.id), receipt.message, FOUR))
    await telegram.wait_for(lambda: "editmessagetext" in methods(telegram))
    await ours.close()
    assert not await waiting
    opening = replace(FOUR, options=(ANSWER,))
    assert not await ours.rewrite(str(robin.id), receipt.message, FOUR)
    assert not await ours.rewrite(str(robin.id), receipt.message, opening)
    monkeypatch.setattr(ours, "_closed", False)  # It closes while something is on its way.
    assert not await ours.rewrite(str(robin.id), receipt.message, FOUR)


# --- signs of life --------------------------------------------------------------------------


async def test_a_sign_of_life_is_shown_beside(
    ours: Ours, robin: Person, telegram: Telegram
) -> None:
    telegram.faults.add(faults.hang(1.2), "sendChatAction")
    async with asyncio.timeout(1):
        for _ in range(5):
            await ours.sign_of_life(str(robin.id))
    await settled(ours)
    assert robin.chat.actions == ["typing"]


# --- presses --------------------------------------------------------------------------------


async def test_a_press_is_heard_and_answered(house: House, robin: Person) -> None:
    receipt = await house.ours.send(str(robin.id), ASKED)
    house.toast = "Kept."
    robin.presses(robin.last, "Yes")
    await house.take()
    assert house.last == Press(token="c:1:0", message=receipt.message)
    await settled(house.ours)
    assert robin.notices == ["Kept."]


async def test_what_was_pressed_is_said_below_the_question(house: House, robin: Person) -> None:
    """The quote stays a quote, and the buttons go."""
    receipt = await house.ours.send(str(robin.id), ASKED)
    robin.presses(robin.last, "Yes")
    await house.take()
    shown = Shown(message=receipt.message, chosen="Yes & <gladly>")
    await house.ours.show(str(robin.id), shown)
    assert robin.last.text == "Beds <again> & again\n\nDid it help?\n\n\u2713 Yes & <gladly>"
    assert robin.last.labels == []
    assert [each["type"] for each in robin.last.entities] == ["blockquote"]
    before = len(house.telegram.accepted)
    await house.ours.show(str(robin.id), shown)
    assert len(house.telegram.accepted) == before


async def test_buttons_go_when_the_answer_was_typed(house: House, robin: Person) -> None:
    receipt = await house.ours.send(str(robin.id), ASKED)
    await house.ours.show(str(robin.id), Shown(message=receipt.message, chosen="Yes"))
    assert (robin.last.text, robin.last.labels) == ("Beds <again> & again\n\nDid it help?", [])
    assert robin.last.edits == []


async def test_buttons_stay_while_several_are_chosen(house: House, robin: Person) -> None:
    receipt = await house.ours.send(str(robin.id), replace(ASKED, done=DONE))
    assert robin.last.labels == ["Yes", "No", "Done"]
    robin.presses(robin.last, "No")
    await house.take()
    taken_back = replace(NO, token="c:1:1-", chosen=True)
    shown = Shown(message=receipt.message, chosen="No", options=(YES, taken_back), done=DONE)
    await house.ours.show(str(robin.id), shown)
    assert robin.last.labels == ["Yes", "\u2713 No", "Done"]
    robin.presses(robin.last, "Done")
    await house.take()
    await house.ours.show(str(robin.id), Shown(message=receipt.message, chosen="No"))
    assert robin.last.text.endswith("\n\n\u2713 No")


async def test_a_button_that_opens_a_chat_stays_one(house: House, robin: Person) -> None:
    receipt = await house.ours.send(str(robin.id), ASKED)
    shown = Shown(message=receipt.message, options=(replace(YES, chosen=True), ANSWER))
    await house.ours.show(str(robin.id), shown)
    assert robin.last.labels == ["\u2713 Yes", "Answer"]
    assert robin.opens(robin.last, "Answer").text == "/start circle_7-B"


async def test_a_question_as_long_as_can_be_only_loses_its_buttons(
    house: House, robin: Person
) -> None:
    message = Outbound(paragraphs=(Paragraph(text="x" * 4096),), options=(YES,))
    receipt = await house.ours.send(str(robin.id), message)
    robin.presses(robin.last, "Yes")
    await house.take()
    await house.ours.show(str(robin.id), Shown(message=receipt.message, chosen="Yes"))
    assert (len(robin.last.text), robin.last.labels) == (4096, [])


async def test_only_so_many_pressed_messages_are_remembered(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "MOST_SEEN", 2)
    for _ in range(3):
        await house.ours.send(str(robin.id), ASKED)
        robin.presses(robin.last, "Yes")
        await house.take()
    assert len(house.ours._seen) == 2


@pytest.mark.parametrize("data", ["c:1:0", "x" * 70])
async def test_a_press_of_somebody_else_is_answered_and_not_heard(
    house: House, robin: Person, data: str
) -> None:
    alex = house.telegram.person("Alex")
    await house.ours.send(str(robin.id), ASKED)
    alex.sends_press(robin.last, data)
    await house.take()
    await settled(house.ours)
    assert house.heard == []
    assert alex.notices == [""]


async def test_a_press_is_answered_also_when_it_cannot_be_taken(
    house: House, robin: Person
) -> None:
    """It comes again: it is not acknowledged, but the button stops turning."""
    await house.ours.send(str(robin.id), ASKED)
    robin.presses(robin.last, "Yes")
    house.trouble = OSError("the disk is full")
    with pytest.raises(OSError, match="full"):
        await house.take()
    await settled(house.ours)
    assert robin.notices == [""]


async def test_an_answer_to_a_press_is_tried_twice_and_never_holds_up(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "BETWEEN", timedelta(0))
    house.toast = "x" * 300
    await house.ours.send(str(robin.id), ASKED)
    for fault in (faults.reset(), faults.flood(3), faults.gateway(502)):
        order = house.telegram.faults.add(fault, "answerCallbackQuery")
        robin.presses(robin.last, "Yes")
        await house.take()
        await settled(house.ours)
        assert order.struck == 1
    assert [len(notice) for notice in robin.notices] == [200, 200]


# --- what people send -----------------------------------------------------------------------


async def test_a_photo_is_heard_with_its_caption(house: House, robin: Person) -> None:
    robin.sends_photo(jpeg(), "Our beds")
    await house.take()
    assert house.last.text == "Our beds"
    assert house.last.media.name == "photo.jpg"
    assert house.last.unkept is None
    await settled(house.ours)
    assert robin.chat.actions == ["typing"]


async def test_a_voice_note_is_heard(house: House, robin: Person) -> None:
    robin.sends_voice(OGG)
    await house.take()
    assert house.last.media == Media(name="voice.ogg", mime="audio/ogg", content=OGG)


async def test_what_is_no_picture_is_heard_as_such(house: House, robin: Person) -> None:
    robin.sends_document(b"words", "image/png", "x.png", "See")
    robin.sends_sticker()
    await house.take()
    kinds = [(came.body.text, came.body.unkept) for came in house.heard]  # type: ignore[union-attr]
    assert kinds == [("See", Unkept.KIND), ("", Unkept.KIND)]


async def test_a_photo_that_cannot_be_fetched_yet_is_not_acknowledged(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_wait(_seconds: float) -> None:
        pass

    monkeypatch.setattr(house.ours._files, "_sleep", no_wait)
    robin.sends_photo(jpeg())
    order = house.telegram.faults.add(faults.gateway(502), "file", times=3)
    with pytest.raises(Unreachable):
        await house.take()
    assert house.heard == []
    assert order.struck == 3
    await house.take()
    assert isinstance(house.last, Words)
    assert house.last.media is not None


async def test_words_edits_and_goodbyes_are_heard(house: House, robin: Person) -> None:
    message = robin.writes("We argued.")
    robin.edits(message, "We talked.")
    robin.blocks()
    await house.take()
    number = str(message.id)
    assert [came.body for came in house.heard] == [
        Words(message=number, text="We argued."),
        Edit(message=number, text="We talked."),
        Left(),
    ]


async def test_what_is_nothing_to_us_is_acknowledged_unheard(house: House, robin: Person) -> None:
    group = house.telegram.group("Tuesday", robin)
    house.telegram.privacy = False
    group.adds_bot()
    group.says(robin, "Nothing for a bot.")
    house.telegram.push({"poll": {"id": "1"}})
    house.telegram.push({"message": [1, 2, 3]})
    await house.take()
    assert [came.group for came in house.heard] == [True]
    assert house.telegram.updates.pending == []


async def test_who_we_are_is_asked_once_and_waited_for(house: House, robin: Person) -> None:
    house.telegram.faults.add(faults.unauthorised(), "getMe")
    robin.writes("Hello")
    with pytest.raises(Unreachable, match="401"):
        await house.take()
    house.telegram.faults.add(faults.Fault(text='{"ok": true, "result": 5}'), "getMe")
    with pytest.raises(Unreachable, match="odd answer"):
        await house.take()
    await house.take()
    robin.writes("Hello again")
    await house.take()
    assert methods(house.telegram).count("getme") == 3
    assert len(house.heard) == 2


# --- who is in a group ----------------------------------------------------------------------


async def test_of_somebody_in_a_group_and_of_somebody_outside_it_is_known(
    ours: Ours, telegram: Telegram, robin: Person
) -> None:
    ada, ben = telegram.person("Ada"), telegram.person("Ben")
    group = telegram.group("Friends", ada, ben, robin, supergroup=True)
    group.adds_bot()
    topic = f"{group.id}:{group.new_topic('Boats')}"
    group.restricts(ben)
    for place in (str(group.id), topic):
        for person in (ada, ben, robin):
            assert await ours.belongs(place, str(person.id)) is True
    group.loses(robin)
    group.loses(ben)
    for person in (robin, ben, telegram.person("Never")):
        assert await ours.belongs(topic, str(person.id)) is False


@pytest.mark.parametrize(
    ("told", "belongs"),
    [
        (faults.refuse(400, "Bad Request: PARTICIPANT_ID_INVALID"), False),
        (faults.refuse(400, "Bad Request: member not found"), False),
        (faults.refuse(400, "Bad Request: CHAT_ADMIN_REQUIRED"), None),
        (faults.refuse(400, "Bad Request: member list is inaccessible"), None),
        (faults.refuse(403, "Forbidden: bot was kicked from the group chat"), None),
        (faults.flood(7), None),
        (faults.gateway(), None),
        (faults.reset(), None),
        (faults.garbage(), None),
        (faults.Fault(text='{"ok": true, "result": 5}'), None),
        (faults.Fault(text='{"ok": true, "result": {"status": "somewhere"}}'), None),
    ],
)
async def test_whether_somebody_is_in_a_group_may_be_unknown(
    ours: Ours,
    telegram: Telegram,
    robin: Person,
    told: faults.Fault,
    belongs: bool | None,  # noqa: FBT001 - A case.
) -> None:
    group = telegram.group("Friends", robin)
    group.adds_bot()
    telegram.faults.add(told, "getChatMember")
    assert await ours.belongs(str(group.id), str(robin.id)) is belongs


# --- the menu, and the end ------------------------------------------------------------------


async def test_the_commands_are_said_in_each_language(ours: Ours, telegram: Telegram) -> None:
    await ours.introduce(
        {
            "en": [("practise", "Choose a practice"), ("help", "x" * 300)],
            "pt-BR": [("practise", "Praticar")],
            "gsw": [("practise", "\u00dcebe")],
        },
        {"en": [("circle", "A circle here")], "cy": [("circle", "Cylch yma")]},
    )
    scope, groups = "all_private_chats", "all_group_chats"
    assert set(telegram.commands) == {
        *((scope, code) for code in ("", "en", "pt")),
        *((groups, code) for code in ("", "en", "cy")),
    }
    assert telegram.commands[groups, ""] == [{"command": "circle", "description": "A circle here"}]
    assert telegram.commands[groups, "cy"][0]["description"] == "Cylch yma"
    english = telegram.commands[scope, ""]
    assert english == telegram.commands[scope, "en"]
    assert english[0] == {"command": "practise", "description": "Choose a practice"}
    assert telegram.commands[scope, "pt"][0]["description"] == "Praticar"


async def test_commands_that_cannot_be_said_are_told(ours: Ours, telegram: Telegram) -> None:
    await telegram.goes_away()
    with pytest.raises(Unreachable):
        await ours.introduce({"en": [("help", "Help")]}, {})


async def test_closing_ends_what_is_done_beside(
    telegram: Telegram, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapters, "LAST_WORDS", timedelta(seconds=0.3))
    ours = Ours(transport(telegram.token, telegram.root))
    telegram.faults.add(faults.hang(0.1), "sendChatAction")
    await ours.sign_of_life(str(robin.id))
    await ours.close()
    assert robin.chat.actions == ["typing"]
    slow = Ours(transport(telegram.token, telegram.root))
    telegram.faults.add(faults.hang(30), "sendChatAction")
    await slow.sign_of_life(str(robin.id))
    async with asyncio.timeout(20):
        await slow.close()
    assert not slow._beside
