"""Places: a chat of Telegram's, or one topic of a forum; pure."""

from __future__ import annotations


def named(chat: object, topic: object = None) -> str:
    """The name of a place: the chat's number, with the topic's below it when it is one."""
    return str(chat) if topic is None else f"{chat}:{topic}"


def chat_of(place: str) -> str:
    """The number of the chat that a place is, or is within."""
    return place.partition(":")[0]


def topic_of(place: str) -> int | None:
    """The number of the topic that a place is; None when it is a whole chat."""
    topic = place.partition(":")[2]
    return int(topic) if topic.isascii() and topic.isdecimal() else None


def is_group(place: str) -> bool:
    """Whether a place is a group or a channel; a person's chat has a number above zero."""
    return place.startswith("-")


def moved(place: str, to: str) -> str:
    """Where a place is once its chat has another number."""
    return named(to, topic_of(place))
