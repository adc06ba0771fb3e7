"""`skerry run` on Slack, killed again and again: no word lost, none doubled, order kept.

Over HTTP, Slack brings an event at once, again at once, after one minute and after five more,
then never again. A minute is as long as a start takes here, so that each restart falls within
them. Whoever is away for longer never hears what was said meanwhile, and nobody is told: see
test_slack_trouble. A press or a command is brought once; its person sees that it failed, and
presses again.
"""

from __future__ import annotations

import pytest

from tests.conftest import Urls
from tests.proofs.slack_fate import prove
from tests.proofs.slack_voyage import Crossing

ON_SQLITE = pytest.param("sqlite", marks=pytest.mark.soak)


@pytest.mark.parametrize("urls", [ON_SQLITE, "postgresql"], indirect=True)
async def test_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(Crossing(urls, master, seed=5, size=10), 5, capsys)


@pytest.mark.parametrize("urls", ["sqlite"], indirect=True)
async def test_kills_amid_what_slack_posts_lose_nothing_either(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=6, size=10, posted=True)
    await prove(crossing, 5, capsys)
    assert crossing.slack.sockets.opened == 0


@pytest.mark.soak
@pytest.mark.parametrize("posted", [False, True])
async def test_fifty_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, *, posted: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=50, strangers=4, posted=posted)
    await prove(crossing, 50, capsys)
