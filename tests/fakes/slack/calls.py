"""One call of a method: who calls, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.fakes.slack.accounts import User
from tests.fakes.slack.faults import Refusal
from tests.fakes.slack.records import Channel, Kind, Message, Standing, Team
from tests.fakes.slack.wire import needed, string
from tests.fakes.slack.world import World

Json = dict[str, Any]


@dataclass(frozen=True)
class Call:
    """A call with a bot's token."""

    world: World
    team: Team
    method: str
    params: Json

    @property
    def user(self) -> User:
        """The user that a call names."""
        found = self.team.users.get(needed(self.params, "user"))
        if found is None:
            raise Refusal("user_not_found")
        return found

    def channel(self, name: str = "channel") -> Channel:
        """The conversation that a call names by its id."""
        found = self.team.channels.get(needed(self.params, name))
        if found is None:
            raise Refusal("channel_not_found")
        if found.kind is Kind.GROUP and self.team.bot.id not in found.members:
            raise Refusal("channel_not_found")
        return found

    def message(self, channel: Channel, error: str = "message_not_found") -> Message:
        """The message that a call names."""
        ts = string(self.params, "ts") or string(self.params, "timestamp")
        found = channel.find(ts)
        if found is None:
            raise Refusal(error)
        return found

    def told(self) -> Json:
        """What an answer says of a bot's message beside the message itself."""
        return {
            "bot_id": self.team.bot_id,
            "app_id": self.team.app_id,
            "bot_profile": {
                "id": self.team.bot_id,
                "deleted": False,
                "name": self.team.bot.name,
                "updated": self.world.now,
                "app_id": self.team.app_id,
                "user_id": self.team.bot.id,
                "team_id": self.team.id,
            },
        }


def team_of(world: World, token: str) -> Team:
    """The team for which a token speaks."""
    if not token:
        raise Refusal("not_authed")
    team, standing = world.tokens.get(token, (None, Standing.INSTALLED))
    if team is None:
        raise Refusal("not_allowed_token_type" if token == world.app_token else "invalid_auth")
    if standing is Standing.REVOKED:
        raise Refusal("token_revoked")
    if standing is Standing.GONE:
        raise Refusal("account_inactive")
    return team


def check_app_token(world: World, token: str) -> None:
    """Refuse whatever is not the app's own token."""
    if not token:
        raise Refusal("not_authed")
    if token in world.tokens:
        raise Refusal("not_allowed_token_type")
    if token != world.app_token:
        raise Refusal("invalid_auth")


def check_scopes(team: Team, scopes: tuple[str, ...]) -> None:
    """Refuse what the token was not granted; any one of the scopes is enough."""
    if scopes and not team.scopes.intersection(scopes):
        raise Refusal(
            "missing_scope", needed=",".join(scopes), provided=",".join(sorted(team.scopes))
        )
