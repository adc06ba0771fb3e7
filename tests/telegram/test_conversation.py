"""Conversations on Telegram, from their beginning to their end, polled and by the webhook."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.adapters import photos
from bot.commands.people import _told
from bot.prompts.commands import group_menu, menu
from bot.prompts.house import languages
from bot.records import Platform
from bot.store import cohorts, media, occasions, people
from bot.store.tables import metadata
from tests.adapters.test_photos import SECRET as ON_A_PHOTO
from tests.adapters.test_photos import telling
from tests.conftest import Urls, on_sqlite
from tests.fakes.telegram.faults import refuse
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Message
from tests.fakes.telegram.server import Telegram
from tests.telegram.house import MODES, Chat, House, Way, home

VOICE = b"OggS\x00\x02 a voice note that nobody can listen to"
NUDGE = "What did someone do for you this week"
#: What is easily taken for markup, or comes back changed.
ODD = (
    "<b>not bold</b> & <script>alert(1)</script> &amp;lt; <!channel> <@U123> *a* _b_ `c` [d](e)",
    "שלום עולם \u202eabc\u202c مرحبا",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿 👍🏽 e\u0301 \u200b.",
    "one\n\n\ntwo\n   three, with a tab\there",
)


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """How updates come."""
    name: str = request.param
    return name


@pytest.fixture
async def house(telegram: Telegram, tmp_path: Path, mode: str) -> AsyncIterator[House]:
    """A house where each message is an answer."""
    async with home(telegram, on_sqlite(tmp_path), Way(mode=mode)) as running:
        yield running


@pytest.fixture
async def patient(telegram: Telegram, tmp_path: Path, mode: str) -> AsyncIterator[House]:
    """A house where an answer is gathered until `done`."""
    async with home(telegram, on_sqlite(tmp_path), Way(mode=mode, gap=600)) as running:
        yield running


@pytest.fixture
def robin(telegram: Telegram) -> Person:
    return telegram.person("Robin", username="robin")


@pytest.fixture
def ada(telegram: Telegram) -> Person:
    return telegram.person("Ada")


async def asked(chat: Chat) -> Message:
    """The question of a journaling nudge, which waits for an answer."""
    await chat.says("journal", "There is a question here for you")
    return await chat.presses("Yes, ask me", NUDGE)


def sent(house: House, person: Person, method: str) -> list[bytes]:
    """The files they were sent in this way."""
    return [
        one.media or b""
        for one in house.telegram.accepted
        if one.chat == person.id and one.method == method
    ]


def named(person: Person) -> dict[str, bytes]:
    """The documents they were sent."""
    found = [one.file for one in person.chat.from_bot if one.file is not None]
    return {file.name: file.content for file in found if file.kind == "document"}


# --- Joining ------------------------------------------------------------------------------


async def test_somebody_joins_from_start_to_the_end(house: House, robin: Person) -> None:
    chat = house.chat(robin)
    consent = await chat.starts("May I keep your answers?")
    assert robin.sees[0].startswith("Hello, I am Skerry.")
    asked_so = consent.text
    await chat.presses("Yes, keep my answers", "What are you here for")
    await chat.reads(consent, f"{asked_so}\n\n✓ Yes, keep my answers")
    assert consent.labels == []
    await chat.presses("Space to reflect", "What would make it worth your time?")
    await chat.says("An hour a week.", "Which time zone are you in?")
    days = await chat.presses("UK time", "Which days suit you?")
    robin.presses(days, "Tuesday")
    await house.until(lambda: "✓ Tuesday" in days.labels)
    await chat.presses("Done", "And at what time?")
    await chat.presses("09:30", "Would you like to begin now?")
    await chat.presses("Wait for my day", "Then I will be here on")
    await house.all_is_said()
    assert house.words(robin) == ["An hour a week."]
    assert house.open_ones(robin) == ()
    await house.until(lambda: not any(one.labels for one in robin.chat.from_bot))


async def test_a_deep_link_puts_a_person_into_the_cohort(house: House, robin: Person) -> None:
    writer = house.opened.store.writer
    made = await writer.run(lambda conn: cohorts.invite(conn, "Spring", now=house.now()))
    chat = house.chat(robin)
    await chat.starts("May I keep your answers?", made.code)
    assert robin.sees[0] == 'Your invitation is for "Spring". Good to have you here.'
    assert house.reads(lambda conn: cohorts.of(conn, house.id_of(robin))) == ("Spring",)


async def test_a_deep_link_that_is_none_shuts_nobody_out(house: House, robin: Person) -> None:
    await house.chat(robin).starts("May I keep your answers?", "nonsense-0_1")
    assert robin.sees[0].startswith("I do not know that invitation")
    assert house.reads(lambda conn: cohorts.of(conn, house.id_of(robin))) == ()


async def test_own_chats_and_groups_have_a_menu_of_commands_in_each_language(
    house: House, telegram: Telegram
) -> None:
    codes = {"": "en"} | {language: language for language in languages()}
    await house.until(lambda: len(telegram.commands) == 2 * len(codes))
    menus = {"all_private_chats": menu, "all_group_chats": group_menu}
    assert telegram.commands == {
        (scope, code): [{"command": name, "description": told} for name, told in of(language)]
        for scope, of in menus.items()
        for code, language in codes.items()
    }
    assert [name for name, _ in group_menu("en")] == ["circle"]
    assert group_menu("en") != group_menu("cy")


# --- A check-in ---------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [False, True], ids=["pressed", "typed"])
async def test_their_own_words_come_back_at_the_next_check_in(
    telegram: Telegram, urls: Urls, robin: Person, mode: str, *, typed: bool
) -> None:
    async with home(telegram, urls, Way(mode=mode)) as house:
        chat = await house.knows(robin)

        async def chooses(label: str, then: str) -> Message:
            return await (chat.says(label, then) if typed else chat.presses(label, then))

        await chat.says("practise", "What would you like to do?")
        await chooses("A weekly check-in (5 min)", "How much energy do you have today?")
        await chooses("3", "What happened?")
        await chat.says("We argued about beds.", "Where did two of them not fit together?")
        await chat.says("I talked.", "what may change, if anything?")
        await chooses("What I do", "What would you do a little differently?")
        await chat.says("Ask first.", "What is one small thing you could try")
        await chat.says("One question in the huddle.", "When could that be?")
        await chooses("When a chance comes", "May any of these go into that count")
        closing = await chat.says("done", "Then this goes with you:")
        assert "One question in the huddle." in closing.text
        await house.all_is_said()

        house.ahead = timedelta(weeks=1)
        await house.prompts(robin, "weekly", "week 2")
        await chat.hears("how is your energy right now?")
        await chooses("4", "Has there been a chance to try it?")
        recalled = next(one for one in chat.new if "a week ago" in one.text)
        assert "One question in the huddle." in recalled.text
        (quote,) = recalled.entities
        start, end = quote["offset"], quote["offset"] + quote["length"]
        assert quote["type"] == "blockquote"
        assert recalled.text[start:end] == "One question in the huddle."
        assert house.parked() == 0


async def test_a_message_in_the_quiet_gap_belongs_to_the_answer_and_its_end_ends_it(
    telegram: Telegram, tmp_path: Path, mode: str, robin: Person
) -> None:
    async with home(telegram, on_sqlite(tmp_path), Way(mode=mode, gap=0.5)) as house:
        chat = await house.knows(robin)
        await asked(chat)
        chat.acts()
        robin.writes("Ellen brought my post up.")
        robin.writes("And asked for nothing.")
        await chat.hears("Thank you. You can leave it there.")
        assert house.words(robin) == ["Ellen brought my post up.\n\nAnd asked for nothing."]


async def test_typing_is_shown_while_an_answer_is_gathered(patient: House, robin: Person) -> None:
    chat = await patient.knows(robin)
    await asked(chat)
    assert robin.chat.actions == []
    seen = len(robin.sees)
    robin.writes("Ellen brought my post up.")
    await patient.until(lambda: robin.chat.actions == ["typing"])
    assert len(robin.sees) == seen
    await chat.says("done", "Thank you. You can leave it there.")


async def test_messages_come_in_their_order_and_no_faster_than_telegram_takes_them(
    telegram: Telegram, tmp_path: Path, robin: Person
) -> None:
    telegram.limits.on = True
    async with home(telegram, on_sqlite(tmp_path), Way(paced=True)) as house:
        chat = await house.knows(robin)
        for word in ("help", "keep", "remember"):
            robin.writes(word)
        await chat.hears("There is nothing of yours here yet.")
        assert [one.text[:10] for one in chat.new] == ["Skerry is ", "I keep you", "There is n"]
        times = [one.time for one in telegram.accepted]
        between = [after - before for before, after in pairwise(times)]
        # On a machine with much to do one may come late, and the next one in time.
        assert all(one >= timedelta(seconds=0.5) for one in between)
        assert telegram.limits.provoked == 0


# --- Buttons ------------------------------------------------------------------------------


async def test_a_typed_answer_takes_the_buttons_off_its_question(
    house: House, robin: Person
) -> None:
    chat = await house.knows(robin)
    question = await chat.says("journal", "There is a question here for you")
    assert question.labels == ["Yes, ask me", "Later today", "Not today"]
    text = question.text
    await chat.says("yes", NUDGE)
    await chat.shows(question)
    assert question.text == text


async def test_what_is_toggled_is_marked_in_place_and_nothing_more_is_said(
    house: House, robin: Person
) -> None:
    chat = await house.knows(robin)
    await chat.says("settings", "What would you like to change?")
    await chat.presses("My days and time", "Which time zone are you in?")
    days = await chat.presses("UK time", "Which days suit you?")
    said, text = len(robin.sees), days.text
    names = ["Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday", "Done"]
    robin.presses(days, "Monday")
    await chat.shows(days, "✓ Monday", *names)
    names[3] = "✓ Friday"
    robin.presses(days, "Friday")
    await chat.shows(days, "✓ Monday", *names)
    robin.presses(days, "✓ Monday")
    await chat.shows(days, "Monday", *names)
    assert len(robin.sees) == said
    await chat.presses("Done", "And at what time?", days)
    await chat.reads(days, f"{text}\n\n✓ Friday")
    assert days.labels == []


async def test_a_stale_button_tells_and_loses_its_buttons(house: House, robin: Person) -> None:
    chat = await house.knows(robin)
    question = await chat.says("journal", "There is a question here for you")
    # Its buttons stay for once, as on a phone without a network.
    order = house.telegram.faults.add(refuse(400, "Bad Request: no"), "editMessageReplyMarkup")
    await chat.says("yes", NUDGE)
    await house.until(lambda: order.struck)
    assert question.labels == ["Yes, ask me", "Later today", "Not today"]
    said = len(robin.sees)
    await chat.is_answered(robin.presses(question, "Not today"))
    await chat.shows(question)
    assert robin.notices == [
        "That button belongs to a question that is already past. Nothing was changed."
    ]
    assert len(robin.sees) == said
    (held,) = house.open_ones(robin)
    assert held.at == "question"


async def test_a_double_press_is_taken_once(
    house: House, robin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    buttons, both = house.running._doors._buttons, asyncio.Event()
    may = buttons._may

    async def later(platform: Platform) -> bool:
        await both.wait()
        return await may(platform)

    monkeypatch.setattr(buttons, "_may", later)
    chat = await house.knows(robin)
    question = await chat.says("journal", "There is a question here for you")
    chat.acts()
    first = robin.presses(question, "Yes, ask me")
    second = robin.presses(question, "Yes, ask me")
    await chat.hears(NUDGE)
    await chat.is_answered(first)
    await chat.is_answered(second)
    await house.all_is_said()
    both.set()
    assert first.text == ""
    assert second.text.startswith("That button belongs to a question that is already past.")
    assert len(chat.new) == 1
    await chat.shows(question)
    assert question.text.endswith("✓ Yes, ask me")


async def test_a_press_by_somebody_else_is_nothing(
    house: House, robin: Person, ada: Person
) -> None:
    chat = await house.knows(robin)
    await house.knows(ada)
    question = await chat.says("journal", "There is a question here for you")
    token = question.buttons[0][0]["callback_data"]
    group = house.telegram.group("Tuesday", robin, ada)
    group.adds_bot()
    await house.until(lambda: group.sees)
    before = (len(group.sees), len(robin.sees), len(ada.sees), house.open_ones(robin))
    presses = [
        # In a group, in a chat that is not theirs, and in their own with a token that is not.
        ada.sends_press(group.last, token),
        ada.sends_press(question, token),
        ada.sends_press(ada.say("", chat=ada.chat), token),
    ]
    for press in presses:
        await chat.is_answered(press)
    await house.all_is_said()
    assert (len(group.sees), len(robin.sees), len(ada.sees), house.open_ones(robin)) == before
    assert house.open_ones(ada) == ()
    assert question.labels == ["Yes, ask me", "Later today", "Not today"]
    assert [press.text for press in presses[:2]] == ["", ""]
    assert presses[2].text.startswith("That button belongs")


# --- Photos, voice notes, and what cannot be kept -----------------------------------------


async def test_what_they_send_is_kept_sealed_shown_back_and_exported(
    patient: House, robin: Person
) -> None:
    house = patient
    chat = await house.knows(robin)
    await asked(chat)
    photo, image = telling("JPEG", 1), telling("PNG", None)
    robin.sends_photo(photo, "The board after the huddle.")
    robin.sends_voice(VOICE)
    robin.sends_document(image, "image/png", "a scan of Robin's.png")
    await house.until(lambda: not house.telegram.updates.pending)
    await chat.says("done", "Thank you. You can leave it there.")

    theirs, keys = house.id_of(robin), house.opened.store.keys
    kept = dict(house.reads(lambda conn: list(media.all_of(conn, keys, theirs))))
    bare = {photos.clean(photo), photos.clean(image)}
    voices = [each for each in kept.values() if each.mime == "audio/ogg"]
    assert set(kept.values()) == {*bare, *voices}
    assert [each.content for each in voices] == [VOICE]
    sealed = house.reads(lambda conn: conn.scalars(select(metadata.tables["media"].c.content)))
    for row in sealed:
        assert not any(each.content[:40] in row for each in kept.values())
    assert house.words(robin) == ["The board after the huddle."]

    await chat.says("remember", "The board after the huddle.")
    await house.all_is_said()
    assert sent(house, robin, "sendVoice") == [VOICE]
    pictures = sent(house, robin, "sendPhoto")
    assert set(pictures) == {each.content for each in bare if each}
    assert not any(ON_A_PHOTO in each or b"Exif" in each for each in pictures)

    await chat.says("export", "Here are all your words that I keep")
    await house.all_is_said()
    told = json.dumps(json.loads(named(robin)["skerry.json"]))
    assert "The board after the huddle." in told
    assert ON_A_PHOTO not in named(robin)["skerry.json"]
    assert ON_A_PHOTO not in named(robin)["skerry.html"]
    assert len(house.reads(lambda conn: list(media.all_of(conn, keys, theirs)))) == 3


async def test_where_a_photo_was_taken_does_not_arrive(house: House, robin: Person) -> None:
    chat = await house.knows(robin)
    await asked(chat)
    taken = telling("JPEG", 6)
    assert b"Exif" in taken
    chat.acts()
    robin.sends_photo(taken)
    await chat.hears("Thank you. You can leave it there.")
    theirs, keys = house.id_of(robin), house.opened.store.keys
    ((_, kept),) = house.reads(lambda conn: list(media.all_of(conn, keys, theirs)))
    assert kept.mime == "image/jpeg"
    assert b"Exif" not in kept.content
    assert ON_A_PHOTO not in kept.content


async def test_what_cannot_be_kept_is_told_kindly_and_its_caption_is_kept(
    patient: House, robin: Person
) -> None:
    chat = await patient.knows(robin)
    await asked(chat)
    chat.acts()
    robin.sends_sticker()
    await chat.hears("I cannot keep that kind of message.")
    chat.acts()
    robin.sends_document(b"\x00\x00 a film", "video/mp4", "huddle.mp4", "We laughed.")
    await chat.hears("I cannot keep that kind of message.")
    await chat.says("done", "Thank you. You can leave it there.")
    assert patient.words(robin) == ["We laughed."]
    assert patient.rows("media") == 0


# --- Changes, deletions, copies -----------------------------------------------------------


async def test_an_edit_changes_the_answer_before_and_after_its_end(
    patient: House, robin: Person
) -> None:
    chat = await patient.knows(robin)
    await asked(chat)
    said = robin.writes("Ellen brougt my post up.")
    robin.edits(said, "Ellen brought my post.")
    await chat.says("done", "Thank you. You can leave it there.")
    assert patient.words(robin) == ["Ellen brought my post."]
    chat.acts()
    robin.edits(said, "Ellen brought my post up.")
    await chat.hears("You changed a message of a practice that has ended.")
    await chat.presses("Yes, change it too", "It now reads as you changed it.")
    assert patient.words(robin) == ["Ellen brought my post up."]


async def test_forget_me_leaves_nothing_of_anybody(
    house: House, robin: Person, ada: Person
) -> None:
    await house.knows(ada)
    before = house.all_rows()
    chat = await house.knows(robin)
    await asked(chat)
    await chat.says("Ellen brought my post up.", "Thank you.")
    await chat.says("/forget_me", "This deletes all I keep of you")
    await chat.says("yes, forget me", "It is done. What I kept of you is deleted.")
    await house.eventually(lambda: house.present(robin) is None)
    await house.all_is_said()
    after = house.all_rows()
    personal = ("participant", "address", "conversation", "answer", "media", "asked", "occasion")
    assert {name: after[name] for name in personal} == {name: before[name] for name in personal}
    assert house.present(ada) is not None
    await chat.says("Hello?", "May I keep your answers?")
    assert "Hello, I am Skerry." in chat.new[0].text


async def test_a_command_may_name_the_bot_and_not_another_one(house: House, robin: Person) -> None:
    chat = await house.knows(robin)
    await chat.says("/help@skerry_bot", "Skerry is automated.")
    await chat.says("/HELP@Skerry_Bot", "Skerry is automated.")
    await chat.says("/help@other_bot", "Nothing is open just now.")


async def test_an_export_arrives_as_two_files(house: House, robin: Person) -> None:
    chat = await house.knows(robin)
    await asked(chat)
    await chat.says("Ellen brought my post up.", "Thank you.")
    await chat.says("/export", "Here are all your words that I keep")
    await house.until(lambda: len(named(robin)) == 2)
    files = named(robin)
    assert "Ellen brought my post up." in files["skerry.html"].decode()
    assert "Ellen brought my post up." in json.dumps(json.loads(files["skerry.json"]))


async def test_long_words_come_back_in_pieces_and_nothing_is_lost(
    patient: House, robin: Person
) -> None:
    chat = await patient.knows(robin)
    await asked(chat)
    lines = [
        f"{number} times we spoke about the beds & <b>the ward</b> 🙂." for number in range(110)
    ]
    halves = ["\n".join(lines[:55]), "\n".join(lines[55:])]
    assert sum(map(len, halves)) > 5_000
    for half in halves:
        robin.writes(half)
    await chat.says("done", "Thank you. You can leave it there.")
    await chat.says("remember", lines[-1])
    await patient.all_is_said()
    shown = [one for one in chat.new if "times we spoke" in one.text]
    assert len(shown) > 1
    assert all(len(one.text.encode("utf-16-le")) // 2 <= 4096 for one in shown)
    words = " ".join(one.text for one in shown).split("earlier today:", 1)[1]
    assert words.split() == " ".join(lines).split()
    assert all(one.entities[0]["type"] == "blockquote" for one in shown)


@pytest.mark.parametrize("words", ODD, ids=["markup", "right to left", "emoji", "spaces"])
async def test_words_come_back_as_they_were_written(
    house: House, robin: Person, words: str
) -> None:
    chat = await house.knows(robin)
    await asked(chat)
    await chat.says(words, "Thank you.")
    assert house.words(robin) == [words]
    shown = await chat.says("remember", words.split(maxsplit=1)[0])
    await house.all_is_said()
    shown = next(one for one in chat.new if "A journaling nudge" in one.text)
    assert shown.text.endswith(f"\n\n{words}")
    assert [one["type"] for one in shown.entities if one["type"] != "mention"] == ["blockquote"]


# --- Reach --------------------------------------------------------------------------------


async def test_whoever_blocks_the_bot_is_left_alone_until_they_write(
    house: House, robin: Person
) -> None:
    chat = await house.knows(robin)
    robin.blocks()
    await house.eventually(lambda: house.gone(robin))
    assert _platforms(house, robin) == "telegram (unreachable)"
    said = len(robin.sees)
    await house.prompts(robin, "weekly", "week 5")
    planned = house.reads(lambda conn: occasions.all_of(conn, house.id_of(robin)))
    assert [(each.state, each.reason) for each in planned] == [("skipped", "unreachable")]
    assert len(robin.sees) == said
    await chat.says("journal", "There is a question here for you")
    assert _platforms(house, robin) == "telegram"
    await chat.presses("Yes, ask me", NUDGE)


async def test_delivery_ends_when_a_send_says_that_the_bot_is_blocked(
    house: House, robin: Person
) -> None:
    chat = await house.knows(robin)
    robin.chat.blocked = True  # And Telegram has not told us so.
    await house.prompts(robin, "weekly", "week 5")
    await house.eventually(lambda: house.gone(robin))
    assert house.rows("outbox", ended_at=None) == 0
    assert house.rows("outbox", state="departed") > 0
    robin.chat.blocked = False
    await chat.says("help", "Skerry is automated.")
    assert not house.gone(robin)


def _platforms(house: House, person: Person) -> object:
    """What staff see of where somebody is reached."""
    (known,) = house.reads(
        lambda conn: [
            _told(conn, each) for each in people.everyone(conn) if each.id == house.id_of(person)
        ]
    )
    return known["platforms"]


# --- Groups -------------------------------------------------------------------------------


async def test_a_group_is_told_politely_and_nothing_of_it_is_kept(
    house: House, telegram: Telegram, robin: Person, ada: Person
) -> None:
    chat = await house.knows(robin)
    before = {name: house.rows(name) for name in ("participant", "conversation", "answer")}
    group = telegram.group("Tuesday", robin, ada)
    group.adds_bot()
    await house.all_is_said()
    assert len(group.sees) == 1
    for line in ("Hello @skerry_bot, are you there?", "/start@skerry_bot", "/journal"):
        lines = len(group.sees)
        group.says(ada, line)
        await house.all_is_said()
        assert len(group.sees) == lines + 1
    telegram.privacy = False
    group.says(ada, "Shall we meet at nine?")
    group.says(robin, "help")
    await house.all_is_said()
    assert group.sees == [group.sees[0]] * 4
    assert "I do not read along" in group.sees[0]
    assert {name: house.rows(name) for name in before} == before
    assert len(robin.sees) + len(ada.sees) == 0
    group.removes_bot()
    await chat.says("help", "Skerry is automated.")
    assert house.parked() == 0


async def test_a_group_that_calls_many_times_is_answered_once_at_a_time(
    house: House, telegram: Telegram, robin: Person
) -> None:
    group = telegram.group("Tuesday", robin)
    deliverer = house.running._deliverer
    deliverer._untold += 1  # It claims nothing for now.
    group.adds_bot()
    for _ in range(5):
        group.says(robin, "/start@skerry_bot")
    await house.until(lambda: not telegram.updates.pending)
    deliverer._untold -= 1
    await house.all_is_said()
    assert len(group.sees) == 1


async def test_a_topic_is_answered_in_the_topic(
    house: House, telegram: Telegram, robin: Person
) -> None:
    group = telegram.group("Tuesday", robin, supergroup=True)
    group.adds_bot()
    await house.all_is_said()
    topic = group.new_topic("Beds")
    group.says(robin, "And here, @skerry_bot?", thread=topic)
    await house.all_is_said()
    assert [each.more.get("message_thread_id") for each in group.chat.from_bot] == [None, topic]


async def test_an_answer_follows_a_group_that_has_migrated(
    house: House, telegram: Telegram, robin: Person
) -> None:
    group = telegram.group("Tuesday", robin)
    group.adds_bot()
    await house.until(lambda: group.sees)
    group.says(robin, "And now, @skerry_bot?")
    new = group.migrates()
    await house.until(lambda: group.sees)
    await house.all_is_said()
    assert [one.chat for one in telegram.accepted][-1] == new
    assert len(group.sees) == 1
