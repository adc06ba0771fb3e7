"""Whether every name in a practice is new where it is given and known where it is used."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.checks.findings import (
    Answering,
    Around,
    Finding,
    InFlow,
    Known,
    Path,
    answering,
    listed,
    recallable,
    suggest,
)
from bot.engine.flow import (
    Branch,
    Choice,
    Choices,
    Circle,
    Close,
    Flow,
    Recall,
    RecallOf,
    SubFlow,
    Turn,
)

#: Words that mean something else in a condition or in words, so that no name may be one.
_TAKEN = frozenset(
    (
        *("and", "or", "not", "is", "in", "includes", "answered"),
        *("if", "elif", "else", "endif", "block", "true", "false", "none", "person"),
    )
)
#: How many turns a practice may have once its sub-practices are laid out in it.
MOST_TURNS = 1_000


def find(flow: Flow, around: Around, file_name: str) -> Iterator[Finding]:
    """Every name that is given twice, taken, or unknown."""
    if file_name != flow.name:
        yield Finding(
            at=InFlow(("name",)),
            fault=f"the practice is named `{flow.name}`, and its file `{file_name}`",
            mend=f"Write `name: {file_name}`, or rename the file to `{flow.name}.yaml`.",
        )
    yield from _given(flow)
    for name, recall in flow.recalls.items():
        yield from _recall(flow, around, name, recall)
    for index, turn in enumerate(flow.turns):
        yield from _used(flow, around, ("turns", index), turn)


def _given(flow: Flow) -> Iterator[Finding]:
    """Names of recalls, turns and options: each new among its kind, none a taken word."""
    seen = dict.fromkeys(flow.recalls, "a recall")
    for name in flow.recalls:
        yield from _taken(("recalls", name), name)
    for index, turn in enumerate(flow.turns):
        place: Path = ("turns", index, "id")
        yield from _taken(place, turn.id)
        if turn.id in seen:
            yield Finding(
                at=InFlow(place),
                fault=f"`{turn.id}` is already the name of {seen[turn.id]}",
                mend="Give this turn a name of its own, and its words too.",
            )
        seen[turn.id] = "another turn"
        if isinstance(turn, Choice | Choices):
            yield from _options(("turns", index), turn)


def _options(path: Path, turn: Choice | Choices) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, option in enumerate(turn.options):
        place = (*path, "options", index, "id")
        yield from _taken(place, option.id)
        if option.id in seen:
            yield Finding(
                at=InFlow(place),
                fault=f"turn `{turn.id}` has two options named `{option.id}`",
                mend="Give one of them another name, or take it out.",
            )
        seen.add(option.id)


def _taken(path: Path, name: str) -> Iterator[Finding]:
    if name in _TAKEN:
        yield Finding(
            at=InFlow(path),
            fault=f"`{name}` cannot be a name: it means something in conditions and words",
            mend=f"Choose another name, such as `{name}_one`.",
        )


def _recall(flow: Flow, around: Around, name: str, recall: RecallOf) -> Iterator[Finding]:
    """A recall names a question of a practice there is, and another recall to come after."""
    path: Path = ("recalls", name)
    others = [each for each in flow.recalls if each != name]
    if recall.after is not None and recall.after not in others:
        yield Finding(
            at=InFlow((*path, "after")),
            fault=f"recall `{name}` is to come after `{recall.after}`, "
            "which is no other of the `recalls`",
            mend=suggest(recall.after, others, f"Add `{recall.after}` under `recalls:`."),
        )
    practice = recall.practice or flow.name
    home = flow if practice == flow.name else around.flows.get(practice)
    if home is None:
        if not around.knows(practice):
            yield _no_practice((*path, "practice"), practice, around)
        return
    turns = {turn.id: turn for turn in home.turns}
    whose = "this practice" if home is flow else f"practice `{practice}`"
    if recall.turn not in turns:
        yield Finding(
            at=InFlow((*path, "turn")),
            fault=f"recall `{name}` asks for `{recall.turn}`, and {whose} has no such turn",
            mend=suggest(recall.turn, answering(home), "Name a question of it."),
            unknown=True,
        )
    elif isinstance(pooled := turns[recall.turn], Answering) and pooled.circle is Circle.POOLED:
        yield Finding(
            at=InFlow((*path, "turn")),
            fault=f"recall `{name}` asks for `{recall.turn}`, which is pooled: nothing keeps it",
            mend="Recall another question, or give that one the circle `own`.",
        )
    elif isinstance(given := turns[recall.turn], Known) and not given.kept:
        yield Finding(
            at=InFlow((*path, "turn")),
            fault=f"recall `{name}` asks for `{recall.turn}`, which is not kept",
            mend=f"Recall another question, or take `kept: false` out of `{recall.turn}`.",
        )
    elif recall.turn not in recallable(home):
        kind = turns[recall.turn].kind
        yield Finding(
            at=InFlow((*path, "turn")),
            fault=f"recall `{name}` asks for `{recall.turn}`, a `{kind}`, which nobody answers",
            mend=f"Name a question of {whose}: {listed(answering(home))}.",
        )


def _used(flow: Flow, around: Around, path: Path, turn: Turn) -> Iterator[Finding]:
    """Where a turn leads, what it brings back, which practices it names."""
    yield from _led_to(flow, path, turn)
    match turn:
        case Recall(of=name) if name not in flow.recalls:
            yield Finding(
                at=InFlow((*path, "of")),
                fault=f"turn `{turn.id}` recalls `{name}`, which is not among the `recalls`",
                mend=suggest(name, flow.recalls, f"Add `{name}` under `recalls:`."),
            )
        case SubFlow(practice=name):
            yield from _sub_flow(flow, around, (*path, "practice"), name)
        case Close(begins=str(name)) if not around.knows(name):
            yield _no_practice((*path, "begins"), name, around)
        case _:
            pass


def _led_to(flow: Flow, path: Path, turn: Turn) -> Iterator[Finding]:
    names = [each.id for each in flow.turns]
    ways = [((*path, "to"), turn.to)]
    if isinstance(turn, Branch):
        ways += [((*path, "paths", n, "to"), way.to) for n, way in enumerate(turn.paths)]
    if isinstance(turn, Choice | Choices):
        ways += [((*path, "options", n, "to"), each.to) for n, each in enumerate(turn.options)]
    for place, to in ways:
        if to is not None and to not in names:
            yield Finding(
                at=InFlow(place),
                fault=f"turn `{turn.id}` leads to `{to}`, and no turn has that name",
                mend=suggest(to, names, "Name a turn of this practice."),
                unknown=True,
            )
        elif to is not None and isinstance(turn, Choices) and len(place) > len((*path, "to")):
            yield Finding(
                at=InFlow(place),
                fault=f"an option of `{turn.id}` leads to `{to}`, but several may be chosen",
                mend=f"Take this `to` out; let a branch follow, with `{turn.id} includes …`.",
            )
    if isinstance(turn, Close) and turn.to is not None:
        yield Finding(
            at=InFlow((*path, "to")),
            fault=f"turn `{turn.id}` closes the practice, so nothing can follow it",
            mend="Take its `to` out; to begin another practice, use `begins`.",
        )


def _sub_flow(flow: Flow, around: Around, path: Path, name: str) -> Iterator[Finding]:
    if not around.knows(name):
        yield _no_practice(path, name, around)
    elif name == flow.name or flow.name in _within(name, around):
        yield Finding(
            at=InFlow(path),
            fault=f"practice `{name}` leads back into `{flow.name}`: one would never end",
            mend="Take one of the two out, or begin it at the close with `begins`.",
        )
    elif not _recurs(name, around) and _size(flow, around) > MOST_TURNS:
        yield Finding(
            at=InFlow(path),
            fault=f"with all the practices inside it this one has over {MOST_TURNS} turns",
            mend="Use fewer practices inside others.",
        )


def _within(name: str, around: Around) -> set[str]:
    """The names of all practices inside a practice, however deep."""
    found: set[str] = set()
    ahead = [name]
    while ahead:
        flow = around.flows.get(ahead.pop())
        inner = {turn.practice for turn in flow.turns if isinstance(turn, SubFlow)} if flow else ()
        ahead += [each for each in inner if each not in found]
        found.update(inner)
    return found


def _recurs(name: str, around: Around) -> bool:
    """Whether a practice inside leads back into itself: a fault of its own, told there."""
    inner = {name} | _within(name, around)
    return any(each in _within(each, around) for each in inner)


def _size(flow: Flow, around: Around) -> int:
    """How many turns there are once all is laid out; stops counting past the most."""
    size = len(flow.turns)
    for turn in flow.turns:
        inner = around.flows.get(turn.practice) if isinstance(turn, SubFlow) else None
        if inner and size <= MOST_TURNS:
            size += _size(inner, around)
    return size


def _no_practice(path: Path, name: str, around: Around) -> Finding:
    return Finding(
        at=InFlow(path),
        fault=f"there is no practice named `{name}`",
        mend=suggest(name, [*around.flows, *around.unread], "Name a practice that is there."),
    )
