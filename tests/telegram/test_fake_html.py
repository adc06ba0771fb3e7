"""Telegram's HTML in the fake; the verdicts are those of TDLib, which the real one is built on."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.telegram.faults import Refusal
from tests.fakes.telegram.markup import Reading, found, parsed, part, units
from tests.telegram.tdlib import execute

#: What is refused, and why.
BROKEN = [
    ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
    ("é<br>", 'Unsupported start tag "br" at byte offset 2'),
    ("<p>x</p>", 'Unsupported start tag "p" at byte offset 0'),
    ("<div>x</div>", 'Unsupported start tag "div" at byte offset 0'),
    ("<b/>", 'Unsupported start tag "b/" at byte offset 0'),
    ("<!-- x -->", 'Unsupported start tag "!--" at byte offset 0'),
    ("x <b", "Unclosed start tag at byte offset 2"),
    ("<b x", 'Unclosed start tag "b" at byte offset 0'),
    ("<b x=y", "Unclosed start tag at byte offset 0"),
    ("<b ", 'Empty attribute name in the tag "b" at byte offset 0'),
    ("<b =x>", 'Empty attribute name in the tag "b" at byte offset 0'),
    ('<b "x">', 'Empty attribute name in the tag "b" at byte offset 0'),
    ("<a href=x/y>z</a>", "Unexpected end of name token at byte offset 8"),
    ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ('<tg-emoji emoji-id="x">y</tg-emoji>', "Invalid custom emoji identifier specified"),
    ("x</b>", "Unexpected end tag at byte offset 1"),
    ("<b>x</b", "Unclosed end tag at byte offset 4"),
    ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
    ("<b><i>x</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
    ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
    (
        "&#xD83D;",
        (
            "Text contains invalid Unicode characters after decoding HTML entities, "
            "check for unmatched surrogate code units"
        ),
    ),
]

#: What is taken: its plain text, and each entity with the text which it covers.
GOOD: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("fish & chips &; &nbsp &copy;", "fish & chips &; &nbsp &copy;", []),
    ("&lt;&gt;&amp;&quot;&#39;&#x41;&lt", "<>&\"'A<", []),
    ("<b>a</b> <strong>b</strong>", "a b", [("bold", "a"), ("bold", "b")]),
    ("<i>a</i> <em>b</em>", "a b", [("italic", "a"), ("italic", "b")]),
    ("<u>a</u> <ins>b</ins>", "a b", [("underline", "a"), ("underline", "b")]),
    (
        "<s>a</s> <strike>b</strike> <del>c</del>",
        "a b c",
        [("strikethrough", "a"), ("strikethrough", "b"), ("strikethrough", "c")],
    ),
    ("<code>a</code> <pre>b</pre>", "a b", [("code", "a"), ("pre", "b")]),
    ('<pre><code class="language-py">x</code></pre>', "x", [("pre", "x")]),
    ('<a href="https://example.org/?a&amp;b">x</a>', "x", [("text_link", "x")]),
    ("<a>example</a>", "example", []),
    ("<blockquote>a</blockquote>", "a", [("blockquote", "a")]),
    ("<blockquote expandable>a</blockquote>", "a", [("expandable_blockquote", "a")]),
    ("<tg-spoiler>a</tg-spoiler>", "a", [("spoiler", "a")]),
    ('<span class="tg-spoiler">a</span>', "a", [("spoiler", "a")]),
    ('<tg-emoji emoji-id="5">🙂</tg-emoji>', "🙂", [("custom_emoji", "🙂")]),
    ("🙂<b>🙂 <i>é</i></b>", "🙂🙂 é", [("bold", "🙂 é"), ("italic", "é")]),
    ("<B>a</b><i>b</>", "ab", [("bold", "a"), ("italic", "b")]),
    ("<b></b>x", "x", []),
    (" <b> x </b> ", "x", [("bold", "x")]),
]


@pytest.mark.parametrize(("html", "why"), BROKEN)
def test_broken_markup_is_refused_and_placed(html: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        parsed(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {why}"


@pytest.mark.parametrize(("html", "plain", "entities"), GOOD)
def test_good_markup_becomes_text_and_entities(
    html: str, plain: str, entities: list[tuple[str, str]]
) -> None:
    text, told = parsed(html)
    assert text == plain
    covered = [
        (one["type"], part(text, one["offset"], one["offset"] + one["length"])) for one in told
    ]
    assert covered == entities


#: Bits of markup, whole and broken.
bits = st.sampled_from(
    [
        *("<", ">", "/", "&", ";", "=", '"', "'", " ", "\n", "x", "é", "🙂"),
        *("&lt;", "&amp", "&nbsp;", "&#39;", "&#x27;", "&#0;", "&#xDFDF;"),
        *("<b>", "</b>", "<B>", "<b ", "<i>", "</i>", "</>", "<br>", "<br/>", "<p>"),
        *("<a ", "href", "=x", "<a>", "</a>", '<a href="x.org">', "<span>", "</span>"),
        *('<span class="tg-spoiler">', "<tg-spoiler>", "</tg-spoiler>", "<pre>", "</pre>"),
        *('<code class="language-py">', "<code>", "</code>", "<!-- x -->"),
        *("<blockquote expandable>", "<blockquote>", "</blockquote>"),
        *('<tg-emoji emoji-id="5">', "</tg-emoji>"),
    ]
)


Verdict = str | tuple[str, list[tuple[int, int]]]


def ours(html: str) -> Verdict:
    """What the fake says: a refusal, or the text and where its entities stand."""
    try:
        text, entities = Reading(html).read()
    except Refusal as refusal:
        return refusal.description.removeprefix("Bad Request: c")
    return text, sorted((one["offset"], one["length"]) for one in entities)


def theirs(html: str) -> Verdict:
    """The same of TDLib."""
    mode = {"@type": "textParseModeHTML"}
    told = execute({"@type": "parseTextEntities", "text": html, "parse_mode": mode})
    if told["@type"] == "error":
        return str(told["message"]).removeprefix("C")
    return told["text"], sorted((one["offset"], one["length"]) for one in told["entities"])


@settings(max_examples=1000, deadline=None)
@given(st.lists(bits, max_size=8).map("".join))
def test_tdlib_says_the_same(html: str) -> None:
    assert ours(html) == theirs(html)


def test_an_entity_says_more_where_there_is_more() -> None:
    (link,) = parsed('<a href="https://example.org/?a&amp;b">x</a>')[1]
    (block,) = parsed('<pre><code class="language-py">x</code></pre>')[1]
    assert link["url"] == "https://example.org/?a&b"
    assert block["language"] == "py"


@given(st.text())
def test_whatever_is_escaped_comes_back(text: str) -> None:
    assert parsed(escape(text))[0] == text.strip()


def test_length_is_counted_in_units_of_utf_16() -> None:
    assert [units(text) for text in ("a", "é", "🙂", "👩\u200d👧")] == [1, 1, 2, 5]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("/start", ["bot_command"]),
        ("/start@skerry_bot x", ["bot_command"]),
        ("a/b and/or", []),
        ("@somebody", ["mention"]),
        ("me@example.org", []),
        ("see https://example.org/x /stop", ["url", "bot_command"]),
    ],
)
def test_telegram_finds_some_entities_itself(text: str, kinds: list[str]) -> None:
    assert [one["type"] for one in found(text)] == kinds
