"""The people who use the bot, and what they do with it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.telegram.markup import found
from tests.fakes.telegram.records import Chat, File, Message, Query, User
from tests.fakes.telegram.world import World

#: An address that opens the chat with a bot and brings something there.
DEEP_LINK = re.compile(r"https://t\.me/(\w+)\?start=([A-Za-z0-9_-]{1,64})")


@dataclass(eq=False)
class Person:
    """Somebody, and their private chat with the bot."""

    world: World
    user: User
    chat: Chat

    @property
    def id(self) -> int:
        return self.user.id

    @property
    def sees(self) -> list[str]:
        """What the bot has said to them, as it reads now."""
        return self.chat.texts

    @property
    def last(self) -> Message:
        """The bot's last message to them."""
        return self.chat.from_bot[-1]

    @property
    def notices(self) -> list[str]:
        """What they were shown when they pressed."""
        queries = self.world.queries.values()
        return [query.text for query in queries if query.person == self.id and query.answered]

    def writes(self, text: str, *, reply_to: Message | None = None) -> Message:
        """A message to the bot."""
        return self._tell(self.say(text, chat=self.chat, reply_to=reply_to))

    def say(self, text: str, *, chat: Chat, reply_to: Message | None = None) -> Message:
        """A message in any chat, of which the bot is not told."""
        return self.world.say(chat, self.user, text, entities=found(text), reply_to=reply_to)

    def starts(self, payload: str = "") -> Message:
        """The button that opens the chat, perhaps with a deep link."""
        return self.writes(f"/start {payload}".rstrip())

    def forwards(self, text: str, *, by: str = "Somebody Else") -> Message:
        """A message that somebody else wrote first."""
        date = self.world.now - 60
        origin = {"type": "hidden_user", "sender_user_name": by, "date": date}
        message = self.say(text, chat=self.chat)
        message.more = {"forward_origin": origin}
        return self._tell(message)

    def sends_photo(self, content: bytes, caption: str = "") -> Message:
        return self._sends(self.world.keep("photo", content, "image/jpeg"), caption)

    def sends_voice(self, content: bytes, caption: str = "") -> Message:
        return self._sends(self.world.keep("voice", content, "audio/ogg"), caption)

    def sends_document(self, content: bytes, mime: str, name: str, caption: str = "") -> Message:
        return self._sends(self.world.keep("document", content, mime, name), caption)

    def sends_sticker(self) -> Message:
        return self._sends(self.world.keep("sticker", b"RIFF....WEBP", "image/webp"))

    def edits(self, message: Message | int, text: str) -> Message:
        """One of their own messages, written anew."""
        edited = self._own(message)
        edited.edits.append(edited.text)
        edited.text, edited.entities = text, found(text)
        edited.edited = self.world.now
        self._open(edited.chat)
        self.world.updates.put(edited.chat.id, "edited_message", edited.wire)
        return edited

    def presses(self, message: Message | int, button: str) -> Query:
        """A button of a message, by what it says or by its data; an old message too."""
        pressed = message if isinstance(message, Message) else self._find(message)
        buttons = [one for row in pressed.buttons for one in row if "callback_data" in one]
        data = next(
            (one["callback_data"] for one in buttons if one["text"] == button),
            next(
                (one["callback_data"] for one in buttons if one["callback_data"] == button), None
            ),
        )
        if data is None:
            raise LookupError(f"No button {button!r} among {pressed.labels}.")
        return self.sends_press(pressed, data)

    def opens(self, message: Message, button: str) -> Message:
        """A button that opens a chat with the bot, by what it says; then *Start* there."""
        addresses = (
            one["url"]
            for row in message.buttons
            for one in row
            if "url" in one and one["text"] == button
        )
        address = next(addresses, None)
        if address is None:
            raise LookupError(f"No address behind {button!r} among {message.labels}.")
        link = DEEP_LINK.fullmatch(address)
        if link is None or link[1].casefold() != str(self.world.me.username).casefold():
            raise LookupError(f"{address} does not open the chat with the bot.")
        return self.starts(link[2])

    def sends_press(self, pressed: Message, data: str) -> Query:
        """A press with any data, though no button has it now: a stale screen."""
        world = self.world
        number = str(world.number("query", 4_000_000_001))
        query = Query(number, self.id, data, pressed, world.clock())
        world.queries[number] = query
        world.updates.put(
            pressed.chat.id,
            "callback_query",
            {
                "id": number,
                "from": self.user.wire,
                "message": pressed.wire,
                "chat_instance": f"instance{pressed.chat.id}",
                "data": data,
            },
        )
        return query

    def reacts(self, message: Message, emoji: str) -> None:
        """A reaction to a message."""
        self.world.updates.put(
            message.chat.id,
            "message_reaction",
            {
                "chat": message.chat.wire,
                "message_id": message.id,
                "user": self.user.wire,
                "date": self.world.now,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": emoji}],
            },
        )

    def blocks(self) -> None:
        self._block(blocked=True)

    def unblocks(self) -> None:
        self._block(blocked=False)

    def leaves_telegram(self) -> None:
        """Their account is deleted."""
        self.chat.deactivated = True

    def _block(self, *, blocked: bool) -> None:
        if self.chat.blocked == blocked:
            return
        self.chat.blocked = blocked
        bot = {"user": self.world.me.wire}
        member = bot | {"status": "member"}
        kicked = bot | {"status": "kicked", "until_date": 0}
        self.world.updates.put(
            self.id,
            "my_chat_member",
            {
                "chat": self.chat.wire,
                "from": self.user.wire,
                "date": self.world.now,
                "old_chat_member": member if blocked else kicked,
                "new_chat_member": kicked if blocked else member,
            },
        )

    def _sends(self, file: File, caption: str = "") -> Message:
        more = {"entities": found(caption), "file": file}
        return self._tell(self.world.say(self.chat, self.user, caption, **more))

    def _tell(self, message: Message) -> Message:
        self._open(message.chat)
        self.world.updates.put(message.chat.id, "message", message.wire)
        return message

    def _open(self, chat: Chat) -> None:
        """Nobody writes to a bot that they block; whoever writes lets it write back."""
        if chat is self.chat:
            self._block(blocked=False)
            chat.open = True

    def _find(self, number: int) -> Message:
        return next(one for one in self.chat.messages if one.id == number)

    def _own(self, message: Message | int) -> Message:
        mine = message if isinstance(message, Message) else self._find(message)
        if mine.sender != self.user:
            raise LookupError("Only their own messages can be edited.")
        return mine
