"""Every practice and branch, word for word, as a person meets it.

A transcript is a text file: `> ` before what the person says, `~ ` before time that passes,
`# ` before a remark of ours, and everything else is what the house says. The test plays the
person's lines and compares the whole. `SKERRY_TRANSCRIPTS=write` writes them anew, to be read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.rehearsal import passing
from bot.store.opening import Store
from tests.journeys.someone import Someone, printed

TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("*.txt"))
_SECONDS = re.compile(r"(\d+) seconds? later")


@pytest.mark.parametrize("file", TRANSCRIPTS, ids=lambda file: file.stem)
def test_a_practice_is_played_word_for_word(file: Path, store: Store) -> None:
    written = file.read_text(encoding="utf-8")
    played = "\n".join(_played(written.splitlines(), Someone(store))).rstrip() + "\n"
    if os.environ.get("SKERRY_TRANSCRIPTS") == "write":
        file.write_text(played, encoding="utf-8")
        return
    assert played == written


def _played(lines: list[str], someone: Someone) -> Iterator[str]:
    for line in lines:
        match line[:2]:
            case "# ":
                yield line
            case "> ":
                yield f"\n{line}"
                said = someone.arrives() if line == "> (arrives)" else someone.says(line[2:])
                yield printed(said)
            case "~ ":
                yield f"\n{line}"
                yield printed(someone.waits(_time(line[2:])))
            case _:
                pass


def _time(line: str) -> timedelta:
    if found := _SECONDS.fullmatch(line):
        return timedelta(seconds=int(found.group(1)))
    later = passing(line)
    assert later is not None, f"no such time: {line}"
    return later
