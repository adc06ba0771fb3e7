"""The rules for distress of every language, from `bot/prompts/<language>/distress.yaml`.

A deployment may add a file of its own, in the same form, beside ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.engine.distress import PatternError, Rules, rules
from bot.prompts.source import UnreadableError, text_of

HERE = Path(__file__).parent
_LOOK = (
    "Look at this line and the one before: a bracket or a quotation mark that is not closed, a "
    "missing space after a colon or a dash."
)
_FORM = "docs/distress.md shows how such a file is written."
_SECTIONS = frozenset({"reads", "sets", "excuses", "signs"})


class BrokenPhrasesError(ValueError):
    """A file of phrases cannot be read; it says where, why, and what to do."""

    def __init__(self, file: Path, line: int, fault: str, mend: str) -> None:
        """`line` is 0 when the fault is of the whole file."""
        where = f"{file}, line {line}" if line else f"{file}"
        super().__init__(f"{where}: {fault}. {mend} SKERRY_DISTRESS names this file.")
        self.line = line
        self.fault = fault
        self.mend = mend


@lru_cache
def shipped() -> tuple[Rules, ...]:
    """Our own rules, of all languages; what people write is read by all of them."""
    return tuple(read(file) for file in sorted(HERE.glob("*/distress.yaml")))


def phrases(own: str = "") -> tuple[Rules, ...]:
    """Our own rules and those of a deployment's file; raises BrokenPhrasesError."""
    return (*shipped(), read(Path(own))) if own else shipped()


def read(file: Path) -> Rules:
    """The rules in one file; raises BrokenPhrasesError."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        mend = "Put it there, or mend the setting."
        raise BrokenPhrasesError(file, 0, "there is no such file", mend) from None
    except OSError as error:
        fault = f"the file cannot be opened ({error.strerror})"
        raise BrokenPhrasesError(file, 0, fault, "Look at its name and its rights.") from None
    try:
        text = text_of(content)
    except UnreadableError as wrong:
        raise BrokenPhrasesError(file, wrong.line, wrong.fault, wrong.mend) from None
    try:
        # BaseLoader makes nothing but text, lists and mappings, so `no` and `off` stay words.
        return _made(yaml.load(text, Loader=yaml.CBaseLoader))  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = min(mark.line + 1, len(text.splitlines())) if mark else 1
        fault = "the file cannot be read from here"
        raise BrokenPhrasesError(file, line, fault, _LOOK) from None
    except PatternError as error:
        raise BrokenPhrasesError(file, _line_of(text, str(error)), str(error), _FORM) from None


def _line_of(text: str, fault: str) -> int:
    """The line that a fault speaks of; 0 when it is of the whole."""
    quoted = fault.partition("'")[2].rpartition("'")[0]
    for number, line in enumerate(text.splitlines(), 1):
        if quoted and quoted in line:
            return number
        if "not closed" in fault and line.count("(") > line.count(")"):
            return number
    return 0


def _made(found: object) -> Rules:
    if not isinstance(found, dict) or not found.keys() <= _SECTIONS:
        raise PatternError(f"write these parts and no others: {', '.join(sorted(_SECTIONS))}")
    return rules(
        reads=_named(found.get("reads")),
        sets=_named(found.get("sets")),
        excuses=_listed(found.get("excuses")),
        signs=_listed(found.get("signs")),
    )


def _named(part: object) -> Mapping[str, list[str]]:
    if not part:
        return {}
    if not isinstance(part, dict):
        raise PatternError("reads and sets have names, with a list for each")
    return {str(name): _listed(each) for name, each in part.items()}


def _listed(part: object) -> list[str]:
    if not part:
        return []
    if not isinstance(part, list) or not all(isinstance(each, str) for each in part):
        raise PatternError("phrases stand in a list")
    return part
