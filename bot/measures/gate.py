"""The change gate: no two figures may be told whose difference comes down to a few people.

What one told figure has that others do not have can be worked out by subtraction. So before a
group is told, it is held against what was told before and what is told beside it: whatever up to
four told figures come to when some are added and others taken away, it must be nobody at all or
at least five people (TRUST 3.6).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Figures that differ by so many people or more may both be told.
ENOUGH = 5
#: So many figures are held against one another. Each is rounded: in a sum of more of them, one
#: person is lost.
TERMS = 4
#: So many groups of the same cells are remembered, each of other people.
KEPT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """One group that was told in an earlier release of these cells."""

    cells: frozenset[str]
    people: frozenset[str]


def remember(before: Sequence[Before], told: Iterable[Before]) -> tuple[Before, ...]:
    """What is to be held against the next release, after this one was told; the oldest first.

    For each set of cells that was told as one, the last few groups that were told of it. The very
    last would not do: five people are away for a week, and when they are back, what is told then
    and what was told before differ by one. Nor would one group for each cell: it was told alone,
    then with another, then alone again.
    """
    kept = dict[Before, None]()
    for each in (*before, *told):
        kept.pop(each, None)
        kept[each] = None
    count = Counter[frozenset[str]]()
    for each in reversed(list(kept)):
        count[each.cells] += 1
        if count[each.cells] > KEPT:
            del kept[each]
    return tuple(kept)


#: Who is in it once or more, who twice or more, and so on.
_Times = tuple[int, ...]
_NEVER: _Times = (0,) * TERMS


@dataclass(frozen=True, slots=True)
class _Sum:
    """What a sum of figures comes to: who is in it, and who is in it the other way round."""

    more: _Times
    less: _Times = _NEVER

    def __add__(self, people: int) -> _Sum:
        less, people = _without(self.less, people)
        return _Sum(_with(self.more, people), less)

    def __sub__(self, people: int) -> _Sum:
        more, people = _without(self.more, people)
        return _Sum(more, _with(self.less, people))

    def __len__(self) -> int:
        return sum(each.bit_count() for each in (*self.more, *self.less))


def _without(times: _Times, people: int) -> tuple[_Times, int]:
    """These people once less each; and those of them who were not in it."""
    left = list[int]()
    for each in reversed(times):
        left.append(each & ~people)
        people &= ~each
    return tuple(reversed(left)), people


def _with(times: _Times, people: int) -> _Times:
    """These people once more each."""
    found = list[int]()
    for each in times:
        found.append(each | people)
        people &= each
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Gate:
    """What was told before, as bits: one for each person."""

    #: Which bit stands for whom, by its place.
    places: Mapping[str, int]
    before: tuple[int, ...]

    def passes(self, people: frozenset[str], beside: Iterable[frozenset[str]]) -> bool:
        """Whether a group of these people may be told, with these others told beside it."""
        terms = [*self.before, *map(self._of, beside)]
        seen = set[frozenset[tuple[int, bool]]]()

        def told(sum_: _Sum, used: frozenset[tuple[int, bool]]) -> bool:
            if 0 < len(sum_) < ENOUGH:
                return True
            left = TERMS - 1 - len(used)
            if not left:
                return False
            # If so many figures more can bring it down to a few, one of them takes this share.
            share = max(1, -((ENOUGH - 1 - len(sum_)) // left))
            taken = {number for number, _ in used}
            for number, term in enumerate(terms):
                for added, near in ((False, term & sum_.more[0]), (True, term & sum_.less[0])):
                    later = used | {(number, added)}
                    enough = near.bit_count() >= share
                    if enough and number not in taken and later not in seen:
                        seen.add(later)
                        if told(sum_ + term if added else sum_ - term, later):
                            return True
            return False

        return not told(_Sum(_with(_NEVER, self._of(people))), frozenset())

    def _of(self, people: frozenset[str]) -> int:
        return _bits(self.places, people)


def gate(before: Sequence[Before], people: Iterable[str]) -> Gate:
    """The gate for these people, after what was told before."""
    everybody = sorted({*people, *(each for told in before for each in told.people)})
    places = {person: number for number, person in enumerate(everybody)}
    return Gate(places, tuple(_bits(places, told.people) for told in before))


def _bits(places: Mapping[str, int], people: Iterable[str]) -> int:
    """These people as bits of one number, made at once: there may be a hundred thousand."""
    found = bytearray(len(places) // 8 + 1)
    for person in people:
        place = places[person]
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")
