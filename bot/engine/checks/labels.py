"""Whether the labels of options can be shown, told apart and typed."""

from __future__ import annotations

from collections.abc import Iterator

from bot.engine.checks.findings import Around, Block, Blocks, Finding, InWords
from bot.engine.flow import (
    MINE,
    PUBLIC_NAMELESS,
    Choice,
    Choices,
    Flow,
    Level,
    Pool,
    Scale,
    Share,
    Turn,
)
from bot.engine.hearing import fold, number_in

#: What a Slack button takes, and what is still easy to read in a long list of them.
MOST_LABEL = 75
MOST_LISTED = 64
#: More options than these make a long list.
_LONG_LIST = 8
#: A number that no list of options reaches.
_ANY = 1_000


def labels(
    flow: Flow, language: str, blocks: Blocks, around: Around, own: Blocks
) -> Iterator[Finding]:
    """Every fault of the labels of every turn.

    `own` are the blocks that stand in these words; the others are spoken in English for now.
    """
    for turn in flow.turns:
        if isinstance(turn, Scale):
            for end in ("low", "high"):
                if block := own.get(f"{turn.id}__{end}"):
                    yield from _shown(language, block, MOST_LABEL)
        if options := _named(turn):
            others = {name: block for name, block in blocks.items() if name not in own}
            yield from _options(turn, options, language, (own, others), around)


def _named(turn: Turn) -> tuple[str, ...]:
    """The options of a turn that have labels in the words."""
    match turn:
        case Choice(options=options) | Choices(options=options):
            return tuple(option.id for option in options)
        case Pool(offers=offers):
            return tuple(offer.measure for offer in offers)
        case Share():
            return (MINE, *labelled(turn))
        case _:
            return ()


def labelled(turn: Share) -> tuple[str, ...]:
    """The levels of a share that have labels; `public` has two where a name may be given."""
    two = turn.name is not None and Level.PUBLIC in turn.levels
    return (*turn.levels, *((PUBLIC_NAMELESS,) if two else ()))


def _options(
    turn: Turn,
    options: tuple[str, ...],
    language: str,
    found: tuple[Blocks, Blocks],
    around: Around,
) -> Iterator[Finding]:
    """Every fault of one turn's labels, among those that another language lends."""
    blocks, lent = found
    reserved = _reserved(language, around)
    most = MOST_LISTED if len(options) > _LONG_LIST else MOST_LABEL
    # Where sessions stand before them or some may be missing, nobody knows their numbers.
    moving = isinstance(turn, Pool) or (isinstance(turn, Choice) and turn.offers is not None)
    seen: dict[str, str] = {
        fold(block.longest): option
        for option in options
        if (block := lent.get(f"{turn.id}__{option}"))
    }
    for number, option in enumerate(options, 1):
        block = blocks.get(f"{turn.id}__{option}")
        if block is None:
            continue
        if not isinstance(turn, Pool):  # What a pool's labels show is checked apart.
            yield from _shown(language, block, most)
        phrase = fold(block.longest)
        at = InWords(language, block.line)
        if fault := _typed(phrase, 0 if moving else number, _ANY if moving else len(options)):
            yield Finding(at=at, fault=f"the label `{block.longest}` {fault}", mend=_ANOTHER)
        if phrase and seen.get(phrase, option) != option:
            fault = f"the options `{seen[phrase]}` and `{option}` have the same label"
            yield Finding(at=at, fault=fault, mend="Word one of them differently.")
        elif phrase in reserved:
            yield Finding(
                at=at,
                fault=f"the label `{block.longest}` is a reserved word",
                mend="Word it differently: whoever types it would mean the reserved word.",
            )
        seen.setdefault(phrase, option)


def _reserved(language: str, around: Around) -> set[str]:
    """The phrases that no label may be; English ones are also said where others lack them."""
    if language != "en":
        return set(around.reserved.get(language, ()))
    return set[str]().union(*around.reserved.values())


_ANOTHER = "Word it differently, so that it can be typed as well as pressed."


def _typed(phrase: str, number: int, count: int) -> str:
    """What keeps a label from being typed; empty when nothing does."""
    if not phrase:
        return "has no letter or digit that could be typed"
    begun = number_in(phrase)
    if begun is None or begun == number or not 1 <= begun <= count:
        return ""
    what = "is" if phrase.isdecimal() else "begins with"
    return f"{what} the number of another option ({begun})"


def _shown(language: str, block: Block, most: int) -> Iterator[Finding]:
    at = InWords(language, block.line)
    if not block.plain or "\n" in block.longest:
        yield Finding(
            at=at,
            fault=f"the label `{block.name}` is not a plain single line",
            mend="Write a few words on one line, with no names and no `if`.",
        )
    if len(block.longest) > most:
        yield Finding(
            at=at,
            fault=f"the label `{block.name}` is {len(block.longest)} characters long; "
            f"a button shows at most {most}",
            mend=f"Shorten it to {most} characters.",
        )
