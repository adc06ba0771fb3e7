"""The transport: python-telegram-bot's requests, with Telegram's raw JSON as their results.

Nothing of what Telegram answers is parsed into types here: a message that was accepted is
accepted, whatever else stands in the answer. Neither the token, which is part of every address,
nor what is sent may reach a log.
"""

from __future__ import annotations

import json
import logging
import os
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import telegram
from telegram.error import NetworkError, TelegramError
from telegram.request import HTTPXRequest

#: Telegram's own server of the Bot API.
TELEGRAM = "https://api.telegram.org"
#: How many requests are under way at once; others wait for their turn. It looks at every
#: connection before each request, so more of them cost more than they bring.
CONCURRENT = 12
#: Seconds to reach the server, to wait for a turn, and for an answer.
CONNECT, TURN, ANSWER = 5.0, 15.0, 15.0
#: Seconds for the answer to a file that was sent.
UPLOADED = 40.0
#: Seconds beyond the poll's own timeout that getUpdates may take.
POLL_GRACE = 10.0
#: What python-telegram-bot has errors for.
_TOLD = frozenset(
    {
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.CONFLICT,
        HTTPStatus.TOO_MANY_REQUESTS,
    }
)
_UPLOADS = frozenset({"sendPhoto", "sendVoice", "sendDocument"})
#: They would write down addresses with the token, or what was sent.
_TALKATIVE = ("httpx", "httpcore", "telegram")


class AnsweredError(NetworkError):
    """An HTTP answer that is not the Bot API's own; `code` is its status."""

    def __init__(self, code: int) -> None:
        super().__init__(f"HTTP {code}")
        self.code = code


class TooLongError(TelegramError):
    """A file is longer than it may be."""

    def __init__(self) -> None:
        super().__init__("too long")


class _Request(HTTPXRequest):
    """Requests that tell the Bot API's answers from those of whatever stands before it."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:  # noqa: ANN401 - Its signature is python-telegram-bot's.
        code, payload = await super().do_request(*args, **kwargs)
        if HTTPStatus.OK <= code < HTTPStatus.MULTIPLE_CHOICES:
            return code, payload
        if code not in _TOLD or not _is_answer(payload, code):
            raise AnsweredError(code)
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Read an answer; python-telegram-bot's own way would log one that it cannot read."""
        try:
            answer = json.loads(payload)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict):
            raise TelegramError("not JSON")
        return answer

    async def fetch(self, url: str, most: int) -> bytes:
        """The content of a file of `most` bytes at most; raises TelegramError."""
        try:
            return await self._read(url, most)
        except TelegramError:
            raise
        except Exception as error:
            raise NetworkError(type(error).__name__) from error

    async def _read(self, url: str, most: int) -> bytes:
        held = bytearray()
        async with self._client.stream("GET", url) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise AnsweredError(answer.status_code)
            async for part in answer.aiter_bytes():
                held += part
                if len(held) > most:
                    raise TooLongError
        return bytes(held)


def _is_answer(payload: bytes, code: int) -> bool:
    """Whether this is the Bot API's way to say no."""
    try:
        answer = _Request.parse_json_payload(payload)
    except TelegramError:
        return False
    more = answer.get("parameters", {})
    if not isinstance(more, dict) or not isinstance(answer.get("description", ""), str):
        return False
    wait = more.get("retry_after", 0)
    return code != HTTPStatus.TOO_MANY_REQUESTS or (isinstance(wait, int) and wait > 0)


class Transport(telegram.Bot):
    """One bot's way to Telegram; made by `transport`."""

    def __init__(self, token: str, base_url: str) -> None:
        self._sends = _Request(
            connection_pool_size=CONCURRENT,
            connect_timeout=CONNECT,
            pool_timeout=TURN,
            read_timeout=ANSWER,
            write_timeout=ANSWER,
        )
        self._polls = _Request(
            connection_pool_size=1,
            connect_timeout=CONNECT,
            pool_timeout=TURN,
            read_timeout=ANSWER,
            write_timeout=ANSWER,
        )
        super().__init__(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            request=self._sends,
            get_updates_request=self._polls,
        )

    def __repr__(self) -> str:
        return "Transport()"

    async def call(self, method: str, /, **params: object) -> Any:  # noqa: ANN401 - It is JSON.
        """Call a method of the Bot API; the result as it came. Raises TelegramError."""
        patience = UPLOADED if method in _UPLOADS else ANSWER
        if method == "getUpdates":
            timeout = params.get("timeout", 0)
            patience = POLL_GRACE + (timeout if isinstance(timeout, int | float) else 0)
        try:
            return await self._post(method, params, read_timeout=patience)
        except TelegramError:
            raise
        except Exception as error:
            raise TelegramError("a strange answer") from error

    async def fetch(self, path: str, most: int) -> bytes:
        """The content of a file at the path that getFile gave; raises TelegramError.

        Raises TooLongError as soon as it is longer than `most` bytes.
        """
        return await self._sends.fetch(f"{self.base_file_url}/{quote(path)}", most)

    async def close_connections(self) -> None:
        """Let go of all connections; no request can be made afterwards."""
        await self._sends.shutdown()
        await self._polls.shutdown()


def transport(token: str, base_url: str = TELEGRAM) -> Transport:
    """A bot's transport; `base_url` is the root of the server, without `/bot`."""
    # Else python-telegram-bot warns, at every 429, that its type of a time will change.
    os.environ.setdefault("PTB_TIMEDELTA", "1")
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return Transport(token, base_url.rstrip("/"))
