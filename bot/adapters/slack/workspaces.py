"""Workspaces: the organisations that let us in, and what we may do there.

An address in Slack names the workspace first, for ids are unique only within one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

#: What a channel's id begins with; a person's begins with U or W.
_CHANNELS = ("C", "G")


@dataclass(frozen=True, slots=True, kw_only=True)
class Workspace:
    """One workspace that has let us in."""

    #: Slack's own name of it: `T012AB3C4`.
    id: str
    name: str
    #: Our user there, whose own messages we do not hear.
    bot_user: str
    bot: str
    scopes: tuple[str, ...]
    token: str = field(repr=False)


class Workspaces(Protocol):
    """Who has let us in. Whatever these raise is waited out by whoever called."""

    async def get(self, team: str) -> Workspace | None:
        """One workspace; None for one that never let us in, or no longer does."""

    async def keep(self, workspace: Workspace) -> None:
        """It has let us in, for the first time or anew."""

    async def remove(self, team: str, reason: str) -> None:
        """It no longer lets us in (`uninstalled`, `revoked`): nothing more is sent there."""


def place_of(team: str, whom: str) -> str:
    """The place of a person or a channel: `T012AB3C4:U045DE6F7`."""
    return f"{team}:{whom}"


def parts_of(place: str) -> tuple[str, str]:
    """The workspace and the person or channel of a place."""
    team, _, whom = place.partition(":")
    return team, whom


def is_group(place: str) -> bool:
    """Whether a place is a channel, which belongs to several people."""
    return parts_of(place)[1].startswith(_CHANNELS)
