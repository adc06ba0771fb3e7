"""Writing: from a message to the method of the Bot API that says it; pure.

Every word is escaped, and a place is split into its chat and its topic. Telegram counts text after
its markup is read, so the limits are those of the plain text. It finds mentions and addresses in
text by itself: a mention by a bot in a private chat tells nobody, and previews of addresses are
switched off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from urllib.parse import quote

from telegram import InputFile

from bot.adapters.port import Limits
from bot.adapters.telegram.places import chat_of, topic_of
from bot.records import Option, Outbound, Paragraph, Quote

#: 4096 is Telegram's limit, and it takes 100 buttons; 60 letters and 12 rows a phone can show.
LIMITS = Limits(text=4096, label=60, options=24)
#: Telegram's limit on the answer to a press.
TOAST = 200
#: Telegram's limit on the bytes of a photo; a larger one is sent as a document.
PHOTO = 10_000_000
#: Telegram's limit on the buttons of a row, and how many letters a phone shows in one.
_IN_ROW = 8
_ROW = 30
#: What stands around a label in its button, in letters.
_MARGIN = 2
#: Where buttons must stand below something and nothing is said.
_SAYS_NOTHING = "\u2026"
_CHECK = "\u2713"
#: What Telegram cannot be sent, or would turn into spaces.
_UNSENDABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_PHOTOS = frozenset({"image/jpeg", "image/png"})
_ASTRAL = 0xFFFF
#: Telegram's own limit, with room for signs that it counts as two.
_CAPTION = 500

Params = dict[str, object]


def written(place: str, message: Outbound, username: str = "") -> tuple[str, Params]:
    """The method and the parameters that say one message, or send its one file.

    The username is ours, for buttons that open a chat with us.
    """
    if message.files:
        return _file(place, message)
    return "sendMessage", {**_where(place, message.thread), **_said(message, username)}


def rewritten(place: str, name: int, message: Outbound, username: str = "") -> Params:
    """The parameters that say a message anew; without options, its buttons go."""
    return {"chat_id": chat_of(place), "message_id": name, **_said(message, username)}


def opens(options: Sequence[Option]) -> bool:
    """Whether a button among these opens the presser's own chat."""
    return any(option.opens for option in options)


def activity(place: str) -> Params:
    """The parameters that show that we type."""
    return {**_where(place, ""), "action": "typing"}


def _where(place: str, thread: str) -> Params:
    """Where something is said, and what it is a reply to: that may be gone, and it is said."""
    params: Params = {"chat_id": chat_of(place)}
    if (topic := topic_of(place)) is not None:
        params["message_thread_id"] = topic
    if thread.isascii() and thread.isdecimal():
        params["reply_parameters"] = {
            "message_id": int(thread),
            "allow_sending_without_reply": True,
        }
    return params


def _said(message: Outbound, username: str) -> Params:
    """What a message says, and its buttons."""
    text = html(message.paragraphs)
    if quiet := cleaned(message.aside).strip():
        text = "\n\n".join(filter(None, (text, f"<i>{escape(quiet, quote=False)}</i>")))
    params: Params = {
        "text": text if text.strip() else _SAYS_NOTHING,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if message.options:
        params["reply_markup"] = keyboard(message.options, message.done, username)
    return params


def as_document(place: str, message: Outbound) -> tuple[str, Params]:
    """The method and the parameters that send the one file of a message as it is."""
    file = message.files[0]
    return "sendDocument", {
        **_where(place, message.thread),
        "document": InputFile(file.content, filename=file.name),
        "disable_content_type_detection": True,
    }


def _file(place: str, message: Outbound) -> tuple[str, Params]:
    file = message.files[0]
    if file.mime in _PHOTOS and len(file.content) <= PHOTO:
        name = "photo"
    elif file.mime == "audio/ogg":
        name = "voice"
    else:
        return as_document(place, message)
    sent = InputFile(file.content, filename=file.name)
    params: Params = {**_where(place, message.thread), name: sent}
    if caption := cleaned(file.alt).strip():
        params["caption"] = shortened(caption, _CAPTION)
    return f"send{name.capitalize()}", params


def shortened(text: str, most: int) -> str:
    """A text that is no longer than a platform takes."""
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def html(paragraphs: Sequence[Paragraph | Quote]) -> str:
    """Paragraphs in Telegram's HTML."""
    return "\n\n".join(_marked(part) for part in paragraphs)


def _marked(part: Paragraph | Quote) -> str:
    text = escape(cleaned(part.text), quote=False)
    if isinstance(part, Quote) and text.strip():
        return f"<blockquote>{text}</blockquote>"
    return text


def cleaned(text: str) -> str:
    """A text without what cannot be sent; it never gets longer."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSENDABLE.sub("\ufffd", lines)


def keyboard(options: Sequence[Option], done: Option | None, username: str = "") -> Params:
    """The buttons of a message, row by row; the one that ends an answer has a row of its own."""
    rows = [[_button(option, username) for option in row] for row in _rows(options)]
    if options and done is not None:
        rows.append([_button(done, username)])
    return {"inline_keyboard": rows}


def _button(option: Option, username: str) -> dict[str, str]:
    if option.opens:
        return {"text": _label(option), "url": _link(username, option.token)}
    return {"text": _label(option), "callback_data": option.token}


def _link(username: str, code: str) -> str:
    """The address that opens somebody's own chat with us and brings a code there."""
    return f"https://t.me/{quote(username, safe='')}?start={quote(code, safe='')}"


def _label(option: Option) -> str:
    label = cleaned(option.label)
    if not label.strip():
        label = _SAYS_NOTHING
    return f"{_CHECK} {label}" if option.chosen else label


def _rows(options: Sequence[Option]) -> Iterator[list[Option]]:
    """Short labels share a row, whose buttons are all equally wide; numbers stay by themselves."""
    row: list[Option] = []
    for option in options:
        if row and not _fits(row, option):
            yield row
            row = []
        row.append(option)
    if row:
        yield row


def _fits(row: Sequence[Option], option: Option) -> bool:
    if len(row) == _IN_ROW or row[0].label.isdecimal() != option.label.isdecimal():
        return False
    widest = max(units(_label(each)) for each in (*row, option))
    return (len(row) + 1) * (widest + _MARGIN) <= _ROW


def toast(text: str) -> str:
    """The answer to a press, within Telegram's limit."""
    shown = cleaned(text)
    if units(shown) <= TOAST:
        return shown
    kept = shown[:TOAST]
    while units(kept) >= TOAST:
        kept = kept[:-1]
    return f"{kept}\u2026"


def chosen(text: str, label: str) -> str:
    """The text of a message with what was chosen below it."""
    return f"{text}\n\n{_CHECK} {cleaned(label)}"


def units(text: str) -> int:
    """How long a text is in UTF-16 units, as Telegram counts."""
    return len(text) + sum(ord(letter) > _ASTRAL for letter in text)
