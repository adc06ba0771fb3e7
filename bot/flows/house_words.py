"""What is wrong with the house's own words and reserved words, for whoever translates them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from bot.engine.checks.findings import Block, InWords, nearest
from bot.engine.hearing import Word, fold
from bot.flows import shelves
from bot.flows.faults import Fault
from bot.prompts import reserved
from bot.prompts.house import languages
from bot.prompts.words import Reading, read


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is wrong, and what is worth telling."""

    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def check() -> Found:
    """Look at the house's words in each language."""
    found = Found()
    english = _read("en")
    whole = english.words.blocks if english.words else {}
    for language in languages():
        reading = english if language == "en" else _read(language)
        for finding in reading.findings:
            line = finding.at.line if isinstance(finding.at, InWords) else 1
            found.faults.append(_fault(language, line, finding.fault, finding.mend))
        blocks = reading.words.blocks if reading.words else whole
        line = 1
        for name, block in whole.items():
            if name in blocks:
                line = blocks[name].line
                found.faults.extend(_differ(language, blocks[name], block))
                continue
            note = f"the block `{name}` is not translated in the words for `{language}`"
            mend = f"Add {{% block {name} %}} … {{% endblock %}} with its words."
            found.notes.append(_fault(language, line, note, mend))
        for name, block in blocks.items():
            if name not in whole:
                near = nearest(name, set(whole) - set(blocks))
                mend = f"Did you mean `{near}`?" if near else "Take it out."
                fault = f"the house never says the block `{name}`"
                found.faults.append(_fault(language, block.line, fault, mend))
        found.faults.extend(_reserved(language))
    return found


def _differ(language: str, block: Block, english: Block) -> Iterator[Fault]:
    """Names that a block speaks of in one language and not in the other."""
    here, there = (
        {f"{each.name}.{each.part}".rstrip(".") for each in whose.mentions}
        for whose in (block, english)
    )
    for name in sorted(here ^ there):
        wrong = "leaves out" if name in there else "speaks of"
        mend = f"Write {{{{ {name} }}}} as in English." if name in there else "Take it out."
        fault = f"the block `{block.name}` {wrong} `{name}`, unlike the English one"
        yield _fault(language, block.line, fault, mend)


def _reserved(language: str) -> Iterator[Fault]:
    """Phrases that stand for two words, and words that there are not."""
    name = f"{language}/reserved.yaml"
    english = reserved.own("en")
    seen: dict[str, str] = {}
    for line, word, phrase in reserved.entries(language):
        if word not in set(Word):
            fault, mend = f"`{word}` is not a reserved word", "Keep to the names in English."
        elif (other := seen.get(fold(phrase))) is not None:
            fault, mend = f"`{phrase}` stands here twice, for `{other}`", "Take one out."
        elif language != "en" and english.get(fold(phrase), word) != word:
            other = english[fold(phrase)]
            fault, mend = f"`{phrase}` means `{other}` in English", "Choose another phrase."
        else:
            seen[fold(phrase)] = word
            continue
        yield Fault(file=str(shelves.PROMPTS / name), line=line, fault=fault, mend=mend)


def _read(language: str) -> Reading:
    return read(shelves.content(shelves.PROMPTS / language / "house.j2"), language)


def _fault(language: str, line: int, fault: str, mend: str) -> Fault:
    file = str(shelves.PROMPTS / language / "house.j2")
    return Fault(file=file, line=line, fault=fault, mend=mend)
