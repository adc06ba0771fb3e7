"""The reserved words of each language, from `bot/prompts/<language>/reserved.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

import yaml

from bot.engine.hearing import Word, fold

#: Words that do nothing where nothing is open.
_MOVES = frozenset({Word.DONE, Word.NEXT, Word.SKIP, Word.BACK, Word.LATER})
#: How alike two phrases are of which one is taken for the other: a letter wrong in a short one.
_CLOSE = 0.8
#: Longer than any phrase with a letter too many.
_LONGEST = 40
HERE = Path(__file__).parent


@lru_cache
def vocabulary(language: str) -> dict[str, str]:
    """Each folded phrase with the word it stands for, a language's own first.

    The English ones mean the same in every language, so that `help` and `stop` always work.
    """
    if language == "en":
        return own("en")
    english = own("en")
    mine = {phrase: word for phrase, word in own(language).items() if phrase not in english}
    return mine | english


def nearly(text: str, language: str) -> str | None:
    """The phrase that somebody may have meant who wrote it with a letter wrong; None for none."""
    said = fold(text)
    if len(said) > _LONGEST:
        return None
    phrases = {
        fold(phrase): phrase
        for each in ("en", language)
        for _, word, phrase in entries(each)
        if word not in _MOVES
    }
    close = get_close_matches(said, phrases, n=1, cutoff=_CLOSE)
    return phrases[close[0]] if close else None


def own(language: str) -> dict[str, str]:
    """The phrases that stand in a language's own file, folded; none without such a file."""
    return {fold(phrase): word for _, word, phrase in entries(language)}


def entries(language: str) -> Iterator[tuple[int, str, str]]:
    """Each line's number, the word it stands for, and one of its phrases."""
    file = HERE / language / "reserved.yaml"
    if not language.isidentifier() or not file.is_file():
        return
    # BaseLoader makes nothing but text, lists and mappings, so `no` and `off` stay words.
    root = yaml.compose(file.read_bytes(), Loader=yaml.CBaseLoader)
    for word, phrases in root.value if root else ():
        for phrase in phrases.value:
            yield word.start_mark.line + 1, word.value, phrase.value
