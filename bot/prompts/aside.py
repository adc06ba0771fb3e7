"""Aside: the quiet line below a question that says who can read the answer; pure."""

from __future__ import annotations

from typing import assert_never

from bot.engine.flow import (
    Ask,
    Choice,
    Choices,
    Circle,
    Close,
    Flow,
    Pool,
    Reading,
    Request,
    Scale,
    Share,
    Turn,
)

#: What takes the words that were asked for: no answer keeps them, and a circle has them then.
_TO_CIRCLE = frozenset({Request.JOIN_CIRCLE, Request.SET_UP_CIRCLE})


def aside(flow: Flow, turn: Turn, *, first: bool, keeps: bool) -> str:
    """The house's block for a turn of this practice; empty where nothing is to be said.

    `first` says that it is the first thing asked, `keeps` that this person's answers are kept.
    """
    if isinstance(turn, Pool | Share):
        return f"circle_{turn.kind}"
    if not isinstance(turn, Ask | Scale | Choice | Choices) or not _keeps_words(flow, turn):
        return ""
    if not turn.kept and any(_gives_to_circle(each) for each in flow.turns):
        return "circle_given"
    if not turn.kept and turn.circle is not Circle.POOLED:
        shared = turn.circle is Circle.SHARED
        return "circle_shared_paper_again" if shared else "circle_unkept"
    match turn.circle:
        case Circle.OWN:
            block = "circle_own" if keeps else "circle_paper"
        case Circle.SHARED:
            block = "circle_shared" if keeps else "circle_shared_paper"
        case Circle.POOLED:
            block = "circle_pooled"
        case _:
            assert_never(turn.circle)
    return block if first else f"{block}_again"


def _keeps_words(flow: Flow, turn: Ask | Scale | Choice | Choices) -> bool:
    """Whether an answer is something said, rather than something set up with the house.

    What sets something about a person never is. In a practice that nobody chooses from the list
    and that sets things or asks something of the house, only words are.
    """
    if not isinstance(turn, Scale) and turn.sets:
        return False
    if flow.listed or not any(_sets_up(each) for each in flow.turns):
        return True
    return isinstance(turn, Ask) and turn.reads is Reading.WORDS


def _gives_to_circle(turn: Turn) -> bool:
    return isinstance(turn, Close) and turn.request in _TO_CIRCLE


def _sets_up(turn: Turn) -> bool:
    match turn:
        case Ask(sets=setting) | Choice(sets=setting) | Choices(sets=setting):
            return setting is not None
        case Close(request=request):
            return request is not None
        case _:
            return False
