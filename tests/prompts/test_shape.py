"""What is known of a block before anybody renders it."""

from __future__ import annotations

import pytest

from bot.engine.checks.findings import Block
from bot.prompts.words import read


def block(text: str) -> Block:
    words = read(f"{{% block a %}}\n{text}\n{{% endblock %}}\n".encode(), "en").words
    assert words is not None
    return words.blocks["a"]


def alone(text: str) -> list[bool]:
    return [each.alone for each in block(text).mentions if each.part == "words"]


def test_the_most_and_the_least_a_block_says() -> None:
    said = block("Hello.{% if a %} And much more.{% elif b %} More.{% endif %}\n\n{{ a.words }}")
    assert said.longest == "Hello. And much more.\n\n…"
    assert said.shortest == "Hello."
    assert not said.plain


def test_a_block_without_names_is_plain() -> None:
    assert block("Hello.").plain
    assert not block("{% if a %}Hello.{% endif %}").plain


def test_what_a_name_of_the_house_brings_is_always_there() -> None:
    assert block("{{ url }}{{ person.day }}").shortest == "……"


@pytest.mark.parametrize(
    "text",
    [
        "{{ a.words }}",
        "Before\n\n{{ a.words }}\n\nafter",
        "Before\n\n{{ a.words }}\n \n\nafter {{ b.when }}",
        "{% if a %}\n\n{{ a.words }}\n\n{% endif %}\nafter",
        "{% if a %}\n{{ a.words }}\n\n{% endif %}\nafter",
        "Before\n\n{% if a %}\n{{ a.words }}\n{% else %}nothing{% endif %}\n\nafter",
    ],
)
def test_a_quotation_between_blank_lines_stands_alone(text: str) -> None:
    assert alone(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "Before {{ a.words }}",
        "Before\n{{ a.words }}",
        "{{ a.words }} after",
        "{{ a.words }}\nafter",
        "Before\n\n{{ a.words }}.",
        "{{ b.when }}\n{{ a.words }}",
        "{% if b %}Before{% endif %}\n{{ a.words }}",
        "{{ a.words }}\n{% if b %}after{% endif %}",
        "{% if b %}before\n\n{% else %}before{% endif %}{{ a.words }}",
    ],
)
def test_a_quotation_with_words_beside_it_does_not(text: str) -> None:
    assert alone(text) == [False]


def test_two_quotations_want_a_blank_line_between_them() -> None:
    assert alone("{{ a.words }}\n{{ b.words }}") == [False, False]
    assert alone("{{ a.words }}\n\n{{ b.words }}") == [True, True]
    assert alone("{{ a.words }}{% if c %}{{ b.words }}{% endif %}\n\n{{ d.words }}") == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("{{ a.when }}", False),
        ("{% if a %}{{ a.when }}{% endif %}", True),
        ("{% if b %}{{ a.when }}{% endif %}", False),
        ("{% if a and b %}{{ a.when }}{% endif %}", True),
        ("{% if a or b %}{{ a.when }}{% endif %}", False),
        ("{% if a and b or c and a %}{{ a.when }}{% endif %}", True),
        ("{% if not a %}{{ a.when }}{% endif %}", False),
        ("{% if not a %}no{% else %}{{ a.when }}{% endif %}", True),
        ("{% if not a or b %}no{% else %}{{ a.when }}{% endif %}", True),
        ("{% if not (a or b) %}no{% else %}{{ a.when }}{% endif %}", False),
        ("{% if not a %}no{% elif b %}{{ a.when }}{% endif %}", True),
        ("{% if a %}{% if b %}{{ a.when }}{% endif %}{% endif %}", True),
        ("{% if a %}x{% endif %}{{ a.when }}", False),
    ],
)
def test_an_if_makes_sure_of_a_name(text: str, sure: bool) -> None:  # noqa: FBT001
    (shown,) = [each for each in block(text).mentions if each.shown]
    assert shown.sure is sure


def test_mentions_have_their_lines() -> None:
    assert [each.line for each in block("x\n{{ a.when }}\n\n{% if b %}{% endif %}").mentions] == [
        3,
        5,
    ]
