"""What the fake keeps: users, chats, messages as they stand, files, and what it accepted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

Json = dict[str, Any]


class Kind(StrEnum):
    """The kinds of chat that the fake has."""

    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"


@dataclass(frozen=True)
class File:
    """A file on Telegram's side."""

    id: str
    unique: str
    path: str
    content: bytes
    #: photo, voice, document or sticker.
    kind: str
    mime: str
    name: str = ""

    @property
    def wire(self) -> Json:
        return {"file_id": self.id, "file_unique_id": self.unique, "file_size": len(self.content)}

    @property
    def media(self) -> Json:
        """The part of a message that carries it."""
        match self.kind:
            case "photo":
                return {"photo": [self.wire | {"width": 800, "height": 600}]}
            case "voice":
                return {"voice": self.wire | {"duration": 1, "mime_type": self.mime}}
            case "sticker":
                shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
                return {"sticker": self.wire | shape | {"type": "regular", "emoji": "🙂"}}
            case _:
                return {"document": self.wire | {"file_name": self.name, "mime_type": self.mime}}


@dataclass(frozen=True)
class User:
    """Somebody's account, or the bot's."""

    id: int
    first_name: str
    username: str | None = None
    language_code: str | None = None
    is_bot: bool = False
    #: True for the bot itself; other bots may be in its groups.
    ours: bool = False

    @property
    def wire(self) -> Json:
        told: Json = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        more = {"username": self.username, "language_code": self.language_code}
        return told | {key: value for key, value in more.items() if value}


@dataclass(eq=False)
class Chat:
    """A chat with all that was said in it."""

    id: int
    kind: Kind
    title: str = ""
    username: str | None = None
    #: A private chat in which the person has written, a group in which the bot is.
    open: bool = False
    blocked: bool = False
    deactivated: bool = False
    migrated_to: int | None = None
    #: The topics of a forum, by the number of their thread.
    topics: dict[int, str] = field(default_factory=dict)
    #: Whether it has topics, or had some.
    forum: bool = False
    messages: list[Message] = field(default_factory=list)
    #: The chat actions that the bot showed.
    actions: list[str] = field(default_factory=list)

    @property
    def wire(self) -> Json:
        told: Json = {"id": self.id, "type": self.kind.value}
        if self.kind is Kind.PRIVATE:
            named = {"first_name": self.title}
            return told | named | ({"username": self.username} if self.username else {})
        return told | {"title": self.title} | ({"is_forum": True} if self.forum else {})

    @property
    def transcript(self) -> list[Message]:
        """Everything that still stands, in its order."""
        return [message for message in self.messages if not message.deleted]

    @property
    def from_bot(self) -> list[Message]:
        """What the bot said and did not take back."""
        return [message for message in self.transcript if message.sender.ours]

    @property
    def texts(self) -> list[str]:
        """What the bot said, as it reads now."""
        return [message.text for message in self.from_bot]

    def thread(self, topic: int | None, above: Message | None) -> Json:
        """How a message says its thread: the topic, or the message that others reply to."""
        if topic is None and above is not None and above.more.get("is_topic_message"):
            topic = above.more["message_thread_id"]
        if topic is not None:
            return {"message_thread_id": topic, "is_topic_message": True}
        if above is not None and self.kind is Kind.SUPERGROUP:
            return {"message_thread_id": above.more.get("message_thread_id", above.id)}
        return {}

    def find(self, number: int) -> Message | None:
        return next((message for message in self.transcript if message.id == number), None)


@dataclass(eq=False)
class Message:
    """A message as it stands now."""

    id: int
    chat: Chat
    sender: User
    date: int
    text: str = ""
    entities: list[Json] = field(default_factory=list)
    markup: Json | None = None
    file: File | None = None
    reply_to: Message | None = None
    #: What it read before each edit.
    edits: list[str] = field(default_factory=list)
    edited: int | None = None
    deleted: bool = False
    #: Anything more that its wire says, such as where it was forwarded from.
    more: Json = field(default_factory=dict)
    reaction: list[Json] = field(default_factory=list)

    @property
    def buttons(self) -> list[list[Json]]:
        """Its rows of inline buttons."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows

    @property
    def labels(self) -> list[str]:
        """What its buttons say."""
        return [button["text"] for row in self.buttons for button in row]

    @property
    def wire(self) -> Json:
        told = {
            "message_id": self.id,
            "from": self.sender.wire,
            "chat": self.chat.wire,
            "date": self.date,
        } | self.more
        if self.edited is not None:
            told["edit_date"] = self.edited
        if self.reply_to is not None:
            told["reply_to_message"] = {
                key: value
                for key, value in self.reply_to.wire.items()
                if key != "reply_to_message"
            }
        text, entities = ("caption", "caption_entities") if self.file else ("text", "entities")
        if self.file is not None:
            told |= self.file.media
        if self.text:
            told[text] = self.text
            if self.entities:
                told[entities] = self.entities
        if self.buttons:
            told["reply_markup"] = self.markup
        return told


@dataclass(frozen=True)
class Accepted:
    """One message, edit or deletion that Telegram took from the bot."""

    method: str
    chat: int
    message: int
    text: str
    #: The text as it was sent, with its markup.
    html: str
    markup: Json | None
    #: What was uploaded or named with it.
    media: bytes | None
    time: datetime


@dataclass
class Query:
    """A press of a button, and whether the bot answered it."""

    id: str
    person: int
    data: str
    message: Message
    pressed: datetime
    answered: bool = False
    #: What the person was shown, and whether as an alert.
    text: str = ""
    alert: bool = False
