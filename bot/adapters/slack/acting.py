"""Acting: what people press, pick and fill in; pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.adapters.slack import fields, views, writing
from bot.adapters.slack.came import Answer, Came, Heard, Seen, Teller
from bot.adapters.slack.channels import title
from bot.adapters.slack.fields import Json
from bot.adapters.slack.messages import name_of, numbered
from bot.adapters.slack.texts import WORDS, units
from bot.adapters.slack.workspaces import is_group, place_of
from bot.records import (
    Adjusted,
    Body,
    Commanded,
    Drafted,
    Invited,
    Press,
    Sought,
    Submitted,
    Unfolded,
)

#: The limit on what a button sends back, in bytes (see Option.token).
_TOKEN = 64
#: What a button sends back that opens the presser's own chat.
_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def acted(payload: Json, team: str) -> Came | None:
    """Something was pressed, picked or written."""
    user = fields.person(fields.part(payload, "user"), "id")
    trigger = fields.text(payload, "trigger_id")
    if not user or not trigger:
        return None
    person = place_of(team, user)
    if fields.part(payload, "view"):
        teller, channel, message, seen = Teller(place=person), "", "", None
        bodies = list(_in_view(payload, person))
    else:
        channel, message = _message(payload)
        there = place_of(team, channel)
        teller = Teller(place=person)
        if is_group(there):
            named = title(fields.text(fields.part(payload, "channel"), "name"))
            teller = Teller(place=there, group=True, by=person, title=named)
        bodies = list(_in_message(payload, message, in_channel=is_group(there)))
        seen = _seen(payload, teller.place, message) if bodies else None
    own = Teller(place=person)
    heard = [
        Heard(
            inbound=(own if isinstance(body, Invited) else teller).told(
                body, fields.fitting(numbered(f"t.{trigger}", number))
            )
        )
        for number, body in enumerate(bodies, 1)
    ]
    return Came(
        heard=tuple(heard),
        answer=Answer.QUIETLY,
        channel=channel,
        trigger=trigger,
        by=user,
        seen=seen,
    )


def submitted(payload: Json, team: str) -> Came | None:
    """A window was sent."""
    user, view = fields.person(fields.part(payload, "user"), "id"), fields.part(payload, "view")
    id_, trigger = fields.text(view, "id"), fields.text(payload, "trigger_id")
    token = views.token_of(view, place_of(team, user))
    if not user or not id_ or not token:
        return None
    text = views.written_in(view)
    body = Submitted(
        token=token,
        message=fields.fitting(id_),
        text=text,
        full=units(text) >= views.MOST_LETTERS,
    )
    told = Teller(place=place_of(team, user)).told(body, fields.fitting(f"t.{trigger or id_}"))
    return Came(heard=(Heard(inbound=told),), answer=Answer.QUIETLY, by=user)


def sought(payload: Json, team: str) -> Came | None:
    """The first letters for a field; each time is a new question, so it has no id of its own."""
    user = fields.person(fields.part(payload, "user"), "id")
    field = views.field_of(fields.text(payload, "action_id"))
    if not user or not field:
        return None
    body = Sought(field=field, text=fields.text(payload, "value"))
    told = Teller(place=place_of(team, user)).told(body, "")
    return Came(heard=(Heard(inbound=told),), answer=Answer.FOUND)


def _message(payload: Json) -> tuple[str, str]:
    """The channel, and the name of the message that was pressed if it can be changed."""
    within = fields.part(payload, "container")
    channel = fields.room(within, "channel_id") or fields.room(
        fields.part(payload, "channel"), "id"
    )
    ts = fields.stamp(within, "message_ts") or fields.stamp(fields.part(payload, "message"), "ts")
    lasting = bool(channel and ts and within.get("is_ephemeral") is not True)
    return channel, name_of(channel, ts) if lasting else ""


def _in_message(payload: Json, message: str, *, in_channel: bool) -> Iterator[Body]:
    """What was pressed; whoever presses in a channel is in it."""
    for action in fields.parts(payload, "actions"):
        kind = fields.text(action, "action_id").partition(".")[0]
        token = fields.text(action, "value") or fields.text(
            fields.part(action, "selected_option"), "value"
        )
        if not 0 < len(token.encode()) <= _TOKEN:
            continue
        if kind == writing.UNFOLD:
            yield Unfolded(token=token)
        elif kind == writing.OPEN:
            if _CODE.fullmatch(token):
                yield Invited(code=token, belongs=in_channel or None)
        elif kind in {writing.PRESS, writing.MENU}:
            yield Press(token=token, message=message)


def _in_view(payload: Json, place: str) -> Iterator[Body]:
    view = fields.part(payload, "view")
    for action in fields.parts(payload, "actions"):
        name = fields.text(action, "action_id")
        if field := views.field_of(name):
            yield Adjusted(field=field, values=tuple(views.values_of(action)))
        elif views.is_link(name) and (word := fields.text(action, "value")):
            yield Commanded(text=word)
        elif name == views.ANSWER and (token := views.token_of(view, place)):
            yield Drafted(token=token, text=fields.text(action, "value"))


def _seen(payload: Json, place: str, message: str) -> Seen | None:
    """The words of the message that was pressed."""
    blocks = fields.parts(fields.part(payload, "message"), "blocks")
    words = tuple(block for block in blocks if block.get("type") in WORDS)
    return Seen(place=place, message=message, words=words) if message and words else None
