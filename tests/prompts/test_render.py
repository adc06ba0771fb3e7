"""How a block becomes paragraphs, and a person's words quotes."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from bot.prompts.dates import Clock
from bot.prompts.render import NoSuchBlockError, Person, Said, block_of, label, render
from bot.prompts.words import Words, read
from bot.records import Paragraph, Quote

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
CLOCK = Clock(NOW, ZoneInfo("Europe/London"), "en")
LAST_WEEK = datetime(2026, 11, 3, 9, tzinfo=UTC)
OPTIONAL = frozenset({"step", "tried", "other"})


def words(text: str, optional: frozenset[str] = OPTIONAL) -> Words:
    reading = read(f"{{% block a %}}\n{text}\n{{% endblock %}}\n".encode(), "en", optional)
    assert reading.findings == ()
    assert reading.words is not None
    return reading.words


def said(text: str, *, quoted: bool = True) -> Said:
    return Said(text=text, at=LAST_WEEK, clock=CLOCK, quoted=quoted)


def spoken(text: str, **names: Said | Person | str) -> list[str]:
    rendered = render(words(text), "a", names)
    return [f"> {each.text}" if isinstance(each, Quote) else each.text for each in rendered]


def test_blank_lines_separate_paragraphs_and_lines_within_are_joined() -> None:
    assert spoken("One line\nand its end.\n \n\n  Two.  ") == ["One line and its end.", "Two."]


def test_a_lone_brace_is_a_brace() -> None:
    assert spoken("A { b } c") == ["A { b } c"]


def test_what_says_the_same_to_everybody_is_rendered_once() -> None:
    plain = words("Hello.")
    assert render(plain, "a", {}) is render(plain, "a", {})
    assert render(plain, "a", {}) == (Paragraph(text="Hello."),)


def test_an_answer_in_words_is_a_quote_of_its_own() -> None:
    text = "You wrote {{ step.ago }}, {{ step.when }}:\n\n{{ step.words }}\n\nAnd now?"
    assert spoken(text, step=said("a  walk\n\nat noon ")) == [
        "You wrote a week ago, on Tuesday 3 November:",
        "> a  walk\n\nat noon ",
        "And now?",
    ]


def test_a_quote_stands_apart_even_where_words_touch_it() -> None:
    assert spoken("So {{ step.words }} it is", step=said("x")) == ["So", "> x", "it is"]


def test_a_label_stands_among_our_words() -> None:
    assert spoken("It was {{ tried.words }}.", tried=said("not yet", quoted=False)) == [
        "It was not yet."
    ]


def test_an_answer_not_given_is_silent_and_false() -> None:
    text = "{% if step %}Yes {{ step.when }}{% else %}No{% endif %}\n\n{{ step.words }}"
    assert spoken(text) == ["No"]
    assert spoken("Bare {{ step }}{{ other.ago }}") == ["Bare"]


def test_an_empty_answer_leaves_no_empty_quote() -> None:
    assert spoken("{% if step %}A photo.{% endif %}\n\n{{ step.words }}", step=said("")) == [
        "A photo."
    ]


@pytest.mark.parametrize(
    ("given_names", "expected"),
    [({"step"}, "one"), ({"tried"}, "two"), ({"other"}, "three"), (set(), "three")],
)
def test_an_if_goes_by_what_was_answered(given_names: set[str], expected: str) -> None:
    text = "{% if step %}one{% elif tried and not other %}two{% else %}three{% endif %}"
    names = {name: said("x") for name in given_names}
    assert spoken(text, **names) == [expected]


def test_what_is_said_of_the_person() -> None:
    person = Person(day="Monday", hour="09:30", zone="London", hours="always", holidays="quiet")
    assert spoken(
        "{{ person.day }} {{ person.hour }} {{ person.zone }} {{ person.hours }} "
        "{{ person.holidays }}",
        person=person,
    ) == ["Monday 09:30 London always quiet"]


def test_a_name_the_caller_must_give_and_does_not_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        spoken("{{ url }}")


def test_a_name_may_be_plain_text() -> None:
    assert spoken("Go to {{ url }}.", url="https://example.org/{{ 7*7 }}") == [
        "Go to https://example.org/{{ 7*7 }}."
    ]


def test_there_is_nothing_in_the_sandbox_but_the_names() -> None:
    for name in ("range", "dict", "lipsum", "cycler", "joiner", "namespace"):
        with pytest.raises(UndefinedError):
            spoken(f"{{{{ {name} }}}}")


def test_lines_of_tags_alone_vanish_and_lines_of_words_keep_their_end() -> None:
    text = "One\n{% if step %}\n  two\n{% endif %}\nthree\n{# a note #}\nfour"
    assert spoken(text, step=said("x")) == ["One two three four"]
    assert spoken(text) == ["One three four"]
    text = "One{% if step %} and{% endif %}\ntwo{# note #}\nthree {# a\nnote #}\nfour"
    assert spoken(text, step=said("x")) == ["One and two three four"]


@given(st.text())
def test_what_a_person_wrote_comes_out_as_it_went_in(text: str) -> None:
    rendered = render(words("Before\n\n{{ step.words }}\n\nafter"), "a", {"step": said(text)})
    quotes = [each.text for each in rendered if isinstance(each, Quote)]
    assert quotes == ([text] if text else [])


@pytest.mark.parametrize("mark", ["\ue0000\ue001", "\ue0007\ue001", "\ue000", "{{ person }}"])
def test_marks_in_what_a_person_wrote_do_no_harm(mark: str) -> None:
    text = "{{ step.words }}\n\n{{ tried.words }}\n\nand {{ other.words }} {{ url }}"
    names = {
        "step": said(mark),
        "tried": said("secret"),
        "other": said(mark, quoted=False),
        "url": mark,
    }
    shown = spoken(text, **names)  # type: ignore[arg-type]
    assert shown[:2] == [f"> {mark}", "> secret"]
    assert not any("secret" in each for each in shown[2:])


def test_labels_are_plain() -> None:
    source = (
        "{% block tried %}?{% endblock %}{% block tried__so %}\nSo, so\n{% endblock %}"
        "{% block energy__low %}worn out{% endblock %}"
    )
    spoken_words = read(source.encode(), "en").words
    assert spoken_words is not None
    assert label(spoken_words, "tried", "so") == "So, so"
    assert label(spoken_words, "energy", "low") == "worn out"
    assert label(spoken_words, "energy", "3") == "3"
    with pytest.raises(NoSuchBlockError, match="no label `tried__no`"):
        label(spoken_words, "tried", "no")


def test_a_block_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchBlockError, match="no block `b`"):
        render(words("x"), "b", {})


def test_a_wording_has_its_block() -> None:
    assert [block_of("step", each) for each in (0, 1, 2, None)] == [
        "step",
        "step__2",
        "step__3",
        "step__rest",
    ]


@pytest.mark.parametrize(("keeps", "said"), [(True, "I keep it."), (False, "I keep nothing.")])
def test_words_may_go_by_whether_answers_are_kept(said: str, *, keeps: bool) -> None:
    source = (
        "{% block a %}{% if person.keeps %}I keep it.{% else %}I keep nothing.{% endif %}"
        "{% endblock %}"
    )
    words = read(source.encode(), "en").words
    assert words is not None
    person = Person(day="", hour="", zone="", keeps=keeps)
    assert render(words, "a", {"person": person}) == (Paragraph(text=said),)
