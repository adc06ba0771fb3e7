"""Errors: what Slack's refusals and the faults of the wire mean for a message; pure.

The narrow ones come first. Reasons are Slack's own short codes, never its words or ours.

| what Slack says | what it means | why |
|---|---|---|
| `ratelimited`, `rate_limited`, 429 | Throttled | this workspace waits, others do not |
| `channel_not_found`, `user_disabled`, ... | Departed | this person or channel is not there |
| `is_archived`, `not_in_channel` | Departed | a word to us in the channel brings it back |
| `account_inactive`, `token_revoked` | Departed | asked once more before: see `GONE` |
| `invalid_auth`, `token_expired`, ... | Unreachable | our settings or Slack are at fault: people |
| | | are there, and their messages wait until staff mend it |
| `missing_scope`, `messages_tab_disabled` | Unreachable | the same: it is so for the whole app |
| `internal_error`, `fatal_error` | Unreachable, uncertain | some of it may have been done |
| `invalid_blocks`, `msg_too_long`, ... | Refused | the same message would be refused again |
| anything else | Refused | so that one message never blocks a chat |
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus

from bot.adapters.port import Departed, Refused, Throttled, Undeliverable, Unreachable

#: How long to wait when Slack does not say.
A_WHILE = timedelta(seconds=30)
#: The longest wait that is believed.
LONGEST = timedelta(hours=1)
#: Said of a token whose workspace has removed us, or is no more. Slack has said it by mistake
#: before, so it is asked once more before a whole workspace is given up.
GONE = frozenset({"account_inactive", "token_revoked"})

_DEPARTED = frozenset(
    {
        *GONE,
        "cannot_dm_bot",
        "channel_is_archived",
        "channel_not_found",
        "invalid_channel",
        "invalid_user_id",
        "invalid_users",
        "is_archived",
        "is_inactive",
        "not_in_channel",
        "team_not_found",
        "user_disabled",
        "user_not_found",
        "user_not_visible",
        "users_not_found",
    }
)
#: Nothing can be sent until somebody mends it; nobody is gone, and nothing has arrived.
_WAITING = frozenset(
    {
        "accesslimited",
        "app_missing_action_url",
        "ekm_access_denied",
        "invalid_auth",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "request_timeout",
        "service_unavailable",
        "team_access_not_granted",
        "team_added_to_org",
        "token_expired",
        "two_factor_setup_required",
    }
)
#: Slack's own words: it is possible that some aspect of the operation succeeded.
_UNCERTAIN = frozenset({"fatal_error", "internal_error"})
_TOO_FAST = frozenset({"message_limit_exceeded", "rate_limited", "ratelimited"})
_CODE = re.compile(r"[a-z][a-z0-9_]{1,59}")
#: What aiohttp calls a request that never left.
_NEVER_LEFT = frozenset(
    {
        "ClientConnectorCertificateError",
        "ClientConnectorDNSError",
        "ClientConnectorError",
        "ClientConnectorSSLError",
        "ClientProxyConnectionError",
        "ConnectionTimeoutError",
        "InvalidURL",
    }
)


class AnsweredError(Exception):
    """Slack, or what stands before it, did not do what was asked."""

    def __init__(self, status: int, code: str = "", wait: str = "") -> None:
        super().__init__(code or str(status))
        self.status = status
        #: Slack's short code; empty when the answer was not Slack's own.
        self.code = code if _CODE.fullmatch(code) else ""
        #: What `Retry-After` said.
        self.wait = wait


def answered(status: int, headers: Mapping[str, str], body: object) -> AnsweredError:
    """The error of an answer that is not the result."""
    code = body.get("error") if isinstance(body, Mapping) else None
    return AnsweredError(
        status, code if isinstance(code, str) else "", headers.get("Retry-After", "")
    )


def undeliverable(error: Exception) -> Undeliverable:
    """What an error of a request means for a message."""
    match error:
        case Undeliverable():
            return error
        case AnsweredError(status=HTTPStatus.TOO_MANY_REQUESTS):
            return Throttled(wait_of(error))
        case AnsweredError(code="") if error.status != HTTPStatus.OK:
            return _at_the_gate(error.status)
        case AnsweredError(code=""):
            # It was answered in a way that nobody can read; it may have been taken.
            return Unreachable("odd answer", uncertain=True)
        case AnsweredError():
            return _refused(error)
        case _:
            name = type(error).__name__
            return Unreachable(name, uncertain=name not in _NEVER_LEFT)


def wait_of(error: AnsweredError) -> timedelta:
    """How long Slack wants us to wait."""
    if not error.wait.isascii() or not error.wait.isdecimal():
        return A_WHILE
    return min(timedelta(seconds=int(error.wait[:9])), LONGEST)


def _refused(error: AnsweredError) -> Undeliverable:
    code = error.code
    if code in _TOO_FAST:
        return Throttled(wait_of(error))
    if code in _DEPARTED:
        return Departed(code)
    if code in _UNCERTAIN:
        return Unreachable(code, uncertain=True)
    if code in _WAITING:
        return Unreachable(code, uncertain=False)
    return Refused(code)


def _at_the_gate(status: int) -> Undeliverable:
    """An answer of what stands before the Web API, or of the Web API when it is unwell.

    503 says that nobody looked at the message, and so does anything below 500.
    """
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return Refused("413 too big")
    server = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return Unreachable(str(status), uncertain=server and status != HTTPStatus.SERVICE_UNAVAILABLE)
