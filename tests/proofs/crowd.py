"""People who practise by themselves: each reads what reaches them, and answers it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from random import Random

from bot.engine.flow import Ask, Close
from bot.flows.loader import load
from bot.flows.practice import Library
from bot.records import Arrived, Body, Media, Outbound, Press, Words

#: Ways that lead away from where the proof wants to go.
_NOT = (
    "Leave it",
    "A quiet minute",
    "Later today",
    "Not today",
    "No, ",
    "Another time",
    "Wait for my day",
    "Somewhere else",
)
_PHOTO = Media(name="photo.jpg", mime="image/jpeg", content=b"")
#: What people write around the word that is theirs alone.
_AROUND = (
    "{}",
    "  {} with spaces around  ",
    "{}\nand a second line\n\nand a third paragraph",
    "{} \U0001f9d1\u200d\U0001f33e\U0001f1f8\U0001f1f3 café cafe\u0301",
    "{} \u202eright to left\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "<b>{}</b> <!channel> @everyone {{{{ recall }}}} *bold* _it_ \\ ' \" %s",
    "{} a tab\tand a NUL \x00 and a private mark \ue000\x31\ue001",
    "{}" + " long" * 700,
)


@cache
def library() -> Library:
    return load()


@cache
def _firsts(kind: type[Ask | Close]) -> tuple[str, ...]:
    """How the questions in words begin, or the ends of what people practise here."""
    practices = ("weekly", "nudge", "join") if kind is Ask else ("weekly", "nudge")
    return tuple(first for name in practices for first in _begins(name, kind))


def _begins(practice: str, kind: type[Ask | Close]) -> Iterator[str]:
    found = library().practices[practice]
    turns = {turn.id for turn in found.flow.turns if isinstance(turn, kind)}
    for name, block in found.words["en"].blocks.items():
        if name.partition("__")[0] in turns:
            yield block.longest.split("\n\n")[0].split("\u2026")[0]


def read_as(text: str, kind: type[Ask | Close]) -> str:
    """The question or end that a message is; empty when it is none."""
    return next((each for each in _firsts(kind) if text.startswith(each)), "")


@dataclass
class Person:
    """One person in one place."""

    place: str
    says: Callable[[str, Body], None]
    chance: Random
    #: How many nudges they answer after the weekly check-in.
    nudges: int = 1
    #: Whether they write to a house that does not know them yet.
    stranger: bool = False
    #: How large a share of their answers ends without a word, by the quiet gap.
    silent: float = 0.1
    silences: int = 0
    #: What some of their messages carry; its content is how theirs begins.
    carried: Media = _PHOTO
    #: What they wrote to be kept, by the platform's id of the message, with what it carried.
    wrote: dict[str, tuple[str, bytes | None]] = field(default_factory=dict)
    #: How many choices they made, by pressing or by typing.
    chose: int = 0
    #: What they have answered.
    answered: set[str] = field(default_factory=set)
    ended: int = 0
    #: How much they had answered at the last end.
    at_end: int = 0
    count: int = 0

    @property
    def finished(self) -> bool:
        return self.ended > self.nudges

    def arrives(self) -> None:
        if self.stranger:
            self.says(self.place, Arrived())

    def hears(self, message: Outbound) -> None:
        """Answer it, unless that was done before."""
        text = message.paragraphs[0].text if message.paragraphs else ""
        if message.options:
            self._choose(message)
        elif asked := read_as(text, Ask):
            if asked not in self.answered:
                self.answered.add(asked)
                self._answer(message.done.token if message.done else "")
        elif read_as(text, Close):
            self._end()

    def _choose(self, message: Outbound) -> None:
        asked = message.options[0].token.rpartition(":")[0]
        if asked in self.answered:
            return
        self.answered.add(asked)
        if message.options[0].label == "Monday":
            self._type("skip")
            return
        ways = [each for each in message.options if not each.label.startswith(_NOT)]
        taken = self.chance.choice(ways)
        # What may be counted is chosen among several, and is no answer.
        self.chose += message.done is None
        if self.chance.random() < 0.25:
            self._type(taken.label.partition(" \u2013 ")[0])
        else:
            self.says(self.place, Press(token=taken.token))
        if message.done is not None:
            self.says(self.place, Press(token=message.done.token))

    def _answer(self, done: str) -> None:
        """Several messages, then done: by pressing, by typing, or by saying nothing more."""
        ends = self.chance.random()
        alone = ends < self.silent
        self.silences += alone
        for _ in range(1 if alone else self.chance.randint(1, 4)):
            self._write()
        if alone:
            return
        if done and ends < (1 + self.silent) / 2:
            self.says(self.place, Press(token=done))
        else:
            self._type("done")

    def _write(self) -> None:
        self.count += 1
        name = f"{self.place}-{self.count}"
        text = self.chance.choice(_AROUND).format(f"word{self.chance.getrandbits(64):016x}")
        media = None
        if self.chance.random() < 0.1:
            content = self.carried.content + self.chance.randbytes(20_000)
            media = replace(self.carried, content=content)
        self.wrote[name] = (text, media.content if media else None)
        self.says(self.place, Words(message=name, text=text, media=media))

    def _end(self) -> None:
        """An end counts when something was answered since the last one; else it is its echo."""
        if self.finished or len(self.answered) == self.at_end:
            return
        self.at_end = len(self.answered)
        self.ended += 1
        if not self.finished:
            self._type("journal")

    def _type(self, text: str) -> None:
        self.count += 1
        self.says(self.place, Words(message=f"{self.place}-{self.count}", text=text))
