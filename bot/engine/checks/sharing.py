"""Whether what goes to others goes by consent, and is shown as it is before it goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from bot.engine.checks.findings import (
    Answering,
    Around,
    Block,
    Blocks,
    Finding,
    InFlow,
    InWords,
    Known,
    Path,
    answered_by,
    answering,
    listed,
    suggest,
)
from bot.engine.checks.labels import MOST_LABEL
from bot.engine.flow import (
    Ask,
    Choice,
    Choices,
    Circle,
    Flow,
    Level,
    Offer,
    OptionOfSeveral,
    Pool,
    Reading,
    Scale,
    Share,
    Wait,
)

_ORDER = tuple(Level)
#: How words can be shown in a circle.
_IN_ROUND = frozenset({Level.UNNAMED, Level.NAMED})


def find(flow: Flow, around: Around, *, whole: bool) -> Iterator[Finding]:
    """Every fault of pools and shares, and every count without consent."""
    known = answered_by(flow, around.flows)
    for index, turn in enumerate(flow.turns):
        path: Path = ("turns", index)
        match turn:
            case Pool():
                yield from _pool(flow, path, turn, known)
            case Share():
                yield from _share(flow, path, turn)
            case _:
                pass
    if whole:
        yield from _unasked(flow)
    yield from _twice(flow)


def _unasked(flow: Flow) -> Iterator[Finding]:
    """Pooled questions that no pool offers."""
    pools = [turn for turn in flow.turns if isinstance(turn, Pool)]
    offered = {
        name for turn in pools for offer in turn.offers for name in (*offer.of, offer.at or "")
    }
    for index, turn in enumerate(flow.turns):
        if not isinstance(turn, Answering) or turn.circle is not Circle.POOLED:
            continue
        at = InFlow(("turns", index, "circle"))
        if isinstance(turn, Ask):
            yield Finding(
                at=at,
                fault=f"turn `{turn.id}` is answered in words, and words are never pooled",
                mend="Make its circle `shared` and add a turn of kind `share`, or take it out.",
            )
        elif turn.id not in offered:
            yield Finding(
                at=at,
                fault=f"turn `{turn.id}` is pooled, and no pool asks whether it may be counted",
                mend="Add a turn of kind `pool` after it, with an offer of it.",
            )


def _twice(flow: Flow) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, turn in enumerate(flow.turns):
        for number, offer in enumerate(turn.offers if isinstance(turn, Pool) else ()):
            if offer.measure in seen:
                yield Finding(
                    at=InFlow(("turns", index, "offers", number, "measure")),
                    fault=f"`{offer.measure}` is offered twice in this practice",
                    mend="Offer each measure once, so that nobody is counted twice.",
                )
            seen.add(offer.measure)


def _pool(flow: Flow, path: Path, turn: Pool, known: Mapping[str, Known]) -> Iterator[Finding]:
    for number, offer in enumerate(turn.offers):
        place = (*path, "offers", number)
        for index, name in enumerate(offer.of):
            yield from _source(place, index, turn, name, known)
        yield from _doubled(place, offer.of)
        if not {*offer.of} & {*answering(flow)} and {*offer.of} <= {*known}:
            yield Finding(
                at=InFlow((*place, "of")),
                fault=f"the offer `{offer.measure}` has recalls alone, so it is never made",
                mend="Name a question of this practice too.",
            )
        yield from _at(flow, (*place, "at"), turn.id, offer.at)


def _source(
    place: Path, index: int, turn: Pool, name: str, known: Mapping[str, Known]
) -> Iterator[Finding]:
    at = InFlow((*place, "of", index))
    countable = [each for each, source in known.items() if not isinstance(source, Ask | Wait)]
    if name not in known:
        yield Finding(
            at=at,
            fault=f"turn `{turn.id}` offers `{name}`, which is neither a question nor a recall",
            mend=suggest(name, countable, "Name a scale or a choice of this practice."),
            unknown=True,
        )
    elif name not in countable:
        yield Finding(
            at=at,
            fault=f"turn `{turn.id}` offers `{name}`, which is answered in words; these are "
            "never pooled",
            mend=suggest("", countable, "Name a scale or a choice of this practice."),
        )


def _share(flow: Flow, path: Path, turn: Share) -> Iterator[Finding]:
    kinds = {each.id: each for each in flow.turns}
    told = [
        each.id for each in flow.turns if isinstance(each, Ask) and each.reads is Reading.WORDS
    ]
    scales = scales_of(flow, turn) if turn.round else ()
    for index, name in enumerate(turn.of):
        if name not in {*told, *scales}:
            what = f"a `{kinds[name].kind}`" if name in kinds else "no turn of this practice"
            if isinstance(kinds.get(name), Ask):
                what = "read as a time or a place"
            yield Finding(
                at=InFlow((*path, "of", index)),
                fault=f"turn `{turn.id}` shares `{name}`, which is {what}",
                mend=suggest(name, told, "Name a question in words, of kind `ask`."),
                unknown=name not in kinds,
            )
    yield from _doubled(path, turn.of)
    yield from _at(flow, (*path, "at"), turn.id, turn.at)
    if turn.name is not None and turn.name not in told:
        yield Finding(
            at=InFlow((*path, "name")),
            fault=f"turn `{turn.id}` takes a name from `{turn.name}`, which is no question in "
            "words of this practice",
            mend=suggest(turn.name, told, "Name a turn of kind `ask`."),
            unknown=turn.name not in kinds,
        )
    if turn.round and not {*turn.levels} <= _IN_ROUND:
        yield Finding(
            at=InFlow((*path, "levels")),
            fault=f"turn `{turn.id}` goes to a circle, where words have a name or none",
            mend=f"Write {listed(sorted(_IN_ROUND, reverse=True))}, or take out `round`.",
        )
    if turn.question is not None and (not turn.round or turn.question not in turn.of):
        yield Finding(
            at=InFlow((*path, "question")),
            fault=f"turn `{turn.id}` has a circle take up `{turn.question}` unshown",
            mend="Name one of `of`, and write `round: true`.",
        )
    if turn.round and (turn.name or turn.at):
        which = "name" if turn.name else "at"
        yield Finding(
            at=InFlow((*path, which)),
            fault=f"turn `{turn.id}` goes to a circle, which knows names and rounds by itself",
            mend=f"Take out `{which}`.",
        )
    if list(turn.levels) != [level for level in _ORDER if level in turn.levels]:
        yield Finding(
            at=InFlow((*path, "levels")),
            fault=f"the levels of `{turn.id}` are not in their order, each once",
            mend=f"Write them from few people to all: {listed(_ORDER)}.",
        )


def scales_of(flow: Flow, turn: Share) -> tuple[str, ...]:
    """The scales among what a share shows, each in words of its own."""
    return tuple(each.id for each in flow.turns if isinstance(each, Scale) and each.id in turn.of)


def _doubled(path: Path, names: Sequence[str]) -> Iterator[Finding]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield Finding(
                at=InFlow((*path, "of", index)),
                fault=f"`{name}` is named twice here",
                mend="Name it once.",
            )


def _at(flow: Flow, place: Path, turn: str, name: str | None) -> Iterator[Finding]:
    choices = [each.id for each in flow.turns if isinstance(each, Choice)]
    if name is not None and name not in choices:
        kinds = {each.id for each in flow.turns}
        yield Finding(
            at=InFlow(place),
            fault=f"turn `{turn}` takes its session from `{name}`, which is no choice of this "
            "practice",
            mend=suggest(name, choices, "Name a turn of kind `choice` with `offers: sessions`."),
            unknown=name not in kinds,
        )


# --- words ------------------------------------------------------------------------------------


def surely_there(flow: Flow) -> dict[str, str]:
    """What a block of a pool or a share may speak of without an `if`: it is said only of that."""
    sure: dict[str, str] = {}
    for turn in flow.turns:
        if isinstance(turn, Pool):
            for offer in turn.offers:
                if len(offer.of) == 1:
                    sure[f"{turn.id}__{offer.measure}"] = offer.of[0]
            if len(turn.offers) == 1 and len(turn.offers[0].of) == 1:
                sure[turn.id] = turn.offers[0].of[0]
        if isinstance(turn, Share):
            sure |= {f"{turn.id}__{name}": name for name in scales_of(flow, turn)}
    return sure


def shown_exactly(flow: Flow, language: str, blocks: Blocks, around: Around) -> Iterator[Finding]:
    """Answers that could be counted unseen, and labels that could not be shown."""
    known = answered_by(flow, around.flows)
    for turn in flow.turns:
        if not isinstance(turn, Pool):
            continue
        prompts = [each for name, each in blocks.items() if _is_prompt(turn.id, name)]
        everywhere = set.intersection(*map(_shown, prompts)) if prompts else set()
        for offer in turn.offers:
            label = blocks.get(f"{turn.id}__{offer.measure}")
            if label is not None and prompts:
                yield from _unseen(language, label, offer, everywhere)
            if label is not None:
                yield from _too_long(language, blocks, label, known)


def _is_prompt(turn: str, block: str) -> bool:
    name, _, number = block.partition("__")
    return name == turn and (not number or number.isdecimal())


def _shown(block: Block) -> set[str]:
    return {each.name for each in block.mentions if each.shown and each.part == "words"}


def _unseen(language: str, label: Block, offer: Offer, everywhere: set[str]) -> Iterator[Finding]:
    for name in offer.of:
        if name not in everywhere | _shown(label):
            yield Finding(
                at=InWords(language, label.line),
                fault=f"`{name}` would be counted as `{offer.measure}` without being shown",
                mend=f"Write {{{{ {name}.words }}}} in the block `{label.name}`.",
            )


def _too_long(
    language: str, blocks: Blocks, label: Block, known: Mapping[str, Known]
) -> Iterator[Finding]:
    at = InWords(language, label.line)
    if "\n" in label.longest:
        yield Finding(
            at=at,
            fault=f"the label `{label.name}` is not a single line",
            mend="Write a few words on one line.",
        )
    shown = [each for each in label.mentions if each.shown]
    longest = len(label.longest) - label.longest.count("\u2026")
    longest += sum(_longest(known.get(each.name), blocks) for each in shown)
    if longest > MOST_LABEL:
        yield Finding(
            at=at,
            fault=f"the label `{label.name}` may be {longest} characters long; a button shows "
            f"at most {MOST_LABEL}",
            mend="Shorten it, or show the answer in the words of the turn itself.",
        )


def _longest(turn: Known | None, blocks: Blocks) -> int:
    """The most that an answer says by its label, as far as this practice's words tell."""
    match turn:
        case Scale(points=points):
            return len(str(points))
        case Choice(options=options):
            return max([len(each) for each in _labels(turn.id, options, blocks)], default=1)
        case Choices(options=options):
            return len(", ".join(_labels(turn.id, options, blocks)))
        case _:
            return 1


def _labels(turn: str, options: Sequence[OptionOfSeveral], blocks: Blocks) -> list[str]:
    found = (blocks.get(f"{turn}__{option.id}") for option in options)
    return [block.longest if block else "" for block in found]
