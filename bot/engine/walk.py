"""How a conversation gets from turn to turn: settling an answer, walking on, asking.

Two rules hold in this room, as in `step.py` which is its door. Nothing is read or changed
outside the arguments: the time, the chance that picks a wording and a person's earlier words
come in `Context`. And whatever comes, a move returns: a reply that does not fit is an effect
that says so, never an exception.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import assert_never

from bot.engine import sharing
from bot.engine.conditions import Value, holds
from bot.engine.conversation import Answer, Conversation, Status
from bot.engine.effects import Ask, Begin, Do, Effect, Note, Remark, Say, Set
from bot.engine.flow import Ask as AskTurn
from bot.engine.flow import (
    Branch,
    Choice,
    Choices,
    Close,
    Pool,
    Question,
    Reading,
    Recall,
    Scale,
    Setting,
    Share,
    SubFlow,
    Wait,
)
from bot.engine.flow import Say as SayTurn
from bot.engine.options import keeps_words, options_of, passes, takes_several, title_of
from bot.engine.script import Node, Script

#: The most questions one conversation asks before it ends.
MOST_ASKS = 1_000


def _reads_nothing(_text: str) -> str | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a step may know of the world."""

    #: The instant of the event (UTC).
    now: datetime
    #: How long after a message an answer counts as whole; zero takes each message as one.
    quiet_gap: timedelta
    #: A person's earlier answers by the script's names for them; those there are.
    recalled: Mapping[str, Answer] = field(default_factory=dict)
    #: The wordings asked lately, by turn.
    recent: Mapping[str, frozenset[int]] = field(default_factory=dict)
    #: When what is put off comes again the same day; None when the day is nearly over.
    later_today: datetime | None = None
    #: A number drawn at random for this step; picks among wordings.
    chance: int = 0
    #: Reads words as a zone or an hour; None for words it cannot read.
    readers: Mapping[Reading, Callable[[str], str | None]] = field(default_factory=dict)


Moved = tuple[Conversation, tuple[Effect, ...]]


@dataclass(frozen=True, slots=True)
class Walk:
    """The moves all events share, with the script and the context they need."""

    script: Script
    context: Context

    def open(self, conversation: Conversation) -> Moved:
        """Say the first words; one that was opened before is taken up instead."""
        if conversation.at is not None:
            return self.take_up(conversation)
        return self.go(replace(conversation, status=Status.OPEN), self.script.first)

    def take_up(self, conversation: Conversation) -> Moved:
        """Ask again what is open, with what was written so far."""
        node = self.node(conversation)
        opened = self.disarmed(replace(conversation, status=Status.OPEN))
        if isinstance(node.turn, Wait):
            return self._pause(opened, node, node.turn)
        if passes(node, opened):
            return self.go(opened, node.after)
        renewed = self.put_off(replace(opened, ask=opened.ask + 1))
        return renewed, (self.ask(renewed),)

    def end(self, conversation: Conversation, status: Status) -> Moved:
        """Nothing more is asked; what was written is kept as an answer."""
        settled, effects = self.settle_draft(conversation)
        return _ended(settled, status), effects

    def settle_draft(self, conversation: Conversation) -> Moved:
        """Whatever was gathered at the open turn becomes its answer; nothing is lost."""
        if conversation.at is None:
            return conversation, ()
        node = self.node(conversation)
        if isinstance(node.turn, Pool | Share):
            return self.decide(conversation, node, ())
        if isinstance(node.turn, Choices) and conversation.chosen:
            return self.settle(conversation, node, conversation.chosen)
        if not conversation.draft:
            return self.disarmed(conversation), ()
        if not keeps_words(node):
            return self.disarmed(replace(conversation, draft=())), ()
        earlier = conversation.answers.get(node.key)
        return self.settle(conversation, node, earlier.value if earlier else None)

    def settle(
        self, conversation: Conversation, node: Node, value: int | str | tuple[str, ...] | None
    ) -> Moved:
        """Make an answer of a value and whatever was written beside it."""
        others = {key: each for key, each in conversation.answers.items() if key != node.key}
        earlier = conversation.answers.get(node.key)
        # Nobody is shown what they wrote in a quiet time, so nobody means to replace it.
        before = earlier.parts if earlier and isinstance(node.turn, Wait) else ()
        answer = Answer(
            value=value,
            parts=(*before, *conversation.draft),
            called=title_of(node, conversation, value),
            wording=self._wording(conversation, node),
            said_at=self.context.now,
        )
        settled = replace(
            self.disarmed(conversation),
            answers={**others, node.key: answer},  # In the order they were said.
            draft=(),
            chosen=(),
        )
        settled, more = sharing.forgotten(self.script, conversation, settled)
        return settled, (sharing.kept(node, answer), *sets(node, value), *more)

    def decide(self, conversation: Conversation, node: Node, chosen: tuple[str, ...]) -> Moved:
        """Leave a pool or a share with what was chosen to go out; with nothing, nothing does."""
        recalled, now = self.context.recalled, self.context.now
        return sharing.settle(self.disarmed(conversation), node, chosen, recalled, now)

    def go_on(self, conversation: Conversation, effects: tuple[Effect, ...]) -> Moved:
        """Leave the open turn for the one that follows it, or follows what was chosen."""
        node = self.node(conversation)
        given = conversation.answers.get(node.key)
        lead = node.leads.get(given.value) if given and isinstance(given.value, str) else None
        if isinstance(node.turn, Question) and conversation.trail[-1:] != (node.key,):
            conversation = replace(conversation, trail=(*conversation.trail, node.key))
        moved, more = self._afresh(*self.go(conversation, lead or node.after))
        return moved, (*effects, *more)

    def _afresh(self, conversation: Conversation, effects: tuple[Effect, ...]) -> Moved:
        """Ask a choice of ways anew when a round has led back to it.

        Otherwise whoever passed over it would be sent round again by what they chose before.
        """
        key = conversation.at
        if key is None or key not in conversation.trail or not self.script.nodes[key].leads:
            return conversation, effects
        given = conversation.answers.get(key)
        if given is None or given.value is None:
            return conversation, effects
        node = self.script.nodes[key]
        answers = {each: said for each, said in conversation.answers.items() if each != key}
        gone = sharing.dropped(node)
        if given.parts:  # What was written beside it is nobody's to lose.
            answers[key] = replace(given, value=None)
            gone = (sharing.kept(node, answers[key]),)
        renewed, more = sharing.forgotten(
            self.script, conversation, replace(conversation, answers=answers)
        )
        said = [each for each in effects if not isinstance(each, Ask)]
        return renewed, (*said, *gone, *more, self.ask(renewed))

    def awake(self, conversation: Conversation) -> Conversation:
        """Set aside no longer; a quiet time starts anew."""
        if conversation.status is not Status.RESTING:
            return conversation
        opened = replace(conversation, status=Status.OPEN)
        turn = self.node(opened).turn
        if isinstance(turn, Wait):
            return self.armed(opened, self.context.now + timedelta(seconds=turn.seconds))
        return self.put_off(self.disarmed(opened))

    def put_off(self, conversation: Conversation, *, writing: bool = False) -> Conversation:
        """Let the silence after which an open question goes on by itself begin anew.

        What is being written is complete after a quiet gap at the earliest.
        """
        turn = self.node(conversation).turn
        if not isinstance(turn, AskTurn) or turn.goes_on_after is None:
            return conversation
        silence = timedelta(seconds=turn.goes_on_after)
        if conversation.draft or writing:
            silence = max(silence, self.context.quiet_gap)
        return self.armed(conversation, self.context.now + silence)

    def go(self, conversation: Conversation, key: str | None) -> Moved:
        """Walk to the next turn that waits, saying what stands on the way."""
        said: list[Effect] = []
        passed: set[str] = set()
        while key is not None and key not in passed and conversation.ask < MOST_ASKS:
            passed.add(key)
            node = self.script.nodes[key]
            match node.turn:
                case AskTurn() | Scale() | Choices():
                    return self._put(conversation, node, said)
                case Choice() | Pool() | Share() if not passes(node, conversation):
                    return self._put(conversation, node, said)
                case Wait():
                    waiting, more = self._pause(conversation, node, node.turn)
                    return waiting, (*said, *more)
                case Close() if not node.silent:
                    said.extend(self._closing(conversation, node, node.turn))
                    return _ended(conversation, Status.CLOSED), tuple(said)
                case SayTurn():
                    said.append(self._say(conversation, node))
                case Recall(of=name) if node.prefix + name in self.context.recalled:
                    said.append(self._say(conversation, node))
                case Choice() | Pool() | Share() | Close() | Recall() | Branch() | SubFlow():
                    pass
                case _:
                    assert_never(node.turn)
            key = self._way(conversation, node)
        return _ended(conversation, Status.CLOSED), (*said, Note(Remark.OVER))

    def _pause(self, conversation: Conversation, node: Node, wait: Wait) -> Moved:
        """Begin a quiet time."""
        waiting = replace(conversation, at=node.key, ask=conversation.ask + 1)
        until = self.context.now + timedelta(seconds=wait.seconds)
        return self.armed(waiting, until), (self._say(waiting, node),)

    def _way(self, conversation: Conversation, node: Node) -> str | None:
        for condition, key in node.paths:
            if holds(condition, self._values(conversation)):
                return key
        return node.after

    def _values(self, conversation: Conversation) -> dict[str, Value]:
        """What conditions compare: recalls first, this conversation's answers over them."""
        answers = {**self.context.recalled, **conversation.answers}
        return {
            key: True if answer.value is None else answer.value for key, answer in answers.items()
        }

    def _put(self, conversation: Conversation, node: Node, said: list[Effect]) -> Moved:
        """Ask a question."""
        wordings = conversation.wordings
        if isinstance(node.turn, AskTurn) and node.turn.fresh_weeks and node.key not in wordings:
            wordings = {**wordings, node.key: self._fresh(node)}
        asked = replace(conversation, at=node.key, ask=conversation.ask + 1, wordings=wordings)
        return self.put_off(asked), (*said, self.ask(asked))

    def _fresh(self, node: Node) -> int | None:
        """A wording not asked lately; None when all were."""
        recent = self.context.recent.get(node.key, frozenset())
        fresh = [n for n in range(node.wordings) if n not in recent]
        return fresh[self.context.chance % len(fresh)] if fresh else None

    def ask(self, conversation: Conversation) -> Ask:
        """Put the open question, with what was answered or written so far."""
        node = self.node(conversation)
        parts = conversation.draft if keeps_words(node) else ()
        return Ask(
            turn=node.key,
            wording=self._wording(conversation, node),
            ask=conversation.ask,
            options=options_of(node, conversation),
            chosen=conversation.chosen,
            several=takes_several(node),
            earlier=conversation.answers.get(node.key),
            draft=Answer(parts=parts, said_at=self.context.now) if parts else None,
        )

    def elsewhere(self, node: Node) -> tuple[str, Node] | None:
        """The option of a choice of hours that sets none, and the question that it leads to."""
        if not isinstance(node.turn, Choice) or node.turn.sets is not Setting.HOUR:
            return None
        for option in node.turn.options:
            behind = self.script.nodes.get(node.leads.get(option.id) or node.after or "")
            if option.value != "" or behind is None or not isinstance(behind.turn, AskTurn):
                continue
            if behind.turn.reads is Reading.HOUR:
                return option.id, behind
        return None

    def _say(self, conversation: Conversation, node: Node) -> Say:
        return Say(node.key, conversation.ordinal % node.wordings)

    def _closing(self, conversation: Conversation, node: Node, close: Close) -> tuple[Effect, ...]:
        effects: list[Effect] = [self._say(conversation, node)]
        if close.request:
            effects.append(Do(close.request))
        if close.begins:
            effects.append(Begin(close.begins))
        return tuple(effects)

    def _wording(self, conversation: Conversation, node: Node) -> int | None:
        if node.key in conversation.wordings:
            return conversation.wordings[node.key]
        return conversation.ordinal % node.wordings

    def reading(self, node: Node, text: str) -> str | None:
        """Words read as the turn wants them; None when they cannot be."""
        reads = node.turn.reads if isinstance(node.turn, AskTurn) else Reading.WORDS
        return self.context.readers.get(reads, _reads_nothing)(text)

    def node(self, conversation: Conversation) -> Node:
        """The open turn."""
        return self.script.nodes[conversation.at or self.script.first]

    def armed(self, conversation: Conversation, until: datetime) -> Conversation:
        """With a wake-up, numbered anew."""
        return replace(conversation, wake_at=until, wake=conversation.wake + 1)

    def set_aside(self, conversation: Conversation, until: datetime | None) -> Conversation:
        """Resting, until a time or until its participant takes it up."""
        resting = replace(conversation, status=Status.RESTING, wake_at=until)
        return replace(resting, wake=conversation.wake + 1)

    def disarmed(self, conversation: Conversation) -> Conversation:
        """With no wake-up."""
        return replace(conversation, wake_at=None) if conversation.wake_at else conversation

    def still(self, conversation: Conversation) -> Conversation:
        """Disarm a quiet gap; a quiet time goes on, and a silence begins anew."""
        waits = isinstance(self.node(conversation).turn, Wait)
        return conversation if waits else self.put_off(self.disarmed(conversation))


def _ended(conversation: Conversation, status: Status) -> Conversation:
    """The end: the answers leave the state, the kept ones remain."""
    return replace(
        conversation,
        status=status,
        at=None,
        answers={},
        draft=(),
        chosen=(),
        trail=(),
        wake_at=None,
    )


def sets(node: Node, value: int | str | tuple[str, ...] | None) -> tuple[Effect, ...]:
    """What an answer sets about its participant, in the words of the chosen option."""
    match node.turn:
        case AskTurn(sets=setting) if setting and isinstance(value, str):
            return (Set(setting, value),)
        case Choice(sets=setting, options=options) | Choices(sets=setting, options=options):
            values = (value,) if isinstance(value, str) else value
            if setting is None or not isinstance(values, tuple):
                return ()
            chosen = [option for option in options if option.id in values]
            meant = [each.id if each.value is None else each.value for each in chosen]
            told = ",".join(value for value in meant if value)
            return (Set(setting, told),) if told else ()
        case _:
            return ()
