"""Whoever looks into the channel and reckons learns of nobody that they chose to have no name.

A world is what each member did: kept their words or was away (`-`), gave them in time without a
name (`U`) or with it (`N`), or late (`u`, `n`). Nobody can tell apart two worlds in which they see
the same. Every member is played as an attacker who knows the rules, who all the members are, and
their own choice.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count, permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.requests import revealing
from bot.store.circled import voice
from bot.store.rounds import Words
from tests.circles.conftest import ONE, PEOPLE
from tests.circles.looking import AGAIN, CLOSES, OPENS
from tests.circles.team import Team

AWAY, UNNAMED, NAMED = "-", "Uu", "Nn"
IN_TIME, LATE = "UN", "un"
#: Fewer voices are shown only if the host says so, and then without names.
FEW = 3


@dataclass(frozen=True)
class Seen:
    """What one member sees: of each reveal, the names and how many voices without one."""

    first: tuple[frozenset[str], int]
    late: tuple[frozenset[str], int]
    mine: str
    #: Whether they were told that their late words are not shown.
    kept: bool


def _words(who: int, choice: str) -> Words:
    return Words(name=f"name {who}" if choice in NAMED else "", paragraphs=(f"words {who}",))


def _given(world: Sequence[str], choices: str) -> dict[str, Words]:
    return {str(who): _words(who, each) for who, each in enumerate(world) if each in choices}


def _told(voices: Sequence[Words]) -> tuple[frozenset[str], int]:
    return frozenset(each.name for each in voices if each.name), sum(
        not one.name for one in voices
    )


@cache
def _channel(
    world: tuple[str, ...], left: frozenset[int], *, asked: bool = False
) -> tuple[tuple[frozenset[str], int], tuple[frozenset[str], int], frozenset[str]] | None:
    """Both reveals, and whose late words are kept; None where nothing is shown.

    `left` went after the first reveal, as everybody may have seen; `asked` says that the host had
    the few voices shown.
    """
    first, late = _given(world, IN_TIME), _given(world, LATE)
    if len(first) < (1 if asked else FEW):
        return None
    everybody = {str(who) for who in range(len(world))}
    names = revealing.named(first, everybody) and len(first) >= FEW
    one = _told(revealing.shown(first, count().__next__, names=names))
    others = everybody - first.keys() - {str(who) for who in left}
    gone = len(first.keys() & {str(who) for who in left})
    before = revealing.Before(nameless=one[1] > 0, parted=bool(left), gone=gone)
    told, names = revealing.late(late, others, before)
    two = _told(revealing.shown(told, count().__next__, names=names))
    return one, two, frozenset(late.keys() - told.keys())


def _seen(
    world: tuple[str, ...], who: int, left: frozenset[int] = frozenset(), *, asked: bool = False
) -> Seen | None:
    shown = _channel(world, left, asked=asked)
    if shown is None:
        return None
    one, two, kept = shown
    return Seen(first=one, late=two, mine=world[who], kept=str(who) in kept)


def _could_have_written(
    world: tuple[str, ...], choices: str, seen: Seen, left: frozenset[int]
) -> set[int]:
    """Whose voice stands there without a name in this world."""
    shown = _channel(world, left)
    assert shown is not None
    names = seen.first[0] | seen.late[0]
    return {
        who
        for who, each in enumerate(world)
        if each in choices and f"name {who}" not in names and str(who) not in shown[2]
    }


def _indistinguishable(
    size: int, left: frozenset[int], *, asked: bool = False
) -> Iterator[tuple[Seen, list[tuple[str, ...]]]]:
    """All worlds that look the same to the member who is number 0: the others are alike."""
    looks: dict[Seen, list[tuple[str, ...]]] = defaultdict(list)
    for world in product(AWAY + IN_TIME + LATE, repeat=size):
        if any(world[who] in LATE for who in left):
            continue
        seen = _seen(world, 0, left, asked=asked)
        if seen is not None:
            looks[seen].append(world)
    yield from looks.items()


@pytest.mark.parametrize("asked", [False, True], ids=["in usual rounds", "where the host has it"])
@pytest.mark.parametrize(
    "left", [(), (1,), (1, 2), (0, 1)], ids=["all stay", "one leaves", "two leave", "I leave too"]
)
@pytest.mark.parametrize("size", [3, 4, 5])
def test_nobody_can_conclude_from_the_channel_that_another_chose_no_name(
    size: int,
    left: tuple[int, ...],
    asked: bool,  # noqa: FBT001 - A case.
) -> None:
    for seen, worlds in _indistinguishable(size, frozenset(left), asked=asked):
        for other in range(1, size):
            assert any(world[other] not in UNNAMED for world in worlds), (seen, other, worlds)


@pytest.mark.parametrize(
    "left", [(), (1,), (1, 2), (0, 1)], ids=["all stay", "one leaves", "two leave", "I leave too"]
)
@pytest.mark.parametrize("size", [3, 4, 5])
def test_a_voice_without_a_name_could_be_that_of_two_others_at_least(
    size: int, left: tuple[int, ...]
) -> None:
    gone = frozenset(left)
    for seen, worlds in _indistinguishable(size, gone):
        for choices, (_, nameless) in ((IN_TIME, seen.first), (LATE, seen.late)):
            each = [_could_have_written(one, choices, seen, gone) for one in worlds]
            if nameless > len(each[0] & {0}):
                assert len(set().union(*each) - {0}) >= 2, (seen, worlds)


def _neighbours(world: tuple[str, ...], other: int, me: int) -> Iterator[tuple[str, ...]]:
    """Worlds in which another than oneself did otherwise, alone or with one more."""
    for choice in AWAY + IN_TIME + LATE:
        yield *world[:other], choice, *world[other + 1 :]
    for second in {*range(len(world))} - {me, other}:
        for one, two in product(AWAY + IN_TIME + LATE, repeat=2):
            changed = list(world)
            changed[other], changed[second] = one, two
            yield tuple(changed)


worlds_ = st.integers(3, 9).flatmap(
    lambda size: st.tuples(*[st.sampled_from(AWAY + IN_TIME + LATE)] * size)
)


@settings(deadline=None, max_examples=60)
@given(world=worlds_, data=st.data())
def test_however_large_a_team_somebody_else_could_have_chosen_it_instead(
    world: tuple[str, ...], data: st.DataObject
) -> None:
    stays = [who for who, each in enumerate(world) if each not in LATE]
    left = data.draw(st.frozensets(st.sampled_from(stays))) if stays else frozenset()
    for me, other in permutations(range(len(world)), 2):
        seen = _seen(world, me, left)
        if seen is None or world[other] not in UNNAMED:
            continue
        assert any(
            each[other] not in UNNAMED and _seen(each, me, left) == seen
            for each in _neighbours(world, other, me)
            if not any(each[who] in LATE for who in left)
        ), (world, me, other)


def test_names_do_not_stand_when_all_but_one_were_heard_and_one_of_them_has_none() -> None:
    """The one who was not heard would know that everybody without a name wanted none."""
    voices = _given("NUUU-", IN_TIME)
    assert not revealing.named(voices, set("01234"))
    assert revealing.named(voices, set("012345"))


def test_names_stand_in_a_full_round_in_which_everybody_has_one() -> None:
    assert revealing.named(_given("NNN", IN_TIME), set("012"))


def test_a_name_that_comes_late_does_not_say_who_is_left_over_in_the_round_before() -> None:
    late = _given("----n-", LATE)
    told, names = revealing.late(late, {"4", "5"}, revealing.Before(nameless=True))
    assert (list(told), names) == (["4"], False)
    told, names = revealing.late(late, {"4", "5"}, revealing.Before())
    assert (list(told), names) == (["4"], True)


def test_what_comes_late_does_not_say_that_whoever_left_had_no_name() -> None:
    """They cannot have come late: with nobody else left over, the first voices are theirs."""
    late = _given("-UUNn", LATE)
    before = revealing.Before(nameless=True)
    assert list(revealing.late(late, {"0", "4"}, before)[0]) == ["4"]
    assert not revealing.late(late, {"0", "4"}, replace(before, parted=True))[0]
    assert list(revealing.late(late, {"0", "4", "5"}, replace(before, parted=True))[0]) == ["4"]


@given(world=worlds_)
def test_a_late_voice_without_a_name_is_shown_only_if_three_could_have_given_it(
    world: tuple[str, ...],
) -> None:
    late = _given(world, LATE)
    others = {str(who) for who, each in enumerate(world) if each not in IN_TIME}
    told, _ = revealing.late(late, others, revealing.Before())
    without = {who for who, words in late.items() if not words.name}
    assert late.keys() - told.keys() == (without if len(others) < FEW else set())


# --- order ------------------------------------------------------------------------------------

_FEW_WORLDS = st.integers(3, 5).flatmap(lambda size: st.tuples(*[st.sampled_from(IN_TIME)] * size))


def _orders(voices: dict[str, Words], *, names: bool) -> Counter[tuple[Words, ...]]:
    """What is shown under every lot that can be drawn."""
    return Counter(
        revealing.shown(voices, iter(lot).__next__, names=names)
        for lot in permutations(range(len(voices)))
    )


@settings(deadline=None, max_examples=40)
@given(world=_FEW_WORLDS, data=st.data())
def test_who_answers_first_changes_nothing_of_what_may_be_shown(
    world: tuple[str, ...], data: st.DataObject
) -> None:
    voices = _given(world, IN_TIME)
    order = data.draw(st.permutations(list(voices)))
    again = {who: voices[who] for who in order}
    for names in (False, True):
        assert _orders(voices, names=names) == _orders(again, names=names)
        assert set(_orders(voices, names=names).values()) == {1}


@settings(deadline=None, max_examples=40)
@given(world=worlds_, data=st.data())
def test_two_who_swap_choices_leave_no_other_trace_than_their_names(
    world: tuple[str, ...], data: st.DataObject
) -> None:
    one, two = data.draw(st.permutations(range(len(world))))[:2]
    swapped = list(world)
    swapped[one], swapped[two] = world[two], world[one]
    before, after = (_channel(each, frozenset()) for each in (world, tuple(swapped)))
    assert (before is None) == (after is None)
    if before is not None and after is not None:
        assert [(len(names), rest) for names, rest in before[:2]] == [
            (len(names), rest) for names, rest in after[:2]
        ]


# --- through the doors --------------------------------------------------------------------------

CHOICES = {"N": "With my name", "U": "Without my name", AWAY: "Keep them to myself"}


def _watched(team: Team, world: Sequence[str], opened: datetime) -> list[tuple[datetime, str]]:
    """Everything that the channel showed in a round until it closed, and when it changed."""
    start = len(team.seen)
    team.until(opened)
    start = min(start, len(team.seen) - 1)
    told: list[tuple[datetime, str]] = []

    def look() -> None:
        reads = "\n".join(team.texts[start:])
        if not told or told[-1][1] != reads:
            told.append((team.now, reads))

    look()
    for number, (who, choice) in enumerate(zip(PEOPLE, world, strict=False)):
        team.until(opened + timedelta(hours=number + 1, minutes=2))
        team.answers(who, f"fulmar-{who}", CHOICES[choice])
        team.beats()
        look()
        team.until(opened + timedelta(hours=number + 1, minutes=5))
        look()
    team.until(opened + timedelta(days=3, hours=2, minutes=25))
    look()
    return told


@ONE
@pytest.mark.parametrize("chosen", ["NNNN", "UUUU", "UNNU"])
def test_nothing_in_the_channel_depends_on_what_was_chosen_before_the_close(
    ready: Team, chosen: str
) -> None:
    told = _watched(ready, chosen, OPENS)
    assert [at for at, _ in told] == [
        OPENS,
        *(OPENS + timedelta(hours=hour, minutes=5) for hour in range(1, 5)),
    ]
    assert [reads.rsplit("\n", 1)[-1] for _, reads in told] == [
        "No voice so far: there is time.",
        *(f"So far: {number} of 7." for number in range(1, 5)),
    ]


@ONE
def test_whoever_keeps_their_words_leaves_no_mark_and_delays_nothing(ready: Team) -> None:
    told = _watched(ready, "N-U-N", OPENS)
    assert [reads.rsplit("\n", 1)[-1] for _, reads in told] == [
        "No voice so far: there is time.",
        "So far: 1 of 7.",
        "So far: 2 of 7.",
        "So far: 3 of 7.",
    ]


@ONE
def test_what_is_shown_is_the_same_whoever_answers_first(ready: Team) -> None:
    """Twice the same choices, the second time in the opposite order, and with another lot."""
    reveals = []
    for order, opened in ((PEOPLE[:5], OPENS), (PEOPLE[4::-1], AGAIN)):
        ready.until(opened)
        start = len(ready.seen)
        for who in order:
            ready.answers(who, f"fulmar-{who}", CHOICES["U" if who in PEOPLE[1:4] else "N"])
        ready.until(opened + timedelta(days=3, hours=2, minutes=30))
        shown = [one for one in ready.seen[start:] if "fulmar" in one.text]
        reveals.append([sorted(one.text.replace("\n\n\n", "\n\n").split("\n\n")) for one in shown])
    (first, _), (second, _) = reveals
    assert first == second
    assert first.count("A voice:") == 3


@ONE
def test_what_a_round_keeps_after_it_was_shown_says_of_nobody_whether_they_had_a_name(
    ready: Team,
) -> None:
    ready.until(OPENS)
    for who, choice in zip(PEOPLE, "NNUUU", strict=False):
        ready.answers(who, f"fulmar-{who}", CHOICES[choice])
    ready.until(CLOSES)
    rows = ready.run(lambda conn: conn.execute(select(voice)).all())
    assert {row.participant for row in rows} == {ready.id_of(who) for who in PEOPLE[:5]}
    assert {(row.body, row.conversation) for row in rows} == {(None, None)}


@ONE
def test_a_name_that_is_not_shown_is_in_no_message_that_waits_or_was_sent(ready: Team) -> None:
    ready.until(OPENS)
    for who, choice in zip(PEOPLE, "NNNNUUU", strict=True):
        ready.answers(who, f"fulmar-{who}", CHOICES[choice])
    ready.until(CLOSES + timedelta(days=2))
    everything = "\n".join(ready.texts)
    assert everything.count("A voice:") == 7
    assert not any(name in everything for name in ("Ada", "Ben", "Caro", "Dev"))
