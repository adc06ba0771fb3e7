"""Groups: who is in them, what the bot hears of them, how they come and go."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.markup import found, part
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.records import Chat, Kind, Message, Query, User
from tests.fakes.telegram.wire import whole
from tests.fakes.telegram.world import World

Json = dict[str, Any]

FIRST_GROUP = 2001
FIRST_BOT = 800_000_001
#: In whose name those write who administer a group and do not say who they are.
ANONYMOUS = User(1_087_968_824, "Group", username="GroupAnonymousBot", is_bot=True)
#: What somebody who administers a group may do, and what somebody who is restricted may.
RIGHTS = (
    *("be_edited", "manage_chat", "delete_messages", "manage_video_chats", "restrict_members"),
    *("promote_members", "change_info", "invite_users", "send_welcome_messages"),
    *("post_stories", "edit_stories", "delete_stories"),
)
PERMISSIONS = (
    *("send_messages", "send_audios", "send_documents", "send_photos", "send_videos"),
    *("send_video_notes", "send_voice_notes", "send_polls", "send_other_messages"),
    *("add_web_page_previews", "react_to_messages", "edit_tag", "change_info", "invite_users"),
    *("pin_messages", "manage_topics"),
)
#: The ids of supergroups need 64 bits.
FIRST_SUPERGROUP = 1_002_000_000_001


@dataclass(eq=False)
class Group:
    """A group; `chat` is another one after it migrates."""

    world: World
    chat: Chat
    members: list[Person] = field(default_factory=list)
    #: Other bots in it.
    bots: list[User] = field(default_factory=list)
    #: Whether the bot administers it.
    administered: bool = False
    #: Whether who is in it is shown to nobody but those who administer it.
    hides_members: bool = False
    #: How those stand who are no plain members, and those who were.
    standings: dict[User, str] = field(default_factory=dict)

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
        self.chat.open = self.administered = False
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
        self._must_be_in(person)
        if thread is not None and thread not in self.chat.topics:
            raise LookupError(f"There is no topic {thread} in {self.chat.title}.")
        return self._said(person.user, text, self.chat.thread(thread, reply_to), reply_to)

    def says_unnamed(self, text: str) -> Message:
        """Somebody who administers it says something in its own name."""
        return self._said(ANONYMOUS, text, {"sender_chat": self.chat.wire})

    def bot_says(self, bot: User, text: str) -> Message:
        """Another bot says something, which bots are never shown."""
        if bot not in self.bots:
            raise LookupError(f"{bot.username} is not in {self.chat.title}.")
        return self._said(bot, text, {})

    def presses(self, person: Person, message: Message, button: str) -> Query:
        """A member presses a button of a message in it."""
        self._must_be_in(person)
        if message.chat is not self.chat:
            raise LookupError(f"This message does not stand in {self.chat.title}.")
        return person.presses(message, button)

    def hears(self, message: Message) -> bool:
        """Whether the bot is shown this message."""
        me = self.world.me
        if message.sender.is_bot and message.sender != ANONYMOUS:
            return False
        if not self.world.privacy or self.administered:
            return True
        if message.reply_to and message.reply_to.sender == me:
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

    def promotes_bot(self, by: Person | None = None) -> None:
        """The bot administers it from now on: it hears all, and who comes and goes."""
        self.administered = True
        self._member(self._one(by), "member", "administrator")

    def adds(self, person: Person, by: Person | None = None) -> None:
        """Somebody comes in, by themselves or through a member."""
        self.members.append(person)
        self.standings.pop(person.user, None)
        self._other(person.user, self._one(by or person), "left", "member")
        self._told(self._one(by or person), {"new_chat_members": [person.user.wire]})

    def loses(self, person: Person, by: Person | None = None) -> None:
        """Somebody leaves, or is thrown out by a member."""
        self._must_be_in(person)
        self.members.remove(person)
        doer = self._one(by or person)
        after = "left" if doer == person.user else "kicked"
        if after == "kicked" or self.standings.get(person.user) != "restricted":
            self.standings[person.user] = after
        self._other(person.user, doer, "member", after)
        self._told(doer, {"left_chat_member": person.user.wire})

    def restricts(self, person: Person) -> None:
        """Somebody may not do all that others may; they stay so when they leave."""
        self.standings[person.user] = "restricted"

    def stands(self, user: User) -> Json:
        """How somebody stands in it, as getChatMember tells."""
        here = [each.user for each in self.members]
        inside = user in (*here, *self.bots, self.world.me)
        usual = "creator" if user in here[:1] else "member"
        if user == self.world.me and self.administered:
            usual = "administrator"
        status = self.standings.get(user, usual if inside else "left")
        told = standing(user.wire, status)
        match status:
            case "creator":
                return told | {"is_anonymous": False}
            case "administrator":
                return told | {f"can_{each}": False for each in RIGHTS} | {"is_anonymous": False}
            case "restricted":
                may = {f"can_{each}": False for each in PERMISSIONS}
                return told | may | {"is_member": inside, "until_date": 0}
            case _:
                return told

    def adds_other_bot(self, name: str, by: Person | None = None) -> User:
        """Another bot comes in; its username ends in `_bot`."""
        bot = User(self.world.number("bot", FIRST_BOT), name, f"{name.lower()}_bot", is_bot=True)
        self.bots.append(bot)
        self._other(bot, self._one(by), "left", "member")
        self._told(self._one(by), {"new_chat_members": [bot.wire]})
        return bot

    def loses_bot(self, bot: User, by: Person | None = None) -> None:
        """Another bot is thrown out."""
        self.bots.remove(bot)
        self._other(bot, self._one(by), "member", "kicked")
        self._told(self._one(by), {"left_chat_member": bot.wire})

    def retitles(self, title: str, by: Person | None = None) -> None:
        """It is called something else."""
        self.chat.title = title
        self._told(self._one(by), {"new_chat_title": title})

    def new_topic(self, name: str, by: Person | None = None) -> int:
        """A topic in a supergroup, which is a forum by then; the number of its thread."""
        if self.chat.kind is not Kind.SUPERGROUP:
            raise LookupError("Only a supergroup has topics.")
        self.chat.forum = True
        created = {"forum_topic_created": {"name": name, "icon_color": 7322096}}
        root = self.world.say(self.chat, self._one(by))
        self.chat.topics[root.id] = name
        root.more = created | self.chat.thread(root.id, None)
        self._tell(root)
        return root.id

    def deletes_topic(self, topic: int) -> None:
        """A topic and all that was said in it are gone; nobody is told."""
        del self.chat.topics[topic]
        for message in self.chat.messages:
            if message.more.get("message_thread_id") == topic:
                message.deleted = True

    def _must_be_in(self, person: Person) -> None:
        if person not in self.members:
            raise LookupError(f"{person.user.first_name} is not in {self.chat.title}.")

    def _said(
        self, sender: User, text: str, more: Json, reply_to: Message | None = None
    ) -> Message:
        message = self.world.say(
            self.chat, sender, text, entities=found(text), reply_to=reply_to, more=more
        )
        if self.hears(message):
            self._tell(message)
        return message

    def _tell(self, message: Message) -> None:
        """Whoever is in it is shown this."""
        if self.chat.open:
            self.world.updates.put(self.chat.id, "message", message.wire)

    def _told(self, by: User, told: Json) -> None:
        """Telegram itself says something in it."""
        message = self.world.say(self.chat, by)
        message.more = told
        self._tell(message)

    def _other(self, who: User, by: User, before: str, after: str) -> None:
        """How somebody else stands, told to a bot that administers it and asks for it."""
        if self.administered and self.chat.open:
            self._put("chat_member", who.wire, by, before, after)

    def _one(self, person: Person | None) -> User:
        return (person or self.members[0]).user

    def _service(self, by: User, told: Json) -> None:
        message = self.world.say(self.chat, by)
        message.more = told
        self.world.updates.put(self.chat.id, "message", message.wire)

    def _member(self, by: User, before: str, after: str) -> None:
        self._put("my_chat_member", self.world.me.wire, by, before, after)

    def _put(self, kind: str, who: Json, by: User, before: str, after: str) -> None:
        self.world.updates.put(
            self.chat.id,
            kind,
            {
                "chat": self.chat.wire,
                "from": by.wire,
                "date": self.world.now,
                "old_chat_member": standing(who, before),
                "new_chat_member": standing(who, after),
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
    made = Group(world, chat, members)
    world.groups.append(made)
    return made


def get_chat_member(world: World, params: Json) -> Json:
    """How somebody stands in a group, where the bot may know."""
    chat = world.open_chat(params)
    group = next((each for each in world.groups if each.chat is chat), None)
    number = whole(params, "user_id", 0)
    if number <= 0:
        raise bad("invalid user_id specified")
    user = next((each for each in _known(world, group) if each.id == number), None)
    if group is None or user is None:
        raise bad("user not found")
    if group.hides_members and not group.administered and user != world.me:
        raise bad("CHAT_ADMIN_REQUIRED")
    return group.stands(user)


def _known(world: World, group: Group | None) -> list[User]:
    """Those whom the bot has met: in their own chat, or in this group."""
    met = [each.user for each in world.people if each.chat.open]
    here = [each.user for each in group.members] if group else []
    others = [*group.bots, *group.standings] if group else []
    return [world.me, *met, *here, *others]
