"""Settings: what is refused, in one line that says what to do; what is Slack's fits together."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from bot.commands.refusing import _setting
from bot.settings import Settings
from tests.commands.skerry import Skerry

BOT, APP = "xoxb-1-2-madeup", "xapp-1-A0-3-madeup"
SIGNING, SECRET, CLIENT = (
    "made-up-signing-secret",
    "made-up-client-secret",
    "1000000001.2000000002",
)
PUBLIC = "https://skerry.example"


def made(**settings: str) -> Settings:
    """Validated, so that nothing comes from the environment."""
    return Settings.model_validate({f"slack_{name}": each for name, each in settings.items()})


def refusal(settings: dict[str, str]) -> str:
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate(settings)
    return _setting(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("slack_bot_token", APP, "begins with xoxb-"),
        ("slack_bot_token", "xoxb-1 2", "begins with xoxb-"),
        ("slack_bot_token", "xoxp-1-2-madeup", "OAuth & Permissions"),
        ("slack_app_token", BOT, "begins with xapp-"),
        ("slack_signing_secret", BOT, "App Credentials"),
        ("slack_signing_secret", APP, "App Credentials"),
        ("slack_signing_secret", "short", "App Credentials"),
        ("slack_signing_secret", "with a space", "App Credentials"),
        ("slack_client_secret", BOT, "App Credentials"),
        ("slack_client_id", "A0SKERRY01", "two numbers"),
        ("slack_base_url", "slack.com/api", "is not an address"),
    ],
)
def test_what_is_not_slacks_is_refused_by_name(name: str, value: str, says: str) -> None:
    line = refusal({name: value})
    assert line.startswith(f"The setting SKERRY_{name.upper()} cannot be used: ")
    assert says in line
    assert "\n" not in line
    if name != "slack_base_url":
        assert value not in line.replace("begins with xoxb-", "").replace("begins with xapp-", "")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"bot_token": BOT}, "SKERRY_SLACK_APP_TOKEN"),
        ({"app_token": APP}, "SKERRY_SLACK_BOT_TOKEN"),
        ({"signing_secret": SIGNING}, "SKERRY_SLACK_BOT_TOKEN"),
        ({"client_id": CLIENT}, "SKERRY_SLACK_CLIENT_SECRET"),
        ({"client_secret": SECRET}, "SKERRY_SLACK_CLIENT_ID"),
        ({"client_id": CLIENT, "client_secret": SECRET}, "SKERRY_PUBLIC_URL"),
    ],
)
def test_half_of_what_slack_needs_is_refused_with_the_other_half(
    settings: dict[str, str], says: str
) -> None:
    line = refusal({f"slack_{name}": each for name, each in settings.items()})
    assert line.startswith("The settings do not fit: ")
    assert says in line
    assert "\n" not in line


def test_an_app_for_many_workspaces_must_hear_too() -> None:
    half = {"slack_client_id": CLIENT, "slack_client_secret": SECRET, "public_url": PUBLIC}
    assert "SKERRY_SLACK_SIGNING_SECRET" in refusal(half)
    for name, value in (("slack_signing_secret", SIGNING), ("slack_app_token", APP)):
        whole = Settings.model_validate(half | {name: value})
        assert whole.has_slack
        assert whole.slack_install


def test_nothing_of_slacks_is_no_slack() -> None:
    settings = made()
    assert not settings.has_slack
    assert not settings.has_platform
    assert not settings.slack_install


def test_slack_alone_is_a_platform_and_not_telegram() -> None:
    settings = made(bot_token=BOT, app_token=APP)
    assert settings.has_platform
    assert settings.has_slack
    assert not settings.has_telegram


def test_socket_mode_wins() -> None:
    assert made(bot_token=BOT, app_token=APP, signing_secret=SIGNING).slack_socket
    assert not made(bot_token=BOT, signing_secret=SIGNING).slack_socket


def test_no_secret_is_in_what_settings_say_of_themselves() -> None:
    settings = Settings.model_validate(
        {
            "slack_bot_token": BOT,
            "slack_app_token": APP,
            "slack_signing_secret": SIGNING,
            "slack_client_id": CLIENT,
            "slack_client_secret": SECRET,
            "public_url": PUBLIC,
        }
    )
    said = repr(settings) + str(settings) + settings.model_dump_json()
    assert not any(secret in said for secret in (BOT, APP, SIGNING, SECRET))


def test_a_command_says_it_in_one_line(skerry: Skerry) -> None:
    assert "begins with xapp-" in skerry.with_(SLACK_APP_TOKEN=BOT).refuses("doctor")
    line = skerry.with_(SLACK_BOT_TOKEN=BOT).refuses("run")
    assert line.startswith("The settings do not fit: for Slack, set SKERRY_SLACK_APP_TOKEN too")
