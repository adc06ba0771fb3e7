"""The people who use the app, and what they do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.fakes.slack import gatherings, told
from tests.fakes.slack.accounts import File, User
from tests.fakes.slack.hands import Hands
from tests.fakes.slack.post import Parcel, Sort
from tests.fakes.slack.records import Channel, Kind, Message
from tests.fakes.slack.typed import wire_blocks, wire_text

Json = dict[str, Any]


@dataclass(eq=False)
class Person(Hands):
    """Somebody in one workspace, and their conversation with the bot."""

    #: Whether they ever opened the app's Home, each tab.
    opened: set[str] = field(default_factory=set)

    @property
    def last(self) -> Message:
        """The bot's last message to them."""
        return self.channel.from_bot[-1]

    @property
    def sees(self) -> list[str]:
        """What the bot has said to them, as it reads now."""
        return self.channel.texts

    def writes(
        self,
        typed: str,
        *,
        channel: Channel | None = None,
        thread: Message | None = None,
        exactly: bool = False,
    ) -> Message:
        """A message, to the bot unless it is said where; `exactly` is not as a client types it."""
        message = self._said(typed, channel, thread, exactly=exactly)
        told.written(self.world, message)
        return message

    def mentions_bot(
        self, channel: Channel, typed: str, *, thread: Message | None = None
    ) -> Message:
        """A message in a channel to the bot by its name."""
        message = self._said(f"<@{self.team.bot.id}> {typed}", channel, thread)
        told.written(self.world, message)
        if self.team.bot.id in channel.members:
            event = message.wire | {"type": "app_mention", "channel": channel.id}
            event["event_ts"] = message.ts
            self.world.tell(self.team, event, channel=channel.id)
        return message

    def edits(self, message: Message, typed: str) -> Message:
        """One of their own messages, written anew."""
        self._own(message)
        before = message.wire
        message.edits.append(message.text)
        message.fallback, message.blocks = wire_text(typed), self._blocks(typed)
        message.edited = f"{self.world.now}.000000"
        told.changed(self.world, message, before)
        return message

    def deletes(self, message: Message) -> None:
        """One of their own messages, taken back."""
        self._own(message)
        before = message.wire
        message.deleted = True
        told.deleted(self.world, message, before)

    def sends_file(self, content: bytes, mime: str, name: str, typed: str = "") -> Message:
        """A file, perhaps with words."""
        return self.sends_files([self.file(content, mime, name)], typed)

    def sends_voice(self, content: bytes, typed: str = "") -> Message:
        """A clip, recorded in Slack."""
        clip = self.file(content, "audio/mp4", "audio_message.m4a")
        clip.subtype = "slack_audio"
        return self.sends_files([clip], typed)

    def sends_files(self, files: list[File], typed: str = "") -> Message:
        """Some files in one message."""
        message = self._said(typed, subtype="file_share", files=files)
        for file in files:
            file.shares.append((self.channel.id, message.ts))
            told_of = {
                "type": "file_shared",
                "file_id": file.id,
                "user_id": self.id,
                "file": {"id": file.id},
                "channel_id": self.channel.id,
                "event_ts": message.ts,
            }
            self.world.tell(self.team, told_of, channel=self.channel.id)
        told.written(self.world, message)
        return message

    def file(self, content: bytes, mime: str, name: str) -> File:
        """A file of theirs, which is in no message yet."""
        world, team = self.world, self.team
        file = File(
            world.name("F"), team.id, self.id, name, mime, content, world.now, world.origin
        )
        team.files[file.id] = file
        return file

    def reacts(self, message: Message, name: str) -> None:
        """A reaction to a message."""
        message.reactions.setdefault(name, []).append(self.id)
        told.reacted(self.world, message, self.id, name)

    def unreacts(self, message: Message, name: str) -> None:
        """A reaction no more."""
        message.reactions[name].remove(self.id)
        told.reacted(self.world, message, self.id, name, "reaction_removed")

    def opens_home(self, tab: str = "home") -> Parcel | None:
        """The app's Home, on its Home or its Messages tab."""
        self.opened.add(tab)
        event: Json = {
            "type": "app_home_opened",
            "user": self.id,
            "channel": self.channel.id,
            "tab": tab,
            "event_ts": self.world.ts(),
        }
        if tab == "home" and self.home is not None:
            event["view"] = self.home.wire
        return self.world.tell(self.team, event, channel=self.channel.id)

    def uses(self, typed: str, *, channel: Channel | None = None) -> Parcel | None:
        """A slash command, in the bot's conversation unless it is said where."""
        command, _, text = typed.partition(" ")
        where = channel or self.channel
        if command not in self.world.commands or "commands" not in self.team.scopes:
            self.errors.append(f"{command} is not a valid command")
            return None
        name = "directmessage" if where.kind is Kind.IM else where.name
        body = {
            "token": self.world.verification,
            "team_id": self.team.id,
            "team_domain": self.team.domain,
            "channel_id": where.id,
            "channel_name": "privategroup" if where.kind is Kind.GROUP else name,
            "user_id": self.id,
            "user_name": self.user.handle,
            "command": command,
            "text": text,
            "api_app_id": self.world.app_id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(where, None),
            "trigger_id": self.world.trigger(self.team, self.id),
        }
        parcel = Parcel(Sort.COMMAND, self.team.id, body, where.id)
        parcel.then = lambda answer: self.answered_command(parcel, where, answer)
        return self.world.post.send(parcel)

    def changes_profile(
        self, *, name: str | None = None, tz: str | None = None, locale: str | None = None
    ) -> Parcel | None:
        """Their name, zone or language is another now."""
        self.user.name = name or self.user.name
        self.user.tz = tz or self.user.tz
        self.user.locale = locale or self.user.locale
        return told.user_changed(self.world, self.team, self.user)

    def is_deactivated(self) -> Parcel | None:
        """Their account is closed."""
        self.user.deleted = True
        return told.user_changed(self.world, self.team, self.user)

    def comes_back(self) -> Parcel | None:
        """Their account is open again."""
        self.user.deleted = False
        return told.user_changed(self.world, self.team, self.user)

    def joins(self, channel: Channel) -> Parcel | None:
        """They are in a channel now."""
        return gatherings.joins(self.world, channel, self.id)

    def leaves(self, channel: Channel) -> Parcel | None:
        """They are in a channel no more."""
        return gatherings.leaves(self.world, channel, self.id)

    def invites_bot(self, channel: Channel, bot: User | None = None) -> Parcel | None:
        """The app's bot is in a channel now, or another one."""
        who = bot or self.team.bot
        return gatherings.joins(self.world, channel, who.id, self.id)

    def removes_bot(self, channel: Channel, bot: User | None = None) -> Parcel | None:
        """The app's bot is in a channel no more, or another one."""
        who = bot or self.team.bot
        return gatherings.leaves(self.world, channel, who.id, self.id)

    def renames(self, channel: Channel, name: str) -> Parcel | None:
        """A channel is called something else."""
        return gatherings.renames(self.world, channel, name)

    def archives(self, channel: Channel) -> Parcel | None:
        """A channel is closed."""
        return gatherings.archives(self.world, channel, self.id)

    def unarchives(self, channel: Channel) -> Parcel | None:
        """A channel is open again."""
        return gatherings.unarchives(self.world, channel, self.id)

    def deletes_channel(self, channel: Channel) -> Parcel | None:
        """A channel is gone."""
        return gatherings.deletes(self.world, channel, self.id)

    def _said(
        self,
        typed: str,
        channel: Channel | None = None,
        thread: Message | None = None,
        *,
        exactly: bool = False,
        **more: Any,  # noqa: ANN401
    ) -> Message:
        text = typed if exactly else wire_text(typed)
        return self.world.say(
            channel or self.channel,
            self.id,
            text,
            blocks=[] if exactly else self._blocks(typed),
            thread_ts=(thread.thread_ts or thread.ts) if thread else "",
            more={"client_msg_id": str(uuid4())},
            **more,
        )

    def _blocks(self, typed: str) -> list[Json]:
        return wire_blocks(typed, self.world.block_id())

    def _own(self, message: Message) -> None:
        if message.user != self.id:
            raise LookupError("Only their own messages can be changed.")
