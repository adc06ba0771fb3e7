"""A night on people whose ids, places and answers are canaries: none is in anything written."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bot.commands.refusing import out
from bot.requests import counting
from bot.store import counts
from bot.store.counted import pending, token
from bot.store.opening import Store, open_store
from bot.trust.keyring import COUNT
from tests.commands.within import Within
from tests.conftest import Urls
from tests.counting.box import Box
from tests.counting.test_a_dump import dump
from tests.store.builders import run

PLACES = tuple(f"canary-place-{n}" for n in range(7))


@pytest.fixture(autouse=True)
def written() -> io.StringIO:
    """Everything that is logged, at the finest level, from before the store is opened."""
    file = io.StringIO()
    root = logging.getLogger()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.WriteLoggerFactory(file),
    )
    root.addHandler(logging.StreamHandler(file))
    root.setLevel(logging.DEBUG)
    return file


def canaries(box: Box, *also: str) -> set[str]:
    """Whatever belongs to somebody: ids, places, tokens, seals and what was said."""
    found = {*PLACES, *box.people.values(), *also}
    for name, rows in dump(box.store).items():
        if name in {"pending", "ballot", "token", "mark", "turnout"}:
            for row in rows:
                for column in ("id", "participant", "token", "mark", "body"):
                    if column in row:
                        value = row[column]
                        found.add(value.hex() if isinstance(value, bytes) else value)
                        found.add(repr(value))
    return found


def seen(said: str, wanted: set[str]) -> set[str]:
    return {each for each in wanted if each in said}


def test_nothing_of_anybody_is_in_what_a_night_logs(
    store: Store, written: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    box = Box(store)
    box.share({name: 1 + n % 5 for n, name in enumerate(PLACES)})
    # Two who go wrong: one share that nobody can open, and a ballot that is on no scale.
    run(
        store,
        lambda conn: conn.execute(
            pending.update()
            .where(pending.c.participant == box.people[PLACES[0]])
            .values(body=b"broken" * 20)
        ),
    )
    found = canaries(box)
    box.night()
    whose, of = box.people[PLACES[1]], box.count()
    with pytest.raises(counts.Counted):
        run(store, lambda conn: counts.share(conn, store.keys, whose, of, ((2,),), now=box.now))
    found |= canaries(box)
    box.share({"canary-late": 4})
    found |= canaries(box, "canary-late")
    box.night(8)
    found |= canaries(box)
    box.share({name: 1 + n % 5 for n, name in enumerate(PLACES[:6])})
    store.keys.forget_all([COUNT + box.count().id])
    box.night(8)
    counting.Sweeper(timedelta()).sweep(store, box.now)
    said = written.getvalue()
    assert "a count is lost" in said  # So it is listened to.
    assert seen(said, found) == set()
    with capsys.disabled():
        print(  # noqa: T201 - A figure.
            f"\n{store.engine.dialect.name}: 0 of {len(found)} canaries in {len(said)} characters "
            "of logs at their finest"
        )


def test_nothing_of_anybody_is_in_what_the_harvest_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: io.StringIO
) -> None:
    monkeypatch.setattr(out, "_width", 120)
    skerry = Within.of(tmp_path, monkeypatch)
    with skerry.store():
        pass  # Skerry ran here.
    skerry.does("harvest", "show")
    with skerry.store() as store:
        if not store.writer._threads:
            store.writer.start()
        box = Box(store)
        box.share({name: 1 + n % 5 for n, name in enumerate(PLACES)})
        found = canaries(box)
        box.night()
        found |= canaries(box)
    said = [skerry.does("harvest", "show"), skerry.does("harvest", "show", "--json")]
    said.append(skerry.does("harvest", "close", "--yes"))
    with skerry.store() as store:
        found |= canaries(Box(store))
    said += [skerry.does("harvest", "show"), skerry.does("harvest", "show", "--json")]
    for name in ("h.html", "h.csv", "h.json"):
        said.append(skerry.does("harvest", "export", "--to", name))
        said.append(Path(name).read_text(encoding="utf-8"))
    whole = "\n".join((*said, written.getvalue()))
    assert "Energy" in whole
    assert seen(whole, found) == set()


def test_errors_that_are_raised_at_night_name_nobody(urls: Urls, master: bytes) -> None:
    store = open_store(urls.words, urls.keys, lambda _: [master])
    store.writer.start()
    try:
        box = Box(store)
        box.share(dict.fromkeys(PLACES, 1))
        found = canaries(box)

        def fails(conn: object) -> None:
            rows = [{"count": "c", "token": each} for each in found]
            conn.execute(token.insert(), rows + rows)  # type: ignore[attr-defined]

        with pytest.raises(Exception) as raised:  # noqa: PT011 - Either database's own.
            run(store, fails)
        assert seen(str(raised.value), found) == set()
    finally:
        store.close()
