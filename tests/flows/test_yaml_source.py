"""YAML from anybody: data with its lines, or a fault with its line; never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.yaml_source import DEEPEST, Source, read
from bot.prompts.source import MOST_BYTES
from tests.soon import soon


def told(text: str) -> list[tuple[int, str]]:
    return [(each.line, each.fault) for each in read(text.encode()).wrongs]


def test_everything_is_words_lists_and_names() -> None:
    source = read(b"a: yes\nb: [10:30, 2026-01-01, 0x1F]\nc: {d: 5}\ne:\nf: ''\ng: ~\n")
    assert source.wrongs == ()
    assert source.data == {
        "a": "yes",
        "b": ["10:30", "2026-01-01", "0x1F"],
        "c": {"d": "5"},
        "e": None,
        "f": "",
        "g": None,
    }


def test_every_place_has_its_line() -> None:
    source = read(b"# a note\na: 1\nb:\n  - c: 2\n    d: 3\n  - {e: 4}\n")
    assert source.line(("a",)) == 2
    assert source.line(("b",)) == 3
    assert source.line(("b", 0, "d")) == 5
    assert source.line(("b", 1, "e")) == 6
    assert source.line(()) == 2


def test_a_place_that_is_not_there_has_the_line_around_it() -> None:
    source = read(b"a: 1\nb:\n  - c: 2\n")
    assert source.line(("b", 0, "scale", "points")) == 3
    assert source.line(("b", 0, "scale", "c")) == 3
    assert source.line(("z",)) == 1


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(9)
)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (BOMB, 1, "`&a` names a place to refer to"),
        ("a: 1\nb: *a", 2, "`*a` refers to another place"),
        ("a: 1\n<<: *a", 2, "`*a` refers to another place"),
        ("a: 1\nb: !!python/object:os.system x", 2, "gives a type"),
        ("a: !thing x", 1, "`!thing` gives a type"),
        ("a: 1\nb: 2\na: 3", 3, "`a` stands twice; first in line 1"),
        ("? [a]\n: b", 1, "a list or mapping stands where a name belongs"),
        ("a:\n\t- b", 2, "a tab stands at the start of the line"),
        ("", 1, "the file is empty"),
        ("a: b\nc: d: e", 2, "the file cannot be read from here: mapping values"),
        ("a: [b", 1, "the file cannot be read from here"),
        ("a: 'b", 1, "the file cannot be read from here"),
        ("a: @b", 1, "the file cannot be read from here"),
        ("a: 1\nb: \x00", 2, "an invisible character (U+0000)"),
        ('a: 1\nb: "x\\0y"', 2, "here is an invisible character"),
        ("a: 1\n---\nb: 2", 2, "a second document begins here"),
    ],
)
def test_what_is_not_ours_is_told_with_its_line(text: str, line: int, said: str) -> None:
    found = told(text)
    assert found[0][0] == line
    assert said in found[0][1]


def test_each_tab_and_each_doubled_key_is_told() -> None:
    assert [line for line, _ in told("a:\n\tb\n\tc\n")] == [2, 3]
    assert [line for line, _ in told("a: 1\na: {b: 1, b: 2}\nc: 1\nc: [2]\n")] == [2, 2, 4]


def test_a_doubled_key_is_told_with_what_breaks_later() -> None:
    assert [line for line, _ in told("a: 1\na: 2\nb: [")] == [2, 3]


def test_lists_may_stand_in_one_another_so_deep_and_no_deeper() -> None:
    deep = "a: " + "[" * (DEEPEST - 1) + "]" * (DEEPEST - 1)
    assert told(deep) == []
    deeper = "a: " + "[" * DEEPEST + "]" * DEEPEST
    assert told(deeper) == [(1, f"more than {DEEPEST} levels stand in one another")]


def test_a_file_has_a_largest_size() -> None:
    assert told("a: b".ljust(MOST_BYTES)) == []
    assert told("a: b".ljust(MOST_BYTES + 1)) == [(1, "the file is larger than 256 KB")]


def test_a_mark_at_the_beginning_and_windows_line_ends_are_well() -> None:
    source = read("\ufeffa: b\r\nc: d\r\n".encode())
    assert source.data == {"a": "b", "c": "d"}
    assert source.line(("c",)) == 2


def test_other_encodings_are_told() -> None:
    (wrong,) = read("a: b\nc: b\xe0rd".encode("latin-1")).wrongs
    assert (wrong.line, wrong.fault) == (2, "the file is not UTF-8 text")
    assert read("a: b".encode("utf-16")).wrongs


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 250_000,
        "{a: " * 60_000,
        "- " * 120_000,
        "? " * 120_000,
        "a: " + "x " * 120_000,
        "a: |\n" + " x\n" * 80_000,
        "".join(f"k{n}: v\n" for n in range(22_000)),
        "a: [" + "x," * 120_000 + "]",
        "a: '" + "''" * 120_000 + "'",
        "a: 1\n" * 50_000,
        "#" * 250_000,
        "a: &" + "b" * 250_000,
    ],
)
def test_no_bomb_takes_long(bomb: str) -> None:
    with soon():
        assert isinstance(read(bomb.encode()), Source)


SCRAPS = st.sampled_from(
    [
        *("a: ", "- ", "\n", "  ", "[", "]", "{", "}", ",", "'", '"', "|", ">", "? ", ": ", "#"),
        *("&a ", "*a", "!!str ", "---\n", "...\n", "%YAML 1.1\n", "\\", "<<: ", "~", "\t", "é"),
    ]
)


@given(st.binary(max_size=300))
def test_no_bytes_raise(content: bytes) -> None:
    assert isinstance(read(content), Source)


@given(st.lists(SCRAPS, max_size=40).map("".join))
def test_no_scraps_of_yaml_raise(text: str) -> None:
    assert isinstance(read(text.encode()), Source)
