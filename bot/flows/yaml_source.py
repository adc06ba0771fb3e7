"""YAML as practices use it: mappings, lists and words, each with its line, nothing else.

The file is read event by event from libyaml's parser, so that what could swell or bite is met
before anything is built: aliases and anchors, tags, deep nesting, keys that stand twice. Every
value is text; the models make numbers of it. So `id: yes` is a name and `10:30` stays what it
is. Whatever the bytes, the answer is data or a fault with its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from bot.engine.checks.findings import Path
from bot.prompts.source import UnreadableError, text_of

#: Text, a list or a mapping; None for a value left empty.
Data = str | list["Data"] | dict[str, "Data"] | None
#: How deep lists and mappings may stand in one another.
DEEPEST = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A fault of the file as YAML."""

    line: int
    fault: str
    mend: str


@dataclass(frozen=True, slots=True)
class Source:
    """What a file holds, as far as it could be read."""

    data: Data = None
    #: The line of each place; a mapping's key has the line of the key.
    lines: dict[Path, int] = field(default_factory=dict)
    wrongs: tuple[Wrong, ...] = ()

    def line(self, path: Path) -> int:
        """The line of a place, or of the nearest place around it.

        Pydantic puts a turn's kind into its places; those steps are passed over.
        """
        here: Path = ()
        for step in path:
            if (*here, step) in self.lines:
                here = (*here, step)
        return self.lines.get(here, 1)


def read(content: bytes) -> Source:
    """Read a file, whatever is in it."""
    try:
        text = text_of(content)
    except UnreadableError as wrong:
        return _refused(wrong.line, wrong.fault, wrong.mend)
    if tabs := _tabs(text):
        return Source(wrongs=tabs)
    builder = _Builder()
    try:
        data = builder.document(yaml.parse(text, Loader=yaml.CSafeLoader))
    except UnreadableError as wrong:
        return _refused(wrong.line, wrong.fault, wrong.mend, builder.wrongs)
    except yaml.YAMLError as wrong:
        return _refused(*_plainly(wrong, text.rstrip().count("\n") + 1), builder.wrongs)
    return Source(data, builder.lines, tuple(builder.wrongs))


def _refused(line: int, fault: str, mend: str, others: list[Wrong] | None = None) -> Source:
    return Source(wrongs=(*(others or ()), Wrong(line=line, fault=fault, mend=mend)))


def _tabs(text: str) -> tuple[Wrong, ...]:
    """Lines that a tab indents, the first twenty of them."""
    found = [
        number
        for number, line in enumerate(text.split("\n"), 1)
        if "\t" in line[: len(line) - len(line.lstrip())]
    ]
    return tuple(
        Wrong(line=line, fault="a tab stands at the start of the line", mend="Use spaces instead.")
        for line in found[:20]
    )


def _plainly(wrong: yaml.YAMLError, last: int) -> tuple[int, str, str]:
    """The parser's complaint, with the mends that are usual."""
    mark = getattr(wrong, "problem_mark", None)
    line = min(mark.line + 1, last) if mark else 1
    said = str(getattr(wrong, "problem", None) or "something is out of place")
    mend = (
        "Look at this line and the one before: a missing space after `:` or `-`, words that "
        'hold `: ` or ` #` and need "quotation marks", or lines indented unevenly.'
    )
    return line, f"the file cannot be read from here: {said}", mend


class _Builder:
    """Builds data from events, refusing what is not ours."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.wrongs: list[Wrong] = []

    def document(self, events: Iterator[yaml.Event]) -> Data:
        data: Data = None
        documents = 0
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second document begins here", "Take `---` out.")
                data = self._value(next(events), events, ())
        return data

    def _value(self, event: yaml.Event, events: Iterator[yaml.Event], path: Path) -> Data:
        self._lawful(event, path)
        self.lines.setdefault(path, _line(event))
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, yaml.SequenceStartEvent):
            entries: list[Data] = []
            while not isinstance(event := next(events), yaml.SequenceEndEvent):
                entries.append(self._value(event, events, (*path, len(entries))))
            return entries
        return self._text(event)

    def _mapping(self, events: Iterator[yaml.Event], path: Path) -> dict[str, Data]:
        entries: dict[str, Data] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            self._lawful(event, path)
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a list or mapping stands where a name belongs", _NAMED)
            key = self._text(event) or ""
            line = _line(event)
            if key in entries:
                first = self.lines[(*path, key)]
                fault = f"`{key[:40]}` stands twice; first in line {first}"
                self.wrongs.append(Wrong(line=line, fault=fault, mend="Take one of them out."))
                self._value(next(events), events, (*path, key, f"again in line {line}"))
                continue
            self.lines[(*path, key)] = line
            entries[key] = self._value(next(events), events, (*path, key))
        return entries

    def _text(self, event: yaml.Event) -> str | None:
        text = str(getattr(event, "value", ""))
        if any(ord(character) < ord(" ") and character != "\n" for character in text):
            self._refuse(event, "here is an invisible character", "Write the words plainly.")
        plain = not getattr(event, "style", None)
        return None if plain and text in {"", "~", "null"} else text

    def _lawful(self, event: yaml.Event, path: Path) -> None:
        """No aliases, anchors or tags, and not too deep."""
        anchor = str(getattr(event, "anchor", None) or "")[:40]
        tag = str(getattr(event, "tag", None) or "")[:40]
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"`*{anchor}` refers to another place", _NO_REFERENCE)
        if anchor:
            self._refuse(event, f"`&{anchor}` names a place to refer to", _NO_REFERENCE)
        if tag:
            self._refuse(event, f"`{tag}` gives a type", "Take the `!` word out.")
        if len(path) >= DEEPEST and not isinstance(event, yaml.ScalarEvent):
            self._refuse(event, f"more than {DEEPEST} levels stand in one another", _SHALLOWER)

    def _refuse(self, event: yaml.Event, fault: str, mend: str) -> None:
        raise UnreadableError(_line(event), fault, mend)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


_NAMED = "Write a name, then `:`, then its value."
_NO_REFERENCE = 'Write it out here; words that begin with `*` or `&` need "quotation marks".'
_SHALLOWER = "A practice needs six at most; look at how the lines are indented."
