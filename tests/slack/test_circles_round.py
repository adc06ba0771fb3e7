"""A circle in a Slack channel, from the moment Skerry is let in to a late voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.adapters.slack.writing import MENU
from bot.store import circles
from bot.trust.sealing import new_key
from tests.conftest import on_sqlite
from tests.fakes.slack.people import Person
from tests.fakes.slack.records import Message
from tests.fakes.slack.server import Slack
from tests.fakes.slack.workspace import Workspace
from tests.slack.gathering import PARTS, Gathering, gathered
from tests.slack.whole import whole

#: A word of each one's own, which nobody else writes.
WORDS = ("auk", "bittern", "curlew", "dipper", "egret")
#: What is easily taken for markup or for somebody's name.
ODD = "<!channel> <@U0SOMEBODY> &amp; *bold*"


@pytest.fixture
async def team(slack: Slack, workspace: Workspace, tmp_path: Path) -> AsyncIterator[Gathering]:
    async with gathered(slack, workspace, on_sqlite(tmp_path), new_key()) as made:
        yield made


@pytest.fixture
def people(team: Gathering) -> list[Person]:
    return team.members


def chooses(person: Person, message: Message, label: str) -> None:
    """Press what says this, or pick it where there are many."""
    try:
        person.presses(message, label)
    except LookupError:
        person.picks(message, MENU, label)


async def votes(team: Gathering, person: Person, message: Message, label: str, told: str) -> None:
    """Somebody presses a number, and until they alone are told what came of it."""
    before = len(person.whispers)
    chooses(person, message, label)
    await team.house.until(lambda: len(person.whispers) > before)
    assert told in person.whispers[-1].text


async def test_a_code_that_is_typed_lets_nobody_in_though_it_is_a_circles(
    slack: Slack, workspace: Workspace, tmp_path: Path
) -> None:
    slack.limits.on = False
    token = {"slack_bot_token": workspace.token, "slack_app_token": slack.app_token}
    ada, zoe = workspace.person("Ada"), workspace.person("Zoe")
    async with whole(slack, on_sqlite(tmp_path), new_key(), token) as house:
        team = Gathering(house, workspace, workspace.channel("ward-7", ada), [ada])
        for each in (ada, zoe):
            await team.is_known(each)
        ada.invites_bot(team.channel)
        await team.shows("Anybody here may set it up")
        await team.is_set_up(ada, "Ada")
        code = team.its.code
        made_up = "x" * len(code)
        for typed, then in (
            (f"cj-{code}", "you are not in it"),
            (f"cs-{code}", "you are not in it"),
            (f"cj-{made_up}", "no such circle"),
            (f"ch-{made_up}", "no such circle"),
            ("ca-" + "0" * 32, "nothing was done"),
        ):
            since = len(zoe.sees)
            zoe.uses(f"/skerry start {typed}")
            await team.hears(zoe, since, then)
        assert len(house.reads(lambda conn: circles.members(conn, team.its.id))) == 1


async def answers_in_a_window(team: Gathering, person: Person, word: str, choice: str) -> None:
    """Somebody answers a round; the first answer is written in a window, at length."""
    await team.opens(person, "Answer in my own chat", "What do you see in your team's work")
    since = len(person.sees)
    person.presses(person.last, "Write at length")
    await team.house.until(lambda: person.modals)
    person.types(person.modal, "Your answer", f"{word}-frame {ODD} {'long ' * 500}")
    person.submits()
    await team.hears(person, since, PARTS[0][1])
    for part, asked in PARTS[1:]:
        await team.says(person, f"{word}-{part}", asked)
    await team.house.until(lambda: choice in person.last.labels)
    since = len(person.sees)
    chooses(person, person.last, choice)
    await team.hears(person, since, "wait for")


async def test_words_stand_nowhere_before_the_close_and_once_in_its_thread_afterwards(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, dev, eve, _ = people
    opened = await team.round_opens()
    before = len(team.sees)
    await answers_in_a_window(team, ada, "auk", "With my name")
    await answers_in_a_window(team, ben, "bittern", "With my name")
    await team.answers(caro, "curlew", "Without my name")
    await team.answers(dev, "dipper", "Without my name")
    await team.answers(eve, "egret", "Keep them to myself", then="Thank you for stopping")
    await team.turns(team.rounds[0].redo_at)
    await team.house.until(lambda: "So far: 4 of 5." in opened.text)
    assert len(team.sees) == before
    assert not any(word in team.said for word in WORDS)

    await team.round_closes()
    await team.house.until(lambda: "This round is closed" in opened.text)
    assert opened.labels == ["Answer in my own chat"]
    thread = team.channel.thread(opened)
    assert [each.text for each in thread] == team.sees[before:]
    *shown, which = thread
    assert which.labels == ["1", "2", "3", "4"]
    everything = "\n".join(each.text for each in shown)
    for word in WORDS:
        for part in ("frame", "advocate", "illustrate", "inquire"):
            assert everything.count(f"{word}-{part}") == (word != "egret"), (word, part)
    # Eve alone was not heard: with names, everybody would know who wanted none.
    assert everything.count("A voice:") == 4
    assert not any(name in everything for name in ("Ada", "Ben"))
    assert everything.count(ODD) == 2
    assert not any(each.mentions or each.styled for each in thread)
    assert "Eve" not in team.said
    for person, own in zip(people, WORDS, strict=False):
        theirs = "\n".join([*person.sees, *(each.text for each in person.whispers)])
        assert all(word not in theirs for word in WORDS if word != own)


async def test_members_alone_choose_a_question_and_late_words_come_at_noon(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, _, eve, finn = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "With my name")
    await team.answers(ben, "bittern", "Without my name")
    await team.answers(caro, "curlew", "Without my name")
    await team.round_closes()
    told = await team.shows("Here is what people chose to show")
    assert [told.text.count(each) for each in ("Ada & Co:", "A voice:")] == [1, 2]
    which = await team.shows("Which of these questions")
    number = next(line[0] for line in which.text.splitlines() if "curlew-inquire" in line)
    other = next(label for label in which.labels if label != number)
    await votes(team, finn, which, other, "Only those who are in this circle choose here.")
    await votes(team, ada, which, other, f"Number {other} it is.")
    await votes(team, ada, which, number, f"Number {number} it is.")
    await votes(team, ben, which, number, f"Number {number} it is.")
    assert which.labels == ["1", "2", "3"]

    await team.answers(eve, "egret", "With my name", then="Your words come into the thread")
    await team.turns(team.rounds[0].vote_until)
    taken = await team.shows("This is the question that the circle takes up")
    assert "curlew-inquire" in taken.text
    await team.turns(team.rounds[0].late_at)
    late = await team.shows("And this came a little later")
    assert taken.thread_ts == late.thread_ts == opened.ts
    assert [team.said.count(f"egret-{part}") for part in ("frame", "inquire")] == [1, 1]
    assert "A voice:" in late.text
    assert "Eve" not in team.said
    await team.all_is_said()
    await team.opens(eve, "Answer in my own chat", "stands there already")


async def test_who_leaves_the_channel_takes_their_words_along(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, dev, eve, _ = people
    opened = await team.round_opens()
    for person, word in zip((ada, ben, caro, dev, eve), WORDS, strict=True):
        await team.answers(person, word, "Without my name")
    await team.turns(team.rounds[0].redo_at)
    await team.house.until(lambda: "So far: 5 of 5." in opened.text)
    dev.leaves(team.channel)
    await team.all_is_said()
    await team.house.eventually(lambda: team.rounds[0].redo_at)
    await team.turns(team.rounds[0].redo_at)
    await team.house.until(lambda: "So far: 4 of 4." in opened.text)
    words = next(one for one in eve.channel.transcript if one.text == "egret-frame")
    eve.deletes(words)
    await team.hears(eve, 0, "A message has changed or gone")
    await team.round_closes()
    shown = await team.shows("Here is what people chose to show")
    assert [f"{word}-frame" in shown.text for word in WORDS] == [True, True, True, False, False]


async def _closes_later(team: Gathering) -> None:
    """The time of a round comes while nothing can be said in its channel."""
    said, closing = len(team.sees), team.rounds[0].closes_at
    await team.turns(closing)
    await team.house.eventually(lambda: team.rounds[0].closes_at > closing)
    assert len(team.sees) == said


async def _ends_well(team: Gathering, opened: Message, said: int) -> None:
    """The channel is back: one more answers, and all is shown."""
    await team.house.eventually(lambda: team.its.state == "active")
    await team.all_is_said()
    assert "Anybody here may set it up" not in "\n".join(team.sees[said:])
    await team.answers(team.members[2], "curlew", "Without my name")
    await team.round_closes()
    shown = await team.shows("Here is what people chose to show")
    assert all(f"{word}-frame" in shown.text for word in WORDS[:3])
    assert shown.thread_ts == opened.ts
    await team.house.until(lambda: "This round is closed" in opened.text)


async def test_taken_out_of_a_channel_and_let_in_again_all_goes_on(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, *_ = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "Without my name")
    await team.answers(ben, "bittern", "Without my name")
    said = len(team.sees)
    ada.removes_bot(team.channel)
    await team.house.eventually(lambda: team.its.state == "away")
    await _closes_later(team)
    ben.invites_bot(team.channel)
    await _ends_well(team, opened, said)


async def test_a_channel_that_is_archived_and_opened_again_goes_on(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, *_ = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "Without my name")
    await team.answers(ben, "bittern", "Without my name")
    said = len(team.sees)
    ada.archives(team.channel)
    await team.house.eventually(lambda: team.its.state == "away")
    await _closes_later(team)
    ada.unarchives(team.channel)
    ada.invites_bot(team.channel)
    await _ends_well(team, opened, said)


async def test_a_round_goes_on_in_a_channel_with_another_id(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, *_ = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "Without my name")
    await team.answers(ben, "bittern", "Without my name")
    team.workspace.moves(team.channel, f"{team.channel.id}X")
    await team.house.eventually(lambda: team.circle)
    await team.answers(caro, "curlew", "Without my name")
    await team.turns(team.rounds[0].redo_at)
    await team.house.until(lambda: "So far: 3 of 5." in opened.text)
    await team.round_closes()
    shown = await team.shows("Here is what people chose to show")
    assert shown.thread_ts == opened.ts
    assert all(f"{word}-frame" in shown.text for word in WORDS[:3])
