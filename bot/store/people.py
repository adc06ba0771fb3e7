"""People: who practises, where they are reached, and what they chose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import (
    Connection,
    Select,
    Update,
    bindparam,
    case,
    delete,
    insert,
    select,
    update,
)

from bot.engine.conversation import Conversation
from bot.records import Address, Participant, Platform, Standing
from bot.store.tables import address, new_id, participant
from bot.trust.keyring import KeyRing

#: Monday to Friday at nine, until somebody says otherwise.
USUAL_DAYS = (0, 1, 2, 3, 4)
USUAL_MINUTE = 9 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A participant where they are reached, with the conversation they are having."""

    participant: Participant
    address: Address
    #: False while their zone is only the deployment's.
    zone_chosen: bool
    #: Which of their days (`d`), their hour (`h`) and their language (`l`) they chose.
    chosen: str = ""
    #: When they had joined; None while they have not.
    joined_at: datetime | None = None
    #: When they said `forget me`, which waits for `yes, forget me`.
    forget_asked_at: datetime | None = None
    #: How long their words are kept; None is the deployment's time.
    retention_months: int | None = None
    #: True when their platform said that nobody is reached at this address any more.
    gone: bool = False
    #: The one last touched of those open or resting; None when there is none.
    conversation: Conversation | None = None


class Changes(TypedDict, total=False):
    """What can be changed about a participant."""

    standing: Standing
    language: str
    zone: str
    zone_chosen: bool
    days: tuple[int, ...]
    minute: int
    paused_until: datetime | None
    keeps: bool
    window: tuple[int, int] | None
    holidays: str
    #: Which of their days (`d`), their hour (`h`) and their language (`l`) they chose.
    chosen: str
    joined_at: datetime | None
    forget_asked_at: datetime | None
    retention_months: int | None


#: What a Present says beside its Participant.
_BESIDE = {"zone_chosen", "chosen", "joined_at", "forget_asked_at", "retention_months"}
#: The columns of a Present, in the order in which `present_of` reads them.
COLUMNS = (
    participant.c.id,
    participant.c.standing,
    participant.c.language,
    participant.c.zone,
    participant.c.days,
    participant.c.minute,
    participant.c.paused_until,
    participant.c.keeps,
    participant.c.window_from,
    participant.c.window_to,
    participant.c.holidays,
    participant.c.zone_chosen,
    participant.c.chosen,
    participant.c.joined_at,
    participant.c.forget_asked_at,
    participant.c.retention_months,
    address.c.id.label("address"),
    address.c.platform,
    address.c.place,
    address.c.gone_at,
)
_PERSON = COLUMNS[:11]

_REACHED = address.join(participant, participant.c.id == address.c.participant)
_FIND = (
    select(*COLUMNS)
    .select_from(_REACHED)
    .where(address.c.platform == bindparam("on"), address.c.place == bindparam("at"))
)
_AT = select(*COLUMNS).select_from(_REACHED).where(address.c.id == bindparam("named"))
_REACH = (
    select(*COLUMNS)
    .select_from(_REACHED)
    .where(participant.c.id == bindparam("of"))
    .order_by(
        address.c.gone_at.is_not(None),
        case((address.c.id == bindparam("wanted"), 0), else_=1),
        address.c.preferred_at.desc().nulls_last(),
        address.c.added_at.desc(),
        address.c.id,
    )
    .limit(1)
)
_GET = select(*_PERSON).where(participant.c.id == bindparam("of"))
_GET_HELD = _GET.with_for_update(key_share=True)


def add(  # noqa: PLR0913 - a person has these, and the clock is ours to give.
    conn: Connection,
    keys: KeyRing,
    platform: Platform,
    place: str,
    *,
    language: str,
    zone: str,
    now: datetime,
) -> Present:
    """Take in somebody who is new; their key is made first. Nothing is kept until they agree."""
    person = Participant(
        id=new_id(),
        standing=Standing.ACTIVE,
        language=language,
        zone=zone,
        days=USUAL_DAYS,
        minute=USUAL_MINUTE,
        paused_until=None,
        keeps=False,
    )
    keys.make(person.id)
    conn.execute(insert(participant), _row(person) | {"zone_chosen": False, "created_at": now})
    return Present(
        participant=person,
        address=add_address(conn, person.id, platform, place, now=now),
        zone_chosen=False,
        forget_asked_at=None,
        retention_months=None,
    )


def add_address(
    conn: Connection, participant_id: str, platform: Platform, place: str, *, now: datetime
) -> Address:
    """Note one more place where a participant is reached."""
    there = Address(id=new_id(), participant=participant_id, platform=platform, place=place)
    row = {"id": there.id, "participant": participant_id, "platform": platform, "place": place}
    conn.execute(insert(address), row | {"added_at": now})
    return there


def find(conn: Connection, platform: Platform, place: str) -> Present | None:
    """Who is reached in this place, without their conversation; None for somebody new."""
    row = conn.execute(_FIND, {"on": platform, "at": place}).first()
    return None if row is None else present_of(row)


def at(conn: Connection, address_id: str) -> Present | None:
    """Who is reached at this address, without their conversation; None when nobody is any more."""
    row = conn.execute(_AT, {"named": address_id}).first()
    return None if row is None else present_of(row)


def reached(
    conn: Connection, participant_id: str, *, wanted: str = "", lock: bool = True
) -> Present | None:
    """Where to reach a participant, without their conversation.

    A place where somebody is reached goes before one where nobody is; then comes the address that
    is `wanted`, then the one they preferred, then the one added last. With `lock`, nobody else
    holds this participant until the transaction ends. None for one who is gone.
    """
    if get(conn, participant_id, lock=lock) is None:
        return None
    row = conn.execute(_REACH, {"of": participant_id, "wanted": wanted}).first()
    return None if row is None else present_of(row)


def get(conn: Connection, participant_id: str, *, lock: bool = False) -> Participant | None:
    """One participant; with `lock`, nobody else changes them until the transaction ends."""
    row = conn.execute(_GET_HELD if lock else _GET, {"of": participant_id}).first()
    return None if row is None else _participant_of(row)


def change(conn: Connection, participant_id: str, **fields: Unpack[Changes]) -> None:
    """Change what is named and leave the rest."""
    values: dict[str, Any] = dict(fields)
    if "days" in fields:
        values["days"] = _days_text(fields["days"])
    if "window" in fields:
        values["window_from"], values["window_to"] = values.pop("window") or (None, None)
    if "holidays" in fields:
        values["holidays"] = fields["holidays"] or None
    conn.execute(update(participant).where(participant.c.id == participant_id).values(values))


def changed(present: Present, **fields: Unpack[Changes]) -> Present:
    """The same participant as `change` leaves them."""
    known: dict[str, Any] = dict(fields)
    beside = {name: known.pop(name) for name in _BESIDE & known.keys()}
    return replace(present, participant=replace(present.participant, **known), **beside)


def everyone(conn: Connection) -> tuple[Participant, ...]:
    """Every participant."""
    return _participants(conn, select(*_PERSON).order_by(participant.c.id))


def forgetting(conn: Connection) -> tuple[Participant, ...]:
    """Those whose forgetting was begun and not finished."""
    return _participants(conn, select(*_PERSON).where(participant.c.standing == "forgetting"))


def addresses(conn: Connection, participant_id: str) -> tuple[Address, ...]:
    """Where a participant is reached."""
    found = select(address.c.id, address.c.platform, address.c.place)
    rows = conn.execute(found.where(address.c.participant == participant_id))
    return tuple(
        Address(id=id_, participant=participant_id, platform=Platform(platform), place=place)
        for id_, platform, place in rows
    )


def places_gone(conn: Connection, participant_id: str) -> frozenset[str]:
    """The ids of their addresses where nobody is reached any more."""
    theirs = select(address.c.id).where(address.c.participant == participant_id)
    return frozenset(conn.scalars(theirs.where(address.c.gone_at.is_not(None))))


def gone(conn: Connection, platform: Platform, place: str, now: datetime) -> None:
    """Note that nobody is reached in this place any more."""
    conn.execute(_here(platform, place).where(address.c.gone_at.is_(None)).values(gone_at=now))


def back(conn: Connection, platform: Platform, place: str) -> None:
    """Note that somebody is reached in this place again."""
    conn.execute(_here(platform, place).values(gone_at=None))


def prefer(conn: Connection, there: Address, now: datetime) -> None:
    """Have planned prompts come to this address from now on, and to no other of theirs."""
    theirs = update(address).where(address.c.participant == there.participant)
    conn.execute(theirs.where(address.c.id != there.id).values(preferred_at=None))
    conn.execute(theirs.where(address.c.id == there.id).values(preferred_at=now))


def let_go(conn: Connection, there: Address) -> None:
    """Reach nobody at this address any more: the place is nobody's from now on."""
    conn.execute(delete(address).where(address.c.id == there.id))


def _here(platform: Platform, place: str) -> Update:
    return update(address).where(address.c.platform == platform, address.c.place == place)


def present_of(row: Any, conversation: Conversation | None = None) -> Present:  # noqa: ANN401
    """Read a row of COLUMNS, whatever columns follow."""
    return Present(
        participant=_participant_of(row),
        zone_chosen=row[11],
        chosen=row[12] or "",
        joined_at=row[13],
        forget_asked_at=row[14],
        retention_months=row[15],
        address=Address(id=row[16], participant=row[0], platform=Platform(row[17]), place=row[18]),
        gone=row[19] is not None,
        conversation=conversation,
    )


def _participants(conn: Connection, question: Select[Any]) -> tuple[Participant, ...]:
    return tuple(_participant_of(row) for row in conn.execute(question))


def _participant_of(row: Any) -> Participant:  # noqa: ANN401
    return Participant(
        id=row[0],
        standing=Standing(row[1]),
        language=row[2],
        zone=row[3],
        days=tuple(int(day) for day in row[4]),
        minute=row[5],
        paused_until=row[6],
        keeps=row[7],
        window=None if row[8] is None else (row[8], row[9]),
        holidays=row[10] or "",
    )


def _row(person: Participant) -> dict[str, Any]:
    return {
        "id": person.id,
        "standing": person.standing,
        "language": person.language,
        "zone": person.zone,
        "days": _days_text(person.days),
        "minute": person.minute,
        "paused_until": person.paused_until,
        "keeps": person.keeps,
    }


def _days_text(days: Iterable[int]) -> str:
    return "".join(str(day) for day in days)


def languages(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    """The languages of some hundreds of people."""
    rows = conn.execute(
        select(participant.c.id, participant.c.language).where(participant.c.id.in_(ids))
    )
    return {row.id: row.language for row in rows}
