"""Settings: the environment and `.env`, read once into one frozen record."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: What a token of Telegram's is made of: the bot's id, a colon, a secret.
_TOKEN = re.compile(r"[A-Za-z0-9:_-]+")
#: What Telegram takes as a webhook's secret.
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
#: How each token of Slack's begins, and where it is found.
_SLACK_TOKENS = {
    "slack_bot_token": ("xoxb-", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "Basic Information, App-Level Tokens"),
}
#: What Slack's secrets are made of; a token begins like this and is none of them.
_SLACK_SECRET = re.compile(r"(?!xox|xapp-)[!-~]{8,200}")
_SLACK_CLIENT = re.compile(r"\d+\.\d+")
#: Where everything is kept when no setting says otherwise.
DATA = Path("var")


class Settings(BaseSettings):
    """What a deployment may set; each name has `SKERRY_` before it in the environment."""

    model_config = SettingsConfigDict(
        env_prefix="SKERRY_", env_file=".env", extra="ignore", frozen=True
    )

    #: A SQLAlchemy URL of the words' database.
    database_url: str = f"sqlite:///{DATA}/skerry.sqlite"
    #: A SQLAlchemy URL of the key store; beside the SQLite database when empty.
    keys_url: str = ""
    #: 32 bytes, urlsafe base64; a key file is used when empty.
    master_key: SecretStr = SecretStr("")
    #: The file that holds the master key; beside the SQLite database when empty.
    master_key_file: str = ""
    #: The key before this one, while keys are rotated.
    master_key_previous: SecretStr = SecretStr("")
    #: Where this server is reached from outside, such as https://skerry.example.
    public_url: str = ""
    #: The token that BotFather gave; Telegram is left out when it is empty.
    telegram_token: SecretStr = SecretStr("")
    #: The root of a Bot API server; Telegram's own when empty.
    telegram_base_url: str = ""
    #: What Telegram shows with every update it posts; with PUBLIC_URL, a webhook is used.
    telegram_webhook_secret: SecretStr = SecretStr("")
    #: The token with which we speak in one workspace; `xoxb-...`.
    slack_bot_token: SecretStr = SecretStr("")
    #: The token with which we listen by Socket Mode; `xapp-...`.
    slack_app_token: SecretStr = SecretStr("")
    #: With what Slack signs all that it posts here; Socket Mode wins when both are set.
    slack_signing_secret: SecretStr = SecretStr("")
    #: The root of Slack's Web API; Slack's own when empty.
    slack_base_url: str = ""
    #: The app's name and secret with Slack: with these, any workspace can let us in.
    slack_client_id: str = ""
    slack_client_secret: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8420
    #: The zone of people who have not said theirs.
    time_zone: str = "Europe/London"
    #: How many seconds after a message an answer counts as whole.
    quiet_gap: Annotated[float, Field(ge=0, le=3600)] = 12.0
    #: The fewest seconds between two messages that are said in a row.
    breath: Annotated[float, Field(ge=0, le=10)] = 2.0
    #: A folder of one's own practices.
    practices: str = ""
    #: What help says of where to turn; the shipped words when empty.
    signposts: str = ""
    #: A file of one's own phrases that speak of distress, beside the shipped ones.
    distress: str = ""
    #: How many months words are kept for people who have not chosen.
    retention: Annotated[int, Field(ge=1, le=120)] = 12
    log_level: str = "INFO"

    @field_validator("time_zone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        if name not in available_timezones():
            message = f"{name} is not an IANA time zone; write one such as Europe/London"
            raise ValueError(message)
        return name

    @field_validator("log_level")
    @classmethod
    def _is_a_level(cls, name: str) -> str:
        if name.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            message = f"{name} is not a log level; write DEBUG, INFO, WARNING or ERROR"
            raise ValueError(message)
        return name.upper()

    @field_validator("telegram_token")
    @classmethod
    def _is_a_token(cls, token: SecretStr) -> SecretStr:
        if token.get_secret_value() and not _TOKEN.fullmatch(token.get_secret_value()):
            message = "this is not a token of Telegram's; copy it from BotFather, colon included"
            raise ValueError(message)
        return token

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _is_a_secret(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not _SECRET.fullmatch(secret.get_secret_value()):
            message = "write up to 256 letters, digits, - or _, the more the better"
            raise ValueError(message)
        return secret

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _is_a_slack_token(cls, token: SecretStr, info: ValidationInfo) -> SecretStr:
        given = token.get_secret_value()
        begins, found = _SLACK_TOKENS[info.field_name or ""]
        if given and not re.fullmatch(rf"{begins}[A-Za-z0-9-]+", given):
            message = (
                f"such a token begins with {begins} and has letters, digits and - after it; "
                f"copy it from your app's page at api.slack.com/apps, {found}"
            )
            raise ValueError(message)
        return token

    @field_validator("slack_signing_secret", "slack_client_secret")
    @classmethod
    def _is_a_slack_secret(cls, secret: SecretStr) -> SecretStr:
        if secret.get_secret_value() and not _SLACK_SECRET.fullmatch(secret.get_secret_value()):
            message = (
                "this is not a secret of Slack's; copy it from your app's page at "
                "api.slack.com/apps, Basic Information, App Credentials"
            )
            raise ValueError(message)
        return secret

    @field_validator("slack_client_id")
    @classmethod
    def _is_a_slack_client(cls, client: str) -> str:
        if client and not _SLACK_CLIENT.fullmatch(client):
            message = (
                "a client id is two numbers with a dot between them; copy it from your app's page "
                "at api.slack.com/apps, Basic Information, App Credentials"
            )
            raise ValueError(message)
        return client

    @field_validator("public_url", "telegram_base_url", "slack_base_url")
    @classmethod
    def _is_a_url(cls, url: str) -> str:
        if url and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", url):
            message = f"{url} is not an address; write one such as https://skerry.example"
            raise ValueError(message)
        return url.rstrip("/")

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        """Refuse half of what Slack needs, and say which half is missing."""
        if missing := _missing_of_slack(self):
            raise ValueError(missing)
        return self

    @property
    def has_platform(self) -> bool:
        """Whether there is a token of any platform; else the terminal is where people chat."""
        return self.has_telegram or self.has_slack

    @property
    def has_telegram(self) -> bool:
        """Whether Telegram is one of the platforms."""
        return bool(self.telegram_token.get_secret_value())

    @property
    def has_slack(self) -> bool:
        """Whether Slack is one of the platforms."""
        return bool(self.slack_bot_token.get_secret_value() or self.slack_client_id)

    @property
    def slack_socket(self) -> bool:
        """Whether we listen to Slack by Socket Mode; else Slack posts events here."""
        return bool(self.slack_app_token.get_secret_value())

    @property
    def slack_install(self) -> bool:
        """Whether workspaces can let us in by themselves."""
        return bool(self.slack_client_id)

    @property
    def webhook(self) -> bool:
        """Whether Telegram is to post updates here; else they are fetched."""
        return bool(self.public_url and self.telegram_webhook_secret.get_secret_value())

    @property
    def gap(self) -> timedelta:
        """The quiet gap."""
        return timedelta(seconds=self.quiet_gap)

    @property
    def between(self) -> timedelta:
        """The shortest breath between messages of one step."""
        return timedelta(seconds=self.breath)


def _missing_of_slack(settings: Settings) -> str:
    """What is missing before Slack can be connected; empty when nothing is, or all is."""
    bot, app, signing, secret = (
        bool(each.get_secret_value())
        for each in (
            settings.slack_bot_token,
            settings.slack_app_token,
            settings.slack_signing_secret,
            settings.slack_client_secret,
        )
    )
    client = bool(settings.slack_client_id)
    if client != secret:
        there, other = ("ID", "SECRET") if client else ("SECRET", "ID")
        return f"with SKERRY_SLACK_CLIENT_{there}, set SKERRY_SLACK_CLIENT_{other} too"
    if client and not settings.public_url:
        return (
            "with SKERRY_SLACK_CLIENT_ID, set SKERRY_PUBLIC_URL too: it is where people come back "
            "to when they have let Skerry into their workspace"
        )
    if (bot or client) and not (app or signing):
        return (
            "for Slack, set SKERRY_SLACK_APP_TOKEN too (Socket Mode), or else "
            "SKERRY_SLACK_SIGNING_SECRET (Slack posts to this server)"
        )
    if (app or signing) and not (bot or client):
        return (
            "for Slack, set SKERRY_SLACK_BOT_TOKEN too, or else SKERRY_SLACK_CLIENT_ID and "
            "SKERRY_SLACK_CLIENT_SECRET, for many workspaces"
        )
    return ""
