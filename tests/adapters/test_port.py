"""What every platform promises delivery: one table of claims, which each adapter passes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest

from bot.adapters.port import Adapter, Undeliverable
from bot.adapters.telegram.adapter import Telegram
from bot.adapters.telegram.transport import transport
from bot.adapters.terminal import HERE, Terminal
from bot.delivery.pieces import pieces, units
from bot.records import Media, Option, Outbound, Paragraph, Quote, Shown
from tests.fakes.adapter import FakeAdapter
from tests.fakes.telegram.server import Telegram as FakeTelegram

NASTY = "</blockquote><b>&amp; \x00 <!channel> @here /start \u202e\u05e9 \ud800 *x* `y` %s {{z}}"
OPTIONS = tuple(Option(label=f"Choice {n}", token=f"{'a' * 32}:1:{n}") for n in range(60))
DONE = Option(label="Done", token=f"{'a' * 32}:1:done")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """An adapter, and a place where somebody reads."""

    adapter: Adapter
    place: str
    #: What they have read, message by message.
    read: Callable[[], list[str]]
    #: The files they were sent.
    files: Callable[[], list[bytes]]
    #: The platform goes away; none where it cannot.
    goes_away: Callable[[], Awaitable[None]] | None = None


@asynccontextmanager
async def terminal(folder: Path) -> AsyncIterator[Stage]:
    out = StringIO()
    yield Stage(
        adapter=Terminal(out, folder),
        place=HERE,
        read=lambda: [each for each in out.getvalue().split("\n\n") if each.strip()],
        files=lambda: [file.read_bytes() for file in sorted(folder.glob("*"))],
    )


@asynccontextmanager
async def telegram(_folder: Path) -> AsyncIterator[Stage]:
    async with FakeTelegram().running() as fake:
        robin = fake.person()
        robin.starts()
        adapter = Telegram(transport(fake.token, fake.root))
        yield Stage(
            adapter=adapter,
            place=str(robin.id),
            read=lambda: [message.text for message in robin.chat.from_bot if not message.file],
            files=lambda: [each.file.content for each in robin.chat.from_bot if each.file],
            goes_away=fake.goes_away,
        )
        await adapter.close()


@asynccontextmanager
async def memory(_folder: Path) -> AsyncIterator[Stage]:
    fake = FakeAdapter()
    yield Stage(
        adapter=fake,
        place="1001",
        read=lambda: [text for text in fake.texts if text],
        files=lambda: [file.content for _, said in fake.taken for file in said.files],
    )


STAGES: list[Callable[[Path], AbstractAsyncContextManager[Stage]]] = [terminal, telegram, memory]


@pytest.fixture(params=STAGES, ids=lambda stage: stage.__name__)
async def stage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """Each adapter in turn."""
    async with request.param(tmp_path) as made:
        yield made


def say(text: str, *options: Option) -> Outbound:
    return Outbound(paragraphs=(Paragraph(text=text),), options=options)


async def test_each_message_has_a_receipt_of_its_own(stage: Stage) -> None:
    receipts = [await stage.adapter.send(stage.place, say(f"Number {n}.")) for n in range(5)]
    names = [receipt.message for receipt in receipts]
    assert len(set(names)) == 5
    assert all(0 < len(name) <= 255 for name in names)


async def test_messages_at_the_same_time_arrive_each_once(stage: Stage) -> None:
    texts = [f"Number {n}." for n in range(8)]
    await asyncio.gather(*(stage.adapter.send(stage.place, say(text)) for text in texts))
    read = "\n".join(stage.read())
    assert all(read.count(text) == 1 for text in texts)


async def test_nasty_words_are_read_as_they_were_written(stage: Stage) -> None:
    message = Outbound(paragraphs=(Quote(text=NASTY), Paragraph(text=NASTY)))
    await stage.adapter.send(stage.place, message)
    read = " ".join(" ".join(stage.read()).split())
    for part in ("</blockquote><b>&amp;", "<!channel> @here /start", "*x* `y` %s {{z}}"):
        assert read.count(part) == 2, part


@pytest.mark.parametrize("letter", ["x", "<", "&", "\U0001f600", "\u05d0"])
async def test_a_text_at_the_limit_goes_through(stage: Stage, letter: str) -> None:
    most = min(stage.adapter.limits.text, 20_000)
    text = letter * (most // units(letter))
    await stage.adapter.send(stage.place, say(text))
    assert "".join(stage.read()[-1].split()).count(letter) == len(text)


@pytest.mark.parametrize("several", [True, False])
async def test_as_many_options_as_the_limits_allow_go_through(
    stage: Stage, *, several: bool
) -> None:
    limits = stage.adapter.limits
    options = tuple(
        Option(label="y" * limits.label, token=each.token, chosen=number == 1)
        for number, each in enumerate(OPTIONS[: limits.options])
    )
    message = Outbound(
        paragraphs=(Paragraph(text="Which?"),), options=options, done=DONE if several else None
    )
    await stage.adapter.send(stage.place, message)
    assert any("Which?" in text for text in stage.read())


async def test_every_piece_of_a_message_too_large_goes_through(stage: Stage) -> None:
    message = Outbound(
        paragraphs=tuple(Quote(text=f"{n} {NASTY} " * 40) for n in range(8)),
        options=OPTIONS,
        files=(Media(name="a.txt", mime="text/plain", content=b"words"),),
        done=DONE,
    )
    for piece in pieces(message, stage.adapter.limits):
        await stage.adapter.send(stage.place, piece)
    assert "60. Choice 59" in " ".join(stage.read())
    assert stage.files() == [b"words"]


async def test_options_may_stand_alone(stage: Stage) -> None:
    message = Outbound(paragraphs=(), options=OPTIONS[:2], done=DONE)
    assert (await stage.adapter.send(stage.place, message)).message


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("your-words.html", "text/html"),
        ("photo.jpg", "image/jpeg"),
        ("voice.ogg", "audio/ogg"),
        ("../../odd name\u202e.json", "application/json"),
    ],
)
async def test_a_file_goes_alone_and_whole(stage: Stage, name: str, mime: str) -> None:
    content = bytes(range(256)) * 40
    file = Media(name=name, mime=mime, content=content)
    await stage.adapter.send(stage.place, Outbound(paragraphs=(), files=(file,)))
    assert stage.files() == [content]


async def test_signs_and_changed_buttons_never_raise(stage: Stage) -> None:
    adapter = stage.adapter
    receipt = await adapter.send(stage.place, say("Which?", *OPTIONS[:2]))
    for place in (stage.place, "999"):
        await adapter.sign_of_life(place)
        assert await adapter.belongs(place, stage.place) in {True, False, None}
        for message in (receipt.message, "999", "no message"):
            shown = (
                Shown(message=message),
                Shown(message=message, chosen=NASTY),
                Shown(message=message, chosen="x" * 5000, options=OPTIONS[:3], done=DONE),
            )
            for each in shown:
                await adapter.show(place, each)


async def test_while_the_platform_is_away_only_sends_raise(stage: Stage) -> None:
    if stage.goes_away is None:
        return
    await stage.goes_away()
    await stage.adapter.sign_of_life(stage.place)
    await stage.adapter.show(stage.place, Shown(message="1", chosen="Yes"))
    with pytest.raises(Undeliverable) as told:
        await stage.adapter.send(stage.place, say("Hello."))
    assert 0 < len(told.value.reason) <= 80


async def test_nothing_is_sent_after_the_end(stage: Stage) -> None:
    await stage.adapter.close()
    await stage.adapter.close()
    if isinstance(stage.adapter, Telegram):
        with pytest.raises(Undeliverable):
            await stage.adapter.send(stage.place, say("Hello."))
        await stage.adapter.sign_of_life(stage.place)
        await stage.adapter.show(stage.place, Shown(message="1"))
        assert await stage.adapter.belongs("-1", stage.place) is None
    assert stage.read() == []
