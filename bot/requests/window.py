"""Windows: one answer written at length, in a window of the platform's own.

What is written there is an answer, whatever it says: no reserved word is looked for. What is not
sent yet is kept sealed, for whoever keeps words; what comes too late goes back to its writer.
"""

from __future__ import annotations

import re
from typing import assert_never

from bot.engine import events
from bot.engine.conversation import Conversation, Part, Status
from bot.engine.sharing import is_kept
from bot.records import Drafted, Quote, Standing, Submitted, Unfolded
from bot.requests.desk import Desk
from bot.requests.letters import whole
from bot.requests.talk import displace, move, put_again, recalled, voice_of
from bot.store import conversations, unsent
from bot.store.unsent import Unsent
from bot.voice import has_window

#: What the button carries that opens a window; the window itself carries the same without its end.
_TOKEN = re.compile(r"([0-9a-f]{32}):([0-9]{1,6})(?::window)?")


def take(desk: Desk, current: Conversation | None, body: Unfolded | Drafted | Submitted) -> None:
    """Take what comes of a window: it is wanted, written in, or sent."""
    match body:
        case Unfolded(token=token):
            unfold(desk, token)
        case Drafted(token=token, text=text):
            draft(desk, token, text)
        case Submitted():
            submit(desk, current, body)
        case _:
            assert_never(body)


def unfold(desk: Desk, token: str) -> None:
    """Show the window of a question that is still open, with what was written there before."""
    held = _open(desk, token)
    if held is None:
        desk.answer(toast=desk.text("stale"))
        return
    before = unsent.get(desk.conn, desk.house.keys, desk.participant.id, held.id, held.ask)
    compiled = desk.house.shelf.pinned(desk.conn, held.revision)
    shown = voice_of(desk, compiled).window(
        held.id,
        put_again(desk, compiled, held),
        held.answers,
        recalled(desk, compiled, held),
        before.text if before else "",
    )
    desk.answer(window=shown)
    _linger(desk, held)


def draft(desk: Desk, token: str, text: str) -> None:
    """Keep what stands in a window so far, while its question is open."""
    held = _open(desk, token)
    if held is None:
        return
    node = desk.house.shelf.pinned(desk.conn, held.revision).script.nodes[held.at or ""]
    if text.strip() and desk.participant.keeps and is_kept(node):
        written = Unsent(conversation=held.id, ask=held.ask, text=whole(text), written_at=desk.now)
        unsent.keep(desk.conn, desk.house.keys, desk.participant.id, written)
    else:
        unsent.remove(desk.conn, desk.participant.id, held.id, held.ask)
    _linger(desk, held)


def submit(desk: Desk, current: Conversation | None, came: Submitted) -> None:
    """Take what was written in a window as the whole answer, or as its beginning."""
    text = whole(came.text)
    named = _named(came.token)
    if named is not None:
        unsent.remove(desk.conn, desk.participant.id, *named)
    held = _open(desk, came.token)
    if held is None:
        give_back(desk, text)
        return
    if current is not None and current.id != held.id:
        displace(desk, current)
    if not text.strip():
        move(desk, held, events.Finished())
        return
    part = Part(message=came.message, text=text)
    held = move(desk, held, events.Replied(part, goes_on=True))
    if came.full:
        desk.remark("window_full")
    else:
        move(desk, held, events.Finished())


def give_back(desk: Desk, text: str) -> None:
    """Give somebody their words again, which came too late to be an answer."""
    if not text.strip():
        desk.answer(toast=desk.text("stale"))
        return
    stopped = desk.participant.standing is Standing.STOPPED
    desk.remark("is_stopped" if stopped else "window_past", after=(Quote(text=text),))


def _named(token: str) -> tuple[str, int] | None:
    """The conversation and the number of the question that a token names."""
    found = _TOKEN.fullmatch(token)
    return (found.group(1), int(found.group(2))) if found else None


def _open(desk: Desk, token: str) -> Conversation | None:
    """The conversation whose open question this is, when it is one that is answered in words."""
    named = _named(token)
    if named is None or desk.participant.standing is Standing.STOPPED:
        return None
    conversation, ask = named
    held = conversations.get(desk.conn, desk.house.keys, desk.participant.id, conversation)
    if held is None or held.at is None or held.ask != ask:
        return None
    nodes = desk.house.shelf.pinned(desk.conn, held.revision).script.nodes
    return held if has_window(nodes[held.at]) else None


def _linger(desk: Desk, held: Conversation) -> None:
    """Nothing goes on by itself while somebody writes in a window."""
    if held.wake_at is not None and held.status is Status.OPEN:
        move(desk, held, events.Composing())
