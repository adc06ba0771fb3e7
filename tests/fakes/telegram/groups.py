"""Groups: who is in them, what the bot hears of them, how they come and go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.markup import part
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Chat, Kind, Message, User
from tests.fakes.telegram.world import World

Json = dict[str, Any]

FIRST_GROUP = 2001
#: The ids of supergroups need 64 bits.
FIRST_SUPERGROUP = 1_002_000_000_001


@dataclass(eq=False)
class Group:
    """A group; `chat` is another one after it migrates."""

    world: World
    chat: Chat
    members: list[Person] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def sees(self) -> list[str]:
        """What the bot has said in it, as it reads now."""
        return self.chat.texts

    @property
    def last(self) -> Message:
        """The bot's last message in it."""
        return self.chat.from_bot[-1]

    def adds_bot(self, by: Person | None = None) -> None:
        adder = self._one(by)
        self.chat.open = True
        self._member(adder, "left", "member")
        self._service(adder, {"new_chat_members": [self.world.me.wire]})

    def removes_bot(self, by: Person | None = None) -> None:
        remover = self._one(by)
        self.chat.open = False
        self._service(remover, {"left_chat_member": self.world.me.wire})
        self._member(remover, "member", "kicked")

    def says(
        self,
        person: Person,
        text: str,
        *,
        reply_to: Message | None = None,
        thread: int | None = None,
    ) -> Message:
        """Somebody says something; the bot hears it if it is meant for it."""
        message = person.say(text, chat=self.chat, reply_to=reply_to)
        if thread is not None:
            message.more = {"message_thread_id": thread, "is_topic_message": True}
        if self.chat.open and self.hears(message):
            self.world.updates.put(self.chat.id, "message", message.wire)
        return message

    def hears(self, message: Message) -> bool:
        """Whether the bot is shown this message."""
        me = self.world.me
        if not self.world.privacy or (message.reply_to and message.reply_to.sender == me):
            return True
        for entity in message.entities:
            first = entity["offset"]
            named = part(message.text, first, first + entity["length"])
            if entity["type"] == "mention" and named == f"@{me.username}":
                return True
            if entity["type"] == "bot_command" and entity["offset"] == 0:
                return named.partition("@")[2] in {"", me.username}
        return False

    def migrates(self) -> int:
        """It becomes a supergroup, with another id."""
        old = self.chat
        number = -self.world.number("supergroup", FIRST_SUPERGROUP)
        new = Chat(number, Kind.SUPERGROUP, old.title, open=old.open)
        self.world.chats[number] = new
        somebody = self.members[0].user
        self._service(somebody, {"migrate_to_chat_id": number})
        old.migrated_to = number
        self.chat = new
        self._service(somebody, {"migrate_from_chat_id": old.id})
        return number

    def _one(self, person: Person | None) -> User:
        return (person or self.members[0]).user

    def _service(self, by: User, told: Json) -> None:
        message = self.world.say(self.chat, by)
        message.more = told
        self.world.updates.put(self.chat.id, "message", message.wire)

    def _member(self, by: User, before: str, after: str) -> None:
        me = self.world.me.wire
        self.world.updates.put(
            self.chat.id,
            "my_chat_member",
            {
                "chat": self.chat.wire,
                "from": by.wire,
                "date": self.world.now,
                "old_chat_member": standing(me, before),
                "new_chat_member": standing(me, after),
            },
        )


def standing(user: Json, status: str) -> Json:
    """How somebody stands in a chat."""
    return {"user": user, "status": status} | ({"until_date": 0} if status == "kicked" else {})


def new_group(world: World, title: str, members: list[Person], *, supergroup: bool) -> Group:
    """A group without the bot."""
    kind, first = (Kind.GROUP, FIRST_GROUP)
    if supergroup:
        kind, first = (Kind.SUPERGROUP, FIRST_SUPERGROUP)
    chat = Chat(-world.number(kind.value, first), kind, title)
    world.chats[chat.id] = chat
    return Group(world, chat, members)
