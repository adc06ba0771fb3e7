"""Pure: a festival's programme with a diary's sessions taken in, and what that changed.

A session is known again by its UID. What the diary does not say stays as it is here; what was made
here stays as it is altogether.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from bot.diaries import names
from bot.diaries.faults import DiaryError
from bot.diaries.reading import MOST, Reading
from scheduler.festival import OFF, EventType, Festival, Session, Status


@dataclass(slots=True, kw_only=True)
class _Told:
    """The titles of sessions, by what becomes of them."""

    new: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    older: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    stays_off: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A festival with a diary taken in, and the titles of sessions by what became of them."""

    festival: Festival
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    #: In the programme before, and cancelled in the diary.
    cancelled: tuple[str, ...]
    #: Older in the diary than here, and so left alone.
    older: tuple[str, ...]
    #: From a diary, and not in this one; they stay.
    left: tuple[str, ...]
    #: Cancelled or postponed here, and on in the diary; they stay off.
    stays_off: tuple[str, ...]
    #: In the diary, and made here; they stay as they are.
    by_hand: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether anything would be another."""
        return bool(self.new or self.changed or self.cancelled)


def merge(held: Festival, read: Reading) -> Merge:
    """Take a diary in; raises DiaryError when that makes more sessions than a festival holds."""
    told = _Told()
    standing = {each.id: each for each in held.sessions}
    seen = set()
    for session in _named(held, read.sessions):
        before = standing.get(session.id)
        seen.add(session.id)
        standing[session.id] = _taken(before, session, told)
    told.left += [each.title for each in held.sessions if each.uid and each.id not in seen]
    if len(standing) > MOST:
        raise DiaryError(
            f"With these the festival would have {len(standing)} sessions; {MOST} is the most. "
            "Take some out of the calendar, then export it again."
        )
    changed = held.model_copy(update={"sessions": tuple(standing.values())})
    # A copy holds what was worked out of the old sessions.
    festival = Festival.model_validate(changed.model_dump())
    return Merge(
        festival=festival,
        new=tuple(told.new),
        changed=tuple(told.changed),
        unchanged=tuple(told.unchanged),
        cancelled=tuple(told.cancelled),
        older=tuple(told.older),
        left=tuple(told.left),
        stays_off=tuple(told.stays_off),
        by_hand=tuple(told.by_hand),
    )


def _named(held: Festival, sessions: Iterable[Session]) -> Iterator[Session]:
    """The sessions under their names here; who has another's name gets a new one."""
    by_uid = {each.uid: each.id for each in held.sessions if each.uid}
    uids = {each.id: each.uid for each in held.sessions}
    for session in sessions:
        name = by_uid.get(session.uid, session.id)
        made_here = uids.get(name) == "" and names.is_of(session.uid, held.name)
        if uids.get(name, session.uid) != session.uid and not made_here:
            name = names.hashed(session.uid)
        yield session.model_copy(update={"id": name})


def _taken(before: Session | None, session: Session, told: _Told) -> Session:
    """What a session becomes."""
    if before is None:
        told.new.append(session.title)
        return session
    if not before.uid:
        told.by_hand.append(before.title)
        return before
    if session.sequence < before.sequence:
        told.older.append(before.title)
        return before
    after = _filled(before, session)
    if after.status in OFF and session.status not in OFF:
        told.stays_off.append(after.title)
    if after == before.model_copy(update={"sequence": after.sequence}):
        told.unchanged.append(after.title)
    elif after.status in OFF and before.status not in OFF:
        told.cancelled.append(after.title)
    else:
        told.changed.append(after.title)
    return after


def _filled(before: Session, session: Session) -> Session:
    """The diary's session, with what is known here and not there."""
    kept = {
        "capacity": before.capacity,
        "host": session.host or before.host,
        "theme": session.theme or before.theme,
        "access": session.access or before.access,
        "kind": before.kind if session.kind is EventType.SESSION else session.kind,
        "status": _status(before, session),
    }
    return session.model_copy(update=kept)


def _status(before: Session, session: Session) -> Status:
    """How far a session is: what was said here holds until the diary has news of it."""
    moved = (session.starts, session.zone) != (before.starts, before.zone)
    match before.status:
        case _ if session.status is Status.CANCELLED:
            return Status.CANCELLED
        case Status.LIVE if session.status is Status.APPROVED:
            return Status.LIVE
        case Status.DRAFT | Status.SUBMITTED:
            return session.status
        case Status.POSTPONED if moved:
            return session.status
        case _:
            is_news = session.sequence > before.sequence
            return session.status if is_news else before.status
