"""What is left of a photo: the picture, and nothing that tells on its owner."""

from __future__ import annotations

import random
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from bot.adapters import photos

SECRET = b"CANARY-555-0117"
XMP = b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>"
PROFILE = b"a colour profile" * 40
TURNED = 6


def picture(mode: str = "RGB", size: tuple[int, int] = (120, 80)) -> Image.Image:
    image = Image.effect_noise(size, 90).convert(mode)
    image.putpixel((0, 0), 0 if mode in {"L", "P"} else (255, 0, 0))
    return image


def exif(orientation: int | None) -> Image.Exif:
    """What a phone writes: where, with which camera, by whom."""
    told = Image.Exif()
    told[0x010F], told[0x013B] = SECRET.decode(), SECRET.decode()
    told[0x8825] = {1: "N", 2: (55.0, 57.0, 1.0), 3: "W", 4: (3.0, 11.0, 1.0)}
    if orientation is not None:
        told[0x0112] = orientation
    return told


def saved(image: Image.Image, kind: str, **how: Any) -> bytes:  # noqa: ANN401
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def telling(kind: str, orientation: int | None, **how: Any) -> bytes:  # noqa: ANN401
    """A picture that tells all it can."""
    match kind:
        case "JPEG":
            how = {"comment": SECRET, "xmp": XMP, "icc_profile": PROFILE, "quality": 91} | how
        case "PNG":
            told = PngInfo()
            told.add_text("Author", SECRET.decode())
            told.add_itxt("XML:com.adobe.xmp", XMP.decode())
            told.add_text("Comment", SECRET.decode(), zip=True)
            how = {"pnginfo": told} | how
        case "WEBP":
            how = {"xmp": XMP, "icc_profile": PROFILE} | how
        case "GIF":
            return saved(picture("P"), kind, comment=SECRET)
        case _:
            raise LookupError(kind)
    return saved(picture(), kind, exif=exif(orientation), **how) + SECRET


def bare(content: bytes) -> tuple[Image.Image, bytes, str]:
    """What is kept, with nothing in it that was to go."""
    kept = photos.clean(content)
    assert kept is not None
    image = opened(kept.content)
    assert SECRET not in kept.content
    assert b"Exif" not in kept.content
    assert b"EXIF" not in kept.content
    assert not dict(image.getexif())
    assert not {"comment", "xmp", "exif", "XML:com.adobe.xmp", "Author"} & image.info.keys()
    assert kept.mime == f"image/{str(image.format).lower()}"
    return image, kept.content, kept.name


FORMATS: list[tuple[str, dict[str, Any]]] = [
    ("JPEG", {}),
    ("JPEG", {"progressive": True}),
    ("JPEG", {"restart_marker_blocks": 2, "subsampling": 0}),
    ("PNG", {}),
    ("WEBP", {"lossless": True}),
    ("WEBP", {"quality": 70}),
    ("GIF", {}),
]


@pytest.mark.parametrize(("kind", "how"), FORMATS)
@pytest.mark.parametrize("orientation", [None, 1])
def test_an_upright_picture_keeps_every_point(
    kind: str, how: dict[str, Any], orientation: int | None
) -> None:
    content = telling(kind, orientation, **how)
    before = opened(content)
    after, _, name = bare(content)
    assert after.size == before.size
    assert after.convert("RGB").tobytes() == before.convert("RGB").tobytes()
    assert name == f"photo.{'jpg' if kind == 'JPEG' else kind.lower()}"


@pytest.mark.parametrize(("kind", "how"), FORMATS[:-1])
def test_a_picture_held_sideways_is_turned(kind: str, how: dict[str, Any]) -> None:
    content = telling(kind, TURNED, **how)
    before = opened(content)
    after, _, _ = bare(content)
    assert after.size == (before.height, before.width)
    expected = before.convert("RGB").transpose(Image.Transpose.ROTATE_270).tobytes()
    told = after.convert("RGB").tobytes()
    error = sum(abs(one - other) for one, other in zip(told, expected, strict=True)) / len(told)
    assert error < (0.01 if kind == "PNG" else 12)


@pytest.mark.parametrize("orientation", [None, TURNED])
@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_colours_stay_what_they_were(kind: str, orientation: int | None) -> None:
    image, _, _ = bare(telling(kind, orientation))
    assert image.info["icc_profile"] == PROFILE


def test_a_turned_jpeg_is_about_as_good_and_as_large() -> None:
    content = telling("JPEG", TURNED)
    image, after, _ = bare(content)
    before = opened(content)
    assert image.quantization == before.quantization  # type: ignore[attr-defined]
    assert len(after) < len(content) * 1.1


def test_the_picture_behind_the_picture_goes_too() -> None:
    """A phone keeps a second picture, or a film, behind the first."""
    behind = saved(picture(size=(30, 30)), "JPEG", comment=SECRET)
    image, content, name = bare(
        saved(picture(), "MPO", save_all=True, append_images=[picture()], exif=exif(None)) + behind
    )
    assert (image.format, name) == ("JPEG", "photo.jpg")
    assert content.count(b"\xff\xd8\xff") == 1


def test_a_thumbnail_goes_too() -> None:
    content = saved(picture(), "JPEG")
    assert content[2:4] == b"\xff\xe0"
    small = b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x02\x01" + SECRET[:6]
    other = b"JFXX\x00\x13" + SECRET
    with_both = (
        content[:2]
        + (b"\xff\xe0" + (len(small) + 2).to_bytes(2) + small)
        + (b"\xff\xe0" + (len(other) + 2).to_bytes(2) + other)
        + content[20:]
    )
    _, after, _ = bare(with_both)
    assert SECRET[:6] not in after


@pytest.mark.parametrize(
    "mode", ["L", "RGB", "CMYK", "RGBA", "P", "1", "I;16"], ids=lambda mode: mode.replace(";", "")
)
@pytest.mark.parametrize("orientation", [1, TURNED])
def test_every_kind_of_colour_is_kept(mode: str, orientation: int) -> None:
    kind = "JPEG" if mode in {"L", "RGB", "CMYK"} else "PNG"
    image = Image.new(mode, (16, 8))
    after, _, _ = bare(saved(image, kind, exif=exif(orientation)))
    assert after.mode == mode


def test_only_the_first_picture_of_an_animation_is_kept_where_it_is_written_anew() -> None:
    frames = [picture("P", (20, 20)) for _ in range(3)]
    content = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], comment=SECRET)
    image, _, _ = bare(content)
    assert getattr(image, "n_frames", 1) == 1


@pytest.mark.parametrize("between", [b"\xff\xff\xff", b"\xff\x00"])
def test_a_jpeg_with_bytes_between_its_segments_is_kept(between: bytes) -> None:
    content = saved(picture(), "JPEG", exif=exif(None), comment=SECRET)
    at = content.index(b"\xff\xdb")
    odd = content[:at] + between + content[at:]
    image, _, _ = bare(odd)
    assert image.size == opened(odd).size


REFUSED: list[tuple[str, bytes]] = [
    ("nothing", b""),
    ("words", b"We argued about beds again."),
    ("a page", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"),
    ("a TIFF", saved(picture(), "TIFF")),
    ("a BMP", saved(picture(), "BMP")),
    ("half a JPEG", telling("JPEG", None)[:3000]),
    ("half a PNG", telling("PNG", None)[:3000]),
]


@pytest.mark.parametrize("content", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_is_no_picture_is_not_kept(content: bytes) -> None:
    assert photos.clean(content) is None


@pytest.mark.parametrize("size", [(7072, 7072), (30_000, 30_000)])
def test_a_picture_that_would_unpack_to_gigabytes_is_not_unpacked(
    size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The header alone says how large it would be."""
    content = bytearray(saved(Image.new("1", (8, 8)), "PNG"))
    content[16:24] = size[0].to_bytes(4) + size[1].to_bytes(4)
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    loaded: list[object] = []
    monkeypatch.setattr(Image.Image, "load", loaded.append)
    assert photos.clean(bytes(content)) is None
    assert not loaded


@given(st.sampled_from(FORMATS), st.integers(0, 2**32))
@settings(max_examples=200, deadline=None)
def test_a_broken_picture_is_kept_bare_or_not_at_all(
    form: tuple[str, dict[str, Any]], seed: int
) -> None:
    chance = random.Random(seed)
    content = bytearray(telling(form[0], chance.choice([None, TURNED]), **form[1]))
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content) // (chance.choice([1, 20])))] = chance.randrange(256)
    kept = photos.clean(bytes(content))
    assert kept is None or opened(kept.content).size
