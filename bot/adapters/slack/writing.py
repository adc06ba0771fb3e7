"""Writing: from a message to the arguments of chat.postMessage that say it; pure.

The text beside the blocks, which notifications and screen readers use, says the whole message
with its choices.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from bot.adapters.port import Limits
from bot.adapters.slack import fields
from bot.adapters.slack.fields import Json
from bot.adapters.slack.plain import unescaped
from bot.adapters.slack.texts import (
    SAYS_NOTHING,
    WORDS,
    Block,
    aside,
    cleaned,
    cut,
    escaped,
    flat,
    named,
    plain,
    rich,
    said,
    units,
)
from bot.records import Option, Outbound, Paragraph, Quote, Shown

Params = dict[str, object]

#: Slack's limits: 3,000 letters in a text, 75 in a label. Together the blocks of a message may
#: have about 13,200 characters, which it documents nowhere; so both numbers are lower here.
LIMITS = Limits(text=2500, label=75, options=24)
#: More characters than this, and quotes are set in one text with the rest.
ROOM = 12_500
#: More options than this, or longer labels, are a menu: Slack cuts a button's label off when it
#: is longer than about 30 letters.
FEW, SHORT = 5, 30
#: Slack's limits on the text beside the blocks: when a message is posted, and when it is changed.
POSTED, UPDATED = 40_000, 4_000
#: How many buttons stand in a row.
ROW = 5
#: Slack's limit on the words that stand in a menu until something is chosen.
PLACEHOLDER = 150
#: What our buttons and menus are called, so that a press is known for what it is.
PRESS, MENU, UNFOLD, OPEN = "press", "menu", "unfold", "open"
#: What stands before what was chosen.
CHECK = "\u2713"
#: How a message is sent so that nothing in it is looked for: no names, no links, no previews.
_LITERALLY: Params = {"mrkdwn": False, "parse": "none", "link_names": False}
_WITHOUT_PREVIEWS: Params = {"unfurl_links": False, "unfurl_media": False}


def written(message: Outbound) -> Params:
    """The arguments that say one message, but for the channel."""
    said_in = {"thread_ts": ts} if (ts := stamp_of(message.thread)) else {}
    return {**content(*_parts(message)), **_WITHOUT_PREVIEWS, **said_in}


def rewritten(message: Outbound) -> Params:
    """The arguments that say one message anew; its buttons go when it has none now."""
    return content(*_parts(message), UPDATED)


def stamp_of(name: str) -> str:
    """When a message was written, of what it is called; empty for no message of words."""
    return fields.stamp({"ts": name.partition(":")[2]}, "ts")


def _parts(message: Outbound) -> tuple[list[Block], list[Block]]:
    """The words of a message, and its buttons."""
    paragraphs = message.paragraphs
    if by_number(message.options, message.done):
        paragraphs = (*paragraphs, _numbered(message.options))
    buttons = buttons_of(message.options, message.done, message.window, asked(message.paragraphs))
    quiet = aside(message.aside)
    words = [*rich(paragraphs), *quiet]
    if len(json.dumps([words, buttons], ensure_ascii=False)) > ROOM:
        words = [*rich([flat(paragraphs)]), *quiet]
    return words, buttons


def content(words: Sequence[Block], buttons: Sequence[Block], most: int = POSTED) -> Params:
    """The blocks of a message, and all of them in words as far as these may go."""
    spoken = "\n\n".join([said(words), *_choices(buttons)])
    room = most
    while len(escaped(spoken)) > most:
        spoken, room = cut(spoken, room), room - 100
    return {"text": escaped(spoken), "blocks": [*words, *buttons], **_LITERALLY}


def words_of(params: Params) -> tuple[Json, ...]:
    """The words of a message as its arguments say them, without its buttons."""
    blocks = params.get("blocks")
    held = blocks if isinstance(blocks, list) else []
    return tuple(block for block in held if block.get("type") in WORDS)


def shown(words: Sequence[Json], now: Shown) -> Params:
    """The arguments that say a message with other buttons, or with none and what was chosen."""
    blocks = [dict(block) for block in words]
    buttons: list[Block] = []
    if now.options:
        buttons = buttons_of(now.options, now.done, None, cut(said(words), PLACEHOLDER))
    elif now.chosen:
        blocks += rich([Paragraph(text=f"{CHECK} {now.chosen}")])
    return content(blocks, buttons, UPDATED)


def literally(text: str) -> Params:
    """The arguments that say a few words."""
    return content(rich([Paragraph(text=text)]), ())


# --- choices --------------------------------------------------------------------------------


def asked(paragraphs: Sequence[Paragraph | Quote]) -> str:
    """What a menu is called: the last thing that was said."""
    ours = [part.text for part in paragraphs if isinstance(part, Paragraph) and part.text.strip()]
    return cut(cleaned(ours[-1]).strip(), PLACEHOLDER) if ours else SAYS_NOTHING


def buttons_of(
    options: Sequence[Option], done: Option | None, window: Option | None, called: str
) -> list[Block]:
    """The buttons of a message: few and short, in rows; else a menu; several, always in rows.

    What opens somebody's own chat is always a button: a menu has one name for all it offers.
    """
    blocks: list[Block] = []
    many = len(options) > FEW or _are_long(options)
    if done is None and many and not any(option.opens for option in options):
        blocks.append(_actions("choices", [_menu(options, called)]))
    else:
        blocks += _rows(options, by_number=by_number(options, done))
    if options and done is not None:
        blocks.append(_actions("done", [_button(f"{PRESS}.done", done, done.label)]))
    if window is not None:
        blocks.append(_actions("window", [_button(UNFOLD, window, window.label)]))
    return blocks


def by_number(options: Sequence[Option], done: Option | None) -> bool:
    """Whether buttons say numbers: of several that may be chosen, one is long."""
    return done is not None and _are_long(options)


def _are_long(options: Sequence[Option]) -> bool:
    return any(units(option.label) > SHORT for option in options)


def _numbered(options: Sequence[Option]) -> Paragraph:
    lines = (f"{number}. {option.label}" for number, option in enumerate(options, 1))
    return Paragraph(text="\n".join(lines))


def _rows(options: Sequence[Option], *, by_number: bool) -> Iterator[Block]:
    for first in range(0, len(options), ROW):
        row = [
            _button(
                f"{OPEN if option.opens else PRESS}.{at}",
                option,
                str(at + 1) if by_number else option.label,
            )
            for at, option in enumerate(options[first : first + ROW], first)
        ]
        yield _actions(f"choices.{first}", row)


def _actions(name: str, elements: list[Block]) -> Block:
    return {"type": "actions", "block_id": name, "elements": elements}


def _button(name: str, option: Option, shown: str) -> Block:
    """A button; what was chosen is marked by a sign, which is read aloud too."""
    return {
        "type": "button",
        "action_id": name,
        "text": plain(_marked(shown, option), LIMITS.label),
        "accessibility_label": named(_marked(option.label, option), LIMITS.label),
        "value": option.token,
    }


def _menu(options: Sequence[Option], called: str) -> Block:
    listed = [
        {"text": plain(_marked(option.label, option), LIMITS.label), "value": option.token}
        for option in options
    ]
    return {
        "type": "static_select",
        "action_id": MENU,
        "placeholder": plain(called, PLACEHOLDER),
        "options": listed,
    }


def _marked(shown: str, option: Option) -> str:
    return f"{CHECK} {shown}" if option.chosen else shown


def _choices(buttons: Sequence[Block]) -> list[str]:
    """All that can be chosen, in words."""
    labels = [
        unescaped(fields.text(fields.part(each, "text"), "text"))
        for block in buttons
        for element in block["elements"]
        for each in element.get("options", [element])
    ]
    return ["\n".join(labels)] if labels else []
