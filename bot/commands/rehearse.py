"""`skerry rehearse`: a practice played with nobody there and nothing stored."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer

from bot.adapters.terminal import shown
from bot.commands.opening import read_settings
from bot.commands.printing import many
from bot.commands.refusing import err, out, plainly, refuse, say_json
from bot.engine.conversation import About
from bot.flows.loader import find
from bot.flows.revisions import Compiled, pack, unpack
from bot.prompts.house import languages
from bot.records import Outbound
from bot.rehearsal import BOT, Line, RanOutError, Rehearsal
from scheduler.tick import now

_WIDTH = 78


def rehearse(
    flow: Annotated[str, typer.Argument(help="A practice's name, or the path of its x.yaml.")],
    *,
    answers: Annotated[
        str, typer.Option(help="A file with one answer a line; - reads standard input.")
    ] = "",
    language: Annotated[str, typer.Option(help="The language of the words.")] = "en",
    session: Annotated[
        list[str] | None,
        typer.Option(help="The title of a session that it may be about; again for another."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Play a practice. A line such as "three weeks later" lets time pass, and it begins anew."""
    with plainly():
        compiled = _compiled(flow)
    spoken = sorted({*compiled.sources[compiled.flow.name], *languages()})
    if language not in spoken:
        refuse(f"{flow} does not speak {language}. It speaks: {', '.join(spoken)}.")
    about = tuple(About(id=f"session_{n}", title=t) for n, t in enumerate(session or (), 1))
    rehearsal = Rehearsal(compiled=compiled, now=now(), language=language, about=about)
    by_hand = not answers and sys.stdin.isatty()
    lines = _typed() if by_hand else iter(_read(answers))
    try:
        for line in rehearsal.play(lines):
            _print(line, as_json=as_json, echo=not by_hand)
    except RanOutError as error:
        refuse(str(error))
    if rehearsal.left_over:
        over = many(rehearsal.left_over, "answer was", "answers were")
        err.print(f"The practice had ended: {over} not needed.")


def _compiled(flow: str) -> Compiled:
    settings = read_settings()
    practice, among = find(flow, [Path(settings.practices)] if settings.practices else [])
    return unpack(pack(practice, among).json)


def _read(answers: str) -> list[str]:
    """Every answer of a file, or of standard input, before anything is said."""
    try:
        if answers in {"", "-"}:
            return list(_bare(sys.stdin))
        return list(_bare(Path(answers).read_text(encoding="utf-8").splitlines()))
    except FileNotFoundError:
        refuse(f"There is no file {answers}. Write one answer a line into it, or name another.")
    except OSError as error:
        refuse(f"{answers} cannot be read ({error.strerror}). Look at its name and its rights.")
    except UnicodeDecodeError:
        refuse(f"{answers or 'What was typed'} is not UTF-8 text. Save it again as UTF-8.")


def _typed() -> Iterator[str]:
    while True:
        try:
            line = input("> ")
        except EOFError:
            return
        if line.strip():
            yield line


def _bare(lines: Iterable[str]) -> Iterator[str]:
    """Lines without their ends; blank ones say nothing."""
    for line in lines:
        if line.strip():
            yield line.rstrip("\r\n")


def _print(line: Line, *, as_json: bool, echo: bool) -> None:
    if as_json:
        said = {
            "from": line.by,
            "turn": line.turn,
            "text": line.text,
            "choices": line.choices,
        }
        say_json(said)
    elif line.by == BOT:
        message = Outbound(paragraphs=line.paragraphs, options=line.options, aside=line.aside)
        out.print(shown(message, width=_WIDTH), markup=False)
    elif echo:
        out.print(f"\n> {line.text}", markup=False)
