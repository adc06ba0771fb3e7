"""Two processes on one PostgreSQL take the same updates and wake the same conversations, once."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.conftest import Urls
from tests.proofs.voyage import Voyage, check_sends, check_words, go, kill, tell

BOTH = ("one", "two")


@pytest.mark.parametrize("size", [9, pytest.param(15, marks=pytest.mark.soak)])
@pytest.mark.parametrize("urls", ["postgresql"], indirect=True)
async def test_what_both_processes_take_and_wake_is_taken_and_woken_once(
    urls: Urls, master: bytes, size: int, capsys: pytest.CaptureFixture[str]
) -> None:
    voyage = Voyage(urls, master, seed=2, size=size, names=BOTH, silent=0.3, gap=1.5)
    houses = [voyage.make(name) for name in BOTH]
    try:
        async with voyage.begun():
            for house in houses:
                go(house)
            await voyage.patiently(voyage.over())
    finally:
        for house in houses:
            kill(house)
    words = check_words(voyage)
    doubled = check_sends(voyage)
    woken = sum(person.silences for person in voyage.people.values())
    tell(
        capsys,
        f"two processes: {voyage.shore.done} updates taken by both, {words} messages, "
        f"{woken} answers ended by the quiet gap, {len(voyage.shore.accepted)} sends, "
        f"{doubled} of them twice",
    )
    assert voyage.shore.done >= 13 * size
    assert woken >= 2 * size // 3
    assert doubled == 0
    asked = Counter(
        (each.place, each.message.options[0].token)
        for each in voyage.shore.accepted
        if each.message.options
    )
    assert set(asked.values()) == {1}
    assert "could not be woken" not in voyage.log.read_text()
