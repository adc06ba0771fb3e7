"""What is kept, for whom, and how it goes: consent, paper, export, forget me."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser

from sqlalchemy import select

from bot.delivery.deliverer import Deliverer
from bot.doors import Doors
from bot.records import Inbound, Media, Outbound, Platform, Words
from bot.requests import counting
from bot.store import counts
from bot.store.counted import ballot
from bot.store.opening import Store
from bot.trust.keyring import DEPLOYMENT
from tests.conftest import Urls
from tests.fakes.adapter import FakeAdapter
from tests.journeys.conftest import on_both
from tests.journeys.looking import held, kept, person, photos, rows, words
from tests.journeys.playing import begin
from tests.journeys.someone import Ids, Someone, measures, quotes, texts

pytestmark = on_both

CANARY = "canary-2b7e151628aed2a6"
PHOTO = Media(name="tea.jpg", mime="image/jpeg", content=b"\xff\xd8photo\xff\xd9")


def paper(store: Store, ids: Ids) -> Someone:
    someone = Someone(store, place="paper", ids=ids)
    someone.arrives()
    for line in ("no, questions only", "skip", "skip", "skip", "wait"):
        someone.says(line)
    return someone


def bytes_of(urls: Urls, store: Store) -> Iterator[bytes]:
    """Everything that lies in the database's files, or every row's text on PostgreSQL."""
    if urls.is_sqlite:
        for file in urls.folder.iterdir():
            yield file.read_bytes()
        return
    with store.engine.connect() as conn:
        tables = conn.exec_driver_sql(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).scalars()
        for table in tables.all():
            for row in conn.exec_driver_sql(f'SELECT * FROM "{table}"'):  # noqa: S608
                yield b" ".join(
                    each if isinstance(each, bytes) else str(each).encode() for each in row
                )


def test_nothing_is_kept_before_somebody_agrees(stranger: Someone) -> None:
    stranger.says(CANARY)
    stranger.says(CANARY)
    assert words(stranger) == []
    assert not person(stranger).keeps


def test_words_at_the_question_of_consent_go_when_they_say_no(stranger: Someone) -> None:
    stranger.arrives()
    stranger.says(CANARY)
    stranger.says("no, questions only")
    for _ in range(4):
        stranger.says("skip")
    assert kept(stranger) == ()
    assert CANARY not in "".join(repr(each) for each in held(stranger))


def test_paper_keeps_nothing_at_all(store: Store, urls: Urls, ids: Ids) -> None:
    someone = paper(store, ids)
    for line in ("journal", "yes", CANARY):
        someone.says(line)
    someone.sends(Words(message="p1", text=CANARY, media=PHOTO))
    someone.says("done")
    assert (kept(someone), photos(someone)) == ((), 0)
    assert CANARY not in "".join(repr(each) for each in held(someone))
    assert quotes(someone.says("remember")) == []
    assert texts(someone.says("export"))[0].startswith("There is nothing of yours to send")
    assert not any(CANARY.encode() in each for each in bytes_of(urls, store))


def test_an_edit_on_paper_asks_nothing(store: Store, ids: Ids) -> None:
    someone = paper(store, ids)
    for line in ("journal", "yes", "Elen.", "done"):
        someone.says(line)
    assert someone.changes("Elen.", "Ellen.") == []


def test_no_longer_keeping_words_leaves_the_earlier_ones(someone: Someone) -> None:
    for line in ("journal", "yes", "Before.", "done", "settings", "5", "questions only"):
        someone.says(line)
    for line in ("journal", "yes", CANARY, "done"):
        someone.says(line)
    assert words(someone) == ["Before."]


def test_words_are_sealed_in_the_database(someone: Someone, urls: Urls, store: Store) -> None:
    for line in ("journal", "yes", CANARY, "done", "practise", "weekly", "3", CANARY, "later"):
        someone.says(line)
    assert not any(CANARY.encode() in each for each in bytes_of(urls, store))


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.pictures: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.pictures.append(dict(attrs)["src"] or "")
        elif tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def exported(said: list[Outbound]) -> tuple[str, str]:
    page, data = said[0].files
    assert (page.mime, data.mime) == ("text/html", "application/json")
    return page.content.decode(), data.content.decode()


def test_export_is_a_page_to_read_and_the_same_as_data(someone: Someone) -> None:
    hard = "<script>alert(1)</script> & \u202e\u05e9\u05dc 👩🏽‍⚕️ \"'"
    for line in ("journal", "yes", hard):
        someone.says(line)
    someone.sends(Words(message="p1", text="With tea.", media=PHOTO))
    someone.says("done")
    html, data = exported(someone.says("export"))
    page = _Page()
    page.feed(html)
    assert page.open == []
    assert f"{hard}\n\nWith tea." in page.text
    assert page.pictures == ["data:image/jpeg;base64,/9hwaG90b//Z"]
    facts = json.loads(data)
    answer = next(each for each in facts["answers"] if each["words"])
    assert answer["words"] == f"{hard}\n\nWith tea."
    assert answer["practice"] == "A journaling nudge"
    assert answer["question"].startswith("What did someone do for you")
    assert answer["files"][0]["content"] == "/9hwaG90b//Z"
    chosen = [each["chosen"] for each in facts["answers"]]
    assert "Tuesday, Thursday" in chosen
    assert "Space to reflect" in chosen
    assert facts["about"]["days"] == [1, 3]


def test_export_holds_nothing_of_another_person(someone: Someone, other: Someone) -> None:
    for each, line in ((someone, "Mine."), (other, CANARY)):
        for said in ("journal", "yes", line, "done"):
            each.says(said)
    assert CANARY not in "".join(exported(someone.says("export")))
    assert "Mine." not in "".join(exported(other.says("export")))


def test_two_people_never_meet_each_others_words(someone: Someone, other: Someone) -> None:
    for line in ("practise", "weekly", "3", "skip", "skip", "skip", CANARY, "done", "skip"):
        someone.says(line)
    other.now = someone.now + timedelta(days=7)
    begin(other, "an experiment")
    for line in ("practise", "weekly", "3", "yes", "remember", "export", "delete that"):
        other.says(line)
    heard = repr(other.told) + "".join(
        file.content.decode() for said in other.told for file in said.files
    )
    assert CANARY not in heard
    assert words(someone) == [CANARY]


def test_an_edit_of_another_persons_message_changes_nothing(
    someone: Someone, other: Someone
) -> None:
    for line in ("journal", "yes", "Ellen.", "done"):
        someone.says(line)
    message = next(name for name, text in someone.wrote.items() if text == "Ellen.")
    assert other.edits(message, CANARY) == []
    assert words(someone) == ["Ellen."]


def test_forget_me_asks_once_and_counts_for_an_hour(someone: Someone) -> None:
    said = texts(someone.says("forget me"))[0]
    assert 'To go ahead, write "yes, forget me".' in said
    someone.waits(timedelta(hours=1, minutes=1))
    assert texts(someone.says("yes, forget me"))[0].startswith("Nothing has been deleted.")
    assert someone.heard.forget is None


def test_in_the_terminal_it_is_said_where_exported_files_stay(someone: Someone) -> None:
    for line in ("journal", "yes", CANARY, "done"):
        someone.says(line)
    said = texts(someone.says("export"))[0]
    assert "var/received" in said
    assert "This chat" not in said
    assert "var/received" in texts(someone.says("forget me"))[0]


def test_in_a_chat_an_export_is_in_the_chat(store: Store) -> None:
    one = begin(Someone(store, platform=Platform.TELEGRAM), "joined")
    for line in ("journal", "yes", CANARY, "done"):
        one.says(line)
    assert "This chat now holds a copy" in texts(one.says("export"))[0]
    assert "var/received" not in texts(one.says("forget me"))[0]


def test_what_waits_to_be_counted_goes_with_whoever_is_forgotten(
    someone: Someone, store: Store
) -> None:
    someone.is_due("weekly")
    for line in ("4", "A handover.", "done", "No gap.", "done", "4", "Ask", "done", "1"):
        someone.says(line)
    for line in ("1", "done"):
        someone.says(line)
    whose = someone.id
    assert someone.asks(lambda conn: counts.waiting(conn, whose))
    said = texts(someone.says("forget me"))[0]
    assert "What still waits for tonight's count is deleted too, and not counted." in said
    asyncio.run(_forgotten(someone, store, "yes, forget me"))
    assert someone.asks(lambda conn: counts.waiting(conn, whose)) == ()
    someone.now += timedelta(days=1)
    counting.nightly(store, measures(), someone.now)
    assert someone.asks(lambda conn: conn.scalars(select(ballot.c.id)).all()) == []


def test_yes_forget_me_alone_deletes_nothing(someone: Someone) -> None:
    assert texts(someone.says("yes, forget me"))[0].startswith("Nothing has been deleted.")
    assert person(someone).standing == "active"


def test_forget_me_leaves_no_row_and_no_key_and_says_goodbye(
    someone: Someone, store: Store, urls: Urls
) -> None:
    for line in ("journal", "yes", CANARY, "done", "practise", "weekly", "3", CANARY):
        someone.says(line)
    someone.is_due("nudge")
    someone.says("forget me")
    before = someone.id
    said = asyncio.run(_forgotten(someone, store, "yes, forget me", "hello?"))
    assert said[0].startswith("It is done. What I kept of you is deleted.")
    assert said[1].startswith("Hello, I am Skerry.")
    assert before not in store.keys.owners()
    assert someone.id != before
    assert not any(before.encode() in each for each in bytes_of(urls, store))


def test_forget_me_leaves_the_rows_of_others(
    someone: Someone, other: Someone, store: Store
) -> None:
    for line in ("journal", "yes", CANARY, "done"):
        other.says(line)
    someone.now = other.now
    someone.says("forget me")
    asyncio.run(_forgotten(someone, store, "yes, forget me"))
    assert words(other) == [CANARY]
    counts = rows(other)
    assert (counts["participant"], counts["address"]) == (1, 1)
    assert store.keys.owners() == {other.id, DEPLOYMENT}


def test_what_comes_in_while_somebody_is_forgotten_is_nobodys(
    someone: Someone, store: Store
) -> None:
    someone.says("journal")
    someone.says("yes")
    store.keys.forget(someone.id)
    assert someone.says(CANARY) == []
    assert someone.heard.parked is None


async def _forgotten(someone: Someone, store: Store, *lines: str) -> list[str]:
    """Say it through the doors, as a platform would; what arrived there."""
    adapter = FakeAdapter(someone.platform)
    adapters = {someone.platform: adapter}
    house = someone.house()
    deliverer = Deliverer(store.writer, store.keys, adapters, lambda: someone.now)
    doors = Doors(house, store, deliverer, adapters, lambda: someone.now)
    running = asyncio.create_task(deliverer.run())
    for number, line in enumerate(lines):
        said = Words(message=f"d{number}", text=line)
        came = Inbound(platform=someone.platform, id=f"d{number}", place=someone.place, body=said)
        before = len(adapter.taken)
        await doors.hear(came)
        async with asyncio.timeout(60):
            while len(adapter.taken) == before:  # noqa: ASYNC110 - it has no event to wait for
                await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    deliverer.stop()
    await running
    return adapter.texts


def beside_a_choice(someone: Someone) -> str:
    """What is said to words where one of a few options is wanted."""
    for line in ("practise", "weekly"):
        someone.says(line)
    return texts(someone.says("hard to say"))[0]


def test_words_beside_a_choice_are_said_to_be_kept(someone: Someone) -> None:
    assert "What you wrote is kept with your answer." in beside_a_choice(someone)


def test_on_paper_words_beside_a_choice_are_said_not_to_be_kept(store: Store, ids: Ids) -> None:
    assert "What you just wrote is not kept." in beside_a_choice(paper(store, ids))
