"""People, parked, keys, backup, restore and doctor, each as a process."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from bot.commands import parking
from bot.records import Platform
from bot.requests import talk
from bot.store import parked
from bot.store.opening import Store
from bot.trust import master
from bot.trust.sealing import new_key
from scheduler.tick import now
from tests.commands.conftest import CANARY
from tests.commands.skerry import Skerry
from tests.journeys.looking import words
from tests.journeys.someone import Ids, Someone, quotes


def back(store: Store) -> Someone:
    """Whoever wrote in the seeded folder, now."""
    at = now()
    ids = Ids(count=at.microsecond, mark="e")
    return Someone(
        store, platform=Platform.TELEGRAM, now=at, count=int(at.timestamp() * 1000), ids=ids
    )


def only_person(skerry: Skerry) -> str:
    (row,) = skerry.does("people", "list", "--json").splitlines()
    found: str = json.loads(row)["id"]
    return found


def test_help_names_every_command_and_an_unknown_one_is_wrong_use(skerry: Skerry) -> None:
    printed = skerry.does("--help")
    for command in ("run", "rehearse", "flows", "people", "keys", "backup", "restore", "doctor"):
        assert f" {command} " in printed
    done = skerry("bogus")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert list(skerry.folder.iterdir()) == []


def test_people_are_listed_exported_and_forgotten_without_a_word_of_theirs(
    lived_in: Skerry,
) -> None:
    person = only_person(lived_in)
    exported = lived_in("people", "export", person)
    assert exported.returncode == 0
    assert CANARY not in exported.stdout + exported.stderr
    with lived_in.store() as store:
        someone = back(store)
        assert len(someone._listen()[0].files) == 2
    lived_in.refuses("people", "export", "nobody")
    lived_in.refuses("people", "forget", "nobody")
    assert "Nothing was deleted" in lived_in("people", "forget", person, typed="n\n").stderr
    lived_in.does("people", "forget", person, "--yes")
    assert lived_in.does("people", "list", "--json") == ""


def test_parked_messages_are_listed_and_replayed_without_a_word_of_them(
    lived_in: Skerry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    with lived_in.store() as store:
        someone = back(store)
        someone.says("journal")
        someone.says("yes")
        with monkeypatch.context() as patch:
            patch.setattr(talk, "step", breaks)
            someone.says("canary once more")
    listed = lived_in.does("parked", "list", "--json")
    assert "canary" not in listed
    found = json.loads(listed)
    assert found["error"] == "RuntimeError"
    lived_in.does("parked", "replay", found["reference"])
    assert lived_in.does("parked", "list", "--json") == ""
    with lived_in.store() as store:
        someone = back(store)
        someone.says("done")
        assert words(someone)[-1] == "canary once more"
    lived_in.refuses("parked", "replay", found["reference"])


def test_a_message_that_fails_again_stays_parked(
    lived_in: Skerry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RuntimeError(CANARY)

    monkeypatch.setattr(talk, "step", breaks)
    with lived_in.store() as store:
        someone = back(store)
        someone.says("journal")
        (found,) = someone.asks(parked.waiting)
    monkeypatch.chdir(lived_in.folder)
    with pytest.raises(typer.Exit) as refused:
        parking.replay(found.id[:8])
    assert refused.value.exit_code == 1
    with lived_in.store() as store:
        assert len(Someone(store).asks(parked.waiting)) == 1


def test_the_key_in_the_file_is_changed_for_a_new_one(lived_in: Skerry) -> None:
    before = (lived_in.var / "master.key").read_text()
    lived_in.does("keys", "rotate")
    after = lived_in.var / "master.key"
    assert after.read_text() != before
    assert after.stat().st_mode & 0o777 == 0o600
    with lived_in.store() as store:
        assert CANARY in words(back(store))
    after.write_text(before)
    assert "master key" in lived_in.refuses("people", "list")


def test_the_key_in_the_environment_is_changed_for_a_new_one(lived_in: Skerry) -> None:
    old = (lived_in.var / "master.key").read_text().strip()
    new = master.to_text(new_key())
    assert "SKERRY_MASTER_KEY_PREVIOUS" in lived_in.with_(MASTER_KEY=old).refuses("keys", "rotate")
    lived_in.with_(MASTER_KEY=new, MASTER_KEY_PREVIOUS=old).does("keys", "rotate")
    lived_in.with_(MASTER_KEY=new).does("people", "list")
    lived_in.with_(MASTER_KEY=old).refuses("people", "list")


def test_a_backup_and_its_keys_bring_the_words_back(lived_in: Skerry, tmp_path: Path) -> None:
    lived_in.does("backup", "rows.sqlite", "--keys", "keys.sqlite")
    assert "already" in lived_in("backup", "rows.sqlite").stderr
    for file in ("rows.sqlite", "keys.sqlite"):
        assert (lived_in.folder / file).stat().st_mode & 0o077 == 0
        assert CANARY.encode() not in (lived_in.folder / file).read_bytes()
    assert "people in it" in lived_in("restore", "rows.sqlite").stderr
    key = (lived_in.var / "master.key").read_text()
    elsewhere = Skerry(tmp_path / "elsewhere", {"MASTER_KEY": key})
    elsewhere.folder.mkdir()
    elsewhere.does("restore", "../rows.sqlite", "--keys", "../keys.sqlite")
    (elsewhere.var / "master.key").write_text(key)
    (elsewhere.var / "master.key").chmod(0o600)
    with elsewhere.store() as store:
        someone = back(store)
        assert quotes(someone.says("remember")) == [CANARY]


def test_doctor_says_how_each_part_is(lived_in: Skerry) -> None:
    said = [json.loads(line) for line in lived_in.does("doctor", "--json").splitlines()]
    assert all(list(each) == ["part", "state", "detail"] for each in said)
    assert {each["state"] for each in said} == {"well"}
    (signposts,) = [each for each in said if each["part"] == "signposts"]
    assert "Call each number" in signposts["detail"]
    (lived_in.var / "master.key").unlink()
    done = lived_in("doctor", "--json")
    assert done.returncode == 1
    (unwell,) = [
        each for each in map(json.loads, done.stdout.splitlines()) if each["state"] != "well"
    ]
    assert "master.key" in unwell["detail"]


def exposed(skerry: Skerry) -> Skerry:
    (skerry.var / "master.key").chmod(0o644)
    return skerry


def wrong_key(skerry: Skerry) -> Skerry:
    return skerry.with_(MASTER_KEY=master.to_text(new_key()))


def no_key_at_all(skerry: Skerry) -> Skerry:
    return skerry.with_(MASTER_KEY="not base64!")


def missing_key(skerry: Skerry) -> Skerry:
    (skerry.var / "master.key").unlink()
    return skerry


def missing_key_store(skerry: Skerry) -> Skerry:
    for file in skerry.var.glob("keys.sqlite*"):
        file.unlink()
    return skerry


def newer(skerry: Skerry) -> Skerry:
    with skerry.store() as store, store.engine.begin() as conn:
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    return skerry


def no_database(skerry: Skerry) -> Skerry:
    (skerry.var / "skerry.sqlite").write_text("Dear diary, this is no database at all.\n" * 99)
    return skerry


def read_only(skerry: Skerry) -> Skerry:
    return skerry.with_(DATABASE_URL="sqlite:////proc/self/skerry.sqlite")


def no_folder(skerry: Skerry) -> Skerry:
    return skerry.with_(DATABASE_URL="sqlite:////proc/x/skerry.sqlite")


def unknown_url(skerry: Skerry) -> Skerry:
    return skerry.with_(DATABASE_URL="mysql://localhost/x")


def no_postgresql(skerry: Skerry) -> Skerry:
    return skerry.with_(
        DATABASE_URL="postgresql://127.0.0.1:1/x", KEYS_URL="postgresql://127.0.0.1:1/y"
    )


def no_zone(skerry: Skerry) -> Skerry:
    return skerry.with_(TIME_ZONE="Mars/Olympus")


def no_port(skerry: Skerry) -> Skerry:
    return skerry.with_(PORT="eighty")


def no_gap(skerry: Skerry) -> Skerry:
    return skerry.with_(QUIET_GAP="-1")


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        (exposed, "chmod 600"),
        (wrong_key, "master key"),
        (no_key_at_all, "SKERRY_MASTER_KEY"),
        (missing_key, "master.key"),
        (missing_key_store, "key"),
        (newer, "newer"),
        (no_database, "no database"),
        (read_only, "/proc/self"),
        (no_folder, "/proc/x"),
        (unknown_url, "postgresql://"),
        (no_postgresql, "127.0.0.1"),
        (no_zone, "SKERRY_TIME_ZONE"),
        (no_port, "SKERRY_PORT"),
        (no_gap, "SKERRY_QUIET_GAP"),
    ],
)
def test_what_cannot_be_opened_is_said_in_one_line(
    lived_in: Skerry, spoil: object, word: str
) -> None:
    assert callable(spoil)
    assert word in spoil(lived_in).refuses("people", "list")


@pytest.mark.parametrize(
    ("spoil", "word"), [(wrong_key, "master key"), (newer, "newer"), (no_port, "SKERRY_PORT")]
)
def test_nor_does_skerry_run_on_what_cannot_be_opened(
    lived_in: Skerry, spoil: object, word: str
) -> None:
    assert callable(spoil)
    assert word in spoil(lived_in).refuses("run")
