"""What somebody typed, from Slack's way to write it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.slack.plain import plain, typed
from tests.fakes.slack.typed import wire_blocks, wire_text

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("wire", "shown"),
    [
        ("Q&amp;A", "Q&A"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("&amp;lt;", "&lt;"),
        ("&quot; &#39; &nbsp;", "&quot; &#39; &nbsp;"),
        ("*bold* _it_ ~no~ `code`\n&gt; quote", "*bold* _it_ ~no~ `code`\n> quote"),
        ("<@U012AB3CD>", "@U012AB3CD"),
        ("<@U012AB3CD|robin>", "@robin"),
        ("<@W012AB3CD|R &amp; B>", "@R & B"),
        ("<#C012AB3CD|general>", "#general"),
        ("<#C012AB3CD|>", "#C012AB3CD"),
        ("<#C012AB3CD>", "#C012AB3CD"),
        ("<!here>", "@here"),
        ("<!channel|@channel>", "@channel"),
        ("<!everyone|everyone>", "@everyone"),
        ("<!subteam^S012AB3CD>", "@S012AB3CD"),
        ("<!subteam^S012AB3CD|@night-team>", "@night-team"),
        ("<!date^1392734382^{date_num}|18 February>", "18 February"),
        ("<https://example.org/a?b=1&amp;c=2>", "https://example.org/a?b=1&c=2"),
        ("<http://example.org|example.org>", "example.org"),
        ("<https://example.org/|https://example.org>", "https://example.org"),
        ("<https://example.org|our &amp; page>", "our & page (https://example.org)"),
        ("<https://example.org|>", "https://example.org"),
        ("<mailto:robin@example.org|robin@example.org>", "robin@example.org"),
        ("<tel:+441382000000|+441382000000>", "+441382000000"),
        ("<>", "<>"),
        ("< a", "< a"),
        ("a > b < c", "a > b < c"),
        ("<a\nb>", "<a\nb>"),
        ("", ""),
    ],
)
def test_what_was_typed_is_read_as_its_writer_sees_it(wire: str, shown: str) -> None:
    assert typed(wire) == shown


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
@settings(max_examples=500)
def test_whatever_is_typed_comes_as_it_was_typed(words: str) -> None:
    """As Slack's client makes text of it, with links and emoji."""
    message = {"text": wire_text(words), "blocks": wire_blocks(words, "b1")}
    assert plain(message) == words


def emoji(name: str, points: str = "", **more: int) -> Json:
    told: Json = {"type": "emoji", "name": name, **more}
    return told | ({"unicode": points} if points else {})


def test_emoji_are_the_signs_that_were_typed_where_slack_says_which() -> None:
    listed = {"type": "rich_text_section", "elements": [emoji("heart", "2764-fe0f")]}
    section = {
        "type": "rich_text_section",
        "elements": [
            emoji("wave", "1f44b"),
            emoji("wave", "1f44b-1f3fc", skin_tone=3),
            emoji("ours"),
            emoji("odd", "nonsense"),
            emoji("high", "ffffff"),
        ],
    }
    blocks = [
        {
            "type": "rich_text",
            "elements": [section, {"type": "rich_text_list", "elements": [listed]}],
        }
    ]
    text = ":wave: :wave::skin-tone-3: :ours: :heart: :odd: :high: 09:30:15"
    assert plain({"text": text, "blocks": blocks}) == (
        "\U0001f44b \U0001f44b\U0001f3fc :ours: \u2764\ufe0f :odd: :high: 09:30:15"
    )


def test_blocks_as_deep_as_can_be_are_not_looked_through() -> None:
    deep: Json = emoji("wave", "1f44b")
    for _ in range(500):
        deep = {"type": "rich_text_section", "elements": [deep]}
    assert plain({"text": ":wave:", "blocks": [deep]}) == ":wave:"


@pytest.mark.parametrize("odd", [None, 5, [], {}, {"text": 5}, {"text": "a\ud83d", "blocks": 7}])
def test_odd_messages_say_what_they_can(odd: Any) -> None:  # noqa: ANN401
    assert plain(odd if isinstance(odd, dict) else {"text": odd}) in {"", "a\ufffd"}
