"""What every platform promises, as its reader sees it: words and files."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.port import Refused
from bot.delivery.pieces import pieces, units
from bot.records import Media, Outbound, Paragraph, Quote
from tests.adapters.claims import (
    NASTY,
    beside,
    joined,
    letters,
    on,
    options,
    quote,
    read,
    say,
    send,
    until,
)
from tests.adapters.contract import (
    Can,
    CannotError,
    Row,
    Shore,
)
from tests.adapters.rows import ROWS

#: What no platform may pass on as it is.
CONTROLS = "".join(map(chr, [*range(9), 11, 12, *range(14, 32)])) + "\ud800\udfff"


# --- words ------------------------------------------------------------------------------------


@on(ROWS)
@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
async def test_words_are_read_as_they_were_written_and_are_only_words(
    shore: Shore, text: str
) -> None:
    """Whoever said them, and as a label too: nothing in them is markup or calls anybody."""
    robin = await shore.somebody("Robin")
    label = " ".join(text.split())[:60]
    for message in (say(text), quote(text), say(text, *options(label, "No"))):
        seen = await read(shore, robin, message)
        assert letters(joined(seen)).startswith(letters(text))
        assert not message.options or letters(joined(seen)).count(letters(label)) == 2
        assert [each.live for each in seen if each.live] == []


@on(ROWS, Can.CONTROLS)
async def test_what_cannot_be_sent_is_shown_as_such(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    for sign in CONTROLS:
        seen = await read(shore, robin, quote(f"left{sign}right"))
        assert joined(seen) == "left\ufffdright", repr(sign)
        assert [each.live for each in seen] == [()]


@on(ROWS)
async def test_paragraphs_and_quotes_keep_their_order(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    parts = [Quote(text=f"Said {n}.") if n % 3 else Paragraph(text=f"Ours {n}.") for n in range(9)]
    seen = await read(shore, robin, Outbound(paragraphs=tuple(parts)))
    assert letters(joined(seen)) == letters("".join(part.text for part in parts))


@on(ROWS)
async def test_an_aside_is_said_below_all_words_and_is_no_markup(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    for text in (*NASTY.values(), "Yours alone."):
        if any(letter < " " for letter in text):
            continue
        seen = await read(shore, robin, beside("Said.", text))
        assert letters(joined(seen)).removeprefix("(") in {
            letters(f"Said.{mark[0]}{text}{mark[1]}") for mark in (("", ""), ("(", ")"))
        }


@on(ROWS)
async def test_an_aside_counts_in_the_limit(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    text, limit = "Yours alone.", min(shore.adapter.limits.text, 20_000)
    for room in (len(text), len(text) + 2, len(text) + 3):
        message = beside("x" * (limit - room), text)
        assert all(
            sum(units(part.text) + 2 for part in piece.paragraphs) + units(piece.aside) - 2
            <= shore.adapter.limits.text
            for piece in pieces(message, shore.adapter.limits)
        )
        seen = letters(joined(await read(shore, robin, message)))
        assert "x" * (limit - room) in seen
        assert letters(text) in seen


@on(ROWS, Can.SPACES)
async def test_lines_and_spaces_are_kept(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    text = "One\n\n\n  two   three\n\tfour"
    for message in (say(text), quote(text)):
        assert [each.text for each in await read(shore, robin, message)] == [text]


@on(ROWS)
@pytest.mark.parametrize("letter", ["x", "<", "&", "\U0001f600", "\u05d0", "\u4e16"])
async def test_a_text_at_the_limit_is_one_message(shore: Shore, letter: str) -> None:
    robin = await shore.somebody("Robin")
    text = letter * (min(shore.adapter.limits.text, 20_000) // units(letter))
    assert len(pieces(say(text), shore.adapter.limits)) == 1
    assert letters(joined(await read(shore, robin, say(text)))) == text


@on(ROWS)
async def test_a_long_message_is_read_whole_and_in_order(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    words = " ".join(f"word{n}." for n in range(1500))
    seen = await read(
        shore, robin, Outbound(paragraphs=(Paragraph(text="So:"), Quote(text=words)))
    )
    assert letters(joined(seen)) == letters(f"So:{words}")


@on(ROWS)
async def test_messages_at_the_same_time_arrive_each_once(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    texts = [f"Number {n}, alone." for n in range(8)]
    await asyncio.gather(*(send(shore, robin.place, say(text)) for text in texts))
    assert sorted(each.text.strip() for each in robin.sees()) == texts


@on(ROWS)
async def test_each_message_has_a_receipt_of_its_own(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    receipts = [each for n in range(5) for each in await send(shore, robin.place, say(f"{n}."))]
    assert len({each.message for each in receipts}) == 5
    assert all(0 < len(each.message) <= 255 for each in receipts)


@on(ROWS, Can.SEVERAL)
async def test_nobody_reads_what_is_said_to_somebody_else(shore: Shore) -> None:
    robin, alex = await shore.somebody("Robin"), await shore.somebody("Alex")
    await send(shore, robin.place, say("For Robin."))
    assert [each.text for each in robin.sees()] == ["For Robin."]
    assert alex.sees() == []


# --- files ------------------------------------------------------------------------------------


@on(ROWS, Can.FILES)
@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("your-words.html", "text/html"),
        ("photo.jpg", "image/jpeg"),
        ("voice.ogg", "audio/ogg"),
        ("../../odd name\u202e.json", "application/json"),
    ],
)
async def test_a_file_goes_alone_and_whole(shore: Shore, name: str, mime: str) -> None:
    robin = await shore.somebody("Robin")
    file = Media(name=name, mime=mime, content=bytes(range(256)) * 40)
    message = Outbound(
        paragraphs=(Paragraph(text="Here."),), files=(file,), options=options("Yes")
    )
    receipts = await send(shore, robin.place, message)
    assert len({each.message for each in receipts}) == 2
    assert robin.files() == [file.content]


@on([row for row in ROWS if Can.FILES in row.cannot])
async def test_a_file_that_cannot_be_sent_is_refused(shore: Shore) -> None:
    robin = await shore.somebody("Robin")
    file = Media(name="a.txt", mime="text/plain", content=b"words")
    with pytest.raises(Refused):
        await send(shore, robin.place, Outbound(paragraphs=(), files=(file,)))
    assert robin.sees() == []


# --- the table itself -------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_a_platform_cannot_do_has_a_reason(row: Row) -> None:
    assert all(len(reason) > 15 for reason in row.cannot.values())


@on(ROWS)
async def test_a_platform_is_asked_for_nothing_that_it_cannot_do(
    shore: Shore, request: pytest.FixtureRequest
) -> None:
    """And the other way round: what it can do is not said to be missing."""
    row = request.node.callspec.params["shore"]
    robin = await shore.somebody("Robin")
    await shore.listens()
    robin.writes("Hello")
    await until(lambda: shore.ear.texts(robin.place))
    if Can.PRESS not in row.cannot:
        await send(shore, robin.place, say("Which?", *options("Yes")))
    acts = {
        Can.PRESS: lambda: robin.presses("Yes"),
        Can.EDIT: lambda: robin.edits("Hello again"),
        Can.GROUPS: lambda: robin.says_in_a_group("Hello all"),
        Can.ACKNOWLEDGE: shore.waiting,
        Can.REPEAT: shore.repeats,
        Can.GO: robin.goes,
    }
    missing = set()
    for can, act in acts.items():
        try:
            act()
        except CannotError:
            missing.add(can)
    assert missing == acts.keys() & row.cannot.keys()
