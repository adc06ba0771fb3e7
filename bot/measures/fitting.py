"""Whether practices and measures fit: each offer names a measure, and asks on its scale.

A practice knows nothing of measures, so this is looked at beside its own check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.engine.checks.findings import Answering, InFlow, answered_by, listed, suggest
from bot.engine.checks.findings import Finding as Found
from bot.engine.flow import Choice, Choices, Flow, Offer, Pool, Scale, Wait
from bot.flows import shelves, yaml_source
from bot.flows.faults import Fault
from bot.flows.practice import Library
from bot.measures.loader import Measures
from bot.measures.measure import Kind, Measure


def misfits(library: Library, known: Measures) -> tuple[Fault, ...]:
    """Every offer of every good practice that its measure does not fit."""
    found: list[Fault] = []
    for name, practice in library.practices.items():
        wrong = tuple(_of(practice.flow, library.flows, known))
        source = yaml_source.read(shelves.content(Path(practice.file))) if wrong else None
        for each in wrong:
            line = source.line(each.at.path) if source and isinstance(each.at, InFlow) else 1
            found.append(
                Fault(
                    file=practice.file,
                    line=line,
                    fault=each.fault,
                    mend=each.mend,
                    practice=name,
                )
            )
    return tuple(sorted(found))


def _of(flow: Flow, flows: Mapping[str, Flow], known: Measures) -> Iterator[Found]:
    torn = {Path(fault.file).stem for fault in known.faults}
    asked = answered_by(flow, flows)
    for index, turn in enumerate(flow.turns):
        for number, offer in enumerate(turn.offers if isinstance(turn, Pool) else ()):
            at = ("turns", index, "offers", number)
            if measure := known.measures.get(offer.measure):
                yield from _offer(at, offer, measure, asked)
            elif offer.measure not in torn:
                yield Found(
                    at=InFlow((*at, "measure")),
                    fault=f"turn `{turn.id}` offers to count `{offer.measure}`, and there is no "
                    "such measure",
                    mend=suggest(
                        offer.measure,
                        known.measures,
                        f"Write `measures/{offer.measure}.yaml` beside the practice.",
                    ),
                )


def _offer(
    at: tuple[str | int, ...],
    offer: Offer,
    measure: Measure,
    asked: Mapping[str, Answering | Wait],
) -> Iterator[Found]:
    if measure.kind is Kind.CHANGE:
        yield from _change(at, offer, measure)
    for index, name in enumerate(offer.of):
        turn = asked.get(name)
        if isinstance(turn, Answering) and (why := _misfit(turn, measure)):
            yield Found(
                at=InFlow((*at, "of", index)),
                fault=f"`{name}` does not fit the measure `{offer.measure}`: {why}",
                mend="Ask on the measure's scale, or count it as another measure.",
            )


def _change(at: tuple[str | int, ...], offer: Offer, measure: Measure) -> Iterator[Found]:
    """A change is counted from pairs of answers, which go by their names."""
    needed = {name: None for item in measure.items for name in (item.now, item.then)}
    missing = [name for name in needed if name not in offer.of]
    beside = [name for name in offer.of if name not in needed]
    if missing:
        yield Found(
            at=InFlow((*at, "of")),
            fault=f"the measure `{offer.measure}` also needs {listed(missing)}",
            mend="Name every question and recall of its pairs.",
        )
    if beside:
        yield Found(
            at=InFlow((*at, "of", offer.of.index(beside[0]))),
            fault=f"the measure `{offer.measure}` knows nothing of {listed(beside)}",
            mend=f"Its pairs are of {listed(needed)}.",
        )


def _misfit(turn: Answering, measure: Measure) -> str:
    """Why an answer could not be counted; empty when it can."""
    match turn, measure.kind:
        case Scale(points=points), Kind.SCALE | Kind.CHANGE:
            fits = points == measure.points
            return (
                ""
                if fits
                else f"its scale goes to {points}, and the measure's to {measure.points}"
            )
        case (Choice(options=options), Kind.CHOICE) | (
            Choices(options=options),
            Kind.CHOICES,
        ):
            if isinstance(turn, Choice) and turn.offers:
                return "it offers sessions, which are no options of a measure"
            counted = {option.id for option in measure.options}
            unknown = [option.id for option in options if option.id not in counted]
            return f"the measure has no {listed(unknown)}" if unknown else ""
        case _:
            return f"it is a `{turn.kind}`, and the measure counts a `{measure.kind}`"
