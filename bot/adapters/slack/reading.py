"""Reading: from whatever Slack sends to what it brought; pure and total.

Whatever JSON comes, there is an answer: a field that is not as Slack describes it is a field
that is not there. What nobody said to us is None; words said in a channel are never carried.
"""

from __future__ import annotations

import re

from bot.adapters.slack import channels, fields, messages
from bot.adapters.slack.acting import acted, sought, submitted
from bot.adapters.slack.came import Answer, Came, Heard, Teller
from bot.adapters.slack.fields import Json
from bot.adapters.slack.plain import typed
from bot.adapters.slack.workspaces import Workspace, place_of
from bot.records import Body, Commanded, Invited, Left, Looked, Profiled

#: What is said to us when a slash command says nothing.
HELP = "help"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")


def team_of(payload: Json) -> str:
    """The workspace that let us in and that this is of; empty when it is of none."""
    ours = fields.parts(payload, "authorizations")
    if ours and (team := fields.team(ours[0], "team_id")):
        return team
    within = fields.team(fields.part(payload, "view"), "app_installed_team_id")
    return (
        within
        or fields.team(payload, "team_id")
        or fields.team(fields.part(payload, "team"), "id")
        or fields.team(fields.part(payload, "user"), "team_id")
    )


def whose(payload: Json) -> str:
    """The person or channel for whose sake this waits for what came before it; or nothing."""
    event = fields.part(payload, "event")
    if fields.text(event, "type") in {"message", "app_mention"} and not messages.is_direct(event):
        return fields.channel(event, "channel")
    if fields.text(event, "type") in channels.OF_CHANNELS:
        return channels.which(event)
    if pressed := fields.channel(fields.part(payload, "container"), "channel_id"):
        return pressed
    inner = [fields.part(event, each) for each in ("previous_message", "message", "user")]
    return (
        fields.person(payload, "user_id")
        or fields.person(fields.part(payload, "user"), "id")
        or fields.person(event, "user")
        or next((found for each in inner if (found := fields.person(each, "user"))), "")
        or fields.person(inner[-1], "id")
    )


def is_limited(payload: Json) -> bool:
    """Whether Slack says that it holds events back, because there are too many."""
    return payload.get("type") == "app_rate_limited"


#: What is asked of a channel and not of a person: what a team does together there.
_CIRCLE = re.compile(r"(?i:circles?)(?:\s.*)?", re.DOTALL)
#: An invitation, as `skerry people invite` says it; no word of ours follows `start`.
_INVITED = re.compile(r"(?i:start) ([A-Za-z0-9_-]{1,64})")


def profile(user: Json) -> tuple[str, str]:
    """The zone and the language of somebody's profile; empty where it does not say."""
    zone, locale = fields.text(user, "tz"), fields.text(user, "locale")
    return (
        zone if _ZONE.fullmatch(zone) else "",
        locale if _LOCALE.fullmatch(locale) else "",
    )


def read(payload: Json, ours: Workspace) -> Came | None:
    """What came; None when it is nothing to us. Never raises."""
    if fields.text(payload, "command"):
        return _commanded(payload, ours)
    match payload.get("type"):
        case "event_callback":
            return _event(payload, ours)
        case "block_actions":
            return acted(payload, ours.id)
        case "view_submission":
            return submitted(payload, ours.id)
        case "block_suggestion":
            return sought(payload, ours.id)
        case _:
            return None


def _event(payload: Json, ours: Workspace) -> Came | None:
    event, id_ = fields.part(payload, "event"), fields.text(payload, "event_id")
    if not id_:
        return None
    id_ = fields.fitting(id_)
    match event.get("type"):
        case "message" if messages.is_direct(event):
            return messages.direct(event, id_, ours)
        case "message" | "app_mention":
            return messages.in_channel(event, ours)
        case "app_home_opened":
            return _looked(event, id_, ours)
        case "user_change":
            return _changed(fields.part(event, "user"), id_, ours)
        case str(kind) if kind in channels.OF_CHANNELS:
            return channels.told(event, id_, ours)
        case "app_uninstalled":
            return Came(gone="uninstalled")
        case "tokens_revoked":
            revoked = fields.part(event, "tokens").get("bot")
            ends = isinstance(revoked, list) and ours.bot_user in revoked
            return Came(gone="revoked") if ends else None
        case _:
            return None


def _looked(event: Json, id_: str, ours: Workspace) -> Came | None:
    """Somebody opened the chat, or the page beside it."""
    user, tab = fields.person(event, "user"), fields.text(event, "tab")
    if not user or tab not in {"home", "messages"}:
        return None
    looked = Teller(place=place_of(ours.id, user)).told(Looked(page=tab == "home"), id_)
    return Came(heard=(Heard(inbound=looked),), channel=fields.room(event, "channel"))


def _changed(user: Json, id_: str, ours: Workspace) -> Came | None:
    """Somebody's profile changed; one that was closed is somebody who left."""
    name = fields.person(user, "id")
    if not name or name == ours.bot_user or user.get("is_bot") is True:
        return None
    zone, language = profile(user)
    teller = Teller(place=place_of(ours.id, name), zone=zone, language=language)
    body: Body = Left() if user.get("deleted") is True else Profiled()
    return Came(heard=(Heard(inbound=teller.told(body, id_)),))


def _commanded(payload: Json, ours: Workspace) -> Came | None:
    """A slash command, wherever it was typed: it is between this person and us.

    All but what is asked of the channel itself, which is the channel's.
    """
    user, trigger = fields.person(payload, "user_id"), fields.text(payload, "trigger_id")
    if not user or not trigger:
        return None
    said = typed(fields.text(payload, "text")).strip() or HELP
    person, channel = place_of(ours.id, user), fields.channel(payload, "channel_id")
    teller = Teller(place=person)
    if channel and _CIRCLE.fullmatch(said):
        named = channels.title(fields.text(payload, "channel_name"))
        there = place_of(ours.id, channel)
        teller = Teller(place=there, group=True, by=person, title=named)
    invited = _INVITED.fullmatch(said)
    body = Invited(code=invited.group(1)) if invited else Commanded(text=said)
    heard = Heard(inbound=teller.told(body, fields.fitting(f"t.{trigger}")))
    return Came(heard=(heard,), answer=Answer.COMMAND, trigger=trigger)
