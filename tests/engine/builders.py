"""Builders for the engine's tests: flows in a line each, and a Player who saves and reloads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from bot.engine import events, flow
from bot.engine.conversation import Answer, Conversation, Part, Status
from bot.engine.effects import Ask, Drop, Effect, Hold, Keep, Note, Remark, Say
from bot.engine.events import Event
from bot.engine.flow import Flow, Reading, RecallOf, Request, Setting, Turn
from bot.engine.script import Script, lay_out
from bot.engine.step import Context, step

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GAP = timedelta(seconds=12)
CONVERSATION = TypeAdapter(Conversation)


def say(name: str, *, to: str | None = None) -> flow.Say:
    return flow.Say(kind="say", id=name, to=to)


def ask(  # noqa: PLR0913 - All that a question may be.
    name: str,
    *,
    to: str | None = None,
    reads: Reading = Reading.WORDS,
    sets: Setting | None = None,
    fresh_weeks: int | None = None,
    goes_on_after: int | None = None,
) -> flow.Ask:
    return flow.Ask(
        kind="ask",
        id=name,
        to=to,
        reads=reads,
        sets=sets,
        fresh_weeks=fresh_weeks,
        goes_on_after=goes_on_after,
    )


def scale(name: str, points: int = 5, *, to: str | None = None) -> flow.Scale:
    return flow.Scale(kind="scale", id=name, points=points, to=to)


def option(text: str) -> flow.OptionOf:
    """`tried`, `no > way` for one that leads, `mon = 0` for one that sets, `same = ` nothing."""
    left, sets, value = text.partition(" = ")
    name, _, to = left.partition(" > ")
    return flow.OptionOf(id=name, to=to or None, value=value if sets else None)


def choice(
    name: str, *options: str, to: str | None = None, sets: Setting | None = None
) -> flow.Choice:
    made = tuple(option(each) for each in options or ("yes", "no"))
    return flow.Choice(kind="choice", id=name, options=made, to=to, sets=sets)


def choices(
    name: str, *options: str, to: str | None = None, sets: Setting | None = None
) -> flow.Choices:
    made = tuple(option(each) for each in options or ("red", "green", "blue"))
    return flow.Choices(kind="choices", id=name, options=made, to=to, sets=sets)


def pool(name: str, *offers: str, to: str | None = None) -> flow.Pool:
    """`measure: energy, useful @ which`."""
    made = []
    for offer in offers:
        measure, _, rest = offer.partition(": ")
        of, _, at = rest.partition(" @ ")
        made.append(flow.Offer(measure=measure, of=tuple(of.split(", ")), at=at or None))
    return flow.Pool(kind="pool", id=name, offers=tuple(made), to=to)


def share(name: str, *of: str, levels: str = "named", at: str | None = None) -> flow.Share:
    made = tuple(flow.Level(level) for level in levels.split())
    return flow.Share(kind="share", id=name, of=of, at=at, levels=made)


def sessions(name: str, *options: str, to: str | None = None) -> flow.Choice:
    """A choice of what the conversation is about, then of these."""
    made = tuple(option(each) for each in options)
    return flow.Choice(kind="choice", id=name, offers="sessions", options=made, to=to)


def pooled(turn: Turn) -> Turn:
    """The same question with an answer that nothing keeps."""
    return turn.model_copy(update={"circle": flow.Circle.POOLED})


def unkept(turn: Turn) -> Turn:
    """The same turn, with an answer that lives no longer than its conversation."""
    return turn.model_copy(update={"kept": False})


def branch(name: str, *paths: tuple[str, str], to: str | None = None) -> flow.Branch:
    made = tuple(flow.Path(when=when, to=target) for when, target in paths)
    return flow.Branch(kind="branch", id=name, paths=made, to=to)


def recall(name: str, of: str, *, to: str | None = None) -> flow.Recall:
    return flow.Recall(kind="recall", id=name, of=of, to=to)


def wait(name: str, seconds: int = 60, *, to: str | None = None) -> flow.Wait:
    return flow.Wait(kind="wait", id=name, seconds=seconds, to=to)


def within(name: str, practice: str, *, to: str | None = None) -> flow.SubFlow:
    return flow.SubFlow(kind="practice", id=name, practice=practice, to=to)


def close(
    name: str = "end", *, begins: str | None = None, request: Request | None = None
) -> flow.Close:
    return flow.Close(kind="close", id=name, begins=begins, request=request)


def a_flow(*turns: Turn, name: str = "weekly", recalls: Mapping[str, RecallOf] = {}) -> Flow:
    """A flow; it gets a close named `end` when it has none."""
    closed = any(isinstance(turn, flow.Close) for turn in turns)
    return Flow(
        name=name,
        title=name,
        minutes=5,
        recalls=dict(recalls),
        turns=turns if closed else (*turns, close()),
    )


def a_script(
    *turns: Turn,
    library: Iterable[Flow] = (),
    wordings: Mapping[str, int] = {},
    recalls: Mapping[str, RecallOf] = {},
) -> Script:
    return lay_out(
        a_flow(*turns, recalls=recalls),
        {each.name: each for each in library},
        {"weekly": wordings},
        revision="r1",
    )


def a_conversation(
    *,
    status: Status = Status.OPEN,
    ordinal: int = 0,
    asked: int = 0,
    touched_at: datetime = NOON,
) -> Conversation:
    return Conversation(
        id="c" * 32,
        practice="weekly",
        revision="r1",
        status=status,
        ordinal=ordinal,
        ask=asked,
        touched_at=touched_at,
    )


def a_context(
    now: datetime = NOON, *, gap: timedelta = GAP, recalled: Mapping[str, Answer] = {}
) -> Context:
    return Context(now=now, quiet_gap=gap, recalled=recalled)


def an_answer(
    *texts: str, value: int | str | tuple[str, ...] | None = None, said_at: datetime = NOON
) -> Answer:
    parts = tuple(Part(message=f"a{n}", text=text) for n, text in enumerate(texts))
    return Answer(value=value, parts=parts, said_at=said_at)


def read_zone(text: str) -> str | None:
    return {"edinburgh": "Europe/London", "paris": "Europe/Paris"}.get(text.casefold())


def read_hour(text: str) -> str | None:
    return str(60 * int(text)) if text.isdecimal() else None


READERS: Mapping[Reading, Callable[[str], str | None]] = {
    Reading.ZONE: read_zone,
    Reading.HOUR: read_hour,
}


def reload(conversation: Conversation) -> Conversation:
    """Save and load, as the store does."""
    loaded = CONVERSATION.validate_json(CONVERSATION.dump_json(conversation))
    assert loaded == conversation
    return loaded


@dataclass(kw_only=True)
class Player:
    """Feeds events to step; saves and reloads the conversation between every two."""

    script: Script
    conversation: Conversation = field(default_factory=a_conversation)
    context: Context = field(default_factory=lambda: replace(a_context(), readers=READERS))
    messages: int = 0
    #: What the house would have kept by now.
    kept: dict[str, Answer] = field(default_factory=dict)
    #: What stands in the open conversation alone.
    held: dict[str, Answer] = field(default_factory=dict)
    #: What the last event brought.
    effects: tuple[Effect, ...] = ()

    def feed(self, event: Event) -> tuple[Effect, ...]:
        given = reload(self.conversation)
        before = CONVERSATION.dump_json(given)
        moved, effects = step(self.script, given, event, self.context)
        assert CONVERSATION.dump_json(given) == before, "step changed its argument"
        assert step(self.script, given, event, self.context) == (moved, effects)
        self.conversation = reload(moved)
        self.effects = effects
        for effect in effects:
            if isinstance(effect, Keep):
                self.kept[effect.turn] = effect.answer
            elif isinstance(effect, Hold):
                self.held[effect.turn] = effect.answer
            elif isinstance(effect, Drop):
                del (self.kept if effect.turn in self.kept else self.held)[effect.turn]
        return effects

    @property
    def state(self) -> Conversation:
        return self.conversation

    @property
    def at(self) -> str | None:
        return self.conversation.at

    @property
    def remarks(self) -> list[Remark]:
        return [effect.remark for effect in self.effects if isinstance(effect, Note)]

    @property
    def said(self) -> list[str]:
        return [effect.turn for effect in self.effects if isinstance(effect, Say)]

    @property
    def asked(self) -> Ask:
        """The one question that the last event brought."""
        (asked,) = (effect for effect in self.effects if isinstance(effect, Ask))
        return asked

    def after(self, **time: float) -> Player:
        """Let time pass, for the next event."""
        now = self.context.now + timedelta(**time)
        self.context = replace(self.context, now=now)
        return self

    def gap(self, seconds: float) -> Player:
        """Set the quiet gap."""
        self.context = replace(self.context, quiet_gap=timedelta(seconds=seconds))
        return self

    def knows(self, **recalled: Answer) -> Player:
        """Have earlier answers fetched for each step."""
        self.context = replace(self.context, recalled=recalled)
        return self

    def draws(self, chance: int = 0, **recent: set[int]) -> Player:
        """Set the chance and the wordings asked lately."""
        asked = {turn: frozenset(which) for turn, which in recent.items()}
        self.context = replace(self.context, chance=chance, recent=asked)
        return self

    def open(self) -> Player:
        self.feed(events.Opened())
        return self

    def writes(self, *texts: str, media: str | None = None) -> tuple[Effect, ...]:
        """Each text as a message of its own: m1, m2, ..."""
        for text in texts:
            self.messages += 1
            part = Part(message=f"m{self.messages}", text=text, media=media)
            self.feed(events.Replied(part))
        return self.effects

    def types(self, *options: str) -> tuple[Effect, ...]:
        return self.feed(events.Chose(options))

    def presses(self, name: str, *, ask: int | None = None) -> tuple[Effect, ...]:
        number = self.conversation.ask if ask is None else ask
        return self.feed(events.Pressed(number, name))

    def edits(self, message: str, text: str) -> tuple[Effect, ...]:
        return self.feed(events.Edited(message, text))

    def deletes(self, message: str) -> tuple[Effect, ...]:
        return self.feed(events.Deleted(message))

    def takes_back(self) -> tuple[Effect, ...]:
        return self.feed(events.Unsaid())

    def is_done(self) -> tuple[Effect, ...]:
        return self.feed(events.Finished())

    def skips(self) -> tuple[Effect, ...]:
        return self.feed(events.Skipped())

    def goes_back(self) -> tuple[Effect, ...]:
        return self.feed(events.WentBack())

    def rests(self, **time: float) -> tuple[Effect, ...]:
        """Set aside for a time; for good when no time is named."""
        until = self.context.now + timedelta(**time) if time else None
        return self.feed(events.SetAside(until))

    def answers(self, *texts: str) -> tuple[Effect, ...]:
        """Write and say `done`."""
        self.writes(*texts)
        return self.is_done()

    def is_woken(self) -> tuple[Effect, ...]:
        """Let time pass to the wake-up that is due, and have it come."""
        assert self.conversation.wake_at is not None
        self.context = replace(self.context, now=self.conversation.wake_at)
        return self.feed(events.Elapsed(self.conversation.wake))


def ready(
    *turns: Turn,
    library: Iterable[Flow] = (),
    wordings: Mapping[str, int] = {},
    recalls: Mapping[str, RecallOf] = {},
) -> Player:
    """A player whose conversation has not been opened."""
    return Player(script=a_script(*turns, library=library, wordings=wordings, recalls=recalls))


def play(
    *turns: Turn,
    library: Iterable[Flow] = (),
    wordings: Mapping[str, int] = {},
    recalls: Mapping[str, RecallOf] = {},
) -> Player:
    """A player whose conversation has been opened."""
    return ready(*turns, library=library, wordings=wordings, recalls=recalls).open()


def words(parts: Iterable[Part]) -> list[str]:
    return [part.text for part in parts]
