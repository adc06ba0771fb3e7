"""A calendar to subscribe to, at an address that nobody guesses.

Whoever has the address reads the calendar. It is asked for by programs, which carry no password,
so the address itself is the secret: nobody writes it into a log, and no search engine keeps it.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

#: Under which path the calendars are.
PATH = "/calendar"
#: Seconds for which a diary may keep what it read.
FRESH = 300
#: Seconds after which a calendar that cannot be read now may be asked for again.
AGAIN = 60
_SECRET = re.compile(r"([A-Za-z0-9_-]{20,128})\.ics", re.ASCII)
_SHARED = {"X-Content-Type-Options": "nosniff", "X-Robots-Tag": "noindex"}
_GONE = "There is no calendar at this address. Ask whoever gave it to you for the new one.\n"
_NOT_NOW = "The calendar cannot be read just now. Try again in a minute.\n"

_log = structlog.get_logger("feed")


def address(public_url: str, secret: str) -> str:
    """Where the calendar of a secret is."""
    return f"{public_url.rstrip('/')}{PATH}/{secret}.ics"


def route(find: Callable[[str], Awaitable[bytes | None]]) -> Route:
    """The calendars' place in the web application; `find` brings the calendar of a secret."""

    async def feed(request: Request) -> Response:
        named = _SECRET.fullmatch(request.path_params["name"])
        try:
            found = await find(named[1]) if named else None
        except Exception as error:  # noqa: BLE001 - The database may be away just now.
            _log.warning("a calendar could not be read", error=type(error).__name__)
            headers = _SHARED | {"Cache-Control": "no-store", "Retry-After": str(AGAIN)}
            return PlainTextResponse(_NOT_NOW, status_code=503, headers=headers)
        if found is None:
            headers = _SHARED | {"Cache-Control": "no-store"}
            return PlainTextResponse(_GONE, status_code=404, headers=headers)
        headers = _SHARED | {"Cache-Control": f"private, max-age={FRESH}"}
        return Response(found, media_type="text/calendar; charset=utf-8", headers=headers)

    # Whatever is asked for there is answered in one way, be it a secret or not.
    return Route(f"{PATH}/{{name:path}}", feed, methods=["GET"])
