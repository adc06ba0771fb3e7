"""The rules for distress of every language, from `bot/prompts/<language>/distress.yaml`.

A deployment may add a file of its own, in the same form, beside ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from bot.engine.distress import PatternError, Rules, rules

HERE = Path(__file__).parent
_SECTIONS = frozenset({"reads", "sets", "excuses", "signs"})


class BrokenPhrasesError(ValueError):
    """A file of phrases cannot be read; it says where and why."""


@lru_cache
def shipped() -> tuple[Rules, ...]:
    """Our own rules, of all languages; what people write is read by all of them."""
    return tuple(read(file) for file in sorted(HERE.glob("*/distress.yaml")))


def phrases(own: str = "") -> tuple[Rules, ...]:
    """Our own rules and those of a deployment's file; raises BrokenPhrasesError."""
    return (*shipped(), read(Path(own))) if own else shipped()


def read(file: Path) -> Rules:
    """The rules in one file; raises BrokenPhrasesError."""
    try:
        # BaseLoader makes nothing but text, lists and mappings, so `no` and `off` stay words.
        found = yaml.load(file.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506
        return _made(found)
    except (OSError, yaml.YAMLError, PatternError) as error:
        raise BrokenPhrasesError(f"{file}: {error}") from error


def _made(found: object) -> Rules:
    if not isinstance(found, dict) or not found.keys() <= _SECTIONS:
        raise PatternError(f"write these parts and no others: {', '.join(sorted(_SECTIONS))}")
    return rules(
        reads=_named(found.get("reads")),
        sets=_named(found.get("sets")),
        excuses=_listed(found.get("excuses")),
        signs=_listed(found.get("signs")),
    )


def _named(part: object) -> Mapping[str, list[str]]:
    if not part:
        return {}
    if not isinstance(part, dict):
        raise PatternError("reads and sets have names, with a list for each")
    return {str(name): _listed(each) for name, each in part.items()}


def _listed(part: object) -> list[str]:
    if not part:
        return []
    if not isinstance(part, list) or not all(isinstance(each, str) for each in part):
        raise PatternError("phrases stand in a list")
    return part
