"""The page about adapters says what is so: its excerpts, its tables, and the files it names."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from textwrap import dedent
from typing import get_args

import pytest

from bot.adapters import port
from bot.adapters.port import Adapter, Undeliverable
from bot.records import Body

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "adapters.md").read_text(encoding="utf-8")
QUOTED = ("irc.py", "irc_line.py", "row_irc.py")
EXCERPTS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def section(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def in_first_column(text: str) -> set[str]:
    rows = re.findall(r"^\| ([^|]*) \|", text, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=range(len(EXCERPTS)))
def test_every_excerpt_stands_in_the_example(excerpt: str) -> None:
    sources = [(ROOT / "tests/adapters" / name).read_text(encoding="utf-8") for name in QUOTED]
    assert any(f"\n{excerpt}" in source for source in sources), dedent(excerpt)


def test_the_example_is_quoted() -> None:
    assert len(EXCERPTS) >= 8


def test_the_table_of_the_port_has_all_that_the_port_asks() -> None:
    asked = {name for name, _ in inspect.getmembers(Adapter) if not name.startswith("_")}
    assert in_first_column(section("What the port asks")) == asked


def test_the_table_of_what_comes_in_has_every_body() -> None:
    bodies = {each.__name__ for each in get_args(Body)}
    assert in_first_column(section("What comes in")) == bodies


def test_the_table_of_errors_has_each_of_the_family() -> None:
    family = {
        name
        for name, each in inspect.getmembers(port, inspect.isclass)
        if issubclass(each, Undeliverable) and each is not Undeliverable
    }
    told = set(re.findall(r"`([A-Z]\w+)`", section("When a send fails")))
    assert told & family == family


def test_every_file_and_every_name_is_there() -> None:
    told = re.sub(r"^```.*?^```$", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"`([^`\n]+)`", told)
    files = {each for each in named if re.fullmatch(r"(?:bot|tests|docs)/[\w./]+", each)}
    assert len(files) > 10
    assert [each for each in sorted(files) if not (ROOT / each).exists()] == []
    files_of_code = [
        path
        for folder in ("bot", "tests/adapters")
        for path in (ROOT / folder).rglob("*.*")
        if path.suffix in {".py", ".j2"} and path != Path(__file__)
    ]
    sources = "\n".join(path.read_text(encoding="utf-8") for path in files_of_code)
    words = {each for each in named if re.fullmatch(r"[A-Z]\w+(?:\.\w+)?|[a-z]+_[a-z_]+", each)}
    missing = [
        each
        for each in sorted(words)
        if not all(re.search(rf"\b{part}\b", sources) for part in each.split("."))
    ]
    assert missing == []
