"""Check: everything wrong with a practice and its words, found at once.

Pure: it is given a flow, its words' blocks and what lies around, and answers with located
findings. `bot/flows/loader.py` turns their places into files and lines.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.engine.checks import answers, names, paths, settings, sharing, wording
from bot.engine.checks.findings import Around, Blocks, Finding
from bot.engine.flow import Flow


def check(
    flow: Flow,
    words: Mapping[str, Blocks],
    around: Around,
    file_name: str,
    *,
    whole: bool = True,
) -> tuple[Finding, ...]:
    """Find every fault of a practice.

    `words` has the blocks of each language that could be read. `whole` is False when some of
    its turns could not be read: then nothing is said of its ways, which may lie in those.
    """
    found = [
        *names.find(flow, around, file_name),
        *(paths.find(flow, around) if whole else ()),
        *answers.find(flow, around),
        *settings.find(flow, around),
        *sharing.find(flow, around, whole=whole),
        *wording.find(flow, dict(words), around),
    ]
    return tuple(dict.fromkeys(found))
