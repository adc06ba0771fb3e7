"""What we say, as Telegram reads it: judged by TDLib, and by aiogram's types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit
from zoneinfo import ZoneInfo

import pytest
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import InputFile

from bot.adapters.telegram import places, writing
from bot.delivery.pieces import pieces
from bot.delivery.pieces import units as counted
from bot.flows.loader import load
from bot.prompts.dates import Clock
from bot.prompts.render import Person, Said, render
from bot.records import Media, Option, Outbound, Paragraph, Quote
from tests.telegram import tdlib

Params = dict[str, Any]

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
NASTY = [
    "<b>bold</b> & <i>x</i> &lt; &#60; &amp;amp; <!channel> <script>alert(1)</script>",
    "</blockquote><blockquote expandable>",
    "@somebody /start https://example.org?a=1&b=<2> robin@example.org",
    "NUL \x00 bell \x07 vertical \x0b escape \x1b",
    "half \ud83d and \udc00 half",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "\U0001f469\u200d\U0001f467 \U0001f3f4\U000e0067\U000e007f \U0001f1ec\U0001f1e7",
    "Z\u0351\u036b\u0343a\u0364l\u0367 \ufeff \u2028 \ufffe \U0010ffff",
    "windows\r\nlines\rold",
    "{{ 7*7 }} %s ${x} `code` *star* _under_ ~~~ ||| \\",
    "&" * 2000,
    "<" * 4096,
]
WORDS = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from("<>&;\"'/#@ \n\r\t\x00\ud800\udfff\U0001f600\u200d\u202e\u05d0b"),
    ),
    max_size=60,
) | st.sampled_from(NASTY)


def say(*parts: Paragraph | Quote, **more: Any) -> Params:  # noqa: ANN401
    method, params = writing.written("1001", Outbound(paragraphs=parts, **more))
    assert method == "sendMessage"
    assert params["parse_mode"] == "HTML"
    return params


def plain(*parts: Paragraph | Quote) -> str:
    return "\n\n".join(writing.cleaned(part.text) for part in parts)


def rows(*labels: str, done: str = "", chosen: tuple[str, ...] = ()) -> list[list[str]]:
    """The buttons' labels, row by row."""
    options = tuple(Option(label=each, token="t", chosen=each in chosen) for each in labels)
    last = Option(label=done, token="t:done") if done else None
    told = writing.keyboard(options, last)
    InlineKeyboardMarkup.model_validate(told)
    return [[button["text"] for button in row] for row in told["inline_keyboard"]]  # type: ignore[attr-defined]


def judge(*parts: Paragraph | Quote) -> None:
    """TDLib reads what was meant: every word, and a quote around each quote."""
    told, entities = tdlib.read(str(say(*parts)["text"]))
    assert told == (plain(*parts) if plain(*parts).strip() else "\u2026")
    quotes = [writing.cleaned(part.text) for part in parts if isinstance(part, Quote)]
    assert [words.rstrip() for kind, words in entities if kind == "BlockQuote"] == [
        quote.rstrip() for quote in quotes if quote.strip()
    ]
    assert all(kind == "BlockQuote" for kind, _ in entities)


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_are_said_as_they_are(text: str) -> None:
    judge(Paragraph(text=text), Quote(text=text), Paragraph(text="After."))


@given(st.lists(st.builds(Paragraph, text=WORDS) | st.builds(Quote, text=WORDS), max_size=4))
@settings(max_examples=600, deadline=None)
def test_any_words_are_said_as_they_are(parts: list[Paragraph | Quote]) -> None:
    for piece in pieces(Outbound(paragraphs=tuple(parts)), writing.LIMITS):
        judge(*piece.paragraphs)


@given(WORDS)
@settings(max_examples=300, deadline=None)
def test_what_cannot_be_sent_is_replaced_and_nothing_gets_longer(text: str) -> None:
    shown = writing.cleaned(text)
    assert writing.units(shown) <= writing.units(text)
    assert not set(shown) & {"\x00", "\x1b", "\r"}
    shown.encode()  # Raises where half a character is left.
    assert writing.cleaned(shown) == shown


@given(st.text(max_size=40))
def test_units_are_counted_as_delivery_counts_them(text: str) -> None:
    assert writing.units(text) == counted(text) == len(text.encode("utf-16-le")) // 2


@given(
    st.lists(
        st.builds(Quote, text=st.sampled_from(NASTY) | WORDS.map(lambda text: text * 99)),
        max_size=3,
    )
)
@settings(max_examples=80, deadline=None)
def test_every_piece_of_a_long_message_is_within_the_limit(quotes: list[Quote]) -> None:
    message = Outbound(paragraphs=(Paragraph(text="You said:"), *quotes))
    for piece in pieces(message, writing.LIMITS):
        told, _ = tdlib.read(str(say(*piece.paragraphs)["text"]))
        assert len(told.encode("utf-16-le")) // 2 <= 4096


def prompts() -> Iterator[tuple[Paragraph | Quote, ...]]:
    """Every block of every practice, with somebody's nasty words in it."""
    clock = Clock(NOW, ZoneInfo("Europe/London"), "en")
    said = Said(text="<b>&\u05d0\n</blockquote>", at=NOW, clock=clock)
    person = Person(day="Monday", hour="9:00", zone="London")
    for practice in load().practices.values():
        for words in practice.words.values():
            for block in words.blocks:
                names = words.spoken_of.get(block, {})
                yield render(
                    words, block, {name: person if name == "person" else said for name in names}
                )


def test_every_prompt_of_every_practice_is_said_as_it_is_written() -> None:
    told = list(prompts())
    assert len(told) > 100
    for paragraphs in told:
        judge(*paragraphs)


def test_a_message_of_nothing_says_next_to_nothing() -> None:
    judge()
    judge(Paragraph(text=""), Quote(text=" \n"))


@pytest.mark.parametrize("letter", ["&", "<", "\U0001f600", "\u20ac"])
def test_a_quote_as_long_as_can_be_is_read_with_its_markup(letter: str) -> None:
    """Telegram also limits the bytes that it reads before the markup is taken out."""
    judge(Quote(text=letter * (writing.LIMITS.text // counted(letter))))


def test_addresses_show_no_preview() -> None:
    params = say(Paragraph(text="https://example.org"))
    assert LinkPreviewOptions.model_validate(params["link_preview_options"]).is_disabled


def test_a_message_of_buttons_alone_says_next_to_nothing() -> None:
    assert say(options=(Option(label="Yes", token="t"),))["text"] == "\u2026"


# --- buttons --------------------------------------------------------------------------------


def test_a_free_question_has_no_button() -> None:
    params = say(Paragraph(text="How was it?"), done=Option(label="Done", token="t:done"))
    assert "reply_markup" not in params


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        (["1", "2", "3", "4", "5"], [["1", "2", "3", "4", "5"]]),
        (
            ["1 \u2013 none", "2", "3", "4", "5 \u2013 lots"],
            [["1 \u2013 none"], ["2", "3", "4"], ["5 \u2013 lots"]],
        ),
        ([str(n) for n in range(10)], [[str(n) for n in range(8)], ["8", "9"]]),
        (["Yes", "No", "Later"], [["Yes", "No", "Later"]]),
        (["Yes, fully", "In part", "Not yet"], [["Yes, fully", "In part"], ["Not yet"]]),
        (["A weekly check-in", "Listening"], [["A weekly check-in"], ["Listening"]]),
        (["x" * 60, "y" * 60], [["x" * 60], ["y" * 60]]),
        (["", " "], [["\u2026", "\u2026"]]),
    ],
)
def test_short_labels_share_a_row(labels: list[str], shown: list[list[str]]) -> None:
    assert rows(*labels) == shown


def test_what_was_chosen_is_marked_and_done_stands_below() -> None:
    assert rows("Monday", "Tuesday", done="That is all", chosen=("Tuesday",)) == [
        ["Monday", "\u2713 Tuesday"],
        ["That is all"],
    ]


@given(st.lists(st.text(max_size=60), min_size=1, max_size=12), st.sets(st.integers(0, 11)))
@settings(max_examples=300, deadline=None)
def test_any_buttons_are_within_telegrams_limits(labels: list[str], chosen: set[int]) -> None:
    options = tuple(
        Option(label=label, token=f"{'a' * 32}:1:{n}", chosen=n in chosen)
        for n, label in enumerate(labels)
    )
    told: Any = writing.keyboard(options, Option(label="Done", token="t:done"))["inline_keyboard"]
    assert max(map(len, told)) <= 8
    assert [button["callback_data"] for row in told[:-1] for button in row] == [
        option.token for option in options
    ]
    assert all(button["text"].strip() for row in told for button in row)
    assert len(json.dumps(told, ensure_ascii=False).encode()) < 10_000


@pytest.mark.parametrize("username", ["skerry_bot", "a?b/c&d"])
def test_a_button_that_opens_a_chat_is_an_address_of_ours(username: str) -> None:
    options = (
        Option(label="<Answer>", token="Circle_7-B", opens=True),
        Option(label="How it works", token="c:1:0"),
    )
    told = writing.written("-1", Outbound(paragraphs=(), options=options), username)[1]
    markup = InlineKeyboardMarkup.model_validate(told["reply_markup"])
    ((answer, how),) = markup.inline_keyboard
    assert (answer.text, answer.callback_data) == ("<Answer>", None)
    assert answer.url == f"https://t.me/{quote(username, safe='')}?start=Circle_7-B"
    assert (how.callback_data, how.url) == ("c:1:0", None)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=64))
def test_no_code_is_more_of_an_address_than_a_code(code: str) -> None:
    told: Any = writing.keyboard((Option(label="x", token=code, opens=True),), None, "skerry_bot")
    address = urlsplit(told["inline_keyboard"][0][0]["url"])
    assert (address.netloc, address.path, address.fragment) == ("t.me", "/skerry_bot", "")
    assert parse_qs(address.query) == {"start": [code]}


# --- places and threads ---------------------------------------------------------------------


def test_a_topic_is_its_chat_and_its_thread() -> None:
    file = Media(name="x.html", mime="text/html", content=b"x")
    for message in (Outbound(paragraphs=()), Outbound(paragraphs=(), files=(file,))):
        _, params = writing.written("-1002000000001:45", message)
        assert (params["chat_id"], params["message_thread_id"]) == ("-1002000000001", 45)
    activity = writing.activity("-1002000000001:45")
    assert activity == {"chat_id": "-1002000000001", "message_thread_id": 45, "action": "typing"}


@pytest.mark.parametrize("place", ["1001", "-2001", "-2001:", "-2001:x"])
def test_a_chat_has_no_thread(place: str) -> None:
    _, params = writing.written(place, Outbound(paragraphs=()))
    assert params["chat_id"] == place.partition(":")[0]
    assert "message_thread_id" not in params


def test_a_reply_is_said_also_when_what_it_replies_to_is_gone() -> None:
    params = say(Paragraph(text="All answers"), thread="17")
    told = ReplyParameters.model_validate(params["reply_parameters"])
    assert (told.message_id, told.allow_sending_without_reply) == (17, True)


@pytest.mark.parametrize("thread", ["", "x", "1.5", "\u0664"])
def test_what_is_no_message_is_replied_to_by_nothing(thread: str) -> None:
    assert "reply_parameters" not in say(thread=thread)


def test_what_is_said_anew_stays_where_it_is_and_loses_its_buttons() -> None:
    message = Outbound(paragraphs=(Paragraph(text="4 of 7 <b>"),), thread="3")
    assert writing.rewritten("-1002000000001:45", 17, message) == {
        "chat_id": "-1002000000001",
        "message_id": 17,
        "text": "4 of 7 &lt;b&gt;",
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }


@pytest.mark.parametrize("place", ["1001", "-2001", "-1002000000001:45"])
def test_a_place_is_made_of_its_chat_and_its_topic(place: str) -> None:
    assert places.named(places.chat_of(place), places.topic_of(place)) == place
    assert places.is_group(place) is place.startswith("-")
    assert places.moved(place, "-5") == "-5" + place[len(places.chat_of(place)) :]


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mime", "size", "method", "field"),
    [
        ("image/jpeg", 10, "sendPhoto", "photo"),
        ("image/png", writing.PHOTO, "sendPhoto", "photo"),
        ("image/jpeg", writing.PHOTO + 1, "sendDocument", "document"),
        ("image/webp", 10, "sendDocument", "document"),
        ("image/gif", 10, "sendDocument", "document"),
        ("audio/ogg", 10, "sendVoice", "voice"),
        ("text/html", 10, "sendDocument", "document"),
        ("application/json", 10, "sendDocument", "document"),
    ],
)
def test_a_file_goes_the_way_of_its_kind(mime: str, size: int, method: str, field: str) -> None:
    file = Media(name="your-words.html", mime=mime, content=b"x" * size)
    told, params = writing.written("1001", Outbound(paragraphs=(), files=(file,)))
    sent = params[field]
    assert (told, params["chat_id"]) == (method, "1001")
    assert isinstance(sent, InputFile)
    assert (sent.filename, sent.input_file_content) == (file.name, file.content)
    assert "caption" not in params


# --- toasts ---------------------------------------------------------------------------------


@given(st.text(max_size=450))
def test_a_toast_is_within_telegrams_limit(text: str) -> None:
    shown = writing.toast(text)
    assert writing.units(shown) <= 200
    assert shown == writing.cleaned(text) or shown.endswith("\u2026")


def test_a_long_toast_is_cut_between_letters() -> None:
    assert writing.toast("\U0001f600" * 150) == "\U0001f600" * 99 + "\u2026"


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_an_aside_is_in_italics_below_the_words_and_never_markup(words: str) -> None:
    told, entities = tdlib.read(str(say(Paragraph(text="What happened?"), aside=words)["text"]))
    quiet = writing.cleaned(words).strip()
    assert told.rstrip() == f"What happened?\n\n{quiet}".rstrip()
    assert [said for kind, said in entities if kind == "Italic"] == ([quiet] if quiet else [])


def test_an_aside_may_stand_alone_and_nothing_is_said_for_none() -> None:
    assert say(aside="Yours alone.")["text"] == "<i>Yours alone.</i>"
    assert "<i>" not in str(say(Paragraph(text="Hello."), aside=" ")["text"])
