"""What a words file may hold, and what is refused with its line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.checks.findings import InWords
from bot.prompts.source import MOST_BYTES
from bot.prompts.words import Reading, read
from tests.soon import soon


def told(source: str) -> list[tuple[int, str]]:
    found = read(source.encode(), "en").findings
    return [(each.at.line, each.fault) for each in found if isinstance(each.at, InWords)]


def inside(text: str) -> list[tuple[int, str]]:
    return told(f"{{% block a %}}\nWords.\n{text}\n{{% endblock %}}\n")


@pytest.mark.parametrize(
    "text",
    [
        "Plain words, and a paragraph.\n\nAnother.",
        "{{ step.words }}",
        "On {{ step.when }}, {{ step.ago }}; {{ person.day }}; {{ url }}",
        "{% if person.keeps %}one{% elif not person.keeps and a %}two{% endif %}",
        "{% if a %}one{% elif not b and (c or d) %}two{% else %}three{% endif %}",
        "{# a note #}",
        "{%- if a -%} tight {%- endif -%}",
    ],
)
def test_what_words_need_is_allowed(text: str) -> None:
    assert inside(text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{{ 7**9 }}", "reckoning cannot be used in words"),
        ("{{ 7**(10**8) }}", "reckoning cannot be used in words"),
        ("{{ a + b }}", "reckoning cannot be used in words"),
        ("{{ a ~ b }}", "reckoning cannot be used in words"),
        ("{{ -a }}", "reckoning cannot be used in words"),
        ("{{ 'text' }}", "a fixed value between the braces cannot be used in words"),
        ("{{ 3 }}", "a fixed value between the braces cannot be used in words"),
        ("{{ a() }}", "a call, with brackets cannot be used in words"),
        ("{{ a.words() }}", "a call, with brackets cannot be used in words"),
        ("{{ a | upper }}", "a filter, with `|` cannot be used in words"),
        ("{{ a is defined }}", "a test, with `is` cannot be used in words"),
        ("{{ a == b }}", "a comparison cannot be used in words"),
        ("{{ a['words'] }}", "square brackets cannot be used in words"),
        ("{{ a.words.upper }}", "reckoning cannot be used in words"),
        ("{{ a if b }}", "reckoning cannot be used in words"),
        ("{{ [a] }}", "reckoning cannot be used in words"),
        ("{{ a.__class__ }}", "`__class__` is not a name that words may use"),
        ("{{ self.a }}", "`self` is not a name that words may use"),
        ("{{ super() }}", "a call, with brackets cannot be used in words"),
        ("{{ __import__ }}", "`__import__` is not a name that words may use"),
        ("{{ " + "n" * 65 + " }}", f"`{'n' * 64}` is not a name that words may use"),
        ("{% for a in b %}{{ a }}{% endfor %}", "a loop (`for`) cannot be used in words"),
        ("{% set a = 1 %}", "`set` cannot be used in words"),
        ("{% set a %}b{% endset %}", "`set` cannot be used in words"),
        ("{% include 'x' %}", "`include` cannot be used in words"),
        ("{% import 'x' as y %}", "`import` cannot be used in words"),
        ("{% from 'x' import y %}", "`from … import` cannot be used in words"),
        ("{% extends 'x' %}", "`extends` cannot be used in words"),
        ("{% macro m() %}b{% endmacro %}", "`macro` cannot be used in words"),
        ("{% call m() %}b{% endcall %}", "`call` cannot be used in words"),
        ("{% filter upper %}b{% endfilter %}", "`filter` cannot be used in words"),
        ("{% with %}b{% endwith %}", "`with` cannot be used in words"),
        ("{% autoescape true %}b{% endautoescape %}", "`autoescape` cannot be used in words"),
        ("{% if a.words %}b{% endif %}", "reckoning cannot be used in an `if`"),
        ("{% if a == b %}b{% endif %}", "a comparison cannot be used in an `if`"),
        ("{% if a() %}b{% endif %}", "a call, with brackets cannot be used in an `if`"),
        (
            "{% if true %}b{% endif %}",
            "a fixed value between the braces cannot be used in an `if`",
        ),
        ("{% if __a %}b{% endif %}", "`__a` is not a name that words may use"),
        ("{% block b %}x{% endblock %}", "a block stands inside another"),
    ],
)
def test_everything_else_is_refused_with_its_line(text: str, said: str) -> None:
    assert inside(text)[0] == (3, said)


def test_what_stands_in_the_branches_of_an_if_is_looked_at_too() -> None:
    text = "{% if a %}{{ 1 }}{% elif b %}{{ 2 }}{% else %}{{ 3 }}{% endif %}"
    assert len(inside(text)) == 3


def test_ifs_within_ifs_have_a_limit() -> None:
    assert inside("{% if a %}" * 6 + "x" + "{% endif %}" * 6) == []
    assert "inside one another" in inside("{% if a %}" * 7 + "x" + "{% endif %}" * 7)[0][1]


def test_a_condition_has_a_limit() -> None:
    assert inside("{% if " + " and ".join("a" * 20) + " %}x{% endif %}") == []
    long = "{% if " + " and ".join("a" * 80) + " %}x{% endif %}"
    assert "too long" in inside(long)[0][1]


def test_every_fault_is_told_at_once() -> None:
    faults = inside("{{ 1 }}\n{% for a in b %}{% endfor %}\n{{ a() }}")
    assert [line for line, _ in faults] == [3, 4, 5]


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("\n\nstray\n{% block a %}x{% endblock %}", 3, "words stand outside the blocks: `stray`"),
        ("{% block a %}x{% endblock %}\n{{ a }}", 2, "a name stands outside the blocks"),
        ("{% if a %}{% endif %}", 1, "this stands outside the blocks"),
        ("{% extends 'x' %}", 1, "`extends` stands outside the blocks"),
        ("{% block Big %}x{% endblock %}", 1, "`Big` cannot be a block's name"),
        ("{% block a scoped %}x{% endblock %}", 1, "a block has nothing but a name"),
        (
            "{% block a %}x{% endblock %}\n{% block a %}y{% endblock %}",
            2,
            "the block `a` stands twice; first in line 1",
        ),
        ("{% block a %}x", 1, "something is opened and not closed"),
        ("{% block a %}\n{{ x\n{% endblock %}", 3, "the words cannot be read from here"),
        ("{# never closed", 1, "something is opened and not closed"),
        ("{% do x %}", 1, "`{% do %}` stands where it has no meaning"),
        ("{% block a %}{{ " + "(" * 500, 1, "goes too deep"),
        ("{% block a %}\n{{ " + "9" * 5000 + " }}{% endblock %}", 2, "not closed within 600"),
        ("{% block a %}\n{{ a" + "." * 700, 2, "not closed within 600"),
        ("{% block a %}" + "{{ a }}" * 4000, 1, "more than 4000 tags"),
        ("{% debug %}", 1, "`{% debug %}` stands where it has no meaning"),
        ("", 1, "the file is empty"),
        (" \n\n", 1, "the file is empty"),
        ("{% block a %}\nx\x00y{% endblock %}", 2, "an invisible character (U+0000)"),
        ("{% block a %}\n\n\ue0000\ue001{% endblock %}", 3, "an invisible character (U+E000)"),
    ],
)
def test_what_cannot_be_a_words_file_is_told(source: str, line: int, said: str) -> None:
    found = told(source)
    assert found[0][0] == line
    assert said in found[0][1]


def test_a_comment_between_blocks_is_well() -> None:
    assert told("{# one #}\n\n{% block a %}x{% endblock %}\n{# two\nlines #}\n") == []


def test_a_mark_at_the_beginning_and_windows_line_ends_are_well() -> None:
    source = "\ufeff{% block a %}\r\none\r\ntwo\r\n{% endblock %}\r\n"
    reading = read(source.encode(), "en")
    assert reading.findings == ()
    assert reading.words is not None
    assert reading.words.blocks["a"].longest == "one two"


def test_a_file_that_is_not_utf_8_is_told_with_its_line() -> None:
    reading = read("{% block a %}\nb\xe0rd{% endblock %}".encode("latin-1"), "en")
    assert reading.words is None
    assert reading.findings[0].at == InWords("en", 2)
    assert "not UTF-8" in reading.findings[0].fault


def test_a_file_has_a_largest_size() -> None:
    block = b"{% block a %}x{% endblock %}"
    assert read(block.ljust(MOST_BYTES), "en").findings == ()
    assert "larger than 256 KB" in read(block.ljust(MOST_BYTES + 1), "en").findings[0].fault


@pytest.mark.parametrize(
    "bomb",
    [
        "{%" * 100_000,
        "{#" * 100_000,
        "{{" * 100_000,
        "{% if a %}" * 20_000,
        "{% block a %}" * 15_000,
        "{% block a %}" + "{{ a.words }}" * 18_000 + "{% endblock %}",
        "{% block a %}" + "{% if a %}{{ a.words }}{% endif %}" * 7_000 + "{% endblock %}",
        "{% block a %}{{ " + "a+" * 100_000 + "a }}{% endblock %}",
        "{% block a %}{{ a" + ".a" * 100_000 + " }}{% endblock %}",
        "{% block a %}{% if " + "not " * 60_000 + "a %}x{% endif %}{% endblock %}",
        "".join(f"{{% block a{n} %}}x{{% endblock %}}" for n in range(7_000)),
        "{% raw %}" + "{" * 200_000,
        "{% block a %}" + "\n \n" * 80_000 + "x{% endblock %}",
        "{% block a %}" + " " * 250_000 + "x{% endblock %}",
        "{%" + " " * 250_000,
    ],
)
def test_no_bomb_takes_long(bomb: str) -> None:
    with soon():
        assert isinstance(read(bomb.encode(), "en"), Reading)


SCRAPS = st.sampled_from(
    [
        *(
            "{%",
            "%}",
            "{{",
            "}}",
            "{#",
            "#}",
            " block a ",
            "endblock",
            " if ",
            "endif",
            "else",
            "a",
        ),
        *(".words", "not ", "\n", " ", "(", ")", "'", "|", "__class__", "raw", "endraw", "-", "+"),
    ]
)


@given(st.binary(max_size=400))
def test_no_bytes_raise(content: bytes) -> None:
    assert isinstance(read(content, "en"), Reading)


@given(st.lists(SCRAPS, max_size=40).map("".join))
def test_no_scraps_of_jinja_raise(source: str) -> None:
    assert isinstance(read(source.encode(), "en"), Reading)


@pytest.mark.parametrize("test", ["person.day", "step.keeps", "step.words", "person.keeps.x"])
def test_an_if_asks_of_no_other_part(test: str) -> None:
    assert len(inside(f"{{% if {test} %}}one{{% endif %}}")) == 1
