"""What a harvest says: modestly, with of how many, and never of anybody."""

from __future__ import annotations

from datetime import date

import pytest

from bot.harvest import words
from bot.harvest.digest import digest_lines
from bot.harvest.harvest import ordered
from bot.harvest.shared import LEVELS, level, teller
from bot.harvest.telling import NOBODY, lines, said_of, sentences
from bot.measures.measure import said as worded
from bot.measures.release import Amount, Part, Release, Share
from tests.harvest.builders import (
    MONDAY,
    Story,
    around,
    changed,
    energy,
    named_barriers,
    percent,
    release,
    told,
    weeks,
    whole,
)


def said(found: Release) -> str:
    return " ".join(sentences(found, found.told[0]))


def test_every_figure_says_of_how_many() -> None:
    for found in whole().releases:
        for group in found.told:
            first, *_ = sentences(found, group)
            assert first == (
                "About 40 people added their answer to this count, of about 60 invited; "
                "about 50 opened it and about 45 answered."
            )


def test_every_group_ends_with_what_not_to_conclude() -> None:
    for found in whole().releases:
        for group in found.told:
            last = sentences(found, group)[-1]
            assert last == f"Not to conclude: {found.measure.not_to_conclude}"


@pytest.mark.parametrize(
    ("amount", "words_"),
    [
        (around(45), "about 45"),
        (around(5, 9), "5 to 9"),
        (around(0), "fewer than 5"),
    ],
)
def test_how_many_is_said_as_loosely_as_it_is_known(amount: Amount, words_: str) -> None:
    assert words.people(amount) == f"{words_} people"


@pytest.mark.parametrize(
    ("share", "words_"),
    [
        (Share(most=True), "Most"),
        (Share(few=True), "Few"),
        (percent(50), "About half"),
        (percent(20), "About 2 in 10"),
        (percent(80), "About 8 in 10"),
    ],
)
def test_a_share_is_words_or_tenths(share: Share, words_: str) -> None:
    found = release("weekly_energy", told(energy(share), many=around(5, 9)))
    assert f"{words_} chose 4 or 5, towards “Plenty”" in said(found)


def test_options_are_named_and_many_by_the_one_that_is_not_among_them() -> None:
    tried = Part(name="weekly_tried", answered=around(40), favourable=Share(most=True))
    assert "Most chose “Yes” or “In part”." in said(release("weekly_tried", told(tried)))
    took = Part(name="session_took_away", answered=around(40), favourable=percent(70))
    text = said(release("session_took_away", told(took)))
    assert "About 7 in 10 chose something other than “Nothing yet”." in text


def test_a_distribution_alone_names_what_was_chosen_most_often() -> None:
    text = said(named_barriers())
    assert "Chosen most often: “Priorities that pull apart”, by about 25." in text


def test_where_many_were_chosen_as_often_none_stands_out() -> None:
    part = Part(name="barriers", answered=around(20), counts=((0, 5), (1, 5), (2, 5)))
    assert "No answer stands out, of about 20." in said(release("barriers", told(part)))
    part = Part(name="barriers", answered=around(20), counts=((0, 10), (1, 10), (2, 5)))
    text = said(release("barriers", told(part)))
    assert (
        "“Priorities that pull apart” and “No protected time”, by about 10 each, of about 20."
        in text
    )


def test_nearly_all_the_same_is_most_and_no_number() -> None:
    assert "Most chose 4, of 5 to 9." in said(
        release("weekly_energy", told(energy(most=4, many=around(5, 9))))
    )


def test_each_item_of_a_change_is_told_apart_and_a_withheld_one_is_too_few_to_tell() -> None:
    text = said(changed())
    assert (
        "Taking a first step when nothing is clear: about 6 in 10 said more than before." in text
    )
    assert (
        "Asking where an answer was at hand: about 4 in 10 said more than before, of 8 to 9."
        in text
    )
    assert "Bringing people together first: most said no change, of about 20." in text
    for name in (
        "Staying when it gets awkward",
        "Noticing where others stand",
    ):
        assert f"{name}: too few to tell." in text


def test_other_favourable_changes_are_named_by_their_numbers() -> None:
    measure = changed().measure.model_copy(update={"favourable": (-1, 0)})
    assert words.chosen(measure, "en") == "said a change of -1 or +0"


def test_a_release_that_tells_of_nobody_says_so() -> None:
    assert lines(weeks(None)[0])[1:] == (f"  {NOBODY}",)


def test_groups_stand_by_their_names_whatever_they_came_to() -> None:
    groups = [told(energy(percent(each)), groups=(name,)) for name, each in (("B", 80), ("A", 20))]
    both = told(energy(percent(50)), groups=("C", "D"))
    found = release("weekly_energy", both, *groups)
    assert [words.groups(each) for each in ordered(found)] == ["A", "B", "C and D"]
    assert [line.split(":")[0].strip() for line in lines(found)[1:]] == [
        *("A", "B", "C and D"),
        "Not to conclude",
    ]


def test_people_without_a_group_are_everybody_counted() -> None:
    assert words.groups(told(energy(), groups=())) == "Everybody counted"


def test_a_part_that_fewer_answered_says_so() -> None:
    part = energy(percent(60), many=around(30))
    assert said_of(told(part), part).endswith("Of these, about 30 answered this.")


@pytest.mark.parametrize(
    ("until", "words_"),
    [
        (MONDAY, "2 November 2026"),
        (date(2026, 11, 8), "2 to 8 November 2026"),
        (date(2026, 12, 1), "2 November to 1 December 2026"),
        (date(2027, 1, 3), "2 November 2026 to 3 January 2027"),
    ],
)
def test_days_are_said_as_people_say_them(until: date, words_: str) -> None:
    assert words.span(MONDAY, until) == words_


def test_a_digest_is_at_most_four_lines_to_those_who_answered() -> None:
    for found in whole().releases:
        for group in found.told:
            digest = digest_lines(found, group, "en")
            assert 2 <= len(digest) <= 4
            assert "about 40 of you added your answer" in digest[0]


def test_a_digest_says_what_came_of_it_and_what_not_to_conclude() -> None:
    [found] = weeks(percent(60))
    assert digest_lines(found, found.told[0], "en") == [
        "Energy in the week: about 40 of you added your answer.",
        "About 6 in 10 chose 4 or 5, towards “Plenty”.",
        f"{found.measure.not_to_conclude.partition('. ')[0]}.",  # type: ignore[union-attr]
    ]


def test_a_digest_of_changes_names_where_more_than_half_said_more() -> None:
    found = changed()
    assert digest_lines(found, found.told[0], "en")[1:3] == [
        f"More than half said more than before of: {worded(found.measure.items[0].title, 'en')}.",
        "Of some things there were too few answers to tell.",
    ]
    none = found.told[0].model_copy(update={"parts": (found.told[0].parts[1],)})
    assert "Of nothing asked was it clearly more than half" in digest_lines(found, none, "en")[1]


def test_a_digest_of_options_names_three_at_most() -> None:
    found = named_barriers()
    assert digest_lines(found, found.told[0], "en")[1] == (
        "Named most often: Priorities that pull apart (about 25), No protected time (about 20), "
        "Being pulled into the urgent (about 15)."
    )


def test_a_digest_of_a_scale_without_anything_favourable_says_what_its_ends_mean() -> None:
    measure = weeks(percent(50))[0].measure.model_copy(update={"favourable": (), "floor": 10})
    part = Part(name="weekly_energy", answered=around(40), counts=((1, 20), (5, 20)))
    found = weeks(percent(50))[0].model_copy(update={"measure": measure, "told": (told(part),)})
    assert digest_lines(found, found.told[0], "en")[1:3] == [
        "1 is “Almost none”, 5 is “Plenty”.",
        "Chosen most often: 1 (about 20), 5 (about 20).",
    ]


def test_a_digest_of_a_scale_on_which_nothing_stands_out_says_so() -> None:
    measure = weeks(percent(50))[0].measure.model_copy(update={"favourable": (), "floor": 10})
    part = Part(name="weekly_energy", answered=around(10), counts=((1, 0), (3, 0), (5, 0)))
    found = weeks(percent(50))[0].model_copy(update={"measure": measure, "told": (told(part),)})
    assert digest_lines(found, found.told[0], "en")[2] == "No answer stands out."


def test_too_few_are_told_that_their_answers_stay_their_own() -> None:
    [found] = weeks(None)
    assert digest_lines(found, None, "en") == [
        "Energy in the week:",
        "Too few answered for anything to be told. So everybody's answer stays their own.",
    ]
    hidden = told(Part(name="weekly_energy", answered=around(0)))
    assert digest_lines(found, hidden, "en") == digest_lines(found, None, "en")


def test_a_name_goes_with_words_only_where_its_teller_said_so() -> None:
    assert {each: teller(Story(level=each)) for each in LEVELS} == {
        **dict.fromkeys(("evaluator", "unnamed"), ""),
        **dict.fromkeys(("named", "public"), "Ailsa"),
    }
    assert teller(Story(level="public", name=None)) == ""


def test_each_level_is_said_in_words_and_none_is_called_anonymous() -> None:
    said_ = [level(Story(level=each)) for each in LEVELS]
    assert len(set(said_)) == 4
    assert said_[0].startswith("May be read by the evaluator")
    assert said_[1].startswith("May be quoted without a name")
    assert not any("anonym" in each.lower() for each in said_)
    assert level(Story(level="unheard of")) == said_[0]
