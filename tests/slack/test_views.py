"""Windows and pages as Slack shows them, judged by the fake and by blockkit."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.adapters.slack import views
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
from tests.fakes.slack.seen import elements, labels
from tests.slack.events import ALEX, PLACE, TEAM
from tests.slack.judging import judge_view

Json = dict[str, Any]

ASKED = Window(
    token="c" * 32 + ":7",
    title="Write at length",
    submit="Send",
    close="Later",
    paragraphs=(Quote(text="<Beds> again"), Paragraph(text="What happened?")),
    label="Your answer",
)
TEXT = st.text(max_size=200) | st.sampled_from(["", " ", "<!channel>", "&lt;" * 60, "x" * 4000])
VALUE = st.text(min_size=1, max_size=60)
ENTRY = st.builds(Entry, value=VALUE, label=st.text(max_size=80))
ENTRIES = st.lists(ENTRY, min_size=1, max_size=120, unique_by=lambda each: each.value).map(tuple)


def entries(*names: str) -> tuple[Entry, ...]:
    return tuple(Entry(value=name.lower(), label=name) for name in names)


def field(kind: FieldKind, *names: str, chosen: tuple[str, ...] = ()) -> Field:
    held = entries(*chosen)
    return Field(name="days", label="Days", kind=kind, entries=entries(*names), chosen=held)


def page(*parts: Any) -> Json:  # noqa: ANN401
    return judge_view(views.page(Page(parts=parts)))


def element(of: Field) -> Json:
    (found,) = elements(page(of)["blocks"][0])
    return found


# --- windows --------------------------------------------------------------------------------


def test_a_window_shows_the_question_and_one_field_for_the_answer() -> None:
    view = judge_view(views.window(ASKED, PLACE))
    shown = [view[name]["text"] for name in ("title", "submit", "close")]
    assert shown == ["Write at length", "Send", "Later"]
    question, answer = view["blocks"]
    assert [each["type"] for each in question["elements"]] == [
        "rich_text_quote",
        "rich_text_section",
    ]
    assert answer["label"]["text"] == "Your answer"
    box = answer["element"]
    assert (box["multiline"], box["max_length"], "initial_value" in box) == (True, 3000, False)


def test_each_letter_in_a_window_is_told_so_that_a_draft_survives() -> None:
    answer = views.window(ASKED, PLACE)["blocks"][-1]
    assert answer["dispatch_action"] is True
    told = answer["element"]["dispatch_action_config"]
    assert told == {"trigger_actions_on": ["on_character_entered"]}


def test_a_window_says_quietly_who_can_read_it() -> None:
    asked = replace(ASKED, aside="Yours alone.")
    view = views.window(asked, PLACE)
    judge_view(view)
    assert [block["type"] for block in view["blocks"]] == ["rich_text", "context", "input"]
    assert view["blocks"][1]["elements"][0]["text"] == "Yours alone."


def test_what_was_written_before_stands_in_the_window() -> None:
    again = Window(**{**{each: getattr(ASKED, each) for each in ASKED.__slots__}, "text": "It w"})
    box = views.window(again, PLACE)["blocks"][-1]["element"]
    assert box["initial_value"] == "It w"


def test_a_window_is_its_owners_alone() -> None:
    view = views.window(ASKED, PLACE)
    assert views.token_of(view, PLACE) == ASKED.token
    assert views.token_of(view, f"{TEAM}:{ALEX}") == ""


@given(TEXT, TEXT, TEXT, TEXT, TEXT)
@settings(max_examples=30, deadline=None)
def test_any_words_fit_into_a_window(
    title: str, submit: str, question: str, label: str, text: str
) -> None:
    asked = Window(
        token="c:1",
        title=title,
        submit=submit,
        close=submit,
        paragraphs=(Paragraph(text=question), Quote(text=text)),
        label=label,
        text=text,
    )
    judge_view(views.window(asked, PLACE))


# --- pages ----------------------------------------------------------------------------------


def test_a_page_shows_its_parts_in_their_order() -> None:
    view = page(
        Heading(text="Yours & mine"),
        Paragraph(text="You tried:"),
        Quote(text="<listening>"),
        field(FieldKind.ONE, "English", "Deutsch", chosen=("Deutsch",)),
        Row(links=(Link(label="Export", word="export"), Link(label="Stop", word="stop"))),
    )
    assert [block["type"] for block in view["blocks"]] == [
        "header",
        "rich_text",
        "section",
        "actions",
    ]
    assert labels(view["blocks"]) == ["English", "Deutsch", "Export", "Stop"]


def test_one_of_a_few_is_a_menu_that_holds_what_was_chosen() -> None:
    menu = element(field(FieldKind.ONE, "English", "Deutsch", chosen=("Deutsch",)))
    assert menu["type"] == "static_select"
    assert menu["initial_option"]["value"] == "deutsch"
    assert "initial_option" not in element(field(FieldKind.ONE, "English", chosen=("Suomi",)))


def test_several_of_ten_are_boxes_and_of_more_a_menu() -> None:
    days = [str(number) for number in range(10)]
    boxes = element(field(FieldKind.SEVERAL, *days, chosen=("2", "3", "x")))
    assert boxes["type"] == "checkboxes"
    assert [each["value"] for each in boxes["initial_options"]] == ["2", "3"]
    menu = element(field(FieldKind.SEVERAL, *days, "10", chosen=("10",)))
    assert (menu["type"], len(menu["initial_options"])) == ("multi_static_select", 1)
    assert "initial_options" not in element(field(FieldKind.SEVERAL, *days))


def test_a_time_and_a_date_are_picked() -> None:
    clock = element(field(FieldKind.CLOCK, chosen=("09:30",)))
    assert (clock["type"], clock["initial_time"]) == ("timepicker", "09:30")
    date = element(field(FieldKind.DATE, chosen=("2027-02-08",)))
    assert (date["type"], date["initial_date"]) == ("datepicker", "2027-02-08")
    assert "initial_date" not in element(field(FieldKind.DATE))


def test_one_of_very_many_is_sought_from_two_letters_on() -> None:
    sought = element(field(FieldKind.SEARCH, chosen=("Europe/London",)))
    assert (sought["type"], sought["min_query_length"]) == ("external_select", 2)
    assert sought["initial_option"]["value"] == "europe/london"
    assert "initial_option" not in element(field(FieldKind.SEARCH))


def test_every_field_is_called_by_its_label_beside_it_and_within() -> None:
    for kind in FieldKind:
        (block,) = views.page(Page(parts=(field(kind, "A", "B"),)))["blocks"]
        assert block["text"]["text"] == "Days"
        assert block["accessory"]["action_id"] == "field.days"
        assert block["accessory"].get("placeholder", {"text": "Days"})["text"] == "Days"


def test_a_field_is_called_anew_when_it_holds_something_else() -> None:
    """Slack's clients keep what was picked in a field of the same name."""
    one, same, other = (
        views.page(Page(parts=(field(FieldKind.ONE, "A", "B", chosen=chosen),)))["blocks"][0]
        for chosen in (("A",), ("A",), ("B",))
    )
    assert one["block_id"] == same["block_id"] != other["block_id"]
    assert views.field_of(one["accessory"]["action_id"]) == "days"


def test_a_button_that_ends_something_asks_first_and_looks_dangerous() -> None:
    row = Row(
        links=(
            Link(label="Forget me", word="forget me", confirm="Everything is deleted. Go on?"),
            Link(label="Export", word="export"),
        )
    )
    forget, export = page(row)["blocks"][0]["elements"]
    assert (forget["style"], forget["value"]) == ("danger", "forget me")
    assert forget["confirm"]["text"]["text"] == "Everything is deleted. Go on?"
    assert {"style", "confirm"} & export.keys() == set()
    assert [each["accessibility_label"] for each in (forget, export)] == ["Forget me", "Export"]


@given(
    st.lists(
        st.builds(Heading, text=TEXT)
        | st.builds(Paragraph, text=TEXT)
        | st.builds(Quote, text=TEXT)
        | st.builds(
            Row,
            links=st.lists(st.builds(Link, label=TEXT, word=VALUE, confirm=TEXT), max_size=5).map(
                tuple
            ),
        ),
        min_size=1,
        max_size=8,
    ),
    ENTRIES,
    st.sampled_from([FieldKind.ONE, FieldKind.SEVERAL, FieldKind.SEARCH]),
    st.data(),
)
@settings(max_examples=30, deadline=None)
def test_any_page_is_within_slacks_limits(
    parts: list[Any], listed: tuple[Entry, ...], kind: FieldKind, data: st.DataObject
) -> None:
    held = tuple(data.draw(st.lists(st.sampled_from(listed), max_size=3, unique=True)))
    of = Field(name="zone", label="Zone", kind=kind, entries=listed, chosen=held)
    judge_view(views.page(Page(parts=(*parts, of))))


def test_a_page_of_very_many_parts_is_cut_and_one_of_none_says_next_to_nothing() -> None:
    many = [Heading(text=str(number)) for number in range(150)]
    assert len(page(*many)["blocks"]) == 100
    assert page(Row(links=()))["blocks"][0]["type"] == "rich_text"


@pytest.mark.parametrize("odd", [{}, {"state": 5}, {"state": {"values": {"answer": []}}}])
def test_a_window_without_an_answer_says_nothing(odd: Json) -> None:
    assert views.written_in(odd) == ""
    assert json.dumps(views.written_in(odd)) == '""'
