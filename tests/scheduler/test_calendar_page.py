"""The page of the rules has each rule, and the tests it names are there."""

from __future__ import annotations

import re
from pathlib import Path

from scheduler.reasons import Reason

HERE = Path(__file__).parent
PAGE = (HERE.parents[1] / "docs" / "calendar.md").read_text(encoding="utf-8")
TESTS = {file.name: file.read_text(encoding="utf-8") for file in HERE.glob("test_*.py")}


def test_every_rule_is_on_the_page_with_its_tests() -> None:
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]
    numbered = [section for section in sections if section[0].isdecimal()]
    assert [int(section.split()[0]) for section in numbered] == list(range(1, 17))
    for number, section in enumerate(numbered, 1):
        assert f"`test_rule_{number}`" in section


def test_every_test_the_page_names_is_there() -> None:
    for name in re.findall(r"`(test_\w+(?:\.py)?)`", PAGE):
        assert name in TESTS or any(f"def {name}_" in text for text in TESTS.values()), name


def test_every_reason_of_the_page_is_a_reason() -> None:
    missing = {reason.value for reason in Reason if f"`{reason.value}`" not in PAGE}
    assert missing == set()
