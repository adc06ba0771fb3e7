"""The transport: slack_sdk's requests, one session for all workspaces, no retries of their own.

Neither a token nor what is sent may reach a log, so slack_sdk is given a logger that keeps
quiet: it would write down whole requests. A token goes to Slack's own hosts only.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.port import Unreachable
from bot.adapters.slack.errors import AnsweredError, answered

#: Slack's own root of the Web API.
SLACK = "https://slack.com/api/"
#: Seconds to reach Slack, and for an answer.
CONNECT, ANSWER = 5.0, 15.0
#: Seconds for a file, either way.
FILE = 40
#: What slack_sdk sends in the address and not as JSON, for Slack reads these in no other way.
_READS = frozenset(
    {
        "conversations.info",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
        "users.info",
    }
)
_OK = 200
#: What a host may be called, so that nobody reads an address otherwise than we do.
_HOST = re.compile(r"[a-z0-9.-]+")

Json = dict[str, Any]


def quiet() -> logging.Logger:
    """A logger that says nothing: libraries would write down requests with their words."""
    silent = logging.getLogger("skerry.silent")
    silent.setLevel(logging.CRITICAL + 1)
    silent.propagate = False
    return silent


class TooLongError(Exception):
    """A file is longer than it may be."""


class Transport:
    """The way to Slack; made within the event loop that it serves."""

    def __init__(self, base_url: str = SLACK) -> None:
        self.base_url = base_url.rstrip("/") + "/"
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._closed = False

    def __repr__(self) -> str:
        return "Transport()"

    @property
    def session(self) -> aiohttp.ClientSession:
        """The connections that all requests share; raises Unreachable after the end."""
        if self._closed:
            raise Unreachable("closed", uncertain=False)
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=ANSWER, sock_connect=CONNECT)
            self._session = aiohttp.ClientSession(timeout=timeout, trust_env=True)
        return self._session

    async def call(self, token: str, method: str, params: Mapping[str, object]) -> Json:
        """A method's result; raises AnsweredError, and whatever the wire raises."""
        body: dict[str, object] = {**params, "token": token}
        sent = {"params" if method in _READS else "json": body}
        client = self._web_client()
        try:
            answer = await client.api_call(method, **sent)  # type: ignore[arg-type]
        except SlackApiError as error:
            raise _translated(error.response) from None
        if not isinstance(answer.data, dict):
            raise AnsweredError(answer.status_code)
        return answer.data

    async def put(self, url: str, content: bytes) -> None:
        """Bring a file to the address that Slack gave; raises AnsweredError."""
        if not self.is_slack(url):
            raise AnsweredError(_OK)
        timeout = aiohttp.ClientTimeout(total=FILE, sock_connect=CONNECT)
        async with self.session.post(
            url, data=content, timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != _OK:
                raise answered(answer.status, answer.headers, None)

    async def fetch(self, token: str, url: str, most: int) -> tuple[str, bytes]:
        """The type and content of a file of `most` bytes at most.

        Raises TooLongError as soon as it is longer, AnsweredError for anything but a file, and
        whatever the wire raises. No redirect is followed: it would lead to a login page.
        """
        if not self.is_slack(url):
            raise AnsweredError(_OK)
        timeout = aiohttp.ClientTimeout(total=FILE, sock_connect=CONNECT)
        headers = {"Authorization": f"Bearer {token}"}
        held = bytearray()
        async with self.session.get(
            url, headers=headers, timeout=timeout, allow_redirects=False
        ) as answer:
            if answer.status != _OK:
                raise answered(answer.status, answer.headers, None)
            async for chunk in answer.content.iter_chunked(65_536):
                held += chunk
                if len(held) > most:
                    raise TooLongError
        return answer.content_type, bytes(held)

    def is_slack(self, url: str) -> bool:
        """Whether an address is the Web API's own origin, or a host below its own by https."""
        try:
            home, there = urlsplit(self.base_url), urlsplit(url)
            origin = (there.scheme, there.hostname, there.port)
        except ValueError:
            return False
        if "@" in there.netloc or not _HOST.fullmatch(there.hostname or ""):
            return False
        below = str(there.hostname).endswith(f".{home.hostname}") and there.port in {None, 443}
        return origin == (home.scheme, home.hostname, home.port) or (
            there.scheme == "https" and below
        )

    async def close(self) -> None:
        """Let go of all connections; no request can be made afterwards."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    def _web_client(self) -> AsyncWebClient:
        session = self.session
        if self._client is None:
            self._client = AsyncWebClient(
                base_url=self.base_url, session=session, logger=quiet(), retry_handlers=[]
            )
            self._client.proxy = None  # The session minds the environment, and NO_PROXY too.
        return self._client


def _translated(response: Any) -> AnsweredError:  # noqa: ANN401 - slack_sdk hands on two kinds.
    """The error of an answer: slack_sdk's own, or aiohttp's when it was not JSON."""
    if isinstance(response, aiohttp.ClientResponse):
        return answered(response.status, response.headers, None)
    return answered(response.status_code, response.headers, response.data)
