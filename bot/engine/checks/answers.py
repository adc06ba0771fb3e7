"""Whether every condition can be read, and whether any answer can meet it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import assert_never

from bot.engine.checks.findings import (
    Around,
    Finding,
    InFlow,
    Known,
    Path,
    answered_by,
    suggest,
)
from bot.engine.conditions import (
    Comparison,
    Condition,
    MalformedConditionError,
    Value,
    comparisons,
    holds,
    parse,
)
from bot.engine.flow import Ask, Branch, Choice, Choices, Flow, Scale, Wait

#: How many combinations of answers are tried on the conditions of one branch.
_MOST_TRIED = 20_000
#: Stands for a session that a choice offers, whichever it is.
_SESSION = "a session"


def find(flow: Flow, around: Around) -> Iterator[Finding]:
    """Every fault of every branch's conditions."""
    known = answered_by(flow, around.flows)
    # What a recall of an unreadable practice gives is not known, so nothing is said of it.
    vague = set(flow.recalls) - set(known)
    for index, turn in enumerate(flow.turns):
        if isinstance(turn, Branch):
            yield from _branch(flow, ("turns", index), turn, known, vague)


def _branch(
    flow: Flow, path: Path, turn: Branch, known: Mapping[str, Known], vague: set[str]
) -> Iterator[Finding]:
    """Each condition by itself, then all of them in their order."""
    conditions: list[Condition] = []
    for index, way in enumerate(turn.paths):
        place = (*path, "paths", index, "when")
        try:
            condition = parse(way.when)
        except (MalformedConditionError, RecursionError) as malformed:
            yield _malformed(place, way.when, malformed)
            continue
        faults = [
            fault
            for comparison in comparisons(condition)
            if comparison.name not in vague
            for fault in _comparison(flow, place, comparison, known)
        ]
        yield from faults
        conditions += [] if faults else [condition]
    if len(conditions) == len(turn.paths) and not vague:
        yield from _met(path, turn, conditions, known)


def _malformed(place: Path, when: str, why: Exception) -> Finding:
    said = str(why) if isinstance(why, MalformedConditionError) else "it has too many brackets"
    return Finding(
        at=InFlow(place),
        fault=f"the condition `{when}` cannot be read: {said}",
        mend="Write it like `energy <= 2`, `tried is not_yet` or `barriers includes time`, "
        "joined with `and`, `or`, `not`.",
    )


def _comparison(
    flow: Flow, place: Path, comparison: Comparison, known: Mapping[str, Known]
) -> Iterator[Finding]:
    name = comparison.name
    turn = known.get(name)
    if turn is None:
        kinds = {each.id: each.kind for each in flow.turns}
        fault = (
            f"`{name}` is a `{kinds[name]}`, which nobody answers"
            if name in kinds
            else f"the condition speaks of `{name}`, which is neither a question nor a recall"
        )
        mend = suggest(name, known, "Name a question of this practice or one of its recalls.")
        yield Finding(at=InFlow(place), fault=fault, mend=mend, unknown=name not in kinds)
    elif comparison.verb != "answered":
        for fault, mend in _values(name, turn, comparison):
            yield Finding(at=InFlow(place), fault=fault, mend=mend)


def _values(name: str, turn: Known, comparison: Comparison) -> Iterator[tuple[str, str]]:
    """What nobody can answer, with the mend."""
    match turn:
        case Ask() | Wait():
            yield (
                f"`{name}` is answered in words, so it cannot be compared",
                f"Write `{name} answered`, or `not {name} answered`.",
            )
        case Scale(points=points):
            yield from _of_scale(name, points, comparison)
        case Choice():
            if comparison.verb != "in":
                yield (
                    f"`{name}` is a choice of one, so `{comparison.verb}` says nothing about it",
                    f"Write `{name} is …`, `{name} is not …` or `{name} in …, …`.",
                )
            else:
                yield from _of_options(name, turn, comparison)
        case Choices():
            if comparison.verb != "includes":
                verb = "is" if comparison.verb == "in" else comparison.verb
                yield (
                    f"several may be chosen at `{name}`, so `{verb}` is never true of it",
                    f"Write `{name} includes …`.",
                )
            else:
                yield from _of_options(name, turn, comparison)
        case _:
            assert_never(turn)


def _of_scale(name: str, points: int, comparison: Comparison) -> Iterator[tuple[str, str]]:
    if comparison.verb == "includes":
        yield (
            f"`{name}` is a scale, so `includes` says nothing about it",
            f"Write `{name} is 3`, `{name} <= 2` or the like.",
        )
        return
    for value in comparison.values:
        if not isinstance(value, int) or not 1 <= value <= points:
            yield (
                f"nobody can answer `{value}` to `{name}`, a scale from 1 to {points}",
                f"Compare with a whole number from 1 to {points}.",
            )
    if (comparison.verb, *comparison.values) in {("<", 1), (">", points)}:
        yield (
            f"`{name} {comparison.verb} {comparison.values[0]}` is true of no answer",
            f"Write `{name} {comparison.verb}= {comparison.values[0]}`.",
        )


def _of_options(
    name: str, turn: Choice | Choices, comparison: Comparison
) -> Iterator[tuple[str, str]]:
    options = [option.id for option in turn.options]
    for value in comparison.values:
        if value not in options:
            yield (
                f"`{name}` has no option `{value}`, so nobody can answer that",
                suggest(str(value), options, "Name one of its options."),
            )


def _met(
    path: Path, turn: Branch, conditions: list[Condition], known: Mapping[str, Known]
) -> Iterator[Finding]:
    """Conditions that no answers together can meet, or that an earlier one always takes."""
    every = [comparison for condition in conditions for comparison in comparisons(condition)]
    domains = {each.name: _domain(known[each.name], each.name, every) for each in every}
    if math.prod(map(len, domains.values())) > _MOST_TRIED:
        return
    ever, first = [False] * len(conditions), [False] * len(conditions)
    for answers in itertools.product(*domains.values()):
        values = {
            name: value for name, value in zip(domains, answers, strict=True) if value is not None
        }
        met = [holds(condition, values) for condition in conditions]
        ever = [a or b for a, b in zip(ever, met, strict=True)]
        if any(met):
            first[met.index(True)] = True
    for index, way in enumerate(turn.paths):
        if not first[index]:
            yield _never(path, index, way.when, ever=ever[index])


def _never(path: Path, index: int, when: str, *, ever: bool) -> Finding:
    if ever:
        fault = f"whatever meets `{when}` has already met a condition before it"
        mend = "Put the narrower condition first, or take this path out."
    else:
        fault = f"no answers at all can meet `{when}`"
        mend = "Look at it again: perhaps `or` was meant where `and` stands."
    return Finding(at=InFlow((*path, "paths", index, "when")), fault=fault, mend=mend)


def _domain(turn: Known, name: str, every: list[Comparison]) -> list[Value | None]:
    """What may be answered to a turn, as far as these conditions can tell; None for nothing."""
    match turn:
        case Ask() | Wait():
            return [None, True]
        case Scale(points=points):
            return [None, *range(1, points + 1)]
        case Choice(options=options, offers=offers):
            return [None, *(option.id for option in options), *([_SESSION] if offers else [])]
        case Choices():
            named = sorted({str(v) for each in every if each.name == name for v in each.values})
            sizes = range(len(named) + 1)
            chosen = (subset for size in sizes for subset in itertools.combinations(named, size))
            return [None, *chosen]
        case _:
            assert_never(turn)
