"""How a command that was called wrongly answers: one plain line, exit 2, in our own words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from pydantic import ValidationError
from typer.core import TyperGroup
from typer.exceptions import TyperException

from bot.commands.refusing import err, harmless, number_wanted

#: What the library says of a wrong call, and what we say.
_SAID: Mapping[str, str] = {
    r"No such command '(?P<it>.*?)'\.": "There is no command {it}.",
    r"No such option: (?P<it>\S+)": "There is no option {it}.",
    r"Option '(?P<it>.*)' requires an argument\.?": "{it} needs something after it.",
    r"Option '(?P<it>.*)' does not take a value\.?": "{it} stands alone, without a value.",
    r"Got unexpected extra argument\(s\) \((?P<it>.*)\)": (
        "There is too much: {it}. Put words that belong together in quotation marks."
    ),
}

#: After these an empty word takes something away.
_MAY_BE_EMPTY = frozenset({"--host"})


class Plain(TyperGroup):
    """The whole command line, which says in one line how it was called wrongly."""

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: Any = None,  # noqa: ANN401 - As the library has it.
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Read the first words; refuse an empty word where something is to be named."""
        if empty := left_empty(self, args):
            path, name = empty
            refuse_call(f"{name} was left empty. Write it.", f"{info_name} {path}")
        with _plainly():
            return super().make_context(info_name, args, parent, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - As the library has it.
        """Read the other words, and do what they say."""
        with _plainly():
            return super().invoke(ctx)


def refuse_call(line: str, path: str) -> NoReturn:
    """Say what is wrong with a call, and where its words are explained; exit 2."""
    err.print(harmless(f"{line} See: {path} --help"), markup=False)
    raise typer.Exit(2)


def left_empty(group: Any, words: Sequence[str]) -> tuple[str, str] | None:  # noqa: ANN401
    """The command and the first of its names or files that is an empty word; None when none is."""
    rest, path, command = list(words), [], group
    while rest and hasattr(command, "commands"):
        path.append(rest.pop(0))
        command = command.commands.get(path[-1])
    if command is None or hasattr(command, "commands"):
        return None
    options = {name: each for each in command.params for name in each.opts if name[:1] == "-"}
    names = iter([_name(each) for each in command.params if each.opts[0][:1] != "-"])
    following = iter(rest)
    for word in following:
        name, equals, value = word.partition("=")
        option = options.get(name)
        if option is not None:
            if not option.is_flag and not equals:
                value = next(following, "-")
            empty = not option.is_flag and not value and _names_something(name, option)
        else:
            name, empty = next(names, ""), not word
        if empty and name:
            return " ".join(path), name
    return None


@contextmanager
def _plainly() -> Iterator[None]:
    try:
        yield
    except TyperException as wrong:
        if type(wrong).__name__ == "NoArgsIsHelpError":  # That is the help itself.
            raise
        ctx = getattr(wrong, "ctx", None)
        refuse_call(_said(wrong), ctx.command_path if ctx else "skerry")


def _said(wrong: TyperException) -> str:
    param, cause = getattr(wrong, "param", None), wrong.__cause__
    if param is not None and isinstance(cause, ValidationError):
        return _misfit(_name(param), cause)
    if param is not None and hasattr(wrong, "param_type"):
        return f"{_name(param)} is missing."
    said = wrong.message
    for theirs, ours in _SAID.items():
        if found := re.match(theirs, said):
            near = re.search(r"Did you mean (.*?)\?", said[found.end() :])
            names = near[1].replace("'", "") if near else ", ".join(_near(wrong))
            hint = f" Did you mean {names}?" if names else ""
            return ours.format(it=found["it"]) + hint
    return f"{said.rstrip('.')}."


def _near(wrong: TyperException) -> Sequence[str]:
    """The options that somebody may have meant."""
    return sorted(getattr(wrong, "possibilities", None) or ())


def _misfit(name: str, cause: ValidationError) -> str:
    """What a value must be in place of what was given."""
    first = cause.errors()[0]
    if number := number_wanted(cause):
        return f"{name} {number.removeprefix('it ')}."
    given = first["input"] or "empty"
    _, _, known = first["msg"].rstrip(".").partition(" is not one of ")
    return f"{name} cannot be {given}. It is one of: {known.replace(chr(39), '')}."


def _names_something(name: str, option: Any) -> bool:  # noqa: ANN401
    """Whether nothing can be meant by an empty word after an option."""
    return option.default is None and name not in _MAY_BE_EMPTY


def _name(param: Any) -> str:  # noqa: ANN401 - An option or an argument.
    """An option as it is typed, or an argument in capitals, as README.md writes it."""
    first = str(param.opts[0])
    return first if first.startswith("-") else str(param.metavar or first).strip("_").upper()
