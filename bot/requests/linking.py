"""Linking: one person in two places. They join two chats, choose between them, let one go.

Rules: whoever made a code has the last word, in the chat where it was made, so that a code seen
over somebody's shoulder joins nothing. Whoever used it and has words of their own agrees first,
so that a code somebody talked them into gives nobody their words. Nothing of the one is shown to
the other before. A code that is used in two places joins neither. Stop stays stopped: nobody is
joined who has stopped, on either side.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from bot.engine import events
from bot.engine.conversation import Conversation, Status
from bot.records import Address, Outbound, Paragraph, Quote, Standing
from bot.requests.desk import Desk
from bot.requests.talk import JOIN, begin, move_quietly
from bot.store import conversations, merging, outbox, people
from bot.store import linking as links
from bot.store.linking import Link
from bot.store.people import Present
from bot.trust.keyring import DEPLOYMENT


def link(desk: Desk, code: str) -> None:
    """Make a code for another chat, or use the one that was made there."""
    here = desk.present.address
    if not code:
        made = links.make(desk.conn, desk.house.keys, here, desk.now)
        desk.remark("link_code", code=made)
        return
    if not links.may_try(desk.conn, here, desk.now):
        desk.remark("link_wait")
        return
    found = links.find(desk.conn, desk.house.keys, code, desk.now)
    if found is not None and found.used_by not in (None, here.id):
        links.cancel(desk.conn, found.participant)  # Two have it, so it is safe with neither.
        found = None
    maker = _maker(desk.conn, found) if found else None
    if found is None or maker is None:
        new = not _has_words(desk.present)
        desk.remark("link_unknown", after=desk.words("link_or_start") if new else ())
    elif found.participant == desk.participant.id:
        desk.remark("link_own")
    else:
        _use(desk, found, maker)


def _maker(conn: Connection, found: Link) -> Present | None:
    """Whoever made a code, where they made it; None when they are not there any more."""
    maker = people.at(conn, found.address)
    if maker is None or maker.participant.id != found.participant:
        return None
    return maker if maker.participant.standing is Standing.ACTIVE else None


def _has_words(present: Present) -> bool:
    """Whether somebody has joined, or has agreed that words are kept."""
    return present.joined_at is not None or present.participant.keeps


def _use(desk: Desk, found: Link, maker: Present) -> None:
    links.use(desk.conn, found, desk.present.address)
    if _has_words(desk.present):
        desk.remark("link_agree")
    else:
        _agree(desk, found, maker)


def _agree(desk: Desk, found: Link, maker: Present) -> None:
    """Whoever used the code wants it: now its maker is asked, in the chat where it was made."""
    links.agree(desk.conn, found, desk.now)
    desk.remark("link_used")
    platform = _name(desk, desk.present.address)
    after: tuple[Paragraph | Quote, ...] = ()
    if _has_words(desk.present):
        block = "link_both_here" if _stays(maker, desk.present) is maker else "link_both_there"
        after = desk.words(block, platform=platform)
    _tell(desk, maker, "link_confirm", after=after, platform=platform)


def yes_link(desk: Desk) -> None:
    """Agree that two chats become one: first whoever used the code, then whoever made it."""
    here = desk.present.address
    made = links.made_at(desk.conn, here, desk.now)
    used = links.used_at(desk.conn, here, desk.now)
    maker = _maker(desk.conn, used) if used else None
    if made is not None and made.agreed:
        _join(desk, made)
    elif used is not None and used.agreed:
        desk.remark("link_used")
    elif used is not None and maker is not None:
        _agree(desk, used, maker)
    else:
        desk.remark("link_not_asked")


def _join(desk: Desk, made: Link) -> None:
    other = _held(desk.conn, made.used_by or "")
    if other is None or other.participant.standing is Standing.FORGETTING:
        desk.remark("link_not_asked")
    elif other.participant.standing is Standing.STOPPED:
        links.cancel(desk.conn, desk.participant.id)
        desk.remark("link_stopped")
    else:
        _merge(desk, other)
        _say_so(desk, other.address)


def _held(conn: Connection, address: str) -> Present | None:
    """Who is reached at an address, whom nobody else holds until the transaction ends."""
    found = people.at(conn, address)
    if found is None or people.get(conn, found.participant.id, lock=True) is None:
        return None
    held = people.at(conn, address)  # As they are now, and if they are still the same.
    return held if held and held.participant.id == found.participant.id else None


def _stays(maker: Present, user: Present) -> Present:
    """Whose settings hold afterwards: the maker's, unless only the other has any."""
    return user if _has_words(user) and not _has_words(maker) else maker


def _merge(desk: Desk, other: Present) -> None:
    """Make one participant of two; prompts go on coming where they came, and pauses hold."""
    here = desk.present
    stays = _stays(here, other)
    leaves = other if stays is here else here
    where = people.reached(desk.conn, stays.participant.id)
    _make_room(desk, stays, leaves)
    merging.merge(
        desk.conn,
        desk.house.keys,
        stays=stays.participant.id,
        leaves=leaves.participant.id,
    )
    desk.leaves = leaves.participant.id
    pauses = [each.participant.paused_until for each in (here, other)]
    desk.present = people.at(desk.conn, here.address.id) or stays
    desk.change(
        paused_until=max((each for each in pauses if each), default=None), forget_asked_at=None
    )
    if where is not None:
        people.prefer(desk.conn, where.address, desk.now)
    desk.replans = True


def _make_room(desk: Desk, stays: Present, leaves: Present) -> None:
    """At most one conversation stays open; whoever has joined need not join again."""
    theirs = conversations.open_ones(desk.conn, desk.house.keys, stays.participant.id)
    taken = any(each.status is Status.OPEN for each in theirs)
    there = _desk_for(desk, leaves)
    for each in conversations.open_ones(desk.conn, desk.house.keys, leaves.participant.id):
        if each.practice == JOIN and (taken or stays.joined_at):
            move_quietly(there, each, events.Folded())
        elif each.status is Status.OPEN and taken:
            move_quietly(there, each, _aside(each))
        taken = taken or each.status is Status.OPEN


def _aside(held: Conversation) -> events.Event:
    """An invitation folds, what was begun is set aside with all its words."""
    return events.SetAside(None) if held.begun else events.Folded()


def _say_so(desk: Desk, there: Address) -> None:
    """Tell both chats that they are one now."""
    here = desk.present.address
    desk.remark("linked", after=_where(desk, here), platform=_name(desk, there))
    other = people.at(desk.conn, there.id)
    if other is not None:
        after = _where(desk, there)
        _tell(desk, other, "linked", after=after, platform=_name(desk, here))
    if desk.present.joined_at is None and not conversations.unended(
        desk.conn, desk.house.keys, desk.participant.id
    ):
        begin(desk, JOIN)


def _where(desk: Desk, seen_from: Address) -> tuple[Paragraph | Quote, ...]:
    """Where prompts come to, said in one of the chats."""
    now_at = people.reached(desk.conn, desk.participant.id)
    if now_at is None or desk.present.joined_at is None:
        return ()
    until = desk.participant.paused_until
    quiet = desk.words("link_paused") if until is not None and until > desk.now else ()
    if now_at.address.id == seen_from.id:
        return desk.words("prompts_come_here") + quiet
    platform = _name(desk, now_at.address)
    return desk.words("prompts_come_there", platform=platform) + quiet


def _tell(
    desk: Desk,
    whom: Present,
    block: str,
    *,
    after: tuple[Paragraph | Quote, ...],
    platform: str,
) -> None:
    """Say something in another chat than the one this turn is for."""
    there = _desk_for(desk, whom)
    there.remark(block, after=after, platform=platform)
    desk.said += there.said


def _desk_for(desk: Desk, present: Present) -> Desk:
    """A desk for somebody else in the same turn."""
    return Desk(conn=desk.conn, house=desk.house, now=desk.now, present=present)


def _name(desk: Desk, there: Address) -> str:
    return desk.text(f"platform_{there.platform}")


def prompts_here(desk: Desk) -> None:
    """Have planned prompts come to this chat from now on."""
    if len(people.addresses(desk.conn, desk.participant.id)) == 1:
        desk.remark("prompts_only_here")
        return
    people.prefer(desk.conn, desk.present.address, desk.now)
    desk.remark("prompts_here")


def unlink(desk: Desk) -> None:
    """Let this chat go, if there is another one where its participant is reached."""
    here = desk.present.address
    gone = people.places_gone(desk.conn, desk.participant.id)
    others = {each.id for each in people.addresses(desk.conn, desk.participant.id)} - gone
    if others <= {here.id}:
        desk.remark("unlink_last")
        return
    links.let_go(desk.conn, here)
    people.let_go(desk.conn, here)
    outbox.let_go(desk.conn, here, desk.now)
    left = people.reached(desk.conn, desk.participant.id)
    words = desk.words("unlinked", platform=_name(desk, left.address if left else here))
    nobody = replace(here, id=desk.house.new_id(), participant="")
    outbox.add(
        desk.conn,
        desk.house.keys,
        nobody,
        Outbound(paragraphs=words),
        now=desk.now,
        owner=DEPLOYMENT,
    )
    desk.said += 1
