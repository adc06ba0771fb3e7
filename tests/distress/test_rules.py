"""The rules for distress: how often they are right, and how they read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.engine.distress import PatternError, Rules, rules, tells_of_distress
from bot.prompts.distress import BrokenPhrasesError, phrases, read, shipped
from tests.distress.labelled import LANGUAGES, held_out
from tests.distress.labelled import phrases as labelled
from tests.proofs.voyage import tell
from tests.soon import soon

#: Of phrases that speak of distress, so many are to be noticed at least; of others, at most.
RECALL, ALARMS = 0.98, 0.05


def noticed(lines: list[str]) -> float:
    return sum(tells_of_distress(line, shipped()) for line in lines) / len(lines)


@pytest.mark.parametrize("language", LANGUAGES)
def test_distress_is_noticed_and_idiom_is_not(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, pick in (("all", labelled), ("held out", held_out)):
        recall, alarms = (noticed(pick(language, kind)) for kind in ("distress", "ordinary"))
        counts = [len(pick(language, kind)) for kind in ("distress", "ordinary")]
        tell(
            capsys,
            f"distress, {language}, {name}: {recall:.1%} of {counts[0]} noticed, "
            f"alarms at {alarms:.1%} of {counts[1]}",
        )
        assert recall >= RECALL
        assert alarms <= ALARMS


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_are_enough_phrases_and_none_twice(language: str) -> None:
    for kind in ("distress", "ordinary"):
        lines = labelled(language, kind)
        assert len(set(lines)) == len(lines) >= 150


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO DIE!!!",
        "i  want\u00a0to\tdie",
        "I want to diiiiiie",
        "\U0001f622 I want to die \U0001f494",
        "I don\u2019t want to be here anymore",
        "I don`t want to be here any more",
        "I w\u200bant to d\u200bie",
        "I wan\u0301t to die",
        "\uff29 want to die",
        "Fine day.\nI met Jo; I want to die. Then tea.",
        "I feel sucidal",
        "kms",
        "I don't want to kill myself but I can't go on like this",
    ],
)
def test_it_is_read_however_it_is_written(text: str) -> None:
    assert tells_of_distress(text, shipped())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "...",
        "\U0001f600",
        "I want to. Die Probe war gut.",
        "I don't want to die",
        "Dw i ddim yn hunanladdol",
        "Our suicide prevention training went well and I led it",
        "A patient said: I want to die",
        'A caller told me "I want to kill myself" and I stayed on the line',
    ],
)
def test_what_is_no_distress_of_ones_own_is_let_be(text: str) -> None:
    assert not tells_of_distress(text, shipped())


HOSTILE = [
    "i " * 20_000,
    "i want " * 7_000,
    "a" * 40_000,
    "i im ive id ill my he " * 2_000,
    "going to want to think of " * 1_600,
    "he she my wee husband ex " * 1_600,
    "dwi yn mae o fy " * 2_500,
    "!" * 40_000,
    "i. want. to. " * 3_000,
    "\u0301" * 40_000,
    "_ ^ $ ( ) | ~ * " * 2_500,
]


@pytest.mark.parametrize("text", HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_long_hostile_text_takes_little_time_and_no_more_than_its_length(text: str) -> None:
    shipped()
    with soon():
        assert not tells_of_distress(text, shipped())


def test_a_sign_at_the_end_of_a_long_text_is_found() -> None:
    assert tells_of_distress("We met on the ward. " * 2_000 + "I want to die", shipped())


def made(signs: list[str], excuses: list[str] | None = None) -> tuple[Rules]:
    return (
        rules(
            reads={"cannot": ["canny", "can not"]},
            sets={"who": ["i", "we all"]},
            excuses=excuses or [],
            signs=signs,
        ),
    )


@pytest.mark.parametrize(
    ("sign", "text", "found"),
    [
        ("a b", "x a b y", True),
        ("a b", "a. b", False),
        ("a (b|c d)", "a c d", True),
        ("a (b|c d)", "a c", False),
        ("a b? c", "a c", True),
        ("a (b c)? d", "a b c d", True),
        ("a ~2 b", "a x y b", True),
        ("a ~2 b", "a x y z b", False),
        ("a ~ b", "a x y z b", True),
        ("a wor*", "a worrying", True),
        ("{who} a", "we all a", True),
        ("{who} a", "we a", False),
        ("^ a", "a b", True),
        ("^ a", "b a", False),
        ("b $", "a b", True),
        ("b $", "b a", False),
        ("i cannot", "i canny", True),
        ("i cannot", "i can not", True),
        ("a b", "ab a bc", False),
    ],
)
def test_patterns_mean_what_is_said_of_them(sign: str, text: str, *, found: bool) -> None:
    assert tells_of_distress(text, made([sign])) is found


def test_an_excuse_takes_out_its_own_words_and_no_others() -> None:
    known = made(["want to go", "a ~ b"], ["not want to go"])
    assert not tells_of_distress("i do not want to go", known)
    assert tells_of_distress("i do not want to go but want to go", known)
    assert not tells_of_distress("a not want to go b", known)


@pytest.mark.parametrize("sign", ["~ a", "a* b", "b?", "(a", "a)", "{nobody} a", ""])
def test_a_pattern_that_cannot_be_read_is_refused(sign: str) -> None:
    with pytest.raises(PatternError):
        made([sign])


def test_no_more_than_two_words_are_read_as_others() -> None:
    with pytest.raises(PatternError):
        rules(reads={"a": ["b c d"]}, sets={}, excuses=[], signs=["a"])


def test_a_deployment_may_add_phrases_of_its_own(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("signs:\n  - the water is calling me\n", encoding="utf-8")
    assert not tells_of_distress("The water is calling me.", shipped())
    assert tells_of_distress("The water is calling me.", phrases(str(own)))
    assert tells_of_distress("I want to die.", phrases(str(own)))


@pytest.mark.parametrize(
    "written", ["signs: want", "sings: [a]", "- a", "signs: ['(']", "a: [", "sets: [a]"]
)
def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path, written: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(written, encoding="utf-8")
    with pytest.raises(BrokenPhrasesError, match=r"own\.yaml"):
        read(own)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenPhrasesError):
        read(tmp_path / "none.yaml")
