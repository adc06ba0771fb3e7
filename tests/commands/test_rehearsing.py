"""`skerry rehearse` as a process."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import bot.flows
import bot.prompts
from tests.commands.skerry import Skerry

FIRST = "3\nWe argued.\nIt fitted.\nNothing just now\nAsk one question.\nskip\ndone\n"


def told(printed: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in printed.splitlines()]


def test_it_plays_to_the_end_and_stores_nothing(skerry: Skerry) -> None:
    printed = skerry.does("rehearse", "weekly", "--answers", "-", typed=FIRST)
    assert "Ask one question." in printed
    assert list(skerry.folder.iterdir()) == []


def test_json_has_one_object_a_line_and_a_week_later_recalls(skerry: Skerry) -> None:
    answers = skerry.folder / "answers.txt"
    answers.write_text(f"{FIRST}three weeks later\n4\nyes\nskip\nskip\nskip\nskip\ndone\n")
    said = told(skerry.does("rehearse", "weekly", "--answers", str(answers), "--json"))
    assert all(list(each) == ["from", "turn", "text", "choices"] for each in said)
    assert {each["from"] for each in said} == {"bot", "participant"}
    recalled = [each for each in said if each["turn"] == "last_time"]
    assert len(recalled) == 1
    assert "three weeks ago" in str(recalled[0]["text"])
    assert str(recalled[0]["text"]).endswith("Ask one question.")
    choices = next(each["choices"] for each in said if each["turn"] == "tried")
    assert choices == ["Yes", "In part", "Not yet"]
    assert list(skerry.folder.iterdir()) == [answers]


def test_answers_that_run_out_name_the_turn(skerry: Skerry) -> None:
    assert "`stayed`" in skerry.refuses("rehearse", "weekly", "--json", typed="3\n")


def test_a_practice_of_ones_own_is_played_by_its_path(skerry: Skerry) -> None:
    flows, prompts = (Path(str(each.__file__)).parent for each in (bot.flows, bot.prompts))
    shutil.copy(flows / "nudge.yaml", skerry.folder / "mine.yaml")
    text = (skerry.folder / "mine.yaml").read_text().replace("name: nudge", "name: mine")
    (skerry.folder / "mine.yaml").write_text(text)
    shutil.copy(prompts / "en" / "nudge.j2", skerry.folder / "mine.en.j2")
    printed = skerry.does(
        "rehearse", str(skerry.folder / "mine.yaml"), "--json", typed="1\nEllen.\n"
    )
    assert told(printed)[-1]["turn"] == "written"


def test_no_such_practice_and_no_such_file_are_refused(skerry: Skerry) -> None:
    assert "nosuch" in skerry.refuses("rehearse", "nosuch")
    assert "There is no file" in skerry.refuses("rehearse", "nudge", "--answers", "/nope")


def test_a_language_there_is_not_is_refused(skerry: Skerry) -> None:
    assert "xx" in skerry.refuses("rehearse", "nudge", "--language", "xx", typed="2\n")


def test_sessions_are_offered_by_their_titles(
    skerry: Skerry,
) -> None:
    (skerry.folder / "session.yaml").write_text(
        "name: session\ntitle: A session\nminutes: 1\nturns:\n"
        "  - {id: which, kind: choice, offers: sessions}\n  - {id: end, kind: close}\n"
    )
    (skerry.folder / "session.en.j2").write_text(
        "{% block which %}Which?{% endblock %}{% block end %}Thank you.{% endblock %}"
    )
    titles = ("--session", "Bread and songs", "--session", "A walk")
    flow = str(skerry.folder / "session.yaml")
    said = told(skerry.does("rehearse", flow, *titles, "--json", typed="a walk\n"))
    assert said[0]["choices"] == ["Bread and songs", "A walk"]
    assert said[-1]["turn"] == "end"
