"""Reading: from an update of Telegram's to what the house understands; pure and total.

Whatever JSON comes, there is an answer: a field that is not as Telegram describes it is a field
that is not there. What nobody said to us is None. Words said in a group are never carried, but
for what follows the name of one of our commands for groups.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.adapters.telegram import fields
from bot.adapters.telegram.attached import LARGEST, FileRef, attached
from bot.adapters.telegram.fields import Json
from bot.adapters.telegram.places import named
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

#: Telegram's limit on what a button sends back, in bytes.
_DATA = 64
#: The account in whose name those write who administer a group and do not say who they are.
_ANONYMOUS = 1_087_968_824
#: The longest id of a press that is taken; Telegram's have about 20 digits.
_CALLBACK = 128
_COMMAND = re.compile(r"/([A-Za-z0-9_]+)(@[A-Za-z0-9_]+)?(?:\s+(.*))?", re.DOTALL)
#: Telegram's pattern of what an invitation may carry.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
#: The commands that are carried from a group, with what is written behind them.
_IN_GROUP = frozenset({"circle", "circles"})
#: Telegram's limit on what a group is called is shorter.
_TITLE = 255
_PRESENT = frozenset({"creator", "administrator", "member", "restricted"})
#: The formatting that a message of ours may have had; Telegram finds all other entities itself.
_FORMATTING = frozenset({"blockquote", "expandable_blockquote", "bold", "italic", "code", "pre"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Me:
    """The bot itself."""

    id: int
    #: Without `@`.
    username: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message of ours as its reader sees it, told with a press on its button."""

    place: str
    message: str
    text: str
    #: Telegram's own records of the text's formatting.
    entities: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What an update brought."""

    #: None when a press means nothing here; it is answered all the same.
    inbound: Inbound | None
    #: What the words of `inbound` carry, still to be fetched.
    file: FileRef | None = None
    #: Telegram's id of the press; empty when it is none.
    callback: str = ""
    #: The message that was pressed, when Telegram told all of it.
    seen: Seen | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chat:
    """Where an update came from."""

    id: int
    group: bool
    #: What a group is called.
    title: str
    #: The topic of a forum that it came from, which is a place of its own.
    topic: int | None = None

    @property
    def place(self) -> str:
        return named(self.id, self.topic)

    def told(self, body: Body, *parts: object, by: Json) -> Inbound:
        """What was told here; the parts make its id, for update ids begin anew now and then."""
        language = fields.text(by, "language_code")
        return Inbound(
            platform=Platform.TELEGRAM,
            id=".".join(map(str, parts)),
            place=self.place,
            body=body,
            language=language if _LANGUAGE.fullmatch(language) else "",
            group=self.group,
            by=str(by["id"]) if self.group and _is_person(by) else "",
            title=self.title,
        )


def read(update: object, me: Me) -> Came | None:
    """What an update brought; None when it is nothing to us. Never raises."""
    if not isinstance(update, Mapping):
        return None
    number = fields.number(update, "update_id")
    if number is None:
        return None
    if press := fields.part(update, "callback_query"):
        return _pressed(number, press)
    if member := fields.part(update, "my_chat_member"):
        return _member(number, member)
    if other := fields.part(update, "chat_member"):
        return _other_member(number, other)
    if message := fields.part(update, "message"):
        return _message(number, message, me)
    if edited := fields.part(update, "edited_message"):
        return _edited(number, edited)
    return None


def _message(number: int, message: Json, me: Me) -> Came | None:
    chat, by = _chat(message), fields.part(message, "from")
    id_ = fields.number(message, "message_id")
    if chat is None or id_ is None:
        return None
    if chat.group:
        return _in_group(number, id_, chat, message, me)
    if not _is_person(by) or fields.SERVICE & message.keys():
        return None
    file: FileRef | None = None
    body: Body
    if fields.number(by, "id") != chat.id:
        return None
    if text := fields.text(message, "text"):
        body = _said(text, str(id_), me)
    else:
        body, file = _carried(message, str(id_))
    return Came(inbound=chat.told(body, number, id_, by=by), file=file)


def _in_group(number: int, id_: int, chat: _Chat, message: Json, me: Me) -> Came | None:
    """What is told in a group: of the group itself, or that somebody spoke to us."""
    by = _speaker(message)
    if fields.SERVICE & message.keys():
        body, who = _of_group(message)
        whole = replace(chat, topic=None)
        told = whole.told(body, number, id_, by=who or by or {}) if body else None
    elif by is not None and _addressed(message, me):
        spoken = _commanded(message) or Words(message=str(id_), text="")
        told = chat.told(spoken, number, id_, by=by)
    else:
        return None
    return Came(inbound=told) if told else None


def _speaker(message: Json) -> Json | None:
    """Who speaks in a group, without a number when they do so in the name of a chat.

    None for a bot: we do not answer it.
    """
    if fields.part(message, "sender_chat"):
        return {}
    by = fields.part(message, "from")
    if fields.number(by, "id") == _ANONYMOUS:
        return {}
    return by if _is_person(by) else None


def _of_group(message: Json) -> tuple[Body | None, Json | None]:
    """What Telegram itself says of a group, and of whom if it is not of whoever did it.

    How we come and go is told elsewhere.
    """
    to = fields.number(message, "migrate_to_chat_id")
    if to is not None and to < 0:
        return Migrated(to=str(to)), None
    if fields.text(message, "new_chat_title").strip():
        return Renamed(), None
    gone = fields.part(message, "left_chat_member")
    return (Parted() if _is_person(gone) else None), gone


def _commanded(message: Json) -> Commanded | None:
    """A command for groups, with what is written behind it; it is known to be to us."""
    command = _COMMAND.fullmatch(fields.text(message, "text"))
    if command is None or command[1].casefold() not in _IN_GROUP:
        return None
    return Commanded(text=f"{command[1].casefold()} {command[3] or ''}".strip())


def _said(text: str, message: str, me: Me) -> Words | Invited:
    """A text; a command to us may name us, and `/start` may bring an invitation."""
    command = _COMMAND.fullmatch(text)
    if command is None:
        return Words(message=message, text=text)
    name, to, rest = command.groups()
    if to and not _is_me(to, me):
        return Words(message=message, text=text)
    if name.casefold() == "start":
        invited = bool(rest and _CODE.fullmatch(rest))
        return Invited(code=rest) if invited else Words(message=message, text="start")
    return Words(message=message, text=text.replace(to, "", 1) if to else text)


def _carried(message: Json, id_: str) -> tuple[Words, FileRef | None]:
    """What a message without text carries, its caption being its text."""
    caption, file = fields.text(message, "caption"), attached(message)
    if file is None:
        return Words(message=id_, text=caption, unkept=Unkept.KIND), None
    if file.size > LARGEST:
        return Words(message=id_, text=caption, unkept=Unkept.SIZE), None
    return Words(message=id_, text=caption), file


def _edited(number: int, message: Json) -> Came | None:
    """An edit in a private chat; a place on the map that moves is none."""
    chat, by = _chat(message), fields.part(message, "from")
    id_ = fields.number(message, "message_id")
    if chat is None or chat.group or id_ is None or fields.number(by, "id") != chat.id:
        return None
    text = fields.text(message, "text") or fields.text(message, "caption")
    if not text and attached(message) is None:
        return None
    body = Edit(message=str(id_), text=text)
    return Came(inbound=chat.told(body, number, id_, by=by))


def _pressed(number: int, press: Json) -> Came | None:
    """A press; by anybody but the person whose chat it is, it means nothing."""
    callback, by = fields.text(press, "id"), fields.part(press, "from")
    message, data = fields.part(press, "message"), fields.text(press, "data")
    if not 0 < len(callback) <= _CALLBACK:
        return None
    nothing = Came(inbound=None, callback=callback)
    chat, id_ = _chat(message), fields.number(message, "message_id")
    if chat is None or id_ is None or not _is_person(by):
        return nothing
    if not 0 < len(data.encode()) <= _DATA or not (
        chat.group or fields.number(by, "id") == chat.id
    ):
        return nothing
    body = Press(token=data, message=str(id_))
    return Came(
        inbound=chat.told(body, number, callback, by=by),
        callback=callback,
        seen=_seen(message, chat, id_),
    )


def _seen(message: Json, chat: _Chat, id_: int) -> Seen | None:
    text = message.get("text")
    if not isinstance(text, str) or not text:
        return None
    return Seen(
        place=chat.place,
        message=str(id_),
        text=fields.text(message, "text"),
        entities=tuple(_formatting(message)),
    )


def _formatting(message: Json) -> Iterator[Json]:
    """How the text of a message is set, in Telegram's own records."""
    for each in fields.parts(message, "entities"):
        kind = fields.text(each, "type")
        offset, length = fields.number(each, "offset"), fields.number(each, "length")
        if kind in _FORMATTING and offset is not None and length is not None:
            yield {"type": kind, "offset": offset, "length": length}


def _member(number: int, change: Json) -> Came | None:
    """Whether we are let in, blocked or thrown out."""
    chat, by = _chat(change), fields.part(change, "from")
    if chat is None:
        return None
    before, now = (is_in(fields.part(change, f"{age}_chat_member")) for age in ("old", "new"))
    body: Body
    if now is False:
        body = Left()
    elif now and not (chat.group and before):
        body = Arrived() if chat.group else Returned()
    else:
        return None
    when = fields.number(change, "date") or 0
    return Came(inbound=chat.told(body, number, f"m{when}", by=by))


def _other_member(number: int, change: Json) -> Came | None:
    """Whether somebody else goes out of a group, or is thrown out; told where we administer it."""
    chat, now = _chat(change), fields.part(change, "new_chat_member")
    who = fields.part(now, "user")
    was = is_in(fields.part(change, "old_chat_member"))
    if chat is None or not chat.group or not _is_person(who):
        return None
    if was is False or is_in(now) is not False:
        return None
    when = fields.number(change, "date") or 0
    return Came(inbound=chat.told(Parted(), number, f"o{when}", by=who))


def is_in(member: object) -> bool | None:
    """Whether this is a member; None when Telegram does not say. Never raises."""
    if not isinstance(member, Mapping):
        return None
    status = fields.text(member, "status")
    if status == "restricted":
        return member.get("is_member") is True
    return status in _PRESENT if status in _PRESENT | {"left", "kicked"} else None


def _addressed(message: Json, me: Me) -> bool:
    """Whether a message in a group is meant for us: a command, a mention, or a reply to us."""
    text = fields.text(message, "text") or fields.text(message, "caption")
    command = _COMMAND.match(text)
    if command and (command[2] is None or _is_me(command[2], me)):
        return True
    if any(_is_me(found, me) for found in re.findall(r"(?<![\w@])@[A-Za-z0-9_]+", text)):
        return True
    above = fields.part(message, "reply_to_message")
    return (
        fields.number(fields.part(above, "from"), "id") == me.id
        and "forum_topic_created" not in above
    )


def _is_me(mention: str, me: Me) -> bool:
    return mention.casefold() == f"@{me.username.casefold()}"


def _is_person(by: Json) -> bool:
    return fields.number(by, "id") is not None and by.get("is_bot") is not True


def _chat(told: Json) -> _Chat | None:
    chat = fields.part(told, "chat")
    id_, kind = fields.number(chat, "id"), fields.text(chat, "type")
    if id_ is None or kind not in {"private", "group", "supergroup", "channel"}:
        return None
    group = kind != "private"
    title = (fields.text(told, "new_chat_title") or fields.text(chat, "title"))[:_TITLE]
    topic = fields.number(told, "message_thread_id")
    return _Chat(
        id=id_,
        group=group,
        title=title if group else "",
        # In other groups a thread is no more than replies to one message.
        topic=topic if group and told.get("is_topic_message") is True else None,
    )
