"""What somebody's message means here: an option's label, a reserved word, or an answer.

The precedence (docs/life-of-a-reply.md): a typed label of the open turn's choices wins;
then a reserved word when it is the whole message; then the beginning of one label and of no
other, or a word of one and of no other (`tue` for Tuesday, `weekly` for A weekly check-in);
anything else is an answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Word(StrEnum):
    """The reserved words, by the names they have in `reserved.yaml`."""

    #: Begin, or begin again after a stop.
    START = "start"
    #: Say what this is and where help is.
    HELP = "help"
    #: Choose a practice.
    PRACTISE = "practise"
    #: This answer is complete.
    DONE = "done"
    #: On to what follows a quiet time.
    NEXT = "next"
    #: Pass over this question.
    SKIP = "skip"
    #: The question before.
    BACK = "back"
    #: Set the prompt aside until the next window.
    LATER = "later"
    #: No planned prompts for a time.
    PAUSE = "pause"
    #: End every conversation and prompt.
    STOP = "stop"
    #: A journaling nudge, now.
    JOURNAL = "journal"
    #: Show what I said.
    REMEMBER = "remember"
    #: Days, hour, zone, what is kept.
    SETTINGS = "settings"
    #: The circles I am in.
    CIRCLES = "circles"
    #: What comes to me: the campaigns I am in.
    CAMPAIGNS = "campaigns"
    #: With the number of one of these: nothing more of it.
    LEAVE_CAMPAIGN = "leave_campaign"
    #: The same: it is to come again.
    RETURN_TO_CAMPAIGN = "return_to_campaign"
    #: Give me all my words.
    EXPORT = "export"
    #: Take back what I gave to a count or shared.
    TAKE_BACK = "take_back"
    #: Take back the last thing I said.
    DELETE_THAT = "delete_that"
    #: Ask to be forgotten.
    FORGET_ME = "forget_me"
    #: Confirm it.
    YES_FORGET_ME = "yes_forget_me"
    #: What do you keep?
    KEEP = "keep"
    #: Join this chat with another one of mine; with a code, this is the other one.
    LINK = "link"
    #: Confirm it.
    YES_LINK = "yes_link"
    #: Let this chat go.
    UNLINK = "unlink"
    #: Planned prompts are to come to this chat.
    PROMPTS_HERE = "prompts_here"


@dataclass(frozen=True, slots=True)
class Chosen:
    """It names options of the open turn."""

    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """It is a reserved word, with what was said after it (`pause until …`, `link CODE`)."""

    word: Word
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """It is an answer."""


Meaning = Chosen | Asked | Said

#: A few signs with a digit and a letter among them, as no word of ours has.
_MIXED = r"(?=[a-z]*[0-9])(?=[0-9]*[a-z])[0-9a-z]{3,10}"
#: What may follow a word: after `pause` a date, or a time counted in days, weeks or months; after
#: `link` a code, perhaps with a sign too few or too many; after words about a campaign its number;
#: after `remember` a practice, which whoever knows them makes out.
_REST: Mapping[str, re.Pattern[str]] = {
    Word.PAUSE: re.compile(
        r"(?:until|till|til|tan) .+|for (?:the )?\w+ (?:day|week|month)s?"
        r"|am (?:wythnos|bythefnos|fis|\w+ (?:dd?iwrnod|niwrnod|wythnos|mis|fis))"
    ),
    Word.REMEMBER: re.compile(r".{1,80}"),
    Word.LINK: re.compile(rf"(?=(?: ?[0-9a-z]){{8,10}}$){_MIXED}(?: {_MIXED}){{0,2}}"),
    Word.LEAVE_CAMPAIGN: re.compile(r"[0-9]{1,3}"),
    Word.RETURN_TO_CAMPAIGN: re.compile(r"[0-9]{1,3}"),
}
#: What stands between the options of a list.
_BETWEEN = re.compile(r",|;|\band\b|&|\n", re.IGNORECASE)
_BETWEEN_IN_WELSH = re.compile(r",|;|\bac?\b|&|\n", re.IGNORECASE)
#: What is said for a number.
_TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_COUNTED = f"one two three four five six seven eight nine ten eleven twelve {_TEENS} twenty"
_NUMBERS: Mapping[str, int] = {
    **{word: number for number, word in enumerate(_COUNTED.split(), 1)},
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "ninety": 90,
}
#: The longest number that is read as one.
_DIGITS = 6
#: The fewest letters that stand for a label: `mo` in a list of days, but never `no` for Now.
_SHORTEST_IN_LIST = 2
_SHORTEST_ALONE = 3
#: A longer message is never a label or a reserved word, so it is not even folded.
_LONGEST = 120


def fold(text: str) -> str:
    """Reduce a phrase to what matters: no case, no `/`, no punctuation, single spaces."""
    plain = re.sub(r"['\u2019]", "", text.casefold().replace("_", " "))
    return " ".join(re.sub(r"[^\w\s]", " ", plain).split())


def interpret(
    text: str,
    labels: Sequence[tuple[str, str]],
    vocabulary: Mapping[str, str],
    *,
    several: bool = False,
) -> Meaning:
    """Say what a message means.

    `labels` are (option, label) pairs of the open turn in the order shown, `vocabulary` the
    reserved phrases, folded, with their words; `several` when the turn takes several options.
    """
    if len(text) > _LONGEST:
        return Said()
    known = _known(labels)
    if option := known.get(fold(text) or text.strip()):
        return Chosen((option,))
    phrase = fold(text)
    if phrase in vocabulary:
        return Asked(Word(vocabulary[phrase]))
    for key, word in vocabulary.items():
        rest = phrase.removeprefix(f"{key} ")
        if word in _REST and rest != phrase and _REST[word].fullmatch(rest):
            return Asked(Word(word), rest)
    options = _named(text, known, several=several)
    return Chosen(options) if options else Said()


def number_in(phrase: str) -> int | None:
    """The number that a folded label begins with, in digits or as a word."""
    first = phrase.partition(" ")[0]
    if first.isdecimal() and len(first) <= _DIGITS:
        return int(first)
    return _NUMBERS.get(first)


def _known(labels: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Every option by its label, folded, by the number its label begins with, by its place.

    Figures that begin one label and no other mean that label before they mean a place. A number
    word that begins one does so too, but the figure for it does only where no place has that
    number: the menu's third is 3, whatever is called Three something.
    """
    known = {fold(label): option for option, label in labels}
    places = len({option for option, _ in labels})
    begun: dict[int, set[str]] = {}
    for label, option in known.items():
        if (number := number_in(label)) is not None:
            begun.setdefault(number, set()).add(option)
    for number, options in begun.items():
        if len(options) == 1:
            (option,) = options
            said = (word for word, meant in _NUMBERS.items() if meant == number)
            figures = any(
                label.startswith(str(number)) for label, each in known.items() if each == option
            )
            if figures or number > places:
                known.setdefault(str(number), option)
            for each in said:
                known.setdefault(each, option)
    in_order = dict.fromkeys(option for option, _ in labels)
    for number, option in enumerate(in_order, 1):
        known.setdefault(str(number), option)
    return known


def _named(text: str, known: Mapping[str, str], *, several: bool) -> tuple[str, ...]:
    """The options a message names by the beginnings of their labels; none unless all of it does.

    Where several may be chosen, commas and `and` stand between them, or `a` and `ac` in Welsh.
    """
    if not several:
        return _all_begun([text], known, _SHORTEST_ALONE)
    pieces = re.split(_BETWEEN, text)
    return _all_begun(pieces, known, _SHORTEST_IN_LIST) or _all_begun(
        re.split(_BETWEEN_IN_WELSH, text), known, _SHORTEST_IN_LIST
    )


def _all_begun(pieces: Sequence[str], known: Mapping[str, str], fewest: int) -> tuple[str, ...]:
    """The options that pieces name one by one; none unless each of them does."""
    named = [_begun(phrase, known, fewest) for phrase in map(fold, pieces) if phrase]
    return tuple(dict.fromkeys(each for each in named if each)) if all(named) else ()


def _begun(phrase: str, known: Mapping[str, str], fewest: int) -> str | None:
    """The one option whose label is this phrase, begins with it, or has it among its words."""
    if phrase in known:
        return known[phrase]
    within = {option for label, option in known.items() if f" {phrase} " in f" {label} "}
    begun = {option for label, option in known.items() if label.startswith(phrase)}
    if len(phrase) < fewest:
        begun = set()
    for found in (begun, within):
        if len(found) == 1:
            return found.pop()
    return None
