"""What each kind of update means."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.telegram.attached import FileRef
from bot.adapters.telegram.reading import Came, read
from bot.records import (
    Arrived,
    Body,
    Commanded,
    Edit,
    Inbound,
    Invited,
    Left,
    Migrated,
    Parted,
    Platform,
    Press,
    Renamed,
    Returned,
    Unkept,
    Words,
)
from tests.telegram.updates import (
    ALEX,
    ANONYMOUS,
    CHANNEL,
    FILE,
    GROUP,
    ME,
    PRIVATE,
    ROBIN,
    SUPERGROUP,
    TOPIC,
    US,
    edited,
    member,
    message,
    other_member,
    press,
    update,
)

Json = dict[str, Any]

BIG = 20_000_001
CAT = {**FILE, "width": 800, "height": 600}
THUMB = {**FILE, "file_id": "thumb", "width": 80, "height": 60}
HUGE = {**FILE, "file_id": "huge", "width": 8000, "height": 6000, "file_size": BIG}
VOICE = {**FILE, "duration": 3, "mime_type": "audio/ogg"}


def document(mime: str, **more: object) -> Json:
    return {**FILE, "file_name": "Robin Smith holiday.jpg", "mime_type": mime, **more}


def said(text: str) -> Words:
    return Words(message="7", text=text)


def unkept(why: Unkept, text: str = "") -> Words:
    return Words(message="7", text=text, unkept=why)


def body(given: Json) -> Body | None:
    came = read(given, ME)
    return came.inbound.body if came and came.inbound else None


def inbound(given: Json) -> Inbound:
    came = read(given, ME)
    assert came is not None
    assert came.inbound is not None
    return came.inbound


TEXTS: list[tuple[str, Words | Invited]] = [
    ("We argued about beds again.", said("We argued about beds again.")),
    ("  two\n\nlines \u200f\u05d0  ", said("  two\n\nlines \u200f\u05d0  ")),
    ("/start", said("start")),
    ("/START", said("start")),
    ("/start@skerry_bot", said("start")),
    ("/start ward-7_B", Invited(code="ward-7_B")),
    ("/start@Skerry_bot x", Invited(code="x")),
    ("/start two words", said("start")),
    ("/start " + "x" * 64, Invited(code="x" * 64)),
    ("/start " + "x" * 65, said("start")),
    ("/forget_me@skerry_bot", said("/forget_me")),
    ("/pause@skerry_bot until 3 May", said("/pause until 3 May")),
    ("/forget_me@other_bot", said("/forget_me@other_bot")),
    ("/help", said("/help")),
    ("start", said("start")),
    ("/ start", said("/ start")),
    ("/", said("/")),
    ("@skerry_bot hello", said("@skerry_bot hello")),
    ("\ud83d half \udc00", said("\ufffd half \ufffd")),
]


@pytest.mark.parametrize(("text", "means"), TEXTS)
def test_a_private_text_is_taken_as_it_is_written(text: str, means: Body) -> None:
    assert body(message(text=text)) == means


CONTENTS: list[tuple[str, Json, Words, FileRef | None]] = [
    (
        "the largest photo",
        {"photo": [THUMB, CAT], "caption": "Our cat"},
        said("Our cat"),
        FileRef(id="file-1", mime="image/jpeg", size=1000),
    ),
    (
        "the largest photo that can be fetched",
        {"photo": [THUMB, CAT, HUGE]},
        said(""),
        FileRef(id="file-1", mime="image/jpeg", size=1000),
    ),
    ("a photo too large in each size", {"photo": [HUGE]}, unkept(Unkept.SIZE), None),
    (
        "the still of a live photo",
        {"photo": [CAT], "live_photo": FILE},
        said(""),
        FileRef(id="file-1", mime="image/jpeg", size=1000),
    ),
    (
        "a voice note",
        {"voice": VOICE},
        said(""),
        FileRef(id="file-1", mime="audio/ogg", size=1000),
    ),
    (
        "a voice note without its size",
        {"voice": {"file_id": "v", "duration": 3}},
        said(""),
        FileRef(id="v", mime="audio/ogg", size=0),
    ),
    (
        "a voice note of 20 MB",
        {"voice": {**VOICE, "file_size": BIG}, "caption": "Long"},
        unkept(Unkept.SIZE, "Long"),
        None,
    ),
    (
        "a voice note as MP3",
        {"voice": {**VOICE, "mime_type": "audio/mpeg"}},
        unkept(Unkept.KIND),
        None,
    ),
    (
        "a picture as a document",
        {"document": document("image/PNG")},
        said(""),
        FileRef(id="file-1", mime="image/png", size=1000),
    ),
    (
        "a picture too large",
        {"document": document("image/png", file_size=BIG)},
        unkept(Unkept.SIZE),
        None,
    ),
    ("a HEIC", {"document": document("image/heic")}, unkept(Unkept.KIND), None),
    (
        "a PDF",
        {"document": document("application/pdf"), "caption": "Look"},
        unkept(Unkept.KIND, "Look"),
        None,
    ),
    (
        "a GIF that moves",
        {"animation": FILE, "document": document("image/gif")},
        unkept(Unkept.KIND),
        None,
    ),
    *(
        (f"a {kind}", {kind: FILE, "caption": "See"}, unkept(Unkept.KIND, "See"), None)
        for kind in (
            *("audio", "checklist", "contact", "dice", "game", "invoice", "location"),
            *("paid_media", "poll", "something_of_next_year", "sticker", "story", "venue"),
            *("video", "video_note"),
        )
    ),
    ("nothing at all", {}, unkept(Unkept.KIND), None),
]


@pytest.mark.parametrize(
    ("content", "means", "file"), [row[1:] for row in CONTENTS], ids=[row[0] for row in CONTENTS]
)
def test_what_a_private_message_carries(content: Json, means: Words, file: FileRef | None) -> None:
    came = read(message(**content), ME)
    assert came is not None
    assert came.inbound is not None
    assert (came.inbound.body, came.file) == (means, file)


def test_forwarded_text_is_text() -> None:
    origin = {"type": "user", "sender_user": ALEX, "date": 1}
    assert body(message(text="Theirs.", forward_origin=origin, quote={"text": "x"})) == said(
        "Theirs."
    )


def test_a_message_says_where_it_is_from_and_who_writes() -> None:
    came = inbound(message(text="Hello"))
    assert came == Inbound(
        platform=Platform.TELEGRAM,
        id="500000001.7",
        place="1001",
        body=said("Hello"),
        language="en",
    )


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("gd", "gd"),
        ("pt-br", "pt-br"),
        ("", ""),
        ("../en", ""),
        (None, ""),
        ("e" * 300, ""),
        (3, ""),
    ],
)
def test_a_language_is_a_language_or_nothing(code: object, language: str) -> None:
    given = message(by={**ROBIN, "language_code": code}, text="Hello")
    assert inbound(given).language == language


@pytest.mark.parametrize(
    "told",
    [
        {"pinned_message": {}},
        {"new_chat_members": [US]},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 1}},
        {"migrate_to_chat_id": 5},
        {"migrate_from_chat_id": -2001},
        {"new_chat_title": " "},
        {"left_chat_member": US},
        {"left_chat_member": {**ALEX, "is_bot": True}},
        {"forum_topic_created": {"name": "Beds"}, "is_topic_message": True},
        {"write_access_allowed": {}, "text": "x"},
    ],
)
def test_what_telegram_itself_says_is_nothing(told: Json) -> None:
    assert read(message(**told), ME) is None
    assert read(message(GROUP, **told), ME) is None


@pytest.mark.parametrize(
    "told",
    [{"migrate_to_chat_id": -1}, {"new_chat_title": "Ours"}, {"left_chat_member": ALEX}],
)
def test_nothing_of_a_group_is_told_in_a_private_chat(told: Json) -> None:
    assert read(message(**told), ME) is None


NOBODY: list[tuple[str, Json]] = [
    ("a bot", message(by={**ROBIN, "is_bot": True}, text="x")),
    ("somebody else in a private chat", message(by=ALEX, text="x")),
    ("nobody", message(by={}, text="x")),
    ("a channel", update("channel_post", {"message_id": 1, "chat": CHANNEL, "text": "x"})),
    ("a chat of an unknown kind", message({**PRIVATE, "type": "sender"}, text="x")),
    ("a chat without a number", message({"type": "private"}, text="x")),
    ("an update without a number", {"message": message(text="x")["message"]}),
    ("a number beyond 64 bits", message({**PRIVATE, "id": 1 << 70}, text="x")),
    ("a number of ten thousand digits", update("message", message(text="x")["message"], 10**9999)),
    ("a kind nobody asked for", update("poll_answer", {"poll_id": "1"})),
    ("an edit by a bot's hand", edited(by=ALEX, text="x")),
    ("an edit in a group", edited(chat=GROUP, text="@skerry_bot x")),
    ("a place on the map that moves", edited(location={"latitude": 1, "longitude": 2})),
]


@pytest.mark.parametrize("given", [row[1] for row in NOBODY], ids=[row[0] for row in NOBODY])
def test_nobody_said_anything_to_us(given: Json) -> None:
    assert read(given, ME) is None


@pytest.mark.parametrize("field", ["text", "caption"])
def test_an_edit_says_how_it_reads_now(field: str) -> None:
    assert body(edited(**{field: "Better."})) == Edit(message="7", text="Better.")


def test_a_caption_that_was_taken_away_is_an_edit() -> None:
    assert body(edited(photo=[CAT])) == Edit(message="7", text="")


# --- presses --------------------------------------------------------------------------------


def test_a_press_names_its_button_and_its_message() -> None:
    came = read(press(), ME)
    assert came is not None
    assert came.inbound == Inbound(
        platform=Platform.TELEGRAM,
        id="500000001.4000000001",
        place="1001",
        body=Press(token="c:1:2", message="8"),
        language="en",
    )
    assert came.callback == "4000000001"


def test_the_message_that_was_pressed_is_told_with_its_formatting() -> None:
    quote = {"type": "blockquote", "offset": 0, "length": 3}
    link = {"type": "url", "offset": 4, "length": 3}
    came = read(press(entities=[quote, link, "x"]), ME)
    assert came is not None
    assert came.seen is not None
    assert (came.seen.place, came.seen.message) == ("1001", "8")
    assert (came.seen.text, came.seen.entities) == ("How was it?", (quote,))


def test_a_press_on_a_message_that_telegram_no_longer_tells_counts() -> None:
    given = press()
    given["callback_query"]["message"] = {"chat": PRIVATE, "message_id": 8, "date": 0}
    came = read(given, ME)
    assert came is not None
    assert came.inbound is not None
    assert came.inbound.body == Press(token="c:1:2", message="8")
    assert came.seen is None


def test_a_press_in_a_group_is_of_the_group_and_says_by_whom() -> None:
    came = inbound(press(by=ALEX, chat=GROUP))
    assert (came.place, came.group, came.body) == (
        "-2001",
        True,
        Press(token="c:1:2", message="8"),
    )
    assert (came.by, came.title) == ("1002", "Tuesday")


def test_a_press_of_nobody_is_answered_and_not_heard() -> None:
    assert read(press(by=ANONYMOUS, chat=GROUP), ME) == Came(inbound=None, callback="4000000001")


def test_a_press_in_a_topic_is_of_the_topic() -> None:
    given = press(by=ALEX, chat=SUPERGROUP, **TOPIC)
    came = read(given, ME)
    assert came is not None
    assert came.seen is not None
    assert inbound(given).place == came.seen.place == "-1002000000001:45"


INLINE = press()
del INLINE["callback_query"]["message"]


@pytest.mark.parametrize(
    "given",
    [
        INLINE,
        press(by=ALEX),
        press(None),
        press(""),
        press("x" * 65),
        press("\u00e9" * 33),
        press(chat={}),
    ],
    ids=["inline", "not theirs", "no data", "empty", "too long", "too many bytes", "nowhere"],
)
def test_a_press_that_means_nothing_is_answered_all_the_same(given: Json) -> None:
    assert read(given, ME) == Came(inbound=None, callback="4000000001")


@pytest.mark.parametrize("callback", ["", 5, None, "x" * 129])
def test_a_press_without_its_name_is_nothing(callback: object) -> None:
    given = press()
    given["callback_query"]["id"] = callback
    assert read(given, ME) is None


# --- coming and going -----------------------------------------------------------------------

MEMBERS: list[tuple[Json, Body | None]] = [
    (member("member", "kicked"), Left()),
    (member("kicked", "member"), Returned()),
    (member("left", "member", GROUP), Arrived()),
    (member("kicked", "administrator", SUPERGROUP), Arrived()),
    (member("left", "administrator", CHANNEL), Arrived()),
    (member("left", "restricted", SUPERGROUP, is_member=True), Arrived()),
    (member("member", "restricted", SUPERGROUP, is_member=False), Left()),
    (member("member", "left", GROUP), Left()),
    (member("administrator", "kicked", SUPERGROUP), Left()),
    (member("member", "administrator", GROUP), None),
    (member("member", "something", GROUP), None),
]


@pytest.mark.parametrize(("given", "means"), MEMBERS)
def test_we_come_and_go(given: Json, means: Body | None) -> None:
    assert body(given) == means


def test_whoever_lets_us_in_is_named_with_the_group() -> None:
    came = inbound(member("left", "member", GROUP))
    assert (came.by, came.title) == ("1001", "Tuesday")
    assert (inbound(member("kicked", "member")).by, inbound(member("kicked", "member")).title) == (
        "",
        "",
    )


def test_who_may_no_longer_write_is_still_there() -> None:
    muted = member("member", "restricted", SUPERGROUP, is_member=True, can_send_messages=False)
    assert read(muted, ME) is None


def test_coming_and_going_has_an_id_of_its_own() -> None:
    assert inbound(member("kicked", "member")).id == "500000001.m1772442000"


# --- groups ---------------------------------------------------------------------------------

ADDRESSED: list[Json] = [
    {"text": "/practise"},
    {"text": "/practise@skerry_bot now"},
    {"text": "Good morning @Skerry_Bot!"},
    {"caption": "Look, @skerry_bot", "photo": [CAT]},
    {"text": "Yes", "reply_to_message": {"message_id": 3, "from": US}},
]
BESIDE: list[Json] = [
    {"text": "We argued about beds again."},
    {"text": "/practise@other_bot"},
    {"text": "Ask @skerry_bot_two or robin@skerry_bot"},
    {"text": "@@skerry_bot"},
    {"text": "Yes", "reply_to_message": {"message_id": 3, "from": ALEX}},
    {"text": "New", "reply_to_message": {"from": US, "forum_topic_created": {}}},
    {"sticker": FILE},
]


@pytest.mark.parametrize("told", ADDRESSED)
def test_a_group_is_heard_when_it_speaks_to_us_but_its_words_are_not_carried(told: Json) -> None:
    came = inbound(message(SUPERGROUP, ALEX, **told))
    assert (came.place, came.group, came.body) == ("-1002000000001", True, said(""))
    assert (came.by, came.title) == ("1002", "Tuesday")
    assert read(message(SUPERGROUP, ALEX, **told), ME) == Came(inbound=came)


@pytest.mark.parametrize("told", BESIDE)
def test_what_people_say_to_each_other_is_nothing(told: Json) -> None:
    assert read(message(GROUP, ALEX, **told), ME) is None


COMMANDS: list[tuple[str, str]] = [
    ("/circle", "circle"),
    ("/circle@skerry_bot", "circle"),
    ("/Circle@Skerry_Bot  weekly \n on Mondays", "circle weekly \n on Mondays"),
    ("/circles", "circles"),
]


@pytest.mark.parametrize(("text", "means"), COMMANDS)
def test_a_command_for_groups_is_carried_with_what_is_behind_it(text: str, means: str) -> None:
    came = inbound(message(GROUP, ALEX, text=text))
    assert (came.body, came.by) == (Commanded(text=means), "1002")


@pytest.mark.parametrize(
    "told",
    [
        {"text": "/circle_of_friends we talked"},
        {"text": "/circular"},
        {"text": "@skerry_bot /circle"},
        {"text": "I mean /circle, @skerry_bot"},
        {"caption": "/circle", "photo": [CAT]},
        {"text": "/pause@skerry_bot until Monday"},
    ],
)
def test_no_other_words_of_a_group_are_carried(told: Json) -> None:
    assert inbound(message(GROUP, ALEX, **told)).body == said("")


def test_a_command_to_another_bot_is_nothing() -> None:
    assert read(message(GROUP, ALEX, text="/circle@other_bot"), ME) is None


def test_a_command_for_groups_is_plain_text_in_a_private_chat() -> None:
    assert body(message(text="/circle")) == said("/circle")


def test_a_topic_of_a_forum_is_a_place_of_its_own() -> None:
    came = inbound(message(SUPERGROUP, ALEX, text="/circle", **TOPIC))
    assert (came.place, came.group, came.body) == (
        "-1002000000001:45",
        True,
        Commanded(text="circle"),
    )


@pytest.mark.parametrize(
    "thread",
    [
        {"message_thread_id": 45},
        {"message_thread_id": 45, "is_topic_message": "yes"},
        {"is_topic_message": True},
        {"message_thread_id": "45", "is_topic_message": True},
    ],
)
def test_a_thread_of_replies_is_no_topic(thread: Json) -> None:
    assert inbound(message(SUPERGROUP, ALEX, text="/circle", **thread)).place == "-1002000000001"


def test_a_private_chat_has_no_topics() -> None:
    assert inbound(message(text="Hello", **TOPIC)).place == "1001"


SPEAKS_AS_A_CHAT = [
    message(GROUP, ANONYMOUS, text="/circle", sender_chat=GROUP),
    message(GROUP, ANONYMOUS, text="/circle"),
    message(GROUP, ALEX, text="/circle", sender_chat=CHANNEL),
]


@pytest.mark.parametrize("given", SPEAKS_AS_A_CHAT)
def test_who_speaks_in_the_name_of_a_chat_is_nobody(given: Json) -> None:
    assert (inbound(given).by, inbound(given).body) == ("", Commanded(text="circle"))


def test_another_bot_in_a_group_is_not_heard() -> None:
    other = {**ALEX, "is_bot": True, "username": "other_bot"}
    assert read(message(GROUP, other, text="@skerry_bot hello"), ME) is None


# --- what becomes of a group ----------------------------------------------------------------


def test_a_group_that_becomes_a_supergroup_says_so_at_its_old_place() -> None:
    came = inbound(message(GROUP, ALEX, migrate_to_chat_id=SUPERGROUP["id"]))
    assert (came.place, came.body) == ("-2001", Migrated(to="-1002000000001"))


def test_a_group_that_is_called_something_else_says_what() -> None:
    came = inbound(message(GROUP, ALEX, new_chat_title="Wednesday"))
    assert (came.place, came.body, came.title, came.by) == (
        "-2001",
        Renamed(),
        "Wednesday",
        "1002",
    )


def test_what_becomes_of_a_group_is_told_of_all_of_it() -> None:
    came = inbound(message(SUPERGROUP, ALEX, new_chat_title="Wednesday", **TOPIC))
    assert came.place == "-1002000000001"


@pytest.mark.parametrize("by", [ALEX, ROBIN, {**ROBIN, "is_bot": True}, ANONYMOUS])
def test_who_goes_out_of_a_group_is_named_whoever_did_it(by: Json) -> None:
    came = inbound(message(GROUP, by, left_chat_member=ALEX))
    assert (came.place, came.body, came.by) == ("-2001", Parted(), "1002")


@pytest.mark.parametrize(
    ("before", "now", "more", "parts"),
    [
        ("member", "left", {}, True),
        ("administrator", "kicked", {}, True),
        ("member", "restricted", {"is_member": False}, True),
        ("something", "left", {}, True),
        ("left", "kicked", {}, False),
        ("left", "member", {}, False),
        ("member", "administrator", {}, False),
        ("member", "restricted", {"is_member": True}, False),
        ("member", "something", {}, False),
    ],
)
def test_an_administrator_is_told_who_goes(
    before: str, now: str, more: Json, *, parts: bool
) -> None:
    came = read(other_member(before, now, **more), ME)
    assert (came is not None) is parts
    if came is not None:
        assert came.inbound is not None
        assert (came.inbound.body, came.inbound.by) == (Parted(), "1002")


def test_of_bots_and_of_private_chats_no_administrator_is_told() -> None:
    assert read(other_member("member", "left", user=US), ME) is None
    assert read(other_member("member", "left", chat=PRIVATE), ME) is None
