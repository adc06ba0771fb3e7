"""What every platform promises of what comes in: verbatim, in order, and acknowledged late."""

from __future__ import annotations

import asyncio

import pytest

from bot.records import Edit, Left, Press, Words
from tests.adapters.claims import (
    on,
    options,
    say,
    send,
    until,
)
from tests.adapters.contract import (
    Can,
    Shore,
)
from tests.adapters.rows import ROWS

TYPED = (
    "<b>not bold</b> & &amp; &lt; <script>",
    "*a* _b_ ~c~ `d` [e](f) #g %s {{ h }} $(i)",
    "\u202e\u05e9\u05dc\u05d5\u05dd\u202c \u0645\u0631\u062d\u0628\u0627",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f44d\U0001f3fd e\u0301 \U0001f642",
    "two  spaces,   three, and a full stop .",
    "2",
    "QUIT :bye",
)


@on(ROWS)
@pytest.mark.parametrize("text", TYPED)
async def test_words_are_heard_as_they_were_typed(shore: Shore, text: str) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.writes(text)
    await until(lambda: shore.ear.texts(robin.place))
    assert shore.ear.texts(robin.place) == [text]


@on(ROWS, Can.LINES)
async def test_lines_are_heard_as_they_were_typed(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    text = "one\n\n\ntwo\n   three, with a tab\there"
    robin.writes(text)
    await until(lambda: shore.ear.texts(robin.place) == [text])


@on(ROWS)
async def test_each_thing_has_a_name_of_its_own_and_its_place(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    for n in range(5):
        robin.writes(f"The same {n % 2}")
    await until(lambda: len(shore.ear.texts(robin.place)) == 5)
    came = shore.ear.of(robin.place)
    messages = {each.body.message for each in came if isinstance(each.body, Words)}
    assert len(messages) == 5
    assert all(0 < len(each.id) <= 255 and not each.group for each in came)
    assert {each.platform for each in came} == {shore.adapter.platform}


@on(ROWS, Can.SEVERAL)
async def test_whoever_writes_can_be_answered_where_they_wrote(shore: Shore) -> None:
    people = [await shore.somebody(name) for name in ("Robin", "Alex")]
    await shore.listens()
    for each in people:
        each.writes("Hello")
    await until(lambda: all(shore.ear.texts(each.place) for each in people))
    for each in people:
        (came,) = shore.ear.of(each.place)
        await send(shore, came.place, say(f"To {came.place}."))
        assert [one.text for one in each.sees()] == [f"To {each.place}."]


# --- order and acknowledgement ----------------------------------------------------------------


@on(ROWS)
async def test_one_place_is_heard_in_order_and_one_thing_at_a_time(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    free = shore.ear.holds(robin.place)
    texts = [f"Number {n}" for n in range(6)]
    for text in texts:
        robin.writes(text)
    await until(lambda: shore.ear.tried)
    await asyncio.sleep(0.1)
    free.set()
    await until(lambda: len(shore.ear.texts(robin.place)) == 6)
    assert shore.ear.texts(robin.place) == texts
    assert not shore.ear.crowded


@on(ROWS, Can.SEVERAL)
async def test_one_who_takes_long_holds_up_nobody_else(shore: Shore) -> None:
    robin, alex = await shore.somebody("Robin"), await shore.somebody("Alex")
    await shore.listens()
    free = shore.ear.holds(robin.place)
    robin.writes("Slow")
    await until(lambda: shore.ear.tried)
    alex.writes("Quick")
    await until(lambda: shore.ear.texts(alex.place) == ["Quick"])
    assert shore.ear.texts(robin.place) == []
    free.set()
    await until(lambda: shore.ear.texts(robin.place) == ["Slow"])


@on(ROWS, Can.ACKNOWLEDGE)
async def test_what_came_is_acknowledged_once_it_is_taken_and_not_before(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    free = shore.ear.holds(robin.place)
    robin.writes("Hello")
    await until(lambda: shore.ear.tried)
    await asyncio.sleep(0.3)
    assert shore.waiting() == 1
    free.set()
    await until(lambda: not shore.waiting())
    assert shore.ear.texts(robin.place) == ["Hello"]


@on(ROWS, Can.AGAIN)
async def test_what_could_not_be_taken_comes_again_with_the_same_name(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    shore.ear.troubles.append(OSError(28, "No space left on device"))
    robin.writes("Hello")
    await until(lambda: shore.ear.texts(robin.place) == ["Hello"])
    assert len(shore.ear.tried) > 1
    assert len({came.id for came in shore.ear.tried}) == 1


@on(ROWS, Can.AGAIN, Can.ACKNOWLEDGE)
async def test_what_could_not_be_taken_is_not_acknowledged(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    shore.ear.troubles += [OSError(28, "No space left on device")] * 100
    robin.writes("Hello")
    await until(lambda: shore.ear.tried)
    await asyncio.sleep(0.2)
    assert shore.waiting() == 1
    shore.ear.troubles.clear()
    await until(lambda: not shore.waiting())
    assert shore.ear.texts(robin.place) == ["Hello"]


@on(ROWS, Can.REPEAT)
async def test_what_is_told_twice_has_the_same_name(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.writes("Hello")
    await until(lambda: shore.ear.heard)
    await until(lambda: not shore.waiting())
    shore.repeats()
    await until(lambda: len(shore.ear.heard) > 1)
    assert all(came == shore.ear.heard[0] for came in shore.ear.heard)


# --- other than words -------------------------------------------------------------------------


@on(ROWS, Can.PRESS)
async def test_each_press_has_a_name_of_its_own(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    (receipt,) = await send(shore, robin.place, say("Which?", *options("Yes", "No")))
    for label in ("Yes", "Yes", "No"):
        robin.presses(label)
    await until(lambda: len(shore.ear.of(robin.place)) == 3)
    bodies = [came.body for came in shore.ear.of(robin.place)]
    assert all(isinstance(each, Press) and each.message == receipt.message for each in bodies)


@on(ROWS, Can.EDIT)
async def test_an_edit_names_the_message_as_it_was_named_before(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.writes("We argued.")
    await until(lambda: shore.ear.heard)
    robin.edits("We talked <b>&")
    await until(lambda: len(shore.ear.of(robin.place)) == 2)
    words, edit = (came.body for came in shore.ear.of(robin.place))
    assert isinstance(words, Words)
    assert edit == Edit(message=words.message, text="We talked <b>&")


@on(ROWS, Can.TELL_GONE)
async def test_whoever_goes_is_told_of(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.goes()
    await until(lambda: [came.body for came in shore.ear.of(robin.place)] == [Left()])


@on(ROWS, Can.GROUPS)
async def test_words_said_among_others_are_never_carried(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.says_in_a_group("A secret of mine.")
    await until(lambda: any(isinstance(came.body, Words) for came in shore.ear.heard))
    assert all(came.group and came.place != robin.place for came in shore.ear.heard)
    assert all(getattr(came.body, "text", "") == "" for came in shore.ear.heard)
