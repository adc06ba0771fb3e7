"""`skerry festivals`, and the commands that steer what goes by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import Connection
from starlette.applications import Starlette

from bot.commands.feeds import found_by
from bot.commands.opening import opened, read_settings
from bot.commands.refusing import out
from bot.diaries import feed
from bot.records import Occasion, Platform
from bot.requests import planning
from bot.store import cohorts, dues, notices, occasions, people
from bot.store.dues import Kind
from bot.store.occasions import State
from bot.store.opening import Store
from scheduler.tick import now
from tests.commands.within import Within

DAY = timedelta(days=1)
PLAN = """
name: plan
title: Around the festival
window: 07:00-22:00
holidays: none
working_days: [monday, tuesday, wednesday, thursday, friday, saturday, sunday]
steps:
  - id: notice
    practice: weekly
    when: {kind: festival, on: 3 weeks before it opens}
    at: "10:00"
  - {id: opening, practice: nudge, when: {kind: festival_day}, at: "08:30"}
  - {id: feedback, practice: nudge, when: {kind: session, on: 10 minutes after it ends}}
  - {id: later, practice: weekly, when: {kind: festival, on: 60 days after it closes}, at: "10:00"}
"""
FESTIVAL = """
name: spring
title: Illuminating spring
opens: 2027-02-08
closes: 2027-02-11
zone: Europe/London
sessions:
  - {id: harbour, title: Harbour, kind: opening, starts: 2027-02-08 08:00, minutes: 45}
  - {id: cafe, title: Rock café, kind: cafe, host: Ailsa, starts: 2027-02-08 18:30}
"""


@pytest.fixture
def skerry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    monkeypatch.setattr(out, "_width", 120)
    found = Within.of(tmp_path, monkeypatch)
    Path("plan.yaml").write_text(PLAN)
    Path("spring.yaml").write_text(FESTIVAL)
    with found.store():
        return found


def soon(days: int) -> str:
    return (now().date() + days * DAY).isoformat()


def made(skerry: Within, opens: str = "2027-02-08", closes: str = "2027-02-11") -> None:
    skerry.does("festivals", "new", "spring", "--opens", opens, "--closes", closes)


@contextmanager
def somebody(skerry: Within, cohort: str = "") -> Iterator[tuple[Store, str]]:
    """Somebody who joined yesterday, in the store."""
    with skerry.store() as store:
        yield store, store.writer.submit(lambda conn: _somebody(conn, store, cohort)).result()


def _somebody(conn: Connection, store: Store, cohort: str) -> str:
    at = now() - DAY
    place = f"place {len(list(people.everyone(conn)))}"
    present = people.add(
        conn, store.keys, Platform.TELEGRAM, place, language="en", zone="Europe/London", now=at
    )
    people.change(conn, present.participant.id, joined_at=at)
    if cohort:
        invited = cohorts.invite(conn, cohort, now=at)
        cohorts.follow(conn, present.participant.id, invited.code, at)
    return present.participant.id


def due(store: Store, participant: str) -> dict[str, tuple[str, datetime]]:
    with store.engine.connect() as conn:
        found = dues.of_participant(conn, participant)
    return {each.step: (each.name, each.at) for each in found}


def test_a_festival_is_made_by_its_dates_and_listed(skerry: Within) -> None:
    printed = skerry.does(
        *("festivals", "new", "spring", "--opens", "2027-02-08", "--closes", "2027-02-11"),
        *("--title", "Illuminating spring"),
    )
    assert printed == "Illuminating spring: Monday 8 February 2027 to Thursday 11 February 2027.\n"
    (row,) = map(json.loads, skerry.does("festivals", "list", "--json").splitlines())
    assert row == {
        "name": "spring",
        "title": "Illuminating spring",
        "opens": "2027-02-08",
        "closes": "2027-02-11",
        "zone": "Europe/London",
        "sessions": 0,
        "campaigns": [],
    }
    assert "spring" in skerry.does("festivals", "list")
    assert skerry.does("festivals", "show", "spring").count("no session yet") == 4


def test_without_any_it_says_how_to_make_one(skerry: Within) -> None:
    assert "skerry festivals new" in skerry.does("festivals", "list")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("new", "spring", "--opens", "2027-02-08", "--closes", "2027-02-07"), "before it opens"),
        (("new", "spring", "--opens", "8 February", "--closes", "2027-02-11"), "not a date"),
        (("new", "Spring!", "--opens", "2027-02-08", "--closes", "2027-02-11"), "be its name"),
        (
            ("new", "a", "--opens", "2027-02-08", "--closes", "2027-02-11", "--zone", "Leith"),
            "no time zone `Leith`",
        ),
        (("show", "winter"), "skerry festivals list"),
        (("set", "none.yaml"), "there is no such file"),
        (("session", "winter", "a", "--status", "live"), "no festival winter"),
        (("export", "winter", "--ics", "x.ics"), "no festival winter"),
        (("import", "winter", "x.ics"), "no festival winter"),
    ],
)
def test_bad_input_is_one_clear_line(skerry: Within, words: tuple[str, ...], said: str) -> None:
    assert said in skerry.refuses("festivals", *words)
    assert skerry.does("festivals", "list", "--json") == ""


def test_a_festival_and_a_campaign_never_share_a_name(skerry: Within) -> None:
    made(skerry)
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    dates = ("--opens", "2027-02-08", "--closes", "2027-02-11")
    assert "A campaign is named plan" in skerry.refuses("festivals", "new", "plan", *dates)
    assert "skerry campaigns move" in skerry.refuses("festivals", "new", "spring", *dates)
    again = ("campaigns", "start", "plan.yaml", "--festival", "spring", "--as", "spring")
    assert "spring is a festival" in skerry.refuses(*again)


def test_a_file_is_kept_and_a_changed_one_takes_its_place(skerry: Within) -> None:
    skerry.does("festivals", "set", "spring.yaml")
    shown = skerry.does("festivals", "show", "spring")
    assert "1 (Mon 08 Feb 2027)" in shown
    assert "Rock café" in shown
    Path("spring.yaml").write_text(FESTIVAL.replace("18:30", "19:30"))
    skerry.does("festivals", "set", "spring.yaml")
    found = json.loads(skerry.does("festivals", "show", "spring", "--json"))
    assert found["sessions"][1]["starts"] == "2027-02-08T19:30:00"


def test_every_fault_of_a_file_is_named_with_its_line(skerry: Within) -> None:
    wrong = FESTIVAL.replace("kind: cafe", "kind: coffee").replace("08:00", "8:00")
    Path("spring.yaml").write_text(wrong)
    done = skerry("festivals", "set", "spring.yaml")
    assert done.exit_code == 1
    first, second = done.stderr.splitlines()
    assert first.startswith("spring.yaml, line 8: `2027-02-08 8:00` is not a date and a time")
    assert second.startswith("spring.yaml, line 9: `coffee` is not a kind of session")


def test_a_campaign_by_a_festival_needs_one(skerry: Within) -> None:
    assert "Say which: --festival NAME" in skerry.refuses("campaigns", "start", "plan.yaml")
    unknown = ("campaigns", "start", "plan.yaml", "--festival", "spring")
    assert "skerry festivals new spring" in skerry.refuses(*unknown)
    none = ("campaigns", "start", "weekly_inquiry", "--festival", "spring")
    assert "No step of weekly_inquiry goes by a festival" in skerry.refuses(*none)


def test_a_campaign_can_be_dated_when_it_is_started(skerry: Within) -> None:
    skerry.does("campaigns", "start", "deep_listening", "--starts", "2027-01-11")
    with skerry.store() as store, store.engine.connect() as conn:
        running = planning.running_named(conn, "deep_listening")
    assert running is not None
    assert running.campaign.last_day == date(2027, 2, 21)
    bad = ("campaigns", "start", "nudge", "--starts", "soon")
    assert skerry.refuses(*bad) == "soon is not a date. Write it as 2027-01-31."


def test_a_move_shows_the_difference_asks_and_plans_anew(skerry: Within) -> None:
    made(skerry, soon(22), soon(25))
    with somebody(skerry):
        pass
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    with skerry.store() as store, store.engine.connect() as conn:
        (person,) = people.everyone(conn)
        assert set(due(store, person.id)) == {"notice"}
    asked = skerry("campaigns", "move", "spring", "--opens", soon(23))
    assert "Change it so?" in asked.stdout
    assert asked.exit_code == 1
    printed = skerry.does("campaigns", "move", "spring", "--opens", soon(23), "--yes")
    assert "opens-21d" in printed
    assert "closes+60d" in printed
    assert "plan is planned anew: 1 person is in it." in printed
    with skerry.store() as store:
        (name, at) = due(store, person.id)["notice"]
    assert (name, at.date()) == ("opens-21d", now().date() + 2 * DAY)


def test_a_difference_is_told_to_programs_and_nothing_is_changed(skerry: Within) -> None:
    made(skerry)
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    printed = skerry.does("campaigns", "move", "spring", "--opens", "2027-02-15", "--json")
    rows = [json.loads(line) for line in printed.splitlines()]
    assert rows[0] == {
        "campaign": "plan",
        "step": "notice",
        "occasion": "opens-21d",
        "was": "2027-01-18T10:00:00",
        "will": "2027-01-25T10:00:00",
        "past": False,
        "sent": 0,
    }
    assert len(rows) == 6
    (row,) = map(json.loads, skerry.does("festivals", "list", "--json").splitlines())
    assert row["opens"] == "2027-02-08"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--opens", "2027-02-30"), "2027-02-30 is not a date"),
        (("--opens", "2027-02-15", "--closes", "2027-02-14"), "before it opens"),
        (("--opens", "2027-02-15", "--closes", "2029-02-14"), "lasts more than a year"),
        (("--opens", "9999-12-31"), "too far away"),
    ],
)
def test_a_move_to_nowhere_changes_nothing(
    skerry: Within, words: tuple[str, ...], said: str
) -> None:
    made(skerry)
    assert said in skerry.refuses("campaigns", "move", "spring", *words, "--yes")
    (row,) = map(json.loads, skerry.does("festivals", "list", "--json").splitlines())
    assert (row["opens"], row["closes"]) == ("2027-02-08", "2027-02-11")


def test_a_session_is_added_moved_and_cancelled(skerry: Within) -> None:
    made(skerry)
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    change = ("festivals", "session", "spring", "harbour")
    assert "give at least --title and --starts" in skerry.refuses(*change, "--minutes", "40")
    skerry.does(*change, "--title", "Harbour", "--starts", "2027-02-08 08:00", "--yes")
    assert "Nothing is to be changed" in skerry.refuses(*change)
    assert "cannot be its starts" in skerry.refuses(*change, "--starts", "at eight")
    moved = skerry.does(*change, "--starts", "2027-02-09 09:00", "--minutes", "30", "--yes")
    assert "Tue 09 Feb 2027 09:40" in moved
    gone = skerry.does(*change, "--status", "cancelled", "--yes")
    assert "does not come" in gone


def test_all_of_a_festival_is_paused_resumed_and_cancelled_at_once(skerry: Within) -> None:
    made(skerry)
    assert "No campaign goes by spring yet" in skerry.refuses("campaigns", "pause", "spring")
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring", "--as", "hosts")
    skerry.does("campaigns", "pause", "spring")
    assert "paused already" in skerry.refuses("campaigns", "pause", "spring")
    assert skerry.does("campaigns", "resume", "spring").count("goes on") == 2
    printed = skerry.does("campaigns", "cancel", "spring", "--yes")
    assert printed == "plan, hosts are cancelled. Nothing more goes out.\n"
    states = {
        row["name"]: row["state"]
        for row in map(json.loads, skerry.does("campaigns", "list", "--json").splitlines())
    }
    assert (states["plan"], states["hosts"]) == ("cancelled", "cancelled")
    assert "cancelled already" in skerry.refuses("campaigns", "resume", "spring")


def test_a_programme_goes_out_as_a_calendar_and_comes_back_as_it_was(skerry: Within) -> None:
    skerry.does("festivals", "set", "spring.yaml")
    assert skerry.does("festivals", "export", "spring", "--ics", "out.ics").startswith(
        "2 sessions"
    )
    events = Calendar.from_ical(Path("out.ics").read_bytes()).walk("VEVENT")
    assert {str(each["SUMMARY"]) for each in events} == {"Harbour", "Rock café"}
    skerry.does("festivals", "new", "copy", "--opens", "2027-02-08", "--closes", "2027-02-11")
    assert "New: 2" in skerry.does("festivals", "import", "copy", "out.ics")
    again = skerry.does("festivals", "import", "copy", "out.ics")
    assert "As before: 2" in again
    assert "Nothing in it is other than before." in again
    refused = skerry.refuses("festivals", "export", "spring", "--ics", "no/such/folder.ics")
    assert "There is no folder" in refused


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no calendar", "bad.ics: "),
        (b"\xff\xfe\x00", "bad.ics: "),
        (b"x" * 3_000_000, "larger than 2 MB"),
    ],
)
def test_a_bad_calendar_is_one_line_and_changes_nothing(
    skerry: Within, content: bytes, said: str
) -> None:
    made(skerry)
    Path("bad.ics").write_bytes(content)
    assert said in skerry.refuses("festivals", "import", "spring", "bad.ics")
    assert json.loads(skerry.does("festivals", "show", "spring", "--json"))["sessions"] == []


def test_the_address_of_a_calendar_is_shown_once(skerry: Within) -> None:
    made(skerry)
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    feed = ("campaigns", "feed", "plan")
    assert "has no address" in skerry.refuses(*feed, "--off")
    first = skerry.does(*feed)
    assert "http://127.0.0.1:8420/calendar/" in first
    assert "cannot be shown again" in skerry.refuses(*feed)
    second = skerry.does(*feed, "--new")
    assert first.splitlines()[1] != second.splitlines()[1]
    assert "leads nowhere" in skerry.does(*feed, "--off")
    assert "skerry campaigns list" in skerry.refuses("campaigns", "feed", "other")


def test_a_preview_has_a_code_for_both_platforms(skerry: Within) -> None:
    made(skerry)
    printed = skerry.does("campaigns", "preview", "plan.yaml", "--festival", "spring")
    codes = {line.split()[-1] for line in printed.splitlines()[-2:]}
    assert len(codes) == 1
    assert "/skerry start" in printed
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    assert "Around the festival" in skerry.does("campaigns", "preview", "plan")
    assert "Say which: --festival" in skerry.refuses("campaigns", "preview", "plan.yaml")


def test_a_notice_is_due_to_everybody_a_campaign_is_for_and_said_once(skerry: Within) -> None:
    made(skerry)
    with somebody(skerry), somebody(skerry):
        pass
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    say = ("campaigns", "notice", "spring", "The venue has changed: we meet at the library.")
    asked = skerry(*say)
    assert "Tell 2 people, within their hours?" in asked.stdout
    assert asked.exit_code == 1
    assert skerry.does(*say, "--yes").startswith("2 people are told")
    assert skerry.does(*say, "--yes").startswith("Nobody is to be told")
    with skerry.store() as store, store.engine.connect() as conn:
        found = [
            each
            for person in people.everyone(conn)
            for each in dues.of_participant(conn, person.id)
            if each.kind is Kind.NOTICE
        ]
        (told,) = notices.all_of(conn)
    assert len(found) == 2
    assert (told.told, told.waiting, told.skipped, told.urgent) == (0, 2, 0, False)
    (row,) = map(json.loads, skerry.does("campaigns", "notices", "--json").splitlines())
    assert row["waiting"] == 2
    assert told.name in skerry.does("campaigns", "notices")


def test_a_notice_may_go_to_a_cohort_alone(skerry: Within) -> None:
    with somebody(skerry, "Hosts"), somebody(skerry):
        pass
    say = ("campaigns", "notice", "Hosts", "Please bring a lamp.", "--yes", "--urgent")
    assert skerry.does(*say).startswith("1 person is told")
    assert "skerry campaigns list" in skerry.refuses("campaigns", "notice", "Nobody", "x", "--yes")


@pytest.mark.parametrize(
    ("text", "said"),
    [("   ", "is empty"), ("x" * 1501, "1500 is the most"), ("a\x07b", "cannot be shown")],
)
def test_a_notice_that_cannot_be_said_is_refused(skerry: Within, text: str, said: str) -> None:
    assert said in skerry.refuses("campaigns", "notice", "plan", text, "--yes")


def test_who_had_something_of_it_is_told_that_it_is_cancelled(skerry: Within) -> None:
    made(skerry)
    with somebody(skerry) as (store, had), somebody(skerry):
        given = Occasion(
            campaign="plan", step="notice", name="opens-21d", practice="weekly", participant=had
        )

        def sent(conn: Connection) -> None:
            occasions.claim(conn, given, now())
            occasions.end(conn, given, State.SENT, now=now())

        store.writer.submit(sent).result()
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    words = ("--notice", "The festival does not take place. Thank you for your patience.")
    printed = skerry.does("campaigns", "cancel", "spring", *words, "--yes")
    assert "1 person is told" in printed


def test_no_notices_is_said(skerry: Within) -> None:
    assert skerry.does("campaigns", "notices") == "No message was said to many.\n"


def test_what_is_to_come_of_a_festival_far_away_is_counted(skerry: Within) -> None:
    made(skerry, soon(100), soon(103))
    with somebody(skerry):
        pass
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    rows = [
        json.loads(line)
        for line in skerry.does("campaigns", "show", "plan", "--json").splitlines()
    ]
    assert {row["step"]: row["count"] for row in rows} == {"notice": 1, "opening": 1, "later": 1}


async def test_a_diary_reads_the_calendar_under_its_address(skerry: Within) -> None:
    skerry.does("festivals", "set", "spring.yaml")
    skerry.does("campaigns", "start", "plan.yaml", "--festival", "spring")
    address = skerry.does("campaigns", "feed", "plan").splitlines()[1].strip()
    with opened(read_settings()) as house:
        at = datetime(2027, 1, 20, 12, tzinfo=UTC)
        app = Starlette(routes=[feed.route(found_by(house, lambda: at))])
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://skerry") as client:
            found = await client.get(address.removeprefix("http://127.0.0.1:8420"))
            unknown = await client.get("/calendar/" + "x" * 43 + ".ics")
            skerry.does("campaigns", "cancel", "plan", "--yes")
            empty = await client.get(address.removeprefix("http://127.0.0.1:8420"))
    events = Calendar.from_ical(found.content).walk("VEVENT")
    starts = {str(each["UID"]).partition(".plan@")[0]: each.decoded("DTSTART") for each in events}
    assert starts["opening.festival-day-3"] == datetime(2027, 2, 10, 8, 30, tzinfo=UTC)
    assert starts["feedback.session-harbour"] == datetime(2027, 2, 8, 8, 55, tzinfo=UTC)
    assert len(events) == 8
    assert unknown.status_code == 404
    assert Calendar.from_ical(empty.content).walk("VEVENT") == []


def test_a_campaign_for_a_cohort_that_is_not_there_is_not_started(skerry: Within) -> None:
    Path("hosts.yaml").write_text(
        PLAN.replace("name: plan", "name: hosts\naudience: {cohorts: [Host]}")
    )
    made(skerry)
    start = ("campaigns", "start", "hosts.yaml", "--festival", "spring")
    assert skerry.refuses(*start).startswith(
        "There is no cohort Host, which hosts is for. Make it"
    )
    with somebody(skerry, "Hosts"):
        pass
    assert "Did you mean Hosts?" in skerry.refuses(*start)
    assert skerry.does("campaigns", "list", "--json").count('"running"') == 0
