"""Whether every turn can be reached and every way comes to an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.engine.checks.findings import Answering, Around, Finding, InFlow, listed, nearest
from bot.engine.flow import Ask, Branch, Choice, Close, Flow, SubFlow, Turn

Ways = Mapping[str, frozenset[str]]


def find(flow: Flow, around: Around) -> Iterator[Finding]:
    """Turns nobody reaches, ways off the end, rounds without a way out."""
    yield from _last(flow)
    if len({turn.id for turn in flow.turns}) < len(flow.turns):
        return  # Two turns of one name: nobody can say where the ways lead.
    ways = _ways(flow)
    order = {turn.id: index for index, turn in enumerate(flow.turns)}
    reached = _from(flow.turns[0].id, ways) | {flow.turns[0].id}
    for name, index in order.items():
        if name not in reached:
            yield Finding(
                at=InFlow(("turns", index, "id")),
                fault=f"turn `{name}` can never be reached",
                mend="Let another turn lead to it with `to`, or take it out.",
            )
    yield from _endless(flow, ways, order, reached)
    yield from _breathless(flow, ways, order, around)


def _last(flow: Flow) -> Iterator[Finding]:
    last = flow.turns[-1]
    if isinstance(last, Close):
        return
    how = "is not a close" if last.to else "is not a close, and nothing follows it"
    yield Finding(
        at=InFlow(("turns", len(flow.turns) - 1, "kind")),
        fault=f"the last turn, `{last.id}`, {how}",
        mend="End the file with a turn of `kind: close`, which says the last words.",
    )


def _endless(
    flow: Flow, ways: Ways, order: Mapping[str, int], reached: set[str]
) -> Iterator[Finding]:
    """Rounds from which no close can be reached."""
    ends = {turn.id for turn in flow.turns if isinstance(turn, Close)}
    if flow.turns[-1].to is None:
        ends.add(flow.turns[-1].id)
    stuck = {name for name in reached if name not in ends and not _from(name, ways) & ends}
    for round_ in _rounds(stuck, ways, order):
        yield Finding(
            at=InFlow(("turns", order[round_[0]], "id")),
            fault=f"from {listed(round_)} no close can be reached: the practice never ends",
            mend="Let one of them lead on to a close, with `to` or a path of a branch.",
        )


def _breathless(
    flow: Flow, ways: Ways, order: Mapping[str, int], around: Around
) -> Iterator[Finding]:
    """Rounds in which nobody is asked anything."""
    silent = {turn.id for turn in flow.turns if not _asks(turn, around)}
    for round_ in _rounds(silent, ways, order):
        yield Finding(
            at=InFlow(("turns", order[round_[0]], "id")),
            fault=f"{listed(round_)} may go round and round without asking anything",
            mend="Put a question into the round, or let it lead onwards.",
        )


def _asks(turn: Turn, around: Around) -> bool:
    """Whether a turn waits for a person; a practice inside does if anything in it does."""
    if isinstance(turn, Choice) and turn.offers:
        return False  # Passed over when there is nothing to offer.
    if isinstance(turn, Ask) and turn.goes_on_after is not None:
        return False  # Passed over when nobody is there.
    if not isinstance(turn, SubFlow):
        return isinstance(turn, Answering)
    inner = around.flows.get(turn.practice)
    return inner is None or any(isinstance(each, Answering | SubFlow) for each in inner.turns)


def _rounds(among: set[str], ways: Ways, order: Mapping[str, int]) -> Iterator[tuple[str, ...]]:
    """Each set of turns that lead to one another without leaving `among`, in file order."""
    inside = {name: ways.get(name, frozenset()) & among for name in among}
    ahead = {name: _from(name, inside) for name in among}
    done: set[str] = set()
    for name in sorted(among, key=order.__getitem__):
        if name in ahead[name] and name not in done:
            together = {other for other in ahead[name] if name in ahead[other]}
            done |= together
            yield tuple(sorted(together, key=order.__getitem__))


def _from(start: str, ways: Ways) -> set[str]:
    """Every turn that can follow a turn, however late; itself only by a round."""
    found: set[str] = set()
    ahead = [start]
    while ahead:
        new = ways.get(ahead.pop(), frozenset()) - found
        found |= new
        ahead += new
    return found


def _ways(flow: Flow) -> Ways:
    """Where each turn may lead. An unknown name is read as the one it is nearest to."""
    names = [turn.id for turn in flow.turns]
    ways: dict[str, frozenset[str]] = {}
    for index, turn in enumerate(flow.turns):
        following = names[index + 1 : index + 2]
        targets = [] if isinstance(turn, Close) else [turn.to or "".join(following)]
        if isinstance(turn, Branch):
            targets += [path.to for path in turn.paths]
        if isinstance(turn, Choice):
            targets += [option.to for option in turn.options if option.to]
        known = {to if to in names else nearest(to, names) or "".join(following) for to in targets}
        ways[turn.id] = frozenset(known - {""})
    return ways
