"""Reading answers to any JSON at all."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.telegram.reading import Came, read
from tests.telegram.updates import (
    ALEX,
    ANONYMOUS,
    FILE,
    GROUP,
    ME,
    ROBIN,
    SUPERGROUP,
    TOPIC,
    US,
    edited,
    member,
    message,
    other_member,
    press,
)

Json = dict[str, Any]

SHAPES: list[Json] = [
    message(text="/start@skerry_bot ward-7"),
    message(text="/forget_me@Skerry_bot"),
    message(photo=[FILE, {**FILE, "width": 8, "height": 6}], caption="Our cat"),
    message(voice={**FILE, "mime_type": "audio/ogg"}),
    message(document={**FILE, "mime_type": "image/png"}),
    message(GROUP, ALEX, text="@skerry_bot hello"),
    message(SUPERGROUP, ALEX, text="Yes", reply_to_message={"message_id": 3, "from": US}),
    edited(text="Better."),
    press(entities=[{"type": "blockquote", "offset": 0, "length": 3}]),
    press(by=ALEX, chat=GROUP),
    member("kicked", "member"),
    member("member", "restricted", SUPERGROUP, is_member=False),
    message(SUPERGROUP, ALEX, text="/circle@skerry_bot weekly", **TOPIC),
    message(GROUP, ANONYMOUS, text="/circle", sender_chat=GROUP),
    message(GROUP, ALEX, migrate_to_chat_id=SUPERGROUP["id"]),
    message(GROUP, ALEX, new_chat_title="Wednesday"),
    message(GROUP, ALEX, left_chat_member=ROBIN),
    press(by=ALEX, chat=SUPERGROUP, **TOPIC),
    other_member("member", "left"),
]
ODD: list[object] = [
    None, True, False, 0, -1, 2**63, -(2**64), 10**5000, 1.5, float("inf"), float("nan"), "",
    "\x00", "\ud800", "x" * 5000, "private", [], {}, [[]], {"": {}}, [None], {"id": {"id": []}},
]  # fmt: skip
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def ways(of: object) -> list[tuple[Any, Any]]:
    """Every place within, as its holder and its name there."""
    found: list[tuple[Any, Any]] = []
    if isinstance(of, dict):
        found = [(of, name) for name in of]
        for each in of.values():
            found += ways(each)
    elif isinstance(of, list):
        found = [(of, index) for index in range(len(of))]
        for each in of:
            found += ways(each)
    return found


def mutate(shape: Json, chance: random.Random) -> Json:
    """The update with one to three of its parts changed, swapped or taken away."""
    changed = copy.deepcopy(shape)
    for _ in range(chance.randint(1, 3)):
        holder, name = chance.choice(ways(changed) or [(changed, "update_id")])
        match chance.randint(0, 3):
            case 0 if isinstance(holder, dict):
                holder.pop(name, None)
            case 1 if isinstance(holder, dict):
                holder[chance.choice(["chat", "from", "text", "message", "id"])] = holder.get(name)
            case 2:
                other = chance.choice(ways(chance.choice(SHAPES)))
                holder[name] = copy.deepcopy(other[0][other[1]])
            case _:
                holder[name] = copy.deepcopy(chance.choice(ODD))
    return changed


def check(update: object, came: Came | None) -> None:
    """Whatever was read is sound, and belongs to the chat that it came from."""
    if came is None or came.inbound is None:
        return
    assert isinstance(update, dict)
    holders = [value for value in update.values() if isinstance(value, dict)]
    holders += [each["message"] for each in holders if isinstance(each.get("message"), dict)]
    chats = [each["chat"] for each in holders if isinstance(each.get("chat"), dict)]
    chat, colon, topic = came.inbound.place.partition(":")
    assert chat in {str(one.get("id")) for one in chats if small(one.get("id"))}
    if colon:
        assert came.inbound.group
        threads = [each.get("message_thread_id") for each in holders]
        assert topic in {str(each) for each in threads if small(each)}
    people = {str(user.get("id")) for user in users(update) if user.get("is_bot") is not True}
    assert came.inbound.by in people | {""}
    assert came.inbound.group or (came.inbound.by, came.inbound.title) == ("", "")
    assert 0 < len(came.inbound.id) <= 255
    here = [one for one in chats if small(one.get("id")) and str(one["id"]) == chat]
    assert came.inbound.group in {one.get("type") != "private" for one in here}
    json.dumps(repr(came)).encode()
    str(came.inbound.body).encode()
    if came.file is not None:
        assert came.file.id


def users(of: object) -> list[Json]:
    """Everything within that has a number."""
    inner = [each for holder, name in ways(of) if isinstance(each := holder[name], dict)]
    return [each for each in inner if small(each.get("id"))]


def small(number: object) -> bool:
    return isinstance(number, int) and abs(number) < 2**63


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_is_read_as_it_stands(shape: Json) -> None:
    came = read(shape, ME)
    assert came is not None
    assert came.inbound is not None
    check(shape, came)


def test_ten_thousand_mutated_updates_are_read_without_a_word() -> None:
    chance = random.Random(20260302)
    read_some = 0
    for _ in range(10_000):
        update = mutate(chance.choice(SHAPES), chance)
        came = read(update, ME)
        check(update, came)
        read_some += came is not None
    assert 2_000 < read_some < 9_900


@given(ANY)
@settings(max_examples=500, deadline=None)
def test_any_json_is_read(anything: object) -> None:
    check(anything, read(anything, ME))


@given(
    st.sampled_from(
        ["message", "edited_message", "callback_query", "my_chat_member", "chat_member"]
    ),
    ANY,
)
@settings(max_examples=300, deadline=None)
def test_any_json_within_an_update_is_read(kind: str, anything: object) -> None:
    update = {"update_id": 5, kind: anything}
    check(update, read(update, ME))


@given(st.integers(0, 2**62), st.integers(0, 2**62), st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_an_id_is_the_same_at_every_repetition_and_of_no_other_message(
    number: int, id_: int, text: str
) -> None:
    given_ = message(text=f"x{text}")
    given_["update_id"], given_["message"]["message_id"] = number, id_
    first, again = read(given_, ME), read(copy.deepcopy(given_), ME)
    assert first == again
    assert first is not None
    assert first.inbound is not None
    assert first.inbound.id == f"{number}.{id_}"
