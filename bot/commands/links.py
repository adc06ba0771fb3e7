"""Links: how somebody follows an invitation on each platform, as far as that can be known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlalchemy import Connection

from bot.commands.line import USERNAME
from bot.settings import Settings
from bot.store import meta, workspaces

#: Under which name our app's id in Slack is kept, for links that open it.
SLACK_APP = "slack app"
#: Slack's app-level token names the app it is for.
_APP_TOKEN = re.compile(r"xapp-\d+-(A[A-Z0-9]{4,20})-.*")
_APP = re.compile(r"A[A-Z0-9]{4,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """Where an invitation leads on each platform."""

    #: Our name in Telegram; empty while nobody has started Skerry with a token.
    bot: str
    #: What opens the chat in Slack, the same for every invitation; empty when it is not known.
    slack: str
    #: Whether any workspace lets us in.
    in_slack: bool

    def telegram(self, code: str) -> str:
        """A link that is followed with one tap; empty when there is none yet."""
        return f"https://t.me/{self.bot}?start={code}" if self.bot else ""

    @staticmethod
    def by_hand(code: str) -> str:
        """What is typed in Telegram where no link can be tapped."""
        return f"/start {code}"

    @staticmethod
    def in_words(code: str) -> str:
        """What is typed in Slack, where a link cannot carry a code."""
        return f"/skerry start {code}"


def links(conn: Connection, settings: Settings) -> Links:
    """What is known of the ways to us."""
    teams = [each.id for each in workspaces.everywhere(conn) if each.removed_at is None]
    app = _app(conn, settings)
    # Where several let us in, Slack takes people to the one they use.
    asked = {"app": app} | ({"team": teams[0]} if len(teams) == 1 else {})
    return Links(
        bot=meta.noted(conn, USERNAME) or "",
        slack=f"https://slack.com/app_redirect?{urlencode(asked)}" if app and teams else "",
        in_slack=bool(teams),
    )


def _app(conn: Connection, settings: Settings) -> str:
    """Our app's id: a running Skerry noted it, or the token of the settings names it."""
    noted = meta.noted(conn, SLACK_APP) or ""
    if _APP.fullmatch(noted):
        return noted
    named = _APP_TOKEN.fullmatch(settings.slack_app_token.get_secret_value())
    return named[1] if named else ""
