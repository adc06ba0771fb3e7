"""What staff see of Slack: which workspaces let us in, who left, and never a token."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.commands.looking import gone
from bot.store import health, workspaces
from bot.store.workspaces import Known
from scheduler.tick import now
from tests.commands.skerry import PATIENCE, Skerry
from tests.store.builders import run
from tests.store.test_workspaces import CANARY, HILLSIDE, RIVERSIDE

SLACK = {"SLACK_BOT_TOKEN": "xoxb-1-madeup", "SLACK_APP_TOKEN": "xapp-1-madeup"}


@pytest.fixture
def visited(skerry: Skerry) -> Skerry:
    """One workspace lets us in, another has removed us two days ago."""
    at = now()
    with skerry.store() as store:
        run(store, lambda conn: workspaces.keep(conn, store.keys, RIVERSIDE, at))
        run(store, lambda conn: workspaces.keep(conn, store.keys, HILLSIDE, at))
        left = at - timedelta(days=2)
        run(store, lambda conn: workspaces.remove(conn, HILLSIDE.id, "uninstalled", left))
    return skerry.with_(**SLACK)


def token_of(skerry: Skerry) -> str:
    with skerry.store() as store:
        found = run(store, lambda conn: workspaces.get(conn, store.keys, RIVERSIDE.id))
    return found.token if found else ""


def slack_part(skerry: Skerry) -> dict[str, str]:
    told = map(json.loads, skerry("doctor", "--json").stdout.splitlines())
    return next(part for part in told if part["part"] == "slack")


def test_workspaces_are_listed_with_what_became_of_them(visited: Skerry) -> None:
    rows = [json.loads(row) for row in visited.does("workspaces", "list", "--json").splitlines()]
    found = {row["name"]: row for row in rows}
    assert found["Riverside Health"]["state"] == "connected"
    assert found["Riverside Health"]["removed"] is None
    assert found["Hillside Care"]["state"] == "removed"
    assert found["Hillside Care"]["reason"] == "uninstalled"
    assert all(set(row) == {"id", "name", "since", "state", "removed", "reason"} for row in rows)
    table = visited.does("workspaces", "list")
    assert "Riverside Health" in table
    assert "removed 20" in table
    assert CANARY not in table + str(rows)


def test_no_workspace_is_said_to_be_none(begun: Skerry) -> None:
    assert "No workspace yet" in begun.does("workspaces", "list")
    assert begun.does("workspaces", "list", "--json") == ""


def test_doctor_says_who_left_lately_and_that_nobody_listens(visited: Skerry) -> None:
    part = slack_part(visited)
    assert part["state"] == "unwell"
    assert part["detail"].startswith("Nobody has listened to Slack yet. Start Skerry")
    assert "Hillside Care removed Skerry on" in part["detail"]
    with visited.store() as store:
        at = now()
        run(store, lambda conn: health.tell(conn, "slack", well=True, detail="Fine.", now=at))
    part = slack_part(visited)
    day = now() - timedelta(days=2)
    assert part["state"] == "well"
    assert part["detail"] == f"Fine. Hillside Care removed Skerry on {day.day} {day:%B}."


def test_without_slack_there_is_no_such_part(visited: Skerry) -> None:
    told = Skerry(visited.folder).does("doctor", "--json")
    assert "slack" not in {json.loads(row)["part"] for row in told.splitlines()}


def test_a_new_master_key_still_opens_a_token(visited: Skerry) -> None:
    visited.does("keys", "rotate")
    assert token_of(visited) == CANARY


def test_a_restored_house_still_has_its_workspaces(visited: Skerry, tmp_path: Path) -> None:
    visited.does("backup", "rows.backup", "--keys", "keys.backup")
    for file in ("rows.backup", "keys.backup"):
        assert CANARY.encode() not in (visited.folder / file).read_bytes()
    key = (visited.var / "master.key").read_bytes()
    visited.var.rename(visited.folder / "before")
    visited.var.mkdir(mode=0o700)
    (visited.var / "master.key").touch(mode=0o600)
    (visited.var / "master.key").write_bytes(key)
    visited.does("restore", "rows.backup", "--keys", "keys.backup")
    assert token_of(visited) == CANARY
    assert "Hillside Care" in visited.does("workspaces", "list")


def test_with_slack_it_serves_and_does_not_chat_in_the_terminal(skerry: Skerry) -> None:
    """There is no Slack to be reached here: it starts all the same, and says what is wrong."""
    away = skerry.with_(**SLACK, SLACK_BASE_URL="http://127.0.0.1:9/api")
    with away.running() as running:
        status, body = running.get("/healthz?database")
        assert status == 200
        running.process.terminate()
        out, err = running.process.communicate(timeout=PATIENCE)
    assert running.process.returncode == 0, err
    assert "Traceback" not in err
    assert not any(token in out + err + body for token in SLACK.values())


def test_what_is_told_of_who_stays_is_nothing() -> None:
    stays = Known(id="T1", name="Here", installed_at=now(), removed_at=None, reason="")
    assert gone(stays) == ""
