"""chat.*, conversations.* and reactions.*: what the bot says and where.

Slack does not say what a reply to a message that is not there meets; here it is
`thread_not_found`. A person who was deactivated is `user_disabled`, also in their DM.
"""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.slack import told as events
from tests.fakes.slack.blocks import checked_blocks
from tests.fakes.slack.calls import Call, check_scopes
from tests.fakes.slack.faults import Refusal, told
from tests.fakes.slack.records import Channel, Kind, Message
from tests.fakes.slack.wire import needed, string, structured, truth

Json = dict[str, Any]

LONGEST = 40_000
#: What it takes to see each kind of conversation.
SEES = {Kind.IM: "im:read", Kind.CHANNEL: "channels:read", Kind.GROUP: "groups:read"}
NO_FILES: list[Json] = []
TS = re.compile(r"\d{10}\.\d{6}")


def post_message(call: Call) -> Json:
    """chat.postMessage."""
    channel = reach(call, needed(call.params, "channel"))
    call.world.limits.spend_message(call.team.id, channel.id)
    text, blocks = content(call)
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    message = call.world.say(
        channel,
        call.team.bot.id,
        text,
        blocks=blocks,
        by_bot=True,
        thread_ts=thread(call, channel),
        linking=linking(call),
        mrkdwn=truth(call.params, "mrkdwn", default=True),
        more=call.told(),
    )
    call.world.accept(call.method, message, call.params)
    events.written(call.world, message)
    return {"channel": channel.id, "ts": message.ts, "message": message.wire}


def post_ephemeral(call: Call) -> Json:
    """chat.postEphemeral."""
    channel = reach(call, needed(call.params, "channel"))
    person = call.user
    if person.id not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = content(call)
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    message = Message(
        call.world.ts(), channel, call.team.bot.id, text, blocks, by_bot=True, only_for=person.id
    )
    message.linking = linking(call)
    channel.messages.append(message)
    call.world.accept(call.method, message, call.params)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    """chat.update."""
    channel = call.channel()
    message = call.message(channel)
    if message.only_for:
        raise Refusal("message_not_found")
    if message.user != call.team.bot.id or message.files:
        raise Refusal("cant_update_message")
    if channel.archived:
        raise Refusal("is_inactive")
    text, blocks = content(call)
    if "blocks" not in call.params:
        blocks = message.blocks
    if not text.strip() and not blocks:
        raise Refusal("no_text")
    before = message.wire
    message.edits.append(message.text)
    message.fallback = text if "text" in call.params else message.fallback
    message.blocks, message.linking = blocks, linking(call)
    message.edited = call.world.ts()
    call.world.accept(call.method, message, call.params)
    events.changed(call.world, message, before)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.fallback,
        "message": message.wire,
    }


def delete(call: Call) -> Json:
    """chat.delete."""
    channel = call.channel()
    message = call.message(channel)
    if message.only_for:
        raise Refusal("message_not_found")
    if message.user != call.team.bot.id:
        raise Refusal("cant_delete_message")
    before = message.wire
    message.deleted = True
    call.world.accept(call.method, message, call.params)
    events.deleted(call.world, message, before)
    return {"channel": channel.id, "ts": message.ts}


def open_conversation(call: Call) -> Json:
    """conversations.open."""
    if string(call.params, "channel"):
        channel = call.channel()
    else:
        names = needed(call.params, "users").split(",")
        if len(names) > 1:
            raise Refusal("method_not_supported_for_channel_type")
        channel = reach_person(call, names[0], "user_not_found")
    whole = truth(call.params, "return_im")
    told_of = channel.wire if whole else {"id": channel.id}
    return {"no_op": True, "already_open": True, "channel": told_of}


def conversation(call: Call) -> Json:
    """conversations.info."""
    channel = call.channel()
    check_scopes(call.team, (SEES[channel.kind],))
    many = (
        {"num_members": len(channel.members)} if truth(call.params, "include_num_members") else {}
    )
    return {"channel": channel.wire | many}


def react(call: Call) -> Json:
    """reactions.add."""
    channel = call.channel()
    message, name = call.message(channel), needed(call.params, "name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise Refusal("invalid_name")
    who = message.reactions.setdefault(name, [])
    if call.team.bot.id in who:
        raise Refusal("already_reacted")
    who.append(call.team.bot.id)
    call.world.accept(call.method, message, call.params)
    events.reacted(call.world, message, call.team.bot.id, name, "reaction_added")
    return {}


def unreact(call: Call) -> Json:
    """reactions.remove."""
    channel = call.channel()
    message, name = call.message(channel), needed(call.params, "name").strip(":")
    who = message.reactions.get(name, [])
    if call.team.bot.id not in who:
        raise Refusal("no_reaction")
    who.remove(call.team.bot.id)
    if not who:
        del message.reactions[name]
    call.world.accept(call.method, message, call.params)
    events.reacted(call.world, message, call.team.bot.id, name, "reaction_removed")
    return {}


def reach(call: Call, name: str) -> Channel:
    """The conversation in which the bot wants to say something, if it may."""
    if name.startswith(("U", "W")):
        channel = reach_person(call, name, "channel_not_found")
    else:
        named = (one for one in call.team.channels.values() if f"#{one.name}" == name)
        found = call.team.channels.get(name) or next(named, None)
        if found is None:
            raise Refusal("channel_not_found")
        channel = found
    check_open(call, channel)
    if channel.refuses:
        raise Refusal(channel.refuses)
    return channel


def check_open(call: Call, channel: Channel) -> None:
    """Refuse a conversation which is closed to the bot."""
    inside = call.team.bot.id in channel.members
    if channel.kind is Kind.GROUP and not inside:
        raise Refusal("channel_not_found")
    if channel.archived:
        raise Refusal("is_archived")
    if channel.kind is Kind.IM:
        if call.team.users[channel.person].deleted:
            raise Refusal("user_disabled")
        if not call.world.messages_tab:
            raise Refusal("messages_tab_disabled")
    elif not inside and "chat:write.public" not in call.team.scopes:
        raise Refusal("not_in_channel")


def reach_person(call: Call, name: str, error: str) -> Channel:
    """The bot's conversation with somebody."""
    person = call.team.users.get(name)
    if person is None:
        raise Refusal(error)
    if person.is_bot:
        raise Refusal("cannot_dm_bot")
    channel = call.team.dm(name)
    if person.deleted or channel is None:
        raise Refusal("user_disabled")
    return channel


def content(call: Call) -> tuple[str, list[Json]]:
    """The text and blocks of a message, checked."""
    if call.params.get("attachments"):
        raise told("invalid_attachments", "this fake has no attachments")
    text = string(call.params, "text")
    if len(text) > LONGEST:
        raise Refusal("msg_too_long")
    blocks = structured(call.params, "blocks", "invalid_blocks_format")
    return text, checked_blocks(call.world, blocks or [])


def thread(call: Call, channel: Channel) -> str:
    """The thread of a reply."""
    ts = string(call.params, "thread_ts")
    if not ts:
        return ""
    if not TS.fullmatch(ts):
        raise told("invalid_thread_ts", f"{ts} is not a valid thread_ts")
    parent = channel.find(ts)
    if parent is None:
        raise Refusal("thread_not_found")
    return parent.thread_ts or parent.ts


def linking(call: Call) -> bool:
    """Whether names in the text become mentions by themselves."""
    return truth(call.params, "link_names") or string(call.params, "parse") == "full"
