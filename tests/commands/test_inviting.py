"""Invitations, deliveries and the settings of Telegram, on the command line."""

from __future__ import annotations

import json

import pytest

from bot.commands.line import USERNAME
from bot.store import cohorts, health, meta, people
from scheduler.tick import now
from tests.commands.skerry import Skerry
from tests.commands.test_looking_after import back, only_person


def test_an_invitation_is_made_with_the_link_that_leads_into_its_cohort(lived_in: Skerry) -> None:
    assert "no link yet" in lived_in.does("people", "invite", "Spring")
    with lived_in.store() as store:
        store.writer.submit(lambda conn: meta.note(conn, USERNAME, "skerry_bot")).result()
    told = json.loads(lived_in.does("people", "invite", "  Spring  ", "--days", "7", "--json"))
    assert told["cohort"] == "Spring"
    assert told["telegram"] == f"https://t.me/skerry_bot?start={told['code']}"
    assert told["ends"] > now().isoformat()
    person = only_person(lived_in)
    with lived_in.store() as store:
        store.writer.submit(
            lambda conn: cohorts.follow(conn, person, told["code"], now())
        ).result()
    (row,) = lived_in.does("people", "list", "--json").splitlines()
    assert json.loads(row)["cohorts"] == "Spring"


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "a\x07b"])
def test_a_cohort_needs_a_name_of_some_letters(skerry: Skerry, name: str) -> None:
    skerry.refuses("people", "invite", name)


def test_somebody_who_blocked_us_is_said_to_be_unreachable(lived_in: Skerry) -> None:
    person = only_person(lived_in)
    with lived_in.store() as store:
        someone = back(store)
        store.writer.submit(
            lambda conn: people.gone(conn, someone.platform, someone.place, now())
        ).result()
    (row,) = lived_in.does("people", "list", "--json").splitlines()
    assert json.loads(row)["platforms"] == "telegram (unreachable)"
    assert "blocked" in lived_in.refuses("people", "export", person)


def test_deliveries_are_counted_and_told_one_by_one_without_a_word(lived_in: Skerry) -> None:
    person = only_person(lived_in)
    lived_in.does("people", "export", person)
    rows = [json.loads(row) for row in lived_in.does("deliveries", "--json").splitlines()]
    assert {"class", "state", "reason", "count", "latest"} == set(rows[0])
    assert any(row["state"] == "waiting" for row in rows)
    (first, *_) = lived_in.does("deliveries", person, "--json").splitlines()
    assert json.loads(first)["state"] == "waiting"
    assert "waiting" in lived_in.does("deliveries")


def test_with_nothing_sent_there_are_no_deliveries(skerry: Skerry) -> None:
    assert "Nothing was to be sent" in skerry.does("deliveries", "--days", "1")


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("TELEGRAM_TOKEN", "words, no key"),
        ("TELEGRAM_WEBHOOK_SECRET", "spaces are not allowed"),
        ("PUBLIC_URL", "skerry.example"),
        ("TELEGRAM_BASE_URL", "ftp://skerry.example"),
    ],
)
def test_a_setting_of_telegram_that_cannot_be_used_is_refused_in_one_line(
    skerry: Skerry, setting: str, value: str
) -> None:
    said = skerry.with_(**{setting: value}).refuses("people", "list")
    assert f"SKERRY_{setting}" in said
    if "TOKEN" in setting or "SECRET" in setting:
        assert value not in said


def test_doctor_tells_how_telegram_was_when_a_process_last_listened(
    lived_in: Skerry,
) -> None:
    with_token = lived_in.with_(TELEGRAM_TOKEN="1:made-up")

    def telegram() -> dict[str, str]:
        rows = [json.loads(row) for row in with_token("doctor", "--json").stdout.splitlines()]
        found: dict[str, str] = next(row for row in rows if row["part"] == "telegram")
        return found

    assert "Nobody has listened to Telegram yet" in telegram()["detail"]
    for minutes, well, state in ((0, True, "well"), (0, False, "unwell"), (10, True, "unwell")):
        at = now().replace(microsecond=0)
        at = at.fromtimestamp(at.timestamp() - 60 * minutes, at.tzinfo)
        with lived_in.store() as store:
            store.writer.submit(
                lambda conn, well=well, at=at: health.tell(  # type: ignore[misc]
                    conn, "telegram", well=well, detail="Told.", now=at
                )
            ).result()
        assert telegram()["state"] == state
    assert "since" in telegram()["detail"]
