"""Reply markup, refused where Telegram refuses it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.telegram.faults import bad
from tests.fakes.telegram.markup import units

Json = dict[str, Any]

#: How many buttons there may be in all and in a row, under a message and under the field.
INLINE = (100, 8)
KEYBOARD = (300, 12)
#: Telegram does not say how much; people have measured about 10 kB of JSON.
MOST_BYTES = 10_000
MOST_DATA = 64
MOST_PLACEHOLDER = 64
#: What a button of an inline keyboard does; exactly one of them.
ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def checked(markup: object, *, inline: bool = False) -> Json | None:
    """The markup, when Telegram would take it. `inline` allows nothing else."""
    told = read(markup)
    if not told:
        return None
    if "inline_keyboard" in told:
        return check_inline(told)
    if inline:
        raise bad("inline keyboard expected")
    if units(told.get("input_field_placeholder") or "") > MOST_PLACEHOLDER:
        raise bad("REPLY_MARKUP_INVALID")
    if "keyboard" in told:
        check_keyboard(told)
    elif not (told.get("remove_keyboard") or told.get("force_reply")):
        return None
    return told


def read(markup: object) -> Json | None:
    """The markup as it came: an object, or JSON."""
    if isinstance(markup, str):
        try:
            markup = json.loads(markup or "null")
        except ValueError:
            raise bad("can't parse reply keyboard markup JSON object") from None
    if markup is None or isinstance(markup, dict):
        return markup
    raise bad("object expected as reply markup")


def check_keyboard(markup: Json) -> None:
    check_shape(markup["keyboard"], "keyboard", KEYBOARD)
    for button in (button for row in markup["keyboard"] for button in row):
        if not (button if isinstance(button, str) else button.get("text")):
            raise bad("keyboard button text must be non-empty")


def check_shape(rows: object, field: str, most: tuple[int, int]) -> None:
    if not isinstance(rows, list):
        raise bad(f'field "{field}" must be of type Array')
    if any(not isinstance(row, list) for row in rows):
        raise bad(f'field "{field}" must be an Array of Arrays')
    if sum(map(len, rows)) > most[0] or any(len(row) > most[1] for row in rows):
        raise bad("reply markup is too long")


def check_inline(markup: Json) -> Json | None:
    rows = markup["inline_keyboard"]
    check_shape(rows, "inline_keyboard", INLINE)
    for button in (button for row in rows for button in row):
        if not isinstance(button, dict):
            raise bad("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
        check_button(button)
    if len(json.dumps(rows, ensure_ascii=False).encode()) > MOST_BYTES:
        raise bad("reply markup is too long")
    rows = [row for row in rows if row]
    return {"inline_keyboard": rows} if rows else None


def check_button(button: Json) -> None:
    text = button.get("text")
    if not isinstance(text, str):
        raise bad("can't parse inline keyboard button: Can't find field \"text\"")
    if not text.strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = ACTIONS & button.keys()
    if not actions:
        raise bad(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(actions) > 1:
        raise bad("can't parse inline keyboard button: only one action is allowed")
    if "callback_data" in actions and not 1 <= len(button["callback_data"].encode()) <= MOST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in actions and not is_address(button["url"]):
        raise bad("BUTTON_URL_INVALID")


def is_address(url: object) -> bool:
    """Whether a button may open it: a page at a host with a dot, or Telegram itself."""
    if not isinstance(url, str) or re.search(r"[\s<>\"]", url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return bool(host)
    return parts.scheme in {"http", "https"} and bool(re.fullmatch(r"[^.]+(\.[^.]+)+", host))
