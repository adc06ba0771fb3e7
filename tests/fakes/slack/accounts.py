"""Somebody's account and their files, as Slack tells them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name

Json = dict[str, Any]


@dataclass(eq=False)
class User:
    """Somebody's account in one workspace, or the bot's."""

    id: str
    team: str
    name: str
    handle: str
    tz: str = "Europe/London"
    locale: str = "en-GB"
    is_bot: bool = False
    deleted: bool = False
    is_restricted: bool = False
    updated: int = 0

    def wire(self, now: datetime, *, locale: bool = False) -> Json:
        """The user as users.info and user_change tell it."""
        told: Json = {
            "id": self.id,
            "team_id": self.team,
            "name": self.handle,
            "deleted": self.deleted,
            "profile": self._profile,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": self.updated,
        }
        if not self.deleted:
            told |= self._zone(now) | {
                "color": "9f69e7",
                "real_name": self.name,
                "is_admin": False,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": False,
                "is_email_confirmed": True,
                "who_can_share_contact_card": "EVERYONE",
            }
        return told | ({"locale": self.locale} if locale else {})

    def _zone(self, now: datetime) -> Json:
        there = now.astimezone(ZoneInfo(self.tz))
        offset = there.utcoffset()
        return {
            "tz": self.tz,
            "tz_label": get_timezone_name(there, locale="en_GB"),
            "tz_offset": int(offset.total_seconds()) if offset else 0,
        }

    @property
    def _profile(self) -> Json:
        return {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": self.handle,
            "display_name_normalized": self.handle,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": "g0",
            "team": self.team,
        }


@dataclass(eq=False)
class File:
    """A file on Slack's side."""

    id: str
    team: str
    user: str
    name: str
    mime: str
    content: bytes
    created: int
    #: What stands before its path.
    root: str
    title: str = ""
    alt: str = ""
    #: The voice clips that people record in Slack say so.
    subtype: str = ""
    deleted: bool = False
    #: Channel and ts of each message that carries it.
    shares: list[tuple[str, str]] = field(default_factory=list)

    @property
    def wire(self) -> Json:
        """The file as messages and files.info tell it."""
        before = f"{self.root}/files-pri/{self.team}-{self.id}"
        kind = self.name.rpartition(".")[2].lower() if "." in self.name else "binary"
        told: Json = {
            "id": self.id,
            "created": self.created,
            "timestamp": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mime,
            "filetype": kind,
            "pretty_type": kind.upper(),
            "user": self.user,
            "user_team": self.team,
            "editable": False,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "external_type": "",
            "is_public": False,
            "public_url_shared": False,
            "display_as_bot": False,
            "username": "",
            "url_private": f"{before}/{self.name}",
            "url_private_download": f"{before}/download/{self.name}",
            "permalink": f"{self.root}/files/{self.user}/{self.id}/{self.name}",
            "has_rich_preview": False,
            "file_access": "visible",
        }
        if self.alt:
            told["alt_txt"] = self.alt
        if self.subtype:
            told |= {"subtype": self.subtype, "media_display_type": "audio", "duration_ms": 1000}
        return told
