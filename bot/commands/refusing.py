"""How a command refuses: one clear line, exit 1; with `--json`, one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer
from pydantic import ValidationError
from rich.console import Console

from bot.flows.practice import FaultyPracticeError, NoSuchPracticeError
from bot.prompts.distress import BrokenPhrasesError
from bot.trust.databases import StoreError
from bot.trust.keyring import KeyRingError
from bot.trust.master import MasterKeyError

#: What can go wrong in ways that a line can explain.
EXPLAINED = (
    StoreError,
    KeyRingError,
    MasterKeyError,
    NoSuchPracticeError,
    FaultyPracticeError,
    BrokenPhrasesError,
)

#: Control characters but tabs and ends of lines, and what turns the direction of writing round.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

out = Console(soft_wrap=True, highlight=False)
err = Console(stderr=True, soft_wrap=True, highlight=False)


def refuse(line: str) -> NoReturn:
    """Say why not, and what to do, in one line; exit 1."""
    err.print(line, markup=False)
    raise typer.Exit(1)


def nobody(participant: str) -> str:
    """That an id is nobody's, and where to find ids."""
    return f"There is nobody with the id {participant}. See the ids with: skerry people list"


@contextmanager
def plainly() -> Iterator[None]:
    """Turn what can be explained into one line and exit 1."""
    try:
        yield
    except EXPLAINED as error:
        refuse(str(error))
    except ValidationError as error:
        refuse(_setting(error))


def say_json(thing: Mapping[str, object]) -> None:
    """Print one object on one line; control characters in it are written as JSON writes them."""
    line = json.dumps(thing, ensure_ascii=False)
    typer.echo(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line))


def harmless(words: str) -> str:
    """Somebody's words without what a terminal would obey in place of showing it."""
    return _CONTROL.sub("", words)


def _setting(error: ValidationError) -> str:
    first = error.errors()[0]
    if not first["loc"]:  # Each is right by itself, and they do not fit together.
        return f"The settings do not fit: {first['msg'].removeprefix('Value error, ')}."
    name = "_".join(str(part) for part in first["loc"]).upper()
    why = number_wanted(error) or first["msg"].removeprefix("Value error, ")
    return f"The setting SKERRY_{name} cannot be used: {why}."


def number_wanted(error: ValidationError) -> str:
    """What is wrong with a number, in plain words; empty for what is wrong with anything else."""
    wrong = error.errors()[0]
    limits = wrong.get("ctx", {})
    given = wrong["input"] if wrong["input"] != "" else "empty"
    for key, what in (("ge", "at least"), ("le", "at most")):
        if key in limits:
            return f"it is {given}, and must be {what} {limits[key]:g}"
    if wrong["type"].startswith(("int", "float")):
        a_number = "a whole number" if wrong["type"].startswith("int") else "a number"
        return f"it is {given}, and must be {a_number}"
    return ""
