"""What Slack's refusals and the faults of the wire mean for a message."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from bot.adapters.port import Departed, Refused, Throttled, Undeliverable, Unreachable
from bot.adapters.slack.errors import A_WHILE, LONGEST, AnsweredError, answered, undeliverable


def code(name: str) -> Undeliverable:
    return undeliverable(AnsweredError(200, name))


@pytest.mark.parametrize(
    "name",
    [
        "channel_not_found",
        "user_not_found",
        "user_disabled",
        "users_not_found",
        "cannot_dm_bot",
        "is_archived",
        "not_in_channel",
        "account_inactive",
        "token_revoked",
    ],
)
def test_who_is_gone_is_gone(name: str) -> None:
    told = code(name)
    assert isinstance(told, Departed)
    assert told.reason == name


@pytest.mark.parametrize(
    "name",
    [
        "invalid_auth",
        "not_authed",
        "token_expired",
        "missing_scope",
        "messages_tab_disabled",
        "org_login_required",
        "team_added_to_org",
        "ekm_access_denied",
        "service_unavailable",
    ],
)
def test_nobody_is_gone_because_something_is_wrong_with_the_app_or_with_slack(name: str) -> None:
    told = code(name)
    assert isinstance(told, Unreachable)
    assert (told.reason, told.uncertain) == (name, False)


@pytest.mark.parametrize("name", ["internal_error", "fatal_error"])
def test_what_slack_may_have_done_all_the_same_is_uncertain(name: str) -> None:
    told = code(name)
    assert isinstance(told, Unreachable)
    assert told.uncertain


@pytest.mark.parametrize(
    "name",
    ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "no_text", "restricted_action"],
)
def test_what_slack_will_never_take_is_refused(name: str) -> None:
    assert isinstance(code(name), Refused)


def test_a_code_that_nobody_knows_is_refused_so_that_it_blocks_nobody() -> None:
    assert isinstance(code("something_new"), Refused)


@pytest.mark.parametrize(
    ("wait", "told"),
    [
        ("7", timedelta(seconds=7)),
        ("", A_WHILE),
        ("soon", A_WHILE),
        ("-1", A_WHILE),
        ("1.5", A_WHILE),
        ("\u0663", A_WHILE),
        ("9" * 400, LONGEST),
    ],
)
def test_too_fast_is_told_with_its_wait_for_this_chat_alone(wait: str, told: timedelta) -> None:
    for error in (AnsweredError(429, "ratelimited", wait), AnsweredError(429, "", wait)):
        trouble = undeliverable(error)
        assert isinstance(trouble, Throttled)
        assert (trouble.retry_after, trouble.everywhere) == (told, False)
    assert isinstance(code("rate_limited"), Throttled)


@pytest.mark.parametrize(
    ("status", "uncertain"),
    [(500, True), (502, True), (503, False), (504, True), (404, False), (302, False)],
)
def test_what_stands_before_slack_may_be_away(status: int, uncertain: bool) -> None:  # noqa: FBT001
    told = undeliverable(AnsweredError(status))
    assert isinstance(told, Unreachable)
    assert (told.reason, told.uncertain) == (str(status), uncertain)


def test_what_is_too_large_for_a_gateway_is_refused() -> None:
    assert isinstance(undeliverable(AnsweredError(413)), Refused)


def test_an_answer_that_nobody_can_read_may_have_been_taken() -> None:
    told = undeliverable(AnsweredError(200))
    assert isinstance(told, Unreachable)
    assert (told.reason, told.uncertain) == ("odd answer", True)


@pytest.mark.parametrize(
    ("error", "uncertain"),
    [
        (TimeoutError(), True),
        (aiohttp.ServerDisconnectedError(), True),
        (aiohttp.ClientOSError(), True),
        (aiohttp.ConnectionTimeoutError(), False),
        (aiohttp.InvalidURL("x"), False),
        (ValueError("somebody's words"), True),
    ],
)
def test_a_fault_of_the_wire_is_named_and_never_quoted(
    error: Exception,
    uncertain: bool,  # noqa: FBT001
) -> None:
    told = undeliverable(error)
    assert isinstance(told, Unreachable)
    assert (told.reason, told.uncertain) == (type(error).__name__, uncertain)


def test_what_is_told_already_stays_what_it_is() -> None:
    gone = Departed("gone")
    assert undeliverable(gone) is gone


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"ok": False, "error": "is_archived"}, "is_archived"),
        ({"error": "Some <words> of mine"}, ""),
        ({"error": ["x"]}, ""),
        ([], ""),
        (None, ""),
        ({"error": "x" * 61}, ""),
    ],
)
def test_only_a_short_code_is_taken_from_an_answer(body: object, told: str) -> None:
    error = answered(200, {"Retry-After": "3"}, body)
    assert (error.code, error.wait) == (told, "3")
