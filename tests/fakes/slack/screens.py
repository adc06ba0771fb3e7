"""Modals and the Home tab, and the triggers that open them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack.seen import blocks_seen, labels

Json = dict[str, Any]


@dataclass
class Trigger:
    """What lets the app open a modal, for three seconds and once."""

    id: str
    team: str
    user: str
    made: float
    #: The view in which it arose, when it did.
    view: str = ""
    used: bool = False


@dataclass(eq=False)
class View:
    """A modal or the Home tab as it stands now."""

    id: str
    team: str
    user: str
    content: Json
    hash: str
    app_id: str
    bot_id: str
    root: str = ""
    previous: str | None = None
    closed: bool = False
    #: What the person has put in, by block and action.
    values: dict[str, dict[str, Json]] = field(default_factory=dict)
    #: What is shown beside the fields, by block, after `response_action: errors`.
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> list[Json]:
        blocks: list[Json] = self.content["blocks"]
        return blocks

    @property
    def type(self) -> str:
        return str(self.content["type"])

    @property
    def title(self) -> str:
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def text(self) -> str:
        """What a person sees between the title and the buttons."""
        return blocks_seen(self.blocks).text

    @property
    def mentions(self) -> list[str]:
        """Every live mention."""
        return blocks_seen(self.blocks).mentions

    @property
    def labels(self) -> list[str]:
        """What its buttons and options say."""
        return labels(self.blocks)

    @property
    def wire(self) -> Json:
        """The view as answers and interactions tell it."""
        defaults: Json = {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": None,
        }
        return (
            {"id": self.id, "team_id": self.team}
            | defaults
            | self.content
            | {
                "state": {"values": self.values},
                "hash": self.hash,
                "previous_view_id": self.previous,
                "root_view_id": self.root or self.id,
                "app_id": self.app_id,
                "app_installed_team_id": self.team,
                "bot_id": self.bot_id,
            }
        )
