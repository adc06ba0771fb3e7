"""Conditions of a branch: a small closed grammar over answers, parsed once and judged purely.

    condition  = all { "or" all }
    all        = one { "and" one }
    one        = "not" one | "(" condition ")" | comparison
    comparison = NAME "answered"
               | NAME ("<" | "<=" | ">" | ">=") NUMBER
               | NAME ("is" | "is" "not") VALUE
               | NAME "in" VALUE { "," VALUE }
               | NAME "includes" VALUE

NAME is a turn or a recall. VALUE is an option's name or a number. A comparison with something
that was not answered is false, whatever it compares; `is not` of it is true.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

#: What an answer is to a condition: a scale's number, a choice's name, choices' names, or
#: True for words.
Value = int | str | tuple[str, ...] | bool

_TOKEN = re.compile(r"\s*(<=|>=|<|>|\(|\)|,|[a-z][a-z0-9_]*|\d+|\S)")
_ORDER = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_KEYWORDS = frozenset({"and", "or", "not", "is", "in", "includes", "answered"})


class MalformedConditionError(ValueError):
    """The condition does not follow the grammar; the message says where."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One thing said of one answer."""

    name: str
    #: `answered`, `<`, `<=`, `>`, `>=`, `in` or `includes`; `is` is an `in` of one.
    verb: str
    values: tuple[int | str, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """True when the other is false."""

    of: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """True when both are."""

    left: Condition
    right: Condition


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True when either is."""

    left: Condition
    right: Condition


Condition = Comparison | Not | AllOf | AnyOf


def parse(text: str) -> Condition:
    """Read a condition; raises MalformedConditionError."""
    parser = _Parser([match.group(1) for match in _TOKEN.finditer(text.strip())])
    condition = parser.condition()
    if parser.ahead:
        message = f"nothing is expected after the condition, but here stands `{parser.ahead}`"
        raise MalformedConditionError(message)
    return condition


def holds(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Judge a condition; `values` has only what was answered."""
    match condition:
        case Comparison():
            return _compare(condition, values.get(condition.name))
        case Not(of):
            return not holds(of, values)
        case AllOf(left, right):
            return holds(left, values) and holds(right, values)
        case AnyOf(left, right):
            return holds(left, values) or holds(right, values)
    assert_never(condition)


def comparisons(condition: Condition) -> Iterator[Comparison]:
    """Every comparison in a condition, for those who check it."""
    match condition:
        case Comparison():
            yield condition
        case Not(of):
            yield from comparisons(of)
        case AllOf(left, right) | AnyOf(left, right):
            yield from comparisons(left)
            yield from comparisons(right)
        case _:
            assert_never(condition)


def _compare(comparison: Comparison, value: Value | None) -> bool:
    if value is None:
        return False
    if comparison.verb == "answered":
        return True
    if isinstance(value, bool):
        return False  # Words alone; Python takes True for the number 1.
    match comparison.verb:
        case "in":
            return value in comparison.values
        case "includes":
            return isinstance(value, tuple) and comparison.values[0] in value
        case sign:
            limit = comparison.values[0]
            whole = isinstance(value, int) and isinstance(limit, int)
            return whole and _ORDER[sign](value, limit)


class _Parser:
    """Reads tokens from left to right, one ahead."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens[::-1]

    @property
    def ahead(self) -> str:
        return self._tokens[-1] if self._tokens else ""

    def take(self, *wanted: str) -> str:
        """The next token when it is one of those wanted, else empty."""
        return self._tokens.pop() if self.ahead in wanted and self._tokens else ""

    def condition(self) -> Condition:
        left = self.all_of()
        while self.take("or"):
            left = AnyOf(left, self.all_of())
        return left

    def all_of(self) -> Condition:
        left = self.one()
        while self.take("and"):
            left = AllOf(left, self.one())
        return left

    def one(self) -> Condition:
        if self.take("not"):
            return Not(self.one())
        if self.take("("):
            inner = self.condition()
            if not self.take(")"):
                message = "a bracket is opened and not closed"
                raise MalformedConditionError(message)
            return inner
        return self.comparison()

    def comparison(self) -> Condition:
        name = self.word("the name of a turn or a recall")
        if self.take("answered"):
            return Comparison(name, "answered")
        if sign := self.take("<", "<=", ">", ">="):
            return Comparison(name, sign, (self.number(),))
        if self.take("is"):
            negative = self.take("not")
            is_it = Comparison(name, "in", (self.value(),))
            return Not(is_it) if negative else is_it
        if self.take("in"):
            values = [self.value()]
            while self.take(","):
                values.append(self.value())
            return Comparison(name, "in", tuple(values))
        if self.take("includes"):
            return Comparison(name, "includes", (self.value(),))
        message = (
            f"after `{name}` one of `is`, `is not`, `in`, `includes`, `answered`, `<`, `<=`, "
            f"`>`, `>=` is expected, but here {self.seen()}"
        )
        raise MalformedConditionError(message)

    def seen(self) -> str:
        return f"stands `{self.ahead}`" if self.ahead else "it ends"

    def word(self, what: str) -> str:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", self.ahead) or self.ahead in _KEYWORDS:
            message = f"{what} is expected, but here {self.seen()}"
            raise MalformedConditionError(message)
        return self._tokens.pop()

    def number(self) -> int:
        if not self.ahead.isdecimal():
            message = f"a number is expected, but here {self.seen()}"
            raise MalformedConditionError(message)
        return int(self._tokens.pop())

    def value(self) -> int | str:
        return self.number() if self.ahead.isdecimal() else self.word("a value")
