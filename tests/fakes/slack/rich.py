"""Rich text, and what Slack refuses of it.

Slack does not say that a section must not be empty; here it must not.
"""

from __future__ import annotations

from tests.fakes.slack.composition import URL
from tests.fakes.slack.shapes import (
    Check,
    boolean,
    choice,
    listed,
    shape,
    string,
    typed,
    whole,
)

MANY = 10**6
STYLE = shape(dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
NAMED = ("bold", "italic", "strike", "highlight", "client_highlight", "unlink")
NAMED_STYLE = shape(dict.fromkeys(NAMED, boolean))
NAME = string(255)
TEXT = shape({"text": string(MANY), "style": STYLE}, "text")
LINK = shape({"url": URL, "text": string(MANY), "unsafe": boolean, "style": STYLE}, "url")
PIECES: dict[str, Check] = {
    "text": TEXT,
    "link": LINK,
    "emoji": shape(
        {"name": NAME, "unicode": NAME, "skin_tone": whole(1, 6), "style": STYLE}, "name"
    ),
    "user": shape({"user_id": NAME, "style": NAMED_STYLE}, "user_id"),
    "usergroup": shape({"usergroup_id": NAME, "style": NAMED_STYLE}, "usergroup_id"),
    "channel": shape({"channel_id": NAME, "style": NAMED_STYLE}, "channel_id"),
    "broadcast": shape({"range": choice("here", "channel", "everyone")}, "range"),
    "date": shape(
        {"timestamp": whole(0, 10**11), "format": NAME, "url": URL, "fallback": NAME},
        "timestamp format",
    ),
    "color": shape({"value": string(7, like="#[0-9A-Fa-f]{6}", what="a hex colour")}, "value"),
}
INLINE = listed(typed(PIECES), MANY)
BORDER = whole(0, 1)
SECTION = shape({"elements": INLINE}, "elements")
RICH: dict[str, Check] = {
    "rich_text_section": SECTION,
    "rich_text_quote": shape({"elements": INLINE, "border": BORDER}, "elements"),
    "rich_text_preformatted": shape(
        {"elements": listed(typed({"text": TEXT, "link": LINK}), MANY), "border": BORDER},
        "elements",
    ),
    "rich_text_list": shape(
        {
            "style": choice("bullet", "ordered"),
            "elements": listed(typed({"rich_text_section": SECTION}), MANY),
            "indent": whole(0, 8),
            "offset": whole(0, MANY),
            "border": BORDER,
        },
        "style elements",
    ),
}
