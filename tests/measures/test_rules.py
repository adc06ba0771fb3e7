"""What is told of a count: example after example."""

from __future__ import annotations

import pytest

from bot.measures import rules
from bot.measures.measure import Group, Kind, Measure
from bot.measures.release import Amount, Part, Share, Told
from bot.measures.rules import Before, Cell
from tests.measures.counting import (
    Memory,
    cell,
    crowd,
    made,
    measure,
    options,
    released,
    scaled,
)

SESSIONS = measure().model_copy(update={"group": Group.SESSION})
ITEMS = [{"id": each, "title": "One", "now": f"{each}_now", "then": "x"} for each in ("a", "b")]


def about(low: int, high: int | None = None) -> Amount:
    return Amount(low=low, high=low if high is None else high)


def only(of: Measure, *cells: Cell) -> Told:
    [told] = rules.outcome(of, cells, ()).told
    return told


def part(*numbers: int) -> Part:
    return only(measure(), scaled("a", *numbers)).parts[0]


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [
        (0, 0, 0),
        (1, 0, 4),
        (4, 0, 4),
        (5, 5, 9),
        (9, 5, 9),
        (10, 10, 10),
        (12, 10, 10),
        (13, 15, 15),
        (17, 15, 15),
        (18, 20, 20),
        (1_002, 1_000, 1_000),
    ],
)
def test_amounts(count: int, low: int, high: int) -> None:
    assert rules.amount(count) == about(low, high)


def test_of_fewer_than_the_floor_nothing_is_told() -> None:
    found = rules.outcome(measure(), [scaled("a", 4, 4, 4, 4)], ())
    assert (found.told, found.cells, found.held) == ((), (), frozenset({"a"}))


def test_of_nobody_nothing_is_told() -> None:
    assert rules.outcome(measure(), [], ()).told == ()
    assert rules.outcome(measure(), [cell("a", [])], ()).held == {"a"}


@pytest.mark.parametrize(
    ("numbers", "share"),
    [
        ((4, 5, 4, 1, 1), Share(most=True)),
        ((4, 5, 1, 1, 1), Share(few=True)),
        ((4, 5, 4, 1, 1, 1), Share(percent=50)),
        ((4, 5, 4, 1, 1, 1, 1), Share(percent=40)),
        ((4,) * 6 + (1,) * 3, Share(percent=70)),
        ((4,) * 7 + (1,) * 2, Share(most=True)),
    ],
)
def test_five_to_nine_are_told_as_a_band_and_a_share(
    numbers: tuple[int, ...], share: Share
) -> None:
    assert part(*numbers) == Part(name="any", answered=about(5, 9), favourable=share)


def test_ten_are_told_with_what_they_chose() -> None:
    told = part(*[1] * 3, *[3] * 4, *[5] * 6)
    counts = ((1, 5), (2, 0), (3, 5), (4, 0), (5, 5))
    share = Share(percent=50)
    assert told == Part(name="any", answered=about(15), favourable=share, counts=counts)


def test_when_nearly_all_chose_the_same_it_is_told_as_most() -> None:
    most = Part(name="any", answered=about(10), favourable=Share(few=True), most=3)
    assert part(*[3] * 10) == part(*[3] * 8, 1, 2) == most
    assert part(*[3] * 7, 1, 2, 5).most is None


@pytest.mark.parametrize(
    ("good", "share"),
    [
        (0, Share(few=True)),
        (5, Share(few=True)),
        (6, Share(percent=20)),
        (18, Share(percent=50)),
        (33, Share(percent=80)),
        (34, Share(most=True)),
        (40, Share(most=True)),
    ],
)
def test_large_shares_and_small_ones_are_told_as_most_and_few(good: int, share: Share) -> None:
    assert part(*[4] * good, *[1] * (40 - good)).favourable == share


def test_a_measure_with_nothing_favourable_has_no_share_and_needs_ten() -> None:
    of = options(3, good=())
    nine = cell("a", crowd("a", 9), [((0,),)] * 5 + [((1,),)] * 4)
    assert rules.outcome(of, [nine], ()).held == {"a"}
    ten = cell("a", crowd("a", 10), [((0,),)] * 5 + [((1,),)] * 5)
    [told] = only(of, ten).parts
    assert told.favourable is None
    assert told.counts == ((0, 5), (1, 5), (2, 0))
    change = made(kind=Kind.CHANGE, items=ITEMS, floor=8)
    assert rules.floor_of(change) == 10


def test_of_several_options_each_is_counted() -> None:
    of = options(3, several=True)
    given = [((0, 1),)] * 6 + [((1, 2),)] * 3 + [((2,),)] * 4
    [told] = only(of, cell("a", crowd("a", 13), given)).parts
    assert told.counts == ((0, 5), (1, 10), (2, 5))
    assert told.favourable == Share(percent=50)


def test_each_item_has_its_own_floor() -> None:
    of = made(kind=Kind.CHANGE, items=ITEMS, favourable=(1, 2, 3, 4), floor=8)
    given = [((1,), (0,))] * 4 + [((2,), ())] * 4 + [((-1,), (-1,))] * 3
    told = only(of, cell("a", crowd("a", 11), given))
    assert told.contributed == about(10)
    one, other = told.parts
    assert (one.name, one.answered, one.favourable) == ("a", about(10), Share(percent=70))
    assert dict(one.counts)[2] == 5
    assert other == Part(name="b", answered=about(0, 7))


def test_amounts_stand_within_one_another_whatever_is_handed_in() -> None:
    one = Cell(
        name="a",
        ballots=(((1,),),) * 13,
        people=crowd("a", 13),
        invited=30,
        opened=2,
        answered=20,
    )
    told = only(measure(), one)
    assert (told.contributed, told.answered) == (about(15), about(20))
    assert (told.opened, told.invited) == (about(20), about(30))


def test_failing_cells_are_told_together_when_they_reach_the_floor() -> None:
    groups = {"big": crowd("a", 20), "x": crowd("x", 3), "y": crowd("y", 4)}
    assert released(measure(), groups) == [{"big"}, {"x", "y"}]


def test_one_failing_cell_is_told_with_the_smallest_other() -> None:
    groups = {"big": crowd("a", 20), "less": crowd("b", 6), "x": crowd("x", 3)}
    assert released(measure(), groups) == [{"big"}, {"less", "x"}]
    told = only(measure(), scaled("z", *[4] * 6), scaled("x", 1))
    assert told.groups == ("x", "z")


def test_whether_a_cell_has_one_person_or_none_makes_no_difference() -> None:
    for size in (0, 1):
        groups = {"big": crowd("a", 20), "x": crowd("x", size)}
        assert released(measure(), groups) == [{"big", "x"}]


def test_failing_cells_with_nobody_to_go_with_are_held() -> None:
    assert released(measure(floor=10), {"x": crowd("x", 4), "y": crowd("y", 5)}) == []


@pytest.mark.parametrize("changed", range(8))
def test_a_change_of_one_to_four_people_is_not_told(changed: int) -> None:
    memory = Memory()
    assert released(measure(), {"a": crowd("a", 20)}, memory) == [{"a"}]
    later = released(measure(), {"a": crowd("a", 20 - changed)}, memory)
    assert bool(later) == (changed == 0 or changed >= 5)


def test_it_counts_who_contributed_whoever_is_invited() -> None:
    full, memory = crowd("a", 20), Memory()
    released(measure(), {"a": full}, memory)
    less = sorted(full)[1:]
    abstained = Cell(
        name="a",
        ballots=(((1,),),) * 19,
        people=frozenset(less),
        invited=20,
        opened=20,
        answered=20,
    )
    assert rules.outcome(measure(), [abstained], memory.before).held == {"a"}


def test_small_changes_one_after_the_other_are_told_once_they_are_five() -> None:
    memory, people = Memory(), sorted(crowd("a", 20))
    told = [bool(released(measure(), {"a": people[gone:]}, memory)) for gone in range(11)]
    assert told == [True, *[False] * 4, True, *[False] * 4, True]


def test_what_was_told_as_one_is_not_told_apart_with_one_person_less() -> None:
    memory, one, other = Memory(), crowd("a", 8), sorted(crowd("b", 9))
    memory.before = (Before(cells=frozenset("ab"), people=one | set(other)),)
    assert released(measure(), {"a": one, "b": other}, memory) == [{"a"}, {"b"}]
    memory.before = (Before(cells=frozenset("ab"), people=one | set(other)),)
    assert len(released(measure(), {"a": one, "b": other[1:]}, memory)) == 1


def test_nor_in_a_third_release_when_the_other_part_was_told_in_the_second() -> None:
    memory, one, other = Memory(), crowd("a", 8), sorted(crowd("b", 9))
    memory.before = (Before(cells=frozenset("ab"), people=one | set(other)),)
    assert released(measure(), {"a": one}, memory) == [{"a"}]
    assert released(measure(), {"b": other[1:]}, memory) == []
    assert released(measure(), {"b": other}, memory) == [{"b"}]


def test_a_small_part_is_not_told_by_leaving_it_out() -> None:
    memory, one, small = Memory(), crowd("a", 8), crowd("c", 3)
    assert released(measure(), {"a": one, "c": small}, memory) == [{"a", "c"}]
    assert released(measure(), {"a": one}, memory) == []


def test_when_they_are_back_one_is_not_found_by_what_was_told_before() -> None:
    memory, people = Memory(), sorted(crowd("a", 20))
    assert released(measure(), {"a": people}, memory)
    assert released(measure(), {"a": people[6:]}, memory)
    assert released(measure(), {"a": people[1:]}, memory) == []


def test_nor_by_what_was_told_before_it_was_told_with_another() -> None:
    memory, one, other = Memory(), sorted(crowd("a", 9)), crowd("b", 3)
    assert released(measure(), {"a": one}, memory) == [{"a"}]
    memory.before = (
        *memory.before,
        Before(cells=frozenset("ab"), people=frozenset(one) | crowd("b", 6)),
    )
    assert released(measure(), {"a": one[1:]}, memory) == []
    assert released(measure(), {"a": one[1:], "b": other}, memory) == []


def test_a_cell_under_another_name_is_the_same_people() -> None:
    memory, people = Memory(), sorted(crowd("a", 20))
    assert released(measure(), {"a": people}, memory)
    assert released(measure(), {"new": people[1:]}, memory) == []


def test_many_who_change_cells_do_not_hide_one_who_leaves() -> None:
    memory, one, other = Memory(), sorted(crowd("a", 20)), crowd("b", 20)
    assert released(measure(), {"a": one, "b": other}, memory) == [{"a"}, {"b"}]
    moved = {"a": one[6:], "b": [*other, *one[1:6]]}  # Five change cells, and one leaves.
    assert len(released(measure(), moved, memory)) < 2


def test_a_held_cell_is_told_with_new_ones_when_that_hides_the_change() -> None:
    memory, people = Memory(), sorted(crowd("a", 20))
    assert released(measure(), {"a": people}, memory)
    groups = {"a": people[1:], "new": crowd("n", 4)}
    assert released(measure(), groups, memory) == [{"a", "new"}]


def test_a_small_cell_goes_with_another_while_a_changed_one_is_held() -> None:
    memory, people, other = Memory(), sorted(crowd("a", 20)), crowd("b", 7)
    assert released(measure(), {"a": people, "b": other}, memory) == [{"a"}, {"b"}]
    groups = {"a": people[1:], "b": other, "c": crowd("c", 3), "d": crowd("d", 9)}
    assert released(measure(), groups, memory) == [{"a", "c", "d"}, {"b"}]
    groups = {"a": people[1:], "b": [*other, "b8"], "c": crowd("c", 5)}
    assert released(measure(), groups, memory) == [{"a", "b", "c"}]


def test_two_cohorts_that_differ_by_one_person_are_told_as_one() -> None:
    people = sorted(crowd("a", 20))
    assert released(measure(), {"all": people, "old": people[1:]}) == [{"all", "old"}]


def test_two_sessions_with_nearly_the_same_people_are_two_things() -> None:
    people = sorted(crowd("a", 20))
    memory = Memory()
    assert released(SESSIONS, {"monday": people}, memory) == [{"monday"}]
    assert released(SESSIONS, {"tuesday": people[1:]}, memory) == [{"tuesday"}]
    both = {"wednesday": people, "thursday": people[1:]}
    assert released(SESSIONS, both, memory) == [{"thursday"}, {"wednesday"}]
    assert released(SESSIONS, {"monday": people[2:]}, memory) == []


def test_sessions_told_as_one_before_are_not_told_apart_with_one_person_less() -> None:
    monday, tuesday = crowd("m", 8), sorted(crowd("t", 9))
    memory = Memory((Before(cells=frozenset({"mon", "tue"}), people=monday | set(tuesday)),))
    apart = {"mon": monday, "tue": tuesday[1:]}
    assert len(released(SESSIONS, apart, memory)) == 1


def test_whoever_was_at_two_sessions_is_one_person() -> None:
    four = crowd("a", 4)
    assert released(SESSIONS, {"monday": four, "tuesday": four}) == []
    nine = crowd("a", 9)
    told = only(SESSIONS, cell("monday", nine), cell("tuesday", sorted(nine)[:4]))
    assert told.groups == ("monday", "tuesday")
    assert told.contributed == about(15)
    assert told.parts[0].counts == ()


def test_what_is_remembered_is_little() -> None:
    told = [Before(cells=frozenset("a"), people=crowd(letter, 5)) for letter in "pqrstu"]
    other = Before(cells=frozenset("ab"), people=crowd("x", 9))
    found = rules.remembered((other, *told), [cell("a", crowd("p", 5))], _told_alone())
    assert found == (other, *told[3:], told[0])


def _told_alone() -> rules.Outcome:
    return rules.Outcome(told=(), cells=(frozenset("a"),), held=frozenset())
