"""Draw: a practice as a Mermaid flowchart, its turns with their first words in English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.engine.checks.findings import Answering, Known
from bot.engine.flow import (
    Ask,
    Branch,
    Choice,
    Choices,
    Circle,
    Close,
    Flow,
    OptionOf,
    Pool,
    Recall,
    Scale,
    Share,
    SubFlow,
    Turn,
    Wait,
)
from bot.flows.practice import Library, Practice
from bot.prompts.render import label
from bot.prompts.words import Words

#: How many characters of a prompt are shown.
_SHOWN = 48
_HOUR, _MINUTE = 3600, 60
#: The shape of each kind of turn; `say` is the plain one.
_SHAPES: Mapping[str, tuple[str, str]] = {
    "say": ("(", ")"),
    "ask": ("[/", "/]"),
    "scale": ("[[", "]]"),
    "choice": ("{{", "}}"),
    "choices": ("{{", "}}"),
    "pool": ("[/", "\\]"),
    "share": ("[\\", "/]"),
    "branch": ("{", "}"),
    "recall": (">", "]"),
    "wait": ("[(", ")]"),
    "close": ("([", "])"),
}


def draw(practice: Practice, library: Library) -> str:
    """The flowchart, as text that Mermaid takes."""
    lines = ["flowchart TD", *_Drawing(library).flow(practice, "", None, 1)]
    return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class _Drawing:
    library: Library

    def flow(
        self, practice: Practice, prefix: str, leave: str | None, depth: int
    ) -> Iterator[str]:
        """The nodes and arrows of one practice; `leave` is where one inside another leads."""
        indent = "    " * depth
        flow = practice.flow
        words = practice.words[practice.languages[0]]
        for turn, after in zip(flow.turns, _following(flow), strict=True):
            name = _node(prefix, turn.id)
            onward = _node(prefix, after) if after else leave
            if isinstance(turn, SubFlow):
                inner = self.library.practice(turn.practice)
                title = _text(f"{turn.id}: {inner.flow.title}")
                yield f'{indent}subgraph {name}["{title}"]'
                leads = self._entry(flow, prefix, onward) if onward else None
                yield from self.flow(inner, f"{prefix}{turn.id}.", leads, depth + 1)
                yield f"{indent}end"
                continue
            opened, closed = _SHAPES[turn.kind]
            yield f'{indent}{name}{opened}"{_said(turn, words)}"{closed}'
            for text, target in self._ways(turn, words, prefix, onward, leave):
                arrow = f'-->|"{_text(text)}"|' if text else "-->"
                yield f"{indent}{name} {arrow} {self._entry(flow, prefix, target)}"

    def _ways(
        self, turn: Turn, words: Words, prefix: str, onward: str | None, leave: str | None
    ) -> Iterator[tuple[str, str]]:
        """Where a turn leads, and in which case."""
        if isinstance(turn, Close):
            onward = leave
        if isinstance(turn, Branch):
            yield from ((path.when, _node(prefix, path.to)) for path in turn.paths)
        led: list[OptionOf] = []
        if isinstance(turn, Choice):
            led = [option for option in turn.options if option.to]
            for option in led:
                yield label(words, turn.id, option.id), _node(prefix, option.to or "")
        if onward:
            every = isinstance(turn, Choice) and not turn.offers and len(led) == len(turn.options)
            otherwise = isinstance(turn, Branch) or bool(led)
            yield "passed over" if every else "otherwise" if otherwise else "", onward

    def _entry(self, flow: Flow, prefix: str, target: str) -> str:
        """The node an arrow ends at: into a practice inside, its first turn."""
        for turn in flow.turns:
            if isinstance(turn, SubFlow) and _node(prefix, turn.id) == target:
                inner = self.library.practice(turn.practice).flow
                within = f"{prefix}{turn.id}."
                return self._entry(inner, within, _node(within, inner.turns[0].id))
        return target


def _following(flow: Flow) -> list[str | None]:
    """What follows each turn when nothing leads elsewhere."""
    names = [turn.id for turn in flow.turns]
    return [turn.to or after for turn, after in zip(flow.turns, [*names[1:], None], strict=True)]


def _node(prefix: str, turn: str) -> str:
    """A name that means nothing to Mermaid, as `end` would."""
    return "t_" + f"{prefix}{turn}".replace(".", "__")


def _said(turn: Turn, words: Words) -> str:
    """A node's text: the turn's name, its kind, and how it begins."""
    detail = ""
    match turn:
        case Scale(points=points):
            detail = f" 1 to {points}"
        case Pool(offers=offers):
            detail = f" into {', '.join(offer.measure for offer in offers)}"
        case Share(of=names):
            detail = f" of {', '.join(names)}"
        case Choice(offers=str(offers)):
            detail = f" of {offers}"
        case Wait(seconds=seconds):
            detail = f" {_span(seconds)}"
        case Recall(of=name):
            detail = f" of {name}"
        case Ask() if turn.sets:
            detail = f" sets {turn.sets}"
        case Ask(goes_on_after=int(seconds)):
            detail = f" goes on after {_span(seconds)}"
        case Choices() | Choice() if turn.sets:
            detail = f" sets {turn.sets}"
        case _:
            pass
    if isinstance(turn, Answering) and turn.circle is not Circle.OWN:
        detail += f", {turn.circle}"
    if isinstance(turn, Known) and not turn.kept:
        detail += ", not kept"
    heading = _text(f"{turn.id} · {turn.kind}{detail}")
    block = words.blocks.get(turn.id)
    return f"{heading}<br/>{_text(_beginning(block.longest))}" if block else heading


def _beginning(text: str) -> str:
    """The first words, cut between words."""
    plain = " ".join(text.split())
    if len(plain) <= _SHOWN:
        return plain
    return plain[: _SHOWN + 1].rpartition(" ")[0].rstrip(",;:-") + " …"


def _span(seconds: int) -> str:
    for unit, name in ((_HOUR, "h"), (_MINUTE, "min")):
        if seconds % unit == 0:
            return f"{seconds // unit} {name}"
    return f"{seconds} s"


def _text(text: str) -> str:
    """Text inside quotation marks: whatever Mermaid could read as its own becomes a code."""
    plain = re.sub(r"\s+", " ", text)
    return re.sub(r'["#<>&`%\\;]', lambda found: f"#{ord(found.group())};", plain)
