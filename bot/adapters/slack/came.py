"""What came: everything that one request of Slack's brought, as the adapter goes on with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.adapters.slack.fields import Json
from bot.records import Body, Inbound, Platform


class Answer(StrEnum):
    """Where a few words that are shown at once go."""

    #: Nowhere: nobody waits for them.
    NONE = "none"
    #: Below the conversation with us, for this person's eyes alone.
    QUIETLY = "quietly"
    #: Into the answer to the request: a slash command.
    COMMAND = "command"
    #: What was found for a field goes into the answer.
    FOUND = "found"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRef:
    """A file that waits at Slack."""

    url: str
    mime: str
    #: In bytes; 0 when Slack does not say.
    size: int
    #: True for a clip that was recorded in Slack.
    voice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A message of ours as its reader sees it, without its buttons."""

    place: str
    message: str
    #: Its rich text blocks.
    words: tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing to hear, with the file that belongs to it, still to be fetched."""

    inbound: Inbound
    file: FileRef | None = None
    #: The channel whose name belongs to it and is still to be asked; empty for none.
    nameless: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What a request brought; the house hears it in this order."""

    heard: tuple[Heard, ...] = ()
    answer: Answer = Answer.NONE
    #: The conversation with us that it came from, when it came from one.
    channel: str = ""
    #: When the person's message was written, so that it can be reacted to.
    said: str = ""
    #: What lets us open a window.
    trigger: str = ""
    #: The message that was pressed, when Slack told all of it.
    seen: Seen | None = None
    #: The person who did it, whose eyes a few words are for.
    by: str = ""
    #: Why the workspace says we are no longer let in; empty when it does not.
    gone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Who tells something, and where."""

    place: str
    language: str = ""
    zone: str = ""
    group: bool = False
    #: In a channel: the private place of whoever did it, and the channel's name.
    by: str = ""
    title: str = ""

    def told(self, body: Body, id_: str) -> Inbound:
        """What was told."""
        return Inbound(
            platform=Platform.SLACK,
            id=id_,
            place=self.place,
            body=body,
            language=self.language,
            zone=self.zone,
            group=self.group,
            by=self.by,
            title=self.title,
        )
