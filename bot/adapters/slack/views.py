"""Views: a window to write in, and the page beside the chat, as Slack's views and back; pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from itertools import count, groupby
from typing import assert_never

from bot.adapters.slack import fields
from bot.adapters.slack.fields import Json
from bot.adapters.slack.texts import Block, aside, cleaned, cut, named, plain, rich
from bot.records import (
    Entry,
    Field,
    FieldKind,
    Heading,
    Link,
    Page,
    Paragraph,
    Quote,
    Row,
    Window,
)

#: Slack's limits: the letters of a field, of a window's title and buttons, of a field's label.
MOST_LETTERS, TITLE, LABEL = 3000, 24, 2000
#: Slack's limits on a page: its blocks, and the letters of a heading.
MOST_BLOCKS, HEADING = 100, 150
#: Slack's limits on an option's words, on the options of a menu and on those of checkboxes.
OPTION, MOST_OPTIONS, MOST_BOXES = 75, 100, 10
#: Slack's limits on a question before something is done: its title, words and buttons.
ASKED, ASKING, ANSWERING = 100, 300, 30
#: How many letters somebody must type before a field seeks what begins so.
FIRST_LETTERS = 2
#: The field of a window; what the fields and the buttons of a page are called.
ANSWER = "answer"
_FIELD, _LINK = "field.", "link."
#: What takes a question back; Slack wants it said.
_NO = "Cancel"


# --- a window -------------------------------------------------------------------------------


def window(asked: Window, place: str) -> Block:
    """A window as Slack's modal view."""
    field: Block = {
        "type": "plain_text_input",
        "action_id": ANSWER,
        "multiline": True,
        "max_length": MOST_LETTERS,
        "focus_on_load": True,
        # Each letter is told, so that what was written survives when the window is closed.
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    if text := cleaned(asked.text):
        field["initial_value"] = cut(text, MOST_LETTERS)
    return {
        "type": "modal",
        "title": plain(asked.title, TITLE),
        "submit": plain(asked.submit, TITLE),
        "close": plain(asked.close, TITLE),
        "private_metadata": json.dumps({"token": asked.token, "place": place}),
        "blocks": [
            *rich(asked.paragraphs),
            *aside(asked.aside),
            {
                "type": "input",
                "block_id": ANSWER,
                "dispatch_action": True,
                "label": plain(asked.label, LABEL),
                "element": field,
            },
        ],
    }


def token_of(view: Json, place: str) -> str:
    """The token of a window of this person's; empty when it is none."""
    try:
        carried = json.loads(fields.text(view, "private_metadata"))
    except (ValueError, RecursionError):
        return ""
    if not isinstance(carried, dict) or carried.get("place") != place:
        return ""
    return fields.text(carried, "token")


def written_in(view: Json) -> str:
    """What was written in a window."""
    values = fields.part(fields.part(view, "state"), "values")
    return fields.text(fields.part(fields.part(values, ANSWER), ANSWER), "value")


# --- a page ---------------------------------------------------------------------------------


def page(shown: Page) -> Block:
    """A page as the view of the app's Home."""
    blocks: list[Block] = []
    rows = count()
    for is_text, parts in groupby(shown.parts, lambda part: isinstance(part, Paragraph | Quote)):
        held = list(parts)
        if is_text:
            blocks += rich([part for part in held if isinstance(part, Paragraph | Quote)])
        else:
            blocks += [block for part in held for block in _blocks(part, next(rows))]
    return {"type": "home", "blocks": blocks[:MOST_BLOCKS] or rich([])}


def _blocks(part: object, row: int) -> Iterator[Block]:
    match part:
        case Heading(text=text):
            yield {"type": "header", "text": plain(text, HEADING)}
        case Field():
            yield _field(part)
        case Row(links=links) if links:
            elements = [_link(link, f"{_LINK}{row}.{at}") for at, link in enumerate(links)]
            yield {"type": "actions", "elements": elements}
        case _:
            return


def _field(field: Field) -> Block:
    """A field beside its label; it is called anew when it holds something else.

    Slack's clients keep what was picked in a field of the same name, whatever is said of it.
    """
    holds = json.dumps([[entry.value, entry.label] for entry in field.chosen])
    return {
        "type": "section",
        "block_id": f"{_FIELD}{_digest(field.name)}.{_digest(holds)}",
        "text": plain(field.label, LABEL),
        "accessory": {"action_id": f"{_FIELD}{field.name}", **_element(field)},
    }


def _element(field: Field) -> Block:
    chosen, entries = field.chosen, field.entries[:MOST_OPTIONS]
    match field.kind:
        case FieldKind.ONE:
            return _picked("static_select", entries, chosen, several=False, of=field)
        case FieldKind.SEVERAL if len(entries) <= MOST_BOXES:
            return _picked("checkboxes", entries, chosen, several=True, of=field)
        case FieldKind.SEVERAL:
            return _picked("multi_static_select", entries, chosen, several=True, of=field)
        case FieldKind.CLOCK:
            return {"type": "timepicker", **_held("initial_time", chosen)}
        case FieldKind.DATE:
            return {"type": "datepicker", **_held("initial_date", chosen)}
        case FieldKind.SEARCH:
            found: Block = {"type": "external_select", "min_query_length": FIRST_LETTERS}
            if chosen:
                found["initial_option"] = option(chosen[0])
            return {**found, **_called(field)}
        case _:
            assert_never(field.kind)


def _picked(
    kind: str, entries: Sequence[Entry], chosen: Sequence[Entry], *, several: bool, of: Field
) -> Block:
    """A menu or boxes; only what can be picked can be picked at first."""
    held = [option(entry) for entry in entries if entry in chosen]
    made: Block = {"type": kind, "options": [option(entry) for entry in entries]}
    if held:
        made |= {"initial_options": held} if several else {"initial_option": held[0]}
    return made if kind == "checkboxes" else {**made, **_called(of)}


def _called(field: Field) -> Block:
    """What a menu says until something is picked: its label again, for those who hear it."""
    return {"placeholder": plain(field.label, HEADING)}


def _held(name: str, chosen: Sequence[Entry]) -> Block:
    return {name: chosen[0].value} if chosen and chosen[0].value else {}


def option(entry: Entry) -> Block:
    """One thing that can be picked."""
    return {"text": plain(entry.label, OPTION), "value": entry.value}


def _link(link: Link, name: str) -> Block:
    """A button; what asks before it does something is marked as dangerous."""
    button: Block = {
        "type": "button",
        "action_id": name,
        "text": plain(link.label, OPTION),
        "accessibility_label": named(link.label, OPTION),
        "value": link.word,
    }
    if link.confirm:
        button["style"] = "danger"
        button["confirm"] = {
            "title": plain(link.label, ASKED),
            "text": plain(link.confirm, ASKING),
            "confirm": plain(link.label, ANSWERING),
            "deny": plain(_NO, ANSWERING),
            "style": "danger",
        }
    return button


def field_of(name: str) -> str:
    """The field of a page that an element is; empty when it is none."""
    return name.removeprefix(_FIELD) if name.startswith(_FIELD) else ""


def is_link(name: str) -> bool:
    """Whether an element is a button of a page."""
    return name.startswith(_LINK)


def values_of(action: Json) -> Iterator[str]:
    """What a field holds now."""
    for option_ in fields.parts(action, "selected_options"):
        if value := fields.text(option_, "value"):
            yield value
    for picked in (
        fields.text(fields.part(action, "selected_option"), "value"),
        fields.text(action, "selected_time"),
        fields.text(action, "selected_date"),
    ):
        if picked:
            yield picked


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
