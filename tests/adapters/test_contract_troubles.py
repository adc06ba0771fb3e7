"""What every platform promises when something goes wrong: the right error, and nothing more."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.port import Departed, Refused, Throttled, Undeliverable, Unreachable
from bot.records import Shown
from tests.adapters.claims import (
    on,
    on_each,
    options,
    say,
    send,
    until,
)
from tests.adapters.contract import (
    ARRIVES,
    CANARY,
    CERTAIN,
    UNCERTAIN,
    WAIT,
    Can,
    CannotError,
    Person,
    Shore,
    Trouble,
)
from tests.adapters.rows import ROWS

MESSAGE = say(f"So, {CANARY}?", *options("Yes", f"No {CANARY}"))


async def failed(shore: Shore, place: str) -> Undeliverable:
    """The error with which a message comes back."""
    with pytest.raises(Undeliverable) as told:
        await send(shore, place, MESSAGE)
    return told.value


async def given_up(shore: Shore, person: Person) -> None:
    """Send a message that is accepted and not answered, and wait no longer."""
    sending = asyncio.create_task(send(shore, person.place, MESSAGE))
    await until(lambda: times_read(person))
    sending.cancel()
    await asyncio.wait([sending])


def times_read(person: Person) -> int:
    return sum(CANARY in each.text and "So" in each.text for each in person.sees())


# --- sends that fail --------------------------------------------------------------------------


@on_each(ROWS, *CERTAIN)
async def test_what_cannot_have_arrived_is_certain(shore: Shore, trouble: Trouble) -> None:
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(trouble)
    error = await failed(shore, robin.place)
    assert isinstance(error, Unreachable)
    assert not error.uncertain
    await shore.is_well()
    assert times_read(robin) == 0


@on_each(ROWS, *UNCERTAIN)
async def test_what_may_have_arrived_is_uncertain(shore: Shore, trouble: Trouble) -> None:
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(trouble)
    error = await failed(shore, robin.place)
    assert isinstance(error, Unreachable)
    assert error.uncertain
    await shore.is_well()
    assert times_read(robin) == (trouble in ARRIVES)


@on_each(ROWS, *CERTAIN, *UNCERTAIN)
async def test_afterwards_messages_go_through_again(shore: Shore, trouble: Trouble) -> None:
    robin = await shore.somebody("Robin")
    await send(shore, robin.place, say("Before."))
    await shore.goes_wrong(trouble)
    await failed(shore, robin.place)
    await shore.is_well()
    await send(shore, robin.place, say("After."))
    assert robin.sees()[-1].text == "After."


@on(ROWS, Trouble.THROTTLED)
async def test_too_fast_is_told_with_the_platforms_own_time(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(Trouble.THROTTLED)
    error = await failed(shore, robin.place)
    assert isinstance(error, Throttled)
    assert error.retry_after == timedelta(seconds=WAIT)
    assert times_read(robin) == 0


@on(ROWS, Trouble.TOO_FAST)
async def test_too_fast_without_a_time_waits_for_a_while(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(Trouble.TOO_FAST)
    error = await failed(shore, robin.place)
    assert isinstance(error, Throttled)
    assert timedelta(seconds=1) <= error.retry_after <= timedelta(minutes=5)
    assert times_read(robin) == 0


@on(ROWS, Trouble.REFUSED)
async def test_what_the_platform_will_never_take_is_refused(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(Trouble.REFUSED)
    assert isinstance(await failed(shore, robin.place), Refused)
    await send(shore, robin.place, say("Another."))
    assert [each.text for each in robin.sees()] == ["Another."]


@on(ROWS, Can.GO)
async def test_somebody_who_is_gone_has_departed(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await send(shore, robin.place, say("Hello."))
    robin.goes()
    for place in (robin.place, shore.nowhere):
        assert isinstance(await failed(shore, place), Departed)
    assert times_read(robin) == 0


@on(ROWS, Can.GO, Can.SEVERAL)
async def test_one_who_is_gone_ends_nobody_elses_messages(shore: Shore) -> None:
    robin, alex = await shore.somebody("Robin"), await shore.somebody("Alex")
    robin.goes()
    told = await asyncio.gather(
        *(send(shore, each.place, MESSAGE) for each in (robin, alex, robin, alex)),
        return_exceptions=True,
    )
    assert [isinstance(each, Departed) for each in told] == [True, False, True, False]
    assert times_read(alex) == 2


@on(ROWS, Trouble.SILENT)
async def test_a_send_that_is_given_up_leaves_the_next_one_alone(shore: Shore) -> None:
    """Delivery has its own patience: it cancels, and sends again later."""
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(Trouble.SILENT)
    await given_up(shore, robin)
    await shore.is_well()
    await send(shore, robin.place, say("The next."))
    assert robin.sees()[-1].text == "The next."
    assert times_read(robin) == 1


@on([row for row in ROWS if row.cannot.keys() & set(Trouble)])
async def test_a_platform_has_no_trouble_that_it_says_it_cannot_have(
    shore: Shore, request: pytest.FixtureRequest
) -> None:
    row = request.node.callspec.params["shore"]
    for trouble in row.cannot.keys() & set(Trouble):
        with pytest.raises(CannotError):
            await shore.goes_wrong(trouble)


# --- what must never fail ---------------------------------------------------------------------


@on_each(ROWS, *Trouble)
async def test_signs_and_changed_buttons_never_raise(shore: Shore, trouble: Trouble) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    receipts = await send(shore, robin.place, MESSAGE)
    robin.writes("Hello")
    await until(lambda: shore.ear.texts(robin.place))
    await shore.goes_wrong(trouble, always=True)
    for place, name in ((robin.place, receipts[-1].message), (shore.nowhere, "no message")):
        await shore.adapter.sign_of_life(place)
        await shore.adapter.show(place, Shown(message=name, chosen=CANARY))
    await shore.settles()


@on(ROWS)
async def test_odd_places_and_odd_buttons_never_raise(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    many = options(*(f"Choice {n}" for n in range(60)))
    for place in (robin.place, shore.nowhere):
        await shore.adapter.sign_of_life(place)
        for chosen in ("", "x" * 5000, "<b> & \ud800 \x00"):
            for name in ("1", "999", "no message", ""):
                shown = Shown(message=name, chosen=chosen, options=many, done=many[0])
                await shore.adapter.show(place, shown)
    await shore.settles()


# --- what is said of it -----------------------------------------------------------------------


@on_each(ROWS, *Trouble)
async def test_neither_words_nor_secrets_are_told(
    shore: Shore,
    trouble: Trouble,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Not in a reason, which staff read, and not in a log, at whatever level."""
    caplog.set_level(0)
    robin = await shore.somebody("Robin")
    await shore.goes_wrong(trouble)
    if trouble is Trouble.SILENT:
        await given_up(shore, robin)
        reason = ""
    else:
        reason = (await failed(shore, robin.place)).reason
        assert 0 < len(reason) <= 80
    await shore.adapter.show(robin.place, Shown(message="1", chosen=CANARY))
    await shore.settles()
    told = "\n".join((reason, caplog.text, *capsys.readouterr()))
    assert all(word not in told for word in (CANARY, *shore.secrets))


# --- the end ----------------------------------------------------------------------------------


@on(ROWS, Can.END)
async def test_after_the_end_nothing_is_sent_and_it_says_so(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await send(shore, robin.place, say("Before."))
    await shore.adapter.close()
    error = await failed(shore, robin.place)
    assert isinstance(error, Unreachable)
    assert not error.uncertain
    await shore.adapter.sign_of_life(robin.place)
    await shore.adapter.show(robin.place, Shown(message="1", chosen="Yes"))
    assert [each.text for each in robin.sees()] == ["Before."]


@on(ROWS)
async def test_the_end_may_come_twice_and_at_once(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.adapter.sign_of_life(robin.place)
    async with asyncio.timeout(30):
        await shore.adapter.close()
        await shore.adapter.close()
