"""A folder of practices for tests: YAML and words in a line each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bot.engine.checks.wording import needs
from bot.engine.flow import Flow
from bot.flows import yaml_source
from bot.flows.faults import Fault
from bot.flows.loader import load
from bot.flows.practice import Library

GOOD = """\
name: small
title: A small practice
minutes: 2
turns:
  - id: energy
    kind: scale
  - id: tried
    kind: choice
    options: [{id: fully}, {id: not_yet, to: end}]
  - id: step
    kind: ask
  - id: end
    kind: close
"""


def words_for(yaml: str, **others: str) -> str:
    """Words with every block a practice needs."""
    flow = Flow.model_validate(yaml_source.read(yaml.encode()).data)
    said = {name: f"About {name}." for name in needs(flow)} | others
    return "".join(f"{{% block {name} %}}{text}{{% endblock %}}\n" for name, text in said.items())


@dataclass(frozen=True)
class Shelf:
    """A folder, and what the loader makes of it."""

    path: Path

    def put(self, name: str, yaml: str | bytes = GOOD, **words: str | bytes) -> Path:
        """Write a practice; words of a language are made up where none are given."""
        file = self.path / f"{name}.yaml"
        if isinstance(yaml, str):
            yaml = yaml.replace("name: small", f"name: {name}")
            words = words or {"en": words_for(yaml)}
        file.write_bytes(yaml.encode() if isinstance(yaml, str) else yaml)
        for language, text in words.items():
            content = text.encode() if isinstance(text, str) else text
            (self.path / f"{name}.{language}.j2").write_bytes(content)
        return file

    def load(self) -> Library:
        return load([self.path])

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong in this folder."""
        return tuple(
            each for each in self.load().faults if Path(each.file).is_relative_to(self.path)
        )

    def told(self) -> list[tuple[str, int, str]]:
        return [(Path(each.file).name, each.line, each.fault) for each in self.faults()]
