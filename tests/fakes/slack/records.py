"""What the fake keeps: teams, channels, messages as they stand, and what it took."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from tests.fakes.slack.accounts import File, User
from tests.fakes.slack.seen import Seen, blocks_seen, labels, text_seen

Json = dict[str, Any]


class Kind(StrEnum):
    """The kinds of conversation that the fake has."""

    IM = "im"
    CHANNEL = "channel"
    GROUP = "group"


class Standing(StrEnum):
    """How the app stands with a workspace."""

    INSTALLED = "installed"
    #: The token was revoked: `token_revoked`.
    REVOKED = "revoked"
    #: The app was removed: `account_inactive`.
    GONE = "gone"


@dataclass(eq=False)
class Channel:
    """A conversation with all that was said in it."""

    id: str
    team: Team
    kind: Kind
    name: str = ""
    members: set[str] = field(default_factory=set)
    messages: list[Message] = field(default_factory=list)
    archived: bool = False
    #: An error with which the bot's messages are refused here, such as `restricted_action`.
    refuses: str = ""
    #: When it was opened, as a Unix time.
    created: int = 0

    @property
    def person(self) -> str:
        """The person of a DM."""
        return next(iter(self.members - {self.team.bot.id}), "")

    @property
    def transcript(self) -> list[Message]:
        """Everything that still stands, in its order."""
        return [message for message in self.messages if not message.deleted]

    @property
    def from_bot(self) -> list[Message]:
        """What the bot said and did not take back."""
        return [message for message in self.transcript if message.by_bot]

    @property
    def texts(self) -> list[str]:
        """What the bot said, as it reads now."""
        return [message.text for message in self.from_bot]

    def thread(self, root: Message) -> list[Message]:
        """The replies to a message, in their order; without the message itself."""
        return [message for message in self.transcript if message.thread_ts == root.ts]

    @property
    def feed(self) -> list[Message]:
        """What stands in the conversation itself, and in no thread."""
        return [message for message in self.transcript if not message.thread_ts]

    def find(self, ts: str) -> Message | None:
        return next((message for message in self.transcript if message.ts == ts), None)

    @property
    def wire(self) -> Json:
        """The conversation as conversations.info tells it."""
        told: Json = {
            "id": self.id,
            "created": self.created,
            "is_archived": self.archived,
            "is_im": self.kind is Kind.IM,
            "is_org_shared": False,
            "context_team_id": self.team.id,
            "updated": self.created * 1000,
        }
        if self.kind is Kind.IM:
            gone = self.team.users[self.person].deleted
            return told | {"user": self.person, "is_user_deleted": gone, "priority": 0}
        inside = self.team.bot.id in self.members
        return told | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_mpim": False,
            "is_private": self.kind is Kind.GROUP,
            "is_general": False,
            "is_shared": False,
            "is_member": inside,
        }


@dataclass(eq=False)
class Team:
    """One workspace, and how the app stands with it."""

    id: str
    name: str
    domain: str
    bot: User
    bot_id: str
    app_id: str
    token: str
    scopes: set[str]
    standing: Standing = Standing.INSTALLED
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def dm(self, user: str) -> Channel | None:
        """The bot's conversation with somebody."""
        ims = (one for one in self.channels.values() if one.kind is Kind.IM)
        return next((one for one in ims if user in one.members), None)


@dataclass(eq=False)
class Message:
    """A message as it stands now."""

    ts: str
    channel: Channel
    user: str
    #: The top-level text: what screen readers and notifications use when there are blocks.
    fallback: str = ""
    blocks: list[Json] = field(default_factory=list)
    by_bot: bool = False
    thread_ts: str = ""
    subtype: str = ""
    files: list[File] = field(default_factory=list)
    #: Whose eyes alone it is for, when it is ephemeral.
    only_for: str = ""
    #: Whether names and channels in the text become links by themselves.
    linking: bool = False
    mrkdwn: bool = True
    #: What it read before each edit, and when it was last edited.
    edits: list[str] = field(default_factory=list)
    edited: str = ""
    deleted: bool = False
    #: Who reacted, by the name of the emoji.
    reactions: dict[str, list[str]] = field(default_factory=dict)
    #: Anything more that its wire says.
    more: Json = field(default_factory=dict)

    @property
    def _in_text(self) -> Seen:
        return text_seen(self.fallback, mrkdwn=self.mrkdwn, linking=self.linking)

    @property
    def _in_blocks(self) -> Seen:
        return blocks_seen(self.blocks, linking=self.linking)

    @property
    def text(self) -> str:
        """What a person sees, without buttons; the blocks win where there are any."""
        return (self._in_blocks if self.blocks else self._in_text).text

    @property
    def mentions(self) -> list[str]:
        """Every live mention, as it is written in mrkdwn, of the blocks and the top-level text."""
        return list(dict.fromkeys(self._in_blocks.mentions + self._in_text.mentions))

    @property
    def styled(self) -> list[str]:
        """Each piece that shows bold, italic, struck or as code."""
        return (self._in_blocks if self.blocks else self._in_text).styled

    @property
    def links(self) -> list[str]:
        """Where its links go."""
        return (self._in_blocks if self.blocks else self._in_text).links

    @property
    def labels(self) -> list[str]:
        """What its buttons and options say."""
        return labels(self.blocks)

    @property
    def wire(self) -> Json:
        """The message as events and answers tell it."""
        told: Json = {"type": "message"}
        if self.subtype:
            told["subtype"] = self.subtype
        told |= {"user": self.user, "text": self.fallback, "ts": self.ts}
        told |= {"team": self.channel.team.id} | self.more
        if self.blocks:
            told["blocks"] = self.blocks
        if self.thread_ts:
            told["thread_ts"] = self.thread_ts
        if self.files:
            told |= {"files": [file.wire for file in self.files], "upload": False}
        if self.edited:
            told["edited"] = {"user": self.user, "ts": self.edited}
        return told


@dataclass(frozen=True)
class Accepted:
    """One message, edit, deletion, reaction, view or file that Slack took from the bot."""

    method: str
    team: str
    channel: str
    #: The message's ts, or the view's or file's id.
    id: str
    #: What a person sees, and the top-level text.
    text: str
    fallback: str
    params: Json
    time: datetime
