"""What Slack brings, and what the house understands of it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.adapters.slack.came import Answer, Came, FileRef, Seen
from bot.adapters.slack.messages import LARGEST
from bot.adapters.slack.reading import is_limited, profile, read, team_of, whose
from bot.records import (
    Adjusted,
    Arrived,
    Body,
    Commanded,
    Deleted,
    Drafted,
    Edit,
    Inbound,
    Invited,
    Left,
    Looked,
    Migrated,
    Parted,
    Platform,
    Press,
    Profiled,
    Renamed,
    Returned,
    Sought,
    Submitted,
    Unfolded,
    Unkept,
    Words,
)
from tests.slack.events import (
    ALEX,
    BOT,
    CHANNEL,
    DM,
    NAME,
    OURS,
    PLACE,
    ROBIN,
    TEAM,
    TS,
    WORDS,
    acted,
    changed,
    clip,
    command,
    deleted,
    event,
    in_channel,
    in_view,
    metadata,
    of_channel,
    photo,
    press,
    said,
    submitted,
    suggestion,
)

Json = dict[str, Any]

THERE = f"{TEAM}:{CHANNEL}"


def came(payload: Json) -> Came:
    told = read(payload, OURS)
    assert told is not None
    return told


def bodies(payload: Json) -> list[Body]:
    told = read(payload, OURS)
    return [] if told is None else [heard.inbound.body for heard in told.heard]


def files(payload: Json) -> list[FileRef | None]:
    return [heard.file for heard in came(payload).heard]


def ids(payload: Json) -> list[str]:
    return [heard.inbound.id for heard in came(payload).heard]


# --- messages -------------------------------------------------------------------------------


def test_a_message_is_words_of_that_person_in_that_workspace() -> None:
    (heard,) = came(said("Q&amp;A")).heard
    assert heard.inbound == Inbound(
        platform=Platform.SLACK, id="Ev01", place=PLACE, body=Words(message=NAME, text="Q&A")
    )
    assert (came(said()).channel, came(said()).said) == (DM, TS)


@pytest.mark.parametrize(
    "more",
    [
        {"thread_ts": "1772441000.000100"},
        {"subtype": "thread_broadcast", "thread_ts": "1772441000.000100"},
        {"subtype": "me_message"},
        {"subtype": "file_share"},
        {"channel_type": None},
        {"files": []},
    ],
)
def test_whatever_somebody_says_in_whichever_way_is_words(more: Json) -> None:
    assert bodies(said("Well.", **more)) == [Words(message=NAME, text="Well.")]


@pytest.mark.parametrize(
    "more",
    [
        {"user": BOT},
        {"bot_id": "B0OTHER01"},
        {"subtype": "bot_message"},
        {"subtype": "channel_join"},
        {"subtype": "message_replied"},
        {"subtype": "no_such_thing"},
        {"user": ""},
        {"user": 7},
        {"ts": "soon"},
        {"channel": "nowhere"},
    ],
)
def test_what_no_person_said_is_nothing(more: Json) -> None:
    assert read(said(**more), OURS) is None


def test_a_message_of_a_kind_that_has_no_text_is_told_as_such() -> None:
    forwarded = said("", attachments=[{"is_msg_unfurl": True}])
    assert bodies(forwarded) == [Words(message=NAME, text="", unkept=Unkept.KIND)]


def test_files_are_heard_one_by_one_with_the_text_at_the_first() -> None:
    told = said("See", subtype="file_share", files=[photo(), clip(), photo(id="F03")])
    assert bodies(told) == [
        Words(message=NAME, text="See"),
        Words(message=f"{NAME}#2", text=""),
        Words(message=f"{NAME}#3", text=""),
    ]
    assert ids(told) == ["Ev01", "Ev01#2", "Ev01#3"]
    assert [file.voice for file in files(told) if file] == [False, True, False]
    url = "https://files.slack.com/files-pri/T1-F1/download/a.jpg"
    assert files(told)[0] == FileRef(url=url, mime="image/jpeg", size=1000, voice=False)


@pytest.mark.parametrize(
    ("file", "unkept"),
    [
        (photo(mimetype="application/pdf"), Unkept.KIND),
        (photo(mimetype="video/mp4", subtype="slack_video"), Unkept.KIND),
        (photo(mimetype="audio/mpeg"), Unkept.KIND),
        (clip(mimetype="video/mp4"), Unkept.KIND),
        (photo(mimetype="image/heic"), Unkept.KIND),
        (photo(size=LARGEST + 1), Unkept.SIZE),
        (photo(url_private="", url_private_download=""), Unkept.LOST),
        ({"id": "F9", "file_access": "check_file_info"}, Unkept.LOST),
        ({"id": "F9", "mode": "tombstone"}, Unkept.LOST),
        (photo(mimetype="text/x", file_access="check_file_info"), Unkept.LOST),
    ],
)
def test_a_file_that_cannot_be_kept_is_told_with_its_text(file: Json, unkept: Unkept) -> None:
    told = said("See", files=[file])
    assert bodies(told) == [Words(message=NAME, text="See", unkept=unkept)]
    assert files(told) == [None]


def test_the_other_address_of_a_file_does_as_well() -> None:
    (file,) = files(said(files=[photo(url_private_download="", size=True)]))
    assert file is not None
    assert (file.url, file.size) == ("https://files.slack.com/files-pri/T1-F1/a.jpg", 0)


def test_an_edit_names_its_message() -> None:
    told = changed({"text": "We argued."}, {"text": "We &lt;talked&gt;."})
    assert bodies(told) == [Edit(message=NAME, text="We <talked>.")]
    assert ids(told) == ["Ev01"]


@pytest.mark.parametrize(
    "now",
    [
        {"text": "Look", "attachments": [{"from_url": "https://example.org"}]},
        {"text": "Look", "edited": {"user": ROBIN}},
        {"text": "Look!", "user": BOT},
        {"text": "Look!", "bot_id": "B1"},
        {"text": "Look!", "subtype": "bot_message"},
        {"text": "Look!", "ts": ""},
    ],
)
def test_what_nobody_edited_is_nothing(now: Json) -> None:
    assert read(changed({"text": "Look"}, now), OURS) is None


def test_a_file_taken_out_of_a_message_is_taken_back() -> None:
    before = {"text": "", "files": [photo(), photo(id="F02"), photo(id="F03")]}
    now = {"text": "", "files": [photo(), {"id": "F02", "mode": "tombstone"}]}
    told = changed(before, now)
    assert bodies(told) == [Deleted(message=f"{NAME}#2"), Deleted(message=f"{NAME}#3")]
    assert ids(told) == ["Ev01", "Ev01#2"]
    assert bodies(changed({"text": "", "files": [photo()]}, {"text": ""})) == [
        Deleted(message=NAME)
    ]
    # With words beside it the message stands: what it says is still said.
    assert bodies(changed({"text": "a", "files": [photo()]}, {"text": "a"})) == []


def test_a_message_taken_back_is_deleted_with_all_its_files() -> None:
    assert bodies(deleted()) == [Deleted(message=NAME)]
    assert bodies(deleted(files=[photo(), clip()])) == [
        Deleted(message=NAME),
        Deleted(message=f"{NAME}#2"),
    ]
    assert read(deleted(user=BOT), OURS) is None


def test_a_message_with_replies_that_was_taken_back_is_deleted_too() -> None:
    gone = {"subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted."}
    assert bodies(changed({"text": "We argued."}, gone)) == [Deleted(message=NAME)]


# --- channels -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["app_mention", "message"])
def test_our_name_in_a_channel_is_heard_without_the_words(kind: str) -> None:
    told = said(f"<@{BOT}> my boss is", type=kind, channel=CHANNEL, channel_type="channel")
    (heard,) = came(told).heard
    name = f"{CHANNEL}:{TS}"
    assert heard.inbound.body == Words(message=name, text="")
    assert (heard.inbound.place, heard.inbound.group) == (THERE, True)
    assert heard.inbound.by == PLACE
    # Slack tells of it as a message and as a mention: it is one.
    assert heard.inbound.id == f"m.{TEAM}.{name}"


@pytest.mark.parametrize(
    "more",
    [
        {"text": "nothing for us"},
        {"user": BOT},
        {"bot_id": "B1"},
        {"ts": ""},
        {"channel": ""},
        {"subtype": "message_changed"},
    ],
)
def test_what_is_said_in_a_channel_to_others_is_nothing(more: Json) -> None:
    told = {"text": f"<@{BOT}>", "channel": CHANNEL, "channel_type": "channel", **more}
    assert read(said(**told), OURS) is None


@pytest.mark.parametrize(
    ("kind", "user", "body"),
    [
        ("member_joined_channel", BOT, Arrived()),
        ("member_left_channel", BOT, Left()),
        ("member_joined_channel", ROBIN, None),
        ("channel_left", "", Left()),
        ("group_left", "", Left()),
        ("channel_archive", ROBIN, Left()),
        ("group_archive", ROBIN, Left()),
        ("channel_deleted", "", Left()),
        ("group_deleted", "", Left()),
        ("channel_unarchive", ROBIN, Returned()),
        ("group_unarchive", ROBIN, Returned()),
        ("member_left_channel", ROBIN, Parted()),
        ("member_left_channel", "", None),
    ],
)
def test_we_know_in_which_channels_we_are(kind: str, user: str, body: Body | None) -> None:
    told = of_channel(kind, user=user)
    assert bodies(told) == ([body] if body else [])
    assert read(of_channel(kind, user=user, channel=""), OURS) is None
    assert read(of_channel(kind, user=user, channel=DM), OURS) is None
    if body:
        inbound = came(told).heard[0].inbound
        assert (inbound.place, inbound.group, inbound.id) == (THERE, True, "Ev01")
        assert inbound.by == (PLACE if user == ROBIN else "")


def test_who_let_us_in_is_told_and_the_name_is_still_to_be_asked() -> None:
    (heard,) = came(of_channel("member_joined_channel", user=BOT, inviter=ROBIN)).heard
    assert (heard.inbound.body, heard.inbound.by) == (Arrived(), PLACE)
    assert (heard.inbound.title, heard.nameless) == ("", CHANNEL)
    (alone,) = came(of_channel("member_joined_channel", user=BOT)).heard
    assert alone.inbound.by == ""


@pytest.mark.parametrize("who", [BOT, "USLACKBOT", "", None, "B0OTHER01"])
def test_what_no_person_did_is_by_nobody(who: str | None) -> None:
    (heard,) = came(of_channel("channel_archive", user=who)).heard
    assert (heard.inbound.body, heard.inbound.by) == (Left(), "")
    (deleted_one,) = came(of_channel("channel_deleted", actor_id=who)).heard
    assert deleted_one.inbound.by == ""


@pytest.mark.parametrize("kind", ["channel_rename", "group_rename"])
@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("harbour", "harbour"),
        ("#harbour", "harbour"),
        ("Mor  \n & <b>", "Mor & <b>"),
        ("x" * 200, "x" * 80),
        ("mpdm-robin--alex--wren-1", ""),
        (None, ""),
    ],
)
def test_a_channel_that_is_renamed_brings_its_title(
    kind: str, name: str | None, title: str
) -> None:
    told = of_channel(kind, channel={"id": CHANNEL, "name": name, "created": 1})
    (heard,) = came(told).heard
    assert (heard.inbound.body, heard.inbound.title) == (Renamed(), title)
    assert (heard.inbound.place, heard.inbound.group, heard.inbound.by) == (THERE, True, "")


def test_a_channel_that_gets_another_id_says_so_at_its_old_place() -> None:
    told = event(type="channel_id_changed", old_channel_id="G0OLD0001", new_channel_id=CHANNEL)
    (heard,) = came(told).heard
    assert heard.inbound.body == Migrated(to=THERE)
    assert (heard.inbound.place, heard.inbound.group) == (f"{TEAM}:G0OLD0001", True)
    for half in ({"old_channel_id": CHANNEL}, {"new_channel_id": CHANNEL}):
        assert read(event(type="channel_id_changed", **half), OURS) is None


# --- home, profiles, and the end ------------------------------------------------------------


@pytest.mark.parametrize(("tab", "page"), [("home", True), ("messages", False)])
def test_opening_the_chat_or_the_page_beside_it_is_told(tab: str, page: bool) -> None:  # noqa: FBT001
    told = event(type="app_home_opened", user=ROBIN, channel=DM, tab=tab)
    assert bodies(told) == [Looked(page=page)]
    assert came(told).channel == DM


@pytest.mark.parametrize("more", [{"tab": "about"}, {"user": ""}, {"tab": ["home"]}])
def test_opening_anything_else_is_nothing(more: Json) -> None:
    told = {"user": ROBIN, "channel": DM, "tab": "home", **more}
    assert read(event(type="app_home_opened", **told), OURS) is None


def test_a_changed_profile_brings_its_zone_and_language() -> None:
    user = {"id": ROBIN, "tz": "Pacific/Auckland", "locale": "en-NZ", "name": "secret"}
    (heard,) = came(event(type="user_change", user=user)).heard
    assert heard.inbound.body == Profiled()
    assert heard.inbound.place == PLACE
    assert (heard.inbound.zone, heard.inbound.language) == ("Pacific/Auckland", "en-NZ")


def test_a_profile_that_was_closed_is_somebody_who_left() -> None:
    assert bodies(event(type="user_change", user={"id": ROBIN, "deleted": True})) == [Left()]


@pytest.mark.parametrize("user", [{"id": BOT}, {"id": "U9", "is_bot": True}, {}, None, "U9"])
def test_the_profile_of_a_bot_is_nothing(user: Any) -> None:  # noqa: ANN401
    assert read(event(type="user_change", user=user), OURS) is None


@pytest.mark.parametrize(
    ("user", "told"),
    [
        ({"tz": "Europe/London", "locale": "en-GB"}, ("Europe/London", "en-GB")),
        ({"tz": "x" * 65, "locale": "not a locale"}, ("", "")),
        ({"tz": None, "locale": 5}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_a_profile_says_what_it_says(user: Json, told: tuple[str, str]) -> None:
    assert profile(user) == told


def test_a_workspace_that_takes_us_out_says_so() -> None:
    assert came(event(type="app_uninstalled")).gone == "uninstalled"
    assert came(event(type="tokens_revoked", tokens={"bot": [BOT]})).gone == "revoked"
    assert read(event(type="tokens_revoked", tokens={"oauth": [ROBIN], "bot": []}), OURS) is None
    assert read(event(type="tokens_revoked", tokens={"bot": None}), OURS) is None


def test_that_events_are_held_back_is_known() -> None:
    assert is_limited({"type": "app_rate_limited", "team_id": TEAM})
    assert not is_limited(said())


# --- what is pressed and written ------------------------------------------------------------


def test_a_press_brings_its_token_and_its_message() -> None:
    told = came(acted(press()))
    (heard,) = told.heard
    assert heard.inbound.body == Press(token="c:1:0", message=NAME)
    assert (heard.inbound.id, heard.inbound.place) == ("t.1.2.3", PLACE)
    assert (told.answer, told.channel, told.trigger) == (Answer.QUIETLY, DM, "1.2.3")
    assert (told.by, told.seen) == (ROBIN, Seen(place=PLACE, message=NAME, words=(WORDS,)))


def test_what_is_picked_from_a_menu_is_a_press() -> None:
    picked = {"type": "static_select", "action_id": "menu", "selected_option": {"value": "c:1:3"}}
    assert bodies(acted(picked)) == [Press(token="c:1:3", message=NAME)]


def test_a_press_on_what_only_one_can_see_names_no_message() -> None:
    told = acted(press(), container={"channel_id": DM, "message_ts": TS, "is_ephemeral": True})
    assert bodies(told) == [Press(token="c:1:0", message="")]
    assert came(told).seen is None


def test_a_press_in_a_channel_is_of_the_channel() -> None:
    (heard,) = came(in_channel(press())).heard
    assert heard.inbound.body == Press(token="c:1:0", message=f"{CHANNEL}:{TS}")
    assert (heard.inbound.place, heard.inbound.group) == (THERE, True)
    assert (heard.inbound.by, heard.inbound.title) == (PLACE, "general")
    (hidden,) = came(in_channel(press(), channel={"name": "privategroup"})).heard
    assert hidden.inbound.title == ""


def test_a_press_that_opens_ones_own_chat_is_told_there_and_nowhere_else() -> None:
    told = came(in_channel(press("Zm9v-_1", "open.0")))
    (heard,) = told.heard
    assert heard.inbound.body == Invited(code="Zm9v-_1", belongs=True)
    assert (heard.inbound.place, heard.inbound.group) == (PLACE, False)
    assert (heard.inbound.by, heard.inbound.title) == ("", "")
    assert (told.answer, told.channel, told.by) == (Answer.QUIETLY, CHANNEL, ROBIN)
    for odd in ("c:1:0", "x" * 65, "", "caf\u00e9"):
        assert bodies(in_channel(press(odd, "open.0"))) == []


@pytest.mark.parametrize(
    "action",
    [
        press(value=""),
        press(value="x" * 65),
        press(value="\u20ac" * 22),
        press(name="somebody else's"),
        press(value=None),  # type: ignore[arg-type]
        {"type": "static_select", "action_id": "menu", "selected_option": None},
    ],
)
def test_a_press_of_a_button_that_is_not_ours_is_nothing(action: Json) -> None:
    assert bodies(acted(action)) == []


@pytest.mark.parametrize("more", [{"user": {}}, {"trigger_id": ""}, {"actions": "x"}])
def test_a_press_of_nobody_is_nothing(more: Json) -> None:
    assert bodies({**acted(press()), **more}) == []


def test_several_things_at_once_have_an_id_each() -> None:
    told = acted(press(), press("c:1:1", "press.1"))
    assert ids(told) == ["t.1.2.3", "t.1.2.3#2"]


def test_the_button_of_a_window_is_no_answer() -> None:
    assert bodies(acted(press("c:1:window", "unfold"))) == [Unfolded(token="c:1:window")]


def test_what_stands_in_a_window_is_told_as_it_grows() -> None:
    typing = {"type": "plain_text_input", "action_id": "answer", "value": "It w"}
    told = in_view(typing, private_metadata=metadata())
    assert bodies(told) == [Drafted(token="c:1", text="It w")]
    cleared = in_view({**typing, "value": None}, private_metadata=metadata())
    assert bodies(cleared) == [Drafted(token="c:1", text="")]


def test_what_was_written_in_a_window_is_told_whole() -> None:
    (heard,) = came(submitted("Q&amp;A <b>")).heard
    assert heard.inbound.body == Submitted(token="c:1", message="V01", text="Q&amp;A <b>")
    assert heard.inbound.id == "t.1.2.3"
    again = submitted(None)
    del again["trigger_id"]
    assert ids(again) == ["t.V01"]
    assert bodies(again) == [Submitted(token="c:1", message="V01", text="")]


@pytest.mark.parametrize(("letters", "full"), [(2999, False), (3000, True)])
def test_a_window_that_took_no_more_letters_is_full(letters: int, full: bool) -> None:  # noqa: FBT001
    (body,) = bodies(submitted("x" * letters))
    assert isinstance(body, Submitted)
    assert body.full is full


@pytest.mark.parametrize(
    "view",
    [
        {"private_metadata": ""},
        {"private_metadata": "[]"},
        {"private_metadata": "[" * 100_000},
        {"private_metadata": metadata(place=f"{TEAM}:{ALEX}")},
        {"private_metadata": metadata("")},
        {"id": ""},
    ],
)
def test_a_window_that_is_not_this_persons_is_nothing(view: Json) -> None:
    assert read(submitted(**view), OURS) is None
    if "private_metadata" in view:
        typing = {"type": "plain_text_input", "action_id": "answer", "value": "It w"}
        assert bodies(in_view(typing, **view)) == []


@pytest.mark.parametrize(
    ("action", "values"),
    [
        ({"selected_option": {"value": "en"}}, ("en",)),
        ({"selected_option": None}, ()),
        ({"selected_options": [{"value": "0"}, {"value": "4"}, {}]}, ("0", "4")),
        ({"selected_options": []}, ()),
        ({"selected_time": "09:30"}, ("09:30",)),
        ({"selected_date": "2027-02-08"}, ("2027-02-08",)),
        ({"selected_date": None}, ()),
    ],
)
def test_a_field_of_a_page_brings_what_it_holds(action: Json, values: tuple[str, ...]) -> None:
    told = in_view({"action_id": "field.days", **action})
    assert bodies(told) == [Adjusted(field="days", values=values)]


def test_a_button_of_a_page_says_its_word() -> None:
    assert bodies(in_view(press("export", "link.2"))) == [Commanded(text="export")]
    assert bodies(in_view(press("", "link.2"))) == []
    assert bodies(in_view(press("x", "other"))) == []


def test_the_first_letters_of_what_is_sought_are_told_each_time_anew() -> None:
    told = came(suggestion())
    assert told.heard[0].inbound.body == Sought(field="zone", text="par")
    assert (told.heard[0].inbound.id, told.answer) == ("", Answer.FOUND)
    assert read(suggestion(name="other"), OURS) is None


@pytest.mark.parametrize(
    ("text", "told"), [("pause until monday", "pause until monday"), ("  ", "help"), ("&lt;", "<")]
)
def test_a_slash_command_is_a_reserved_word_of_that_person(text: str, told: str) -> None:
    (heard,) = came(command(text)).heard
    assert heard.inbound.body == Commanded(text=told)
    assert (heard.inbound.place, heard.inbound.group) == (PLACE, False)
    assert (heard.inbound.id, came(command()).answer) == ("t.1.2.3", Answer.COMMAND)


def test_an_invitation_is_followed_by_the_command_that_staff_give() -> None:
    (heard,) = came(command("start abcdefghjk")).heard
    assert heard.inbound.body == Invited(code="abcdefghjk")
    assert came(command("start")).heard[0].inbound.body == Commanded(text="start")


@pytest.mark.parametrize("text", ["circle", "Circle end", "circles", "circle  of us\nall"])
def test_what_is_asked_of_a_channel_by_command_is_the_channels(text: str) -> None:
    told = came(command(text, channel_name="harbour"))
    (heard,) = told.heard
    assert heard.inbound.body == Commanded(text=text)
    assert (heard.inbound.place, heard.inbound.group) == (THERE, True)
    assert (heard.inbound.by, heard.inbound.title) == (PLACE, "harbour")
    assert told.answer is Answer.COMMAND


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("circle", {"channel_id": DM, "channel_name": "directmessage"}),
        ("circle", {"channel_id": None}),
        ("circled", {}),
        ("my circle", {}),
        ("settings", {}),
    ],
)
def test_all_other_commands_are_the_persons_own(text: str, more: Json) -> None:
    (heard,) = came(command(text, **more)).heard
    assert heard.inbound.body == Commanded(text=text)
    assert (heard.inbound.place, heard.inbound.group, heard.inbound.by) == (PLACE, False, "")


@pytest.mark.parametrize("channel", ["G0HIDDEN1", "C0OFAFEW1"])
def test_a_talk_of_a_few_people_is_a_channel_without_a_title(channel: str) -> None:
    named = "privategroup" if channel[0] == "G" else "mpdm-robin--alex-1"
    (heard,) = came(command("circle", channel_id=channel, channel_name=named)).heard
    assert (heard.inbound.place, heard.inbound.group) == (f"{TEAM}:{channel}", True)
    assert heard.inbound.title == ""


def test_a_slash_command_of_nobody_is_nothing() -> None:
    assert read(command(user_id=""), OURS) is None
    assert read(command(trigger_id=""), OURS) is None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "view_closed"},
        {"type": "shortcut"},
        {"type": ["event_callback"]},
        event(type=["message"]),
        event(type="reaction_added", user=ROBIN),
        event(),
        {**said(), "event_id": ""},
        {**said(), "event": None},
    ],
)
def test_what_is_unknown_is_nothing(payload: Json) -> None:
    assert read(payload, OURS) is None


def test_an_id_that_is_too_long_becomes_a_digest_of_itself() -> None:
    (one,), (other,) = (ids({**said(), "event_id": "x" * most}) for most in (256, 257))
    assert len(one) == len(other) == 64
    assert one != other
    assert ids({**said(), "event_id": "x" * 255}) == ["x" * 255]


# --- whose it is ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (said(), ROBIN),
        (changed({"text": "a"}, {"text": "b"}), ROBIN),
        (changed({"text": "a"}, {"subtype": "tombstone", "user": "USLACKBOT"}), ROBIN),
        (deleted(), ROBIN),
        (said(f"<@{BOT}>", type="app_mention", channel=CHANNEL, channel_type="channel"), CHANNEL),
        (event(type="app_home_opened", user=ROBIN, tab="home"), ROBIN),
        (event(type="user_change", user={"id": ROBIN}), ROBIN),
        (event(type="app_uninstalled"), ""),
        (command(), ROBIN),
        (acted(press()), ROBIN),
        (in_channel(press()), CHANNEL),
        (of_channel("member_left_channel", user=ROBIN), CHANNEL),
        (of_channel("channel_rename", channel={"id": CHANNEL}), CHANNEL),
        (event(type="channel_id_changed", old_channel_id=CHANNEL), CHANNEL),
        (submitted(), ROBIN),
        (suggestion(), ROBIN),
    ],
)
def test_everything_of_one_person_waits_in_one_line(payload: Json, name: str) -> None:
    assert whose(payload) == name
    assert team_of(payload) == TEAM


@pytest.mark.parametrize(
    ("payload", "team"),
    [
        ({"team_id": "T1", "authorizations": [{"team_id": "T2"}]}, "T2"),
        ({"team_id": "T1", "authorizations": []}, "T1"),
        ({"team_id": None, "view": {"app_installed_team_id": "T3"}}, "T3"),
        ({"team": None, "user": {"team_id": "T4"}}, "T4"),
        ({"team": {"id": "not one"}}, ""),
    ],
)
def test_the_workspace_is_the_one_that_let_us_in(payload: Json, team: str) -> None:
    assert team_of(payload) == team
