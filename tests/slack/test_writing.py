"""What we say, as Slack reads it: judged by the fake, and by blockkit."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.slack import texts, writing
from bot.delivery.pieces import pieces
from bot.delivery.pieces import units as counted
from bot.records import Option, Outbound, Paragraph, Quote, Shown
from tests.fakes.slack.seen import labels, text_seen
from tests.slack.judging import judge, judge_quiet
from tests.telegram.test_writing import NASTY as NASTY_THERE

Json = dict[str, Any]

NASTY = [
    *NASTY_THERE,
    "<!channel> <!here> <!everyone> <@U012AB3CD> <#C012AB3CD|general> <!subteam^S012AB3CD>",
    "@channel @here @everyone @robin #general",
    "&lt;!channel&gt; &amp;lt;@U012AB3CD&amp;gt;",
    "<https://example.org|click> <mailto:a@example.org|a> <!date^1392734382^{date}|then>",
    ":wave: :slack: *bold* _it_ ~no~ `code` ```pre``` > quote",
    '"' * 2500,
    "\n" * 2400 + "end",
    "\\" * 2500,
]
TYPED = st.text(
    alphabet=st.one_of(
        st.characters(),
        st.sampled_from(
            "<>&;!@#|^\"'`*_~:\\ \n\r\t\x00\ud800\udfff\U0001f600\u200d\u202e\u05d0bU"
        ),
    ),
    max_size=60,
)
WORDS = TYPED | st.sampled_from(NASTY)
#: Pieces of what Slack could read as a mention, to be put in any order.
NEARLY = (
    *("<", ">", "&lt;", "&gt;", "&amp;", "!", "@", "#", "|", "channel", "here", "everyone", "a"),
    *("U012AB3CD", "W012AB3CD", "C012AB3CD", "subteam^S012", "date^1^{date}", " ", "\n", "\x00"),
    *("<!channel>", "<@U012AB3CD>", "*", "_", "`", ":wave:", "\ud83d", "\u202e", "https://a.b"),
)
OPTIONS = st.lists(
    st.builds(
        Option,
        label=st.text(max_size=75) | st.sampled_from(["<@U1>", "&lt;", "", " ", "\x00", "&" * 75]),
        token=st.text("abc0:", min_size=1, max_size=64),
        chosen=st.booleans(),
    ),
    max_size=20,
).map(tuple)
DONE = Option(label="That is all", token="c:1:done")
WINDOW = Option(label="Write at length", token="c:1:window")


def say(*parts: Paragraph | Quote, **more: Any) -> Json:  # noqa: ANN401
    return writing.written(Outbound(paragraphs=parts, **more))


def beside(params: Json) -> str:
    """What is read aloud in the place of the blocks."""
    return text_seen(params["text"], mrkdwn=False).text


def plain(*parts: Paragraph | Quote) -> str:
    """What somebody is to see."""
    shown = [text for part in parts if (text := texts.cleaned(part.text)).strip()]
    return "\n".join(shown) if shown else "\u2026"


def lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def options(*names: str, chosen: tuple[str, ...] = ()) -> tuple[Option, ...]:
    return tuple(
        Option(label=name, token=f"c:1:{number}", chosen=name in chosen)
        for number, name in enumerate(names)
    )


def rows(params: Json) -> list[list[str]]:
    """The buttons' labels, row by row; a menu is one row of its kind and options."""
    actions = [block for block in params["blocks"] if block["type"] == "actions"]
    return [
        [each["type"] for each in block["elements"] if "options" in each] + labels([block])
        for block in actions
    ]


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize("text", NASTY)
def test_nasty_words_are_said_as_they_are(text: str) -> None:
    for piece in pieces(
        Outbound(paragraphs=(Paragraph(text=text), Quote(text=text))), writing.LIMITS
    ):
        params = writing.written(piece)
        assert lines(judge(params)) == lines(plain(*piece.paragraphs))


@given(st.lists(st.builds(Paragraph, text=WORDS) | st.builds(Quote, text=WORDS), max_size=4))
@settings(max_examples=120, deadline=None)
def test_any_words_are_said_as_they_are(parts: list[Paragraph | Quote]) -> None:
    for piece in pieces(Outbound(paragraphs=tuple(parts)), writing.LIMITS):
        params = writing.written(piece)
        assert lines(judge(params)) == lines(plain(*piece.paragraphs))
        assert lines(beside(params)) == lines(plain(*piece.paragraphs))


def test_nobodys_words_call_anybody() -> None:
    """Ten thousand texts, as words, as a quote and as a label."""
    chance = random.Random(20_271_108)
    for _ in range(10_000):
        text = "".join(chance.choices(NEARLY, k=chance.randrange(13)))
        parts = (Quote(text=text), Paragraph(text=text))
        judge_quiet(say(*parts, options=(Option(label=text[:75], token="t"),)))


@given(WORDS)
@settings(max_examples=300, deadline=None)
def test_what_cannot_be_sent_is_replaced_and_nothing_gets_longer(text: str) -> None:
    shown = texts.cleaned(text)
    assert texts.units(shown) <= texts.units(text)
    assert not set(shown) & {"\x00", "\x1b", "\r"}
    shown.encode()  # Raises where half a character is left.
    assert texts.cleaned(shown) == shown


@given(st.text(max_size=40))
def test_units_are_counted_as_delivery_counts_them(text: str) -> None:
    assert texts.units(text) == counted(text)


def test_a_quote_stands_apart_and_paragraphs_beside_each_other_share_one_text() -> None:
    params = say(Paragraph(text="A"), Paragraph(text="B"), Quote(text="C"), Paragraph(text="D"))
    (block,) = params["blocks"]
    assert [(each["type"], each["elements"][0]["text"]) for each in block["elements"]] == [
        ("rich_text_section", "A\n\nB"),
        ("rich_text_quote", "C"),
        ("rich_text_section", "D"),
    ]
    assert params["text"] == "A\n\nB\n\nC\n\nD"
    assert (params["unfurl_links"], params["unfurl_media"]) == (False, False)


def test_a_message_of_nothing_says_next_to_nothing() -> None:
    assert judge(say()) == "\u2026"
    assert judge(say(Paragraph(text=""), Quote(text=" \n"))) == "\u2026"
    assert judge(say(options=options("Yes"))) == "\u2026"


@given(st.lists(st.builds(Quote, text=st.sampled_from(NASTY)), max_size=3), OPTIONS)
@settings(max_examples=50, deadline=None)
def test_every_piece_of_a_long_message_is_within_slacks_limits(
    quotes: list[Quote], choices: tuple[Option, ...]
) -> None:
    message = Outbound(paragraphs=tuple(quotes), options=choices)
    for piece in pieces(message, writing.LIMITS):
        judge(writing.written(piece))


def test_very_many_quotes_are_set_in_one_text_with_marks_around_each() -> None:
    parts = tuple(each for _ in range(300) for each in (Paragraph(text="a"), Quote(text="b")))
    params = say(*parts)
    assert judge(params).startswith("a\n\n\u201cb\u201d\n\na")
    assert judge(say(*parts[:100])).startswith("a\nb\na")


# --- choices --------------------------------------------------------------------------------


def test_few_and_short_options_are_buttons() -> None:
    params = say(Paragraph(text="Did it help?"), options=options("Yes", "In part", "No"))
    assert rows(params) == [["Yes", "In part", "No"]]
    assert params["text"] == "Did it help?\n\nYes\nIn part\nNo"
    assert judge(params) == "Did it help?"


@pytest.mark.parametrize(
    "names", [[str(number) for number in range(6)], ["x" * 31, "y"], ["&" * 75, "<" * 75]]
)
def test_many_or_long_options_are_a_menu_which_is_called_like_the_question(
    names: list[str],
) -> None:
    params = say(Paragraph(text="Hello."), Paragraph(text="Which?"), options=options(*names))
    assert rows(params) == [["static_select", *names]]
    (menu,) = params["blocks"][-1]["elements"]
    assert menu["placeholder"]["text"] == "Which?"
    assert beside(params).endswith("\n".join(names))
    judge(params)


@pytest.mark.parametrize(
    ("parts", "called"),
    [
        ((), "\u2026"),
        ((Quote(text="Theirs"),), "\u2026"),
        ((Paragraph(text="Ours?"), Quote(text="Theirs")), "Ours?"),
        ((Paragraph(text="x" * 200),), "x" * 149 + "\u2026"),
    ],
)
def test_a_menu_is_never_called_by_somebodys_own_words(
    parts: tuple[Paragraph | Quote, ...], called: str
) -> None:
    params = say(*parts, options=options(*"abcdef"))
    assert params["blocks"][-1]["elements"][0]["placeholder"]["text"] == called
    judge(params)


def test_several_are_buttons_in_rows_with_those_chosen_marked_and_done_below() -> None:
    names = [f"Day {number}" for number in range(1, 8)]
    params = say(
        Paragraph(text="Which days?"), options=options(*names, chosen=("Day 2",)), done=DONE
    )
    assert rows(params) == [
        ["Day 1", "\u2713 Day 2", "Day 3", "Day 4", "Day 5"],
        ["Day 6", "Day 7"],
        ["That is all"],
    ]
    judge(params)


def test_several_long_options_are_listed_and_their_buttons_say_numbers() -> None:
    names = ("We listened to each other for a long while", "B")
    params = say(Paragraph(text="What?"), options=options(*names, chosen=("B",)), done=DONE)
    assert rows(params) == [["1", "\u2713 2"], ["That is all"]]
    assert judge(params).endswith(f"1. {names[0]}\n2. B")
    heard = [each["accessibility_label"] for each in params["blocks"][1]["elements"]]
    assert heard == [names[0], "\u2713 B"]


def test_a_question_in_words_has_a_window_and_no_button_to_end_it() -> None:
    params = say(Paragraph(text="How was it?"), done=DONE, window=WINDOW)
    assert rows(params) == [["Write at length"]]
    judge(params)


def test_what_opens_a_chat_of_ones_own_is_a_button_of_its_own_kind_however_long() -> None:
    many = tuple(replace(each, opens=True) for each in options(*"abcdefg", "x" * 60))
    params = say(Paragraph(text="Check in"), options=many)
    judge(params)
    buttons = [each for block in params["blocks"][1:] for each in block["elements"]]
    assert [each["action_id"] for each in buttons] == [f"open.{at}" for at in range(8)]
    assert [each["value"] for each in buttons] == [each.token for each in many]
    assert "options" not in str(params["blocks"])


def test_a_reply_names_the_message_that_it_stands_below() -> None:
    reply = say(Paragraph(text="Robin's"), thread="C0GENERAL:1772442000.000100")
    assert reply["thread_ts"] == "1772442000.000100"
    for odd in ("", "C0GENERAL", "C0GENERAL:F0FILE001", "1772442000.000100"):
        assert "thread_ts" not in say(Paragraph(text="Robin's"), thread=odd)


def test_what_is_said_anew_is_within_the_limits_and_as_it_was_said() -> None:
    message = Outbound(
        paragraphs=(Paragraph(text="4 of 7 <b>"),), options=options("Join"), thread="C1:1.1"
    )
    params = writing.rewritten(message)
    assert judge(params) == "4 of 7 <b>"
    assert (params["blocks"], "thread_ts" in params) == (writing.written(message)["blocks"], False)
    long = writing.rewritten(Outbound(paragraphs=(Paragraph(text="&" * 2_500),)))
    assert len(str(long["text"])) <= writing.UPDATED


@given(OPTIONS, st.booleans(), st.booleans())
@settings(max_examples=100, deadline=None)
def test_every_option_can_be_pressed_once_and_every_element_has_a_name(
    choices: tuple[Option, ...],
    several: bool,  # noqa: FBT001
    long: bool,  # noqa: FBT001
) -> None:
    params = say(
        Paragraph(text="Which?"),
        options=choices,
        done=DONE if several else None,
        window=WINDOW if long else None,
    )
    judge(params)
    actions = [block for block in params["blocks"] if block["type"] == "actions"]
    elements = [element for block in actions for element in block["elements"]]
    names = [element["action_id"] for element in elements]
    blocks = [block["block_id"] for block in actions]
    assert len(set(names)) == len(names)
    assert len(set(blocks)) == len(blocks)
    tokens = [each["value"] for element in elements for each in element.get("options", [element])]
    more = [DONE.token] if several and choices else []
    assert tokens == [each.token for each in choices] + more + ([WINDOW.token] if long else [])
    assert all(
        (element.get("text") or element.get("placeholder"))["text"].strip() for element in elements
    )


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("a & b", "a & b"),
        ("&lt;", "&amp;lt;"),
        ("&amp;amp;", "&amp;amp;amp;"),
        ("&lt;" * 19, "&amp;lt;" * 8),
        ("", "\u2026"),
    ],
)
def test_a_label_shows_every_sign_as_it_is(label: str, shown: str) -> None:
    """Slack reads escaped signs in a label, and only these."""
    told = texts.plain(label, 75)["text"]
    assert told.startswith(shown)
    assert texts.units(told) <= 75


# --- buttons that change --------------------------------------------------------------------


def test_what_was_chosen_is_said_below_and_the_buttons_go() -> None:
    asked = say(Quote(text="<Beds>"), Paragraph(text="Did it help?"), options=options("Yes", "No"))
    words = writing.words_of(asked)
    params = writing.shown(words, Shown(message="D1:1.1", chosen="Yes & <gladly>"))
    assert judge(params) == "<Beds>\nDid it help?\n\u2713 Yes & <gladly>"
    assert params["text"] == ("&lt;Beds&gt;\n\nDid it help?\n\n\u2713 Yes &amp; &lt;gladly&gt;")
    assert rows(params) == []
    bare = writing.shown(words, Shown(message="D1:1.1"))
    assert (judge(bare), rows(bare)) == ("<Beds>\nDid it help?", [])


@pytest.mark.parametrize("letter", ["&", "x", "\U0001f600"])
def test_a_message_as_long_as_can_be_may_still_be_changed(letter: str) -> None:
    """All of it stands in its blocks; only the words beside them may be too many."""
    text = letter * (2500 // counted(letter))
    names = options(*(f"{letter * 30}{number}" for number in range(20)))
    words = writing.words_of(say(Paragraph(text=text)))
    params: Json = writing.shown(words, Shown(message="m", options=names, done=DONE))
    assert judge(params).startswith(text)
    assert len(params["text"]) <= 4000
    assert beside(params).startswith(letter * 700)
    assert not params["text"].endswith("&")


def test_buttons_that_stay_are_shown_as_they_are_now() -> None:
    words = writing.words_of(say(Paragraph(text="Which days?")))
    now = Shown(message="m", options=options("Mon", "Tue", chosen=("Tue",)), done=DONE)
    assert rows(writing.shown(words, now)) == [["Mon", "\u2713 Tue"], ["That is all"]]
    one = replace(now, options=options(*"abcdef"), done=None)
    assert rows(writing.shown(words, one)) == [["static_select", *"abcdef"]]


def test_words_that_slack_gives_back_are_the_words_that_were_said() -> None:
    """It makes emoji of some of them."""
    back = [
        {
            "type": "rich_text",
            "block_id": "x1y2",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "Well "},
                        {"type": "emoji", "name": "wave", "unicode": "1f44b-1f3fc"},
                        {"type": "emoji", "name": "ours"},
                        {"type": "emoji", "name": "odd", "unicode": "ffffff"},
                    ],
                }
            ],
        }
    ]
    assert texts.said(back) == "Well \U0001f44b\U0001f3fc:ours::odd:"
    assert json.dumps(writing.shown(back, Shown(message="m"))["blocks"]) == json.dumps(back)


def test_a_text_is_cut_within_a_limit_and_never_through_a_letter() -> None:
    assert texts.cut("abc", 3) == "abc"
    assert texts.cut("abcd", 3) == "ab\u2026"
    assert texts.cut("\U0001f600\U0001f600", 3) == "\U0001f600\u2026"


@given(WORDS)
@settings(max_examples=60, deadline=None)
def test_an_aside_is_small_and_below_the_words_and_never_markup(words: str) -> None:
    text = words[:500]
    params = say(Paragraph(text="What happened?"), aside=text, options=options("Yes", "No"))
    quiet = ["context"] if texts.cleaned(text).strip() else []
    kinds = [block["type"] for block in params["blocks"]]
    assert kinds == ["rich_text", *quiet, "actions"]
    assert writing.words_of(params) == tuple(params["blocks"][:-1])
    seen = lines(judge(params))
    if "&#" not in text:  # As in a label, a sign written as its number is shown as that sign.
        assert seen == lines("What happened?\n" + texts.cleaned(text))
    assert texts.cleaned(text).strip() in beside(params)


def test_an_aside_stays_when_the_buttons_go() -> None:
    params = say(Paragraph(text="Well?"), aside="Yours alone.", options=options("Yes", "No"))
    words = writing.words_of(params)
    after: Json = writing.shown(words, Shown(message="C1:1", chosen="Yes"))
    assert [block["type"] for block in after["blocks"]] == ["rich_text", "context", "rich_text"]
    assert "Yours alone." in after["text"]
