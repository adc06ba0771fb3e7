"""Updates as Telegram sends them."""

from __future__ import annotations

from typing import Any

from bot.adapters.telegram.reading import Me

Json = dict[str, Any]

ME = Me(id=700_000_001, username="Skerry_bot")
US: Json = {"id": ME.id, "is_bot": True, "first_name": "Skerry", "username": ME.username}
ROBIN: Json = {"id": 1001, "is_bot": False, "first_name": "Robin", "language_code": "en"}
ALEX: Json = {"id": 1002, "is_bot": False, "first_name": "Alex"}
PRIVATE: Json = {"id": 1001, "type": "private", "first_name": "Robin"}
GROUP: Json = {"id": -2001, "type": "group", "title": "Tuesday"}
SUPERGROUP: Json = {"id": -1_002_000_000_001, "type": "supergroup", "title": "Tuesday"}
TOPIC: Json = {"message_thread_id": 45, "is_topic_message": True}
#: In whose name those write who administer a group and do not say who they are.
ANONYMOUS: Json = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL: Json = {"id": -1_002_000_000_009, "type": "channel", "title": "News"}
NUMBER = 500_000_001
FILE: Json = {"file_id": "file-1", "file_unique_id": "u1", "file_size": 1000}


def update(kind: str, told: Json, number: Any = NUMBER) -> Json:  # noqa: ANN401 - It may be wrong.
    return {"update_id": number, kind: told}


def message(chat: Json = PRIVATE, by: Json = ROBIN, **more: Any) -> Json:  # noqa: ANN401
    """A message, here of nothing but what is named."""
    return update(
        "message", {"message_id": 7, "date": 1_772_442_000, "chat": chat, "from": by, **more}
    )


def edited(**more: Any) -> Json:  # noqa: ANN401
    told = message(**more)
    return update("edited_message", {**told["message"], "edit_date": 1_772_442_060})


def press(data: object = "c:1:2", *, by: Json = ROBIN, **message_is: Any) -> Json:  # noqa: ANN401
    """A press on a button of a message of ours."""
    within = {
        "message_id": 8,
        "date": 1_772_442_000,
        "chat": PRIVATE,
        "from": US,
        "text": "How was it?",
        **message_is,
    }
    told = {"id": "4000000001", "from": by, "chat_instance": "1", "message": within, "data": data}
    return update("callback_query", told)


def member(before: str, now: str, chat: Json = PRIVATE, **more: Any) -> Json:  # noqa: ANN401
    """How we stand in a chat."""
    return update(
        "my_chat_member",
        {
            "chat": chat,
            "from": ROBIN,
            "date": 1_772_442_000,
            "old_chat_member": {"user": US, "status": before},
            "new_chat_member": {"user": US, "status": now, **more},
        },
    )


def other_member(
    before: str,
    now: str,
    *,
    chat: Json = SUPERGROUP,
    user: Json = ALEX,
    **more: Any,  # noqa: ANN401
) -> Json:
    """How somebody else stands in a chat."""
    told = member(before, now, chat, **more)["my_chat_member"]
    for age in ("old", "new"):
        told[f"{age}_chat_member"] = {**told[f"{age}_chat_member"], "user": user}
    return update("chat_member", told)
