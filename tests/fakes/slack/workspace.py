"""A workspace: its people and channels, and how the app comes and goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

from tests.fakes.slack import gatherings, told
from tests.fakes.slack.accounts import User
from tests.fakes.slack.lookups import end, install
from tests.fakes.slack.people import Person
from tests.fakes.slack.post import Parcel, Sort
from tests.fakes.slack.records import Channel, Kind, Message, Standing, Team
from tests.fakes.slack.world import World

Json = dict[str, Any]

#: What the app asks for when a test does not say.
SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "reactions:read",
        "reactions:write",
        "users:read",
    }
)


@dataclass(eq=False)
class Workspace:
    """One workspace, and what happens in it."""

    world: World
    team: Team

    @property
    def id(self) -> str:
        return self.team.id

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.team.token

    @property
    def bot(self) -> User:
        return self.team.bot

    def person(  # noqa: PLR0913 - All have defaults.
        self,
        name: str = "Robin",
        *,
        tz: str = "Europe/London",
        locale: str = "en-GB",
        id: str = "",  # noqa: A002 - Slack's word.
        dm: str = "",
        guest: bool = False,
    ) -> Person:
        """Somebody in the workspace, who has not written yet."""
        user = User(id or self.world.name("U"), self.id, name, name.lower(), tz, locale)
        user.is_restricted = guest
        user.updated = self.world.now
        self.team.users[user.id] = user
        channel = Channel(dm or self.world.name("D"), self.team, Kind.IM)
        channel.members = {user.id, self.bot.id}
        channel.created = self.world.now
        self.team.channels[channel.id] = channel
        return Person(self.world, self.team, user, channel)

    def channel(
        self,
        name: str = "general",
        *people: Person,
        private: bool = False,
        bot: bool = False,
        id: str = "",  # noqa: A002 - Slack's word.
    ) -> Channel:
        """A channel with people, in which the bot is not unless it is said."""
        kind = Kind.GROUP if private else Kind.CHANNEL
        channel = Channel(id or self.world.name("C"), self.team, kind, name)
        channel.members = {person.id for person in people} | ({self.bot.id} if bot else set())
        channel.created = self.world.now
        self.team.channels[channel.id] = channel
        return channel

    def moves(self, channel: Channel, to: str) -> Parcel | None:
        """A channel has another id from now on."""
        return gatherings.moves(self.world, channel, to)

    def another_bot(self, name: str = "Weather") -> User:
        """The user of another app, which can be in channels."""
        user = User(self.world.name("U"), self.id, name, name.lower(), is_bot=True)
        self.team.users[user.id] = user
        return user

    def joins(self, person: Person) -> Parcel | None:
        """The app hears that somebody is new in the workspace."""
        return told.user_changed(self.world, self.team, person.user, "team_join")

    def installs(self, scopes: set[str] | None = None) -> None:
        """The app is installed, with no OAuth that it could see."""
        install(self.world, self.team, set(SCOPES if scopes is None else scopes))

    def approves(self, person: Person, *, scope: str = "", redirect_uri: str = "") -> str:
        """Somebody lets the app in: the code which comes back to the app."""
        code = f"{self.world.number('code', 5001)}.{uuid4().hex}"
        asked = scope or ",".join(sorted(SCOPES))
        self.world.codes[code] = (self.team, asked, redirect_uri, person.id)
        return code

    def visits(self, person: Person, link: str, *, approves: bool = True) -> str:
        """Somebody follows the link to Slack's own page: the address to which it sends them back.

        `redirect_uri` may be missing from the link, as the app's settings may have it.
        """
        address = urlsplit(link)
        asked = dict(parse_qsl(address.query))
        if asked["client_id"] != self.world.client_id or not asked.get("scope"):
            raise LookupError(f"Slack would not show its page for {link}.")
        redirect = asked.get("redirect_uri", "")
        told = {"state": asked.get("state", "")}
        if approves:
            told["code"] = self.approves(person, scope=asked["scope"], redirect_uri=redirect)
        else:
            told["error"] = "access_denied"
        return f"{redirect}?{urlencode(told)}"

    def uninstalls(self) -> None:
        """The app is removed by an admin."""
        end(self.world, self.team, Standing.GONE)

    def revokes(self) -> None:
        """The app's token is revoked by an admin."""
        end(self.world, self.team, Standing.REVOKED)

    def rate_limited(self) -> Parcel:
        """The app got too many events, and is told so."""
        body = {
            "token": self.world.verification,
            "type": "app_rate_limited",
            "team_id": self.id,
            "minute_rate_limited": self.world.now // 60 * 60,
            "api_app_id": self.world.app_id,
        }
        return self.world.post.send(Parcel(Sort.EVENT, self.id, body))

    def unfurls(self, message: Message, url: str) -> Parcel | None:
        """Slack shows what a link in a message leads to: nobody edited it."""
        before = message.wire
        seen = {"from_url": url, "original_url": url, "id": 1, "fallback": "A page"}
        message.more |= {"attachments": [seen]}
        return told.changed(self.world, message, before)

    def integration_says(self, channel: Channel, text: str) -> Parcel | None:
        """Another integration, which has no user of its own, says something."""
        message = self.world.say(channel, "", text, subtype="bot_message")
        event = message.wire | {"username": "Weather", "bot_id": "B0WEATHER1"}
        del event["user"]
        where = {"channel": channel.id, "event_ts": message.ts, "channel_type": channel.kind.value}
        kind = told.SUBSCRIPTIONS[channel.kind]
        return self.world.tell(self.team, event | where, kind, channel.id)


def new_workspace(world: World, team: str, name: str, *, bot: str, token: str) -> Workspace:
    """A workspace in which the app is not yet."""
    team = team or world.name("T")
    handle = "skerry"
    user = User(bot or world.name("U"), team, "Skerry", handle, is_bot=True)
    made = Team(
        team,
        name,
        name.lower().replace(" ", "-"),
        user,
        world.name("B"),
        world.app_id,
        token,
        set(),
    )
    made.users[user.id] = user
    world.teams[team] = made
    return Workspace(world, made)
