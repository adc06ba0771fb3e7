"""Two platforms, one behaviour: each practice, played through both, is the same in both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Connection

from bot.adapters.port import Pace
from bot.flows.loader import load
from bot.requests import planning
from bot.store import rhythms
from bot.trust.sealing import new_key
from tests.conftest import Urls
from tests.fakes.slack.server import Slack
from tests.fakes.telegram.server import Telegram
from tests.journeys.someone import MORNING
from tests.journeys.test_campaigns import weekly
from tests.journeys.test_sharing import FLOW
from tests.journeys.test_sharing import WORDS as SPOKEN
from tests.parity.sides import Both, OnSlack, OnTelegram, Said
from tests.proofs.voyage import tell
from tests.slack.whole import whole

JOINING = (
    "keep my answers",
    "space",
    "an hour for myself",
    "uk time",
    "monday, thursday",
    "done",
    "08:00",
    "wait for my day",
)
pytestmark = pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
#: So many steps end every practice.
MOST = 60
PRACTICES = sorted(load([]).practices)
LISTED = [name for name in PRACTICES if load([]).practices[name].flow.listed]


#: What can be said at any time, in an order in which each has something to do.
WORDS = (
    "help",
    "journal",
    "yes",
    "Nobody asked how it was.",
    "done",
    "remember",
    "what do you keep",
    "practise",
    "a weekly",
    "4",
    "back",
    "2",
    "later",
    "start",
    "pause for two weeks",
    "start",
    "campaigns",
    "leave campaign 2",
    "leave campaign",
    "what comes to me",
    "return to campaign 2",
    "return to campaign 9",
    "settings",
    "hours when",
    "mornings",
    "settings",
    "time zone",
    "Kathmandu",
    "delete that",
    "delete that",
    "pause until nonsense",
    "export",
    "unlink",
    "prompts here",
    "stop",
    "a word after stop",
    "help",
    "start",
    "forget me",
    "yes, forget me",
    "hello again",
)


@asynccontextmanager
async def both(urls: Urls, practices: str = "") -> AsyncIterator[Both]:
    """A house on both platforms, and somebody on each who has just joined."""
    async with Telegram().running() as telegram, Slack().running() as slack:
        workspace = slack.workspace()
        slack.limits.on = False
        settings = {
            "telegram_token": telegram.token,
            "telegram_base_url": telegram.root,
            "slack_bot_token": workspace.token,
            "slack_app_token": slack.app_token,
            "practices": practices,
        }
        async with whole(slack, urls, new_key(), settings) as house:
            house.running._deliverer._paces = dict.fromkeys(
                house.running._deliverer._paces, Pace()
            )
            await house.until(lambda: slack.sockets.connections)
            robin = telegram.person("Robin", language_code="en")
            sam = workspace.person("Robin", tz="Europe/London", locale="en-GB")
            pair = Both(house, (OnTelegram(telegram, robin), OnSlack(slack, sam)))
            await pair.do(lambda side: side.arrives())
            for line in JOINING:
                await pair.do(lambda side, line=line: side.writes(line))  # type: ignore[misc]
            yield pair


def starts_two(conn: Connection) -> None:
    """Staff start two campaigns, of which nothing comes for a long time."""
    for name in ("spring", "autumn"):
        planning.start(conn, weekly(name, title=name.title(), starts="2300-01-01"), MORNING)
    planning.plan(conn, rhythms.everyone(conn), planning.running(conn), MORNING)


async def plays(pair: Both, practice: str, chance: Random) -> int:
    """Go through a practice by one of its ways, the same on both; says how many steps it took."""
    said = await pair.do(lambda side: side.writes("practise"))
    title = load([]).practices[practice].flow.title
    label = next(one for one in said[-1].labels if one.startswith(title))
    said = await pair.do(lambda side: side.presses(label))
    for step in range(MOST):
        one, other = pair.open()
        assert one == other
        if not any(" open " in each and each.startswith(f"{practice}.") for each in one):
            return step
        said = await acts(pair, said, chance)
    raise AssertionError(f"{practice} does not end")


async def acts(pair: Both, said: list[Said], chance: Random) -> list[Said]:
    """Something a person may do next, by chance."""
    labels = next((one.labels for one in reversed(said) if one.labels), ())
    if not labels:
        text = chance.choice(
            ("We argued about beds.", "skip", "Nobody asked. <b>&amp; *x*", "next")
        )
        return await pair.do(lambda side: side.writes(text))
    label = chance.choice(labels)
    if chance.random() < 0.4:
        return await pair.do(lambda side: side.writes(label))
    return await pair.do(lambda side: side.presses(label))


@pytest.mark.parametrize("practice", LISTED)
async def test_a_practice_is_the_same_on_both_platforms(
    urls: Urls, practice: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with both(urls) as pair:
        steps = 0
        for seed in range(3):
            steps += await plays(pair, practice, Random(f"{practice}{seed}"))
        one, other = pair.kept()
        assert one == other
        assert one
        tell(
            capsys,
            f"{practice} on both platforms: 3 ways, {steps} steps, {pair.messages} messages and "
            f"{len(one)} answers, all alike",
        )


async def test_what_can_be_said_at_any_time_is_answered_the_same_on_both_platforms(
    urls: Urls,
) -> None:
    async with both(urls) as pair:
        await pair.house.opened.store.writer.run(starts_two)
        for line in WORDS:
            said = await pair.do(lambda side, line=line: side.writes(line))  # type: ignore[misc]
            assert said, line
            one, other = pair.kept()
            assert one == other, line
            assert pair.open()[0] == pair.open()[1], line


async def test_a_planned_prompt_and_a_change_of_words_come_out_the_same_on_both(
    urls: Urls,
) -> None:
    async with both(urls) as pair:
        for side in pair.sides:
            await pair.prompts(side, "weekly", "week 1")
        assert (await pair.do(lambda _: None))[-1].labels
        await pair.do(lambda side: side.presses("3"))
        for side in pair.sides:
            side.says_and_edits("We met on the ward.", "We met in the corridor.")
        await pair.do(lambda side: side.writes("skip"))
        one, other = pair.kept()
        assert one == other
        assert "We met in the corridor." in str(one)


async def test_what_is_counted_and_shared_is_asked_the_same_on_both(
    urls: Urls, tmp_path: Path
) -> None:
    (tmp_path / "evening.yaml").write_text(FLOW)
    (tmp_path / "evening.en.j2").write_text(SPOKEN)
    async with both(urls, str(tmp_path)) as pair:
        for line in ("practise", "The evening", "4", "5"):
            await pair.do(lambda side, line=line: side.writes(line))  # type: ignore[misc]
        said = await pair.do(lambda side: side.writes("The songs, <b> and *bread*."))
        assert "My energy, 4" in said[-1].labels
        assert "Nothing is counted unless you choose it here." in said[-1].text
        await pair.do(lambda side: side.presses("My energy, 4"))
        await pair.do(lambda side: side.writes("its use"))
        said = await pair.do(lambda side: side.writes("done"))
        assert said[-1].labels == ("Nobody else", "The evaluator", "Everybody")
        assert "The songs, <b> and *bread*." in said[-1].text
        said = await pair.do(lambda side: side.presses("Everybody"))
        assert said[-1].text == "Thank you for the 5."
        one, other = pair.kept()
        assert one == other
        assert not any("useful" in str(each) for each in one)


async def test_where_somebody_writes_of_distress_help_comes_the_same_on_both(urls: Urls) -> None:
    async with both(urls) as pair:
        for line in ("journal", "yes"):
            await pair.do(lambda side, line=line: side.writes(line))  # type: ignore[misc]
        said = await pair.do(lambda side: side.writes("I want to die"))
        assert "Nobody is watching this chat" in said[0].text
        assert "116 123" in said[0].text
        again = await pair.do(lambda side: side.writes("I want to die"))
        assert not any("116 123" in one.text for one in again)
        await pair.do(lambda side: side.writes("done"))
        one, other = pair.kept()
        assert one == other
        assert "I want to die" in str(one)
