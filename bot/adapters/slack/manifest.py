"""The app manifest: what Slack is told of the app, and the least it must let the app do.

One source for everything that asks for permission: the manifest that is pasted into Slack, and
the page through which a workspace lets us in. docs/slack.md has the reason of each.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

Json = dict[str, Any]

#: Where Slack brings events, commands and interactions over HTTP.
EVENTS_PATH = "/slack/events"
#: Where a workspace lets us in, and where Slack sends people back to.
INSTALL_PATH = "/slack/install"
#: The slash command.
COMMAND = "/skerry"

#: What the bot may do.
SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:read",
    "im:history",
    "im:write",
    "reactions:write",
    "users:read",
)
#: What only channels need; an app that was made before goes on without it in people's own chats.
FOR_CHANNELS = ("channels:read", "groups:read")
#: What the bot is told of.
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_id_changed",
    "channel_left",
    "channel_rename",
    "channel_unarchive",
    "group_archive",
    "group_deleted",
    "group_left",
    "group_rename",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "message.im",
    "tokens_revoked",
    "user_change",
)

_SHORT = "A few gentle questions about what you do, answered in your own words and your own time."
_LONG = (
    "Skerry is for reflective practice: it asks a few gentle questions about what you do, and you "
    "answer in your own words and your own time. It brings your own earlier words back to you, so "
    "that a small step tried last week is not lost this week. Nobody else in Skerry can read what "
    "you write. Write help at any time. It is not therapy, and nobody is watching."
)


def manifest(public_url: str = "", *, socket: bool = True, many: bool = False) -> Json:
    """The manifest; `public_url` is where this server is reached from outside.

    With Socket Mode Slack posts nothing here, and needs no address. `many` is for an app that any
    workspace can let in: people come back from Slack to an address of ours.
    """
    made: Json = {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Skerry",
            "description": _SHORT,
            "long_description": _LONG,
            "background_color": "#1f4e5f",
        },
        "features": _features(),
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True},
            "org_deploy_enabled": False,
            "socket_mode_enabled": socket,
            "token_rotation_enabled": False,
        },
    }
    if many:
        made["oauth_config"]["redirect_urls"] = [public_url + INSTALL_PATH]
    if not socket:
        _bring_to(made, public_url + EVENTS_PATH)
    return made


def link(made: Json) -> str:
    """The address at which Slack makes an app of a manifest."""
    query = {"new_app": "1", "manifest_json": dumped(made)}
    return f"https://api.slack.com/apps?{urlencode(query, quote_via=quote)}"


def dumped(made: Json, indent: int | None = None) -> str:
    """A manifest as text."""
    tight = None if indent else (",", ":")
    return json.dumps(made, indent=indent, separators=tight, ensure_ascii=False)


def _features() -> Json:
    return {
        "app_home": {
            "home_tab_enabled": True,
            "messages_tab_enabled": True,
            "messages_tab_read_only_enabled": False,
        },
        "bot_user": {"display_name": "Skerry", "always_online": True},
        "slash_commands": [
            {
                "command": COMMAND,
                "description": "Say one of Skerry's words, wherever you are.",
                "usage_hint": "help | practise | circle | later | pause until Monday",
                "should_escape": False,
            }
        ],
    }


def _bring_to(made: Json, address: str) -> None:
    """Let Slack bring everything to an address of ours."""
    settings = made["settings"]
    settings["event_subscriptions"]["request_url"] = address
    settings["interactivity"]["request_url"] = address
    settings["interactivity"]["message_menu_options_url"] = address
    for command in made["features"]["slash_commands"]:
        command["url"] = address
