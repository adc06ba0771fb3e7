"""The voice: from what a step wants said to the message that says it, in a person's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.engine.conversation import Answer, Conversation
from bot.engine.effects import Ask, Say
from bot.engine.flow import Ask as AskTurn
from bot.engine.flow import Choices, Reading, Scale
from bot.engine.script import Node
from bot.engine.walk import options_of
from bot.flows.revisions import Compiled
from bot.prompts.dates import Clock, days, hour
from bot.prompts.house import house
from bot.prompts.places import zone_called
from bot.prompts.quiet import holidays, hours
from bot.prompts.render import Person, Said, block_of, label, render
from bot.prompts.words import Words
from bot.records import Option, Outbound, Paragraph, Participant, Quote, Shown, Window
from scheduler.calendar import zone

Answers = Mapping[str, Answer]
Paragraphs = tuple[Paragraph | Quote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Speaks one revision of a practice to one person, now."""

    compiled: Compiled
    participant: Participant
    now: datetime

    def say(self, effect: Say, given: Answers, recalled: Answers) -> Outbound:
        """The message of a turn that wants no answer."""
        node = self.compiled.script.nodes[effect.turn]
        return Outbound(paragraphs=self._prompt(node, effect.wording, given, recalled))

    def ask(self, conversation: str, effect: Ask, given: Answers, recalled: Answers) -> Outbound:
        """The message of a question, with its options and what was answered before."""
        node = self.compiled.script.nodes[effect.turn]
        if effect.several and effect.chosen:
            labels = ", ".join(self.label(node, option) for option in effect.chosen)
            paragraphs = self._house("chosen_so_far", labels=labels)
        else:
            prompt = self._prompt(node, effect.wording, given, recalled)
            paragraphs = (*prompt, *self._beside(node, effect))
        token = f"{conversation}:{effect.ask}"
        return Outbound(
            paragraphs=paragraphs,
            options=self._options(node, token, effect.chosen),
            done=self._done(node, token),
            window=self._window(node, token),
            ask=effect.ask,
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
        )

    def buttons(self, held: Conversation, message: str) -> Shown:
        """The buttons of the open question, as they are to stand on a message from now on."""
        node = self.compiled.script.nodes[held.at or self.compiled.script.first]
        token = f"{held.id}:{held.ask}"
        return Shown(
            message=message,
            options=self._options(node, token, held.chosen),
            done=self._done(node, token),
        )

    def labels(self, turn: str) -> tuple[tuple[tuple[str, str], ...], bool]:
        """The (option, label) pairs a message may name at this turn, and whether several."""
        node = self.compiled.script.nodes[turn]
        pairs = [(option, self.label(node, option)) for option in options_of(node)]
        if isinstance(node.turn, Scale):
            for end in _ends(node.turn):
                pairs += [(end, self._words_at(node, end)), (end, self._shown(node, end))]
        return tuple(pairs), isinstance(node.turn, Choices)

    def option_of(self, held: Conversation, number: str) -> str:
        """The option a button's number stands for at the open turn; the number when none."""
        if held.at is None or not number.isdecimal():
            return number
        options = options_of(self.compiled.script.nodes[held.at])
        return options[int(number)] if int(number) < len(options) else number

    def question(self, turn: str, wording: int | None) -> str:
        """What a turn asked, as plain text, with nothing recalled in it."""
        node = self.compiled.script.nodes.get(turn)
        if node is None:
            return turn
        return "\n\n".join(part.text for part in self._prompt(node, wording, {}, {}))

    def chosen(self, turn: str, answer: Answer) -> str:
        """What was chosen, by its label; empty for an answer in words."""
        said = self._said(turn, answer)
        return "" if said.quoted else said.text

    def label(self, node: Node, option: str) -> str:
        """What an option is called; a scale's point is its number."""
        if isinstance(node.turn, Scale):
            return option
        return label(self._words(node.home), node.turn.id, option)

    def _shown(self, node: Node, option: str) -> str:
        """What its button says; the ends of a scale say what they mean."""
        if isinstance(node.turn, Scale) and option in _ends(node.turn):
            return f"{option} \u2013 {self._words_at(node, option)}"
        return self.label(node, option)

    def _words_at(self, node: Node, end: str) -> str:
        return label(self._words(node.home), node.turn.id, "low" if end == "1" else "high")

    def _prompt(
        self, node: Node, wording: int | None, given: Answers, recalled: Answers
    ) -> Paragraphs:
        words = self._words(node.home)
        block = block_of(node.turn.id, wording)
        answers = {**recalled, **given}
        spoken = words.spoken_of.get(block, {})
        names: dict[str, Said | Person | str] = {}
        for name in spoken:
            answer = answers.get(node.prefix + name)
            if name == "person":
                names[name] = self._person()
            elif answer is not None:
                names[name] = self._said(node.prefix + name, answer)
        return render(words, block, names)

    def _said(self, key: str, answer: Answer) -> Said:
        """What was answered, as words may speak of it: a choice by its label."""
        clock = self._clock()
        node = self.compiled.script.nodes.get(key)
        if answer.value is None or (node is not None and isinstance(node.turn, AskTurn)):
            # What was read from their words, such as a zone, is no word of theirs.
            return Said(text=answer.text, at=answer.said_at, clock=clock)
        if isinstance(answer.value, int):
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

    def _beside(self, node: Node, effect: Ask) -> Paragraphs:
        """What was written or answered here before; and at the first question, who reads it."""
        beside: Paragraphs = ()
        if effect.draft is not None and isinstance(node.turn, AskTurn):
            beside = (*self._house("draft_so_far"), Quote(text=effect.draft.text))
        elif effect.earlier is not None:
            earlier = self._said(node.key, effect.earlier)
            beside = (*self._house("earlier"), Quote(text=earlier.text))
        if effect.ask == 1 and self.compiled.flow.listed:
            circle = "circle_own" if self.participant.keeps else "circle_paper"
            beside = (*beside, *self._house(circle))
        return beside

    def _house(self, block: str, **names: str) -> Paragraphs:
        return render(house(self.participant.language), block, names)

    def _options(self, node: Node, token: str, chosen: tuple[str, ...]) -> tuple[Option, ...]:
        return tuple(
            Option(
                label=self._shown(node, option),
                token=f"{token}:{number}" + ("-" if option in chosen else ""),
                chosen=option in chosen,
            )
            for number, option in enumerate(options_of(node))
        )

    def _done(self, node: Node, token: str) -> Option | None:
        """The button that ends an answer which is gathered."""
        if not isinstance(node.turn, AskTurn | Choices):
            return None
        return Option(label=self._label("done_label"), token=f"{token}:done")

    def _window(self, node: Node, token: str) -> Option | None:
        """The button that opens a window to write at length."""
        if not has_window(node):
            return None
        return Option(label=self._label("window_label"), token=f"{token}:window")

    def _label(self, block: str) -> str:
        return " ".join(part.text for part in self._house(block))

    def _words(self, home: str) -> Words:
        return self.compiled.words(self.participant.language, home)

    def _clock(self) -> Clock:
        return Clock(self.now, zone(self.participant.zone), self.participant.language)

    def _person(self) -> Person:
        person = self.participant
        return Person(
            day=days(person.days, person.language) if person.days else "",
            hour=hour(person.minute, person.language),
            zone=zone_called(person.zone, person.language),
            hours=hours(person.window, person.language),
            holidays=holidays(person.holidays, person.language),
        )


def has_window(node: Node) -> bool:
    """Whether a turn is answered in words as they stand, of which there may be many."""
    return isinstance(node.turn, AskTurn) and node.turn.reads is Reading.WORDS


def _ends(scale: Scale) -> tuple[str, str]:
    return "1", str(scale.points)
