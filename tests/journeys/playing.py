"""Transcripts: how one is played, and what was passed on the way.

A line of a transcript is

- `> words`: the person says this; `> (arrives)` opens the chat; `> (changes) old -> new` edits
  the message that read `old`, `> (deletes) old` takes it out of the chat;
- `~ a week later`, `~ 13 seconds later`: time passes; `~ weekly comes round`: a planned prompt;
  `~ session_feedback comes round about Maps, Songs`: a prompt about these sessions;
- `@ in cy`: their platform tells this language of them;
- `@ joined`: a beginning, from `BEGINNINGS`, played without being written down;
- `# remark`: ours. Everything else is what the house says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from bot.engine import walk
from bot.engine.conditions import Condition, Value, holds
from bot.engine.conversation import About, Conversation
from bot.engine.events import Event
from bot.engine.script import Node, Script
from bot.engine.step import Context, Moved, step
from bot.rehearsal import passing
from bot.requests import talk
from tests.journeys.someone import Someone, printed

_SECONDS = re.compile(r"(\d+) seconds? later")
_COMES = re.compile(r"(\w+) comes round(?: about (.+))?")
_IN = "@ in "
_CHANGES = "(changes) "
_DELETES = "(deletes) "

#: Beginnings that many transcripts share.
BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "joined": (
        "> (arrives)",
        "> keep my answers",
        "> space to reflect",
        "> skip",
        "> uk time",
        "> tuesday, thursday",
        "> done",
        "> 09:30",
        "> wait for my day",
    ),
    "an experiment": (
        "> practise",
        "> weekly",
        "> 3",
        "> skip",
        "> skip",
        "> skip",
        "> I will ask one question in the morning huddle.",
        "> done",
        "> skip",
        "> done",
    ),
    "not yet": (
        "> practise",
        "> weekly",
        "> 3",
        "> not yet",
        "> skip",
        "> skip",
        "> the same experiment",
        "> skip",
        "> done",
    ),
    "not yet, and something new": (
        "> practise",
        "> weekly",
        "> 3",
        "> not yet",
        "> skip",
        "> skip",
        "> something new",
        "> I will walk the long way round.",
        "> done",
        "> skip",
        "> done",
    ),
    "nothing for now": (
        "> practise",
        "> weekly",
        "> 3",
        "> yes",
        "> skip",
        "> skip",
        "> skip",
        "> nothing for now",
        "> done",
    ),
    "half a check-in": ("> practise", "> weekly", "> 3", "> We argued about beds."),
}


def played(lines: list[str], someone: Someone) -> Iterator[str]:
    """Play the person's lines; what is yielded is the transcript as it should be."""
    for line in lines:
        match line[:2]:
            case "# ":
                yield line
            case "@ " if line.startswith(_IN):
                someone.language = line.removeprefix(_IN)
                yield f"\n{line}"
            case "@ ":
                begin(someone, line[2:])
                yield f"{line}" if not someone.told else f"\n{line}"
            case "> " | "~ ":
                yield f"\n{line}"
                yield _said(line, someone)
            case _:
                pass


def _said(line: str, someone: Someone) -> str:
    words = line[2:]
    if line.startswith("> (arrives)"):
        return printed(someone.arrives())
    if words.startswith(_CHANGES):
        old, _, new = words.removeprefix(_CHANGES).partition(" -> ")
        return printed(someone.changes(old, new))
    if words.startswith(_DELETES):
        return printed(someone.deletes(words.removeprefix(_DELETES)))
    if line.startswith("> "):
        return printed(someone.says(words))
    if due := _COMES.fullmatch(words):
        return printed(someone.is_due(due.group(1), about=_sessions(due.group(2), someone.now)))
    return printed(someone.waits(_time(words)))


def _sessions(titles: str | None, now: datetime) -> tuple[About, ...]:
    """Sessions that ended ten minutes ago, by their titles, with commas between."""
    ended = now - timedelta(minutes=10)
    found = titles.split(", ") if titles else []
    return tuple(
        About(id=f"session_{n}", title=title, group="festival", ends_at=ended)
        for n, title in enumerate(found, 1)
    )


def _time(line: str) -> timedelta:
    if found := _SECONDS.fullmatch(line):
        return timedelta(seconds=int(found.group(1)))
    later = passing(line)
    assert later is not None, f"no such time: {line}"
    return later


def begin(someone: Someone, *beginnings: str) -> Someone:
    """Play beginnings, one after another."""
    for each in beginnings:
        for line in BEGINNINGS[each]:
            _said(line, someone)
    return someone


class _Leads(dict[str, str]):
    """The leads of one turn, which tell when one is taken."""

    def __init__(self, leads: Mapping[str, str], turn: str, taken: set[tuple[str, str]]) -> None:
        super().__init__(leads)
        self._turn = turn
        self._taken = taken

    def get(self, option: str, default: str | None = None) -> str | None:  # type: ignore[override]
        if option in self:
            self._taken.add((self._turn, option))
        return super().get(option, default)


class _Nodes(dict[str, Node]):
    """The turns of one script, which tell when one is looked at."""

    def __init__(self, nodes: Mapping[str, Node], seen: set[str]) -> None:
        super().__init__(nodes)
        self._seen = seen

    def __getitem__(self, key: str) -> Node:
        self._seen.add(key)
        return super().__getitem__(key)


@dataclass
class Passed:
    """Every turn that was passed, every option's lead and every branch's path that was taken."""

    turns: dict[str, set[str]] = field(default_factory=dict)
    leads: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    paths: set[int] = field(default_factory=set)
    scripts: dict[str, Script] = field(default_factory=dict)

    def watch(self, patch: pytest.MonkeyPatch) -> None:
        """Look on while conversations move."""
        patch.setattr(talk, "step", self.step)
        judged = holds

        def watched(condition: Condition, values: Mapping[str, Value]) -> bool:
            held = judged(condition, values)
            if held:
                self.paths.add(id(condition))
            return held

        patch.setattr(walk, "holds", watched)

    def missing(self) -> list[str]:
        """What nobody came to."""
        return sorted(self._missing())

    def _missing(self) -> Iterator[str]:
        for name, script in self.scripts.items():
            for key, node in script.nodes.items():
                if key not in self.turns[name]:
                    yield f"{name}: {key}"
                for option in node.leads:
                    if (key, option) not in self.leads[name]:
                        yield f"{name}: {key} -> {option}"
                for condition, to in node.paths:
                    if id(condition) not in self.paths:
                        yield f"{name}: {key} -> {to}"

    def step(self, script: Script, held: Conversation, event: Event, context: Context) -> Moved:
        """Move a conversation, looking on."""
        return step(self._watched(script), held, event, context)

    def _watched(self, script: Script) -> Script:
        """One script a practice, whoever compiled it: its conditions are told apart by id."""
        if script.practice not in self.scripts:
            turns = self.turns.setdefault(script.practice, set())
            leads = self.leads.setdefault(script.practice, set())
            nodes = {
                key: replace(node, leads=_Leads(node.leads, key, leads))
                for key, node in script.nodes.items()
            }
            self.scripts[script.practice] = replace(script, nodes=_Nodes(nodes, turns))
        return self.scripts[script.practice]
