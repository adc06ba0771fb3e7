"""A participant who does whatever may be done in a practice, and looks at all that is said.

What they do is drawn by a seed: they press, type a label, write, pass over, go back, put things
aside and take them up. What was said in earlier weeks is made up. After a while they only go on,
and then the practice must come to its end.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from random import Random

from pydantic import TypeAdapter

from bot.adapters.slack import writing as slack
from bot.adapters.telegram import writing as telegram
from bot.engine import events
from bot.engine.conversation import ENDED, About, Answer, Conversation, Part
from bot.engine.effects import Ask, Drop, Hold, Keep, Note, Say
from bot.engine.events import Event
from bot.engine.flow import Ask as AskTurn
from bot.engine.flow import Choice, Choices, Reading, Scale, Turn
from bot.engine.options import options_of, takes_several
from bot.engine.step import Context
from bot.flows.practice import Library
from bot.flows.revisions import Compiled
from bot.prompts.house import house
from bot.prompts.places import zone_named
from bot.prompts.reading import minute_of_day
from bot.prompts.render import render
from bot.records import Outbound, Participant, Standing
from bot.voice import Voice
from tests.journeys.playing import Passed

MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
#: How many moves somebody makes as they like; and how many more may be needed to end, a turn.
WANDERS, ENDS = 40, 3
WORDS = (
    *("The bus waited.", "09:30", "Warsaw", "midnight-ish", "Ω 😀 ", "a" * 900),
    *("Nothing to say <b>here</b> & there.", "* _ ~ `"),
)
_STORED: TypeAdapter[Conversation] = TypeAdapter(Conversation)
_TAG = re.compile("<[^>]+>")


@dataclass
class Walker:
    """One person in one practice, drawn by a seed."""

    compiled: Compiled
    library: Library
    passed: Passed
    seed: int
    chance: Random = field(init=False)
    now: datetime = MORNING
    recalled: dict[str, Answer] = field(init=False)
    asks: int = 0

    def __post_init__(self) -> None:
        self.chance = Random(f"{self.compiled.flow.name} {self.seed}")
        self.recalled = self._earlier()
        self.person = Participant(
            id="0" * 32,
            standing=Standing.ACTIVE,
            language="en",
            zone="Europe/London",
            days=(0, 3),
            minute=540,
            paused_until=None,
            keeps=bool(self.seed % 3),
        )

    def walk(self) -> None:
        """From the first words to the last."""
        held = Conversation(
            id="c" * 32,
            practice=self.compiled.script.practice,
            revision=self.compiled.script.revision,
            ordinal=self.seed,
            about=self._sessions(),
            touched_at=self.now,
        )
        held = self._move(held, events.Opened())
        for _ in range(self.chance.randrange(WANDERS)):
            if held.status in ENDED:
                return
            for event in self._wish(held):
                held = self._move(held, event)
        left, stuck = ENDS * len(self.compiled.script.nodes), ""
        while held.status not in ENDED:
            assert left, f"{held.practice} does not end: seed {self.seed}, at {held.at}"
            left -= 1
            before, held = held.at, self._move(held, self._onwards(held, stuck))
            stuck = held.at or "" if held.at == before else ""
        assert self.asks <= (WANDERS + ENDS) * len(self.compiled.script.nodes)

    def _move(self, held: Conversation, event: Event) -> Conversation:
        context = Context(
            now=self.now,
            quiet_gap=timedelta(seconds=12),
            recalled=self.recalled,
            chance=self.seed,
            readers={Reading.ZONE: zone_named, Reading.HOUR: minute_of_day},
        )
        after, effects = self.passed.step(self.compiled.script, held, event, context)
        voice = Voice(compiled=self.compiled, participant=self.person, now=self.now)
        given = dict(held.answers)
        for effect in effects:
            match effect:
                case Keep(turn, answer) | Hold(turn, answer):
                    given[turn] = answer
                case Drop(turn):
                    given.pop(turn, None)
                case Say():
                    fits(voice.say(effect, given, self.recalled))
                case Ask():
                    self.asks += 1
                    fits(voice.ask(held, effect, given, self.recalled))
                case Note(remark):
                    fits(Outbound(paragraphs=render(house("en"), remark.value, {})))
                case _:
                    pass
        again = _STORED.validate_json(_STORED.dump_json(after))
        assert again == after
        self.now += timedelta(seconds=1)
        return again

    def _wish(self, held: Conversation) -> tuple[Event, ...]:
        """One thing they might do just now."""
        node = self.compiled.script.nodes[held.at or self.compiled.script.first]
        options = options_of(node, held)
        pick = self.chance.choice
        part = Part(
            message=f"m{self.now.timestamp()}",
            text=pick(WORDS),
            media="photo" if self.chance.random() < 0.2 else None,
        )
        wishes: list[tuple[Event, ...]] = [
            (events.Replied(part),),
            (events.Replied(part), events.Finished()),
            (events.Replied(part), events.Composing(), events.Finished()),
            (events.Skipped(),),
            (events.Finished(),),
            (events.WentBack(),),
            (events.Unsaid(),),
            (events.SetAside(None), events.TakenUp()),
            (events.Pressed(held.ask - 1, "0"),),
        ]
        if options:
            chosen = pick(options)
            press = events.Pressed(held.ask, chosen, removes=chosen in held.chosen)
            typed = events.Chose((chosen,))
            ended = (events.Finished(),) if takes_several(node) else ()
            wishes += [(press, *ended), (typed, *ended)] * 6
        if held.wake_at is not None:
            self.now = max(self.now, held.wake_at)
            wishes += [(events.Elapsed(held.wake),)] * 6
        return pick(wishes)

    def _onwards(self, held: Conversation, stuck: str) -> Event:
        """They pass over all that is left; where that is no answer, as of consent, they choose."""
        if held.wake_at is not None:
            self.now = max(self.now, held.wake_at)
            return events.Elapsed(held.wake)
        options = options_of(self.compiled.script.nodes[held.at or ""], held)
        if stuck and options:
            return events.Pressed(held.ask, options[-1])
        return events.Skipped()

    def _sessions(self) -> tuple[About, ...]:
        titles = ("Bread and songs", "Maps", "A title as long as a title may be " * 2)
        return tuple(
            About(id=f"session_{n}", title=title)
            for n, title in enumerate(titles[: self.chance.randrange(4)])
        )

    def _earlier(self) -> dict[str, Answer]:
        """What they said in earlier weeks, as far as they said anything."""
        found: dict[str, Answer] = {}
        for name, of in self.compiled.script.recalls.items():
            turns = self.library.flows[of.practice].turns
            [turn] = [each for each in turns if each.id == of.turn]
            if self.chance.random() < 0.7:
                found[name] = self._answered(turn)
        return found

    def _answered(self, turn: Turn) -> Answer:
        said_at = MORNING - timedelta(days=self.chance.randrange(1, 90))
        match turn:
            case Scale(points=points):
                return Answer(value=self.chance.randint(1, points), said_at=said_at)
            case Choice(options=options) if options:
                return Answer(value=self.chance.choice(options).id, said_at=said_at)
            case Choices(options=options):
                return Answer(value=(self.chance.choice(options).id,), said_at=said_at)
            case AskTurn():
                part = Part(message="then", text="I will ask one question.")
                return Answer(parts=(part,), said_at=said_at)
            case _:
                return Answer(value="yes", said_at=said_at)


def fits(message: Outbound) -> None:
    """A message is over no limit of either platform, as its adapter writes it."""
    assert message.paragraphs
    assert any(part.text.strip() for part in message.paragraphs)
    for limits in (telegram.LIMITS, slack.LIMITS):
        assert len(message.options) <= limits.options, message
        assert all(telegram.units(each.label) <= limits.label for each in message.options), message
    _, params = telegram.written("1", message)
    assert telegram.units(unescape(_TAG.sub("", str(params["text"])))) <= telegram.LIMITS.text
    assert all(len(each.token.encode()) <= 64 for each in message.options)
    said = slack.written(message)
    blocks = said["blocks"]
    assert isinstance(blocks, list)
    assert len(blocks) <= 50
    assert len(json.dumps(blocks, ensure_ascii=False)) <= 13_200
    assert len(str(said["text"])) <= slack.POSTED
