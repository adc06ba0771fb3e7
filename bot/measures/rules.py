"""The rules of telling: from a count in memory to what may be told of it (TRUST 3.6).

What is told is a partition: each cell is told in one group at most, and nothing is told of all
groups together, so no hidden cell is the difference of two figures. Everything told is rounded,
and that all say the same is never told. The reasons, with figures, stand in docs/anonymity.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.measures.gate import Before, gate, remember
from bot.measures.measure import LEAST, LEAST_OF_DISTRIBUTION, Ballot, Group, Kind, Measure
from bot.measures.release import Amount, Part, Share, Told

__all__ = ["Before", "Cell", "Outcome", "amount", "floor_of", "outcome", "remembered"]

#: Numbers of people are rounded to this, shares to tenths.
STEP = 5
TENTH = 10
#: So many may differ from all others without anybody seeing whether they do.
DISSENTERS = 2
#: From here on, in hundredths, a share is `most`; from there down it is `few`.
MOST, FEW = 90, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cohort's or session's count, as tallied in memory."""

    #: Its title.
    name: str
    ballots: tuple[Ballot, ...]
    #: Who contributed, as many as ballots: ids, or something unique for who is not known any more.
    people: frozenset[str]
    invited: int
    opened: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What is told of a count now, and what is not."""

    told: tuple[Told, ...]
    #: For each Told, the names of the cells in it.
    cells: tuple[frozenset[str], ...]
    #: Cells of which nothing is told now.
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Group:
    """Cells that are told together."""

    cells: tuple[Cell, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(cell.name for cell in self.cells))

    @property
    def people(self) -> frozenset[str]:
        return frozenset().union(*(cell.people for cell in self.cells))

    @property
    def size(self) -> tuple[int, tuple[str, ...]]:
        """By what groups are put in order: the smallest first."""
        return len(self.people), self.names


def outcome(measure: Measure, cells: Sequence[Cell], before: Sequence[Before]) -> Outcome:
    """What may be told of these cells, after what was told before.

    `before` is what `remembered` said after the last release, however long ago that was.
    """
    floor = floor_of(measure)
    groups = _groups(floor, [_Group((cell,)) for cell in cells], _passing(measure, cells, before))
    told = sorted(groups, key=lambda group: group.names)
    names = tuple(frozenset(group.names) for group in told)
    return Outcome(
        told=tuple(_told(measure, floor, group) for group in told),
        cells=names,
        held=frozenset(cell.name for cell in cells).difference(*names),
    )


def remembered(
    before: Sequence[Before], cells: Sequence[Cell], found: Outcome
) -> tuple[Before, ...]:
    """What to hold against the next release, once this is told; the oldest comes first.

    What is held changes nothing: a cell held for long is still held against what was told of it.
    """
    people = {cell.name: cell.people for cell in cells}
    now = (
        Before(cells=names, people=frozenset[str]().union(*(people[name] for name in names)))
        for names in found.cells
    )
    return remember(before, now)


def floor_of(measure: Measure) -> int:
    """The fewest people of whom anything is told, whatever the measure says."""
    least = LEAST if measure.favourable else LEAST_OF_DISTRIBUTION
    return max(measure.floor, measure.least, least)


def amount(count: int) -> Amount:
    """About how many: none, a band below ten, and rounded from ten on."""
    if count < STEP:
        return Amount(low=0, high=STEP - 1 if count else 0)
    if count < LEAST_OF_DISTRIBUTION:
        return Amount(low=STEP, high=LEAST_OF_DISTRIBUTION - 1)
    return Amount(low=_rounded(count), high=_rounded(count))


#: Whether a group may be told beside others.
_Passing = Callable[[_Group, Iterable[_Group]], bool]


def _passing(measure: Measure, cells: Sequence[Cell], before: Sequence[Before]) -> _Passing:
    everybody = [person for cell in cells for person in cell.people]
    if measure.group is not Group.SESSION:
        whole = gate(before, everybody)
        return lambda group, beside: whole.passes(group.people, [each.people for each in beside])
    # Two sessions are two things, also with the same people: only a session's own count, and
    # those it was told with, are held against it.

    def passes(group: _Group, beside: Iterable[_Group]) -> bool:
        near, others = _near(frozenset(group.names), before, tuple(beside))
        return gate(near, everybody).passes(group.people, [each.people for each in others])

    return passes


def _near(
    names: frozenset[str], before: Sequence[Before], beside: Sequence[_Group]
) -> tuple[list[Before], list[_Group]]:
    """What shares a cell with these, or with what shares one with these, and so on."""
    while True:
        near = [told for told in before if told.cells & names]
        others = [group for group in beside if names.intersection(group.names)]
        wider = names.union(*(told.cells for told in near), *(each.names for each in others))
        if wider == names:
            return near, others
        names = wider


def _groups(floor: int, single: Iterable[_Group], passing: _Passing) -> list[_Group]:
    """The groups to tell. Whoever is large goes first; the rest are put together."""
    told, small, gated = list[_Group](), list[_Group](), list[_Group]()
    for group in sorted(single, key=lambda each: each.size, reverse=True):
        if len(group.people) < floor:
            small.append(group)
        elif passing(group, told):
            told.append(group)
        else:
            gated.append(group)
    # All that fail, together; or else apart: those that are few, and those that changed by a few.
    if small and gated and (made := _together([*small, *gated], floor, told, passing)):
        return made
    for failing in (small, gated):
        told = _merged(failing, floor, told, passing) or told
    return told


def _together(
    failing: list[_Group], floor: int, told: list[_Group], passing: _Passing
) -> list[_Group] | None:
    """What is told when failing groups are told as one; None when they may not be."""
    whole = _one(failing)
    enough = len(whole.people) >= floor
    return [*told, whole] if enough and passing(whole, told) else None


def _merged(
    failing: list[_Group], floor: int, told: list[_Group], passing: _Passing
) -> list[_Group] | None:
    """The same, and else as one with the smallest group told with which that may be."""
    if not failing:
        return None
    if made := _together(failing, floor, told, passing):
        return made
    for each in sorted(told, key=lambda group: group.size):
        others = [group for group in told if group is not each]
        if made := _together([*failing, each], floor, others, passing):
            return made
    return None


def _one(groups: Iterable[_Group]) -> _Group:
    return _Group(tuple(cell for group in groups for cell in group.cells))


def _told(measure: Measure, floor: int, group: _Group) -> Told:
    ballots = [ballot for cell in group.cells for ballot in cell.ballots]
    counts = [len(ballots)]
    for wider in ("answered", "opened", "invited"):
        counts.append(max(counts[-1], sum(getattr(cell, wider) for cell in group.cells)))
    contributed, answered, opened, invited = map(amount, counts)
    # Somebody who was at two sessions has two ballots and is one person.
    again = len(ballots) - len(group.people)
    return Told(
        groups=group.names,
        invited=invited,
        opened=opened,
        answered=answered,
        contributed=contributed,
        parts=tuple(
            _part(measure, floor, name, [each[number] for each in ballots if each[number]], again)
            for number, name in enumerate(measure.parts)
        ),
    )


def _part(
    measure: Measure, floor: int, name: str, given: list[tuple[int, ...]], again: int
) -> Part:
    people = len(given) - again
    if people < floor:
        return Part(name=name, answered=Amount(low=0, high=floor - 1))
    answered = amount(len(given))
    good = sum(1 for each in given if measure.good.intersection(each))
    share = _share(good, len(given)) if measure.good else None
    if people < LEAST_OF_DISTRIBUTION:
        return Part(name=name, answered=answered, favourable=share)
    chosen = Counter(number for each in given for number in each)
    [(number, times)] = chosen.most_common(1)
    if measure.kind is not Kind.CHOICES and len(given) - times <= DISSENTERS:
        return Part(name=name, answered=answered, favourable=share, most=number)
    counts = tuple((each, _about(chosen[each], len(given))) for each in measure.values)
    return Part(name=name, answered=answered, favourable=share, counts=counts)


def _share(good: int, all_: int) -> Share:
    percent = (2 * good * TENTH + all_) // (2 * all_) * TENTH
    if all_ - good <= DISSENTERS or percent >= MOST:
        return Share(most=True)
    if good <= DISSENTERS or percent <= FEW:
        return Share(few=True)
    return Share(percent=percent)


def _about(count: int, all_: int) -> int:
    """About how many chose something; all, all but one and all but two look alike."""
    return _rounded(all_ if all_ - count <= DISSENTERS else count)


def _rounded(count: int) -> int:
    return (count + STEP // 2) // STEP * STEP
