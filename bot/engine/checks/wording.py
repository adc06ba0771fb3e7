"""Whether a practice has all the words it needs, none too many, and none that cannot be sent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.engine.checks.findings import (
    Around,
    Block,
    Blocks,
    Finding,
    InWords,
    Known,
    Mention,
    answered_by,
    suggest,
)
from bot.engine.checks.labels import labelled, labels
from bot.engine.checks.sharing import scales_of, shown_exactly, surely_there
from bot.engine.flow import (
    MINE,
    Ask,
    Branch,
    Choice,
    Choices,
    Flow,
    Pool,
    Recall,
    Scale,
    Share,
    SubFlow,
    Wait,
)

#: A comfortable part of Telegram's 4,096, and what one Slack section takes.
MOST_UNITS = 3_000
#: What words may ask of an answer, and of the person.
PARTS = ("words", "when", "ago")
PERSON = ("day", "hour", "zone", "hours", "holidays", "signposts")
_WORDING = re.compile(r"(?P<turn>.+)__(?P<number>\d+)")


def find(flow: Flow, words: dict[str, Blocks], around: Around) -> Iterator[Finding]:
    """Every fault of the words in every language that could be read."""
    needed = tuple(needs(flow))
    base = "en" if words.get("en") else next(iter(words), "en")
    whole = words.get(base, {})
    for language, blocks in words.items():
        yield from _missing(language, blocks, needed, whole, base)
        yield from _extra(flow, language, blocks, needed, whole)
        yield from _prompts(flow, language, blocks)
        yield from _names(flow, language, blocks, around)
        yield from labels(flow, language, {**whole, **blocks}, around, own=blocks)
        yield from shown_exactly(flow, language, {**whole, **blocks}, around)


def needs(flow: Flow) -> Iterator[str]:
    """The blocks a practice must have, in its order; wordings beyond the first are free."""
    for turn in flow.turns:
        if isinstance(turn, Branch | SubFlow):
            continue
        yield turn.id
        match turn:
            case Scale():
                yield from (f"{turn.id}__low", f"{turn.id}__high")
            case Choice(options=options) | Choices(options=options):
                yield from (f"{turn.id}__{option.id}" for option in options)
            case Pool(offers=offers):
                yield from (f"{turn.id}__{offer.measure}" for offer in offers)
            case Share():
                yield from (f"{turn.id}__{level}" for level in (MINE, *labelled(turn)))
                yield from (f"{turn.id}__{name}" for name in scales_of(flow, turn))
            case Ask(fresh_weeks=int()):
                yield f"{turn.id}__rest"
            case _:
                pass


def wordings(flow: Flow, blocks: Blocks) -> dict[str, int]:
    """How many wordings each turn has in one language."""
    counts: dict[str, int] = {}
    for turn in flow.turns:
        count = 1
        while f"{turn.id}__{count + 1}" in blocks:
            count += 1
        counts[turn.id] = count
    return counts


def _missing(
    language: str, blocks: Blocks, needed: tuple[str, ...], whole: Blocks, base: str
) -> Iterator[Finding]:
    """Blocks that are not there: a fault in English, elsewhere a note that English is spoken."""
    line = 1
    more = tuple(name for name in whole if _WORDING.fullmatch(name) and name not in needed)
    for name in (*dict.fromkeys(needed), *more):
        if name in blocks:
            line = blocks[name].line
        elif name in needed or _is_wording(name, needed):
            if language != base and name not in whole:
                continue  # It is told of the words that must be whole.
            note = language != base
            here = "is not translated" if note else "is missing"
            yield Finding(
                at=InWords(language, line),
                fault=f"the block `{name}` {here} in the words for `{language}`",
                mend=f"Add {{% block {name} %}} … {{% endblock %}} with its words.",
                note=note,
            )


def _is_wording(name: str, needed: tuple[str, ...]) -> bool:
    match = _WORDING.fullmatch(name)
    return match is not None and int(match["number"]) > 1 and match["turn"] in needed


def _extra(
    flow: Flow, language: str, blocks: Blocks, needed: tuple[str, ...], whole: Blocks
) -> Iterator[Finding]:
    silent = {turn.id: turn.kind for turn in flow.turns if isinstance(turn, Branch | SubFlow)}
    count = wordings(flow, blocks)
    for name, block in blocks.items():
        if name in needed:
            continue
        at = InWords(language, block.line)
        match = _WORDING.fullmatch(name)
        if name in silent:
            fault = f"the block `{name}` is never said: turn `{name}` is a `{silent[name]}`"
            yield Finding(at=at, fault=fault, mend="Take the block out.")
        elif match is None or match["turn"] not in count or match["turn"] in silent:
            fault = f"the block `{name}` belongs to no turn"
            mend = suggest(name, [each for each in needed if each not in blocks], "Take it out.")
            yield Finding(at=at, fault=fault, mend=mend, unknown=True)
        elif int(match["number"]) > count[match["turn"]] or match["number"] in {"0", "1"}:
            yield _gap(at, match["turn"], name, count[match["turn"]])
        elif name not in whole:
            fault = f"`{language}` has a wording `{name}` that `en` has not"
            yield Finding(at=at, fault=fault, mend=f"Add `{name}` to `en` too, or take it out.")


def _gap(at: InWords, turn: str, name: str, count: int) -> Finding:
    return Finding(
        at=at,
        fault=f"the wordings of `{turn}` have a gap before `{name}`",
        mend=f"Name the next one `{turn}__{count + 1}`; the first is `{turn}` itself.",
    )


def _prompts(flow: Flow, language: str, blocks: Blocks) -> Iterator[Finding]:
    """Prompts that say nothing or too much."""
    recalls = {turn.id for turn in flow.turns if isinstance(turn, Recall)}
    for block in blocks.values():
        at = InWords(language, block.line)
        brought_back = block.name.partition("__")[0] in recalls
        if not (block.longest if brought_back else block.shortest):
            fault = f"the block `{block.name}` says nothing"
            if block.longest:
                fault = f"the block `{block.name}` says nothing when its names are not there"
            yield Finding(at=at, fault=fault, mend="Write words that are always said.")
        units = len(block.longest.encode("utf-16-le")) // 2
        if units > MOST_UNITS:
            yield Finding(
                at=at,
                fault=f"the block `{block.name}` is {units} characters long; a message that "
                f"Telegram and Slack show whole has at most {MOST_UNITS}",
                mend="Say it more briefly, or divide it among two turns.",
            )


def _names(flow: Flow, language: str, blocks: Blocks, around: Around) -> Iterator[Finding]:
    """Names that words speak of and the practice does not have."""
    known = answered_by(flow, around.flows)
    names = {*flow.recalls, *known, "person"}
    given = {turn.id: turn.of for turn in flow.turns if isinstance(turn, Recall)}
    given |= surely_there(flow)
    for block in blocks.values():
        for mention in block.mentions:
            at = InWords(language, mention.line)
            parts = PERSON if mention.name == "person" else PARTS
            if mention.name not in names:
                yield Finding(
                    at=at,
                    fault=f"the words speak of `{mention.name}`, which this practice has not",
                    mend=suggest(mention.name, sorted(names), "Name a question or a recall."),
                    unknown=True,
                )
            elif mention.shown and mention.part not in parts:
                yield _part(at, mention, parts)
            elif mention.shown and mention.name != "person":
                there = {given.get(block.name), given.get(block.name.partition("__")[0])}
                sure = mention.sure or mention.name in there
                yield from _said(at, block, mention, known.get(mention.name), sure=sure)


def _part(at: InWords, mention: Mention, parts: tuple[str, ...]) -> Finding:
    name = mention.name
    return Finding(
        at=at,
        fault=f"`{name}` has nothing called `{mention.part}`"
        if mention.part
        else f"the name `{name}` alone cannot be said",
        mend="Write " + " or ".join(f"{{{{ {name}.{part} }}}}" for part in parts) + ".",
    )


def _said(
    at: InWords, block: Block, mention: Mention, turn: Known | None, *, sure: bool
) -> Iterator[Finding]:
    """A person's own words stand alone; anything else among ours must be there for sure."""
    name = mention.name
    if mention.part == "words" and isinstance(turn, Ask | Wait):
        if not mention.alone:
            yield Finding(
                at=at,
                fault=f"in block `{block.name}` the quotation {{{{ {name}.words }}}} has "
                "other words beside it",
                mend="Leave an empty line before it and after it.",
            )
    elif not sure and not (mention.part == "words" and turn is None):
        yield Finding(
            at=at,
            fault=f"in block `{block.name}` {{{{ {name}.{mention.part} }}}} leaves a hole in "
            f"the sentence when there is no `{name}`",
            mend=f"Put the sentence between {{% if {name} %}} and {{% endif %}}.",
        )
