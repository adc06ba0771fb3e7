"""Commands called wrongly: one plain line that says what is wrong, and where to look."""

from __future__ import annotations

import pytest

from bot.commands.printing import many, persons
from tests.commands.skerry import Skerry

MANY = "9" * 20
#: How it is called, and what is said.
WRONG = {
    "deliveries --days 0": "--days is 0, and must be at least 1. See: skerry deliveries --help",
    "people invite us --days -3": "--days is -3, and must be at least 1.",
    "campaigns plan weekly_inquiry --max -3": "--max is -3, and must be at least 1.",
    f"deliveries --days {MANY}": f"--days is {MANY}, and must be at most 30.",
    "deliveries --days soon": "--days is soon, and must be a whole number.",
    "deliveries --days": "--days needs something after it.",
    "deliveries --json=3": "--json stands alone, without a value.",
    "deliveries --day 3": "There is no option --day. Did you mean --days?",
    "deliveris": "There is no command deliveris. Did you mean deliveries? See: skerry --help",
    "people invite": "COHORT is missing. See: skerry people invite --help",
    "festivals new us": "--opens is missing.",
    "people invite Spring gathering": "There is too much: gathering. Put words that belong",
    "festivals session us talk --status off": "--status cannot be off. It is one of: draft,",
}
EMPTY = {
    "deliveries _": "PARTICIPANT",
    "people invite _ --days 3": "COHORT",
    "campaigns notice --yes us _": "TEXT",
    "backup words --keys _": "--keys",
    "campaigns plan weekly_inquiry --festival=": "--festival",
}


def called(skerry: Skerry, *words: str) -> str:
    """Exit 2 and one line, which is the answer."""
    done = skerry(*words)
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    assert not done.stdout
    return line


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_call_is_told_in_one_plain_line(skerry: Skerry, words: str) -> None:
    assert called(skerry, *words.split()).startswith(WRONG[words])


@pytest.mark.parametrize("words", EMPTY)
def test_an_empty_word_where_something_is_named_is_told_as_such(
    skerry: Skerry, words: str
) -> None:
    line = called(skerry, *("" if word == "_" else word for word in words.split()))
    assert line.startswith(f"{EMPTY[words]} was left empty. Write it. See: skerry")


def test_an_empty_word_may_take_something_away(skerry: Skerry) -> None:
    line = skerry.refuses("festivals", "session", "us", "talk", "--host", "")
    assert line.startswith("There is no Skerry")


def test_without_words_the_help_stands_and_no_line_of_ours(skerry: Skerry) -> None:
    done = skerry("people")
    assert done.returncode == 2
    assert "Usage:" in done.stdout
    assert not done.stderr


def test_a_number_that_a_setting_cannot_be_is_told_in_plain_words(skerry: Skerry) -> None:
    assert skerry.with_(PORT="x").refuses("flows", "list") == (
        "The setting SKERRY_PORT cannot be used: it is x, and must be a whole number."
    )
    assert "it is 0, and must be at least 1." in skerry.with_(RETENTION="0").refuses("doctor")


def test_settings_that_do_not_fit_are_told_by_flows_too(skerry: Skerry) -> None:
    half = skerry.with_(SLACK_BOT_TOKEN="xoxb-1-1-a")
    assert half.refuses("flows", "list").startswith("The settings do not fit: for Slack, set")


def test_deliveries_of_nobody_are_refused(begun: Skerry) -> None:
    assert begun.refuses("deliveries", "zz") == (
        "There is nobody with the id zz. See the ids with: skerry people list"
    )
    assert begun.does("deliveries", "--days", "1") == "Nothing was to be sent in the last day.\n"


def test_a_restore_from_no_backup_says_what_to_name_and_makes_nothing(skerry: Skerry) -> None:
    (skerry.folder / "notes").write_text("hello")
    assert skerry.refuses("restore", "nowhere") == (
        "nowhere cannot be read (No such file or directory). "
        "Name the file that skerry backup wrote."
    )
    assert "is not a backup of Skerry's. Name the file" in skerry.refuses("restore", "notes")
    assert not skerry.var.exists()


def test_a_backup_whose_keys_cannot_be_written_writes_no_words_either(begun: Skerry) -> None:
    assert begun.refuses("backup", "us", "--keys", "us").startswith("Words and keys go into two")
    (begun.folder / "keys").touch()
    assert begun.refuses("backup", "us", "--keys", "keys").startswith("There is a file keys")
    assert begun.refuses("backup", "us", "--keys", "no/keys").startswith("There is no folder no")
    assert not (begun.folder / "us").exists()


@pytest.mark.parametrize(("option", "day"), [("--now", "0001-01-01"), ("--starts", "9999-12-31")])
def test_a_dry_run_of_a_far_year_is_refused(skerry: Skerry, option: str, day: str) -> None:
    line = skerry.refuses("campaigns", "plan", "weekly_inquiry", option, day)
    assert line == f"{day} lies in the year {int(day[:4])}. Look at the date."


def test_what_a_session_cannot_be_is_told_with_what_it_can(begun: Skerry) -> None:
    begun.does("festivals", "new", "us", "--opens", "2027-01-01", "--closes", "2027-01-02")
    talk = ("festivals", "session", "us", "talk", "--title", "A", "--starts", "2027-01-01 10:00")
    assert begun.refuses(*talk, "--minutes", "0") == (
        "0 cannot be its minutes. Write how many minutes it is, from 1 to 1440."
    )


@pytest.mark.parametrize(("count", "said"), [(0, "0 people are"), (1, "1 person is")])
def test_one_is_spoken_of_as_one(count: int, said: str) -> None:
    assert persons(count, "is", "are") == said
    assert many(count, "entry", "entries") == f"{count} {'entry' if count == 1 else 'entries'}"
    assert many(2000 + count, "row") == f"2,00{count} rows"
