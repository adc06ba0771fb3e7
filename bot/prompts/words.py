"""Words: one words file, read once, its blocks known and ready to be rendered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from jinja2 import Template, TemplateSyntaxError, nodes
from jinja2.runtime import Context

from bot.engine.checks.findings import Block, Blocks, Finding, InWords
from bot.prompts.allowed import walk
from bot.prompts.shape import shape, unshaped
from bot.prompts.source import UnreadableError, text_of
from bot.prompts.syntax import ENVIRONMENT, tree_of
from bot.records import Paragraph

#: A wording of a turn beyond its first.
_WORDING = re.compile(r"(?P<turn>.+)__(?P<number>\d+)")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one practice, or of the house, in one language."""

    language: str
    #: The file as it was written, for a revision.
    source: str
    blocks: Mapping[str, Block]
    #: Names that may be missing when a block is rendered: an answer not given.
    optional: frozenset[str] = frozenset()
    tree: nodes.Template = field(repr=False, compare=False)
    #: Blocks that come from elsewhere: the words they are in, and their names there.
    borrowed: Mapping[str, tuple[Words, str]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def over(self, whole: Words) -> Words:
        """These words, with what they lack taken from words that lack nothing.

        A turn with fewer wordings than it has there says those that it has, in turn.
        """
        borrowed: dict[str, tuple[Words, str]] = {}
        for name in whole.blocks:
            if name in self.blocks:
                continue
            if here := self._wording_for(name):
                borrowed[name] = (self, here)
            else:
                borrowed[name] = (whole, name)
        blocks = {name: source.blocks[there] for name, (source, there) in borrowed.items()}
        return replace(self, blocks={**self.blocks, **blocks}, borrowed=borrowed)

    def spoken_in(self, block: str) -> str:
        """The language in which a block is said."""
        return self.borrowed[block][0].language if block in self.borrowed else self.language

    def _wording_for(self, name: str) -> str | None:
        """A wording of the same turn, for one that is not here; None when there is none."""
        turn, number = wording_of(name)
        mine = _wordings_of(turn, self.blocks)
        return mine[(number - 1) % len(mine)] if mine else None

    @cached_property
    def fixed(self) -> dict[str, tuple[Paragraph, ...]]:
        """What the blocks say that say the same to everybody."""
        return {
            name: tuple(Paragraph(text=text) for text in block.longest.split("\n\n") if text)
            for name, block in self.blocks.items()
            if block.plain
        }

    @cached_property
    def speakers(self) -> Mapping[str, Callable[[Context], Iterator[str]]]:
        """The compiled blocks: compiling costs fifty renderings, so it waits for the first."""
        code = ENVIRONMENT.compile(self.tree)
        return Template.from_code(ENVIRONMENT, code, {}).blocks

    @cached_property
    def spoken_of(self) -> dict[str, dict[str, frozenset[str]]]:
        """The names each block mentions, and the parts it asks of them."""
        named: dict[str, dict[str, frozenset[str]]] = {}
        for key, block in self.blocks.items():
            names = named.setdefault(key, {})
            for each in block.mentions:
                names[each.name] = names.get(each.name, frozenset()) | {each.part}
        return named


def wording_of(block: str) -> tuple[str, int]:
    """The turn that a block words, and which of its wordings it is."""
    match = _WORDING.fullmatch(block)
    return (match["turn"], int(match["number"])) if match else (block, 1)


def _wordings_of(turn: str, blocks: Blocks) -> list[str]:
    """The wordings that a turn has, in their order."""
    numbered = (wording_of(name) for name in blocks)
    numbers = sorted(number for name, number in numbered if name == turn)
    return [f"{turn}__{number}" if number > 1 else turn for number in numbers]


#: Parsing is most of what loading practices takes: what was read lately is not parsed again.
_REMEMBERED = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What came of reading a words file."""

    #: None when it could not be read at all.
    words: Words | None
    findings: tuple[Finding, ...] = ()


@lru_cache(maxsize=_REMEMBERED)
def read(content: bytes, language: str, optional: frozenset[str] = frozenset()) -> Reading:
    """Read a words file, whatever is in it; with findings its words are not to be rendered."""
    try:
        source = text_of(content)
        tree = tree_of(source)
    except UnreadableError as wrong:
        return _refused(language, wrong.line, wrong.fault, wrong.mend)
    except TemplateSyntaxError as wrong:
        return _refused(language, *_plainly(wrong))
    except RecursionError:
        fault = "the words cannot be read: something in them goes too deep"
        return _refused(language, 1, fault, _PAIRS)
    walked = walk(tree, language)
    words = Words(
        language=language,
        source=source,
        blocks={
            name: unshaped(block) if name in walked.refused else shape(block)
            for name, block in walked.blocks.items()
        },
        optional=optional,
        tree=tree,
    )
    return Reading(words=words, findings=tuple(walked.findings))


_PAIRS = (
    "Each {% block … %} needs its {% endblock %}, each {% if … %} its {% endif %}, and each "
    "{{ its }}."
)


def _refused(language: str, line: int, fault: str, mend: str) -> Reading:
    at = InWords(language, line)
    return Reading(words=None, findings=(Finding(at=at, fault=fault, mend=mend),))


def _plainly(wrong: TemplateSyntaxError) -> tuple[int, str, str]:
    """Jinja's complaint in our words, for the ones that are common."""
    said = wrong.message or ""
    if tag := re.search(r"unknown tag '(\w+)'", said):
        fault = f"`{{% {tag.group(1)} %}}` stands where it has no meaning"
    elif "end of template" in said or "Unexpected end" in said or "Missing end" in said:
        fault = "something is opened and not closed"
    else:
        fault = f"the words cannot be read from here: {said[:160]}"
    return wrong.lineno, fault, _PAIRS
