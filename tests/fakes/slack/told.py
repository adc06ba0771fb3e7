"""The events that tell of messages and reactions, as Slack shapes them."""

from __future__ import annotations

from typing import Any

from tests.fakes.slack.accounts import User
from tests.fakes.slack.post import Parcel
from tests.fakes.slack.records import Channel, Kind, Message, Team
from tests.fakes.slack.world import World

Json = dict[str, Any]

SUBSCRIPTIONS = {
    Kind.IM: "message.im",
    Kind.CHANNEL: "message.channels",
    Kind.GROUP: "message.groups",
}


def written(world: World, message: Message) -> Parcel | None:
    """Something was said."""
    if message.only_for:
        return None
    where = {"channel": message.channel.id, "event_ts": message.ts}
    if message.thread_ts and (parent := message.channel.find(message.thread_ts)):
        where["parent_user_id"] = parent.user
    event = message.wire | where | {"channel_type": message.channel.kind.value}
    return _tell(world, message.channel, event)


def changed(world: World, message: Message, before: Json) -> Parcel | None:
    """Something that was said reads otherwise now: edited, or unfurled."""
    ts = world.ts()
    more = {"source_team": message.channel.team.id, "user_team": message.channel.team.id}
    event: Json = {
        "type": "message",
        "subtype": "message_changed",
        "message": message.wire | more,
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "ts": ts,
        "event_ts": ts,
        "channel_type": message.channel.kind.value,
    }
    return _tell(world, message.channel, event)


def deleted(world: World, message: Message, before: Json) -> Parcel | None:
    """Something that was said was taken back."""
    ts = world.ts()
    event: Json = {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "channel": message.channel.id,
        "hidden": True,
        "deleted_ts": message.ts,
        "ts": ts,
        "event_ts": ts,
        "channel_type": message.channel.kind.value,
    }
    return _tell(world, message.channel, event)


def reacted(
    world: World, message: Message, user: str, name: str, kind: str = "reaction_added"
) -> Parcel | None:
    """Somebody reacted to a message, or no more."""
    channel = message.channel
    event: Json = {
        "type": kind,
        "user": user,
        "reaction": name,
        "item": {"type": "message", "channel": channel.id, "ts": message.ts},
        "item_user": message.user,
        "event_ts": world.ts(),
    }
    if channel.kind is not Kind.IM and channel.team.bot.id not in channel.members:
        return None
    return world.tell(channel.team, event, kind, channel.id)


def user_changed(world: World, team: Team, user: User, kind: str = "user_change") -> Parcel | None:
    """Somebody's profile reads otherwise now, or they are new."""
    user.updated = world.now
    told = user.wire(world.clock(), locale=True)
    event = {"type": kind, "user": told, "cache_ts": world.now, "event_ts": world.ts()}
    return world.tell(team, event)


def _tell(world: World, channel: Channel, event: Json) -> Parcel | None:
    if channel.team.bot.id not in channel.members:
        return None
    return world.tell(channel.team, event, SUBSCRIPTIONS[channel.kind], channel.id)
