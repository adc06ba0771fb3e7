"""Script: a practice made ready for `step`, its sub-flows laid out in place.

A sub-flow's turns stand in the script under the name of the turn that called for them and
a dot: `rhythm.zone`. Its `close` is silent and leads on to what follows the calling turn.
So a conversation needs no stack of flows, and its state stays flat.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from bot.engine.conditions import AllOf, AnyOf, Comparison, Condition, Not, parse
from bot.engine.flow import Ask, Branch, Choice, Choices, Close, Flow, SubFlow, Turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One turn in its place."""

    #: Its name in the script: `energy`, or `rhythm.zone` in a sub-flow.
    key: str
    turn: Turn
    #: The practice whose words it speaks and under which its answers are kept.
    home: str
    #: What stands before its own name in `key`: empty, or `rhythm.`.
    prefix: str
    #: The node that follows; None at the end.
    after: str | None
    #: Where an option leads, for those that lead elsewhere than `after`.
    leads: Mapping[str, str] = field(default_factory=dict)
    #: The ways out of a branch, first match first.
    paths: tuple[tuple[Condition, str], ...] = ()
    #: How many wordings its block has.
    wordings: int = 1
    #: True for the close of a sub-flow, which says nothing and leads on.
    silent: bool = False
    #: True in a practice of the house's own, such as the settings: it sets things up.
    house: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recollect:
    """Which kept answer a recall fetches."""

    practice: str
    turn: str
    which: str
    #: The name of another recall; what was said before that one does not count.
    after: str | None = None
    #: How many days it counts; None for ever.
    within_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What `step` runs."""

    practice: str
    #: The content hash it was made from.
    revision: str
    first: str
    nodes: Mapping[str, Node]
    #: What is fetched before each step, by the name conditions and words know it by.
    recalls: Mapping[str, Recollect]


#: How many wordings each turn of each practice has; 1 where none is named.
Wordings = Mapping[str, Mapping[str, int]]


def lay_out(
    flow: Flow, library: Mapping[str, Flow], wordings: Wordings, revision: str = ""
) -> Script:
    """Make a checked flow ready; `library` holds the flows its sub-flows name.

    Raises KeyError for a name that `check` would have reported.
    """
    layout = _Layout(library, wordings)
    layout.lay(flow, prefix="", leave=None)
    return Script(
        practice=flow.name,
        revision=revision,
        first=flow.turns[0].id,
        nodes=layout.nodes,
        recalls=layout.recalls,
    )


class _Layout:
    """Gathers the nodes of a flow and of the flows within it."""

    def __init__(self, library: Mapping[str, Flow], wordings: Wordings) -> None:
        self._library = library
        self._wordings = wordings
        self.nodes: dict[str, Node] = {}
        self.recalls: dict[str, Recollect] = {}

    def lay(self, flow: Flow, *, prefix: str, leave: str | None) -> None:
        """Lay one flow's turns; `leave` is where its close leads, None at the top."""
        for name, recall in flow.recalls.items():
            self.recalls[prefix + name] = Recollect(
                practice=recall.practice or flow.name,
                turn=recall.turn,
                which=recall.which,
                after=prefix + recall.after if recall.after else None,
                within_days=recall.within_days,
            )
        house = _is_house(flow)
        following = [turn.id for turn in flow.turns[1:]]
        for turn, next_id in zip(flow.turns, [*following, None], strict=True):
            target = turn.to or next_id
            node = Node(
                key=prefix + turn.id,
                turn=turn,
                home=flow.name,
                prefix=prefix,
                after=prefix + target if target else leave,
                wordings=self._wordings.get(flow.name, {}).get(turn.id, 1),
                house=house,
            )
            self.nodes[node.key] = _with_ways(node, turn, leave)
            if isinstance(turn, SubFlow):
                self._lay_within(node, self._library[turn.practice])

    def _lay_within(self, node: Node, flow: Flow) -> None:
        """Lay a sub-flow behind the turn that calls for it."""
        prefix = f"{node.key}."
        self.lay(flow, prefix=prefix, leave=node.after)
        self.nodes[node.key] = replace(node, after=prefix + flow.turns[0].id)


def _is_house(flow: Flow) -> bool:
    """Whether nobody chooses a practice from the list, and it only sets up or leads elsewhere."""
    if flow.listed:
        return False
    turns = flow.turns
    leads = all(isinstance(turn, Choice | Close) for turn in turns)
    return leads or any(
        (isinstance(turn, Ask | Choice | Choices) and turn.sets is not None)
        or (isinstance(turn, Close) and turn.request is not None)
        for turn in turns
    )


def _with_ways(node: Node, turn: Turn, leave: str | None) -> Node:
    match turn:
        case Choice() | Choices():
            leads = {option.id: node.prefix + option.to for option in turn.options if option.to}
            return replace(node, leads=leads)
        case Branch():
            paths = tuple(
                (_within(parse(path.when), node.prefix), node.prefix + path.to)
                for path in turn.paths
            )
            return replace(node, paths=paths)
        case Close():
            return replace(node, after=leave, silent=bool(node.prefix))
        case _:
            return node


def _within(condition: Condition, prefix: str) -> Condition:
    """The same condition over the names of a sub-flow."""
    match condition:
        case Comparison():
            return replace(condition, name=prefix + condition.name)
        case Not(of):
            return Not(_within(of, prefix))
        case AllOf(left, right):
            return AllOf(_within(left, prefix), _within(right, prefix))
        case AnyOf(left, right):
            return AnyOf(_within(left, prefix), _within(right, prefix))
        case _:
            assert_never(condition)
