"""Whatever comes in: no error, none parked, none to another chat, each word kept or answered.

`bad_input.txt` holds what was thought of by hand, one a line, written as Python would escape it;
a title begins with `# `. The rest is drawn by chance from a seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from bot.prompts.reserved import vocabulary
from bot.records import Arrived, Body, Composing, Edit, Media, Press, Words
from tests.journeys.looking import held, kept, parked_ones
from tests.journeys.playing import begin
from tests.journeys.someone import Someone, texts

BY_HAND = [
    line.encode("latin-1", "backslashreplace").decode("unicode_escape")
    for line in Path(__file__).with_name("bad_input.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("# ")
]
SAMPLE, ALL = 1_500, 10_000
#: From here a person goes on by chance.
PLACES = (
    (),
    ("practise",),
    ("practise", "weekly"),
    ("practise", "weekly", "3"),
    ("practise", "weekly", "3", "skip", "skip"),
    ("practise", "listening"),
    ("practise", "listening", "a meeting", "within the hour"),
    ("journal",),
    ("journal", "yes"),
    ("settings",),
    ("settings", "1", "somewhere else"),
    ("settings", "1", "skip"),
    ("settings", "1", "skip", "skip", "another time"),
    ("journal", "yes", "Ellen.", "later"),
    ("stop",),
)
_BLOCKS = (
    (0x20, 0x7E),
    (0x00, 0x1F),
    (0x80, 0x24F),
    (0x300, 0x36F),
    (0x590, 0x6FF),
    (0x2000, 0x206F),
    (0x4E00, 0x4FFF),
    (0xD800, 0xDFFF),
    (0xE000, 0xE0FF),
    (0xFE00, 0xFFFF),
    (0x1F300, 0x1FAFF),
    (0xE0000, 0xE007F),
)


def test_there_are_enough_by_hand() -> None:
    assert len(set(BY_HAND)) >= 200


@pytest.mark.parametrize("place", [(), ("practise", "weekly", "3"), ("settings", "1", "skip")])
def test_what_was_thought_of_by_hand_is_kept_or_answered(
    someone: Someone, place: tuple[str, ...]
) -> None:
    for text in BY_HAND:
        if not held(someone) or held(someone)[-1].at is None:
            lead(someone, place)
        takes(someone, Words(message=f"by-hand-{someone.count}", text=text))


def test_a_sample_of_what_comes_by_chance_is_kept_or_answered(someone: Someone) -> None:
    play(someone, SAMPLE // 2, seed=1)


@pytest.mark.soak
def test_all_that_comes_by_chance_is_kept_or_answered(someone: Someone) -> None:
    play(someone, ALL, seed=2)


def play(someone: Someone, count: int, seed: int) -> None:
    chance = Random(seed)
    for number, body in enumerate(bodies(chance, someone, count)):
        if number % 12 == 0:
            someone.says("start")
            lead(someone, chance.choice(PLACES))
        takes(someone, body)
    assert parked_ones(someone) == 0


def lead(someone: Someone, place: tuple[str, ...]) -> None:
    for line in place:
        someone.says(line)


def takes(someone: Someone, body: Body) -> None:
    """It is new, not parked, answered or kept, and nobody else hears of it."""
    said = someone.does(body)
    assert someone.heard.new
    assert someone.heard.parked is None, body
    assert someone.elsewhere == []
    answered = said or someone.heard.reply.toast or someone.heard.forget
    if answered or not isinstance(body, Words):
        return
    assert whole(body.text) in written(someone), body


def whole(text: str) -> str:
    """Half of a surrogate pair cannot be stored: it becomes the sign for a lost letter."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def written(someone: Someone) -> set[str]:
    drafts = {part.text for each in held(someone) for part in each.draft}
    answers = {part.text for each in kept(someone) for part in each.answer.parts}
    return drafts | answers


def bodies(chance: Random, someone: Someone, count: int) -> Iterator[Body]:
    for number in range(count):
        name = f"chance-{number}"
        match chance.random():
            case kind if kind < 0.80:
                yield Words(message=name, text=text(chance))
            case kind if kind < 0.83:
                media = Media(name=text(chance)[:80], mime="image/png", content=b"\x89PNG")
                yield Words(message=name, text=text(chance)[:40], media=media)
            case kind if kind < 0.91:
                yield Press(token=token(chance, someone))
            case kind if kind < 0.97:
                yield Edit(message=f"chance-{chance.randrange(number + 1)}", text=text(chance))
            case kind if kind < 0.985:
                yield Composing()
            case _:
                yield Arrived()


def token(chance: Random, someone: Someone) -> str:
    """One that was given, one a little wrong, or none at all."""
    given = [option.token for said in someone.told[-20:] for option in said.options]
    given += [said.done.token for said in someone.told[-20:] if said.done]
    if not given or chance.random() < 0.2:
        return text(chance)[:200]
    found = chance.choice(given)
    if chance.random() < 0.5:
        return found
    place = chance.randrange(len(found))
    return found[:place] + text(chance)[:3] + found[place + chance.randrange(3) :]


def text(chance: Random) -> str:
    labels = ["3", "monday", "yes", "1, 2", "In part", "within the hour", "All of it", "09:30"]
    # Not what ends the play: the rest of the words keep it going anywhere.
    reserved = [phrase for phrase in vocabulary("en") if phrase != "yes, forget me"]
    match chance.random():
        case kind if kind < 0.25:
            return chance.choice(labels)
        case kind if kind < 0.45:
            return chance.choice(reserved)
        case kind if kind < 0.6:
            return mixed(chance, chance.choice((*labels, *reserved)))
        case kind if kind < 0.7:
            return f"pause until {letters(chance, 12)}"
        case kind if kind < 0.72:
            return letters(chance, 9_000)
        case _:
            return letters(chance, 60)


def mixed(chance: Random, phrase: str) -> str:
    place = chance.randrange(len(phrase) + 1)
    return phrase[:place] + letters(chance, 3) + phrase[place:]


def letters(chance: Random, most: int) -> str:
    low, high = chance.choice(_BLOCKS)
    count = chance.randrange(1, most)
    return "".join(chr(chance.randint(low, high)) for _ in range(count))


def test_the_words_of_the_house_never_hold_a_mention(someone: Someone) -> None:
    for line in ("help", "keep", "practise", "export", "forget me"):
        assert not any("<!" in each or "@" in each for each in texts(someone.says(line)))


def test_joining_by_chance_ends_in_no_error(stranger: Someone) -> None:
    chance = Random(3)
    stranger.arrives()
    for body in bodies(chance, stranger, 120):
        takes_or_waits_for_consent(stranger, body)


def takes_or_waits_for_consent(stranger: Someone, body: Body) -> None:
    stranger.does(body)
    assert stranger.heard.parked is None, body
    assert stranger.elsewhere == []


def test_two_at_once_by_chance_never_meet(someone: Someone, other: Someone) -> None:
    begin(other, "half a check-in")
    someone.now = other.now
    before = written(other)
    chance = Random(4)
    for body in bodies(chance, other, 60):
        if not isinstance(body, Edit):
            takes(someone, body)
    assert written(other) == before
