"""Shelves: where the files of practices lie, the house's own and those from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bot.prompts
from bot.prompts.source import MOST_BYTES

FLOWS = Path(__file__).resolve().parent
PROMPTS = Path(bot.prompts.__file__).resolve().parent
#: How a practice's file may end.
ENDINGS = (".yaml", ".yml")
#: Words of the house that belong to no practice.
_HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """The files of one practice."""

    #: The name its file has.
    name: str
    #: Its YAML file; None when there are words without one.
    flow: Path | None
    #: Its words by language.
    words: dict[str, Path]


def own() -> Iterator[Files]:
    """The practices that come with Skerry: words lie in a folder for each language."""
    words: dict[str, dict[str, Path]] = {}
    for file in sorted(PROMPTS.glob("*/*.j2")):
        if file.stem != _HOUSE:
            words.setdefault(file.stem, {})[file.parent.name] = file
    for flow in sorted(FLOWS.glob("*.yaml")):
        yield Files(name=flow.stem, flow=flow, words=words.pop(flow.stem, {}))
    for name, orphans in words.items():
        yield Files(name=name, flow=None, words=orphans)


def folder(path: Path) -> Iterator[Files]:
    """The practices of a folder from outside: `x.yaml` with `x.en.j2` beside it."""
    if path.resolve() == FLOWS:
        yield from own()
        return
    named = {file.stem: file for file in sorted(path.iterdir()) if file.suffix in ENDINGS}
    for name, flow in named.items():
        yield Files(name=name, flow=flow, words=_beside(path, name))
    orphans = {file.name.partition(".")[0] for file in path.glob("*.*.j2")} - set(named)
    for name in sorted(orphans):
        yield Files(name=name, flow=None, words=_beside(path, name))


def single(path: Path) -> Files:
    """One practice from outside, by its YAML file or by one of its words files."""
    if path.suffix not in ENDINGS:
        name = path.name.partition(".")[0]
        flows = [path.with_name(name + ending) for ending in ENDINGS]
        path = next((flow for flow in flows if flow.is_file()), flows[0])
    if path.parent.resolve() == FLOWS:
        return next((files for files in own() if files.name == path.stem), _bare(path))
    return Files(name=path.stem, flow=path, words=_beside(path.parent, path.stem))


def _bare(path: Path) -> Files:
    return Files(name=path.stem, flow=path, words={})


def sibling(path: Path, name: str) -> Files | None:
    """The practice of another name beside a file."""
    for ending in ENDINGS:
        if (file := path.with_name(name + ending)).is_file():
            return single(file)
    return None


def content(path: Path) -> bytes:
    """What a file holds, a little more than we would read at most; raises OSError."""
    if not path.is_file():
        raise FileNotFoundError(path)
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _beside(path: Path, name: str) -> dict[str, Path]:
    """The words files of a practice, by language: the middle of `x.en.j2`."""
    found = (file for file in sorted(path.iterdir()) if file.name.startswith(f"{name}."))
    parts = ((file.name.split("."), file) for file in found)
    return {pieces[1]: file for pieces, file in parts if pieces[2:] == ["j2"]}
