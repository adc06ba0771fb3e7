"""The reserved words of each language, from `bot/prompts/<language>/reserved.yaml`."""

from __future__ import annotations

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
    file = HERE / language / "reserved.yaml"
    if not language.isidentifier() or not file.is_file():
        return {}
    # BaseLoader makes nothing but text, lists and mappings, so `no` and `off` stay words.
    phrases = yaml.load(file.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506
    return {fold(phrase): word for word, said in phrases.items() for phrase in said}
