"""The reserved words of each language, from `bot/prompts/<language>/reserved.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import yaml

from bot.engine.hearing import fold

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
