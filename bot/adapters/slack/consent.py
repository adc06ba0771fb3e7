"""Consent: what is asked of Slack when a workspace lets us in, and what it answers.

ConsentError
    AwayError, RefusedError
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import aiohttp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.port import Unreachable
from bot.adapters.slack.transport import Transport, quiet
from bot.adapters.slack.workspaces import Workspace

#: What Slack says when it cannot answer just now.
_BUSY = frozenset(
    {"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"}
)


class ConsentError(Exception):
    """Slack did not give what was asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        #: Slack's own short word: `invalid_code`.
        self.reason = reason


class AwayError(ConsentError):
    """Slack did not answer, or could not."""


class RefusedError(ConsentError):
    """Slack said no."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What came of a consent, before we know whether we take it."""

    token: str
    scopes: tuple[str, ...]
    app: str
    #: True when a whole organisation let us in, and not one workspace.
    org_wide: bool
    #: True when the token is good for some hours alone.
    passing: bool


class Consent:
    """Asks Slack in the app's own name."""

    def __init__(self, transport: Transport, client_id: str = "", client_secret: str = "") -> None:
        self._transport = transport
        self._client_id = client_id
        self._client_secret = client_secret

    def page(self, state: str, scopes: tuple[str, ...], back: str) -> str:
        """Slack's page on which somebody lets us in."""
        asked = {
            "client_id": self._client_id,
            "scope": ",".join(scopes),
            "state": state,
            "redirect_uri": back,
        }
        return f"{self._site}/oauth/v2/authorize?{urlencode(asked)}"

    def opening(self, app: str, team: str) -> str:
        """What opens the app in Slack, in one workspace."""
        return f"{self._site}/app_redirect?{urlencode({'app': app, 'team': team})}"

    @property
    def _site(self) -> str:
        """Slack for people; what we ask it is below the same address."""
        root = urlsplit(self._transport.base_url)
        return f"{root.scheme}://{root.netloc}"

    async def exchange(self, code: str, back: str) -> Granted:
        """The token for a code that came back; raises ConsentError."""
        # slack_sdk's own method for this does the same in a way that aiohttp is giving up.
        who = b64encode(f"{self._client_id}:{self._client_secret}".encode()).decode()
        told = await _asked(
            self._client("").api_call(
                "oauth.v2.access",
                data={"code": code, "redirect_uri": back},
                headers={"Authorization": f"Basic {who}"},
            )
        )
        said = told.data
        return Granted(
            token=str(said.get("access_token") or ""),
            scopes=_scopes(said.get("scope")),
            app=str(said.get("app_id") or ""),
            org_wide=bool(said.get("is_enterprise_install")),
            passing=bool(said.get("expires_in") or said.get("refresh_token")),
        )

    async def workspace(self, token: str) -> Workspace:
        """Whose token it is; raises ConsentError."""
        told = await _asked(self._client(token).auth_test())
        said = told.data
        return Workspace(
            id=str(said.get("team_id") or ""),
            name=str(said.get("team") or ""),
            bot_user=str(said.get("user_id") or ""),
            bot=str(said.get("bot_id") or ""),
            scopes=_scopes(told.headers.get("x-oauth-scopes")),
            token=token,
        )

    async def reached(self) -> None:
        """Whether Slack can be reached; raises AwayError."""
        try:
            await _asked(self._client("").api_test())
        except RefusedError:
            return  # Whoever says no is there.

    async def give_back(self, token: str) -> None:
        """Give back a token that we do not take, if Slack lets us; never raises."""
        try:
            await _asked(self._client(token).auth_revoke())
        except ConsentError:
            return

    def _client(self, token: str) -> AsyncWebClient:
        client = AsyncWebClient(
            token=token or None,
            base_url=self._transport.base_url,
            session=self._transport.session,
            logger=quiet(),
            retry_handlers=[],
        )
        client.proxy = None  # The session minds the environment.
        return client


async def _asked(request: Awaitable[Any]) -> Any:  # noqa: ANN401 - slack_sdk's own answer.
    """What Slack answers; raises ConsentError, whose reason holds no secret."""
    try:
        return await request
    except SlackClientError as error:
        said = getattr(getattr(error, "response", None), "data", None)
        reason = str(said.get("error") or "") if isinstance(said, dict) else ""
        if reason and reason not in _BUSY:
            raise RefusedError(reason[:80]) from None
        raise AwayError(reason or "no answer") from None
    except (TimeoutError, aiohttp.ClientError, OSError, Unreachable) as error:
        raise AwayError(type(error).__name__) from None


def _scopes(said: object) -> tuple[str, ...]:
    return tuple(sorted({each.strip() for each in str(said or "").split(",") if each.strip()}))
