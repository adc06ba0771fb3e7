"""Prompts are plain, and do not wear out: their reading age, and how many wordings each has.

A Flesch-Kincaid grade is a year of school in the United States: grade 7 is read at about twelve.
It counts syllables and words in a sentence and knows nothing of sense; of a few words it says
little, so that single prompts have more room than all of a practice together.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import textstat

from bot.engine.checks.wording import wordings
from bot.engine.flow import Level, Share
from bot.flows.loader import load
from bot.prompts.words import wording_of

LIBRARY = load()
#: The highest grade of all prompts of a practice together, and of a single one.
ALL_TOGETHER, SINGLE = 7, 9
#: Fewer wordings than this, and somebody who comes back weekly hears each too often.
ENOUGH = 3

_CONVERSATION = "it brings their own words back in one short line, and `conversation` weighs in it"
#: Single prompts above the grade, by practice and block, with why they stay.
HARD = {
    ("adaptive_action", "before__3"): _CONVERSATION,
    ("listening", "before__2"): _CONVERSATION,
    ("self_awareness", "before__3"): _CONVERSATION,
}
_SET_UP = "the house sets something up, and says it in the same words each time"
_ONCE = "it comes once, at the beginning, and what is agreed to must be the same for everybody"
_SAME = "a sentence that is measured twice must stay the same, word for word"
_TWICE = "it comes twice at most, and goes with sentences that stay the same"
_TIMEKEEPER = "it holds the time for people together, is read aloud, and is soon known by heart"
_SENTENCES = ("act", "convene", "ask_first", "others", "stay", "own_part")
#: Turns with fewer wordings, by practice, with why: of all its turns, or of one.
FEW: dict[str, str | dict[str, str]] = {
    "action_learning_set": dict.fromkeys(
        ("present", "clarify", "questions", "summary", "resources", "their_action"), _TIMEKEEPER
    ),
    "circle_join": _ONCE,
    "circle_setup": _SET_UP,
    "circle_tend": _SET_UP,
    "confidence": dict.fromkeys(_SENTENCES, _SAME),
    "confidence_later": {
        **dict.fromkeys(_SENTENCES, _SAME),
        **{f"back_{name}": _SAME for name in _SENTENCES},
        "count": _TWICE,
    },
    "dialogue_walk": dict.fromkeys(("first", "second", "silence", "together"), _TIMEKEEPER),
    "go_round": dict.fromkeys(
        ("one_minute", "two_minutes", "three_minutes", "quiet"), _TIMEKEEPER
    ),
    "join": _ONCE,
    "listening_pair": dict.fromkeys(
        (
            *("first", "second", "first_again", "second_again"),
            *("three_first", "three_second", "three_third"),
            *("three_first_again", "three_second_again", "three_third_again"),
        ),
        _TIMEKEEPER,
    ),
    "peer_consultation": dict.fromkeys(
        ("reflect", "present", "clarify", "consult", "aloud"), _TIMEKEEPER
    ),
    "rhythm": _SET_UP,
    "round_decide": _SET_UP,
    "settings": _SET_UP,
    "taking_back": _SET_UP,
}


def prompts(practice: str) -> Iterator[tuple[str, str]]:
    """What a practice says in English, without the labels of options; its blocks and texts."""
    found = LIBRARY.practice(practice)
    turns = {turn.id for turn in found.flow.turns}
    for name, block in found.words["en"].blocks.items():
        if wording_of(name)[0].removesuffix("__rest") in turns:
            yield name, " ".join(block.longest.replace("…", "").split())


def grade(text: str) -> float:
    return float(textstat.flesch_kincaid_grade(text))


def few(practice: str) -> set[str]:
    """The turns of a practice that speak with fewer wordings than enough."""
    found = LIBRARY.practice(practice)
    blocks = found.words["en"].blocks
    counts = wordings(found.flow, blocks)
    return {turn for turn, count in counts.items() if turn in blocks and count < ENOUGH}


each_practice = pytest.mark.parametrize("practice", sorted(LIBRARY.practices))


def test_the_measure_tells_plain_from_heavy() -> None:
    assert grade("What happened? Tell it as you would tell a friend.") < 3
    heavy = "Organisational considerations necessitate collaborative prioritisation of activities."
    assert grade(heavy) > 15


@each_practice
def test_its_prompts_together_are_easy_to_read(practice: str) -> None:
    together = " ".join(text for _, text in prompts(practice))
    assert grade(together) <= ALL_TOGETHER


def test_no_single_prompt_is_hard_to_read_but_those_that_have_their_reason() -> None:
    hard = {
        (practice, block): text
        for practice in LIBRARY.practices
        for block, text in prompts(practice)
        if grade(text) > SINGLE
    }
    assert hard.keys() == HARD.keys(), hard


@each_practice
def test_each_prompt_has_three_wordings_but_those_that_have_their_reason(practice: str) -> None:
    excused = FEW.get(practice, {})
    if isinstance(excused, dict):
        assert few(practice) == set(excused)
    else:
        assert few(practice), "it needs no excuse any more"


@pytest.mark.parametrize(("language", "who"), [("en", "evaluat"), ("cy", "gwerthus")])
def test_whoever_may_read_shared_words_is_named_truly(language: str, who: str) -> None:
    for practice in LIBRARY.practices.values():
        for turn in practice.flow.turns:
            if isinstance(turn, Share) and Level.EVALUATOR in turn.levels:
                blocks = practice.words[language].blocks
                assert who in blocks[f"{turn.id}__evaluator"].longest, practice.flow.name
                assert not any(
                    "hosts" in block.longest
                    for name, block in blocks.items()
                    if name.startswith(turn.id)
                )
