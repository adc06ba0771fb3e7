"""Jinja's syntax as our words use it: the environment, and reading a file into a tree."""

from __future__ import annotations

from jinja2 import StrictUndefined, nodes
from jinja2.sandbox import SandboxedEnvironment

from bot.prompts.source import UnreadableError

#: The longest name a words file may use.
MOST_NAME = 64
#: The longest tag, and the most tags, that are worth parsing.
_LONGEST_TAG = 600
_MOST_TAGS = 4_000
_ENDINGS = {"{%": "%}", "{#": "#}", "{{": "}}"}


def _environment() -> SandboxedEnvironment:
    """A sandbox with nothing in it: no globals, no filters, no tests."""
    environment = SandboxedEnvironment(
        undefined=StrictUndefined,
        autoescape=False,  # What is rendered is plain text; adapters escape it.
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=0,
    )
    for contents in (environment.globals, environment.filters, environment.tests):
        contents.clear()
    return environment


ENVIRONMENT = _environment()


def tree_of(source: str) -> nodes.Template:
    """Parse words; raises UnreadableError, jinja2's TemplateSyntaxError or RecursionError."""
    _measure(source)
    return ENVIRONMENT.parse(_keep_line_ends(source))


def _measure(source: str) -> None:
    """Refuse what would keep Jinja's parser busy for long; raises UnreadableError."""
    at, tags = 0, 0
    while (opened := _next_tag(source, at)) is not None:
        at, ending = opened
        tags += 1
        end = source.find(ending, at + 2)
        long = ending != "#}" and (end if end >= 0 else len(source)) - at > _LONGEST_TAG
        if long or tags > _MOST_TAGS:
            raise UnreadableError(
                source.count("\n", 0, at) + 1,
                f"what opens here is not closed within {_LONGEST_TAG} characters"
                if long
                else f"there are more than {_MOST_TAGS} tags in the file",
                f"Close it with `{ending}`." if long else "Divide the practice.",
            )
        at = end + 2 if end >= 0 else len(source)


def names_of(part: nodes.Expr) -> tuple[str, ...]:
    """A name and the part asked of it, if any; nothing for any other expression."""
    if isinstance(part, nodes.Getattr) and isinstance(part.node, nodes.Name):
        return (part.node.name, part.attr)
    return (part.name,) if isinstance(part, nodes.Name) else ()


def tested_names(test: nodes.Node) -> tuple[nodes.Name, ...]:
    """The names in the condition of an `if`."""
    return (test,) if isinstance(test, nodes.Name) else tuple(test.find_all(nodes.Name))


def sure_names(test: nodes.Node, *, holds: bool) -> frozenset[str]:
    """The names that are there for sure when a condition holds, or when it does not."""
    match test:
        case nodes.Name(name=name) if holds:
            return frozenset({name})
        case nodes.Not(node=inner):
            return sure_names(inner, holds=not holds)
        case nodes.And(left=left, right=right) | nodes.Or(left=left, right=right):
            one, other = sure_names(left, holds=holds), sure_names(right, holds=holds)
            return one | other if isinstance(test, nodes.And) is holds else one & other
        case _:
            return frozenset()


def _keep_line_ends(source: str) -> str:
    """Mark each tag that ends a line of words, so that its line end stays.

    Jinja drops the line end after every tag. That is wanted where a line holds nothing but
    tags; after words it would glue the last word to the first of the next line.
    """
    source = "\n".join(line.rstrip(" \t") for line in source.split("\n"))
    pieces: list[str] = []
    at, words_before = 0, False
    while (opened := _next_tag(source, at)) is not None:
        start, ending = opened
        between = source[at:start]
        last_line = between.rpartition("\n")[2]
        words_before = bool(last_line.strip()) or (words_before and "\n" not in between)
        words_before |= ending == "}}"
        end = source.find(ending, start + 2)
        if end < 0:
            break
        ends_line = source[end + 2 : end + 3] == "\n"
        kept = ending != "}}" and ends_line and words_before and source[end - 1] not in "+-"
        pieces += [between, source[start:end], "+" if kept else "", ending]
        at = end + 2
    return "".join([*pieces, source[at:]])


def _next_tag(source: str, at: int) -> tuple[int, str] | None:
    """Where the next tag or comment begins, and how it ends."""
    while (start := source.find("{", at)) >= 0:
        ending = _ENDINGS.get(source[start : start + 2])
        if ending:
            return start, ending
        at = start + 1
    return None
