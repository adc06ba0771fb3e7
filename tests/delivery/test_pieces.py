from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.port import Limits
from bot.delivery.pieces import pieces, units
from bot.records import Media, Option, Outbound, Paragraph, Quote

LIMITS = Limits(text=40, label=10, options=3)
OPTIONS = (Option(label="Yes", token="y"), Option(label="No", token="n"))

#: Letters that are easily torn: flags, families, accents, skin, Hangul, and the white between.
torn = st.sampled_from(
    [
        "a",
        "é",
        "e\u0301",
        "👩\u200d👩\u200d👧",
        "🇬🇧",
        "👍🏽",
        "\u1100\u1161",
        "각",
        ".",
        "! ",
        " ",
        "\n",
        "\n\n",
    ]
)
texts = st.one_of(st.text(max_size=200), st.lists(torn, max_size=120).map("".join))
paragraphs = st.lists(
    st.one_of(st.builds(Paragraph, text=texts), st.builds(Quote, text=texts)), max_size=4
).map(tuple)


def said(message: Outbound) -> str:
    return "\n\n".join(part.text for part in message.paragraphs)


def cut(text: str, limit: int = 40) -> list[str]:
    message = Outbound(paragraphs=(Paragraph(text=text),))
    return [said(piece) for piece in pieces(message, replace(LIMITS, text=limit))]


@given(paragraphs, st.integers(2, 60))
def test_no_piece_is_over_the_limit(parts: tuple[Paragraph | Quote, ...], limit: int) -> None:
    for piece in pieces(Outbound(paragraphs=parts), replace(LIMITS, text=limit)):
        assert units(said(piece)) <= limit


@given(paragraphs, st.integers(2, 60))
def test_pieces_rejoin_to_the_text(parts: tuple[Paragraph | Quote, ...], limit: int) -> None:
    found = pieces(Outbound(paragraphs=parts), replace(LIMITS, text=limit))
    letters = "".join(part.text for piece in found for part in piece.paragraphs)
    assert "".join(letters.split()) == "".join("".join(part.text for part in parts).split())


@given(st.text(st.characters(exclude_categories=["Z", "C"]), max_size=300), st.integers(2, 60))
def test_text_without_white_in_it_rejoins_letter_for_letter(text: str, limit: int) -> None:
    assert "".join(cut(text, limit)) == text


@given(paragraphs, st.integers(2, 60))
def test_a_message_is_cut_the_same_way_each_time(
    parts: tuple[Paragraph | Quote, ...], limit: int
) -> None:
    message = Outbound(paragraphs=parts, options=OPTIONS)
    limits = replace(LIMITS, text=limit)
    assert pieces(message, limits) == pieces(message, limits)


@given(
    st.lists(st.sampled_from(["👩\u200d👩\u200d👧", "🇬🇧", "👍🏽", "e\u0301", "한"]), max_size=60)
)
def test_no_letter_is_torn_apart_as_a_reader_sees_it(letters: list[str]) -> None:
    for piece in cut("".join(letters), 20):
        assert not piece.startswith(("\u200d", "\u0301", "🏽"))
        assert not piece.endswith("\u200d")
        assert sum("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in piece) % 2 == 0


def test_a_short_message_is_one_piece_as_it_is() -> None:
    message = Outbound(paragraphs=(Paragraph(text="Hello."), Quote(text="You.")), options=OPTIONS)
    assert pieces(message, LIMITS) == (message,)


def test_paragraphs_stay_whole_where_they_can() -> None:
    parts = tuple(Paragraph(text=letter * 18) for letter in "abc")
    found = [said(piece) for piece in pieces(Outbound(paragraphs=parts), LIMITS)]
    assert found == ["a" * 18 + "\n\n" + "b" * 18, "c" * 18]


def test_a_long_paragraph_is_cut_on_a_blank_line_before_a_line_before_a_sentence() -> None:
    assert cut("One sentence. And.\n\nTwo. Three\nand four. Five.") == [
        "One sentence. And.\n\n",
        "Two. Three\nand four. Five.",
    ]
    assert cut("One. And two, in one long\nline. And three, in another.")[0] == (
        "One. And two, in one long\n"
    )
    assert cut("One sentence is here. Two.\n\nThree and four.") == [
        "One sentence is here. Two.\n\n",
        "Three and four.",
    ]
    assert cut("One sentence is here. Another that is long.") == [
        "One sentence is here. ",
        "Another that is long.",
    ]
    assert cut("“One sentence is here.” Another that is long.")[0] == "“One sentence is here.” "
    assert cut("one sentence that has no end within any limit") == [
        "one sentence that has no end within any ",
        "limit",
    ]


def test_a_word_longer_than_everything_is_cut_all_the_same() -> None:
    assert cut("a" * 100) == ["a" * 40, "a" * 40, "a" * 20]
    assert cut("🌱" * 30) == ["🌱" * 20, "🌱" * 10]


def test_a_letter_longer_than_the_limit_is_cut_all_the_same() -> None:
    assert "".join(cut("e" + "\u0301" * 100)) == "e" + "\u0301" * 100


def test_quotes_stay_quotes_in_every_piece() -> None:
    found = pieces(Outbound(paragraphs=(Quote(text="word " * 20),)), LIMITS)
    assert len(found) > 2
    assert all(isinstance(part, Quote) for piece in found for part in piece.paragraphs)


def test_options_stand_on_the_last_piece_alone() -> None:
    message = Outbound(paragraphs=(Paragraph(text="word " * 20),), options=OPTIONS)
    *first, last = pieces(message, LIMITS)
    assert last.options == OPTIONS
    assert not any(piece.options for piece in first)


def test_the_button_of_a_window_stands_on_the_last_piece_alone() -> None:
    window = Option(label="Write at length", token="w")
    message = Outbound(paragraphs=(Paragraph(text="one " * 20),), window=window)
    *before, last = pieces(message, LIMITS)
    assert before
    assert all(piece.window is None for piece in before)
    assert last.window == window


def test_each_file_is_a_piece_and_options_come_after_them() -> None:
    files = tuple(Media(name=name, mime="text/html", content=b"x") for name in "ab")
    message = Outbound(paragraphs=(Paragraph(text="Here."),), files=files)
    assert [len(piece.files) for piece in pieces(message, LIMITS)] == [0, 1, 1]
    found = pieces(replace(message, options=OPTIONS), LIMITS)
    assert [len(piece.files) for piece in found] == [1, 1, 0]
    assert (said(found[-1]), found[-1].options) == ("Here.", OPTIONS)
    bare = pieces(Outbound(paragraphs=(), files=files, options=OPTIONS), LIMITS)
    assert [len(piece.files) for piece in bare] == [1, 1, 0]


@pytest.mark.parametrize(
    ("labels", "list_"),
    [
        (("red", "sea", "sky", "w"), "1. red\n2. sea ✓\n3. sky\n4. w"),
        (("a label too long", "b"), "1. a label too long\n2. b ✓"),
        # A label that begins with its number has it once.
        (("1 - None", "2", "3", "4 - All"), "1 - None\n2 ✓\n3\n4 - All"),
        (("2", "1", "", "4x"), "1. 2\n2. 1 ✓\n3. \n4. 4x"),
    ],
)
def test_options_that_do_not_fit_become_a_numbered_list(
    labels: tuple[str, ...], list_: str
) -> None:
    options = tuple(
        Option(label=label, token="t", chosen=place == 1) for place, label in enumerate(labels)
    )
    (piece,) = pieces(Outbound(paragraphs=(Paragraph(text="Which?"),), options=options), LIMITS)
    assert piece.options == ()
    assert said(piece) == f"Which?\n\n{list_}"


@pytest.mark.parametrize("text", ["", " \n ", "\n" * 100])
def test_a_message_that_shows_nothing_has_no_pieces(text: str) -> None:
    assert pieces(Outbound(paragraphs=(Paragraph(text=text),)), LIMITS) == ()


def test_a_long_run_of_anything_is_cut_quickly() -> None:
    for letter in (".", " ", "\n", "a", "\u0301", "🇬", "\n "):
        cut(letter * 20_000, 4096)


def test_an_aside_stands_on_the_last_piece_alone_and_has_its_room() -> None:
    message = Outbound(paragraphs=(Paragraph(text="word " * 20),), aside="Yours alone.")
    *before, last = pieces(message, LIMITS)
    assert before
    assert last.aside == "Yours alone."
    assert all(piece.aside == "" for piece in before)
    room = LIMITS.text - len("Yours alone.") - 2
    assert all(units(said(piece)) <= room for piece in (*before, last))


def test_an_aside_that_would_leave_no_room_is_said_as_all_else_is() -> None:
    message = Outbound(paragraphs=(Paragraph(text="Well?"),), aside="Yours alone. " * 3)
    found = pieces(message, LIMITS)
    assert all(piece.aside == "" for piece in found)
    assert "".join(said(piece) for piece in found).count("Yours alone.") == 3


def test_an_aside_to_nothing_is_not_said() -> None:
    assert pieces(Outbound(paragraphs=(), aside="Yours alone."), LIMITS) == ()
