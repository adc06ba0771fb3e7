"""What Slack brings, in its own shapes."""

from __future__ import annotations

import json
from typing import Any

from bot.adapters.slack.workspaces import Workspace

Json = dict[str, Any]

TEAM, BOT, ROBIN, ALEX = "T012AB3C4", "U0BOT0001", "U0ROBIN01", "U0ALEX001"
DM, CHANNEL = "D0ROBIN01", "C0GENERAL"
TS = "1772442000.000100"
PLACE = f"{TEAM}:{ROBIN}"
NAME = f"{DM}:{TS}"
OURS = Workspace(id=TEAM, name="Shore", bot_user=BOT, bot="B0BOT0001", scopes=(), token="xoxb")


def event(**inside: Any) -> Json:  # noqa: ANN401
    """An event in its wrapping."""
    return {
        "type": "event_callback",
        "team_id": TEAM,
        "api_app_id": "A0SKERRY1",
        "event_id": "Ev01",
        "event_time": 1_772_442_000,
        "authorizations": [{"team_id": TEAM, "user_id": BOT, "is_bot": True}],
        "event": inside,
    }


def said(text: str = "We argued.", **more: Any) -> Json:  # noqa: ANN401
    """A message in somebody's conversation with us."""
    told = {"type": "message", "channel_type": "im", "channel": DM, "user": ROBIN, "ts": TS}
    return event(**{**told, "text": text, "event_ts": TS, **more})


def of_channel(kind: str, **more: Any) -> Json:  # noqa: ANN401
    """What became of a channel, or of who is in it."""
    return event(**{"type": kind, "channel": CHANNEL, "event_ts": TS, **more})


def changed(before: Json, now: Json) -> Json:
    """A message that reads otherwise now."""
    told = {"user": ROBIN, "ts": TS, "type": "message"}
    return said(
        "",
        user="",
        subtype="message_changed",
        ts="1772442009.000200",
        message={**told, **now},
        previous_message={**told, **before},
    )


def deleted(**before: Any) -> Json:  # noqa: ANN401
    """A message that was taken back."""
    return said(
        "",
        user="",
        subtype="message_deleted",
        ts="1772442009.000200",
        deleted_ts=TS,
        previous_message={"user": ROBIN, "ts": TS, "text": "We argued.", **before},
    )


def photo(**more: Any) -> Json:  # noqa: ANN401
    return {
        "id": "F01",
        "name": "IMG_0001.jpg",
        "mimetype": "image/jpeg",
        "mode": "hosted",
        "size": 1000,
        "url_private": "https://files.slack.com/files-pri/T1-F1/a.jpg",
        "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/a.jpg",
        **more,
    }


def clip(**more: Any) -> Json:  # noqa: ANN401
    return photo(**{"id": "F02", "mimetype": "audio/mp4", "subtype": "slack_audio", **more})


def command(text: str = "pause", **more: Any) -> Json:  # noqa: ANN401
    """A slash command."""
    return {
        "command": "/skerry",
        "text": text,
        "team_id": TEAM,
        "user_id": ROBIN,
        "channel_id": CHANNEL,
        "trigger_id": "1.2.3",
        "response_url": "https://hooks.slack.com/commands/1",
        **more,
    }


def acted(*actions: Json, **more: Any) -> Json:  # noqa: ANN401
    """Something pressed or picked in a message of ours."""
    return {
        "type": "block_actions",
        "team": {"id": TEAM, "domain": "shore"},
        "user": {"id": ROBIN, "team_id": TEAM},
        "trigger_id": "1.2.3",
        "container": {
            "type": "message",
            "message_ts": TS,
            "channel_id": DM,
            "is_ephemeral": False,
        },
        "channel": {"id": DM, "name": "directmessage"},
        "message": {"ts": TS, "text": "Did it help?", "blocks": [WORDS, {"type": "actions"}]},
        "actions": list(actions),
        **more,
    }


def in_channel(*actions: Json, **more: Any) -> Json:  # noqa: ANN401
    """The same, in a message that stands in a channel."""
    container = {"type": "message", "message_ts": TS, "channel_id": CHANNEL}
    where = {"id": CHANNEL, "name": "general"}
    return acted(*actions, **{"container": container, "channel": where, **more})


def in_view(*actions: Json, **view: Any) -> Json:  # noqa: ANN401
    """The same, in a window or on a page."""
    told = acted(*actions, view={"id": "V01", "type": "home", **view})
    del told["container"], told["channel"], told["message"]
    return told


def press(value: str = "c:1:0", name: str = "press.0", **more: Any) -> Json:  # noqa: ANN401
    return {"type": "button", "action_id": name, "value": value, **more}


def metadata(name: str = "c:1", place: str = PLACE) -> str:
    return json.dumps({"token": name, "place": place})


def submitted(text: str | None = "It was long.", **view: Any) -> Json:  # noqa: ANN401
    """A window that was sent."""
    values = {"answer": {"answer": {"type": "plain_text_input", "value": text}}}
    return {
        "type": "view_submission",
        "team": {"id": TEAM},
        "user": {"id": ROBIN},
        "trigger_id": "1.2.3",
        "view": {
            "id": "V01",
            "type": "modal",
            "private_metadata": metadata(),
            "state": {"values": values},
            **view,
        },
    }


def suggestion(text: str = "par", name: str = "field.zone") -> Json:
    return {
        "type": "block_suggestion",
        "team": {"id": TEAM},
        "user": {"id": ROBIN},
        "action_id": name,
        "block_id": "b",
        "value": text,
        "view": {"id": "V01", "type": "home"},
    }


WORDS: Json = {
    "type": "rich_text",
    "block_id": "x1",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "text", "text": "Did it help?"}]}
    ],
}
