"""Workspaces that let us in, what ends when they remove us, and visits on their way."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.adapters.slack.workspaces import Workspace, place_of
from bot.records import Outbound, Platform
from bot.store import meta, outbox, people, visits, workspaces
from bot.store.backup import backup, restore
from bot.store.connect import connect
from bot.store.opening import Store
from bot.store.people import Present
from bot.store.tables import visit, workspace
from bot.trust.keyring import KeyRing
from bot.trust.sealing import BrokenSealError, new_key
from tests.conftest import Urls
from tests.store.builders import NOON, run

CANARY = "xoxb-canary-9a3c"
HOUR = timedelta(hours=1)
RIVERSIDE = Workspace(
    id="T0RIVERSIDE",
    name="Riverside Health",
    bot_user="U0SKERRY",
    bot="B0SKERRY",
    scopes=("chat:write", "im:history"),
    token=CANARY,
)
HILLSIDE = replace(RIVERSIDE, id="T0HILLSIDE", name="Hillside Care", token="xoxb-hillside")


def keep(store: Store, let_in: Workspace = RIVERSIDE, now: datetime = NOON) -> None:
    run(store, lambda conn: workspaces.keep(conn, store.keys, let_in, now))


def found(store: Store, team: str = RIVERSIDE.id) -> Workspace | None:
    return run(store, lambda conn: workspaces.get(conn, store.keys, team))


def remove(store: Store, now: datetime = NOON, team: str = RIVERSIDE.id) -> int:
    return run(store, lambda conn: workspaces.remove(conn, team, "uninstalled", now))


def somebody(
    store: Store,
    user: str = "U1",
    team: str = RIVERSIDE.id,
    platform: Platform = Platform.SLACK,
) -> Present:
    def work(conn: Connection) -> Present:
        place = place_of(team, user)
        return people.add(
            conn, store.keys, platform, place, language="en", zone="Europe/London", now=NOON
        )

    return run(store, work)


def is_gone(store: Store, who: Present) -> bool:
    there = who.address
    now = run(store, lambda conn: people.find(conn, there.platform, there.place))
    return now is not None and now.gone


def waits(store: Store, who: Present) -> str:
    """Put a message into the outbox; its id."""
    message = Outbound(paragraphs=())
    return run(store, lambda conn: outbox.add(conn, store.keys, who.address, message, now=NOON))


def ending(store: Store, message: str) -> tuple[str | None, str]:
    outcome = run(store, lambda conn: outbox.outcome(conn, message))
    assert outcome is not None
    return outcome.state, outcome.reason


def everything_in(urls: Urls, store: Store) -> bytes:
    """All that stands in the words' database, as bytes."""
    if urls.is_sqlite:
        return b"".join(file.read_bytes() for file in urls.folder.glob("words.sqlite*"))
    with store.engine.connect() as conn:
        return repr([tuple(row) for row in conn.execute(select(workspace))]).encode()


def test_what_was_kept_is_found_and_nothing_else_is(store: Store) -> None:
    keep(store)
    assert found(store) == RIVERSIDE
    assert found(store, "T0NOBODY") is None


def test_a_token_stands_nowhere_in_the_database(store: Store, urls: Urls) -> None:
    keep(store)
    remove(store)
    keep(store)
    assert CANARY.encode() not in everything_in(urls, store)
    assert CANARY not in repr(found(store))


def test_a_name_is_fit_for_a_terminal(store: Store) -> None:
    keep(store, replace(RIVERSIDE, name="\x1b[31mRiver\u202eside\n " + "x" * 300))
    keep(store, replace(HILLSIDE, name="\n"))
    river, hill = run(store, workspaces.everywhere)[::-1]
    assert river.name == "[31mRiverside " + "x" * 186
    assert hill.name == HILLSIDE.id


def test_a_token_opens_in_its_own_row_alone(store: Store) -> None:
    def swap(conn: Connection) -> None:
        theirs = conn.scalar(select(workspace.c.token).where(workspace.c.id == RIVERSIDE.id))
        conn.execute(workspace.update().where(workspace.c.id == HILLSIDE.id).values(token=theirs))

    keep(store)
    keep(store, HILLSIDE)
    run(store, swap)
    with pytest.raises(BrokenSealError):
        found(store, HILLSIDE.id)


def test_a_removed_workspace_has_no_token_and_keeps_its_name_time_and_reason(store: Store) -> None:
    keep(store)
    remove(store, NOON + HOUR)
    remove(store, NOON + 2 * HOUR)  # Slack says so twice, for the app and for its token.
    assert found(store) is None
    row = run(store, lambda conn: conn.execute(select(workspace)).one())
    assert row.token is None
    known = run(store, lambda conn: workspaces.known(conn, RIVERSIDE.id))
    assert known is not None
    assert (known.name, known.installed_at) == ("Riverside Health", NOON)
    assert (known.removed_at, known.reason) == (NOON + HOUR, "uninstalled")


def test_who_left_lately_is_told_the_latest_last(store: Store) -> None:
    keep(store, HILLSIDE)
    keep(store, RIVERSIDE, NOON + HOUR)
    keep(store, replace(RIVERSIDE, id="T0STAYS"))
    remove(store, NOON + 2 * HOUR, RIVERSIDE.id)
    remove(store, NOON + 3 * HOUR, HILLSIDE.id)

    def names(since: datetime) -> list[str]:
        left = run(store, lambda conn: workspaces.left_since(conn, since))
        return [each.name for each in left]

    assert names(NOON) == ["Riverside Health", "Hillside Care"]
    assert names(NOON + 3 * HOUR) == ["Hillside Care"]
    assert names(NOON + 4 * HOUR) == []
    everywhere = run(store, workspaces.everywhere)
    assert [each.id for each in everywhere] == ["T0HILLSIDE", "T0STAYS", "T0RIVERSIDE"]


def test_with_a_workspace_its_people_go_and_nobody_else(store: Store) -> None:
    keep(store)
    theirs = [somebody(store, f"U{number}") for number in range(3)]
    others = [
        somebody(store, "U1", "T0RIVERSIDE2"),
        somebody(store, "U1", "XT0RIVERSIDE"),
        somebody(store, "U2", platform=Platform.TELEGRAM),
    ]
    messages = [waits(store, each) for each in (*theirs, theirs[0])]
    elsewhere = [waits(store, each) for each in others]
    assert remove(store) == len(messages)
    assert [is_gone(store, each) for each in (*theirs, *others)] == [True] * 3 + [False] * 3
    assert {ending(store, each) for each in messages} == {("departed", "departed")}
    assert {ending(store, each) for each in elsewhere} == {(None, "")}
    assert remove(store) == 0


def test_a_workspace_that_nobody_knows_can_go_all_the_same(store: Store) -> None:
    who = somebody(store)
    assert remove(store) == 0
    assert is_gone(store, who)
    assert run(store, workspaces.everywhere) == ()


def test_with_a_workspace_that_returns_come_those_who_were_lost_with_it(store: Store) -> None:
    keep(store)
    left, refused, lost = (somebody(store, user) for user in ("U1", "U2", "U3"))
    for who, at in ((left, NOON), (refused, NOON + HOUR - timedelta(minutes=9))):
        run(
            store,
            lambda conn, who=who, at=at: people.gone(  # type: ignore[misc]
                conn, Platform.SLACK, who.address.place, at
            ),
        )
    remove(store, NOON + HOUR)
    keep(store, replace(RIVERSIDE, token="xoxb-new", name="Riverside"), NOON + 3 * HOUR)
    again = found(store)
    assert again is not None
    assert (again.token, again.name) == ("xoxb-new", "Riverside")
    assert [is_gone(store, each) for each in (left, refused, lost)] == [True, False, False]
    assert run(store, lambda conn: workspaces.left_since(conn, NOON)) == ()
    known = run(store, lambda conn: workspaces.known(conn, RIVERSIDE.id))
    assert known is not None
    assert (known.installed_at, known.removed_at) == (NOON + 3 * HOUR, None)


def test_a_second_consent_without_a_removal_takes_the_new_token_and_moves_nobody(
    store: Store,
) -> None:
    keep(store)
    who = somebody(store)
    run(store, lambda conn: people.gone(conn, Platform.SLACK, who.address.place, NOON))
    keep(store, replace(RIVERSIDE, token="xoxb-new"), NOON + HOUR)
    again = found(store)
    assert again is not None
    assert again.token == "xoxb-new"
    assert is_gone(store, who)


def test_one_whose_token_is_in_the_settings_is_known_without_it(store: Store) -> None:
    def meet(now: datetime) -> None:
        run(store, lambda conn: workspaces.meet(conn, RIVERSIDE, now))

    def since() -> tuple[datetime, datetime | None]:
        known = run(store, lambda conn: workspaces.known(conn, RIVERSIDE.id))
        assert known is not None
        return known.installed_at, known.removed_at

    meet(NOON)
    meet(NOON + HOUR)
    assert found(store) is None
    assert since() == (NOON, None)
    who = somebody(store)
    remove(store, NOON + 2 * HOUR)
    assert is_gone(store, who)
    meet(NOON + 3 * HOUR)
    assert since() == (NOON + 3 * HOUR, None)
    assert not is_gone(store, who)


def test_meeting_one_that_consented_leaves_its_token(store: Store) -> None:
    keep(store)
    run(store, lambda conn: workspaces.meet(conn, RIVERSIDE, NOON + HOUR))
    assert found(store) == RIVERSIDE


def test_thousands_go_with_their_workspace_at_once(store: Store) -> None:
    """Their addresses are written without keys of their own: nobody reads a word here."""
    who = somebody(store)

    def crowd(conn: Connection) -> None:
        for number in range(3000):
            people.add_address(
                conn,
                who.participant.id,
                Platform.SLACK,
                place_of(RIVERSIDE.id, f"U9{number:05}"),
                now=NOON,
            )

    run(store, crowd)
    keep(store)
    remove(store)
    gone = run(store, lambda conn: people.places_gone(conn, who.participant.id))
    assert len(gone) == 3001
    keep(store, now=NOON + HOUR)
    assert not run(store, lambda conn: people.places_gone(conn, who.participant.id))


def test_a_new_master_key_still_opens_tokens(store: Store) -> None:
    keep(store)
    store.keys.rotate(new_key())
    store.keys._sealers.clear()
    assert found(store) == RIVERSIDE


def test_a_backup_brings_workspaces_back_and_no_visits(
    store: Store, urls: Urls, master: bytes, tmp_path: Path
) -> None:
    keep(store)
    run(store, lambda conn: visits.begin(conn, "secret", NOON))
    path = tmp_path / "rows.backup"
    backup(store.engine, path)
    assert CANARY.encode() not in path.read_bytes()
    target = connect(f"sqlite:///{tmp_path}/restored.sqlite")
    keys = KeyRing(urls.keys, master, expected=store.keys.id)
    try:
        with target.begin() as conn:  # The first start of a new machine, before the restore.
            workspaces.meet(conn, HILLSIDE, NOON)
        restore(path, target, keys, NOON)
        with target.connect() as conn:
            assert workspaces.get(conn, keys, RIVERSIDE.id) == RIVERSIDE
            assert workspaces.known(conn, HILLSIDE.id) is None
            assert conn.execute(select(visit)).first() is None
    finally:
        keys.close()
        target.dispose()


def test_a_database_with_a_token_needs_its_own_keys(store: Store) -> None:
    run(store, lambda conn: workspaces.meet(conn, HILLSIDE, NOON))
    assert meta.is_empty(store.engine)
    keep(store)
    assert not meta.is_empty(store.engine)
    assert meta.key_store(store.engine) == store.keys.id


def test_a_visit_is_good_once(store: Store) -> None:
    run(store, lambda conn: visits.begin(conn, "secret", NOON))
    assert not run(store, lambda conn: visits.end(conn, "another", NOON))
    assert run(store, lambda conn: visits.end(conn, "secret", NOON + timedelta(minutes=9)))
    assert not run(store, lambda conn: visits.end(conn, "secret", NOON))


def test_a_visit_ends_after_ten_minutes_and_is_swept_by_the_next(store: Store) -> None:
    run(store, lambda conn: visits.begin(conn, "secret", NOON))
    late = NOON + timedelta(minutes=10)
    assert not run(store, lambda conn: visits.end(conn, "secret", late))
    run(store, lambda conn: visits.begin(conn, "next", late))
    rows = run(store, lambda conn: conn.execute(select(visit)).all())
    assert len(rows) == 1
    assert "next" not in repr(rows)


def test_visits_do_not_pile_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "MOST", 3)
    for number in range(5):
        at = NOON + timedelta(seconds=number)
        run(store, lambda conn, n=number, at=at: visits.begin(conn, f"{n}", at))  # type: ignore[misc]
    ended = [run(store, lambda conn, n=n: visits.end(conn, f"{n}", NOON)) for n in range(5)]  # type: ignore[misc]
    assert ended == [False, False, True, True, True]
