"""A circle in a Telegram group, from the moment Skerry is let in to a late voice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import on_sqlite
from tests.fakes.telegram.people import Person
from tests.fakes.telegram.server import Telegram
from tests.telegram.gathering import PARTS, Gathering
from tests.telegram.house import Way, home

#: A word of each one's own, which nobody else writes.
WORDS = ("auk", "bittern", "curlew", "dipper", "egret")


@pytest.fixture
async def team(telegram: Telegram, tmp_path: Path) -> AsyncIterator[Gathering]:
    """Five people in a group with a circle, of whom Dev and Eve were new to Skerry; and Finn."""
    names = ("Ada", "Ben", "Caro", "Dev", "Eve", "Finn")
    people = [telegram.person(name) for name in names]
    async with home(telegram, on_sqlite(tmp_path), Way()) as house:
        group = telegram.group("Ward <Seven>", *people)
        made = Gathering(house, group)
        for one in people[:3]:
            await house.knows(one)
        group.adds_bot()
        await made.sees("Anybody here may set it up")
        ada, ben, caro, dev, eve, _ = people
        await made.is_set_up(ada, "Ada & Co")
        await made.joins(ben, "Ben")
        await made.joins(caro)
        await made.joins_as_new(dev)
        await made.joins_as_new(eve, "Eve")
        yield made


@pytest.fixture
def people(team: Gathering) -> list[Person]:
    return team.group.members


def seen_by(person: Person) -> str:
    return "\n".join(person.sees)


async def test_words_stand_nowhere_before_the_close_and_once_in_its_thread_afterwards(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, dev, eve, _ = people
    opened = await team.round_opens()
    before = len(team.group.sees)
    await team.answers(ada, "auk", "With my name", more=" <b>&amp;" + " long" * 700)
    await team.answers(ben, "bittern", "With my name", more=" long" * 700)
    await team.answers(caro, "curlew", "Without my name")
    await team.answers(dev, "dipper", "Without my name")
    await team.answers(eve, "egret", "Keep them to myself", then="Thank you for stopping")
    await team.turns(team.rounds[0].redo_at)
    await team.house.until(lambda: "So far: 4 of 5." in opened.text)
    assert len(team.group.sees) == before
    assert not any(word in team.said for word in WORDS)

    await team.round_closes()
    await team.house.until(lambda: "This round is closed" in opened.text)
    assert opened.labels == ["Answer in my own chat"]
    thread = [each for each in team.group.chat.from_bot if each.reply_to is opened]
    assert team.group.chat.from_bot[before:] == thread
    *shown, which = thread
    assert len(shown) > 1
    assert which.labels == ["1", "2", "3", "4"]
    everything = "\n".join(each.text for each in shown)
    for word in WORDS:
        for part in ("frame", "advocate", "illustrate", "inquire"):
            assert everything.count(f"{word}-{part}") == (word != "egret"), (word, part)
    # Eve alone was not heard: with names, everybody would know who wanted none.
    assert everything.count("A voice:") == 4
    assert not any(name in everything for name in ("Ada", "Ben"))
    assert "<b>&amp; long" in everything
    assert "Eve" not in team.said
    for person, own in zip(people, WORDS, strict=False):
        assert all(word not in seen_by(person) for word in WORDS if word != own)
        assert "Finn" not in seen_by(person)


async def test_members_alone_choose_a_question_and_late_words_come_at_noon(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, _, eve, finn = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "With my name")
    await team.answers(ben, "bittern", "Without my name")
    await team.answers(caro, "curlew", "Without my name")
    await team.round_closes()
    told = await team.sees("Here is what people chose to show")
    assert [told.text.count(each) for each in ("Ada & Co:", "A voice:")] == [1, 2]
    which = await team.sees("Which of these questions")
    number = next(line[0] for line in which.text.splitlines() if "curlew-inquire" in line)
    other = next(label for label in which.labels if label != number)
    for person, choice in ((finn, other), (ada, other), (ada, number), (ben, number)):
        query = team.group.presses(person, which, choice)
        await team.house.until(lambda: query.answered)  # noqa: B023
    (notice,) = finn.notices
    assert notice.startswith("Only those who are in this circle choose here.")
    assert f"Number {number} it is." in ada.notices[-1]

    await team.answers(eve, "egret", "With my name", then="Your words come into the thread")
    await team.turns(team.rounds[0].vote_until)
    taken = await team.sees("This is the question that the circle takes up")
    assert "curlew-inquire" in taken.text
    await team.turns(team.rounds[0].late_at)
    late = await team.sees("And this came a little later")
    assert taken.reply_to is late.reply_to is opened
    assert [team.said.count(f"egret-{part}") for part in ("frame", "inquire")] == [1, 1]
    assert "A voice:" in late.text
    assert "Eve" not in team.said
    await team.house.all_is_said()

    chat = await team.opens(eve, "Answer in my own chat", "stands there already")
    assert "What do you see" not in "\n".join(each.text for each in chat.new)


async def test_who_goes_before_the_close_takes_their_words_along(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, dev, eve, _ = people
    await team.round_opens()
    for person, word in zip((ada, ben, caro, dev, eve), WORDS, strict=True):
        await team.answers(person, word, "Without my name")
    team.group.loses(dev)
    await team.house.chat(eve).says("delete that", "")
    await team.house.all_is_said()
    await team.round_closes()
    shown = await team.sees("Here is what people chose to show")
    assert [f"{word}-frame" in shown.text for word in WORDS] == [True, True, True, False, False]


async def test_taken_out_of_a_group_nothing_is_said_there_and_let_in_again_all_goes_on(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, *_ = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "Without my name")
    await team.answers(ben, "bittern", "Without my name")
    team.group.removes_bot()
    await team.house.eventually(lambda: team.its.state == "away")
    said = len(team.group.sees)
    await team.turns(team.rounds[0].closes_at)
    closing = team.rounds[0].closes_at
    await team.house.eventually(lambda: team.rounds[0].closes_at > closing)
    assert len(team.group.sees) == said

    team.group.adds_bot()
    await team.house.eventually(lambda: team.its.state == "active")
    await team.house.all_is_said()
    assert "Anybody here may set it up" not in "\n".join(team.group.sees[said:])
    await team.answers(caro, "curlew", "Without my name")
    await team.round_closes()
    shown = await team.sees("Here is what people chose to show")
    assert all(f"{word}-frame" in shown.text for word in WORDS[:3])
    assert shown.reply_to is opened
    await team.house.until(lambda: "This round is closed" in opened.text)


async def test_a_round_goes_on_in_the_supergroup_that_a_group_becomes(
    team: Gathering, people: list[Person]
) -> None:
    ada, ben, caro, dev, _, finn = people
    opened = await team.round_opens()
    await team.answers(ada, "auk", "Without my name")
    await team.answers(ben, "bittern", "Without my name")
    former = team.group.chat
    team.group.migrates()
    await team.house.eventually(lambda: team.circle)
    said = len(former.texts)
    stays = next(each for each in former.from_bot if "Answer in my own chat" in each.labels)
    for person, word in ((caro, "curlew"), (dev, "dipper")):
        chat = team.house.chat(person)
        chat.acts()
        person.opens(stays, "Answer in my own chat")
        await chat.hears("What do you see in your team's work")
        for part, asked in PARTS:
            await chat.says(f"{word}-{part}", asked)
        await chat.presses("Without my name", "wait for")
    theirs = team.group.says(caro, "We go on talking.")
    while theirs.id < opened.id:  # Messages are counted anew in a supergroup.
        theirs = team.group.says(caro, "We go on talking.")
    await team.round_closes()
    shown = await team.sees("Here is what people chose to show")
    assert shown.chat is team.group.chat
    assert shown.reply_to is None
    assert [team.said.count(f"{word}-frame") for word in WORDS[:4]] == [1, 1, 1, 1]
    which = await team.sees("Which of these questions")
    query = team.group.presses(ada, which, "1")
    await team.house.until(lambda: query.answered)
    assert "Number 1 it is." in ada.notices[-1]
    query = team.group.presses(finn, which, "1")
    await team.house.until(lambda: query.answered)
    assert "Only those who are in this circle" in finn.notices[-1]
    await team.house.eventually(lambda: team.rounds[0].redo_at is None)
    assert not any(each.edits for each in team.group.chat.from_bot)
    assert len(former.texts) == said


async def test_a_topic_of_a_forum_has_a_circle_of_its_own(
    telegram: Telegram, tmp_path: Path
) -> None:
    people = [telegram.person(name) for name in ("Ada", "Ben", "Caro", "Dev")]
    async with home(telegram, on_sqlite(tmp_path), Way()) as house:
        group = telegram.group("Wards", *people, supergroup=True)
        for one in people:
            await house.knows(one)
        group.adds_bot()
        whole = Gathering(house, group)
        await whole.sees("Anybody here may set it up")
        topic = group.new_topic("Night shift")
        team = Gathering(house, group, topic)
        group.says(people[0], f"@{telegram.me.username} hello", thread=topic)
        await team.sees("Anybody here may set it up", 2)
        ada, ben, caro, dev = people
        await team.is_set_up(ada, "Ada")
        for person in (ben, caro, dev):
            await team.joins(person)
        await team.round_opens()
        for person, word in zip(people, WORDS, strict=False):
            await team.answers(person, word, "Without my name")
        await team.round_closes()
        shown = await team.sees("Here is what people chose to show")
        which = await team.sees("Which of these questions")
        query = group.presses(ben, which, "2")
        await house.until(lambda: query.answered)
        assert "Number 2 it is." in ben.notices[-1]
        for each in group.chat.from_bot[1:]:
            assert each.more.get("message_thread_id") == topic, each.text
        assert all(f"{word}-frame" in shown.text for word in WORDS[:4])
