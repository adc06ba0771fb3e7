"""Rehearsal: a practice played with nobody there and nothing stored, time and all.

Each line is one whole answer: there is no quiet gap, and waits are jumped. A line such as
`two minutes later` moves time on, so that a question may go on by itself; `three weeks later`
begins the practice anew, so that recall can be tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.engine import events
from bot.engine.conversation import ENDED, About, Answer, Conversation, Part
from bot.engine.effects import Ask, Drop, Hold, Keep, Note, PutOff, Say, Set
from bot.engine.events import Event
from bot.engine.flow import Reading, Setting, Wait
from bot.engine.hearing import Asked, Chosen, Word, fold, interpret
from bot.engine.recalling import counting
from bot.engine.script import Recollect
from bot.engine.step import Context, Moved, step
from bot.flows.revisions import Compiled
from bot.prompts.dates import on_day
from bot.prompts.house import house
from bot.prompts.places import zone_named
from bot.prompts.reading import minute_of_day
from bot.prompts.render import render
from bot.prompts.reserved import vocabulary
from bot.records import Option, Outbound, Paragraph, Participant, Quote, Standing
from bot.voice import Voice
from scheduler.calendar import zone

BOT, PARTICIPANT = "bot", "participant"
_NUMBERS = ("a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_LATER = re.compile(r"^(\d{1,3}|an?|one|[a-z]+) (minute|hour|day|week|month|year)s? later$")
#: How long what is put off until later the same day rests; in a rehearsal no day is over.
_PUT_OFF = timedelta(hours=3)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
_MOVES: Mapping[Word, tuple[Event, ...]] = {
    Word.DONE: (events.Finished(),),
    Word.NEXT: (events.Finished(),),
    Word.SKIP: (events.Skipped(),),
    Word.BACK: (events.WentBack(),),
    Word.DELETE_THAT: (events.Unsaid(),),
    Word.LATER: (events.SetAside(None), events.TakenUp()),
    Word.PAUSE: (events.SetAside(None), events.TakenUp()),
    Word.STOP: (events.Stopped(),),
}


class RanOutError(Exception):
    """The answers ended before the practice did."""

    def __init__(self, turn: str) -> None:
        super().__init__(f"The answers ran out at the turn `{turn}`. Give one line more.")
        self.turn = turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing said in a rehearsal."""

    #: `bot` or `participant`.
    by: str
    #: The turn it belongs to.
    turn: str
    paragraphs: tuple[Paragraph | Quote, ...]
    options: tuple[Option, ...] = ()
    #: What is said quietly below: who can read the answer.
    aside: str = ""

    @property
    def text(self) -> str:
        """All of it as plain text."""
        return "\n\n".join(part.text for part in self.paragraphs)

    @property
    def choices(self) -> list[str]:
        """What can be chosen, by label."""
        return [option.label for option in self.options]


@dataclass(frozen=True, slots=True)
class _Remembered:
    practice: str
    turn: str
    conversation: str
    answer: Answer


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """A practice and a person made up for it; `now` is where its time begins."""

    compiled: Compiled
    now: datetime
    language: str = "en"
    #: What each conversation is about.
    about: tuple[About, ...] = ()
    _memory: dict[tuple[str, str], _Remembered] = field(default_factory=dict)
    _person: Participant = field(init=False)
    _count: int = 0
    #: How many lines were given after the end and not needed.
    left_over: int = 0

    def __post_init__(self) -> None:
        self._person = Participant(
            id="0" * 32,
            standing=Standing.ACTIVE,
            language=self.language,
            zone="Europe/London",
            days=(0,),
            minute=9 * 60,
            paused_until=None,
            keeps=True,
        )

    def play(self, lines: Iterable[str]) -> Iterator[Line]:
        """Say and hear, line by line; raises RanOutError when the answers end too early."""
        held, said = self._opened()
        yield from said
        for line in lines:
            if (later := passing(line)) is not None:
                until = self.now + later
                if later < timedelta(days=1) and held.status not in ENDED:
                    while held.wake_at is not None and held.wake_at <= until:
                        held, said = self._woken(held)
                        yield from said
                    self.now = max(self.now, until)
                    continue
                self.now = until
                held, said = self._opened()
                yield from said
                continue
            if held.status in ENDED:
                self.left_over += 1
                continue
            words = Paragraph(text=line)
            yield Line(by=PARTICIPANT, turn=held.at or "", paragraphs=(words,))
            for event in self._events(held, line):
                held, said = self._moved(held, event)
                yield from said
        if held.status not in ENDED:
            raise RanOutError(held.at or "")

    def _opened(self) -> tuple[Conversation, list[Line]]:
        opening = Conversation(
            id=f"{self._count:032x}",
            practice=self.compiled.script.practice,
            revision=self.compiled.script.revision,
            ordinal=self._count,
            about=self.about,
            touched_at=self.now,
        )
        self._count += 1
        return self._moved(opening, events.Opened())

    def _events(self, held: Conversation, line: str) -> tuple[Event, ...]:
        labels, several = self._voice().labels(held, self._context(held).recalled)
        meaning = interpret(line, labels, vocabulary(self.language), several=several)
        match meaning:
            case Chosen(options=options):
                return (events.Chose(options),)
            case Asked(word=word) if word in _MOVES:
                return _MOVES[word]
            case Asked():
                return (events.TakenUp(),)
            case _:
                message = f"{self._count}-{len(held.trail)}-{held.ask}"
                return (events.Replied(Part(message=message, text=line)),)

    def _moved(self, before: Conversation, event: Event) -> tuple[Conversation, list[Line]]:
        """Move on by an event, and over every wait that follows."""
        lines: list[Line] = []
        held = before
        while True:
            context = self._context(held)
            after, effects = step(self.compiled.script, held, event, context)
            lines += self._lines(held, (after, effects), context)
            held = after
            if held.wake_at is None or not self._quiet(held):
                return held, lines
            self.now = held.wake_at
            event = events.Elapsed(held.wake)

    def _woken(self, held: Conversation) -> tuple[Conversation, list[Line]]:
        """Nothing was written for so long that it goes on by itself."""
        self.now = held.wake_at or self.now
        return self._moved(held, events.Elapsed(held.wake))

    def _quiet(self, held: Conversation) -> bool:
        """Whether nobody need say anything now."""
        turn = self.compiled.script.nodes[held.at].turn if held.at else None
        return isinstance(turn, Wait)

    def _context(self, held: Conversation) -> Context:
        wanted = self.compiled.script.recalls
        found = {name: self._recollected(of, held.id) for name, of in wanted.items()}
        return Context(
            now=self.now,
            quiet_gap=timedelta(0),
            later_today=self.now + _PUT_OFF,
            recalled=counting(
                wanted, {name: answer for name, answer in found.items() if answer}, self.now
            ),
            chance=self._count - 1,
            readers={Reading.ZONE: zone_named, Reading.HOUR: minute_of_day},
        )

    def _recollected(self, of: Recollect, holding: str) -> Answer | None:
        same = [
            each.answer
            for each in self._memory.values()
            if (each.practice, each.turn) == (of.practice, of.turn)
            and each.conversation != holding
        ]
        place = {"latest": -1, "before": -2, "first": 0}[of.which]
        return same[place] if len(same) >= abs(place) and same else None

    def _lines(self, before: Conversation, moved: Moved, context: Context) -> Iterator[Line]:
        """What a step says, its answers remembered on the way."""
        given = dict(before.answers)
        for effect in moved[1]:
            match effect:
                case Keep(turn, answer):
                    given[turn] = answer
                    self._remember(before.id, turn, answer)
                case Hold(turn, answer):
                    given[turn] = answer
                case Drop(turn):
                    given.pop(turn, None)
                case Set(setting, value):
                    self._set(setting, value)
                case Say(turn):
                    yield _line(turn, self._voice().say(effect, given, context.recalled))
                case Ask(turn):
                    spoken = self._voice().ask(before, effect, given, context.recalled)
                    yield _line(turn, spoken)
                case PutOff(until):
                    when = on_day(until, self.now, zone(self._person.zone), self.language)
                    said = render(house(self.language), "later_set", {"when": when})
                    yield Line(by=BOT, turn=before.at or "", paragraphs=said)
                case Note(remark):
                    said = render(house(self.language), remark.value, {})
                    yield Line(by=BOT, turn=before.at or "", paragraphs=said)
                case _:
                    pass

    def _remember(self, conversation: str, turn: str, answer: Answer) -> None:
        node = self.compiled.script.nodes[turn]
        kept = _Remembered(node.home, node.turn.id, conversation, answer)
        self._memory[conversation, turn] = kept

    def _set(self, setting: Setting, value: str) -> None:
        match setting:
            case Setting.ZONE:
                self._person = replace(self._person, zone=value)
            case Setting.DAYS:
                days = tuple(int(day) for day in value.split(",") if day)
                self._person = replace(self._person, days=days)
            case Setting.HOUR:
                self._person = replace(self._person, minute=int(value))
            case Setting.WINDOW:
                opens, _, closes = value.partition("-")
                self._person = replace(self._person, window=(int(opens), int(closes)))
            case Setting.HOLIDAYS:
                self._person = replace(self._person, holidays=value)
            case _:
                pass

    def _voice(self) -> Voice:
        return Voice(compiled=self.compiled, participant=self._person, now=self.now)


def passing(line: str) -> timedelta | None:
    """The time that a line such as `three weeks later` lets pass; None for any other line."""
    found = _LATER.match(fold(line))
    if not found:
        return None
    word, unit = found.groups()
    if word.isdecimal():
        count = int(word)
    elif word in {"an", "one"}:
        count = 1
    elif word in _NUMBERS:
        count = _NUMBERS.index(word) + 1
    else:
        return None
    if unit in {"minute", "hour"}:
        return timedelta(**{f"{unit}s": count})
    return timedelta(days=count * _DAYS[unit])


def _line(turn: str, message: Outbound) -> Line:
    return Line(
        by=BOT,
        turn=turn,
        paragraphs=message.paragraphs,
        options=message.options,
        aside=message.aside,
    )
