"""A house with circles that is killed again and again shows each voice once, and none too early.

Voices are given, changed, taken back and gone with who leaves, while the house dies by `kill -9`
at moments of its own. What is shown at the close is compared with what people themselves know.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter

import pytest
from sqlalchemy import select

from bot.store.circled import round_
from bot.store.tables import outbox
from tests.conftest import Urls
from tests.proofs.circle_voyage import MINE, PARTS, WITH, WITHOUT, Person, Ring, Role, Voyage
from tests.proofs.programs import slowness
from tests.proofs.voyage import tell

ANSWER = "Answer in my own chat"
#: At which moments a house may die while people talk with it, and while it sends.
TALKS, SENDS = ("told", "committed"), ("offered", "accepted")
_COUNT = re.compile(r"So far: (\d) of (\d)\.|No voice so far: there is time\.")
_WORD, _NAME = re.compile(r"word\d+x+"), re.compile(r"Nora\d+x")


async def answers(
    voyage: Voyage, person: Person, choice: str, before: str = ""
) -> tuple[list[str], str]:
    """Somebody answers the round; the names of their messages, and what they pressed."""
    await voyage.does(person, "Invited", code=await voyage.offered(person.circle.place, ANSWER))
    messages = [f"{person.word}-{part}" for part in PARTS]
    for message in messages:
        await voyage.does(person, "Words", message=message, text=message)
        await asyncio.sleep(voyage.chance.random() * 0.05)
    token = await voyage.offered(person.place, choice, before)
    await voyage.does(person, "Press", token=token)
    if voyage.chance.random() < 0.4:
        await voyage.does(person, "Press", token=token)
    return messages, token


async def comes(voyage: Voyage, person: Person) -> None:
    """What somebody does while the round is open."""
    await asyncio.sleep(voyage.chance.random())
    if person.role is Role.LATE:
        return
    choice = {Role.NAMED: WITH, Role.KEEPS: MINE}.get(person.role, WITHOUT)
    messages, token = await answers(voyage, person, choice)
    person.stands, person.shows_name = choice is not MINE, choice is WITH
    if person.role in {Role.EDITS, Role.ANEW}:
        changed = voyage.chance.choice(messages)
        await voyage.does(person, "Edit", message=changed, text=f"{changed}, and more")
        person.stands = False
    if person.role is Role.LEAVES:
        await voyage.does(person, "Parted", group=True)
        person.stands = False
    if person.role is Role.ANEW:
        person.word += "x"
        await answers(voyage, person, WITHOUT, token)
        person.stands = True


async def all_come(voyage: Voyage) -> None:
    everybody = [person for ring in voyage.rings for person in ring.people]
    voyage.chance.shuffle(everybody)
    await asyncio.gather(*(comes(voyage, person) for person in everybody))


async def opened(voyage: Voyage) -> None:
    await voyage.until(lambda: len(voyage.rows(round_.c.id)) == voyage.size)
    await voyage.all_said()


async def closed(voyage: Voyage) -> None:
    await voyage.until(
        lambda: all(row.state in {"shown", "folded"} for row in voyage.rows(round_.c.state))
    )
    await voyage.all_said()


async def chosen(voyage: Voyage) -> None:
    """Everybody presses a number, some of them twice; who was away answers."""

    async def chooses(person: Person) -> None:
        for _ in range(2):
            number = str(voyage.chance.randint(1, 4))
            token = await voyage.offered(person.circle.place, number)
            await voyage.does(person, "Press", group=True, token=token)
        if person.role is Role.LATE:
            await answers(voyage, person, WITH)

    await asyncio.gather(*(chooses(person) for ring in voyage.rings for person in ring.people))
    await voyage.all_said()


async def ended(voyage: Voyage) -> None:
    """What is late is shown, and a question taken up."""
    await voyage.until(
        lambda: not any(any(row) for row in voyage.rows(round_.c.vote_until, round_.c.late_at))
    )
    await voyage.all_said()


async def sail(voyage: Voyage, kills: int) -> None:
    """A round from its opening to its end, and the house killed in each part of it."""
    first, many, some, last = kills // 6, kills // 3, kills // 3, kills // 6
    many += kills - first - many - some - last
    await voyage.opens()
    try:
        await voyage.dies(first, opened(voyage), *SENDS)
        await voyage.dies(many, all_come(voyage), *TALKS, *SENDS)
        await voyage.patiently(voyage.all_said())
        due = [row.redo_at for row in voyage.rows(round_.c.redo_at) if row.redo_at]
        voyage.turns(max(due))
        await voyage.patiently(voyage.all_said())
        check_counts(voyage)
        voyage.turns(max(row.closes_at for row in voyage.rows(round_.c.closes_at)))
        await voyage.dies(some, closed(voyage), *SENDS, "rewritten")
        await voyage.dies(last, chosen(voyage), *TALKS, *SENDS)
        rows = voyage.rows(round_.c.vote_until, round_.c.late_at)
        voyage.turns(max(at for row in rows for at in row if at))
        await voyage.patiently(ended(voyage))
    finally:
        await voyage.closes()


def check_counts(voyage: Voyage) -> None:
    """The message that opened a round says how many have given words, and never who."""
    for ring in voyage.rings:
        told = voyage.by_place[ring.place]
        for each in told:
            assert _COUNT.search(each.text), each.text
            assert not _WORD.search(each.text), each.text
            assert not _NAME.search(each.text), each.text
        count = _COUNT.search(told[-1].text)
        assert count is not None
        assert count.groups() == (str(len(ring.standing)), str(ring.members)), ring.place


def check(voyage: Voyage) -> int:
    """Each voice that stood was shown once, nothing else anywhere; how many were shown."""
    shown = 0
    for ring in voyage.rings:
        reveals = _told(voyage, ring, "Here is what people chose to show")
        late = _told(voyage, ring, "And this came a little later")
        _told(voyage, ring, "Which of these questions")
        _told(voyage, ring, "This is the question that the circle takes up")
        words = Counter(_WORD.findall(reveals))
        assert words == {each.word: len(PARTS) for each in ring.standing}, ring.place
        names = Counter(_NAME.findall(reveals))
        wanted = [each.name for each in ring.standing if each.shows_name and ring.names_stand]
        assert names == Counter(wanted), ring.place
        behind = [each for each in ring.people if each.role is Role.LATE]
        assert Counter(_WORD.findall(late)) == {each.word: len(PARTS) for each in behind}
        shown += len(ring.standing) + len(behind)
        for person in ring.people:
            said = "\n".join(each.text for each in voyage.by_place.get(person.place, []))
            assert {each.rstrip("x") for each in _WORD.findall(said)} <= {person.word.rstrip("x")}
            assert set(_NAME.findall(said)) <= {person.name}
        last = [each for each in voyage.by_place[ring.place] if each.what == "rewrite"][-1]
        assert last.text.startswith("This round is closed")
    return shown


def _told(voyage: Voyage, ring: Ring, beginning: str) -> str:
    """What begins so and was said in a place: one message, which a kill may have repeated."""
    sends = [each for each in voyage.by_place[ring.place] if each.what == "send"]
    found = [each for each in sends if each.text.startswith(beginning)]
    assert found, (ring.place, beginning)
    assert len({each.text for each in found}) == 1, found
    opening = {each.name for each in sends if ANSWER in dict(each.options)}
    assert {each.thread for each in found} <= opening
    return found[0].text


async def prove(
    urls: Urls, master: bytes, size: int, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    voyage = Voyage(urls, master, seed=kills, size=size)
    await sail(voyage, kills)
    shown = check(voyage)
    sends = [each for each in voyage.handed if each.what == "send"]
    with voyage.looking() as made, made.connect() as conn:
        known = set(conn.scalars(select(outbox.c.receipt)))
    twice = sum(each.name not in known for each in sends)
    tell(
        capsys,
        f"{urls.words.partition(':')[0]}: {voyage.kills} kills, {size} circles of 8: {shown} "
        f"voices shown once each, {len(voyage.handed) - len(sends)} edits, {len(sends)} sends, "
        f"{twice} of them twice; caught by each kill: {voyage.caught}",
    )
    assert voyage.kills == kills
    assert twice == sum(voyage.caught)
    # One kill may catch two on their way and more on a busy machine; all of them count.
    assert twice <= 2 * kills * slowness()
    assert "Traceback" not in voyage.log.read_text()


@pytest.mark.parametrize(("urls", "kills"), [("sqlite", 6), ("postgresql", 4)], indirect=["urls"])
async def test_kills_show_each_voice_once_and_none_before_the_close(
    urls: Urls, master: bytes, kills: int, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(urls, master, 3, kills, capsys)


@pytest.mark.soak
async def test_twenty_five_kills_show_each_voice_of_thirty_circles_once(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(urls, master, 30, 25, capsys)
