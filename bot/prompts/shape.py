"""The shape of a block: the most and the least it says, and how it speaks of each name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from jinja2 import nodes

from bot.engine.checks.findings import Block, Mention
from bot.prompts.syntax import names_of, sure_names, tested_names

_BREAK = re.compile(r"\n[ \t]*\n\s*")
_WRAP = re.compile(r"[ \t]*\n[ \t]*")
#: Parts that bring nothing when the person has not answered.
_MAY_BE_ABSENT = frozenset({"words", "when", "ago"})
#: Line ends that make a new paragraph.
_BLANK = 2


def paragraphs(text: str) -> list[str]:
    """Text as its paragraphs: blank lines separate them, lines within one are joined."""
    pieces = (_WRAP.sub(" ", piece.strip()) for piece in _BREAK.split(text.strip()))
    return [piece for piece in pieces if piece]


def shape(block: nodes.Block) -> Block:
    """Read an allowed block."""
    reader = _Reader()
    reader.read(block.body, frozenset({_Where()}), frozenset())
    return Block(
        name=block.name,
        line=block.lineno,
        longest="\n\n".join(paragraphs(_longest(block.body))),
        shortest="\n\n".join(paragraphs(_shortest(block.body))),
        mentions=tuple(
            replace(mention, alone=mention.shown and index not in reader.beside)
            for index, mention in enumerate(reader.mentions)
        ),
    )


def unshaped(block: nodes.Block) -> Block:
    """A block that holds something forbidden: it is there, and that is all that is said."""
    return Block(name=block.name, line=block.lineno, longest="…", shortest="…")


def _longest(body: Iterable[nodes.Node]) -> str:
    said: list[str] = []
    for node in body:
        if isinstance(node, nodes.Output):
            said += [p.data if isinstance(p, nodes.TemplateData) else "…" for p in node.nodes]
        if isinstance(node, nodes.If):
            said.append(max(map(_longest, _branches(node)), key=len))
    return "".join(said)


def _shortest(body: Iterable[nodes.Node]) -> str:
    said: list[str] = []
    for node in body:
        if isinstance(node, nodes.Output):
            said += map(_surely, node.nodes)
        if isinstance(node, nodes.If):
            said.append(min(map(_shortest, _branches(node)), key=lambda text: len(text.strip())))
    return "".join(said)


def _surely(part: nodes.Expr) -> str:
    if isinstance(part, nodes.TemplateData):
        return part.data
    absent = isinstance(part, nodes.Getattr) and part.attr in _MAY_BE_ABSENT
    return "" if absent else "…"


def _branches(node: nodes.If) -> list[list[nodes.Node]]:
    return [node.body, *(other.body for other in node.elif_), node.else_]


@dataclass(frozen=True, slots=True)
class _Where:
    """Where a reader may be: what was last said, and how many line ends since."""

    #: The number of a quotation, -1 for other words, None at the start of a paragraph.
    last: int | None = None
    ends: int = _BLANK


_Places = frozenset[_Where]


@dataclass(slots=True)
class _Reader:
    """Goes through a block the ways it may be said, to see which quotations stand alone."""

    mentions: list[Mention] = field(default_factory=list)
    #: The numbers of mentions that have words beside them.
    beside: set[int] = field(default_factory=set)

    def read(self, body: Iterable[nodes.Node], places: _Places, sure: frozenset[str]) -> _Places:
        """Go through a body; `sure` has the names that are there for sure."""
        for node in body:
            if isinstance(node, nodes.Output):
                for part in node.nodes:
                    places = self._part(part, places, sure)
            if isinstance(node, nodes.If):
                places = self._if(node, places, sure)
        return places

    def _if(self, node: nodes.If, places: _Places, sure: frozenset[str]) -> _Places:
        after: frozenset[_Where] = frozenset()
        branches: list[nodes.If] = [node, *node.elif_]
        for branch in branches:
            for name in tested_names(branch.test):
                mention = Mention(name=name.name, part="", line=name.lineno, shown=False)
                self.mentions.append(mention)
            after |= self.read(branch.body, places, sure | sure_names(branch.test, holds=True))
            sure |= sure_names(branch.test, holds=False)
        return self._settled(after | self.read(node.else_, places, sure))

    def _part(self, part: nodes.Expr, places: _Places, sure: frozenset[str]) -> _Places:
        if isinstance(part, nodes.TemplateData):
            return self._text(part.data, places)
        name, asked = (*names_of(part), "")[:2]
        self.mentions.append(
            Mention(name=name, part=asked, line=part.lineno, shown=True, sure=name in sure)
        )
        number = len(self.mentions) - 1
        if self._meet(places):
            self.beside.add(number)
        return self._settled(frozenset({_Where(number, 0)}))

    def _text(self, data: str, places: _Places) -> _Places:
        if not data.strip():
            ends = data.count("\n")
            moved = (_Where(at.last, min(_BLANK, at.ends + ends)) for at in places)
            return self._settled(frozenset(moved))
        before = data[: len(data) - len(data.lstrip())].count("\n")
        self._meet(frozenset(_Where(at.last, at.ends + before) for at in places))
        after = data[len(data.rstrip()) :].count("\n")
        return self._settled(frozenset({_Where(-1, min(_BLANK, after))}))

    def _meet(self, places: _Places) -> bool:
        """Something is said here; true when something else stands in the same paragraph."""
        close = [at for at in places if at.last is not None and at.ends < _BLANK]
        self.beside.update(at.last for at in close if at.last is not None and at.last >= 0)
        return bool(close)

    def _settled(self, places: _Places) -> _Places:
        """Places that no longer matter fall together, so that they stay few."""
        return frozenset(
            _Where()
            if at.ends >= _BLANK
            else _Where(-1, at.ends)
            if at.last in self.beside
            else at
            for at in places
        )
