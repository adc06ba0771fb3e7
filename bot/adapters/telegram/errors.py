"""Errors: what Telegram's refusals and the faults of the wire mean for a message; pure.

The narrow ones come first: in python-telegram-bot BadRequest and TimedOut are NetworkErrors, and
401 and 404 are both InvalidToken. Reasons never quote Telegram's words, for these may quote ours.
"""

from __future__ import annotations

import warnings
from datetime import timedelta
from http import HTTPStatus

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from bot.adapters.port import Departed, Moved, Refused, Throttled, Undeliverable, Unreachable
from bot.adapters.telegram.transport import AnsweredError

#: How long to wait when Telegram does not say: a 429 from what stands before the Bot API.
A_WHILE = timedelta(seconds=5)
#: Parts of what Telegram says when nobody is there any more, and what we call it.
_GONE = (
    ("blocked by the user", "blocked"),
    ("user is deactivated", "deactivated"),
    ("bot was kicked", "kicked"),
    ("is not a member", "not a member"),
    ("chat was deleted", "deleted"),
    ("chat was deactivated", "deleted"),
    ("can't initiate conversation", "never started"),
    ("can't send messages to bots", "a bot"),
    ("chat not found", "no such chat"),
    ("user not found", "no such user"),
    ("peer_id_invalid", "no such chat"),
    ("input_user_deactivated", "deactivated"),
    ("message thread not found", "no such topic"),
    ("topic_deleted", "no such topic"),
)
#: People have seen this pass within minutes, for chats that were well.
_PASSING = "can't send messages to the user"
#: Parts of what Telegram says of a message it will never take, and what we call it.
_FAULTS = (
    ("can't parse entities", "entities"),
    ("message is too long", "too long"),
    ("text is empty", "empty"),
    ("text must be non-empty", "empty"),
    ("reply markup is too long", "buttons"),
    ("button_data_invalid", "buttons"),
    ("can't parse inline keyboard", "buttons"),
    ("rights to send", "no right to write"),
    ("chat_write_forbidden", "no right to write"),
    ("chat_restricted", "restricted"),
    ("topic_closed", "topic closed"),
    ("voice_messages_forbidden", "no voice messages"),
    ("file is too big", "too big"),
    ("photo_invalid_dimensions", "dimensions"),
    ("message is not modified", "not modified"),
    ("message to edit not found", "no such message"),
    ("message can't be edited", "cannot be edited"),
)
#: Parts of what Telegram says when it is asked about somebody who is not in a chat.
_NO_MEMBER = ("user not found", "member not found", "participant_id_invalid")
#: What httpx calls a request that never left; python-telegram-bot keeps it as the cause.
_NEVER_LEFT = frozenset(
    {
        "ConnectError",
        "ConnectTimeout",
        "InvalidURL",
        "LocalProtocolError",
        "PoolTimeout",
        "ProxyError",
        "UnsupportedProtocol",
    }
)


def undeliverable(error: TelegramError) -> Undeliverable:
    """What an error of a send means for the message."""
    match error:
        case ChatMigrated(new_chat_id=place):
            return Moved(str(place))
        case RetryAfter():
            return Throttled(wait_of(error))
        case Forbidden():
            return _forbidden(error)
        case BadRequest():
            return _refused(error)
        case InvalidToken():
            # The token is wrong or revoked: for staff to mend, while messages wait.
            return Unreachable("401", uncertain=False)
        case Conflict():
            return Unreachable("409", uncertain=False)
        case AnsweredError(code=code):
            return _answered(code)
        case NetworkError():
            cause = type(error.__cause__).__name__ if error.__cause__ else "network"
            return Unreachable(cause, uncertain=cause not in _NEVER_LEFT)
        case _:
            # It was answered in a way that nobody can read; it may have been taken.
            return Unreachable("odd answer", uncertain=True)


def is_no_member(error: TelegramError) -> bool:
    """Whether Telegram says that somebody it was asked about is not in a chat."""
    said = error.message.casefold()
    return isinstance(error, BadRequest) and any(part in said for part in _NO_MEMBER)


def wait_of(error: RetryAfter) -> timedelta:
    """How long Telegram wants us to wait; python-telegram-bot warns that its type will change."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wait = error.retry_after
    return wait if isinstance(wait, timedelta) else timedelta(seconds=wait)


def _forbidden(error: Forbidden) -> Undeliverable:
    said = error.message.casefold()
    if _PASSING in said:
        return Unreachable("403 for now", uncertain=False)
    for part, name in _GONE:
        if part in said:
            return Departed(f"403 {name}")
    # A right is missing, and the chat is there.
    return Refused("403")


def _refused(error: BadRequest) -> Undeliverable:
    said = error.message.casefold()
    for part, name in _GONE:
        if part in said:
            return Departed(f"400 {name}")
    for part, name in _FAULTS:
        if part in said:
            return Refused(f"400 {name}")
    return Refused("400")


def _answered(code: int) -> Undeliverable:
    """An answer of what stands before the Bot API, or of the Bot API when it is unwell.

    Behind 500, 502, 504 and their kin the message may have been taken before things went wrong;
    503 says that nobody looked at it, and so does anything below 500.
    """
    if code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused("413 too big")
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return Throttled(A_WHILE)
    server = code >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Unreachable(str(code), uncertain=server and code != HTTPStatus.SERVICE_UNAVAILABLE)
