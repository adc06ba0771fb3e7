"""The catalogue of practices, `docs/practices/`, as it is made from the practices themselves.

A practice that says whom it is for has a page. The house's own small ones do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from bot.campaigns import loader as campaigns
from bot.engine.checks.findings import Answering
from bot.engine.flow import (
    Ask,
    Branch,
    Choice,
    Choices,
    Circle,
    Close,
    Flow,
    Level,
    Pool,
    Recall,
    Scale,
    Setting,
    Share,
    SubFlow,
    Turn,
    Wait,
)
from bot.flows.loader import load
from bot.flows.practice import Library, Practice
from bot.measures import loader as measures
from bot.measures.measure import said
from bot.prompts.render import label

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "practices"
TRANSCRIPTS = ROOT / "tests" / "journeys" / "transcripts"
INDEX = "README.md"
#: Practices by which the house sets something up or puts it right.
HOUSE = frozenset(
    {
        *("amend", "return", "rhythm", "settings", "taking_back"),
        *("circle_join", "circle_setup", "circle_tend", "round_decide"),
        # Met in a circle alone; docs/circles.md says what they ask and who reads it.
        *("pair_apart", "team_check_in", "team_learning"),
    }
)

_LANGUAGES = {"en": "English", "cy": "Welsh (a draft)"}
_LEVELS = {
    Level.EVALUATOR: "whoever evaluates the programme, with your name",
    Level.UNNAMED: "others, without your name",
    Level.NAMED: "others, with your name",
    Level.PUBLIC: "anybody",
}
_SETS = {
    Setting.ZONE: "your time zone",
    Setting.DAYS: "your days",
    Setting.HOUR: "your time of day",
    Setting.KEEPS: "whether your words are kept",
    Setting.WINDOW: "your hours",
    Setting.HOLIDAYS: "your public holidays",
    Setting.LANGUAGE: "your language",
}
_WHICH = {
    "latest": "the last time",
    "before": "the time before last",
    "first": "the first time",
}
#: A text so long that nobody else says it by chance.
_TELLING = 25
_MINUTE, _HOUR = 60, 3600
_WHAT_THESE_ARE = """\
What people do with Skerry. Each page says what a practice asks, what it keeps and who can read
that, and where its structure comes from, and leads to conversations played word for word.

These pages are made from the practices themselves. After a change to a practice, write them anew:
`SKERRY_CATALOGUE=write .venv/bin/pytest tests/docs/test_catalogue.py`."""
_HOW_IT_IS_TOLD = """\
Most questions have several wordings, which take turns; here is the first of each. *Sometimes*
stands before what not everybody meets: it hangs on what was said, or on an earlier time."""
_THE_REST = """\
With keeping turned off, none of it is kept for you. [What is kept of people](../privacy.md) says
the rest, [what a count tells](../anonymity.md) what becomes of numbers."""
_KEPT_ALONE = (
    "**Yours alone.** {what} is kept, sealed, so that it can come back to you. Nobody else can "
    "read it in Skerry."
)
_SHARED = (
    "**Yours until you share it.** What you write to {of} is shown to you as it stands, and you "
    "choose who may read it, if anyone ({levels}). Without a choice nothing is shared, and what "
    "is shared can be taken back."
)
_COUNTED = (
    "**Counted without your name, if you choose so:** {measures}. A count is told only when "
    "{floor} people or more are in it; without a choice nothing is counted."
)
_NOT_KEPT = "**Not kept.** {of}: {why}."


@cache
def library() -> Library:
    """The house's practices."""
    return load()


@cache
def pages() -> dict[str, str]:
    """Every page of the catalogue by its file's name."""
    made = {f"{name}.md": _Page(practice).text for name, practice in _told().items()}
    return {INDEX: _index(), **made}


def untold() -> set[str]:
    """The practices that do not say whom they are for."""
    return set(library().practices) - set(_told())


def _told() -> dict[str, Practice]:
    found = library().practices
    return {name: each for name, each in sorted(found.items()) if each.flow.audience}


@dataclass(frozen=True)
class _Page:
    """One practice's page."""

    practice: Practice

    @property
    def flow(self) -> Flow:
        return self.practice.flow

    @property
    def text(self) -> str:
        flow = self.flow
        pieces = [
            f"# {flow.title}",
            flow.summary,
            "\n".join(self._table()),
            "## What it asks, in order",
            _HOW_IT_IS_TOLD,
            "\n".join(self._asked()),
        ]
        pieces += self._section("What comes back", self._comes_back())
        pieces += self._section("What it keeps, and who can read it", self._keeps())
        pieces.append(_THE_REST)
        pieces += self._section("What may follow", self._follows())
        pieces += self._section("Played word for word", self._transcripts())
        return "\n\n".join(pieces) + "\n\n[All practices](README.md)\n"

    @staticmethod
    def _section(heading: str, lines: Iterable[str]) -> list[str]:
        found = list(dict.fromkeys(lines))
        return [f"## {heading}", "\n".join(f"- {line}" for line in found)] if found else []

    def _table(self) -> Iterator[str]:
        flow, name = self.flow, self.flow.name
        yield "| | |"
        yield "|---|---|"
        yield f"| For | {flow.audience} |"
        yield f"| Takes | about {_minutes(flow.minutes)} |"
        yield f"| Usual rhythm | {flow.rhythm} |"
        where = "in the menu, `practise`" if flow.listed else "not in the menu"
        yield f"| Found | {where} |"
        if brought := _brought().get(name):
            yield f"| Brought by | {', '.join(brought)} |"
        spoken = (_LANGUAGES.get(each, each) for each in self.practice.languages)
        yield f"| Languages | {', '.join(spoken)} |"
        yield f"| Where its structure comes from | {flow.source} |"
        yield (
            f"| Its files | [turns](../../bot/flows/{name}.yaml), "
            f"[words](../../bot/prompts/en/{name}.j2) |"
        )

    def _asked(self) -> Iterator[str]:
        number = 0
        for turn in self.flow.turns:
            if said := _said(self.practice, turn):
                number += 1
                often = "*Sometimes.* " if turn.id in self._sometimes else ""
                yield f"{number}. {often}{said}"
                if isinstance(turn, SubFlow):
                    inner = library().practice(turn.practice)
                    told = (_said(inner, each) for each in inner.flow.turns)
                    yield from (f"   - {each}" for each in told if each)

    @cached_property
    def _sometimes(self) -> set[str]:
        """The turns that some way from the beginning to an end leaves out."""
        ways = _ways(self.flow)
        ends = {turn.id for turn in self.flow.turns if isinstance(turn, Close)}
        first = self.flow.turns[0].id
        recalls = {turn.id for turn in self.flow.turns if isinstance(turn, Recall)}
        left_out = {turn for turn in ways if turn != first and _reached(first, ways, turn) & ends}
        return left_out | recalls

    def _comes_back(self) -> Iterator[str]:
        blocks = self.practice.words["en"].blocks.values()
        told = {mention.name for block in blocks for mention in block.mentions if mention.shown}
        told |= {turn.of for turn in self.flow.turns if isinstance(turn, Recall)}
        for name, recalled in self.flow.recalls.items():
            if name not in told:
                continue
            origin = library().practice(recalled.practice or self.flow.name)
            asked = _asks(origin, recalled.turn)
            here = origin.flow.name == self.flow.name
            where = "" if here else f" in [{origin.flow.title}]({origin.flow.name}.md)"
            yield f"What you said {_WHICH[recalled.which]}{where} to “{asked}”"

    def _keeps(self) -> Iterator[str]:
        asked = [turn for turn in self.flow.turns if isinstance(turn, Answering)]
        own = [turn for turn in asked if turn.kept and turn.circle is Circle.OWN]
        own = [turn for turn in own if not _setting(turn)]
        if own and len(own) == len(asked):
            yield _KEPT_ALONE.format(what=f"What you {_given(own)}")
        yield from self._shared()
        yield from self._counted()
        yield from self._not_kept(asked)
        if sets := list(dict.fromkeys(_sets(self.flow))):
            yield f"**Set about you:** {_listed(sets)}. You can change it with `settings`."
        if own and len(own) < len(asked):
            yield _KEPT_ALONE.format(what=f"Everything else you {_given(own)}")

    def _not_kept(self, asked: list[Answering]) -> Iterator[str]:
        if pooled := [turn for turn in asked if turn.circle is Circle.POOLED]:
            why = "each counts without your name if you choose so, and is gone otherwise"
            yield _NOT_KEPT.format(of=self._named(pooled), why=why)
        dropped = [turn for turn in asked if not turn.kept]
        if len(dropped) == len(asked):
            yield "**Nothing is kept** of what you choose here."
        elif dropped:
            why = "they serve this one conversation"
            yield _NOT_KEPT.format(of=self._named(dropped), why=why)

    def _shared(self) -> Iterator[str]:
        for turn in self.flow.turns:
            if isinstance(turn, Share):
                of = [each for each in self.flow.turns if each.id in turn.of]
                levels = "; ".join(_LEVELS[level] for level in turn.levels)
                yield _SHARED.format(of=self._named(of), levels=levels)

    def _counted(self) -> Iterator[str]:
        known = measures.load().measures
        for turn in self.flow.turns:
            if isinstance(turn, Pool):
                counted = [known[offer.measure] for offer in turn.offers]
                named = _listed([said(each.title, "en") for each in counted])
                yield _COUNTED.format(measures=named, floor=max(each.floor for each in counted))

    def _named(self, turns: Iterable[Turn]) -> str:
        return _listed([f"“{_asks(self.practice, turn.id)}”" for turn in turns])

    def _follows(self) -> Iterator[str]:
        for turn in self.flow.turns:
            if isinstance(turn, Close) and turn.begins:
                yield f"[{library().practice(turn.begins).flow.title}]({turn.begins}.md)"

    def _transcripts(self) -> Iterator[str]:
        ours = [file for file in _written() if self._is_named_after(file) or self._plays(file)]
        for file in sorted(ours, key=lambda file: (not self._is_named_after(file), file.name)):
            remark = _written()[file].partition("\n")[0].removeprefix("# ").strip()
            yield f"[{remark}](../../{file.relative_to(ROOT)})"

    def _is_named_after(self, file: Path) -> bool:
        names = [name for name in library().practices if f"{file.stem}_".startswith(f"{name}_")]
        return max(names, key=len, default="") == self.flow.name

    def _plays(self, file: Path) -> bool:
        plain = " ".join(_written()[file].split())
        return any(text in plain for text in _sayings()[self.flow.name])


def _index() -> str:
    told = [practice.flow for practice in _told().values()]
    menu = sorted(
        (flow for flow in told if flow.listed), key=lambda flow: (flow.order, flow.title)
    )
    brought = sorted((flow for flow in told if not flow.listed), key=lambda flow: flow.name)
    pieces = [
        "# The practices",
        _WHAT_THESE_ARE,
        "## In the menu",
        "\n".join(_rows(menu)),
        "## Brought by a campaign or by another practice",
        "\n".join(_rows(brought)),
    ]
    return "\n\n".join(pieces) + "\n"


def _rows(flows: Iterable[Flow]) -> Iterator[str]:
    yield "| Practice | What it is | For | Takes |"
    yield "|---|---|---|---|"
    for flow in flows:
        title = f"[{flow.title}]({flow.name}.md)"
        yield f"| {title} | {flow.summary} | {flow.audience} | {_minutes(flow.minutes)} |"


def _said(practice: Practice, turn: Turn) -> str | None:
    """What a turn asks, in one line; None for one that asks nothing."""
    words = practice.words["en"]
    match turn:
        case Ask():
            more = _wordings(practice, turn.id)
            store = f" One of {more} questions." if turn.fresh_weeks else ""
            return f"{_first(practice, turn.id)}{store}"
        case Scale():
            low, high = label(words, turn.id, "low"), label(words, turn.id, "high")
            return f"{_first(practice, turn.id)} From 1, “{low}”, to {turn.points}, “{high}”."
        case Choice() | Choices():
            shown = [label(words, turn.id, option.id) for option in turn.options]
            several = "Any of" if isinstance(turn, Choices) else "One of"
            if isinstance(turn, Choice) and turn.offers:
                shown.insert(0, "the sessions that have ended")
            return f"{_first(practice, turn.id)} {several}: {' · '.join(shown)}."
        case Wait():
            return f"{_first(practice, turn.id)} *{_span(turn.seconds)} of quiet; `next` ends it.*"
        case Recall():
            return f"{_first(practice, turn.id)} *Your own words come back.*"
        case Pool():
            return "An offer to let answers be counted without your name."
        case Share():
            return "Your own words, and an offer to pass them on."
        case SubFlow():
            return f"{library().practice(turn.practice).flow.title}:"
        case _:
            return None


def _first(practice: Practice, turn: str) -> str:
    """The first wording of a turn, in one line."""
    return " ".join(practice.words["en"].blocks[turn].longest.split())


def _asks(practice: Practice, turn: str) -> str:
    """The question itself: the first sentence of a turn that is one, or its first sentence."""
    sentences = re.split(r"(?<=[.?!]) ", _first(practice, turn))
    asking = [sentence for sentence in sentences if sentence.endswith("?")]
    return next(iter(asking or sentences))


def _wordings(practice: Practice, turn: str) -> int:
    named = rf"{turn}(__\d+)?"
    return sum(bool(re.fullmatch(named, block)) for block in practice.words["en"].blocks)


def _ways(flow: Flow) -> dict[str, set[str]]:
    """Where each turn may lead."""
    names = [turn.id for turn in flow.turns]
    ways: dict[str, set[str]] = {}
    for turn, after in zip(flow.turns, [*names[1:], None], strict=True):
        led = set() if isinstance(turn, Close) else {turn.to or after}
        if isinstance(turn, Branch):
            led |= {path.to for path in turn.paths}
        if isinstance(turn, Choice):
            led |= {option.to for option in turn.options}
        ways[turn.id] = {name for name in led if name}
    return ways


def _reached(first: str, ways: dict[str, set[str]], without: str) -> set[str]:
    """The turns that can be reached when one is never met."""
    seen: set[str] = set()
    ahead = [first]
    while ahead:
        name = ahead.pop()
        if name not in seen and name != without:
            seen.add(name)
            ahead += ways[name]
    return seen


def _given(answers: Iterable[Answering]) -> str:
    """What one does to answer: write, choose or either."""
    written = {isinstance(turn, Ask) for turn in answers}
    return " or ".join(
        way for way, is_so in (("write", True), ("choose", False)) if is_so in written
    )


def _setting(turn: Turn) -> Setting | None:
    return turn.sets if isinstance(turn, Ask | Choice | Choices) else None


def _sets(flow: Flow) -> Iterator[str]:
    for turn in flow.turns:
        if setting := _setting(turn):
            yield _SETS[setting]
        if isinstance(turn, SubFlow):
            yield from _sets(library().practice(turn.practice).flow)


@cache
def _brought() -> dict[str, list[str]]:
    """The campaigns and the practices that bring each practice, as links."""
    found: dict[str, list[str]] = {}
    for name, campaign in sorted(campaigns.load(library()).campaigns.items()):
        for practice in dict.fromkeys(step.practice for step in campaign.steps):
            linked = f"[{campaign.title}](../../bot/campaigns/{name}.yaml)"
            found.setdefault(practice, []).append(linked)
    for name, before in _told().items():
        for turn in before.flow.turns:
            if isinstance(turn, Close) and turn.begins:
                found.setdefault(turn.begins, []).append(f"[{before.flow.title}]({name}.md)")
    return found


@cache
def _written() -> dict[Path, str]:
    """The transcripts."""
    return {file: file.read_text(encoding="utf-8") for file in sorted(TRANSCRIPTS.glob("*.txt"))}


@cache
def _sayings() -> dict[str, set[str]]:
    """What each practice says in any language and no other one says."""
    said = {name: set(_texts(practice)) for name, practice in library().practices.items()}
    return {
        name: texts.difference(*(others for other, others in said.items() if other != name))
        for name, texts in said.items()
    }


def _texts(practice: Practice) -> Iterator[str]:
    for words in practice.words.values():
        for block in words.blocks.values():
            if block.plain and len(block.longest) >= _TELLING:
                yield " ".join(block.longest.split())


def _minutes(number: int) -> str:
    return "1 minute" if number == 1 else f"{number} minutes"


def _span(seconds: int) -> str:
    if seconds % _HOUR == 0:
        return f"{seconds // _HOUR} hours"
    whole, rest = divmod(seconds, _MINUTE)
    return f"{whole}½ minutes" if rest == _MINUTE // 2 else _minutes(whole)


def _listed(texts: list[str], last: str = "and") -> str:
    """Texts in a row, as one says them."""
    return f" {last} ".join(filter(None, [", ".join(texts[:-1]), texts[-1]]))
