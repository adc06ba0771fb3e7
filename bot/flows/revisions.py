"""Revisions: a practice pinned by its content, with all that a conversation in it needs.

A revision holds the flow, the flows inside it and their words in every language. Its name is
the hash of that content, so the same practice always has the same revision and a changed one
never does. A conversation runs and is rendered from its revision, never from disk.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from bot.engine.checks.wording import wordings
from bot.engine.flow import Flow, SubFlow
from bot.engine.script import Script, lay_out
from bot.flows.practice import Library, Practice, speakable
from bot.prompts.words import Words, read

#: The shape of the JSON; a new shape gets a new number.
FORMAT = 1
#: What is told about a practice and has no part in playing it: it may change and pins nothing.
_TOLD = {"audience", "rhythm", "source"}
#: How many revisions stay compiled.
_MOST_KEPT = 256


class BrokenRevisionError(ValueError):
    """The text is not a revision, or not the one it should be."""


class Packed(NamedTuple):
    """A revision as it is stored."""

    #: The sha256 of `json`, in hexadecimal.
    hash: str
    json: str


@dataclass(frozen=True, kw_only=True)
class Compiled:
    """A revision made ready to run and to render."""

    revision: str
    flow: Flow
    script: Script
    #: The sources of the words by practice and language.
    sources: Mapping[str, Mapping[str, str]]
    flows: Mapping[str, Flow]
    _read: dict[tuple[str, str], Words] = field(default_factory=dict, repr=False, compare=False)

    def words(self, language: str, home: str) -> Words:
        """The words of one of its practices in a language, in English, or in whichever there is.

        A block that the language lacks is said in English.

        `home` is a node's: the practice itself or one inside it.
        """
        sources = self.sources[home]
        spoken = _spoken(language, sources)
        if (found := self._read.get((home, spoken))) is None:
            found = _words(sources[spoken], spoken, self.flows[home])
            if spoken != (whole := _spoken("en", sources)):
                found = found.over(self.words(whole, home))
            self._read[home, spoken] = found
        return found


def pack(practice: Practice, library: Library) -> Packed:
    """Put a practice and all inside it into one canonical text."""
    within = _within(practice, library)
    content = {
        "format": FORMAT,
        "practice": practice.flow.name,
        "flows": {
            name: each.flow.model_dump(mode="json", exclude=_TOLD) for name, each in within.items()
        },
        "words": {
            name: {language: words.source for language, words in each.words.items()}
            for name, each in within.items()
        },
    }
    packed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Packed(_hash(packed), packed)


def unpack(packed: str) -> Compiled:
    """Make a stored revision ready; raises BrokenRevisionError."""
    try:
        return _compiled(json.loads(packed), _hash(packed))
    except BrokenRevisionError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise BrokenRevisionError("the text is not a revision") from wrong


def _compiled(content: dict[str, Any], revision: str) -> Compiled:
    if content["format"] != FORMAT:
        raise BrokenRevisionError(f"the revision has the unknown shape {content['format']!r}")
    flows = {name: Flow.model_validate(flow) for name, flow in content["flows"].items()}
    sources: dict[str, dict[str, str]] = content["words"]
    counts = {name: _counts(flow, sources[name]) for name, flow in flows.items()}
    flow = flows[content["practice"]]
    script = lay_out(flow, flows, counts, revision)
    return Compiled(revision=revision, flow=flow, script=script, sources=sources, flows=flows)


@dataclass(slots=True)
class Shelf:
    """Compiled revisions kept by hash, so that each is made ready once."""

    _kept: dict[str, Compiled] = field(default_factory=dict)

    def get(self, revision: str) -> Compiled | None:
        """The revision, if it is here; if not, fetch its text and `put` it."""
        return self._kept.get(revision)

    def put(self, packed: str) -> Compiled:
        """Make a revision ready and keep it; the oldest goes when there are too many."""
        compiled = unpack(packed)
        kept = {**self._kept, compiled.revision: compiled}
        # A new mapping each time, so that threads reading the old one are not disturbed.
        self._kept = dict(list(kept.items())[-_MOST_KEPT:])
        return compiled


def _hash(packed: str) -> str:
    return hashlib.sha256(packed.encode()).hexdigest()


def _within(practice: Practice, library: Library) -> dict[str, Practice]:
    """The practice and every practice inside it."""
    found = {practice.flow.name: practice}
    ahead = [practice]
    while ahead:
        for turn in ahead.pop().flow.turns:
            if isinstance(turn, SubFlow) and turn.practice not in found:
                found[turn.practice] = library.practice(turn.practice)
                ahead.append(found[turn.practice])
    return found


def _spoken(language: str, sources: Mapping[str, str]) -> str:
    """The language to speak: the one asked for, its parent, English, or the first there is."""
    language = language.replace("-", "_").lower()
    for candidate in (language, language.partition("_")[0], "en"):
        if candidate in sources:
            return candidate
    return min(sources)


def _words(source: str, language: str, flow: Flow) -> Words:
    reading = read(source.encode(), language, speakable(flow))
    if reading.words is None or reading.findings:
        raise BrokenRevisionError(f"the words of `{flow.name}` for `{language}` cannot be used")
    return reading.words


def _counts(flow: Flow, sources: Mapping[str, str]) -> dict[str, int]:
    """How many wordings each turn has in English; another language may have fewer."""
    spoken = _spoken("en", sources)
    return wordings(flow, _words(sources[spoken], spoken, flow).blocks)
