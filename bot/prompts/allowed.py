"""What a words file may hold: an allow-list over Jinja's syntax tree, walked once.

Allowed are named blocks and, inside them, text, `{{ name }}`, `{{ name.part }}` and `{% if %}`
with `not`, `and`, `or` over names and `person.keeps`. Everything else is a finding with its line;
so no template from outside can call, loop, reckon or reach beyond the names it is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from jinja2 import nodes

from bot.engine.checks.findings import Finding, InWords
from bot.prompts.syntax import MOST_NAME, names_of

#: How deep `if` may stand in `if`, and how many names one condition may have.
_DEEPEST = 6
_MOST_TESTED = 40
_BLOCK = re.compile(r"[a-z][a-z0-9_]{0,99}")
#: Names that Jinja fills itself.
_JINJAS_OWN = frozenset({"self", "super"})
#: What people write and may not, in their words.
_CALLED: dict[type[nodes.Node], str] = {
    nodes.For: "a loop (`for`)",
    nodes.Call: "a call, with brackets",
    nodes.Filter: "a filter, with `|`",
    nodes.Test: "a test, with `is`",
    nodes.Compare: "a comparison",
    nodes.Getitem: "square brackets",
    nodes.Const: "a fixed value between the braces",
    nodes.Include: "`include`",
    nodes.Import: "`import`",
    nodes.FromImport: "`from … import`",
    nodes.Extends: "`extends`",
    nodes.Macro: "`macro`",
    nodes.CallBlock: "`call`",
    nodes.FilterBlock: "`filter`",
    nodes.With: "`with`",
    nodes.Assign: "`set`",
    nodes.AssignBlock: "`set`",
    nodes.Scope: "`autoescape`",
}
#: The one part that an `if` may ask of: whether this person's answers are kept.
KEEPS = ("person", "keeps")
_MEND = (
    "Only text, {{ name }}, {{ name.words }}, {{ name.when }}, {{ name.ago }} and {% if name %} "
    "may stand here."
)


@dataclass(slots=True)
class Walked:
    """What a walk over the tree found."""

    language: str
    #: The blocks by their names, in their order.
    blocks: dict[str, nodes.Block] = field(default_factory=dict)
    #: Those of them that hold something forbidden: nobody looks into these any further.
    refused: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    #: The line the walk has come to, for the few things that Jinja gives none.
    line: int = 1

    def refuse(self, line: int | None, fault: str, mend: str = _MEND) -> None:
        """Note something that may not be."""
        line = line or self.line
        self.findings.append(Finding(at=InWords(self.language, line), fault=fault, mend=mend))


def walk(tree: nodes.Template, language: str) -> Walked:
    """Go through a whole words file."""
    walked = Walked(language)
    for node in tree.body:
        match node:
            case nodes.Block():
                _block(walked, node)
            case nodes.Output(nodes=parts):
                for part in parts:
                    _outside(walked, part)
            case _:
                walked.refuse(node.lineno, f"{_name(node)} stands outside the blocks", _INTO)
    return walked


_INTO = "Put it into a block: {% block turn %} … {% endblock %}."


def _outside(walked: Walked, part: nodes.Node) -> None:
    """Between blocks only blank lines may stand; Jinja has dropped the comments."""
    if not isinstance(part, nodes.TemplateData):
        walked.refuse(part.lineno, "a name stands outside the blocks", _INTO)
    elif text := part.data.strip():
        blank = part.data[: part.data.index(text[0])]
        shown = text.splitlines()[0][:40]
        line = part.lineno + blank.count("\n")
        walked.refuse(line, f"words stand outside the blocks: `{shown}`", _INTO)


def _block(walked: Walked, block: nodes.Block) -> None:
    if not _BLOCK.fullmatch(block.name):
        walked.refuse(
            block.lineno,
            f"`{block.name[:40]}` cannot be a block's name",
            "Use small letters, digits and `_`, as in the practice's file.",
        )
    if block.name in walked.blocks:
        first = walked.blocks[block.name].lineno
        walked.refuse(
            block.lineno,
            f"the block `{block.name}` stands twice; first in line {first}",
            "Take one out, or name it `turn__2` when it is another wording.",
        )
    if block.scoped or block.required:
        walked.refuse(block.lineno, "a block has nothing but a name", "Write {% block turn %}.")
    before = len(walked.findings)
    _inside(walked, block.body, 0)
    if len(walked.findings) > before:
        walked.refused.add(block.name)
    walked.blocks.setdefault(block.name, block)


def _inside(walked: Walked, body: Iterable[nodes.Node], depth: int) -> None:
    for node in body:
        match node:
            case nodes.Output(nodes=parts):
                for part in parts:
                    _shown(walked, part)
            case nodes.If() if depth >= _DEEPEST:
                walked.refuse(node.lineno, "too many `if` stand inside one another", _SIMPLER)
            case nodes.If():
                branches: list[nodes.If] = [node, *node.elif_]
                for branch in branches:
                    _tested(walked, branch.test)
                    _inside(walked, branch.body, depth + 1)
                _inside(walked, node.else_, depth + 1)
            case nodes.Block():
                walked.refuse(node.lineno, "a block stands inside another", _CLOSE)
            case _:
                walked.refuse(node.lineno, f"{_name(node)} cannot be used in words")


_CLOSE = "Close the first with {% endblock %} before the next begins."
_SIMPLER = "Say it more simply, or let a branch of the practice choose among turns."


def _shown(walked: Walked, part: nodes.Node) -> None:
    """Text, a name, or one part of a name."""
    match part:
        case nodes.TemplateData():
            walked.line = part.lineno + part.data.count("\n")
        case nodes.Name() | nodes.Getattr(node=nodes.Name()):
            _named(walked, part)
        case _:
            walked.refuse(part.lineno, f"{_name(part)} cannot be used in words")


def _named(walked: Walked, part: nodes.Name | nodes.Getattr) -> None:
    for name in names_of(part):
        if name.startswith("_") or len(name) > MOST_NAME or name in _JINJAS_OWN:
            walked.refuse(part.lineno, f"`{name[:MOST_NAME]}` is not a name that words may use")


def _tested(walked: Walked, test: nodes.Node) -> None:
    """A condition of names; walked without recursion, for it may be long."""
    ahead: list[nodes.Node] = [test]
    seen = 0
    while ahead:
        node = ahead.pop()
        seen += 1
        if seen > _MOST_TESTED:
            walked.refuse(test.lineno, "the condition of an `if` is too long", _SIMPLER)
            return
        match node:
            case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
                ahead += [right, left]
            case nodes.Not(node=inner):
                ahead.append(inner)
            case nodes.Name():
                _named(walked, node)
            case nodes.Getattr() if names_of(node) == KEEPS:
                pass
            case _:
                walked.refuse(
                    node.lineno,
                    f"{_name(node)} cannot be used in an `if`",
                    "An `if` takes names alone or `person.keeps`, joined with `and`, `or`, `not`.",
                )


def _name(node: nodes.Node) -> str:
    """What a facilitator would call a construct."""
    for kind, name in _CALLED.items():
        if isinstance(node, kind):
            return name
    return "reckoning" if isinstance(node, nodes.Expr) else "this"
