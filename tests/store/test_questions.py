"""The small questions: what came in, what was asked, what was planned, what was parked."""

from __future__ import annotations

from typing import get_args

import pytest
from sqlalchemy import Connection, func, select, text

from bot.records import (
    Adjusted,
    Arrived,
    Body,
    Commanded,
    Composing,
    Deleted,
    Drafted,
    Edit,
    Inbound,
    Invited,
    Left,
    Looked,
    Media,
    Migrated,
    Occasion,
    Parted,
    Platform,
    Press,
    Profiled,
    Renamed,
    Returned,
    Sought,
    Submitted,
    Unfolded,
    Unkept,
    Words,
)
from bot.store import (
    asked,
    exporting,
    inbound,
    media,
    meta,
    occasions,
    parked,
    retention,
    revisions,
)
from bot.store.occasions import State
from bot.store.opening import Store
from bot.store.tables import answer, conversation
from bot.trust.sealing import BrokenSealError
from tests.store.builders import DAY, NOON, keep, place, run, said, save, somebody, talk

PHOTO = Media(name="a rock.jpg", mime="image/jpeg", content=bytes(range(256)))


def note(conn: Connection, id_: str, **known: str) -> bool:
    return inbound.note(conn, Platform.TELEGRAM, id_, now=NOON, **known)


def test_what_came_in_before_is_known(store: Store) -> None:
    assert run(store, lambda conn: note(conn, "1"))
    assert not run(store, lambda conn: note(conn, "1"))
    assert run(store, lambda conn: inbound.note(conn, Platform.SLACK, "1", now=NOON))


def test_a_message_is_known_by_the_conversation_it_went_into(store: Store) -> None:
    ada, ben = somebody(store, "ada").participant.id, somebody(store, "ben").participant.id
    run(store, lambda conn: note(conn, "1", participant=ada, message="7", conversation="c" * 32))
    run(store, lambda conn: note(conn, "2", participant=ben, message="7"))
    assert run(store, lambda conn: inbound.conversation_of(conn, ada, "7")) == "c" * 32
    assert run(store, lambda conn: inbound.conversation_of(conn, ben, "7")) is None


def test_what_came_in_is_known_for_35_days(store: Store) -> None:
    run(store, lambda conn: note(conn, "1"))
    assert run(store, lambda conn: inbound.prune(conn, NOON + 35 * DAY)) == 0
    assert run(store, lambda conn: inbound.prune(conn, NOON + 36 * DAY)) == 1
    assert run(store, lambda conn: note(conn, "1"))


def test_wordings_asked_lately_are_known(store: Store) -> None:
    ada = somebody(store).participant.id
    for wording, at in ((0, NOON - 30 * DAY), (1, NOON), (2, NOON - 30 * DAY), (2, NOON)):
        run(
            store,
            lambda conn, wording=wording, at=at: asked.note(  # type: ignore[misc]
                conn, ada, "nudge", "noticed", wording=wording, now=at
            ),
        )
    recent = run(store, lambda conn: asked.recent(conn, ada, "nudge", "noticed", since=NOON - DAY))
    assert recent == {1, 2}
    assert [each.wording for each in run(store, lambda conn: asked.all_of(conn, ada))] == [0, 1, 2]


def test_a_revision_is_kept_once_and_for_good(store: Store) -> None:
    run(store, lambda conn: revisions.keep(conn, "h" * 64, "nudge", "{}", now=NOON))
    run(store, lambda conn: revisions.keep(conn, "h" * 64, "nudge", "other", now=NOON))
    assert run(store, lambda conn: revisions.get(conn, "h" * 64)) == "{}"
    assert run(store, lambda conn: revisions.get(conn, "0" * 64)) is None


def test_an_occasion_is_claimed_once_and_ends_with_its_reason(store: Store) -> None:
    ada = somebody(store).participant.id
    planned = Occasion(
        campaign="festival", step="nudge", name="week 5", practice="nudge", participant=ada
    )
    assert run(store, lambda conn: occasions.get(conn, planned)) is None
    assert run(store, lambda conn: occasions.claim(conn, planned, NOON))
    assert not run(store, lambda conn: occasions.claim(conn, planned, NOON + DAY))
    run(
        store,
        lambda conn: occasions.end(conn, planned, State.SKIPPED, now=NOON + DAY, reason="paused"),
    )
    record = run(store, lambda conn: occasions.get(conn, planned))
    assert record is not None
    assert (record.state, record.reason) == (State.SKIPPED, "paused")
    assert record.changed_at == NOON + DAY
    assert run(store, lambda conn: occasions.all_of(conn, ada)) == (record,)


def test_a_photo_comes_back_as_it_was_given(store: Store) -> None:
    ada = somebody(store).participant.id
    id_ = run(store, lambda conn: media.add(conn, store.keys, ada, "c" * 32, PHOTO, now=NOON))
    assert run(store, lambda conn: media.get(conn, store.keys, ada, id_)) == PHOTO
    assert run(store, lambda conn: dict(media.all_of(conn, store.keys, ada))) == {id_: PHOTO}
    assert run(store, lambda conn: media.get(conn, store.keys, "b" * 32, id_)) is None


BODIES: list[Body] = [
    Words(message="7", text="A gull."),
    Words(message="7", text="", media=PHOTO),
    Edit(message="7", text="Two gulls."),
    Press(token="c:1:calm"),
    Press(token="c:1:calm", message="9"),
    Composing(),
    Arrived(),
    Words(message="7", text="A film of gulls.", unkept=Unkept.KIND),
    Invited(code="abcdefghjk"),
    Invited(code="cj-abcdefghjk", belongs=False),
    Left(),
    Returned(),
    Deleted(message="7"),
    Commanded(text="help"),
    Looked(),
    Looked(page=True),
    Profiled(),
    Unfolded(token="c:1:window"),
    Drafted(token="c:1", text="A gull."),
    Submitted(token="c:1", message="V1", text="A gull.", full=True),
    Adjusted(field="days", values=("0", "3")),
    Adjusted(field="days", values=()),
    Sought(field="zone", text="glas"),
    Migrated(to="-1002"),
    Renamed(),
    Parted(),
]


def came(body: Body) -> Inbound:
    return Inbound(platform=Platform.SLACK, id="Ev1", place="T1/C1", body=body, language="en-GB")


def fault() -> Exception:
    with pytest.raises(ValueError, match="gull") as caught:
        int("the secret gull")
    return caught.value


def test_every_kind_of_body_can_be_parked() -> None:
    assert {type(body) for body in BODIES} == set(get_args(Body))


@pytest.mark.parametrize("body", BODIES)
def test_what_is_parked_comes_back_as_it_came(store: Store, body: Body) -> None:
    id_ = run(
        store,
        lambda conn: parked.add(conn, store.keys, came(body), fault(), participant=None, now=NOON),
    )
    assert run(store, lambda conn: parked.message(conn, store.keys, id_)) == came(body)


def test_staff_see_what_kind_of_error_it_was_and_no_word(store: Store) -> None:
    id_ = run(
        store,
        lambda conn: parked.add(
            conn, store.keys, came(BODIES[0]), fault(), participant=None, now=NOON
        ),
    )
    (seen,) = run(store, parked.waiting)
    assert seen == run(store, lambda conn: parked.get(conn, id_))
    assert seen.error == "ValueError"
    assert seen.whereabouts.startswith("test_questions.py:")
    assert "gull" not in repr(seen)
    run(store, lambda conn: parked.done(conn, id_, now=NOON))
    assert run(store, parked.waiting) == ()
    assert run(store, lambda conn: parked.get(conn, "0" * 32)) is None
    assert run(store, lambda conn: parked.message(conn, store.keys, "0" * 32)) is None


def test_an_error_that_was_never_raised_has_no_whereabouts() -> None:
    assert parked.whereabouts(ValueError("x")) == ""


def test_parked_messages_that_were_swapped_do_not_open(store: Store) -> None:
    first, second = (
        run(
            store,
            lambda conn: parked.add(
                conn, store.keys, came(BODIES[0]), fault(), participant=None, now=NOON
            ),
        )
        for _ in range(2)
    )
    swap = text(
        "UPDATE parked SET body = (SELECT body FROM parked WHERE id = :other) WHERE id = :id"
    )
    run(store, lambda conn: conn.execute(swap, {"id": first, "other": second}).rowcount)
    with pytest.raises(BrokenSealError):
        run(store, lambda conn: parked.message(conn, store.keys, first))


def test_an_export_holds_everything_of_one_person(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    held = talk()
    save(store, ada, held)
    save(store, ben, talk())
    keep(store, ada, place(held.id), said("A gull."))
    keep(store, ben, place("b" * 32), said("not hers"))
    everything = run(
        store, lambda conn: exporting.everything(conn, store.keys, ada.participant.id)
    )
    assert everything is not None
    assert everything.participant == ada.participant
    assert everything.addresses == (ada.address,)
    assert everything.conversations == (held,)
    assert [each.answer.text for each in everything.answers] == ["A gull."]
    assert "not hers" not in repr(everything)
    nobody = run(store, lambda conn: exporting.everything(conn, store.keys, "0" * 32))
    assert nobody is None


def test_a_store_is_empty_until_somebody_is_in_it(store: Store) -> None:
    run(store, lambda conn: revisions.keep(conn, "h" * 64, "nudge", "{}", now=NOON))
    assert meta.is_empty(store.engine)
    assert meta.key_store(store.engine) is None
    somebody(store)
    assert not meta.is_empty(store.engine)
    assert meta.key_store(store.engine) == store.keys.id


def count(store: Store) -> tuple[int, int]:
    with store.engine.connect() as conn:
        found = [
            conn.scalar(select(func.count()).select_from(table))
            for table in (answer, conversation)
        ]
    return found[0] or 0, found[1] or 0


def test_words_are_kept_as_long_as_each_person_wants(store: Store) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")
    run(
        store,
        lambda conn: (
            conn.execute(
                text("UPDATE participant SET retention_months = 3 WHERE id = :id"),
                {"id": ben.participant.id},
            ).rowcount
        ),
    )
    for who, conversation_id in ((ada, "a" * 32), (ben, "b" * 32)):
        keep(store, who, place(conversation_id), said("then", NOON))
        save(store, who, talk(touched_at=NOON))
    assert run(store, lambda conn: retention.sweep(conn, NOON + 80 * DAY, months=12)) == 0
    assert run(store, lambda conn: retention.sweep(conn, NOON + 100 * DAY, months=12)) == 2
    assert count(store) == (1, 1)
    swept = 0
    while more := run(
        store, lambda conn: retention.sweep(conn, NOON + 400 * DAY, months=12, limit=1)
    ):
        swept += more
    assert swept == 2
    assert count(store) == (0, 0)


@pytest.mark.parametrize(
    ("months", "day"), [(1, "2026-02-28"), (12, "2025-03-31"), (3, "2025-12-31")]
)
def test_months_before_end_on_a_day_that_is_there(months: int, day: str) -> None:
    end_of_march = NOON.replace(month=3, day=31)
    assert retention.months_before(end_of_march, months).date().isoformat() == day
