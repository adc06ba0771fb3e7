"""Two people who are one become one: no word is lost, and none is left under the old key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Thread

import pytest
from sqlalchemy import Connection, LargeBinary, select

from bot.adapters.port import Pace
from bot.engine.conversation import Status
from bot.records import Media, Occasion, Outbound, Paragraph, Platform
from bot.store import (
    answers,
    asked,
    cohorts,
    conversations,
    dues,
    forgetting,
    inbound,
    lanes,
    media,
    merging,
    occasions,
    opting,
    outbox,
    parked,
    people,
    unsent,
)
from bot.store.dues import Due, Kind, Pick
from bot.store.exporting import everything
from bot.store.occasions import State
from bot.store.opening import Store, open_store
from bot.store.people import Present
from bot.store.tables import metadata
from bot.store.unsent import Unsent
from bot.trust.databases import writing
from bot.trust.keyring import KeyGoneError
from bot.trust.sealing import BrokenSealError, Sealer
from tests.conftest import Urls
from tests.store.builders import DAY, NOON, keep, place, present, run, said, save, somebody, talk
from tests.store.test_forgetting import NOBODYS, dump
from tests.store.test_forgetting import words as something_everywhere

#: Tables with keys that anybody may know.
PUBLIC = {"day_key", "open_count"}
#: Tables whose words stand under a circle's key.
CIRCLES = {"circle", "round"}
ADA, BEN = "heron of the one", "wren of the other"


def words(store: Store, who: Present, canary: str) -> None:
    """Something of this person in every table, with their own word wherever words can stand."""
    something_everywhere(store, who)
    me = who.participant.id
    held = talk(Status.OPEN, answers={"noticed": said(canary)})
    save(store, who, held)
    keep(store, who, place(held.id), said(canary))

    def rest(conn: Connection) -> None:
        photo = Media(name=f"{canary}.jpg", mime="image/jpeg", content=canary.encode())
        media.add(conn, store.keys, me, held.id, photo, now=NOON)
        draft = Unsent(conversation=held.id, ask=1, text=canary, written_at=NOON)
        unsent.keep(conn, store.keys, me, draft)
        message = Outbound(paragraphs=(Paragraph(text=canary),))
        outbox.add(conn, store.keys, who.address, message, now=NOON)

    run(store, rest)


@pytest.fixture
def ada(store: Store) -> Present:
    """The one who stays."""
    return somebody(store, "ada")


@pytest.fixture
def ben(store: Store) -> Present:
    """The one who leaves."""
    return somebody(store, "ben")


def merge(store: Store, stays: Present, leaves: Present) -> None:
    run(
        store,
        lambda conn: merging.merge(
            conn, store.keys, stays=stays.participant.id, leaves=leaves.participant.id
        ),
    )


def finish(store: Store) -> int:
    return forgetting.finish(store.engine, store.writer, store.keys)


def sealed(store: Store) -> list[tuple[str, tuple[object, ...], bytes]]:
    """Whatever is sealed anywhere: its table, the values beside it, and itself."""
    found: list[tuple[str, tuple[object, ...], bytes]] = []
    with store.engine.connect() as conn:
        for table in metadata.sorted_tables:
            secret = [column for column in table.c if isinstance(column.type, LargeBinary)]
            for column in secret:
                for row in conn.execute(select(table)):
                    body = getattr(row, column.name)
                    if body:
                        found.append((table.name, tuple(row), body))
    return found


def opens(sealer: Sealer, table: str, values: tuple[object, ...], body: bytes) -> bool:
    """Whether this key opens a row under any name its values can give it."""
    plain = [str(value) for value in values if isinstance(value, str | int)]
    names = {*plain, *(f"{one}/{other}" for one in plain for other in plain)}
    for name in names:
        try:
            sealer.open(table, name, body)
        except BrokenSealError:
            continue
        return True
    return False


def test_every_word_of_both_comes_back_and_the_old_key_opens_none(
    store: Store, ada: Present, ben: Present
) -> None:
    words(store, ada, ADA)
    words(store, ben, BEN)
    old = store.keys.sealer(ben.participant.id)
    assert sum(opens(old, *row) for row in sealed(store)) >= len(merging.SEALED)
    merge(store, ada, ben)
    assert not any(opens(old, *row) for row in sealed(store))
    assert finish(store) == 1
    with pytest.raises(KeyGoneError):
        store.keys.sealer(ben.participant.id)
    kept = run(store, lambda conn: everything(conn, store.keys, ada.participant.id))
    assert kept is not None
    for canary in (ADA, BEN):
        for told in (kept.answers, kept.conversations, kept.unsent, kept.media):
            assert canary in repr(told)
    assert {each.place for each in kept.addresses} == {"ada", "ben"}


def test_the_test_has_words_in_every_place_that_merging_knows(
    store: Store, ada: Present, ben: Present
) -> None:
    words(store, ben, BEN)
    words(store, ada, ADA)
    empty = {name for name, rows in dump(store).items() if rows == "[]"}
    assert empty <= NOBODYS
    tables = {table for table, _, _ in sealed(store)}
    # What waits to be counted is sealed for nobody: it is only ever counted.
    assert {place.table.name for place in merging.SEALED} == tables - {
        "pending",
        *PUBLIC,
        *CIRCLES,
    }


def test_whoever_leaves_has_nothing_left_but_a_row_that_is_being_forgotten(
    store: Store, ada: Present, ben: Present
) -> None:
    words(store, ada, ADA)
    words(store, ben, BEN)
    merge(store, ada, ben)
    rest = {name: rows for name, rows in dump(store).items() if ben.participant.id in rows}
    assert set(rest) == {"participant"}
    assert [each.id for each in run(store, people.forgetting)] == [ben.participant.id]
    finish(store)
    assert ben.participant.id not in repr(dump(store))


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
def test_no_file_knows_of_whoever_left(
    store: Store, urls: Urls, ada: Present, ben: Present
) -> None:
    words(store, ada, ADA)
    words(store, ben, BEN)
    before = [body for _, _, body in sealed(store)]
    merge(store, ada, ben)
    finish(store)
    files = b"".join(each.read_bytes() for each in urls.folder.iterdir())
    assert ben.participant.id.encode() not in files
    after = {body for _, _, body in sealed(store)}
    assert not any(body in files for body in before if body not in after)


@pytest.mark.parametrize("step", range(20))
def test_an_error_in_the_middle_undoes_all_of_it(
    store: Store, ada: Present, ben: Present, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    words(store, ada, ADA)
    words(store, ben, BEN)
    before, left = dump(store), [step]

    def breaking(work: Callable[..., object]) -> Callable[..., object]:
        def run_or_break(*args: object, **more: object) -> object:
            if not left[0]:
                raise RuntimeError("broken")
            left[0] -= 1
            return work(*args, **more)

        return run_or_break

    for name in ("_seal_anew", "_unite"):
        monkeypatch.setattr(merging, name, breaking(getattr(merging, name)))
    monkeypatch.setattr(forgetting, "begin", breaking(forgetting.begin))
    if step < 19:
        with pytest.raises(RuntimeError, match="broken"):
            merge(store, ada, ben)
        assert dump(store) == before
        assert finish(store) == 0
        return
    merge(store, ada, ben)


def test_a_row_that_does_not_open_undoes_all_of_it(
    store: Store, ada: Present, ben: Present
) -> None:
    words(store, ben, BEN)
    wrong = store.keys.sealer(ada.participant.id).seal("media", "x", b"moved")

    def break_one(conn: Connection) -> None:
        table = metadata.tables["media"]
        theirs = table.c.participant == ben.participant.id
        conn.execute(table.update().where(theirs).values(content=wrong))

    run(store, break_one)
    before = dump(store)
    with pytest.raises(BrokenSealError):
        merge(store, ada, ben)
    assert dump(store) == before


def test_what_is_cut_off_between_the_commit_and_the_key_is_finished_at_the_next_start(
    store: Store, urls: Urls, master: bytes, ada: Present, ben: Present
) -> None:
    words(store, ben, BEN)
    merge(store, ada, ben)
    store.close()
    again = open_store(urls.words, urls.keys, lambda _: [master])
    again.writer.start()
    try:
        assert finish(again) == 1
        assert finish(again) == 0
        assert ben.participant.id not in again.keys.owners()
        found = run(again, lambda conn: answers.all_of(conn, again.keys, ada.participant.id))
        assert BEN in repr(found)
    finally:
        again.close()


def test_many_rows_are_taken_a_few_at_a_time(store: Store, ada: Present, ben: Present) -> None:
    held = talk()

    def many(conn: Connection) -> None:
        for number in range(450):
            where = place(held.id, f"turn-{number}")
            answers.keep(conn, store.keys, ben.participant.id, where, said(f"{number}."))

    run(store, many)
    merge(store, ada, ben)
    found = run(store, lambda conn: answers.all_of(conn, store.keys, ada.participant.id))
    assert {each.answer.text for each in found} == {f"{number}." for number in range(450)}


def test_what_waits_to_be_sent_is_sent_where_it_was_to_go(
    store: Store, ada: Present, ben: Present
) -> None:
    message = Outbound(paragraphs=(Paragraph(text=BEN),))
    run(store, lambda conn: outbox.add(conn, store.keys, ben.address, message, now=NOON))
    merge(store, ada, ben)
    finish(store)
    paces = {Platform.TELEGRAM: Pace()}
    (taken,), _ = run(
        store, lambda conn: lanes.claim(conn, store.keys, NOON, paces, most=9, lease=DAY)
    )
    assert (taken.message, taken.address.place) == (message, "ben")
    assert taken.address.participant == ada.participant.id


def test_messages_that_have_ended_and_what_was_taken_up_stay_blank(
    store: Store, ada: Present, ben: Present
) -> None:
    words(store, ben, BEN)

    def end(conn: Connection) -> None:
        outbox.withdraw(conn, ben.participant.id, reason="stopped", now=NOON)
        for each in parked.waiting(conn):
            parked.done(conn, each.id, now=NOON)

    run(store, end)
    merge(store, ada, ben)
    bodies = {table for table, _, _ in sealed(store)}
    assert not bodies & {"outbox", "parked"}


def occasion(who: Present, name: str = "week 1") -> Occasion:
    return Occasion(
        campaign="c", step="s", name=name, practice="nudge", participant=who.participant.id
    )


@pytest.mark.parametrize(
    ("mine", "others", "stands"),
    [
        (State.SKIPPED, State.SENT, "ben: sent"),
        (State.SENT, State.SKIPPED, "ada: sent"),
        (State.SENT, State.SENT, "ada: sent"),
        (State.EXPIRED, State.DEFERRED, "ben: deferred"),
        (State.EXPIRED, State.SKIPPED, "ada: expired"),
        (None, State.SKIPPED, "ben: skipped"),
    ],
)
def test_of_a_prompt_that_both_had_the_one_that_went_out_stands(
    store: Store, mine: State | None, others: State, stands: str
) -> None:
    ada, ben = somebody(store, "ada"), somebody(store, "ben")

    def had(conn: Connection) -> None:
        for who, state in ((ada, mine), (ben, others)):
            if state is not None:
                occasions.claim(conn, occasion(who), NOON)
                occasions.end(conn, occasion(who), state, now=NOON, reason=who.address.place)

    run(store, had)
    merge(store, ada, ben)
    (record,) = run(store, lambda conn: occasions.all_of(conn, ada.participant.id))
    assert f"{record.reason}: {record.state}" == stands
    assert not run(store, lambda conn: occasions.claim(conn, occasion(ada), NOON))


def test_a_wording_counts_as_asked_when_either_was_asked_it_last(
    store: Store, ada: Present, ben: Present
) -> None:
    def ask(conn: Connection) -> None:
        for who, wording, day in ((ada, 1, 0), (ben, 1, 5), (ada, 2, 5), (ben, 2, 0), (ben, 3, 1)):
            at = NOON + day * DAY
            asked.note(conn, who.participant.id, "nudge", "noticed", wording=wording, now=at)

    run(store, ask)
    merge(store, ada, ben)
    found = run(store, lambda conn: asked.all_of(conn, ada.participant.id))
    assert {each.wording: (each.asked_at - NOON).days for each in found} == {1: 5, 2: 5, 3: 1}


def test_cohorts_of_both_are_kept_once(store: Store, ada: Present, ben: Present) -> None:
    def join(conn: Connection) -> None:
        for name, those in (("Both", (ada, ben)), ("One", (ada,)), ("Other", (ben,))):
            code = cohorts.invite(conn, name, now=NOON).code
            for who in those:
                cohorts.follow(conn, who.participant.id, code, NOON)

    run(store, join)
    merge(store, ada, ben)
    assert run(store, lambda conn: cohorts.of(conn, ada.participant.id)) == (
        "Both",
        "One",
        "Other",
    )


def test_a_campaign_that_either_left_stays_left(store: Store, ada: Present, ben: Present) -> None:
    me, other = ada.participant.id, ben.participant.id

    def leave(conn: Connection) -> None:
        for who, name in ((me, "one"), (other, "one"), (other, "two")):
            opting.leave(conn, who, name, NOON)

    run(store, leave)
    merge(store, ada, ben)
    assert run(store, lambda conn: opting.left_by(conn, me)).keys() == {"one", "two"}
    assert run(store, lambda conn: opting.left_by(conn, other)) == {}


def test_what_was_to_come_for_whoever_left_is_planned_anew_but_reminders_stay(
    store: Store, ada: Present, ben: Present
) -> None:
    def plan(conn: Connection) -> None:
        for who, step, kind in (
            (ada, "s", Kind.PROMPT),
            (ben, "s", Kind.PROMPT),
            (ben, "t", Kind.PROMPT),
            (ben, "s", Kind.REMINDER),
        ):
            me = who.participant.id
            due = Due(
                campaign="c",
                step=step,
                participant=me,
                kind=kind,
                name=f"of {who.address.place}",
                planned_at=NOON,
                at=NOON,
            )
            dues.put(conn, [due])
            dues.keep(
                conn, [Pick(campaign="c", step=step, participant=me, span="w", times=(NOON,))]
            )

    run(store, plan)
    merge(store, ada, ben)
    found = run(store, lambda conn: dues.of_participant(conn, ada.participant.id))
    assert {(each.kind, each.step, each.name) for each in found} == {
        (Kind.PROMPT, "s", "of ada"),
        (Kind.REMINDER, "s", "of ben"),
    }
    assert run(store, lambda conn: dues.picked(conn, "c", "t", ada.participant.id)) == {}


def test_a_message_of_whoever_left_is_known_as_taken_and_finds_its_conversation(
    store: Store, ada: Present, ben: Present
) -> None:
    def note(conn: Connection) -> bool:
        return inbound.note(
            conn,
            Platform.TELEGRAM,
            "i",
            now=NOON,
            participant=ben.participant.id,
            conversation="c" * 32,
            message="7",
        )

    assert run(store, note)
    merge(store, ada, ben)
    finish(store)
    assert not run(store, lambda conn: inbound.note(conn, Platform.TELEGRAM, "i", now=NOON))
    found = run(store, lambda conn: inbound.conversation_of(conn, ada.participant.id, "7"))
    assert found == "c" * 32


def test_whoever_waits_for_a_place_while_two_become_one_finds_the_one(
    store: Store, ada: Present, ben: Present
) -> None:
    """On PostgreSQL a turn waits for the participant, who may be another one afterwards."""
    save(store, ben, talk(answers={"noticed": said(BEN)}))
    seen: list[Present | None] = []

    def look() -> None:
        with writing(store.engine).begin() as conn:
            seen.append(
                conversations.present(conn, store.keys, Platform.TELEGRAM, "ben", lock=True)
            )

    waiting = Thread(target=look)
    with writing(store.engine).begin() as conn:
        for who in (ada, ben):
            people.get(conn, who.participant.id, lock=True)
        waiting.start()
        waiting.join(timedelta(seconds=0.3).total_seconds())
        assert waiting.is_alive()
        merging.merge(conn, store.keys, stays=ada.participant.id, leaves=ben.participant.id)
    waiting.join(10)
    (found,) = seen
    assert found is not None
    assert found.participant.id == ada.participant.id
    assert BEN in repr(found.conversation)


def test_prompts_go_to_the_preferred_place_then_to_the_one_added_last(
    store: Store, ada: Present, ben: Present
) -> None:
    merge(store, ada, ben)
    me = ada.participant.id
    there = replace(ben.address, participant=me)

    def reached(wanted: str = "") -> str:
        found = run(store, lambda conn: people.reached(conn, me, wanted=wanted))
        assert found is not None
        return found.address.place

    for address in (there, ada.address):
        run(store, lambda conn, to=address: people.prefer(conn, to, NOON - DAY))  # type: ignore[misc]
        assert reached() == address.place
    assert reached(there.id) == "ben"
    run(store, lambda conn: people.gone(conn, Platform.TELEGRAM, "ada", NOON))
    assert reached() == "ben"
    assert reached(ada.address.id) == "ben"
    run(store, lambda conn: people.back(conn, Platform.TELEGRAM, "ada"))
    assert reached() == "ada"
    assert present(store, "ben") is not None
    run(store, lambda conn: people.let_go(conn, ada.address))
    assert reached() == "ben"
    assert present(store, "ada") is None
