"""The titles of the house's practices in other languages, from `<language>/titles.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml

HERE = Path(__file__).parent


@lru_cache
def titles(language: str) -> dict[str, str]:
    """Each practice's title in a language, by its name; those it lacks are not there."""
    file = HERE / language / "titles.yaml"
    if not language.isidentifier() or not file.is_file():
        return {}
    # BaseLoader makes nothing but text, lists and mappings.
    found = yaml.load(file.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506
    return {str(name): str(title) for name, title in (found or {}).items()}
