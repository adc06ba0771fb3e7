"""Whoever is forgotten leaves no row, no key and no word behind."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, insert, select

from bot.engine.conversation import Status
from bot.records import (
    Inbound,
    Media,
    Occasion,
    Outbound,
    Paragraph,
    Platform,
    Press,
    Standing,
    Words,
)
from bot.store import (
    asked,
    circles,
    cohorts,
    counts,
    dues,
    forgetting,
    inbound,
    linking,
    media,
    occasions,
    opting,
    outbox,
    parked,
    people,
    rounds,
    shared,
    unsent,
)
from bot.store.circles import Circle
from bot.store.counted import owed, release
from bot.store.dues import Due, Pick
from bot.store.opening import Store, open_store
from bot.store.people import Present
from bot.store.tables import metadata, new_id
from bot.store.unsent import Unsent
from bot.trust.keyring import KeyGoneError
from tests.conftest import Urls
from tests.counting.box import ENERGY
from tests.store.builders import DAY, NOON, keep, place, present, run, said, save, somebody, talk

CANARY = "kittiwake on the far skerry"
PLACE = "place-of-a-canary"
CHANNEL = "channel-of-a-circle"
#: Tables with nothing of anybody.
NOBODYS = {
    *("revision", "outbox_bot", "lease", "health", "workspace", "visit", "campaign", "festival"),
    *("notice", "preview", "feed", "invitee"),
    *("ballot", "token", "mark", "gate"),
}


def words(store: Store, who: Present) -> None:
    """Something of this person in every table that can hold it."""
    held = talk(Status.OPEN, wake_at=NOON)
    save(store, who, held)
    keep(store, who, place(held.id), said(CANARY))

    def rest(conn: Connection) -> None:
        me = who.participant.id
        photo = Media(name=f"{CANARY}.jpg", mime="image/jpeg", content=CANARY.encode())
        media.add(conn, store.keys, me, held.id, photo, now=NOON)
        asked.note(conn, me, "nudge", "noticed", wording=1, now=NOON)
        name = f"in-{who.address.place}"
        inbound.note(conn, Platform.TELEGRAM, name, now=NOON, participant=me, message="7")
        planned = Occasion(campaign="c", step="s", name="week 1", practice="nudge", participant=me)
        occasions.claim(conn, planned, NOON)
        invitation = cohorts.invite(conn, "Spring", now=NOON)
        cohorts.follow(conn, me, invitation.code, NOON)
        next_ = Due(
            campaign="c", step="s", participant=me, name="week 2", planned_at=NOON, at=NOON
        )
        dues.put(conn, [next_])
        pick = Pick(campaign="c", step="s", participant=me, span="week 2", times=(NOON,))
        dues.keep(conn, [pick])
        opting.leave(conn, me, "another", NOON)
        linking.make(conn, store.keys, who.address, NOON)
        linking.may_try(conn, who.address, NOON)
        half = Unsent(conversation=held.id, ask=1, text=CANARY, written_at=NOON)
        unsent.keep(conn, store.keys, me, half)
        message = Outbound(paragraphs=(Paragraph(text=CANARY),))
        outbox.add(conn, store.keys, who.address, message, now=NOON)
        counted(conn, store, me)
        in_a_circle(conn, store, me)
        error = ValueError(CANARY)
        for known in (me, None):
            came = Inbound(
                platform=Platform.TELEGRAM,
                id="x",
                place=who.address.place,
                body=Words(message="8", text=CANARY),
            )
            parked.add(conn, store.keys, came, error, participant=known, now=NOON)
        pressed = Inbound(
            platform=Platform.TELEGRAM,
            id="y",
            place=CHANNEL,
            body=Press(token="v:1"),
            group=True,
            by=who.address.place,
        )
        parked.add(conn, store.keys, pressed, error, participant=None, now=NOON)

    run(store, rest)


def counted(conn: Connection, store: Store, me: str) -> None:
    """They were asked, share and are owed an answer; and they passed words on."""
    count = counts.opened(
        conn, store.keys, ENERGY, cell="", title="", now=NOON, closes_at=NOON + DAY
    )
    counts.came(conn, me, [count.id], counts.ANSWERED)
    counts.share(conn, store.keys, me, count, ((3,),), now=NOON)
    told = new_id()
    row = {"id": told, "measure": "energy", "told_on": "2026-03-02", "body": "{}"}
    conn.execute(insert(release), row)
    conn.execute(insert(owed), {"participant": me, "release": told, "part": 0})
    body = shared.Body(title="Story", about="", name=None, paragraphs=(CANARY,))
    shared.give(
        conn,
        store.keys,
        me,
        conversation="c" * 32,
        turn="pass_on",
        practice="story",
        level="unnamed",
        body=body,
        now=NOON,
    )


def in_a_circle(conn: Connection, store: Store, me: str) -> None:
    """They are in one by a name, have given a voice that is not shown, and chose a question."""
    circle = circles.at(conn, store.keys, Platform.SLACK, CHANNEL)
    if circle is None:
        circle = circles.add(
            conn,
            store.keys,
            Platform.SLACK,
            CHANNEL,
            title="Ward Seven",
            zone="Europe/London",
            language="en",
            now=NOON,
        )
        opened = rounds.new(
            circle.id,
            number=1,
            practice="team_check_in",
            opened_at=NOON,
            closes_at=NOON + DAY,
            remind_at=None,
            message=new_id(),
        )
        rounds.add(conn, store.keys, opened)
    (held,) = rounds.of_circle(conn, store.keys, circle.id)
    circles.join(conn, store.keys, circle.id, me, name=CANARY, host=True, now=NOON)
    words = rounds.Words(name=CANARY, paragraphs=(CANARY,), question=CANARY)
    rounds.give(conn, store.keys, held.id, me, conversation="c" * 32, words=words)
    rounds.choose(conn, held.id, me, 1)


def circles_of(store: Store) -> tuple[Circle, ...]:
    with store.engine.connect() as conn:
        return circles.all_of(conn, store.keys)


def dump(store: Store) -> dict[str, str]:
    with store.engine.connect() as conn:
        return {
            table.name: repr(conn.execute(select(table)).all()) for table in metadata.sorted_tables
        }


def test_the_test_puts_something_into_every_table_of_people(store: Store) -> None:
    words(store, somebody(store, PLACE))
    empty = {name for name, rows in dump(store).items() if rows == "[]"}
    assert empty <= NOBODYS


def test_whoever_is_forgotten_leaves_nothing(store: Store) -> None:
    ada, ben = somebody(store, PLACE), somebody(store, "ben")
    words(store, ada)
    words(store, ben)
    forgetting.forget(store.engine, store.writer, store.keys, ada.participant.id)
    rest = repr(dump(store))
    assert ada.participant.id not in rest
    assert PLACE not in rest
    assert ada.participant.id not in store.keys.owners()
    assert ben.participant.id in rest
    assert present(store, "ben") is not None
    assert len(run(store, parked.waiting)) == 3
    assert present(store, PLACE) is None


def test_forgetting_somebody_twice_does_no_harm(store: Store) -> None:
    ada = somebody(store)
    for _ in range(2):
        forgetting.forget(store.engine, store.writer, store.keys, ada.participant.id)
    assert run(store, people.everyone) == ()


@pytest.mark.parametrize("stage", ["before the key", "after the key"])
def test_a_forgetting_that_was_interrupted_is_finished(store: Store, stage: str) -> None:
    ada = somebody(store)
    words(store, ada)
    run(store, lambda conn: forgetting.begin(conn, ada.participant.id))
    if stage == "after the key":
        store.keys.forget(ada.participant.id)
        with pytest.raises(KeyGoneError):
            present(store)
    (begun,) = run(store, people.forgetting)
    assert begun.standing is Standing.FORGETTING
    assert forgetting.finish(store.engine, store.writer, store.keys) == 1
    assert forgetting.finish(store.engine, store.writer, store.keys) == 0
    assert ada.participant.id not in repr(dump(store))


def test_people_without_keys_are_swept(store: Store) -> None:
    ada, ben = somebody(store, PLACE), somebody(store, "ben")
    words(store, ada)
    store.keys.forget(ada.participant.id)
    swept = run(store, lambda conn: forgetting.sweep_keyless(conn, store.keys))
    assert swept == 1
    assert [each.id for each in run(store, people.everyone)] == [ben.participant.id]


def test_somebody_forgotten_who_comes_again_is_somebody_new(store: Store) -> None:
    ada = somebody(store)
    forgetting.forget(store.engine, store.writer, store.keys, ada.participant.id)
    again = somebody(store, now=NOON + DAY)
    assert again.participant.id != ada.participant.id


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_no_file_holds_a_word_or_what_is_left_of_somebody_forgotten(
    store: Store, urls: Urls, master: bytes
) -> None:
    ada = somebody(store, PLACE)
    words(store, ada)

    def everything() -> bytes:
        return b"".join(each.read_bytes() for each in urls.folder.iterdir())

    assert CANARY.encode() not in everything()
    assert PLACE.encode() in everything()
    forgetting.forget(store.engine, store.writer, store.keys, ada.participant.id)
    assert PLACE.encode() not in everything()
    assert ada.participant.id.encode() not in everything()
    store.close()
    again = open_store(urls.words, urls.keys, lambda _: [master])
    (circle,) = circles_of(again)
    assert again.keys.owners() == {"deployment", circle.id}
    again.close()
