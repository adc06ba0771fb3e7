"""`skerry run` on Telegram, killed again and again: no word lost, none doubled, order kept."""

from __future__ import annotations

import pytest

from tests.conftest import Urls
from tests.proofs.telegram_fate import prove
from tests.proofs.telegram_program import Waits
from tests.proofs.telegram_voyage import Crossing

#: Nobody waits long for the right to poll of one that was killed.
BRISK = Waits(right=1.2, beat=0.3, watch=0.2)
#: With these, Telegram brings what people do.
HOOK = {"PUBLIC_URL": "http://127.0.0.1", "TELEGRAM_WEBHOOK_SECRET": "a-secret_of-the-proofs"}


async def test_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(Crossing(urls, master, seed=8, size=10, waits=BRISK), 5, capsys)


@pytest.mark.soak
async def test_a_hundred_kills_lose_no_word_and_repeat_only_what_they_caught_on_its_way(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    await prove(Crossing(urls, master, seed=100, strangers=4, waits=BRISK), 100, capsys)


@pytest.mark.soak
async def test_twenty_five_kills_of_a_webhook_lose_nothing_either(
    urls: Urls, master: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    crossing = Crossing(urls, master, seed=26, waits=BRISK, settings=HOOK)
    await prove(crossing, 25, capsys)
    assert not crossing.telegram.updates.polls
