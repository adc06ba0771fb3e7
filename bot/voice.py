"""The voice: from what a step wants said to the message that says it, in a person's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from bot.engine.conversation import About, Answer, Conversation
from bot.engine.effects import Ask, Say
from bot.engine.flow import (
    MINE,
    NAMED,
    PUBLIC_NAMELESS,
    Choice,
    Level,
    Pool,
    Reading,
    Scale,
    Share,
)
from bot.engine.flow import Ask as AskTurn
from bot.engine.options import name_given, options_of, takes_several
from bot.engine.script import Node
from bot.flows.revisions import Compiled
from bot.prompts import sessions
from bot.prompts.aside import aside
from bot.prompts.dates import Clock, days, hour
from bot.prompts.house import house
from bot.prompts.places import zone_called
from bot.prompts.quiet import holidays, hours
from bot.prompts.render import Person, Said, block_of, label, render
from bot.prompts.reserved import vocabulary
from bot.prompts.telling import telling
from bot.prompts.words import Words
from bot.records import Option, Outbound, Paragraph, Participant, Quote, Shown, Window
from scheduler.calendar import zone

Answers = Mapping[str, Answer]
Paragraphs = tuple[Paragraph | Quote, ...]

NOTHING: Answers = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What labels may speak of."""

    given: Answers = field(default_factory=dict)
    recalled: Answers = field(default_factory=dict)
    about: tuple[About, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Speaks one revision of a practice to one person, now."""

    compiled: Compiled
    participant: Participant
    now: datetime
    #: Where to turn in need, as the deployment words it; empty for ours.
    signposts: str = ""

    def say(self, effect: Say, given: Answers, recalled: Answers) -> Outbound:
        """The message of a turn that wants no answer."""
        node = self.compiled.script.nodes[effect.turn]
        return Outbound(paragraphs=self._prompt(node, effect.wording, given, recalled))

    def ask(self, held: Conversation, effect: Ask, given: Answers, recalled: Answers) -> Outbound:
        """The message of a question, with its options and what was answered before.

        `held` is the conversation as it stood before the step, `given` what it has now.
        """
        node = self.compiled.script.nodes[effect.turn]
        told = Told(given=given, recalled=recalled, about=held.about)
        if effect.several and effect.chosen:
            labels = ", ".join(self.label(node, option, told) for option in effect.chosen)
            paragraphs = self._house("chosen_so_far", labels=labels)
        else:
            prompt = self._prompt(node, effect.wording, given, recalled)
            paragraphs = (*prompt, *self._preview(node, told), *self._beside(node, effect, told))
        token = f"{held.id}:{effect.ask}"
        return Outbound(
            paragraphs=paragraphs,
            options=self._options(node, effect.options, token, effect.chosen, told),
            done=self._done(node, token),
            window=self._window(node, token),
            ask=effect.ask,
            aside=self._aside(node, effect),
        )

    def window(
        self, conversation: str, effect: Ask, given: Answers, recalled: Answers, text: str
    ) -> Window:
        """The window in which a question in words is answered at length."""
        node = self.compiled.script.nodes[effect.turn]
        return Window(
            token=f"{conversation}:{effect.ask}",
            title=self._label("window_title"),
            submit=self._label("window_submit"),
            close=self._label("window_close"),
            paragraphs=self._prompt(node, effect.wording, given, recalled),
            label=self._label("window_field"),
            text=text,
            aside=self._aside(node, effect),
        )

    def buttons(self, held: Conversation, message: str, recalled: Answers = NOTHING) -> Shown:
        """The buttons of the open question, as they are to stand on a message from now on."""
        node = self.compiled.script.nodes[held.at or self.compiled.script.first]
        token = f"{held.id}:{held.ask}"
        return Shown(
            message=message,
            options=self._options(
                node, options_of(node, held), token, held.chosen, _told(held, recalled)
            ),
            done=self._done(node, token),
        )

    def labels(
        self, held: Conversation, recalled: Answers = NOTHING
    ) -> tuple[tuple[tuple[str, str], ...], bool]:
        """The (option, label) pairs a message may name at the open turn, and whether several."""
        if held.at is None:
            return (), False
        node = self.compiled.script.nodes[held.at]
        told = _told(held, recalled)
        pairs = [(option, self.label(node, option, told)) for option in options_of(node, held)]
        if isinstance(node.turn, Scale):
            for end in _ends(node.turn):
                pairs += [(end, self._words_at(node, end)), (end, self._shown(node, end, told))]
        return tuple(pairs), takes_several(node)

    def listed(self, held: Conversation, recalled: Answers = NOTHING) -> Paragraphs:
        """The options of the open question once more, as a list; nothing where there are none."""
        node = self.compiled.script.nodes[held.at or self.compiled.script.first]
        told = _told(held, recalled)
        shown = [self._shown(node, option, told) for option in options_of(node, held)]
        if isinstance(node.turn, Scale):
            lines = [", ".join(shown)]
        else:
            lines = [Option(label=each, token="").numbered(n) for n, each in enumerate(shown, 1)]
        return (Paragraph(text="\n".join(lines)),) if shown else ()

    def option_of(self, held: Conversation, number: str) -> str:
        """The option a button's number stands for at the open turn; the number when none."""
        if held.at is None or not number.isdecimal():
            return number
        options = options_of(self.compiled.script.nodes[held.at], held)
        return options[int(number)] if int(number) < len(options) else number

    def question(self, turn: str, wording: int | None) -> str:
        """What a turn asked, as plain text, with nothing recalled in it."""
        node = self.compiled.script.nodes.get(turn)
        if node is None:
            return turn
        return "\n\n".join(part.text for part in self._prompt(node, wording, {}, {}))

    def chosen(self, turn: str, answer: Answer, told: Told | None = None) -> str:
        """What was chosen, by its label; empty for an answer in words."""
        node = self.compiled.script.nodes.get(turn)
        if node is not None and isinstance(node.turn, Pool) and isinstance(answer.value, tuple):
            return ", ".join(self.label(node, measure, told) for measure in answer.value)
        said = self._said(turn, answer)
        return "" if said.quoted else said.text

    def ends(self, turn: str) -> tuple[int, str, str] | None:
        """A scale's points and what its ends are called; None for any other turn."""
        node = self.compiled.script.nodes.get(turn)
        if node is None or not isinstance(node.turn, Scale):
            return None
        low, high = (self._words_at(node, end) for end in _ends(node.turn))
        return node.turn.points, low, high

    def label(self, node: Node, option: str, told: Told | None = None) -> str:
        """What an option is called; a scale's point is its number."""
        told = told or Told()
        match node.turn:
            case Scale():
                return option
            case Pool():
                block = f"{node.turn.id}__{option}"
                said = self._block(node, block, told.given, told.recalled)
                return " ".join(part.text for part in said)
            case Share() if option == Level.PUBLIC and not name_given(node, told.given):
                words = self._words(node.home)
                nameless = f"{node.turn.id}__{PUBLIC_NAMELESS}" in words.blocks
                return label(words, node.turn.id, PUBLIC_NAMELESS if nameless else option)
            case Choice(offers=str()) if any(each.id == option for each in told.about):
                return self._sessions(node, node.turn, told)[option]
            case _:
                return label(self._words(node.home), node.turn.id, option)

    def _sessions(self, node: Node, turn: Choice, told: Told) -> dict[str, str]:
        """What each of the sessions that a choice offers is called."""
        fixed = [option.id for option in turn.options]
        return sessions.labels(
            told.about,
            (label(self._words(node.home), turn.id, option) for option in fixed),
            vocabulary(self.participant.language),
            lambda title: self._label("session_called", title=title),
        )

    def _preview(self, node: Node, told: Told) -> Paragraphs:
        """What would be shared: a person's own words, whole, and that a photo goes with them."""
        if not isinstance(node.turn, Share):
            return ()
        keys = [node.prefix + name for name in node.turn.of]
        answers = [told.given[key] for key in keys if key in told.given]
        quotes = [Quote(text=said) for key in keys if (said := self.shared(node, key, told))]
        media = any(part.media for answer in answers for part in answer.parts)
        found = ", ".join(telling([each.text for each in quotes]))
        return (
            *quotes,
            *self._name(node, told),
            *(self._house("share_media") if media else ()),
            *(self._house("share_telling", found=found) if found else ()),
        )

    def shared(self, node: Node, key: str, told: Told) -> str:
        """One answer as a share shows it and passes it on: words as they are, a scale in ours."""
        answer = told.given.get(key)
        if answer is None or not isinstance(self.compiled.script.nodes[key].turn, Scale):
            return "" if answer is None else answer.text
        if answer.value is None:
            return ""
        block = f"{node.turn.id}__{key.removeprefix(node.prefix)}"
        said = self._block(node, block, told.given, told.recalled)
        return " ".join(part.text for part in said)

    def _name(self, node: Node, told: Told) -> Paragraphs:
        """The name that would go with what is shared, or that none would."""
        if not isinstance(node.turn, Share) or not NAMED & {*node.turn.levels}:
            return ()
        if node.turn.name is None and not node.turn.round:
            return ()
        name = name_given(node, told.given, told.about)
        if not name:
            return self._house("share_nameless_round" if node.turn.round else "share_nameless")
        return (*self._house("share_name"), Quote(text=name))

    def _shown(self, node: Node, option: str, told: Told) -> str:
        """What its button says; the ends of a scale say what they mean."""
        if isinstance(node.turn, Scale) and option in _ends(node.turn):
            return f"{option} \u2013 {self._words_at(node, option)}"
        return self.label(node, option, told)

    def _words_at(self, node: Node, end: str) -> str:
        return label(self._words(node.home), node.turn.id, "low" if end == "1" else "high")

    def _prompt(
        self, node: Node, wording: int | None, given: Answers, recalled: Answers
    ) -> Paragraphs:
        return self._block(node, block_of(node.turn.id, wording), given, recalled)

    def _block(self, node: Node, block: str, given: Answers, recalled: Answers) -> Paragraphs:
        words = self._words(node.home)
        language = words.spoken_in(block)
        answers = {**recalled, **given}
        spoken = words.spoken_of.get(block, {})
        names: dict[str, Said | Person | str] = {}
        for name in spoken:
            answer = answers.get(node.prefix + name)
            if name == "person":
                names[name] = self._person(language)
            elif answer is not None:
                names[name] = self._said(node.prefix + name, answer, language)
        return render(words, block, names)

    def _said(self, key: str, answer: Answer, language: str = "") -> Said:
        """What was answered, as words in a language may speak of it: a choice by its label."""
        clock = self._clock(language or self.participant.language)
        node = self.compiled.script.nodes.get(key)
        if answer.value is None or (node is not None and isinstance(node.turn, AskTurn)):
            # What was read from their words, such as a zone, is no word of theirs.
            return Said(text=answer.text, at=answer.said_at, clock=clock)
        if answer.called:
            labels = [answer.called]
        elif isinstance(answer.value, int):
            labels = [str(answer.value)]
        else:
            values = (answer.value,) if isinstance(answer.value, str) else answer.value
            labels = [self._label_of(key, value) for value in values]
        return Said(text=", ".join(labels), at=answer.said_at, clock=clock, quoted=False)

    def _label_of(self, key: str, value: str) -> str:
        script = self.compiled.script
        home, turn = "", ""
        if key in script.nodes:
            home, turn = script.nodes[key].home, script.nodes[key].turn.id
        elif key in script.recalls:
            home, turn = script.recalls[key].practice, script.recalls[key].turn
        try:
            return label(self._words(home), turn, value)
        except LookupError:
            return value

    def _beside(self, node: Node, effect: Ask, told: Told) -> Paragraphs:
        """What was written or answered here before."""
        if effect.draft is not None and isinstance(node.turn, AskTurn):
            return (*self._house("draft_so_far"), Quote(text=effect.draft.text))
        if effect.earlier is not None and isinstance(node.turn, Pool | Share):
            if effect.earlier.value == MINE:
                return ()
            chosen = self.chosen(node.key, effect.earlier, told)
            return self._house("earlier_offer", labels=chosen)
        if effect.earlier is not None:
            earlier = self._said(node.key, effect.earlier)
            return (*self._house("earlier"), Quote(text=earlier.text))
        return ()

    def _aside(self, node: Node, effect: Ask) -> str:
        """Who can read the answer, said quietly below the question."""
        flow, keeps = self.compiled.flows[node.home], self.participant.keeps
        block = aside(flow, node.turn, first=effect.ask == 1, keeps=keeps)
        return self._label(block) if block else ""

    def _house(self, block: str, **names: str) -> Paragraphs:
        return render(house(self.participant.language), block, names)

    def _options(
        self,
        node: Node,
        options: tuple[str, ...],
        token: str,
        chosen: tuple[str, ...],
        told: Told,
    ) -> tuple[Option, ...]:
        return tuple(
            Option(
                label=self._shown(node, option, told),
                token=f"{token}:{number}" + ("-" if option in chosen else ""),
                chosen=option in chosen,
            )
            for number, option in enumerate(options)
        )

    def _done(self, node: Node, token: str) -> Option | None:
        """The button that ends an answer which is gathered."""
        if not isinstance(node.turn, AskTurn) and not takes_several(node):
            return None
        return Option(label=self._label("done_label"), token=f"{token}:done")

    def _window(self, node: Node, token: str) -> Option | None:
        """The button that opens a window to write at length."""
        if not has_window(node):
            return None
        return Option(label=self._label("window_label"), token=f"{token}:window")

    def _label(self, block: str, **names: str) -> str:
        return " ".join(part.text for part in self._house(block, **names))

    def _words(self, home: str) -> Words:
        return self.compiled.words(self.participant.language, home)

    def _clock(self, language: str) -> Clock:
        return Clock(self.now, zone(self.participant.zone), language)

    def _person(self, language: str) -> Person:
        person = self.participant
        return Person(
            day=days(person.days, language) if person.days else "",
            hour=hour(person.minute, language),
            zone=zone_called(person.zone, language),
            hours=hours(person.window, language),
            holidays=holidays(person.holidays, language),
            signposts=self.signposts or self._signposts(language),
            keeps=person.keeps,
        )

    def _signposts(self, language: str) -> str:
        said = render(house(language), "signposts", {})
        return "\n\n".join(part.text for part in said)


def _told(held: Conversation, recalled: Answers) -> Told:
    return Told(given=held.answers, recalled=recalled, about=held.about)


def has_window(node: Node) -> bool:
    """Whether a turn is answered in words as they stand, of which there may be many."""
    return isinstance(node.turn, AskTurn) and node.turn.reads is Reading.WORDS


def _ends(scale: Scale) -> tuple[str, str]:
    return "1", str(scale.points)
