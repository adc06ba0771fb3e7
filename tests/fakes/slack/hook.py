"""The request URL: what Slack brings over HTTP, signed.

Slack's third-party descriptions say that `X-Slack-No-Retry` on a late answer stops all retries
but the first; so it is here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.fakes.slack.post import Answer, Parcel, Sort
from tests.fakes.slack.wire import FORM, JSON

Json = dict[str, Any]

AGENT = "Slackbot 1.0 (+https://api.slack.com/robots)"
#: How many redirects Slack follows.
REDIRECTS = 2


class Unverified(Exception):  # noqa: N818 - It is the address that is so.
    """The request URL did not answer with the challenge."""


@dataclass(eq=False)
class Hook:
    """Where things are brought, and how it goes."""

    secret: str
    url: str = ""
    #: How long the app may take to answer, in real seconds.
    patience: float = 3
    #: What the clock of the signature says: it is the real one, as the app compares it.
    stamp: Callable[[], float] = lambda: time.time()  # noqa: PLW0108, TID251 - See above.
    #: The most requests that went on at once.
    busiest: int = 0
    _going: int = 0
    _client: httpx.AsyncClient | None = None
    _tasks: set[asyncio.Task[httpx.Response]] = field(default_factory=set)

    def signed(self, body: bytes, stamp: int | None = None) -> dict[str, str]:
        """The two headers which prove that a body comes from Slack."""
        at = int(self.stamp()) if stamp is None else stamp
        digest = hmac.new(self.secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256)
        return {
            "X-Slack-Request-Timestamp": str(at),
            "X-Slack-Signature": f"v0={digest.hexdigest()}",
        }

    async def post(self, body: bytes, headers: dict[str, str], url: str = "") -> httpx.Response:
        """Any bytes with any headers; what is not named is not sent."""
        if self._client is None:
            self._client = httpx.AsyncClient(
                timeout=60, trust_env=False, follow_redirects=True, max_redirects=REDIRECTS
            )
        self._going += 1
        self.busiest = max(self.busiest, self._going)
        try:
            return await self._client.post(
                url or self.url, content=body, headers={"User-Agent": AGENT} | headers
            )
        finally:
            self._going -= 1

    async def verify(self, url: str, token: str) -> None:
        """The handshake: the app must send the challenge back."""
        challenge = hashlib.sha256(url.encode()).hexdigest()[:40]
        asked = {"token": token, "challenge": challenge, "type": "url_verification"}
        body = json.dumps(asked).encode()
        answer = await self.post(body, {"Content-Type": JSON} | self.signed(body), url)
        said = answer.text.strip()
        if answer.headers.get("Content-Type", "").startswith(JSON):
            said = answer.json().get("challenge", "")
        if not answer.is_success or said != challenge:
            raise Unverified(f"{url} answered {answer.status_code} {answer.text!r}")
        self.url = url

    async def carry(self, parcel: Parcel, number: int, reason: str) -> Answer:
        """One attempt."""
        body, headers = packed(parcel)
        if number:
            headers |= {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason}
        request = asyncio.create_task(self.post(body, headers | self.signed(body)))
        self._tasks.add(request)
        request.add_done_callback(self._tasks.discard)
        try:
            await asyncio.wait({request}, timeout=self.patience)
        except asyncio.CancelledError:
            request.cancel()
            raise
        if not request.done():
            request.add_done_callback(lambda done: late(parcel, done))
            return Answer("http_timeout", 0)
        return answered(request)

    async def close(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None


def packed(parcel: Parcel) -> tuple[bytes, dict[str, str]]:
    """The body of a parcel and its headers."""
    match parcel.sort:
        case Sort.EVENT:
            return json.dumps(parcel.body).encode(), {"Content-Type": JSON}
        case Sort.INTERACTION:
            payload = json.dumps(parcel.body)
            return urlencode({"payload": payload}).encode(), {"Content-Type": FORM}
        case Sort.COMMAND:
            return urlencode(parcel.body).encode(), {"Content-Type": FORM}


def answered(request: asyncio.Task[httpx.Response]) -> Answer:
    """How an attempt went."""
    error = request.exception()
    if isinstance(error, httpx.TooManyRedirects):
        return Answer("too_many_redirects", 0)
    if isinstance(error, httpx.TransportError):
        return Answer("connection_failed", 0)
    if error is not None:
        raise error
    answer = request.result()
    stop = answer.headers.get("X-Slack-No-Retry") == "1"
    if not answer.is_success:
        return Answer("http_error", answer.status_code, stop=stop)
    return Answer(code=answer.status_code, body=told(answer))


def told(answer: httpx.Response) -> Json | None:
    """What the app answered: JSON, or plain text as a message."""
    if not answer.content:
        return None
    try:
        body = answer.json()
    except ValueError:
        return {"text": answer.text}
    return body if isinstance(body, dict) else {"text": answer.text}


def late(parcel: Parcel, done: asyncio.Task[httpx.Response]) -> None:
    """An answer after its time: it counts for one thing only."""
    if not done.cancelled() and done.exception() is None:
        answer = done.result()
        if not answer.is_success and answer.headers.get("X-Slack-No-Retry") == "1":
            parcel.stop = True
