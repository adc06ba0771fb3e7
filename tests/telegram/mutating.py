"""Updates as Telegram sends them, and what they become when nothing about them is certain."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.telegram.updates import CHANNEL, US

Json = dict[str, Any]

WORDS = (
    *("help", "journal", "practise", "weekly", "settings", "done", "skip", "back", "later"),
    *("stop", "start", "remember", "export", "delete that", "forget me", "yes, forget me"),
    *("keep", "pause until monday", "pause", "yes", "no", "1", "2", "tue, thu", "mon", "09:30"),
    *("uk", "Athens", "25:61", "3", "not yet", "We argued about beds.", "שלום \u202e abc"),
    *("<b>&amp;</b>", "<!channel>", "🙂" * 200, " ", "\n", "x" * 4096, "' OR 1=1 --"),
    *("/start", "/help", "/help@skerry_bot", "/help@other_bot", "/start nonsense", "/forget_me"),
    *("/circle", "/circle@skerry_bot weekly", "/circles@Skerry_Bot"),
    *("/", "//", "@skerry_bot", "/journal@Skerry_Bot", "/start " + "a" * 64, "/start a b"),
)
KINDS = (
    *("message", "edited_message", "channel_post", "edited_channel_post", "callback_query"),
    *("my_chat_member", "chat_member", "business_message", "edited_business_message", "poll"),
    *("poll_answer", "inline_query", "message_reaction", "chat_join_request", "no_such_kind"),
)
#: What stands where something else should.
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64, 10**4000),
    *(0.5, 1e308, float("inf"), float("nan"), "", "0", "1001", "private", "group", "\x00", "\n"),
    *("\ud83d", "\udc00 half", "a\ud83db", "\u202e", "\ufeff", "%s", "{}", "member", "kicked"),
    *([], {}, [[]], [{}], {"id": 1}, {"": ""}, ["a"] * 100, {"chat": {"id": 1}}, b"bytes"),
)


def nested(depth: int) -> Json:
    """An object in an object, and so on."""
    made: Json = {}
    for _ in range(depth):
        made = {"message": made, "chat": [made]} if depth < 10 else {"message": made}
    return made


def paths(of: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything within something."""
    inner: list[tuple[Any, ...]] = []
    if isinstance(of, dict):
        inner = [path for key, one in of.items() for path in paths(one, (*here, key))]
    elif isinstance(of, list):
        inner = [path for key, one in enumerate(of) for path in paths(one, (*here, key))]
    return [*([here] if here else []), *inner]


@dataclass
class Mutator:
    """Makes updates, each by chance another."""

    chance: Random
    #: The chats of people who speak, and of people who never do.
    speakers: list[Json]
    silent: list[Json]
    groups: list[Json]
    #: Files that can be had.
    files: list[Json]
    #: What buttons send back, of open conversations; and of the silent's, which are theirs alone.
    tokens: list[str] = field(default_factory=list)
    theirs: list[str] = field(default_factory=list)
    #: Codes of invitations.
    codes: list[str] = field(default_factory=list)
    count: int = 900_000_000
    made: list[Json] = field(default_factory=list)

    def one(self) -> Json:
        """The next update."""
        if self.made and self.chance.random() < 0.03:
            return copy.deepcopy(self.chance.choice(self.made))  # It comes again.
        self.count += 1
        kind, told = self._real()
        update = {"update_id": self.count, kind: copy.deepcopy(told)}
        for _ in range(self.chance.choice((0, 0, 0, 1, 1, 2, 3, 5))):
            self._mutate(update)
        self.made = [*self.made[-50:], update]
        return copy.deepcopy(update)

    # --- What is real -------------------------------------------------------------------

    def _real(self) -> tuple[str, Json]:
        ways: list[tuple[int, Callable[[], tuple[str, Json]]]] = [
            (30, lambda: ("message", self._said())),
            (5, lambda: ("message", self._carries())),
            (22, lambda: ("callback_query", self._press())),
            (8, lambda: ("edited_message", self._said() | {"edit_date": 1_772_442_060})),
            (4, lambda: ("my_chat_member", self._member())),
            (2, lambda: ("chat_member", self._other_member())),
            (12, lambda: ("message", self._in_group())),
            (4, lambda: ("message", self._of_group())),
            (6, lambda: (self.chance.choice(KINDS), self._said())),
            (4, lambda: (self.chance.choice(KINDS), self._press())),
        ]
        weights = [weight for weight, _ in ways]
        (make,) = self.chance.choices([way for _, way in ways], weights)
        return make()

    def _person(self, chat: Json) -> Json:
        code = self.chance.choice(("en", "de", "pt-br", "xx", "", None))
        by = {"id": chat["id"], "is_bot": False, "first_name": "A"}
        return by | ({} if code is None else {"language_code": code})

    def _message(self, chat: Json, by: Json) -> Json:
        number = self.chance.randint(1, 400)
        told: Json = {"message_id": number, "date": 1_772_442_000, "chat": chat, "from": by}
        if self.chance.random() < 0.1:
            told |= self.chance.choice(
                (
                    {"reply_to_message": {"message_id": 1, "chat": chat, "from": US}},
                    {"forward_origin": {"type": "hidden_user", "sender_user_name": "B"}},
                    {"message_thread_id": 4, "is_topic_message": True},
                    {"via_bot": US},
                    {"quote": {"text": "x", "position": 0}},
                )
            )
        return told

    def _said(self) -> Json:
        chat = self.chance.choice(self.speakers)
        told = self._message(chat, self._person(chat))
        if self.chance.random() < 0.1 and self.codes:
            return told | {"text": f"/start {self.chance.choice(self.codes)}"}
        return told | {"text": self.chance.choice(WORDS)}

    def _carries(self) -> Json:
        chat = self.chance.choice(self.speakers)
        file = self.chance.choice(self.files)
        lost = {"file_id": "lost", "file_unique_id": "l", "file_size": 10}
        carried: Json = self.chance.choice(
            (
                {"photo": [lost, file | {"width": 800, "height": 600}]},
                {"voice": file | {"duration": 1, "mime_type": "audio/ogg"}},
                {"document": file | {"file_name": "../../x", "mime_type": "image/png"}},
                {"document": lost | {"mime_type": "image/jpeg"}},
                {"photo": [lost | {"file_size": 10**9}]},
                {"sticker": lost},
                {"video": lost, "has_media_spoiler": True},
                {"location": {"latitude": 55.9, "longitude": -3.1}},
                {"contact": {"phone_number": "0", "first_name": "C"}},
                {"dice": {"emoji": "x", "value": 6}},
                {"poll": {"id": "1", "question": "?", "options": []}},
                {"new_chat_members": [US]},
                {"left_chat_member": {"id": chat["id"], "is_bot": False, "first_name": "A"}},
                {"migrate_to_chat_id": -1_002_000_000_777},
                {"new_chat_title": "Wednesday"},
                {"pinned_message": {"message_id": 1}},
            )
        )
        caption = {"caption": self.chance.choice(WORDS)} if self.chance.random() < 0.5 else {}
        return self._message(chat, self._person(chat)) | carried | caption

    def _press(self) -> Json:
        chat = self.chance.choice((*self.speakers, *self.speakers, *self.groups))
        by = self._person(self.chance.choice(self.speakers) if chat in self.groups else chat)
        within = self._message(chat, US) | {"text": "How was it?"}
        data = self.chance.choice((*self.tokens, *self.tokens, *self.theirs, *self._forged()))
        number = str(self.chance.randint(4_000_000_000, 4_100_000_000))
        return {"id": number, "from": by, "message": within, "chat_instance": "1", "data": data}

    def _forged(self) -> tuple[str, ...]:
        return (
            *("", "x", "c:1:2", ":::", "f" * 32 + ":1:0", "f" * 32 + ":999999:done", "🙂" * 17),
            *("0" * 32 + ":0:99-", "\x00" * 64, "../../etc/passwd", "0" * 64),
        )

    def _member(self) -> Json:
        chat = self.chance.choice((*self.speakers, *self.groups))
        stands = ("creator", "administrator", "member", "restricted", "left", "kicked", "odd")
        before, after = self.chance.choice(stands), self.chance.choice(stands)
        return {
            "chat": chat,
            "from": self._person(self.chance.choice(self.speakers)),
            "date": self.chance.randint(1_772_442_000, 1_772_542_000),
            "old_chat_member": {"user": US, "status": before},
            "new_chat_member": {"user": US, "status": after, "is_member": True},
        }

    def _other_member(self) -> Json:
        told = self._member()
        who = self._person(self.chance.choice((*self.speakers, *self.silent)))
        return told | {
            age: told[age] | {"user": who} for age in ("old_chat_member", "new_chat_member")
        }

    def _of_group(self) -> Json:
        """What Telegram itself says of a group."""
        chat = self.chance.choice(self.groups)
        who = self._person(self.chance.choice((*self.speakers, *self.silent)))
        told: Json = self.chance.choice(
            (
                {"left_chat_member": who},
                {"migrate_to_chat_id": -1_002_000_000_777},
                {"migrate_from_chat_id": -2_777},
                {"new_chat_title": self.chance.choice(WORDS)},
                {"forum_topic_created": {"name": "Beds"}},
            )
        )
        return self._message(chat, who) | told

    def _in_group(self) -> Json:
        chat = self.chance.choice((*self.groups, CHANNEL))
        by = self._person(self.chance.choice((*self.speakers, *self.silent)))
        return self._message(chat, by) | {"text": self.chance.choice(WORDS)}

    # --- What is not --------------------------------------------------------------------

    def _mutate(self, update: Json) -> None:
        path = self.chance.choice(paths(update) or [("update_id",)])
        holder: Any = update
        for key in path[:-1]:
            holder = holder[key]
        last = path[-1]
        if isinstance(holder, dict):
            holder.setdefault(last)
        match self.chance.randrange(8):
            case 0:
                del holder[last]
            case 1 | 2:
                holder[last] = copy.deepcopy(self.chance.choice(JUNK))
            case 3:
                # An id, a token or a chat of somebody else.
                others = [*self.silent, *self.speakers, *self.groups]
                theirs = self.chance.choice(others)
                holder[last] = self.chance.choice(
                    (theirs["id"], str(theirs["id"]), dict(theirs), *self.theirs[:3])
                )
            case 4:
                long = self.chance.choice(("x", "🙂 ", "\ud83d", "a\n", "<"))
                holder[last] = long * (100_000 // len(long))
            case 5:
                holder[last] = nested(self.chance.choice((3, 90)))
            case 6:
                holder[last] = [holder[last]] * self.chance.choice((1, 2, 50))
            case _:
                target = holder[last] if isinstance(holder[last], dict) else update
                target[self.chance.choice(("chat", "from", "x", "", "message"))] = copy.deepcopy(
                    self.chance.choice((*JUNK, *self.silent, *self.groups))
                )
