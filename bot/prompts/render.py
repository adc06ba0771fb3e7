"""Render: a block of words becomes paragraphs, and a person's own words quotes.

What a person wrote never goes through the template as text. A quotation leaves a mark there,
two characters from Unicode's private use with a number between; then the text is divided at
the marks and the words put in, untouched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from bot.prompts.dates import Clock
from bot.prompts.shape import paragraphs
from bot.prompts.syntax import ENVIRONMENT
from bot.prompts.words import Words
from bot.records import Paragraph, Quote

_MARK = re.compile("\ue000(\\d+)\ue001")
_MARKS = str.maketrans("", "", "\ue000\ue001")


class NoSuchBlockError(LookupError):
    """The words have no such block: a check was passed by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person answered, for words to speak of."""

    #: Their own words, or the label or number of what they chose.
    text: str
    #: When they said it (UTC).
    at: datetime
    clock: Clock
    #: True for their own words; a label or number stands among ours.
    quoted: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What words may say of the person they are for, as a person would read it."""

    day: str
    hour: str
    zone: str
    #: After `I write`, such as `between 09:00 and 20:00`.
    hours: str = ""
    #: After `public holidays are`, such as `quiet, as in Scotland`.
    holidays: str = ""
    #: Where to turn in need, as `help` says it.
    signposts: str = ""
    #: Whether their answers are kept; an `if` may ask.
    keeps: bool = True


#: What words may speak of, by name.
Names = Mapping[str, Said | Person | str]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """A name as the template sees it."""

    words: str
    when: str
    ago: str


class _Nothing:
    """A name that has nothing behind it: not there, and silent when spoken."""

    words = when = ago = ""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""


_NOTHING: Final = _Nothing()


def render(words: Words, block: str, names: Names) -> tuple[Paragraph | Quote, ...]:
    """Say a block; raises NoSuchBlockError, or jinja2's UndefinedError for a name not given."""
    if (fixed := words.fixed.get(block)) is not None:
        return fixed
    if block not in words.blocks:
        raise NoSuchBlockError(f"the words for `{words.language}` have no block `{block}`")
    source, there = words.borrowed.get(block, (words, block))
    quotes: list[str] = []
    bound: dict[str, object] = {}
    for name, parts in words.spoken_of[block].items():
        if name in names:
            bound[name] = _bound(names[name], parts, quotes)
        elif name in words.optional:
            bound[name] = _NOTHING
    context = ENVIRONMENT.context_class(ENVIRONMENT, bound, there, {})
    return _pieces("".join(source.speakers[there](context)), quotes)


def block_of(turn: str, wording: int | None) -> str:
    """The block of a turn's wording, from 0; None is the one for when all were asked lately."""
    if wording is None:
        return f"{turn}__rest"
    return f"{turn}__{wording + 1}" if wording else turn


def label(words: Words, turn: str, option: str) -> str:
    """The label of an option, of a scale's end (`low`, `high`), or of a scale's point."""
    block = words.blocks.get(f"{turn}__{option}")
    if block is not None:
        return block.longest
    if option.isdecimal():
        return option
    raise NoSuchBlockError(f"the words for `{words.language}` have no label `{turn}__{option}`")


def _bound(value: Said | Person | str, parts: frozenset[str], quotes: list[str]) -> object:
    """A value as the template may see it, with only what it asks for worked out."""
    match value:
        case Said():
            return _Spoken(
                _mark(value, quotes) if "words" in parts else "",
                value.clock.when(value.at) if "when" in parts else "",
                value.clock.ago(value.at) if "ago" in parts else "",
            )
        case Person():
            return value
        case str():
            return value.translate(_MARKS)
    assert_never(value)


def _mark(said: Said, quotes: list[str]) -> str:
    if not said.quoted:
        return said.text.translate(_MARKS)
    quotes.append(said.text)
    return f"\ue000{len(quotes) - 1}\ue001"


def _pieces(text: str, quotes: list[str]) -> tuple[Paragraph | Quote, ...]:
    if not quotes:
        return tuple([Paragraph(text=each) for each in paragraphs(text)])
    said: list[Paragraph | Quote] = []
    for index, piece in enumerate(_MARK.split(text)):
        if index % 2:
            said += [Quote(text=quotes[int(piece)])] if quotes[int(piece)] else []
        else:
            said += [Paragraph(text=each) for each in paragraphs(piece)]
    return tuple(said)
