"""Whether somebody writes of distress of their own: fixed rules over words, and nothing else.

It diagnoses nothing and remembers nothing. A text is divided into sentences and reduced to plain
words. What excuses match is taken out first: idioms, denials, what others said. If a sign matches
what is left, in any language, the answer is yes. Work grows with the length of the text and no
faster: each pattern is tried only where its first word stands, and every gap has an end.

How a pattern is written, in `bot/prompts/<language>/distress.yaml`: words with single spaces;
`(a|b c)` is one of these; `?` after a word or a bracket says that it may be missing; `~` stands
for up to three words, `~5` for up to five; `*` at a word's end for its rest; `{name}` for a set;
`^` for the beginning of a sentence and `$` for its end.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u00b4`]")
_ENDS = re.compile(r"[.!?;\n\r\u2026]+")
_NO_WORD = re.compile(r"[\W_]+")
#: A letter held down: three or more of it are one.
_HELD = re.compile(r"([^\W\d_])\1{2,}")
_SIGNS = re.compile(r"\{(\w+)\}|[()|?]|~\d?|[^\s()|?{}~]+")
_BEGINS, _ENDED, _TAKEN_OUT = "^", "$", "_"
_WIDE = 3
#: How deep sets may stand in sets.
_DEEPEST = 6


class PatternError(ValueError):
    """A pattern that cannot be read; it says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a pattern as a regular expression, with the words it may begin with."""

    expression: str
    first: frozenset[str]
    #: True when it may match nothing at all.
    empty: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one language, ready to use."""

    #: How words and pairs of words are read: spellings, contractions, dialect.
    reads: Mapping[str, str]
    excuses: Mapping[str, re.Pattern[str]]
    signs: Mapping[str, re.Pattern[str]]


def rules(
    *,
    reads: Mapping[str, Sequence[str]],
    sets: Mapping[str, Sequence[str]],
    excuses: Sequence[str],
    signs: Sequence[str],
) -> Rules:
    """Make rules ready; raises PatternError.

    `reads` has spellings by the words as which they are read.
    """
    spelled = {_reduced(each): plain for plain, many in reads.items() for each in many}
    if long := [each for each in spelled if len(each.split()) not in {1, 2}]:
        raise PatternError(f"only one word or two are read as others, not {long[0]!r}")
    return Rules(
        reads=spelled, excuses=_by_first_word(excuses, sets), signs=_by_first_word(signs, sets)
    )


def tells_of_distress(text: str, known: Sequence[Rules]) -> bool:
    """Whether a text speaks of its writer's own distress, by the rules of any language."""
    sentences = dict.fromkeys(_reduced(each) for each in _ENDS.split(text))
    return any(_is_sign(_read(one, each), each) for one in sentences if one for each in known)


def _reduced(text: str) -> str:
    """Plain words: no case, accents, signs or pictures."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(
        letter for letter in plain if unicodedata.category(letter) not in {"Mn", "Cf", "Me"}
    )
    plain = _NO_WORD.sub(" ", _APOSTROPHES.sub("", plain))
    return _HELD.sub(r"\1", plain).strip()


def _read(sentence: str, known: Rules) -> str:
    """A sentence with its words as the rules read them, between its two ends."""
    words: list[str] = []
    for word in sentence.split():
        words += known.reads.get(word, word).split()
    joined: list[str] = []
    for word in words:
        if joined and word == joined[-1]:
            continue
        if joined and (pair := known.reads.get(f"{joined[-1]} {word}")) is not None:
            joined[-1:] = pair.split()
        else:
            joined.append(word)
    return " ".join((_BEGINS, *joined, _ENDED, ""))


def _is_sign(sentence: str, known: Rules) -> bool:
    left = _without(sentence, known.excuses)
    return any(
        (pattern := known.signs.get(word)) is not None and pattern.match(left, at) is not None
        for at, word in _words(left)
    )


def _without(sentence: str, excuses: Mapping[str, re.Pattern[str]]) -> str:
    """A sentence with a mark, which no gap crosses, in place of each excuse."""
    kept: list[str] = []
    past = 0
    for at, word in _words(sentence):
        if at < past:
            continue
        pattern = excuses.get(word)
        found = pattern.match(sentence, at) if pattern is not None else None
        if found is None:
            kept.append(word)
        else:
            kept += [_BEGINS] if word == _BEGINS else []
            kept.append(_TAKEN_OUT)
            past = found.end()
    return " ".join((*kept, ""))


def _words(sentence: str) -> Iterator[tuple[int, str]]:
    at = 0
    for word in sentence.split():
        yield at, word
        at += len(word) + 1


def _by_first_word(
    patterns: Sequence[str], sets: Mapping[str, Sequence[str]]
) -> dict[str, re.Pattern[str]]:
    beginning: defaultdict[str, list[str]] = defaultdict(list)
    for pattern in patterns:
        piece = _parsed(pattern, sets, 0)
        if piece.empty or not piece.first or "" in piece.first:
            raise PatternError(f"a pattern begins with a whole word, not so {pattern!r}")
        for word in piece.first:
            beginning[word].append(piece.expression)
    return {word: re.compile("|".join(dict.fromkeys(found))) for word, found in beginning.items()}


def _parsed(pattern: str, sets: Mapping[str, Sequence[str]], depth: int) -> Piece:
    signs = [(found.group(), found.group(1)) for found in _SIGNS.finditer(pattern)]
    piece, at = _alternatives(signs, 0, sets, depth)
    if at != len(signs):
        raise PatternError(f"a bracket too many in {pattern!r}")
    return piece


def _alternatives(
    signs: Sequence[tuple[str, str | None]], at: int, sets: Mapping[str, Sequence[str]], depth: int
) -> tuple[Piece, int]:
    """One of several, up to the closing bracket or the end."""
    several: list[Piece] = []
    row: list[Piece] = []
    while at < len(signs) and signs[at][0] != ")":
        sign, name = signs[at]
        at += 1
        if sign == "|":
            several.append(_in_a_row(row))
            row = []
        elif sign == "?" and row:
            row[-1] = Piece(f"(?:{row[-1].expression})?", row[-1].first, empty=True)
        elif sign == "(":
            inner, at = _alternatives(signs, at, sets, depth)
            if at >= len(signs):
                raise PatternError("a bracket is not closed")
            row.append(inner)
            at += 1
        else:
            row.append(_single(sign, name, sets, depth))
    return _one_of((*several, _in_a_row(row))), at


def _single(sign: str, name: str | None, sets: Mapping[str, Sequence[str]], depth: int) -> Piece:
    if name is not None:
        if name not in sets or depth > _DEEPEST:
            raise PatternError(f"there is no set {name!r}")
        return _one_of(tuple(_parsed(each, sets, depth + 1) for each in sets[name]))
    if sign.startswith("~"):
        wide = int(sign[1:] or _WIDE)
        return Piece(rf"(?:[^\s_$^]+ ){{0,{wide}}}?", frozenset({""}), empty=True)
    if sign.endswith("*"):
        return Piece(rf"{re.escape(sign[:-1])}\S* ", frozenset({""}), empty=False)
    return Piece(f"{re.escape(sign)} ", frozenset({sign}), empty=False)


def _in_a_row(pieces: Sequence[Piece]) -> Piece:
    first: frozenset[str] = frozenset()
    for piece in pieces:
        first |= piece.first
        if not piece.empty:
            break
    expression = "".join(piece.expression for piece in pieces)
    return Piece(expression, first, empty=all(piece.empty for piece in pieces))


def _one_of(pieces: Sequence[Piece]) -> Piece:
    return Piece(
        "(?:" + "|".join(piece.expression for piece in pieces) + ")",
        frozenset[str]().union(*(piece.first for piece in pieces)),
        empty=any(piece.empty for piece in pieces),
    )
