"""Installing: the page on which a workspace lets us in, and where Slack sends people back to.

Both are one address. Who sets out gets a state, which Slack hands back, and a cookie, which only
their browser has; both together are good once and for ten minutes, and only a hash is kept.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from bot.adapters.slack import install_pages as pages
from bot.adapters.slack.consent import AwayError, Consent, Granted, RefusedError
from bot.adapters.slack.install_pages import Page
from bot.adapters.slack.manifest import INSTALL_PATH, SCOPES
from bot.adapters.slack.workspaces import Workspace

#: How long a cookie lives, in seconds: as long as a visit.
LIFE = 600
#: How many may ask in a minute.
MOST = 60
_MINUTE = 60.0
#: What Slack says of a code that it takes no more; the rest is a matter of our settings.
_SPENT = frozenset({"code_already_used", "invalid_code", "invalid_grant_type"})
#: What a cookie of ours looks like.
_COOKIE = re.compile(r"[A-Za-z0-9_-]{43}")

_log = structlog.get_logger("slack")


class Register(Protocol):
    """Where visits and workspaces are kept."""

    async def begin(self, secret: str) -> None:
        """Somebody sets out with this secret."""

    async def end(self, secret: str) -> bool:
        """Somebody comes back; whether they had set out, in time, and for the first time."""

    async def keep(self, workspace: Workspace) -> None:
        """A workspace has let us in."""


@dataclass
class Turnstile:
    """Lets so many through in a minute, whoever they are."""

    ticks: Callable[[], float] = time.monotonic
    _left: float = MOST
    _at: float = field(default=0.0)

    def lets_through(self) -> bool:
        """Whether one more may pass."""
        now = self.ticks()
        self._left = min(float(MOST), self._left + (now - self._at) * MOST / _MINUTE)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


class Installing:
    """Takes those who want to let us in there and back."""

    def __init__(
        self,
        consent: Consent,
        register: Register,
        public_url: str,
        turnstile: Turnstile | None = None,
    ) -> None:
        self._consent = consent
        self._register = register
        self._back = public_url + INSTALL_PATH
        self._secure = public_url.startswith("https://")
        self._turnstile = turnstile or Turnstile()

    @property
    def routes(self) -> tuple[BaseRoute, ...]:
        """What the web application listens to."""
        return (
            Route(INSTALL_PATH, self._visit, methods=["GET"]),
            Route(pages.STYLE_PATH, _style, methods=["GET"]),
        )

    @property
    def cookie(self) -> str:
        """The cookie's name; with `__Host-` no neighbour of ours can set it."""
        return "__Host-skerry-install" if self._secure else "skerry-install"

    async def _visit(self, request: Request) -> Response:
        if not self._turnstile.lets_through():
            return _drawn(pages.crowded(self._back), {"Retry-After": "60"})
        try:
            if request.query_params.keys() & {"code", "error", "state"}:
                return await self._come_back(request)
            return await self._set_out(request)
        except Exception as error:  # noqa: BLE001 - Whatever it is, a person waits for a page.
            _log.error("an installation failed", error=type(error).__name__)
            return _drawn(pages.trouble(self._back), {"Retry-After": "60"})

    async def _set_out(self, request: Request) -> Response:
        state, browser = secrets.token_urlsafe(32), self._browser(request)
        # A cookie that is there already is used on, so that two tabs do not break each other.
        known = browser or secrets.token_urlsafe(32)
        await self._register.begin(_both(state, known))
        response = _drawn(pages.beginning(self._consent.page(state, SCOPES, self._back)))
        response.set_cookie(
            self.cookie,
            known,
            max_age=LIFE,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def _come_back(self, request: Request) -> Response:
        said = request.query_params
        state, browser = said.get("state", ""), self._browser(request)
        if not (state and browser and await self._register.end(_both(state, browser))):
            return _drawn(pages.lost(self._back))
        if said.get("error") == "access_denied":
            return _drawn(pages.declined(self._back))
        if "code" not in said:
            return _drawn(self._refused(said.get("error", "nothing")))
        try:
            return _drawn(await self._take(said["code"]))
        except RefusedError as error:
            return _drawn(self._refused(error.reason))
        except AwayError as error:
            _log.warning("slack did not answer an installation", reason=error.reason)
            return _drawn(pages.away(self._back), {"Retry-After": "120"})

    async def _take(self, code: str) -> Page:
        """Exchange the code, and keep the workspace if it is one that we can take."""
        granted = await self._consent.exchange(code, self._back)
        if refusal := self._refusal(granted):
            if granted.org_wide:  # A workspace that is with us already may hold the same token.
                await self._consent.give_back(granted.token)
            return refusal
        workspace = await self._consent.workspace(granted.token)
        await self._register.keep(replace(workspace, scopes=granted.scopes))
        opening = self._consent.opening(granted.app, workspace.id)
        return pages.welcomed(workspace.name, opening)

    def _refusal(self, granted: Granted) -> Page | None:
        """Why we do not take what was granted; None when we do."""
        if granted.org_wide:
            return pages.whole_organisation(self._back)
        if granted.passing:
            return pages.misset("that token rotation is switched on for this app")
        if missing := tuple(sorted(set(SCOPES) - set(granted.scopes))):
            return pages.too_little(missing, self._back)
        return None

    def _refused(self, reason: str) -> Page:
        """What Slack's refusal means for whoever is waiting."""
        if reason in _SPENT:
            return pages.spent(self._back)
        _log.error("slack refuses installations", reason=reason[:80])
        return pages.misset(reason[:80])

    def _browser(self, request: Request) -> str:
        """What this browser has of ours; empty when it has nothing."""
        found = request.cookies.get(self.cookie, "")
        return found if _COOKIE.fullmatch(found) else ""


async def _style(_request: Request) -> Response:
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(pages.STYLE, media_type="text/css", headers=headers)


def _drawn(page: Page, more: dict[str, str] | None = None) -> HTMLResponse:
    headers = pages.HEADERS | (more or {})
    return HTMLResponse(pages.drawn(page), status_code=page.status, headers=headers)


def _both(state: str, browser: str) -> str:
    return f"{state}:{browser}"
