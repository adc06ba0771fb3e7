"""The gate: one send at a time where that keeps the pace, more where it would not."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.delivery.gate import HANGS, Gate

STEP = timedelta(milliseconds=40)


class Clock:
    """Seconds, told by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Sends:
    """Sends that end when they are told to."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.through: list[int] = []
        self._ends: dict[int, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def begin(self, *numbers: int) -> None:
        for number in numbers:
            self._ends[number] = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._send(number)))
        await self.settle()

    async def end(self, number: int) -> None:
        self._ends[number].set()
        await self.settle()

    async def settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _send(self, number: int) -> None:
        async with self._gate.through():
            self.through.append(number)
            await self._ends[number].wait()


async def test_where_the_platform_is_quick_one_waits_for_the_other() -> None:
    sends = Sends(Gate(STEP, Clock()))
    await sends.begin(1, 2, 3)
    assert sends.through == [1]
    await sends.end(1)
    assert sends.through == [1, 2]
    await sends.end(2)
    assert sends.through == [1, 2, 3]
    await sends.close()


@pytest.mark.parametrize(("took", "at_once"), [(0.03, 1), (0.05, 2), (0.1, 3)])
async def test_where_it_is_slow_so_many_are_on_their_way_that_the_pace_is_kept(
    took: float, at_once: int
) -> None:
    clock = Clock()
    sends = Sends(Gate(STEP, clock))
    await sends.begin(1)
    clock.now += took
    await sends.end(1)
    await sends.begin(2, 3, 4, 5, 6)
    assert sends.through == [1, *range(2, 2 + at_once)]
    await sends.close()


async def test_the_quickest_of_late_says_how_fast_the_platform_can_be() -> None:
    clock = Clock()
    sends = Sends(Gate(STEP, clock))
    for number, took in enumerate((0.01, 0.3, 0.3)):
        await sends.begin(number)
        clock.now += took
        await sends.end(number)
    await sends.begin(7, 8)
    assert sends.through[3:] == [7]
    await sends.close()


async def test_one_that_hangs_holds_up_the_others_for_a_moment_only() -> None:
    clock = Clock()
    sends = Sends(Gate(STEP, clock))
    await sends.begin(1)
    clock.now += HANGS
    await sends.begin(2)
    assert sends.through == [1, 2]
    await sends.close()


async def test_one_that_fails_lets_the_next_one_through() -> None:
    gate = Gate(STEP, Clock())
    with pytest.raises(RuntimeError):
        async with gate.through():
            raise RuntimeError
    async with asyncio.timeout(30), gate.through():
        pass


async def test_without_a_pace_nobody_waits() -> None:
    sends = Sends(Gate(timedelta(0), Clock()))
    await sends.begin(1, 2, 3)
    assert sends.through == [1, 2, 3]
    await sends.close()


async def test_a_hanging_one_is_looked_at_again_by_itself(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.delivery.gate.HANGS", 0.01)
    sends = Sends(Gate(STEP, asyncio.get_running_loop().time))
    await sends.begin(1, 2)
    async with asyncio.timeout(30):
        while sends.through != [1, 2]:  # noqa: ASYNC110 - It has no event.
            await asyncio.sleep(0.005)
    await sends.close()
