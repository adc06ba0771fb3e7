"""Invitations, deliveries and the settings of Telegram, on the command line."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import segno
from PIL import Image
from sqlalchemy import Connection

from bot.adapters.slack.workspaces import Workspace
from bot.commands.line import USERNAME
from bot.commands.links import SLACK_APP
from bot.store import cohorts, health, meta, people, workspaces
from scheduler.tick import now
from tests.commands.skerry import Skerry
from tests.commands.test_looking_after import back, only_person
from tests.commands.within import Within
from tests.store.builders import somebody


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


def in_slack(staff: Within, *teams: str) -> None:
    """These workspaces let us in, and Skerry has learnt the name of its bot in Telegram."""

    def meet(conn: Connection) -> None:
        for team in teams:
            let_in = Workspace(
                id=team, name=team, bot_user="U0BOT", bot="B0BOT", scopes=(), token="xoxb-1"
            )
            workspaces.meet(conn, let_in, now())

    with staff.store() as store:
        store.writer.submit(meet).result()


def in_telegram(staff: Within) -> None:
    with staff.store() as store:
        store.writer.submit(lambda conn: meta.note(conn, USERNAME, "skerry_bot")).result()


@pytest.fixture
def staff(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Within:
    made = Within.of(tmp_path, monkeypatch)
    with made.store():
        return made


@pytest.fixture
def app_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that names its app, as Slack's do."""
    monkeypatch.setenv("SKERRY_SLACK_BOT_TOKEN", "xoxb-1-made-up")
    monkeypatch.setenv("SKERRY_SLACK_APP_TOKEN", "xapp-1-A0SKERRY01-12-madeup")


def read_back(picture: bytes) -> tuple[str, int]:
    """A PNG's modules as rows of 0 and 1, without its white border; and how wide that is."""
    image = Image.open(BytesIO(picture)).convert("1")
    size = image.width // SCALE
    rows = [
        "".join(
            "0" if image.getpixel((x * SCALE + SCALE // 2, y * SCALE + SCALE // 2)) else "1"
            for x in range(size)
        )
        for y in range(size)
    ]
    dark = [number for number, row in enumerate(rows) if "1" in row]
    quiet = dark[0]
    inner = [row[quiet : size - quiet] for row in rows[quiet : size - quiet]]
    return "\n".join(inner), quiet


def modules(link: str) -> str:
    """What the standard draws for a link, at level M or better."""
    code = segno.make(link, error="m", micro=False)
    return "\n".join("".join("1" if one else "0" for one in row) for row in code.matrix)


#: Pixels a module.
SCALE = 20


def test_a_full_invitation_is_made_and_told_of_with_how_it_was_used(staff: Within) -> None:
    told = json.loads(staff.does("people", "invite", "Spring", "--most", "1", "--json"))
    assert told["most"] == 1
    assert "The first one who follows this joins Spring" in staff.does(
        "people", "invite", "Spring", "--most", "1"
    )
    with staff.store() as store:
        person = somebody(store).participant.id
        store.writer.submit(
            lambda conn: cohorts.follow(conn, person, told["code"], now())
        ).result()
    (row,) = map(json.loads, staff.does("people", "cohorts", "--json").splitlines())
    assert (row["cohort"], row["people"], row["personal"]) == ("Spring", 1, 0)
    by_code = {each["code"]: each for each in row["invitations"]}
    assert len(by_code) == 2
    assert by_code[told["code"]] == {
        "code": told["code"],
        "used": 1,
        "most": 1,
        "ends": None,
        "open": False,
    }
    printed = staff.does("people", "cohorts")
    assert "1 of 1" in printed
    assert "0 of 1" in printed
    assert person not in printed


def test_with_no_cohort_the_way_to_one_is_told(staff: Within) -> None:
    assert "skerry people invite COHORT" in staff.does("people", "cohorts")
    assert staff.does("people", "cohorts", "--json") == ""


@pytest.mark.parametrize("most", ["0", "-1", "many"])
def test_an_invitation_lets_in_one_or_more(staff: Within, most: str) -> None:
    assert staff("people", "invite", "Spring", "--most", most).exit_code == 2


# QR codes.


def test_the_code_of_one_platform_is_drawn_as_a_picture(staff: Within) -> None:
    in_telegram(staff)
    told = json.loads(staff.does("people", "invite", "Spring", "--qr", "p.png", "--json"))
    assert told["qr"] == {"telegram": "p.png"}
    picture = (staff.folder / "p.png").read_bytes()
    drawn, quiet = read_back(picture)
    assert drawn == modules(told["telegram"])
    assert quiet == 4
    # At 3 cm across, which is 1.18 inches, that is 600 dots an inch or so.
    assert Image.open(BytesIO(picture)).width >= 1.18 * 600


def test_a_drawing_is_told_to_whoever_cannot_see_it(staff: Within) -> None:
    in_telegram(staff)
    told = json.loads(staff.does("people", "invite", "A & <b>", "--qr", "poster.SVG", "--json"))
    text = (staff.folder / "poster.SVG").read_text(encoding="utf-8")
    root = ET.fromstring(text)  # noqa: S314 - We have just written it.
    names = {each.tag.rpartition("}")[2]: each.text for each in root}
    assert root.get("role") == "img"
    assert names["title"] == "Invitation into A & <b>, in Telegram"
    assert names["desc"] == f"A QR code. It leads to {told['telegram']}"
    assert 'fill="#fff"' in text  # Readable on a dark page too.


def test_two_platforms_have_a_file_each_and_it_is_said_which_is_which(
    staff: Within, app_token: None
) -> None:
    in_telegram(staff)
    in_slack(staff, "T0ONE")
    printed = staff.does("people", "invite", "Spring", "--qr", "p.png")
    assert "p-telegram.png is the QR code for Telegram" in printed
    assert "p-slack.png is the QR code for Slack" in printed
    link = "https://slack.com/app_redirect?app=A0SKERRY01&team=T0ONE"
    assert link in printed
    assert "/skerry start " in printed
    drawn, _ = read_back((staff.folder / "p-slack.png").read_bytes())
    assert drawn == modules(link)
    assert not (staff.folder / "p.png").exists()


def test_where_several_workspaces_let_us_in_slack_takes_people_to_theirs(
    staff: Within, app_token: None
) -> None:
    in_slack(staff, "T0ONE", "T0TWO")
    told = json.loads(staff.does("people", "invite", "Spring", "--json"))
    assert told["slack"] == "https://slack.com/app_redirect?app=A0SKERRY01"


def test_without_the_apps_id_there_are_words_to_type_and_no_link(staff: Within) -> None:
    in_slack(staff, "T0ONE")
    printed = staff.does("people", "invite", "Spring")
    assert "/skerry start " in printed
    assert "no link: the id of your app in Slack is not known" in printed
    said = staff.refuses("people", "invite", "Spring", "--qr", "p.svg")
    assert "the id of your app in Slack is not known" in said
    with staff.store() as store:
        store.writer.submit(lambda conn: meta.note(conn, SLACK_APP, "A0NOTED01")).result()
    told = json.loads(staff.does("people", "invite", "Spring", "--json"))
    assert told["slack"] == "https://slack.com/app_redirect?app=A0NOTED01&team=T0ONE"


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("p.gif", "neither .svg nor .png"),
        ("p", "neither .svg nor .png"),
        ("nowhere/p.svg", "There is no folder nowhere"),
        ("there.svg", "is there already"),
    ],
)
def test_a_file_that_cannot_be_drawn_is_refused_before_anything_is_made(
    staff: Within, file: str, said: str
) -> None:
    in_telegram(staff)
    (staff.folder / "there.svg").write_text("a poster")
    assert said in staff.refuses("people", "invite", "Spring", "--qr", file)
    assert staff.does("people", "cohorts", "--json") == ""
    assert (staff.folder / "there.svg").read_text() == "a poster"


@pytest.mark.parametrize("name", ["   ", "x" * 81, "a\x07b"])
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


def test_with_nothing_sent_there_are_no_deliveries(begun: Skerry) -> None:
    assert "Nothing was to be sent" in begun.does("deliveries", "--days", "1")


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
