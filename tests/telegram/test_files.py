"""How a photo or voice note is fetched, and what is said of one that cannot be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from io import BytesIO

import pytest
from PIL import Image

from bot.adapters.port import Unreachable
from bot.adapters.telegram import files
from bot.adapters.telegram.attached import FileRef
from bot.adapters.telegram.files import Files
from bot.adapters.telegram.transport import transport
from bot.records import Media, Unkept
from tests.fakes.telegram import faults
from tests.fakes.telegram.faults import Fault
from tests.fakes.telegram.server import Telegram

OGG = b"OggS\x00\x02 somebody's voice"


def jpeg() -> bytes:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


class Hands:
    """Files of the fake's, with a clock that sleeping moves."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.now = 0.0
        self.slept: list[float] = []
        self.transport = transport(telegram.token, telegram.root)
        self.files = Files(self.transport, self._sleep, lambda: self.now)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def keep(self, content: bytes, mime: str = "image/jpeg", kind: str = "photo") -> FileRef:
        kept = self.telegram.keep(kind, content, mime, "Robin Smith.jpg")
        return FileRef(id=kept.id, mime=mime, size=len(content))

    async def fetch(self, ref: FileRef) -> Media | Unkept:
        return await self.files.fetch(ref)


@pytest.fixture
async def hands(telegram: Telegram) -> AsyncIterator[Hands]:
    made = Hands(telegram)
    yield made
    await made.transport.close_connections()


async def test_a_photo_comes_bare_and_without_its_owners_name(hands: Hands) -> None:
    content = jpeg()
    got = await hands.fetch(hands.keep(content))
    assert isinstance(got, Media)
    assert (got.name, got.mime) == ("photo.jpg", "image/jpeg")
    assert b"camera" in content
    assert b"camera" not in got.content


async def test_a_picture_is_what_it_is_whatever_it_says(hands: Hands) -> None:
    got = await hands.fetch(hands.keep(jpeg(), "image/png", "document"))
    assert isinstance(got, Media)
    assert (got.name, got.mime) == ("photo.jpg", "image/jpeg")


async def test_a_voice_note_is_kept_as_it_comes(hands: Hands) -> None:
    got = await hands.fetch(hands.keep(OGG, "audio/ogg", "voice"))
    assert got == Media(name="voice.ogg", mime="audio/ogg", content=OGG)


@pytest.mark.parametrize(
    ("content", "mime"),
    [(b"words", "image/jpeg"), (b"ID3 Robin", "audio/ogg"), (b"", "image/png")],
)
async def test_what_is_not_what_it_says_is_not_kept(
    hands: Hands, content: bytes, mime: str
) -> None:
    assert await hands.fetch(hands.keep(content, mime)) is Unkept.KIND


async def test_a_file_too_large_for_telegram_is_said_to_be(hands: Hands) -> None:
    assert await hands.fetch(hands.keep(b"x" * (20 * 2**20 + 1))) is Unkept.SIZE
    assert not hands.slept


async def test_a_file_too_large_for_us_is_not_read(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "LARGEST", 100)
    assert await hands.fetch(hands.keep(b"x" * 101)) is Unkept.SIZE
    assert [method for method, _ in hands.telegram.requests] == ["getfile"]


LOST: list[tuple[str, Fault, str]] = [
    ("unknown", faults.refuse(400, "Bad Request: wrong file_id"), "getFile"),
    ("expired", faults.refuse(404, "Not Found"), "file"),
    ("a proxy's no", Fault(text="<h1>No</h1>", code=403), "file"),
    ("no path", Fault(text='{"ok": true, "result": {}}'), "getFile"),
    ("not an object", Fault(text='{"ok": true, "result": [1]}'), "getFile"),
    (
        "a path of another machine",
        Fault(text='{"ok": true, "result": {"file_path": "/etc/passwd"}}'),
        "getFile",
    ),
    (
        "another host",
        Fault(text='{"ok": true, "result": {"file_path": "http://127.0.0.1:1/x"}}'),
        "getFile",
    ),
]


@pytest.mark.parametrize(
    ("fault", "method"), [row[1:] for row in LOST], ids=[row[0] for row in LOST]
)
async def test_a_file_that_is_not_given_is_lost(hands: Hands, fault: Fault, method: str) -> None:
    hands.telegram.faults.add(fault, method, times=None)
    assert await hands.fetch(hands.keep(jpeg())) is Unkept.LOST
    assert not hands.slept


PASSING: list[tuple[str, Fault, str]] = [
    ("flood", faults.flood(2), "getFile"),
    ("502", faults.gateway(502), "getFile"),
    ("502 of the file", faults.gateway(502), "file"),
    ("cut", faults.reset(), "getFile"),
    ("the file cut", faults.reset(), "file"),
    ("garbage", faults.garbage(), "getFile"),
]


@pytest.mark.parametrize(
    ("fault", "method"), [row[1:] for row in PASSING], ids=[row[0] for row in PASSING]
)
async def test_what_passes_is_waited_out(hands: Hands, fault: Fault, method: str) -> None:
    hands.telegram.faults.add(fault, method, times=2)
    assert isinstance(await hands.fetch(hands.keep(jpeg())), Media)
    assert hands.slept == ([2, 2] if fault.refusal else [0.5, 2])


@pytest.mark.parametrize("fault", [faults.gateway(502), faults.unauthorised(), faults.flood(3600)])
async def test_what_does_not_pass_is_for_later(hands: Hands, fault: Fault) -> None:
    order = hands.telegram.faults.add(fault, times=None)
    with pytest.raises(Unreachable) as told:
        await hands.fetch(hands.keep(jpeg()))
    assert told.value.reason.startswith("file: ")
    assert order.struck <= 3
    assert hands.now < 10


async def test_a_file_that_cannot_be_had_for_ten_minutes_is_given_up(hands: Hands) -> None:
    """Behind it others wait."""
    ref, other = hands.keep(jpeg()), hands.keep(jpeg())
    order = hands.telegram.faults.add(
        faults.gateway(502), "getFile", times=None, when=lambda told: told["file_id"] == ref.id
    )
    for _ in range(9):
        with pytest.raises(Unreachable):
            await hands.fetch(ref)
        hands.now += 60
    hands.now += 60
    assert await hands.fetch(ref) is Unkept.LOST
    assert isinstance(await hands.fetch(other), Media)
    order.times = 0
    assert isinstance(await hands.fetch(ref), Media)
