"""Files people write, as text: what cannot be one is refused with its line and a mend."""

from __future__ import annotations

import re

#: The largest file we read.
MOST_BYTES = 256 * 1024
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ue000-\uf8ff]")


class UnreadableError(ValueError):
    """The file cannot be read; it says where, why, and what to do."""

    def __init__(self, line: int, fault: str, mend: str) -> None:
        super().__init__(fault)
        self.line = line
        self.fault = fault
        self.mend = mend


def text_of(content: bytes) -> str:
    """The text of a file, its line ends made one kind; raises UnreadableError."""
    if len(content) > MOST_BYTES:
        raise UnreadableError(
            1,
            f"the file is larger than {MOST_BYTES // 1024} KB",
            "Is it the right file? Divide it when it is.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = content[: wrong.start].count(b"\n") + 1
        fault = "the file is not UTF-8 text"
        mend = "Save it again as UTF-8; editors offer that under `Save as` or `Encoding`."
        raise UnreadableError(line, fault, mend) from wrong
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := _INVISIBLE.search(text):
        line = text.count("\n", 0, found.start()) + 1
        fault = f"here is an invisible character (U+{ord(found.group()):04X})"
        raise UnreadableError(line, fault, "Take it out, or type the line anew.")
    if not text.strip():
        raise UnreadableError(1, "the file is empty", "Write it, or take it away.")
    return text
